"""What the ledger is asked: which calls, and what they come to; the database does the adding."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ai_models.changes import start_of
from ai_models.errors import QueryError
from ai_models.usage.records import Total
from ai_models.usage.tables import COUNTS, Tables, from_pico

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, RowMapping, Select

__all__ = ["BY", "select_calls", "totals"]

BY = ("model", "provider", "status", "hour", "day", "month", "tag", "group")
"""What totals can be split by."""

_LENGTHS = {"hour": 13, "day": 10, "month": 7}
_WHICH = ("since", "until", "model", "provider", "status", "tag", "group")
_FINE = 1_000_000


def select_calls(tables: Tables, which: Mapping[str, Any], newest_first: bool) -> "Select[Any]":
    """Return the query for calls, in the order of their times or against it."""
    import sqlalchemy as sa

    calls = tables.calls
    order = [column.desc() if newest_first else column for column in (calls.c.when, calls.c.id)]
    return sa.select(calls).where(*conditions(tables, which)).order_by(*order)


def conditions(tables: Tables, which: Mapping[str, Any]) -> "list[ColumnElement[bool]]":
    """Return what calls must meet, `model` being several ids; raise `QueryError` for a criterion that there isn't."""
    import sqlalchemy as sa

    unknown = [name for name in which if name not in _WHICH]
    if unknown:
        raise QueryError(f"{unknown[0]}: calls have no such criterion; they have {', '.join(_WHICH)}", unknown[0])
    calls, labels = tables.calls, tables.labels
    found: list[ColumnElement[bool]] = []
    for name, value in which.items():
        if value is None:
            continue
        if name == "since":
            found.append(calls.c.when >= start_of(value))
        elif name == "until":
            found.append(calls.c.when < _after(value))
        elif name in ("tag", "group"):
            named = sa.select(labels.c.call).where(labels.c.kind == name, labels.c.name == value)
            found.append(calls.c.id.in_(named))
        elif name == "model":
            found.append(calls.c.model.in_(value) | calls.c.base.in_(value))
        else:
            found.append(calls.c[name] == value)
    return found


def totals(connection: "Connection", tables: Tables, by: Sequence[str], which: Mapping[str, Any]) -> list[Total]:
    """Return what the calls come to for each value of `by`, the dearest first."""
    wrong = [name for name in by if name not in BY]
    if wrong:
        raise QueryError(f"by={wrong[0]!r}: totals are by {', '.join(BY)}", "by")
    rows = connection.execute(_sums(tables, by, which)).mappings()
    found = [_total(row, by) for row in rows if row["calls"]]
    return sorted(found, key=lambda total: (-total.known, -total.calls, *map(str, total.by.values())))


def _sums(tables: Tables, by: Sequence[str], which: Mapping[str, Any]) -> "Select[Any]":
    """Return the query for the sums of each value of `by`."""
    import sqlalchemy as sa

    calls: Any = tables.calls
    source = calls
    keys: list[Any] = []
    for name in by:
        if name in ("tag", "group"):
            labels = tables.labels.alias(name)
            source = source.outerjoin(labels, (labels.c.call == calls.c.id) & (labels.c.kind == name))
            keys.append(labels.c.name.label(f"by_{name}"))
        else:
            length = _LENGTHS.get(name)
            column = calls.c[name] if length is None else sa.func.substr(calls.c.when, 1, length)
            keys.append(column.label(f"by_{name}"))
    billed = (calls.c.status != "failed") | calls.c.output_tokens.is_not(None)
    columns = [
        sa.func.count().label("calls"),
        sa.func.sum(sa.case((calls.c.status == "failed", 1), else_=0)).label("failed"),
        sa.func.sum(sa.case((calls.c.cost_pico.is_(None) & billed, 1), else_=0)).label("unpriced"),
        *(sa.func.coalesce(sa.func.sum(calls.c[name]), 0).label(name) for name in COUNTS),
        sa.func.coalesce(sa.func.sum(calls.c.cost_pico // _FINE), 0).label("coarse"),  # two sums, as one could overflow
        sa.func.coalesce(sa.func.sum(calls.c.cost_pico % _FINE), 0).label("fine"),
    ]
    return sa.select(*keys, *columns).select_from(source).where(*conditions(tables, which)).group_by(*keys)


def _total(row: "RowMapping", by: Sequence[str]) -> Total:
    counts = {name: int(row[name]) for name in ("calls", "failed", "unpriced", *COUNTS)}
    known = from_pico(int(row["coarse"]) * _FINE + int(row["fine"]))
    return Total({name: row[f"by_{name}"] for name in by}, known=known, **counts)


def _after(until: str) -> str:
    """Return the first moment after a day or a time, so that `until` a day takes the whole of it in."""
    try:
        return (date.fromisoformat(until) + timedelta(days=1)).isoformat()
    except ValueError:
        return until + "\uffff"
