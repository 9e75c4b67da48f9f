"""Comparisons: what differs, who is better where that can be said, unknown as unknown; tables, Markdown, pictures."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ai_models import Model, ModelManager, ModelRegistry, Workload
from ai_models.cli.app import app
from ai_models.cli.render import Output
from ai_models.cli.session import Session
from ai_models.comparison import Comparison, Fact
from ai_models.comparison.plot import front
from ai_models.errors import ModelNotFoundError, ProviderNotFoundError, QueryError

SCORE = {"benchmark": "b", "metric": "pass", "unit": "percent", "source": "x"}
BIG = Model(
    "lab/big",
    "p",
    8192,
    capabilities={"tools": True, "vision": False},
    cost_per_token={"input": 2e-06, "output": 4e-06},
    benchmarks=[{**SCORE, "value": 80, "setting": "high"}, {**SCORE, "value": 60, "setting": "low"}],
    connector_metadata={"p": {"id": "big"}, "q": {"id": "q-big", "cost_per_token": {"input": 1e-06, "output": 2e-06}}},
)
SMALL = Model(
    "lab/small",
    "p",
    4096,
    capabilities={"tools": True},
    cost_per_token={"input": 1e-06, "output": 1e-06},
    benchmarks=[{**SCORE, "value": 70, "setting": "high"}],
)
BARE = Model("lab/bare", "p")


@pytest.fixture
def manager() -> ModelManager:
    registry = ModelRegistry()
    registry.write([BIG, SMALL, BARE])
    return ModelManager(registry)


def compared(manager: ModelManager, *ids: str, **options: Any) -> Comparison:
    return manager.compare(ids or ["lab/big", "lab/small", "lab/bare"], **options)


def test_the_better_value_is_marked_where_better_is_defined(manager: ModelManager) -> None:
    made = compared(manager)
    assert made["context_size"].best == (0,)
    assert made["price.input"].best == (1,)
    assert made["provider"].best == ()


def test_what_is_unknown_stays_unknown_and_wins_nothing(manager: ModelManager) -> None:
    made = compared(manager)
    assert made["price.input"].values == (Decimal(2), Decimal(1), None)
    assert made["capabilities.vision"].values == (False, None, None)
    assert made["price.workload"].values[2] is None


def test_a_workload_has_its_price(manager: ModelManager) -> None:
    assert compared(manager, workload=Workload(1000, 1000, calls=2))["price.workload"].values[0] == Decimal("0.012")


def test_only_scores_of_one_benchmark_in_one_setting_stand_beside_each_other(manager: ModelManager) -> None:
    scores = [fact for fact in compared(manager).facts if fact.name.startswith("score:")]
    assert [(fact.name, fact.values) for fact in scores] == [("score:b (pass, high)", (80, 70, None))]


def test_inherited_scores_have_rows_of_their_own(manager: ModelManager) -> None:
    manager.models.write([Model("lab/big-2026", "p", base="lab/big")])
    names = [fact.name for fact in compared(manager, "lab/big", "lab/big-2026", "lab/small").facts]
    assert "score:b (pass, high)" in names
    assert not any("inherited" in name for name in names)  # one model alone inherits: nothing beside it


def test_across_providers_each_offer_is_a_column(manager: ModelManager) -> None:
    made = manager.compare("lab/big", across="providers")
    assert made.titles == ["p", "q"]
    assert made["price.input"].best == (1,)
    assert manager.compare("lab/big", providers=["q"]).titles == ["q"]


def test_what_can_t_be_compared_is_an_error(manager: ModelManager) -> None:
    with pytest.raises(ModelNotFoundError):
        manager.compare(["nothing"])
    with pytest.raises(ProviderNotFoundError):
        manager.compare("lab/big", providers=["z"])
    with pytest.raises(QueryError, match="across"):
        manager.compare("lab/big", across="labs")
    with pytest.raises(QueryError, match="context_siz"):
        manager.compare("lab/big", fields=["context_siz"])
    with pytest.raises(QueryError, match="name the models"):
        manager.compare([])


def test_fields_choose_facts_and_what_is_below_them(manager: ModelManager) -> None:
    made = compared(manager, fields=["capabilities", "context_size"])
    assert [fact.name for fact in made.facts] == ["capabilities.tools", "capabilities.vision", "context_size"]


values = st.none() | st.integers(0, 3)


@given(st.lists(values, min_size=1, max_size=6), st.sampled_from(["higher", "lower"]))
def test_the_best_are_exactly_those_that_no_known_value_beats(found: list[int | None], better: Any) -> None:
    fact = Fact("f", tuple(found), better=better)
    known = [value for value in found if value is not None]
    if len(set(known)) > 1:
        first = max(known) if better == "higher" else min(known)
        assert [found[number] for number in fact.best] == [first] * found.count(first)
    else:
        assert fact.best == ()


@given(st.dictionaries(st.integers(0, 9), st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8))
def test_the_front_of_a_picture_is_what_no_other_point_beats(points: dict[int, tuple[int, int]]) -> None:
    found = front(points, (True, False))
    for at, (x, y) in points.items():
        beaten = any(a <= x and b >= y and (a, b) != (x, y) for a, b in points.values())
        assert beaten is (at not in found)


def test_markdown_holds_hostile_names_in_their_cells() -> None:
    manager = ModelManager()
    manager.models["a|b\n<script>`"] = {"provider": "p", "context_size": 8192}
    lines = manager.compare(["a|b\n<script>`"]).to_markdown().splitlines()
    assert len({line.count(" | ") for line in lines}) == 1
    assert "<script>" not in lines[0]


def run(manager: ModelManager, *args: str, terminal: int = 0) -> Any:
    session = Session(_manager=manager, out=Output(terminal=bool(terminal), width=terminal or 80))
    return CliRunner().invoke(app, ["compare", *args], obj=session, catch_exceptions=False)


def test_the_command_gives_json_markdown_and_differences_alone(manager: ModelManager) -> None:
    data = json.loads(run(manager, "lab/big", "lab/small", "--json").stdout)
    facts = {fact["name"]: fact for fact in data["facts"]}
    assert facts["price.input"]["values"] == ["2", "1"]
    assert facts["context_size"]["best"] == [0]
    different = run(manager, "lab/big", "lab/small", "--only-differences").stdout
    assert "context_size\t8192\t4096" in different
    assert "provider" not in different
    assert "| provider | p | p |" in run(manager, "lab/big", "lab/small", "--markdown").stdout


@pytest.mark.parametrize("width", [80, 200])
def test_a_table_fits_the_terminal(manager: ModelManager, width: int) -> None:
    for args in (["lab/big", "lab/small", "lab/bare"], ["lab/big", "--across", "providers"]):
        lines = run(manager, *args, terminal=width).stdout.splitlines()
        assert max(map(len, lines)) <= width
        assert len(lines) > 2


def test_an_escape_in_an_id_does_not_reach_the_terminal(manager: ModelManager) -> None:
    manager.models["x\x1b[31m"] = {"provider": "p", "context_size": 1}
    for args in (["x\x1b[31m", "lab/big"], ["x\x1b[31m", "lab/big", "--markdown"]):
        assert "\x1b" not in run(manager, *args, terminal=80).output


def test_a_picture_names_what_it_can_t_draw(manager: ModelManager, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    manager.models["free"] = {"provider": "p", "context_size": 100, "cost_per_token": {"input": 0, "output": 0}}
    manager.models["dear $x^2$"] = {"provider": "p", "context_size": 9, "cost_per_token": {"input": 1e-3, "output": 1}}
    ids = ["lab/big", "lab/small", "lab/bare", "free", "dear $x^2$"]
    manager.compare(ids).plot(tmp_path / "made.svg")
    manager.compare(ids[:3]).plot(tmp_path / "made.png", y="score:b:high")
    svg = (tmp_path / "made.svg").read_text()
    assert "price unknown: lab/bare" in svg
    assert "free: free" in svg
    assert (tmp_path / "made.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("path", "axes"), [("a.txt", {}), ("a.png", {"x": "age"}), ("a.png", {"y": "score:nothing"})])
def test_a_picture_of_nothing_is_an_error(manager: ModelManager, tmp_path: Path, path: str, axes: Any) -> None:
    with pytest.raises(QueryError, match="plot"):
        compared(manager).plot(tmp_path / path, **axes)
