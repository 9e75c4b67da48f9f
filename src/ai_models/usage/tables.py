"""The tables of the ledger and of budgets, made when they are first used; the same in SQLite and PostgreSQL."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ai_models._core.pricing import tidy
from ai_models.database import reported, shown_url, writing
from ai_models.errors import MissingDependencyError, StoreVersionError

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Engine, MetaData, Table

__all__ = ["COUNTS", "Tables", "adding", "from_pico", "ignoring", "lock_budgets", "prepared", "tables", "to_pico"]

SCHEMA = 1
"""The version of these tables; a database of a newer one is refused."""

_PICO = Decimal(1_000_000_000_000)
"""Amounts are whole numbers of this part of a USD: exact, and summed by the database itself."""

_MOST = Decimal(9_000_000)
"""USD that a column holds."""


def to_pico(amount: Decimal) -> int | None:
    """Return USD as a whole number of its million-millionths; `None` for what is no amount, or above 9 million USD.

    >>> to_pico(Decimal("0.0025"))
    2500000000
    """
    if not amount.is_finite() or abs(amount) > _MOST:
        return None
    return int((amount * _PICO).to_integral_value(ROUND_HALF_EVEN))


def from_pico(amount: float | Decimal) -> Decimal:
    """Return USD from its million-millionths, without digits that say nothing.

    >>> from_pico(2_500_000_000)
    Decimal('0.0025')
    """
    return tidy(Decimal(int(amount)) / _PICO)


class Tables(NamedTuple):
    """The tables by what they hold."""

    schema: "Table"
    calls: "Table"
    labels: "Table"
    budgets: "Table"
    spent: "Table"
    reservations: "Table"

    def beyond(self, row: Mapping[str, Any], newest_first: bool) -> "ColumnElement[bool]":
        """Return the condition for the calls that come after one, in the order of their times or against it."""
        import sqlalchemy as sa

        here, there = sa.tuple_(self.calls.c.when, self.calls.c.id), sa.tuple_(row["when"], row["id"])
        return here < there if newest_first else here > there


@cache
def tables() -> Tables:
    """Return the tables; SQLAlchemy is imported here. Raise `MissingDependencyError` where it isn't installed."""
    try:
        import sqlalchemy as sa
    except ImportError:
        raise MissingDependencyError("SQLAlchemy", "sql") from None

    data = sa.MetaData()
    name, version = sa.Column("name", sa.Text, primary_key=True), sa.Column("version", sa.Integer)
    return Tables(sa.Table("ai_models_usage", data, name, version), *_of_calls(data), *_of_budgets(data))


def _of_calls(data: "MetaData") -> "tuple[Table, Table]":
    """Return the tables of calls, and of their tags and groups."""
    import sqlalchemy as sa

    text, count = sa.Text, sa.BigInteger
    moment = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")  # sorts as ISO text does
    calls = sa.Table(
        "usage_calls",
        data,
        sa.Column("id", text, primary_key=True),
        sa.Column("when", moment, nullable=False, index=True),
        sa.Column("model", text, nullable=False, index=True),
        sa.Column("base", text, index=True),
        sa.Column("provider", text, nullable=False),
        sa.Column("wire", text),
        sa.Column("status", text, nullable=False),
        sa.Column("error", text),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("parent", text),
        sa.Column("seconds", sa.Float),
        sa.Column("first_token_s", sa.Float),
        *(sa.Column(name, count) for name in COUNTS),
        sa.Column("more", sa.JSON),
        sa.Column("cost_pico", count),
        sa.Column("cost", sa.JSON),
        sa.Column("metadata", sa.JSON),
    )
    labels = sa.Table(
        "usage_labels",
        data,
        sa.Column("call", text, primary_key=True),
        sa.Column("kind", text, primary_key=True),
        sa.Column("name", text, primary_key=True, index=True),
    )
    return calls, labels


def _of_budgets(data: "MetaData") -> "tuple[Table, Table, Table]":
    """Return the tables of budgets, of what is spent of them, and of what is held for calls that are being made."""
    import sqlalchemy as sa

    text = sa.Text
    amount = sa.BigInteger().with_variant(sa.Numeric(38, 0), "postgresql")  # sums may outgrow the former
    budgets = sa.Table(
        "usage_budgets",
        data,
        sa.Column("name", text, primary_key=True),
        sa.Column("limit_pico", amount, nullable=False),
        sa.Column("rules", sa.JSON, nullable=False),
    )
    spent = sa.Table(
        "usage_spent",
        data,
        sa.Column("budget", text, primary_key=True),
        sa.Column("since", text, primary_key=True),
        sa.Column("pico", amount, nullable=False),
        sa.Column("unpriced", sa.BigInteger, nullable=False),
    )
    reservations = sa.Table(
        "usage_reservations",
        data,
        sa.Column("id", text, primary_key=True),
        sa.Column("budget", text, nullable=False, index=True),
        sa.Column("pico", amount, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )
    return budgets, spent, reservations


COUNTS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens")
"""The counts of a usage that have a column of their own; the others are kept as JSON."""


def prepared(engine: "Engine") -> Tables:
    """Return the tables, made in this database if they aren't there; raise `StoreVersionError` for newer ones.

    >>> import tempfile
    >>> from ai_models.database import open_engine
    >>> engine = open_engine(tempfile.mkdtemp() + "/usage.db")
    >>> prepared(engine).calls.name
    'usage_calls'
    >>> engine.dispose()
    """
    import sqlalchemy as sa

    made = tables()
    with reported(engine.url):
        if not sa.inspect(engine).has_table(made.schema.name):
            with writing(engine) as connection:
                _make(connection, made)
        with engine.connect() as connection:
            found = connection.execute(sa.select(made.schema.c.version)).scalar_one()
    if found > SCHEMA:
        where = shown_url(engine.url)
        raise StoreVersionError(
            f"{where} was written by a newer version of ai_models (schema {found}, this one reads up to {SCHEMA});"
            " upgrade: pip install -U ai-models-registry",
            where,
            found=found,
            supported=SCHEMA,
        )
    return made


def _make(connection: "Connection", made: Tables) -> None:
    import sqlalchemy as sa

    if connection.dialect.name == "postgresql":  # two processes that begin at once make them one after the other
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('ai_models_usage'))"))
    made.schema.metadata.create_all(connection)
    ignoring(connection, made.schema, [{"name": "schema", "version": SCHEMA}])


def ignoring(connection: "Connection", table: "Table", rows: Sequence[Mapping[str, Any]]) -> set[Any]:
    """Insert rows, but for those that are there already, and return the first keys of the new ones."""
    if not rows:
        return set()
    statement = _insert(connection, table).on_conflict_do_nothing().returning(next(iter(table.primary_key)))
    return set(connection.execute(statement, rows).scalars())


def adding(connection: "Connection", table: "Table", rows: Sequence[Mapping[str, Any]], counts: Sequence[str]) -> None:
    """Insert rows, or add their counts to those of the rows that are there."""
    for row in rows:
        statement = _insert(connection, table).values(row)
        sums = {name: table.c[name] + statement.excluded[name] for name in counts}
        connection.execute(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums))


def lock_budgets(connection: "Connection", *, alone: bool = False) -> None:
    """Let calls be written side by side, but not while budgets are being set; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        shared = "" if alone else "_shared"
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{shared}(hashtext('ai_models budgets'))")


def _insert(connection: "Connection", table: "Table") -> Any:
    from importlib import import_module

    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)
