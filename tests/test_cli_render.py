"""How output looks: fitted tables on a terminal, tab-separated text on a pipe, JSON."""

import json
import re
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_models import cli
from ai_models._core.model import Model
from ai_models.cli.columns import choose_columns
from ai_models.cli.render import Column, Output, fit_columns, format_json, format_tsv
from ai_models.cli.text import (
    escape,
    format_count,
    format_price,
    hang,
    shorten,
    shorten_middle,
    shorten_words,
    width_of,
)
from ai_models.errors import QueryError

CLAUDE = Model(
    "anthropic/claude-sonnet-4-5-20250929",
    "anthropic",
    200_000,
    capabilities={"tools": True, "vision": True, "reasoning": True, "audio_input": False},
    cost_per_token={"input": 3e-06, "output": 1.5e-05},
    released="2025-09-29",
    max_output_tokens=64_000,
)
LLAMA = Model("meta/llama-3.2-1b", "ollama", 131_072, is_local=True, cost_per_token={"input": 0.0, "output": 0.0})
UNKNOWN = Model("who/knows", "openrouter")
HOSTILE = Model("evil\x1b[31m\u202e[bold]gnp[/bold]\nnext\ttab", "openrouter")


def table(width: int, *models: Model, color: bool = False) -> list[str]:
    return Output(terminal=True, width=width, color=color).table(choose_columns(), models)


def test_a_table_at_80_columns_shows_the_essentials() -> None:
    assert table(80, CLAUDE, LLAMA, UNKNOWN) == [
        "ID                                    CONTEXT  IN $/M  OUT $/M  CAPABILITIES",
        "anthropic/claude-sonnet-4-5-20250929     200k    3.00    15.00  tools vision +1",
        "meta/llama-3.2-1b                        131k    free     free  -",
        "who/knows                                   -       -        -  -",
    ]


def test_a_table_at_200_columns_shows_everything_whole() -> None:
    lines = table(200, CLAUDE)
    titles = "ID PROVIDER CONTEXT MAX OUT IN $/M OUT $/M RELEASED OFFERS CAPABILITIES"
    assert " ".join(lines[0].split()) == titles
    assert "anthropic/claude-sonnet-4-5-20250929" in lines[1]
    assert "tools vision reasoning" in lines[1]


@given(
    ids=st.lists(st.text(min_size=1, max_size=80).filter(str.strip), min_size=1, max_size=4),
    width=st.integers(40, 220),
)
def test_no_line_of_a_table_is_wider_than_the_terminal(ids: list[str], width: int) -> None:
    models = [Model(id, "provider-of-a-long-name", context_size=10**6, cost_per_token={"input": 1e-6}) for id in ids]
    for line in table(width, *models):
        assert width_of(line) <= max(width, 54)
        assert "\n" not in line


@given(st.text(max_size=60))
def test_escaped_text_holds_no_character_that_acts_on_a_terminal(text: str) -> None:
    assert not {unicodedata.category(each) for each in escape(text)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(max_size=60), st.integers(1, 40))
def test_shortened_text_fits(text: str, width: int) -> None:
    assert width_of(shorten(text, width)) <= width
    assert width_of(shorten_middle(text, width)) <= width
    assert width_of(shorten_words(text.split(), width)) <= width


def test_text_that_fits_is_not_shortened() -> None:
    assert shorten("gpt-4o", 6) == shorten_middle("gpt-4o", 6) == "gpt-4o"


def test_a_wide_character_takes_two_columns() -> None:
    lines = table(120, Model("阿里/通义千问", "dashscope", 1000), Model("qwen", "dashscope", 1000))
    assert width_of(lines[1]) == width_of(lines[2])


def test_hostile_text_goes_escaped_into_a_table_and_onto_a_pipe() -> None:
    for line in (*table(200, HOSTILE), *format_tsv(choose_columns(), [HOSTILE])):
        assert "\x1b" not in line
        assert "\u202e" not in line
        assert "\n" not in line
    row = format_tsv(choose_columns(), [HOSTILE])[1].split("\t")
    assert row[0] == r"evil\x1b[31m\u202e[bold]gnp[/bold]\nnext\ttab"


def test_a_pipe_gets_whole_ids_and_exact_numbers() -> None:
    header, row = (line.split("\t") for line in format_tsv(choose_columns(), [CLAUDE]))
    got = dict(zip(header, row, strict=True))
    assert got["id"] == "anthropic/claude-sonnet-4-5-20250929"
    assert got["context"] == "200000"
    assert (got["in_usd_per_m"], got["out_usd_per_m"]) == ("3", "15")
    assert got["capabilities"] == "tools,vision,reasoning"


def test_unknown_is_a_dash_and_zero_is_free() -> None:
    assert [format_price(each) for each in (None, Decimal(0), Decimal("0.00001"))] == ["-", "free", "0.00001"]
    assert [format_count(each) for each in (None, 0, 999_999, 128_000, 7_000_000_000)] == [
        "-",
        "0",
        "999k",
        "128k",
        "7B",
    ]
    header, row = (line.split("\t") for line in format_tsv(choose_columns(), [UNKNOWN]))
    assert dict(zip(header, row, strict=True))["in_usd_per_m"] == "-"
    _, row = (line.split("\t") for line in format_tsv(choose_columns(["input"]), [LLAMA]))
    assert row == ["0"]


def test_colour_is_used_only_when_it_is_on() -> None:
    assert any("\x1b[32mfree" in line for line in table(80, LLAMA, color=True))
    assert not any("\x1b" in line for line in table(80, LLAMA))


def test_colour_does_not_change_the_layout() -> None:
    import click

    assert [click.unstyle(line) for line in table(100, CLAUDE, LLAMA, color=True)] == table(100, CLAUDE, LLAMA)


@pytest.mark.parametrize("value", [[], [{"id": "a"}], [{"tags": {"b", "a"}}, {"id": "\x1b\u202e"}], {"id": "é"}])
def test_json_is_json_in_plain_ascii(value: object) -> None:
    for indent in (True, False):
        text = format_json(value, indent)
        assert text.isascii()
        assert json.loads(text) == json.loads(json.dumps(value, default=sorted))


def test_a_field_path_is_a_column() -> None:
    columns = choose_columns(["id", "capabilities.vision", "cost_per_token.input", "license"])
    assert format_tsv(columns, [CLAUDE])[1] == f"{CLAUDE.id}\tyes\t0.000003\t-"


def test_an_unknown_column_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(QueryError, match="context"):
        choose_columns(["contxt"])


def test_the_least_needed_columns_are_left_out_first() -> None:
    columns = [Column("A", str), Column("B", str, drop=1), Column("C", str, drop=2)]
    assert list(fit_columns([10, 10, 10], columns, 34)) == [0, 1, 2]
    assert list(fit_columns([10, 10, 10], columns, 30)) == [0, 1]
    assert list(fit_columns([10, 10, 10], columns, 12)) == [0]


@given(st.text(alphabet="ab -通义千é\u0301"), st.integers(20, 60))
def test_no_hanging_line_is_wider_than_the_terminal_and_no_letter_is_lost(text: str, width: int) -> None:
    lines = hang("via ", text, width)
    assert all(width_of(line) <= max(width, 24) for line in lines)
    assert "".join("".join(lines).split()) == "".join(f"via {text}".split())


def test_columns_that_always_stay_get_the_room_before_those_that_may_go() -> None:
    ids, notes = Column("ID", str, shrink=shorten), Column("NOTES", str, shrink=shorten, drop=1)
    assert fit_columns([30, 30], [ids, notes], 50) == {0: 30, 1: 18}


def test_no_colour_is_hard_to_read_on_a_light_terminal_or_on_a_dark_one() -> None:
    faint = re.compile(r'"(yellow|cyan|white|black|blue|bright_\w+)"')
    found = [path.name for path in Path(cli.__file__).parent.glob("*.py") if faint.search(path.read_text("utf-8"))]
    assert found == []
