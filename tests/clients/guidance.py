"""Guidance's model for OpenAI and those that speak like it."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import chats


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
        *chats("openai", "azure"),
        *chats("openrouter", "deepseek", "xai", "together", "huggingface", "ollama", "vllm", cap=None),
    ),
    converse,
)
