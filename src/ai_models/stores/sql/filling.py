"""Filling an empty database: many rows in each statement, and the indexes come at the end."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from ai_models._core.record import Record
from ai_models.stores.sql.tables import COLUMNS, MODELS, Row, indexes, model_row, without_indexes
from ai_models.stores.sql.writing import BESIDE, bound, chunks, inserting, written

if TYPE_CHECKING:
    from ai_models.stores.sql.writing import Writer

_VALUES = 6_000
"""How many values a statement brings: SQLite takes 32,766, but many at once don't stay in a processor's cache."""

_PART = 100
"""How many models are looked at together: few enough to be forgotten while they are young."""


class _Waiting:
    """The rows of one table that wait until they fill a statement."""

    def __init__(self, table: str, columns: tuple[str, ...], key: int = 0) -> None:
        self.table, self.columns, self._key = table, columns, key
        self._size = _VALUES // len(columns)
        self.rows: list[Row] = []

    def taken(self, *, rest: bool = False) -> Iterator[list[Row]]:
        """Yield the rows of each statement that is full, in the order of their keys; with `rest` all that wait."""
        while len(self.rows) >= (1 if rest else self._size):
            rows = self.rows[: self._size]
            del self.rows[: self._size]
            yield sorted(rows, key=lambda row: row[: self._key]) if self._key else rows


def filled(writer: "Writer", records: Iterator[Record]) -> Iterator[Record]:
    """Write records into tables that are empty; return those that are left from where an id comes again."""
    dialect = writer.connection.dialect.name
    writer.expect_many()
    writer.run(without_indexes(dialect))
    rest = _written(writer, records)
    writer.run(indexes(dialect))
    return rest


def _written(writer: "Writer", records: Iterator[Record]) -> Iterator[Record]:
    models, revision = _Waiting(MODELS, COLUMNS), writer.revision
    beside = [(_Waiting(table, columns, len(key)), made) for table, columns, key, made in BESIDE]
    tables = [models, *(table for table, _ in beside)]
    seen: set[str] = set()
    rest: Iterator[Record] = iter(())
    for part in chunks(records, _PART):
        known = len(seen)
        seen.update([record["id"] for record in part])
        if len(seen) < known + len(part):
            rest = chain(part, records)
            break
        numbered = list(enumerate(part, known + 1))
        models.rows += [model_row(n, record, revision, written(record)) for n, record in numbered]
        for table, made in beside:
            table.rows += [row for n, record in numbered for row in made(n, record)]
        for table in tables:
            _insert(writer, table, table.taken())
    for table in tables:
        _insert(writer, table, table.taken(rest=True))
    return rest


def _insert(writer: "Writer", table: _Waiting, parts: Iterable[list[Row]]) -> None:
    for rows in parts:
        if writer.sqlite:
            sql = inserting(table.table, table.columns, len(rows))
            writer.connection.exec_driver_sql(sql, tuple(bound(chain.from_iterable(rows))))
        else:
            writer.insert(table.table, table.columns, rows)
