"""The llm library of Simon Willison."""

from typing import Any

from tests.clients import Client, Route
from tests.clients._routes import chats


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.prompt("ping", stream=False, **metadata).text()


CLIENT = Client(
    "llm",
    ("llm",),
    (
        Route("openai", "/v1/responses", "gpt-4o", "max_output_tokens"),
        *chats(without=("openai", "azure")),
        Route("azure", "/openai/v1/responses", "my-deployment", "max_output_tokens"),
    ),
    converse,
)
