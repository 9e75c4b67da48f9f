"""Anthropic's list of models: pages of up to 1,000, since 2026 with limits and nested capabilities."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import text_or_none
from ai_models.sources.fetch import Exchange
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_anthropic"]

_PAGE_SIZE = 1000
_RENAMED = {"effort": "reasoning_effort"}


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for all pages of the list."""
    first_page = f"{url}?limit={_PAGE_SIZE}"

    def following(payload: Any) -> str | None:
        last = text_or_none(rows.dig(payload, "last_id")) if rows.dig(payload, "has_more") is True else None
        return f"{first_page}&after_id={quote(last, safe='')}" if last else None

    return rows.merge_pages(parse_anthropic(page, provider.id) for page in exchange.pages(first_page, following))


def parse_anthropic(payload: Any, provider: str = "anthropic") -> Parsed:
    """Return the models of one page of Anthropic's list; raise `SourceFormatError` if it is none.

    >>> row = {"id": "claude-x", "max_input_tokens": 200000, "capabilities": {"image_input": {"supported": True}}}
    >>> model = parse_anthropic({"data": [row]}).models[0]
    >>> model.context_size, model.supports("vision"), model.supports("tools")
    (200000, True, None)
    """
    return rows.parse_rows(rows.expect_rows(payload, provider, "data"), lambda row: _model(row, provider))


def _model(row: Mapping[str, Any], provider: str) -> Model:
    window = rows.count(row.get("max_input_tokens"))
    stated = rows.mapping(row.get("capabilities"))
    supported = _supported(stated)
    facts = rows.known(
        {
            "efforts": _supported_names(stated.get("effort")),
            "thinking_types": _supported_names(rows.dig(stated, "thinking.types")),
        }
    )
    vision = supported.get("vision")
    return Model(
        rows.row_id(row, "id"),
        provider,
        context_size=window,
        capabilities=supported,
        name=text_or_none(row.get("display_name")),
        kind="chat",
        input_modalities=[] if vision is None else ["text", *(["image"] if vision else [])],
        max_input_tokens=window,
        max_output_tokens=rows.count(row.get("max_tokens")),
        released=rows.past_day(row.get("created_at")),
        connector_metadata={provider: facts} if facts else {},
    )


def _supported(stated: Mapping[str, Any]) -> dict[str, bool]:
    """Return capabilities out of `{"pdf_input": {"supported": true}, …}`."""
    flags = {name: rows.dig(each, "supported") for name, each in stated.items()}
    return rows.capabilities({_RENAMED.get(name, name): flag for name, flag in flags.items()})


def _supported_names(stated: Any) -> list[str] | None:
    """Return the levels or types out of `{"high": {"supported": true}, …}` that are supported; `None` if none is."""
    return [name for name, each in rows.mapping(stated).items() if rows.dig(each, "supported") is True] or None
