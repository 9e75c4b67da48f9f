"""Lifecycle: what retires, what may, what is over; who is warned, and of what."""

from datetime import date

import pytest

from ai_models import Model, ModelManager
from ai_models.cli.retirements import format_warnings
from ai_models.errors import InvalidModelError, QueryError
from ai_models.lifecycle import cared_for, ended, retiring

TODAY = date(2026, 11, 23)


def model(id: str = "gpt-4", *, tags: tuple[str, ...] = (), **facts: str) -> Model:
    return Model(id, "openai", tags=set(tags), connector_metadata={"openai": {"id": id}}, **facts)  # type: ignore[arg-type]


def test_the_four_facts_of_a_life_are_apart() -> None:
    stated = model(deprecated="2026-06-01", retired="2026-12-31", retires_not_before="2026-11-30", successor="gpt-5")
    (end,) = retiring([stated], "90d", TODAY)
    assert (end.date, end.at_earliest, end.days_left, end.successor) == ("2026-12-31", False, 38, "gpt-5")
    assert retiring([model(deprecated="2026-12-31", successor="gpt-5")], "90d", TODAY) == []


def test_a_promise_is_no_date_of_an_end_and_is_marked_as_the_earliest() -> None:
    (end,) = retiring([model(retires_not_before="2026-12-01")], "90d", TODAY)
    assert (end.date, end.at_earliest) == ("2026-12-01", True)
    assert not ended(model(retires_not_before="2026-01-01"), TODAY)
    with pytest.raises(InvalidModelError):
        Model.from_dict({"id": "m", "provider": "x", "retires_not_before": "soon"})


@pytest.mark.parametrize(
    ("day", "within", "found"),
    [
        ("2026-11-22", "90d", False),
        ("2026-11-23", "90d", True),
        ("2026-11-30", "7d", True),
        ("2026-12-01", "7d", False),
        ("2026-12-01", "2w", True),
        ("2026-10", "90d", False),
        ("2026-11", "0d", True),
        ("2027", "90d", True),
        ("2026", "1d", True),
    ],
)
def test_a_span_starts_today_and_a_month_is_over_when_its_last_day_is(day: str, within: str, found: bool) -> None:
    assert bool(retiring([model(retired=day)], within, TODAY)) is found


def test_each_offer_has_dates_of_its_own_the_next_one_first() -> None:
    many = model(retired="2026-12-31")
    many.connector_metadata |= {
        "azure": {"id": "a", "retired": "2026-12-01"},
        "groq": {"id": "g", "retired": "2026-12-02", "gone": "2026-11-01"},
        "bedrock": {"id": "b"},
    }
    assert [(end.offer, end.days_left) for end in retiring([many], "90d", TODAY)] == [("azure", 8), ("openai", 38)]


def test_a_model_is_over_when_no_offer_is_left() -> None:
    old = model(retired="2026-06-30")
    assert ended(old, TODAY)
    old.connector_metadata["azure"] = {"id": "a"}
    assert not ended(old, TODAY)
    old.connector_metadata["azure"]["gone"] = "2026-11-01"
    assert ended(old, TODAY)


def test_a_span_that_is_none_is_refused() -> None:
    for span in ("soon", "", "d", "-1d", "90", "99999999d"):
        with pytest.raises(QueryError, match="90d"):
            retiring([], span, TODAY)


def test_tags_groups_and_notes_are_care() -> None:
    noted = Model("noted", "x", custom_metadata={"note": "mine"})
    assert list(cared_for([Model("a", "x"), model(tags=("group:approved",)), noted])) == [
        model(tags=("group:approved",)),
        noted,
    ]


def test_one_is_warned_of_ones_own_models_alone() -> None:
    soon = [model(f"m{n}", tags=("mine",), retired=date.today().isoformat()) for n in range(5)]
    gone = model("old", tags=("mine",))
    gone.connector_metadata["openai"]["gone"] = "2026-11-01"
    foreign = model("foreign", retired=date.today().isoformat())
    assert list(format_warnings([foreign, model("fine", tags=("mine",))])) == []
    first, second = format_warnings([*soon, gone, foreign])
    assert first.startswith("5 of your models retire soon: m0 (openai, ")
    assert first.endswith("and 2 others; see: ai-models list --retiring 90d")
    assert second.startswith("1 of your models is gone: old;")


def test_a_manager_tells_what_retires() -> None:
    manager = ModelManager(sources={}, connectors=[])
    manager.models["gpt-4"] = model(retired=date.today().isoformat())
    assert [(end.id, end.days_left) for end in manager.retiring("1d")] == [("gpt-4", 0)]
