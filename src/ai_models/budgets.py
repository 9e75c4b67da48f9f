"""Budgets: what may be spent on which calls in a span of time, asked before each call is made.

A budget is kept in the ledger's database, so that all processes and hosts that share it share
its budgets. What a call may cost is held for it while it is made, and given back when the
call is recorded: nobody spends it twice.
"""

import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from ai_models._core.pricing import exact
from ai_models.costs.records import Usage, Workload
from ai_models.errors import (
    AIModelsWarning,
    BudgetExceededError,
    BudgetNotFoundError,
    BudgetWarning,
    InvalidModelError,
    NotFoundError,
    StoreError,
)
from ai_models.usage.budget_rules import PERIODS, Budget, Period, budget_of
from ai_models.usage.ledger import Ledger
from ai_models.usage.naming import Named
from ai_models.usage.records import new_id
from ai_models.usage.tables import from_pico, ignoring, lock_budgets, to_pico
from ai_models.usage.totals import totals
from ai_models.usage.tracking import Tracked

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["Budget", "Budgets", "Spent"]

_FRESH_S = 1.0

HELD_S = 900.0
"""How long an amount is held for a call that is never recorded, in seconds: its process may have died."""


@dataclass(frozen=True, slots=True)
class Spent:
    """How a budget stands: USD `spent` in the running period and `held` for calls that are being made.

    `unpriced` counts the calls of the period whose cost nobody knows.

    >>> Spent(Budget("b", Decimal(10)), Decimal(4), Decimal(1)).left
    Decimal('5')
    """

    budget: Budget
    spent: Decimal
    held: Decimal = Decimal(0)
    unpriced: int = 0

    @property
    def left(self) -> Decimal:
        """USD that may still be spent."""
        return max(Decimal(0), self.budget.limit_usd - self.spent - self.held)

    def to_dict(self) -> dict[str, Any]:
        """Return the state as JSON-ready data.

        >>> Spent(Budget("b", Decimal(10)), Decimal(4)).to_dict()["left"]
        '6'
        """
        amounts = {name: f"{getattr(self, name):f}" for name in ("spent", "held", "left")}
        return {**self.budget.to_dict(), **amounts, "unpriced": self.unpriced}


class Budgets(Mapping[str, Budget]):
    """The budgets of a ledger by name, and the question whether a call may be made.

    >>> ledger = Ledger()
    >>> budgets = Budgets(ledger)
    >>> budgets.set("job", limit_usd=5, per="day", tag="job-7")
    >>> budgets["job"].per, budgets.spent("job").left
    ('day', Decimal('5'))
    >>> ledger.close()
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._storage = ledger.storage
        self._warned: set[tuple[str, str]] = set()
        self._read: tuple[float, list[Budget]] | None = None
        ledger.guard = self.guard

    def set(
        self,
        name: str,
        *,
        limit_usd: float | str | Decimal,
        per: Period = "month",
        model: str | None = None,
        provider: str | None = None,
        group: str | None = None,
        tag: str | None = None,
        warn_at: float = 0.8,
        unknown: Literal["allow", "refuse"] = "allow",
    ) -> None:
        """Set a budget, in place of the one of this name; raise `InvalidModelError` for a value that makes no sense.

        What such calls have cost in the running period counts from the start. With `unknown="refuse"` a
        call is only made with an `estimate` that can be priced.
        """
        limit = exact(limit_usd)
        if not name.strip():
            raise InvalidModelError("name", name, "a budget's name is a text that is not empty")
        pico = to_pico(limit)
        if pico is None or pico < 0:
            raise InvalidModelError("limit_usd", limit_usd, "expected USD, from zero to 9 million")
        if per not in PERIODS:
            raise InvalidModelError("per", per, f"expected one of {', '.join(PERIODS)}")
        if not 0 < warn_at <= 1:
            raise InvalidModelError("warn_at", warn_at, "expected a share of the limit, such as 0.8")
        if unknown not in ("allow", "refuse"):
            raise InvalidModelError("unknown", unknown, "expected allow or refuse")
        model = None if model is None else self.ledger.named(model).id
        rules: dict[str, Any] = {"per": per, "model": model, "provider": provider, "group": group, "tag": tag}
        rules |= {"warn_at": warn_at, "unknown": unknown}
        table = self._storage.tables.budgets
        self.ledger.flush()
        with self._storage.writing() as connection:
            lock_budgets(connection, alone=True)
            self._forget(connection, name)
            ignoring(connection, table, [{"name": name, "limit_pico": pico, "rules": rules}])
            self._count(connection, Budget(name, limit, **rules))
        self._read = None

    def remove(self, name: str) -> None:
        """Remove a budget; raise `BudgetNotFoundError` if there is none of this name."""
        with self._storage.writing() as connection:
            lock_budgets(connection, alone=True)
            gone = self._forget(connection, name)
        self._read = None
        if not gone:
            raise BudgetNotFoundError(name, list(self)[:3])

    def _forget(self, connection: "Connection", name: str) -> int:
        tables = self._storage.tables
        connection.execute(tables.spent.delete().where(tables.spent.c.budget == name))
        return connection.execute(tables.budgets.delete().where(tables.budgets.c.name == name)).rowcount

    def _count(self, connection: "Connection", budget: Budget) -> None:
        """Begin a budget with what the calls of the running period have cost already."""
        since = budget.since(datetime.now(UTC))
        which = {
            "model": budget.model and {budget.model},
            "provider": budget.provider,
            "group": budget.group,
            "tag": budget.tag,
        }
        for total in totals(connection, self._storage.tables, (), {**which, "since": since or None}):
            row = {"budget": budget.name, "since": since, "pico": to_pico(total.known), "unpriced": total.unpriced}
            ignoring(connection, self._storage.tables.spent, [row])

    def spent(self, name: str) -> Spent:
        """Return how a budget stands in its running period."""
        self.ledger.flush()
        with self._storage.reading() as connection:
            return self._state(connection, self._named(connection, name))

    def check(
        self,
        model: str,
        *,
        provider: str | None = None,
        tags: Iterable[str] = (),
        estimate: Usage | Workload | Decimal | None = None,
    ) -> list[Spent]:
        """Return the budgets that a call would count for; raise `BudgetExceededError` if it may not be made.

        Nothing is held for it: `Ledger.track` does that. Without an `estimate` a call may be
        made while anything is left.
        """
        asked = self._asked(model, provider, estimate)
        named = self.ledger.named(model)
        self.ledger.flush()
        with self._storage.reading() as connection:
            states = [
                self._state(connection, each)
                for each in self._covering(connection, named, provider or named.provider, tags)
            ]
        for state in states:
            self._judge(state, asked)
        return states

    def guard(self, tracked: Tracked) -> tuple[str, ...]:
        """Hold what a call may cost in every budget that it counts for, and return what names that; or raise.

        A budget that can't be asked, because its database is away, keeps its calls from being made.
        """
        known = self._known()
        if not known:
            return ()
        named = self.ledger.named(tracked.model)
        provider = tracked.provider or named.provider
        if not any(each.covers(named.ids, provider, named.groups, tracked.tags) for each in known):
            return ()
        self.ledger.flush()
        asked = self._asked(tracked.model, tracked.provider, tracked.estimate)
        held = []
        with self._storage.writing() as connection:
            for budget in self._covering(connection, named, provider, tracked.tags, lock=True):
                self._judge(self._state(connection, budget), asked)
                row = {"id": new_id(), "budget": budget.name, "pico": to_pico(asked or Decimal(0))}
                held.append({**row, "until": time.time() + HELD_S})
            ignoring(connection, self._storage.tables.reservations, held)
        return tuple(str(row["id"]) for row in held)

    def _known(self) -> list[Budget]:
        """Return all budgets, read anew every second: most calls count for none, and shall cost nothing."""
        if self._read is None or time.monotonic() > self._read[0] + _FRESH_S:
            try:
                with self._storage.reading() as connection:
                    budgets = list(map(budget_of, connection.execute(self._storage.tables.budgets.select())))
            except StoreError as error:
                budgets = [] if self._read is None else self._read[1]
                if self._read is None:
                    warnings.warn(f"budgets can't be read, no call is kept back: {error}", AIModelsWarning, 4)
            self._read = time.monotonic(), budgets
        return self._read[1]

    def _judge(self, state: Spent, asked: Decimal | None) -> None:
        """Raise if a call may not be made, and warn, once a period, when the limit is near."""
        budget, used = state.budget, state.spent + state.held
        spent_out = used >= budget.limit_usd if not asked else used + asked > budget.limit_usd
        if spent_out or (asked is None and budget.unknown == "refuse"):
            raise BudgetExceededError(
                budget.name, budget.limit_usd, used, asked, "" if budget.per == "total" else budget.per
            )
        mark = budget.name, budget.since(datetime.now(UTC))
        if used + (asked or 0) >= budget.limit_usd * exact(budget.warn_at) and mark not in self._warned:
            self._warned.add(mark)
            more = f", {asked} USD for this call among them" if asked else ""
            if state.unpriced:
                more += f"; {state.unpriced} calls of unknown cost are not in that"
            said = f"budget {budget.name!r}: {used + (asked or 0)} of {budget.limit_usd} USD are spent or held{more}"
            warnings.warn(said, BudgetWarning, 5)

    def _asked(
        self, model: str | None, provider: str | None, estimate: Usage | Workload | Decimal | None
    ) -> Decimal | None:
        """Return what a call is estimated to cost in USD; `None` if that can't be said."""
        if estimate is None or isinstance(estimate, Decimal):
            return estimate
        costs = self.ledger.costs
        try:
            return (
                None
                if costs is None or model is None
                else costs.estimate(model, usage=estimate, provider=provider).total
            )
        except NotFoundError:
            return None

    def _covering(
        self,
        connection: "Connection",
        named: Named,
        provider: str | None,
        tags: Iterable[str],
        *,
        lock: bool = False,
    ) -> list[Budget]:
        """Return the budgets that a call counts for; `lock` lets others wait who ask for the same."""
        table = self._storage.tables.budgets
        found = map(budget_of, connection.execute(table.select().order_by(table.c.name)))
        covering = [each for each in found if each.covers(named.ids, provider, named.groups, tags)]
        if not lock:
            return covering
        names = [each.name for each in covering]
        query = table.select().where(table.c.name.in_(names)).order_by(table.c.name).with_for_update()
        return list(map(budget_of, connection.execute(query)))

    def _state(self, connection: "Connection", budget: Budget) -> Spent:
        """Return what a budget's calls have cost in the running period, and what is held for others."""
        import sqlalchemy as sa

        counted, held = self._storage.tables.spent, self._storage.tables.reservations
        running = counted.c.budget == budget.name, counted.c.since == budget.since(datetime.now(UTC))
        alive = held.c.budget == budget.name, held.c.until > time.time()
        row = connection.execute(  # one statement: what is settled meanwhile is in one of the two
            sa.select(
                sa.select(counted.c.pico).where(*running).scalar_subquery().label("pico"),
                sa.select(counted.c.unpriced).where(*running).scalar_subquery().label("unpriced"),
                sa.select(sa.func.sum(held.c.pico)).where(*alive).scalar_subquery().label("held"),
            )
        ).one()
        return Spent(budget, from_pico(row.pico or 0), from_pico(row.held or 0), row.unpriced or 0)

    def _named(self, connection: "Connection", name: str) -> Budget:
        import sqlalchemy as sa

        table = self._storage.tables.budgets
        row = connection.execute(sa.select(table).where(table.c.name == name)).first()
        if row is None:
            raise BudgetNotFoundError(name, [each for (each,) in connection.execute(sa.select(table.c.name).limit(3))])
        return budget_of(row)

    def __getitem__(self, name: str) -> Budget:
        with self._storage.reading() as connection:
            return self._named(connection, name)

    def __iter__(self) -> Iterator[str]:
        table = self._storage.tables.budgets
        with self._storage.reading() as connection:
            return iter([row.name for row in connection.execute(table.select().order_by(table.c.name))])

    def __len__(self) -> int:
        return sum(1 for _ in self)
