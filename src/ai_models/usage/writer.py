"""Records on their way to the database: they wait in memory for a moment, and a thread writes them in batches."""

import atexit
import os
import sys
import threading
import warnings
import weakref
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ai_models.errors import AIModelsWarning, StoreError
from ai_models.usage.budget_rules import budget_of
from ai_models.usage.records import Call
from ai_models.usage.rows import labels_of, row_of
from ai_models.usage.storage import Storage
from ai_models.usage.tables import Tables, adding, ignoring, lock_budgets, to_pico

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["BATCH", "MOST_PENDING", "WINDOW_S", "Writer"]

WINDOW_S = 0.2
"""How long a record may wait in memory, in seconds: what a kill can lose."""

BATCH = 500
"""How many records are written at once; so many don't wait for the window's end."""

MOST_PENDING = 100_000
"""How many records wait in memory while the database can't be written; further ones are counted and dropped."""

_RETRY_S = 2.0


class Writer:
    """Writes records to a storage. Its thread keeps it alive until all are written, whoever else lets go of it.

    >>> writer = Writer(Storage(":memory:"))
    >>> writer.add(Call("1", "2026-11-25T10:00:00Z", "openai/gpt-4o", "openai"))
    >>> writer.flush()
    >>> writer.pending
    0
    >>> writer.close()
    """

    def __init__(self, storage: Storage, window_s: float = WINDOW_S, retry_s: float = _RETRY_S) -> None:
        self.storage = storage
        self.window_s = window_s
        self.retry_s = retry_s
        self.dropped = 0
        self._pending: deque[Call] = deque()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._idle = False
        self._closed = False
        self._trouble: str | None = None
        self._told = False
        _WRITERS.add(self)

    @property
    def pending(self) -> int:
        """How many records are not written yet."""
        return len(self._pending)

    def add(self, call: Call) -> None:
        """Take a record; warn, once each time that the database begins to fail."""
        pending = self._pending
        if len(pending) >= MOST_PENDING:
            self.dropped += 1
        else:
            pending.append(call)
        if self._thread is None:
            self._start()
        if self._idle or len(pending) == BATCH:
            with self._wake:
                self._idle = False
                self._wake.notify()
        if self._trouble is not None and not self._told:
            self._told = True
            lost = f", {self.dropped} were dropped" if self.dropped else f"; beyond {MOST_PENDING} they are dropped"
            warnings.warn(
                f"usage can't be written, {self.pending} records wait{lost}: {self._trouble}", AIModelsWarning, 3
            )

    def flush(self) -> None:
        """Write all that is pending; raise `StoreError` if that can't be done, the records kept."""
        while self._pending:
            self._write()

    def close(self) -> None:
        """Write all that is pending, end the thread and close the database; the next record opens it again."""
        self.leave()
        try:
            self.flush()
        finally:
            self.storage.close()

    def leave(self, *, last: bool = False) -> None:
        """Let the thread write what is pending, and end; with `last` nobody else needs the database any more."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        if last and self._thread is None:
            self.storage.close()

    def end(self) -> None:
        """Write all that is pending before the process ends; warn about what can't be written."""
        try:
            self.flush()
        except StoreError as error:
            warnings.warn(f"{self.pending} records of usage are lost: {error}", AIModelsWarning, 2)

    def leave_to_parent(self) -> None:
        """Begin anew in a forked process: what is pending is the parent's to write."""
        self._pending = deque()
        self._thread, self._idle, self._wake = None, False, threading.Condition()

    def _start(self) -> None:
        with self._wake:
            if self._thread is not None:
                return
            self._closed = False
            self._thread = threading.Thread(target=self._run, daemon=True, name="ai_models usage")
            self._thread.start()
        _end_with_child(self)

    def _run(self) -> None:
        try:
            while self._waited():
                self._trouble = self._tried()
        finally:
            self._thread = None
        if self._closed:
            self.storage.close()

    def _waited(self) -> bool:
        """Wait for records, and for more of them until the window ends; return whether there are any."""
        with self._wake:
            self._idle = True
            while not self._pending and not self._closed:
                self._wake.wait()
            self._idle = False
            if self._trouble is not None:
                self._wake.wait(self.retry_s)
            elif not self._closed and len(self._pending) < BATCH:
                self._wake.wait(self.window_s)
            return bool(self._pending) or not self._closed

    def _tried(self) -> str | None:
        """Write what is pending; return what keeps it from being written, `None` if it is."""
        try:
            self.flush()
        except StoreError as error:
            return str(error)
        self._told = False
        return None

    def _write(self) -> None:
        """Write one batch, all of it or nothing; what can't be written stays pending."""
        with self.storage.lock:  # who holds it is the only one who takes from the queue
            pending = self._pending
            batch = [pending[at] for at in range(min(BATCH, len(pending)))]
            if batch:
                with self.storage.writing() as connection:
                    insert(connection, self.storage.tables, batch)
            for _ in batch:
                pending.popleft()


def insert(connection: "Connection", tables: Tables, calls: Iterable[Call]) -> None:
    """Add calls to the ledger, count them for their budgets and give back what these held, in the open transaction."""
    rows = {row["id"]: (row, call) for call in calls for row in [row_of(call)]}
    lock_budgets(connection)
    added = ignoring(connection, tables.calls, [row for row, _ in rows.values()])
    new = {id: call for id, (_, call) in rows.items() if id in added}
    ignoring(connection, tables.labels, [label for id, call in new.items() for label in labels_of(id, call)])
    adding(connection, tables.spent, _counted(connection, tables, new.values()), ("pico", "unpriced"))
    settled = [id for _, call in rows.values() for id in call.reservations]
    if settled:
        connection.execute(tables.reservations.delete().where(tables.reservations.c.id.in_(settled)))


def _counted(connection: "Connection", tables: Tables, calls: Iterable[Call]) -> list[dict[str, Any]]:
    """Return what calls add to each budget that they count for, in each of its periods."""
    found: dict[tuple[str, str], list[int]] = {}
    for budget in (budget_of(row) for row in connection.execute(tables.budgets.select())):
        for call in filter(budget.counts, calls):
            sums = found.setdefault((budget.name, budget.period_of(call)), [0, 0])
            pico = None if call.total is None else to_pico(call.total)
            if pico is not None:
                sums[0] += pico
            elif call.may_be_billed:
                sums[1] += 1
    return [
        {"budget": name, "since": since, "pico": pico, "unpriced": unpriced}
        for (name, since), (pico, unpriced) in sorted(found.items())
    ]


_WRITERS: "weakref.WeakSet[Writer]" = weakref.WeakSet()


def _at_exit() -> None:
    for writer in list(_WRITERS):
        writer.end()


def _in_child() -> None:
    for writer in list(_WRITERS):
        writer.leave_to_parent()


def _end_with_child(writer: Writer) -> None:
    """Write before a worker of multiprocessing ends, which doesn't run what stands at a process's exit."""
    process: Any = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        from multiprocessing.util import Finalize

        Finalize(None, writer.end, exitpriority=10)


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
