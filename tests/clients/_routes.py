"""The routes that many libraries take: by OpenAI's protocol, which most servers speak, and by the vendors' own."""

from dataclasses import replace
from typing import Any

from tests.clients import SLASHED, Route

_CHATS = (
    Route("openai", "/v1/chat/completions", "gpt-4o", "max_completion_tokens"),
    Route("anthropic", "/v1/chat/completions", "claude-sonnet-4-5"),
    Route("google", "/v1beta/openai/chat/completions", "gemini-2.5-flash"),
    Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free"),
    Route("groq", "/openai/v1/chat/completions", "openai/gpt-oss-20b"),
    Route("deepseek", "/v1/chat/completions", "deepseek-chat"),
    Route("xai", "/v1/chat/completions", "grok-4"),
    Route("mistral", "/v1/chat/completions", "mistral-small-latest"),
    Route("cohere", "/compatibility/v1/chat/completions", "command-a-03-2025"),
    Route("together", "/v1/chat/completions"),
    Route("azure", "/openai/v1/chat/completions", "my-deployment", "max_completion_tokens"),
    Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together"),
    Route("ollama", "/v1/chat/completions", "llama3:8b", key="ollama"),
    Route("vllm", "/v1/chat/completions", key="none"),
)
_EMBEDDINGS = (
    Route("openai", "/v1/embeddings", "text-embedding-3-small", kind="embedding"),
    Route("openrouter", "/api/v1/embeddings", "openai/text-embedding-3-small", kind="embedding"),
    Route("mistral", "/v1/embeddings", "mistral-embed", kind="embedding"),
    Route("together", "/v1/embeddings", "BAAI/bge-base-en-v1.5", kind="embedding"),
    Route("ollama", "/v1/embeddings", "nomic-embed-text", key="ollama", kind="embedding"),
    Route("vllm", "/v1/embeddings", key="none", kind="embedding"),
)

_NATIVE = (
    Route("anthropic", "/v1/messages", "claude-sonnet-4-5"),
    Route(
        "bedrock",
        "/model/us.amazon.nova-lite-v1%3A0/converse",
        "us.amazon.nova-lite-v1:0",
        "inferenceConfig.maxTokens",
        signs_in=True,
    ),
    Route("cohere", "/v2/chat", "command-a-03-2025"),
    Route("ollama", "/api/chat", "hf.co/a/b:Q4", "options.num_predict", key="ollama"),
)
_NATIVE_EMBEDDINGS = (
    Route("cohere", "/v2/embed", "embed-v4.0", kind="embedding"),
    Route("ollama", "/api/embed", "nomic-embed-text", key="ollama", kind="embedding"),
)

AWS = {
    "AWS_REGION": "us-east-1",
    "AWS_BEARER_TOKEN_BEDROCK": None,  # which botocore sends by HTTPS alone
    "AWS_ACCESS_KEY_ID": "AKIA0123456789",
    "AWS_SECRET_ACCESS_KEY": "0123456789",
}
"""The login for Bedrock, as environment variables."""


def chats(*providers: str, without: tuple[str, ...] = (), **changes: Any) -> tuple[Route, ...]:
    """Return the routes of these providers by OpenAI's protocol, or of all `without` some; `changes` are for each."""
    return _chosen(_CHATS, providers, without, changes)


def embeddings(*providers: str, **changes: Any) -> tuple[Route, ...]:
    """Return the routes of these providers to an embedding by OpenAI's protocol; `changes` are for each."""
    return _chosen(_EMBEDDINGS, providers, (), changes)


def native(provider: str, **changes: Any) -> Route:
    """Return the route to a provider by its own protocol."""
    return _chosen(_NATIVE, (provider,), (), changes)[0]


def native_embedding(provider: str, **changes: Any) -> Route:
    """Return the route to an embedding by the provider's own protocol."""
    return _chosen(_NATIVE_EMBEDDINGS, (provider,), (), changes)[0]


def gemini(version: str, **changes: Any) -> Route:
    """Return the route to Gemini by this version of Google's own API."""
    id = "gemini-2.5-flash"
    route = Route("google", f"/{version}/models/{id}:generateContent", id, "generationConfig.maxOutputTokens")
    return replace(route, **changes)


def gemini_embedding(version: str, **changes: Any) -> Route:
    """Return the route to an embedding of Google's by this version of its own API."""
    id = "gemini-embedding-001"
    route = Route("google", f"/{version}/models/{id}:batchEmbedContents", id, kind="embedding")
    return replace(route, **changes)


def _chosen(
    routes: tuple[Route, ...], providers: tuple[str, ...], without: tuple[str, ...], changes: dict[str, Any]
) -> tuple[Route, ...]:
    unknown = {*providers, *without} - {route.provider for route in routes}
    assert not unknown, unknown
    wanted = providers or [route.provider for route in routes if route.provider not in without]
    return tuple(replace(route, **changes) for route in routes if route.provider in wanted)
