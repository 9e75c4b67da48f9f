# ruff: noqa: PT012  # what an error undoes needs more than one statement
"""Every store the package ships, against the public conformance suite and against a dict."""

import shelve
import tempfile
import threading
from collections.abc import Iterator, MutableMapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings

from ai_models._core.record import merge_values, to_record
from ai_models.base import MemoryStore, Model, ModelRegistry
from ai_models.errors import InvalidModelError, StoreError
from ai_models.stores import JsonStore, MappingStore, open_store
from ai_models.testing.stores import StoreMachine, StoreTests, models

FEW = settings(max_examples=25, stateful_step_count=15, deadline=None)


class TestMemoryStore(StoreTests):
    def make_store(self) -> MemoryStore:
        return MemoryStore()


class TestJsonStore(StoreTests):
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "models.json"

    def make_store(self) -> JsonStore:
        return JsonStore(self.path)

    def reopen(self, store: Any) -> JsonStore:
        return JsonStore(store.path)


class TestMappingOfDicts(StoreTests):
    def make_store(self) -> MappingStore:
        return MappingStore({})

    def reopen(self, store: Any) -> MappingStore:
        return MappingStore(store.mapping)


class TestMappingOfModels(TestMappingOfDicts):
    def make_store(self) -> MappingStore:
        return MappingStore({}, form="model")


class TestMappingOfText(TestMappingOfDicts):
    def make_store(self) -> MappingStore:
        return MappingStore({}, form="text")


class TestMappingOfBytes(TestMappingOfDicts):
    def make_store(self) -> MappingStore:
        return MappingStore({}, form="bytes")


class TestShelf(StoreTests):
    @pytest.fixture(autouse=True)
    def shelves(self, tmp_path: Path) -> Iterator[None]:
        self.path, self.opened = str(tmp_path / "shelf"), list[shelve.Shelf[Any]]()
        yield
        for shelf in self.opened:
            shelf.close()

    def make_store(self) -> MappingStore:
        self.opened.append(shelve.open(self.path))  # noqa: SIM115 - closed by the fixture
        return MappingStore(self.opened[-1])

    def reopen(self, store: Any) -> MappingStore:
        store.mapping.close()
        return self.make_store()

    test_models_stay_in_the_order_in_which_they_came = None  # a shelf has its own
    test_any_text_is_an_id = None  # a key of a shelf is at most as long as its database allows


class TestBucketOfFiles(StoreTests):
    """A mapping of fsspec's, which holds bytes in files, or in a bucket, by name."""

    def make_store(self) -> MappingStore:
        fsspec = pytest.importorskip("fsspec", reason="no mapping of files (pip install fsspec)")
        return MappingStore(Escaped(fsspec.get_mapper(f"memory://{uuid4().hex}")), form="bytes")

    def reopen(self, store: Any) -> MappingStore:
        return MappingStore(store.mapping, form="bytes")

    test_models_stay_in_the_order_in_which_they_came = None  # files are in the order of their names


class Escaped(MutableMapping[str, bytes]):
    """Keys that any file system takes around a mapping that takes only such: what key codecs such as dol's do."""

    def __init__(self, inner: MutableMapping[str, bytes]) -> None:
        self.inner = inner

    def __getitem__(self, id: str) -> bytes:
        return self.inner[id.encode().hex()]

    def __setitem__(self, id: str, value: bytes) -> None:
        self.inner[id.encode().hex()] = value

    def __delitem__(self, id: str) -> None:
        del self.inner[id.encode().hex()]

    def __iter__(self) -> Iterator[str]:
        return (bytes.fromhex(key).decode() for key in self.inner)

    def __len__(self) -> int:
        return len(self.inner)


class MemoryMachine(StoreMachine):
    pass


class JsonMachine(StoreMachine):
    def make_store(self) -> JsonStore:
        self.folder = tempfile.TemporaryDirectory()
        return JsonStore(Path(self.folder.name) / "models.json")

    def reopen(self, store: Any) -> JsonStore:
        return JsonStore(store.path)

    def teardown(self) -> None:
        self.folder.cleanup()


class MappingMachine(StoreMachine):
    ordered = False

    def make_store(self) -> MappingStore:
        return MappingStore({}, form="text")

    def reopen(self, store: Any) -> MappingStore:
        return MappingStore(store.mapping)


TestMemoryMachine = MemoryMachine.TestCase
TestMemoryMachine.settings = FEW
TestJsonMachine = JsonMachine.TestCase
TestJsonMachine.settings = FEW
TestMappingMachine = MappingMachine.TestCase
TestMappingMachine.settings = FEW


def test_a_shelf_keeps_models_as_plain_data(tmp_path: Path) -> None:
    with shelve.open(str(tmp_path / "shelf")) as shelf:
        registry = ModelRegistry(store=shelf)
        registry["gpt-4"] = Model("gpt-4", "openai", tags={"b", "a"})
    with shelve.open(str(tmp_path / "shelf")) as shelf:
        assert shelf["gpt-4"] == {"id": "gpt-4", "provider": "openai", "tags": ["a", "b"]}
        assert ModelRegistry(store=shelf)["gpt-4"].tags == {"a", "b"}


def test_a_mapping_may_hold_each_model_in_its_own_form() -> None:
    mixed = {"a": {"provider": "x"}, "b": '{"provider": "x"}', "c": b'{"provider": "x"}', "d": Model("d", "x")}
    assert [model.id for model in ModelRegistry(store=mixed).filter(provider="x")] == ["a", "b", "c", "d"]


def test_a_mapping_with_a_broken_value_names_the_model() -> None:
    with pytest.raises(InvalidModelError, match="in b: broken JSON"):
        MappingStore({"b": "{"})["b"]


def test_what_others_put_into_a_mapping_is_found_by_any_name() -> None:
    mapping: dict[str, Any] = {}
    registry = ModelRegistry(store=mapping)
    assert "four" not in registry
    mapping["gpt-4"] = {"provider": "openai", "aliases": ["four"]}
    assert registry["four"].id == "gpt-4"


def test_a_failed_batch_on_a_mapping_writes_nothing() -> None:
    mapping: dict[str, Any] = {}
    registry = ModelRegistry(store=mapping)
    with pytest.raises(ZeroDivisionError), registry.batch():
        registry["a"] = {"provider": "x"}
        assert "a" in registry
        raise ZeroDivisionError
    assert mapping == {}
    assert "a" not in registry


def test_a_read_only_store_refuses_every_change() -> None:
    registry = ModelRegistry(store=MemoryStore({"a": {"provider": "x"}}, location="the catalogue", read_only=True))
    with pytest.raises(StoreError, match="the catalogue is read-only"):
        registry["a"] = Model("a", "y")
    with pytest.raises(StoreError, match="read-only"):
        del registry["a"]
    with pytest.raises(StoreError, match="read-only"):
        registry.meta["x"] = 1
    assert registry["a"].provider == "x"


def test_meta_is_kept_with_the_transaction_that_wrote_it() -> None:
    store = MemoryStore()
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.meta["sources"] = {"openrouter": 1}
        raise ZeroDivisionError
    assert dict(store.meta) == {}
    store.meta["sources"] = {"openrouter": 1}
    store.meta["sources"]["openrouter"] = 2
    assert dict(store.meta) == {"sources": {"openrouter": 1}}
    del store.meta["sources"]
    assert len(store.meta) == 0


def test_a_database_that_nobody_opens_is_refused_without_showing_its_password() -> None:
    with pytest.raises(StoreError, match="nobody here opens a registry at 'mysql") as caught:
        open_store("mysql+pymysql://me:secret@host/db")
    assert "secret" not in str(caught.value)


def test_a_package_may_bring_a_store_for_a_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("nowhere", "ai_models.base:MemoryStore", "ai_models.stores")
    chosen = {("ai_models.stores", "nowhere"): [entry]}
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group, name: chosen.get((group, name), []))
    monkeypatch.setattr(EntryPoint, "load", lambda self: lambda url: MemoryStore(location=url))
    assert ModelRegistry("nowhere+fast://here").location == "nowhere+fast://here"
    with pytest.raises(StoreError, match="elsewhere"):
        open_store("elsewhere://here")


@pytest.mark.parametrize("where", ["", 7, None, ["a"]])
def test_what_is_no_place_is_refused(where: Any) -> None:
    with pytest.raises(StoreError, match="expected a path or a mapping"):
        open_store(where)


def test_a_store_is_opened_as_it_is() -> None:
    store = MemoryStore()
    assert open_store(store) is store


def test_rows_become_models_only_when_they_are_looked_at() -> None:
    store = MemoryStore({"good": {"provider": "x"}, "bad": {"provider": "x", "context_size": "big"}})
    assert store["good"].provider == "x"
    with pytest.raises(InvalidModelError, match="context_size='big' in bad"):
        store["bad"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("text", "expected an object"),
        ({"id": "other", "provider": "x"}, "the key that it stands under"),
        ({"provider": 1}, "provider=1"),
        ({"provider": "x", "aliases": [1]}, "aliases=.*expected a list of texts"),
        ({"provider": "x", "benchmarks": ["mmlu"]}, "benchmarks=.*expected a list of objects"),
        ({"provider": "x", "connector_metadata": {"a": {"id": 7}}}, "connector_metadata.a.id=7"),
        ({}, "provider=None"),
        ({"provider": "x", "contxt_size": 1}, "did you mean 'context_size'"),
        ({"provider": "x", "connector_metadata": {"a": []}}, "connector_metadata.a"),
        ({"provider": "x", "connector_metadata": {"a": {"context_size": "1"}}}, "in m via a|via a"),
        ({"provider": "x", "capabilities": ["vision"]}, "expected a mapping"),
    ],
)
def test_a_row_that_is_no_model_says_why(row: Any, message: str) -> None:
    with pytest.raises(InvalidModelError, match=message):
        MemoryStore({"m": row})["m"]


@given(models())
def test_a_record_is_the_model_and_unknown_stays_unknown(model: Model) -> None:
    again = Model.on_record(to_record(model))
    assert again == model
    assert again.to_dict() == model.to_dict()
    assert (again.context_size is None) == (model.context_size is None)
    assert again.copy() == model


def test_threads_that_write_lose_nothing() -> None:
    registry = ModelRegistry()

    def write(number: int) -> None:
        for each in range(20):
            registry[f"{number}-{each}"] = {"provider": "x"}
            assert registry.resolve(f"{number}-{each}").id

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(registry) == 160


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        ({"a": 1}, {"a": 2}, {"a": 3}, {"a": 2}),
        ({"a": 1}, {"a": 1}, {}, {}),
        ({"a": 1}, {}, {"a": 1, "b": 2}, {"b": 2}),
        ({"t": ["x", "y"]}, {"t": ["x"]}, {"t": ["x", "y", "z"]}, {"t": ["x", "z"]}),
        (None, {"a": 1}, {"b": 2}, {"b": 2, "a": 1}),
        ({"d": {"e": 1, "f": 1}}, {"d": {"e": 2, "f": 1}}, {"d": {"e": 1, "f": 2}}, {"d": {"e": 2, "f": 2}}),
    ],
)
def test_two_writers_both_win_where_they_changed_different_things(
    base: Any, mine: Any, theirs: Any, merged: Any
) -> None:
    assert merge_values(base, mine, theirs) == merged
