"""DeepInfra: cents, factors, kinds of billing; either list alone or both together."""

from typing import Any

import pytest

from ai_models._core.model import Model
from ai_models.sources import ProviderAPISource
from ai_models.sources.formats.deepinfra import parse_deepinfra
from ai_models.testing import FakeTransport

RICH = [
    {
        "model_name": "moonshotai/Kimi-K2.5",
        "type": "text-generation",
        "reported_type": "text-generation",
        "max_tokens": 262144,
        "tags": ["json", "reasoning", "tools", "openai", "structured-output", "multimodal", "featured"],
        "pricing": {
            "type": "tokens",
            "cents_per_input_token": 4.5e-05,
            "cents_per_output_token": 0.000225,
            "rate_per_input_token_cached": 0.15555556,
            "rate_per_input_token_cache_write": None,
            "rate_per_service_tier_priority": 1.5,
            "rate_per_service_tier_flex": 0.8,
        },
        "deprecated": 1788824437,
        "replaced_by": "moonshotai/Kimi-K2.6",
        "quantization": "fp4",
    },
    {
        "model_name": "a/embed",
        "type": "embeddings",
        "pricing": {"type": "input_tokens", "cents_per_input_token": 5e-07},
    },
    {"model_name": "a/flux", "type": "text-to-image", "pricing": {"type": "image_units", "cents_per_image_unit": 1.4}},
    {"model_name": "a/veo", "type": "text-to-video", "pricing": {"type": "output_length", "cents_per_output_sec": 40}},
    {"model_name": "a/asr", "type": "automatic-speech-recognition", "pricing": {"cents_per_input_sec": 0.000333}},
    {"model_name": "a/tts", "type": "text-to-speech", "pricing": {"cents_per_input_chars": 0.0035}},
    {"model_name": "a/old", "type": "automatic-speech-recognition", "pricing": {"type": "time", "cents_per_sec": 0.05}},
    {"model_name": "a/rank", "type": "reranker", "deprecated": None, "tags": ["non-reasoning"]},
]
PLAIN = {
    "object": "list",
    "data": [
        {
            "id": "moonshotai/Kimi-K2.5",
            "object": "model",
            "created": 0,
            "metadata": {"context_length": 131072, "pricing": {"input_tokens": 0.45, "output_tokens": 2.25}},
        },
        {
            "id": "b/only-here",
            "metadata": {"pricing": {"input_tokens": 0.1, "output_tokens": 0.2, "cache_read_tokens": 0.05}},
        },
        {"id": "b/nothing-stated", "metadata": {"pricing": {"input_tokens": 0, "output_tokens": 0}}},
    ],
}
URL = "https://api.deepinfra.com"
ANSWERS = {f"{URL}/v1/openai/models": PLAIN, f"{URL}/models/list": RICH}


def listed(answers: dict[str, Any]) -> dict[str, Model]:
    source = ProviderAPISource("deepinfra", transport=FakeTransport(answers), env={})
    return {model.id: model for model in source.discover_models()}


def test_cents_per_token_are_dollars_by_a_hundred_and_factors_are_of_the_plain_price() -> None:
    model = listed(ANSWERS)["moonshotai/Kimi-K2.5"]
    assert model.cost_per_token == {"input": 4.5e-07, "output": 2.25e-06, "cache_read": 7e-08}
    assert model.price_tiers == [
        {"when": {"service": "flex"}, "cost_per_token": {"input": 3.6e-07, "output": 1.8e-06, "cache_read": 5.6e-08}},
        {
            "when": {"service": "priority"},
            "cost_per_token": {"input": 6.75e-07, "output": 3.375e-06, "cache_read": 1.05e-07},
        },
    ]


def test_the_list_of_everything_says_the_most() -> None:
    model = listed(ANSWERS)["moonshotai/Kimi-K2.5"]
    assert (model.context_size, model.kind, model.deprecated, model.successor) == (
        262144,
        "chat",
        "2026-09-07",
        "moonshotai/Kimi-K2.6",
    )
    known = ("json_mode", "reasoning", "tools", "structured_output", "vision")
    assert model.capabilities == dict.fromkeys(known, True)
    assert model.connector_metadata["deepinfra"] == {"quantization": "fp4"}
    assert model.released is None


def test_models_of_either_list_are_listed() -> None:
    models = listed(ANSWERS)
    assert set(models) == {row["model_name"] for row in RICH} | {row["id"] for row in PLAIN["data"]}
    assert models["b/only-here"].cost_per_token == {"input": 1e-07, "output": 2e-07, "cache_read": 5e-08}
    assert models["b/nothing-stated"].cost_per_token == {}


@pytest.mark.parametrize(
    ("id", "kind", "per_token", "per_unit"),
    [
        ("a/embed", "embedding", {"input": 5e-09}, {}),
        ("a/flux", "image", {}, {"image": 0.014}),
        ("a/veo", "video", {}, {"second": 0.4}),
        ("a/asr", "transcription", {}, {"second": 3.33e-06}),
        ("a/tts", "speech", {}, {"character": 3.5e-05}),
        ("a/old", "transcription", {}, {}),
        ("a/rank", "rerank", {}, {}),
    ],
)
def test_each_kind_of_billing_has_its_unit_and_time_on_a_machine_is_none(
    id: str, kind: str, per_token: dict[str, float], per_unit: dict[str, float]
) -> None:
    model = listed(ANSWERS)[id]
    assert (model.kind, model.cost_per_token, model.cost_per_unit) == (kind, per_token, per_unit)


def test_a_tag_may_deny_reasoning() -> None:
    assert parse_deepinfra(RICH).models[-1].supports("reasoning") is False


def test_without_the_list_of_everything_the_other_one_stands() -> None:
    source = ProviderAPISource("deepinfra", transport=FakeTransport({**ANSWERS, f"{URL}/models/list": 500}), env={})
    listing = source.listing()
    model = listing.models[0]
    assert (model.id, model.context_size) == ("moonshotai/Kimi-K2.5", 131072)
    assert model.cost_per_token == {"input": 4.5e-07, "output": 2.25e-06}
    assert listing.note == "no answer from /models/list: what only that list tells is missing"


LONG = "$1.2 in $6 out $0.24 cached <= 32K, $2.4 in $12 out $0.48 cached <= 128K, $3 in $15 out $0.6 cached > 128K"


def test_a_sentence_about_long_prompts_is_read_if_it_begins_with_the_price_that_is_stated() -> None:
    pricing = {"cents_per_input_token": 0.00012, "cents_per_output_token": 0.0006, "full": LONG}
    (model,) = parse_deepinfra([{"model_name": "a/b", "pricing": pricing}]).models
    assert model.price_tiers == [
        {
            "when": {"input_tokens_above": 32000},
            "cost_per_token": {"input": 2.4e-06, "output": 1.2e-05, "cache_read": 4.8e-07},
        },
        {
            "when": {"input_tokens_above": 128000},
            "cost_per_token": {"input": 3e-06, "output": 1.5e-05, "cache_read": 6e-07},
        },
    ]


@pytest.mark.parametrize("sentence", ["$0.45/$2.25 in/out Mtoken", LONG, "$1 in $2 out, $3 in $4 out", "", None, 7])
def test_any_other_sentence_is_left_alone(sentence: Any) -> None:
    pricing = {"cents_per_input_token": 0.0001, "cents_per_output_token": 0.0002, "full": sentence}
    (model,) = parse_deepinfra([{"model_name": "a/b", "pricing": pricing}]).models
    assert (model.price_tiers, model.cost_per_token) == ([], {"input": 1e-06, "output": 2e-06})
