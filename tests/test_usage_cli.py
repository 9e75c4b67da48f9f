"""`usage` and `budget` at the command line."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ai_models import Model, get_manager
from ai_models.cli.app import app
from ai_models.cli.render import Output
from ai_models.cli.session import Session
from ai_models.costs import Cost, Usage
from ai_models.usage import Call


@pytest.fixture
def run(tmp_path: Path) -> Any:
    manager = get_manager(tmp_path / "models.json")
    manager.models["lab/mine"] = Model("lab/mine", "my-server", aliases=["mine"])
    session = Session(_manager=manager, out=Output())

    def invoke(*args: str, terminal: int = 0) -> Result:
        session.out = Output(terminal=bool(terminal), width=terminal or 80)
        return CliRunner().invoke(app, list(args), obj=session, catch_exceptions=False)

    with manager.usage as ledger:
        for number, (model, amount) in enumerate(
            (("lab/mine", "0.25"), ("lab/mine", "0.5"), ("lab/dark\x1b[31m", None))
        ):
            cost = None if amount is None else Cost(model, "my-server", {"input": Decimal(amount)})
            when, tags = f"2026-11-2{number}T10:00:00.000Z", (f"job-{number}",)
            ledger.add(Call(str(number), when, model, "my-server", usage=Usage(1000, 10), cost=cost, tags=tags))
    return invoke


def test_usage_shows_totals_and_what_is_unknown_in_them(run: Any) -> None:
    rows = run("usage").stdout.splitlines()
    assert rows[0].split("\t") == ["model", "calls", "failed", "input", "output", "cost_usd", "unpriced"]
    assert rows[1].split("\t") == ["lab/mine", "2", "-", "2000", "20", "0.75", "-"]
    assert rows[2].split("\t")[-2:] == ["-", "1"]
    assert "\x1b" not in "".join(rows)


def test_usage_on_a_terminal_ends_with_the_sum(run: Any) -> None:
    result = run("usage", "--by", "provider", terminal=80)
    assert "≥0.75" in result.stdout
    assert result.stderr.strip() == "3 calls: ≥0.75 USD, and 1 call of unknown cost"
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_usage_takes_any_name_of_a_model_and_any_split(run: Any) -> None:
    found = json.loads(run("usage", "--by", "day,tag", "--model", "mine", "--since", "2026-11-21", "--json").stdout)
    assert [(row["day"], row["tag"], row["cost"]) for row in found] == [("2026-11-21", "job-1", "0.5")]


def test_usage_refuses_a_split_that_there_isn_t(run: Any) -> None:
    result = run("usage", "--by", "colour")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "totals are by" in result.stderr


def test_usage_calls_lists_the_newest_first(run: Any) -> None:
    assert [line.split("\t")[0][:10] for line in run("usage", "calls").stdout.splitlines()[1:]] == [
        "2026-11-22",
        "2026-11-21",
        "2026-11-20",
    ]
    assert len(json.loads(run("usage", "calls", "--limit", "1", "--json").stdout)) == 1
    assert all(len(line) <= 80 for line in run("usage", "calls", terminal=80).stdout.splitlines())


def test_usage_export_writes_csv_and_json_lines(run: Any) -> None:
    table = run("usage", "export", "--format", "csv", "--tag", "job-1").stdout.splitlines()
    assert (len(table), table[0][:8]) == (2, "id,when,")
    lines = run("usage", "export").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["0", "1", "2"]


def test_without_calls_usage_says_how_to_record_some(run: Any) -> None:
    assert "no calls are recorded" in run("usage", "--since", "2030-01-01").stderr


def test_a_budget_is_set_listed_and_removed(run: Any) -> None:
    assert run("budget", "set", "team", "$10", "--per", "total", "--model", "mine").stdout == (
        "team: 9.25 of 10.00 USD are left\n"
    )
    (row,) = json.loads(run("budget", "list", "--json").stdout)
    assert (row["name"], row["spent"], row["left"], row["model"]) == ("team", "0.75", "9.25", "lab/mine")
    shown = run("budget", "list", terminal=80).stdout
    assert "model lab/mine" in shown
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert run("budget", "remove", "team").exit_code == 0
    assert "no budgets" in run("budget", "list").stderr


def test_a_budget_that_isn_t_there_is_not_found_and_a_wrong_amount_is_wrong_usage(run: Any) -> None:
    assert run("budget", "remove", "nobody").exit_code == 3
    assert run("budget", "set", "team", "much").exit_code == 2
    assert run("budget", "set", "team", "--", "-1").exit_code == 2
