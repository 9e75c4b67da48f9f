"""Mistral's list of models: every alias is a row of its own, `created` is the time of the request.

A row whose id is an alias says in `name` which model it points to; that is kept as `alias_of`. A model that you
fine-tuned names what it was tuned from.
"""

from collections.abc import Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import price, text_or_none, texts
from ai_models.sources.fetch import Exchange
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_mistral"]

_CAPABILITIES = {
    "function_calling": "tools",
    "completion_fim": "fill_in_middle",
    "fine_tuning": "fine_tuning",
    "vision": "vision",
    "audio": "audio_input",
    "reasoning": "reasoning",
}
_HOTTEST = 2
_KINDS = {
    "ocr": "ocr",
    "moderation": "moderation",
    "audio_transcription": "transcription",
    "audio_speech": "speech",
    "completion_chat": "chat",
    "completion_fim": "completion",
}


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list: it comes all at once."""
    return parse_mistral(exchange.json(url), provider.id)


def parse_mistral(payload: Any, provider: str = "mistral") -> Parsed:
    """Return the models of Mistral's list; raise `SourceFormatError` if it is none.

    >>> row = {"id": "magistral-small-2506", "max_context_length": 40000, "deprecation": "2025-11-30T12:00:00Z"}
    >>> model = parse_mistral({"data": [row]}).models[0]
    >>> model.context_size, model.deprecated
    (40000, '2025-11-30')
    """
    listed = rows.expect_rows(payload, provider, "data", "")
    ids = {row.get("id") for row in listed if isinstance(row, Mapping) and isinstance(row.get("id"), str)}
    return rows.parse_rows(listed, lambda row: _model(row, provider, ids))


def _model(row: Mapping[str, Any], provider: str, listed: set[Any]) -> Model:
    id = rows.row_id(row, "id")
    flags = rows.mapping(row.get("capabilities"))
    name = text_or_none(row.get("name"))
    points_to = name if name != id and name in listed else None
    return Model(
        id,
        provider,
        context_size=rows.count(row.get("max_context_length")),
        capabilities=rows.capabilities({ours: flags.get(theirs) for theirs, ours in _CAPABILITIES.items()}),
        kind=next((kind for flag, kind in _KINDS.items() if flags.get(flag) is True), None),
        name=name if name != id and points_to is None else None,
        aliases=[alias for alias in texts(row.get("aliases")) if alias not in listed and alias.strip()],
        input_modalities=_inputs(flags),
        deprecated=rows.day(row.get("deprecation")),
        successor=text_or_none(row.get("deprecation_replacement_model")),
        status="retired" if row.get("archived") is True else None,
        connector_metadata=_offer(row, points_to, provider),
    )


def _inputs(flags: Mapping[str, Any]) -> list[str]:
    more = [name for flag, name in {"vision": "image", "audio": "audio"}.items() if flags.get(flag) is True]
    return ["text", *more] if more else []


def _offer(row: Mapping[str, Any], points_to: str | None, provider: str) -> dict[str, dict[str, Any]]:
    tuned = rows.first(row, ("TYPE", "type"), text_or_none) == "fine-tuned"
    facts = rows.known(
        {
            "alias_of": points_to,
            "fine_tuned": True if tuned else None,
            "parent_model": text_or_none(row.get("root")) if tuned else None,
            "default_temperature": _temperature(row.get("default_model_temperature")),
        }
    )
    return {provider: facts} if facts else {}


def _temperature(value: Any) -> float | None:
    found = price(value)
    return float(found) if found is not None and found <= _HOTTEST else None
