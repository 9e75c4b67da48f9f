"""Writing many models in few statements: rows of all tables, only where they differ from what is there."""
# ruff: noqa: S608  # the names of tables and columns are constants

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from ai_models._core.record import Record, merge_values
from ai_models.errors import InvalidModelError
from ai_models.stores.sql.tables import (
    COLUMNS,
    MODELS,
    NAMES,
    OFFER_COLUMNS,
    OFFERS,
    TAGS,
    Row,
    model_row,
    name_rows,
    offer_rows,
    sought,
    tag_rows,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

CHUNK = 5_000
"""How many models are written at a time."""

_AMPLE = "PRAGMA cache_size = -262144"
_USUAL = "PRAGMA cache_size = -2000"

ASKED = 500
"""How many models a statement asks for by their ids."""

_COPIED = 50

BESIDE: tuple[tuple[str, tuple[str, ...], tuple[str, ...], Callable[[int, Record], set[Row]]], ...] = (
    (NAMES, ("folded", "kind", "exact", "n"), ("folded", "kind", "exact", "n"), name_rows),
    (TAGS, ("tag", "n"), ("tag", "n"), tag_rows),
    (OFFERS, OFFER_COLUMNS, ("provider", "n", "key"), offer_rows),
)
"""The tables beside that of the models: name, columns, the first of them that are its key, and what makes its rows."""


class Stored(NamedTuple):
    """A model as it stands in its table."""

    n: int
    revision: int
    text: str


class Change(NamedTuple):
    """What shall become of a model: its record, or `None` to remove it; `anew` if it was removed in between."""

    record: Record | None
    anew: bool = False


def placed(sql: str, dialect: str) -> str:
    """Return a statement with the place-holders that the database's driver wants.

    >>> placed("SELECT 1 WHERE id = ?", "postgresql")
    'SELECT 1 WHERE id = %s'
    """
    return sql if dialect == "sqlite" else sql.replace("?", "%s")


def stored(connection: "Connection", ids: Iterable[str]) -> dict[str, Stored]:
    """Return those of some models that are there, by id."""
    found: dict[str, Stored] = {}
    keys = {sought(id): id for id in ids}
    for part in chunks(keys, ASKED):
        marks = ", ".join("?" * len(part))
        sql = placed(f"SELECT id, n, revision, record FROM {MODELS} WHERE id IN ({marks})", connection.dialect.name)
        for key, *row in connection.exec_driver_sql(sql, tuple(part)):
            found[keys[key]] = Stored(*row)
    return found


def chunks(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield lists of at most `size` items.

    >>> list(chunks("abc", 2))
    [['a', 'b'], ['c']]
    """
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


@dataclass(slots=True)
class Writer:
    """Writes changes into one open transaction, as the revision that it makes."""

    connection: "Connection"
    revision: int
    many: bool = False

    @property
    def sqlite(self) -> bool:
        """Whether the database is one of SQLite's."""
        return self.connection.dialect.name == "sqlite"

    def write(self, changes: Mapping[str, Change], base: Callable[[list[str]], dict[str, Stored]] | None) -> None:
        """Write changes; where `base` tells that others changed a model since, both their change and this one stay."""
        if len(changes) >= CHUNK:
            self.expect_many()
        for ids in chunks(changes, CHUNK):
            now = stored(self.connection, ids)
            before = {} if base is None else base(ids)
            part = {id: self._joined(changes[id], before.get(id), now.get(id), base is not None) for id in ids}
            self._write(part, now)

    def expect_many(self) -> None:
        """Take more memory until the end, for many changes."""
        if self.sqlite and not self.many:
            self.run([_AMPLE])
        self.many = True

    def finish(self) -> None:
        """Give the memory back, and let PostgreSQL count what many changes made of the tables."""
        if self.many:
            self.run([_USUAL] if self.sqlite else [f"ANALYZE {MODELS}", f"ANALYZE {NAMES}"])

    def next(self) -> int:
        """Return the number of the model that is added next, 1 where there is none."""
        return int(self.connection.exec_driver_sql(f"SELECT coalesce(max(n), 0) + 1 FROM {MODELS}").scalar_one())

    def run(self, statements: Iterable[str]) -> None:
        """Run statements, one after the other."""
        for statement in statements:
            self.connection.exec_driver_sql(statement)

    @staticmethod
    def _joined(change: Change, before: Stored | None, now: Stored | None, others: bool) -> Change:
        if not others or change.record is None or now is None or change.anew or before == now:
            return change
        base = None if before is None else _loads(before.text)
        return Change(merge_values(base, change.record, _loads(now.text)))

    def _write(self, changes: Mapping[str, Change], now: Mapping[str, Stored]) -> None:
        n = self.next()
        removed: list[tuple[int]] = []
        rows: list[Row] = []
        olds: list[tuple[int, Record]] = []
        news: list[tuple[int, Record]] = []
        for id, change in changes.items():
            at = now.get(id)
            if at is not None:
                removed.append((at.n,))
                olds.append((at.n, _loads(at.text)))
            if change.record is None:
                continue
            number = n if at is None or change.anew else at.n
            n += number == n
            rows.append(model_row(number, change.record, self.revision, written(change.record)))
            news.append((number, change.record))
        self._delete(MODELS, ("n",), removed)
        self.insert(MODELS, COLUMNS, rows)
        for table, columns, key, made in BESIDE:
            self._replace(table, columns, key, _all(made, olds), _all(made, news))

    def _replace(
        self, table: str, columns: tuple[str, ...], key: tuple[str, ...], old: set[Row], new: set[Row]
    ) -> None:
        self._delete(table, key, [row[: len(key)] for row in old - new])
        self.insert(table, columns, sorted(new - old, key=lambda row: row[: len(key)]))

    def _delete(self, table: str, key: tuple[str, ...], rows: Sequence[Row]) -> None:
        if rows:
            sql = f"DELETE FROM {table} WHERE {' AND '.join(f'{name} = ?' for name in key)}"
            self.connection.exec_driver_sql(placed(sql, self.connection.dialect.name), list(rows))

    def insert(self, table: str, columns: tuple[str, ...], rows: Sequence[Row]) -> None:
        """Add rows to a table."""
        if len(rows) > _COPIED and not self.sqlite:
            self._copy(table, columns, rows)
        elif rows and self.sqlite:
            self.connection.exec_driver_sql(inserting(table, columns), [tuple(bound(row)) for row in rows])
        elif rows:
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            self.connection.exec_driver_sql(placed(sql, self.connection.dialect.name), list(rows))

    def _copy(self, table: str, columns: tuple[str, ...], rows: Sequence[Row]) -> None:
        driver: Any = self.connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


@lru_cache(maxsize=16)
def inserting(table: str, columns: tuple[str, ...], number: int = 1) -> str:
    """Return the statement that adds so many rows, bound as `bound` gives them, to a table of SQLite."""
    row = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * number)}"


def bound(values: Iterable[Any]) -> list[Any]:
    """Return values as `inserting` takes them: SQLite keeps NaN as NULL, and its driver is slow with `None`.

    >>> bound(["chat", None, 4096])
    ['chat', nan, 4096]
    """
    return [_NAN if value is None else value for value in values]


_NAN = float("nan")


def _all(made: Callable[[int, Record], set[Row]], models: Iterable[tuple[int, Record]]) -> set[Row]:
    return {row for n, record in models for row in made(n, record)}


def _loads(text: str) -> Record:
    import orjson

    record: Record = orjson.loads(text)
    return record


def written(record: Record) -> str:
    """Return a record as text; raise `InvalidModelError` for one that JSON can't hold.

    >>> written({"id": "gpt-4", "provider": "openai"})
    '{"id":"gpt-4","provider":"openai"}'
    """
    import orjson

    try:
        return orjson.dumps(record).decode()
    except TypeError as error:
        raise _unwritable(record, error) from None


def _unwritable(record: Record, error: TypeError) -> InvalidModelError:
    import orjson

    for name, value in record.items():
        try:
            orjson.dumps(value)
        except TypeError as reason:
            return InvalidModelError(name, value, str(reason), ascii(record["id"]))
    return InvalidModelError("model", record, str(error), ascii(record["id"]))
