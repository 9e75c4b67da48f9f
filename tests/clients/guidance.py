"""Guidance's model for OpenAI and those that speak like it."""

from typing import Any

from tests.clients import SLASHED, Client, Route


def converse(client: Any, metadata: dict[str, Any]) -> str:
    from guidance import assistant, gen, user

    with user():
        client += "ping"
    with assistant():
        client += gen("answer", **metadata)
    return client["answer"]


CLIENT = Client(
    "guidance",
    ("guidance",),
    (
        Route("openai", "/v1/chat/completions", "gpt-4o", "max_completion_tokens"),
        Route("azure", "/openai/v1/chat/completions", "my-deployment", "max_completion_tokens"),
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free", None),
        Route("deepseek", "/v1/chat/completions", "deepseek-chat", None),
        Route("xai", "/v1/chat/completions", "grok-4", None),
        Route("together", "/v1/chat/completions", cap=None),
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together", None),
        Route("ollama", "/v1/chat/completions", "llama3:8b", None, key="ollama"),
        Route("vllm", "/v1/chat/completions", cap=None, key="none"),
    ),
    converse,
)
