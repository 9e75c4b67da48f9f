import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from tests.mutations import anything, mutated

from ai_models._core.model import Model
from ai_models.errors import MissingDependencyError, SourceFormatError, SourceUnavailableError
from ai_models.sources.catalogues.litellm_map import LiteLLMMapSource, parse_litellm_map, wire_id
from ai_models.testing import FakeTransport

ROW = {
    "litellm_provider": "openai",
    "mode": "chat",
    "max_input_tokens": 100_000,
    "max_output_tokens": 8_000,
    "input_cost_per_token": 1e-06,
    "output_cost_per_token": 4e-06,
    "cache_read_input_token_cost": 1e-07,
    "cache_creation_input_token_cost_above_1hr": 2e-06,
    "input_cost_per_token_above_200k_tokens": 2e-06,
    "input_cost_per_token_above_200k_tokens_batches": 1e-06,
    "input_cost_per_token_batches": 5e-07,
    "output_cost_per_token_priority": 8e-06,
    "input_cost_per_audio_token": 3e-05,
    "search_context_cost_per_query": {"search_context_size_low": 0.01, "search_context_size_high": 0.01},
    "supports_function_calling": True,
    "supports_vision": False,
    "supports_telepathy": True,
    "supported_modalities": ["text", "image"],
    "supported_endpoints": ["/v1/chat/completions", "/v1/batch"],
    "deprecation_date": "2027-01-31",
    "source": "https://example.com/prices",
}
PAYLOAD: dict[str, Any] = {
    "sample_spec": {"litellm_provider": "one of the providers"},
    "a-model": ROW,
    "azure/eu/gpt-4o": {"litellm_provider": "azure", "mode": "chat", "tiered_pricing": [
        {"range": [0, 32000.0], "input_cost_per_token": 1e-06},
        {"range": [32000.0, 128000.0], "input_cost_per_token": 2e-06},
    ]},
    "groq/whisper": {"litellm_provider": "groq", "mode": "audio_transcription", "input_cost_per_second": 3e-05},
}  # fmt: skip


def _one(key: str, **row: Any) -> Model:
    parsed = parse_litellm_map({key: row})
    assert not parsed.skipped
    return parsed.models[0]


def test_a_row_becomes_a_model_with_its_prices_limits_and_capabilities() -> None:
    model = parse_litellm_map({"a-model": ROW}).models[0]
    assert (model.provider, model.id, model.kind) == ("openai", "a-model", "chat")
    assert (model.context_size, model.max_input_tokens, model.max_output_tokens) == (100_000, None, 8_000)
    assert model.cost_per_token == {
        "input": 1e-06, "output": 4e-06, "cache_read": 1e-07, "cache_write_1h": 2e-06, "input_audio": 3e-05,
    }  # fmt: skip
    assert model.cost_per_unit == {"search": 0.01}
    assert model.capabilities == {"tools": True, "vision": False, "batch": True}
    assert model.retired == "2027-01-31"


def test_thresholds_and_service_levels_become_tiers() -> None:
    tiers = parse_litellm_map({"a-model": ROW}).models[0].price_tiers
    assert [(tier["when"], tier["cost_per_token"]) for tier in tiers] == [
        ({"input_tokens_above": 200_000}, {"input": 2e-06}),
        ({"service": "batch"}, {"input": 5e-07}),
        ({"input_tokens_above": 200_000, "service": "batch"}, {"input": 1e-06}),
        ({"service": "priority"}, {"output": 8e-06}),
    ]


def test_ranges_of_input_tokens_become_a_price_and_tiers() -> None:
    model = parse_litellm_map(PAYLOAD).models[1]
    assert model.cost_per_token == {"input": 1e-06}
    assert model.price_tiers == [{"when": {"input_tokens_above": 32_000}, "cost_per_token": {"input": 2e-06}}]


@pytest.mark.parametrize(
    ("key", "litellm_provider", "provider", "id"),
    [
        ("gpt-4o", "openai", "openai", "gpt-4o"),
        ("azure/eu/gpt-4o", "azure", "azure", "eu/gpt-4o"),
        ("azure_ai/grok-3", "azure_ai", "azure", "grok-3"),
        ("bedrock/us-east-1/meta.llama3-8b-v1:0", "bedrock", "bedrock", "us-east-1/meta.llama3-8b-v1:0"),
        ("us.anthropic.claude-sonnet-5-5", "bedrock_converse", "bedrock", "us.anthropic.claude-sonnet-5-5"),
        ("vertex_ai/claude-haiku-4-5@20251001", "vertex_ai-anthropic_models", "vertex", "claude-haiku-4-5@20251001"),
        ("gemini-2.5-pro", "vertex_ai-language-models", "vertex", "gemini-2.5-pro"),
        ("gemini/gemini-2.5-pro", "gemini", "google", "gemini-2.5-pro"),
        ("openrouter/openai/gpt-4o", "openrouter", "openrouter", "openai/gpt-4o"),
        ("perplexity/perplexity/glm-5.3", "perplexity", "perplexity", "perplexity/glm-5.3"),
        (
            "fireworks_ai/accounts/fireworks/models/kimi-k2p5", "fireworks_ai",
            "fireworks", "accounts/fireworks/models/kimi-k2p5",
        ),
    ],
)  # fmt: skip
def test_a_key_gives_the_provider_and_its_own_id(key: str, litellm_provider: str, provider: str, id: str) -> None:
    assert wire_id(key, litellm_provider) == (provider, id)


@pytest.mark.parametrize(
    ("key", "row", "reason"),
    [
        ("sample_spec", ROW, "description"),
        ("bedrock/*/cohere.command", {**ROW, "litellm_provider": "bedrock"}, "wildcard"),
        ("ft:gpt-4o", ROW, "fine-tuned"),
        ("low/1024-x-1024/gpt-image-1", ROW, "image size"),
        ("fireworks-ai-up-to-4b", {**ROW, "litellm_provider": "fireworks_ai"}, "one size"),
        ("bedrock/us-east-1/1-month-commitment/cohere.command", {**ROW, "litellm_provider": "bedrock"}, "commitment"),
        ("some/model", {**ROW, "litellm_provider": "nobody-knows-this"}, "not in the providers table"),
        ("guard", {**ROW, "mode": "guardrail"}, "no kind of model"),
        ("broken", ["not", "a", "row"], "no litellm_provider"),
    ],
)
def test_a_row_that_is_no_model_is_skipped_with_its_reason(key: str, row: Any, reason: str) -> None:
    parsed = parse_litellm_map({key: row})
    assert not parsed.models
    assert [(each.row, each.id) for each in parsed.skipped] == [(0, key)]
    assert reason in parsed.skipped[0].reason


def test_a_zero_is_not_taken_for_a_price() -> None:
    model = _one("m", litellm_provider="openai", mode="chat", input_cost_per_token=0.0, output_cost_per_token=0)
    assert model.cost_per_token == {}
    assert model.pricing.free is None


def test_a_price_that_must_be_a_unit_mixed_up_is_dropped_and_reported() -> None:
    parsed = parse_litellm_map(
        {"m": {"litellm_provider": "openai", "input_cost_per_token": 3.2, "output_cost_per_token": 1e-05}}
    )
    assert parsed.models[0].cost_per_token == {"output": 1e-05}
    assert "3200000 USD per million tokens" in parsed.skipped[0].reason


def test_an_input_limit_is_the_window_but_where_input_and_output_are_counted_apart() -> None:
    claude = _one("claude-x", litellm_provider="anthropic", mode="chat", max_input_tokens=200_000)
    gpt = _one("gpt-5-mini", litellm_provider="openai", mode="chat", max_input_tokens=272_000)
    speech = _one("tts", litellm_provider="openai", mode="audio_speech", max_input_tokens=4_000)
    assert (claude.context_size, claude.max_input_tokens) == (200_000, None)
    assert (gpt.context_size, gpt.max_input_tokens) == (None, 272_000)
    assert (speech.context_size, speech.max_input_tokens) == (None, 4_000)


def test_units_are_named_by_what_a_model_is_for() -> None:
    heard = _one(
        "t",
        litellm_provider="openai",
        mode="audio_transcription",
        input_cost_per_second=1e-4,
        output_cost_per_second=1e-4,
    )
    drawn = _one(
        "d", litellm_provider="openai", mode="image_generation", input_cost_per_image=0.01, output_cost_per_image=0.04
    )
    filmed = _one("f", litellm_provider="openai", mode="video_generation", output_cost_per_second_1080p=0.5)
    assert heard.cost_per_unit == {"second": 1e-4}
    assert drawn.cost_per_unit == {"image": 0.04, "input_image": 0.01}
    assert filmed.cost_per_unit == {"second_1080p": 0.5}


def test_the_same_id_of_the_same_provider_is_taken_once() -> None:
    parsed = parse_litellm_map({"deepseek-chat": {**ROW, "litellm_provider": "deepseek"},
                                "deepseek/deepseek-chat": {**ROW, "litellm_provider": "deepseek"}})  # fmt: skip
    assert len(parsed.models) == len(parsed.skipped) == 1


@given(mutated(PAYLOAD) | anything())
def test_a_broken_map_gives_models_skipped_rows_or_a_format_error(payload: Any) -> None:
    try:
        parsed = parse_litellm_map(payload)
    except SourceFormatError:
        return
    for model in parsed.models:
        assert Model.from_dict(model.to_dict()) == model
    assert all(row.reason for row in parsed.skipped)


def test_the_source_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text(json.dumps(PAYLOAD), "utf-8")
    listing = LiteLLMMapSource(path, date="2026-11-12").listing()
    assert [model.id for model in listing.models] == ["a-model", "eu/gpt-4o", "whisper"]
    assert (listing.origin, listing.date, len(listing.skipped)) == ("embedded", "2026-11-12", 1)


def test_the_source_asks_a_url() -> None:
    url = "https://example.com/map.json"
    source = LiteLLMMapSource(url, transport=FakeTransport({url: PAYLOAD}))
    listing = source.listing()
    assert [model.id for model in listing.models] == ["a-model", "eu/gpt-4o", "whisper"]
    assert listing.origin == "live"


def test_the_source_says_what_is_wrong_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailableError, match="can't be read"):
        LiteLLMMapSource(tmp_path / "missing.json").listing()
    (tmp_path / "half.json").write_text('{"gpt-4o": {"litellm_prov', "utf-8")
    with pytest.raises(SourceFormatError, match="not JSON"):
        LiteLLMMapSource(tmp_path / "half.json").listing()
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceFormatError, match="UTF-8"):
        LiteLLMMapSource(tmp_path / "bytes.json").listing()


def test_without_litellm_the_source_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ai_models.sources.catalogues.package_data.find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match="pip install litellm"):
        LiteLLMMapSource().discover_models()
