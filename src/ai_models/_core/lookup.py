"""Finding a model by any name: the index of all names, and the nearest ones to a name that isn't there."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest
from typing import Literal

from ai_models._core.identity import identify
from ai_models._core.model import Model
from ai_models.errors import AmbiguousModelError

How = Literal["id", "alias", "name", "provider id", "identified", "snapshot", "case"]

_CUTOFF = 0.65
_LONGEST = 200
_SHORTLIST = 40
_PUNCTUATION = re.compile(r"[\W_]+")
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


class Index:
    """Every name of every model, kept in step with a registry.

    >>> index = Index([Model("openai/gpt-4o", "openai", aliases=["4o"], connector_metadata={"openai": {"id": "gpt-4o"}})])
    >>> index.find("4o").id, index.find("openai:gpt-4o").how, index.find("GPT-4O").how
    ('openai/gpt-4o', 'provider id', 'identified')
    """

    def __init__(self, models: Iterable[Model]) -> None:
        self._tables: dict[str, dict[str, list[str]]] = {}
        self._names: dict[str, list[tuple[str, str]]] = {}
        self._versions: dict[str, str] = {}
        self._squashed: dict[str, tuple[str, ...]] = {}
        for model in models:
            self.add(model)

    def add(self, model: Model) -> None:
        """Take in the names of a model, in place of those it had."""
        self.remove(model.id)
        names = self._names[model.id] = list(_names(model))
        for table, name in names:
            self._tables.setdefault(table, {}).setdefault(name, []).append(model.id)
        if model.base:
            self._versions[model.id] = model.version or model.id

    def remove(self, id: str) -> None:
        """Forget the names of a model, if it has any."""
        for table, name in self._names.pop(id, ()):
            ids = self._tables[table][name]
            ids.remove(id)
            if not ids:
                del self._tables[table][name]
        self._versions.pop(id, None)
        self._squashed.pop(id, None)

    def find(self, text: str) -> Found | None:
        """Return the model that a text means, `None` if no name fits; raise `AmbiguousModelError` if several do."""
        return self._exact(text) or self._identified(text) or self._folded(text)

    def snapshots(self, id: str) -> list[str]:
        """Return the ids of the dated snapshots of a model, the newest first."""
        return sorted(self._at("base", id), key=lambda each: self._versions.get(each, ""), reverse=True)

    def suggest(self, text: str, limit: int = 3) -> list[str]:
        """Return the ids with the names nearest to a text, the nearest first; none if nothing is near.

        >>> Index([Model("openai/gpt-4o", "openai"), Model("ollama/phi", "ollama")]).suggest("gtp-4o")
        ['openai/gpt-4o']
        """
        wanted = _squash(text[:_LONGEST])
        if not wanted:
            return []
        pairs = {wanted[at : at + 2] for at in range(len(wanted) - 1)} or {wanted}
        near = nlargest(_SHORTLIST, self._names, key=lambda id: self._overlap(id, pairs))
        scored = [(self._likeness(id, wanted), id) for id in near if id != text]
        return [id for score, id in nlargest(limit, scored) if score >= _CUTOFF]

    def _at(self, table: str, name: str) -> list[str]:
        return self._tables.get(table, {}).get(name, [])

    def _exact(self, text: str) -> Found | None:
        if text in self._names:
            return Found(text, "id", (f"{text!r} is an id",))
        for how, table in _EXACT:
            ids = self._at(table, text)
            if ids:
                return self._one(text, how, ids)
        provider, colon, rest = text.partition(":")
        ids = self._at("qualified", f"{provider}/{rest}") if colon else []
        return self._one(text, "provider id", ids) if ids else self._newest(text)

    def _one(self, text: str, how: How, ids: list[str]) -> Found:
        """Return the one model of these; of several, the one that its own default provider calls so."""
        if len(ids) == 1 or len(set(ids)) == 1:
            return Found(ids[0], how, (f"{text!r} {_SAYS[how]} of {ids[0]!r}",))
        own = set(self._at("own", text)) if how == "provider id" else set()
        if len(own) != 1:
            raise AmbiguousModelError(text, sorted(set(ids)))
        [id] = own
        others = len(set(ids)) - 1
        return Found(id, how, (f"{text!r} is the id of {id!r} at its own provider ({others} more at others)",))

    def _newest(self, text: str, *trace: str) -> Found | None:
        snapshots = self.snapshots(text)
        if not snapshots:
            return None
        known = f"of {text!r} only dated snapshots are known; {snapshots[0]!r} is the newest of {len(snapshots)}"
        return Found(snapshots[0], "snapshot", (*trace, known))

    def _identified(self, text: str) -> Found | None:
        identity = identify("", text)
        if identity.key is None or identity.key == text:
            return None
        trace = f"{text!r} is identified as {identity.key!r} ({identity.confidence})"
        if identity.key in self._names:
            return Found(identity.key, "identified", (trace, *identity.trace))
        return self._newest(identity.key, trace)

    def _folded(self, text: str) -> Found | None:
        ids = self._at("folded", text.lower())
        return self._one(text, "case", ids) if ids else None

    def _overlap(self, id: str, pairs: set[str]) -> float:
        return max(sum(pair in name for pair in pairs) / (len(pairs) + len(name)) for name in self._squash(id))

    def _likeness(self, id: str, wanted: str) -> float:
        return max(SequenceMatcher(None, name, wanted).ratio() for name in self._squash(id))

    def _squash(self, id: str) -> tuple[str, ...]:
        if id not in self._squashed:
            names = [id, id.rpartition("/")[2], *(name for table, name in self._names[id] if table in ("alias", "name"))]
            self._squashed[id] = tuple(dict.fromkeys(_squash(name[:_LONGEST]) for name in names))
        return self._squashed[id]


_EXACT: tuple[tuple[How, str], ...] = (
    ("alias", "alias"),
    ("name", "name"),
    ("provider id", "wire"),
    ("provider id", "qualified"),
)


def _names(model: Model) -> Iterator[tuple[str, str]]:
    """Yield every name of a model with the table that it belongs to."""
    plain = [("alias", alias) for alias in model.aliases]
    if model.name:
        plain.append(("name", model.name))
    own = model.provider
    offers = {(key.partition(":")[0], str(offer.get("id") or model.id)) for key, offer in model.connector_metadata.items()}
    if not any(provider == own for provider, _ in offers):
        offers.add((own, model.id))
    for wire in {wire for _, wire in offers}:
        plain.append(("wire", wire))
    plain += (("qualified", f"{provider}/{wire}") for provider, wire in offers)
    yield from plain
    for wire in {wire for provider, wire in offers if provider == own}:
        yield "own", wire
    if model.base:
        yield "base", model.base
    for name in {model.id.lower(), *(name.lower() for _, name in plain)}:
        yield "folded", name


def _squash(text: str) -> str:
    return _PUNCTUATION.sub("", text.lower())
