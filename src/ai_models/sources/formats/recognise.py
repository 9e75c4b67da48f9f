"""Which server answers at an address, told by the shape of its answers and not by its port.

Nothing is asked for that loads a model or costs money.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ai_models.errors import SourceAuthError, SourceError, SourceFormatError, SourceUnavailableError
from ai_models.providers import Provider, providers
from ai_models.sources import rows
from ai_models.sources.exchange import Exchange
from ai_models.sources.formats.local import root_of

__all__ = ["COMPATIBLE", "expecting", "recognise", "server_of_list"]

COMPATIBLE = "openai-compatible"
"""What `recognise` calls a server of OpenAI's protocol that it doesn't know."""

_OWNERS = {
    "docker": "docker-model-runner",
    "humanity": "gpt4all",
    "koboldcpp": "koboldcpp",
    "lemonade": "lemonade",
    "library": "ollama",
    "llamacpp": "llamacpp",
    "llamafile": "llamafile",
    "organization_owner": "lmstudio",
    "sglang": "sglang",
    "tabbyapi": "tabbyapi",
    "vllm": "vllm",
    "xinference": "xinference",
}
"""Servers that sign the rows of their lists, by `owned_by`."""


def server_of_list(payload: Any) -> str | None:
    """Return the provider whose server sends such a list of models, `None` if none is known by it.

    >>> server_of_list({"data": [{"id": "m", "owned_by": "vllm"}]}), server_of_list({"models": [{"key": "m"}]})
    ('vllm', 'lmstudio')
    >>> server_of_list({"data": [{"id": "m", "owned_by": "me"}]}) is None
    True
    """
    if not isinstance(payload, Mapping):
        return None
    owners = {str(row.get("owned_by")).lower() for row in _rows(payload, "data")}
    signed = next((_OWNERS[owner] for owner in sorted(owners) if owner in _OWNERS), None)
    return signed or next((id for id, is_it in _SHAPES.items() if is_it(payload)), None)


def _rows(payload: Any, name: str) -> list[Mapping[str, Any]]:
    listed = payload.get(name) if isinstance(payload, Mapping) else None
    return [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []


def _is_lmstudio(payload: Any) -> bool:
    if "Unexpected endpoint or method" in str(rows.dig(payload, "error"))[:200]:
        return True
    keyed = any("key" in row for row in _rows(payload, "models"))
    return keyed or any("compatibility_type" in row for row in _rows(payload, "data"))


def _is_ollama(payload: Any) -> bool:
    return any(row.get("digest") and "modified_at" in row for row in _rows(payload, "models"))


def _is_llamacpp(payload: Any) -> bool:
    return any("n_ctx_train" in rows.mapping(row.get("meta")) for row in _rows(payload, "data"))


def _is_gpustack(payload: Any) -> bool:
    return isinstance(payload, Mapping) and "pagination" in payload and isinstance(payload.get("items"), list)


_SHAPES: Mapping[str, Callable[[Any], bool]] = {
    "lmstudio": _is_lmstudio,
    "ollama": _is_ollama,
    "llamacpp": _is_llamacpp,
    "gpustack": _is_gpustack,
}


def _version_of_ollama(payload: Any) -> bool:
    return isinstance(payload, Mapping) and list(payload) == ["version"] and isinstance(payload["version"], str)


def _has(*names: str) -> Callable[[Any], bool]:
    return lambda payload: isinstance(payload, Mapping) and all(name in payload for name in names)


_PROBES: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("ollama", "/api/version", _version_of_ollama),
    ("lmstudio", "/api/v1/models", _is_lmstudio),
    ("lmstudio", "/api/v0/models", _is_lmstudio),
    ("llamacpp", "/props", _has("build_info", "default_generation_settings")),
    ("litellm", "/health/liveliness", lambda payload: isinstance(payload, str) and "alive" in payload),
    ("sglang", "/get_model_info", _has("model_path", "is_generation")),
    (
        "localai",
        "/v1/models/capabilities",
        lambda payload: any("capabilities" in row for row in _rows(payload, "data")),
    ),
    ("koboldcpp", "/api/extra/version", lambda payload: rows.dig(payload, "result") == "KoboldCpp"),
    ("oobabooga", "/v1/internal/model/info", _has("model_name", "lora_names")),
)
"""Servers that have something of their own to say, where, and how to tell."""

_LISTS = ("/v1/models", "/models", "/api/v1/models", "/engines/v1/models")


def recognise(exchange: Exchange, root: str) -> str | None:
    """Return the provider whose server answers at an address, `COMPATIBLE` for an unknown one, `None` if none does.

    >>> import time
    >>> from ai_models.sources.exchange import Server
    >>> from ai_models.sources.failures import Asked
    >>> from ai_models.testing import FakeTransport
    >>> answers = {"http://host/v1/models": {"data": []}, "http://host/api/version": {"version": "0.30.1"}}
    >>> server = Server(Asked("demo", "http://host"), FakeTransport(answers))
    >>> recognise(Exchange(server, deadline=time.monotonic() + 5), "http://host")
    'ollama'
    """
    asker = Exchange(exchange.server, None, exchange.deadline, attempts=1)
    listed: list[Any] = []
    for path in _LISTS:
        payload, absent = _answer(asker, root + path)
        if absent:
            return None
        found = server_of_list(payload)
        if found:
            return found
        if isinstance(rows.dig(payload, "data"), list) or isinstance(payload, list):
            listed.append(payload)
            break
    for provider, path, is_it in _PROBES:
        if is_it(_answer(asker, root + path)[0]):
            return provider
    return COMPATIBLE if listed else None


def _answer(exchange: Exchange, url: str) -> tuple[Any, bool]:
    """Return what a URL answers, `None` for a refusal, and whether nothing listens there at all."""
    try:
        return exchange.json(url), False
    except SourceError as error:
        return None, error.status is None and isinstance(error, SourceUnavailableError)


@contextmanager
def expecting(provider: Provider, exchange: Exchange, url: str) -> Iterator[Callable[[Any], Any]]:
    """Let a server be asked as one of `provider`; where another answers, the error says which.

    What is yielded takes an answer, and returns it unless it is signed by another server.
    """

    def checked(payload: Any) -> Any:
        found = server_of_list(payload)
        if found not in (None, provider.id):
            raise SourceFormatError(f"this is a list of {found}'s", source=exchange.server.asked.source)
        return payload

    try:
        yield checked
    except (SourceAuthError, SourceFormatError, SourceUnavailableError) as error:
        another = _another(error, exchange, url, provider)
        if another is None:
            raise
        raise SourceFormatError(
            another, source=exchange.server.asked.source, url=exchange.server.asked.shown_url, status=error.status
        ) from error


def _another(error: SourceError, exchange: Exchange, url: str, provider: Provider) -> str | None:
    """Return that another server answers there, and what to do; `None` if there is none, or who knows what failed."""
    judged = isinstance(error, SourceFormatError) or error.status in (400, 401, 404, 405, 501)
    if not judged or exchange.deadline is None:
        return None
    found = recognise(exchange, root_of(url))
    if found in (None, provider.id):
        return None
    root = root_of(exchange.server.asked.shown_url)
    if found == COMPATIBLE:
        return (
            f"another server of OpenAI's protocol answers at {root}, not {provider.name}; "
            f"give it a name: OpenAICompatibleSource({root!r}, name=...)"
        )
    name = providers[found].name
    return f"{name} answers at {root}, not {provider.name}; ask {found} there, with {providers[found].url_variables[0]}"
