"""LlamaIndex's classes for models, chat and embedding."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import AWS, chats, embeddings, gemini, gemini_embedding, native, native_embedding

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
        native("anthropic", needs=(f"{LLMS}.anthropic",)),
        gemini("v1beta", needs=(f"{LLMS}.google_genai",)),
        native("bedrock", needs=(f"{LLMS}.bedrock_converse",)),
        native("ollama", needs=(f"{LLMS}.ollama",), settings={"num_ctx": 8192}),
        *embeddings("openai", "mistral", "together", "vllm", needs=(f"{EMBEDDINGS}.openai_like",)),
        gemini_embedding("v1beta", needs=(f"{EMBEDDINGS}.google_genai",)),
        native_embedding("cohere", needs=(f"{EMBEDDINGS}.cohere",)),
        native_embedding("ollama", needs=(f"{EMBEDDINGS}.ollama",)),
    ),
    converse,
    variables=AWS,
    embed=embed,
)
