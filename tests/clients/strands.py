"""Strands' agent, which always streams."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import AWS, chats, gemini, native


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return str(client("ping")).strip()


CLIENT = Client(
    "strands",
    ("strands",),
    (
        *chats(without=("anthropic", "google", "ollama")),
        native("anthropic", needs=("anthropic",)),
        gemini("v1beta", path="/v1beta/models/gemini-2.5-flash:streamGenerateContent", needs=("google.genai",)),
        native("bedrock", path="/model/us.amazon.nova-lite-v1%3A0/converse-stream", needs=("boto3",)),
        native("ollama", needs=("ollama",)),
    ),
    converse,
    variables=AWS,
)
