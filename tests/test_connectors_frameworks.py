"""What frameworks and wrappers are given, without them: the traps that each of them sets."""

import pytest

from ai_models._core.model import Model
from ai_models.connectors import TableConnector, builtin_connectors
from ai_models.errors import AIModelsWarning, MissingDependencyError

KEYS = {"OPENAI_API_KEY": "sk-0123456789", "TOGETHER_API_KEY": "tg-0123456789"}
SLASHED = Model("Qwen/Qwen3-32B", "together", context_size=131_072)
OLLAMA = Model("llama3:8b", "ollama")
FRAMEWORKS = (
    "aisuite",
    "any-llm",
    "crewai",
    "guidance",
    "haystack",
    "instructor",
    "langroid",
    "llama-index",
    "llm",
    "mirascope",
    "outlines",
)


def connector(name: str) -> TableConnector:
    made = builtin_connectors()[name](env=KEYS, dotenv={})
    assert isinstance(made, TableConnector)
    return made


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_one_reaches_a_server_that_speaks_openai_s_protocol_with_its_own_key(name: str) -> None:
    program = connector(name).code(SLASHED)
    assert "os.environ['TOGETHER_API_KEY']" in program
    assert "OPENAI_API_KEY" not in program
    assert "https://api.together" in program
    assert "Qwen/Qwen3-32B" in program


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_no_key_is_in_data_or_source(name: str) -> None:
    for model in (SLASHED, Model("gpt-4o", "openai")):
        written = f"{connector(name).format_metadata(model)}{connector(name).code(model)}"
        assert not any(key in written for key in KEYS.values())


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_program_is_python(name: str) -> None:
    for model in (SLASHED, OLLAMA, Model("gpt-4o", "openai"), Model("claude-sonnet-4-5", "anthropic")):
        compile(connector(name).code(model, max_tokens=64), name, "exec")


def test_haystack_finds_its_vendors_key_and_is_told_any_other() -> None:
    haystack = connector("haystack")
    assert haystack.format_metadata(Model("gpt-4o", "openai")) == {"model": "gpt-4o"}
    assert haystack.format_metadata(SLASHED)["api_key"] == {
        "new": "haystack.utils:Secret.from_token",
        "token": "$TOGETHER_API_KEY",
    }


def test_haystack_s_class_for_ollama_would_send_the_key_of_ollama_s_cloud_and_is_not_used() -> None:
    assert "from haystack.components.generators.chat import OpenAIChatGenerator" in connector("haystack").code(OLLAMA)


def test_llama_index_loads_no_context_that_nobody_asked_for() -> None:
    llama = connector("llama-index")
    assert "OpenAILike" in llama.code(OLLAMA)
    assert llama.format_metadata(OLLAMA, num_ctx=8192)["context_window"] == 8192


def test_llama_index_reckons_with_the_whole_context() -> None:
    assert connector("llama-index").format_metadata(SLASHED)["context_window"] == 131_072


def test_a_context_that_only_the_library_reckons_with_reaches_no_server() -> None:
    with pytest.warns(AIModelsWarning, match="num_ctx is left out"):
        connector("llama-index").format_metadata(SLASHED, num_ctx=8192)


def test_langroid_keeps_an_id_that_begins_like_another_server() -> None:
    routed = Model("deepseek/deepseek-chat", "openrouter")
    config = connector("langroid").code(routed)
    assert "chat_model='litellm-proxy/deepseek/deepseek-chat'" in config
    assert "LiteLLMProxyConfig(api_base='https://openrouter.ai/api/v1'" in config


def test_crewai_cuts_its_own_prefix_alone() -> None:
    assert connector("crewai").format_metadata(Model("openai/gpt-4o", "openrouter"))["model"] == "openai/openai/gpt-4o"


def test_guidance_says_that_it_cannot_limit_the_answers_of_most_servers() -> None:
    guidance = connector("guidance")
    assert guidance.format_metadata(Model("gpt-4o", "openai"), max_tokens=64) == {"max_tokens": 64}
    with pytest.warns(AIModelsWarning, match="max_tokens is left out"):
        assert guidance.format_metadata(SLASHED, max_tokens=64) == {}


def test_mirascope_registers_a_provider_for_one_model() -> None:
    program = connector("mirascope").code(SLASHED, max_tokens=64)
    assert "scope='ollama/Qwen/Qwen3-32B'" in program
    assert "Model(model_id='ollama/Qwen/Qwen3-32B', max_tokens=64)" in program


def test_a_limit_of_a_version_is_quoted_for_the_shell() -> None:
    wanted = MissingDependencyError("llama-index-llms-anthropic anthropic<1")
    assert str(wanted).endswith("pip install llama-index-llms-anthropic 'anthropic<1'")
