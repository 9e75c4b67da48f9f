"""Mirascope's models; its providers are registered for one of them."""

from typing import Any

from tests.clients import Client, Route
from tests.clients._routes import chats, gemini, native


def converse(client: Any, metadata: dict[str, Any]) -> str:
    from mirascope import llm

    return llm.Model(**metadata).call("ping").text()


CLIENT = Client(
    "mirascope",
    ("mirascope",),
    (
        Route("openai", "/v1/responses", "gpt-4o", "max_output_tokens"),
        *chats(without=("openai", "anthropic", "google", "azure")),
        native("anthropic", needs=("anthropic",)),
        gemini("v1beta", needs=("google.genai",)),
    ),
    converse,
)
