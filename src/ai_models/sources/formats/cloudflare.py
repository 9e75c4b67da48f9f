"""Cloudflare Workers AI: `name` is what is called, and what is known stands in a list of properties, all of it text."""

from collections.abc import Iterator, Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import price, text_or_none
from ai_models.sources.fetch import Exchange
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_cloudflare"]

_PAGE_SIZE = 100
_KINDS = {"text-embeddings": "embedding", "image-text-to-text": "chat"}
_FLAGS = {"function_calling": "tools", "reasoning": "reasoning", "vision": "vision"}
_TOKENS = {
    "per M input tokens": "input",
    "per M output tokens": "output",
    "per M cached input tokens": "cache_read",
}
_UNITS = {"per audio minute": ("second", 60), "per image": ("image", 1)}


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for all pages of the list."""
    page = 0

    def address() -> str:
        nonlocal page
        page += 1
        return f"{url}?per_page={_PAGE_SIZE}&page={page}"

    def following(payload: Any) -> str | None:
        total = rows.count(rows.dig(payload, "result_info.total_count"))
        size = rows.count(rows.dig(payload, "result_info.per_page")) or _PAGE_SIZE
        pages = rows.count(rows.dig(payload, "result_info.total_pages")) or (-(-total // size) if total else 1)
        return address() if page < pages else None

    return rows.merge_pages(parse_cloudflare(each, provider.id) for each in exchange.pages(address(), following))


def parse_cloudflare(payload: Any, provider: str = "cloudflare") -> Parsed:
    """Return the models of one page of Cloudflare's list; raise `SourceFormatError` if it is none.

    >>> price = {"property_id": "price", "value": [{"unit": "per M input tokens", "price": 0.35, "currency": "USD"}]}
    >>> window = {"property_id": "context_window", "value": "128000"}
    >>> row = {"name": "@cf/a/b", "properties": [window, price], "task": {"name": "Text Generation"}}
    >>> model = parse_cloudflare({"result": [row]}).models[0]
    >>> model.id, model.kind, model.context_size, model.cost_per_token
    ('@cf/a/b', 'chat', 128000, {'input': 3.5e-07})
    """
    return rows.parse_rows(rows.expect_rows(payload, provider, "result", ""), lambda row: _model(row, provider))


def _model(row: Mapping[str, Any], provider: str) -> Model:
    properties = dict(_properties(row))
    asked = [each for each in rows.as_list(properties.get("price")) if rows.dig(each, "currency") == "USD"]
    return Model(
        rows.row_id(row, "name"),
        provider,
        context_size=rows.count(properties.get("context_window")),
        capabilities={ours: flag for name, ours in _FLAGS.items() if (flag := _flag(properties.get(name))) is not None},
        cost_per_token=rows.prices(
            {str(rows.dig(each, "unit")): rows.dig(each, "price") for each in asked}, _TOKENS, per_mtok=True
        ),
        cost_per_unit=dict(_unit_prices(asked)),
        kind=_kind(row),
        max_input_tokens=rows.count(properties.get("max_input_tokens")),
        retired=rows.day(properties.get("planned_deprecation_date")),
        status="deprecated" if row.get("deprecated") is True else "preview" if _flag(properties.get("beta")) else None,
    )


def _properties(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for each in rows.as_list(row.get("properties")):
        name = text_or_none(rows.dig(each, "property_id"))
        if name:
            yield name, rows.dig(each, "value")


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


def _kind(row: Mapping[str, Any]) -> str | None:
    task = text_or_none(rows.dig(row, "task.name"))
    word = task.lower().replace(" ", "-") if task else ""
    return _KINDS.get(word) or rows.kind_of(word)


def _unit_prices(asked: list[Any]) -> Iterator[tuple[str, float]]:
    for each in asked:
        unit = rows.dig(each, "unit")
        value = price(rows.dig(each, "price"))
        if isinstance(unit, str) and unit in _UNITS and value is not None:
            name, per = _UNITS[unit]
            yield name, float(value / per)
