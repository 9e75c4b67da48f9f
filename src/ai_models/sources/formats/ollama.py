"""Ollama: the models installed on this machine, what they can do, and with which context they really run.

`context_size` is the most that a model was trained for. What a request gets is the *effective* context: that of
the loaded model, else the `num_ctx` of its Modelfile; else the server decides, and it is unknown. Models with a
`remote_host` run in the cloud. Running a model costs nothing that could be stated: prices stay unknown.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ai_models._core.model import Model
from ai_models.errors import SourceError
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import text_or_none, texts
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.local import single_size
from ai_models.sources.formats.recognise import expecting, server_of_list
from ai_models.sources.parsed import Parsed

__all__ = ["OllamaDetails", "list_models", "parse_ollama"]

_FIRST_WORDS = ("tools", "vision", "insert")
"""What every server that lists capabilities can list: if it doesn't, the model lacks it."""
_LATER_WORDS = ("thinking", "audio")
_KINDS = {"completion": "chat", "embedding": "embedding", "image": "image"}
_NUM_CTX = re.compile(r"^\s*num_ctx\s+(\d{1,12})\s*$", re.MULTILINE)
_KNOWN_LICENSES = {
    "apache license": "Apache-2.0",
    "mit license": "MIT",
    "llama 3.3 community": "Llama 3.3 Community",
    "llama 3.2 community": "Llama 3.2 Community",
    "llama 3.1 community": "Llama 3.1 Community",
    "meta llama 3 community": "Llama 3 Community",
    "llama 2 community": "Llama 2 Community",
    "gemma terms of use": "Gemma",
}


@dataclass(frozen=True, slots=True)
class OllamaDetails:
    """What a server says besides its list of tags: `/api/show` by model name, and `/api/ps`.

    >>> OllamaDetails(shown={"llama3.2:1b": {"capabilities": ["completion"]}}).running is None
    True
    """

    shown: Mapping[str, Any] = field(default_factory=dict)
    running: Any = None


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list, then for the details of every model in it, a few at a time."""
    tags = _tags(exchange, url, provider)
    listed = [model.id for model in parse_ollama(tags, provider=provider.id, is_local=provider.is_local).models]
    root = url.removesuffix("/tags")
    answers = exchange.side_by_side(f"{root}/show", [{"model": id} for id in listed])
    shown = {id: answer for id, answer in zip(listed, answers, strict=True) if not isinstance(answer, SourceError)}
    failures = [answer for answer in answers if isinstance(answer, SourceError)]
    if failures:
        exchange.notes.append(f"no details of {len(failures)} of {len(listed)} models: {failures[0]}")
    details = OllamaDetails(shown, exchange.optional(f"{root}/ps"))
    exchange.notes.extend(_state(details.running, exchange.optional(f"{root}/version")))
    return parse_ollama(tags, details, provider=provider.id, is_local=provider.is_local)


def _tags(exchange: Exchange, url: str, provider: Provider) -> Any:
    """Return the list: other local servers answer there too, in errors or in an imitation of it."""
    if not provider.is_local:
        return exchange.json(url)
    with expecting(provider, exchange, url) as expected:
        tags = expected(exchange.json(url))
        rows.expect_rows(tags, provider.id, "models")
        if tags["models"] and server_of_list(tags) is None:
            expected(exchange.optional(url.removesuffix("/api/tags") + "/v1/models"))
        return tags


def _state(running: Any, version: Any) -> Iterator[str]:
    """Say which server this is, and how many models are in its memory."""
    number = text_or_none(rows.dig(version, "version"))
    if number:
        yield f"version {number[:40]}"
    loaded = rows.as_list(rows.dig(running, "models"))
    if loaded:
        yield f"{len(loaded)} loaded"


def parse_ollama(
    tags: Any, details: OllamaDetails | None = None, *, provider: str = "ollama", is_local: bool = True
) -> Parsed:
    """Return the models of an answer of `/api/tags`, with what the other endpoints say about them.

    >>> shown = {"m": {"parameters": "num_ctx 4096", "model_info": {"llama.context_length": 8192}}}
    >>> model = parse_ollama({"models": [{"name": "m"}]}, OllamaDetails(shown)).models[0]
    >>> model.context_size, model.connector_metadata["ollama"]["effective_context"]
    (8192, 4096)
    """
    known = details or OllamaDetails()
    loaded = {_name(row): row for row in rows.as_list(rows.dig(known.running, "models")) if _name(row)}
    listed = rows.expect_rows(tags, provider, "models")
    parsed = rows.parse_rows(listed, lambda row: _model(row, known, loaded, provider, is_local))
    if isinstance(rows.dig(known.running, "models"), list):
        for model in parsed.models:
            if model.is_local:
                model.connector_metadata[provider]["state"] = "loaded" if model.id in loaded else "unloaded"
    return parsed


def _model(
    row: Mapping[str, Any], details: OllamaDetails, loaded: Mapping[str | None, Any], provider: str, is_local: bool
) -> Model:
    id = rows.row_id(row, "model", "name")
    shown = rows.mapping(details.shown.get(id))
    running = rows.mapping(loaded.get(id))
    info = rows.mapping(shown.get("model_info"))
    remote = _either(row, shown, "remote_host")
    words = _words(row, shown)
    return Model(
        id,
        provider,
        context_size=_context_size(info) or rows.count(rows.dig(row, "details.context_length")),
        is_local=is_local and remote is None,
        capabilities=_capabilities(words),
        kind=_kind(words),
        input_modalities=["text", *(["image"] if "vision" in words else [])] if words else [],
        license=_license(shown.get("license")),
        parameters=rows.count(info.get("general.parameter_count"))
        or single_size(_either(row, shown, "details.parameter_size")),
        connector_metadata={provider: _offer_facts(row, shown, running)},
    )


def _either(row: Mapping[str, Any], shown: Mapping[str, Any], path: str) -> str | None:
    """Return a text that the list or the details state."""
    return text_or_none(rows.dig(row, path)) or text_or_none(rows.dig(shown, path))


def _words(row: Mapping[str, Any], shown: Mapping[str, Any]) -> list[str] | None:
    """Return the server's list of capabilities; `None` from an old server, which has none to give."""
    stated = shown.get("capabilities", row.get("capabilities"))
    return texts(stated) if isinstance(stated, list) and stated else None


def _capabilities(words: list[str] | None) -> dict[str, Any]:
    if words is None:
        return {}
    listed = dict.fromkeys((word for word in _LATER_WORDS if word in words), True)
    return rows.capabilities({word: word in words for word in _FIRST_WORDS} | listed)


def _kind(words: list[str] | None) -> str | None:
    return next((kind for word, kind in _KINDS.items() if word in (words or ())), None)


def _context_size(info: Mapping[str, Any]) -> int | None:
    """Return the window that a model was trained for; its key begins with the architecture's name."""
    architecture = text_or_none(info.get("general.architecture"))
    named = rows.count(info.get(f"{architecture}.context_length")) if architecture else None
    others = (rows.count(value) for key, value in info.items() if key.endswith(".context_length"))
    return named or next(filter(None, others), None)


def _effective_context(running: Mapping[str, Any], shown: Mapping[str, Any]) -> int | None:
    found = rows.count(running.get("context_length"))
    if found is not None:
        return found
    parameters = shown.get("parameters")
    stated = _NUM_CTX.search(parameters) if isinstance(parameters, str) else None
    return rows.count(int(stated[1])) if stated else None


def _offer_facts(row: Mapping[str, Any], shown: Mapping[str, Any], running: Mapping[str, Any]) -> dict[str, Any]:
    remote = _either(row, shown, "remote_host")
    facts = {
        "effective_context": _effective_context(running, shown),
        "quantization": _either(row, shown, "details.quantization_level"),
        "parameter_size": _either(row, shown, "details.parameter_size"),
        "format": _either(row, shown, "details.format"),
        "architecture": _either(row, shown, "details.family"),
        "size_bytes": rows.count(row.get("size")) if remote is None else None,
        "digest": text_or_none(row.get("digest")),
        "parent_model": _either(row, shown, "details.parent_model"),
        "remote_host": remote,
        "remote_model": _either(row, shown, "remote_model"),
        "dimensions": _dimensions(row, shown),
    }
    return rows.known(facts)


def _dimensions(row: Mapping[str, Any], shown: Mapping[str, Any]) -> int | None:
    """Return the length of the vectors that an embedding model makes."""
    if _kind(_words(row, shown)) != "embedding":
        return None
    info = rows.mapping(shown.get("model_info"))
    stated = (rows.count(value) for key, value in info.items() if key.endswith(".embedding_length"))
    return next(filter(None, stated), None) or rows.count(rows.dig(row, "details.embedding_length"))


def _license(text: Any) -> str | None:
    """Return the name of a licence, out of the text of it that a model carries."""
    text = text[0] if isinstance(text, list) and text else text
    if not isinstance(text, str):
        return None
    start = " ".join(text[:400].lower().split())
    return next((name for words, name in _KNOWN_LICENSES.items() if words in start), None)


def _name(row: Any) -> str | None:
    return rows.first(row, ("model", "name"), text_or_none)
