"""The ollama library."""

from typing import Any

from tests.clients import MESSAGES, Client, Route
from tests.clients._routes import native, native_embedding


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.chat(**metadata, messages=MESSAGES).message.content


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return list(client.embed(**metadata, input=["ping"]).embeddings[0])


CLIENT = Client(
    "ollama",
    ("ollama",),
    (
        native("ollama"),
        native_embedding("ollama"),
        Route("ollama-cloud", "/api/chat", "gpt-oss:120b", "options.num_predict"),
        Route("ollama-cloud", "/api/embed", "embeddinggemma", kind="embedding"),
    ),
    converse,
    embed=embed,
)
