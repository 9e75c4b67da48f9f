"""ZenMux: each price is a list of records with their own unit, currency and, for long prompts, conditions."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import facts, rows
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.openai import model_of
from ai_models.sources.parsed import Parsed
from ai_models.sources.tariffs import money

__all__ = ["list_models", "parse_zenmux"]

_PARTS = {
    "prompt": "input",
    "completion": "output",
    "input_cache_read": "cache_read",
    "input_cache_write": "cache_write",
    "input_cache_write_5_min": "cache_write",
    "input_cache_write_1_h": "cache_write_1h",
    "internal_reasoning": "reasoning",
}
_KILO = 1000


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list: it comes all at once."""
    return parse_zenmux(exchange.json(url), provider.id)


def parse_zenmux(payload: Any, provider: str = "zenmux") -> Parsed:
    """Return the models of ZenMux's list; raise `SourceFormatError` if it is none.

    >>> price = {"value": 15, "unit": "perMTokens", "currency": "USD"}
    >>> parse_zenmux({"data": [{"id": "a/b", "pricings": {"completion": [price]}}]}).models[0].cost_per_token
    {'output': 1.5e-05}
    """
    return rows.parse_rows(rows.expect_rows(payload, provider, "data", ""), lambda row: _model(row, provider))


def _model(row: Mapping[str, Any], provider: str) -> Model:
    base: dict[str, float] = {}
    long: dict[int, dict[str, float]] = {}
    for part, above, cost in _records(rows.mapping(row.get("pricings"))):
        (base if above is None else long.setdefault(above, {})).setdefault(part, cost)
    tiers = [{"when": {"input_tokens_above": above}, "cost_per_token": costs} for above, costs in long.items()]
    return replace(model_of(row, provider, "zenmux"), cost_per_token=base, price_tiers=facts.in_order(tiers))


def _records(pricings: Mapping[str, Any]) -> Iterator[tuple[str, int | None, float]]:
    """Yield each price in USD per token, with the number of prompt tokens that it begins above."""
    for theirs, part in _PARTS.items():
        for record in facts.rows(pricings.get(theirs)):
            cost = money(record.get("value"), 1_000_000)
            foreign = record.get("currency", "USD") != "USD"
            conditions = rows.mapping(record.get("conditions"))
            if cost is not None and record.get("unit") == "perMTokens" and not foreign and _is_on_prompts(conditions):
                yield part, _above(rows.mapping(conditions.get("prompt_tokens"))), cost


def _is_on_prompts(conditions: Mapping[str, Any]) -> bool:
    """Whether a price depends on nothing but the length of the prompt."""
    return set(conditions) <= {"prompt_tokens"}


def _above(condition: Mapping[str, Any]) -> int | None:
    scale = _KILO if condition.get("unit") == "kTokens" else 1
    least, more = rows.count(condition.get("gte")), rows.count(condition.get("gt"))
    if least:
        return least * scale - 1
    return more * scale if more else None
