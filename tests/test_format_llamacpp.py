"""llama.cpp's lists, of one model and of a router, on small answers written here."""

import json
from typing import Any

import pytest
from tests.shared import PAYLOADS, needs_recordings

from ai_models._core.contracts import Listing
from ai_models.errors import SourceUnavailableError
from ai_models.sources import ProviderAPISource
from ai_models.sources.formats.llamacpp import parse_llamacpp
from ai_models.testing import FakeTransport
from ai_models.transport import Response

URL = "http://127.0.0.1:8080"
META = {"n_ctx": 512, "n_ctx_train": 2048, "n_params": 118848, "size": 475392, "ftype": "Q4_K - Medium"}
PROPS: Any = {
    "default_generation_settings": {"n_ctx": 256},
    "modalities": {"vision": True, "audio": False},
    "chat_template_caps": {"supports_tools": True, "supports_parallel_tool_calls": False, "supports_system_role": True},
    "model_path": "/models/m.gguf",
    "build_info": "b1234-abc",
}


def asked(answers: dict[str, Any]) -> tuple[Listing, FakeTransport]:
    transport = FakeTransport({URL + path: answer for path, answer in answers.items()})
    return ProviderAPISource("llamacpp", transport=transport, env={}).listing(), transport


def router(**states: Any) -> dict[str, Any]:
    return {"data": [{"id": id, "owned_by": "llamacpp", "status": status} for id, status in states.items()]}


def offer(row: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return parse_llamacpp({"data": [row]}, settings).models[0].connector_metadata["llamacpp"]


def test_a_single_server_says_what_it_runs_and_with_which_context() -> None:
    row = {"id": "m", "aliases": ["m", "other"], "owned_by": "llamacpp", "created": 1795403885, "meta": META}
    listing, _ = asked({"/v1/models": {"data": [row], "models": [{"name": "m"}]}, "/props": PROPS})
    (model,) = listing.models
    assert (model.context_size, model.parameters, model.aliases) == (2048, 118848, ["other"])
    assert model.capabilities == {
        "vision": True,
        "audio_input": False,
        "tools": True,
        "parallel_tools": False,
        "system_prompt": True,
    }
    assert model.input_modalities == ["text", "image"]
    assert model.released is None
    assert model.connector_metadata["llamacpp"] == {
        "effective_context": 256,
        "quantization": "Q4_K_M",
        "size_bytes": 475392,
        "path": "/models/m.gguf",
        "state": "loaded",
    }
    assert listing.note == "build b1234-abc"


def test_without_its_settings_the_list_alone_says_what_it_says() -> None:
    listing, _ = asked({"/v1/models": {"data": [{"id": "m", "meta": META}]}, "/props": 404})
    assert listing.models[0].connector_metadata["llamacpp"]["effective_context"] == 512
    assert listing.models[0].capabilities == {}


def test_an_old_server_has_the_list_of_ollama_alone() -> None:
    assert [model.id for model in parse_llamacpp({"models": [{"name": "m", "model": "m"}]}).models] == ["m"]


def test_a_router_is_asked_for_the_details_of_loaded_models_alone() -> None:
    listed = router(up={"value": "loaded"}, down={"value": "unloaded"}, soon={"value": "loading"})
    listing, transport = asked({"/v1/models": listed, "/props": PROPS})
    states = {model.id: model.connector_metadata["llamacpp"]["state"] for model in listing.models}
    assert states == {"up": "loaded", "down": "unloaded", "soon": "loading"}
    assert [sent.url for sent in transport.requests] == [
        f"{URL}/v1/models",
        f"{URL}/props?model=up&autoload=false",
    ]


def test_a_name_with_signs_is_quoted_in_a_url() -> None:
    _, transport = asked({"/v1/models": router(**{"owner/m:Q4&x": {"value": "loaded"}}), "/props": PROPS})
    assert transport.requests[-1].url == f"{URL}/props?model=owner%2Fm%3AQ4%26x&autoload=false"


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        ({"value": "unloaded", "failed": True, "exit_code": 1}, "failed", "it failed to load (exit code 1)"),
        ({"value": "unloaded", "failed": True}, "failed", "it failed to load"),
        ({"value": "loaded", "failed": True, "exit_code": 1}, "loaded", None),
        ({"value": "sleeping"}, "loaded", None),
        ({"value": "new word"}, None, None),
        ({"value": ["loaded"]}, None, None),
        ("loaded", None, None),
    ],
)
def test_a_state_is_one_of_four_or_unknown(status: Any, state: str | None, reason: str | None) -> None:
    facts = offer({"id": "m", "status": status})
    assert (facts.get("state"), facts.get("state_reason")) == (state, reason)


def test_a_router_starts_a_model_with_its_file() -> None:
    arguments = ["llama-server", "--port", "0", "--model", "models/m.gguf", "--parallel", "1"]
    assert offer({"id": "m", "status": {"value": "unloaded", "args": arguments}})["path"] == "models/m.gguf"
    assert "path" not in offer({"id": "m", "status": {"value": "unloaded", "args": ["--model"]}})


@needs_recordings
def test_the_recorded_settings_of_a_router_describe_the_model_that_is_loaded() -> None:
    def recorded(name: str) -> Any:
        return json.loads((PAYLOADS / "llamacpp" / name).read_bytes())

    listing, _ = asked(
        {"/v1/models": recorded("v1_models-router-loaded.json"), "/props": recorded("props-router-model.json")}
    )
    models = {model.id: model for model in listing.models}
    assert models["tiny-llama"].supports("tools") is False
    assert models["tiny-llama"].connector_metadata["llamacpp"]["effective_context"] == 2048
    assert models["tiny-base"].capabilities == {"vision": False, "audio_input": False}
    assert models["tiny-base"].connector_metadata["llamacpp"] == {"path": "models/tiny-base.gguf", "state": "unloaded"}


def test_a_server_that_is_loading_its_model_is_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    body = b'{"error":{"message":"Loading model","type":"unavailable_error","code":503}}'
    with pytest.raises(SourceUnavailableError, match=r"llama\.cpp is starting") as caught:
        asked({"/v1/models": Response(503, {}, body)})
    assert caught.value.retryable
    assert caught.value.status == 503


def test_junk_in_one_field_makes_that_fact_unknown() -> None:
    row = {"id": "m", "meta": {"n_ctx": "", "n_params": True, "ftype": 7, "size": -1}, "aliases": 3, "status": None}
    assert offer(row, m={"modalities": [], "chat_template_caps": "x", "default_generation_settings": 1}) == {
        "state": "loaded"
    }
