"""A call as a row of the ledger, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ai_models.costs.records import Cost, Usage
from ai_models.usage.records import Call
from ai_models.usage.tables import COUNTS, Tables, to_pico

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["call_of", "labels_of", "row_of"]

_OWN = ("id", "when", "model", "provider", "wire", "status", "error", "attempt", "parent", "seconds", "first_token_s")
_MORE = tuple(each.name for each in fields(Usage) if each.name not in COUNTS)


def row_of(call: Call) -> dict[str, Any]:
    """Return the row of a call.

    >>> row_of(Call("1", "2026-11-25T10:00:00Z", "m", "p", usage=Usage(9, 3)))["input_tokens"]
    9
    """
    usage, total = call.usage, call.total
    more = {name: value for name in _MORE if (value := getattr(usage, name))}
    if "units" in more:
        more["units"] = dict(more["units"])
    return {
        **{name: getattr(call, name) for name in _OWN},
        **{name: getattr(usage, name) for name in COUNTS},
        "more": more or None,
        "cost_pico": None if total is None else to_pico(total),
        "cost": None if call.cost is None else call.cost.to_dict(),
        "metadata": dict(call.metadata) or None,
    }


def call_of(row: Mapping[str, Any], names: Mapping[str, list[str]]) -> Call:
    """Return the call of a row, with its tags and groups.

    >>> row = row_of(Call("1", "2026-11-25T10:00:00Z", "m", "p", usage=Usage(9, 3, input_audio_tokens=2)))
    >>> call_of(row, {}).usage.input_audio_tokens
    2
    """
    usage = Usage(**{name: row[name] for name in COUNTS}, **(row["more"] or {}))
    held = row["cost"]
    cost = None
    if held is not None:
        parts = {name: Decimal(amount) for name, amount in held["parts"].items()}
        said = {name: held[name] for name in ("model", "provider", "source", "date", "service")}
        cost = Cost(parts=parts, missing=tuple(held["missing"]), **said)
    return Call(
        **{name: row[name] for name in _OWN},
        usage=usage,
        cost=cost,
        tags=tuple(names.get("tag", ())),
        groups=tuple(names.get("group", ())),
        metadata=row["metadata"] or {},
    )


def labels_of(connection: "Connection", tables: Tables, ids: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """Return the tags and groups of calls by their ids."""
    import sqlalchemy as sa

    table = tables.labels
    found: dict[str, dict[str, list[str]]] = {}
    query = sa.select(table).where(table.c.call.in_(list(ids))).order_by(table.c.name)
    for call, kind, name in connection.execute(query):
        found.setdefault(call, {}).setdefault(kind, []).append(name)
    return found
