"""What calls used, read out of the answers that servers and libraries give."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from ai_models import Model, ModelManager, Usage
from ai_models.costs import read_response
from ai_models.errors import InvalidModelError


def thing(value: Any) -> Any:
    """The same as an object with attributes, as client libraries give it."""
    if isinstance(value, dict):
        return SimpleNamespace(**{name: thing(each) for name, each in value.items()})
    return [thing(each) for each in value] if isinstance(value, list) else value


ANSWERS: dict[str, tuple[dict[str, Any], Usage, str | None]] = {
    "openai chat": (
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "model": "gpt-4o-2024-08-06",
            "choices": [],
            "usage": {
                "prompt_tokens": 2006,
                "completion_tokens": 300,
                "total_tokens": 2306,
                "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 6},
                "completion_tokens_details": {"reasoning_tokens": 64, "audio_tokens": 0},
            },
        },
        Usage(2006, 300, cache_read_tokens=1920, input_audio_tokens=6, reasoning_tokens=64),
        "gpt-4o-2024-08-06",
    ),
    "openai responses": (
        {
            "id": "resp_1",
            "object": "response",
            "model": "gpt-5",
            "service_tier": "flex",
            "output": [],
            "usage": {
                "input_tokens": 328,
                "input_tokens_details": {"cached_tokens": 128},
                "output_tokens": 52,
                "output_tokens_details": {"reasoning_tokens": 40},
                "total_tokens": 380,
            },
        },
        Usage(328, 52, cache_read_tokens=128, reasoning_tokens=40),
        "gpt-5",
    ),
    "openai embeddings": (
        {
            "object": "list",
            "model": "text-embedding-3-small",
            "data": [],
            "usage": {"prompt_tokens": 8, "total_tokens": 8},
        },
        Usage(8, 0),
        "text-embedding-3-small",
    ),
    "openai images": ({"created": 1, "data": [{"url": "x"}, {"url": "y"}]}, Usage(0, 0, units={"image": 2}), None),
    "xai, reasoning beside the answer": (
        {
            "model": "grok-4",
            "usage": {
                "prompt_tokens": 32,
                "completion_tokens": 9,
                "total_tokens": 135,
                "completion_tokens_details": {"reasoning_tokens": 94},
            },
        },
        Usage(32, 103, reasoning_tokens=94),
        "grok-4",
    ),
    "anthropic": (
        {
            "id": "msg_1",
            "type": "message",
            "model": "claude-sonnet-4-5-20250929",
            "usage": {
                "input_tokens": 50,
                "cache_creation_input_tokens": 200,
                "cache_read_input_tokens": 1000,
                "cache_creation": {"ephemeral_5m_input_tokens": 150, "ephemeral_1h_input_tokens": 50},
                "output_tokens": 503,
                "server_tool_use": {"web_search_requests": 2},
                "service_tier": "standard",
            },
        },
        Usage(
            1250,
            503,
            cache_read_tokens=1000,
            cache_write_tokens=200,
            cache_write_1h_tokens=50,
            units={"search": 2},
        ),
        "claude-sonnet-4-5-20250929",
    ),
    "gemini": (
        {
            "responseId": "r1",
            "modelVersion": "gemini-2.5-flash",
            "usageMetadata": {
                "promptTokenCount": 300,
                "candidatesTokenCount": 20,
                "thoughtsTokenCount": 80,
                "toolUsePromptTokenCount": 10,
                "cachedContentTokenCount": 100,
                "promptTokensDetails": [
                    {"modality": "TEXT", "tokenCount": 42},
                    {"modality": "IMAGE", "tokenCount": 258},
                ],
            },
        },
        Usage(310, 100, cache_read_tokens=100, reasoning_tokens=80, input_image_tokens=258),
        "gemini-2.5-flash",
    ),
    "google-genai": (
        {
            "model_version": "gemini-2.5-flash",
            "usage_metadata": {
                "prompt_token_count": 30,
                "candidates_token_count": None,
                "thoughts_token_count": 8,
                "cached_content_token_count": None,
                "prompt_tokens_details": [{"modality": {"value": "AUDIO"}, "token_count": 12}],
            },
        },
        Usage(30, 8, reasoning_tokens=8, input_audio_tokens=12),
        "gemini-2.5-flash",
    ),
    "mistral": (
        {"model": "mistral-large-latest", "usage": {"prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 14}},
        Usage(10, 4),
        "mistral-large-latest",
    ),
    "cohere": (
        {"id": "c", "usage": {"billed_units": {"input_tokens": 5, "output_tokens": 7}, "tokens": {"input_tokens": 71}}},
        Usage(5, 7),
        None,
    ),
    "cohere rerank": (
        {"id": "c", "results": [], "meta": {"billed_units": {"search_units": 1}}},
        Usage(0, 0, units={"search": 1}),
        None,
    ),
    "bedrock": (
        {
            "output": {},
            "usage": {"inputTokens": 30, "outputTokens": 5, "totalTokens": 135, "cacheReadInputTokens": 100},
        },
        Usage(130, 5, cache_read_tokens=100),
        None,
    ),
    "ollama": (
        {"model": "llama3.2", "done": True, "prompt_eval_count": 26, "eval_count": 298, "eval_duration": 4},
        Usage(26, 298),
        "llama3.2",
    ),
    "llama.cpp": (
        {"model": "tiny", "content": "", "tokens_evaluated": 12, "tokens_predicted": 8, "timings": {"cache_n": 4}},
        Usage(12, 8, cache_read_tokens=4),
        "tiny",
    ),
    "langchain": (
        {
            "content": "hi",
            "id": "run-1",
            "usage_metadata": {
                "input_tokens": 350,
                "output_tokens": 240,
                "total_tokens": 590,
                "input_token_details": {"audio": 10, "cache_creation": 200, "cache_read": 100},
                "output_token_details": {"audio": 10, "reasoning": 200},
            },
            "response_metadata": {"model_name": "claude-sonnet-4-5", "model_provider": "anthropic"},
        },
        Usage(
            350,
            240,
            cache_read_tokens=100,
            cache_write_tokens=200,
            input_audio_tokens=10,
            reasoning_tokens=200,
            output_audio_tokens=10,
        ),
        "claude-sonnet-4-5",
    ),
    "pydantic-ai": (
        {
            "parts": [],
            "model_name": "gpt-5",
            "provider_name": "openai",
            "usage": {
                "input_tokens": 100,
                "cache_write_tokens": 0,
                "cache_read_tokens": 60,
                "output_tokens": 30,
                "details": {"reasoning_tokens": 20},
            },
        },
        Usage(100, 30, cache_read_tokens=60, reasoning_tokens=20),
        "gpt-5",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("form", [dict, thing], ids=["mapping", "object"])
def test_the_usage_of_an_answer_is_read(name: str, form: Any) -> None:
    answer, usage, model = ANSWERS[name]
    reading = read_response(form(answer))
    assert reading.usage == usage
    assert reading.model == model


def test_an_http_response_is_read_with_what_the_proxy_says_that_it_cost() -> None:
    body = ANSWERS["openai chat"][0]
    headers = {"x-litellm-response-cost": "0.0042"}
    response = SimpleNamespace(headers=headers, content=b"", json=lambda: body)
    manager = ModelManager()
    cost = manager.cost_of(response)
    assert (cost.total, cost.source, cost.model) == (
        Decimal("0.0042"),
        "reported by litellm",
        "openai/gpt-4o-2024-08-06",
    )


def test_what_openrouter_says_that_a_call_cost_is_what_it_cost() -> None:
    usage = {"prompt_tokens": 194, "completion_tokens": 2, "cost": 0.95, "is_byok": False}
    cost = ModelManager().cost_of({"id": "gen-1", "model": "openai/gpt-4o", "usage": usage})
    assert (cost.total, cost.provider, cost.source) == (Decimal("0.95"), "openrouter", "reported by openrouter")
    own_key = {**usage, "cost": 0.05, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.9}}
    assert ModelManager().cost_of({"model": "openai/gpt-4o", "usage": own_key}).total == Decimal("0.95")


def test_litellm_s_object_carries_its_cost() -> None:
    response = thing(ANSWERS["openai chat"][0])
    response._hidden_params = {"response_cost": 0.5}
    assert ModelManager().cost_of(response).total == Decimal("0.5")


def test_the_chunks_of_a_stream_are_read_together() -> None:
    anthropic = [
        {
            "type": "message_start",
            "message": {"id": "m", "model": "claude", "usage": {"input_tokens": 25, "output_tokens": 1}},
        },
        {"type": "content_block_delta", "delta": {"text": "hi"}},
        {"type": "message_delta", "usage": {"output_tokens": 15}},
    ]
    reading = read_response(anthropic)
    assert (reading.model, reading.usage) == ("claude", Usage(25, 15))
    openai = [
        {"model": "gpt-4o", "choices": [{}], "usage": None},
        {"model": "gpt-4o", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
    ]
    assert read_response(openai).usage == Usage(3, 2)
    assert read_response(iter(openai)).usage == Usage(3, 2)


def test_a_run_of_pydantic_ai_counts_all_of_its_requests() -> None:
    run = SimpleNamespace(
        usage=lambda: thing({"input_tokens": 50, "output_tokens": 9, "cache_read_tokens": 0, "requests": 2}),
        all_messages=lambda: [thing({"parts": []}), thing({"model_name": "gpt-4o", "provider_name": "openai"})],
    )
    reading = read_response(run)
    assert (reading.model, reading.provider, reading.usage) == ("gpt-4o", "openai", Usage(50, 9))


def test_the_model_that_was_asked_for_counts_where_the_echoed_name_is_unknown() -> None:
    manager = ModelManager()
    manager.models["mine"] = Model("mine", "my-server", cost_per_token={"input": 1.0, "output": 1.0})
    answer = {"model": "mine-v2-internal", "usage": {"prompt_tokens": 1, "completion_tokens": 1}}
    assert manager.cost_of(answer, model="mine").total == 2
    unknown = manager.cost_of(answer)
    assert (unknown.total, unknown.model, unknown.missing) == (None, "mine-v2-internal", ("price",))


def test_a_count_that_nobody_gave_makes_the_cost_unknown() -> None:
    manager = ModelManager()
    manager.models["m"] = Model("m", "p", cost_per_token={"input": 1.0, "output": 1.0})
    cost = manager.cost_of({"model": "m", "usage": {"input_tokens": 4, "input_tokens_details": {}}})
    assert (cost.total, cost.missing, cost.known) == (None, ("output tokens",), 4)


def test_the_service_that_answered_decides_the_price() -> None:
    manager = ModelManager()
    tiers = [{"when": {"service": "flex"}, "cost_per_token": {"input": 0.5, "output": 0.5}}]
    manager.models["gpt-own"] = Model("gpt-own", "p", cost_per_token={"input": 1.0, "output": 1.0}, price_tiers=tiers)
    answer = {**ANSWERS["openai chat"][0], "model": "gpt-own", "usage": {"prompt_tokens": 1, "completion_tokens": 1}}
    assert [manager.cost_of({**answer, "service_tier": tier}).total for tier in ("default", "flex")] == [2, 1]


@pytest.mark.parametrize(
    "nonsense",
    [None, {}, {"usage": {}}, {"usage": {"prompt_tokens": "many"}}, [], "text", 3, {"usage": {"prompt_tokens": -1}}],
)
def test_what_says_nothing_of_its_usage_is_an_error(nonsense: Any) -> None:
    with pytest.raises(InvalidModelError, match="what the call used"):
        read_response(nonsense)
