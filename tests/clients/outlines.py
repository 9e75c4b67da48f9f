"""Outlines around the vendors' libraries."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import chats, gemini, native


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client("ping", **metadata)


CLIENT = Client(
    "outlines",
    ("outlines",),
    (
        *chats(without=("anthropic", "google", "ollama")),
        native("anthropic", needs=("anthropic",)),
        gemini("v1", needs=("google.genai",)),
        native("ollama", needs=("ollama",)),
    ),
    converse,
)
