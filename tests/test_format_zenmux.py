"""ZenMux: records of prices with unit, currency and conditions, in the shape of the reference."""

from typing import Any

from ai_models.sources.formats.zenmux import parse_zenmux


def record(value: float, **facts: Any) -> dict[str, Any]:
    return {"value": value, "unit": "perMTokens", "currency": "USD", **facts}


def upto(kilo: int) -> dict[str, Any]:
    return {"conditions": {"prompt_tokens": {"unit": "kTokens", "gte": 0, "lt": kilo}}}


def from_(kilo: int) -> dict[str, Any]:
    return {"conditions": {"prompt_tokens": {"unit": "kTokens", "gte": kilo}}}


ROW = {
    "id": "anthropic/claude-sonnet-4.5",
    "object": "model",
    "display_name": "Anthropic: Claude Sonnet 4.5",
    "created": 1759196009,
    "input_modalities": ["text", "image", "file"],
    "output_modalities": ["text"],
    "capabilities": {"reasoning": True},
    "context_length": 200000,
    "pricings": {
        "prompt": [record(3, **upto(200)), record(6, **from_(200))],
        "completion": [record(15, **upto(200)), record(22.5, **from_(200))],
        "input_cache_read": [record(0.3)],
        "input_cache_write_1_h": [record(6)],
        "web_search": [{"value": 10, "unit": "perKCount", "currency": "USD"}],
    },
}


def test_prices_and_their_steps_for_long_prompts() -> None:
    model = parse_zenmux({"data": [ROW]}).models[0]
    assert model.cost_per_token == {"input": 3e-06, "output": 1.5e-05, "cache_read": 3e-07, "cache_write_1h": 6e-06}
    assert model.price_tiers == [
        {"when": {"input_tokens_above": 199999}, "cost_per_token": {"input": 6e-06, "output": 2.25e-05}}
    ]
    assert (model.context_size, model.name) == (200000, "Anthropic: Claude Sonnet 4.5")
    assert [model.supports(name) for name in ("vision", "file_input", "reasoning")] == [True] * 3


def test_a_price_in_another_unit_or_currency_or_under_another_condition_is_unknown() -> None:
    other = [
        record(1, unit="perCount"),
        record(1, currency="CNY"),
        record(1, conditions={"completion_tokens": {"lt": 200}}),
        record(-1),
    ]
    for each in other:
        assert parse_zenmux({"data": [{"id": "m", "pricings": {"prompt": [each]}}]}).models[0].cost_per_token == {}


def test_free_is_zero() -> None:
    row = {"id": "m-free", "pricings": {"prompt": [record(0)], "completion": [record(0)]}}
    assert parse_zenmux({"data": [row]}).models[0].cost_per_token == {"input": 0.0, "output": 0.0}
