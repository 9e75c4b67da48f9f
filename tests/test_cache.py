import os
import stat
import threading
from pathlib import Path

import pytest

from ai_models.cache import Answer, DiscoveryCache, Entry, cache_name, default_folder, one_at_a_time

KEY = "sk-0123456789abcdef"


@pytest.fixture
def cache(tmp_path: Path) -> DiscoveryCache:
    return DiscoveryCache(tmp_path / "deep" / "down")


def test_what_is_written_is_read(cache: DiscoveryCache) -> None:
    entry = Entry({"a": Answer([1, {"b": None}], etag='"1"'), "c": Answer(0, last_modified="yesterday")}, saved_at=12.5)
    cache.write("demo", entry)
    assert cache.read("demo") == entry


def test_an_entry_replaces_the_last_one_and_leaves_nothing_else(cache: DiscoveryCache) -> None:
    for number in range(3):
        cache.write("demo", Entry({"a": Answer(number)}))
    found = cache.read("demo")
    assert found is not None
    assert found.answers["a"].payload == 2
    assert [path.name for path in cache.folder.iterdir()] == ["demo.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"format": 99, "saved_at": 1, "answers": {}}',
        b'{"format": 1, "saved_at": "x", "answers": {}}',
        b'{"format": 1, "saved_at": 1, "answers": []}',
        b'{"format": 1, "saved_at": 1, "answers": {"a": 7}}',
        b'{"format": 1, "saved_at": 1, "answers": {"a": {"unknown": 7}}}',
    ],
)
def test_a_broken_file_counts_as_none_and_is_replaced(cache: DiscoveryCache, content: bytes) -> None:
    cache.write("demo", Entry({}))
    (cache.folder / "demo.json").write_bytes(content)
    assert cache.read("demo") is None
    cache.write("demo", Entry({"a": Answer(1)}))
    assert cache.read("demo") is not None


def test_data_that_json_cannot_hold_is_an_os_error_and_changes_nothing(cache: DiscoveryCache) -> None:
    cache.write("demo", Entry({"a": Answer(1)}))
    nested: list[object] = []
    for _ in range(500):
        nested = [nested]
    with pytest.raises(OSError, match="can't be kept"):
        cache.write("demo", Entry({"a": Answer(nested)}))
    found = cache.read("demo")
    assert found is not None
    assert found.answers["a"].payload == 1


def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        DiscoveryCache(tmp_path / "file" / "folder").write("demo", Entry({}))


def test_only_the_user_may_read_the_answers(cache: DiscoveryCache) -> None:
    cache.write("demo", Entry({}))
    assert stat.S_IMODE((cache.folder / "demo.json").stat().st_mode) == 0o600


def test_age_and_date_are_those_of_the_saving() -> None:
    assert Entry({}, saved_at=86_400).date == "1970-01-02"
    assert Entry({}, saved_at=86_400).age_s > 1e9
    assert Entry({}, saved_at=9e12).age_s == 0


def test_the_name_differs_by_source_address_and_key_and_shows_none_of_them() -> None:
    names = {
        cache_name("openai", "https://a"),
        cache_name("openai", "https://b"),
        cache_name("groq", "https://a"),
        cache_name("openai", "https://a", KEY),
        cache_name("openai", "https://a", KEY + "x"),
    }
    assert len(names) == 5
    assert not any(KEY in name or "https" in name for name in names)
    assert cache_name("openai", "https://a", KEY) == cache_name("openai", "https://a", KEY)


@pytest.mark.parametrize("source", ["../../etc/passwd", "a/b", "x" * 500, "\x00", "ü"])
def test_any_source_name_makes_a_file_in_the_folder(cache: DiscoveryCache, source: str) -> None:
    name = cache_name(source, "https://a")
    cache.write(name, Entry({}))
    assert [path.parent for path in cache.folder.iterdir()] == [cache.folder]
    assert cache.read(name) is not None


def test_the_folder_is_that_of_the_environment_else_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AI_MODELS_CACHE", str(tmp_path))
    assert DiscoveryCache().folder == tmp_path
    monkeypatch.delenv("AI_MODELS_CACHE")
    assert default_folder().is_relative_to(os.environ["HOME"])


def test_clear_forgets_every_entry(cache: DiscoveryCache) -> None:
    cache.write("a", Entry({}))
    cache.write("b", Entry({}))
    assert cache.clear() == 2
    assert cache.read("a") is None
    assert DiscoveryCache(cache.folder / "missing").clear() == 0


def test_only_one_holds_a_flight_and_the_next_knows_that_it_waited() -> None:
    inside, leave, seen = threading.Event(), threading.Event(), []

    def first() -> None:
        with one_at_a_time("flight", 5) as waited:
            seen.append(waited)
            inside.set()
            leave.wait(5)

    holder = threading.Thread(target=first)
    holder.start()
    inside.wait(5)
    with pytest.raises(TimeoutError), one_at_a_time("flight", 0.01):
        pass
    with one_at_a_time("another flight", 0.01) as waited:
        assert not waited
    leave.set()
    with one_at_a_time("flight", 5) as waited:
        seen.append(waited or not holder.is_alive())
    holder.join()
    assert seen == [False, True]
