"""Budgets: asked before the call, right for many threads and processes, and never in silence."""

import subprocess
import sys
import textwrap
import threading
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ai_models import Model, ModelManager, ModelRegistry, Usage
from ai_models.budgets import Budget, Budgets
from ai_models.costs import Costs
from ai_models.errors import BudgetExceededError, BudgetNotFoundError, BudgetWarning, InvalidModelError
from ai_models.usage import Ledger

ONE_DOLLAR = {"model": "m", "usage": {"prompt_tokens": 1, "completion_tokens": 0}}
MODELS = {
    "m": Model("m", "p", cost_per_token={"input": 1.0, "output": 1.0}, tags={"group:production"}),
    "silent": Model("silent", "p"),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql"))
    return str(tmp_path / "usage.db")


def opened(place: str) -> Ledger:
    registry = ModelRegistry()
    registry |= MODELS
    groups = {"m": ["production"]}
    return Ledger(place, costs=Costs(registry), groups=lambda model: groups.get(model, ()))


@pytest.fixture
def ledger(place: str) -> Iterator[Ledger]:
    with opened(place) as made:
        yield made


@pytest.fixture
def budgets(ledger: Ledger) -> Budgets:
    return Budgets(ledger)


def spend(ledger: Ledger, times: int = 1, model: str = "m", **call: object) -> None:
    for _ in range(times):
        with ledger.track(model, **call) as tracked:
            tracked.response = {**ONE_DOLLAR, "model": model}


def test_a_call_that_would_go_over_is_refused_before_it_is_made_with_the_numbers(
    ledger: Ledger, budgets: Budgets
) -> None:
    budgets.set("team", limit_usd=3, per="day", warn_at=1)
    spend(ledger, 2)
    with pytest.raises(BudgetExceededError) as refused, ledger.track("m", estimate=Usage(2, 0)):
        pytest.fail("the call is made")
    error = refused.value
    assert (error.budget, error.limit, error.spent, error.asked) == ("team", 3, 2, 2)
    assert "2 of 3 USD of this day" in str(error)
    with pytest.warns(BudgetWarning), ledger.track("m", estimate=Usage(1, 0)) as tracked:
        tracked.response = ONE_DOLLAR
    with pytest.raises(BudgetExceededError):
        spend(ledger)
    assert budgets.spent("team").left == 0


def test_a_budget_counts_the_calls_it_is_for_and_no_others(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("tag", limit_usd=10, tag="job-7")
    budgets.set("group", limit_usd=10, group="production")
    budgets.set("model", limit_usd=10, model="other")
    budgets.set("provider", limit_usd=10, provider="p", tag="job-7")
    spend(ledger)
    spend(ledger, tags=["job-7"])
    spent = {name: budgets.spent(name).spent for name in budgets}
    assert spent == {"tag": 1, "group": 2, "model": 0, "provider": 1}


def test_a_budget_that_is_set_later_counts_what_was_spent_before(ledger: Ledger, budgets: Budgets) -> None:
    spend(ledger, 2)
    budgets.set("late", limit_usd=3)
    assert budgets.spent("late").spent == 2
    budgets.set("late", limit_usd=30, per="total")
    spend(ledger)
    assert budgets.spent("late").spent == 3


@pytest.mark.parametrize(
    ("per", "since"),
    [("hour", "2026-11-25T10"), ("day", "2026-11-25"), ("week", "2026-11-23"), ("month", "2026-11"), ("total", "")],
)
def test_a_period_begins_where_the_calendar_says(per: str, since: str) -> None:
    assert Budget("b", Decimal(1), per=per).since(datetime(2026, 11, 25, 10, 30, tzinfo=UTC)) == since  # type: ignore[arg-type]


def test_a_warning_comes_once_when_little_is_left(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("team", limit_usd=10, warn_at=0.5)
    spend(ledger, 5)
    with pytest.warns(BudgetWarning, match="5 of 10 USD") as told:
        spend(ledger, 2)
    assert len(told) == 1


def test_a_call_of_unknown_cost_is_let_through_and_told_or_refused_as_the_budget_says(
    ledger: Ledger, budgets: Budgets
) -> None:
    budgets.set("lenient", limit_usd=10)
    spend(ledger, model="silent")
    assert (budgets.spent("lenient").unpriced, budgets.spent("lenient").spent) == (1, 0)
    budgets.set("strict", limit_usd=10, unknown="refuse")
    with pytest.raises(BudgetExceededError):
        spend(ledger, model="silent")


def test_checking_holds_nothing(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("team", limit_usd=1)
    for _ in range(3):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BudgetWarning)
            [state] = budgets.check("m", estimate=Decimal(1))
        assert state.held == 0
    with pytest.raises(BudgetExceededError):
        budgets.check("m", estimate=Decimal("1.01"))


def test_what_a_call_may_cost_is_held_while_it_is_made_and_given_back(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("team", limit_usd=10)
    with ledger.track("m", estimate=Usage(4, 0)) as tracked:
        assert budgets.spent("team").held == 4
        tracked.response = ONE_DOLLAR
    assert (budgets.spent("team").held, budgets.spent("team").spent) == (0, 1)
    with pytest.raises(ValueError, match="x"), ledger.track("m", estimate=Usage(4, 0)):
        raise ValueError("x")
    assert budgets.spent("team").held == 0


def test_what_a_dead_process_held_is_given_back_after_a_while(
    ledger: Ledger, budgets: Budgets, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets.set("team", limit_usd=10)
    ledger.track("m", estimate=Usage(4, 0)).start()
    assert budgets.spent("team").held == 4
    later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)
    assert budgets.spent("team").held == 0


def test_threads_never_spend_more_than_there_is(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("team", limit_usd=20, warn_at=1)
    refused = []

    def spend_all() -> None:
        for _ in range(10):
            try:
                with ledger.track("m", estimate=Usage(1, 0)) as tracked:
                    tracked.response = ONE_DOLLAR
            except BudgetExceededError:
                refused.append(1)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BudgetWarning)
        threads = [threading.Thread(target=spend_all) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert budgets.spent("team").spent == 20
    assert len(refused) == 40


SPENDER = """
import sys, warnings
from ai_models import Model, ModelRegistry, Usage
from ai_models.budgets import Budgets
from ai_models.costs import Costs
from ai_models.errors import BudgetExceededError
from ai_models.usage import Ledger

warnings.simplefilter("ignore")
registry = ModelRegistry()
registry["m"] = Model("m", "p", cost_per_token={"input": 1.0, "output": 1.0})
ledger = Ledger(sys.argv[1], costs=Costs(registry))
budgets = Budgets(ledger)
for _ in range(20):
    try:
        with ledger.track("m", estimate=Usage(1, 0)) as call:
            call.response = {"model": "m", "usage": {"prompt_tokens": 1, "completion_tokens": 0}}
    except BudgetExceededError:
        pass
ledger.close()
"""


def test_processes_never_spend_more_than_there_is(place: str) -> None:
    with opened(place) as ledger:
        Budgets(ledger).set("team", limit_usd=30, warn_at=1)
    spenders = [subprocess.Popen([sys.executable, "-c", textwrap.dedent(SPENDER), place]) for _ in range(4)]
    assert [spender.wait() for spender in spenders] == [0] * 4
    with opened(place) as ledger:
        assert Budgets(ledger).spent("team").spent == 30
        assert ledger.total()[0].cost == 30


def test_budgets_are_listed_and_removed(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("a", limit_usd="0.5", tag="t")
    assert dict(budgets) == {"a": Budget("a", Decimal("0.5"), tag="t")}
    budgets.remove("a")
    assert len(budgets) == 0
    for ask in (budgets.remove, budgets.spent, budgets.__getitem__):
        with pytest.raises(BudgetNotFoundError):
            ask("a")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"limit_usd": -1},
        {"limit_usd": "nan"},
        {"per": "year"},
        {"warn_at": 0},
        {"unknown": "maybe"},
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(budgets: Budgets, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidModelError):
        budgets.set(**{"name": "b", "limit_usd": 1, **wrong})  # type: ignore[arg-type]


def test_a_manager_s_wrapped_calls_meet_its_budgets() -> None:
    manager = ModelManager()
    manager.models |= MODELS
    manager.budgets.set("job", limit_usd=1, tag="job-7", warn_at=1)
    with manager.usage.track("m", tags=["job-7"]) as tracked:
        tracked.response = ONE_DOLLAR
    with pytest.raises(BudgetExceededError), manager.usage.track("m", tags=["job-7"]):
        pytest.fail("the call is made")
    with manager.usage.track("m") as tracked:
        tracked.response = ONE_DOLLAR
    manager.usage.close()
