"""The openai library."""

from typing import Any

from tests.clients import MESSAGES, SLASHED, Client, Route


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.chat.completions.create(**metadata, messages=MESSAGES).choices[0].message.content


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client.embeddings.create(**metadata, input=["ping"], encoding_format="float").data[0].embedding


CLIENT = Client(
    "openai",
    ("openai",),
    (
        Route("openai", "/v1/chat/completions", "gpt-4o", "max_completion_tokens"),
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free"),
        Route("anthropic", "/v1/chat/completions", "claude-sonnet-4-5"),
        Route("google", "/v1beta/openai/chat/completions", "gemini-2.5-flash"),
        Route("groq", "/openai/v1/chat/completions"),
        Route("together", "/v1/chat/completions"),
        Route("ollama", "/v1/chat/completions", "llama3:8b", key="ollama"),
        Route("vllm", "/v1/chat/completions", key="none"),
        Route("openai", "/v1/embeddings", "text-embedding-3-small", kind="embedding"),
        Route("vllm", "/v1/embeddings", SLASHED, kind="embedding", key="none"),
    ),
    converse,
    embed=embed,
)
