"""Fireworks: what its inference API lists, with the prices of its serverless models and its catalogue's lifecycle.

Three lists of one provider. The first says what may be called; the second has a row for each way of serving a model
(plain, a service tier, a faster one under an id of its own), with prices in USD per million tokens; the third, in
pages, says until when a model is served. `kind` says what a model is for: `supports_chat` is true of embeddings too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urljoin

from ai_models._core.model import Model
from ai_models.errors import SourceError
from ai_models.providers import Provider
from ai_models.sources import facts, rows
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.openai import model_of
from ai_models.sources.parsed import Parsed
from ai_models.sources.tariffs import money

__all__ = ["list_models", "parse_fireworks"]

_SERVERLESS = "/v1/serverless/models"
_CATALOGUE = "/v1/accounts/fireworks/models?filter=supports_serverless%3Dtrue&pageSize=200"
_KINDS = {
    "EMBEDDING_MODEL": "embedding",
    "FLUMINA_BASE_MODEL": "image",
    "FLUMINA_ADDON": "image",
}
_SKUS = {
    "llm input tokens (uncached)": "input",
    "llm input tokens (cached)": "cache_read",
    "llm output tokens": "output",
}


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list, then for prices and for the catalogue; without these the list stands alone."""
    payload = exchange.json(url)
    serverless = exchange.optional(urljoin(url, _SERVERLESS))
    catalogue = _catalogue(exchange, urljoin(url, _CATALOGUE))
    if serverless is None:
        exchange.notes.append(f"no answer from {_SERVERLESS}: prices are missing")
    return parse_fireworks(payload, provider.id, serverless=serverless, catalogue=catalogue)


def _catalogue(exchange: Exchange, url: str) -> list[Any]:
    found: list[Any] = []
    try:
        for page in exchange.pages(url, lambda page: _next_page(url, page)):
            found.extend(facts.rows(rows.mapping(page).get("models")))
    except SourceError:
        exchange.notes.append("no whole answer from its catalogue: dates of retirement may be missing")
    return found


def _next_page(url: str, page: Any) -> str | None:
    token = facts.text_or_none(rows.dig(page, "nextPageToken"))
    return f"{url}&pageToken={quote(token, safe='')}" if token and token.isascii() else None


def parse_fireworks(
    payload: Any, provider: str = "fireworks", *, serverless: Any = None, catalogue: Iterable[Any] = ()
) -> Parsed:
    """Return the models of Fireworks' inference list; raise `SourceFormatError` if it is none.

    `serverless` is what the list of serverless models answers, `catalogue` the rows of all pages of the catalogue.

    >>> price = {"sku": "LLM output tokens", "amount": "0.6", "unit": "1M tokens"}
    >>> serverless = {"data": [{"id": "m", "serverless_mode": "standard", "pricing": [price]}]}
    >>> parse_fireworks({"data": [{"id": "m"}]}, serverless=serverless).models[0].cost_per_token
    {'output': 6e-07}
    """
    listed = rows.expect_rows(payload, provider, "data", "")
    ways = facts.rows(rows.mapping(serverless).get("data"))
    told = {row["name"]: row for row in facts.rows(list(catalogue)) if isinstance(row.get("name"), str)}
    ids = {row.get("id") for row in facts.rows(listed) if isinstance(row.get("id"), str)}
    extra = [row for row in _named_ways(ways) if row["id"] not in ids]
    return rows.parse_rows([*listed, *extra], lambda row: _model(row, provider, ways, told))


def _named_ways(ways: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for each way of serving that is called by an id of its own."""
    named = {_called(way): way for way in reversed(list(ways)) if _is_plain(way)}
    return [{**way, "id": id} for id, way in named.items() if id is not None][::-1]


def _called(way: Mapping[str, Any]) -> str | None:
    """Return the id under which a way of serving is called."""
    return rows.first(way, ("usage_identifier", "id"), facts.text_or_none)


def _is_plain(way: Mapping[str, Any]) -> bool:
    return facts.text_or_none(way.get("service_tier")) is None


def _model(row: Mapping[str, Any], provider: str, ways: list[Mapping[str, Any]], told: Mapping[str, Any]) -> Model:
    id = rows.row_id(row, "id")
    own = [way for way in ways if _called(way) == id]
    plain = next((way for way in own if _is_plain(way)), {})
    more = told.get(id, {})
    model = model_of({**plain, **row, "pricing": None, "aliases": plain.get("aliases")}, provider, "fireworks")
    return replace(
        model,
        kind=_kind({**more, **row}) or model.kind,
        cost_per_token=_prices(plain),
        price_tiers=facts.in_order(_tiers(own)),
        name=model.name or facts.text_or_none(more.get("displayName")),
        context_size=model.context_size or rows.count(more.get("contextLength")),
        retired=_date(more.get("deprecationDate")),
    )


def _kind(row: Mapping[str, Any]) -> str | None:
    kind = row.get("kind")
    if isinstance(kind, str) and kind.upper() in _KINDS:
        return _KINDS[kind.upper()]
    return "chat" if isinstance(kind, str) and row.get("supports_chat") is True else None


def _prices(way: Mapping[str, Any]) -> dict[str, float]:
    found: dict[str, float] = {}
    for record in facts.rows(way.get("pricing")):
        part = _SKUS.get(str(record.get("sku", "")).lower())
        cost = money(record.get("amount"), 1_000_000)
        if part and cost is not None and record.get("unit") == "1M tokens":
            found.setdefault(part, cost)
    return found


def _tiers(ways: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    stated = [(facts.text_or_none(way.get("service_tier")), _prices(way)) for way in ways]
    return [{"when": {"service": tier}, "cost_per_token": costs} for tier, costs in stated if tier and costs]


def _date(value: Any) -> str | None:
    """Return a date that is given as year, month and day."""
    parts = [rows.count(rows.mapping(value).get(name)) for name in ("year", "month", "day")]
    return rows.day("-".join(f"{part or 0:02}" for part in parts)) if all(parts) else None
