"""Queries: three-valued, checked before they run, and as an oracle of a few lines says."""

import json
from calendar import monthrange
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ai_models._core.model import FIELDS, Offer
from ai_models._core.query import (
    compile_query,
    compile_selection,
    parse_query,
    parse_query_text,
    parse_sort,
    sort_models,
    views,
)
from ai_models._core.query.compile import compile_served
from ai_models._core.query.serving import offers_at
from ai_models._core.record import to_record
from ai_models.base import Model, ModelRegistry
from ai_models.errors import QueryError
from ai_models.testing.stores import models, queries

BIG = Model(
    "openai/gpt-4o",
    "openai",
    128_000,
    capabilities={"vision": True, "tools": True, "reasoning": False},
    cost_per_token={"input": 2.5e-06, "output": 1e-05},
    tags={"production", "cheap"},
    connector_metadata={"openai": {"id": "gpt-4o"}, "azure": {"id": "my-4o", "context_size": 64_000}},
    custom_metadata={"notes": "good", "stars": 5, "seen": [1, 2, "x"], "a.b": 1, "flag": True},
    lab="openai",
    aliases=["4o"],
    input_modalities=["text", "image"],
    benchmarks=[{"name": "mmlu", "value": 0.88}, {"name": "aime", "value": 0.1}],
    released="2024-05-13",
    open_weights=False,
)
BARE = Model("bare", "ollama", is_local=True)


def matching(query: dict[str, Any], *given: Model, via: str | None = None) -> list[str]:
    matches = compile_query(query, via=via)
    return [model.id for model in given or (BIG, BARE) if matches(model)]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"provider": "openai"},
        {"provider": {"$eq": "openai"}},
        {"context_size": 128_000.0},
        {"context_window": {"$gte": 8000, "$lte": 128_000}},
        {"context": {"$gt": 1}},
        {"capabilities.vision": True},
        {"capabilities.image_input": True},
        {"capabilities.supports_function_calling": True},
        {"capabilities.reasoning": False},
        {"capabilities.reasoning": {"$ne": True}},
        {"capabilities": "tool_call"},
        {"capabilities": {"$all": ["vision", "function_calling"]}},
        {"capabilities": {"$in": ["batch", "functions"]}},
        {"cost_per_token.input": {"$lt": 3e-6}},
        {"pricing.input_per_mtok": 2.5},
        {"pricing.output_per_mtok": {"$lte": 10}},
        {"tags": "production"},
        {"tags": {"$all": ["cheap", "production"]}},
        {"tags": ["production", "cheap"]},
        {"tags": {"$size": 2}},
        {"tags": {"$regex": "^prod"}},
        {"tags": {"$ne": "slow"}},
        {"tags": {"$elemMatch": {"$gt": "d"}}},
        {"aliases": "4o"},
        {"input_modalities": {"$nin": ["audio"]}},
        {"lab": {"$in": ["openai", "meta"]}},
        {"lab": {"$regex": "^OPEN", "$options": "i"}},
        {"lab": {"$not": {"$regex": "meta"}}},
        {"open_weights": False},
        {"released": "2024"},
        {"released": {"$gte": "2024-05", "$lt": "2024-06"}},
        {"benchmarks.name": "aime"},
        {"benchmarks": {"$elemMatch": {"name": "mmlu", "value": {"$gt": 0.8}}}},
        {"benchmarks": {"$size": 2}},
        {"custom_metadata.stars": {"$gte": 5}},
        {"custom_metadata.seen": 2},
        {"custom_metadata.seen": {"$all": [1, "x"]}},
        {"custom_metadata.a.b": 1},
        {"custom_metadata.flag": {"$ne": 1}},
        {"connector_metadata.azure.id": "my-4o"},
        {"offers.azure": {"$exists": True}},
        {"offers.azure.context_size": 64_000},
        {"offers.azure.pricing.input_per_mtok": {"$exists": False}},
        {"offers.openai.cost_per_token.input": {"$gt": 0}},
        {"$and": [{"provider": "openai"}, {"context_size": {"$exists": True}}]},
        {"$or": [{"provider": "meta"}, {"context_size": 128_000}]},
        {"$nor": [{"provider": "meta"}, {"context_size": 1}]},
        {"$not": {"context_size": {"$lt": 5}}},
        {"context_size": {"$not": {"$lt": 5}}},
        {"context_size": {"$in": [1, 128_000]}},
    ],
    ids=json.dumps,
)
def test_a_query_matches_the_model_that_it_describes(query: dict[str, Any]) -> None:
    assert "openai/gpt-4o" in matching(query)
    if query and query != {"tags": {"$ne": "slow"}}:
        assert matching({"$and": [query, {"lab": {"$exists": True}}]}) == ["openai/gpt-4o"]
        assert matching({"$not": query}) in ([], ["bare"])


@pytest.mark.parametrize(
    "operand", [1, {"$ne": 1}, {"$lt": 9}, {"$not": {"$gt": 9}}, {"$in": [1]}, {"$nin": [1]}], ids=str
)
@pytest.mark.parametrize(
    "path", ["context_size", "cost_per_token.input", "custom_metadata.stars", "offers.azure.context_size"]
)
def test_what_is_unknown_matches_nothing(path: str, operand: Any) -> None:
    assert matching({path: operand}, BARE) == []
    assert matching({"$not": {path: operand}}, BARE) == []
    assert matching({"$nor": [{path: operand}]}, BARE) == []
    assert matching({path: {"$exists": False}}, BARE) == ["bare"]
    assert matching({"$not": {path: {"$exists": True}}}, BARE) == ["bare"]


def test_a_reported_zero_is_known() -> None:
    free = Model("free", "x", 0, cost_per_token={"input": 0})
    assert matching({"cost_per_token.input": 0, "context_size": {"$lt": 1}}, free, BARE) == ["free"]


def test_no_tags_are_known_but_no_modalities_are_unknown() -> None:
    assert matching({"tags": {"$ne": "x"}}, BARE) == ["bare"]
    assert matching({"tags": []}, BARE) == ["bare"]
    assert matching({"tags": {"$exists": True}}, BARE) == []
    assert matching({"input_modalities": {"$ne": "x"}}, BARE) == []


@pytest.mark.parametrize(
    ("released", "operand", "matches"),
    [
        ("2025-09", {"$gte": "2025-09-01"}, True),
        ("2025-09", {"$gte": "2025-09-15"}, False),
        ("2025-09", {"$lt": "2025-09-15"}, False),
        ("2025-09", {"$lt": "2025-10"}, True),
        ("2025-09", {"$lte": "2025-09"}, True),
        ("2025-09", {"$gt": "2025-08-31"}, True),
        ("2025", {"$lte": "2025-09"}, False),
        ("2025-12-31", {"$lte": "2025"}, True),
        ("2025-12-31", {"$gt": "2025"}, False),
        ("2025-01-01", {"$gte": "2025"}, True),
        ("2025-09-29", "2025-09", True),
        ("2025", "2025-09", False),
        ("2025", {"$ne": "2025-09"}, False),
        ("2026", {"$ne": "2025-09"}, True),
        ("2025-09-29", {"$in": ["2024", "2025-09"]}, True),
        ("2025-09-29", {"$nin": ["2024", "2025-09"]}, False),
        ("2025-09", {"$not": {"$gte": "2025-09-15"}}, False),
        ("2025-08", {"$not": {"$gte": "2025-09-15"}}, True),
    ],
)
def test_a_date_that_is_known_in_part_is_a_span_of_days(released: str, operand: Any, matches: bool) -> None:
    assert (matching({"released": operand}, Model("m", "x", released=released)) == ["m"]) is matches


def days(date: str) -> tuple[str, str]:
    """The first and last possible day of a date that may be known in part."""
    last = date + "0000-12"[len(date) :]
    if len(last) == 7:
        last += f"-{monthrange(int(last[:4]), int(last[5:]))[1]}"
    return date + "0000-01-01"[len(date) :], last


DATES = st.one_of(
    st.sampled_from(["2024", "2025", "2026"]),
    st.builds("{}-{:02}".format, st.sampled_from([2024, 2025]), st.integers(1, 12)),
    st.builds(
        "{}-{:02}-{:02}".format, st.sampled_from([2024, 2025]), st.integers(1, 12), st.sampled_from([1, 2, 15, 28])
    ),
    st.sampled_from(["2024-01-31", "2024-02-29", "2024-12-31", "2025-06-30", "2025-02-28"]),
)


@given(DATES, DATES)
def test_dates_compare_as_their_first_and_last_days_do(stored: str, asked: str) -> None:
    (first, last), (start, end) = days(stored), days(asked)
    model = Model("m", "x", released=stored)
    certain = {"$gte": first >= start, "$lt": last < start, "$gt": first > end, "$lte": last <= end}
    for operator, holds in certain.items():
        assert bool(matching({"released": {operator: asked}}, model)) is holds, operator


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"contxt_size": 1}, "unknown field 'contxt_size'; did you mean 'context_size'"),
        ({"vision": True}, "did you mean 'capabilities.vision'"),
        ({"capabilities.visoin": True}, "did you mean 'vision'"),
        ({"context_size": {"$gtee": 1}}, "did you mean '\\$gte'"),
        ({"$context_size": 1}, "did you mean 'context_size'"),
        ({"$gt": 1}, "doesn't belong here"),
        ({"context_size": {"$and": []}}, "doesn't belong here"),
        ({"context_size": "128k"}, "context_size: expected a number, not '128k'"),
        ({"context_size": True}, "expected a number, not True"),
        ({"context_size": {"$gt": None}}, "exists"),
        ({"context_size": None}, "nothing equals the unknown"),
        ({"context_size": {"$in": 1}}, "takes a list"),
        ({"context_size": {"$in": [None]}}, "nothing equals the unknown"),
        ({"context_size": {"$exists": 1}}, "true or false"),
        ({"context_size": {"$regex": "1"}}, "can't be asked"),
        ({"context_size.x": 1}, "has nothing below it"),
        ({"is_local": 1}, "expected true or false"),
        ({"is_local": {"$gt": False}}, "can't be asked"),
        ({"lab": ["openai"]}, "expected a text"),
        ({"capabilities": {"vision": True}}, "capabilities.vision"),
        ({"capabilities.vision": "yes"}, "expected true or false"),
        ({"released": "May 2025"}, "expected a date"),
        ({"lab": {"$regex": "("}}, "no regular expression"),
        ({"lab": {"$regex": "x" * 5000}}, "at most 1000 characters"),
        ({"lab": {"$regex": 5}}, "takes a text"),
        ({"lab": {"$regex": "a", "$options": "q"}}, "takes letters"),
        ({"tags": {"$size": -1}}, "takes a whole number"),
        ({"tags": {"$size": True}}, "takes a whole number"),
        ({"benchmarks": {"$elemMatch": 1}}, "takes a query"),
        ({"benchmarks": {"$elemMatch": {"a": {"$foo": 1}}}}, "unknown operator"),
        ({"$or": []}, "takes a list of queries"),
        ({"$or": {"a": 1}}, "takes a list of queries"),
        ({"$or": [1]}, "expected a query"),
        ({"$not": 1}, "expected a query"),
        ({"context_size": {"$not": 5}}, "use \\$ne"),
        ({"offers.azure": 1}, "only \\$exists"),
        ({"offers.azure.contxt": 1}, "unknown field"),
        ({"pricing.input": 1}, "pricing.input_per_mtok"),
        ({1: 1}, "name of a field"),
        ({"custom_metadata.x": object()}, "what JSON can hold"),
        ({"": 1}, "unknown field"),
        (["a"], "expected a query"),
    ],
    ids=repr,
)
def test_a_query_that_makes_no_sense_is_an_error_that_helps(query: Any, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parse_query(query)


def nested(depth: int) -> dict[str, Any]:
    query: dict[str, Any] = {"is_local": True}
    for _ in range(depth):
        query = {"$not": query}
    return query


def test_a_query_has_a_depth_and_a_size() -> None:
    assert matching(nested(20)) == ["bare"]
    for query in (nested(10_000), {"$or": [{"is_local": True}] * 3000}, {"custom_metadata.x": nested(40)}):
        with pytest.raises(QueryError):
            parse_query(query)


def test_many_values_are_one_condition() -> None:
    assert matching({"id": {"$in": [str(number) for number in range(50_000)] + ["bare"]}}) == ["bare"]


def test_nothing_in_a_query_is_run_as_code() -> None:
    hostile = "x'); __import__('os')[0] or ('"
    assert (
        matching({"lab": hostile, f"custom_metadata.{hostile}": hostile, f"offers.{hostile}": {"$exists": True}}) == []
    )
    assert matching({"cost_per_token." + hostile: 1}) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"lab": mistral}', "column 9: mistral}"),
        ('{"lab":\n "x",}', "line 2, column"),
        ("", "column 1"),
        ("[1]", "expected a query such as"),
        ("NaN", "NaN is no number"),
        ('{"context_size": Infinity}', "Infinity is no number"),
        ("[" * 100_000, "deep"),
    ],
    ids=lambda text: text[:20],
)
def test_a_broken_text_names_the_position(text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parse_query_text(text)


def certainty(query: dict[str, Any], model: Model) -> bool | None:
    """The oracle: Kleene's logic, word by word."""
    return every(one(name, operand, model) for name, operand in query.items())


def every(answers: Iterable[bool | None]) -> bool | None:
    said = list(answers)
    return False if False in said else None if None in said else True


def negated(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def one(name: str, operand: Any, model: Model) -> bool | None:
    if name == "$not":
        return negated(certainty(operand, model))
    if name == "$and":
        return every(certainty(each, model) for each in operand)
    if name in ("$or", "$nor"):
        none = every(negated(certainty(each, model)) for each in operand)
        return none if name == "$nor" else negated(none)
    [(operator, bound)] = operand.items()
    if operator == "$not":
        return negated(one(name, bound, model))
    value: Any = model
    for word in name.split("."):
        value = value.get(word) if isinstance(value, dict) else getattr(value, word)
    missing = value is None or (value == [] and name == "input_modalities")
    if operator == "$exists":
        return (not missing and value != set()) is bound
    return None if missing else compared(name, operator, value, bound)


def compared(name: str, operator: str, value: Any, bound: Any) -> bool | None:
    if operator in ("$ne", "$nin"):
        return negated(compared(name, {"$ne": "$eq", "$nin": "$in"}[operator], value, bound))
    if operator == "$in":
        return negated(every(negated(compared(name, "$eq", value, each)) for each in bound))
    if name == "released":
        (first, last), (start, end) = days(value), days(bound)
        yes, no = {
            "$eq": (start <= first and last <= end, last < start or end < first),
            "$gte": (first >= start, last < start),
            "$lt": (last < start, first >= start),
            "$gt": (first > end, last <= end),
            "$lte": (last <= end, first > end),
        }[operator]
        return True if yes else False if no else None
    if isinstance(value, list | set):
        return bound in value
    pairs = {
        "$eq": value == bound,
        "$gt": value > bound,
        "$gte": value >= bound,
        "$lt": value < bound,
        "$lte": value <= bound,
    }
    return pairs[operator]


@given(queries(), st.lists(models(), max_size=4))
@example({"released": {"$ne": "2025-09-29"}}, [Model("a", "x", released="2025-09")])
@example({"$nor": [{"context_size": {"$lt": 9}}, {"tags": {"$ne": "cheap"}}]}, [Model("a", "x", 10, tags={"cheap"})])
def test_a_query_says_what_the_oracle_says(query: dict[str, Any], given: list[Model]) -> None:
    expected = [model for model in given if certainty(query, model) is True]
    assert list(filter(compile_query(query), given)) == expected
    assert list(compile_selection(query)(given)) == expected


PROVIDERS = ("openai", "azure", "bedrock", "bedrock:eu", "ollama", "ollama:8b.q4")


def served(model: Model, provider: str) -> list[Model]:
    """Return a model as each offer of a provider serves it, whole."""
    return [Offer(key, facts, model).as_model() for key, facts in offers_at(model, provider)]


@given(models())
def test_the_fast_view_of_an_offer_is_the_offer_as_a_model(model: Model) -> None:
    for provider in PROVIDERS:
        slow = served(model, provider)
        for view in slow:
            view.provenance = {}
        assert list(views(Model.on_record(to_record(model)), provider)) == slow


@given(models())
def test_a_field_is_read_as_each_offer_serves_it(model: Model) -> None:
    for field in FIELDS:
        read = compile_served(field)
        for provider in PROVIDERS:
            assert read(model, provider) == [getattr(view, field) for view in served(model, provider)]


@given(queries(), models())
def test_via_says_what_is_said_of_each_offer_as_a_model(query: dict[str, Any], model: Model) -> None:
    for provider in ("openai", "azure", "bedrock:eu", "ollama"):
        expected = any(map(compile_query(query), served(model, provider)))
        assert compile_query(query, via=provider)(model) is expected


@pytest.mark.parametrize("path", ["benchmarks.value", "custom_metadata.stars", "price_tiers.when"])
def test_nothing_is_one_of_no_values(path: str) -> None:
    assert matching({path: {"$in": []}}) == []


def test_via_judges_each_offer_of_a_provider() -> None:
    model = Model(
        "m",
        "x",
        8192,
        cost_per_token={"input": 1.0},
        connector_metadata={
            "x": {"id": "m"},
            "bedrock:us": {"id": "us.m", "cost_per_token": {"input": 3e-6}},
            "bedrock:eu": {"id": "eu.m", "cost_per_token": {"input": 4e-6}, "context_size": 4096},
        },
    )
    assert matching({"cost_per_token.input": {"$gt": 3.5e-6}, "context_size": 4096}, model, via="bedrock") == ["m"]
    assert matching({"cost_per_token.input": {"$gt": 3.5e-6}, "context_size": 8192}, model, via="bedrock") == []
    assert matching({"cost_per_token.input": 1.0}, model, via="bedrock") == []
    assert matching({}, model, via="azure") == []


def test_sorting_puts_the_unknown_last_both_ways_and_keeps_the_order_of_equals() -> None:
    given = [Model("a", "x"), Model("b", "x", 2, lab="m"), Model("c", "x", 1, lab="m"), Model("d", "x", 2, lab="a")]
    assert [model.id for model in sort_models(given, "context_size")] == ["c", "b", "d", "a"]
    assert [model.id for model in sort_models(given, "-context_size")] == ["b", "d", "c", "a"]
    assert [model.id for model in sort_models(given, "lab, -context_size")] == ["d", "b", "c", "a"]
    assert [model.id for model in sort_models(given, ["-id"])] == ["d", "c", "b", "a"]


def test_one_sorts_by_what_an_offer_states() -> None:
    given = [
        Model("a", "x", connector_metadata={"azure": {"id": "a", "cost_per_token": {"input": 2e-6}}}),
        Model("b", "x", connector_metadata={"azure": {"id": "b", "cost_per_token": {"input": 1e-6}}}),
        Model("c", "x", cost_per_token={"input": 1e-9}),
    ]
    assert [model.id for model in sort_models(given, "price", via="azure")] == ["b", "a", "c"]
    assert [model.id for model in sort_models(given, "-offers.azure.cost_per_token.input")] == ["a", "b", "c"]
    assert [model.id for model in sort_models(given, "price")] == ["c", "a", "b"]


def test_values_of_different_kinds_sort_beside_each_other() -> None:
    values: list[Any] = ["x", 1, None, [2], True, {"a": 1}, 0.5]
    given = [Model(str(number), "x", custom_metadata={"v": value}) for number, value in enumerate(values)]
    assert [model.id for model in sort_models(given, "custom_metadata.v")] == ["6", "1", "4", "3", "5", "0", "2"]


@pytest.mark.parametrize("sort", ["", "lab,", "-", "colour", ["lab", ""]])
def test_a_sort_that_makes_no_sense_is_an_error(sort: Any) -> None:
    with pytest.raises(QueryError):
        parse_sort(sort)


def test_find_builds_no_more_than_it_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    registry = ModelRegistry(store={str(number): {"provider": "x"} for number in range(50)})
    peek = registry._store.peek
    monkeypatch.setattr(registry._store, "peek", lambda: (seen.append(model.id) or model for model in peek()))
    found = registry.find({"provider": "x"}, limit=2)
    assert seen == []
    assert [model.id for model in found] == ["0", "1"]
    assert len(seen) <= 3


def test_a_wrong_query_is_told_at_once() -> None:
    with pytest.raises(QueryError):
        ModelRegistry().find({"colour": 1})
