"""Filling an empty database: many rows in each statement, and the indexes come at the end."""
# ruff: noqa: S608  # the names of tables and columns are constants

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from ai_models._core.record import Record
from ai_models.stores.sql.tables import COLUMNS, MODELS, Row, indexes, model_row, without_indexes
from ai_models.stores.sql.writing import BESIDE, CHUNK, chunks, written

if TYPE_CHECKING:
    from ai_models.stores.sql.writing import Writer

_VALUES = 30_000
"""How many values a statement brings; SQLite takes 32,766."""


class _Waiting:
    """The rows of one table that wait until they fill a statement."""

    def __init__(self, table: str, columns: tuple[str, ...], key: int) -> None:
        self.table, self.columns, self._key = table, columns, key
        self._size = _VALUES // len(columns)
        self.rows: list[Row] = []

    def taken(self, *, rest: bool = False) -> list[list[Row]]:
        """Return the rows of each statement that is full, in the order of their keys; with `rest` all that wait."""
        end = len(self.rows) if rest else len(self.rows) // self._size * self._size
        rows, self.rows = sorted(self.rows[:end], key=lambda row: row[: self._key]), self.rows[end:]
        return list(chunks(rows, self._size))


def filled(writer: "Writer", records: Iterator[Record]) -> Iterator[Record]:
    """Write records into tables that are empty; return those that are left from where an id comes again."""
    dialect = writer.connection.dialect.name
    writer.expect_many()
    writer.run(without_indexes(dialect))
    rest = _written(writer, records)
    writer.run(indexes(dialect))
    return rest


def _written(writer: "Writer", records: Iterator[Record]) -> Iterator[Record]:
    tables = [_Waiting(MODELS, COLUMNS, 1), *(_Waiting(name, columns, len(key)) for name, columns, key, _ in BESIDE)]
    seen: set[str] = set()
    rest: Iterator[Record] = iter(())
    for part in chunks(records, CHUNK):
        ids = {record["id"] for record in part}
        if len(ids) < len(part) or not seen.isdisjoint(ids):
            rest = chain(part, records)
            break
        _add(tables, part, len(seen), writer.revision)
        seen |= ids
        for table in tables:
            _insert(writer, table, table.taken())
    for table in tables:
        _insert(writer, table, table.taken(rest=True))
    return rest


def _add(tables: Sequence[_Waiting], records: list[Record], count: int, revision: int) -> None:
    models, *beside = (table.rows for table in tables)
    for n, record in enumerate(records, count + 1):
        models.append(model_row(n, record, revision, written(record)))
        for rows, (*_, made) in zip(beside, BESIDE, strict=True):
            rows.extend(made(n, record))


def _insert(writer: "Writer", table: _Waiting, parts: list[list[Row]]) -> None:
    for rows in parts:
        if writer.sqlite:
            sql = _statement(table.table, table.columns, len(rows))
            writer.connection.exec_driver_sql(sql, tuple(chain.from_iterable(rows)))
        else:
            writer.insert(table.table, table.columns, rows)


@cache
def _statement(table: str, columns: tuple[str, ...], number: int) -> str:
    row = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * number)}"
