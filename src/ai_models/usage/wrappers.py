"""Clients whose calls record themselves: the methods that call a model are replaced on the client that you have.

What is replaced is named below, library by library; everything else of a client is as it was.
"""

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from ai_models.costs.usage_shapes import at, read_usage
from ai_models.providers import providers
from ai_models.usage.tracking import Recorder, Tracked

__all__ = ["wrapped"]

_CALLS = {
    "openai": (
        "chat.completions.create",
        "chat.completions.parse",
        "completions.create",
        "responses.create",
        "responses.parse",
        "embeddings.create",
        "images.generate",
        "images.edit",
    ),
    "anthropic": ("messages.create", "messages.stream", "beta.messages.create", "beta.messages.stream"),
}
"""What calls a model and is answered with its usage, by library."""

_COPIES = ("copy", "with_options")
"""What gives another client with the same connection, which is wrapped as well."""

_MARK = "_recorded_by_ai_models"


@dataclass(frozen=True)
class _Calls:
    """Who records the calls of a client, and what is known of all of them."""

    ledger: Recorder
    provider: str | None
    tags: tuple[str, ...]
    stream_usage: bool

    def begun(self, kwargs: dict[str, Any], asks_usage: bool) -> tuple[Tracked, bool]:
        """Return the call that begins, and whether its stream was asked for its usage."""
        model = kwargs.get("model")
        named = model if isinstance(model, str) else None
        tracked = Tracked(self.ledger, named, provider=self.provider, tags=self.tags).start()
        added = asks_usage and self.stream_usage and kwargs.get("stream") is True and not kwargs.get("stream_options")
        if added:
            kwargs["stream_options"] = {"include_usage": True}
        return tracked, added


def wrapped(
    client: Any,
    ledger: Recorder,
    *,
    provider: str | None = None,
    tags: tuple[str, ...] = (),
    stream_usage: bool = True,
) -> Any:
    """Return the client, its calls recorded from now on; a client that is wrapped already stays so."""
    library = type(client).__module__.partition(".")[0]
    if library not in _CALLS:
        raise TypeError(
            f"{library}.{type(client).__name__} can't be wrapped, only clients of {' and '.join(_CALLS)};"
            " put `with manager.usage.track(model) as call: call.response = …` around the call"
        )
    if getattr(client, _MARK, None) is ledger:
        return client
    calls = _Calls(ledger, provider or _provider_of(client, library), tags, stream_usage)
    for path in _CALLS[library]:
        *places, name = path.split(".")
        holder = client
        for place in places:
            holder = getattr(holder, place, None)
        method = getattr(holder, name, None)
        if callable(method):
            setattr(holder, name, _recording(method, calls, path == "chat.completions.create"))
    for name in _COPIES:
        method = getattr(client, name, None)
        if callable(method):
            setattr(client, name, _copying(method, calls, provider))
    setattr(client, _MARK, ledger)
    return client


def _provider_of(client: Any, library: str) -> str | None:
    """Return who serves a client: the provider of its base URL, or just the host that nobody knows."""
    host = getattr(getattr(client, "base_url", None), "host", None)
    if not isinstance(host, str) or not host:
        return None
    if host.endswith((".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")):
        return "azure"
    return _hosts(library).get(host, host)


@cache
def _hosts(library: str) -> dict[str, str]:
    """Return the providers by the hosts of their APIs; where several share one, the library's own."""
    found: dict[str, str] = {}
    for id in (library, *providers):
        for form in ("openai", "anthropic"):
            url = getattr(providers[id], f"{form}_url")
            host = urlsplit(url).hostname if isinstance(url, str) else None
            if host and "{" not in host and not providers[id].is_local:
                found.setdefault(host, id)
    return found


def _copying(method: Callable[..., Any], calls: _Calls, provider: str | None) -> Any:
    def copy(*args: Any, **kwargs: Any) -> Any:
        copied = method(*args, **kwargs)
        return wrapped(copied, calls.ledger, provider=provider, tags=calls.tags, stream_usage=calls.stream_usage)

    return copy


def _recording(method: Callable[..., Any], calls: _Calls, asks_usage: bool) -> Any:
    """Return the method with a record of each call; `asks_usage` lets a stream tell its usage."""

    async def waited(coming: Any, tracked: Tracked, added: bool) -> Any:
        try:
            answer = await coming
        except BaseException as error:
            _failed(tracked, error)
            raise
        return _answered(tracked, answer, added)

    if inspect.iscoroutinefunction(method):

        async def call_async(*args: Any, **kwargs: Any) -> Any:
            tracked, added = calls.begun(kwargs, asks_usage)
            return await waited(method(*args, **kwargs), tracked, added)

        return call_async

    def call(*args: Any, **kwargs: Any) -> Any:
        tracked, added = calls.begun(kwargs, asks_usage)
        try:
            answer = method(*args, **kwargs)
        except BaseException as error:
            _failed(tracked, error)
            raise
        if inspect.iscoroutine(answer):  # an async method behind a plain function
            return waited(answer, tracked, added)
        return _answered(tracked, answer, added)

    return call


def _failed(tracked: Tracked, error: BaseException) -> None:
    tracked.error = error
    tracked.finish()


def _answered(tracked: Tracked, answer: Any, added: bool) -> Any:
    if hasattr(answer, "__anext__"):
        return _AsyncStream(answer, tracked, added)
    if hasattr(answer, "__next__"):
        return _Stream(answer, tracked, added)
    if hasattr(answer, "__enter__") and hasattr(answer, "__exit__"):
        return _Manager(answer, tracked)
    if hasattr(answer, "__aenter__") and hasattr(answer, "__aexit__"):
        return _AsyncManager(answer, tracked)
    tracked.response = answer
    tracked.finish()
    return answer


class _Watched:
    """What a library gave back, with everything that it has, and a call that waits for its end."""

    def __init__(self, inner: Any, tracked: Tracked) -> None:
        self._inner = inner
        self._tracked = tracked
        self._chunks: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __del__(self) -> None:
        if self._tracked.recorded is None:  # nobody read it to its end, or closed it
            self._ended(GeneratorExit())

    def _seen(self, chunk: Any) -> Any:
        self._tracked.first_token()
        if read_usage(chunk) is not None or at(chunk, "type") in ("message_start", "response.completed"):
            self._chunks.append(chunk)
        return chunk

    def _ended(self, error: BaseException | None = None) -> None:
        self._tracked.error = error if not isinstance(error, StopIteration | StopAsyncIteration) else None
        self._tracked.response = self._chunks or self._tracked.response
        self._tracked.finish()


class _Stream(_Watched):
    """A stream of chunks; the one that was asked for to tell the usage is not passed on."""

    def __init__(self, inner: Any, tracked: Tracked, hides_usage: bool) -> None:
        super().__init__(inner, tracked)
        self._hides = hides_usage

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            chunk = self._seen(next(self._inner))
            while self._is_extra(chunk):
                chunk = self._seen(next(self._inner))
        except BaseException as error:
            self._ended(error)
            raise
        return chunk

    def _is_extra(self, chunk: Any) -> bool:
        return self._hides and at(chunk, "choices") == [] and at(chunk, "usage") is not None

    def __enter__(self) -> Self:
        self._inner.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended(error or GeneratorExit())
        self._inner.__exit__(kind, error, trace)

    def close(self) -> Any:
        """Close the stream, to be waited for if it is async: what comes no more was cancelled."""
        self._ended(GeneratorExit())
        return self._inner.close()


class _AsyncStream(_Stream):
    """A stream of chunks that are waited for."""

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        try:
            chunk = self._seen(await anext(self._inner))
            while self._is_extra(chunk):
                chunk = self._seen(await anext(self._inner))
        except BaseException as error:
            self._ended(error)
            raise
        return chunk

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended(error or GeneratorExit())
        await self._inner.__aexit__(kind, error, trace)


class _Manager(_Watched):
    """The `with` block of anthropic's `messages.stream`, whose stream keeps the message as it grows."""

    _opened: Any = None

    def __enter__(self) -> Any:
        self._opened = self._inner.__enter__()
        return self._opened

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Any:
        self._left(error)
        return self._inner.__exit__(kind, error, trace)

    def _left(self, error: BaseException | None) -> None:
        with suppress(AssertionError, AttributeError):  # no event has come
            self._tracked.response = self._opened.current_message_snapshot
        self._ended(error)


class _AsyncManager(_Manager):
    """The same, waited for."""

    async def __aenter__(self) -> Any:
        self._opened = await self._inner.__aenter__()
        return self._opened

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Any:
        self._left(error)
        return await self._inner.__aexit__(kind, error, trace)
