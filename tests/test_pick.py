"""Picks: what fits is ranked, what nobody beats is named, and every other model has its reasons."""

from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ai_models import Model, ModelManager, ModelRegistry, Workload
from ai_models._core.query import parse_query
from ai_models.benchmarks import BenchmarkNotFoundError
from ai_models.cli.app import app
from ai_models.cli.picking import write_explanation
from ai_models.cli.render import Output
from ai_models.cli.session import Session
from ai_models.costs import Costs
from ai_models.errors import QueryError
from ai_models.pick import Candidate, Choice, Picker
from ai_models.pick.words import in_words

PROVIDER = "my-server"


def priced(id: str, input_price: float | None = None, **facts: Any) -> Model:
    prices = {} if input_price is None else {"input": input_price, "output": input_price * 2}
    return Model(id, PROVIDER, cost_per_token=prices, **facts)


def picker(*models: Model) -> Picker:
    registry = ModelRegistry()
    registry.write(models)
    return Picker(registry, Costs(registry))


def pick(models: tuple[Model, ...], **options: Any) -> Choice:
    return picker(*models).pick(**options)


CHEAP = priced("cheap", 1e-06, context_size=4096, capabilities={"tools": True})
LARGE = priced("large", 2e-06, context_size=8192, capabilities={"tools": True})
DEAR = priced("dear", 3e-06, context_size=8192, capabilities={"tools": False})
UNPRICED = priced("unpriced", context_size=8192)
ALL = (CHEAP, LARGE, DEAR, UNPRICED)

known = st.none() | st.integers(0, 3)
many = st.lists(st.tuples(known, known, st.booleans()), max_size=12).map(
    lambda rows: tuple(
        priced(
            f"m{number}",
            None if price is None else price * 1e-06,
            context_size=None if context is None else 1000 * (context + 1),
            retired="2020-01-01" if retired else None,
        )
        for number, (price, context, retired) in enumerate(rows)
    )
)


def ranks(candidate: Candidate) -> list[float]:
    return [float("-inf") if value.rank is None else value.rank for value in candidate.values.values()]


def beats(one: Candidate, other: Candidate) -> bool:
    pairs = list(zip(ranks(one), ranks(other), strict=True))
    return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)


@given(many)
def test_every_model_is_ranked_or_rejected_with_a_reason(models: tuple[Model, ...]) -> None:
    choice = pick(models, query={"context_size": {"$gte": 2000}}, prefer=("price", "context"))
    found = [each.id for each in choice.ranked]
    assert sorted([*found, *choice.rejected]) == sorted(model.id for model in models)
    assert all(each.reasons for each in choice.rejected.values())


@given(many)
def test_nobody_in_the_pareto_set_is_beaten_and_everybody_else_is(models: tuple[Model, ...]) -> None:
    choice = pick(models, prefer=("price", "context"))
    best = {each.id for each in choice.pareto}
    for each in choice.ranked:
        assert any(beats(other, each) for other in choice.ranked) is (each.id not in best)


@given(many, st.sampled_from(["price", "-price", "context", "-context"]))
def test_what_is_unknown_comes_last_whichever_way_is_preferred(models: tuple[Model, ...], prefer: str) -> None:
    unknown = [bool(each.unknown) for each in pick(models, prefer=prefer).ranked]
    assert unknown == sorted(unknown)


@given(many)
def test_the_order_of_the_registry_does_not_matter(models: tuple[Model, ...]) -> None:
    prefer = ("price", "context")
    there = [each.id for each in pick(models, prefer=prefer).ranked]
    assert [each.id for each in pick(tuple(reversed(models)), prefer=prefer).ranked] == there


@given(many)
def test_one_weighted_preference_ranks_as_it_does_alone(models: tuple[Model, ...]) -> None:
    alone = [each.id for each in pick(models, prefer="price").ranked]
    assert [each.id for each in pick(models, prefer="price", weights={"price": 3}).ranked] == alone


def test_the_first_preference_decides_and_the_second_among_equals() -> None:
    assert [each.id for each in pick(ALL, prefer="context,price").ranked] == ["large", "dear", "unpriced", "cheap"]


def test_a_price_is_that_of_the_workload() -> None:
    best = pick(ALL, workload=Workload(1000, 500, calls=10)).best
    assert best is not None
    assert (best.id, best.cost.total) == ("cheap", Decimal("0.02"))


def test_an_unknown_price_is_no_zero_and_is_said() -> None:
    choice = pick(ALL)
    assert choice.ranked[-1].id == "unpriced"
    assert choice.ranked[-1].cost.total is None
    assert "Unknown price of 1 that fit" in choice.explain()


def test_what_is_known_not_to_fit_is_told_from_what_is_unknown() -> None:
    rejected = pick(ALL, query={"capabilities.tools": True}).rejected
    assert rejected["dear"].reasons == ("not capabilities.tools = True",)
    assert rejected["unpriced"].reasons == ("unknown whether capabilities.tools = True",)
    assert str(rejected["dear"]) == "has no tools"
    assert str(rejected["unpriced"]) == "unknown whether it has tools"


@pytest.mark.parametrize(
    ("query", "met", "unmet"),
    [
        ({"lab": "openai"}, "lab is openai", "lab is not openai"),
        ({"lab": {"$in": ["a", "b"]}}, "lab is a or b", "lab is neither a nor b"),
        ({"kind": {"$nin": ["a", "b", "c"]}}, "kind is none of a, b, c", "kind is a or b or c"),
        ({"context": {"$gt": 8000}}, "context is above 8,000 tokens", "context is at most 8,000 tokens"),
        ({"parameters": {"$lte": 7e9}}, "number of parameters is at most 7,000,000,000", None),
        ({"released": {"$gte": "2026-01"}}, "release date is 2026-01 or later", "release date is before 2026-01"),
        ({"pricing.input_per_mtok": {"$lte": 0.25}}, "input price is at most $0.25 per million tokens", None),
        ({"cost_per_token.cache_read": 1e-06}, "cache read price is $1 per million tokens", None),
        ({"cost_per_unit.image": {"$lt": 0.04}}, "price per image is below $0.04", None),
        ({"offers.groq.context_size": {"$gt": 1}}, "context at groq is above 1 tokens", None),
        ({"offers.groq": {"$exists": False}}, "an offer at groq is not set", "an offer at groq is set"),
        ({"capabilities": "json_mode"}, "it has json mode", "it has no json mode"),
        ({"capabilities.vision": {"$ne": True}}, "it has no vision", "it has vision"),
        ({"is_local": False}, "it is not local", "it is local"),
        ({"open_weights": True}, "its weights are open", "its weights are closed"),
        ({"tags": "fast"}, "it is tagged fast", "it is not tagged fast"),
        ({"tags": "group:team"}, "it is in the group team", "it is not in the group team"),
        ({"input_modalities": "image"}, "input modalities include image", "input modalities do not include image"),
        ({"aliases": {"$all": ["a", "b"]}}, "aliases include a and b", "aliases do not include all of a, b"),
        ({"aliases": {"$size": 2}}, "number of aliases is 2", "number of aliases is not 2"),
        ({"license": {"$exists": True}}, "license is known", "license is unknown"),
        ({"name": {"$regex": "^G"}}, "name matches ^G", "name does not match ^G"),
        ({"custom_metadata.tier": True}, "custom metadata tier is yes", "custom metadata tier is not yes"),
        (
            {"benchmarks": {"$elemMatch": {"metric": "accuracy"}}},
            "one of benchmarks fits (metric is accuracy)",
            "none of benchmarks fits (metric is accuracy)",
        ),
        (
            {"$or": [{"lab": "a"}, {"lab": "b", "kind": "chat"}]},
            "lab is a or (lab is b and kind is chat)",
            "lab is not a and (lab is not b or kind is not chat)",
        ),
        ({"$nor": [{"lab": "a"}, {"is_local": True}]}, "lab is not a and it is not local", "lab is a or it is local"),
        ({}, "anything", "nothing"),
    ],
)
def test_a_condition_is_said_in_words_whether_it_is_met_or_not(
    query: dict[str, Any], met: str, unmet: str | None
) -> None:
    node = parse_query(query)
    assert in_words(node) == met
    assert unmet in (None, in_words(node, holds=False))


def test_the_explanation_is_in_words_and_the_data_names_the_criteria_as_they_were_asked() -> None:
    choice = pick(ALL, query={"context_size": {"$gte": 8000}}, max_input_price=2.5)
    assert "1 out: context is below 8,000 tokens" in choice.explain()
    assert "1 out: input price is above $2.5 per million tokens" in choice.explain()
    assert choice.to_dict()["rejected"]["cheap"] == ["not context_size >= 8000"]
    assert choice.to_dict()["rejected"]["dear"] == ["not pricing.input_per_mtok <= 2.5"]


def test_each_criterion_that_is_not_met_is_a_reason_and_one_alone_a_near_miss() -> None:
    choice = pick(ALL, query={"capabilities.tools": True, "context_size": {"$gte": 10_000}})
    assert choice.best is None
    assert len(choice.rejected["dear"].reasons) == 2
    assert set(choice.near_misses) == {"cheap", "large"}
    assert choice.counts["not context_size >= 10000"] == 4


def test_a_query_may_be_text_and_criteria_are_those_of_filter() -> None:
    as_text = pick(ALL, query='{"capabilities.tools": true}')
    as_criteria = pick(ALL, capabilities="tools")
    assert [each.id for each in as_text.ranked] == [each.id for each in as_criteria.ranked] == ["cheap", "large"]


@pytest.mark.parametrize(
    "facts", [{"retired": "2020-01-01"}, {"connector_metadata": {PROVIDER: {"gone": "2026-01-01"}}}]
)
def test_what_is_served_no_more_is_no_near_miss_if_something_else_is_wrong_too(facts: dict[str, Any]) -> None:
    old = priced("old", 0.0, capabilities={"tools": False}, **facts)
    assert dict(pick((old, DEAR), capabilities="tools").near_misses) == {"dear": "has no tools"}


@pytest.mark.parametrize(
    "facts", [{"retired": "2020-01-01"}, {"connector_metadata": {PROVIDER: {"gone": "2026-01-01"}}}]
)
def test_what_is_served_no_more_never_wins(facts: dict[str, Any]) -> None:
    choice = pick((priced("old", 0.0, **facts), CHEAP))
    assert [each.id for each in choice.ranked] == ["cheap"]
    assert choice.rejected["old"].reasons[0] in ("retired", "listed no more")


def test_via_a_provider_its_price_and_limits_count() -> None:
    served = priced("both", 1e-06, connector_metadata={PROVIDER: {}, "other": {"cost_per_token": {"input": 9e-06}}})
    choice = pick((served, CHEAP), via="other", query={"cost_per_token.input": {"$gt": 5e-06}})
    assert [(each.id, each.offer) for each in choice.ranked] == [("both", "other")]
    assert choice.rejected["cheap"].reasons[0] == "not offered by other"


def test_available_takes_the_cheapest_offer_that_can_be_called(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("GROQ_API_KEY", "TOGETHER_API_KEY"):
        monkeypatch.setenv(variable, "k")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    dear, cheap = ({"cost_per_token": {"input": price, "output": price}} for price in (9e-06, 8e-06))
    registry = ModelRegistry()
    registry.write(
        [
            Model("m", "openai", connector_metadata={"openai": {}, "groq": dear, "together": cheap}),
            Model("n", "openai", connector_metadata={"openai": {}}),
        ]
    )
    choice = ModelManager(registry).pick(available=True)
    assert [(each.id, each.offer) for each in choice.ranked] == [("m", "together")]
    assert str(choice.rejected["n"]) == "not available"


def test_a_score_of_its_own_counts_before_an_inherited_one() -> None:
    scores = [{"benchmark": "b", "value": 5}]
    models = (
        priced("base", benchmarks=scores),
        priced("base-2026", base="base", benchmarks=[{"benchmark": "b", "value": 4}]),
        priced("base-2025", base="base"),
    )
    values = {each.id: each.values["score:b"] for each in pick(models, prefer="score:b").ranked}
    assert {id: value.value for id, value in values.items()} == {"base": 5, "base-2026": 4, "base-2025": 5}
    assert "inherited from base" in values["base-2025"].text


def test_a_setting_with_a_comma_is_one_preference() -> None:
    scored = priced("a", 1e-06, benchmarks=[{"benchmark": "b", "value": 5, "setting": "high, diff"}])
    best = pick((scored,), prefer="score:b:high, diff,price").best
    assert best is not None
    assert list(best.values) == ["score:b:high, diff", "price"]


@pytest.mark.parametrize("prefer", ["cheapness", "", "price,nothing"])
def test_an_unknown_preference_is_an_error(prefer: str) -> None:
    with pytest.raises(QueryError, match="prefer"):
        pick(ALL, prefer=prefer)


def test_a_benchmark_without_scores_is_an_error() -> None:
    with pytest.raises(BenchmarkNotFoundError):
        pick(ALL, prefer="score:nothing")


@pytest.mark.parametrize("weights", [{"context": 1}, {"price": -1}, {"price": float("nan")}])
def test_weights_that_make_no_sense_are_an_error(weights: dict[str, float]) -> None:
    with pytest.raises(QueryError, match="weights"):
        pick(ALL, prefer="price", weights=weights)


def test_hostile_ids_are_escaped_in_the_explanation_and_on_the_terminal() -> None:
    registry = ModelRegistry()
    registry.write([priced("a\x1b[31m", 1e-06)])
    session = Session(_manager=ModelManager(registry))
    shown = CliRunner().invoke(app, ["pick", "--why"], obj=session).output
    assert "\x1b" not in shown
    assert "a\\x1b[31m" in shown


def test_the_command_fails_where_nothing_fits() -> None:
    registry = ModelRegistry()
    registry.write(ALL)
    session = Session(_manager=ModelManager(registry))
    result = CliRunner().invoke(app, ["pick", "--min-context", "1M"], obj=session)
    assert (result.exit_code, result.output.splitlines()[0]) == (1, "No model fits out of 4.")


def test_an_explanation_is_wrapped_below_itself_on_a_terminal_and_whole_on_a_pipe(
    capsys: pytest.CaptureFixture[str],
) -> None:
    choice = pick(
        ALL, query={"$or": [{"lab": "openai"}, {"name": {"$regex": "^Claude"}}, {"context": {"$gt": 10_000}}]}
    )
    write_explanation(Output(), choice)
    assert capsys.readouterr().out == choice.explain() + "\n"
    write_explanation(Output(terminal=True, width=60), choice)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("       4 out: unknown whether lab is openai")
    assert lines[2].startswith("              ")
    assert max(map(len, lines)) <= 60
