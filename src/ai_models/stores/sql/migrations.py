"""From any older schema to the newest, each step in the one transaction that reads and writes its version."""
# ruff: noqa: S608  # the names of tables are constants

from collections.abc import Callable
from typing import TYPE_CHECKING

from ai_models.database import reading, shown_url, writing
from ai_models.errors import StoreVersionError
from ai_models.stores.sql.tables import STATE, statements

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


def prepare(engine: "Engine") -> None:
    """Make the tables in an empty database, or bring older ones up to date; raise `StoreVersionError` for newer ones.

    >>> import tempfile
    >>> from ai_models.database import open_engine
    >>> engine = open_engine(tempfile.mkdtemp() + "/models.db")
    >>> prepare(engine)
    >>> with reading(engine) as connection:
    ...     version_of(connection)
    1
    >>> engine.dispose()
    """
    with reading(engine) as connection:
        found = version_of(connection)
    _check(found, engine)
    if found == len(MIGRATIONS):
        return
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('ai_models schema'))")
        found = version_of(connection)  # another process may have been first
        _check(found, engine)
        for migrate in MIGRATIONS[found:]:
            migrate(connection)
        connection.exec_driver_sql(f"UPDATE {STATE} SET value = {len(MIGRATIONS)} WHERE name = 'schema'")


def version_of(connection: "Connection") -> int:
    """Return the version of the tables that are there, 0 if there are none."""
    if connection.dialect.name == "sqlite":
        there = connection.exec_driver_sql(f"SELECT 1 FROM sqlite_master WHERE name = '{STATE}'").scalar()
    else:
        there = connection.exec_driver_sql(f"SELECT to_regclass('{STATE}')").scalar()
    if there is None:
        return 0
    return int(connection.exec_driver_sql(f"SELECT value FROM {STATE} WHERE name = 'schema'").scalar_one())


def _check(found: int, engine: "Engine") -> None:
    if found > len(MIGRATIONS):
        where = shown_url(engine.url)
        raise StoreVersionError(
            f"{where} was written by a newer version of ai_models (schema {found}, this one reads up to"
            f" {len(MIGRATIONS)}); upgrade: pip install -U ai-models-registry",
            where,
            found=found,
            supported=len(MIGRATIONS),
        )


def _create(connection: "Connection") -> None:
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"INSERT INTO {STATE} VALUES ('schema', 1), ('revision', 0)")


MIGRATIONS: list[Callable[["Connection"], None]] = [_create]
"""What each version needs to become the next one; the first of them begins with nothing."""
