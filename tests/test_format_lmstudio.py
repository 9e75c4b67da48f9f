"""LM Studio's three lists, the newest that answers, on small answers written here."""

from typing import Any

import pytest

from ai_models._core.contracts import Listing
from ai_models.errors import SourceAuthError
from ai_models.sources import ProviderAPISource
from ai_models.sources.formats.lmstudio import parse_lmstudio
from ai_models.testing import FakeTransport

URL = "http://127.0.0.1:1234"
V1: Any = {
    "type": "llm",
    "key": "google/gemma",
    "display_name": "Gemma",
    "architecture": "gemma4",
    "quantization": {"name": "Q4_K_M", "bits_per_weight": 4},
    "size_bytes": 17990911801,
    "params_string": "26B-A4B",
    "loaded_instances": [
        {"id": "mine", "config": {"context_length": 2048}},
        {"id": "google/gemma", "config": {"context_length": 4096}},
    ],
    "max_context_length": 262144,
    "format": "gguf",
    "capabilities": {"vision": True, "trained_for_tool_use": False, "reasoning": {"default": "on"}},
    "variants": ["google/gemma@q4_k_m"],
}
V0: Any = {
    "id": "gemma",
    "type": "vlm",
    "arch": "gemma3",
    "compatibility_type": "mlx",
    "quantization": "4bit",
    "state": "loaded",
    "max_context_length": 32768,
    "loaded_context_length": 8192,
    "capabilities": ["tool_use"],
}
NOT_HERE: Any = {"error": "Unexpected endpoint or method. (GET /api/v1/models)"}
PLAIN: Any = {"object": "list", "data": [{"id": "gemma", "object": "model", "owned_by": "organization_owner"}]}


def asked(v1: Any, v0: Any = NOT_HERE, plain: Any = PLAIN) -> tuple[Listing, list[str]]:
    answers = {f"{URL}/api/v1/models": v1, f"{URL}/api/v0/models": v0, f"{URL}/v1/models": plain}
    transport = FakeTransport(answers)
    listing = ProviderAPISource("lmstudio", transport=transport, env={}).listing()
    return listing, [sent.url.removeprefix(URL) for sent in transport.requests]


def test_the_newest_list_says_most() -> None:
    listing, urls = asked({"models": [V1]})
    (model,) = listing.models
    assert (model.id, model.name, model.kind, model.is_local) == ("google/gemma", "Gemma", "chat", True)
    assert (model.context_size, model.parameters) == (262144, 26_000_000_000)
    assert model.capabilities == {"vision": True, "tools": False, "reasoning": True}
    assert model.input_modalities == ["text", "image"]
    assert model.connector_metadata["lmstudio"] == {
        "effective_context": 4096,
        "quantization": "Q4_K_M",
        "parameter_size": "26B-A4B",
        "format": "gguf",
        "architecture": "gemma4",
        "size_bytes": 17990911801,
        "variants": ["google/gemma@q4_k_m"],
        "state": "loaded",
    }
    assert urls == ["/api/v1/models"]


def test_an_older_version_is_asked_for_its_own_list() -> None:
    for absent in (NOT_HERE, 404):
        listing, urls = asked(absent, {"object": "list", "data": [V0]})
        (model,) = listing.models
        assert (model.id, model.context_size, model.capabilities) == ("gemma", 32768, {"tools": True, "vision": True})
        offer = model.connector_metadata["lmstudio"]
        assert (offer["state"], offer["effective_context"], offer["format"]) == ("loaded", 8192, "mlx")
        assert urls == ["/api/v1/models", "/api/v0/models"]


def test_the_oldest_has_the_plain_list() -> None:
    listing, urls = asked(404, 404)
    assert [model.id for model in listing.models] == ["gemma"]
    assert listing.models[0].connector_metadata["lmstudio"] == {}
    assert urls == ["/api/v1/models", "/api/v0/models", "/v1/models"]


def test_a_server_without_models_has_none() -> None:
    assert asked({"models": []})[0].models == []


def test_a_refused_token_is_no_older_version() -> None:
    with pytest.raises(SourceAuthError, match="wants a key"):
        asked(401, {"data": [V0]})


@pytest.mark.parametrize(
    ("row", "state", "context"),
    [
        ({"key": "m", "loaded_instances": []}, "unloaded", None),
        ({"key": "m", "loaded_instances": [{"id": "x", "config": {"context_length": 99}}]}, "loaded", 99),
        ({"key": "m", "loaded_instances": [None]}, "loaded", None),
        ({"key": "m", "loaded_instances": "two"}, None, None),
        ({"id": "m", "state": "not-loaded"}, "unloaded", None),
        ({"id": "m", "state": ["loaded"]}, None, None),
        ({"id": "m"}, None, None),
    ],
)
def test_what_runs_has_a_state_and_a_context(row: Any, state: str | None, context: int | None) -> None:
    offer = parse_lmstudio({"models": [row]}).models[0].connector_metadata["lmstudio"]
    assert (offer.get("state"), offer.get("effective_context")) == (state, context)


def test_an_embedding_model_is_one_in_both_lists() -> None:
    for word in ("embedding", "embeddings"):
        (model,) = parse_lmstudio({"data": [{"id": "m", "type": word}]}).models
        assert model.kind == "embedding"
        assert model.supports("vision") is None


def test_what_nobody_states_stays_unknown() -> None:
    (model,) = parse_lmstudio(
        {"models": [{"key": "m", "type": "llm", "loaded_instances": [], "params_string": None}]}
    ).models
    assert (model.capabilities, model.parameters, model.context_size, model.cost_per_token) == ({}, None, None, {})
