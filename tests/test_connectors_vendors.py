"""What the connectors of the vendors' own libraries, and of LiteLLM, say without their library."""

import re
import sys
from typing import Any

import pytest

from ai_models._core.model import Model
from ai_models.connectors import builtin_connectors
from ai_models.connectors.table import libraries
from ai_models.connectors.table_connector import TableConnector
from ai_models.errors import AIModelsWarning, MissingDependencyError, UnsupportedModelError

ENV = {
    "ANTHROPIC_API_KEY": "sk-ant-0123456789",
    "GEMINI_API_KEY": "g-0123456789",
    "COHERE_API_KEY": "co-0123456789",
    "MISTRAL_API_KEY": "mi-0123456789",
    "GROQ_API_KEY": "gsk-0123456789",
    "HF_TOKEN": "hf-0123456789",
    "OPENAI_API_KEY": "sk-0123456789",
    "OPENROUTER_API_KEY": "or-0123456789",
    "LITELLM_PROXY_API_KEY": "sk-l-0123456789",
    "AWS_REGION": "eu-west-1",
    "AWS_PROFILE": "me",
}


def connector(name: str) -> TableConnector:
    made = builtin_connectors()[name](env=ENV, dotenv={})
    assert isinstance(made, TableConnector)
    return made


def model(provider: str, id: str, **facts: Any) -> Model:
    return Model("m", provider, connector_metadata={provider: {"id": id}}, **facts)


METADATA = [
    ("anthropic", "anthropic", "claude", {"model": "claude", "max_tokens": 64, "stop_sequences": ["."]}),
    (
        "google-genai",
        "google",
        "gemini-2.5-flash",
        {"model": "gemini-2.5-flash", "config": {"max_output_tokens": 64, "stop_sequences": ["."]}},
    ),
    ("mistralai", "mistral", "m", {"model": "m", "max_tokens": 64, "stop": ["."]}),
    ("cohere", "cohere", "c", {"model": "c", "max_tokens": 64, "stop_sequences": ["."]}),
    ("groq", "groq", "a/b", {"model": "a/b", "max_completion_tokens": 64, "stop": ["."]}),
    ("huggingface-hub", "huggingface", "a/b:c", {"model": "a/b:c", "max_tokens": 64, "stop": ["."]}),
    (
        "huggingface-hub",
        "openai",
        "gpt-4o",
        {"model": "gpt-4o", "stop": ["."], "extra_body": {"max_completion_tokens": 64}},
    ),
    ("litellm", "openai", "gpt-4o", {"model": "openai/gpt-4o", "max_completion_tokens": 64, "stop": ["."]}),
    ("litellm", "google", "g", {"model": "gemini/g", "max_tokens": 64, "stop": ["."]}),
    ("litellm", "cohere", "c", {"model": "cohere_chat/c", "max_tokens": 64, "stop": ["."]}),
    (
        "litellm",
        "vllm",
        "a/b",
        {
            "model": "hosted_vllm/a/b",
            "api_base": "http://127.0.0.1:8000/v1",
            "api_key": "none",
            "max_tokens": 64,
            "stop": ["."],
        },
    ),
]


@pytest.mark.parametrize(("name", "provider", "id", "expected"), METADATA, ids=[f"{r[0]}-{r[1]}" for r in METADATA])
def test_a_limit_and_stops_go_where_the_library_wants_them(
    name: str, provider: str, id: str, expected: dict[str, Any]
) -> None:
    assert connector(name).format_metadata(model(provider, id), max_tokens=64, stop=["."]) == expected


@pytest.mark.parametrize("name", ["anthropic", "litellm"])
def test_anthropic_gets_the_models_own_limit_and_no_sampling(name: str) -> None:
    claude = model("anthropic", "claude", context_size=200_000, max_output_tokens=64_000)
    with pytest.warns(AIModelsWarning, match="temperature is left out"):
        meta = connector(name).format_metadata(claude, temperature=0.5)
    assert (meta["max_tokens"], "temperature" in meta) == (64_000, False)


@pytest.mark.parametrize(
    ("provider", "address"),
    [
        ("anthropic", "https://api.anthropic.com"),
        ("openrouter", "https://openrouter.ai/api"),
        ("deepseek", "https://api.deepseek.com/anthropic"),
        ("ollama", "http://127.0.0.1:11434"),
    ],
)
def test_the_library_of_anthropic_reaches_whoever_speaks_its_protocol(provider: str, address: str) -> None:
    assert f"base_url={address!r}" in connector("anthropic").code(model(provider, "a/b"), max_tokens=64)


def test_the_library_of_anthropic_waits_for_a_long_answer() -> None:
    claude = model("anthropic", "claude", max_output_tokens=64_000)
    assert "timeout=600" in connector("anthropic").code(claude)
    assert "timeout=9" in connector("anthropic").code(claude, timeout=9)


@pytest.mark.parametrize(
    ("id", "reached"),
    [
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", True),
        ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", True),
        ("amazon.nova-lite-v1:0", False),
    ],
)
def test_of_bedrocks_models_the_library_of_anthropic_reaches_claude_alone(id: str, reached: bool) -> None:
    assert connector("anthropic").supports(model("bedrock", id)).ok is reached


def test_a_library_that_signs_in_by_itself_is_sent_to_no_stranger() -> None:
    with pytest.raises(UnsupportedModelError, match="would send the login of bedrock to another server"):
        connector("litellm").client(model("bedrock", "amazon.nova-lite-v1:0"), base_url="http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("mistralai", "openai"),
        ("cohere", "mistral"),
        ("groq", "openai"),
        ("google-genai", "openrouter"),
        ("anthropic", "groq"),
    ],
)
def test_a_vendors_library_is_for_its_own_servers(name: str, provider: str) -> None:
    assert connector(name).supports(model(provider, "m")).reason == f"{provider}: out of reach for {name}"


def test_milliseconds_where_the_library_counts_them() -> None:
    assert "timeout_ms=1500" in connector("mistralai").code(model("mistral", "m"), timeout=1.5)
    assert "'timeout': 1500" in connector("google-genai").code(model("google", "g"), timeout=1.5)


def test_a_key_for_gemini_never_goes_to_vertex() -> None:
    assert "vertexai=False" in connector("google-genai").code(model("google", "g"))


def test_litellm_is_a_function_with_its_arguments_bound() -> None:
    assert connector("litellm").code(model("groq", "openai/gpt-oss-20b")) == (
        "import os\n"
        "from functools import partial\n"
        "from litellm import completion\n"
        "\n"
        "call = partial(completion, model='groq/openai/gpt-oss-20b', api_key=os.environ['GROQ_API_KEY'])\n"
        'answer = call(messages=[{"role": "user", "content": "Hello"}])\n'
        "print(answer.choices[0].message.content)\n"
    )


def test_the_litellm_library_and_the_proxy_of_that_name_get_along() -> None:
    proxied = Model("m", "meta", connector_metadata={"litellm": {"id": "team/llama"}, "groq": {"id": "llama"}})
    assert connector("litellm").format_metadata(proxied) == {
        "model": "litellm_proxy/team/llama",
        "api_base": "http://localhost:4000/v1",
    }
    assert connector("litellm").format_metadata(proxied, via="groq") == {"model": "groq/llama"}
    assert connector("groq").format_metadata(proxied) == {"model": "llama"}


@pytest.mark.parametrize(
    ("name", "provider", "kind", "call"),
    [
        ("openai", "openai", "moderation", "client.moderations.create(model='m'"),
        ("openai", "openai", "speech", "client.audio.speech.create(model='m'"),
        ("openai", "vllm", "completion", "client.completions.create(model='m'"),
        ("cohere", "cohere", "rerank", "client.rerank(model='m'"),
        ("cohere", "cohere", "embedding", "client.embed(model='m'"),
        ("ollama", "ollama", "embedding", "client.embed(model='m'"),
        ("google-genai", "google", "embedding", "client.models.embed_content(model='m'"),
        ("langchain", "mistral", "embedding", "init_embeddings(model='m', provider='openai'"),
        ("dspy", "vllm", "embedding", "Embedder(model='hosted_vllm/m'"),
        ("litellm", "cohere", "rerank", "partial(rerank, model='cohere/m'"),
    ],
)
def test_another_kind_of_model_is_called_as_it_wants(name: str, provider: str, kind: str, call: str) -> None:
    asked = Model("m", provider, kind=kind, connector_metadata={provider: {"id": "m"}})
    assert call in connector(name).code(asked)


def test_a_kind_without_a_client_says_what_to_call_by_hand() -> None:
    asked = Model("m", "mistral", kind="ocr", connector_metadata={"mistral": {"id": "m"}})
    assert "call client.ocr.process(model=…, document={…})" in connector("mistralai").supports(asked).reason


@pytest.mark.parametrize(
    ("name", "asked", "command"),
    [
        ("anthropic", model("bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0"), "'anthropic[bedrock]'"),
        ("dspy", model("openai", "text-embedding-3-small", kind="embedding"), "'dspy[numpy]'"),
        ("mistralai", model("mistral", "m"), "mistralai"),
    ],
)
def test_a_missing_library_names_the_command_that_installs_it(
    name: str, asked: Model, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, libraries()[name].target.partition(":")[0].partition(".")[0], None)
    with pytest.raises(MissingDependencyError, match=f"pip install {re.escape(command)}$"):
        connector(name).client(asked)


def test_every_section_of_every_library_has_a_way() -> None:
    for library in libraries().values():
        assert all(each.routes for each in (library, *library.others)), library.name
