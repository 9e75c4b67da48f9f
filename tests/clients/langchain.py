"""LangChain's init_chat_model and init_embeddings."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import AWS, chats, embeddings, gemini, gemini_embedding, native, native_embedding

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
        *chats("openrouter", needs=("langchain_openrouter",)),
        *chats("groq", needs=("langchain_groq",)),
        *chats("deepseek", needs=("langchain_deepseek",)),
        *chats("xai", needs=("langchain_xai",)),
        *chats("mistral", needs=("langchain_mistralai",)),
        native("anthropic", needs=("langchain_anthropic",)),
        gemini("v1", needs=GOOGLE),
        native("bedrock", needs=("langchain_aws",)),
        native("ollama", needs=("langchain_ollama",)),
        *embeddings("openai", "mistral", "together", "vllm", needs=OPENAI),
        gemini_embedding("v1", needs=GOOGLE),
        native_embedding("cohere", path="/v1/embed", needs=("langchain_cohere",)),
        native_embedding("ollama", needs=("langchain_ollama",)),
    ),
    converse,
    variables=AWS | {"LANGSMITH_TRACING": "false"},
    embed=embed,
)
