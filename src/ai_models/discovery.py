"""Discovery: ask many sources side by side, and report on each of them.

A source that fails or hangs is a row of the report; the others go on. What their answers
do to a registry is in `reconcile`.
"""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ai_models._core.contracts import Listing, ModelSource
from ai_models.changes import Change
from ai_models.errors import AIModelsError, CredentialError, MissingDependencyError, SourceOfflineError

INTERRUPTED = "interrupted"
"""The reason of a source that Ctrl-C left without an answer."""

DEFAULT_TIMEOUT_S = 30.0
"""Seconds that one source may take."""


@dataclass(slots=True)
class SourceRow:
    """What became of one source in a discovery: how many it listed, what was different, or why it failed.

    `status` is `found`, `unchanged`, `failed` or `skipped` (nothing to ask with); `seconds` is how long it took.
    """

    source: str
    status: str = "found"
    models: int = 0
    offers: int = 0
    new: int = 0
    changed: int = 0
    repriced: int = 0
    gone: int = 0
    returned: int = 0
    skipped_rows: list[str] = field(default_factory=list)
    origin: str = "live"
    reason: str = ""
    note: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the source answered."""
        return self.status in ("found", "unchanged")

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON-ready data."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class DiscoveryReport:
    """What a discovery found: a row for each source, every change, and the registry's size after it.

    >>> DiscoveryReport([SourceRow("openrouter", models=364, new=12)]).new
    12
    """

    rows: list[SourceRow] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    models: int = 0
    offers: int = 0
    conflicts: int = 0
    dry_run: bool = False

    @property
    def new(self) -> int:
        """How many offers were not known before."""
        return sum(row.new for row in self.rows)

    @property
    def changed(self) -> int:
        """How many models have a fact that is different."""
        return sum(row.changed for row in self.rows)

    @property
    def repriced(self) -> int:
        """How many models have a price that is different."""
        return sum(row.repriced for row in self.rows)

    @property
    def gone(self) -> int:
        """How many offers are listed no more."""
        return sum(row.gone for row in self.rows)

    @property
    def returned(self) -> int:
        """How many offers are listed again."""
        return sum(row.returned for row in self.rows)

    @property
    def ok(self) -> bool:
        """Whether any source answered."""
        return any(row.ok for row in self.rows)

    def __getitem__(self, source: str) -> SourceRow:
        for row in self.rows:
            if row.source == source:
                return row
        raise KeyError(source)

    def to_dict(self) -> dict[str, Any]:
        """Return the whole report as JSON-ready data."""
        totals = {name: getattr(self, name) for name in ("models", "offers", "new", "changed", "repriced", "gone")}
        return {
            "sources": [row.to_dict() for row in self.rows],
            **totals,
            "returned": self.returned,
            "conflicts": self.conflicts,
            "changes": [change.to_dict() for change in self.changes],
            "dry_run": self.dry_run,
        }


Progress = Callable[[str, str, SourceRow | None], object]
"""Called with `start` or `done`, the source's name, and, when done, its row."""


@dataclass(slots=True)
class Answer:
    """What one source said, or why it didn't."""

    row: SourceRow
    listing: Listing | None = None
    error: AIModelsError | None = None

    @property
    def dialled(self) -> bool:
        """Whether a server was asked, answering or not: nobody was for a cached answer, or for want of a key."""
        asked = self.listing is None or self.listing.origin in ("live", "unchanged", "stale")
        return asked and self.row.status != "skipped" and self.row.reason != INTERRUPTED


def ask_all(
    sources: Mapping[str, ModelSource],
    *,
    timeout: float = DEFAULT_TIMEOUT_S,
    progress: Progress | None = None,
    ask: Callable[[ModelSource], Listing] | None = None,
) -> dict[str, Answer]:
    """Ask every source at the same time and return each one's answer; none can hold up or break another.

    `ask` asks one source, by default for its `listing()`. A source that takes more than
    `timeout` seconds is given up. Ctrl-C stops the waiting and keeps what has arrived.
    """
    arrived: queue.SimpleQueue[tuple[str, Answer]] = queue.SimpleQueue()
    started = time.monotonic()
    answers: dict[str, Answer] = {}
    try:
        for name, source in sources.items():
            job = (name, source, ask or type(source).listing, arrived)
            threading.Thread(target=_ask_one, args=job, name=f"discover {name}", daemon=True).start()
            if progress:
                progress("start", name, None)
        while len(answers) < len(sources):
            name, answer = arrived.get(timeout=max(0.0, started + timeout - time.monotonic()))
            answers[name] = answer
            if progress:
                progress("done", name, answer.row)
        reason = ""
    except queue.Empty:
        reason = f"no answer within {timeout:g} s"
    except KeyboardInterrupt:
        reason = INTERRUPTED
        answers |= _already(arrived)
    for name in sources:
        if name not in answers:
            answers[name] = Answer(SourceRow(name, "failed", reason=reason, seconds=time.monotonic() - started))
            if progress:
                progress("done", name, answers[name].row)
    return {name: answers[name] for name in sources}


def _already(arrived: "queue.SimpleQueue[tuple[str, Answer]]") -> dict[str, Answer]:
    """Return what arrived and was not looked at yet."""
    return dict(arrived.get() for _ in range(arrived.qsize()))


def _ask_one(
    name: str,
    source: ModelSource,
    ask: Callable[[ModelSource], Listing],
    arrived: "queue.SimpleQueue[tuple[str, Answer]]",
) -> None:
    started = time.monotonic()
    try:
        answer = Answer(SourceRow(name), ask(source))
    except (CredentialError, MissingDependencyError, SourceOfflineError) as error:
        answer = Answer(SourceRow(name, "skipped", reason=str(error)), error=error)
    except Exception as error:  # noqa: BLE001  # the one place where a source's failure, whatever it is, becomes a row
        known = error if isinstance(error, AIModelsError) else None
        answer = Answer(SourceRow(name, "failed", reason=str(known or f"{type(error).__name__}: {error}")), error=known)
    answer.row.seconds = round(time.monotonic() - started, 3)
    arrived.put((name, answer))
