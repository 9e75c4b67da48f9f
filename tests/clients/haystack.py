"""Haystack's generators, embedders and rankers."""

from typing import Any

from tests.clients import Client, Route
from tests.clients._routes import AWS, chats, embeddings, gemini, gemini_embedding, native, native_embedding

PARTS = "haystack_integrations.components"
GOOGLE = (f"{PARTS}.generators.google_genai",)
COHERE_PARTS = (f"{PARTS}.generators.cohere",)


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.run("ping")["replies"][0].text


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client.run("ping")["embedding"]


CLIENT = Client(
    "haystack",
    ("haystack",),
    (
        *chats(without=("anthropic", "google", "openrouter", "mistral", "cohere")),
        *chats("openrouter", needs=(f"{PARTS}.generators.openrouter",)),
        *chats("mistral", needs=(f"{PARTS}.generators.mistral",)),
        native("anthropic", needs=(f"{PARTS}.generators.anthropic",), fixed=True),
        gemini("v1", needs=GOOGLE, fixed=True),
        native("bedrock", needs=(f"{PARTS}.generators.amazon_bedrock",)),
        native("cohere", needs=COHERE_PARTS),
        *embeddings("openai", "mistral", "together", "ollama", "vllm"),
        gemini_embedding("v1", needs=GOOGLE),
        native_embedding("cohere", needs=COHERE_PARTS),
        Route("cohere", "/v2/rerank", "rerank-v3.5", needs=COHERE_PARTS, kind="rerank"),
        Route("openai", "/v1/images/generations", "gpt-image-1", kind="image"),
    ),
    converse,
    variables={
        **AWS,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "{url}",
        "ANTHROPIC_BASE_URL": "{url}",
        "GOOGLE_GEMINI_BASE_URL": "{url}",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
    },
    embed=embed,
)
