"""Each connector with the real library of today, in round trips against servers on this machine."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from tests.real_servers import LITELLM_KEY, LLAMA_KEY, litellm_proxy, llama_server, needs_library

from ai_models._core.model import Model
from ai_models.connectors import (
    DSPyConnector,
    LangChainConnector,
    OllamaConnector,
    OpenAIConnector,
    OpenRouterConnector,
    TableConnector,
)
from ai_models.errors import AIModelsWarning, CredentialError, MissingDependencyError
from ai_models.testing.recorder import ANSWER, RecordedRequest, Recorder

__all__ = ["litellm_proxy", "llama_server"]  # fixtures
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning",
    "ignore::PendingDeprecationWarning",
    "ignore::ResourceWarning",  # libraries leave their connections to the garbage collector
    "ignore::pytest.PytestUnraisableExceptionWarning",
)

MESSAGES = [{"role": "user", "content": "ping"}]
SLASHED = "Qwen/Qwen3-32B"


def chat_with_openai(client: Any, meta: dict[str, Any]) -> str:
    return client.chat.completions.create(**meta, messages=MESSAGES).choices[0].message.content


def chat_with_ollama(client: Any, meta: dict[str, Any]) -> str:
    return client.chat(**meta, messages=MESSAGES).message.content


def chat_with_langchain(client: Any, meta: dict[str, Any]) -> str:
    return client.invoke("ping").text


def chat_with_dspy(client: Any, meta: dict[str, Any]) -> str:
    return client("ping")[0]


CHAT = {
    "openai": chat_with_openai,
    "openrouter": chat_with_openai,
    "ollama": chat_with_ollama,
    "langchain": chat_with_langchain,
    "dspy": chat_with_dspy,
}
CONNECTORS = {
    "openai": OpenAIConnector,
    "openrouter": OpenRouterConnector,
    "ollama": OllamaConnector,
    "langchain": LangChainConnector,
    "dspy": DSPyConnector,
}
ALL_IN_CLIENT = {"langchain", "dspy"}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


@pytest.fixture(autouse=True)
def _quiet_libraries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    monkeypatch.setenv("LANGSMITH_TRACING", "false")
    yield
    gc.collect()  # their sockets close here, where it is ignored, not in another test


def converse(connector: TableConnector, model: Model, **settings: Any) -> str:
    """Make the client, make one call with the metadata, and return what the model says."""
    if connector.name == "dspy":
        settings["kwargs"] = {"cache": False}
    if connector.name in ALL_IN_CLIENT:
        return CHAT[connector.name](connector.client(model, **settings), {})
    client = connector.client(model, **{name: settings[name] for name in ("base_url", "api_key") if name in settings})
    meta = connector.format_metadata(model, **settings)
    return CHAT[connector.name](client, meta)


# connector, provider, id, path, model on the wire, field of the output limit
ROUTES = [
    ("openai", "openai", "gpt-4o", "/v1/chat/completions", "gpt-4o", "max_completion_tokens"),
    ("openai", "openrouter", "openai/gpt-4o", "/api/v1/chat/completions", "openai/gpt-4o", "max_tokens"),
    ("openai", "anthropic", "claude-sonnet-4-5", "/v1/chat/completions", "claude-sonnet-4-5", "max_tokens"),
    ("openai", "google", "gemini-2.5-flash", "/v1beta/openai/chat/completions", "gemini-2.5-flash", "max_tokens"),
    ("openai", "groq", SLASHED, "/openai/v1/chat/completions", SLASHED, "max_tokens"),
    ("openai", "together", SLASHED, "/v1/chat/completions", SLASHED, "max_tokens"),
    ("openai", "ollama", "llama3:8b", "/v1/chat/completions", "llama3:8b", "max_tokens"),
    ("openai", "vllm", SLASHED, "/v1/chat/completions", SLASHED, "max_tokens"),
    ("openrouter", "openrouter", "openai/gpt-4o:free", "/api/v1/chat/completions", "openai/gpt-4o:free", "max_tokens"),
    ("ollama", "ollama", "hf.co/a/b:Q4", "/api/chat", "hf.co/a/b:Q4", "options.num_predict"),
    ("ollama", "ollama-cloud", "gpt-oss:120b", "/api/chat", "gpt-oss:120b", "options.num_predict"),
    ("langchain", "openai", "gpt-4o", "/v1/chat/completions", "gpt-4o", "max_completion_tokens"),
    ("langchain", "openrouter", "openai/gpt-4o", "/api/v1/chat/completions", "openai/gpt-4o", "max_tokens"),
    ("langchain", "anthropic", "claude-sonnet-4-5", "/v1/messages", "claude-sonnet-4-5", "max_tokens"),
    ("langchain", "groq", SLASHED, "/openai/v1/chat/completions", SLASHED, "max_tokens"),
    ("langchain", "ollama", "llama3:8b", "/api/chat", "llama3:8b", "options.num_predict"),
    ("langchain", "vllm", SLASHED, "/v1/chat/completions", SLASHED, "max_tokens"),
    ("dspy", "openai", "gpt-4o", "/v1/chat/completions", "gpt-4o", "max_completion_tokens"),
    ("dspy", "openrouter", "openai/gpt-4o", "/api/v1/chat/completions", "openai/gpt-4o", "max_tokens"),
    ("dspy", "anthropic", "claude-sonnet-4-5", "/v1/messages", "claude-sonnet-4-5", "max_tokens"),
    ("dspy", "groq", SLASHED, "/openai/v1/chat/completions", SLASHED, "max_tokens"),
    ("dspy", "together", SLASHED, "/v1/chat/completions", SLASHED, "max_tokens"),
    ("dspy", "ollama", "llama3:8b", "/v1/chat/completions", "llama3:8b", "max_tokens"),
    ("dspy", "vllm", SLASHED, "/v1/chat/completions", SLASHED, "max_tokens"),
]
KEY_VARIABLES = {"google": "GEMINI_API_KEY", "ollama": "UNUSED", "ollama-cloud": "OLLAMA_API_KEY", "vllm": "UNUSED"}
PLACEHOLDERS = {"ollama": "ollama", "vllm": "none"}
PACKAGES = {"anthropic": "langchain_anthropic", "ollama": "langchain_ollama", "openrouter": "langchain_openrouter"}


def path_of_base(path: str) -> str:
    for call in ("/chat/completions", "/v1/messages", "/api/chat"):
        path = path.removesuffix(call)
    return path


def field_at(request: RecordedRequest, path: str) -> Any:
    value = request.body
    for name in path.split("."):
        value = value.get(name, {})
    return value


def need_libraries(connector: str, provider: str = "") -> None:
    needs_library({"openrouter": "openai"}.get(connector, connector))
    if connector == "langchain":
        needs_library(PACKAGES.get(provider, "langchain_openai"))


@pytest.mark.parametrize(
    ("name", "provider", "id", "path", "wire_id", "cap"), ROUTES, ids=[f"{row[0]}-{row[1]}" for row in ROUTES]
)
def test_what_arrives_has_the_right_path_model_key_and_limit(
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    provider: str,
    id: str,
    path: str,
    wire_id: str,
    cap: str,
) -> None:
    need_libraries(name, provider)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    monkeypatch.setenv(KEY_VARIABLES.get(provider, f"{provider.upper()}_API_KEY"), "sk-its-own-key")
    model = Model("m", provider, context_size=131072, connector_metadata={provider: {"id": id}})
    address = recorder.url + path_of_base(path)
    dialled = {"base_url": address, "api_key": PLACEHOLDERS.get(provider, "sk-its-own-key")}
    if name != "dspy":  # which takes a base URL in the environment for a gateway, and then another engine
        monkeypatch.setenv(f"{provider.upper().replace('-', '_')}_BASE_URL", address)
        dialled = {}
    assert converse(CONNECTORS[name](), model, max_tokens=64, **dialled) == ANSWER
    request = recorder.last
    assert (request.method, request.path, request.model) == ("POST", path, wire_id)
    assert request.key == PLACEHOLDERS.get(provider, "sk-its-own-key")
    assert field_at(request, cap) == 64
    assert "131072" not in str(request.body)
    assert len(recorder.requests) == 1


def test_langchain_data_alone_makes_a_working_model(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    need_libraries("langchain")
    from langchain.chat_models import init_chat_model

    monkeypatch.setenv("OPENAI_BASE_URL", recorder.url + "/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    meta = LangChainConnector().format_metadata(Model("gpt-4o", "openai"), temperature=0.5)
    assert init_chat_model(**meta).invoke("ping").text == ANSWER
    assert (recorder.last.model, recorder.last.key, recorder.last.body["temperature"]) == (
        "gpt-4o",
        "sk-of-openai",
        0.5,
    )


def test_ollama_data_alone_makes_a_working_call(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    need_libraries("ollama")
    import ollama

    meta = OllamaConnector().format_metadata(Model("llama3:8b", "ollama"), num_ctx=8192)
    assert ollama.Client(host=recorder.url).chat(**meta, messages=MESSAGES).message.content == ANSWER
    assert recorder.last.body["options"] == {"num_ctx": 8192}


def test_dspy_data_alone_makes_a_working_model(recorder: Recorder) -> None:
    need_libraries("dspy")
    import dspy

    model = Model("m", "vllm", connector_metadata={"vllm": {"id": SLASHED, "base_url": recorder.url + "/v1"}})
    meta = DSPyConnector().format_metadata(model, temperature=0.5, max_tokens=64)
    assert dspy.LM(**meta, cache=False)("ping") == [ANSWER]
    assert (recorder.last.model, recorder.last.body["temperature"]) == (SLASHED, 0.5)


def test_dspy_gets_a_context_from_ollama_only_by_its_other_engine(recorder: Recorder) -> None:
    need_libraries("dspy")
    model = Model("llama3", "ollama", connector_metadata={"ollama": {"id": "llama3:8b", "base_url": recorder.url}})
    assert converse(DSPyConnector(), model, num_ctx=8192, max_tokens=64) == ANSWER
    asked = recorder.requests[-1]
    assert (asked.path, asked.body["options"]) == ("/api/chat", {"num_ctx": 8192, "num_predict": 64})


def test_a_large_output_limit_of_the_model_is_accepted_by_langchain_for_anthropic(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_libraries("langchain", "anthropic")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", recorder.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-0123456789")
    model = Model("claude", "anthropic", context_size=200_000, max_output_tokens=64_000)
    assert converse(LangChainConnector(), model) == ANSWER
    assert recorder.last.body["max_tokens"] == 64_000


@pytest.mark.parametrize("name", ["langchain", "dspy"])
def test_sampling_never_reaches_anthropic(recorder: Recorder, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    need_libraries(name, "anthropic")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", recorder.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-0123456789")
    with pytest.warns(AIModelsWarning, match="temperature is left out"):
        assert converse(CONNECTORS[name](), Model("claude", "anthropic"), temperature=0.2, max_tokens=64) == ANSWER
    assert "temperature" not in recorder.last.body


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("openai", "openai"),
        ("langchain", "openai"),
        ("dspy", "openai"),
        ("langchain", "anthropic"),
        ("dspy", "anthropic"),
        ("ollama", "ollama"),
        ("langchain", "ollama"),
        ("langchain", "groq"),
        ("dspy", "groq"),
        ("langchain", "openrouter"),
        ("dspy", "openrouter"),
        ("dspy", "ollama"),
    ],
)
def test_no_vendor_key_goes_to_a_stranger(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch, name: str, provider: str
) -> None:
    need_libraries(name, provider)
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OLLAMA_API_KEY", "GROQ_API_KEY", "OPENROUTER_API_KEY"):
        monkeypatch.setenv(variable, "sk-secret-of-a-vendor")
    stranger = recorder.url + "/v1"
    assert converse(CONNECTORS[name](), Model("m", provider), base_url=stranger, max_tokens=64) == ANSWER
    assert "sk-secret-of-a-vendor" not in str(dict(recorder.last.headers))
    assert recorder.last.key == {"ollama": "ollama"}.get(provider, "none")


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_the_written_program_runs(recorder: Recorder, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    provider = {"ollama": "ollama", "openrouter": "openrouter"}.get(name, "openai")
    need_libraries(name, provider)
    variable = f"{provider.upper()}_API_KEY"
    monkeypatch.setenv(f"{provider.upper()}_BASE_URL", recorder.url + ("" if provider == "ollama" else "/v1"))
    program = CONNECTORS[name]().code(
        Model("m", provider, connector_metadata={provider: {"id": SLASHED}}), max_tokens=64
    )
    monkeypatch.delenv(f"{provider.upper()}_BASE_URL")
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, variable: "sk-of-mine"}, capture_output=True, text=True
    )
    assert done.stdout.strip() == ANSWER, done.stderr
    assert (recorder.last.model, recorder.last.key) == (SLASHED, {"ollama": "ollama"}.get(provider, "sk-of-mine"))


@pytest.mark.parametrize("name", ["openai", "langchain", "dspy"])
def test_a_missing_key_is_named_before_anything_is_sent(recorder: Recorder, name: str) -> None:
    need_libraries(name)
    with pytest.raises(CredentialError, match="OPENAI_API_KEY"):
        CONNECTORS[name]().client(Model("gpt-4o", "openai"))
    assert recorder.requests == []


@pytest.mark.parametrize("name", ["openai", "langchain", "dspy"])
def test_a_model_of_llama_cpp_answers(llama_server: str, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    need_libraries(name)
    monkeypatch.setenv("LLAMACPP_BASE_URL", llama_server)
    monkeypatch.setenv("LLAMACPP_API_KEY", LLAMA_KEY)
    assert converse(CONNECTORS[name](), Model("tiny", "llamacpp"), max_tokens=8, temperature=0.0)


def test_llama_cpp_obeys_the_output_limit(llama_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    need_libraries("openai")
    monkeypatch.setenv("LLAMACPP_BASE_URL", llama_server)
    monkeypatch.setenv("LLAMACPP_API_KEY", LLAMA_KEY)
    connector, model = OpenAIConnector(), Model("tiny", "llamacpp")
    answer = connector.client(model).chat.completions.create(
        **connector.format_metadata(model, max_tokens=3), messages=MESSAGES
    )
    assert answer.usage.completion_tokens <= 3


def test_llama_cpp_refuses_a_client_without_its_key(llama_server: str) -> None:
    need_libraries("openai")
    import openai

    with pytest.raises(openai.AuthenticationError):
        converse(OpenAIConnector(), Model("tiny", "llamacpp"), base_url=llama_server)


@pytest.mark.parametrize("name", ["openai", "langchain", "dspy"])
@pytest.mark.parametrize("id", ["mock-gpt", "tiny/through-proxy"])
def test_a_model_behind_a_litellm_proxy_answers(
    litellm_proxy: str, monkeypatch: pytest.MonkeyPatch, name: str, id: str
) -> None:
    need_libraries(name)
    monkeypatch.setenv("LITELLM_BASE_URL", litellm_proxy)
    monkeypatch.setenv("LITELLM_PROXY_API_KEY", LITELLM_KEY)
    said = converse(CONNECTORS[name](), Model(id, "litellm"), max_tokens=8)
    assert said == "the proxy says hello" if id == "mock-gpt" else said


@pytest.mark.parametrize("path", ["/v1/v1/chat/completions", "/chat/completions", "/v1/api/chat", "/v1/v1/messages"])
def test_the_recorder_has_no_path_that_the_real_servers_lack(recorder: Recorder, path: str) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(recorder.url + path, b'{"model": "m", "max_tokens": 1}'))
    caught.value.close()
    assert caught.value.code == 404
    assert recorder.last.path == path


def test_the_recorder_refuses_what_anthropic_refuses(recorder: Recorder) -> None:
    body = b'{"model": "m", "max_tokens": 1, "temperature": 1}'
    urlopen(Request(recorder.url + "/v1/messages", body, {"anthropic-version": "2023-06-01"})).close()
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(recorder.url + "/v1/messages", body, {"anthropic-version": "2026-10-21"}))
    assert b"temperature" in caught.value.read()


def test_a_missing_part_of_langchain_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    need_libraries("langchain")
    monkeypatch.setitem(sys.modules, "langchain_google_genai", None)
    with pytest.raises(MissingDependencyError, match="pip install langchain-google-genai"):
        LangChainConnector().client(Model("gemini-2.5-flash", "google"), api_key="g-0123456789")
