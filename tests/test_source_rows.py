import pytest
from hypothesis import given, settings
from tests.mutations import anything

from ai_models._core.model import Model, check_fields
from ai_models.errors import SourceFormatError
from ai_models.sources import rows
from ai_models.sources.parsed import Parsed

READERS = [
    rows.count,
    rows.day,
    rows.past_day,
    rows.capabilities,
    rows.kind_of,
    rows.mapping,
    lambda value: rows.prices(value, {"a": "input"}),
    lambda value: rows.prices({"a": value}, {"a": "input"}),
    lambda value: rows.dig(value, "a.b"),
    lambda value: rows.first(value, ["a.b", "c"], rows.count),
]


@pytest.mark.parametrize(
    ("stated", "count"),
    [
        (8192, 8192),
        (8192.0, 8192),
        ("128000", 128_000),
        ("163,840", 163_840),
        ("200K", 200_000),
        ("1M", 1_000_000),
        ("200k", 200_000),
        ("128K tokens", 128_000),
        ("1.5m", 1_500_000),
        (0, None),
        ("0", None),
        (-1, None),
        (True, None),
        (1.5, None),
        ("", None),
        ("many", None),
        ("1e5", None),
        (float("nan"), None),
        (float("inf"), None),
        (10**30, None),
        ("9" * 5000, None),
        (None, None),
        ([1], None),
    ],
    ids=lambda value: (
        repr(value)[:40] if not isinstance(value, int) or isinstance(value, bool) else f"int {value}"[:40]
    ),
)
def test_a_count_is_a_positive_whole_number_in_any_spelling(stated: object, count: int | None) -> None:
    assert rows.count(stated) == count


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        (1761950332, "2025-10-31"),
        (1761950332.5, "2025-10-31"),
        (1761950332000, "2025-10-31"),
        ("1761950332", "2025-10-31"),
        ("2025-11-30T12:00:00Z", "2025-11-30"),
        ("2025-05-10T08:06:48.639712648-07:00", "2025-05-10"),
        ("2025-05-10 08:06:48.123", "2025-05-10"),
        ("2025-05-10", "2025-05-10"),
        (0, None),
        (735790403, None),
        ("1970-01-01T00:00:00Z", None),
        ("2025-13-45", None),
        ("20250510", None),
        ("٢٠٢٥-٠١-٠١", None),
        (-1, None),
        (True, None),
        (float("nan"), None),
        (10**40, None),
        ("1" * 400, None),
        (None, None),
        ({}, None),
    ],
    ids=lambda value: (
        repr(value)[:40] if not isinstance(value, int) or isinstance(value, bool) else f"int {value}"[:40]
    ),
)
def test_a_day_is_read_from_any_spelling_and_a_placeholder_is_none(stated: object, day: str | None) -> None:
    assert rows.day(stated) == day


def test_a_day_in_the_future_may_be_a_retirement_but_no_release() -> None:
    assert rows.day("2999-01-01") == "2999-01-01"
    assert rows.past_day("2999-01-01") is None


def test_a_price_that_varies_or_is_none_is_unknown_and_zero_is_zero() -> None:
    stated = {"a": "0.0000025", "b": "-1", "c": "0", "d": "free", "e": None, "f": True, "g": "1e400", "h": "NaN"}
    assert rows.prices(stated, {name: name for name in stated}) == {"a": 2.5e-06, "c": 0.0}


def test_a_price_is_the_number_that_was_written() -> None:
    assert rows.prices({"a": "0.000000037"}, {"a": "input"})["input"] == 0.000000037
    assert rows.prices({"a": 0.97}, {"a": "input"}, per_mtok=True)["input"] == 9.7e-07


def test_a_row_that_is_no_model_is_skipped_with_its_number_and_reason() -> None:
    hostile = "[bold]\x1b[31m" + "x" * 10_000
    listed = [
        {"id": "a"},
        None,
        {"id": ""},
        {"id": 7},
        {"id": hostile},
        {"id": "x" * 10_000},
        {"id": "a\x00b"},
        {"id": "b"},
    ]
    parsed = rows.parse_rows(listed, lambda row: Model(rows.row_id(row, "id"), "x"))
    assert [model.id for model in parsed.models] == ["a", "b"]
    assert [skipped.row for skipped in parsed.skipped] == [1, 2, 3, 4, 5, 6]
    assert all(skipped.reason.isprintable() and len(skipped.reason) < 200 for skipped in parsed.skipped)
    assert all(skipped.id is None or (skipped.id.isprintable() and len(skipped.id) <= 80) for skipped in parsed.skipped)


def test_a_row_listed_twice_counts_once_and_a_contradiction_is_reported() -> None:
    listed = [{"id": "a", "n": 1}, {"id": "a", "n": 1}, {"id": "a", "n": 2}]
    parsed = rows.parse_rows(listed, lambda row: Model(row["id"], "x", context_size=row["n"]))
    assert [model.context_size for model in parsed.models] == [1]
    assert [(skipped.row, skipped.id) for skipped in parsed.skipped] == [(2, "a")]


def test_a_price_that_no_model_costs_is_dropped_and_reported() -> None:
    parsed = rows.parse_rows([{}], lambda row: Model("a", "x", cost_per_token={"input": 3.0, "output": 3e-06}))
    assert parsed.models[0].cost_per_token == {"output": 3e-06}
    assert "unit mixed up" in parsed.skipped[0].reason


def test_a_value_that_a_model_cannot_hold_is_a_skipped_row() -> None:
    parsed = rows.parse_rows([{}], lambda row: Model(" ", "x"))
    assert parsed.models == []
    assert len(parsed.skipped) == 1


def test_pages_give_each_model_once() -> None:
    pages = [Parsed([Model("a", "x", 1)], []), Parsed([Model("b", "x"), Model("a", "x", 2)], [])]
    assert [(model.id, model.context_size) for model in rows.merge_pages(pages).models] == [("a", 1), ("b", None)]


@pytest.mark.parametrize("payload", [None, 7, "x", {}, {"data": {}}, {"data": None}, {"models": "x"}, True])
def test_an_answer_without_a_list_is_a_format_error_that_says_what_came(payload: object) -> None:
    with pytest.raises(SourceFormatError, match="expected a list under 'data' or a list, got"):
        rows.expect_rows(payload, "demo", "data", "")


def test_a_bare_list_is_only_taken_where_it_is_known() -> None:
    with pytest.raises(SourceFormatError):
        rows.expect_rows([], "demo", "data")


def test_capabilities_outside_the_vocabulary_are_left_out() -> None:
    assert rows.capabilities(["Function Calling", "x-ray", 7]) == {"tools": True}
    assert rows.capabilities({"supports_vision": True, "tools": None, "x": True, 7: True}) == {"vision": True}


@settings(deadline=None)
@given(anything())
def test_no_reader_fails_whatever_it_reads(value: object) -> None:
    for read in READERS:
        read(value)


@settings(deadline=None)
@given(anything())
def test_what_is_read_is_something_a_model_can_hold(value: object) -> None:
    model = Model(
        "a",
        "x",
        context_size=rows.count(value),
        released=rows.past_day(value),
        retired=rows.day(value),
        kind=rows.kind_of(value),
        cost_per_token=rows.prices(value, {"a": "input"}),
        capabilities=dict(rows.capabilities(value)),
    )
    check_fields(model.to_dict(), "a")
