"""How a source asks its server: transport, retries, cache and deadline in one place.

>>> from ai_models.testing import FakeTransport
>>> fetcher = Fetcher("demo", "https://api.test/models", FakeTransport({"https://api.test/models": [1, 2]}))
>>> fetcher.listing(lambda exchange: Parsed([], [SkippedRow(0, str(exchange.json("https://api.test/models")))])).skipped
[SkippedRow(row=0, reason='[1, 2]', id=None)]
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from ai_models._core.contracts import Listing, SkippedRow
from ai_models.cache import Answer, DiscoveryCache, Entry, cache_name, one_at_a_time
from ai_models.credentials import Key
from ai_models.errors import SourceError, SourceFormatError, SourceOfflineError, SourceUnavailableError
from ai_models.sources.failures import Asked, answer_error, format_error, retry_delay_s, unreachable_error
from ai_models.sources.parsed import Parsed
from ai_models.transport import Response, Transport, default_transport

__all__ = ["Exchange", "FetchPolicy", "Fetcher", "Parsed", "SkippedRow", "current_policy", "fetch_policy"]

_RETRIED = (429, 502, 503, 504)
_SIDE_BY_SIDE = 8
_MOST_PAGES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """How sources may use the network and the cache, and for how long.

    `offline` never dials, `refresh` never reads the cache; `timeout_s` is the time for one whole source,
    retries and pages included; an answer younger than `max_age_s` is not asked for again.

    >>> FetchPolicy().offline, FetchPolicy().timeout_s
    (False, 30.0)
    """

    offline: bool = False
    refresh: bool = False
    timeout_s: float = 30.0
    max_age_s: float = 600.0
    attempts: int = 3


_policy: ContextVar[FetchPolicy] = ContextVar("ai_models fetch policy", default=FetchPolicy())  # noqa: B039  # frozen


def current_policy() -> FetchPolicy:
    """Return the policy that holds here: the one of the innermost `fetch_policy`.

    >>> current_policy() == FetchPolicy()
    True
    """
    return _policy.get()


@contextmanager
def fetch_policy(**changes: Any) -> Iterator[FetchPolicy]:
    """Let every source that is asked inside the `with` follow a changed `FetchPolicy`.

    >>> with fetch_policy(offline=True, timeout_s=5):
    ...     current_policy().offline
    True
    >>> current_policy().offline
    False
    """
    policy = replace(_policy.get(), **changes)
    token = _policy.set(policy)
    try:
        yield policy
    finally:
        _policy.reset(token)


Ask = Callable[["Exchange"], Parsed]
"""Makes a listing's models out of what an exchange answers: asks for each URL, and parses."""


Sign = Callable[[str, str, Any], Mapping[str, str]]
"""Makes the headers that prove who asks, from a request's method, URL and body."""


class Fetcher:
    """Fetches the listing of one source.

    `headers` carry the key, or `sign` makes those of each request; `hint` says what to do when nothing answers. What
    a `live_only` server says is kept for offline use, but never shown in place of what it says now: a server that is
    down has no models.
    """

    def __init__(
        self,
        source: str,
        url: str,
        transport: Transport | None = None,
        *,
        cache: DiscoveryCache | None = None,
        headers: Mapping[str, str] | None = None,
        key: Key | None = None,
        hint: str = "",
        live_only: bool = False,
        sign: "Sign | None" = None,
    ) -> None:
        self.asked = Asked(source, url, key, hint)
        self.headers = dict(headers or {})
        self._transport = transport
        self._cache = cache
        self._live_only = live_only
        self._sign = sign

    def headers_for(self, method: str, url: str, body: Any) -> dict[str, str]:
        """Return the headers of one request: those of every request, and what signs this one."""
        return {**self.headers, **(self._sign(method, url, body) if self._sign else {})}

    @property
    def transport(self) -> Transport:
        """What carries the requests."""
        return self._transport or default_transport()

    @property
    def _cache_name(self) -> str:
        key = self.asked.key
        return cache_name(self.asked.source, self.asked.url, key.reveal() if key else None)

    def listing(self, ask: Ask) -> Listing:
        """Return what `ask` makes of the server's answers, fresh, unchanged, or remembered, as the policy says.

        Only answers in which `ask` found models are remembered. Raise `SourceError` when there is nothing to return.
        """
        policy = current_policy()
        deadline = time.monotonic() + policy.timeout_s
        name = self._cache_name
        started = time.time()
        try:
            with one_at_a_time(name, policy.timeout_s):
                entry = self._cache.read(name) if self._cache else None
                if policy.offline:
                    return self._offline(entry, ask)
                if entry and self._is_fresh(entry, policy, started):
                    found = self._remembered(entry, ask, "cache")
                    if found:
                        return found
                return self._dialled(name, entry, ask, deadline)
        except TimeoutError as error:
            raise unreachable_error(self.asked, error) from error

    def _is_fresh(self, entry: Entry, policy: FetchPolicy, started: float) -> bool:
        """Whether an entry may stand for the server: young enough, or fetched while this call was waiting for it."""
        max_age_s = 0.0 if policy.refresh or self._live_only else policy.max_age_s
        return entry.saved_at >= started or entry.age_s < max_age_s

    def _offline(self, entry: Entry | None, ask: Ask) -> Listing:
        found = entry and self._remembered(entry, ask, "cache")
        if not found:
            raise SourceOfflineError(
                "offline, and no earlier answer is kept; run it once with a network",
                source=self.asked.source,
                url=self.asked.shown_url,
            )
        return found

    def _remembered(self, entry: Entry, ask: Ask, origin: str, note: str = "") -> Listing | None:
        """Return the listing that an entry holds; `None` if it is not one for today's way of asking."""
        exchange = Exchange(self, known=entry)
        try:
            parsed = ask(exchange)
        except SourceError:
            return None
        notes = "; ".join(filter(None, [note, *exchange.notes]))
        return Listing(parsed.models, parsed.skipped, origin, entry.date, notes)

    def _dialled(self, name: str, entry: Entry | None, ask: Ask, deadline: float) -> Listing:
        policy = current_policy()
        exchange = Exchange(self, None if policy.refresh else entry, deadline, policy.attempts)
        try:
            parsed = ask(exchange)
        except SourceUnavailableError as error:
            stale = self._stale(exchange.known, ask, error)
            if stale is None:
                raise
            return stale
        said = Entry(exchange.answers)
        notes = [*exchange.notes, *(self._keep(name, said) if parsed.models or self._live_only else [])]
        origin = "unchanged" if exchange.unchanged else "live"
        return Listing(parsed.models, parsed.skipped, origin, said.date, "; ".join(notes))

    def _stale(self, entry: Entry | None, ask: Ask, error: SourceUnavailableError) -> Listing | None:
        """Return the last answer in place of one that failed for a while; `None` if that would mislead."""
        for_a_while = error.status is None or error.status == 429 or error.status >= 500
        if entry is None or self._live_only or not for_a_while:
            return None
        return self._remembered(entry, ask, "stale", f"{error}; this is its answer of {entry.date}")

    def _keep(self, name: str, entry: Entry) -> list[str]:
        if self._cache is None:
            return []
        try:
            self._cache.write(name, entry)
        except OSError as error:
            return [f"not kept for offline use: {error.strerror or error}"]
        return []


@dataclass(slots=True)
class Exchange:
    """The requests that make up one listing, dialled before a `deadline` or, without one, remembered."""

    fetcher: Fetcher
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
                raise SourceUnavailableError("this was not asked before", source=self.fetcher.asked.source)
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
                raise format_error(self.fetcher.asked, f"a list of more than {_MOST_PAGES} pages")
            seen.add(next_url)
            payload = self.json(next_url)
            yield payload
            next_url = following(payload)

    def side_by_side(self, url: str, bodies: Sequence[Any]) -> list[Any]:
        """Return what a URL answers to each of the bodies, in order, asked a few at a time.

        Where one fails, its `SourceError` stands in the place of the data.
        """
        import queue
        import threading

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

        for _ in range(min(_SIDE_BY_SIDE, len(bodies))):
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
            raise answer_error(self.fetcher.asked, response)
        headers = response.headers
        data = read(self.fetcher.asked, response)
        return Answer(data, headers.get("etag"), headers.get("last-modified"), _next_link(headers.get("link", "")))

    def _response(self, url: str, body: Any, known: Answer | None) -> Response:
        """Return the answer to a request, sent again after a pause while that may help and time is left."""
        headers = self.fetcher.headers_for("GET" if body is None else "POST", url, body) | _conditions(known)
        for attempt in range(1, self.attempts + 1):
            last = attempt == self.attempts
            try:
                response = self._send(url, body, headers)
            except ConnectionResetError as error:
                if last or not self._pause(_backoff_s(attempt)):
                    raise unreachable_error(self.fetcher.asked, error) from error
                continue
            if response.status not in _RETRIED or last:
                break
            told = retry_delay_s(response)
            if not self._pause(_backoff_s(attempt) if told is None else told):
                break
        return response

    def _send(self, url: str, body: Any, headers: Mapping[str, str]) -> Response:
        method = "GET" if body is None else "POST"
        try:
            return self.fetcher.transport.request(
                method, url, headers=headers, json=body, timeout=max(0.05, self._left_s())
            )
        except ConnectionResetError:
            raise
        except SourceFormatError as error:
            raise format_error(self.fetcher.asked, str(error)) from error
        except OSError as error:
            raise unreachable_error(self.fetcher.asked, error) from error

    def _pause(self, seconds: float) -> bool:
        """Wait, unless the deadline would pass meanwhile."""
        if seconds >= self._left_s():
            return False
        time.sleep(seconds)
        return True


Read = Callable[[Asked, Response], Any]
"""Makes data of an answer."""


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
