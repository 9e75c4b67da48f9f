"""The aisuite library."""

from typing import Any

from tests.clients import MESSAGES, Client
from tests.clients._routes import chats, gemini, native


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.chat.completions.create(**metadata, messages=MESSAGES).choices[0].message.content


CLIENT = Client(
    "aisuite",
    ("aisuite",),
    (
        *chats(without=("anthropic", "google", "mistral", "groq", "cohere")),
        *chats("mistral", needs=("mistralai",)),
        *chats("groq", needs=("groq",)),
        native("anthropic", needs=("anthropic",)),
        gemini("v1", needs=("google.genai",)),
        native("cohere", needs=("cohere",)),
    ),
    converse,
)
