"""Alibaba Model Studio: pages, ranges of prices, other labs' models; rows in the shape of the reference."""

from typing import Any

import pytest

from ai_models._core.model import Model
from ai_models.sources import ProviderAPISource
from ai_models.sources.formats.alibaba import parse_alibaba
from ai_models.testing import FakeTransport, SentRequest

URL = "https://dashscope-intl.aliyuncs.com/api/v1/models"


def price(part: str, usd: str, unit: str = "Per 1M tokens", **facts: Any) -> dict[str, Any]:
    return {"type": part, "price": usd, "price_unit": unit, "price_name": part, **facts}


def row(id: str, **facts: Any) -> dict[str, Any]:
    return {"model": id, "name": id, "features": [], "capabilities": [], "prices": [], "provider": "qwen", **facts}


QWEN = row(
    "qwen3-max",
    name="Qwen3-Max",
    features=["function-calling", "structured-outputs", "web-search", "unheard-of"],
    capabilities=["TG", "Reasoning"],
    published_time="2025-09-23 10:00:00",
    inference_metadata={"request_modality": ["Text", "Image"], "response_modality": ["Text"]},
    model_info={
        "context_window": 262144,
        "max_input_tokens": 258048,
        "max_output_tokens": 65536,
        "max_reasoning_tokens": None,
    },
    prices=[
        {
            "range_name": "Input<=32k",
            "prices": [
                price("input_token", "1.2"),
                price("output_token", "6"),
                price("input_token_cache", "0.24"),
                price("thinking_output_token", "9"),
            ],
        },
        {"range_name": "32k<Input<=128k", "prices": [price("input_token", "2.4"), price("output_token", "12")]},
        {"range_name": "something else", "prices": [price("input_token", "99")]},
    ],
)
FIRST = {
    "success": True,
    "output": {
        "total": 102,
        "page_no": 1,
        "page_size": 100,
        "models": [
            QWEN,
            row("kimi-k2.5", provider="moonshot-ai", published_time="2026-02-01", capabilities=["TG"]),
            row(
                "qwen-image",
                inference_metadata={"request_modality": ["Text"], "response_modality": ["Image"]},
                prices=[{"range_name": "Default", "prices": [price("image_number", "0.04", "Per image")]}],
            ),
        ],
    },
}
SECOND = {
    "success": True,
    "output": {"total": 102, "page_no": 2, "page_size": 100, "models": [row("text-embedding-v4")]},
}


def page(sent: SentRequest) -> Any:
    return SECOND if sent.url.endswith("page_no=2") else FIRST


def listed(url: str = URL, **options: Any) -> dict[str, Model]:
    source = ProviderAPISource("alibaba", transport=FakeTransport({url: page}), api_key="k", env={}, **options)
    return {model.id: model for model in source.discover_models()}


def test_all_pages_are_asked() -> None:
    assert list(listed()) == ["qwen3-max", "kimi-k2.5", "qwen-image", "text-embedding-v4"]


def test_a_model_with_everything() -> None:
    model = listed()["qwen3-max"]
    assert (model.name, model.kind, model.released) == ("Qwen3-Max", "chat", "2025-09-23")
    assert (model.context_size, model.max_input_tokens, model.max_output_tokens) == (262144, 258048, 65536)
    assert (model.input_modalities, model.output_modalities) == (["text", "image"], ["text"])
    known = ("tools", "structured_output", "web_search", "reasoning", "vision")
    assert [model.supports(name) for name in known] == [True] * len(known)


def test_the_first_range_is_the_price_and_the_others_are_tiers() -> None:
    model = listed()["qwen3-max"]
    assert model.cost_per_token == {"input": 1.2e-06, "output": 6e-06, "cache_read": 2.4e-07}
    assert model.price_tiers == [
        {"when": {"input_tokens_above": 32000}, "cost_per_token": {"input": 2.4e-06, "output": 1.2e-05}}
    ]


def test_the_day_on_which_another_labs_model_came_here_is_no_release() -> None:
    assert listed()["kimi-k2.5"].released is None


def test_a_price_in_another_unit_or_at_some_hours_only_is_unknown() -> None:
    assert listed()["qwen-image"].cost_per_token == {}
    assert listed()["qwen-image"].kind == "image"
    at_night = [{"range_name": "Default", "prices": [price("input_token", "1", time_band="22:00-08:00")]}]
    assert parse_alibaba({"output": {"models": [row("m", prices=at_night)]}}).models[0].cost_per_token == {}


@pytest.mark.parametrize("host", ["dashscope.aliyuncs.com", "ws.cn-beijing.maas.aliyuncs.com", "proxy.example"])
def test_where_the_currency_is_another_or_not_known_no_price_is_read(host: str) -> None:
    models = listed(f"https://{host}/api/v1/models", base_url=f"https://{host}")
    assert (models["qwen3-max"].cost_per_token, models["qwen3-max"].price_tiers) == ({}, [])
    assert models["qwen3-max"].context_size == 262144
