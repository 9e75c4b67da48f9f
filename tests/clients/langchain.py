"""LangChain's init_chat_model and init_embeddings."""

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

OPENAI = ("langchain_openai",)
GOOGLE = ("langchain_google_genai",)


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.invoke("ping").text


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client.embed_query("ping")


CLIENT = Client(
    "langchain",
    ("langchain",),
    (
        *chats("openai", "cohere", "together", "azure", "huggingface", "vllm", needs=OPENAI),
        *(
            route.but(needs=(f"langchain_{route.provider}",))
            for route in chats("openrouter", "groq", "deepseek", "xai")
        ),
        *chats("mistral", needs=("langchain_mistralai",)),
        ANTHROPIC.but(needs=("langchain_anthropic",)),
        gemini("v1", needs=GOOGLE),
        BEDROCK.but(needs=("langchain_aws",)),
        OLLAMA.but(needs=("langchain_ollama",)),
        *embeddings("openai", "mistral", "together", "vllm", needs=OPENAI),
        gemini_embedding("v1", needs=GOOGLE),
        COHERE_EMBEDDING.but(path="/v1/embed", needs=("langchain_cohere",)),
        OLLAMA_EMBEDDING.but(needs=("langchain_ollama",)),
    ),
    converse,
    variables=AWS | {"LANGSMITH_TRACING": "false"},
    embed=embed,
)
