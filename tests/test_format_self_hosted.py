"""vLLM, SGLang, LocalAI and GPUStack on small answers written here."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mutations import anything, mutated

from ai_models._core.contracts import Listing
from ai_models._core.model import Model, check_fields
from ai_models.errors import SourceFormatError
from ai_models.sources import ProviderAPISource
from ai_models.sources.formats.gpustack import parse_gpustack
from ai_models.sources.formats.localai import parse_localai
from ai_models.sources.formats.recognise import server_of_list
from ai_models.sources.formats.runtime import parse_runtime
from ai_models.sources.formats.sglang import parse_sglang
from ai_models.sources.formats.vllm import parse_vllm
from ai_models.testing import FakeTransport

URL = "http://127.0.0.1:9999"


def asked(provider: str, answers: dict[str, Any]) -> tuple[Listing, list[str]]:
    transport = FakeTransport({URL + path: answer for path, answer in answers.items()})
    listing = ProviderAPISource(provider, base_url=URL, transport=transport, env={}).listing()
    return listing, [sent.url.removeprefix(URL) for sent in transport.requests]


def by_id(models: list[Model]) -> dict[str, dict[str, Any]]:
    return {model.id: model.connector_metadata[model.provider] for model in models}


VLLM: Any = {
    "data": [
        {"id": "qwen3", "owned_by": "vllm", "root": "/models/qwen3", "parent": None, "max_model_len": 8192},
        {"id": "also", "owned_by": "vllm", "root": "/models/qwen3", "parent": None, "max_model_len": 8192},
        {"id": "lora", "owned_by": "vllm", "root": "/loras/one", "parent": "qwen3", "max_model_len": None},
    ]
}


def test_vllm_says_what_a_request_gets_and_not_what_the_model_was_trained_for() -> None:
    listing, _ = asked("vllm", {"/v1/models": VLLM, "/version": {"version": "0.11.0"}})
    assert all(model.context_size is None and model.is_local for model in listing.models)
    offers = by_id(listing.models)
    assert offers["qwen3"] == {"effective_context": 8192, "path": "/models/qwen3", "state": "loaded"}
    assert listing.note == "version 0.11.0"


def test_vllm_serves_one_model_under_several_names() -> None:
    assert by_id(parse_vllm(VLLM).models)["also"]["alias_of"] == "qwen3"


def test_an_adapter_of_vllm_has_the_model_it_extends_as_its_parent_and_its_context() -> None:
    lora = by_id(parse_vllm(VLLM).models)["lora"]
    assert (lora["parent_model"], lora["path"], lora["effective_context"]) == ("qwen3", "/loras/one", 8192)


def test_an_old_vllm_says_no_context() -> None:
    offer = by_id(parse_vllm({"data": [{"id": "facebook/opt-125m", "root": "facebook/opt-125m"}]}).models)
    assert offer == {"facebook/opt-125m": {"state": "loaded"}}


SGLANG: Any = {"data": [{"id": "qwen", "owned_by": "sglang", "root": "qwen", "max_model_len": 32768}]}
ABOUT: Any = {
    "model_path": "Qwen/Qwen2.5-VL",
    "is_generation": True,
    "has_image_understanding": True,
    "has_audio_understanding": False,
    "model_type": "qwen2_5_vl",
}


@pytest.mark.parametrize("name", ["/model_info", "/get_model_info"])
def test_sglang_says_what_its_model_understands_under_the_new_and_the_old_name(name: str) -> None:
    listing, _ = asked("sglang", {"/v1/models": SGLANG, "/model_info": 404, name: ABOUT})
    (model,) = listing.models
    assert model.capabilities == {"vision": True, "audio_input": False}
    assert (model.input_modalities, model.kind) == (["text", "image"], None)
    assert model.connector_metadata["sglang"] == {
        "effective_context": 32768,
        "path": "Qwen/Qwen2.5-VL",
        "state": "loaded",
        "architecture": "qwen2_5_vl",
    }


def test_an_sglang_that_does_not_generate_embeds() -> None:
    assert parse_sglang(SGLANG, {"is_generation": False}).models[0].kind == "embedding"


def test_an_sglang_without_details_leaves_them_unknown() -> None:
    (model,) = parse_sglang(SGLANG, None).models
    assert (model.capabilities, model.input_modalities, model.kind) == ({}, [], None)


def test_localai_says_in_its_longer_list_what_a_model_can_do() -> None:
    longer = {
        "data": [
            {"id": "omni", "capabilities": ["completion", "chat", "tools"], "input_modalities": ["text", "image"]},
            {"id": "ears", "capabilities": ["transcript"], "input_modalities": ["audio"]},
            {"id": "vectors", "capabilities": ["embeddings"]},
        ]
    }
    listing, urls = asked("localai", {"/v1/models/capabilities": longer, "/v1/models": {"data": []}})
    assert {model.id: model.kind for model in listing.models} == {
        "omni": "chat",
        "ears": "transcription",
        "vectors": "embedding",
    }
    assert listing.models[0].capabilities == {"tools": True, "vision": True, "audio_input": False, "completion": True}
    assert urls == ["/v1/models/capabilities"]


def test_an_older_localai_has_the_plain_list() -> None:
    plain = {"object": "list", "data": [{"id": "omni", "object": "model"}]}
    listing, _ = asked("localai", {"/v1/models/capabilities": 404, "/v1/models": plain})
    assert [model.id for model in listing.models] == ["omni"]
    assert parse_localai(plain).models[0].capabilities == {}


def page(number: int, pages: int, *names: str) -> dict[str, Any]:
    return {"items": [{"name": name, "id": 7} for name in names], "pagination": {"page": number, "totalPage": pages}}


def test_gpustack_is_asked_for_every_page() -> None:
    def answer(sent: Any) -> Any:
        return page(2, 2, "c") if "page=2" in sent.url else page(1, 2, "a", "b")

    listing, urls = asked("gpustack", {"/models": answer})
    assert [model.id for model in listing.models] == ["a", "b", "c"]
    assert urls == ["/models?page=1&perPage=100", "/models?page=2&perPage=100"]


@pytest.mark.parametrize(
    ("replicas", "ready", "state", "reason"),
    [
        (2, 1, "loaded", None),
        (1, 0, "unloaded", "none of 1 replicas is ready"),
        (0, 0, "unloaded", None),
        (1, None, None, None),
        (1, True, None, None),
    ],
)
def test_a_gpustack_model_is_loaded_once_a_replica_is_ready(
    replicas: Any, ready: Any, state: str | None, reason: str | None
) -> None:
    (model,) = parse_gpustack({"items": [{"name": "m", "replicas": replicas, "ready_replicas": ready}]}).models
    offer = model.connector_metadata["gpustack"]
    assert (offer.get("state"), offer.get("state_reason"), offer["replicas"]) == (state, reason, replicas)


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("llm", "chat"),
        ("embedding", "embedding"),
        ("reranker", "rerank"),
        ("image", "image"),
        ("speech_to_text", "transcription"),
        ("text_to_speech", "speech"),
        ("unknown", None),
    ],
)
def test_a_gpustack_category_is_a_kind(category: str, kind: str | None) -> None:
    assert parse_gpustack({"items": [{"name": "m", "categories": [category]}]}).models[0].kind == kind


def test_a_request_to_gpustack_gets_one_slot() -> None:
    meta = {"n_ctx": 8192, "n_slot": 4, "n_slot_ctx": 2048, "n_ctx_train": 40960, "support_vision": False}
    row = {"name": "m", "id": 1, "meta": meta, "huggingface_repo_id": "a/b", "huggingface_filename": "*-Q4_K_M*.gguf"}
    (model,) = parse_gpustack({"items": [row]}).models
    assert (model.context_size, model.capabilities) == (40960, {"vision": False})
    assert model.connector_metadata["gpustack"] == {
        "effective_context": 2048,
        "quantization": "Q4_K_M",
        "repository": "a/b",
    }


def test_a_newer_gpustack_answers_in_openais_form() -> None:
    assert [model.id for model in parse_gpustack({"data": [{"id": "m", "object": "model"}]}).models] == ["m"]


FORMS: Any = {
    "vllm": (VLLM, parse_vllm),
    "sglang": (SGLANG, lambda payload: parse_sglang(payload, payload)),
    "about": (ABOUT, lambda payload: parse_sglang(SGLANG, payload)),
    "runtime": (
        {"data": [{"id": "m", "dmr": {"parameters": "7B"}, "labels": ["vision"], "checkpoint": "a/b:Q4_0"}]},
        lambda payload: parse_runtime(payload, "lemonade", effective=payload),
    ),
    "gpustack": (page(1, 1, "a"), parse_gpustack),
}


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
def test_a_broken_list_gives_models_reasons_or_a_format_error(form: str, data: st.DataObject) -> None:
    payload, parse = FORMS[form]
    broken = data.draw(st.one_of(mutated(payload), anything()))
    assert server_of_list(broken) is None or isinstance(server_of_list(broken), str)
    try:
        parsed = parse(broken)
    except SourceFormatError:
        return
    assert all(each.reason for each in parsed.skipped)
    for model in parsed.models:
        check_fields(model.to_dict(), model.id)
