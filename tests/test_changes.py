"""The change log: what it says of two states of a model, and how it is kept."""

from datetime import timedelta
from pathlib import Path

import pytest

from ai_models import Model
from ai_models._core.merge import Contribution, merge_all
from ai_models.changes import Change, ChangeLog, compare
from ai_models.errors import QueryError, StoreError

WHEN = "2026-11-23T10:00:00Z"


def told(old: Model, new: Model) -> list[tuple[str | None, object, object, list[str]]]:
    return [(each.path or each.kind, each.old, each.new, sorted(each.offers)) for each in compare(old, new, WHEN)]


def served(default: str, **sizes: int) -> Model:
    """One model at several providers, each with a context and a price of its own."""
    order = sorted(sizes, key=lambda key: key != default)
    offers: dict[str, dict[str, object]] = {key: {"id": f"m-{key}"} for key in order}
    for key in order[1:]:
        offers[key] |= {"context_size": sizes[key], "cost_per_token": {"input": sizes[key] / 1e9}}
    own = sizes[default]
    return Model("m", default, own, cost_per_token={"input": own / 1e9}, connector_metadata=offers)


def test_another_default_server_is_one_change() -> None:
    assert told(served("a", a=1000, b=2000), served("b", a=1000, b=2000)) == [("provider", "a", "b", [])]


def test_a_fact_of_one_offer_is_told_with_the_offer_wherever_it_is_stored() -> None:
    assert told(served("a", a=1000, b=2000), served("b", a=1000, b=4000)) == [
        ("provider", "a", "b", []),
        ("context_size", 2000, 4000, ["b"]),
        ("cost_per_token.input", 2e-06, 4e-06, ["b"]),
    ]


def test_what_is_the_same_at_every_offer_is_told_once_but_a_price_always_with_its_offers() -> None:
    assert told(served("a", a=1000, b=1000), served("a", a=2000, b=2000)) == [
        ("context_size", 1000, 2000, []),
        ("cost_per_token.input", 1e-06, 2e-06, ["a", "b"]),
    ]


def test_offers_that_come_go_and_return_are_told_by_their_ids_on_the_wire() -> None:
    one, two = served("a", a=1000), served("a", a=1000, b=2000)
    assert [(each.kind, each.offers) for each in compare(one, two, WHEN)] == [("added", {"b": "m-b"})]
    gone = two.copy()
    gone.connector_metadata["b"]["gone"] = "2026-11-20"
    assert [(each.kind, each.offers) for each in compare(two, gone, WHEN)] == [("gone", {"b": "m-b"})]
    assert [each.kind for each in compare(gone, two, WHEN)] == ["returned"]
    assert [each.kind for each in compare(two, one, WHEN)] == ["removed"]
    assert [(each.kind, each.offers) for each in compare(None, two, WHEN)] == [("added", {"a": "m-a", "b": "m-b"})]


def test_a_change_names_who_says_so_and_since_when_the_old_value_was_known() -> None:
    old, new = served("a", a=1000), served("a", a=2000)
    old.provenance, new.provenance = {"*": "litellm@2026-01-15"}, {"*": "a@2026-11-23 litellm@2026-11-20"}
    assert {(each.source, each.since) for each in compare(old, new, WHEN)} == {("a", "2026-01-15")}
    withdrawn = Model("m", "a", connector_metadata={"a": {"id": "m-a"}}, provenance={"*": "other@2026-11-23"})
    assert {(each.source, each.new) for each in compare(old, withdrawn, WHEN)} == {("litellm", None)}


def test_what_is_listed_no_more_keeps_what_the_list_said_of_it() -> None:
    def said(context: int, *ids: str) -> list[Contribution]:
        return [Contribution("openrouter", "2026-11-01", Model(id, "openrouter", context)) for id in ids]

    stored = merge_all(said(1000, "openai/gpt-4o", "openai/gpt-4o:free"))
    (model,) = stored.values()
    model.connector_metadata["openrouter:free"]["gone"] = "2026-11-20"
    (after,) = merge_all(said(2000, "openai/gpt-4o"), stored).values()
    assert (after.context_size, after.via("openrouter:free").context_size) == (2000, 1000)


def test_the_same_price_of_another_offer_is_no_older_than_the_offer() -> None:
    first = Contribution("litellm", "2026-01-01", Model("gpt-4o", "openai", cost_per_token={"input": 1e-06}))
    other = Contribution("litellm", "2026-11-01", Model("gpt-4o", "azure", cost_per_token={"input": 1e-06}))
    (model,) = merge_all([first, other], merge_all([first])).values()
    assert model.via("openai").pricing.date == "2026-01-01"
    assert model.via("azure").pricing.date == "2026-11-01"


def test_a_log_is_read_as_it_was_written_but_for_a_torn_line(tmp_path: Path) -> None:
    log = ChangeLog(tmp_path / "models.changes.jsonl")
    changes = [
        Change(WHEN, "changed", "m", "cost_per_token.input", 1e-06, 2e-06, "a", {"a": "m-a"}, "2026-01-15"),
        Change("2026-11-24T10:00:00Z", "gone", "m", offers={"a": "m-a"}),
    ]
    log.append(changes)
    with (tmp_path / "models.changes.jsonl").open("a") as file:
        file.write('{"when": "2026-11-2')
    assert list(log) == changes
    assert list(log.since("2026-11-24")) == changes[1:]
    assert list(log.since(timedelta(days=36500))) == changes


@pytest.mark.parametrize("when", ["yesterday", "", "7", "-7d", "7m", "٧d"])
def test_a_time_that_is_none_is_refused(when: str) -> None:
    with pytest.raises(QueryError, match="7d"):
        ChangeLog().since(when)


def test_a_line_that_a_killed_process_left_torn_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    ChangeLog(path).append([Change("2026-11-23T10:00:00Z", "added", "first")])
    with path.open("a") as file:
        file.write('{"when": "2026-11-23T10:0')
    ChangeLog(path).append([Change("2026-11-23T10:00:01Z", "added", "second")])
    assert [change.id for change in ChangeLog(path)] == ["first", "second"]


def test_a_log_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="can't be written"):
        ChangeLog(tmp_path).append([Change("2026-11-23T10:00:00Z", "added", "first")])
