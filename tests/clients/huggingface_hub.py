"""The huggingface_hub library."""

from typing import Any

from tests.clients import MESSAGES, SLASHED, Client, Route


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.chat_completion(**metadata, messages=MESSAGES).choices[0].message.content


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return [float(number) for number in client.feature_extraction(["ping"])[0]]


EMBEDDING = "BAAI/bge-small-en-v1.5"
CLIENT = Client(
    "huggingface-hub",
    ("huggingface_hub",),
    (
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together"),
        Route("openai", "/v1/chat/completions", "gpt-4o", "max_completion_tokens"),
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free"),
        Route("google", "/v1beta/openai/chat/completions", "gemini-2.5-flash"),
        Route("anthropic", "/v1/chat/completions", "claude-sonnet-4-5"),
        Route("groq", "/openai/v1/chat/completions"),
        Route("mistral", "/v1/chat/completions", "mistral-small-latest"),
        Route("together", "/v1/chat/completions"),
        Route("ollama", "/v1/chat/completions", "llama3:8b", key="ollama"),
        Route("vllm", "/v1/chat/completions", key="none"),
        Route(
            "huggingface",
            f"/hf-inference/models/{EMBEDDING}/pipeline/feature-extraction",
            EMBEDDING,
            needs=("numpy",),
            kind="embedding",
        ),
    ),
    converse,
    embed=embed,
)
