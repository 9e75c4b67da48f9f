"""Recorded answers of six real sources, replayed over HTTP, are discovered completely and without damage."""

import importlib.util
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.shared import PAYLOADS, SHARED, needs_recordings

from ai_models import Listing, Model
from ai_models.manager import ModelManager
from ai_models.sources import OllamaSource, OpenRouterSource, ProviderAPISource
from ai_models.sources.catalogues.models_dev import parse_models_dev

pytestmark = needs_recordings

FOLDERS = {
    "openrouter": "openrouter",
    "openai": "openai",
    "anthropic": "anthropic",
    "google": "gemini",
    "mistral": "mistral",
    "ollama": "ollama",
}
FAULTS = ["401", "403", "429", "500", "503", "reset", "empty", "truncated", "html", "notjson", "wrongshape", "shrink"]


@pytest.fixture
def server() -> Iterator[Any]:
    spec = importlib.util.spec_from_file_location("replay", SHARED / "tools" / "replay.py")
    assert spec is not None
    assert spec.loader is not None
    replay = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(replay)
    server = replay.serve(PAYLOADS)
    yield server
    server.shutdown()
    server.server_close()


def manager_at(server: Any) -> ModelManager:
    keyed = {
        name: ProviderAPISource(name, base_url=f"{server.url}/{FOLDERS[name]}", api_key="sk-0123456789-replayed")
        for name in ("openai", "anthropic", "google", "mistral")
    }
    return ModelManager(
        sources={
            "openrouter": OpenRouterSource(base_url=f"{server.url}/openrouter"),
            "ollama": OllamaSource(base_url=f"{server.url}/ollama"),
            **keyed,
        },
        connectors=[],
    )


def recorded(server: Any, source: str, path: str) -> list[dict[str, Any]]:
    """The rows of the recording that the server replays for a path."""
    payload = json.loads(_found(server, source, path))
    return payload["data"] if "data" in payload else payload["models"]


def _found(server: Any, source: str, path: str) -> bytes:
    import urllib.request

    with urllib.request.urlopen(f"{server.url}/{source}{path}") as answer:
        return answer.read()


def served_by(manager: ModelManager, provider: str) -> dict[str, Model]:
    """Every model as a provider serves it, by the id it has there."""
    return {
        offer.id: offer.as_model()
        for model in manager.models.values()
        for offer in model.offers.values()
        if offer.provider == provider
    }


def usd_per_token(text: str | None) -> float | None:
    """What a price of OpenRouter is in our units: "-1" says that it varies."""
    return None if text is None or Decimal(text) < 0 else float(Decimal(text))


def test_every_id_of_every_recording_is_found_afterwards(server: Any) -> None:
    manager = manager_at(server)
    report = manager.discover()
    assert [row.reason for row in report.rows if not row.ok] == []
    assert all("listed twice" in reason for row in report.rows for reason in row.skipped_rows)
    ids = {
        "openrouter": [row["id"] for row in recorded(server, "openrouter", "/api/v1/models")],
        "openai": [row["id"] for row in recorded(server, "openai", "/v1/models")],
        "anthropic": [row["id"] for row in recorded(server, "anthropic", "/v1/models")],
        "google": [row["name"].removeprefix("models/") for row in recorded(server, "gemini", "/v1beta/models")],
        "mistral": [row["id"] for row in recorded(server, "mistral", "/v1/models")],
        "ollama": [row.get("name") or row["model"] for row in recorded(server, "ollama", "/api/tags")],
    }
    for provider, wire_ids in ids.items():
        assert wire_ids
        offered = {
            offer.id
            for model in manager.models.values()
            for offer in model.offers.values()
            if offer.provider == provider
        }
        assert set(wire_ids) <= offered
        for wire_id in set(wire_ids):
            found = manager.models[f"{provider}/{wire_id}"]
            assert wire_id in {offer.id for offer in found.offers.values() if offer.provider == provider} | set(
                found.aliases
            )


def test_prices_and_limits_of_openrouter_are_the_recordings_in_our_units(server: Any) -> None:
    manager = manager_at(server)
    manager.discover(["openrouter"])
    offers = served_by(manager, "openrouter")
    for row in recorded(server, "openrouter", "/api/v1/models"):
        served = offers[row["id"]]
        priced = served.cost_per_token
        assert (priced.get("input"), priced.get("output")) == (
            usd_per_token(row["pricing"].get("prompt")),
            usd_per_token(row["pricing"].get("completion")),
        ), row["id"]
        assert served.context_size == (row["context_length"] or None), row["id"]
        assert served.max_output_tokens == (row["top_provider"]["max_completion_tokens"] or None), row["id"]


def test_limits_of_gemini_and_mistral_are_the_recordings(server: Any) -> None:
    manager = manager_at(server)
    manager.discover(["google", "mistral"])
    gemini, mistral = served_by(manager, "google"), served_by(manager, "mistral")
    for row in recorded(server, "gemini", "/v1beta/models"):
        assert gemini[row["name"].removeprefix("models/")].max_output_tokens == row["outputTokenLimit"]
    for row in {row["id"]: row for row in reversed(recorded(server, "mistral", "/v1/models"))}.values():
        assert mistral[row["id"]].context_size == row["max_context_length"]


def test_the_same_recordings_twice_change_nothing(server: Any) -> None:
    manager = manager_at(server)
    manager.discover()
    before = {id: model.to_dict() for id, model in manager.models.items()}
    report = manager.discover(refresh=True)
    assert report.changes == []
    assert {row.status for row in report.rows} == {"unchanged"}
    assert {id: model.to_dict() for id, model in manager.models.items()} == before


def test_a_catalogue_of_thousands_on_top_of_the_embedded_one_twice_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = ModelManager().sources["models.dev"]
    file = PAYLOADS / "modelsdev/api-generated-2026-07-02.json"
    monkeypatch.setattr(source, "listing", lambda: Listing(parse_models_dev(json.loads(file.read_bytes())).models))
    manager = ModelManager(sources={"catalogue": ModelManager().sources["catalogue"], "models.dev": source})
    manager.discover(["catalogue"])
    assert len(manager.discover(["models.dev"]).changes) > 1_000
    assert manager.discover(["models.dev"]).changes == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_one_source_harms_nothing_and_is_told(server: Any, fault: str) -> None:
    manager = manager_at(server)
    manager.discover()
    before = {id: model.to_dict() for id, model in manager.models.items()}
    server.state["faults"] = {"openai": fault, "openrouter": fault}
    report = manager.discover(timeout=4, refresh=True)
    hurt = [row for row in report.rows if not row.ok or row.origin == "stale"]
    assert {row.source for row in hurt} == {"openai", "openrouter"}
    assert all(row.reason or row.note for row in hurt)
    assert {id: model.to_dict() for id, model in manager.models.items()} == before


def test_a_hanging_server_is_given_up_within_the_timeout(server: Any) -> None:
    manager = manager_at(server)
    server.state["faults"] = {"mistral": "hang"}
    report = manager.discover(timeout=2)
    assert {row.source for row in report.rows if not row.ok} == {"mistral"}
    assert len(manager.models) > 390


def test_replaying_recordings_of_two_dates_marks_exactly_what_vanished(server: Any) -> None:
    manager = manager_at(server)
    server.state["asof"] = "2025-05-31"
    manager.discover(["openrouter"])
    first = {row["id"] for row in recorded(server, "openrouter", "/api/v1/models")}
    server.state["asof"] = "9999"
    report = manager.discover(["openrouter"], refresh=True)
    second = {row["id"] for row in recorded(server, "openrouter", "/api/v1/models")}
    gone = {offer.id for model in manager.models.values() for offer in model.offers.values() if offer.gone}
    assert gone == first - second
    assert report["openrouter"].gone == len(first - second) > 0
    assert report["openrouter"].new == len(second - first) > 0


def test_the_recordings_are_where_the_test_reads_them() -> None:
    assert Path(PAYLOADS, "INDEX.jsonl").is_file()
