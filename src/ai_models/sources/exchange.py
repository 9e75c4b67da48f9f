"""One exchange with a server: its requests, sent again while that may help, a few at a time to each host."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ai_models.cache import Answer, Entry
from ai_models.errors import SourceError, SourceFormatError, SourceUnavailableError
from ai_models.sources.failures import Asked, answer_error, format_error, retry_delay_s, unreachable_error
from ai_models.transport import Response, Transport, host_of, on_this_machine

__all__ = ["PER_HOST", "Exchange", "Server", "Sign"]

PER_HOST = 8
"""How many requests are under way at once to one host of somebody else, whoever sends them; and of one exchange."""

_RETRIED = (408, 429, 502, 503, 504, 529)
_MOST_PAGES = 100

Sign = Callable[[str, str, Any], Mapping[str, str]]
"""Makes the headers that prove who asks, from a request's method, URL and body."""

Read = Callable[[Asked, Response], Any]
"""Makes data of an answer."""


@dataclass(frozen=True, slots=True)
class Server:
    """Whom an exchange is with: `headers` go with every request, `sign` makes those of each."""

    asked: Asked
    transport: Transport
    headers: Mapping[str, str] = field(default_factory=dict)
    sign: Sign | None = None

    def headers_for(self, method: str, url: str, body: Any) -> dict[str, str]:
        """Return the headers of one request."""
        return {**self.headers, **(self.sign(method, url, body) if self.sign else {})}


@dataclass(slots=True)
class Exchange:
    """The requests that make up one listing, dialled before a `deadline` or, without one, remembered.

    >>> from ai_models.testing import FakeTransport
    >>> server = Server(Asked("demo", "http://host"), FakeTransport({"http://host/models": [1, 2]}))
    >>> Exchange(server, deadline=time.monotonic() + 5).json("http://host/models")
    [1, 2]
    """

    server: "Server"
    known: Entry | None = None
    deadline: float | None = None
    attempts: int = 1
    answers: dict[str, Answer] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _modified: bool = field(default=False, init=False)

    @property
    def unchanged(self) -> bool:
        """Whether the server said of every answer that it is the one we know."""
        return bool(self.answers) and not self._modified

    def json(self, url: str, *, body: Any = None) -> Any:
        """Return the data at a URL, with a `body` what the server answers to it; raise `SourceError`."""
        return self.answer(url, body=body).payload

    def text(self, url: str) -> str:
        """Return the text at a URL, of an answer that is no JSON; raise `SourceError`."""
        return str(self.answer(url, read=_text).payload)

    def answer(self, url: str, *, body: Any = None, read: "Read | None" = None) -> Answer:
        """Return the whole answer of a URL: the data, and the next page that a `Link` header names."""
        request = _request_name(url, body)
        known = self.known.answers.get(request) if self.known else None
        if self.deadline is None:
            if known is None:
                raise SourceUnavailableError("this was not asked before", source=self.server.asked.source)
            return known
        answer = self._dialled(url, body, known, read or _data)
        if answer is not known:
            self._modified = True
        self.answers[request] = answer
        return answer

    def optional(self, url: str) -> Any:
        """Return the data at a URL that not every server of this kind has, or `None`."""
        try:
            return self.json(url)
        except SourceError:
            return None

    def pages(self, url: str, following: Callable[[Any], str | None]) -> Iterator[Any]:
        """Yield the data of all pages, the first at `url`; `following` gives the URL after a page, or `None`."""
        seen: set[str] = set()
        next_url: str | None = url
        while next_url is not None and next_url not in seen:
            if len(seen) == _MOST_PAGES:
                raise format_error(self.server.asked, f"a list of more than {_MOST_PAGES} pages")
            seen.add(next_url)
            payload = self.json(next_url)
            yield payload
            next_url = following(payload)

    def token_pages(self, url: str, field: str, parameter: str) -> Iterator[Any]:
        """Yield the data of all pages, of which each names the next one by a token in `field`, for `parameter`.

        `url` is that of the first page, with a query.
        """
        from urllib.parse import quote

        def following(payload: Any) -> str | None:
            token = payload.get(field) if isinstance(payload, dict) else None
            return f"{url}&{parameter}={quote(token, safe='')}" if isinstance(token, str) and token.strip() else None

        return self.pages(url, following)

    def side_by_side(self, url: str, bodies: Sequence[Any]) -> list[Any]:
        """Return what a URL answers to each of the bodies, in order, asked a few at a time.

        Where one fails, its `SourceError` stands in the place of the data.
        """
        import queue

        todo: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        done: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        for numbered in enumerate(bodies):
            todo.put(numbered)

        def work() -> None:
            while not todo.empty():
                try:
                    index, body = todo.get_nowait()
                except queue.Empty:
                    return
                done.put((index, self._attempt(url, body)))

        for _ in range(min(PER_HOST, len(bodies))):
            threading.Thread(target=work, daemon=True).start()
        try:
            found = dict(done.get(timeout=self._left_s()) for _ in bodies)
        except queue.Empty:
            raise TimeoutError("not every answer came in time") from None
        return [found[index] for index in range(len(bodies))]

    def _attempt(self, url: str, body: Any) -> Any:
        try:
            return self.json(url, body=body)
        except SourceError as error:
            return error

    def _left_s(self) -> float:
        return 60.0 if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def _dialled(self, url: str, body: Any, known: Answer | None, read: "Read") -> Answer:
        response = self._response(url, body, known)
        if response.status == 304 and known is not None:
            return known
        if not 200 <= response.status < 300:
            raise answer_error(self.server.asked, response)
        headers = response.headers
        data = read(self.server.asked, response)
        return Answer(data, headers.get("etag"), headers.get("last-modified"), _next_link(headers.get("link", "")))

    def _response(self, url: str, body: Any, known: Answer | None) -> Response:
        """Return the answer to a request, sent again after a pause while that may help and time is left."""
        headers = self.server.headers_for(_method(body), url, body) | _conditions(known)
        for attempt in range(1, self.attempts + 1):
            last = attempt == self.attempts
            try:
                response = self._send(url, body, headers)
            except ConnectionResetError as error:
                if last or not self._pause(_backoff_s(attempt)):
                    raise unreachable_error(self.server.asked, error) from error
                continue
            if response.status not in _RETRIED or last:
                break
            told = retry_delay_s(response)
            if not self._pause(_backoff_s(attempt) if told is None else told):
                break
        return response

    def _send(self, url: str, body: Any, headers: Mapping[str, str]) -> Response:
        try:
            with _place_at(url, self._left_s()):
                return self.server.transport.request(
                    _method(body), url, headers=headers, json=body, timeout=max(0.05, self._left_s())
                )
        except ConnectionResetError:
            raise
        except SourceFormatError as error:
            raise format_error(self.server.asked, str(error)) from error
        except OSError as error:
            raise unreachable_error(self.server.asked, error) from error

    def _pause(self, seconds: float) -> bool:
        """Wait, unless the deadline would pass meanwhile."""
        if seconds >= self._left_s():
            return False
        time.sleep(seconds)
        return True


@cache
def _places(host: str) -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(PER_HOST)


@contextmanager
def _place_at(url: str, timeout_s: float) -> Iterator[None]:
    """Hold one of the places that there are for requests to a URL's host; raise `TimeoutError` if none gets free."""
    host = host_of(url)
    if on_this_machine(host):
        yield
        return
    places = _places(host)
    if not places.acquire(timeout=timeout_s):
        raise TimeoutError(f"{PER_HOST} requests to {host} are under way, and none of them was answered in time")
    try:
        yield
    finally:
        places.release()


def _method(body: Any) -> str:
    return "GET" if body is None else "POST"


def _data(asked: Asked, response: Response) -> Any:
    if not response.body.strip():
        raise format_error(asked, "an empty answer")
    try:
        return response.json()
    except ValueError:
        what = "HTML" if response.text.lstrip()[:1] == "<" else "something that is no complete JSON"
        raise format_error(asked, f"{what} instead of a list of models", response) from None


def _text(asked: Asked, response: Response) -> str:
    if not response.body.strip():
        raise format_error(asked, "an empty answer")
    return response.text


def _next_link(header: str) -> str | None:
    """Return the URL of the next page, as a `Link` header names it."""
    found = re.search(r'<([^<>]{1,4000})>\s*;\s*rel="?next"?', header)
    return found[1] if found else None


def _conditions(known: Answer | None) -> dict[str, str]:
    if known is None:
        return {}
    conditions = {"if-none-match": known.etag, "if-modified-since": known.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _backoff_s(attempt: int) -> float:
    from random import uniform

    return 0.3 * float(2**attempt) * uniform(0.5, 1)  # noqa: S311  # spreads retries, protects nothing


def _request_name(url: str, body: Any) -> str:
    """Return a name for a request under which its answer is kept; a hash, because a URL may hold a password."""
    import json
    from hashlib import sha256

    return sha256(f"{url}\n{json.dumps(body, sort_keys=True)}".encode()).hexdigest()[:32]
