"""What changed, when, and who said so: the log that every discovery appends to."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Literal, NamedTuple

from ai_models._core.model import FIELDS, OFFER_BOUND, SERVED_FIELDS, Model, Offer, leaf_paths
from ai_models._core.scores import changed_scores
from ai_models._core.store import Journal
from ai_models.errors import QueryError, StoreError
from ai_models.stores.file_io import append_lines

ChangeKind = Literal["added", "changed", "gone", "returned", "removed"]

_OF_THE_MODEL = ("provider", "is_local", "lab", "version", "base", "aliases")
"""Fields that no offer states for itself."""
_SERVED = SERVED_FIELDS - {"version", "benchmarks"}
_MARKS = frozenset({"id", "listed", "gone", "is_local"})


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a discovery found to be different: `when` is a UTC time, `old` and `new` are values at `path`.

    `offers` are the offers that it is about, each key with its id on the wire; without any it
    is about the model itself, or all its offers. `since` is the day from which `old` was known.

    >>> str(Change("2026-11-23T10:00:00Z", "changed", "openai/gpt-4o", "context_size", 8192, 128000, "openai"))
    '2026-11-23 openai/gpt-4o: context_size 8192 → 128000 (openai)'
    >>> str(Change("2026-11-23T10:00:00Z", "gone", "openai/gpt-4o", source="groq", offers={"groq": "gpt-4o"}))
    '2026-11-23 openai/gpt-4o at groq: gone (groq)'
    """

    when: str
    kind: ChangeKind
    id: str
    path: str | None = None
    old: Any = None
    new: Any = None
    source: str | None = None
    offers: Mapping[str, str] = field(default_factory=dict)
    since: str | None = None

    def __str__(self) -> str:
        what = self.kind if self.path is None else f"{self.path} {_shown(self.old)} → {_shown(self.new)}"
        where = f" at {', '.join(self.offers)}" if self.offers else ""
        return f"{self.when[:10]} {self.id}{where}: {what}" + (f" ({self.source})" if self.source else "")

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON-ready data, what is empty left out."""
        return {name: value for name, value in asdict(self).items() if value is not None and value != {}}


def _shown(value: Any) -> str:
    return "unknown" if value is None else str(value)


def compare(old: Model | None, new: Model, when: str) -> list[Change]:
    """Return what is different between two states of one model: of itself, and of it as each provider serves it.

    Where a fact is stored is nothing: only what a provider serves counts, so that another default
    server is one change. What is the same at several offers is one change too.

    >>> old, new = Model("m", "x", 4096), Model("m", "x", 8192)
    >>> [(change.path, change.old, change.new) for change in compare(old, new, "2026-11-23T00:00:00Z")]
    [('context_size', 4096, 8192)]
    """
    if old is None:
        return [Change(when, "added", new.id, source=_source(new, "*"), offers=_ids(new.offers.values()))]
    before, after = _by_wire(old), _by_wire(new)
    return [
        *_changes_of_itself(old, new, when),
        *_changes_of_presence(before, after, new.id, when),
        *_changes_as_served(before, after, new.id, when),
    ]


_Wire = tuple[str, str]
"""Provider and id on the wire: an offer's key may pass to another offer, these can't."""


def _by_wire(model: Model) -> dict[_Wire, Offer]:
    return {(offer.provider, offer.id): offer for offer in model.offers.values()}


def _ids(offers: Iterable[Offer]) -> dict[str, str]:
    return {offer.key: offer.id for offer in offers}


def _changes_of_itself(old: Model, new: Model, when: str) -> Iterator[Change]:
    for name in _OF_THE_MODEL:
        was, is_now = getattr(old, name), getattr(new, name)
        if was != is_now:
            yield Change(when, "changed", new.id, name, was or None, is_now or None, _source(new, name))
    if old.benchmarks != new.benchmarks:
        for source, had, has in changed_scores(old.benchmarks, new.benchmarks):
            yield Change(when, "changed", new.id, "benchmarks", had, has, source)


def _changes_of_presence(
    before: Mapping[_Wire, Offer], after: Mapping[_Wire, Offer], id: str, when: str
) -> Iterator[Change]:
    for wire in dict.fromkeys([*before, *after]):
        was, is_now = before.get(wire), after.get(wire)
        kind: ChangeKind | None = None
        if was is None or is_now is None:
            kind = "added" if was is None else "removed"
        elif bool(was.gone) != bool(is_now.gone):
            kind = "gone" if is_now.gone else "returned"
        if kind is not None:
            yield Change(when, kind, id, source=wire[0], offers=_ids([each for each in (is_now or was,) if each]))


def _changes_as_served(
    before: Mapping[_Wire, Offer], after: Mapping[_Wire, Offer], id: str, when: str
) -> Iterator[Change]:
    moved = _default(before) != _default(after)
    stayed = [(offer, after[wire]) for wire, offer in before.items() if wire in after]
    if not moved and _own_facts(before) == _own_facts(after):
        stayed = [(was, is_now) for was, is_now in stayed if was.facts != is_now.facts]
    found: dict[tuple[str, str], list[tuple[_Difference, Offer, Offer]]] = {}
    old_facts, new_facts = _facts_of_itself(before), _facts_of_itself(after)
    for was, is_now in stayed:
        for each in _differences(_served(was, old_facts), _served(is_now, new_facts)):
            inherited = not (_states(was, each.path) or _states(is_now, each.path))
            if not (moved and inherited):
                found.setdefault((each.path, repr(each[1:])), []).append((each, was, is_now))
    for same in found.values():
        (path, old, new), was, is_now = same[0]
        source, since = _label(is_now if new is not None else was, path)[0], _label(was, path)[1]
        everywhere = len(same) == len(after) and path.partition(".")[0] in _SERVED - OFFER_BOUND
        offers = {} if everywhere else _ids(offer for _, _, offer in same)
        yield Change(when, "changed", id, path, old, new, source, offers, None if old is None else since)


class _Difference(NamedTuple):
    path: str
    old: Any
    new: Any


def _differences(was: Mapping[str, Any], is_now: Mapping[str, Any]) -> Iterator[_Difference]:
    for path in dict.fromkeys([*leaf_paths(was), *leaf_paths(is_now)]):
        old, new = _at(was, path), _at(is_now, path)
        if old != new:
            yield _Difference(path, old, new)


def _default(offers: Mapping[_Wire, Offer]) -> _Wire | None:
    return next((wire for wire, offer in offers.items() if offer.is_default), None)


def _own_facts(offers: Mapping[_Wire, Offer]) -> list[Any]:
    """Return what every offer of a model may have from it."""
    return [getattr(offer.model, name) for offer in islice(offers.values(), 1) for name in sorted(_SERVED)]


def _facts_of_itself(offers: Mapping[_Wire, Offer]) -> dict[str, Any]:
    """Return the facts of the model that these are offers of."""
    model = next(iter(offers.values())).model if offers else None
    return {name: getattr(model, name) for name in FIELDS if name in _SERVED} if model is not None else {}


def _served(offer: Offer, of_model: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a model as one provider serves it, and what is stated of that offer alone; none is copied."""
    inherited = of_model if offer.is_default else {k: v for k, v in of_model.items() if k not in OFFER_BOUND}
    own = {name: value for name, value in offer.facts.items() if name not in _MARKS}
    facts = {**inherited, **own}
    if "capabilities" in own:
        facts["capabilities"] = {**inherited.get("capabilities", {}), **own["capabilities"]}
    return {name: value for name, value in facts.items() if value is not None and value != [] and value != {}}


def _states(offer: Offer, path: str) -> bool:
    """Return whether a fact is this offer's own, and not one that it has from the default server."""
    return offer.is_default or _at(offer.facts, path) is not None


def _at(data: Mapping[str, Any], path: str) -> Any:
    name, _, part = path.partition(".")
    value = data.get(name)
    return value.get(part) if part and isinstance(value, dict) else value


def _label(offer: Offer, path: str) -> tuple[str | None, str | None]:
    """Return who is believed about a fact of an offer, and since which day."""
    own = _at(offer.facts, path) is not None
    labels = offer.model.provenance_of(f"connector_metadata.{offer.key}.{path}" if own else path)
    source, _, date = (labels or "").partition(" ")[0].partition("@")
    return source or None, date or None


def _source(model: Model, path: str) -> str | None:
    labels = model.provenance_of(path) or next(iter(model.provenance.values()), None)
    return labels.partition(" ")[0].partition("@")[0] if labels else None


class ChangeLog:
    """An append-only list of changes, in a JSON Lines file beside the store, in its database, or in memory.

    >>> log = ChangeLog()
    >>> log.append([Change("2026-11-23T10:00:00Z", "added", "openai/gpt-4o")])
    >>> [change.id for change in log.since("2026-11-01")]
    ['openai/gpt-4o']
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, *, journal: Journal | None = None) -> None:
        self.path = None if path is None else os.path.expanduser(path)  # noqa: PTH111 - pathlib is slow to import
        self.journal = journal
        self._memory: list[Change] = []

    def append(self, changes: Iterable[Change]) -> None:
        """Add changes at the end, all of them in one write; raise `StoreError` if the file can't be written."""
        new = list(changes)
        if self.journal is not None:
            self.journal.append((change.when, json.dumps(change.to_dict())) for change in new)
        elif self.path is None:
            self._memory += new
        elif new:
            try:
                append_lines(self.path, "".join(f"{json.dumps(change.to_dict())}\n" for change in new).encode())
            except OSError as error:
                raise StoreError(
                    f"{self.path} can't be written ({error.strerror}); the registry is saved, its log is not", self.path
                ) from error

    def since(self, when: str | timedelta | None = None) -> Iterator[Change]:
        """Yield the changes since a day or for a span (`2026-11-01`, `7d`, `12h`), oldest first; all without one."""
        start = start_of(when)
        return (change for change in self._since(start) if change.when >= start)

    def __iter__(self) -> Iterator[Change]:
        return self._since("")

    def _since(self, start: str) -> Iterator[Change]:
        yield from self._memory
        if self.journal is not None:
            yield from filter(None, map(_read, self.journal.since(start)))
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


def start_of(when: str | timedelta | None) -> str:
    """Return the first moment, as ISO text, of a day or of a span until now; raise `QueryError` for anything else.

    >>> start_of("2026-11-01"), start_of(None)
    ('2026-11-01', '')
    """
    if when is None:
        return ""
    if isinstance(when, str) and when[-1:] not in _UNITS and when[:4].isdigit() and len(when) >= 4:
        return when
    try:
        span = parse_span(when)
    except QueryError:
        raise QueryError(
            f"since={when!r}: expected a span such as '7d', '12h', '2w', or a day such as '2026-11-01'", "since"
        ) from None
    return (datetime.now(UTC) - span).isoformat(timespec="seconds").replace("+00:00", "Z")


_UNITS = {"h": 1, "d": 24, "w": 168}


def parse_span(text: str | timedelta) -> timedelta:
    """Return a span of time from hours, days or weeks; raise `QueryError` for anything else.

    >>> parse_span("90d") == timedelta(days=90), parse_span("2w") == timedelta(weeks=2)
    (True, True)
    """
    if isinstance(text, timedelta):
        return text
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdigit() and len(number) < 6 and unit in _UNITS):
        raise QueryError(f"{text!r} is no span of time; expected one such as '90d', '12h', '2w'", "span")
    return timedelta(hours=int(number) * _UNITS[unit])


def utc_now() -> str:
    """Return the time now, in UTC to the second, as ISO text."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
