"""Vercel AI Gateway: prices as text in USD per token, steps for long prompts and service tiers beside them.

A step runs from `min` up to, and without, the next one's; some begin one token before the step below ends.
"""

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

__all__ = ["list_models", "parse_vercel"]

_PARTS = {
    "input": "input",
    "output": "output",
    "input_cache_read": "cache_read",
    "input_cache_write": "cache_write",
}


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list: it comes all at once."""
    return parse_vercel(exchange.json(url), provider.id)


def parse_vercel(payload: Any, provider: str = "vercel") -> Parsed:
    """Return the models of the gateway's list; raise `SourceFormatError` if it is none.

    >>> tiers = [{"cost": "0.000001", "min": 0, "max": 200001}, {"cost": "0.000002", "min": 200001}]
    >>> model = parse_vercel({"data": [{"id": "a/b", "pricing": {"input_tiers": tiers}}]}).models[0]
    >>> model.cost_per_token, model.price_tiers
    ({'input': 1e-06}, [{'when': {'input_tokens_above': 200000}, 'cost_per_token': {'input': 2e-06}}])
    """
    return rows.parse_rows(rows.expect_rows(payload, provider, "data", ""), lambda row: _model(row, provider))


def _model(row: Mapping[str, Any], provider: str) -> Model:
    model = model_of(row, provider, "vercel")
    pricing = rows.mapping(row.get("pricing"))
    steps = {part: list(_steps(pricing.get(f"{theirs}_tiers"))) for theirs, part in _PARTS.items()}
    first = {part: found[0][1] for part, found in steps.items() if found and found[0][0] is None}
    seconds = {money(each.get("cost_per_second")) for each in facts.rows(pricing.get("video_duration_pricing"))}
    same = seconds.pop() if len(seconds) == 1 else None
    return replace(
        model,
        cost_per_token={**first, **model.cost_per_token},
        cost_per_unit={**({"second": same} if same else {}), **model.cost_per_unit},
        price_tiers=facts.in_order([*_long(steps), *_services(rows.mapping(pricing.get("service_tiers")))]),
    )


def _steps(stated: Any) -> Iterator[tuple[int | None, float]]:
    """Yield each step's price with the number of tokens that it begins above; `None` for the first step."""
    ended: int | None = None
    for number, step in enumerate(facts.rows(stated)):
        cost = money(step.get("cost"))
        begins = max(rows.count(step.get("min")) or 0, ended or 0)
        if cost is not None:
            yield (begins - 1 if number and begins else None), cost
        ended = rows.count(step.get("max"))


def _long(steps: Mapping[str, list[tuple[int | None, float]]]) -> Iterator[dict[str, Any]]:
    costs: dict[int, dict[str, float]] = {}
    for part, found in steps.items():
        for above, cost in found:
            if above is not None:
                costs.setdefault(above, {})[part] = cost
    for above, parts in costs.items():
        yield {"when": {"input_tokens_above": above}, "cost_per_token": parts}


def _services(stated: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for service, pricing in stated.items():
        costs = rows.prices(pricing, _PARTS)
        if costs and service.strip():
            yield {"when": {"service": service}, "cost_per_token": costs}
        above = rows.count(rows.dig(pricing, "long_context.threshold"))
        long = rows.prices(rows.dig(pricing, "long_context"), _PARTS)
        if long and above is not None and service.strip():
            yield {"when": {"service": service, "input_tokens_above": above}, "cost_per_token": long}
