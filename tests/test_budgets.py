"""Budgets: asked before a call, kept by many threads and processes, never passed by more than what is under way."""

import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_models import Model, ModelManager
from ai_models.budgets import Budget, Budgets
from ai_models.costs import Cost, Usage, Workload
from ai_models.errors import (
    AIModelsWarning,
    BudgetExceededError,
    BudgetNotFoundError,
    BudgetWarning,
    InvalidModelError,
    StoreError,
)
from ai_models.usage import Call, Ledger
from ai_models.usage.budget_rules import Period
from ai_models.usage.records import new_id, now


@pytest.fixture
def budgets(ledger: Ledger) -> Budgets:
    return Budgets(ledger)


@pytest.fixture
def manager() -> Iterator[ModelManager]:
    made = ModelManager()
    price = {"input": 1e-03, "output": 1e-03}
    made.models["lab/m"] = Model("lab/m", "p", aliases=["em"], cost_per_token=price)
    made.models["lab/m-2026"] = Model("lab/m-2026", "p", base="lab/m", cost_per_token=price)
    made.models["dark"] = Model("dark", "p")
    yield made
    made.usage.close()


def spend(ledger: Ledger, amount: str | None, *, model: str = "m", tags: tuple[str, ...] = (), when: str = "") -> None:
    cost = None if amount is None else Cost(model, "p", {"input": Decimal(amount)})
    ledger.add(Call(new_id(), when or now(), model, "p", cost=cost, tags=tags))


def answer(tokens: int, model: str = "lab/m") -> dict[str, Any]:
    return {"model": model, "usage": {"prompt_tokens": tokens, "completion_tokens": 0}}


@pytest.mark.filterwarnings("ignore::ai_models.errors.BudgetWarning")
def test_a_call_over_the_limit_is_refused_with_the_numbers(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("team", limit_usd="1.50", warn_at=1)
    spend(ledger, "1.25")
    budgets.check("m", estimate=Decimal("0.25"))
    with pytest.raises(BudgetExceededError, match=r"'team': 1.25 of 1.5 USD of this month") as caught:
        budgets.check("m", estimate=Decimal("0.26"))
    error = caught.value
    assert (error.budget, error.limit, error.spent, error.asked) == (
        "team",
        Decimal("1.5"),
        Decimal("1.25"),
        Decimal("0.26"),
    )


def test_without_an_estimate_calls_are_made_until_nothing_is_left(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("team", limit_usd=1, warn_at=1)
    with ledger.track("m"):
        pass
    spend(ledger, "1")
    with pytest.raises(BudgetExceededError), ledger.track("m"):
        pytest.fail("the call is not to be made")


def test_a_budget_of_nothing_refuses_everything(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("none", limit_usd=0)
    with pytest.raises(BudgetExceededError):
        ledger.track("m").start()


def test_what_was_spent_before_the_budget_was_set_counts(ledger: Ledger, budgets: Budgets) -> None:
    spend(ledger, "2", tags=("job",))
    spend(ledger, "4")
    spend(ledger, None, tags=("job",))
    spend(ledger, "8", tags=("job",), when="2020-01-01T00:00:00.000Z")
    periods: tuple[Period, ...] = ("hour", "day", "week", "month")
    for per in periods:
        budgets.set(per, limit_usd=100, per=per, tag="job")
    budgets.set("ever", limit_usd=100, per="total", tag="job")
    assert {name: (budgets.spent(name).spent, budgets.spent(name).unpriced) for name in budgets} == {
        **dict.fromkeys(("hour", "day", "week", "month"), (Decimal(2), 1)),
        "ever": (Decimal(10), 1),
    }


def test_a_new_limit_keeps_what_was_spent(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("team", limit_usd=1)
    spend(ledger, "0.5")
    budgets.set("team", limit_usd=2)
    assert (len(budgets), budgets.spent("team").left) == (1, Decimal("1.5"))


def test_a_record_that_comes_twice_is_spent_once(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("team", limit_usd=10)
    call = Call("same", now(), "m", "p", cost=Cost("m", "p", {"input": Decimal(1)}))
    for _ in range(3):
        ledger.add(call)
        ledger.flush()
    assert budgets.spent("team").spent == 1


def test_a_budget_counts_only_what_it_is_for(manager: ModelManager) -> None:
    manager.create_model_group("approved", ["lab/m"])
    budgets = manager.budgets
    budgets.set("model", limit_usd=10, model="em")
    budgets.set("provider", limit_usd=10, provider="p")
    budgets.set("group", limit_usd=10, group="approved")
    budgets.set("tag", limit_usd=10, tag="job")
    budgets.set("other", limit_usd=10, tag="else")
    for model in ("lab/m", "lab/m-2026"):
        with manager.usage.track(model, tags=["job"]) as call:
            call.response = answer(1000, model)
    spent = {name: budgets.spent(name).spent for name in budgets}
    assert spent == {"model": 2, "provider": 2, "group": 2, "tag": 2, "other": 0}
    assert budgets["model"].model == "lab/m"
    assert {state.budget.name for state in budgets.check("lab/m-2026")} == {"model", "provider", "group"}


def test_a_snapshot_that_answers_counts_for_the_model_that_was_asked(manager: ModelManager) -> None:
    manager.budgets.set("m", limit_usd=2, model="lab/m", warn_at=1)
    for _ in range(2):
        with manager.usage.track("lab/m") as call:
            call.response = answer(1000, "lab/m-2026")
    with pytest.raises(BudgetExceededError):
        manager.usage.track("lab/m").start()


def test_an_estimate_is_held_while_the_call_is_made_and_given_back(manager: ModelManager) -> None:
    manager.budgets.set("m", limit_usd=10, warn_at=1)
    with manager.usage.track("lab/m", estimate=Workload(6000, 0)) as call:
        assert manager.budgets.spent("m").held == 6
        with pytest.raises(BudgetExceededError) as caught:
            manager.usage.track("lab/m", estimate=Usage(5000, 0)).start()
        assert (caught.value.spent, caught.value.asked) == (6, 5)
        call.response = answer(2000)
    state = manager.budgets.spent("m")
    assert (state.spent, state.held, state.left) == (2, 0, 8)


def test_a_call_that_fails_gives_back_what_it_held(manager: ModelManager) -> None:
    manager.budgets.set("m", limit_usd=10)
    with pytest.raises(RuntimeError), manager.usage.track("lab/m", estimate=Workload(6000, 0)):
        raise RuntimeError
    assert manager.budgets.spent("m").left == 10


@pytest.mark.filterwarnings("ignore::ai_models.errors.BudgetWarning")
def test_what_a_dead_process_held_comes_back_in_time(
    ledger: Ledger, budgets: Budgets, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets.set("m", limit_usd=1, warn_at=1)
    ledger.track("m", estimate=Decimal(1)).start()  # and never recorded
    with pytest.raises(BudgetExceededError):
        ledger.track("m").start()
    later = time.time() + 901
    monkeypatch.setattr("ai_models.budgets.time.time", lambda: later)
    ledger.track("m").start()


def test_the_warning_comes_once_a_period_and_says_what_isn_t_known(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("team", limit_usd=10, warn_at=0.5)
    spend(ledger, "4")
    spend(ledger, None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ledger.track("m").start()
    spend(ledger, "1")
    with pytest.warns(BudgetWarning, match="'team': 5 of 10 USD.*1 calls? of unknown cost"):
        ledger.track("m").start()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ledger.track("m").start()


def test_a_call_of_unknown_cost_is_allowed_or_refused_as_the_budget_says(manager: ModelManager) -> None:
    manager.budgets.set("lax", limit_usd=10, model="dark")
    with manager.usage.track("dark", estimate=Workload(10, 10)) as call:
        call.response = answer(5, "dark")
    assert (manager.budgets.spent("lax").unpriced, manager.budgets.spent("lax").spent) == (1, 0)
    manager.budgets.set("strict", limit_usd=10, model="dark", unknown="refuse")
    with pytest.raises(BudgetExceededError):
        manager.usage.track("dark", estimate=Workload(10, 10)).start()


def test_a_removed_budget_is_gone_and_an_unknown_one_is_named(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("team", limit_usd=0)
    budgets.remove("team")
    ledger.track("m").start()
    with pytest.raises(BudgetNotFoundError):
        budgets.remove("team")
    with pytest.raises(BudgetNotFoundError):
        budgets.spent("team")
    assert list(budgets) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit_usd": -1},
        {"limit_usd": float("nan")},
        {"limit_usd": "1e9"},
        {"limit_usd": 1, "per": "year"},
        {"limit_usd": 1, "warn_at": 0},
        {"limit_usd": 1, "unknown": "maybe"},
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with Ledger() as ledger, pytest.raises(InvalidModelError):
        Budgets(ledger).set("b", **wrong)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from(["hour", "day", "week", "month"]))
def test_a_period_holds_the_moment_that_it_is_of(moment: datetime, per: Any) -> None:
    moment = moment.replace(tzinfo=UTC)
    since = Budget("b", Decimal(1), per=per).since(moment)
    assert since <= moment.isoformat()
    begin = datetime.fromisoformat({7: f"{since}-01", 13: f"{since}:00"}.get(len(since), since)).replace(tzinfo=UTC)
    assert Budget("b", Decimal(1), per=per).since(begin) == since


def test_budgets_that_can_t_be_read_keep_nobody_back_and_say_so(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file, no folder")
    ledger = Ledger(tmp_path / "blocked" / "usage.db", window_s=60)
    Budgets(ledger)
    with pytest.warns(AIModelsWarning, match="no call is kept back"):
        ledger.track("m").start()


def test_a_budget_whose_database_goes_away_keeps_its_calls_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger(tmp_path / "usage.db") as ledger:
        budgets = Budgets(ledger)
        budgets.set("team", limit_usd=10, tag="job")
        ledger.track("m", tags=["job"]).start()

        def away(*_: Any) -> Any:
            raise StoreError("the database is away")

        with monkeypatch.context() as patch:
            patch.setattr("ai_models.usage.storage.database.writing", away)
            patch.setattr("ai_models.usage.storage.database.reading", away)
            ledger.track("m").start()
            with pytest.raises(StoreError):
                ledger.track("m", tags=["job"]).start()


COST = Decimal("0.01")


def _together(work: Callable[[list[int]], None], workers: int) -> int:
    made: list[int] = []
    threads = [threading.Thread(target=work, args=(made,)) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(made)


def test_threads_hold_together_no_more_than_the_limit(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("team", limit_usd="0.25", warn_at=1)
    kept: list[Any] = []

    def work(made: list[int]) -> None:
        for _ in range(10):
            try:
                kept.append(ledger.track("m", estimate=COST).start())
            except BudgetExceededError:
                return
            made.append(1)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BudgetWarning)
        assert _together(work, 8) == 25


def test_threads_that_share_a_budget_spend_it_once(ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("team", limit_usd="0.30", warn_at=1)

    def work(made: list[int]) -> None:
        for _ in range(20):
            tracked = ledger.track("m", estimate=COST)
            try:
                tracked.start()
            except BudgetExceededError:
                return
            cost = Cost("m", "p", {"input": COST})
            ledger.add(Call(new_id(), now(), "m", "p", cost=cost, reservations=tracked._reservations))
            made.append(1)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BudgetWarning)
        assert _together(work, 6) == 30
    assert (budgets.spent("team").spent, budgets.spent("team").held) == (Decimal("0.30"), 0)


SPENDER = """
import sys, time, warnings
from decimal import Decimal
from ai_models.budgets import Budgets
from ai_models.costs import Cost
from ai_models.errors import BudgetExceededError
from ai_models.usage import Call, Ledger
from ai_models.usage.records import new_id, now
warnings.simplefilter("ignore")
made, amount = 0, Decimal("0.01")
with Ledger(sys.argv[1]) as ledger:
    Budgets(ledger)
    time.sleep(max(0, float(sys.argv[2]) - time.time()))
    for _ in range(100):
        tracked = ledger.track("m", estimate=amount)
        try:
            tracked.start()
        except BudgetExceededError:
            break
        cost = Cost("m", "p", {"input": amount})
        ledger.add(Call(new_id(), now(), "m", "p", cost=cost, reservations=tracked._reservations))
        made += 1
print(made)
"""


def test_processes_that_share_a_budget_spend_it_once(database: str, ledger: Ledger, budgets: Budgets) -> None:
    budgets.set("team", limit_usd="0.50", warn_at=1)
    start = str(time.time() + 2)
    command = [sys.executable, "-c", SPENDER, database, start]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    made = [int(process.communicate()[0]) for process in running]
    assert sum(made) == 50
    state = budgets.spent("team")
    assert (state.spent, state.held, state.left) == (Decimal("0.50"), 0, 0)
