"""Agno's agent."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import ANTHROPIC, AWS, BEDROCK, OLLAMA, chats, gemini


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.run("ping").content


CLIENT = Client(
    "agno",
    ("agno", "openai"),
    (
        *chats(without=("anthropic", "google", "ollama")),
        ANTHROPIC.but(needs=("anthropic",)),
        gemini("v1", needs=("google.genai",)),
        BEDROCK.but(needs=("boto3",)),
        OLLAMA.but(needs=("ollama",)),
    ),
    converse,
    variables=AWS | {"AGNO_TELEMETRY": "false"},
)
