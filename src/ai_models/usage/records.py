"""What the ledger keeps of a call, and what calls come to together. No prompt and no answer is ever kept."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import uuid4

from ai_models.costs.records import Cost, Usage

__all__ = ["Call", "Status", "Total"]

Status = Literal["ok", "failed", "cancelled"]

_NOTHING = Usage()


def new_id() -> str:
    """Return an id for a call that brought none.

    >>> len(new_id())
    32
    """
    return uuid4().hex


def now() -> str:
    """Return the time now, in UTC to the microsecond, as ISO text."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def clock() -> float:
    """Return a time in seconds that only grows."""
    return time.perf_counter()


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was: `when` is a UTC time as ISO text, `cost` what it cost by the prices of then.

    `wire` is the id that the provider gave the model, `base` the model that it is a snapshot of; `seconds` is how
    long the call took, `first_token_s` until the first piece of the answer came; `attempt` counts retries
    of the call `parent`. `None` is unknown.

    >>> Call("1", "2026-11-25T10:00:00Z", "openai/gpt-4o", "openai", usage=Usage(9, 3)).status
    'ok'
    """

    id: str
    when: str
    model: str
    provider: str
    status: Status = "ok"
    usage: Usage = _NOTHING
    cost: Cost | None = None
    wire: str | None = None
    base: str | None = None
    error: str | None = None
    seconds: float | None = None
    first_token_s: float | None = None
    attempt: int = 1
    parent: str | None = None
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    reservations: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal | None:
        """What it cost in USD; `None` if that is unknown, or no amount."""
        cost = self.cost
        if cost is None or not all(amount.is_finite() for amount in cost.parts.values()):
            return None
        return cost.total

    @property
    def may_be_billed(self) -> bool:
        """Whether it may have cost something: a call that failed without an answer didn't.

        >>> Call("1", "2026-11-25T10:00:00Z", "m", "p", "failed").may_be_billed
        False
        """
        return self.status != "failed" or self.usage.output_tokens is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the call as JSON-ready data, what is unknown left out.

        >>> Call("1", "2026-11-25T10:00:00Z", "m", "p", tags=("job-7",)).to_dict()["tags"]
        ['job-7']
        """
        cost = self.cost
        data = {
            "id": self.id,
            "when": self.when,
            "model": self.model,
            "provider": self.provider,
            "wire": self.wire,
            "base": self.base,
            "status": self.status,
            "error": self.error,
            "attempt": self.attempt,
            "parent": self.parent,
            "seconds": self.seconds,
            "first_token_s": self.first_token_s,
            **self.usage.to_dict(),
            "cost": None if self.total is None else f"{self.total:f}",
            "cost_parts": None if cost is None else {name: f"{amount:f}" for name, amount in cost.parts.items()},
            "cost_missing": None if cost is None else list(cost.missing),
            "cost_source": None if cost is None else cost.source,
            "tags": list(self.tags),
            "groups": list(self.groups),
            "metadata": dict(self.metadata),
        }
        return {name: value for name, value in data.items() if value is not None and value not in ([], {})}


@dataclass(frozen=True, slots=True)
class Total:
    """What calls come to: `known` is the sum of the known costs in USD, `unpriced` counts the calls without one.

    A call that failed and brought no answer is in `failed`, and neither priced nor unpriced.

    >>> Total({"model": "m"}, calls=3, unpriced=1, known=Decimal("0.5")).cost is None
    True
    """

    by: Mapping[str, str | None]
    calls: int = 0
    failed: int = 0
    unpriced: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    known: Decimal = Decimal(0)

    @property
    def cost(self) -> Decimal | None:
        """USD in all; `None` if the cost of any call is unknown: it is at least `known`."""
        return None if self.unpriced else self.known

    def to_dict(self) -> dict[str, Any]:
        """Return the total as JSON-ready data, amounts as text.

        >>> Total({"day": "2026-11-25"}, calls=1).to_dict()["known"]
        '0'
        """
        counts = {name: getattr(self, name) for name in Total.__slots__ if name not in ("by", "known")}
        cost = self.cost
        return {**self.by, **counts, "known": f"{self.known:f}", "cost": None if cost is None else f"{cost:f}"}

    @classmethod
    def of(cls, totals: "Iterable[Total]") -> "Total":
        """Return what totals come to together.

        >>> Total.of([Total({"model": "a"}, calls=1), Total({"model": "b"}, calls=2)]).calls
        3
        """
        summed = cls({})
        for each in totals:
            more = {n: getattr(summed, n) + getattr(each, n) for n in cls.__slots__ if n != "by"}
            summed = replace(summed, **more)
        return summed
