"""DeepInfra: the list of what its OpenAI-compatible API serves, joined with its list of everything, which tells more.

The second gives prices in US cents, each kind of billing under names of its own; what is cached and what a service
tier costs are factors of the plain price; what long prompts cost is only said in a sentence. `max_tokens` there is
the whole window. Time on a machine is no unit of ours: such a price stays unknown.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.dialects import dialect_of
from ai_models.sources.facts import in_order, price
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.openai import details_of, joined_rows, model_of
from ai_models.sources.parsed import Parsed
from ai_models.sources.tariffs import money

__all__ = ["list_models", "parse_deepinfra"]

_CENTS, _MILLION = 100, 1_000_000
_TOKEN_PRICES = {"cents_per_input_token": "input", "cents_per_output_token": "output"}
_RATES = {"rate_per_input_token_cached": "cache_read", "rate_per_input_token_cache_write": "cache_write"}
_UNIT_PRICES = {
    "cents_per_image_unit": "image",
    "cents_per_output_sec": "second",
    "cents_per_input_sec": "second",
    "cents_per_input_chars": "character",
}
_SERVICES = ("flex", "priority", "batch")
_STEP = re.compile(
    r"\$([\d.]+) in \$([\d.]+) out(?: \$([\d.]+) cached)?(?: (?:<=|>) ?([\d.]+ ?[KM]))?",
    re.IGNORECASE,
)


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for both lists; without the second the first stands alone."""
    payload = exchange.json(url)
    return parse_deepinfra(payload, provider.id, details_of(exchange, url, dialect_of("deepinfra")))


def parse_deepinfra(payload: Any, provider: str = "deepinfra", details: Any = ()) -> Parsed:
    """Return the models of either of DeepInfra's lists, or of both; raise `SourceFormatError` if it is none.

    >>> row = {"model_name": "a/b", "type": "text-generation", "pricing": {"cents_per_input_token": 4.5e-05}}
    >>> model = parse_deepinfra([row]).models[0]
    >>> model.id, model.kind, model.cost_per_token
    ('a/b', 'chat', {'input': 4.5e-07})
    """
    return rows.parse_rows(joined_rows(payload, provider, details), lambda row: _model(row, provider))


def _model(row: Mapping[str, Any], provider: str) -> Model:
    model = model_of(row, provider, "deepinfra")
    pricing = rows.mapping(row.get("pricing"))
    costs = _token_prices(pricing) or model.cost_per_token
    tags = row.get("tags")
    if isinstance(tags, list) and "non-reasoning" in tags:
        model.capabilities["reasoning"] = False
    return replace(
        model,
        context_size=rows.count(row.get("max_tokens")) or model.context_size,
        kind=rows.first(row, ("reported_type",), rows.kind_of) or model.kind,
        cost_per_token=costs,
        cost_per_unit=_unit_prices(pricing),
        price_tiers=_tiers(pricing, _token_prices(pricing)),
        deprecated=rows.day(row.get("deprecated")) or model.deprecated,
    )


def _token_prices(pricing: Mapping[str, Any]) -> dict[str, float]:
    stated = {ours: money(pricing.get(theirs), _CENTS) for theirs, ours in _TOKEN_PRICES.items()}
    found = {part: cost for part, cost in stated.items() if cost is not None}
    if not any(found.values()):
        return {}
    if pricing.get("type") == "input_tokens":
        found.pop("output", None)
    plain = price(pricing.get("cents_per_input_token"))
    for theirs, ours in _RATES.items():
        rate = price(pricing.get(theirs))
        cost = _rounded(plain * rate / _CENTS) if rate is not None and plain else None
        if cost is not None:
            found[ours] = cost
    return found


def _unit_prices(pricing: Mapping[str, Any]) -> dict[str, float]:
    stated = [(unit, money(pricing.get(theirs), _CENTS)) for theirs, unit in _UNIT_PRICES.items()]
    return {unit: cost for unit, cost in stated if cost}


def _tiers(pricing: Mapping[str, Any], costs: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return the prices of the service tiers, which are given as factors of the plain ones."""
    tiers = []
    for service in _SERVICES:
        rate = price(pricing.get(f"rate_per_service_tier_{service}"))
        if rate and costs:
            scaled = {part: _rounded(Decimal(str(cost)) * rate) for part, cost in costs.items()}
            known = {part: cost for part, cost in scaled.items() if cost is not None}
            tiers.append({"when": {"service": service}, "cost_per_token": known})
    return in_order([*_long(pricing.get("full"), costs), *tiers])


def _long(sentence: Any, costs: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return the prices of long prompts as a sentence lists them, if its first step is the price that we know."""
    parts = sentence[:1000].split(",") if isinstance(sentence, str) else []
    steps = [_STEP.fullmatch(part.strip()) for part in parts]
    found = [step for step in steps if step]
    if len(found) < 2 or len(found) < len(steps) or money(found[0][1], _MILLION) != costs.get("input"):
        return []
    tiers = []
    for before, step in pairwise(found):
        above = rows.count(before[4].replace(" ", "")) if before[4] else None
        stated = {
            part: money(step[number], _MILLION) for number, part in enumerate(("input", "output", "cache_read"), 1)
        }
        costs_here = {part: cost for part, cost in stated.items() if cost is not None}
        if above is None or not costs_here:
            return []
        tiers.append({"when": {"input_tokens_above": above}, "cost_per_token": costs_here})
    return tiers


def _rounded(product: Decimal) -> float | None:
    """Return a product as a price: the factors are rounded, so that digits behind the sixth mean nothing."""
    cost = money(product)
    return None if cost is None else float(f"{cost:.6g}")
