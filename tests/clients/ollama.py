"""The ollama library."""

from typing import Any

from tests.clients import MESSAGES, Client, Route


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.chat(**metadata, messages=MESSAGES).message.content


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return list(client.embed(**metadata, input=["ping"]).embeddings[0])


CLIENT = Client(
    "ollama",
    ("ollama",),
    (
        Route("ollama", "/api/chat", "hf.co/a/b:Q4", "options.num_predict", key="ollama"),
        Route("ollama-cloud", "/api/chat", "gpt-oss:120b", "options.num_predict"),
        Route("ollama", "/api/embed", "nomic-embed-text", key="ollama", kind="embedding"),
        Route("ollama-cloud", "/api/embed", "embeddinggemma", kind="embedding"),
    ),
    converse,
    embed=embed,
)
