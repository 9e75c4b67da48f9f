"""What is special about one connector or another, with the real library, and calls to real servers on this machine."""

import gc
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from tests.clients import MESSAGES, SLASHED, every_client
from tests.real_servers import LITELLM_KEY, LLAMA_KEY, litellm_proxy, llama_server, needs_library

from ai_models._core.model import Model
from ai_models.connectors import (
    DSPyConnector,
    LangChainConnector,
    OllamaConnector,
    OpenAIConnector,
    TableConnector,
)
from ai_models.errors import AIModelsWarning, CredentialError, MissingDependencyError
from ai_models.testing.recorder import ANSWER, Recorder

__all__ = ["litellm_proxy", "llama_server"]  # fixtures
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning",
    "ignore::PendingDeprecationWarning",
    "ignore::ResourceWarning",  # libraries leave their connections to the garbage collector
    "ignore::pytest.PytestUnraisableExceptionWarning",
)

CHAT = {client.connector: client.converse for client in every_client()}
CONNECTORS = {
    "openai": OpenAIConnector,
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


PACKAGES = {"anthropic": "langchain_anthropic"}


def need_libraries(connector: str, provider: str = "") -> None:
    needs_library(connector)
    if connector == "langchain":
        needs_library(PACKAGES.get(provider, "langchain_openai"))


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


def test_dspys_own_engine_sends_openai_the_new_field_of_the_limit(recorder: Recorder) -> None:
    need_libraries("dspy")
    address = {"base_url": recorder.url + "/v1", "api_key": "sk-0123456789"}
    assert converse(DSPyConnector(), Model("gpt-4o", "openai"), max_tokens=64, **address) == ANSWER
    assert recorder.last.body["max_completion_tokens"] == 64


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


def test_a_missing_part_of_langchain_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    need_libraries("langchain")
    monkeypatch.setitem(sys.modules, "langchain_google_genai", None)
    with pytest.raises(MissingDependencyError, match="pip install langchain-google-genai"):
        LangChainConnector().client(Model("gemini-2.5-flash", "google"), api_key="g-0123456789")
