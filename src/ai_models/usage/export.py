"""The ledger as a file for other programs, written as it is read: CSV for spreadsheets, JSON Lines for the rest."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ai_models.errors import QueryError
from ai_models.usage.records import Call

__all__ = ["FORMATS", "exported"]

_COLUMNS = (
    *("id", "when", "model", "provider", "wire", "status", "error", "attempt", "parent", "seconds", "first_token_s"),
    *("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens"),
    *("cost", "cost_source", "tags", "groups"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def exported(calls: Iterable[Call], form: str = "json") -> Iterator[str]:
    r"""Yield the lines of a file with calls, as `csv`, or as `json` with one object a line; raise `QueryError` else.

    >>> call = Call("=1+1", "2026-11-25T10:00:00Z", "m", "p")
    >>> [line.partition(",")[0] for line in exported([call], "csv")]
    ['id', "'=1+1"]
    """
    if form not in FORMATS:
        raise QueryError(f"format={form!r}: expected one of {', '.join(FORMATS)}", "format")
    return FORMATS[form](calls)


def _csv(calls: Iterable[Call]) -> Iterator[str]:
    yield _line(_COLUMNS)
    for call in calls:
        data = call.to_dict()
        yield _line([_cell(data.get(name)) for name in _COLUMNS])


def _cell(value: Any) -> str:
    """Return a cell that a spreadsheet takes for text, even if it looks like a formula."""
    text = "" if value is None else " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int | float) else text


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _json(calls: Iterable[Call]) -> Iterator[str]:
    return (f"{json.dumps(call.to_dict())}\n" for call in calls)


FORMATS: dict[str, Callable[[Iterable[Call]], Iterator[str]]] = {"csv": _csv, "json": _json}
"""The forms by name."""
