"""The ledger of calls: what is recorded, and what is asked of it."""

import os
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ai_models.usage.naming import Named, Naming
from ai_models.usage.records import Call, Total
from ai_models.usage.rows import call_of, names_of
from ai_models.usage.storage import Storage
from ai_models.usage.tracking import Tracked, decorated
from ai_models.usage.writer import WINDOW_S, Writer

if TYPE_CHECKING:
    from ai_models.costs.estimator import Costs

__all__ = ["Ledger"]

_PAGE = 1000


class Ledger:
    """The calls that were made, with what they used and cost, in a database: SQLite, or PostgreSQL for a team.

    Recording takes microseconds: a thread writes what has come together, every fifth of a second
    or sooner. The same call id is one record, however often it comes. A database that fails keeps
    nobody from calling: the records wait, and a warning says so.

    >>> ledger = Ledger()
    >>> ledger.add(Call("1", "2026-11-25T10:00:00Z", "openai/gpt-4o", "openai"))
    >>> [call.model for call in ledger.calls()]
    ['openai/gpt-4o']
    >>> ledger.close()
    """

    def __init__(
        self,
        where: str | os.PathLike[str] = ":memory:",
        *,
        costs: "Costs | None" = None,
        naming: Naming | None = None,
        window_s: float = WINDOW_S,
    ) -> None:
        self.storage = Storage(where)
        self.costs = costs
        self.guard: Callable[[Tracked], tuple[str, ...]] | None = None
        self._naming = naming
        self._writer = Writer(self.storage, window_s)
        weakref.finalize(self, self._writer.leave, last=True).atexit = False

    @property
    def pending(self) -> int:
        """How many records are not written yet."""
        return self._writer.pending

    @property
    def dropped(self) -> int:
        """How many records were lost because the database could not be written for so long."""
        return self._writer.dropped

    def named(self, model: str | None) -> Named:
        """Return the model that a caller names, as records have it."""
        return Named(model or "unknown") if self._naming is None else self._naming.of(model)

    def add(self, call: Call) -> None:
        """Record a call; it is on the disk a moment later. Warn, once, if the database can't be written."""
        self._writer.add(call)

    def record(
        self,
        response: Any,
        *,
        model: str | None = None,
        provider: str | None = None,
        tags: Iterable[str] = (),
        id: str | None = None,
        **more: Any,
    ) -> Call:
        """Record the call behind a response, priced as of now, and return the record.

        The response's own id makes it one record, however often it is recorded, unless that is too
        short to be unique, as Ollama's is. Raise `InvalidModelError` for a response that says nothing of its usage.

        >>> ledger = Ledger()
        >>> usage = {"prompt_tokens": 9, "completion_tokens": 3}
        >>> answer = {"id": "chatcmpl-BvK1x9Qm3s7T", "model": "gpt-4o", "usage": usage}
        >>> ledger.record(answer, tags=["job-7"]).usage.input_tokens, ledger.record(answer).id
        (9, 'chatcmpl-BvK1x9Qm3s7T')
        >>> len(list(ledger.calls()))
        1
        >>> ledger.close()
        """
        tracked = Tracked(self, model, provider=provider, tags=tags, id=id, **more)
        tracked.response = response
        return tracked.finish(strict=True)

    def track(self, model: str | None = None, **call: Any) -> Tracked:
        """Return the `with` block around a call: it is timed, and recorded also when it fails.

        `call` may have `provider`, `tags`, `metadata`, `id`, `attempt`, `parent`, and `estimate`,
        the usage or workload that budgets are asked for before the call.

        >>> ledger = Ledger()
        >>> with ledger.track("gpt-4o", tags=["job-7"]) as call:
        ...     call.response = {"model": "gpt-4o", "usage": {"prompt_tokens": 9, "completion_tokens": 3}}
        >>> [(call.model, call.status, call.tags) for call in ledger.calls(tag="job-7")]
        [('gpt-4o', 'ok', ('job-7',))]
        >>> ledger.close()
        """
        return Tracked(self, model, **call)

    def tracked(self, model: str | None = None, **call: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return the decorator that records every call of a function that returns a response, `async` or not.

        >>> ledger = Ledger()
        >>> @ledger.tracked("gpt-4o")
        ... def ask():
        ...     return {"model": "gpt-4o", "usage": {"prompt_tokens": 9, "completion_tokens": 3}}
        >>> _ = ask(), ask()
        >>> sum(1 for _ in ledger.calls())
        2
        >>> ledger.close()
        """
        return lambda function: decorated(function, lambda: self.track(model, **call))

    def wrap(
        self, client: Any, *, provider: str | None = None, tags: Iterable[str] = (), stream_usage: bool = True
    ) -> Any:
        """Return a client of openai or anthropic all of whose calls are recorded from now on: the same object.

        The `provider` is told by the client's base URL; a server that nobody knows is recorded by its
        host, and its prices are unknown unless you say whose they are. A stream is recorded at its
        end. OpenAI's tells its usage only if asked to, which `stream_usage` does; the chunk that
        it brings is not passed on. Raise `TypeError` for any other client.
        """
        from ai_models.usage.wrappers import wrapped

        return wrapped(client, self, provider=provider, tags=tuple(tags), stream_usage=stream_usage)

    def langchain_handler(self, *, tags: Iterable[str] = ()) -> Any:
        """Return the callback that records the calls of LangChain's models: `config={"callbacks": [handler]}`."""
        from ai_models.usage.langchain import handler

        return handler(self, tuple(tags))

    def calls(self, *, newest_first: bool = False, **which: Any) -> Iterator[Call]:
        """Yield the calls, oldest first; all, or by `since`, `until`, `model`, `provider`, `status`, `tag`, `group`.

        A model is also found by its snapshots. Calls are read as you go, by the thousand.
        """
        from ai_models.usage.totals import select_calls

        self.flush()
        statement, last = select_calls(self.storage.tables, self._which(which), newest_first).limit(_PAGE), None
        while True:
            with self.storage.reading() as connection:
                found = connection.execute(statement if last is None else statement.where(last)).mappings()
                rows = [dict(row) for row in found]
                names = names_of(connection, self.storage.tables, [row["id"] for row in rows])
            yield from (call_of(row, names.get(row["id"], {})) for row in rows)
            if len(rows) < _PAGE:
                return
            last = self.storage.tables.beyond(rows[-1], newest_first)

    def total(self, by: str | Iterable[str] = (), **which: Any) -> list[Total]:
        """Return what the calls come to, one total for each value of `by`, the dearest first.

        `by` is one or several of `model`, `provider`, `day`, `month`, `hour`, `status`, `tag`,
        `group`; `which` chooses the calls as in `calls`. A call with two tags counts for both.

        >>> ledger = Ledger()
        >>> ledger.add(Call("1", "2026-11-25T10:00:00Z", "m", "p"))
        >>> [(total.by, total.calls, total.cost) for total in ledger.total(by="model")]
        [({'model': 'm'}, 1, None)]
        >>> ledger.close()
        """
        from ai_models.usage.totals import totals

        self.flush()
        with self.storage.reading() as connection:
            return totals(
                connection, self.storage.tables, [by] if isinstance(by, str) else list(by), self._which(which)
            )

    def _which(self, which: dict[str, Any]) -> dict[str, Any]:
        """Return the criteria, the model by every id under which its calls may stand."""
        model = which.get("model")
        return which if model is None else {**which, "model": {model, self.named(model).id}}

    def flush(self) -> None:
        """Write what is pending; raise `StoreError` if the database can't be written, with the records kept."""
        self._writer.flush()

    def close(self) -> None:
        """Write what is pending, end the writer, and close the database; the next record opens it again."""
        self._writer.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
