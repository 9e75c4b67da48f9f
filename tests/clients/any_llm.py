"""The any-llm-sdk library."""

from typing import Any

from tests.clients import MESSAGES, Client
from tests.clients._routes import AWS, chats, embeddings, gemini, native


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.completion(**metadata, messages=MESSAGES).choices[0].message.content


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client(inputs=["ping"]).data[0].embedding


CLIENT = Client(
    "any-llm",
    ("any_llm",),
    (
        *chats(without=("anthropic", "google", "mistral", "cohere", "ollama")),
        *chats("mistral", needs=("mistralai",)),
        native("anthropic", needs=("anthropic",)),
        gemini("v1", needs=("google.genai",)),
        native("bedrock", needs=("boto3",)),
        native("cohere", needs=("cohere",)),
        native("ollama", needs=("ollama",)),
        *embeddings("openai", "mistral", "ollama", "vllm"),
    ),
    converse,
    variables=AWS,
    embed=embed,
)
