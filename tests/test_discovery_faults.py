"""Whatever goes wrong at whichever sources, the rest is complete, the registry unharmed, and the report right."""

import random
import runpy
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.shared import PAYLOADS, SHARED, needs_recordings

from ai_models.manager import ModelManager
from ai_models.sources import OllamaSource, OpenRouterSource, ProviderAPISource
from ai_models.transport import HTTPTransport

pytestmark = needs_recordings

FOLDERS = {
    "openrouter": "openrouter",
    "openai": "openai/v1",
    "anthropic": "anthropic",
    "google": "gemini",
    "mistral": "mistral/v1",
    "ollama": "ollama",
    "perplexity": "perplexity",
    "cerebras": "cerebras/v1",
    "together": "together/v1",
    "github": "github-models",
    "heroku": "heroku",
    "huggingface": "huggingface/v1",
    "cohere": "cohere",
    "bedrock": "bedrock",
    "lmstudio": "lmstudio",
    "llamacpp": "llamacpp",
    "litellm": "litellm",
    "gpustack": "gpustack/v1",
    "azure": "azure/openai/v1",
    "vertex": "vertexai",
}
FAULTS = (
    *("401", "403", "429", "500", "503", "hang", "reset"),
    *("empty", "truncated", "html", "notjson", "wrongshape", "shrink"),
)
KEY = "sk-0123456789-replayed"
TIMEOUT_S = 3.0


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    started = runpy.run_path(str(SHARED / "tools" / "replay.py"))["serve"](PAYLOADS)
    yield started
    started.shutdown()
    started.server_close()


@pytest.fixture
def manager(server: Any) -> Iterator[ModelManager]:
    server.state["faults"] = {}
    made = {"openrouter": OpenRouterSource, "ollama": OllamaSource}
    with HTTPTransport() as transport:
        options: dict[str, Any] = {"transport": transport, "api_key": KEY}
        sources = {
            name: made[name](base_url=f"{server.url}/{path}", **options)
            if name in made
            else ProviderAPISource(name, base_url=f"{server.url}/{path}", **options)
            for name, path in FOLDERS.items()
        }
        yield ModelManager(sources=sources, connectors=[])


def facts(manager: ModelManager) -> dict[str, dict[str, Any]]:
    return {id: model.to_dict() for id, model in manager.models.items()}


def test_every_recording_is_discovered(manager: ModelManager) -> None:
    report = manager.discover(FOLDERS)
    assert {row.source: row.reason for row in report.rows if not row.ok} == {}
    assert all(row.models for row in report.rows)
    assert manager.discover(FOLDERS).changes == []


@pytest.mark.parametrize("seed", range(8))
def test_any_faults_of_any_sources_harm_nothing_and_are_told(manager: ModelManager, server: Any, seed: int) -> None:
    choice = random.Random(seed)
    manager.discover(FOLDERS)
    before = facts(manager)
    listed = {row.source: row.models for row in manager.discover(FOLDERS, dry_run=True).rows}
    broken = choice.sample(sorted(FOLDERS), choice.randint(1, len(FOLDERS)))
    faults = {name: choice.choice(FAULTS) for name in broken}
    server.state["faults"] = {FOLDERS[name].partition("/")[0]: fault for name, fault in faults.items()}
    started = time.monotonic()
    report = manager.discover(FOLDERS, timeout=TIMEOUT_S, refresh=True)
    assert time.monotonic() - started < 10 * TIMEOUT_S
    for row in report.rows:
        fault = faults.get(row.source)
        if fault is None:
            assert (row.status, row.models) == ("unchanged", listed[row.source]), row
        elif fault == "shrink" and row.ok:
            assert row.models * 2 >= listed[row.source], row
        else:
            assert (row.status, bool(row.reason)) == ("failed", True), row
            assert KEY not in row.reason
    shrunken = {name for name, fault in faults.items() if fault == "shrink" and report[name].ok}
    if not shrunken:
        assert facts(manager) == before
    assert before.keys() <= facts(manager).keys()


@pytest.mark.parametrize("seed", range(4))
def test_on_an_empty_registry_the_sources_without_a_fault_are_complete(
    manager: ModelManager, server: Any, seed: int
) -> None:
    choice = random.Random(100 + seed)
    broken = choice.sample(sorted(FOLDERS), len(FOLDERS) // 2)
    server.state["faults"] = {FOLDERS[name].partition("/")[0]: choice.choice(FAULTS[:-1]) for name in broken}
    report = manager.discover(FOLDERS, timeout=TIMEOUT_S)
    whole = {row.source for row in report.rows if row.ok and row.models}
    assert whole == FOLDERS.keys() - set(broken)
    providers = {offer.provider for model in manager.models.values() for offer in model.offers.values()}
    assert whole <= providers
    assert all(row.status == "failed" or not row.models for row in report.rows if row.source in broken)
