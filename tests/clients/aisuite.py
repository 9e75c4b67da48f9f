"""The aisuite library."""

from typing import Any

from tests.clients import MESSAGES, SLASHED, Client, Route


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.chat.completions.create(**metadata, messages=MESSAGES).choices[0].message.content


CLIENT = Client(
    "aisuite",
    ("aisuite",),
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
        Route("mistral", "/v1/chat/completions", "mistral-small-latest", needs=("mistralai",)),
        Route("groq", "/openai/v1/chat/completions", "openai/gpt-oss-20b", needs=("groq",)),
        Route("cohere", "/v2/chat", "command-a-03-2025", needs=("cohere",)),
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free"),
        Route("deepseek", "/v1/chat/completions", "deepseek-chat"),
        Route("xai", "/v1/chat/completions", "grok-4"),
        Route("azure", "/openai/v1/chat/completions", "my-deployment", "max_completion_tokens"),
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together"),
        Route("together", "/v1/chat/completions"),
        Route("ollama", "/v1/chat/completions", "llama3:8b", key="ollama"),
        Route("vllm", "/v1/chat/completions", key="none"),
    ),
    converse,
)
