"""The ledger of calls: append-only, written in batches by a thread of its own."""

import atexit
import os
import threading
import time
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ai_models.database import open_engine, reading, writing
from ai_models.errors import AIModelsWarning, StoreError
from ai_models.usage.budget_rules import budget_of
from ai_models.usage.records import Call, Total
from ai_models.usage.rows import call_of, labels_of, row_of
from ai_models.usage.tables import Tables, adding, ignoring, prepared, to_pico
from ai_models.usage.tables import tables as all_tables

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from ai_models.costs.estimator import Costs
    from ai_models.usage.tracking import Tracked

__all__ = ["Ledger"]

WINDOW_S = 0.2
"""How long a record may wait in memory, in seconds: what a kill can lose."""

BATCH = 500
"""How many records are written at once."""

MOST_PENDING = 100_000
"""How many records are kept in memory while the database can't be written; the rest are counted and dropped."""

_RETRY_S = 2.0


class Ledger:
    """The calls that were made, with what they used and cost, in a database: SQLite, or PostgreSQL for a team.

    Recording takes microseconds: a thread writes what has come together, every fifth of a second
    or sooner. The same call id is one record, however often it comes. A database that fails keeps
    nobody from calling: the records wait, and a warning says so.

    >>> ledger = Ledger()
    >>> ledger.add(Call("1", "2026-11-25T10:00:00Z", "openai/gpt-4o", "openai"))
    >>> [call.model for call in ledger.calls()]
    ['openai/gpt-4o']
    >>> ledger.close()
    """

    def __init__(
        self,
        where: str | os.PathLike[str] = ":memory:",
        *,
        costs: "Costs | None" = None,
        groups: Callable[[str], Iterable[str]] = lambda _: (),
        window_s: float = WINDOW_S,
    ) -> None:
        self.where = os.fspath(where)
        self.costs = costs
        self.groups_of = groups
        self.guard: Callable[[Tracked], tuple[str, ...]] | None = None
        self.window_s = window_s
        self.dropped = 0
        self._pending: deque[Call] = deque()
        self._database = threading.RLock()
        self._wake = threading.Condition()
        self._writer: threading.Thread | None = None
        self._trouble: str | None = None
        self._told = False
        self._closed = False
        self._process = os.getpid()
        _LEDGERS.add(self)

    @cached_property
    def engine(self) -> "Engine":
        """The database, with its tables made."""
        engine = open_engine(self.where)
        prepared(engine)
        return engine

    @property
    def tables(self) -> Tables:
        """The tables by what they hold."""
        return all_tables()

    @property
    def pending(self) -> int:
        """How many records are not written yet."""
        return len(self._pending)

    def exclusive(self) -> threading.RLock:
        """Return the lock that keeps this process's threads out of each other's way in the database."""
        return self._database

    def named(self, model: str | None) -> str:
        """Return the id of the model that a caller names, as records have it."""
        return model or "unknown" if self.costs is None else self.costs.canonical(model or "unknown")

    def add(self, call: Call) -> None:
        """Record a call; it is on the disk a moment later. Warn, once, if the database can't be written."""
        if len(self._pending) >= MOST_PENDING:
            self.dropped += 1
        else:
            self._pending.append(call)
        if self._writer is None or self._process != os.getpid():
            self._start()
        if len(self._pending) >= BATCH:
            with self._wake:
                self._wake.notify()
        if self._trouble is not None and not self._told:
            self._told = True
            warnings.warn(f"usage is not written, {self.pending} records wait: {self._trouble}", AIModelsWarning, 2)

    def record(
        self,
        response: Any,
        *,
        model: str | None = None,
        provider: str | None = None,
        tags: Iterable[str] = (),
        id: str | None = None,
        **more: Any,
    ) -> Call:
        """Record the call behind a response, priced as of now, and return the record.

        The response's own id makes it one record, however often it is recorded. Raise
        `InvalidModelError` for a response that says nothing of its usage.

        >>> ledger = Ledger()
        >>> answer = {"id": "a", "model": "m", "usage": {"prompt_tokens": 9, "completion_tokens": 3}}
        >>> ledger.record(answer, tags=["job-7"]).usage.input_tokens, ledger.record(answer).id
        (9, 'a')
        >>> len(list(ledger.calls()))
        1
        >>> ledger.close()
        """
        from ai_models.usage.tracking import Tracked

        tracked = Tracked(self, model, provider=provider, tags=tags, id=id, **more)
        tracked.response = response
        return tracked.finish(strict=True)

    def track(self, model: str | None = None, **call: Any) -> "Tracked":
        """Return the `with` block around a call: it is timed, and recorded also when it fails.

        `call` may have `provider`, `tags`, `metadata`, `id`, `attempt`, `parent`, and `estimate`,
        the usage or workload that budgets are asked for before the call.

        >>> ledger = Ledger()
        >>> with ledger.track("gpt-4o", tags=["job-7"]) as call:
        ...     call.response = {"model": "gpt-4o", "usage": {"prompt_tokens": 9, "completion_tokens": 3}}
        >>> [(call.model, call.status, call.tags) for call in ledger.calls(tag="job-7")]
        [('gpt-4o', 'ok', ('job-7',))]
        >>> ledger.close()
        """
        from ai_models.usage.tracking import Tracked

        return Tracked(self, model, **call)

    def tracked(self, model: str | None = None, **call: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return the decorator that records every call of a function that returns a response, `async` or not.

        >>> ledger = Ledger()
        >>> @ledger.tracked("gpt-4o")
        ... def ask():
        ...     return {"model": "gpt-4o", "usage": {"prompt_tokens": 9, "completion_tokens": 3}}
        >>> _ = ask(), ask()
        >>> sum(1 for _ in ledger.calls())
        2
        >>> ledger.close()
        """
        from ai_models.usage.tracking import decorated

        return lambda function: decorated(function, lambda: self.track(model, **call))

    def wrap(self, client: Any, *, tags: Iterable[str] = (), stream_usage: bool = True) -> Any:
        """Return a client of openai or anthropic all of whose calls are recorded from now on: the same object.

        A stream is recorded at its end. OpenAI's tells its usage only if asked to, which
        `stream_usage` does; the chunk that it brings is not passed on. Raise `TypeError` for
        any other client.
        """
        from ai_models.usage.wrappers import wrapped

        return wrapped(client, self, tuple(tags), stream_usage=stream_usage)

    def langchain_handler(self, *, tags: Iterable[str] = ()) -> Any:
        """Return the callback that records the calls of LangChain's models: `config={"callbacks": [handler]}`."""
        from ai_models.usage.langchain import handler

        return handler(self, tuple(tags))

    def calls(self, **which: Any) -> Iterator[Call]:
        """Yield the calls, oldest first; all, or by `since`, `until`, `model`, `provider`, `status`, `tag`, `group`."""
        from ai_models.usage.totals import select_calls

        self.flush()
        statement = select_calls(self.tables, which)
        with self._database, reading(self.engine) as connection:
            result = connection.execution_options(yield_per=1000).execute(statement)
            for rows in result.mappings().partitions():
                names = labels_of(connection, self.tables, [row["id"] for row in rows])
                yield from (call_of(dict(row), names.get(row["id"], {})) for row in rows)

    def total(self, by: str | Iterable[str] = (), **which: Any) -> list[Total]:
        """Return what the calls come to, one total for each value of `by`, the dearest first.

        `by` is one or several of `model`, `provider`, `day`, `month`, `hour`, `status`, `tag`,
        `group`; `which` chooses the calls as in `calls`. A call with two tags counts for both.

        >>> ledger = Ledger()
        >>> ledger.add(Call("1", "2026-11-25T10:00:00Z", "m", "p"))
        >>> [(total.by, total.calls, total.cost) for total in ledger.total(by="model")]
        [({'model': 'm'}, 1, None)]
        >>> ledger.close()
        """
        from ai_models.usage.totals import totals

        self.flush()
        with self._database, reading(self.engine) as connection:
            return totals(connection, self.tables, [by] if isinstance(by, str) else list(by), which)

    def flush(self) -> None:
        """Write what is pending; raise `StoreError` if the database can't be written, with the records kept."""
        while self._pending:
            self._write()

    def close(self) -> None:
        """Write what is pending, and end the writer."""
        self._closed = True
        with self._wake:
            self._wake.notify()
        try:
            self.flush()
        finally:
            if "engine" in self.__dict__:
                self.engine.dispose()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        with self._wake:
            if self._writer is not None and self._process == os.getpid():
                return
            self._process = os.getpid()
            self._closed = False
            self._writer = threading.Thread(
                target=_writing, args=(weakref.ref(self),), daemon=True, name="ai_models usage"
            )
            self._writer.start()

    def _write(self) -> None:
        """Write one batch, all of it or nothing; what can't be written stays pending."""
        with self._database:
            batch = [self._pending[at] for at in range(min(BATCH, len(self._pending)))]
            if not batch:
                return
            calls = self._with_groups(batch)
            with writing(self.engine) as connection:
                insert(connection, self.tables, calls)
            for _ in batch:
                self._pending.popleft()
            self._trouble, self._told = None, False

    def _with_groups(self, calls: Iterable[Call]) -> list[Call]:
        """Return calls with the groups in which their models are."""
        groups: dict[str, tuple[str, ...]] = {}
        found = []
        for call in calls:
            if call.model not in groups:
                groups[call.model] = tuple(self.groups_of(call.model))
            inside = groups[call.model]
            found.append(replace(call, groups=inside) if inside and not call.groups else call)
        return found


def insert(connection: "Connection", tables: Tables, calls: Iterable[Call]) -> None:
    """Add calls to the ledger, count them for their budgets and give back what these held, in the open transaction."""
    listed = list({call.id: call for call in calls}.values())
    lock_budgets(connection)
    added = ignoring(connection, tables.calls, [row_of(call) for call in listed])
    new = [call for call in listed if call.id in added]
    labels = [
        {"call": call.id, "kind": kind, "name": name}
        for call in new
        for kind, names in (("tag", call.tags), ("group", call.groups))
        for name in dict.fromkeys(names)
    ]
    ignoring(connection, tables.labels, labels)
    adding(connection, tables.spent, _counted(connection, tables, new), ("pico", "unpriced"))
    settled = [id for call in listed for id in call.reservations]
    if settled:
        connection.execute(tables.reservations.delete().where(tables.reservations.c.id.in_(settled)))


def _counted(connection: "Connection", tables: Tables, calls: Iterable[Call]) -> list[dict[str, Any]]:
    """Return what calls add to each budget that they count for, in each of its periods."""
    budgets = [budget_of(row) for row in connection.execute(tables.budgets.select())]
    found: dict[tuple[str, str], list[int]] = {}
    for budget in budgets:
        for call in filter(budget.counts, calls):
            sums = found.setdefault((budget.name, budget.period_of(call)), [0, 0])
            if call.total is not None:
                sums[0] += to_pico(call.total)
            elif call.status != "failed" or call.usage.output_tokens is not None:
                sums[1] += 1
    return [
        {"budget": name, "since": since, "pico": pico, "unpriced": unpriced}
        for (name, since), (pico, unpriced) in sorted(found.items())
    ]


def lock_budgets(connection: "Connection", *, alone: bool = False) -> None:
    """Let calls be written side by side, but not while budgets are being set; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        shared = "" if alone else "_shared"
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{shared}(hashtext('ai_models budgets'))")


def now() -> str:
    """Return the time now, in UTC to the millisecond, as ISO text."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _writing(held: "weakref.ref[Ledger]") -> None:
    """Write a ledger's records as they come, until it is closed or nobody holds it any more."""
    while True:
        ledger = held()
        if ledger is None or ledger._closed:
            return
        try:
            if ledger._pending:
                ledger._write()
            pause = ledger.window_s
        except StoreError as error:
            ledger._trouble = str(error)
            pause = _RETRY_S
        wake = ledger._wake
        more = len(ledger._pending) >= BATCH
        del ledger
        if not more:
            with wake:
                wake.wait(pause)


_LEDGERS: "weakref.WeakSet[Ledger]" = weakref.WeakSet()


def _at_exit() -> None:
    for ledger in list(_LEDGERS):
        try:
            ledger.flush()
        except StoreError as error:
            warnings.warn(f"{ledger.pending} records of usage are lost: {error}", AIModelsWarning, 1)


def _in_child() -> None:
    """A forked process has none of its parent's records to write, and needs connections of its own."""
    for ledger in list(_LEDGERS):
        ledger._pending = deque()
        ledger._writer = None
        ledger._database, ledger._wake = threading.RLock(), threading.Condition()
        if "engine" in ledger.__dict__:
            ledger.engine.dispose(close=False)


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)


def clock() -> float:
    """Return a time in seconds that only grows."""
    return time.perf_counter()
