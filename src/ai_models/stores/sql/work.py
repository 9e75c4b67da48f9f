"""An open transaction: what was there at its start, what it changed, and the connection that has written some of it."""
# ruff: noqa: S608  # the names of tables are constants

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from ai_models._core.record import Record
from ai_models.database import BUSY_S, reading, reported, writing
from ai_models.stores.sql.filling import filled
from ai_models.stores.sql.tables import STATE
from ai_models.stores.sql.writing import Change, Stored, Writer, placed, stored

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

CHANNEL = "ai_models"
"""The channel on which PostgreSQL tells others of a change."""

_SPILLED = 20_000
_COUNTER = f"SELECT value FROM {STATE} WHERE name = 'revision'"


def counter_of(connection: "Connection") -> int:
    """Return the number of the last change."""
    return int(connection.exec_driver_sql(_COUNTER).scalar_one())


class Work:
    """What a transaction reads is as it was at its start, but for its own changes; nobody waits until it writes.

    Changes are gathered and written together: at the end, when there are many, or before anything
    is read but models by their ids. From then on other writers wait.
    """

    def __init__(self, engine: "Engine") -> None:
        self.engine = engine
        self.pending: dict[str, Change] = {}
        self.noted: set[str] = set()
        """The names in `meta` that this transaction wrote."""
        self._written: set[str] = set()
        self._reading, self._writing = ExitStack(), ExitStack()
        self._open: Connection | None = None
        self._writer: Writer | None = None
        self._conflicting = False
        self.snapshot = self._begun()
        """The database as it was at the start."""
        self.counter = counter_of(self.snapshot)

    def _begun(self) -> "Connection":
        if self.engine.dialect.name == "sqlite":
            return self._reading.enter_context(reading(self.engine))
        self._reading.enter_context(reported(self.engine.url))
        connection = self._reading.enter_context(self.engine.connect())
        return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def reader(self) -> "Connection":
        """The connection that sees what this transaction changed."""
        self.flush()
        return self.current

    @property
    def current(self) -> "Connection":
        """The connection that sees what is written already."""
        return self.snapshot if self._writer is None else self._writer.connection

    @property
    def wrote(self) -> bool:
        """Whether anything is written already."""
        return self._writer is not None

    @property
    def writer(self) -> Writer:
        """What writes; from its first use on, others wait."""
        if self._writer is None:
            connection = self._open = self._writing.enter_context(writing(self.engine))
            if connection.dialect.name != "sqlite":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_S}s'")
            connection.exec_driver_sql(f"UPDATE {STATE} SET value = value + 1 WHERE name = 'revision'")
            self._writer = Writer(connection, counter_of(connection))
            self._conflicting = self._writer.revision != self.counter + 1
        return self._writer

    def put(self, id: str, change: Change) -> None:
        """Note a change, which is written later: in the order of the changes, a model that is made anew last."""
        if change.anew:
            self.pending.pop(id, None)
        self.pending[id] = change
        if len(self.pending) >= _SPILLED:
            self.flush()

    def flush(self) -> None:
        """Write what is noted."""
        if not self.pending:
            return
        changes, self.pending = self.pending, {}
        writer = self.writer
        writer.write(changes, self._before if self._conflicting else None)
        if self._conflicting:
            self._written.update(changes)

    def fill(self, records: Iterator[Record]) -> Iterator[Record]:
        """Write many records at once where the database is empty, and return those that are left to put."""
        self.flush()
        writer = self.writer
        if self._conflicting or writer.next() > 1:
            return records
        if not writer.sqlite:  # what it has read would keep the indexes; the next look sees the same again
            self.snapshot.rollback()
        return filled(writer, records)

    def _before(self, ids: list[str]) -> dict[str, Stored]:
        """Return what the changes of these models began with."""
        now = stored(self.writer.connection, [id for id in ids if id in self._written])
        return now | stored(self.snapshot, [id for id in ids if id not in self._written])

    @contextmanager
    def inner(self) -> Iterator[None]:
        """Undo what is changed inside if it ends with an error."""
        self.flush()
        point = None if self._writer is None else self._writer.connection.begin_nested()
        written, noted = set(self._written), set(self.noted)
        try:
            yield
            if point is not None:
                self.flush()
                point.commit()
        except BaseException:
            self.pending.clear()
            self._written, self.noted = written, noted
            if point is not None:
                point.rollback()
            else:
                self._undo()
            raise

    def commit(self) -> None:
        """Keep all changes, and tell others."""
        self.flush()
        if self._writer is not None:
            connection, number = self._writer.connection, self._writer.revision
            self._writer.finish()
            if connection.dialect.name != "sqlite":
                connection.exec_driver_sql(placed("SELECT pg_notify(?, ?)", "postgresql"), (CHANNEL, str(number)))
            self._open = self._writer = None
            self._writing.close()

    def close(self) -> None:
        """Undo what isn't committed, and let go of the database."""
        try:
            self._undo()
        finally:
            self._reading.close()

    def _undo(self) -> None:
        if self._open is not None:
            connection, self._open, self._writer = self._open, None, None
            transaction = connection.get_transaction()
            if transaction is not None:
                transaction.rollback()
            self._writing.close()
