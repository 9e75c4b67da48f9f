"""xAI: four lists that complete each other, prices in units of their own, long prompts."""

from typing import Any

import pytest

from ai_models._core.model import Model
from ai_models.sources import ProviderAPISource
from ai_models.sources.dialects import DIALECTS
from ai_models.sources.formats.openai import parse_openai
from ai_models.testing import FakeTransport

PLAIN = {
    "object": "list",
    "data": [
        {"id": "grok-4.5", "created": 1772668800, "object": "model", "owned_by": "xai", "context_length": 500000},
        {"id": "grok-imagine-image", "created": 1761950332, "object": "model", "image_price": 700000000},
        {"id": "grok-voice", "created": 1761950333, "object": "model"},
    ],
}
LANGUAGE = {
    "models": [
        {
            "id": "grok-4.5",
            "fingerprint": "fp_1",
            "created": 1772668800,
            "version": "1.0",
            "input_modalities": ["text", "image"],
            "output_modalities": ["text"],
            "prompt_text_token_price": 20000,
            "cached_prompt_text_token_price": 5000,
            "prompt_image_token_price": 20000,
            "completion_text_token_price": 60000,
            "search_price": 250000000,
            "long_context_threshold": 200000,
            "prompt_text_token_price_long_context": 40000,
            "cached_prompt_text_token_price_long_context": 0,
            "completion_text_token_price_long_context": 120000,
            "aliases": ["grok-4.5-latest"],
        },
        {"id": "grok-3-mini", "prompt_text_token_price": 3000, "cached_prompt_text_token_price": 0, "aliases": None},
    ]
}
IMAGE = {
    "models": [
        {
            "id": "grok-imagine-image",
            "max_prompt_length": 1024,
            "input_modalities": ["text"],
            "output_modalities": ["image"],
        }
    ]
}
VIDEO = {"models": [{"id": "grok-imagine-video", "created": 1761950335, "output_modalities": ["video"]}, 7]}
URL = "https://api.x.ai/v1"
ANSWERS = {
    f"{URL}/models": PLAIN,
    f"{URL}/language-models": LANGUAGE,
    f"{URL}/image-generation-models": IMAGE,
    f"{URL}/video-generation-models": VIDEO,
}


def listed(answers: dict[str, Any]) -> dict[str, Model]:
    source = ProviderAPISource("xai", transport=FakeTransport(answers), api_key="k", env={})
    return {model.id: model for model in source.discover_models()}


def test_all_four_lists_make_one() -> None:
    models = listed(ANSWERS)
    assert {id: model.kind for id, model in models.items()} == {
        "grok-4.5": "chat",
        "grok-imagine-image": "image",
        "grok-voice": None,
        "grok-3-mini": "chat",
        "grok-imagine-video": "video",
    }
    grok = models["grok-4.5"]
    assert (grok.context_size, grok.released, grok.aliases) == (500000, "2026-03-05", ["grok-4.5-latest"])
    assert (grok.supports("vision"), grok.supports("image_output")) == (True, False)


def test_ten_thousand_is_a_dollar_per_million_tokens() -> None:
    grok = listed(ANSWERS)["grok-4.5"]
    assert grok.cost_per_token == {"input": 2e-06, "output": 6e-06, "cache_read": 5e-07, "input_image": 2e-06}
    assert grok.cost_per_unit == {"search": 0.025}


def test_a_long_prompt_has_its_own_price_and_zero_means_the_same_as_before() -> None:
    assert listed(ANSWERS)["grok-4.5"].price_tiers == [
        {
            "when": {"input_tokens_above": 200000},
            "cost_per_token": {"input": 4e-06, "output": 1.2e-05, "cache_read": 5e-07},
        }
    ]
    row = {"id": "m", "long_context_threshold": 0, "prompt_text_token_price_long_context": 0}
    assert parse_openai([row], "xai").models[0].price_tiers == []


def test_a_price_of_zero_is_none() -> None:
    assert listed(ANSWERS)["grok-3-mini"].cost_per_token == {"input": 3e-07}


@pytest.mark.parametrize(("stated", "usd"), [(700000000, 0.07), (10**10, 1.0), (7, 0.07), (0, None), (None, None)])
def test_the_price_of_an_image_is_read_in_both_units_of_the_reference(stated: Any, usd: float | None) -> None:
    found = parse_openai([{"id": "m", "image_price": stated}], "xai").models[0].cost_per_unit
    assert found.get("image") == usd


def test_a_list_without_an_answer_is_mentioned_and_the_others_stand() -> None:
    answers = {**ANSWERS, f"{URL}/language-models": 404}
    source = ProviderAPISource("xai", transport=FakeTransport(answers), api_key="k", env={})
    listing = source.listing()
    assert "grok-4.5" in {model.id for model in listing.models}
    assert listing.note == "no answer from /language-models: what only that list tells is missing"


def test_what_is_no_row_of_a_further_list_is_skipped_with_its_reason() -> None:
    source = ProviderAPISource("xai", transport=FakeTransport(ANSWERS), api_key="k", env={})
    assert [skipped.reason for skipped in source.listing().skipped] == ["expected a mapping, got int"]


def test_a_further_list_that_is_none_changes_nothing() -> None:
    details = [(detail, junk) for detail, junk in zip(DIALECTS["xai"].details, [None, 7, {"models": "x"}], strict=True)]
    assert parse_openai(PLAIN, "xai", details=details) == parse_openai(PLAIN, "xai")
