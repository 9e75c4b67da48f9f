"""One way to open a database, SQLite or PostgreSQL, for all that is kept in tables."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import finalize

from ai_models.errors import MissingDependencyError, StoreBusyError, StoreError, printable

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.exc import DBAPIError

__all__ = ["close_with", "open_engine", "reading", "reported", "shown_url", "writing"]

BUSY_S = 30
"""How long a writer waits for another one, in seconds."""

_WRITES = "ai_models_writes"
_BUSY = ("database is locked", "lock timeout", "could not obtain lock")
_READ_ONLY = ("readonly database", "permission denied", "read-only transaction")
_AWAY = ("connection failed", "connection is", "connection to server", "terminating connection", "server closed")


def open_engine(where: str | os.PathLike[str], *, read_only: bool = False) -> "Engine":
    """Return the engine of a database: a URL (`sqlite:///…`, `postgresql+psycopg://…`) or the path of a SQLite file.

    Nothing is dialled or made before it is used, but the directories of a SQLite file. A SQLite
    file is in WAL mode: many read while one writes, and each commit survives a kill. Raise
    `StoreError` for a URL that can't be read, `MissingDependencyError` naming the extra.

    >>> import tempfile
    >>> engine = open_engine(tempfile.mkdtemp() + "/usage.db")
    >>> engine.dialect.name
    'sqlite'
    """
    try:
        import sqlalchemy
    except ImportError:
        raise MissingDependencyError("SQLAlchemy", "sql") from None
    url = _parsed(os.fspath(where))
    if url.get_backend_name() == "sqlite":
        return _sqlite(sqlalchemy, url, read_only)
    if url.get_backend_name() != "postgresql":
        raise StoreError(f"{shown_url(url)}: only sqlite and postgresql databases are supported", shown_url(url))
    try:
        return sqlalchemy.create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10, "application_name": "ai_models"},
            execution_options={"postgresql_readonly": True} if read_only else {},
        )
    except ImportError:
        raise MissingDependencyError("psycopg", "postgres") from None


def close_with(owner: object, engine: "Engine") -> None:
    """Close an engine's connections when its owner is no more; in a forked process those of the parent stay open.

    >>> engine = open_engine(":memory:")
    >>> close_with(type("Owner", (), {})(), engine)
    """
    finalize(owner, _close, engine, os.getpid())


def _close(engine: "Engine", process: int) -> None:
    engine.dispose(close=os.getpid() == process)


def shown_url(url: "URL | str") -> str:
    """Return a database's URL without its password, which may also stand in the query.

    >>> shown_url("postgresql+psycopg://me:secret@host/db?sslpassword=x")
    'postgresql+psycopg://me:***@host/db'
    """
    return _parsed(url).set(query={}).render_as_string(hide_password=True)


@contextmanager
def reading(engine: "Engine") -> "Iterator[Connection]":
    """Give a connection that sees the database as it is at its first query, until the block ends.

    >>> import tempfile
    >>> engine = open_engine(tempfile.mkdtemp() + "/usage.db")
    >>> with reading(engine) as connection:
    ...     connection.exec_driver_sql("SELECT 1").scalar_one()
    1
    >>> engine.dispose()
    """
    with reported(engine.url), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: "Engine") -> "Iterator[Connection]":
    """Give a connection whose changes are committed when the block ends, or undone by an error in it.

    SQLite takes its lock at the start: two writers wait for each other, none fails half-way.

    >>> import tempfile
    >>> engine = open_engine(tempfile.mkdtemp() + "/usage.db")
    >>> with writing(engine) as connection:
    ...     _ = connection.exec_driver_sql("CREATE TABLE calls (id TEXT PRIMARY KEY)")
    >>> engine.dispose()
    """
    options = {_WRITES: True}
    with reported(engine.url), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def reported(url: "URL") -> Iterator[None]:
    """Turn a database's errors into `StoreError`, or `StoreBusyError` where it is only busy, without a password."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        yield
    except DBAPIError as error:
        raise _refused(error, url) from None
    except SQLAlchemyError as error:
        where = shown_url(url)
        raise StoreError(f"{where}: {_without_password(str(error), url)}", where) from None


def _refused(error: "DBAPIError", url: "URL") -> StoreError:
    """Return the error for what a database, or the way to it, refused."""
    where = shown_url(url)
    cause = _without_password(str(error.orig).strip().partition("\n")[0], url)
    if any(word in cause for word in _BUSY):
        return StoreBusyError(f"{where} is being written by another process for more than {BUSY_S} s; try again", where)
    if any(word in cause for word in _READ_ONLY):
        return StoreError(f"{where} is read-only for you ({cause}); ask whoever owns it for the right to write", where)
    if error.connection_invalidated or any(word in cause for word in _AWAY):
        return StoreError(f"{where} can't be reached ({cause}); is it running? The next look tries again", where)
    if "not a database" in cause:
        return StoreError(f"{where} is no database ({cause}); give another file, or move it away to start anew", where)
    if "unable to open" in cause:
        return StoreError(f"{where} can't be opened ({cause}); is its folder there, and can you write in it?", where)
    return StoreError(f"{where}: {cause}", where)


def _parsed(where: "URL | str") -> "URL":
    from sqlalchemy import URL, make_url
    from sqlalchemy.exc import ArgumentError

    if isinstance(where, URL):
        return where
    if "://" not in where:
        return URL.create("sqlite", database=os.path.expanduser(where))  # noqa: PTH111 - pathlib is slow to import
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):
        scheme = where.partition("://")[0]
        raise StoreError(f"{printable(scheme)}://… is no URL of a database", f"{scheme}://…") from None
    if url.get_backend_name() == "sqlite" and url.database:
        return url.set(database=os.path.expanduser(url.database))  # noqa: PTH111
    return url


def _sqlite(sqlalchemy: Any, url: "URL", read_only: bool) -> "Engine":
    path = url.database
    if path and path != ":memory:":
        if read_only:
            url = url.set(database=f"file:{path}", query={"mode": "ro", "uri": "true"})
        elif parent := os.path.dirname(path):  # noqa: PTH120
            try:
                os.makedirs(parent, exist_ok=True)  # noqa: PTH103
            except OSError as error:
                raise StoreError(f"{path} can't be made ({error.strerror})", path) from None
    options: dict[str, Any] = {"connect_args": {"timeout": BUSY_S}}
    if not path or path == ":memory:":  # one connection for all threads, or each would see a database of its own
        options = {"connect_args": {"check_same_thread": False}, "poolclass": sqlalchemy.StaticPool}
    engine: Engine = sqlalchemy.create_engine(url, **options)

    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # so that SQLAlchemy alone says where a transaction begins
        cursor = connection.cursor()
        if not read_only:
            _patiently(cursor, "PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    sqlalchemy.event.listen(engine, "connect", prepare)
    sqlalchemy.event.listen(engine, "begin", begin)
    return engine


def _patiently(cursor: Any, statement: str) -> None:
    """Execute what SQLite refuses at once, not after its timeout, while another connection opens or closes the file."""
    import sqlite3

    end = time.monotonic() + BUSY_S
    while True:
        try:
            cursor.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
        time.sleep(0.005)


def _without_password(text: str, url: "URL") -> str:
    return text.replace(str(url.password), "***") if url.password else text
