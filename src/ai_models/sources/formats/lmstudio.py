"""LM Studio: the models on its disk, which of them are loaded, and with which context.

Its newest list (`/api/v1/models`) tells most, older versions have `/api/v0/models`, the oldest the list of OpenAI's
protocol alone. What it doesn't know it answers with status 200 and an error.
"""

from collections.abc import Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.errors import SourceError, SourceFormatError, SourceUnavailableError
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import text_or_none, texts
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.local import root_of, single_size
from ai_models.sources.formats.recognise import expecting, server_of_list
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_lmstudio"]

_STATES = {"loaded": "loaded", "not-loaded": "unloaded", "loading": "loading"}
_CHAT = ("llm", "vlm")


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list that tells most, of those that this version has."""
    root = root_of(url)
    with expecting(provider, exchange, url) as expected:
        for own in (f"{root}/api/v1/models", f"{root}/api/v0/models"):
            payload = _own_list(exchange, own)
            if payload is not None:
                return parse_lmstudio(expected(payload), provider.id)
        return parse_lmstudio(expected(exchange.json(url)), provider.id)


def _own_list(exchange: Exchange, url: str) -> Any:
    """Return the answer of an endpoint of LM Studio's own, `None` where this version has none."""
    try:
        payload = exchange.json(url)
    except (SourceFormatError, SourceUnavailableError) as error:
        if _may_be_older(error):
            return None
        raise
    if isinstance(payload, Mapping) and "error" in payload:
        return None
    if isinstance(rows.dig(payload, "models"), list) or payload == {"object": "list", "data": []}:
        return payload
    found = server_of_list(payload)
    if found is None:
        asked = exchange.server.asked
        raise SourceFormatError(f"no list of LM Studio's came from {asked.shown_url}", source=asked.source)
    return payload


def _may_be_older(error: SourceError) -> bool:
    return error.status in (None, 400, 404, 405, 501)


def parse_lmstudio(payload: Any, provider: str = "lmstudio") -> Parsed:
    """Return the models of LM Studio's list, of either version, or of that of OpenAI's protocol.

    >>> row = {"key": "m", "type": "llm", "max_context_length": 8192, "loaded_instances": []}
    >>> model = parse_lmstudio({"models": [row]}).models[0]
    >>> model.kind, model.context_size, model.connector_metadata["lmstudio"]
    ('chat', 8192, {'state': 'unloaded'})
    """
    listed = rows.expect_rows(payload, provider, "models", "data")
    return rows.parse_rows(listed, lambda row: _model(row, provider))


def _model(row: Mapping[str, Any], provider: str) -> Model:
    id = rows.row_id(row, "key", "id")
    capabilities = _capabilities(row)
    name = text_or_none(row.get("display_name"))
    vision = capabilities.get("vision")
    return Model(
        id,
        provider,
        context_size=rows.count(row.get("max_context_length")),
        is_local=True,
        capabilities=capabilities,
        name=name if name != id else None,
        kind=rows.kind_of(row.get("type")),
        input_modalities=[] if vision is None else ["text", *(["image"] if vision else [])],
        parameters=single_size(row.get("params_string")),
        connector_metadata={provider: rows.known(_offer_facts(row))},
    )


def _capabilities(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a model can do: the older list says with its type alone whether it sees."""
    stated = row.get("capabilities")
    found = rows.capabilities(stated)
    if isinstance(stated, Mapping) and isinstance(stated.get("reasoning"), Mapping):
        found["reasoning"] = True
    if row.get("type") in _CHAT and "loaded_instances" not in row:
        found.setdefault("vision", row["type"] == "vlm")
    return found


def _offer_facts(row: Mapping[str, Any]) -> dict[str, Any]:
    instances = _instances(row)
    return {
        "effective_context": _effective_context(row, instances or []),
        "quantization": text_or_none(row.get("quantization")) or text_or_none(rows.dig(row, "quantization.name")),
        "parameter_size": text_or_none(row.get("params_string")),
        "format": rows.first(row, ("format", "compatibility_type"), text_or_none),
        "architecture": rows.first(row, ("architecture", "arch"), text_or_none),
        "size_bytes": rows.count(row.get("size_bytes")),
        "variants": texts(row.get("variants")) or None,
        "state": _state(row, instances),
    }


def _instances(row: Mapping[str, Any]) -> list[Any] | None:
    stated = row.get("loaded_instances")
    return stated if isinstance(stated, list) else None


def _effective_context(row: Mapping[str, Any], instances: list[Any]) -> int | None:
    """Return the context of the instance that has the model's own name, else of the first."""
    named = [each for each in instances if rows.dig(each, "id") == rows.first(row, ("key", "id"), text_or_none)]
    for each in named or instances:
        return rows.count(rows.dig(each, "config.context_length"))
    return rows.count(row.get("loaded_context_length"))


def _state(row: Mapping[str, Any], instances: list[Any] | None) -> str | None:
    if instances is not None:
        return "loaded" if instances else "unloaded"
    state = row.get("state")
    return _STATES.get(state) if isinstance(state, str) else None
