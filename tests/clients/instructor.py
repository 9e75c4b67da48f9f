"""Instructor around the vendors' libraries."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import AWS, chats, gemini, native


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.create(response_model=str, messages=[{"role": "user", "content": "ping"}])


CLAUDE = "us.anthropic.claude-sonnet-4-6"
CLIENT = Client(
    "instructor",
    ("instructor",),
    (
        *chats(without=("anthropic", "google", "mistral")),
        *chats("mistral", needs=("mistralai",)),
        native("anthropic", needs=("anthropic",)),
        gemini("v1", needs=("google.genai",)),
        native("bedrock", path=f"/model/{CLAUDE}/converse", id=CLAUDE, needs=("boto3",)),
    ),
    converse,
    variables=AWS,
)
