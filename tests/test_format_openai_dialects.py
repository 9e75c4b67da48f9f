"""What single providers mean by the fields of their OpenAI-like lists: units, limits, kinds, dates.

The rows are written here, in the shape of each provider's reference or of what its clients read; where there is a
recording, `tests/recordings/hosted.py` compares it.
"""

from typing import Any

import pytest

from ai_models._core.model import KINDS, Model
from ai_models.providers import providers
from ai_models.sources.dialects import DIALECTS, PLAIN
from ai_models.sources.formats.openai import parse_openai
from ai_models.sources.tariffs import token_prices, unit_prices


def read(provider: str, row: dict[str, Any], **options: Any) -> Model:
    shape = providers[provider].list_format if provider in providers else None
    return parse_openai([{"id": "m", **row}], provider, shape=shape, **options).models[0]


@pytest.mark.parametrize(
    ("provider", "row", "prices"),
    [
        (
            "aiand",
            {"currency": "usd", "input_per_1m": "0.25", "output_per_1m": "1"},
            {"input": 2.5e-07, "output": 1e-06},
        ),
        ("aiand", {"currency": "JPY", "input_per_1m": "40", "output_per_1m": "160"}, {}),
        (
            "edenai",
            {
                "pricing": {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06},
                "list_pricing": {"input_cost_per_token": 3e-06, "cache_read_input_token_cost": 3e-07},
            },
            {"input": 3e-06, "output": 2e-06, "cache_read": 3e-07},
        ),
        (
            "nearai",
            {"pricing": {"input": 0.15, "output": 1.4000000000000001, "input_cache_read": "0.000000075"}},
            {"input": 1.5e-07, "output": 1.4e-06, "cache_read": 7.5e-08},
        ),
        (
            "aihubmix",
            {"model_id": "m", "pricing": {"input": 1.25, "output": 10, "cache_read": 0.125}},
            {"input": 1.25e-06, "output": 1e-05, "cache_read": 1.25e-07},
        ),
        ("baseten", {"pricing": {"prompt": 6e-07, "completion": "0.0000022"}}, {"input": 6e-07, "output": 2.2e-06}),
        (
            "chutes",
            {"pricing": {"prompt": 0.1, "completion": 0.4, "input_cache_read": 0.05}},
            {"input": 1e-07, "output": 4e-07, "cache_read": 5e-08},
        ),
        (
            "crof",
            {"pricing": {"prompt": "0.28", "completion": "1.1", "cache_prompt": "0.05"}},
            {"input": 2.8e-07, "output": 1.1e-06, "cache_read": 5e-08},
        ),
        ("friendli", {"pricing": {"input": "0.0000006", "output": 1e-06}}, {"input": 6e-07, "output": 1e-06}),
        (
            "io-net",
            {"input_token_price": 3e-07, "output_token_price": 1.2e-06, "cache_read_token_price": 0},
            {"input": 3e-07, "output": 1.2e-06},
        ),
        (
            "inception",
            {"pricing": {"prompt": "0.00000025", "completion": "0.000001", "input_cache_reads": "0.000000025"}},
            {"input": 2.5e-07, "output": 1e-06, "cache_read": 2.5e-08},
        ),
        (
            "llmgateway",
            {"pricing": {"prompt": "0.000003", "completion": "0.000015", "input_cache_read": "0"}},
            {"input": 3e-06, "output": 1.5e-05},
        ),
        (
            "nano-gpt",
            {
                "pricing": {
                    "prompt": 0.15,
                    "completion": 0.6,
                    "cacheReadInputPer1kTokens": 0.0001,
                    "currency": "USD",
                    "unit": "per_million_tokens",
                }
            },
            {"input": 1.5e-07, "output": 6e-07, "cache_read": 1e-07},
        ),
        ("nebius", {"pricing": {"prompt": "0.0000001", "completion": "0.0000004"}}, {"input": 1e-07, "output": 4e-07}),
        (
            "neuralwatt",
            {"metadata": {"pricing": {"input_per_million": 0.6, "output_per_million": 2.2}}},
            {"input": 6e-07, "output": 2.2e-06},
        ),
        (
            "novita",
            {
                "input_token_price_per_m": 2690,
                "output_token_price_per_m": 4000,
                "pricing": {"input_cache_read": {"price_per_m": 1350}},
            },
            {"input": 2.69e-07, "output": 4e-07, "cache_read": 1.35e-07},
        ),
        (
            "requesty",
            {"input_price": 3e-06, "output_price": 1.5e-05, "cached_price": 3e-07, "caching_price": 3.75e-06},
            {"input": 3e-06, "output": 1.5e-05, "cache_read": 3e-07, "cache_write": 3.75e-06},
        ),
        (
            "synthetic",
            {"pricing": {"prompt": "$0.00000055", "completion": "$0.00000219"}},
            {"input": 5.5e-07, "output": 2.19e-06},
        ),
        (
            "venice",
            {"model_spec": {"pricing": {"input": {"usd": 0.5, "diem": 5}, "output": {"usd": 2}}}},
            {"input": 5e-07, "output": 2e-06},
        ),
        ("kilo", {"pricing": {"prompt": "-1", "completion": "-1"}}, {}),
        (
            "poe",
            {"pricing": {"prompt": "0.0000022", "completion": "0.0000088", "image": None, "request": None}},
            {"input": 2.2e-06, "output": 8.8e-06},
        ),
    ],
)
def test_each_provider_states_prices_in_a_unit_of_its_own(
    provider: str, row: dict[str, Any], prices: dict[str, float]
) -> None:
    assert read(provider, row).cost_per_token == prices


@pytest.mark.parametrize(
    ("provider", "pricing"),
    [
        ("cortecs", {"currency": "EUR", "input_token": 1.2, "output_token": 3, "prompt": "0.000001"}),
        ("nano-gpt", {"currency": "XNO", "unit": "per_million_tokens", "prompt": 1, "completion": 2}),
    ],
)
def test_a_price_in_another_currency_is_unknown(provider: str, pricing: dict[str, Any]) -> None:
    model = read(provider, {"pricing": pricing})
    assert (model.cost_per_token, model.cost_per_unit, model.price_tiers) == ({}, {}, [])
    foreign = {"currency": "IDR", "input_token_price_per_m": 9}
    assert read("novita", foreign).cost_per_token == {}


def test_together_writes_zero_for_not_stated_and_for_free() -> None:
    zero = {"pricing": {"hourly": 0, "input": 0, "output": 0}}
    dedicated, free = parse_openai(
        [{"id": "a/Dedicated", **zero}, {"id": "meta-llama/Llama-3.3-70B-Instruct-Turbo-Free", **zero}], "together"
    ).models
    assert dedicated.cost_per_token == {}
    assert free.cost_per_token == {"input": 0.0, "output": 0.0}


def test_the_words_of_together_for_what_a_model_is_for_are_not_those_of_vercel() -> None:
    words = {"chat": "chat", "language": "completion", "code": "completion", "embedding": "embedding"}
    words |= {"image": "image", "moderation": "moderation", "rerank": "rerank", "audio": "speech"}
    words |= {"transcribe": "transcription", "video": "video"}
    assert {word: read("together", {"type": word}).kind for word in words} == words
    assert read("vercel", {"type": "language"}).kind == "chat"


def test_unit_prices_are_read_where_the_unit_is_known_and_zero_is_none() -> None:
    hourly = {"pricing": {"prompt": 0, "completion": 0, "duration_per_hour": 0.36}}
    assert read("sambanova", hourly).cost_per_unit == {"second": 0.0001}
    assert read("kilo", {"pricing": {"prompt": "0", "image": "0.04", "request": "0"}}).cost_per_unit == {"image": 0.04}
    assert read("a-stranger", {"pricing": {"image": 0.04}}).cost_per_unit == {}


def test_a_cache_price_of_zero_beside_a_price_is_a_placeholder_and_with_a_free_model_it_is_not() -> None:
    row = {
        "pricing": {"prompt": "0.000001", "completion": "0.000002", "input_cache_read": "0", "internal_reasoning": "0"}
    }
    assert token_prices(row, PLAIN) == {"input": 1e-06, "output": 2e-06}
    free = {"pricing": {"prompt": "0", "completion": "0", "input_cache_read": "0"}}
    assert token_prices(free, PLAIN) == {"input": 0.0, "output": 0.0, "cache_read": 0.0}
    assert unit_prices({"pricing": 7}, PLAIN) == {}


def test_the_long_prompts_of_venice_have_their_own_price() -> None:
    extended = {
        "context_token_threshold": 200000,
        "input": {"usd": 4},
        "output": {"usd": 18},
        "cache_input": {"usd": 0.4},
    }
    spec = {"pricing": {"input": {"usd": 2}, "output": {"usd": 12}, "extended": extended}}
    assert read("venice", {"model_spec": spec}).price_tiers == [
        {
            "when": {"input_tokens_above": 200000},
            "cost_per_token": {"input": 4e-06, "output": 1.8e-05, "cache_read": 4e-07},
        }
    ]


@pytest.mark.parametrize(("offline", "facts"), [(True, {"active": False}), (False, None), ("yes", None)])
def test_a_model_that_venice_took_offline_is_not_active(offline: object, facts: object) -> None:
    model = read("venice", {"type": "text", "model_spec": {"offline": offline}})

    assert model.connector_metadata.get("venice") == facts


def test_venice_says_what_a_model_can_do_in_camel_case() -> None:
    spec = {
        "name": "Venice Large",
        "availableContextTokens": 131072,
        "maxCompletionTokens": 32768,
        "capabilities": {"supportsFunctionCalling": True, "supportsVision": False, "supportsReasoning": True},
    }
    model = read("venice", {"type": "text", "model_spec": spec})
    assert (model.name, model.kind, model.context_size, model.max_output_tokens) == (
        "Venice Large",
        "chat",
        131072,
        32768,
    )
    assert model.capabilities == {"tools": True, "vision": False, "reasoning": True}


def test_openai_says_when_a_model_is_shut_down_and_not_what_it_is_for() -> None:
    row = {"object": "model", "created": 1686935002, "owned_by": "openai", "shutdown_date": "2026-10-23"}
    model = read("openai", row, dated=True)
    assert (model.released, model.retired, model.kind) == ("2023-06-16", "2026-10-23", None)
    assert read("openai", {**row, "shutdown_date": None}).retired is None


@pytest.mark.parametrize("created", [0, 735790403, 1, None, "", 10**12 * 9])
def test_a_placeholder_for_the_date_is_no_release(created: Any) -> None:
    assert read("nvidia", {"created": created}, dated=True).released is None


def test_a_date_under_a_name_of_its_own_is_a_release_also_at_an_aggregator() -> None:
    assert read("vercel", {"created": 1755815280, "released": 1747872000}).released == "2025-05-22"
    assert read("aihubmix", {"model_id": "m", "release_date": "2025-09-29"}).released == "2025-09-29"
    assert read("kilo", {"created": 1755815280}).released is None


def test_nebius_is_asked_for_everything_and_its_placeholder_is_no_window() -> None:
    assert DIALECTS["nebius"].query == "verbose=true"
    assert read("nebius", {"context_length": 8000}).context_size is None
    model = read(
        "nebius",
        {
            "context_length": 131072,
            "architecture": {"modality": "text+image->text"},
            "supported_features": ["tools", "structured_outputs", "reasoning"],
        },
    )
    assert (model.context_size, model.input_modalities, model.output_modalities) == (
        131072,
        ["text", "image"],
        ["text"],
    )
    assert [model.supports(name) for name in ("tools", "structured_output", "reasoning", "vision")] == [True] * 4


def test_aihubmix_writes_lists_as_text_and_the_window_where_it_knows_no_output_limit() -> None:
    row = {
        "model_id": "gpt-5-mini",
        "model_name": "GPT-5 mini",
        "types": "llm",
        "features": "tools,structured_outputs,long_context",
        "input_modalities": "text, image",
        "output_modalities": "text",
        "context_length": 400000,
        "max_output": 400000,
        "variant_of": "gpt-5",
        "open_weights": False,
        "retire_stage": "deprecated",
    }
    model = parse_openai({"data": [row]}, "aihubmix", shape="aihubmix").models[0]
    assert (model.id, model.name, model.kind) == ("gpt-5-mini", "GPT-5 mini", "chat")
    assert (model.context_size, model.max_output_tokens) == (400000, None)
    assert (model.input_modalities, model.open_weights, model.status) == (["text", "image"], False, "deprecated")
    assert model.supports("tools") is model.supports("structured_output") is True
    assert model.connector_metadata["aihubmix"]["alias_of"] == "gpt-5"


def test_moonshot_says_what_goes_in() -> None:
    row = {"context_length": 262144, "supports_image_in": True, "supports_video_in": False, "supports_reasoning": True}
    model = read("moonshotai", row)
    assert model.context_size == 262144
    assert model.capabilities == {"vision": True, "video_input": False, "reasoning": True}


def test_a_model_outside_the_plan_of_featherless_is_not_active() -> None:
    row = {"context_length": 16384, "max_completion_tokens": 4096, "available_on_current_plan": False}
    facts = read("featherless", row).connector_metadata["featherless"]
    assert facts == {"active": False, "state_reason": "not in the plan of this key"}
    assert read("featherless", {**row, "available_on_current_plan": True}).connector_metadata == {}


def test_groq_says_what_comes_out_and_which_rows_are_off() -> None:
    whisper = {
        "active": True,
        "context_window": 448,
        "max_completion_tokens": 448,
        "output_modalities": ["transcription"],
    }
    assert read("groq", whisper).kind == "transcription"
    assert read("groq", {"output_modalities": ["speech"]}).kind == "speech"
    assert read("groq", {"output_modalities": ["text"]}).kind is None
    assert read("groq", {"active": False}).connector_metadata == {"groq": {"active": False}}


def test_copilot_keeps_limits_and_capabilities_two_levels_down() -> None:
    row = {
        "name": "GPT-5 mini",
        "capabilities": {
            "type": "chat",
            "limits": {"max_context_window_tokens": 264000, "max_prompt_tokens": 128000, "max_output_tokens": 64000},
            "supports": {"tool_calls": True, "parallel_tool_calls": True, "vision": True, "structured_outputs": True},
        },
    }
    model = read("github-copilot", row)
    assert (model.kind, model.context_size, model.max_input_tokens, model.max_output_tokens) == (
        "chat",
        264000,
        128000,
        64000,
    )
    assert model.capabilities == dict.fromkeys(("tools", "parallel_tools", "vision", "structured_output"), True)


def test_friendli_and_neuralwatt_say_what_a_model_can_do_in_places_of_their_own() -> None:
    friendli = {"functionality": {"tool_call": True, "structured_output": False}, "hugging_face_id": "a/b"}
    model = read("friendli", friendli)
    assert (model.capabilities, model.open_weights) == ({"tools": True, "structured_output": False}, True)
    assert model.connector_metadata["friendli"] == {"hugging_face_id": "a/b"}
    metadata = {
        "display_name": "GLM 5",
        "capabilities": {"tools": True, "vision": False},
        "limits": {"max_context_length": 202752, "max_output_tokens": None},
        "deprecated": True,
    }
    model = read("neuralwatt", {"metadata": metadata})
    assert (model.name, model.context_size, model.status) == ("GLM 5", 202752, "deprecated")
    assert model.capabilities == {"tools": True, "vision": False}


def test_a_gateways_dates_of_deprecation_and_of_the_end() -> None:
    row = {"deprecated_at": "2026-08-01T00:00:00.000Z", "deactivated_at": "2026-12-01T00:00:00.000Z"}
    model = read("llmgateway", row)
    assert (model.deprecated, model.retired) == ("2026-08-01", "2026-12-01")


def test_every_dialect_is_that_of_a_provider_and_every_kind_is_one_of_ours() -> None:
    assert set(DIALECTS) <= set(providers)
    assert {kind for dialect in DIALECTS.values() for kind in dialect.kinds.values()} <= set(KINDS)


@pytest.mark.parametrize("provider", ["voyage", "jina"])
def test_a_lab_without_a_list_says_so(provider: str) -> None:
    from ai_models.errors import SourceError
    from ai_models.sources import ProviderAPISource

    with pytest.raises(SourceError, match="can't be asked: it publishes no list of models"):
        ProviderAPISource(provider, api_key="k", env={}).listing()


@pytest.mark.parametrize(("provider", "word"), [("together", "audio"), ("venice", "tts"), ("venice", "image")])
def test_media_are_billed_in_other_units_under_the_names_of_tokens(provider: str, word: str) -> None:
    spec = {"pricing": {"input": {"usd": 3.5}, "output": {"usd": 0}}}
    model = read(provider, {"type": word, "pricing": {"input": 65, "output": 0}, "model_spec": spec})
    assert (model.cost_per_token, model.price_tiers) == ({}, [])
    drawn = {"type": "image", "model_spec": {"pricing": {"generation": {"usd": 0.01}}}}
    assert read("venice", drawn).cost_per_unit == {"image": 0.01}
