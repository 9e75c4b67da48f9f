"""Lines about one topic, such as what changed, in the database that the registry is in."""
# ruff: noqa: S608  # the names of tables are constants

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
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
            sql = f"INSERT INTO {JOURNAL} (topic, at, line) VALUES (?, ?, ?)"
            with self._writing() as connection:
                connection.exec_driver_sql(placed(sql, self._store.dialect), rows)

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

    def thin(self, kind: Callable[[str], str | None], newest: int) -> None:
        """Keep so many of the newest lines of each kind, and none whose kind is `None`."""
        sql = f"SELECT seq, line FROM {JOURNAL} WHERE topic = ? ORDER BY seq DESC"
        seen: Counter[str] = Counter()
        dropped: list[tuple[int]] = []
        with self._writing() as connection:
            for number, line in connection.exec_driver_sql(placed(sql, self._store.dialect), (self._topic,)):
                found = kind(line)
                if found is not None:
                    seen[found] += 1
                if found is None or seen[found] > newest:
                    dropped.append((number,))
            if dropped:
                sql = f"DELETE FROM {JOURNAL} WHERE seq = ?"
                connection.exec_driver_sql(placed(sql, self._store.dialect), dropped)

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
