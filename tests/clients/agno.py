"""Agno's agent."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import AWS, chats, gemini, native


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.run("ping").content


CLIENT = Client(
    "agno",
    ("agno", "openai"),
    (
        *chats(without=("anthropic", "google", "ollama")),
        native("anthropic", needs=("anthropic",)),
        gemini("v1", needs=("google.genai",)),
        native("bedrock", needs=("boto3",)),
        native("ollama", needs=("ollama",)),
    ),
    converse,
    variables=AWS | {"AGNO_TELEMETRY": "false"},
)
