"""The mistralai library."""

from typing import Any

from tests.clients import MESSAGES, Client
from tests.clients._routes import chats, embeddings


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.chat.complete(**metadata, messages=MESSAGES).choices[0].message.content


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client.embeddings.create(**metadata, inputs=["ping"]).data[0].embedding


CLIENT = Client(
    "mistralai",
    ("mistralai.client",),
    (*chats("mistral"), *embeddings("mistral")),
    converse,
    embed=embed,
)
