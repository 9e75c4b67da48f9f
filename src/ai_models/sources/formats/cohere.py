"""Cohere's list of models: pages of up to 1,000, `name` for an id, endpoints and features in place of capabilities."""

from collections.abc import Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import text_or_none, texts
from ai_models.sources.fetch import Exchange
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_cohere"]

_PAGE_SIZE = 1000
_KINDS = {
    "chat": "chat",
    "embed": "embedding",
    "embed_image": "embedding",
    "rerank": "rerank",
    "transcriptions": "transcription",
    "transcribe": "transcription",
    "generate": "completion",
}


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for all pages of the list."""
    pages = exchange.token_pages(f"{url}?page_size={_PAGE_SIZE}", "next_page_token", "page_token")
    return rows.merge_pages(parse_cohere(page, provider.id) for page in pages)


def parse_cohere(payload: Any, provider: str = "cohere") -> Parsed:
    """Return the models of one page of Cohere's list; raise `SourceFormatError` if it is none.

    >>> row = {"name": "command-r", "endpoints": ["generate", "chat"], "context_length": 128000, "features": ["tools"]}
    >>> model = parse_cohere({"models": [row]}).models[0]
    >>> model.id, model.kind, model.context_size, model.supports("tools")
    ('command-r', 'chat', 128000, True)
    """
    return rows.parse_rows(rows.expect_rows(payload, provider, "models"), lambda row: _model(row, provider))


def _model(row: Mapping[str, Any], provider: str) -> Model:
    endpoints = texts(row.get("endpoints"))
    facts = rows.known(
        {
            "endpoints": endpoints or None,
            "default_endpoints": texts(row.get("default_endpoints")) or None,
            "fine_tuned": True if row.get("finetuned") is True else None,
            "tokenizer_url": text_or_none(row.get("tokenizer_url")),
        }
    )
    return Model(
        rows.row_id(row, "name"),
        provider,
        context_size=rows.count(row.get("context_length")),
        capabilities=_capabilities(row),
        kind=next((kind for endpoint, kind in _KINDS.items() if endpoint in endpoints), None),
        status="deprecated" if row.get("is_deprecated") is True else None,
        connector_metadata={provider: facts} if facts else {},
    )


def _capabilities(row: Mapping[str, Any]) -> dict[str, bool]:
    """Return what is stated: `features` names what there is, and is null where nobody said."""
    found = rows.capabilities(row["features"]) if isinstance(row.get("features"), list) else {}
    if rows.dig(row, "sampling_defaults.temperature") is not None:
        found["sampling"] = True
    return found
