"""What changed, when, and who said so: the log that every discovery appends to."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from ai_models._core.model import Model, leaf_paths
from ai_models.errors import QueryError

ChangeKind = Literal["added", "changed", "gone", "returned", "removed"]

_UNLOGGED = frozenset({"provenance", "conflicts", "tags", "custom_metadata", "id", "connector_metadata"})
_MARKS = frozenset({"listed", "gone"})


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a discovery found to be different: `when` is a UTC time, `old` and `new` are values at `path`.

    >>> str(Change("2026-11-23T10:00:00Z", "changed", "openai/gpt-4o", "context_size", 8192, 128000, "openai"))
    '2026-11-23 openai/gpt-4o: context_size 8192 → 128000 (openai)'
    """

    when: str
    kind: ChangeKind
    id: str
    path: str | None = None
    old: Any = None
    new: Any = None
    source: str | None = None

    def __str__(self) -> str:
        what = self.kind if self.path is None else f"{self.path} {_shown(self.old)} → {_shown(self.new)}"
        if self.path is not None and self.kind != "changed":
            what = f"{self.kind} at {self.path}"
        return f"{self.when[:10]} {self.id}: {what}" + (f" ({self.source})" if self.source else "")

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON-ready data, what is empty left out."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def _shown(value: Any) -> str:
    return "unknown" if value is None else str(value)


def compare(old: Model | None, new: Model, when: str) -> list[Change]:
    """Return what is different between two states of one model, one change for each fact.

    >>> old, new = Model("m", "x", 4096), Model("m", "x", 8192)
    >>> [(change.path, change.old, change.new) for change in compare(old, new, "2026-11-23T00:00:00Z")]
    [('context_size', 4096, 8192)]
    """
    if old is None:
        return [Change(when, "added", new.id, source=_source(new, "*"))]
    before, after = _offers(old), _offers(new)
    changes = _differences("", _facts(old), _facts(new), new, when)
    for wire in dict.fromkeys([*before, *after]):
        was, is_now = before.get(wire), after.get(wire)
        key, source = (is_now or was or ("", {}))[0], wire[0]
        if was is None or is_now is None:
            changes.append(Change(when, "added" if was is None else "removed", new.id, key, source=source))
            continue
        if ("gone" in was[1]) != ("gone" in is_now[1]):
            changes.append(Change(when, "gone" if "gone" in is_now[1] else "returned", new.id, key, source=source))
        changes += _differences(f"connector_metadata.{key}.", was[1], is_now[1], new, when)
    return changes


def _facts(model: Model) -> dict[str, Any]:
    return {name: value for name, value in model.to_dict().items() if name not in _UNLOGGED}


def _offers(model: Model) -> dict[tuple[str, str], tuple[str, Mapping[str, Any]]]:
    """Return key and facts of each offer by provider and wire id: a key may move to another offer, a wire id can't."""
    return {
        (offer.provider, offer.id): (key, offer.facts)
        for key, offer in model.offers.items()
        if key in model.connector_metadata
    }


def _differences(prefix: str, was: Mapping[str, Any], is_now: Mapping[str, Any], new: Model, when: str) -> list[Change]:
    paths = dict.fromkeys([*leaf_paths(was), *leaf_paths(is_now)])
    pairs = [(path, _at(was, path), _at(is_now, path)) for path in paths if path not in _MARKS]
    return [
        Change(when, "changed", new.id, prefix + path, old, now, _source(new, prefix + path))
        for path, old, now in pairs
        if old != now
    ]


def _at(data: Mapping[str, Any], path: str) -> Any:
    name, _, part = path.partition(".")
    value = data.get(name)
    return value.get(part) if part and isinstance(value, dict) else value


def _source(model: Model, path: str) -> str | None:
    labels = model.provenance_of(path) or next(iter(model.provenance.values()), None)
    return labels.partition(" ")[0].partition("@")[0] if labels else None


class ChangeLog:
    """An append-only list of changes, in a JSON Lines file beside the store or in memory.

    >>> log = ChangeLog()
    >>> log.append([Change("2026-11-23T10:00:00Z", "added", "openai/gpt-4o")])
    >>> [change.id for change in log.since("2026-11-01")]
    ['openai/gpt-4o']
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = None if path is None else os.path.expanduser(path)  # noqa: PTH111 - pathlib is slow to import
        self._memory: list[Change] = []

    def append(self, changes: Iterable[Change]) -> None:
        """Add changes at the end, all of them in one write."""
        new = list(changes)
        if self.path is None:
            self._memory += new
        elif new:
            lines = "".join(json.dumps(change.to_dict(), ensure_ascii=False) + "\n" for change in new)
            os.makedirs(os.path.dirname(self.path) or ".", exist_ok=True)  # noqa: PTH103, PTH120
            with open(self.path, "a", encoding="utf-8") as file:  # noqa: PTH123
                file.write(lines)

    def since(self, when: str | timedelta | None = None) -> Iterator[Change]:
        """Yield the changes since a day or for a span (`2026-11-01`, `7d`, `12h`), oldest first; all without one."""
        start = _start(when)
        return (change for change in self if change.when >= start)

    def __iter__(self) -> Iterator[Change]:
        yield from self._memory
        if self.path is None or not os.path.exists(self.path):  # noqa: PTH110
            return
        with open(self.path, encoding="utf-8") as file:  # noqa: PTH123
            for line in file:
                change = _read(line)
                if change is not None:
                    yield change


def _read(line: str) -> Change | None:
    """Return the change of one line; `None` for the torn line that a killed process may leave."""
    try:
        return Change(**json.loads(line))
    except (ValueError, TypeError):
        return None


def _start(when: str | timedelta | None) -> str:
    if when is None:
        return ""
    if isinstance(when, str) and when[:-1].isdigit() and when[-1:] in _UNITS:
        when = timedelta(hours=int(when[:-1]) * _UNITS[when[-1]])
    if isinstance(when, timedelta):
        return (datetime.now(UTC) - when).isoformat(timespec="seconds").replace("+00:00", "Z")
    if not when[:4].isdigit() or len(when) < 4:
        raise QueryError(
            f"since={when!r}: expected a span such as '7d', '12h', '2w', or a day such as '2026-11-01'", "since"
        )
    return when


_UNITS = {"h": 1, "d": 24, "w": 168}


def utc_now() -> str:
    """Return the time now, in UTC to the second, as ISO text."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
