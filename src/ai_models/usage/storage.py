"""The database of the ledger, opened when it is first used, and anew in a forked process."""

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ai_models import database
from ai_models.errors import StoreError
from ai_models.usage.tables import Tables, prepared, tables

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

__all__ = ["Storage"]


class Storage:
    """A database with the tables of the ledger; one thread of a process is in it at a time, with `lock`.

    >>> storage = Storage(":memory:")
    >>> with storage.reading() as connection:
    ...     connection.execute(storage.tables.calls.select()).all()
    []
    >>> storage.close()
    """

    def __init__(self, where: str | os.PathLike[str]) -> None:
        self._where = os.fspath(where)
        self.lock = threading.RLock()
        self._engine: Engine | None = None
        _STORAGES.add(self)

    @property
    def engine(self) -> "Engine":
        """The database, with its tables made."""
        with self.lock:
            if self._engine is None:
                engine = database.open_engine(self._where)
                try:
                    prepared(engine)
                except StoreError:
                    engine.dispose()
                    raise
                self._engine = engine
                database.close_with(self, engine)
            return self._engine

    @property
    def tables(self) -> Tables:
        """The tables by what they hold."""
        return tables()

    @contextmanager
    def reading(self) -> "Iterator[Connection]":
        """Give a connection to read from."""
        with self.lock, database.reading(self.engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> "Iterator[Connection]":
        """Give a connection whose changes are committed when the block ends, or undone by an error in it."""
        with self.lock, database.writing(self.engine) as connection:
            yield connection

    def close(self) -> None:
        """Close the connections; what is asked next opens them again. A database in memory is gone."""
        with self.lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def leave_to_parent(self) -> None:
        """Open a connection of its own in a forked process: one of the parent's must not even be closed here."""
        self.lock = threading.RLock()
        if self._engine is not None:
            _PARENTS.append(self._engine)
            self._engine = None


_STORAGES: "weakref.WeakSet[Storage]" = weakref.WeakSet()
_PARENTS: "list[Engine]" = []


def _in_child() -> None:
    for storage in list(_STORAGES):
        storage.leave_to_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
