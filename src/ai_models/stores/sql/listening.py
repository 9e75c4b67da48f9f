"""Hearing of another process's change at once: PostgreSQL says so, a SQLite file is looked at."""

from collections.abc import Callable
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from ai_models.errors import StoreError
from ai_models.stores.sql.work import CHANNEL

if TYPE_CHECKING:
    from ai_models.stores.sql.reader import Reader

_LOOK_S = 0.25
"""How often a SQLite file is looked at, and how soon a listener sees that it shall end, in seconds."""

_AGAIN_S = 1.0
"""How long a listener waits for a server that is away, in seconds."""


class Listener:
    """Calls a function after each change that another process, or this one, committed, until it is closed.

    >>> from ai_models.base import Model
    >>> from ai_models.stores import SqlStore
    >>> import tempfile
    >>> store, heard = SqlStore(tempfile.mkdtemp() + "/models.db"), Event()
    >>> with Listener(store, heard.set):
    ...     store["a"] = Model("a", "x")
    ...     heard.wait(10)
    True
    """

    def __init__(self, store: "Reader", changed: Callable[[], object]) -> None:
        store.prepare()
        self._store, self._changed = store, changed
        self._seen = store.counter()
        self._ended = Event()
        self._thread = Thread(target=self._run, name="ai_models listener", daemon=True)
        self._thread.start()

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        lost: type[Exception] = self._store.engine.dialect.loaded_dbapi.Error
        wait = self._watch if self._store.dialect == "sqlite" else self._listen
        while not self._ended.is_set():
            try:
                wait()
            except (StoreError, lost):  # the server is away: it is asked again, and what it missed is seen then
                self._ended.wait(_AGAIN_S)

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_S):
            self._look()

    def _listen(self) -> None:
        from ai_models.database import reported

        with reported(self._store.engine.url):
            connection = self._store.engine.raw_connection()
            driver: Any = connection.driver_connection
            try:
                driver.autocommit = True
                driver.execute(f"LISTEN {CHANNEL}")
                self._look()
                while not self._ended.is_set():
                    for _ in driver.notifies(timeout=_LOOK_S, stop_after=1):
                        self._look()
            finally:
                connection.invalidate()

    def _look(self) -> None:
        now = self._store.counter()
        if now != self._seen:
            self._seen = now
            self._changed()
