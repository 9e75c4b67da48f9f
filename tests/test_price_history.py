"""Prices of the past: what the log tells, and nothing that nobody had stated by then."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ai_models import Model, ModelManager, Pricing
from ai_models.changes import Change, ChangeLog
from ai_models.errors import ProviderNotFoundError, QueryError

PATH = "cost_per_token.input"
MODEL = Model(
    "openai/gpt-4",
    "openai",
    cost_per_token={"input": 1e-06, "output": 5e-06},
    provenance={"*": "openai@2026-09-01", "cost_per_token.output": "openai@2026-02-01"},
    connector_metadata={
        "openai": {"id": "gpt-4"},
        "azure": {"id": "my-gpt-4", "cost_per_token": {"input": 9e-06}},
        "nameless": {"id": "gpt-4", "cost_per_token": {"input": 7e-06}},
    },
)


def change(day: str, old: Any, new: Any, since: str | None = None, **where: Any) -> Change:
    about = {"path": PATH, "offers": {"openai": "gpt-4"}} | where
    return Change(f"{day}T10:00:00Z", "changed", MODEL.id, old=old, new=new, source="openai", since=since, **about)


def manager_with(*changes: Change, model: Model = MODEL) -> ModelManager:
    log = ChangeLog()
    log.append(changes)
    manager = ModelManager(sources={}, connectors=[], changes=log)
    manager.models.write([model.copy()])
    return manager


def asked(manager: ModelManager, day: str, provider: str | None = None) -> Decimal | None:
    return manager.pricing(MODEL.id, provider, at=day).input_per_mtok


def test_todays_price_is_walked_back_through_the_log() -> None:
    manager = manager_with(
        change("2026-05-01", 4e-06, 3e-06, "2026-01-15"), change("2026-09-01", 3e-06, 1e-06, "2026-05-01")
    )
    days = ["2026-01-14", "2026-01-15", "2026-04-30", "2026-05-01", "2026-08-31", "2026-09-01", "2026-11-01"]
    assert [asked(manager, day) for day in days] == [None, *map(Decimal, (4, 4, 3, 3, 1, 1))]


def test_each_price_has_a_history_of_its_own() -> None:
    pricing = manager_with().pricing(MODEL.id, at="2026-03-01")
    assert (pricing.output_per_mtok, pricing.input_per_mtok) == (Decimal(5), None)
    assert manager_with().pricing(MODEL.id, at="2026-01-31").known is False


def test_a_price_that_was_withdrawn_is_unknown_until_it_is_stated_again() -> None:
    manager = manager_with(change("2026-05-01", 4e-06, None, "2026-01-15"), change("2026-09-01", None, 1e-06))
    assert [asked(manager, day) for day in ("2026-04-01", "2026-06-01", "2026-10-01")] == [Decimal(4), None, Decimal(1)]


def test_a_value_without_a_first_day_is_not_taken_for_older_than_the_log() -> None:
    manager = manager_with(change("2026-05-01", 4e-06, 3e-06), change("2026-09-01", 3e-06, 1e-06))
    assert [asked(manager, day) for day in ("2026-04-30", "2026-05-01")] == [None, Decimal(3)]


def test_what_a_person_wrote_between_does_not_reach_back() -> None:
    model = MODEL.copy()
    model.provenance["cost_per_token.input"] = "user@2026-10-01"
    manager = manager_with(change("2026-05-01", 4e-06, 3e-06, "2026-01-15"), model=model)
    assert [asked(manager, day) for day in ("2026-06-01", "2026-10-01")] == [Decimal(3), Decimal(1)]


def test_other_offers_changes_are_not_this_offers() -> None:
    manager = manager_with(
        change("2026-10-01", 8e-06, 9e-06, "2026-01-01", offers={"azure": "my-gpt-4"}),
        change("2026-10-01", 6e-06, 7e-06, "2026-01-01", offers={"nameless": "another-id"}),
    )
    assert asked(manager, "2026-09-15") == Decimal(1)
    assert asked(manager, "2026-09-15", "azure") == Decimal(8)
    assert asked(manager, "2026-09-15", "nameless") == Decimal(7)
    with pytest.raises(ProviderNotFoundError):
        asked(manager, "2026-09-15", "elsewhere")


def test_tiers_have_a_past_too() -> None:
    old = [{"when": {"service": "batch"}, "cost_per_token": {"input": 5e-07}}]
    manager = manager_with(change("2026-10-01", old, None, "2026-01-01", path="price_tiers"))
    assert manager.pricing(MODEL.id, at="2026-09-15").tiers == tuple(old)
    assert manager.pricing(MODEL.id, at="2026-10-15").tiers == ()


def test_nobody_knows_the_prices_of_days_to_come_and_without_a_day_it_is_now() -> None:
    manager = manager_with()
    assert manager.pricing(MODEL.id, at="2999-01-01") == Pricing({}, date="2999-01-01")
    assert asked(manager, date.today().isoformat()) == Decimal(1)
    assert manager.pricing(MODEL.id).input_per_mtok == Decimal(1)
    assert manager.pricing(MODEL.id, at=date(2026, 10, 1)).input_per_mtok == Decimal(1)
    with pytest.raises(QueryError, match="2026-08-01"):
        manager.pricing(MODEL.id, at="last month")
