"""One connection for all that is read while a lock is held: a look-up by name takes several steps."""

from contextlib import ExitStack
from threading import RLock
from typing import TYPE_CHECKING

from ai_models.database import reading

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_MOST = 1_000


class Look:
    """A lock that one thread may take several times; the connection is given back when it is left at last.

    >>> from ai_models.database import open_engine
    >>> import tempfile
    >>> engine = open_engine(tempfile.mkdtemp() + "/models.db")
    >>> look = Look(engine)
    >>> with look:
    ...     with look:
    ...         first = look.connection()
    ...     first is look.connection()
    True
    >>> engine.dispose()
    """

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._lock = RLock()
        self._depth = 0
        self._held = ExitStack()
        self._connection: Connection | None = None
        self.texts: dict[str, str | None] = {}
        """The records that this look has read, as text, by id; `None` for one that isn't there."""

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1
        if self._depth == 1:
            self.texts.clear()

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        try:
            if not self._depth:
                self.let_go()
        finally:
            self._lock.release()

    def connection(self) -> "Connection":
        """Return the connection to read with, opened when it is first asked for."""
        if self._connection is None:
            self._connection = self._held.enter_context(reading(self._engine))
        return self._connection

    def note(self, id: str, text: str | None) -> None:
        """Remember a record that was read until the look ends, or until there are many."""
        if len(self.texts) >= _MOST:
            self.texts.clear()
        self.texts[id] = text

    def let_go(self) -> None:
        """Give the connection back, so that what is read next is what is there now."""
        self._connection = None
        self.texts.clear()
        self._held.close()
