"""Health: who can be called, asked on request: level by level, in the many shapes in which servers refuse."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ai_models._core.contracts import ModelSource
from ai_models._core.model import Model
from ai_models._core.registry import ModelRegistry
from ai_models.availability import Availability
from ai_models.cli.app import app
from ai_models.cli.render import Output
from ai_models.cli.session import Session
from ai_models.credentials import Key
from ai_models.errors import AIModelsError, ModelNotFoundError, SourceUnavailableError, StoreError
from ai_models.health import Health, HealthLog, HealthReport, HealthResult
from ai_models.last_answers import LastAnswer, LastAnswers
from ai_models.manager import ModelManager
from ai_models.sources import OpenAICompatibleSource, fetch_policy
from ai_models.testing import FakeTransport, SentRequest
from ai_models.testing.recorder import Recorder
from ai_models.transport import HTTPTransport, Response

SECRET = "sk-not-for-your-eyes-0123456789"
KEYS = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google": "GEMINI_API_KEY",
    "mistral": "MISTRAL_API_KEY",
    "cohere": "COHERE_API_KEY",
    "groq": "GROQ_API_KEY",
    "litellm": "LITELLM_PROXY_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "llamacpp": "LLAMACPP_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
}
LISTS = {
    "openai": "https://api.openai.com/v1/models",
    "anthropic": "https://api.anthropic.com/v1/models",
    "google": "https://generativelanguage.googleapis.com/v1beta/models",
    "mistral": "https://api.mistral.ai/v1/models",
    "cohere": "https://api.cohere.com/v1/models",
    "groq": "https://api.groq.com/openai/v1/models",
    "deepseek": "https://api.deepseek.com/v1/models",
    "ollama": "http://127.0.0.1:11434/api/tags",
    "llamacpp": "http://127.0.0.1:8080/v1/models",
    "openrouter": "https://openrouter.ai/api/v1/models",
}
GROQ_CALL = "https://api.groq.com/openai/v1/chat/completions"
CALLS = {
    "openai": "https://api.openai.com/v1/chat/completions",
    "anthropic": "https://api.anthropic.com/v1/messages",
    "google": "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent",
    "mistral": "https://api.mistral.ai/v1/chat/completions",
    "cohere": "https://api.cohere.com/v2/chat",
    "openrouter": "https://openrouter.ai/api/v1/chat/completions",
}


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in KEYS.values():
        monkeypatch.setenv(variable, SECRET)


def registry(*models: Model) -> ModelRegistry:
    made = ModelRegistry()
    for model in models:
        made[model.id] = model
    return made


def offered(provider: str, id: str = "m", **facts: Any) -> Model:
    return Model(id, provider, kind="chat", connector_metadata={provider: {"id": id, **facts}})


def health_of(answers: dict[str, Any], *models: Model, log: HealthLog | None = None) -> tuple[Health, FakeTransport]:
    transport = FakeTransport(answers)
    return Health(registry(*models), transport=transport, log=log), transport


def listing(*ids: str) -> dict[str, Any]:
    return {"object": "list", "data": [{"id": id, "object": "model", "owned_by": "x"} for id in ids]}


def answer(status: int, body: Any) -> Response:
    return Response(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


# Level 0


def test_level_0_dials_nobody_and_says_which_variable_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROQ_API_KEY")
    health, transport = health_of({}, offered("groq"))
    (result,) = health.check("m", level=0).results
    assert (result.status, result.level, result.advice) == ("no_key", 0, "set GROQ_API_KEY")
    assert transport.requests == []


def test_level_0_finds_key_and_address() -> None:
    health, transport = health_of({}, offered("groq"))
    assert health.check("m", level=0).ok
    assert transport.requests == []


def test_a_placeholder_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "your-api-key")
    health, _ = health_of({})
    assert "placeholder" in health.check("groq")["groq"].reason


def test_a_retired_model_is_not_asked_for() -> None:
    health, transport = health_of({}, replace(offered("groq"), retired="2020-01-01", successor="n"))
    (result,) = health.check("m").results
    assert (result.status, result.advice) == ("retired", "its successor is n")
    assert transport.requests == []


def test_an_address_that_depends_on_a_variable_says_which() -> None:
    health, transport = health_of({}, offered("azure"))
    assert health.check("m")["m"].advice == "set AZURE_RESOURCE_NAME"
    assert transport.requests == []


def test_offline_asks_nobody() -> None:
    health, transport = health_of({}, offered("groq"))
    assert health.check("m", level=2, offline=True)["m"].level == 0
    with fetch_policy(offline=True):
        assert health.check("m", level=2)["m"].level == 0
    assert transport.requests == []


# Level 1


def test_a_provider_is_asked_once_however_many_models_there_are() -> None:
    models = [offered("groq", f"m{number}") for number in range(9)]
    health, transport = health_of({LISTS["groq"]: listing("m0", "m1", "m2")}, *models)
    report = health.check([model.id for model in models])
    assert [request.url for request in transport.requests] == [LISTS["groq"]]
    assert [result.status for result in report.results] == ["ok"] * 3 + ["not_listed"] * 6
    assert [result.listed for result in report.results] == [True] * 3 + [False] * 6


@pytest.mark.parametrize(
    ("provider", "status", "body"),
    [
        ("openai", 401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}),
        ("openai", 403, {"error": {"message": "You have insufficient permissions", "type": "invalid_request_error"}}),
        ("openai", 401, b""),
        (
            "anthropic",
            401,
            {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}},
        ),
        ("anthropic", 403, {"type": "error", "error": {"type": "permission_error", "message": "may not"}}),
        ("google", 400, {"error": {"status": "INVALID_ARGUMENT", "details": [{"reason": "API_KEY_INVALID"}]}}),
        ("google", 403, {"error": {"code": 403, "message": "Method doesn't allow unregistered callers"}}),
        ("google", 400, {"error": {"code": 400, "message": "API key expired. Please renew the API key."}}),
        ("mistral", 401, {"detail": "Unauthorized"}),
        ("cohere", 401, {"message": "invalid api token"}),
        ("groq", 401, b"<html>401</html>"),
        ("deepseek", 401, {"error": {"message": "Authentication Fails", "type": "authentication_error"}}),
        ("llamacpp", 401, {"error": {"message": "Invalid API Key", "type": "authentication_error", "code": 401}}),
    ],
)
def test_a_rejected_key_is_recognised_on_every_wire(provider: str, status: int, body: Any) -> None:
    health, _ = health_of({LISTS[provider]: answer(status, body)}, offered(provider))
    for name in (provider, "m"):
        result = health.check(name)[name]
        assert (result.status, result.ok) == ("unauthorised", False)
        assert KEYS[provider] in result.reason + result.advice
        assert SECRET not in str(result.to_dict())


@pytest.mark.parametrize(
    ("key", "status", "body"),
    [
        (SECRET, 400, {"error": {"message": "No connected db.", "type": "no_db_connection", "code": "400"}}),
        (SECRET, 401, {"error": {"type": "auth_error", "code": "401", "message": "Authentication Error"}}),
        ("", 401, {"error": {"type": "auth_error", "code": "401", "message": "No api key passed in."}}),
        ("", 500, b"Internal Server Error"),
    ],
)
def test_a_litellm_proxy_refuses_in_its_own_ways(
    key: str, status: int, body: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITELLM_PROXY_API_KEY", key)
    refusal = answer(status, body)
    urls = (
        "http://localhost:4000/v1/models",
        "http://localhost:4000/model/info",
        "http://localhost:4000/v1/model/info",
    )
    models = registry(Model("m", "litellm", connector_metadata={"litellm": {"id": "m"}}))
    health = Health(models, transport=FakeTransport(dict.fromkeys(urls, refusal)))
    assert health.check("m")["m"].status in (("unauthorised",) if key else ("unauthorised", "no_key"))


@pytest.mark.parametrize(
    ("body", "status", "found"),
    [
        ({"error": {"message": "Rate limit reached for requests"}}, 429, "rate_limited"),
        ({"error": {"message": "You exceeded your current quota, please check your plan and billing"}}, 429, "quota"),
        ({"error": {"message": "Insufficient Balance"}}, 402, "quota"),
        ({"error": {"message": "Your credit balance is too low to access the API"}}, 400, "quota"),
        ({"error": "Your newly created team doesn't have any credits yet."}, 403, "quota"),
        ({"error": {"message": "The server is overloaded"}}, 503, "failed"),
        ({"error": {"message": "Loading model", "code": 503}}, 503, "starting"),
        (b"<html>hello</html>", 200, "wrong_answer"),
        (b"", 200, "wrong_answer"),
        (b"not found", 404, "wrong_answer"),
        (b"", 302, "wrong_answer"),
    ],
)
def test_what_a_list_is_refused_with_is_told_apart(body: Any, status: int, found: str) -> None:
    health, _ = health_of({LISTS["groq"]: answer(status, body)}, offered("groq"))
    assert health.check("m")["m"].status == found


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionRefusedError("nothing answers at host"), "nothing answers"),
        (ConnectionError("the host of https://x is not found"), "not found"),
        (TimeoutError("no answer within 5 s"), "no answer"),
        (ConnectionResetError("broke off"), "broke off"),
    ],
)
def test_unreachable_says_why(error: OSError, said: str) -> None:
    health, _ = health_of({LISTS["groq"]: error})
    result = health.check("groq")["groq"]
    assert result.status == "unreachable"
    assert said in result.reason


def test_a_google_rate_limit_that_names_its_end_is_no_spent_quota() -> None:
    body = {"error": {"message": "You exceeded your current quota", "details": [{"retryDelay": "7s"}]}}
    health, _ = health_of({LISTS["google"]: answer(429, body)})
    assert health.check("google")["google"].status == "rate_limited"


def test_an_open_list_proves_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENROUTER_API_KEY")
    listed = {"data": [{"id": "m", "context_length": 8, "pricing": {"prompt": "0"}}]}
    health, _ = health_of({LISTS["openrouter"]: listed}, offered("openrouter"))
    result = health.check("m")["m"]
    assert (result.status, result.listed, result.ok) == ("no_key", True, False)
    last = health.log.last("openrouter")
    assert last is not None
    assert last.status == "no_key"


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ({"value": "loaded"}, "ok"),
        ({"value": "loading"}, "loading"),
        ({"value": "unloaded"}, "unloaded"),
        ({"value": "unloaded", "failed": True, "exit_code": 1}, "failed"),
    ],
)
def test_the_states_of_a_router_are_told_apart(state: dict[str, Any], found: str) -> None:
    row = {"id": "m", "object": "model", "owned_by": "llamacpp", "status": state}
    health, _ = health_of({LISTS["llamacpp"]: {"data": [row]}}, offered("llamacpp", is_local=True))
    assert health.check("m")["m"].status == found


def test_ollama_s_latest_is_the_model_without_a_tag() -> None:
    tags = {"models": [{"name": "m:latest", "model": "m:latest"}]}
    health, _ = health_of({LISTS["ollama"]: tags, "http://127.0.0.1:11434/api/ps": {"models": []}}, offered("ollama"))
    assert health.check("m")["m"].listed is True


def test_a_key_never_goes_to_a_host_it_does_not_belong_to() -> None:
    stranger = "http://stranger.example/v1"
    model = offered("openai", base_url=stranger)
    health, transport = health_of({f"{stranger}/models": listing("m"), f"{stranger}/chat/completions": 500}, model)
    health.check("m", level=2)
    assert {request.url for request in transport.requests} == {f"{stranger}/models", f"{stranger}/chat/completions"}
    assert SECRET not in str(transport.requests)


def test_servers_at_two_addresses_are_two_servers() -> None:
    here, there = offered("llamacpp", "a", is_local=True), offered("llamacpp", "b", base_url="http://127.0.0.1:9/v1")
    health, transport = health_of({LISTS["llamacpp"]: listing("a"), "http://127.0.0.1:9/v1/models": listing("b")}, here)
    health = Health(registry(here, there), transport=transport)
    assert [result.status for result in health.check(["a", "b"]).results] == ["ok", "ok"]


def test_a_model_is_checked_wherever_there_is_a_key_and_healthy_if_any_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MISTRAL_API_KEY")
    offers = {key: {"id": "m"} for key in ("groq", "mistral", "deepseek")}
    answers = {LISTS["groq"]: 401, LISTS["deepseek"]: listing("m")}
    health, _ = health_of(answers, Model("m", "groq", connector_metadata=offers))
    report = health.check("m")
    assert {result.offer: result.status for result in report.results} == {"groq": "unauthorised", "deepseek": "ok"}
    assert report.ok
    assert report["m"].offer == "deepseek"
    assert [result.offer for result in health.check("m", via="groq").results] == ["groq"]


def test_a_group_is_its_models_and_an_unknown_name_is_said() -> None:
    models = registry(offered("groq", "a"), offered("groq", "b"))
    manager = ModelManager(models, sources={})
    manager.create_model_group("production", ["a", "b"])
    report = manager.health.check("group:production", level=0)
    assert [result.target for result in report.results] == ["a", "b"]
    with pytest.raises(ModelNotFoundError, match="nor is it a provider"):
        manager.health.check("nobody-s", level=0)


def test_a_server_that_you_registered_is_a_target() -> None:
    transport = FakeTransport({"http://gpu-box:9000/v1/models": listing("ours")})
    source = OpenAICompatibleSource("http://gpu-box:9000", name="gpu-box", transport=transport)
    manager = ModelManager(registry(offered("gpu-box", "ours")), sources={"gpu-box": source})
    assert manager.health.check(["gpu-box", "ours"]).ok
    assert [result.target for result in manager.health.check().results] == ["gpu-box"]


def test_a_server_of_nobody_s_table_is_called_with_the_key_that_you_gave_it_and_may_want_none() -> None:
    answers = {"https://llm.corp.example/v1/models": listing("ours")}
    answers["https://llm.corp.example/v1/chat/completions"] = {"choices": [{}]}
    for key in ("corp-key-0123456789", None):
        transport = FakeTransport(answers)
        source = OpenAICompatibleSource(
            "https://llm.corp.example/v1", name="corp", is_local=False, transport=transport, api_key=key
        )
        manager = ModelManager(sources={"corp": source})
        manager.discover()
        transport.requests.clear()
        health = Health(manager.models, sources=lambda: manager.sources, transport=transport)  # noqa: B023
        assert health.check("ours", level=2)["ours"].level == 2
        sent = [request.headers or {} for request in transport.requests]
        assert [each.get("authorization") for each in sent] == [key and f"Bearer {key}"] * 2


def test_by_default_those_with_a_key_are_checked_and_known_local_servers() -> None:
    manager = ModelManager(registry(Model("l", "vllm", is_local=True)))
    targets = [result.target for result in manager.health.check(level=0).results]
    assert set(KEYS) - {"llamacpp"} <= set(targets)
    assert "vllm" in targets
    assert "ollama" not in targets
    assert "xai" not in targets


class Slow(ModelSource):
    name = provider = "slow"

    def __init__(self, waits: threading.Event) -> None:
        self._waits = waits

    def discover_models(self) -> Iterator[Model]:
        self._waits.wait(60)
        raise SourceUnavailableError("too late", source="slow")
        yield


def test_a_server_that_hangs_is_given_up_and_holds_up_no_other() -> None:
    release = threading.Event()
    transport = FakeTransport({"http://gpu-box:9000/v1/models": listing("ours")})
    quick = OpenAICompatibleSource("http://gpu-box:9000", name="gpu-box", transport=transport)
    health = ModelManager(sources={"slow": Slow(release), "gpu-box": quick}).health
    report = health.check(["slow", "gpu-box"], timeout=0.3)
    release.set()
    assert (report["slow"].status, report["gpu-box"].status) == ("unreachable", "ok")


def test_ctrl_c_keeps_what_came() -> None:
    release = threading.Event()
    transport = FakeTransport({"http://gpu-box:9000/v1/models": listing("ours")})
    quick = OpenAICompatibleSource("http://gpu-box:9000", name="gpu-box", transport=transport)
    health = ModelManager(sources={"gpu-box": quick, "slow": Slow(release)}).health

    def interrupt(event: str, name: str) -> None:
        if (event, name) == ("done", "gpu-box"):
            raise KeyboardInterrupt

    report = health.check(["slow", "gpu-box"], timeout=30, progress=interrupt)
    release.set()
    assert report.interrupted
    assert (report["gpu-box"].status, report["slow"].reason) == ("ok", "interrupted")
    assert health.last("slow") is None


def test_an_id_without_its_path_is_found_if_only_one_can_be_meant() -> None:
    health, _ = health_of(
        {LISTS["groq"]: listing("accounts/x/models/one", "a/two", "b/two")},
        offered("groq", "one"),
        offered("groq", "two"),
    )
    assert [result.listed for result in health.check(["one", "two"]).results] == [True, False]


# Level 2


@pytest.mark.parametrize("provider", ["openai", "anthropic", "google", "mistral", "cohere", "ollama", "openrouter"])
def test_a_call_speaks_the_protocol_of_its_provider(provider: str) -> None:
    with Recorder() as recorder, HTTPTransport() as transport:
        model = offered(provider, "gpt-4", base_url=recorder.url + ("/v1" if provider == "openai" else ""))
        health = Health(registry(replace(model, is_local=True) if provider == "ollama" else model), transport=transport)
        result = health.check("gpt-4", level=2)["gpt-4"]
        assert (result.status, result.level) == ("ok", 2), result
        assert recorder.last.model == "gpt-4"
        assert SECRET not in str(recorder.last)


@pytest.mark.parametrize(
    ("provider", "status", "body"),
    [
        ("openai", 401, {"error": {"message": "Incorrect API key provided"}}),
        ("anthropic", 401, {"error": {"type": "authentication_error", "message": "invalid x-api-key"}}),
        ("google", 400, {"error": {"message": "API key not valid", "details": [{"reason": "API_KEY_INVALID"}]}}),
        ("mistral", 401, {"detail": "Unauthorized"}),
        ("cohere", 401, {"message": "invalid api token"}),
        ("openrouter", 401, {"error": {"message": "User not found.", "code": 401}}),
        ("openrouter", 200, {"error": {"message": "No auth credentials found", "code": 401}}),
    ],
)
def test_a_call_with_a_rejected_key_is_never_healthy(provider: str, status: int, body: Any) -> None:
    health, _ = health_of({LISTS[provider]: listing("m"), CALLS[provider]: answer(status, body)}, offered(provider))
    result = health.check("m", level=2)["m"]
    assert (result.status, result.ok) == ("unauthorised", False)
    assert SECRET not in str(result.to_dict())


@pytest.mark.parametrize(
    ("status", "message", "found"),
    [
        (404, "The model `m` does not exist or you do not have access to it.", "not_listed"),
        (400, "Invalid model name passed in model=m", "not_listed"),
        (400, "The model `m` has been decommissioned and is no longer supported.", "retired"),
        (404, "nothing here", "wrong_answer"),
        (429, "Rate limit reached", "rate_limited"),
        (429, "You exceeded your current quota, please check your plan and billing details.", "quota"),
        (500, "model name=m failed to load", "failed"),
        (503, "Loading model", "loading"),
        (400, "Unsupported parameter: messages", "failed"),
        (400, "Could not finish the message because max_tokens or model output limit was reached.", "ok"),
    ],
)
def test_what_a_call_is_refused_with_is_told_apart(status: int, message: str, found: str) -> None:
    refusal = answer(status, {"error": {"message": message}})
    health, _ = health_of({LISTS["openai"]: listing("m"), CALLS["openai"]: refusal}, offered("openai"))
    assert health.check("m", level=2)["m"].status == found


def test_a_list_that_refuses_the_key_saves_the_call() -> None:
    health, transport = health_of({LISTS["openai"]: 401, CALLS["openai"]: {"choices": []}}, offered("openai"))
    assert health.check("m", level=2)["m"].status == "unauthorised"
    assert [request.url for request in transport.requests] == [LISTS["openai"]]


def test_nothing_is_called_below_level_2_and_a_provider_never_is() -> None:
    health, transport = health_of({LISTS["openai"]: listing("m"), CALLS["openai"]: {"choices": []}}, offered("openai"))
    health.check(["m", "openai"], level=1)
    result = health.check("openai", level=2)["openai"]
    assert "name one" in result.reason
    assert {request.method for request in transport.requests} == {"GET"}


def test_the_output_is_capped_in_the_field_that_the_server_knows() -> None:
    health, transport = health_of(
        {LISTS["openai"]: listing("m"), CALLS["openai"]: {"choices": [{}]}}, offered("openai")
    )
    assert health.check("m", level=2).ok
    assert transport.requests[-1].json["max_completion_tokens"] == 16


def test_a_model_of_responses_alone_is_called_there() -> None:
    refusal = answer(404, {"error": {"message": "This model is only supported in v1/responses and not in v1/chat."}})
    url = "https://api.openai.com/v1/responses"
    answers = {LISTS["openai"]: listing("m"), CALLS["openai"]: refusal, url: {"output": [], "model": "m"}}
    health, transport = health_of(answers, offered("openai"))
    assert health.check("m", level=2).ok
    assert transport.requests[-1].json["max_output_tokens"] == 16


def test_an_embedding_model_is_asked_for_an_embedding() -> None:
    url = "https://api.openai.com/v1/embeddings"
    model = replace(offered("openai"), kind="embedding")
    health, transport = health_of({LISTS["openai"]: listing("m"), url: {"data": [{"embedding": [0.1]}]}}, model)
    assert health.check("m", level=2).ok
    assert transport.requests[-1].url == url


@pytest.mark.parametrize("kind", ["image", "rerank", "speech"])
def test_what_cannot_be_tried_at_level_2_says_so(kind: str) -> None:
    health, transport = health_of({LISTS["openai"]: listing("m")}, replace(offered("openai"), kind=kind))
    result = health.check("m", level=2)["m"]
    assert (result.status, result.level) == ("ok", 1)
    assert "not tried at level 2" in result.reason
    assert health.estimate("m") == {}
    assert len(transport.requests) == 1


def test_a_200_that_is_no_answer_of_a_model_is_a_wrong_answer() -> None:
    health, _ = health_of({LISTS["openai"]: listing("m"), CALLS["openai"]: {"hello": "world"}}, offered("openai"))
    assert health.check("m", level=2)["m"].status == "wrong_answer"


def test_a_local_server_that_takes_any_name_proves_no_model() -> None:
    url = "http://127.0.0.1:8080/v1/chat/completions"
    model = offered("llamacpp", "absent", is_local=True)
    health, transport = health_of({LISTS["llamacpp"]: listing("tiny"), url: {"choices": [{}]}}, model)
    result = health.check("absent", level=2)["absent"]
    assert (result.status, result.listed) == ("not_listed", False)
    assert url not in [request.url for request in transport.requests]


def test_what_a_call_costs_is_estimated_before_and_priced_after() -> None:
    model = replace(offered("openai", "made-up"), cost_per_token={"input": 1e-06, "output": 2e-06})
    used = {"model": "made-up", "choices": [{}], "usage": {"prompt_tokens": 10, "completion_tokens": 5}}
    transport = FakeTransport({LISTS["openai"]: listing("made-up"), CALLS["openai"]: used})
    models = registry(model, Model("local", "ollama", is_local=True), offered("groq", "unpriced"))
    health = Health(models, transport=transport, costs=lambda: ModelManager(models).costs)
    costs = health.estimate(["made-up", "local", "unpriced"])
    assert costs == {"made-up": Decimal("0.000044"), "local": 0, "unpriced": None}
    assert transport.requests == []
    assert health.check("made-up", level=2)["made-up"].cost_usd == Decimal("0.00002")


def test_calls_are_made_side_by_side_and_a_hanging_one_is_given_up() -> None:
    release = threading.Event()

    def hang(sent: SentRequest) -> Any:
        if sent.json["model"] == "slow":
            release.wait(60)
        return {"choices": [{}]}

    models = [offered("openai", id) for id in ("slow", "a", "b")]
    answers = {LISTS["openai"]: listing("slow", "a", "b"), CALLS["openai"]: hang}
    health, _ = health_of(answers, *models)
    started = time.monotonic()
    report = health.check(["slow", "a", "b"], level=2, timeout=0.3)
    release.set()
    assert time.monotonic() - started < 30
    assert [result.status for result in report.results] == ["unreachable", "ok", "ok"]


def test_ctrl_c_makes_no_further_call() -> None:
    begun = threading.Event()
    release = threading.Event()

    def wait(sent: SentRequest) -> Any:
        begun.set()
        release.wait(60)
        return {"choices": [{}]}

    models = [offered("openai", f"m{number}") for number in range(60)]
    ids = [model.id for model in models]
    health, transport = health_of({LISTS["openai"]: listing(*ids), CALLS["openai"]: wait}, *models)

    def interrupt(event: str, name: str) -> None:
        if event == "start" and name.startswith("m3 "):
            begun.wait(10)
            raise KeyboardInterrupt

    report = health.check(ids, level=2, timeout=60, progress=interrupt)
    release.set()
    assert report.interrupted
    assert len([sent for sent in transport.requests if sent.method == "POST"]) <= 32
    assert (report["m59"].status, report["m59"].level) == ("ok", 1)


def test_ctrl_c_while_lists_are_asked_for_makes_no_call() -> None:
    health, transport = health_of(
        {LISTS["openai"]: listing("m"), CALLS["openai"]: {"choices": [{}]}}, offered("openai")
    )

    def interrupt(event: str, name: str) -> None:
        if event == "start":
            raise KeyboardInterrupt

    assert health.check("m", level=2, progress=interrupt).interrupted
    assert "POST" not in [sent.method for sent in transport.requests]


WORDS = st.sampled_from(["error", "message", "detail", "loading", "model", "not found", "billing", "api key", SECRET])
BODIES = st.recursive(
    st.none() | st.integers() | st.text(max_size=8) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(status=st.integers(300, 599), body=BODIES, as_text=st.booleans())
def test_a_refusal_of_any_shape_is_never_healthy_and_repeats_no_key(status: int, body: Any, as_text: bool) -> None:
    said = answer(status, str(body).encode() if as_text else body)
    for answers in ({LISTS["groq"]: said}, {LISTS["groq"]: listing("m"), GROQ_CALL: said}):
        health, _ = health_of(answers, offered("groq"))
        result = health.check("m", level=2)["m"]
        assert not result.ok
        assert SECRET not in json.dumps(result.to_dict())


def test_there_is_no_fourth_level() -> None:
    with pytest.raises(AIModelsError, match="no level 3"):
        health_of({})[0].check("groq", level=3)


def test_the_async_twin_finds_the_same() -> None:
    health, _ = health_of({LISTS["groq"]: listing("m")}, offered("groq"))
    assert asyncio.run(health.acheck("m"))["m"].status == "ok"


# History


def result(status: Any = "ok", when: str = "2026-11-25T10:00:00Z", **facts: Any) -> HealthResult:
    return HealthResult(facts.pop("target", "m"), "groq", facts.pop("level", 1), status, when, **facts)


def test_history_is_kept_and_found_by_any_name(tmp_path: Path) -> None:
    path = tmp_path / "models.health.jsonl"
    model = replace(offered("groq"), aliases=["also"])
    for answers in ({LISTS["groq"]: 401}, {LISTS["groq"]: listing("m")}):
        health_of(answers, model, log=HealthLog(path))[0].check("m")
    health, _ = health_of({}, model, log=HealthLog(path))
    assert [each.status for each in health.history("also")] == ["unauthorised", "ok"]
    assert [each.status for each in health.history("groq")] == ["unauthorised", "ok"]
    last = health.last("m")
    assert last is not None
    assert last.listed is True
    assert SECRET not in path.read_text()


def test_level_0_is_not_kept() -> None:
    health, _ = health_of({}, offered("groq"))
    health.check("m", level=0)
    assert health.history("m") == []


def test_lines_that_cannot_be_read_count_as_none(tmp_path: Path) -> None:
    path = tmp_path / "models.health.jsonl"
    log = HealthLog(path)
    log.record([result(cost_usd=Decimal("0.01"))])
    with path.open("a") as file:
        file.write('[1]\n{"target": 3}\n"x"\n{"target": "m", "status": []}\nnull\n{broken\n')
    HealthLog(path).record([result("failed")])
    assert [(each.status, each.cost_usd) for each in HealthLog(path).history("m")] == [
        ("ok", Decimal("0.01")),
        ("failed", None),
    ]


def test_a_log_tells_of_what_it_recorded_itself_once(tmp_path: Path) -> None:
    for log in (HealthLog(), HealthLog(tmp_path / "models.health.jsonl")):
        log.record([result()])
        log.record([result("failed")])
        assert [each.status for each in log.history("m")] == ["ok", "failed"]


def test_a_long_log_keeps_the_last_of_each_target(tmp_path: Path) -> None:
    path = tmp_path / "models.health.jsonl"
    log = HealthLog(path)
    log.record([result(target="rare")])
    for day in range(1, 5):
        log.record(result(when=f"2026-11-0{day}T00:00:00Z", reason="x" * 900) for _ in range(500))
    found = HealthLog(path)
    assert path.stat().st_size < 1_000_000
    assert len(found.history("rare")) == 1
    assert {each.when for each in found.history("m")} == {"2026-11-04T00:00:00Z"}


def test_a_log_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        HealthLog(tmp_path / "file" / "log").record([result()])


def test_a_log_written_by_many_threads_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "models.health.jsonl"
    threads = [threading.Thread(target=lambda n=n: HealthLog(path).record([result(target=f"t{n}")])) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log = HealthLog(path)
    assert all(log.last(f"t{n}") for n in range(16))


# What it means for `list --available`

NOW = "2026-11-25T12:00:00+00:00"


def trouble(model: Model, *results: HealthResult, answers: tuple[LastAnswer, ...] = ()) -> str | None:
    log, known = HealthLog(), LastAnswers()
    log.record(results)
    known.record(answers)
    availability = Availability(registry(model), known, log)
    availability.__dict__["_now"] = NOW
    return availability.trouble(next(iter(model.offers.values())))


def test_a_fresh_failure_makes_an_offer_unavailable_with_its_reason() -> None:
    assert trouble(offered("groq")) is None
    failed = result("failed", reason="it broke", offer="groq")
    assert trouble(offered("groq"), failed) == "failed at 2026-11-25 10:00: it broke"


def test_a_fresh_failure_of_a_provider_holds_for_its_models() -> None:
    refused = result(
        "unauthorised", target="groq", reason="rejected", key=Key(SECRET, "groq", None, ".env").fingerprint
    )
    assert trouble(offered("groq"), refused) == "unauthorised at 2026-11-25 10:00: rejected"
    assert trouble(offered("groq"), replace(refused, key="another")) is None


def test_a_fresh_ok_overrules_an_older_failed_discovery() -> None:
    failed = LastAnswer(
        "groq", "2026-11-25T09:00:00Z", "refused", "groq", "rejected", Key(SECRET, "groq", None, ".env").fingerprint
    )
    assert trouble(offered("groq"), answers=(failed,)) == "rejected"
    assert trouble(offered("groq"), result("ok", offer="groq"), answers=(failed,)) is None
    assert trouble(offered("groq"), result("ok", target="groq"), answers=(failed,)) is None
    newer = replace(failed, when="2026-11-25T11:00:00Z")
    assert trouble(offered("groq"), result("ok", offer="groq"), answers=(newer,)) == "rejected"


def test_results_age_out() -> None:
    assert trouble(offered("groq"), result("failed", "2026-11-24T11:00:00Z", offer="groq")) is None
    assert trouble(offered("groq"), result("loading", "2026-11-25T11:50:00Z", offer="groq")) is None
    assert trouble(offered("groq"), result("loading", "2026-11-25T11:58:00Z", offer="groq")) is not None


def test_a_rate_limit_stands_in_nobody_s_way() -> None:
    assert trouble(offered("groq"), result("rate_limited", offer="groq")) is None


def test_a_key_that_has_come_since_overrules_that_there_was_none() -> None:
    assert trouble(offered("groq"), result("no_key", offer="groq")) is None


def test_listed_does_not_make_a_retired_model_callable() -> None:
    model = offered("groq", retired="2020-01-01")
    assert trouble(model, result("ok", offer="groq")) == "retired on 2020-01-01"


def test_list_available_uses_what_was_checked() -> None:
    manager = ModelManager(registry(offered("groq")), sources={})
    assert [model.id for model in manager.list_models(available=True)] == ["m"]
    fingerprint = Key(SECRET, "groq", None, ".env").fingerprint
    when = manager.health.check("groq", level=0)["groq"].when
    manager.health_log.record([result("unauthorised", when, offer="groq", key=fingerprint)])
    assert manager.list_models(available=True) == []


# The command


@pytest.fixture
def run(tmp_path: Path) -> Any:
    models = ModelRegistry(tmp_path / "models.json")
    models.write([offered("groq"), offered("groq", "\x1b[31mred"), Model("local", "ollama", is_local=True)])
    answers = {LISTS["groq"]: listing("m"), "https://api.groq.com/openai/v1/chat/completions": {"choices": [{}]}}
    manager = ModelManager(models)
    manager.__dict__["health"] = Health(models, transport=FakeTransport(answers), log=manager.health_log)
    session = Session(_manager=manager, out=Output())

    def invoke(*args: str, terminal: int = 0, **options: Any) -> Result:
        session.out = Output(terminal=bool(terminal), width=terminal or 80)
        return CliRunner().invoke(app, list(args), obj=session, catch_exceptions=False, **options)

    return invoke


def test_the_command_prints_a_row_for_each_target(run: Any) -> None:
    found = run("health", "groq", "m", "local")
    assert found.exit_code == 4
    rows = [line.split("\t") for line in found.stdout.splitlines()]
    assert [row[:3] for row in rows[1:]] == [
        ["groq", "-", "ok"],
        ["m", "groq", "ok"],
        ["local", "ollama", "unreachable"],
    ]


def test_the_command_succeeds_if_what_was_named_is_healthy(run: Any) -> None:
    assert run("health", "groq", "m").exit_code == 0


def test_the_command_fits_a_terminal_and_says_what_to_do(run: Any) -> None:
    found = run("health", "m", "local", "\x1b[31mred", terminal=80)
    assert all(len(line) <= 80 for line in found.stdout.splitlines())
    assert "\x1b" not in found.stdout
    assert "start Ollama, or set OLLAMA_BASE_URL" in " ".join(found.stdout.split())
    assert "1 of 3 targets healthy" in found.stderr


def test_the_command_gives_json(run: Any) -> None:
    data = json.loads(run("health", "m", "--json").stdout)
    assert (data["ok"], data["level"], data["results"][0]["status"]) == (True, 1, "ok")
    assert SECRET not in json.dumps(data)


def test_a_billed_call_wants_a_yes_and_shows_its_cost_first(run: Any) -> None:
    refused = run("health", "m", "--level", "2")
    assert refused.exit_code == 2
    assert "1 call is billed: 1 at a price that is not known" in refused.stderr
    made = run("health", "m", "--level", "2", "--yes")
    assert made.exit_code == 0, made.stderr
    assert "it answered a call" in made.stdout


def test_a_call_of_a_local_server_asks_nobody(run: Any) -> None:
    assert run("health", "local", "--level", "2").exit_code == 4


def test_an_unknown_target_is_not_found(run: Any) -> None:
    assert run("health", "nobody").exit_code == 3


def test_show_prints_the_last_check(run: Any) -> None:
    assert "health" not in run("show", "m", terminal=80).stdout
    run("health", "m")
    assert "ok at" in run("show", "m", terminal=80).stdout


def test_an_interrupted_check_ends_as_one(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = HealthReport([result("unknown", reason="interrupted")], interrupted=True)
    monkeypatch.setattr(Health, "check", lambda *args, **options: found)
    assert run("health", "m").exit_code == 130
