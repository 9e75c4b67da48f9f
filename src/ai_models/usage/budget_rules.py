"""What a budget counts: the ledger asks it of every call that it writes."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from ai_models.usage.records import Call
from ai_models.usage.tables import from_pico

__all__ = ["PERIODS", "Budget", "Period", "budget_of"]

Period = Literal["hour", "day", "week", "month", "total"]
PERIODS: tuple[Period, ...] = ("hour", "day", "week", "month", "total")


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent: `limit_usd` in each `per`, on the calls that meet all of `model`, `provider`, `group`, `tag`.

    A period begins in UTC: a day at midnight, a week on Monday. `warn_at` is the share of the limit
    at which a warning comes; `unknown` says whether a call whose cost can't be known is allowed.

    >>> Budget("team", Decimal(100), per="month", group="production").limit_usd
    Decimal('100')
    """

    name: str
    limit_usd: Decimal
    per: Period = "month"
    model: str | None = None
    provider: str | None = None
    group: str | None = None
    tag: str | None = None
    warn_at: float = 0.8
    unknown: Literal["allow", "refuse"] = "allow"

    def covers(self, models: Iterable[str], provider: str | None, groups: Iterable[str], tags: Iterable[str]) -> bool:
        """Return whether a call counts for this budget; `models` are the ids of its model and of that one's base.

        >>> Budget("b", Decimal(1), tag="job-7").covers(["openai/gpt-4o"], "openai", [], ["job-7"])
        True
        """
        return (
            (self.model is None or self.model in models)
            and self.provider in (None, provider)
            and (self.group is None or self.group in groups)
            and (self.tag is None or self.tag in tags)
        )

    def since(self, now: datetime) -> str:
        """Return when the running period began, as ISO text; empty for a budget without a period.

        >>> Budget("b", Decimal(1), per="week").since(datetime(2026, 11, 25, 10, tzinfo=UTC))
        '2026-11-23'
        """
        if self.per == "total":
            return ""
        day = now.date() - timedelta(days=now.weekday()) if self.per == "week" else now.date()
        return {"hour": f"{now:%Y-%m-%dT%H}", "month": f"{now:%Y-%m}"}.get(self.per, day.isoformat())

    def to_dict(self) -> dict[str, Any]:
        """Return the budget as JSON-ready data.

        >>> Budget("b", Decimal("0.5")).to_dict()["limit_usd"]
        '0.5'
        """
        return {**asdict(self), "limit_usd": f"{self.limit_usd:f}"}

    def counts(self, call: Call) -> bool:
        """Return whether a recorded call counts for this budget.

        >>> Budget("b", Decimal(1), model="m").counts(Call("1", "2026-11-25T10:00:00Z", "m", "p"))
        True
        """
        return self.covers((call.model, call.base or call.model), call.provider, call.groups, call.tags)

    def period_of(self, call: Call) -> str:
        """Return when the period began in which a call was made, as ISO text.

        >>> Budget("b", Decimal(1)).period_of(Call("1", "2026-11-25T10:00:00Z", "m", "p"))
        '2026-11'
        """
        return self.since(datetime.fromisoformat(call.when).astimezone(UTC))


def budget_of(row: Any) -> Budget:
    """Return the budget of a row of the table of budgets."""
    return Budget(row.name, from_pico(row.limit_pico), **row.rules)
