import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from tests.mutations import anything, mutated

from ai_models._core.model import Model
from ai_models.errors import SourceFormatError
from ai_models.sources.catalogues.genai_prices import GenAIPricesSource, parse_genai_prices

TIERED = {"base": 1.25, "tiers": [{"start": 200_000, "price": 2.5}]}
PAYLOAD: list[dict[str, Any]] = [
    {"id": "google", "models": [
        {"id": "gemini-x", "name": "Gemini X", "match": {"starts_with": "gemini-x"}, "context_window": 1_000_000,
         "prices": {"input_mtok": TIERED, "output_mtok": {"base": 10, "tiers": [{"start": 200_000, "price": 15}]},
                    "web_searches_kcount": 35},
         "price_variants": [{"when": {"processing": "batch"}, "prices": {"input_mtok": 0.625}},
                            {"when": {"route": "eu"}, "prices": {"input_mtok": 9}}]},
        {"id": "claude-x", "match": {"equals": "claude-x"}, "prices": {"input_mtok": 3}},
    ]},
    {"id": "groq", "models": [
        {"id": "whisper", "match": {"or": [{"equals": "Whisper"}]}, "deprecated": True,
         "prices": {"input_audio_hours": 0.36}},
    ]},
]  # fmt: skip


def _one(provider: str, row: dict[str, Any], date: str | None = None) -> Model:
    parsed = parse_genai_prices([{"id": provider, "models": [row]}], date)
    assert not parsed.skipped
    return parsed.models[0]


def test_prices_are_exact_per_token_with_tiers_and_units() -> None:
    model = parse_genai_prices(PAYLOAD).models[0]
    assert (model.provider, model.id, model.name, model.context_size) == ("google", "gemini-x", "Gemini X", 1_000_000)
    assert model.cost_per_token == {"input": 1.25e-06, "output": 1e-05}
    assert model.cost_per_unit == {"search": 0.035}
    assert model.price_tiers == [
        {"when": {"input_tokens_above": 200_000}, "cost_per_token": {"input": 2.5e-06, "output": 1.5e-05}},
        {"when": {"service": "batch"}, "cost_per_token": {"input": 6.25e-07}},
    ]


def test_anthropics_models_in_googles_list_are_vertexs() -> None:
    assert parse_genai_prices(PAYLOAD).models[1].provider == "vertex"


def test_an_hour_of_audio_is_priced_by_the_second() -> None:
    model = parse_genai_prices(PAYLOAD).models[2]
    assert model.cost_per_unit == {"second": 1e-4}
    assert model.status == "deprecated"


@pytest.mark.parametrize(
    ("date", "price"), [("2025-05-01", "10"), ("2025-06-10", "2"), ("2026-01-01", "2"), (None, "2")]
)
def test_the_price_is_the_one_of_the_day(date: str | None, price: str) -> None:
    prices = [
        {"prices": {"input_mtok": 10}},
        {"constraint": {"start_date": "2025-06-10"}, "prices": {"input_mtok": 2}},
    ]
    model = _one("openai", {"id": "o3", "match": {"equals": "o3"}, "prices": prices}, date)
    assert str(model.pricing.input_per_mtok) == price


def test_prices_of_some_hours_are_tiers() -> None:
    prices = [
        {"prices": {"input_mtok": "0.15"}},
        {"constraint": {"start_time": "01:00:00Z", "end_time": "04:00:00Z"}, "prices": {"input_mtok": "0.3"}},
    ]
    model = _one("deepseek", {"id": "d", "match": {"equals": "d"}, "prices": prices})
    assert model.cost_per_token == {"input": 1.5e-07}
    assert model.price_tiers == [{"when": {"hours_utc": "01:00-04:00"}, "cost_per_token": {"input": 3e-07}}]


@pytest.mark.parametrize(
    ("provider", "id", "match", "ids"),
    [
        ("openai", "o3", {"or": [{"equals": "o3"}, {"equals": "o3-2025-04-16"}]}, ["o3", "o3-2025-04-16"]),
        ("openai", "gpt-5.6", {"or": [{"equals": "gpt-5.6"}, {"equals": "gpt-5-6"}]}, ["gpt-5.6"]),
        ("fireworks", "kimi", {"equals": "accounts/fireworks/models/kimi"}, ["accounts/fireworks/models/kimi"]),
        ("huggingface_groq", "Qwen/Qwen3-32B", {"equals": "qwen/qwen3-32b"}, ["Qwen/Qwen3-32B:groq"]),
        ("openrouter", "a/b:free", {"equals": "a/b:free"}, ["a/b:free"]),
        ("anthropic", "claude", {"and": [{"contains": "clau"}, {"regex": "^(?!.*beta)"}]}, ["claude"]),
    ],
)
def test_a_row_is_about_the_ids_that_the_api_takes(provider: str, id: str, match: Any, ids: list[str]) -> None:
    parsed = parse_genai_prices([{"id": provider, "models": [{"id": id, "match": match, "prices": {"input_mtok": 1}}]}])
    assert [model.id for model in parsed.models] == ids


@pytest.mark.parametrize(
    ("provider", "id"),
    [
        ("aws", "regional.claude"),
        ("openrouter", "no-owner"),
        ("azure", "phi-4:free"),
        ("openai-decisions", "gpt-6"),
        ("nobody", "m"),
    ],
)
def test_a_row_whose_id_no_api_takes_is_skipped(provider: str, id: str) -> None:
    parsed = parse_genai_prices([{"id": provider, "models": [{"id": id, "match": {"equals": id}, "prices": {}}]}])
    assert not parsed.models
    assert parsed.skipped[0].id == id


def test_known_ids_get_the_prices_of_the_first_row_that_takes_them() -> None:
    rows = [
        {"id": "claude-x", "match": {"starts_with": "claude-x"}, "prices": {"input_mtok": 3}},
        {"id": "claude", "match": {"contains": "claude"}, "prices": {"input_mtok": 9}},
    ]
    parsed = parse_genai_prices(
        [{"id": "anthropic", "models": rows}], known={"anthropic": {"claude-x-20251001", "other"}}
    )
    prices = {model.id: str(model.pricing.input_per_mtok) for model in parsed.models}
    assert prices == {"claude-x": "3", "claude-x-20251001": "3", "claude": "9"}


def test_no_price_is_unknown_but_for_a_free_offer() -> None:
    paid = _one("openrouter", {"id": "a/b", "match": {"equals": "a/b"}, "prices": {}})
    free = _one("openrouter", {"id": "a/b:free", "match": {"equals": "a/b:free"}, "prices": {}})
    assert (paid.pricing.free, free.pricing.free) == (None, True)


@given(mutated(PAYLOAD) | anything())
def test_broken_data_gives_models_skipped_rows_or_a_format_error(payload: Any) -> None:
    try:
        parsed = parse_genai_prices(payload, "2026-11-10", known={"google": ["gemini-x-1"]})
    except SourceFormatError:
        return
    for model in parsed.models:
        assert Model.from_dict(model.to_dict()) == model
    assert all(row.reason for row in parsed.skipped)


def test_the_source_reads_the_package_without_running_it(tmp_path: Path) -> None:
    path = tmp_path / "data.py"
    path.write_text(
        "import os\nos.abort()\n"
        "providers: list[Provider] = [Provider(id='openai', models=[ModelInfo(id='o3', match=ClauseOr(or_=["
        "ClauseEquals(equals='o3')]), prices=[ConditionalPrice(constraint=StartDateConstraint(start_date="
        "datetime.date(2025, 6, 10)), prices=ModelPrice(input_mtok=Decimal('2')))])])]\n",
        "utf-8",
    )
    listing = GenAIPricesSource(path, date="2026-11-10").listing()
    assert [str(model.pricing.input_per_mtok) for model in listing.models] == ["2"]


def test_the_source_reads_json(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps(PAYLOAD), "utf-8")
    assert len(GenAIPricesSource(path).discover_models()) == 3


@pytest.mark.parametrize("text", ["providers = [open('x')]", "providers = (", "other = 1", "providers = [1 + x]"])
def test_python_that_is_no_plain_data_is_a_format_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "data.py"
    path.write_text(text, "utf-8")
    with pytest.raises(SourceFormatError):
        GenAIPricesSource(path).listing()
