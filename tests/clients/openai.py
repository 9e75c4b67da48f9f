"""The openai library."""

from typing import Any

from tests.clients import MESSAGES, Client, Route
from tests.clients._routes import chats, embeddings


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.chat.completions.create(**metadata, messages=MESSAGES).choices[0].message.content


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client.embeddings.create(**metadata, input=["ping"], encoding_format="float").data[0].embedding


CLIENT = Client(
    "openai",
    ("openai",),
    (
        *chats(),
        *embeddings("openai", "vllm"),
        Route("openai", "/v1/images/generations", "gpt-image-1", kind="image"),
        Route("openai", "/v1/audio/speech", "gpt-4o-mini-tts", kind="speech"),
        Route("openai", "/v1/moderations", "omni-moderation-latest", kind="moderation"),
        Route("openai", "/v1/completions", "gpt-3.5-turbo-instruct", kind="completion"),
        Route("vllm", "/v1/completions", kind="completion", key="none"),
    ),
    converse,
    embed=embed,
)
