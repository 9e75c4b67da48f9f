"""Whether the tables of a registry say what its records do."""
# ruff: noqa: S608  # the names of tables and columns are constants

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ai_models.database import reading, writing
from ai_models.errors import InvalidModelError, StoreCorruptError, StoreError
from ai_models.stores.sql.tables import COLUMNS, MODELS, Row, key_of, model_row
from ai_models.stores.sql.writing import BESIDE

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ai_models.stores.sql.reader import Reader

_PAGE = {"yield_per": 1_000, "stream_results": True}
_RECORD = COLUMNS.index("record")

Sum = tuple[int, int]
"""How many rows, and what they add up to, in whatever order."""


def problems_of(store: "Reader") -> Iterator[str]:
    """Yield what is wrong with a database, one line each, in the memory that one page takes.

    >>> from ai_models.base import Model
    >>> from ai_models.stores import SqlStore
    >>> import tempfile
    >>> store = SqlStore(tempfile.mkdtemp() + "/models.db")
    >>> store["a"] = Model("a", "x")
    >>> list(problems_of(store))
    []
    """
    store.prepare()
    expected: dict[str, Sum] = {table: (0, 0) for table, *_ in BESIDE}
    with reading(store.engine) as connection:
        paged = connection.execution_options(**_PAGE)
        for row in paged.exec_driver_sql(f"SELECT {', '.join(COLUMNS)} FROM {MODELS}"):
            yield from _of_row(store, tuple(row), expected)
        for table, columns, *_ in BESIDE:
            rows = paged.exec_driver_sql(f"SELECT {', '.join(columns)} FROM {table}")
            if expected[table] != _added((0, 0), (tuple(row) for row in rows)):
                yield f"table {table} doesn't say what the records do: models may be missed by name or in queries"
    if store.dialect == "sqlite" and not store.read_only:
        yield from _of_search(store)


def _of_row(store: "Reader", row: Row, expected: dict[str, Sum]) -> Iterator[str]:
    n, key, text = row[0], row[1], row[_RECORD]
    try:
        record = store.parsed(text)
    except (InvalidModelError, StoreCorruptError) as error:
        yield f"model {key!r}: {error}"
        return
    if key != key_of(record["id"]):
        yield f"model {key!r}: its record is that of {record['id']!r}"
    elif tuple(row) != model_row(n, record, row[-2], text):
        yield f"model {key!r}: its columns don't say what its record does"
    for table, _, _, made in BESIDE:
        expected[table] = _added(expected[table], made(n, record))


def _added(before: Sum, rows: Any) -> Sum:
    number, total = before
    for row in rows:
        number, total = number + 1, (total + hash(row)) % 2**64
    return number, total


def _of_search(store: "Reader") -> Iterator[str]:
    try:
        with writing(store.engine) as connection:
            _check_search(connection)
    except StoreError:
        yield f"table {MODELS}_found doesn't say what the records do: suggestions may miss models"


def _check_search(connection: "Connection") -> None:
    connection.exec_driver_sql(f"INSERT INTO {MODELS}_found({MODELS}_found, rank) VALUES ('integrity-check', 1)")
