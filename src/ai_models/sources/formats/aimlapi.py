"""AI/ML API: prices as records of what is counted, and one id once for each kind of endpoint that serves it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import facts, rows
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.openai import model_of
from ai_models.sources.parsed import Parsed
from ai_models.sources.tariffs import money

__all__ = ["list_models", "parse_aimlapi"]

_PARTS = {"provided": "input", "generated": "output", "cached": "cache_read"}
_KINDS = {"chat-completions": "chat", "image-generations": "image", "chat-completion": "chat"}


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list, prices and modalities included."""
    return parse_aimlapi(exchange.json(f"{url}?include=pricing,modalities"), provider.id)


def parse_aimlapi(payload: Any, provider: str = "aimlapi") -> Parsed:
    """Return the models of the list; raise `SourceFormatError` if it is none.

    >>> unit = {"name": "token", "content": "text", "origin": "provided", "price": 0.4, "per": 1000000}
    >>> parse_aimlapi({"data": [{"id": "m", "pricing": {"units": [unit]}}]}).models[0].cost_per_token
    {'input': 4e-07}
    """
    return rows.parse_rows(rows.expect_rows(payload, provider, "data", ""), lambda row: _model(row, provider))


def _model(row: Mapping[str, Any], provider: str) -> Model:
    info = rows.mapping(row.get("info"))
    endpoint = str(row.get("type", "")).rpartition("/")[2]
    told = {**row, "type": _KINDS.get(endpoint, endpoint), "name": info.get("name"), "pricing": None}
    return replace(
        model_of(told, provider),
        context_size=rows.count(info.get("contextLength")),
        max_output_tokens=rows.count(info.get("outputMax")) or rows.count(info.get("maxTokens")),
        cost_per_token=_prices(rows.dig(row, "pricing.units")),
    )


def _prices(units: Any) -> dict[str, float]:
    found: dict[str, float] = {}
    for unit in facts.rows(units):
        part = _PARTS.get(str(unit.get("origin")))
        stated, per = facts.price(unit.get("price")), facts.price(unit.get("per"))
        cost = money(stated / per) if stated is not None and per else None
        if part and cost is not None and unit.get("name") == "token" and unit.get("content") == "text":
            found.setdefault(part, cost)
    return found
