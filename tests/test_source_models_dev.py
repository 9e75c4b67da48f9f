"""models.dev's catalogue: prices per million, zero limits, tiers and modes, providers nobody else knows."""

from typing import Any

import pytest

from ai_models._core.model import Model
from ai_models.errors import SourceFormatError
from ai_models.sources.catalogues.models_dev import parse_models_dev

ROW = {"id": "gpt-x", "limit": {"context": 400000, "input": 272000, "output": 0}, "cost": {"input": 1.25, "output": 10}}


def model(provider: str = "openai", **facts: Any) -> Model:
    return parse_models_dev({provider: {"models": {"gpt-x": {**ROW, **facts}}}}).models[0]


def test_prices_are_per_million_and_a_limit_of_zero_is_unknown() -> None:
    found = model()
    assert found.cost_per_token == {"input": 1.25e-06, "output": 1e-05}
    assert (found.context_size, found.max_input_tokens, found.max_output_tokens) == (400000, 272000, None)


def test_a_row_without_a_price_has_none() -> None:
    assert model(cost=None).cost_per_token == {}


def test_tiers_come_before_the_legacy_price_above_200k() -> None:
    tier = {"input": 2, "tier": {"type": "context", "size": 272000}}
    found = model(cost={"input": 1, "tiers": [tier], "context_over_200k": {"input": 2}})
    assert found.price_tiers == [{"when": {"input_tokens_above": 272000}, "cost_per_token": {"input": 2e-06}}]
    legacy = model(cost={"input": 1, "context_over_200k": {"input": 2}})
    assert legacy.price_tiers[0]["when"] == {"input_tokens_above": 200000}


def test_a_mode_of_a_service_tier_is_a_price_tier_and_other_modes_are_none() -> None:
    priority = {"cost": {"input": 5}, "provider": {"body": {"service_tier": "priority"}}}
    other = {"cost": {"input": 9}, "provider": {"body": {"speed": "ludicrous"}}}
    found = model(experimental={"modes": {"fast": priority, "other": other}})
    assert found.price_tiers == [{"when": {"service": "priority"}, "cost_per_token": {"input": 5e-06}}]


def test_where_everything_costs_nothing_a_subscription_is_sold_and_no_price_is_known() -> None:
    assert model("some-coding-plan", cost={"input": 0, "output": 0}).cost_per_token == {}


def test_one_free_model_among_priced_ones_is_free() -> None:
    free = {"id": "free", "limit": {}, "cost": {"input": 0, "output": 0}}
    found = parse_models_dev({"openai": {"models": {"a": ROW, "b": free}}}).models
    assert found[1].cost_per_token == {"input": 0.0, "output": 0.0}


def test_an_unknown_provider_keeps_its_own_id() -> None:
    assert model("lucidquery").provider == "lucidquery"


def test_flags_are_three_valued() -> None:
    found = model(tool_call=False, reasoning=True, modalities={"input": ["text", "image"], "output": ["text"]})
    assert (found.supports("tools"), found.supports("reasoning"), found.supports("structured_output")) == (
        False,
        True,
        None,
    )
    assert found.supports("vision")


def test_dates_and_status_that_are_none_stay_unknown() -> None:
    found = model(release_date="2025-25-11", knowledge="2025-08", status="excellent", last_updated="2026-02-05")
    assert (found.released, found.knowledge_cutoff, found.status) == (None, "2025-08", None)
    assert found.connector_metadata["openai"] == {"updated": "2026-02-05"}


def test_two_names_of_one_provider_give_each_model_once_with_a_reason() -> None:
    parsed = parse_models_dev(
        {"google-vertex": {"models": {"x": ROW}}, "google-vertex-anthropic": {"models": {"x": ROW}}}
    )
    assert len(parsed.models) == 1
    assert "another name" in parsed.skipped[0].reason


def test_rows_that_are_no_models_are_skipped_with_their_place() -> None:
    parsed = parse_models_dev({"groq": {"models": {"a": 7, "b": ROW}}, "xai": {"models": {"c": {"id": "c"}}}})
    assert [(each.row, each.reason.split(":")[0]) for each in parsed.skipped] == [
        (0, "expected a mapping, got int"),
        (2, "neither limits nor modalities nor prices"),
    ]


def test_a_catalogue_without_lists_is_a_format_error() -> None:
    with pytest.raises(SourceFormatError):
        parse_models_dev({"openai": {"models": []}})
