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
        Route("openai", "/v1/images/generations", "gpt-image-1", kind="image"),
        Route("openai", "/v1/audio/speech", "gpt-4o-mini-tts", kind="speech"),
        Route("openai", "/v1/moderations", "omni-moderation-latest", kind="moderation"),
        Route("openai", "/v1/completions", "gpt-3.5-turbo-instruct", kind="completion"),
        Route("vllm", "/v1/completions", kind="completion", key="none"),
        Route("deepseek", "/v1/chat/completions", "deepseek-chat"),
        Route("xai", "/v1/chat/completions", "grok-4"),
        Route("mistral", "/v1/chat/completions", "mistral-small-latest"),
        Route("cohere", "/compatibility/v1/chat/completions", "command-a-03-2025"),
        Route("azure", "/openai/v1/chat/completions", "my-deployment", "max_completion_tokens"),
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together"),
    ),
    converse,
    embed=embed,
)
