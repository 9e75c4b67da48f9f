"""Scores of benchmarks are gathered from several sources, added to known models, and bring no model of their own."""

from collections.abc import Mapping
from typing import Any

import pytest

from ai_models import Model, ModelRegistry
from ai_models._core.contracts import ModelSource
from ai_models._core.merge import Contribution, merge_all
from ai_models._core.scores import gathered_scores
from ai_models.discovery import Answer, DiscoveryReport, SourceRow
from ai_models.errors import MissingDependencyError, SourceFormatError
from ai_models.reconcile import Reconciliation
from ai_models.sources import AiderLeaderboardSource, builtin_sources
from ai_models.sources.benchmarks import aider
from ai_models.sources.benchmarks.aider import parse_aider
from ai_models.sources.benchmarks.models_dev import parse_models_dev_scores
from ai_models.testing import FakeTransport

RUN = {
    "model": "gpt-5 (high)",
    "command": "aider --model openai/gpt-5",
    "pass_rate_1": 52.0,
    "pass_rate_2": 88.0,
    "total_cost": 29.0829,
    "edit_format": "diff",
    "reasoning_effort": "high",
    "date": "2025-08-23",
}
STATED = {"name": "SWE-Bench Pro", "score": 42.9, "metric": "resolve rate", "source": "https://labs.test/x"}
POLYGLOT = "https://host.test/polyglot"


def run(**facts: Any) -> dict[str, Any]:
    return {**RUN, **facts}


def test_a_run_gives_the_share_solved_and_the_cost_with_its_setting() -> None:
    model = parse_aider([RUN]).models[0]
    told = {"setting": "high effort, diff", "date": "2025-08-23"}
    assert (model.provider, model.id) == ("openai", "gpt-5")
    assert model.benchmarks == [
        {"benchmark": "aider-polyglot", "value": 88.0, "unit": "percent", "metric": "pass_rate_2", **told},
        {
            "benchmark": "aider-polyglot",
            "value": 29.0829,
            "unit": "usd",
            "metric": "total_cost",
            "better": "lower",
            **told,
        },
    ]


def test_a_cost_of_zero_is_unknown() -> None:
    assert len(parse_aider([run(total_cost=0.0)]).models[0].benchmarks) == 1


def test_several_runs_of_a_model_stand_side_by_side() -> None:
    runs = [RUN, run(model="gpt-5 (low)", reasoning_effort="low", pass_rate_2=81.3)]
    assert [each["value"] for each in parse_aider(runs).models[0].benchmarks if each["unit"] == "percent"] == [88, 81.3]


@pytest.mark.parametrize(
    ("name", "command", "model"),
    [
        ("DeepSeek R1 (0528)", "aider --model deepseek/deepseek-reasoner", "deepseek-r1-0528"),
        ("o1-2024-12-17 (high)", "aider --model openrouter/openai/o1", "o1-2024-12-17"),
        ("Grok 3 Beta", "aider --model openrouter/x-ai/grok-3-beta", "grok-3-beta"),
        ("QwQ-32B", "aider --model fireworks_ai/accounts/fireworks/models/qwq-32b", "QwQ-32B"),
        ("claude-3-opus-20240229", "aider --opus", "claude-3-opus-20240229"),
    ],
)
def test_the_model_is_the_one_that_ran_then(name: str, command: str, model: str) -> None:
    assert [each.id for each in parse_aider([run(model=name, command=command)]).models] == [model]


@pytest.mark.parametrize(
    ("name", "command", "reason"),
    [
        ("DeepSeek Chat V2 0628", "aider --model deepseek/deepseek-chat", "another model then"),
        ("DeepSeek R1 + claude-3-5-sonnet-20241022", "aider --architect --model r1", "no single model"),
        ("Quasar Alpha", "aider --model openrouter/openrouter/quasar-alpha", "nobody can tell"),
        ("Dracarys2-72B-Instruct", "(via glhf.chat)", "nobody can tell"),
    ],
)
def test_what_is_no_certain_model_is_skipped_with_its_reason(name: str, command: str, reason: str) -> None:
    parsed = parse_aider([run(model=name, command=command)])
    assert parsed.models == []
    assert reason in parsed.skipped[0].reason


def test_a_table_in_yaml_is_read_and_runs_no_code() -> None:
    said = b"- model: gpt-4.1\n  command: aider --model gpt-4.1\n  pass_rate_2: 52.4\n  date: 2025-04-14\n"
    source = AiderLeaderboardSource({"aider-polyglot": POLYGLOT}, transport=FakeTransport({POLYGLOT: said}))
    assert next(iter(source.discover_models())).benchmarks[0]["date"] == "2025-04-14"
    bad = FakeTransport({POLYGLOT: b"- !!python/object/apply:os.system [true]\n"})
    with pytest.raises(SourceFormatError, match="no YAML"):
        AiderLeaderboardSource({"x": POLYGLOT}, transport=bad).listing()


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(aider, "import_module", missing)
    with pytest.raises(MissingDependencyError, match=r"ai-models-registry\[benchmarks\]"):
        AiderLeaderboardSource({"x": POLYGLOT}, transport=FakeTransport({POLYGLOT: b"- 1\n"})).listing()


def test_scores_whose_page_is_not_open_are_left_out() -> None:
    closed = [STATED | {"source": "https://artificialanalysis.ai/x"}, STATED | {"source": "https://openrouter.ai/y"}]
    row = {"id": "openai/o3", "benchmarks": [*closed, STATED]}
    assert len(parse_models_dev_scores({"openai/o3": row}).models[0].benchmarks) == 1
    assert parse_models_dev_scores({"openai/o3": row | {"benchmarks": closed}}).models == []


def test_a_version_is_part_of_the_benchmark_and_an_unknown_scale_has_no_unit() -> None:
    row = {"name": "Terminal-Bench", "version": "2.1", "score": 50, "metric": "score", "harness": "Terminus-2"}
    found = parse_models_dev_scores({"a": {"id": "openai/o3", "benchmarks": [row]}}).models[0].benchmarks[0]
    assert found == {"benchmark": "terminal-bench-2.1", "value": 50, "metric": "score", "setting": "Terminus-2"}


def test_what_others_publish_waits_to_be_named() -> None:
    made = builtin_sources()
    for name in ("aider", "models.dev", "models.dev-scores", "litellm-map", "genai-prices", "huggingface-hub"):
        source = made[name]()
        assert source.name == name
        assert not source.by_default
    assert made["litellm"]().provider == "litellm"
    assert made["litellm-map"]().label == "litellm"


class Scores(ModelSource):
    annotates = True

    def __init__(self, name: str, *rows: tuple[str, str, float]) -> None:
        self.name = name
        self.rows = rows

    def discover_models(self) -> list[Model]:
        return [Model(id, at, benchmarks=[{"benchmark": "b", "value": value}]) for at, id, value in self.rows]


class Offers(ModelSource):
    name = "offers"

    def discover_models(self) -> list[Model]:
        return [Model("gpt-5", "openai", 400000)]


def discover(registry: ModelRegistry, *sources: ModelSource) -> DiscoveryReport:
    named: Mapping[str, ModelSource] = {source.name: source for source in sources}
    answers = {name: Answer(SourceRow(name), source.listing()) for name, source in named.items()}
    return Reconciliation(registry, named).apply(answers)[0]


def values(registry: ModelRegistry) -> list[tuple[str, float]]:
    return [(each.get("source", "user"), each["value"]) for each in registry["openai/gpt-5"].benchmarks]


def test_scores_bring_no_model_and_no_offer() -> None:
    registry = ModelRegistry()
    report = discover(registry, Scores("s", ("openai", "gpt-5", 1), ("openai", "gpt-9", 2)))
    assert len(registry) == 0
    assert report["s"].note == "2 of 2 scores are of models that are not in the registry"
    assert (report["s"].offers, report["s"].new) == (0, 0)


def test_scores_are_added_to_a_model_that_comes_in_the_same_discovery() -> None:
    registry = ModelRegistry()
    discover(registry, Scores("s", ("openrouter", "openai/gpt-5", 1)), Offers())
    assert values(registry) == [("s", 1)]
    assert list(registry["openai/gpt-5"].offers) == ["openai"]


def test_several_sources_stand_side_by_side_and_one_that_speaks_again_replaces_its_own() -> None:
    registry = ModelRegistry()
    discover(registry, Offers())
    discover(registry, Scores("s", ("openai", "gpt-5", 1)), Scores("t", ("openai", "gpt-5", 2)))
    assert values(registry) == [("s", 1), ("t", 2)]
    assert registry["openai/gpt-5"].conflicts == {}
    report = discover(registry, Scores("s", ("openai", "gpt-5", 3)))
    assert values(registry) == [("s", 3), ("t", 2)]
    assert [(each.path, each.old, each.new, each.source) for each in report.changes] == [
        ("benchmarks", "1 score", "1 score, 1 of them new", "s")
    ]
    assert report["s"].changed == 1


def test_a_second_run_changes_nothing() -> None:
    registry = ModelRegistry()
    discover(registry, Offers(), Scores("s", ("openai", "gpt-5", 1)))
    before = registry["openai/gpt-5"].copy()
    report = discover(registry, Scores("s", ("openai", "gpt-5", 1)), Offers())
    assert report.changes == []
    assert report["s"].status == "unchanged"
    assert registry["openai/gpt-5"] == before


def test_what_the_user_wrote_stays() -> None:
    registry = ModelRegistry()
    discover(registry, Offers())
    mine = registry["openai/gpt-5"].copy()
    mine.benchmarks = [{"benchmark": "mine", "value": 9}]
    registry["openai/gpt-5"] = mine
    discover(registry, Offers(), Scores("s", ("openai", "gpt-5", 1)))
    assert values(registry) == [("user", 9), ("s", 1)]


def test_a_score_of_a_base_is_not_copied_to_its_snapshots() -> None:
    registry = ModelRegistry(
        {"openai/gpt-5-2025-08-07": Model("openai/gpt-5-2025-08-07", "openai", base="openai/gpt-5")}
    )
    discover(registry, Offers(), Scores("s", ("openai", "gpt-5", 1)))
    assert registry["openai/gpt-5-2025-08-07"].benchmarks == []


def test_a_source_cannot_speak_as_the_user() -> None:
    said = gathered_scores([("s", "2026-11-25", [{"benchmark": "b", "value": 1, "source": "user"}])], [])
    assert said[0]["source"] == "s"


def test_a_score_without_a_day_keeps_the_day_on_which_it_was_first_said() -> None:
    first = gathered_scores([("s", "2026-11-25", [{"benchmark": "b", "value": 1}])], [])
    again = [{"benchmark": "b", "value": 1}, {"benchmark": "c", "value": 2}]
    found = gathered_scores([("s", "2026-11-26", again)], [first])
    assert [(each["benchmark"], each["date"]) for each in found] == [("b", "2026-11-25"), ("c", "2026-11-26")]


def test_a_score_decides_no_other_fact_anew() -> None:
    stored = merge_all([Contribution("litellm", "2026-11-01", Model("gpt-5", "openai", 272000))])
    stored["openai/gpt-5"].context_size = 400000  # as a catalogue may say that was merged by other rules
    note = Contribution("s", "2026-11-25", Model("gpt-5", "openai", benchmarks=[{"benchmark": "b", "value": 1}]))
    found = merge_all([], stored, notes=[note])["openai/gpt-5"]
    assert len(found.benchmarks) == 1
    found.benchmarks = []
    assert found == stored["openai/gpt-5"]
