# ruff: noqa: D102, PT012, S101, TID253  # tests, shipped
"""Conformance suites for stores of your own, and strategies that make models and queries.

>>> from ai_models.base import MemoryStore
>>> class TestMine(StoreTests):
...     def make_store(self):
...         return MemoryStore()
>>> TestMine().test_a_new_store_is_empty()
"""

from abc import ABC, abstractmethod
from collections.abc import MutableMapping
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ai_models._core.model import Model
from ai_models._core.store import Store
from ai_models.errors import InvalidModelError

__all__ = ["StoreMachine", "StoreTests", "models", "queries"]

_IDS = st.sampled_from(["a", "b", "lab/c", "lab/c-2026-01-01", "é:☃", "x.y"])
_COUNTS = st.none() | st.sampled_from([0, 1, 4096, 8192, 128_000]) | st.integers(0, 2**40)
_PRICES = st.sampled_from([0.0, 1e-7, 1e-6, 3.3e-06, 2]) | st.floats(0, 1, allow_nan=False)
_DATES = st.none() | st.sampled_from(["2024", "2025-09", "2025-09-29", "2025-10-01", "2026-01-01", "2026-11-23"])
_WORDS = st.sampled_from(["text", "image", "audio", "production", "group:a", "cheap"])
_CAPABILITIES = st.sampled_from(["tools", "vision", "streaming", "reasoning"])
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def _offers() -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    facts: dict[str, st.SearchStrategy[Any]] = {
        "context_size": st.sampled_from([0, 4096, 128_000]),
        "cost_per_token": st.dictionaries(st.sampled_from(["input", "output"]), _PRICES, max_size=2),
        "capabilities": st.dictionaries(_CAPABILITIES, st.booleans(), max_size=2),
    }
    offer = st.fixed_dictionaries({"id": st.text(min_size=1, max_size=8)}, optional=facts)
    return st.dictionaries(
        st.sampled_from(["openai", "azure", "bedrock:us", "bedrock:eu", "ollama:8b.q4"]), offer, max_size=3
    )


def models(ids: st.SearchStrategy[str] = _IDS) -> st.SearchStrategy[Model]:
    """Return a strategy for models with and without every kind of fact; zero and unknown are both frequent."""
    return st.builds(
        Model,
        ids,
        st.sampled_from(["openai", "ollama", "bedrock"]),
        context_size=_COUNTS,
        is_local=st.booleans(),
        capabilities=st.dictionaries(_CAPABILITIES, st.booleans(), max_size=3),
        cost_per_token=st.dictionaries(st.sampled_from(["input", "output", "cache_read"]), _PRICES, max_size=3),
        tags=st.sets(_WORDS, max_size=3),
        connector_metadata=_offers(),
        custom_metadata=st.dictionaries(st.sampled_from(["notes", "stars", "a.b", ""]), _JSON, max_size=3),
        lab=st.none() | st.sampled_from(["openai", "meta"]),
        input_modalities=st.lists(_WORDS, max_size=3, unique=True),
        max_output_tokens=_COUNTS,
        released=_DATES,
        open_weights=st.none() | st.booleans(),
    )


def queries() -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for valid queries over the facts of `models`."""
    clause = st.one_of(
        _comparisons(["context_size", "max_output_tokens"], st.sampled_from([0, 1, 4096, 8192, 128_000]), ordered=True),
        _comparisons(["cost_per_token.input", "cost_per_token.output"], _PRICES, ordered=True),
        _comparisons(["released"], _DATES.filter(bool), ordered=True),
        _comparisons(["lab", "provider", "id"], st.sampled_from(["openai", "meta", "a"]), ordered=True),
        _comparisons(["is_local", "open_weights", "capabilities.vision", "capabilities.tools"], st.booleans()),
        _comparisons(["tags", "input_modalities"], _WORDS),
    )
    return st.recursive(clause, _joined, max_leaves=6)


def _comparisons(paths: list[str], values: st.SearchStrategy[Any], *, ordered: bool = False) -> st.SearchStrategy[Any]:
    operators = ["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"] if ordered else ["$eq", "$ne"]
    one = st.tuples(st.sampled_from(operators), values)
    several = st.tuples(st.sampled_from(["$in", "$nin"]), st.lists(values, max_size=3))
    exists = st.tuples(st.just("$exists"), st.booleans())
    operand = st.builds(lambda test: dict([test]), one | several | exists)
    negated = operand.map(lambda inner: {"$not": inner})
    return st.builds(lambda path, test: {path: test}, st.sampled_from(paths), operand | negated)


def _joined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.builds(lambda name, nodes: {name: nodes}, st.sampled_from(["$and", "$or", "$nor"]), several) | st.builds(
        lambda node: {"$not": node}, inner
    )


class StoreTests(ABC):
    """What every store must do: implement `make_store`, and `reopen` for one that outlives its process.

    The name of your subclass begins with `Test`, so that pytest collects it.
    """

    @abstractmethod
    def make_store(self) -> Store:
        """Return a new, empty store."""

    def reopen(self, store: Store) -> Store:
        """Return a store on what another one kept."""
        return store

    def test_a_new_store_is_empty(self) -> None:
        store = self.make_store()
        assert (len(store), list(store), "a" in store) == (0, [], False)

    def test_what_is_stored_comes_back_equal_and_zero_is_not_unknown(self) -> None:
        store = self.make_store()
        free = Model("free", "x", 0, cost_per_token={"input": 0.0}, capabilities={"tools": False}, tags={"a", "b"})
        store["free"], store["unknown"] = free, Model("unknown", "x")
        again = self.reopen(store)
        assert again["free"] == free
        assert again["unknown"].context_size is None
        assert again["unknown"].cost_per_token == {}

    def test_a_model_that_was_given_or_got_shares_nothing_with_the_store(self) -> None:
        store = self.make_store()
        given = Model(
            "a", "x", capabilities={"tools": True}, connector_metadata={"x": {"id": "a", "kwargs": {"k": [1]}}}
        )
        store["a"] = given
        given.capabilities["vision"] = True
        got = store["a"]
        got.connector_metadata["x"]["kwargs"]["k"].append(2)
        got.context_size = 1
        assert store["a"] == Model(
            "a", "x", capabilities={"tools": True}, connector_metadata={"x": {"id": "a", "kwargs": {"k": [1]}}}
        )

    def test_what_is_missing_raises_key_error(self) -> None:
        store = self.make_store()
        with pytest.raises(KeyError):
            store["nothing"]
        with pytest.raises(KeyError):
            del store["nothing"]

    def test_models_stay_in_the_order_in_which_they_came(self) -> None:
        store = self.make_store()
        for id in ("c", "a", "b"):
            store[id] = Model(id, "x")
        store["a"] = Model("a", "y")
        assert list(self.reopen(store)) == ["c", "a", "b"]
        del store["c"]
        assert [model.provider for model in self.reopen(store).values()] == ["y", "x"]

    def test_a_transaction_is_kept_when_it_ends(self) -> None:
        store = self.make_store()
        store["b"] = Model("b", "x")
        with store.transaction():
            store["a"] = Model("a", "x")
            with store.transaction():
                del store["b"]
            assert list(store) == ["a"]
        assert list(self.reopen(store)) == ["a"]

    def test_an_error_in_a_transaction_undoes_all_of_it(self) -> None:
        store = self.make_store()
        store["a"] = Model("a", "x", 1)
        with pytest.raises(ZeroDivisionError), store.transaction():
            store["a"] = Model("a", "x", 2)
            store["b"] = Model("b", "x")
            raise ZeroDivisionError
        assert list(store) == ["a"]
        assert store["a"].context_size == self.reopen(store)["a"].context_size == 1

    def test_an_error_in_an_inner_transaction_undoes_only_that(self) -> None:
        store = self.make_store()
        with store.transaction():
            store["a"] = Model("a", "x")
            with pytest.raises(ZeroDivisionError), store.transaction():
                del store["a"]
                raise ZeroDivisionError
            assert "a" in store
        assert list(self.reopen(store)) == ["a"]

    def test_a_model_that_json_cannot_hold_is_refused_and_nothing_changes(self) -> None:
        store = self.make_store()
        store["a"] = Model("a", "x", 1)
        with pytest.raises(InvalidModelError):
            store["a"] = Model("a", "x", custom_metadata={"secret": object()})
        with pytest.raises(InvalidModelError):
            store["a"] = Model("a", "x", cost_per_token={"input": float("nan")})
        assert store["a"].context_size == self.reopen(store)["a"].context_size == 1

    @pytest.mark.parametrize("id", ["x" * 10_000, "\x1b[31m\x00<b>&", "a/b:c d'\"\\", "☃é漢", " a "])
    def test_any_text_is_an_id(self, id: str) -> None:
        store = self.make_store()
        store[id] = Model(id, "x")
        assert self.reopen(store)[id] == Model(id, "x")

    def test_the_revision_tells_of_every_change(self) -> None:
        store = self.make_store()
        seen = [store.revision]
        store["a"] = Model("a", "x")
        seen.append(store.revision)
        del store["a"]
        seen.append(store.revision)
        assert len(set(seen)) == 3

    def test_what_is_peeked_at_is_what_is_stored(self) -> None:
        store = self.make_store()
        store["a"], store["b"] = Model("a", "x"), Model("b", "x", 1)
        assert list(store.peek()) == list(store.values()) == list(store.lend(store.peek()))


class StoreMachine(RuleBasedStateMachine):
    """Drives a store and a dict side by side: they must never differ.

    Implement `make_store` and, for one that outlives its process, `reopen`; then
    `TestMine = MyMachine.TestCase` is the test. `ordered` says that the order is a dict's, too.
    """

    ordered = True

    def make_store(self) -> Store:
        """Return a new, empty store."""
        from ai_models._core.store import MemoryStore

        return MemoryStore()

    def reopen(self, store: Store) -> Store:
        """Return a store on what another one kept."""
        return store

    @initialize()
    def start(self) -> None:
        self.store: MutableMapping[str, Model] = self.make_store()
        self.plain: dict[str, Model] = {}

    @rule(model=models())
    def put(self, model: Model) -> None:
        self.store[model.id] = model
        self.plain[model.id] = model

    @rule(id=_IDS)
    def remove(self, id: str) -> None:
        assert (self.store.pop(id, None) is None) == (self.plain.pop(id, None) is None)

    @rule(changes=st.lists(models() | _IDS, max_size=4), fails=st.booleans(), inner=st.booleans())
    def change_together(self, changes: list[Model | str], fails: bool, inner: bool) -> None:
        store: Any = self.store
        after = dict(self.plain)
        try:
            with store.transaction():
                for change in changes:
                    if inner:
                        with store.transaction():
                            _change(store, change)
                    else:
                        _change(store, change)
                    _change(after, change)
                if fails:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            return
        self.plain = after

    @rule()
    def open_again(self) -> None:
        store: Any = self.store
        self.store = self.reopen(store)

    @invariant()
    def they_are_equal(self) -> None:
        store: Any = self.__dict__.get("store")
        if store is None:
            return
        assert dict(store) == self.plain
        assert len(store) == len(self.plain)
        if self.ordered:
            assert list(store) == list(self.plain)
        assert {model.id: model for model in store.peek()} == self.plain


def _change(models: MutableMapping[str, Model], change: Model | str) -> None:
    if isinstance(change, Model):
        models[change.id] = change
    else:
        models.pop(change, None)
