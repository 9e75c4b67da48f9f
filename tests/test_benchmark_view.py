"""The view over scores: own before inherited, leaderboards of one metric, and what users measured."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from ai_models import Model, ModelManager, ModelRegistry
from ai_models.benchmarks import BenchmarkNotFoundError
from ai_models.cli.app import app
from ai_models.cli.session import Session
from ai_models.errors import InvalidModelError

RUN = {"benchmark": "b", "metric": "pass", "unit": "percent", "source": "x", "date": "2026-01-01"}
COST = {**RUN, "metric": "cost", "unit": "usd", "better": "lower"}


@pytest.fixture
def manager() -> ModelManager:
    registry = ModelRegistry()
    registry.write(
        [
            Model(
                "a", "p", benchmarks=[{**RUN, "value": 70, "setting": "low"}, {**RUN, "value": 80, "setting": "high"}]
            ),
            Model("b", "p", benchmarks=[{**RUN, "value": 75, "setting": "high"}, {**COST, "value": 3}]),
            Model("a-2026", "p", base="a", version="2026"),
            Model("c", "p"),
            Model("c-2026", "p", base="c", version="2026", benchmarks=[{**RUN, "value": 9}]),
            Model("tuned", "p", connector_metadata={"huggingface": {"parent_model": "b"}}),
        ]
    )
    return ModelManager(registry)


def test_a_leaderboard_is_of_one_metric_with_every_setting_the_best_first(manager: ModelManager) -> None:
    rows = [(score.model, score.value, score.setting) for score in manager.benchmarks.table("b")]
    assert rows == [("a", 80, "high"), ("b", 75, "high"), ("a", 70, "low"), ("c-2026", 9, None)]
    assert [score.model for score in manager.benchmarks.table("b", setting="high")] == ["a", "b"]
    assert [score.value for score in manager.benchmarks.table("b", metric="cost")] == [3]


@pytest.mark.parametrize(("id", "parent"), [("a-2026", "a"), ("c", "c-2026"), ("tuned", "b")])
def test_what_was_measured_on_a_relative_is_inherited(manager: ModelManager, id: str, parent: str) -> None:
    scores = manager.benchmarks.of(id)
    assert scores
    assert {(score.model, score.inherited_from) for score in scores} == {(id, parent)}


def test_inherited_scores_are_on_no_leaderboard(manager: ModelManager) -> None:
    assert not {"tuned", "c", "a-2026"} & {score.model for score in manager.benchmarks.table("b")}


def test_a_score_of_your_own_replaces_yours_alone(manager: ModelManager) -> None:
    for value in (1, 2):
        manager.add_score("a", "b", value, metric="pass", setting="high")
    own = [score.value for score in manager.benchmarks.of("a") if score.source == "user"]
    assert own == [2]
    assert len(manager.benchmarks.of("a")) == 3


def test_speed_is_kept_by_provider_and_is_not_inherited(manager: ModelManager) -> None:
    manager.add_speed("a", "p", tokens_per_second=80, time_to_first_token=0.5)
    manager.add_speed("a", "q", tokens_per_second=90)
    found = [
        (s.provider, s.metric, s.value, s.unit, s.better) for s in manager.benchmarks.of("a") if s.benchmark == "speed"
    ]
    assert found == [
        ("p", "tokens_per_second", 80, "tokens/s", "higher"),
        ("p", "time_to_first_token", 0.5, "seconds", "lower"),
        ("q", "tokens_per_second", 90, "tokens/s", "higher"),
    ]
    assert all(score.benchmark != "speed" for score in manager.benchmarks.of("a-2026"))
    best = manager.pick(prefer="speed").best
    assert best is not None
    assert best.values["speed"].value == 80  # at the provider that would serve


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "9"])
def test_a_score_is_a_number(manager: ModelManager, value: Any) -> None:
    with pytest.raises(InvalidModelError):
        manager.add_score("a", "b", value)


def test_a_speed_below_zero_or_none_at_all_is_an_error(manager: ModelManager) -> None:
    with pytest.raises(InvalidModelError):
        manager.add_speed("a", "p", tokens_per_second=-1)
    with pytest.raises(InvalidModelError):
        manager.add_speed("a", "p")


def test_an_unknown_benchmark_is_an_error_with_the_nearest(manager: ModelManager) -> None:
    with pytest.raises(BenchmarkNotFoundError, match="did you mean 'b'"):
        manager.benchmarks.table("bb")


def test_entries_that_are_no_scores_are_left_out() -> None:
    manager = ModelManager()
    manager.models.write([Model("m", "p", benchmarks=[{"benchmark": "b"}, {"value": 3}, {"benchmark": 1, "value": 2}])])
    assert manager.benchmarks.of("m") == []
    assert manager.benchmarks.names() == {}


def test_the_commands_show_and_keep_scores(manager: ModelManager) -> None:
    def run(*args: str) -> Any:
        result = CliRunner().invoke(app, [*args, "--json"], obj=Session(_manager=manager), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    assert run("benchmarks") == [{"benchmark": "b", "models": 3}]
    assert [row["value"] for row in run("benchmarks", "b")] == [80, 75, 70, 9]
    assert run("benchmarks", "--model", "tuned")[0]["inherited_from"] == "b"
    kept = run("score", "set", "c", "mine", "7.5", "--unit", "points", "--lower-is-better")
    assert (kept[0]["benchmark"], kept[0]["value"], kept[0]["better"]) == ("mine", 7.5, "lower")
    assert run("score", "speed", "c", "p", "--tokens-per-second", "80")[1]["metric"] == "tokens_per_second"
