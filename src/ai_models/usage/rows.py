"""A call as a row of the ledger, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from hashlib import sha256
from math import isfinite
from typing import TYPE_CHECKING, Any

from ai_models.costs.records import Cost, Usage
from ai_models.usage.records import Call
from ai_models.usage.tables import COUNTS, Tables, to_pico

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["call_of", "labels_of", "names_of", "row_of"]

_TEXTS = ("id", "when", "model", "base", "provider", "wire", "status", "error", "parent")
_OWN = (*_TEXTS, "attempt", "seconds", "first_token_s")
_LONGEST = 300
_UNREAL = 10**12
"""So many tokens in one call are no count: they would keep the database from adding them up."""

_MORE = tuple(each.name for each in fields(Usage) if each.name not in COUNTS)


def row_of(call: Call) -> dict[str, Any]:
    """Return the row of a call: whatever a server said, in a form that a database takes.

    >>> row_of(Call("1", "2026-11-25T10:00:00Z", "m", "p", usage=Usage(9, 3)))["input_tokens"]
    9
    """
    usage, total = call.usage, call.total
    cost = call.cost if total is not None or (call.cost and call.cost.missing) else None
    more = {name: value for name in _MORE if (value := getattr(usage, name))}
    if "units" in more:
        more["units"] = {storable(name): count for name, count in more["units"].items() if isfinite(count)}
    return {
        **{name: storable(value) if (value := getattr(call, name)) else value for name in _TEXTS},
        **{name: getattr(call, name) for name in _OWN[len(_TEXTS) :]},
        **{name: value if (value := getattr(usage, name)) is None or value < _UNREAL else None for name in COUNTS},
        "more": more or None,
        "cost_pico": None if total is None else to_pico(total),
        "cost": None if cost is None else cost.to_dict(),
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


def storable(text: str) -> str:
    r"""Return a text that every database takes: without NUL and halves of characters, and of a length for an index.

    >>> storable("a\0b") == "a\ufffdb", len(storable("x" * 5000))
    (True, 301)
    """
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 64]}…{sha256(text.encode('utf-8', 'replace')).hexdigest()}"
    return (
        text
        if text.isascii() and "\0" not in text
        else text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    )


def labels_of(id: str, call: Call) -> list[dict[str, str]]:
    """Return the rows of a call's tags and groups.

    >>> labels_of("1", Call("1", "2026-11-25T10:00:00Z", "m", "p", tags=("job-7",)))
    [{'call': '1', 'kind': 'tag', 'name': 'job-7'}]
    """
    return [
        {"call": id, "kind": kind, "name": name}
        for kind, names in (("tag", call.tags), ("group", call.groups))
        for name in dict.fromkeys(map(storable, names))
    ]


def names_of(connection: "Connection", tables: Tables, ids: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """Return the tags and groups of calls by their ids."""
    import sqlalchemy as sa

    table = tables.labels
    found: dict[str, dict[str, list[str]]] = {}
    query = sa.select(table).where(table.c.call.in_(list(ids))).order_by(table.c.name)
    for call, kind, name in connection.execute(query):
        found.setdefault(call, {}).setdefault(kind, []).append(name)
    return found
