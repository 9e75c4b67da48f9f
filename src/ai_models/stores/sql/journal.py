"""Lines about one topic, such as what changed, in the database that the registry is in."""
# ruff: noqa: S608  # the names of tables are constants

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ai_models.database import reading, writing
from ai_models.stores.sql.tables import JOURNAL
from ai_models.stores.sql.writing import placed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ai_models.stores.sql.reader import Reader


class SqlJournal:
    """Lines of one topic, each with its time, in the order in which they came.

    >>> from ai_models.stores import SqlStore
    >>> import tempfile
    >>> journal = SqlJournal(SqlStore(tempfile.mkdtemp() + "/models.db"), "changes")
    >>> journal.append([("2026-11-24T10:00:00Z", "one"), ("2026-11-25T10:00:00Z", "two")])
    >>> list(journal.since("2026-11-25"))
    ['two']
    """

    def __init__(self, store: "Reader", topic: str) -> None:
        self._store, self._topic = store, topic

    def append(self, lines: Iterable[tuple[str, str]]) -> None:
        """Add lines at the end, each after its time as ISO text, all of them or none."""
        rows = [(self._topic, at, line) for at, line in lines]
        if rows:
            with self._writing() as connection:
                self._insert(connection, rows)

    def since(self, when: str = "") -> Iterator[str]:
        """Yield the lines of a time and after it, in the order in which they came."""
        sql = f"SELECT line FROM {JOURNAL} WHERE topic = ? AND at >= ? ORDER BY seq"
        self._store.prepare()
        with reading(self._store.engine) as connection:
            paged = connection.execution_options(yield_per=500, stream_results=True)
            result = paged.exec_driver_sql(placed(sql, self._store.dialect), (self._topic, when))
            try:
                for (line,) in result:
                    yield line
            finally:
                result.close()

    def keep(self, lines: Iterable[tuple[str, str]]) -> None:
        """Keep these lines in place of all that there are."""
        rows = [(self._topic, at, line) for at, line in lines]
        with self._writing() as connection:
            connection.exec_driver_sql(
                placed(f"DELETE FROM {JOURNAL} WHERE topic = ?", self._store.dialect), (self._topic,)
            )
            if rows:
                self._insert(connection, rows)

    def _insert(self, connection: "Connection", rows: list[tuple[str, str, str]]) -> None:
        sql = f"INSERT INTO {JOURNAL} (topic, at, line) VALUES (?, ?, ?)"
        connection.exec_driver_sql(placed(sql, self._store.dialect), rows)

    @contextmanager
    def _writing(self) -> "Iterator[Connection]":
        """Give a connection to write with: that of the open transaction, else one of its own."""
        self._store.prepare()
        with self._store.lock:
            own = self._store.writer
            if own is not None:
                yield own
                return
            with writing(self._store.engine) as connection:
                yield connection
