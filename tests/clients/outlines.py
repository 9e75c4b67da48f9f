"""Outlines around the vendors' libraries."""

from typing import Any

from tests.clients import SLASHED, Client, Route


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client("ping", **metadata)


CLIENT = Client(
    "outlines",
    ("outlines",),
    (
        Route("openai", "/v1/chat/completions", "gpt-4o", "max_completion_tokens"),
        Route("anthropic", "/v1/messages", "claude-sonnet-4-5", needs=("anthropic",)),
        Route(
            "google",
            "/v1/models/gemini-2.5-flash:generateContent",
            "gemini-2.5-flash",
            "generationConfig.maxOutputTokens",
            needs=("google.genai",),
        ),
        Route("mistral", "/v1/chat/completions", "mistral-small-latest"),
        Route("ollama", "/api/chat", "llama3:8b", "options.num_predict", key="ollama", needs=("ollama",)),
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free"),
        Route("groq", "/openai/v1/chat/completions", "openai/gpt-oss-20b"),
        Route("deepseek", "/v1/chat/completions", "deepseek-chat"),
        Route("xai", "/v1/chat/completions", "grok-4"),
        Route("cohere", "/compatibility/v1/chat/completions", "command-a-03-2025"),
        Route("azure", "/openai/v1/chat/completions", "my-deployment", "max_completion_tokens"),
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together"),
        Route("together", "/v1/chat/completions"),
        Route("vllm", "/v1/chat/completions", key="none"),
    ),
    converse,
)
