"""The groq library."""

from typing import Any

from tests.clients import MESSAGES, Client, Route


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.chat.completions.create(**metadata, messages=MESSAGES).choices[0].message.content


CLIENT = Client(
    "groq",
    ("groq",),
    (
        Route("groq", "/openai/v1/chat/completions", "openai/gpt-oss-20b", "max_completion_tokens"),
        Route("groq", "/openai/v1/audio/speech", "playai-tts", kind="speech"),
    ),
    converse,
)
