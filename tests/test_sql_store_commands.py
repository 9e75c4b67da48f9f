"""`ai-models store`: where the registry is, whether it is sound, and how it gets into a database."""

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ai_models.base import Model, ModelRegistry
from ai_models.cli.app import app
from ai_models.stores import JsonStore, SqlStore
from ai_models.stores.sql import tables


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A registry of two models in a JSON file."""
    path = tmp_path / "models.json"
    registry = ModelRegistry(path)
    registry["lab/a"] = Model("lab/a", "x", 4096, aliases=["first"], tags={"mine"})
    registry["lab/b"] = Model("lab/b", "x")
    registry.meta["roles"] = {"fast": {}}
    return str(path)


def test_a_registry_goes_into_a_database_and_back(file: str, tmp_path: Path) -> None:
    database, again = f"sqlite:///{tmp_path}/models.db", str(tmp_path / "again.json")
    assert "2 models copied to sqlite:///" in run("store", "copy", file, database).output
    assert run("--store", database, "list", "--json").exit_code == 0
    run("store", "copy", database, again)
    assert dict(JsonStore(again)) == dict(JsonStore(file))
    assert dict(JsonStore(again).meta) == {"roles": {"fast": {}}}


def test_a_copy_overwrites_nothing_unasked(file: str, tmp_path: Path) -> None:
    target = str(tmp_path / "models.db")
    run("store", "copy", file, f"sqlite:///{target}")
    refused = run("store", "copy", file, f"sqlite:///{target}")
    assert refused.exit_code == 1
    assert "holds 2 models already; to add to it, say --merge" in refused.output
    assert run("store", "copy", file, f"sqlite:///{target}", "--merge").exit_code == 0


def test_the_place_is_told_without_a_password() -> None:
    pytest.importorskip("psycopg", reason="psycopg is in the extra postgres")
    told = run("--store", "postgresql+psycopg://me:secret@nowhere.invalid/db", "store", "path", "--json")
    assert json.loads(told.output) == {"location": "postgresql+psycopg://me:***@nowhere.invalid/db"}


def test_a_sound_registry_is_called_so(file: str, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/models.db"
    run("store", "copy", file, database)
    for where in (file, database):
        checked = run("store", "check", where)
        assert (checked.exit_code, "2 models, all sound" in checked.output) == (0, True)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (f"UPDATE {tables.MODELS} SET record = '{{' WHERE id = 'lab/a'", "broken record"),
        (f"UPDATE {tables.MODELS} SET context_size = 1 WHERE id = 'lab/a'", "its columns don't say"),
        (f"UPDATE {tables.MODELS} SET id = 'lab/z' WHERE id = 'lab/a'", "its record is that of 'lab/a'"),
        (f"DELETE FROM {tables.NAMES}", f"table {tables.NAMES} doesn't say"),
        (f"DELETE FROM {tables.TAGS}", f"table {tables.TAGS} doesn't say"),
        (f"INSERT INTO {tables.MODELS}_found(rowid, words) VALUES (9, 'ghost')", "suggestions may miss"),
    ],
)
def test_what_is_wrong_in_a_database_is_told(file: str, tmp_path: Path, damage: str, said: str) -> None:
    path = tmp_path / "models.db"
    run("store", "copy", file, f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(damage)
    connection.close()
    checked = run("store", "check", f"sqlite:///{path}", "--json")
    assert checked.exit_code == 1
    assert said in " ".join(json.loads(checked.output)["problems"])


def test_a_broken_model_of_a_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    path.write_text('{"good": {"provider": "x"}, "bad": {"provider": "x", "context_size": "big"}}')
    checked = run("store", "check", str(path))
    assert checked.exit_code == 1
    assert "context_size='big' in bad" in checked.output


def test_a_registry_in_a_database_serves_the_commands(tmp_path: Path) -> None:
    store = SqlStore(tmp_path / "models.db")
    ModelRegistry(store=store)["lab/a"] = Model("lab/a", "x", 4096, aliases=["first"])
    where = f"sqlite:///{tmp_path}/models.db"
    assert run("--store", where, "tag", "first", "mine").exit_code == 0
    assert store["lab/a"].tags == {"mine"}
    assert json.loads(run("--store", where, "show", "first", "--json").output)["id"] == "lab/a"
    store.close()


def test_a_list_is_explained(file: str, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/models.db"
    run("store", "copy", file, database)
    arguments = ("list", "--tag", "mine", "--where", '{"license": "mit"}', "--explain")
    assert "in memory: tags = 'mine' and license = 'mit'" in run("--store", file, *arguments).output
    told = run("--store", database, *arguments)
    assert "by the database: tags = 'mine'\nin memory: license = 'mit'\n" in told.output
    found = json.loads(run("--store", database, *arguments, "--json").output)
    assert "SELECT ai_models.record" in found["statements"][0]
