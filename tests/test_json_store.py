# ruff: noqa: PT012  # what an error undoes needs more than one statement
"""The JSON file: never half written, never overwritten when broken, and shared by processes that both win."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_models.base import Model, ModelRegistry
from ai_models.errors import (
    InvalidModelError,
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreVersionError,
)
from ai_models.stores.json_file import JsonStore, format_file, parse_file

GOOD = '{"ai_models": {"schema": 1}, "models": {"gpt-4": {"id": "gpt-4", "provider": "openai"}}}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "models.json"


def filled(path: Path) -> ModelRegistry:
    registry = ModelRegistry(path)
    registry["gpt-4"] = Model("gpt-4", "openai", 8192, tags={"b", "a"})
    registry["claude"] = Model("claude", "anthropic")
    return registry


def test_the_file_is_readable_and_its_header_says_the_schema(path: Path) -> None:
    filled(path)
    assert path.read_text().startswith('{\n  "ai_models": {\n    "schema": 1,\n    "checksum": "')
    assert '\n  "models": {\n    "gpt-4": {\n' in path.read_text()
    assert json.loads(path.read_text())["models"]["gpt-4"]["tags"] == ["a", "b"]


def test_what_was_written_by_hand_is_read_and_what_else_is_in_the_file_is_kept(path: Path) -> None:
    path.write_text('{"ai_models": {"schema": 1, "mine": 2}, "note": "hand made", "models": {"m": {"provider": "x"}}}')
    registry = ModelRegistry(path)
    assert registry["m"].provider == "x"
    registry["n"] = {"provider": "y"}
    written = json.loads(path.read_text())
    assert (written["note"], written["ai_models"]["mine"], list(written["models"])) == ("hand made", 2, ["m", "n"])


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        "\ufeff" + GOOD,
        '{"gpt-4": {"provider": "openai"}}',
        '{"models": {"gpt-4": {"provider": "openai"}}}',
        '[{"id": "gpt-4", "provider": "openai"}]',
        '{"ai_models": {"schema": 1}, "models": [{"id": "gpt-4", "provider": "openai"}]}',
    ],
)
def test_every_layout_that_holds_models_is_read(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")
    registry = ModelRegistry(path)
    assert [model.provider for model in registry.values()] == ["openai"]
    registry["m"] = {"provider": "x"}
    assert list(ModelRegistry(path)) == ["gpt-4", "m"]


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (GOOD[:-5], 1, 84),
        ('{"ai_models": {"schema": 1},\n  "models": {"a": }}', 2, 19),
        ("<html>", 1, 1),
        ("\x00\x00", 1, 1),
    ],
)
def test_a_broken_file_is_named_with_line_and_column_and_left_as_it_is(
    path: Path, content: str, line: int, column: int
) -> None:
    path.write_text(content)
    registry = ModelRegistry(path)
    with pytest.raises(StoreCorruptError, match=f"line {line}, column") as caught:
        registry["m"] = {"provider": "x"}
    assert caught.value.location == str(path)
    assert caught.value.line == line
    assert caught.value.column is not None
    assert abs(caught.value.column - column) < 6
    assert path.read_text() == content


@pytest.mark.parametrize(
    "content", ["[1]", '"text"', "null", '{"a": 1}', '{"ai_models": {"schema": "1"}}', '{"ai_models": {}}']
)
def test_a_file_that_holds_something_else_is_left_as_it_is(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(StoreCorruptError, match=str(path)):
        len(ModelRegistry(path))
    assert path.read_text() == content


def test_the_last_good_copy_is_named_with_the_command_that_restores_it(path: Path) -> None:
    filled(path)
    path.write_text(path.read_text()[:-20])
    with pytest.raises(StoreCorruptError, match=rf"cp {path}.bak {path}") as caught:
        ModelRegistry(path)["gpt-4"]
    assert caught.value.backup == f"{path}.bak"
    Path(caught.value.backup).replace(path)
    assert list(ModelRegistry(path)) == ["gpt-4"]


def test_a_file_that_breaks_while_it_is_open_is_not_overwritten(path: Path) -> None:
    registry = filled(path)
    path.write_text("{")
    with pytest.raises(StoreCorruptError), registry.batch():
        registry["m"] = {"provider": "x"}
    with pytest.raises(StoreCorruptError):
        registry["gpt-4"]
    assert path.read_text() == "{"


def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    path.write_text('{"ai_models": {"schema": 2}, "models": {}}')
    with pytest.raises(StoreVersionError, match="upgrade") as caught:
        list(ModelRegistry(path))
    assert (caught.value.found, caught.value.supported) == (2, 1)


def test_an_empty_file_is_an_empty_registry_unless_there_was_one_before(path: Path) -> None:
    path.touch()
    assert len(ModelRegistry(path)) == 0
    filled(path)
    path.write_text("")
    with pytest.raises(StoreCorruptError, match="cp "):
        len(ModelRegistry(path))


def test_a_row_that_is_no_model_is_named_and_survives_the_next_save(path: Path) -> None:
    path.write_text('{"ai_models": {"schema": 1}, "models": {"bad": {"provider": "x", "context_size": "big"}}}')
    registry = ModelRegistry(path)
    with pytest.raises(InvalidModelError, match=f"context_size='big' in bad in {path}"):
        registry["bad"]
    registry["m"] = {"provider": "x"}
    assert json.loads(path.read_text())["models"]["bad"]["context_size"] == "big"


def test_the_home_folder_and_missing_folders_are_made_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    ModelRegistry("~/new/folder/models.json")["m"] = {"provider": "x"}
    assert (tmp_path / "new/folder/models.json").exists()
    assert ModelRegistry("~/new/folder/models.json").location == str(tmp_path / "new/folder/models.json")


def test_reading_makes_no_file(path: Path) -> None:
    registry = ModelRegistry(path)
    assert (len(registry), list(registry), "m" in registry) == (0, [], False)
    assert list(path.parent.iterdir()) == []


def test_a_folder_is_no_registry_and_neither_is_what_lies_below_a_file(path: Path) -> None:
    path.mkdir()
    below = path / "file" / "models.json"
    below.parent.touch()
    for place in (path, below):
        with pytest.raises(StoreError, match=str(place)):
            ModelRegistry(place)["m"] = {"provider": "x"}


def test_a_read_only_file_is_not_replaced(path: Path) -> None:
    registry = filled(path)
    path.chmod(0o444)
    with pytest.raises(StoreError, match="read-only"):
        registry["m"] = {"provider": "x"}
    assert "m" not in registry
    assert list(ModelRegistry(path)) == ["gpt-4", "claude"]


AS_NOBODY = """
import os, sys
import filelock  # now, while this process may still read all of its library
from ai_models.base import ModelRegistry
from ai_models.errors import StoreError
registry = ModelRegistry(sys.argv[1])
assert list(registry) == ["gpt-4", "claude"]
os.setuid(65534)
for path in sys.argv[1:]:
    try:
        ModelRegistry(path)["m"] = {"provider": "x"}
    except StoreError as error:
        print(error)
"""


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can become somebody else")
def test_a_place_that_one_may_not_use_is_named() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        (home / "secret").mkdir(mode=0o700)
        filled(home / "models.json")
        places = [str(home / name) for name in ("models.json", "new.json", "secret/models.json", "a/b/models.json")]
        done = subprocess.run([sys.executable, "-c", AS_NOBODY, *places], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 4
    assert all(place in line and "Permission denied" in line for place, line in zip(places, lines, strict=True))


def test_a_symbolic_link_and_the_mode_stay(path: Path, tmp_path: Path) -> None:
    filled(path)
    path.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(path)
    ModelRegistry(link)["m"] = {"provider": "x"}
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert "m" in ModelRegistry(path)


def test_a_full_disk_loses_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = filled(path)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(StoreError, match="No space left on device"):
        patch.setattr(os, "fsync", full)
        registry["m"] = {"provider": "x"}
    assert "m" not in registry
    registry["n"] = {"provider": "x"}
    assert list(ModelRegistry(path)) == ["gpt-4", "claude", "n"]


def test_text_that_utf8_cannot_hold_is_refused_and_named(path: Path) -> None:
    registry = filled(path)
    with pytest.raises(InvalidModelError, match="custom_metadata"):
        registry["m"] = Model("m", "x", custom_metadata={"notes": "\ud800"})
    with pytest.raises(InvalidModelError, match="id"):
        registry["\ud800"] = Model("\ud800", "x")
    assert list(registry) == list(ModelRegistry(path)) == ["gpt-4", "claude"]


def test_a_batch_is_saved_once_and_an_error_in_it_saves_nothing(path: Path) -> None:
    registry = filled(path)
    before = path.stat().st_ino
    with pytest.raises(ZeroDivisionError), registry.batch():
        registry["m"] = {"provider": "x"}
        del registry["gpt-4"]
        raise ZeroDivisionError
    assert path.stat().st_ino == before
    assert list(registry) == ["gpt-4", "claude"]
    with registry.batch():
        registry["m"] = {"provider": "x"}
        assert path.stat().st_ino == before
    assert path.stat().st_ino != before


def test_a_batch_that_changes_nothing_writes_nothing(path: Path) -> None:
    registry = ModelRegistry(path)
    with registry.batch():
        pass
    assert not path.exists()


def test_what_another_process_writes_is_seen_at_the_next_look(path: Path) -> None:
    one, other = filled(path), ModelRegistry(path)
    assert other["gpt-4"].context_size == 8192
    one["four"] = {"provider": "x", "aliases": ["quattro"]}
    assert other["quattro"].id == "four"
    del one["gpt-4"]
    assert "gpt-4" not in other
    path.unlink()
    assert len(one) == len(other) == 0


def test_two_registries_that_change_different_models_both_win(path: Path) -> None:
    one, other = filled(path), ModelRegistry(path)
    with one.batch():
        one["mine"] = {"provider": "x"}
        with JsonStore(path).transaction():
            other["theirs"] = {"provider": "x"}
    assert set(one) == set(other) == {"gpt-4", "claude", "mine", "theirs"}


def test_two_registries_that_change_one_model_both_win_field_by_field(path: Path) -> None:
    one, other = filled(path), ModelRegistry(path)
    with one.batch(), one.edit("gpt-4") as mine:
        with other.edit("gpt-4") as theirs:
            theirs.tags.add("theirs")
            theirs.custom_metadata["notes"] = "theirs"
            theirs.context_size = 1
        mine.tags.add("mine")
        mine.kind = "chat"
        mine.context_size = 2
    model = ModelRegistry(path)["gpt-4"]
    assert model.tags == {"a", "b", "mine", "theirs"}
    assert (model.custom_metadata, model.kind, model.context_size) == ({"notes": "theirs"}, "chat", 2)


def test_a_model_that_another_removed_while_it_was_changed_is_kept(path: Path) -> None:
    one, other = filled(path), ModelRegistry(path)
    with one.batch(), one.edit("gpt-4") as mine:
        del other["gpt-4"]
        mine.tags.add("mine")
    assert "mine" in ModelRegistry(path)["gpt-4"].tags


def test_meta_is_in_the_header_and_both_writers_win(path: Path) -> None:
    one, other = filled(path), ModelRegistry(path)
    with one.batch():
        one.meta["sources"] = {"openrouter": 1}
        other.meta["seen"] = True
    header = json.loads(path.read_text())["ai_models"]
    del header["checksum"]
    assert header == {"schema": 1, "seen": True, "sources": {"openrouter": 1}}


def test_a_lock_that_is_held_too_long_is_reported(path: Path) -> None:
    from filelock import FileLock

    filled(path)
    store = JsonStore(path, lock_timeout=0.05)
    with FileLock(f"{path}.lock"), pytest.raises(StoreBusyError, match="another process"):
        store["m"] = Model("m", "x")
    assert "m" not in store
    store["m"] = Model("m", "x")


def tag_models(path: str, number: int) -> None:
    registry = ModelRegistry(path)
    for each in range(2):
        with registry.edit("shared") as model:
            model.tags.add(f"{number}-{each}")
        registry[f"{number}-{each}"] = Model(f"{number}-{each}", "x")


TAGGING = """
import sys
from ai_models.base import Model, ModelRegistry
registry = ModelRegistry(sys.argv[1])
for name in sys.argv[2:]:
    with registry.edit("shared") as model:
        model.tags.add(name)
    registry[name] = Model(name, "x")
"""


def test_sixteen_processes_that_write_at_once_lose_nothing(path: Path) -> None:
    ModelRegistry(path)["shared"] = Model("shared", "x")
    names = [(f"{number}-a", f"{number}-b") for number in range(16)]
    workers = [subprocess.Popen([sys.executable, "-c", TAGGING, str(path), *pair]) for pair in names]
    assert [worker.wait() for worker in workers] == [0] * 16
    registry = ModelRegistry(path)
    assert set(registry) == {name for pair in names for name in pair} | {"shared"}
    assert registry["shared"].tags == set(registry) - {"shared"}


def test_threads_with_a_registry_each_lose_nothing(path: Path) -> None:
    ModelRegistry(path)["shared"] = Model("shared", "x")
    threads = [threading.Thread(target=tag_models, args=(str(path), number)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ModelRegistry(path)["shared"].tags) == 12


SAVING = """
import itertools, sys
from ai_models.base import ModelRegistry
registry = ModelRegistry(sys.argv[1])
for count in itertools.count(len(registry)):
    registry[str(count)] = {"provider": "x", "custom_metadata": {"filler": "x" * 2000}}
    print(count + 1, flush=True)
"""


def test_a_process_killed_while_it_saves_leaves_the_last_acknowledged_state(path: Path) -> None:
    dice = random.Random(7)
    acknowledged = 0
    for _ in range(30):
        with subprocess.Popen([sys.executable, "-c", SAVING, str(path)], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            acknowledged = int(child.stdout.readline())
            time.sleep(dice.uniform(0, 0.02))
            child.send_signal(signal.SIGKILL)
            acknowledged = max([acknowledged, *map(int, child.stdout.read().split())])
        count = len(ModelRegistry(path))
        assert count in (acknowledged, acknowledged + 1)
        acknowledged = count
    assert [model.provider for model in ModelRegistry(path).values()] == ["x"] * acknowledged
    assert {each.name for each in path.parent.iterdir()} <= {
        "models.json",
        "models.json.bak",
        "models.json.lock",
        ".models.json.tmp",
        ".models.json.bak.tmp",
    }


def parsed_again(content: bytes) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    rows, meta, rest = parse_file(content, "models.json")
    return {id: json.loads(row) if isinstance(row, bytes) else row for id, row in rows.items()}, meta, rest


def test_an_edit_by_hand_that_forgets_the_checksum_is_read_as_it_stands(path: Path) -> None:
    filled(path)
    path.write_text(path.read_text().replace('"openai"', '"azure"'))
    assert {model.provider for model in ModelRegistry(path).values()} >= {"azure"}


def test_what_looks_like_a_checksum_in_the_meta_stays(path: Path) -> None:
    registry = filled(path)
    registry.meta["note"] = '00000000 "checksum": "00000000"'
    assert ModelRegistry(path).meta["note"] == '00000000 "checksum": "00000000"'
    assert all(isinstance(row, bytes) for row in parse_file(path.read_bytes(), "models.json")[0].values())


def test_models_that_were_never_read_are_written_as_they_were(path: Path) -> None:
    registry = filled(path)
    before = json.loads(path.read_text())["models"]
    reopened = ModelRegistry(path)
    reopened["new"] = Model("new", "x")
    after = json.loads(path.read_text())["models"]
    assert {id: after[id] for id in before} == before
    assert list(after) == [*before, "new"]
    assert dict(ModelRegistry(path)) == dict(registry) | {"new": reopened["new"]}


@given(st.dictionaries(st.text(min_size=1).filter(str.strip), st.dictionaries(st.text(), st.text()), max_size=5))
def test_a_file_cut_into_slices_says_what_it_says_whole(notes: dict[str, dict[str, str]]) -> None:
    rows = {id: {"id": id, "provider": "x", "custom_metadata": said} for id, said in notes.items()}
    try:
        content = format_file(rows, {})
    except InvalidModelError:
        return
    assert parsed_again(content)[0] == rows == json.loads(content)["models"]


@given(
    st.binary(max_size=40)
    | st.text(max_size=40).map(str.encode)
    | st.integers(0, len(GOOD)).map(lambda n: GOOD[:n].encode())
)
def test_any_bytes_are_a_registry_or_a_store_error(content: bytes) -> None:
    try:
        rows, meta, rest = parse_file(content, "models.json")
    except StoreError:
        return
    assert all(isinstance(row, dict) for row in rows.values())
    assert parsed_again(format_file(rows, meta, rest)) == (rows, meta, rest)


def test_opening_a_file_makes_no_model(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path)
    made: list[Any] = []
    monkeypatch.setattr(Model, "from_dict", made.append)
    monkeypatch.setattr(Model, "on_record", made.append)
    assert len(ModelRegistry(path)) == 2
    assert made == []


def test_the_file_is_what_any_json_reader_reads(path: Path) -> None:
    filled(path)
    assert json.loads(path.read_bytes()) == orjson.loads(path.read_bytes())
