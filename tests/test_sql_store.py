# ruff: noqa: PT012  # what an error undoes needs more than one statement
"""The store in a database, SQLite and PostgreSQL: the public suite, two writers, and what one sees of the other."""

import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings

from ai_models._core.capabilities import CAPABILITIES
from ai_models._core.record import Record, to_record
from ai_models._core.store import Store
from ai_models.base import Model, ModelRegistry
from ai_models.database import open_engine, writing
from ai_models.errors import AmbiguousModelError, InvalidModelError, ModelNotFoundError, StoreError, StoreVersionError
from ai_models.stores import MemoryStore, SqlStore, open_store
from ai_models.stores.sql import migrations, tables
from ai_models.stores.sql.writing import CHUNK
from ai_models.testing.stores import StoreMachine, StoreTests

FEW = settings(max_examples=25, stateful_step_count=15, deadline=None)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, one of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/models.db"
    return str(request.getfixturevalue("postgresql"))


class Opened:
    """Stores of one database, all closed at the end."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.stores: list[SqlStore] = []

    def __call__(self, **options: Any) -> SqlStore:
        self.stores.append(SqlStore(self.url, **options))
        return self.stores[-1]

    def close(self) -> None:
        for store in self.stores:
            store.close()


@pytest.fixture
def opened(url: str) -> Iterator[Opened]:
    """What opens the database, each time as another process would."""
    opened = Opened(url)
    yield opened
    opened.close()


class TestSqlStore(StoreTests):
    @pytest.fixture(autouse=True)
    def database(self, opened: Opened) -> None:
        self.opened = opened

    def make_store(self) -> SqlStore:
        return self.opened()

    def reopen(self, store: Store) -> SqlStore:
        return self.opened()


class SqliteMachine(StoreMachine):
    def make_store(self) -> SqlStore:
        self.folder = tempfile.TemporaryDirectory()
        self.opened = Opened(f"sqlite:///{self.folder.name}/models.db")
        return self.opened()

    def reopen(self, store: Store) -> SqlStore:
        self.opened.close()
        return self.opened()

    def teardown(self) -> None:
        self.opened.close()
        self.folder.cleanup()


TestSqliteMachine = SqliteMachine.TestCase
TestSqliteMachine.settings = FEW


def test_a_postgresql_store_and_a_dict_never_differ(postgresql_server: str) -> None:
    import psycopg
    from hypothesis.stateful import run_state_machine_as_test

    class PostgresMachine(StoreMachine):
        def make_store(self) -> SqlStore:
            self.name = f"machine_{uuid4().hex}"
            with psycopg.connect(postgresql_server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {self.name}")
            self.opened = Opened(postgresql_server.replace("/postgres?", f"/{self.name}?"))
            return self.opened()

        def reopen(self, store: Store) -> SqlStore:
            self.opened.close()
            return self.opened()

        def teardown(self) -> None:
            self.opened.close()
            with psycopg.connect(postgresql_server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {self.name} WITH (FORCE)")

    run_state_machine_as_test(PostgresMachine, settings=settings(FEW, max_examples=10))


def test_two_writers_of_different_models_both_win(opened: Opened) -> None:
    one, other = opened(), opened()
    with one.transaction():
        one["a"] = Model("a", "x")
        other["b"] = Model("b", "x")
    assert list(other) == ["b", "a"]


def test_two_writers_of_different_facts_of_one_model_both_win(opened: Opened) -> None:
    one, other = ModelRegistry(store=opened()), ModelRegistry(store=opened())
    one["m"] = {"provider": "x", "tags": {"old"}}
    with one.batch():
        with one.edit("m") as mine:
            mine.tags.add("mine")
        with other.edit("m") as theirs:
            theirs.tags.add("theirs")
            theirs.custom_metadata["note"] = 1
    assert one["m"].tags == {"old", "mine", "theirs"}
    assert one["m"].custom_metadata == {"note": 1}


def test_what_a_transaction_read_at_its_start_is_what_its_changes_are_joined_to(opened: Opened) -> None:
    one, other = opened(), opened()
    one["m"] = Model("m", "x", tags={"a"})
    with one.transaction():
        [model] = list(one.peek())
        other["m"] = Model("m", "x", tags={"a", "theirs"})
        model.context_size = 4096
        one["m"] = model
    assert (one["m"].tags, one["m"].context_size) == ({"a", "theirs"}, 4096)


def test_two_writers_of_different_keys_of_one_note_both_win(opened: Opened) -> None:
    one, other = opened(), opened()
    one.meta["roles"] = {"old": 1}
    with one.transaction():
        assert dict(one.meta) == {"roles": {"old": 1}}
        other.meta["roles"] = {"old": 1, "theirs": 2}
        one.meta["roles"] = {"old": 1, "mine": 3}
    assert other.meta["roles"] == {"old": 1, "mine": 3, "theirs": 2}
    del one.meta["roles"]
    assert (len(other.meta), "roles" in other.meta) == (0, False)


def test_others_see_a_transaction_whole_or_not_at_all(opened: Opened) -> None:
    one, other = opened(), opened()
    with one.transaction():
        one["a"] = Model("a", "x")
        assert (len(one), len(other)) == (1, 0)
        one["b"] = Model("b", "x")
    assert len(other) == 2


def test_a_stream_gives_one_state_whatever_is_written_meanwhile(opened: Opened) -> None:
    store = opened()
    with store.transaction():
        for number in range(600):
            store[str(number)] = Model(str(number), "x")
    seen = []
    for model in store.peek():
        store[f"{model.id}+"] = Model(f"{model.id}+", "x")
        seen.append(model.id)
    assert (len(seen), len(store)) == (600, 1_200)


def test_the_change_of_another_process_is_seen_at_the_next_look(opened: Opened) -> None:
    registry, other = ModelRegistry(store=opened()), opened()
    registry["a"] = {"provider": "x", "aliases": ["one"]}
    assert registry.resolve("one").id == "a"
    other["a"] = Model("a", "x", aliases=["two"])
    assert "one" not in registry
    assert registry.resolve("two").how == "alias"


def test_names_are_found_as_in_memory(opened: Opened) -> None:
    models = [
        Model(
            "openai/gpt-4o", "openai", aliases=["omni"], name="GPT-4o", connector_metadata={"azure": {"id": "my-4o"}}
        ),
        Model("openai/gpt-4o-2024-11-20", "openai", base="openai/gpt-4o", version="2024-11-20"),
        Model("meta/llama", "groq", connector_metadata={"groq": {"id": "llama"}, "azure": {"id": "same"}}),
        Model("meta/llama-2", "azure", connector_metadata={"azure": {"id": "same"}}),
        Model("Qwen/Big", "hf", connector_metadata={"hf": {"id": "twice"}}),
        Model("qwen/other", "x", aliases=["dup"]),
        Model("qwen/third", "x", aliases=["dup"]),
        Model("only/snap-2026-01-01", "x", base="only/snap", version="2026-01-01"),
    ]
    memory, database = ModelRegistry(), ModelRegistry(store=opened())
    memory.write(models)
    database.write(models)
    for registry in (memory, database):
        registry["odd?"] = {"provider": "x", "aliases": ["strange?"]}
    texts = [
        "odd?",
        "odd\ud800",
        "strange\udfff",
        "omni",
        "OMNI",
        "GPT-4o",
        "my-4o",
        "azure/my-4o",
        "azure:my-4o",
        "same",
        "gpt-4o",
        "qwen/big",
        "QWEN/BIG",
    ]
    for text in [*texts, "only/snap", "openai/gpt-4o", "dup", "DUP", "nothing", "", "a\x00b", "\ud800", "x" * 999, "/"]:
        assert outcome(database, text) == outcome(memory, text)
        assert (text in database) == (text in memory)
    assert database.suggest("gpt-4p")[:2] == memory.suggest("gpt-4p")[:2]
    assert [(id, offer.key) for id, offer in database.offers("openai/gpt-4o")] == [
        (id, offer.key) for id, offer in memory.offers("openai/gpt-4o")
    ]


def outcome(registry: ModelRegistry, text: str) -> Any:
    try:
        found = registry.resolve(text)
    except AmbiguousModelError as error:
        return error.candidates
    except ModelNotFoundError:
        return None
    return found.id, found.how, found.trace


def test_names_are_seen_inside_the_transaction_that_made_them(opened: Opened) -> None:
    registry = ModelRegistry(store=opened())
    with pytest.raises(ZeroDivisionError), registry.batch():
        registry["a"] = {"provider": "x", "aliases": ["one"]}
        assert registry.resolve("one").id == "a"
        assert [model.id for model in registry.find({"aliases": "one"})] == ["a"]
        raise ZeroDivisionError
    assert "one" not in registry


def test_many_models_go_in_and_out_and_their_indexes_with_them(opened: Opened) -> None:
    store = opened()
    every = [Model(f"lab/m-{number}", "x", number, lab="lab", aliases=[f"n{number}"]) for number in range(6_000)]
    with pytest.raises(ZeroDivisionError), store.transaction():
        for model in every:
            store[model.id] = model
        assert len(store) == 6_000
        raise ZeroDivisionError
    assert len(store) == 0
    ModelRegistry(store=store).write(every)
    registry = ModelRegistry(store=opened())
    assert registry["n5999"].context_size == 5999
    assert [model.id for model in registry.find({"lab": "lab"}, sort="-context_size", limit=1)] == ["lab/m-5999"]
    registry.clear()
    assert (len(store), "n5999" in registry, registry.suggest("lab/m-1")) == (0, False, [])


def test_a_capability_keeps_its_bit() -> None:
    assert set(CAPABILITIES) <= set(tables.BITS)
    assert tables.BITS.index("vision") == 28


def test_a_newer_schema_is_refused_and_left_as_it_is(opened: Opened) -> None:
    store = opened()
    store["a"] = Model("a", "x")
    with store.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {tables.STATE} SET value = 99 WHERE name = 'schema'")
    with pytest.raises(StoreVersionError, match=r"newer version of ai_models \(schema 99") as caught:
        len(opened())
    assert caught.value.found == 99


def test_an_older_schema_is_brought_up_to_date_or_left_whole(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened()
    store["a"] = Model("a", "x")

    def fails(connection: Any) -> None:
        connection.exec_driver_sql(f"ALTER TABLE {tables.MODELS} ADD COLUMN extra TEXT")
        raise ZeroDivisionError

    def adds(connection: Any) -> None:
        connection.exec_driver_sql(f"ALTER TABLE {tables.MODELS} ADD COLUMN extra TEXT")

    monkeypatch.setattr(migrations, "MIGRATIONS", [*migrations.MIGRATIONS, fails])
    with pytest.raises(ZeroDivisionError):
        len(opened())
    monkeypatch.setattr(migrations, "MIGRATIONS", [*migrations.MIGRATIONS[:-1], adds])
    assert opened()["a"].provider == "x"
    assert opened().query(f"SELECT extra FROM {tables.MODELS}") == [(None,)]


def test_a_record_that_is_no_model_any_more_says_where(tmp_path: Path) -> None:
    path = tmp_path / "models.db"
    store = SqlStore(path)
    store["a"], store["b"] = Model("a", "x"), Model("b", "x")
    with sqlite3.connect(path) as connection:
        connection.execute(f"""UPDATE {tables.MODELS} SET record = '{{"id": "a", "provider": 1}}' WHERE id = 'a'""")
        connection.execute(f"UPDATE {tables.MODELS} SET record = '{{' WHERE id = 'b'")
    connection.close()
    with pytest.raises(InvalidModelError, match="in a in sqlite:///"):
        store["a"]
    with pytest.raises(StoreError, match=r"broken record .* ai-models store check"):
        store["b"]
    store.close()


def test_a_load_that_has_an_id_again_keeps_the_last_of_it_in_the_place_of_the_first(opened: Opened) -> None:
    store = opened()
    rows = [to_record(Model(f"m{number}", "x", tags={"old"}, base="m")) for number in range(2 * CHUNK)]
    store.load([*rows, to_record(Model("m1", "y"))])
    assert (len(store), list(store)[:3], store["m1"].provider) == (2 * CHUNK, ["m0", "m1", "m2"], "y")
    assert list(store.problems()) == []


def test_a_load_that_fails_leaves_an_empty_database_as_it_was(opened: Opened) -> None:
    store = opened()

    def rows() -> Iterator[Record]:
        yield from (to_record(Model(f"m{number}", "x")) for number in range(2 * CHUNK))
        raise RuntimeError("no more")

    with store.transaction():
        with pytest.raises(RuntimeError, match="no more"):
            store.load(rows())
        store["after"] = Model("after", "x")
    assert list(store) == ["after"]
    assert list(store.problems()) == []


def test_a_load_may_read_what_it_has_written(opened: Opened) -> None:
    store = opened()
    held = []

    def rows() -> Iterator[Record]:
        for number in range(3 * CHUNK):
            if number % CHUNK == 0:
                held.append(len(store))
            yield to_record(Model(f"m{number}", "x"))

    store.load(rows())
    assert (held[0], len(store), list(store.problems())) == (0, 3 * CHUNK, [])


@pytest.mark.parametrize("where", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_no_store(where: str) -> None:
    with pytest.raises(StoreError, match="needs no database"):
        open_store(where)


def test_a_url_opens_a_database(url: str) -> None:
    store = open_store(url)
    assert isinstance(store, SqlStore)
    assert MemoryStore().url is None
    store.close()


def test_the_password_of_a_database_is_not_shown() -> None:
    pytest.importorskip("psycopg", reason="psycopg is in the extra postgres")
    hidden = SqlStore("postgresql+psycopg://me:secret@host/db")
    assert "secret" not in repr(hidden) + hidden.location
    assert "secret" in (hidden.url or "")


def test_a_file_that_another_connection_writes_as_it_is_opened_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "models.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE notes (text)")
    other.execute("BEGIN IMMEDIATE")  # SQLite refuses to change a database's mode at once, whatever the timeout is
    engine = open_engine(path)
    written = threading.Timer(0.2, other.execute, ["COMMIT"])
    written.start()
    with writing(engine) as connection:
        assert connection.exec_driver_sql("SELECT name FROM sqlite_schema").scalar_one() == "notes"
    written.join()
    engine.dispose()
    other.close()


def test_a_model_that_is_removed_and_made_anew_comes_after_those_made_in_between(opened: Opened) -> None:
    store = opened()
    store["a"], store["z"] = Model("a", "x"), Model("z", "x")
    with store.transaction():
        del store["a"]
        store["b"] = Model("b", "x")
        store["a"] = Model("a", "x")
    assert list(store) == ["z", "b", "a"]


def test_a_name_whose_beginning_is_mistyped_is_suggested_by_its_other_words(opened: Opened) -> None:
    registry = ModelRegistry(store=opened())
    registry["meta/llama-3.1-8b-instruct"] = Model("meta/llama-3.1-8b-instruct", "x")
    assert registry.suggest("lama-3.1-8b-instruct") == ["meta/llama-3.1-8b-instruct"]
