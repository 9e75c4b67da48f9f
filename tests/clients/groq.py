"""The groq library."""

from typing import Any

from tests.clients import MESSAGES, Client, Route
from tests.clients._routes import chats


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.chat.completions.create(**metadata, messages=MESSAGES).choices[0].message.content


CLIENT = Client(
    "groq",
    ("groq",),
    (
        *chats("groq", cap="max_completion_tokens"),
        Route("groq", "/openai/v1/audio/speech", "playai-tts", kind="speech"),
    ),
    converse,
)
