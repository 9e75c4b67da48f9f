"""What a registry stands on: the `Store` interface, and the store that keeps its models in memory."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, NamedTuple, Protocol

from ai_models._core.lookup import Facts, Names, offers_of
from ai_models._core.model import Model, deep_copy
from ai_models._core.query.nodes import And, Node
from ai_models._core.query.wanted import Wanted, shown
from ai_models._core.record import Record, checked_record, lend, to_record
from ai_models.errors import StoreError


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a store answers: what it looks up (`None`: nothing), what is filtered after it, and where it is sorted.

    >>> from ai_models._core.query.parse import parse_query
    >>> print(Explanation(None, parse_query({"lab": "mistral"})))
    in memory: lab = 'mistral'
    """

    looked_up: Node | None
    filtered: Node | None
    sorted_after: bool = False
    statement: str | None = None
    """What is asked of the database, without its values; `None` if there is none."""

    def __str__(self) -> str:
        lines = [] if self.statement is None else [f"by the database: {_shown(self.looked_up)}"]
        if self.filtered is not None or not lines:
            lines.append(f"in memory: {_shown(self.filtered)}")
        return "\n".join([*lines, "sorted in memory"] if self.sorted_after else lines)


def _shown(node: Node | None) -> str:
    return shown(And(()) if node is None else node)


class Totals(NamedTuple):
    """How many models there are, how many offers of them, and about how many facts sources disagree."""

    models: int = 0
    offers: int = 0
    conflicts: int = 0


def sum_of(records: Iterable[Facts]) -> Totals:
    """Return how much the models of some records are together.

    >>> sum_of([{"id": "m", "provider": "x", "connector_metadata": {"x": {}, "azure": {}}}])
    Totals(models=1, offers=2, conflicts=0)
    """
    models = offers = conflicts = 0
    for record in records:
        models += 1
        offers += len(offers_of(record))
        conflicts += len(record.get("conflicts", ()))
    return Totals(models, offers, conflicts)


class Journal(Protocol):
    """Lines of text about one topic, each with its time, that a store keeps beside its models."""

    def append(self, lines: Iterable[tuple[str, str]]) -> None:
        """Add lines at the end, each after its time as ISO text, all of them or none."""

    def since(self, when: str = "") -> Iterator[str]:
        """Yield the lines of a time and after it, in the order in which they came."""

    def thin(self, kind: Callable[[str], str | None], newest: int) -> None:
        """Keep so many of the newest lines of each kind, and none whose kind is `None`."""


class Store(MutableMapping[str, Model]):
    """Where a registry keeps its models: a mapping of which every look-up gives a model of your own.

    `location` says where it is (`None`: in memory), `url` by which URL a database is opened, `meta`
    holds JSON data about the whole, `revision` counts changes, and what happens inside a
    `transaction` is kept together or not at all.
    """

    location: str | None = None
    url: str | None = None
    revision: int = 0
    lock: AbstractContextManager[Any]
    meta: MutableMapping[str, Any]

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Keep all changes until the end of the `with` block together; an error in it undoes them."""

    def refresh(self) -> None:
        """Take note of what others wrote; `revision` is then another one."""

    @property
    def names(self) -> Names | None:
        """The store's own index of names; `None`: the registry keeps one."""
        return None

    def load(self, records: Iterable[Record]) -> None:
        """Keep the models of many records, as `to_record` gives them, in one transaction."""
        with self.transaction():
            for record in records:
                self[record["id"]] = Model.on_record(record)

    def select(self, wanted: Wanted) -> Iterator[Model]:
        """Yield the models that are wanted, to be looked at as those of `peek` are."""
        return wanted.out_of(self.peek)

    def mentioning(self, words: Sequence[str]) -> Iterable[Model]:
        """Return all models that some words, small letters and digits, may be found in; and any others."""
        return self.peek()

    def several(self, ids: Iterable[str]) -> dict[str, Model]:
        """Return those of some models that are there, by id."""
        return {id: self[id] for id in dict.fromkeys(ids) if id in self}

    def holders(self, offers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Return whose each of some offers is, by provider and id on the wire: a model's id, of two the last."""
        asked = set(offers)
        records = map(to_record, self.peek())
        return {offer: record["id"] for record in records for offer in offers_of(record) if offer in asked}

    def served_by(self, providers: Iterable[str]) -> Iterator[Model]:
        """Yield the models that any of some providers serves, to be looked at as those of `peek` are."""
        asked = set(providers)
        return (each for each in self.peek() if any(provider in asked for provider, _ in offers_of(to_record(each))))

    def totals(self) -> Totals:
        """Return how much there is."""
        return sum_of(map(to_record, self.peek()))

    def explain(self, wanted: Wanted) -> Explanation:
        """Return how `select` answers."""
        return Explanation(None, wanted.node, sorted_after=bool(wanted.sort))

    def journal(self, topic: str) -> Journal | None:
        """Return the lines about a topic that are kept here; `None` if that is a matter of files."""
        return None

    def peek(self) -> Iterable[Model]:
        """Return every model to be looked at, not to be changed or given away."""
        return self.values()

    def lend(self, models: Iterable[Model]) -> Iterator[Model]:
        """Yield models of your own for those that `peek` gave."""
        return iter(models)


@dataclass(slots=True)
class Work:
    """An open transaction: what was there before it, and each change in turn as id, old and new record."""

    rows: dict[str, Record]
    meta: dict[str, Any]
    journal: list[tuple[str, Record | None, Record | None]] = field(default_factory=list)

    @property
    def changes(self) -> dict[str, tuple[Record | None, Record | None]]:
        """Each changed id with its record before and after the transaction."""
        changes: dict[str, tuple[Record | None, Record | None]] = {}
        for id, old, new in self.journal:
            changes[id] = (changes[id][0] if id in changes else old, new)
        return changes


class MemoryStore(Store):
    """Models in memory, from records that become Models when they are first looked at.

    >>> store = MemoryStore({"gpt-4": {"provider": "openai", "context_size": 8192}})
    >>> store["gpt-4"].context_size
    8192
    >>> store["gpt-4"].context_size = 0
    >>> store["gpt-4"].context_size
    8192
    """

    def __init__(
        self,
        records: Mapping[str, Record] | None = None,
        *,
        meta: Mapping[str, Any] | None = None,
        location: str | None = None,
        read_only: bool = False,
    ) -> None:
        self.location = location
        self.read_only = read_only
        self.revision = 0
        self.lock = RLock()
        self.meta = Meta(self)
        self._rows: dict[str, Any] = dict(records or {})
        self._meta: dict[str, Any] = dict(meta or {})
        self._seen: dict[str, Model] = {}
        self._all: list[Model] | None = None
        self._work: Work | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.location or 'in memory'}: {len(self)} models>"

    def __getitem__(self, id: str) -> Model:
        with self.lock:
            self.refresh()
            return Model.on_record(self._look(id)._record)

    def __setitem__(self, id: str, model: Model) -> None:
        self._put(id, to_record(model))

    def __delitem__(self, id: str) -> None:
        with self.lock:
            self.refresh()
            if id not in self._rows:
                raise KeyError(id)
            self._put(id, None)

    def __contains__(self, id: object) -> bool:
        with self.lock:
            self.refresh()
            return id in self._rows

    def __iter__(self) -> Iterator[str]:
        with self.lock:
            self.refresh()
            return iter(list(self._rows))

    def __len__(self) -> int:
        with self.lock:
            self.refresh()
            return len(self._rows)

    def peek(self) -> Iterable[Model]:
        """Return every model to be looked at, not to be changed or given away."""
        with self.lock:
            self.refresh()
            if self._all is not None:
                return self._all
            return self._look_at_all(list(self._rows), self.revision)

    def lend(self, models: Iterable[Model]) -> Iterator[Model]:
        """Yield models of your own for those that `peek` gave."""
        return lend(models)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes until the end of the `with` block together; an error in it undoes them.

        >>> store = MemoryStore()
        >>> with store.transaction():
        ...     store["a"] = Model("a", "x")
        >>> list(store)
        ['a']
        """
        with self.lock:
            if self._work is not None:
                yield from self._inner(self._work)
                return
            self.refresh()
            self._work = work = Work(dict(self._rows), self._meta)
            try:
                yield
                if work.journal or self._meta is not work.meta:
                    self._commit(work)
            except BaseException:
                self._undo(work, 0, work.meta)
                raise
            finally:
                self._work = None

    def _inner(self, work: Work) -> Iterator[None]:
        mark, meta = len(work.journal), self._meta
        try:
            yield
        except BaseException:
            self._undo(work, mark, meta)
            raise

    def _commit(self, work: Work) -> None:
        """Keep what a transaction changed; in memory it already is."""

    def _undo(self, work: Work, mark: int, meta: dict[str, Any]) -> None:
        """Go back to where the transaction was when its journal had `mark` entries."""
        del work.journal[mark:]
        self._rows, self._meta = dict(work.rows), meta
        for id, _, new in work.journal:
            self._apply(id, new)
        self._forget()

    def _apply(self, id: str, record: Record | None) -> None:
        if record is None:
            del self._rows[id]
        else:
            self._rows[id] = record

    def _forget(self) -> None:
        self._seen, self._all = {}, None
        self.revision += 1

    def _row(self, id: str) -> Record:
        """Return the record of an id, unchecked."""
        row: Record = self._rows[id]
        return row

    def _look(self, id: str) -> Model:
        model = self._seen.get(id)
        if model is None:
            record = checked_record(id, self._row(id), self.location or "")
            model = self._seen[id] = Model.on_record(record)
        return model

    def _look_at_all(self, ids: list[str], revision: int) -> Iterator[Model]:
        found = []
        for id in ids:
            with self.lock:
                if id not in self._rows:
                    continue
                model = self._look(id)
            found.append(model)
            yield model
        with self.lock:
            if revision == self.revision:
                self._all = found

    def _check_writable(self) -> None:
        if self.read_only:
            where = self.location or "this registry"
            raise StoreError(f"{where} is read-only; copy what you need: models[id] = model", self.location or "")

    def _put(self, id: str, record: Record | None) -> None:
        with self.lock:
            self._check_writable()
            old = self._row(id) if id in self._rows else None
            if self._work is not None:
                self._work.journal.append((id, old, record))
            self._apply(id, record)
            self._seen.pop(id, None)
            if record is not None:
                self._seen[id] = Model.on_record(record)
            self._all = None
            self.revision += 1


class Meta(MutableMapping[str, Any]):
    """JSON data about a whole store, kept with it.

    >>> store = MemoryStore()
    >>> store.meta["sources"] = {"openrouter": "2026-11-23"}
    >>> dict(store.meta)
    {'sources': {'openrouter': '2026-11-23'}}
    """

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def _data(self) -> dict[str, Any]:
        with self._store.lock:
            self._store.refresh()
            return self._store._meta

    def __getitem__(self, name: str) -> Any:
        return deep_copy(self._data()[name])

    def __setitem__(self, name: str, value: Any) -> None:
        with self._store.transaction():
            self._store._check_writable()
            self._store._meta = {**self._store._meta, name: deep_copy(value)}

    def __delitem__(self, name: str) -> None:
        with self._store.transaction():
            self._store._check_writable()
            self._store._meta = {key: value for key, value in self._store._meta.items() if key != name}

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._data()))

    def __len__(self) -> int:
        return len(self._data())
