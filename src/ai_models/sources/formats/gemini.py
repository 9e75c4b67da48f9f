"""Google's list of Gemini models: pages of up to 1,000, ids with a `models/` prefix, methods in place of capabilities.

Google states the window as `inputTokenLimit`: the output limit comes on top of it.
"""

from collections.abc import Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import price, text_or_none, texts
from ai_models.sources.fetch import Exchange
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_gemini"]

_PAGE_SIZE = 1000
_KIND_OF_METHOD = {
    "embedContent": "embedding",
    "embedText": "embedding",
    "predictLongRunning": "video",
    "generateContent": "chat",
    "generateMessage": "chat",
    "generateText": "completion",
    "bidiGenerateContent": "realtime",
    "predict": "image",
}
_CAPABILITY_OF_METHOD = {
    "createCachedContent": "prompt_caching",
    "batchGenerateContent": "batch",
    "asyncBatchEmbedContent": "batch",
    "createTunedModel": "fine_tuning",
    "createTunedTextModel": "fine_tuning",
}


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for all pages of the list."""
    pages = exchange.token_pages(f"{url}?pageSize={_PAGE_SIZE}", "nextPageToken", "pageToken")
    return rows.merge_pages(parse_gemini(page, provider.id) for page in pages)


def parse_gemini(payload: Any, provider: str = "google") -> Parsed:
    """Return the models of one page of Google's list; raise `SourceFormatError` if it is none.

    >>> row = {"name": "models/gemini-x", "inputTokenLimit": 1048576, "supportedGenerationMethods": ["generateContent"]}
    >>> model = parse_gemini({"models": [row]}).models[0]
    >>> model.id, model.context_size, model.kind
    ('gemini-x', 1048576, 'chat')
    """
    return rows.parse_rows(rows.expect_rows(payload, provider, "models"), lambda row: _model(row, provider))


def _model(row: Mapping[str, Any], provider: str) -> Model:
    id = rows.row_id(row, "name").removeprefix("models/")
    methods = texts(row.get("supportedGenerationMethods"))
    window = rows.count(row.get("inputTokenLimit"))
    return Model(
        id,
        provider,
        context_size=window,
        capabilities=_capabilities(row, methods),
        name=text_or_none(row.get("displayName")),
        kind=_kind(id, methods),
        max_input_tokens=window,
        max_output_tokens=rows.count(row.get("outputTokenLimit")),
    )


def _kind(id: str, methods: list[str]) -> str | None:
    found = next((kind for method, kind in _KIND_OF_METHOD.items() if method in methods), None)
    return "speech" if found == "chat" and "-tts" in id else found


def _capabilities(row: Mapping[str, Any], methods: list[str]) -> dict[str, bool]:
    """Return what is stated: Google leaves out what is false as well as what it didn't know at the time."""
    found = {capability: True for method, capability in _CAPABILITY_OF_METHOD.items() if method in methods}
    if price(row.get("temperature")) is not None:
        found["sampling"] = True
    thinking = row.get("thinking")
    return found | ({"reasoning": thinking} if isinstance(thinking, bool) else {})
