"""The wire formats on small answers written here; whatever is broken in them is a skipped row or a format error."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.mutations import anything, mutated

from ai_models._core.model import KINDS, Model, check_fields
from ai_models.errors import SourceFormatError
from ai_models.sources.formats.anthropic import parse_anthropic
from ai_models.sources.formats.cohere import parse_cohere
from ai_models.sources.formats.gemini import parse_gemini
from ai_models.sources.formats.mistral import parse_mistral
from ai_models.sources.formats.ollama import OllamaDetails, parse_ollama
from ai_models.sources.formats.openai import parse_openai
from ai_models.sources.formats.openrouter import parse_openrouter
from ai_models.sources.parsed import Parsed

OPENROUTER: dict[str, Any] = {
    "data": [
        {
            "id": "lab/chat",
            "canonical_slug": "lab/chat-2025-09-29",
            "name": "Lab: Chat",
            "created": 1761950332,
            "hugging_face_id": "lab/Chat",
            "context_length": 200000,
            "expiration_date": "2027-01-31",
            "knowledge_cutoff": "2025-06-30",
            "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"], "tokenizer": "GPT"},
            "pricing": {
                "prompt": "0.000003",
                "completion": "0.000015",
                "image": "0.0048",
                "request": "0",
                "web_search": "0.01",
                "internal_reasoning": "0",
                "input_cache_read": "0.0000003",
                "input_cache_write": "0.00000375",
                "input_cache_write_1h": "0.000006",
                "discount": 0,
                "overrides": [
                    {"min_prompt_tokens": 200001, "prompt": "0.000006", "completion": "0.0000225"},
                    {"utc_start": "16:30", "utc_end": "00:30", "prompt": "0.000001"},
                ],
            },
            "top_provider": {"context_length": 200000, "max_completion_tokens": 64000, "is_moderated": True},
            "supported_parameters": ["tools", "tool_choice", "reasoning", "max_tokens", "temperature"],
        },
        {"id": "lab/chat:free", "pricing": {"prompt": "0", "completion": "0"}, "supported_parameters": []},
        {"id": "openrouter/auto", "pricing": {"prompt": "-1", "completion": "-1"}, "architecture": {"modality": None}},
        {
            "id": "lab/song",
            "architecture": {"output_modalities": ["audio"]},
            "pricing": {"prompt": "0", "request": "0.1"},
        },
        {"id": "lab/embed", "architecture": {"modality": "text->embeddings"}, "pricing": {"prompt": "0.00000002"}},
    ]
}
ANTHROPIC = {
    "data": [
        {
            "type": "model",
            "id": "claude-x-20260101",
            "display_name": "Claude X",
            "created_at": "2026-01-01T00:00:00Z",
            "max_input_tokens": 1000000,
            "max_tokens": 64000,
            "capabilities": {
                "batch": {"supported": True},
                "citations": {"supported": True},
                "effort": {"supported": True, "high": {"supported": True}},
                "image_input": {"supported": True},
                "pdf_input": {"supported": False},
                "structured_outputs": {"supported": True},
                "thinking": {"supported": True, "types": {"adaptive": {"supported": True}}},
                "context_management": {"supported": True},
            },
        },
        {"type": "model", "id": "claude-old", "created_at": "1970-01-01T00:00:00Z", "capabilities": None},
    ],
    "has_more": False,
    "last_id": "claude-old",
}
GEMINI = {
    "models": [
        {
            "name": "models/gemini-x",
            "displayName": "Gemini X",
            "inputTokenLimit": 1048576,
            "outputTokenLimit": 65536,
            "supportedGenerationMethods": ["generateContent", "createCachedContent", "batchGenerateContent"],
            "thinking": True,
        },
        {"name": "models/gemini-x-preview-tts", "supportedGenerationMethods": ["countTokens", "generateContent"]},
        {"name": "models/embed-1", "inputTokenLimit": 2048, "supportedGenerationMethods": ["embedContent"]},
        {"name": "models/veo-3", "supportedGenerationMethods": ["predictLongRunning"]},
        {"name": "models/live", "supportedGenerationMethods": ["bidiGenerateContent"]},
    ],
    "nextPageToken": "more",
}
MISTRAL = {
    "object": "list",
    "data": [
        {
            "id": "medium-2508",
            "name": "medium-2508",
            "created": 1762178664,
            "capabilities": {
                "completion_chat": True,
                "function_calling": True,
                "vision": True,
                "completion_fim": False,
            },
            "max_context_length": 131072,
            "aliases": ["medium-latest", "medium-secret"],
            "deprecation": "2026-11-30T12:00:00Z",
            "deprecation_replacement_model": "medium-2608",
        },
        {"id": "medium-latest", "name": "medium-2508", "created": 1762178664, "aliases": ["medium-2508"]},
        {"id": "medium-latest", "name": "other", "capabilities": {"audio": True}},
        {"id": "ocr-1", "capabilities": {"ocr": True, "completion_chat": True}},
    ],
}
COHERE = {
    "models": [
        {"name": "command-x", "endpoints": ["chat"], "context_length": 256000.0, "features": ["tools", "json_mode"]},
        {"name": "embed-x", "endpoints": ["embed", "classify"], "features": None, "is_deprecated": True},
        {"name": "rerank-x", "endpoints": ["rerank"]},
    ],
    "next_page_token": "",
}
OPENAI = {
    "object": "list",
    "data": [
        {"id": "gpt-x", "object": "model", "created": 1761950332, "owned_by": "openai"},
        {"id": "gpt-y", "object": "model", "created": 1661950332, "owned_by": "openai"},
    ],
}
TAGS = {
    "models": [
        {
            "name": "llama3.2:1b",
            "model": "llama3.2:1b",
            "size": 1321098329,
            "digest": "a80c4f17",
            "modified_at": "2025-10-03T23:34:03.409490317-07:00",
            "details": {"format": "gguf", "family": "llama", "parameter_size": "1.2B", "quantization_level": "Q8_0"},
        },
        {"name": "old:latest", "size": 3826793677, "details": {"parameter_size": "7B", "families": None}},
        {
            "model": "gpt-oss:120b-cloud",
            "size": 384,
            "remote_host": "https://ollama.com",
            "remote_model": "gpt-oss:120b",
        },
    ]
}
SHOWN = {
    "llama3.2:1b": {
        "license": "LLAMA 3.2 COMMUNITY LICENSE AGREEMENT\nLlama 3.2 Version Release Date",
        "parameters": 'stop "<|eot|>"\nnum_ctx                        8192\n',
        "capabilities": ["completion", "tools", "thinking"],
        "model_info": {
            "general.architecture": "llama",
            "general.parameter_count": 1235814432,
            "llama.context_length": 131072,
            "tokenizer.ggml.tokens": None,
        },
    },
    "gpt-oss:120b-cloud": {"capabilities": ["completion"], "model_info": {"gptoss.context_length": 131072}},
}

Parse = Callable[[Any], Parsed]
PARSERS: dict[str, tuple[Any, Parse]] = {
    "openrouter": (OPENROUTER, parse_openrouter),
    "anthropic": (ANTHROPIC, parse_anthropic),
    "gemini": (GEMINI, parse_gemini),
    "mistral": (MISTRAL, parse_mistral),
    "cohere": (COHERE, parse_cohere),
    "openai": (OPENAI, lambda payload: parse_openai(payload, "openai", dated=True)),
    "ollama": (TAGS, lambda payload: parse_ollama(payload, OllamaDetails(SHOWN))),
}


def by_id(parsed: Parsed) -> dict[str, Model]:
    return {model.id: model for model in parsed.models}


def check(parse: Parse, payload: Any) -> None:
    """A payload gives models that can be stored and skipped rows with reasons, or a format error: nothing else."""
    try:
        parsed = parse(payload)
    except SourceFormatError:
        return
    for model in parsed.models:
        check_fields(model.to_dict(), model.id)
        assert Model.from_dict(model.to_dict()) == model
        assert model.id.isprintable()
        assert model.kind is None or model.kind in KINDS
    assert all(skipped.reason.isprintable() for skipped in parsed.skipped)
    assert len({model.id for model in parsed.models}) == len(parsed.models)


@pytest.mark.parametrize("wire", PARSERS)
@settings(deadline=None)
@given(data=st.data())
def test_a_mutated_answer_gives_models_skipped_rows_or_a_format_error(wire: str, data: st.DataObject) -> None:
    payload, parse = PARSERS[wire]
    check(parse, data.draw(mutated(payload)))


@pytest.mark.parametrize("wire", PARSERS)
@settings(deadline=None)
@given(payload=anything())
def test_so_does_anything_at_all(wire: str, payload: Any) -> None:
    check(PARSERS[wire][1], payload)


@settings(deadline=None)
@given(shown=mutated(SHOWN), running=anything())
def test_so_do_mutated_details_of_ollama(shown: Any, running: Any) -> None:
    details = OllamaDetails(shown if isinstance(shown, dict) else {}, running)
    check(lambda payload: parse_ollama(payload, details), TAGS)


@pytest.mark.parametrize("wire", PARSERS)
@pytest.mark.parametrize(
    "payload", [None, 7, "x", {}, {"error": "x"}, {"data": {"unexpected": 1}}, [[]], {"models": 7}]
)
def test_the_wrong_shape_is_a_format_error(wire: str, payload: Any) -> None:
    if wire in ("openai", "mistral") and payload == [[]]:
        assert parse_openai(payload, "x").models == []
        return
    with pytest.raises(SourceFormatError):
        PARSERS[wire][1](payload)


@pytest.mark.parametrize("wire", PARSERS)
def test_an_empty_list_is_an_empty_list(wire: str) -> None:
    payload, parse = PARSERS[wire]
    empty = {name: [] if isinstance(value, list) else value for name, value in payload.items()}
    assert parse(empty) == Parsed([], [])


def test_openrouter_prices_are_the_strings_it_sends() -> None:
    model = by_id(parse_openrouter(OPENROUTER))["lab/chat"]
    assert model.cost_per_token == {
        "input": 3e-06,
        "output": 1.5e-05,
        "cache_read": 3e-07,
        "cache_write": 3.75e-06,
        "cache_write_1h": 6e-06,
    }
    assert model.cost_per_unit == {"image": 0.0048, "request": 0.0, "search": 0.01}
    long = {"when": {"input_tokens_above": 200000}, "cost_per_token": {"input": 6e-06, "output": 2.25e-05}}
    night = {"when": {"hours_utc": "16:30-00:30"}, "cost_per_token": {"input": 1e-06}}
    assert model.price_tiers == [long, night]


def test_openrouter_limits_dates_and_names() -> None:
    model = by_id(parse_openrouter(OPENROUTER))["lab/chat"]
    assert (model.context_size, model.max_output_tokens, model.kind) == (200000, 64000, "chat")
    assert (model.released, model.retired, model.knowledge_cutoff) == ("2025-10-31", "2027-01-31", "2025-06-30")
    assert (model.name, model.open_weights) == ("Lab: Chat", True)
    facts = model.connector_metadata["openrouter"]
    assert facts["canonical_slug"] == "lab/chat-2025-09-29"
    assert "id" not in facts


def test_a_parameter_that_openrouter_does_not_list_is_a_known_lack() -> None:
    models = by_id(parse_openrouter(OPENROUTER))
    chat = models["lab/chat"]
    assert [chat.supports(name) for name in ("tools", "reasoning", "sampling", "vision")] == [True] * 4
    assert [chat.supports(name) for name in ("structured_output", "json_mode", "audio_input")] == [False] * 3
    assert chat.supports("prompt_caching") is None
    assert models["lab/chat:free"].supports("tools") is None


def test_openrouter_zero_is_free_minus_one_unknown_and_a_song_has_no_token_price() -> None:
    models = by_id(parse_openrouter(OPENROUTER))
    assert models["lab/chat:free"].cost_per_token == {"input": 0.0, "output": 0.0}
    assert models["openrouter/auto"].cost_per_token == {}
    assert models["lab/song"].cost_per_token == {}
    assert models["lab/song"].cost_per_unit == {"request": 0.1}
    assert models["lab/embed"].kind == "embedding"


def test_anthropic_states_limits_and_capabilities_or_leaves_them_unknown() -> None:
    models = by_id(parse_anthropic(ANTHROPIC))
    new, old = models["claude-x-20260101"], models["claude-old"]
    assert (new.context_size, new.max_output_tokens, new.released) == (1000000, 64000, "2026-01-01")
    assert new.capabilities == {
        "batch": True,
        "citations": True,
        "reasoning_effort": True,
        "vision": True,
        "pdf_input": False,
        "structured_output": True,
        "reasoning": True,
    }
    assert (old.context_size, old.released, old.capabilities) == (None, None, {})


def test_gemini_methods_say_what_a_model_is_for() -> None:
    models = by_id(parse_gemini(GEMINI))
    kinds = {id: model.kind for id, model in models.items()}
    assert kinds == {
        "gemini-x": "chat",
        "gemini-x-preview-tts": "speech",
        "embed-1": "embedding",
        "veo-3": "video",
        "live": "realtime",
    }
    chat = models["gemini-x"]
    assert (chat.context_size, chat.max_input_tokens, chat.max_output_tokens) == (1048576, 1048576, 65536)
    assert chat.capabilities == {"prompt_caching": True, "batch": True, "reasoning": True}
    assert models["embed-1"].capabilities == {}


def test_mistral_rows_of_one_model_keep_their_ids_and_say_where_they_point() -> None:
    parsed = parse_mistral(MISTRAL)
    models = by_id(parsed)
    dated, latest = models["medium-2508"], models["medium-latest"]
    assert (dated.deprecated, dated.successor, dated.released) == ("2026-11-30", "medium-2608", None)
    assert dated.aliases == ["medium-secret"]
    assert dated.capabilities == {"tools": True, "vision": True, "fill_in_middle": False}
    assert latest.connector_metadata == {"mistral": {"alias_of": "medium-2508"}}
    assert latest.aliases == []
    assert [skipped.id for skipped in parsed.skipped] == ["medium-latest"]
    assert models["ocr-1"].kind == "ocr"


def test_cohere_endpoints_say_what_a_model_is_for() -> None:
    models = by_id(parse_cohere(COHERE))
    assert {id: model.kind for id, model in models.items()} == {
        "command-x": "chat",
        "embed-x": "embedding",
        "rerank-x": "rerank",
    }
    assert models["command-x"].capabilities == {"tools": True, "json_mode": True}
    assert models["command-x"].context_size == 256000
    assert models["embed-x"].status == "deprecated"


def test_ollama_says_what_a_model_can_do_and_with_which_context() -> None:
    running = {"models": [{"name": "llama3.2:1b", "context_length": 16384}]}
    model = by_id(parse_ollama(TAGS, OllamaDetails(SHOWN, running)))["llama3.2:1b"]
    assert (model.context_size, model.parameters, model.license) == (131072, 1235814432, "Llama 3.2 Community")
    assert model.capabilities == {"tools": True, "vision": False, "fill_in_middle": False, "reasoning": True}
    facts = model.connector_metadata["ollama"]
    assert (facts["effective_context"], facts["quantization"], facts["size_bytes"]) == (16384, "Q8_0", 1321098329)
    assert model.is_local
    assert model.cost_per_token == {}


def test_the_effective_context_of_ollama_is_that_of_the_modelfile_until_the_model_is_loaded() -> None:
    models = by_id(parse_ollama(TAGS, OllamaDetails(SHOWN)))
    assert models["llama3.2:1b"].connector_metadata["ollama"]["effective_context"] == 8192
    assert "effective_context" not in models["old:latest"].connector_metadata["ollama"]


def test_an_old_ollama_leaves_capabilities_unknown() -> None:
    old = by_id(parse_ollama(TAGS, OllamaDetails(SHOWN)))["old:latest"]
    assert (old.capabilities, old.kind, old.context_size, old.parameters) == ({}, None, None, 7_000_000_000)


def test_an_ollama_model_of_the_cloud_is_not_local_and_has_no_size() -> None:
    cloud = by_id(parse_ollama(TAGS, OllamaDetails(SHOWN)))["gpt-oss:120b-cloud"]
    assert not cloud.is_local
    assert cloud.connector_metadata["ollama"]["remote_model"] == "gpt-oss:120b"
    assert "size_bytes" not in cloud.connector_metadata["ollama"]


@pytest.mark.parametrize(
    "field", ["context_window", "context_length", "max_model_len", "max_context_length", "context_size"]
)
def test_the_window_is_read_from_any_field_that_servers_use(field: str) -> None:
    assert parse_openai([{"id": "m", field: "128k"}], "x").models[0].context_size == 128000


def test_a_date_of_openai_is_a_release_and_that_of_a_host_is_not() -> None:
    assert [m.released for m in parse_openai(OPENAI, "openai", dated=True).models] == ["2025-10-31", "2022-08-31"]
    assert [m.released for m in parse_openai(OPENAI, "groq").models] == [None, None]


def test_one_date_in_every_row_is_a_placeholder() -> None:
    payload = [{"id": "a", "created": 1677610602}, {"id": "b", "created": 1677610602}]
    assert [model.released for model in parse_openai(payload, "openai", dated=True).models] == [None, None]


@pytest.mark.parametrize(
    ("provider", "row", "prices"),
    [
        ("together", {"pricing": {"hourly": 0, "input": 0.3, "output": 0.9}}, {"input": 3e-07, "output": 9e-07}),
        ("together", {"pricing": {"hourly": 0, "input": 0, "output": 0}}, {}),
        (
            "perplexity",
            {"pricing": {"input": 10, "cache_read": 1, "unit": "usd_per_1m_tokens"}},
            {"input": 1e-05, "cache_read": 1e-06},
        ),
        ("vercel", {"pricing": {"input": "0.000003", "output": "0.000015"}}, {"input": 3e-06, "output": 1.5e-05}),
        ("sambanova", {"pricing": {"prompt": 6e-07, "completion": 1.2e-06}}, {"input": 6e-07, "output": 1.2e-06}),
        (
            "deepinfra",
            {"metadata": {"pricing": {"input_tokens": 0.5, "output_tokens": 1.5}}},
            {"input": 5e-07, "output": 1.5e-06},
        ),
        ("a-stranger", {"pricing": {"prompt": "0.0000001", "completion": "0"}}, {"input": 1e-07, "output": 0.0}),
        (
            "xai",
            {"prompt_text_token_price": 20000, "completion_text_token_price": 100000},
            {"input": 2e-06, "output": 1e-05},
        ),
        ("a-stranger", {"pricing": {"input": 0.3, "output": 0.9}}, {}),
        ("a-stranger", {"pricing": {"prompt": 3, "completion": 15}}, {}),
    ],
)
def test_a_price_is_read_in_the_unit_of_its_server_or_not_at_all(
    provider: str, row: dict[str, Any], prices: dict[str, float]
) -> None:
    assert parse_openai([{"id": "m", **row}], provider).models[0].cost_per_token == prices


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"type": "language"}, "chat"),
        ({"type": "vlm"}, "chat"),
        ({"type": "embeddings"}, "embedding"),
        ({"mode": "audio_transcription"}, "transcription"),
        ({"type": ["text-to-score"]}, "rerank"),
        ({"type": "model", "task": "text-to-image"}, "image"),
        ({"object": "model"}, None),
        ({"type": "mystery"}, None),
    ],
)
def test_what_a_model_is_for_is_read_from_many_words(row: dict[str, Any], kind: str | None) -> None:
    assert parse_openai([{"id": "m", **row}], "x").models[0].kind == kind


def test_capabilities_of_compatible_servers() -> None:
    row = {
        "id": "m",
        "capabilities": ["chat", "vision", "tools"],
        "supported_features": ["json_mode"],
        "supports_parallel_tool_calls": False,
        "supports_chat": True,
        "input_modalities": ["TEXT", "image"],
    }
    model = parse_openai([row], "x").models[0]
    assert model.capabilities == {
        "vision": True,
        "audio_input": False,
        "tools": True,
        "json_mode": True,
        "parallel_tools": False,
    }
    assert model.input_modalities == ["text", "image"]


def test_lm_studio_and_llama_cpp_say_with_which_context_they_run() -> None:
    lmstudio = {
        "models": [
            {
                "key": "lab/model",
                "type": "llm",
                "max_context_length": 262144,
                "loaded_instances": [{"config": {"context_length": 4096}}],
                "quantization": {"name": "Q4_K_M"},
                "capabilities": {"vision": True, "trained_for_tool_use": True, "reasoning": {"default": "on"}},
            }
        ]
    }
    model = parse_openai(lmstudio, "lmstudio", shape="lmstudio", is_local=True).models[0]
    assert (model.id, model.context_size, model.is_local) == ("lab/model", 262144, True)
    assert model.connector_metadata["lmstudio"] == {"effective_context": 4096, "quantization": "Q4_K_M"}
    assert model.capabilities == {"vision": True, "tools": True}
    llama = [
        {"id": "m.gguf", "aliases": ["m.gguf", "m"], "meta": {"n_ctx": 512, "n_ctx_train": 2048, "n_params": 118848}}
    ]
    model = parse_openai(llama, "llamacpp", shape="llamacpp", is_local=True).models[0]
    assert (model.context_size, model.parameters, model.aliases) == (2048, 118848, ["m"])
    assert model.connector_metadata["llamacpp"]["effective_context"] == 512


def test_deprecation_retirement_and_successor_of_compatible_servers() -> None:
    heroku = {
        "model_id": "old",
        "state": "deprecated",
        "deprecation_date": "2026-05-12T00:00:00Z",
        "eol_date": "2026-06-12T00:00:00Z",
        "replacement_model": "new",
    }
    azure = {"id": "older", "lifecycle_status": "deprecated", "deprecation": {"inference": 1771372800}}
    one, two = parse_openai([heroku, azure], "x").models
    assert (one.deprecated, one.retired, one.successor, one.status) == ("2026-05-12", "2026-06-12", "new", "deprecated")
    assert (two.retired, two.status) == ("2026-02-18", "deprecated")


def test_a_row_that_is_not_active_says_so() -> None:
    models = by_id(parse_openai({"data": [{"id": "a", "active": True}, {"id": "b", "active": False}]}, "groq"))
    assert models["a"].connector_metadata == {}
    assert models["b"].connector_metadata == {"groq": {"active": False}}
