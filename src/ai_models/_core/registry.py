"""`ModelRegistry`: the models you know, by any name, as a mapping that can be asked."""

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, MutableMapping, ValuesView
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import islice
from os import PathLike
from typing import Any, Unpack, overload

from ai_models._core import above
from ai_models._core.criteria import Criteria, check_criteria, node_of
from ai_models._core.lookup import How, Index, Names, Resolution
from ai_models._core.model import Model, Offer
from ai_models._core.provenance import mark_changes
from ai_models._core.query import Node, Wanted, parse_query, parse_sort
from ai_models._core.record import merge_values, to_record
from ai_models._core.store import Explanation, Journal, MemoryStore, Store, Totals
from ai_models.errors import AmbiguousModelError, InvalidModelError, ModelNotFoundError, QueryError, StoreError

Sort = str | Iterable[str]

_OWN_NAMES = ("id", "alias", "name")
"""The ways to find a model by a name of its own, which no role may take."""


class ModelRegistry(MutableMapping[str, Model]):
    """Models by id, found by any name that they have: an alias, a name, a provider's id.

    Without a path it is in memory. A model that you get is your own: change it and assign it
    back, or use `edit`. What you write is marked as yours and survives every discovery.

    >>> registry = ModelRegistry()
    >>> registry["gpt-4"] = {"provider": "openai", "context_size": 8192, "aliases": ["four"]}
    >>> registry["four"].id, registry[["gpt-4"]][0].context_size, registry[lambda model: model.is_local]
    ('gpt-4', 8192, [])
    """

    def __init__(
        self,
        storage_path: str | PathLike[str] | None = None,
        *,
        store: MutableMapping[str, Any] | None = None,
    ) -> None:
        if storage_path is not None and store is not None:
            raise StoreError("give a registry a storage_path or a store, not both", str(storage_path))
        self.availability: Callable[[], Callable[[Model], bool]] | None = None
        self.provider_id: Callable[[str], str] = above.provider_id
        self.roles: Callable[[str], Resolution | None] | None = None
        self._store = _opened(store if storage_path is None else storage_path)
        self._index: Index | None = None
        self._indexed = self._store.revision

    @property
    def location(self) -> str | None:
        """Where the registry is kept; `None` for one in memory."""
        return self._store.location

    @property
    def url(self) -> str | None:
        """The URL of the database that the registry is in, with its password, for whoever opens it; else `None`."""
        return self._store.url

    def journal(self, topic: str) -> Journal | None:
        """Return the lines about a topic that are kept in the registry's database; `None` for one that is in none."""
        return self._store.journal(topic)

    @property
    def meta(self) -> MutableMapping[str, Any]:
        """JSON data about the whole registry, kept with it."""
        return self._store.meta

    @property
    def revision(self) -> int:
        """A number that is another one after every change, others' included as far as the store tells."""
        self._store.refresh()
        return self._store.revision

    def __repr__(self) -> str:
        return f"<ModelRegistry {self.location or 'in memory'}: {len(self)} models>"

    @overload
    def __getitem__(self, key: str) -> Model: ...
    @overload
    def __getitem__(self, key: list[str] | tuple[str, ...]) -> list[Model]: ...
    @overload
    def __getitem__(self, key: Callable[[Model], object]) -> list[Model]: ...
    def __getitem__(self, key: str | list[str] | tuple[str, ...] | Callable[[Model], object]) -> Model | list[Model]:
        if isinstance(key, str):
            return self.resolve(key).model
        if callable(key):
            return [model for model in self.values() if key(model)]
        return [self.resolve(each).model for each in key]

    def __setitem__(self, id: str, model: Model | Mapping[str, Any]) -> None:
        new = _as_model(id, model)
        with self._store.lock:
            old = self._store.get(id)
            self._put(new if old is None else mark_changes(old, new, date.today().isoformat()))

    def __delitem__(self, id: str) -> None:
        with self._store.lock:
            if id not in self._store:
                found = self._names.find(id)
                raise ModelNotFoundError(id, [found.id] if found else self.suggest(id))
            self._remove(id)

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str):
            return False
        if key in self._store:
            return True
        with self._store.lock:
            return self._names.knows(key) or self._is_role(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._store)

    def __len__(self) -> int:
        return len(self._store)

    def __ior__(self, other: "Mapping[str, Model] | Iterable[tuple[str, Model]]") -> "ModelRegistry":
        self.update(other)
        return self

    def values(self) -> ValuesView[Model]:
        """Return a view of the models, each of them your own.

        >>> list(ModelRegistry().values())
        []
        """
        return _Values(self)

    def items(self) -> ItemsView[str, Model]:
        """Return a view of ids and models, each model your own."""
        return _Items(self)

    def update(self, *args: Any, **models: Any) -> None:
        """Take in many models at once, with one save; each is as if assigned.

        >>> registry = ModelRegistry()
        >>> registry.update({"a": Model("a", "x"), "b": {"provider": "x"}})
        >>> list(registry)
        ['a', 'b']
        """
        with self.batch():
            super().update(*args, **models)

    def clear(self) -> None:
        """Remove every model, with one save."""
        with self.batch():
            for id in self:
                self._remove(id)

    def resolve(self, text: str) -> Resolution:
        """Return the model that a text means, and how it was found; raise if none or several are meant.

        An exact id comes first, then an alias, a name, a role (`roles`), a provider's id (bare,
        `provider/id` or `provider:id`), the model that identity sees in it, its newest snapshot,
        and last the same in other upper and lower case.

        >>> registry = ModelRegistry()
        >>> registry["openai/gpt-4o"] = Model("openai/gpt-4o", "openai", connector_metadata={"azure": {"id": "my-4o"}})
        >>> found = registry.resolve("azure/my-4o")
        >>> found.id, found.how
        ('openai/gpt-4o', 'provider id')
        """
        with self._store.lock:
            if self._index is None and (model := self._store.get(text)) is not None:  # an id needs no index
                return Resolution(text, "id", (f"{text!r} is an id",), model)
            found = self._names.find(text)
            if found is None or found.how not in _OWN_NAMES:
                meant = None if self.roles is None else self.roles(text)
                if meant is not None:
                    return meant
            if found is None:
                raise ModelNotFoundError(text, self.suggest(text))
            return Resolution(found.id, found.how, found.trace, self._store[found.id])

    def holder(self, name: str, *ways: How) -> str | None:
        """Return the id of a model that has a name in one of these ways; of several the first, `None` if none has.

        >>> registry = ModelRegistry()
        >>> registry["openai/gpt-4o"] = Model("openai/gpt-4o", "openai", aliases=["4o"])
        >>> registry.holder("4o", "alias"), registry.holder("4o", "name")
        ('openai/gpt-4o', None)
        """
        try:
            found = self.resolve(name)
        except ModelNotFoundError:
            return None
        except AmbiguousModelError as error:
            return error.candidates[0]
        return found.id if found.how in ways else None

    def several(self, ids: Iterable[str]) -> dict[str, Model]:
        """Return those of some models that are there, by id; ids alone count, no other names.

        >>> registry = ModelRegistry()
        >>> registry["gpt-4"] = Model("gpt-4", "openai")
        >>> registry.several(["gpt-4", "gpt-5"])
        {'gpt-4': Model(id='gpt-4', provider='openai')}
        """
        with self._store.lock:
            return self._store.several(ids)

    def holders(self, offers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Return whose each of some offers is, by provider and the id there: a model's id, of two the last.

        >>> registry = ModelRegistry()
        >>> registry["gpt-4"] = Model("gpt-4", "openai", connector_metadata={"azure": {"id": "my-gpt4"}})
        >>> registry.holders([("azure", "my-gpt4"), ("openai", "my-gpt4")])
        {('azure', 'my-gpt4'): 'gpt-4'}
        """
        with self._store.lock:
            return self._store.holders(offers)

    def served_by(self, *providers: str) -> Iterator[Model]:
        """Yield the models that any of these providers serves.

        >>> registry = ModelRegistry()
        >>> registry["gpt-4"] = Model("gpt-4", "openai", connector_metadata={"azure": {"id": "my-gpt4"}})
        >>> [model.id for model in registry.served_by("azure")], list(registry.served_by("groq"))
        (['gpt-4'], [])
        """
        return self._store.lend(self._store.served_by(providers))

    def totals(self) -> Totals:
        """Return how many models there are, how many offers of them, and about how many facts sources disagree.

        >>> ModelRegistry().totals()
        Totals(models=0, offers=0, conflicts=0)
        """
        return self._store.totals()

    def suggest(self, text: str, limit: int = 3) -> list[str]:
        """Return the ids whose names are nearest to a text, the nearest first; none if nothing is near.

        >>> registry = ModelRegistry()
        >>> registry["openai/gpt-4o"] = {"provider": "openai"}
        >>> registry.suggest("gpt4")
        ['openai/gpt-4o']
        """
        with self._store.lock:
            return self._names.suggest(text, limit)

    def search(self, text: str, *, limit: int | None = None) -> list[Model]:
        """Return the models that have every word of a text in a name or a provider's id, the best first.

        Upper and lower case and punctuation don't matter, names are ids and aliases, too. One that is
        the text comes before those that begin with it, have a word that does, or have it inside; of
        equals the shortest id comes first.

        >>> registry = ModelRegistry()
        >>> registry.update({id: {"provider": "openai"} for id in ("gpt-4o-mini", "chatgpt-4o-latest", "gpt-4o", "o3")})
        >>> [model.id for model in registry.search("GPT 4o")]
        ['gpt-4o', 'gpt-4o-mini', 'chatgpt-4o-latest']
        """
        from ai_models._core.matching import search_models, words_of

        words = words_of(text)
        if not words:
            return []
        with self._store.lock:
            return list(self._store.lend(search_models(text, self._store.mentioning(words), limit)))

    def offers(self, id: str) -> list[tuple[str, Offer]]:
        """Return all offers of a model and then of its dated snapshots, newest first, each with its model's id.

        >>> registry = ModelRegistry()
        >>> registry["gpt-4"] = {"provider": "openai", "connector_metadata": {"azure": {"id": "my-gpt4"}}}
        >>> [(model_id, offer.key, offer.id) for model_id, offer in registry.offers("gpt-4")]
        [('gpt-4', 'openai', 'gpt-4'), ('gpt-4', 'azure', 'my-gpt4')]
        """
        with self._store.lock:
            model = self.resolve(id).model
            snapshots = [self._store[each] for each in self._names.snapshots(model.id) if each != model.id]
            return [(each.id, offer) for each in (model, *snapshots) for offer in each.offers.values()]

    def find(
        self, query: Mapping[str, Any], *, via: str | None = None, sort: Sort | None = None, limit: int | None = None
    ) -> Iterator[Model]:
        """Yield the models that match a query, each when it is asked for; with `via`, as that provider serves them.

        >>> registry = ModelRegistry()
        >>> registry |= {"a": {"provider": "x", "context_size": 4096}, "b": {"provider": "x"}}
        >>> [model.id for model in registry.find({"context_size": {"$lt": 8000}})]
        ['a']
        """
        return self._chosen(_wanted(parse_query(query), via, sort, limit))

    def explain(
        self, query: Mapping[str, Any], *, via: str | None = None, sort: Sort | None = None, limit: int | None = None
    ) -> Explanation:
        """Return how `find` would answer: what the store's indexes do, and what is filtered and sorted after it.

        >>> print(ModelRegistry().explain({"context_size": {"$gt": 8000}}))
        in memory: context_size > 8000
        """
        return self._store.explain(_wanted(parse_query(query), via, sort, limit))

    def filter(
        self, *, sort: Sort | None = None, limit: int | None = None, **criteria: Unpack[Criteria]
    ) -> list[Model]:
        """Return the models that meet every criterion; those of `Criteria`, and what is unknown meets none.

        >>> registry = ModelRegistry()
        >>> registry["gpt-4"] = Model("gpt-4", "openai", 8192, capabilities={"tools": True}, tags={"production"})
        >>> [model.id for model in registry.filter(provider="openai", capabilities="tools", min_context_size=8000)]
        ['gpt-4']
        >>> registry.filter(capabilities="vision"), registry.filter(max_input_price=1)
        ([], [])
        """
        given = check_criteria(criteria)
        provider = given.get("provider")
        wanted = _wanted(node_of(given), provider and self.provider_id(provider), sort, limit, _free_check(given))
        return list(self._chosen(wanted, self._checks(given)))

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Save all changes of the `with` block at once; an error in it undoes them, in memory too.

        Batches may be nested: the outermost one saves. Other threads wait until it ends.

        >>> registry = ModelRegistry()
        >>> with registry.batch():
        ...     registry["a"] = {"provider": "x"}
        ...     registry["b"] = {"provider": "x"}
        """
        with self._store.transaction():
            yield

    @contextmanager
    def edit(self, id: str) -> Iterator[Model]:
        """Give a model to be changed, and keep the changes when the `with` block ends without an error.

        What others changed in the meantime stays, but for the very facts that you changed.

        >>> registry = ModelRegistry()
        >>> registry["gpt-4"] = Model("gpt-4", "openai")
        >>> with registry.edit("gpt-4") as model:
        ...     model.tags.add("production")
        >>> registry["gpt-4"].tags
        {'production'}
        """
        model = self.resolve(id).model
        before = to_record(model)
        yield model
        with self.batch():
            now = self._store.get(before["id"])
            if now is not None and model.id == now.id:
                model = Model.from_dict(merge_values(before, to_record(model), to_record(now)))
            self[before["id"]] = model

    def write(self, models: Iterable[Model], *, removed: Iterable[str] = ()) -> None:
        """Keep models as discovery makes them, with the provenance that they bring, and remove others: one save.

        >>> registry = ModelRegistry()
        >>> registry.write([Model("m", "x", 4096, provenance={"*": "litellm@2026-11-20"})])
        >>> registry["m"].provenance
        {'*': 'litellm@2026-11-20'}
        """
        with self.batch():
            if self._store.names is not None:  # it keeps them in step itself
                self._store.load(map(to_record, models))
            else:
                for model in models:
                    self._put(model)
            for id in removed:
                if id in self._store:
                    self._remove(id)

    @property
    def _names(self) -> Names:
        """The index of all names, as the store is now: the store's own, if it has one."""
        names = self._store.names
        if names is not None:
            return names
        self._store.refresh()
        if self._index is None or self._indexed != self._store.revision:
            self._index = Index(model._record for model in self._store.peek())
            self._indexed = self._store.revision
        return self._index

    def _is_role(self, name: str) -> bool:
        try:
            return self.roles is not None and self.roles(name) is not None
        except ModelNotFoundError:
            return False

    def _put(self, model: Model) -> None:
        with self._in_step():
            self._store[model.id] = model
            if self._index is not None:
                self._index.add(to_record(model))

    def _remove(self, id: str) -> None:
        with self._in_step():
            del self._store[id]
            if self._index is not None:
                self._index.remove(id)

    @contextmanager
    def _in_step(self) -> Iterator[None]:
        """Let the index follow one change of the store, unless it lags behind already."""
        with self._store.lock:
            if self._indexed != self._store.revision:
                self._index = None
            before = self._store.revision
            yield
            self._indexed = self._store.revision if self._store.revision == before + 1 else -1

    def _chosen(self, wanted: Wanted, checks: Iterable[Callable[[Model], object]] = ()) -> Iterator[Model]:
        every = list(checks)
        if not every:
            return self._store.lend(self._store.select(wanted))
        own = self._store.lend(self._store.select(replace(wanted, limit=None)))
        for check in every:
            own = filter(check, own)
        return own if wanted.limit is None else islice(own, wanted.limit)

    def _checks(self, given: Criteria) -> list[Callable[[Model], object]]:
        """Return the criteria that are asked of each model after the query, one by one."""
        checks: list[Callable[[Model], object]] = []
        available = given.get("available")
        if available is not None:
            if self.availability is None:
                raise QueryError(
                    "available: only a ModelManager knows your keys and servers; or set registry.availability"
                )
            known = self.availability()
            checks.append(known if available else lambda model: not known(model))
        custom = given.get("custom_filter")
        return checks if custom is None else [*checks, custom]


class _Values(ValuesView[Model]):
    """Models, read from the store in one go."""

    _mapping: ModelRegistry

    def __iter__(self) -> Iterator[Model]:
        store = self._mapping._store
        return store.lend(store.peek())


class _Items(ItemsView[str, Model]):
    """Ids and models, read from the store in one go."""

    _mapping: ModelRegistry

    def __iter__(self) -> Iterator[tuple[str, Model]]:
        return ((model.id, model) for model in self._mapping.values())


def _opened(where: Any) -> Store:
    if where is None:
        return MemoryStore()
    return where if isinstance(where, Store) else above.open_store(where)


def _check_limit(limit: Any) -> None:
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        raise QueryError(f"limit={limit!r}: expected a whole number that is not negative", "limit")


def _as_model(id: str, model: Model | Mapping[str, Any]) -> Model:
    """Return what is assigned as a Model of this id."""
    given: Any = Model.from_dict({"id": id, **model}, where=id) if isinstance(model, Mapping) else model
    if not isinstance(given, Model):
        raise InvalidModelError("model", given, "expected a Model or a dict such as {'provider': …}", str(id))
    if given.id != id:
        raise InvalidModelError("id", given.id, f"expected {id!r}, the key that it is assigned to", str(id))
    return given


def _wanted(
    node: Node, via: str | None, sort: Sort | None, limit: int | None, check: Callable[[Model], bool] | None = None
) -> Wanted:
    _check_limit(limit)
    return Wanted(node, via, () if sort is None else parse_sort(sort), limit, check)


def _free_check(given: Criteria) -> Callable[[Model], bool] | None:
    """Return the criterion that is asked of each model, or view of it, beside the query."""
    free = given.get("free")
    return None if free is None else lambda model: model.pricing.free is free


__all__ = ["ModelRegistry"]
