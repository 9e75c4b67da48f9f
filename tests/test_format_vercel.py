"""Vercel AI Gateway: kinds, dates, steps, service tiers, prices by the unit."""

from typing import Any

import pytest

from ai_models._core.model import Model
from ai_models.sources.formats.vercel import parse_vercel


def read(**row: Any) -> Model:
    return parse_vercel({"object": "list", "data": [{"id": "lab/m", "object": "model", **row}]}).models[0]


def test_a_language_model_with_everything() -> None:
    model = read(
        created=1755815280,
        released=1747872000,
        deprecated_at=1790000000,
        name="Claude Sonnet 4",
        context_window=1000000,
        max_tokens=64000,
        type="language",
        tags=["file-input", "reasoning", "tool-use", "vision", "implicit-caching", "unheard-of"],
        modalities={"input": ["text", "image", "pdf"], "output": ["text"]},
        knowledge="2025-03",
        regions=["us", "eu"],
        pricing={
            "input": "0.000003",
            "output": "0.000015",
            "input_cache_read": "0.0000003",
            "input_cache_write": "0.00000375",
            "web_search": "10",
        },
    )
    assert (model.name, model.kind, model.context_size, model.max_output_tokens) == (
        "Claude Sonnet 4",
        "chat",
        1000000,
        64000,
    )
    assert (model.released, model.deprecated, model.knowledge_cutoff) == ("2025-05-22", "2026-09-21", "2025-03")
    assert model.cost_per_token == {"input": 3e-06, "output": 1.5e-05, "cache_read": 3e-07, "cache_write": 3.75e-06}
    assert model.cost_per_unit == {"search": 0.01}
    known = ("file_input", "reasoning", "tools", "vision", "prompt_caching", "pdf_input")
    assert [model.supports(name) for name in known] == [True] * len(known)
    assert model.connector_metadata["vercel"]["regions"] == ["us", "eu"]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("language", "chat"),
        ("embedding", "embedding"),
        ("image", "image"),
        ("video", "video"),
        ("reranking", "rerank"),
        ("speech", "speech"),
        ("transcription", "transcription"),
        ("realtime", "realtime"),
    ],
)
def test_all_eight_types_are_known(word: str, kind: str) -> None:
    assert read(type=word).kind == kind


def test_a_limit_of_zero_is_unknown() -> None:
    model = read(context_window=0, max_tokens=0, pricing={})
    assert (model.context_size, model.max_output_tokens, model.cost_per_token) == (None, None, {})


@pytest.mark.parametrize(
    ("pricing", "unit"),
    [
        ({"image": "0.04"}, {"image": 0.04}),
        ({"speech_input_character_cost": "0.000015"}, {"character": 1.5e-05}),
        ({"transcription_duration_cost_per_second": "0.0001"}, {"second": 0.0001}),
        ({"video_duration_pricing": [{"resolution": "720p", "cost_per_second": "0.1"}]}, {"second": 0.1}),
        (
            {
                "video_duration_pricing": [
                    {"resolution": "720p", "cost_per_second": "0.1"},
                    {"resolution": "1080p", "cost_per_second": "0.15"},
                ]
            },
            {},
        ),
    ],
)
def test_prices_by_the_unit(pricing: dict[str, Any], unit: dict[str, float]) -> None:
    assert read(pricing=pricing).cost_per_unit == unit


def test_audio_tokens_have_their_own_price() -> None:
    pricing = {"audio_input_token_cost": "0.00001", "audio_output_token_cost": "0.00002"}
    assert read(pricing=pricing).cost_per_token == {"input_audio": 1e-05, "output_audio": 2e-05}


def test_the_first_step_is_the_price_and_each_further_one_a_tier() -> None:
    model = read(
        pricing={
            "input": "0.00000125",
            "input_tiers": [{"cost": "0.00000125", "min": 0, "max": 200001}, {"cost": "0.0000025", "min": 200001}],
            "output_tiers": [{"cost": "0.00001", "max": 200001}, {"cost": "0.000015", "min": 200001}],
            "input_cache_read_tiers": [{"cost": "0.0000001", "max": 64000}, {"cost": "0.0000002", "min": 63999}],
        }
    )
    assert model.cost_per_token == {"input": 1.25e-06, "output": 1e-05, "cache_read": 1e-07}
    assert model.price_tiers == [
        {"when": {"input_tokens_above": 63999}, "cost_per_token": {"cache_read": 2e-07}},
        {"when": {"input_tokens_above": 200000}, "cost_per_token": {"input": 2.5e-06, "output": 1.5e-05}},
    ]


def test_service_tiers_and_their_long_prompts() -> None:
    flex = {"input": "0.000001", "output": "0.000002", "long_context": {"threshold": 272000, "input": "0.000002"}}
    model = read(pricing={"input": "0.000002", "service_tiers": {"flex": flex, "priority": {}, "": flex}})
    assert model.price_tiers == [
        {"when": {"service": "flex"}, "cost_per_token": {"input": 1e-06, "output": 2e-06}},
        {"when": {"service": "flex", "input_tokens_above": 272000}, "cost_per_token": {"input": 2e-06}},
    ]


def test_dollars_per_million_by_mistake_are_dropped_with_the_reason() -> None:
    parsed = parse_vercel({"data": [{"id": "a/b", "pricing": {"input": "3.00", "output": "15.00"}}]})
    assert parsed.models[0].cost_per_token == {}
    assert [skipped.reason.partition(" price")[0] for skipped in parsed.skipped] == ["input", "output"]
