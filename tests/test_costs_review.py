"""What costs got wrong once: answers that were misread, and calls that were priced as another server's."""

import copy
import dataclasses
import pickle
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from ai_models import Model, ModelManager, Usage, Workload
from ai_models.costs import Costs, read_response
from ai_models.costs.tariff import gathered_tariff
from ai_models.errors import InvalidModelError, ProviderNotFoundError, QueryError

CHAT: dict[str, Any] = {"id": "c", "model": "gpt-4o", "usage": {"prompt_tokens": 100, "completion_tokens": 5}}
USAGES: dict[str, tuple[Any, Usage]] = {
    "anthropic, which now counts its thinking": (
        {
            "type": "message",
            "usage": {
                "input_tokens": 50,
                "cache_creation_input_tokens": 200,
                "cache_read_input_tokens": 1000,
                "cache_creation": {"ephemeral_5m_input_tokens": 150, "ephemeral_1h_input_tokens": 50},
                "output_tokens": 503,
                "output_tokens_details": {"thinking_tokens": 400},
            },
        },
        Usage(
            1250,
            503,
            cache_read_tokens=1000,
            cache_write_tokens=200,
            cache_write_1h_tokens=50,
            reasoning_tokens=400,
        ),
    ),
    "langchain, which tells cache writes by how long they hold": (
        {
            "usage_metadata": {
                "input_tokens": 1300,
                "output_tokens": 5,
                "input_token_details": {
                    "cache_read": 1000,
                    "cache_creation": 0,
                    "ephemeral_5m_input_tokens": 150,
                    "ephemeral_1h_input_tokens": 50,
                },
            }
        },
        Usage(1300, 5, cache_read_tokens=1000, cache_write_tokens=200, cache_write_1h_tokens=50),
    ),
    "litellm": (
        {
            "usage": {
                "prompt_tokens": 1250,
                "completion_tokens": 5,
                "prompt_tokens_details": {
                    "cached_tokens": 1000,
                    "cache_creation_tokens": 200,
                    "cache_creation_token_details": {"ephemeral_1h_input_tokens": 50},
                },
            }
        },
        Usage(1250, 5, cache_read_tokens=1000, cache_write_tokens=200, cache_write_1h_tokens=50),
    ),
    "deepseek": (
        {"usage": {"prompt_tokens": 100, "completion_tokens": 5, "prompt_cache_hit_tokens": 64}},
        Usage(100, 5, cache_read_tokens=64),
    ),
    "moonshot": (
        {"usage": {"prompt_tokens": 100, "completion_tokens": 5, "cached_tokens": 64}},
        Usage(100, 5, cache_read_tokens=64),
    ),
    "openai realtime": (
        {
            "type": "response.done",
            "response": {
                "usage": {
                    "input_tokens": 132,
                    "output_tokens": 121,
                    "input_token_details": {
                        "audio_tokens": 113,
                        "cached_tokens": 64,
                        "cached_tokens_details": {"audio_tokens": 50},
                    },
                    "output_token_details": {"audio_tokens": 91},
                }
            },
        },
        Usage(
            132,
            121,
            cache_read_tokens=64,
            cache_read_audio_tokens=50,
            input_audio_tokens=113,
            output_audio_tokens=91,
        ),
    ),
    "openai transcription by the token": (
        {"text": "", "usage": {"input_tokens": 14, "input_token_details": {"audio_tokens": 14}, "output_tokens": 4}},
        Usage(14, 4, input_audio_tokens=14),
    ),
    "openai transcription by the second": (
        {"text": "", "usage": {"type": "duration", "seconds": 27}},
        Usage(0, 0, units={"second": 27}),
    ),
    "openai's searches, not the pages opened after them": (
        {
            "object": "response",
            "output": [
                {"type": "web_search_call", "action": {"type": "search"}},
                {"type": "web_search_call", "action": {"type": "open_page"}},
                {"type": "file_search_call"},
                {"type": "message"},
            ],
            "usage": {"input_tokens": 9, "output_tokens": 4},
        },
        Usage(9, 4, units={"search": 1, "storage_search": 1}),
    ),
    "gemini, audio read from the cache": (
        {
            "usageMetadata": {
                "promptTokenCount": 1000,
                "candidatesTokenCount": 5,
                "cachedContentTokenCount": 800,
                "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": 900}],
                "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 800}],
            }
        },
        Usage(1000, 5, cache_read_tokens=800, input_audio_tokens=900, cache_read_audio_tokens=800),
    ),
    "gemini, which leaves out what is none": (
        {"usageMetadata": {"promptTokenCount": 1000, "totalTokenCount": 1000}},
        Usage(1000, 0),
    ),
    "mistral's pages": ({"usage_info": {"pages_processed": 3}}, Usage(0, 0, units={"page": 3})),
    "voyage": ({"object": "list", "data": [], "usage": {"total_tokens": 10}}, Usage(10, 0)),
    "a stream of openai responses that ran out of tokens": (
        [
            {"type": "response.created", "response": {"id": "r", "object": "response", "usage": None}},
            {"type": "response.incomplete", "response": {"id": "r", "usage": {"input_tokens": 5, "output_tokens": 6}}},
        ],
        Usage(5, 6),
    ),
    "a stream of bedrock": (
        [{"messageStart": {}}, {"metadata": {"usage": {"inputTokens": 30, "outputTokens": 5}}}],
        Usage(30, 5),
    ),
    "a stream of cohere": (
        [{"type": "message-end", "delta": {"usage": {"billed_units": {"input_tokens": 5, "output_tokens": 7}}}}],
        Usage(5, 7),
    ),
    "a stream of mistral": ([{"data": CHAT}], Usage(100, 5)),
    "a stream of groq": ([{"model": "m", "x_groq": {"usage": CHAT["usage"]}}], Usage(100, 5)),
    "a tuple of chunks": (({"usage": None}, CHAT), Usage(100, 5)),
    "chunks of langchain, which are parts": (
        [
            {"usage_metadata": {"input_tokens": 10, "output_tokens": 5}},
            {"usage_metadata": {"input_tokens": 0, "output_tokens": 7}},
        ],
        Usage(10, 12),
    ),
    "a count that is infinite": ({"usage": {"prompt_tokens": float("inf"), "completion_tokens": 4}}, Usage(None, 4)),
}


@pytest.mark.parametrize("name", USAGES)
def test_no_token_of_an_answer_is_lost(name: str) -> None:
    answer, usage = USAGES[name]
    assert read_response(answer).usage == usage


def used(**more: Any) -> dict[str, Any]:
    return {**CHAT, "usage": {**CHAT["usage"], **more}}


@pytest.mark.parametrize(
    ("more", "cost", "reporter"),
    [
        ({"cost": {"request_cost": 0.005, "total_cost": 0.006}}, "0.006", "perplexity"),
        ({"cost_in_usd_ticks": 37756000}, "0.0037756", "xai"),
        ({"estimated_cost": 0.0000268}, "0.0000268", "deepinfra"),
    ],
)
def test_who_says_in_the_answer_what_it_cost_is_believed(more: dict[str, Any], cost: str, reporter: str) -> None:
    reading = read_response(used(**more))
    assert (reading.reported, reading.reporter) == (Decimal(cost), reporter)


@pytest.mark.parametrize("cost", [float("nan"), float("inf"), -1, True, "0.1"])
def test_a_cost_that_is_no_amount_is_not_believed(cost: Any) -> None:
    assert read_response(used(cost=cost)).reported is None
    headers = {"x-litellm-response-cost": "" if cost == "0.1" else str(cost)}
    assert read_response(SimpleNamespace(headers=headers, content=b"", json=lambda: CHAT)).reported is None


def test_litellm_s_zero_for_a_server_that_it_has_no_price_for_is_unknown() -> None:
    hidden = {"custom_llm_provider": "ollama", "response_cost": 0.0}
    reading = read_response(SimpleNamespace(**CHAT, _hidden_params=hidden))
    assert (reading.reported, reading.provider) == (None, "ollama")


def test_a_raw_response_of_a_client_library_is_read() -> None:
    sent = SimpleNamespace(headers={"x-litellm-response-cost": "0.0042"}, content=b"", json=lambda: CHAT)
    raw = SimpleNamespace(http_response=sent, headers=sent.headers, parse=lambda: None)
    assert read_response(raw).reported == Decimal("0.0042")


@pytest.mark.parametrize("error", [ValueError("no JSON"), RuntimeError("not read")])
def test_a_body_that_can_not_be_read_is_an_error_that_says_so(error: Exception) -> None:
    def body() -> Any:
        raise error

    with pytest.raises(InvalidModelError, match="read it first"):
        read_response(SimpleNamespace(headers={}, content=b"", json=body))


def test_answers_of_several_calls_are_not_taken_for_a_stream() -> None:
    with pytest.raises(InvalidModelError, match="several calls"):
        read_response([CHAT, {**CHAT, "id": "d"}])


@pytest.mark.parametrize(
    ("answer", "service"),
    [
        ({"usage": {"input_tokens": 1, "output_tokens": 1, "speed": "fast", "service_tier": "standard"}}, "fast"),
        ({"usage": {"input_tokens": 1, "output_tokens": 1, "inference_geo": "us"}}, "US-only inference"),
        ({"usageMetadata": {"promptTokenCount": 1, "trafficType": "ON_DEMAND"}}, "on_demand"),
        (
            {"usageMetadata": {"promptTokenCount": 1, "trafficType": "PROVISIONED_THROUGHPUT"}},
            "provisioned_throughput",
        ),
        ({"usageMetadata": {"promptTokenCount": 1, "trafficType": "ON_DEMAND_PRIORITY"}}, "priority"),
    ],
)
def test_the_kind_of_service_is_read_wherever_it_stands(answer: dict[str, Any], service: str) -> None:
    assert read_response(answer).service == service


def answer(model: str, **more: Any) -> dict[str, Any]:
    return {"model": model, "usage": {"prompt_tokens": 1_000_000, "completion_tokens": 0}, **more}


def served(**offers: Any) -> Costs:
    manager = ModelManager()
    manager.models["lab/m"] = Model(
        "lab/m",
        "own",
        cost_per_token={"input": 1e-06, "output": 1e-06},
        connector_metadata={"own": {"id": "m-own"}, **offers},
    )
    return manager.costs


GROQ = {"id": "m-groq", "cost_per_token": {"input": 2e-06, "output": 2e-06}}


def test_a_provider_that_is_named_is_never_replaced_by_another() -> None:
    cost = served(groq=GROQ).of(answer("m-own"), provider="vllm")
    assert (cost.total, cost.missing, cost.model, cost.provider) == (None, ("price",), "lab/m", "vllm")
    with pytest.raises(ProviderNotFoundError):
        served(groq=GROQ).estimate("lab/m", provider="vllm")


@pytest.mark.parametrize(
    "said",
    [
        {"prompt_eval_count": 10, "eval_count": 3},
        {"tokens_evaluated": 10, "tokens_predicted": 3},
    ],
)
def test_an_answer_of_a_local_server_is_not_priced_as_a_cloud_s(said: dict[str, int]) -> None:
    cost = ModelManager().cost_of({"model": "gpt-oss-20b", **said})
    assert (cost.total, cost.model) == (None, "openai/gpt-oss-20b")


def test_an_answer_is_priced_by_the_server_whose_name_for_the_model_it_has() -> None:
    assert served(groq=GROQ).of(answer("m-groq")).total == 2
    assert served(groq=GROQ).of(answer("m-own")).total == 1
    assert served(groq=GROQ).of(answer("lab/m")).total == 1


def test_a_name_that_several_servers_have_for_a_model_tells_no_price() -> None:
    cost = served(groq=GROQ, cerebras=GROQ).of(answer("m-groq"))
    assert (cost.total, cost.missing) == (None, ("provider",))
    assert served(groq=GROQ, cerebras=GROQ).of(answer("m-groq"), provider="groq").total == 2


def test_providers_go_by_the_names_that_libraries_have_for_them() -> None:
    said = {"usage_metadata": {"input_tokens": 1_000_000, "output_tokens": 0}}
    vertex = {"id": "m-vertex", "cost_per_token": {"input": 3e-06, "output": 3e-06}}
    told = {"model_name": "m-own", "model_provider": "google_vertexai"}
    cost = served(vertex=vertex).of({**said, "response_metadata": told})
    assert (cost.total, cost.provider) == (Decimal(3), "vertex")


def test_a_region_has_its_own_price() -> None:
    regions = {"bedrock": {**GROQ, "id": "m-v1"}, "bedrock:us": {"id": "us.m-v1", "cost_per_token": {"input": 5e-06}}}
    assert served(**regions).of(answer("us.m-v1")).total == 5
    assert served(**regions).of(answer("us.m-v1"), provider="bedrock").total == 5
    assert served(**regions).estimate("lab/m", provider="bedrock", input_tokens=1_000_000).total == 2


def test_the_newest_snapshot_serves_where_a_provider_has_no_other() -> None:
    manager = ModelManager()
    manager.models["m"] = Model("m", "own")
    for day, price in (("2025-01-01", 1e-06), ("2025-06-01", 2e-06)):
        offer = {"bedrock": {"id": f"v-{day}", "cost_per_token": {"input": price}}}
        manager.models[f"m-{day}"] = Model(f"m-{day}", "own", base="m", version=day, connector_metadata=offer)
    cost = manager.estimate_cost("m", provider="bedrock", input_tokens=1_000_000)
    assert (cost.model, cost.total) == ("m-2025-06-01", Decimal(2))


@pytest.mark.parametrize("part", ["input", "output"])
def test_any_price_that_you_wrote_yourself_counts(part: str) -> None:
    manager = ModelManager()
    manager.discover(["catalogue"])
    with manager.models.edit("gpt-4o") as model:
        model.cost_per_token[part] = 0.0
    cost = manager.estimate_cost("gpt-4o", input_tokens=1_000_000, output_tokens=1_000_000)
    assert (cost.parts[part], cost.source) == (Decimal(0), "user")
    assert cost.total == {"input": 10, "output": Decimal("2.5")}[part]


@pytest.mark.parametrize(
    "counts",
    [
        {"input_tokens": -5},
        {"input_tokens": float("nan")},
        {"images": -1},
        {"input_tokens": 10, "cached_tokens": 11},
        {"output_tokens": 10, "reasoning_tokens": 11},
    ],
)
def test_counts_that_can_not_be_are_an_error(counts: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        ModelManager().estimate_cost("gpt-4o", **counts)


def test_cache_writes_of_an_hour_are_never_more_than_all_cache_writes() -> None:
    prices = {"input": 1.0, "cache_write": 2.0, "cache_write_1h": 3.0}
    usage = Usage(100, 0, cache_write_tokens=10, cache_write_1h_tokens=50)
    cost = gathered_tariff(prices, {}, []).cost("m", "p", usage)
    assert all(amount >= 0 for amount in cost.parts.values())


def test_audio_from_the_cache_is_charged_once() -> None:
    prices = {"input": 1.0, "input_audio": 3.0, "cache_read": 0.5}
    usage = Usage(1000, 0, cache_read_tokens=800, input_audio_tokens=900, cache_read_audio_tokens=800)
    cost = gathered_tariff(prices, {}, []).cost("m", "p", usage)
    assert cost.parts == {"cache_read": 400, "input_audio": 300, "input": 100}


@pytest.mark.parametrize("usage", [Usage(1, units={"image": 2}), Workload(1)])
def test_usages_can_be_copied_pickled_and_taken_apart(usage: Any) -> None:
    assert copy.deepcopy(usage) == usage == pickle.loads(pickle.dumps(usage))
    assert dataclasses.asdict(usage)["input_tokens"] == 1


@pytest.mark.parametrize(
    ("key", "id", "price"),
    [
        ("bedrock:eu", "eu.amazon.nova-lite-v1:0", "0.078"),
        ("bedrock:us-gov-west-1", "us-gov-west-1/amazon.nova-lite-v1:0", "0.072"),
        ("bedrock", "amazon.nova-lite-v1:0", "0.06"),
    ],
)
def test_a_list_that_knows_no_regions_does_not_overrule_what_a_region_asks(key: str, id: str, price: str) -> None:
    manager = ModelManager()
    manager.models.write(
        [
            Model(
                "nova",
                "bedrock",
                connector_metadata={key: {"id": id, "cost_per_token": {"input": float(price) / 1e6}}},
                provenance={"*": "test@2026-11-01"},
            )
        ]
    )
    assert manager.estimate_cost("nova", provider=key, input_tokens=1_000_000).total == Decimal(price)
