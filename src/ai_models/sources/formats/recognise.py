"""Which server answers at an address, told by the shape of its answers and not by its port.

Nothing is asked for that loads a model or costs money.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from ai_models.errors import SourceAuthError, SourceError, SourceFormatError, SourceUnavailableError
from ai_models.providers import Provider, providers
from ai_models.sources import rows
from ai_models.sources.exchange import Exchange
from ai_models.sources.formats.local import root_of

__all__ = ["COMPATIBLE", "Answering", "expecting", "recognise", "server_of_list"]

COMPATIBLE = "openai-compatible"
"""What `recognise` calls a server of OpenAI's protocol that it doesn't know."""


class Answering(NamedTuple):
    """Who answers at an address, and the base URL of its list in OpenAI's form, if it was asked for that.

    >>> Answering("vllm", "http://gpu:8000/v1").provider
    'vllm'
    """

    provider: str
    base_url: str | None = None


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


def recognise(exchange: Exchange, root: str) -> Answering | None:
    """Return whose server answers at an address, `COMPATIBLE` for an unknown one, `None` if none does.

    >>> import time
    >>> from ai_models.sources.exchange import Server
    >>> from ai_models.sources.failures import Asked
    >>> from ai_models.testing import FakeTransport
    >>> answers = {"http://host/v1/models": {"data": []}, "http://host/api/version": {"version": "0.30.1"}}
    >>> server = Server(Asked("demo", "http://host"), FakeTransport(answers))
    >>> recognise(Exchange(server, deadline=time.monotonic() + 5), "http://host").provider
    'ollama'
    """
    asker = Exchange(exchange.server, None, exchange.deadline, attempts=1)
    listed: str | None = None
    for path in _LISTS:
        payload, absent = _answer(asker, root + path)
        if absent:
            return None
        found = server_of_list(payload)
        if found:
            return Answering(found, root + path.removesuffix("/models"))
        if isinstance(rows.dig(payload, "data"), list):
            listed = root + path.removesuffix("/models")
            break
    for provider, path, is_it in _PROBES:
        if is_it(_answer(asker, root + path)[0]):
            return Answering(provider, listed)
    return Answering(COMPATIBLE, listed) if listed else None


def _answer(exchange: Exchange, url: str) -> tuple[Any, bool]:
    """Return what a URL answers, `None` for a refusal, and whether nothing listens there at all."""
    try:
        return exchange.json(url), False
    except SourceError as error:
        return None, error.status is None and isinstance(error, SourceUnavailableError)


@contextmanager
def expecting(provider: Provider, exchange: Exchange, url: str) -> Iterator[Callable[[Any], Any]]:
    """Let a server be asked as one of `provider`; where another answers, the error says which.

    What is yielded takes an answer and returns it, unless another server sent it: then its signature says so, or,
    where it has none, what else the server answers.
    """
    judged: list[SourceError] = []

    def checked(payload: Any) -> Any:
        signed = server_of_list(payload)
        found = Answering(signed) if signed else None
        if found is None and _rows(payload, "data"):
            found = _looked_up(exchange, url)
        if found and found.provider not in (provider.id, COMPATIBLE):
            judged.append(_is_another(found, provider, exchange))
            raise judged[0]
        return payload

    try:
        yield checked
    except (SourceAuthError, SourceFormatError, SourceUnavailableError) as error:
        if error in judged or not (isinstance(error, SourceFormatError) or error.status in _NOT_HERE):
            raise
        found = _looked_up(exchange, url)
        if found is None or found.provider == provider.id:
            raise
        raise _is_another(found, provider, exchange, error.status) from error


_NOT_HERE = (400, 401, 404, 405, 501)
"""With what a server refuses that doesn't know what it is asked."""


def _looked_up(exchange: Exchange, url: str) -> Answering | None:
    return None if exchange.deadline is None else recognise(exchange, root_of(url))


def _is_another(
    found: Answering, provider: Provider, exchange: Exchange, status: int | None = None
) -> SourceFormatError:
    """Return the error that another server than expected answers, with what to do."""
    asked = exchange.server.asked
    root = root_of(asked.shown_url)
    if found.provider == COMPATIBLE:
        text = (
            f"another server of OpenAI's protocol answers at {root}, not {provider.name}; "
            f"give it a name: OpenAICompatibleSource({root!r}, name=...)"
        )
    else:
        other = providers[found.provider]
        text = f"{other.name} answers at {root}, not {provider.name}; set {other.url_variables[0]} and ask {other.id}"
    return SourceFormatError(text, source=asked.source, url=asked.shown_url, status=status)
