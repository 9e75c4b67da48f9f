"""LlamaIndex's classes for models, chat and embedding."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import (
    ANTHROPIC,
    AWS,
    BEDROCK,
    COHERE_EMBEDDING,
    OLLAMA,
    OLLAMA_EMBEDDING,
    chats,
    embeddings,
    gemini,
    gemini_embedding,
)

LLMS = "llama_index.llms"
EMBEDDINGS = "llama_index.embeddings"
LIKE = (f"{LLMS}.openai_like",)


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.complete("ping").text


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client.get_text_embedding("ping")


CLIENT = Client(
    "llama-index",
    ("llama_index.core",),
    (
        *chats("openai", id="gpt-99-of-tomorrow", needs=LIKE),
        *chats(without=("openai", "anthropic", "google", "mistral", "ollama"), needs=LIKE),
        *chats("mistral", needs=(f"{LLMS}.mistralai",)),
        ANTHROPIC.but(needs=(f"{LLMS}.anthropic",)),
        gemini("v1beta", needs=(f"{LLMS}.google_genai",)),
        BEDROCK.but(needs=(f"{LLMS}.bedrock_converse",)),
        OLLAMA.but(needs=(f"{LLMS}.ollama",), settings={"num_ctx": 8192}),
        *embeddings("openai", "mistral", "together", "vllm", needs=(f"{EMBEDDINGS}.openai_like",)),
        gemini_embedding("v1beta", needs=(f"{EMBEDDINGS}.google_genai",)),
        COHERE_EMBEDDING.but(needs=(f"{EMBEDDINGS}.cohere",)),
        OLLAMA_EMBEDDING.but(needs=(f"{EMBEDDINGS}.ollama",)),
    ),
    converse,
    variables=AWS,
    embed=embed,
)
