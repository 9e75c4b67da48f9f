"""What is asked of a registry's database, inside an open transaction or outside of it."""
# ruff: noqa: S608  # the names of tables are constants

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from ai_models._core.model import Model
from ai_models._core.record import Record, checked_record
from ai_models.database import close_with, open_engine, reading, reported, shown_url
from ai_models.errors import StoreCorruptError, StoreError
from ai_models.stores.sql.look import Look
from ai_models.stores.sql.migrations import prepare
from ai_models.stores.sql.tables import MODELS, sought
from ai_models.stores.sql.work import Work, counter_of
from ai_models.stores.sql.writing import placed

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PAGE = 500
_IDS = f"SELECT id, CASE WHEN replace(id, '\x01', '') <> id THEN record END FROM {MODELS} ORDER BY n"
"""Ids in order, and the records of those that `key_of` changed."""


class Reader:
    """A database that models are looked up in; it is opened when something is first asked.

    >>> import tempfile
    >>> reader = Reader(tempfile.mkdtemp() + "/models.db")
    >>> reader.record("gpt-4"), list(reader.stream("SELECT record FROM ai_models")), reader.counter()
    (None, [], 0)
    """

    def __init__(self, where: str | os.PathLike[str], *, read_only: bool = False) -> None:
        self.read_only = read_only or _unwritable(where)
        self.engine = open_engine(where, read_only=self.read_only)
        from sqlalchemy.event import listen  # is there: an engine was opened

        close_with(self, self.engine)
        if self.engine.url.get_backend_name() == "sqlite" and (self.engine.url.database or ":memory:") == ":memory:":
            raise StoreError("a registry in memory needs no database: leave the storage path out", "sqlite://")
        self.dialect = self.engine.dialect.name
        if self.dialect == "sqlite":
            listen(self.engine, "connect", _with_wide_pages, insert=True)
        self.url: str | None = self.engine.url.render_as_string(hide_password=False)
        self.location = shown_url(os.fspath(where))
        self.lock = Look(self.engine)
        self.revision = 0
        """Counts the changes that were noticed, one's own and others'."""
        self._counter = -1
        self._prepared = False
        self._work: Work | None = None

    def refresh(self) -> None:
        """Take note of what others wrote, but not inside a transaction."""
        with self.lock:
            if self._work is None:
                with self.connected() as connection:
                    self._note(counter_of(connection))

    def _note(self, counter: int) -> None:
        if counter != self._counter:
            self._counter = counter
            self.revision += 1

    def record(self, id: str) -> Record | None:
        """Return the record of an id, `None` if there is none."""
        with self.lock:
            if self._work is not None and id in self._work.pending:
                return self._work.pending[id].record
            if self._work is None and id in self.lock.texts:
                text = self.lock.texts[id]
            else:
                with self.connected(flushed=False) as connection:
                    sql = placed(f"SELECT record FROM {MODELS} WHERE id = ?", self.dialect)
                    text = connection.exec_driver_sql(sql, _bound((id,))).scalar()
                self.lock.note(id, text)
        return None if text is None else self.parsed(text)

    def parsed(self, text: str) -> Record:
        """Return the record that a row holds; raise `StoreCorruptError` for one that is no JSON."""
        data = self._loaded(text)
        return checked_record(data.get("id", "") if isinstance(data, dict) else "", data, self.location)

    def _loaded(self, text: str) -> Any:
        import orjson

        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise StoreCorruptError(
                f"{self.location} holds a broken record ({error}); look for others with: ai-models store check",
                self.location,
                line=None,
                column=None,
                backup=None,
            ) from None

    def query(self, sql: str, *values: Any) -> Sequence[Any]:
        """Return the rows of a statement, whose place-holders are `?`, as the open transaction sees them."""
        with self.lock, self.connected() as connection:
            return connection.exec_driver_sql(placed(sql, self.dialect), _bound(values)).all()

    def stream(self, *statements: Any) -> Iterator[Model]:
        """Yield the models whose records statements select, a page at a time, from one state of the database."""
        return (self._model(text) for (text,) in self._rows(*statements))

    def records(self, *statements: Any) -> Iterator[Record]:
        """Yield the records that statements select, as `stream` does, unchecked."""
        return (self._loaded(text) for (text,) in self._rows(*statements))

    def ids(self) -> Iterator[str]:
        """Yield every id, in the order in which the models came, as `stream` yields models."""
        for id, text in self._rows(_IDS):
            yield id if text is None else self.parsed(text)["id"]

    def _rows(self, *statements: Any) -> Iterator[Any]:
        with self.lock:
            if self._work is not None and (self._work.wrote or self._work.pending):
                connection = self._work.reader
                yield from [row for each in statements for row in _result(connection, each)]
                return
        self.prepare()
        with reading(self.engine) as connection:
            paged = connection.execution_options(yield_per=_PAGE, stream_results=True)
            for statement in statements:
                with closing(_result(paged, statement)) as rows:
                    yield from rows

    def _model(self, text: str) -> Model:
        return Model.on_record(self.parsed(text))

    @contextmanager
    def connected(self, *, flushed: bool = True) -> "Iterator[Connection]":
        """Give a connection to read with, which sees what the open transaction has changed."""
        if self._work is not None:
            yield self._work.reader if flushed else self._work.current
            return
        self.prepare()
        with reported(self.engine.url):
            yield self.lock.connection()

    @property
    def writer(self) -> "Connection | None":
        """The connection that the open transaction writes with; `None` without one."""
        return None if self._work is None else self._work.writer.connection

    def counter(self) -> int:
        """Return the number of the last change that was committed."""
        self.prepare()
        with reading(self.engine) as connection:
            return counter_of(connection)

    def prepare(self) -> None:
        """Make the tables, or bring them up to date, if that isn't done yet."""
        if not self._prepared:
            prepare(self.engine)
            self._prepared = True


def _result(connection: "Connection", statement: Any) -> Any:
    return connection.exec_driver_sql(statement) if isinstance(statement, str) else connection.execute(statement)


def _unwritable(where: str | os.PathLike[str]) -> bool:
    """Return whether a SQLite file is there that you may only read."""
    path = os.path.expanduser(os.fspath(where).removeprefix("sqlite:///"))  # noqa: PTH111 - pathlib is slow to import
    return "://" not in path and os.path.exists(path) and not os.access(path, os.W_OK)  # noqa: PTH110


def _with_wide_pages(connection: Any, _: Any) -> None:
    """Let a new file have pages that hold some ten models, not five; one that is there stays as it is."""
    connection.execute("PRAGMA page_size = 8192").close()


def _bound(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return values as a driver takes them, to look for them."""
    return tuple(sought(each) if type(each) is str else each for each in values)
