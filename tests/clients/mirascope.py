"""Mirascope's models; its providers are registered for one of them."""

from typing import Any

from tests.clients import SLASHED, Client, Route


def converse(client: Any, metadata: dict[str, Any]) -> str:
    from mirascope import llm

    return llm.Model(**metadata).call("ping").text()


CLIENT = Client(
    "mirascope",
    ("mirascope",),
    (
        Route("openai", "/v1/responses", "gpt-4o", "max_output_tokens"),
        Route("anthropic", "/v1/messages", "claude-sonnet-4-5", needs=("anthropic",)),
        Route(
            "google",
            "/v1beta/models/gemini-2.5-flash:generateContent",
            "gemini-2.5-flash",
            "generationConfig.maxOutputTokens",
            needs=("google.genai",),
        ),
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free"),
        Route("groq", "/openai/v1/chat/completions", "openai/gpt-oss-20b"),
        Route("deepseek", "/v1/chat/completions", "deepseek-chat"),
        Route("xai", "/v1/chat/completions", "grok-4"),
        Route("mistral", "/v1/chat/completions", "mistral-small-latest"),
        Route("cohere", "/compatibility/v1/chat/completions", "command-a-03-2025"),
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together"),
        Route("together", "/v1/chat/completions"),
        Route("ollama", "/v1/chat/completions", "llama3:8b", key="ollama"),
        Route("vllm", "/v1/chat/completions", key="none"),
    ),
    converse,
)
