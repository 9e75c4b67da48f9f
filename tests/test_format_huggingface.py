"""Hugging Face's router: one backend's price is never another's, and a model without a live one is not callable."""

from typing import Any

from ai_models._core.model import Model
from ai_models.sources.formats.huggingface import parse_huggingface


def backend(name: str, **facts: Any) -> dict[str, Any]:
    return {"provider": name, "status": "live", "is_model_author": False, **facts}


PRICED = {"context_length": 131072, "pricing": {"input": 0.5, "output": 2}, "supports_tools": True}
ROUTER = {
    "object": "list",
    "data": [
        {
            "id": "lab/agreed",
            "created": 1776837885,
            "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
            "providers": [
                backend("a", **PRICED),
                backend("b", **PRICED),
                backend("c", status="error", context_length=8, pricing={"input": 9, "output": 9}, supports_tools=False),
            ],
        },
        {"id": "lab/disputed", "providers": [backend("a", **PRICED), backend("b", context_length=65536)]},
        {"id": "lab/down", "providers": [backend("a", status="error", **PRICED), backend("b", status="offline")]},
        {"id": "lab/free", "providers": [backend("a", is_free=True)]},
        {"id": "lab/odd", "providers": "none", "pricing": {"prompt": "0.1", "completion": "1"}},
    ],
}
MODELS: dict[str, Model] = {model.id: model for model in parse_huggingface(ROUTER).models}


def offer(id: str) -> dict[str, Any]:
    return MODELS[id].connector_metadata["huggingface"]


def test_what_all_live_backends_agree_on_is_the_models_own() -> None:
    model = MODELS["lab/agreed"]
    assert model.cost_per_token == {"input": 5e-07, "output": 2e-06}
    assert (model.context_size, model.supports("tools"), model.supports("vision")) == (131072, True, True)
    assert model.supports("structured_output") is None
    assert model.released is None


def test_what_they_do_not_all_state_alike_is_unknown_and_each_ones_own() -> None:
    model = MODELS["lab/disputed"]
    assert (model.cost_per_token, model.context_size, model.supports("tools")) == ({}, None, None)
    assert offer("lab/disputed")["backends"] == [
        {
            "id": "lab/disputed:a",
            "provider": "a",
            "status": "live",
            "context_size": 131072,
            "cost_per_token": {"input": 5e-07, "output": 2e-06},
            "tools": True,
        },
        {"id": "lab/disputed:b", "provider": "b", "status": "live", "context_size": 65536},
    ]


def test_a_model_without_a_live_backend_says_that_it_is_not_callable() -> None:
    facts = offer("lab/down")
    assert (facts["active"], facts["state_reason"]) == (False, "no backend is live")
    assert [each["status"] for each in facts["backends"]] == ["error", "offline"]
    assert (MODELS["lab/down"].cost_per_token, MODELS["lab/down"].context_size) == ({}, None)
    assert "active" not in offer("lab/agreed")


def test_free_is_said_of_the_backend() -> None:
    assert offer("lab/free")["backends"] == [{"id": "lab/free:a", "provider": "a", "status": "live", "free": True}]


def test_a_row_without_backends_says_nothing_of_them() -> None:
    assert MODELS["lab/odd"].cost_per_token == {}
    assert offer("lab/odd") == {"hugging_face_id": "lab/odd"}


def test_the_weights_of_the_routers_models_are_on_the_hub() -> None:
    assert MODELS["lab/free"].open_weights is True
