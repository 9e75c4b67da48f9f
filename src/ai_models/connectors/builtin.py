"""The connectors that come with the package."""

from ai_models.connectors.table_connector import TableConnector

__all__ = [
    "DSPyConnector",
    "LangChainConnector",
    "OllamaConnector",
    "OpenAIConnector",
    "OpenRouterConnector",
]


class OpenAIConnector(TableConnector):
    """The `openai` library, for every server that speaks OpenAI's protocol.

    >>> from ai_models import Model
    >>> model = Model("gpt-4", "openai", connector_metadata={
    ...     "openai": {"id": "gpt-4"}, "openrouter": {"id": "openai/gpt-4"}})
    >>> openai_meta = OpenAIConnector(env={}, dotenv={}).format_metadata(model, max_tokens=64)
    >>> openai_meta  # client.chat.completions.create(**openai_meta, messages=[…])
    {'model': 'gpt-4', 'max_completion_tokens': 64}
    """

    name = "openai"


class OpenRouterConnector(TableConnector):
    """OpenRouter, through the `openai` library.

    >>> from ai_models import Model
    >>> model = Model("gpt-4", "openai", connector_metadata={"openrouter": {"id": "openai/gpt-4"}})
    >>> OpenRouterConnector(env={}, dotenv={}).format_metadata(model)
    {'model': 'openai/gpt-4'}
    """

    name = "openrouter"


class OllamaConnector(TableConnector):
    """The `ollama` library.

    >>> from ai_models import Model
    >>> model = Model("llama3", "ollama", connector_metadata={"ollama": {"id": "llama3:8b"}})
    >>> ollama_meta = OllamaConnector(env={}, dotenv={}).format_metadata(model, num_ctx=8192)
    >>> ollama_meta  # ollama.chat(**ollama_meta, messages=[…])
    {'model': 'llama3:8b', 'options': {'num_ctx': 8192}}
    """

    name = "ollama"


class LangChainConnector(TableConnector):
    """LangChain's `init_chat_model`.

    >>> from ai_models import Model
    >>> model = Model("claude", "anthropic", connector_metadata={"anthropic": {"id": "claude-sonnet-4-5"}})
    >>> meta = LangChainConnector(env={}, dotenv={}).format_metadata(model, max_tokens=64)
    >>> meta  # init_chat_model(**meta)
    {'model': 'claude-sonnet-4-5', 'model_provider': 'anthropic', 'max_tokens': 64}
    """

    name = "langchain"


class DSPyConnector(TableConnector):
    """DSPy's `dspy.LM`.

    >>> from ai_models import Model
    >>> model = Model("llama3", "ollama", connector_metadata={"ollama": {"id": "llama3:8b"}})
    >>> meta = DSPyConnector(env={}, dotenv={}).format_metadata(model)
    >>> meta  # dspy.LM(**meta)
    {'model': 'ollama_chat/llama3:8b', 'engine': 'lm15', 'api_base': 'http://127.0.0.1:11434/v1', 'api_key': 'ollama'}
    """

    name = "dspy"
