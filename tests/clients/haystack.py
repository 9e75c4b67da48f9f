"""Haystack's generators, embedders and rankers."""

from typing import Any

from tests.clients import SLASHED, Client, Route

PARTS = "haystack_integrations.components"
GOOGLE = (f"{PARTS}.generators.google_genai",)
COHERE = (f"{PARTS}.generators.cohere",)


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.run("ping")["replies"][0].text


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client.run("ping")["embedding"]


CLIENT = Client(
    "haystack",
    ("haystack",),
    (
        Route("openai", "/v1/chat/completions", "gpt-4o", "max_completion_tokens"),
        Route("anthropic", "/v1/messages", "claude-sonnet-4-5", needs=(f"{PARTS}.generators.anthropic",), fixed=True),
        Route(
            "google",
            "/v1/models/gemini-2.5-flash:generateContent",
            "gemini-2.5-flash",
            "generationConfig.maxOutputTokens",
            needs=GOOGLE,
            fixed=True,
        ),
        Route(
            "bedrock",
            "/model/us.amazon.nova-lite-v1%3A0/converse",
            "us.amazon.nova-lite-v1:0",
            "inferenceConfig.maxTokens",
            needs=(f"{PARTS}.generators.amazon_bedrock",),
            signs_in=True,
        ),
        Route("ollama", "/v1/chat/completions", "llama3:8b", key="ollama"),
        Route("cohere", "/v2/chat", "command-a-03-2025", needs=COHERE),
        Route("mistral", "/v1/chat/completions", "mistral-small-latest", needs=(f"{PARTS}.generators.mistral",)),
        Route(
            "openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free", needs=(f"{PARTS}.generators.openrouter",)
        ),
        Route("groq", "/openai/v1/chat/completions", "openai/gpt-oss-20b"),
        Route("deepseek", "/v1/chat/completions", "deepseek-chat"),
        Route("xai", "/v1/chat/completions", "grok-4"),
        Route("azure", "/openai/v1/chat/completions", "my-deployment", "max_completion_tokens"),
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together"),
        Route("together", "/v1/chat/completions"),
        Route("vllm", "/v1/chat/completions", key="none"),
        Route("openai", "/v1/embeddings", "text-embedding-3-small", kind="embedding"),
        Route("mistral", "/v1/embeddings", "mistral-embed", kind="embedding"),
        Route("together", "/v1/embeddings", "BAAI/bge-base-en-v1.5", kind="embedding"),
        Route("vllm", "/v1/embeddings", key="none", kind="embedding"),
        Route("ollama", "/v1/embeddings", "nomic-embed-text", key="ollama", kind="embedding"),
        Route(
            "google",
            "/v1/models/gemini-embedding-001:batchEmbedContents",
            "gemini-embedding-001",
            needs=GOOGLE,
            kind="embedding",
        ),
        Route("cohere", "/v2/embed", "embed-v4.0", needs=COHERE, kind="embedding"),
        Route("cohere", "/v2/rerank", "rerank-v3.5", needs=COHERE, kind="rerank"),
        Route("openai", "/v1/images/generations", "gpt-image-1", kind="image"),
    ),
    converse,
    variables={
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "AWS_REGION": "us-east-1",
        "AWS_BEARER_TOKEN_BEDROCK": None,  # which botocore sends by HTTPS alone
        "AWS_ACCESS_KEY_ID": "AKIA0123456789",
        "AWS_SECRET_ACCESS_KEY": "0123456789",
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "{url}",
        "ANTHROPIC_BASE_URL": "{url}",
        "GOOGLE_GEMINI_BASE_URL": "{url}",
    },
    embed=embed,
)
