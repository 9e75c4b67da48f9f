"""Pydantic AI's Agent and Embedder."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import AWS, chats, embeddings, gemini, gemini_embedding, native, native_embedding


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.run_sync("ping").output


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return list(client.embed_documents_sync(["ping"]).embeddings[0])


CLIENT = Client(
    "pydantic-ai",
    ("pydantic_ai", "openai"),
    (
        *chats(without=("anthropic", "google", "groq", "mistral", "cohere")),
        *chats("groq", needs=("groq",)),
        *chats("mistral", needs=("mistralai",)),
        native("anthropic", needs=("anthropic",)),
        gemini("v1beta", needs=("google.genai",)),
        native("bedrock", needs=("boto3",)),
        native("cohere", needs=("cohere",)),
        *embeddings("openai", "mistral", "ollama", "vllm"),
        gemini_embedding("v1beta", needs=("google.genai",)),
        native_embedding("cohere", needs=("cohere",)),
    ),
    converse,
    variables=AWS,
    embed=embed,
)
