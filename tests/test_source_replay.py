"""The recorded answers of real servers, over real HTTP, with the faults that real servers have."""

import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.shared import PAYLOADS, SHARED, needs_recordings

from ai_models._core.contracts import Listing
from ai_models._core.model import Model, check_fields
from ai_models.cache import DiscoveryCache
from ai_models.errors import SourceAuthError, SourceError, SourceFormatError, SourceUnavailableError
from ai_models.sources import OllamaSource, OpenRouterSource, ProviderAPISource, fetch_policy
from ai_models.sources.formats.openai import parse_openai
from ai_models.transport import HTTPTransport

pytestmark = needs_recordings

KEY = "key-0123456789abcdef"
PATHS = {
    "openrouter": ("openrouter", "/openrouter/api/v1"),
    "openai": ("openai", "/openai/v1"),
    "anthropic": ("anthropic", "/anthropic"),
    "gemini": ("google", "/gemini"),
    "mistral": ("mistral", "/mistral/v1"),
    "ollama": ("ollama", "/ollama"),
}
NEWEST = {
    "openrouter": "v1_models-2025-11-03.json",
    "openai": "v1_models-2025-11-03.json",
    "anthropic": "v1_models-2025-11-03.json",
    "gemini": "v1beta_models-2025-11-03.json",
    "mistral": "v1_models-2025-11-03.json",
    "ollama": "api_tags-docs-md.json",
}
FAULTS = {
    "401": SourceAuthError,
    "403": SourceAuthError,
    "404": SourceUnavailableError,
    "429": SourceUnavailableError,
    "500": SourceUnavailableError,
    "503": SourceUnavailableError,
    "hang": SourceUnavailableError,
    "reset": SourceUnavailableError,
    "truncated": SourceFormatError,
    "html": SourceFormatError,
    "notjson": SourceFormatError,
    "wrongshape": SourceFormatError,
}


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    serve = runpy.run_path(str(SHARED / "tools" / "replay.py"))["serve"]
    started = serve(PAYLOADS)
    yield started
    started.shutdown()
    started.server_close()


@pytest.fixture(scope="module")
def transport() -> Iterator[HTTPTransport]:
    with HTTPTransport() as opened:
        yield opened


@pytest.fixture
def faults(server: Any) -> Iterator[dict[str, str]]:
    yield server.state["faults"]
    server.state["faults"].clear()


def source(name: str, server: Any, transport: HTTPTransport, cache: DiscoveryCache | None = None) -> ProviderAPISource:
    provider, path = PATHS[name]
    made = {"openrouter": OpenRouterSource, "ollama": OllamaSource}.get(provider)
    options: dict[str, Any] = {"base_url": server.url + path, "transport": transport, "cache": cache, "api_key": KEY}
    return made(**options) if made else ProviderAPISource(provider, **options)


def recorded(name: str) -> list[dict[str, Any]]:
    data = json.loads((PAYLOADS / name / NEWEST[name]).read_bytes())
    return data.get("data") or data["models"]


def id_of(row: dict[str, Any]) -> str:
    return str(row.get("id") or row["name"]).removeprefix("models/")


def by_id(listing: Listing) -> dict[str, Model]:
    return {model.id: model for model in listing.models}


@pytest.mark.parametrize("name", PATHS)
def test_every_distinct_id_of_a_recording_is_listed_and_can_be_stored(
    name: str, server: Any, transport: HTTPTransport
) -> None:
    listing = source(name, server, transport).listing()
    assert {model.id for model in listing.models} == {id_of(row) for row in recorded(name)}
    assert listing.origin == "live"
    for model in listing.models:
        check_fields(model.to_dict(), model.id)
        assert Model.from_dict(model.to_dict()) == model


def test_openrouters_numbers_are_those_of_the_recording(server: Any, transport: HTTPTransport) -> None:
    models = by_id(source("openrouter", server, transport).listing())
    names = {
        "prompt": "input",
        "completion": "output",
        "input_cache_read": "cache_read",
        "input_cache_write": "cache_write",
    }
    for row in recorded("openrouter"):
        model = models[row["id"]]
        assert model.context_size == (row["context_length"] or None)
        assert model.max_output_tokens == row["top_provider"]["max_completion_tokens"]
        assert model.input_modalities == row["architecture"]["input_modalities"]
        assert model.name == row["name"]
        for theirs, ours in names.items():
            stated = row["pricing"].get(theirs)
            expected = None if stated is None or float(stated) < 0 else float(stated)
            assert model.cost_per_token.get(ours) == expected, (row["id"], theirs)
        for theirs, ours in {"image": "image", "request": "request", "web_search": "search"}.items():
            stated = row["pricing"].get(theirs)
            assert model.cost_per_unit.get(ours) == (None if stated is None else float(stated))


def test_geminis_limits_are_those_of_the_recording(server: Any, transport: HTTPTransport) -> None:
    models = by_id(source("gemini", server, transport).listing())
    for row in recorded("gemini"):
        model = models[id_of(row)]
        assert (model.max_input_tokens, model.max_output_tokens) == (row["inputTokenLimit"], row["outputTokenLimit"])


def test_mistrals_limits_and_flags_are_those_of_the_recording(server: Any, transport: HTTPTransport) -> None:
    models = by_id(source("mistral", server, transport).listing())
    first = {row["id"]: row for row in reversed(recorded("mistral"))}
    for id, row in first.items():
        assert models[id].context_size == row["max_context_length"]
        assert models[id].supports("tools") is row["capabilities"]["function_calling"]
        assert models[id].deprecated == (row["deprecation"] or "")[:10] or row["deprecation"] is None


def test_anthropics_and_openais_dates_are_those_of_the_recording(server: Any, transport: HTTPTransport) -> None:
    models = by_id(source("anthropic", server, transport).listing())
    for row in recorded("anthropic"):
        assert (models[row["id"]].released, models[row["id"]].name) == (row["created_at"][:10], row["display_name"])
    assert all(model.released for model in source("openai", server, transport).listing().models)


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_the_right_error_in_time(
    name: str,
    fault: str,
    server: Any,
    transport: HTTPTransport,
    faults: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = fault in ("hang", "reset")
    if not slow:
        monkeypatch.setattr("time.sleep", lambda seconds: None)
    faults[name] = fault
    with fetch_policy(timeout_s=0.4 if slow else 10), pytest.raises(SourceError) as caught:
        source(name, server, transport).listing()
    assert isinstance(caught.value, FAULTS[fault]), repr(caught.value)
    assert KEY not in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", PATHS)
def test_an_empty_list_is_an_empty_listing_for_the_registry_to_judge(
    name: str, server: Any, transport: HTTPTransport, faults: dict[str, str]
) -> None:
    faults[name] = "empty"
    listing = source(name, server, transport).listing()
    assert (listing.models, listing.skipped) == ([], [])


@pytest.mark.parametrize("name", ["openrouter", "anthropic", "gemini"])
def test_asked_again_the_server_says_that_nothing_changed(
    name: str, server: Any, transport: HTTPTransport, tmp_path: Path
) -> None:
    cache = DiscoveryCache(tmp_path)
    first = source(name, server, transport, cache).listing()
    with fetch_policy(max_age_s=0):
        second = source(name, server, transport, cache).listing()
    assert (first.origin, second.origin) == ("live", "unchanged")
    assert first.models == second.models


@pytest.mark.parametrize("name", ["openrouter", "gemini"])
def test_when_the_server_fails_its_last_answer_serves(
    name: str, server: Any, transport: HTTPTransport, tmp_path: Path, faults: dict[str, str]
) -> None:
    cache = DiscoveryCache(tmp_path)
    first = source(name, server, transport, cache).listing()
    faults[name] = "500"
    with fetch_policy(max_age_s=0):
        second = source(name, server, transport, cache).listing()
    assert second.origin == "stale"
    assert "the server failed (500)" in second.note
    assert first.models == second.models


@pytest.mark.parametrize(
    ("path", "provider", "shape"),
    [
        ("together/v1_models.json", "together", "together"),
        ("perplexity/v1_models-2026-08-10.json", "perplexity", "perplexity"),
        ("litellm/v1_models.json", "litellm", None),
        ("litellm/v1_models-wildcard.json", "litellm", None),
        ("cerebras/v1_models-2026-08-13.json", "cerebras", None),
        ("llamacpp/v1_models.json", "llamacpp", "llamacpp"),
        ("llamacpp/v1_models-router-loaded.json", "llamacpp", "llamacpp"),
        ("lmstudio/api_v0_models.json", "lmstudio", "lmstudio"),
        ("lmstudio/api_v1_models.json", "lmstudio", "lmstudio"),
        ("github-models/catalog_models.json", "github", "github"),
        ("huggingface/router_v1_models.json", "huggingface", "huggingface"),
        ("heroku/available-models-2026-08-13.json", "heroku", "heroku"),
        ("gpustack/models-2025-11-03.json", "gpustack", "gpustack"),
        ("azure/openai_v1_models-2026-02-10.json", "azure", None),
        ("localai/v1_models_capabilities.json", "localai", None),
        ("vercel/v1_models-fixture-roo.json", "vercel", "vercel"),
        ("bedrock/foundation-models-2025-11-03.json", "bedrock", "bedrock"),
        ("openai/v1_models-2023-11-14.json", "openai", None),
    ],
)
def test_every_recorded_list_of_a_compatible_server_is_read(path: str, provider: str, shape: str | None) -> None:
    parsed = parse_openai(json.loads((PAYLOADS / path).read_bytes()), provider, shape=shape)
    assert parsed.models
    assert not [skipped for skipped in parsed.skipped if "unit" not in skipped.reason and "twice" not in skipped.reason]
    for model in parsed.models:
        check_fields(model.to_dict(), model.id)
