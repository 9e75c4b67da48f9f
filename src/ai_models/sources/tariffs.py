"""Prices as servers write them in a row of a list: where they stand, in which unit, and what a zero means.

A price is read only where its unit is known: from the provider's dialect, from a unit that the row states, or
because text under these names is USD per token on every server that sends it.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ai_models.sources import rows
from ai_models.sources.dialects import Dialect, Prices
from ai_models.sources.facts import price, text_or_none

__all__ = ["long_context_tiers", "money", "token_prices", "unit_prices"]

_NAMES = {
    "prompt": "input",
    "input": "input",
    "input_tokens": "input",
    "completion": "output",
    "output": "output",
    "output_tokens": "output",
    "cache_read": "cache_read",
    "cached_input": "cache_read",
    "input_cache_read": "cache_read",
    "input_cache_reads": "cache_read",
    "cache_read_tokens": "cache_read",
    "cache_write": "cache_write",
    "input_cache_write": "cache_write",
    "input_cache_writes": "cache_write",
    "internal_reasoning": "reasoning",
}
_UNITS = {"image": "image", "request": "request", "web_search": "search"}
_EXTRAS = ("cache_read", "cache_write", "reasoning")
"""Parts for which servers write zero where they mean that there is no such price."""

_IN_CENTS_BELOW = 10**6
"""xAI's prices of images stand in two units: a smaller number is USD cents, a larger one 1/10,000,000,000 USD."""


def money(value: Any, per: int = 1) -> float | None:
    """Return a stated price as USD for one, to ten digits: what servers calculate has noise behind them.

    `None` if it is none, or negative.

    >>> money("$0.00000055"), money(1.4000000000000001, per=1_000_000), money("-1"), money(None)
    (5.5e-07, 1.4e-06, None, None)
    """
    found = price(value.removeprefix("$") if isinstance(value, str) else value)
    return None if found is None else float(f"{found / Decimal(per):.10g}")


def token_prices(row: Mapping[str, Any], dialect: Dialect) -> dict[str, float]:
    """Return what a row says a token costs.

    >>> token_prices({"pricing": {"input": 10, "unit": "usd_per_1m_tokens"}}, Dialect())
    {'input': 1e-05}
    >>> token_prices({"pricing": {"input": 10}}, Dialect())
    {}
    """
    if _is_foreign(row):
        return {}
    found = _all(row, dialect.prices) or _self_explaining(rows.mapping(row.get("pricing")))
    return _believed(found, row, dialect)


def unit_prices(row: Mapping[str, Any], dialect: Dialect) -> dict[str, float]:
    """Return what a row says an image, a second, a search, … costs; zero is what servers write for "no such price".

    >>> unit_prices({"pricing": {"prompt": "0.000001", "request": "0.005", "image": "0"}}, Dialect())
    {'request': 0.005}
    """
    if _is_foreign(row):
        return {}
    found = dict(_all(row, dialect.units))
    pricing = rows.mapping(row.get("pricing"))
    if not found and isinstance(pricing.get("prompt"), str) and not _UNITS.keys().isdisjoint(pricing):
        texts = {name: value for name, value in pricing.items() if isinstance(value, str)}
        found = rows.prices(texts, _UNITS)
    cents = price(row.get("image_price"))
    if "image" in found and cents is not None and 0 < cents < _IN_CENTS_BELOW:
        found["image"] = float(cents / 100)
    return {unit: cost for unit, cost in found.items() if cost}


def long_context_tiers(row: Mapping[str, Any], dialect: Dialect, base: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return the prices of long prompts, if a row has any; a part that it gives as zero costs the same as before.

    >>> from ai_models.sources.dialects import LongContext
    >>> dialect = Dialect(long=LongContext("from", Prices(1, {"long_input": "input", "long_output": "output"})))
    >>> long_context_tiers({"from": 9, "long_input": 2, "long_output": 0}, dialect, {"input": 1.0, "output": 1.0})
    [{'when': {'input_tokens_above': 9}, 'cost_per_token': {'input': 2.0, 'output': 1.0}}]
    """
    above = rows.count(rows.dig(row, dialect.long.threshold)) if dialect.long else None
    if dialect.long is None or above is None or _is_foreign(row):
        return []
    stated = {part: cost or base.get(part) for part, cost in _all(row, (dialect.long.prices,)).items()}
    costs = {part: cost for part, cost in stated.items() if cost is not None}
    return [{"when": {"input_tokens_above": above}, "cost_per_token": costs}] if costs else []


def _all(row: Mapping[str, Any], stated: tuple[Prices, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for prices in stated:
        for part, cost in _each(row, prices):
            found.setdefault(part, cost)
    return found


def _each(row: Mapping[str, Any], prices: Prices) -> Iterator[tuple[str, float]]:
    for path, part in prices.paths.items():
        cost = money(rows.dig(row, path), prices.per)
        if cost is not None:
            yield part, cost


def _self_explaining(pricing: Mapping[str, Any]) -> dict[str, float]:
    unit = str(pricing.get("unit", "")).lower()
    if "1m" in unit or "million" in unit:
        return rows.prices(pricing, _NAMES, per_mtok=True)
    if not isinstance(pricing.get("prompt"), str):
        return {}
    stated = {name: money(value) for name, value in pricing.items() if isinstance(value, str)}
    return rows.prices(rows.known(stated), _NAMES)


def _is_foreign(row: Mapping[str, Any]) -> bool:
    """Whether a row states that its prices are in another currency than ours."""
    stated = rows.first(row, ("currency", "pricing.currency", "metadata.pricing.currency"), text_or_none)
    return stated is not None and stated.strip().upper() not in ("USD", "$")


def _believed(found: dict[str, float], row: Mapping[str, Any], dialect: Dialect) -> dict[str, float]:
    if dialect.zeros == "unknown":
        return {part: cost for part, cost in found.items() if cost}
    if dialect.zeros == "unless free" and not any(found.values()):
        return found if str(row.get("id", "")).lower().endswith(("-free", ":free")) else {}
    if found.get("input"):
        return {part: cost for part, cost in found.items() if cost or part not in _EXTRAS}
    return found
