"""LocalAI: its plain list has ids alone, a longer one says what each model can do."""

from collections.abc import Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import texts
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.recognise import expecting
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_localai"]


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the longer list, or the plain one where this version has no other."""
    with expecting(provider, exchange, url) as expected:
        longer = exchange.optional(f"{url}/capabilities")
        if isinstance(rows.dig(longer, "data"), list):
            return parse_localai(longer, provider.id)
        return parse_localai(expected(exchange.json(url)), provider.id)


def parse_localai(payload: Any, provider: str = "localai") -> Parsed:
    """Return the models of LocalAI's list, plain or longer.

    >>> row = {"id": "m", "capabilities": ["completion", "chat", "tools"], "input_modalities": ["text"]}
    >>> model = parse_localai({"data": [row]}).models[0]
    >>> model.kind, model.supports("tools"), model.supports("vision")
    ('chat', True, False)
    """
    listed = rows.expect_rows(payload, provider, "data")
    return rows.parse_rows(listed, lambda row: _model(row, provider))


def _model(row: Mapping[str, Any], provider: str) -> Model:
    id = rows.row_id(row, "id")
    words = texts(row.get("capabilities"))
    inputs, outputs = texts(row.get("input_modalities")), texts(row.get("output_modalities"))
    found = rows.capabilities(words)
    if inputs:
        found |= {"vision": "image" in inputs, "audio_input": "audio" in inputs}
    return Model(
        id,
        provider,
        is_local=True,
        capabilities=found,
        kind="chat" if "chat" in words else rows.kind_of(words),
        input_modalities=inputs,
        output_modalities=outputs,
    )
