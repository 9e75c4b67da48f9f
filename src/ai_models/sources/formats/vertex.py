"""Google Vertex AI: the models of Google and of the publishers whose models it serves; an id ends in `@version`."""

from collections.abc import Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.errors import SourceError
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import text_or_none
from ai_models.sources.fetch import Exchange
from ai_models.sources.parsed import Parsed

__all__ = ["PUBLISHERS", "list_models", "parse_vertex"]

PUBLISHERS = ("anthropic", "meta", "mistralai", "ai21", "deepseek-ai", "qwen", "openai", "moonshotai", "zai-org")
"""Whose models are asked for besides Google's."""

_PAGE_SIZE = 100
_PREVIEWS = ("EXPERIMENTAL", "PRIVATE_PREVIEW", "PUBLIC_PREVIEW")


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for all pages of Google's models, then of each other publisher's that answers."""
    parsed = [_of_publisher(exchange, url, provider)]
    missing = []
    for publisher in PUBLISHERS:
        try:
            parsed.append(
                _of_publisher(exchange, url.replace("/publishers/google/", f"/publishers/{publisher}/"), provider)
            )
        except SourceError:
            missing.append(publisher)
    if missing:
        exchange.notes.append(f"no models of {', '.join(missing)}")
    return rows.merge_pages(parsed)


def _of_publisher(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    pages = exchange.token_pages(f"{url}?pageSize={_PAGE_SIZE}", "nextPageToken", "pageToken")
    return rows.merge_pages(parse_vertex(page, provider.id) for page in pages)


def parse_vertex(payload: Any, provider: str = "vertex") -> Parsed:
    """Return the models of one page of a publisher's list; raise `SourceFormatError` if it is none.

    >>> row = {"name": "publishers/anthropic/models/claude-x", "versionId": "20260101", "launchStage": "GA"}
    >>> [(model.id, model.status) for model in parse_vertex({"publisherModels": [row]}).models]
    [('claude-x@20260101', None)]
    """
    if payload == {}:  # a publisher without models in this region
        return Parsed([], [])
    return rows.parse_rows(rows.expect_rows(payload, provider, "publisherModels"), lambda row: _model(row, provider))


def _model(row: Mapping[str, Any], provider: str) -> Model:
    name = rows.row_id(row, "name")
    _, _, rest = name.partition("publishers/")
    publisher, _, id = rest.partition("/models/")
    version = text_or_none(row.get("versionId"))
    full = f"{id or name}@{version}" if version and version != "default" else id or name
    stage, category = row.get("launchStage"), text_or_none(row.get("openSourceCategory"))
    facts = rows.known({"publisher": publisher if publisher and publisher != "google" else None})
    return Model(
        rows.row_id({"id": full}, "id"),
        provider,
        open_weights="OSS" in category if category else None,
        status="preview" if stage in _PREVIEWS else None,
        connector_metadata={provider: facts} if facts else {},
    )
