"""What sources answered last: kept on disk, so that a discovery can be polite, offline, and calm when a server fails.

One file holds everything one source said in one configuration. The file's name comes from a hash of the
source, its address and its key's fingerprint; keys themselves are stored nowhere.

>>> import tempfile
>>> cache = DiscoveryCache(tempfile.mkdtemp())
>>> name = cache_name("openai", "https://api.openai.com/v1/models", key="not-for-your-eyes")
>>> cache.write(name, Entry({"GET /v1/models": Answer({"data": []}, etag="1")}))
>>> cache.read(name).answers["GET /v1/models"]
Answer(payload={'data': []}, etag='1', last_modified=None, link=None)
"""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from filelock import FileLock

__all__ = ["Answer", "DiscoveryCache", "Entry", "cache_name", "default_folder", "one_at_a_time"]

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """The data that one request got, what the server calls this state of it, and the next page that it names.

    >>> Answer({"data": []}, etag='"1"').payload
    {'data': []}
    """

    payload: Any
    etag: str | None = None
    last_modified: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything that one source said at one time, by request; `saved_at` is in seconds since 1970.

    >>> Entry({}, saved_at=0).date
    '1970-01-01'
    """

    answers: Mapping[str, Answer]
    saved_at: float = field(default_factory=lambda: time.time())

    @property
    def age_s(self) -> float:
        """How many seconds ago the source said this."""
        return max(0.0, time.time() - self.saved_at)

    @property
    def date(self) -> str:
        """The day, in UTC, on which the source said this."""
        return time.strftime("%Y-%m-%d", time.gmtime(self.saved_at))


class DiscoveryCache:
    """A folder of entries, by default the user's cache folder, or `AI_MODELS_CACHE`.

    >>> import tempfile
    >>> DiscoveryCache(tempfile.mkdtemp()).read("nothing-yet") is None
    True
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self._given = folder

    @cached_property
    def folder(self) -> Path:
        """Where the entries are."""
        return default_folder() if self._given is None else Path(self._given).expanduser()

    def read(self, name: str) -> Entry | None:
        """Return an entry, or `None` if there is none; a file that can't be understood counts as none."""
        try:
            data = (self.folder / f"{name}.json").read_bytes()
        except OSError:
            return None
        return _parse_entry(data)

    def write(self, name: str, entry: Entry) -> None:
        """Keep an entry in place of the last one: all of it or, if that fails with `OSError`, nothing."""
        from tempfile import NamedTemporaryFile

        data = _format_entry(entry)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=self.folder, prefix=".", suffix=".tmp", delete=False) as file:
            temporary = Path(file.name)
            try:
                file.write(data)
                file.close()
                temporary.replace(self.folder / f"{name}.json")
            except OSError:
                temporary.unlink(missing_ok=True)
                raise

    def clear(self) -> int:
        """Forget everything; return how many entries that were."""
        for path in self.folder.glob("*.lock"):
            path.unlink(missing_ok=True)
        entries = list(self.folder.glob("*.json"))
        for path in entries:
            path.unlink(missing_ok=True)
        return len(entries)


def default_folder() -> Path:
    """Return where answers are kept unless you say otherwise: `AI_MODELS_CACHE`, else your cache folder.

    >>> import os
    >>> os.environ["AI_MODELS_CACHE"] = "/tmp/answers"
    >>> default_folder().name
    'answers'
    >>> del os.environ["AI_MODELS_CACHE"]
    """
    named = os.environ.get("AI_MODELS_CACHE")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("ai_models", appauthor=False) / "discovery"


def cache_name(source: str, url: str, key: str | None = None) -> str:
    """Return the name of the entry for a source at an address, asked with a key: other key, other entry.

    >>> cache_name("groq", "https://api.groq.com") == cache_name("groq", "https://api.groq.com", key="k")
    False
    """
    from hashlib import sha256

    fingerprint = sha256(b"ai_models key " + key.encode()).hexdigest() if key else ""
    digest = sha256("\n".join((source, url, fingerprint)).encode()).hexdigest()[:20]
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in source)
    return f"{plain[:40]}-{digest}"


class _Flights:
    """Locks by name: who wants what somebody is already fetching waits for it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def lock(self, name: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(name, threading.Lock())


_flights = _Flights()


@contextmanager
def one_at_a_time(name: str, timeout_s: float, folder: Path | None = None) -> Iterator[bool]:
    """Hold the flight of a name; yield whether somebody else held it before, and so has just fetched it.

    With the `folder` of a cache, other processes count too. Raise `TimeoutError` if it takes longer than `timeout_s`
    seconds until the flight is free.

    >>> with one_at_a_time("openrouter", 1) as waited:
    ...     waited
    False
    """
    deadline = time.monotonic() + timeout_s
    lock = _flights.lock(name)
    waited = not lock.acquire(blocking=False)
    if waited and not lock.acquire(timeout=max(0.0, timeout_s)):
        raise _too_long(timeout_s)
    try:
        with _alone_on_this_machine(name, deadline, timeout_s, folder) as others:
            yield waited or others
    finally:
        lock.release()


@contextmanager
def _alone_on_this_machine(name: str, deadline: float, timeout_s: float, folder: Path | None) -> Iterator[bool]:
    """Hold the lock file of a name; yield whether another process held it before."""
    if folder is None:
        yield False
        return
    from filelock import FileLock, Timeout

    lock = FileLock(folder / f"{name}.lock")
    try:
        waited = _acquire(lock, folder, deadline)
    except Timeout:
        raise _too_long(timeout_s) from None
    try:
        yield waited
    finally:
        lock.release()


def _acquire(lock: "FileLock", folder: Path, deadline: float) -> bool:
    """Acquire a lock; return whether that took waiting. A folder where nothing can be locked is nobody's to share."""
    from filelock import Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            lock.acquire(timeout=max(0.0, deadline - time.monotonic()), poll_interval=0.02)
            return True
    except Timeout:
        raise
    except (OSError, NotImplementedError):
        return False
    return False


def _too_long(timeout_s: float) -> TimeoutError:
    return TimeoutError(f"another discovery of this source took longer than {timeout_s:g} s")


def _format_entry(entry: Entry) -> bytes:
    import orjson

    answers = {
        request: {"payload": each.payload, "etag": each.etag, "last_modified": each.last_modified, "link": each.link}
        for request, each in entry.answers.items()
    }
    try:
        return orjson.dumps({"format": _FORMAT, "saved_at": entry.saved_at, "answers": answers})
    except orjson.JSONEncodeError as error:
        raise OSError(f"an answer that can't be kept: {error}") from error


def _parse_entry(data: bytes) -> Entry | None:
    import orjson

    try:
        stored = orjson.loads(data)
        if stored["format"] != _FORMAT:
            return None
        return Entry(
            {request: Answer(**each) for request, each in stored["answers"].items()}, float(stored["saved_at"])
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
