"""How a source asks its server: transport, retries, cache and deadline in one place.

>>> from ai_models.testing import FakeTransport
>>> fetcher = Fetcher("demo", "https://api.test/models", FakeTransport({"https://api.test/models": [1, 2]}))
>>> fetcher.listing(lambda exchange: Parsed([], [SkippedRow(0, str(exchange.json("https://api.test/models")))])).skipped
[SkippedRow(row=0, reason='[1, 2]', id=None)]
"""

import time
from collections.abc import Callable, Mapping

from ai_models._core.contracts import Listing, SkippedRow
from ai_models.cache import DiscoveryCache, Entry, cache_name, one_at_a_time
from ai_models.credentials import Key
from ai_models.errors import SourceError, SourceOfflineError, SourceUnavailableError
from ai_models.sources.exchange import Exchange, Server, Sign
from ai_models.sources.failures import Asked, unreachable_error
from ai_models.sources.parsed import Parsed
from ai_models.sources.policy import FetchPolicy, current_policy, fetch_policy
from ai_models.transport import Transport, default_transport

__all__ = ["Exchange", "FetchPolicy", "Fetcher", "Parsed", "SkippedRow", "current_policy", "fetch_policy"]

Ask = Callable[[Exchange], Parsed]
"""Makes a listing's models out of what an exchange answers: asks for each URL, and parses."""


class Fetcher:
    """Fetches the listing of one source.

    Answers are kept in `cache`: by default the user's, or nowhere if a `transport` stands in for the network.
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
        sign: Sign | None = None,
    ) -> None:
        self.asked = Asked(source, url, key, hint)
        self.headers = dict(headers or {})
        self._transport = transport
        self._cache = DiscoveryCache() if cache is None and transport is None else cache
        self._live_only = live_only
        self._sign = sign

    @property
    def transport(self) -> Transport:
        """What carries the requests."""
        return self._transport or default_transport()

    @property
    def server(self) -> Server:
        """Whom every request goes to, with which headers."""
        return Server(self.asked, self.transport, self.headers, self._sign)

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
        entry = self._cache.read(name) if self._cache else None
        if policy.offline:
            return self._offline(entry, ask)
        found = self._if_fresh(entry, ask, policy, started)
        if found:
            return found
        try:
            with one_at_a_time(name, policy.timeout_s, self._cache.folder if self._cache else None):
                if self._cache:  # somebody else may have asked meanwhile
                    entry = self._cache.read(name)
                    found = self._if_fresh(entry, ask, policy, started)
                return found or self._dialled(name, entry, ask, deadline)
        except TimeoutError as error:
            raise unreachable_error(self.asked, error) from error

    def _if_fresh(self, entry: Entry | None, ask: Ask, policy: FetchPolicy, started: float) -> Listing | None:
        return self._remembered(entry, ask, "cache") if entry and self._is_fresh(entry, policy, started) else None

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
        exchange = Exchange(self.server, known=entry)
        try:
            parsed = ask(exchange)
        except SourceError:
            return None
        notes = "; ".join(filter(None, [note, *exchange.notes]))
        return Listing(parsed.models, parsed.skipped, origin, entry.date, notes)

    def _dialled(self, name: str, entry: Entry | None, ask: Ask, deadline: float) -> Listing:
        policy = current_policy()
        exchange = Exchange(self.server, None if policy.refresh else entry, deadline, policy.attempts)
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
