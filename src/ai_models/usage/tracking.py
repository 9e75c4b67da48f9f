"""One call on its way into the ledger: timed, priced, and recorded whatever becomes of it."""

import asyncio
import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from ai_models.costs.records import Cost, Usage, Workload
from ai_models.costs.responses import Reading, read_response
from ai_models.errors import InvalidModelError
from ai_models.usage.naming import Named
from ai_models.usage.records import Call, Status, clock, new_id, now

if TYPE_CHECKING:
    from ai_models.costs.estimator import Costs

__all__ = ["Recorder", "Tracked", "decorated"]

_CANCELLED = (KeyboardInterrupt, asyncio.CancelledError, GeneratorExit)

_UNIQUE = 16
"""How long an answer's id must be to tell one call from all others: some servers draw numbers up to 999."""


class Recorder(Protocol):
    """What records calls, as the ledger does: it prices them, may refuse them before they are made, and keeps them."""

    @property
    def costs(self) -> "Costs | None":
        """What prices a call; without it no cost is known."""

    @property
    def guard(self) -> "Callable[[Tracked], tuple[str, ...]] | None":
        """What a call must pass before it is made; it returns the ids of what it holds for it."""

    def named(self, model: str | None) -> Named:
        """Return the model that a caller names, as records have it."""

    def add(self, call: Call) -> None:
        """Keep the record of a call."""


class Tracked:
    """A call that is being made: give it its `response`, and it is recorded at the end of the block, `async` or not.

    >>> from ai_models.usage import Ledger
    >>> with Ledger() as ledger:
    ...     with Tracked(ledger, "gpt-4o") as call:
    ...         call.response = {"model": "gpt-4o", "usage": {"prompt_tokens": 9, "completion_tokens": 3}}
    >>> call.recorded.usage.output_tokens
    3
    """

    def __init__(
        self,
        ledger: Recorder,
        model: str | None = None,
        *,
        provider: str | None = None,
        tags: Iterable[str] = (),
        id: str | None = None,
        attempt: int = 1,
        parent: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        estimate: Usage | Workload | None = None,
    ) -> None:
        self.model = model
        self.provider = provider
        self.tags = tuple(dict.fromkeys(tags))
        self.id = id
        self.attempt = attempt
        self.parent = parent
        self.metadata = _jsonable(metadata or {})
        self.estimate = estimate
        self.response: Any = None
        self.error: BaseException | None = None
        self.recorded: Call | None = None
        self._ledger = ledger
        self._when = now()
        self._start: float | None = None
        self._first: float | None = None
        self._reservations: tuple[str, ...] = ()

    def start(self) -> Self:
        """Ask the budgets, and begin to count the time; raise `BudgetExceededError` if one is spent."""
        if self._ledger.guard is not None:
            self._reservations = self._ledger.guard(self)
        self._when, self._start = now(), clock()
        return self

    def first_token(self) -> None:
        """Note that the first piece of the answer has come."""
        if self._first is None and self._start is not None:
            self._first = clock() - self._start

    def finish(self, *, strict: bool = False) -> Call:
        """Record the call, once, and return the record; a response that can't be read counts as one of unknown usage.

        With `strict` such a response raises `InvalidModelError`.
        """
        if self.recorded is None:
            self.recorded = self._made(strict)
            self._ledger.add(self.recorded)
        return self.recorded

    def _made(self, strict: bool) -> Call:
        reading = self._read(strict)
        cost = self._cost(reading)
        model = self._ledger.named(cost.model if cost is not None else self.model or reading.model)
        provider = self.provider or (cost.provider if cost is not None else reading.provider) or "unknown"
        return Call(
            id=self.id or (reading.id if len(reading.id or "") >= _UNIQUE else None) or new_id(),
            when=self._when,
            model=model.id,
            base=model.base,
            groups=model.groups,
            provider=provider,
            status=self._status,
            usage=reading.usage,
            cost=cost,
            wire=reading.model,
            error=None if self.error is None else type(self.error).__name__,
            seconds=None if self._start is None else clock() - self._start,
            first_token_s=self._first,
            attempt=self.attempt,
            parent=self.parent,
            tags=self.tags,
            metadata=self.metadata,
            reservations=self._reservations,
        )

    @property
    def _status(self) -> Status:
        if self.error is None:
            return "ok"
        return "cancelled" if isinstance(self.error, _CANCELLED) else "failed"

    def _read(self, strict: bool) -> Reading:
        if self.response is None and not strict:
            return Reading(Usage())
        try:
            return read_response(self.response)
        except InvalidModelError:
            if strict:
                raise
            return Reading(Usage())

    def _cost(self, reading: Reading) -> Cost | None:
        said = reading.usage.input_tokens is not None or reading.usage.output_tokens is not None
        if self._ledger.costs is None or not (said or reading.reported is not None):
            return None
        return self._ledger.costs.read(reading, model=self.model, provider=self.provider)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.error = error
        self.finish()

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)


def _jsonable(metadata: Mapping[str, Any]) -> dict[str, Any]:
    if not metadata:
        return {}
    try:
        return dict(json.loads(json.dumps(dict(metadata), allow_nan=False)))
    except (TypeError, ValueError) as error:
        raise InvalidModelError("metadata", metadata, f"only JSON can be kept: {error}") from None


def decorated(function: Callable[..., Any], track: Callable[[], Tracked]) -> Callable[..., Any]:
    """Return a function whose every call is tracked, its response being what it returns."""
    if inspect.iscoroutinefunction(function):

        @wraps(function)
        async def run_async(*args: Any, **kwargs: Any) -> Any:
            with track() as call:
                call.response = await function(*args, **kwargs)
            return call.response

        return run_async

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        with track() as call:
            call.response = function(*args, **kwargs)
        return call.response

    return run
