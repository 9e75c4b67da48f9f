"""Finding a model by any name: the index of all names, and the nearest ones to a name that isn't there."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ai_models._core.model import Model
from ai_models.errors import AmbiguousModelError

Facts = Mapping[str, Any]
"""The record of a model."""

Table = dict[str, list[str]]

How = Literal["id", "alias", "name", "provider id", "identified", "snapshot", "case", "role"]

_CUTOFF = 0.72
_LONGEST = 200
_SHORTLIST = 40
_PUNCTUATION = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W_]+")
_SAYS: dict[How, str] = {
    "id": "is an id",
    "alias": "is an alias",
    "name": "is a name",
    "provider id": "is a provider's id",
    "case": "is known in other upper and lower case",
}


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which model a text means: its id, how it was found (`How`), each step as text, and the model itself.

    >>> model = Model("openai/gpt-4o", "openai")
    >>> Resolution("openai/gpt-4o", "alias", ("'4o' is an alias of 'openai/gpt-4o'",), model).how
    'alias'
    """

    id: str
    how: How
    trace: tuple[str, ...]
    model: Model


@dataclass(frozen=True, slots=True)
class Found:
    """What the index says: an id, how it was found, and each step as text."""

    id: str
    how: How
    trace: tuple[str, ...]


class Names(ABC):
    """Which model a text means, out of tables of names: in what order names are tried, whatever the tables are in."""

    def __init__(self) -> None:
        self._known: dict[str, Found] = {}

    @abstractmethod
    def _at(self, table: str, name: str) -> list[str]:
        """Return the ids of the models that have a name of this kind, in the order of the registry."""

    @abstractmethod
    def _record(self, id: str) -> Facts | None:
        """Return the record of an id, `None` if there is none."""

    @abstractmethod
    def _folded(self, text: str) -> list[str]:
        """Return the ids of the models that have a name which is this text in other upper and lower case."""

    @abstractmethod
    def _near(self, wanted: str, text: str) -> Iterable[str]:
        """Return the ids of models that may be near a text; `wanted` is that text without punctuation."""

    def find(self, text: str) -> Found | None:
        """Return the model that a text means, `None` if no name fits; raise `AmbiguousModelError` if several do."""
        known = self._known.get(text)
        if known is not None:
            return known
        found = self._exact(text) or self._identified(text) or self._in_other_case(text)
        if found is not None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[text] = found
        return found

    def knows(self, text: str) -> bool:
        """Return whether a text means one model."""
        try:
            return self.find(text) is not None
        except AmbiguousModelError:
            return False

    def snapshots(self, id: str) -> list[str]:
        """Return the ids of the dated snapshots of a model, the newest first."""
        return sorted(self._at("base", id), key=lambda each: self._facts(each).get("version") or each, reverse=True)

    def suggest(self, text: str, limit: int = 3) -> list[str]:
        """Return the ids with the names nearest to a text, the nearest first; none if nothing is near.

        >>> Index([{"id": "openai/gpt-4o", "provider": "openai"}]).suggest("gtp-4o")
        ['openai/gpt-4o']
        """
        wanted = squash(text[:_LONGEST])
        if not wanted:
            return []
        scored = [(self._likeness(id, wanted), id) for id in self._near(wanted, text) if id != text]
        from heapq import nlargest

        return [id for score, id in nlargest(limit, scored) if score >= _CUTOFF]

    def _facts(self, id: str) -> Facts:
        record = self._record(id)
        return {} if record is None else record

    def _exact(self, text: str) -> Found | None:
        if self._record(text) is not None:
            return Found(text, "id", (f"{text!r} is an id",))
        for how, table in _STEPS:
            ids = self._at(table, text)
            if ids:
                return self._one(text, how, ids)
        ids = [*self._qualified(*text.partition("/")), *self._qualified(*text.partition(":"))]
        return self._one(text, "provider id", ids) if ids else self._newest(text)

    def _qualified(self, provider: str, _: str, wire: str) -> Iterator[str]:
        """Yield the models that a provider has under an id."""
        if not wire:
            return
        for id in (*self._at("wire", wire), wire):
            record = self._record(id)
            if record is not None and (provider, wire) in offers_of(record):
                yield id

    def _one(self, text: str, how: How, ids: list[str]) -> Found:
        """Return the one model of these; of several, the one that its own default provider calls so."""
        several = dict.fromkeys(ids)
        if len(several) == 1:
            return Found(ids[0], how, (f"{text!r} {_SAYS[how]} of {ids[0]!r}",))
        own = [id for id in several if how == "provider id" and self._calls_itself(id, text)]
        if len(own) != 1:
            raise AmbiguousModelError(text, sorted(several))
        others = len(several) - 1
        return Found(own[0], how, (f"{text!r} is the id of {own[0]!r} at its own provider ({others} more at others)",))

    def _calls_itself(self, id: str, wire: str) -> bool:
        record = self._facts(id)
        return bool(record) and (record["provider"], wire) in offers_of(record)

    def _newest(self, text: str, *trace: str) -> Found | None:
        snapshots = self.snapshots(text)
        if not snapshots:
            return None
        known = f"of {text!r} only dated snapshots are known; {snapshots[0]!r} is the newest of {len(snapshots)}"
        return Found(snapshots[0], "snapshot", (*trace, known))

    def _identified(self, text: str) -> Found | None:
        from ai_models._core.identity import identify  # here, because its tables are read from files

        identity = identify("", text)
        if identity.key is None or identity.key == text:
            return None
        trace = f"{text!r} is identified as {identity.key!r} ({identity.confidence})"
        if self._record(identity.key) is not None:
            return Found(identity.key, "identified", (trace, *identity.trace))
        return self._newest(identity.key, trace)

    def _in_other_case(self, text: str) -> Found | None:
        ids = self._folded(text)
        return self._one(text, "case", ids) if ids else None

    def _likeness(self, id: str, wanted: str) -> float:
        return max((_likeness(name, wanted) for name in self._squash(id)), default=0.0)

    def _squash(self, id: str) -> tuple[str, ...]:
        return squashed(self._facts(id))


class Index(Names):
    """Every name of every model in memory, kept in step with a registry.

    >>> index = Index([{"id": "openai/gpt-4o", "provider": "openai", "connector_metadata": {"azure": {"id": "my-4o"}}}])
    >>> index.find("my-4o").id, index.find("azure:my-4o").how, index.find("gpt-4o").how
    ('openai/gpt-4o', 'provider id', 'identified')
    """

    def __init__(self, records: Iterable[Facts]) -> None:
        super().__init__()
        self._records: dict[str, Facts] = {}
        self._tables: dict[str, Table] = {"alias": {}, "name": {}, "wire": {}, "base": {}}
        self._lower: Table | None = None
        self._squashed: dict[str, tuple[str, ...]] = {}
        for record in records:
            self._enter(record)

    def add(self, record: Facts) -> None:
        """Take in the names of a model, in place of those it had."""
        self.remove(record["id"])
        self._enter(record)

    def remove(self, id: str) -> None:
        """Forget the names of a model, if it has any."""
        record = self._records.pop(id, None)
        if record is None:
            return
        self._forget()
        self._squashed.pop(id, None)
        for table, name in named(record):
            ids = self._tables[table][name]
            ids.remove(id)
            if not ids:
                del self._tables[table][name]

    def _enter(self, record: Facts) -> None:
        id = record["id"]
        self._records[id] = record
        self._forget()
        for table, name in named(record):
            self._tables[table].setdefault(name, []).append(id)

    def _forget(self) -> None:
        """Drop what was worked out from the names that there were."""
        self._lower = None
        self._known.clear()

    def _at(self, table: str, name: str) -> list[str]:
        return self._tables[table].get(name, [])

    def _record(self, id: str) -> Facts | None:
        return self._records.get(id)

    def _folded(self, text: str) -> list[str]:
        if self._lower is None:
            self._lower = {}
            for id, record in self._records.items():
                for name in {id.lower(), *(name.lower() for table, name in named(record) if table != "base")}:
                    self._lower.setdefault(name, []).append(id)
        return self._lower.get(text.lower(), [])

    def _near(self, wanted: str, text: str) -> Iterable[str]:
        pairs = {wanted[at : at + 2] for at in range(len(wanted) - 1)} or {wanted}
        from heapq import nlargest

        return nlargest(_SHORTLIST, self._records, key=lambda id: self._overlap(id, pairs))

    def _overlap(self, id: str, pairs: set[str]) -> float:
        return max(sum(pair in name for pair in pairs) / (len(pairs) + len(name)) for name in self._squash(id))

    def _squash(self, id: str) -> tuple[str, ...]:
        if id not in self._squashed:
            self._squashed[id] = super()._squash(id)
        return self._squashed[id]


_MOST_KNOWN = 50_000
"""How many texts an index keeps the meaning of."""

_STEPS: tuple[tuple[How, str], ...] = (("alias", "alias"), ("name", "name"), ("provider id", "wire"))


def named(record: Facts) -> list[tuple[str, str]]:
    """Return every name of a model, but its id, with the table that it belongs to.

    >>> named({"id": "m", "provider": "x", "name": "M", "connector_metadata": {"azure": {"id": "my-m"}}})
    [('name', 'M'), ('wire', 'my-m')]
    """
    names: list[tuple[str, str]] = []
    if "aliases" in record:
        names += [("alias", alias) for alias in record["aliases"] if isinstance(alias, str)]
    if "name" in record:
        names.append(("name", record["name"]))
    if "base" in record:
        names.append(("base", record["base"]))
    id = record["id"]
    for offer in record.get("connector_metadata", {}).values():
        wire = offer.get("id")
        if wire != id and isinstance(wire, str) and ("wire", wire) not in names:
            names.append(("wire", wire))
    return names


def squashed(record: Facts) -> tuple[str, ...]:
    """Return the names by which a model is suggested, in small letters and without punctuation.

    >>> squashed({"id": "openai/gpt-4", "provider": "openai", "aliases": ["four"]})
    ('openaigpt4', 'gpt4', 'four')
    """
    if not record:
        return ()
    others = (name for table, name in named(record) if table in ("alias", "name"))
    names = [record["id"], record["id"].rpartition("/")[2], *others]
    return tuple(dict.fromkeys(squash(name[:_LONGEST]) for name in names))


def offers_of(record: Facts) -> list[tuple[str, str]]:
    """Return the offers of a model, each as provider and id on the wire.

    >>> offers_of({"id": "m", "provider": "x", "connector_metadata": {"azure:eu": {"id": "my-m"}}})
    [('azure', 'my-m'), ('x', 'm')]
    """
    id, own = record["id"], record["provider"]
    offers = record.get("connector_metadata", {})
    pairs = [(key.partition(":")[0], _wire_id(offer) or id) for key, offer in offers.items()]
    return pairs if any(provider == own for provider, _ in pairs) else [*pairs, (own, id)]


def _wire_id(offer: Facts) -> str | None:
    id = offer.get("id")
    return id if isinstance(id, str) else None


def _likeness(name: str, wanted: str) -> float:
    """Return how near a name is, from 0 to 1; one that has what is wanted in it is near, however long it is."""
    from difflib import SequenceMatcher

    least = 0.0
    if len(wanted) > 2 and wanted in name:
        least = (0.8 if name.startswith(wanted) else 0.7) + 0.2 * len(wanted) / len(name)
    return max(least, SequenceMatcher(None, name, wanted).ratio())


def plain_words(text: str) -> list[str]:
    """Return the words of a name, small, between its punctuation.

    >>> plain_words("openai/GPT-4o_mini")
    ['openai', 'gpt', '4o', 'mini']
    """
    return _WORD.findall(text.lower())


def squash(text: str) -> str:
    """Return a text as names are compared: its letters and digits, small.

    >>> squash("Claude Sonnet 4.5"), squash("claude-sonnet-4-5")
    ('claudesonnet45', 'claudesonnet45')
    """
    return _PUNCTUATION.sub("", text.lower())
