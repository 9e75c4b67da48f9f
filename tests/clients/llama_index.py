"""LlamaIndex's classes for models, chat and embedding."""

from typing import Any

from tests.clients import SLASHED, Client, Route

LIKE = ("llama_index.llms.openai_like",)
EMBEDDING = ("llama_index.embeddings.openai_like",)


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.complete("ping").text


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client.get_text_embedding("ping")


CLIENT = Client(
    "llama-index",
    ("llama_index.core",),
    (
        Route("openai", "/v1/chat/completions", "gpt-99-of-tomorrow", "max_completion_tokens", needs=LIKE),
        Route("anthropic", "/v1/messages", "claude-sonnet-4-5", needs=("llama_index.llms.anthropic",)),
        Route(
            "google",
            "/v1beta/models/gemini-2.5-flash:generateContent",
            "gemini-2.5-flash",
            "generationConfig.maxOutputTokens",
            needs=("llama_index.llms.google_genai",),
        ),
        Route("mistral", "/v1/chat/completions", "mistral-small-latest", needs=("llama_index.llms.mistralai",)),
        Route(
            "bedrock",
            "/model/us.amazon.nova-lite-v1%3A0/converse",
            "us.amazon.nova-lite-v1:0",
            "inferenceConfig.maxTokens",
            needs=("llama_index.llms.bedrock_converse",),
            signs_in=True,
        ),
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free", needs=LIKE),
        Route("groq", "/openai/v1/chat/completions", "openai/gpt-oss-20b", needs=LIKE),
        Route("deepseek", "/v1/chat/completions", "deepseek-chat", needs=LIKE),
        Route("xai", "/v1/chat/completions", "grok-4", needs=LIKE),
        Route("cohere", "/compatibility/v1/chat/completions", "command-a-03-2025", needs=LIKE),
        Route("azure", "/openai/v1/chat/completions", "my-deployment", "max_completion_tokens", needs=LIKE),
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together", needs=LIKE),
        Route("together", "/v1/chat/completions", needs=LIKE),
        Route(
            "ollama",
            "/api/chat",
            "llama3:8b",
            "options.num_predict",
            key="ollama",
            needs=("llama_index.llms.ollama",),
            settings={"num_ctx": 8192},
        ),
        Route("vllm", "/v1/chat/completions", key="none", needs=LIKE),
        Route("openai", "/v1/embeddings", "text-embedding-3-small", needs=EMBEDDING, kind="embedding"),
        Route("mistral", "/v1/embeddings", "mistral-embed", needs=EMBEDDING, kind="embedding"),
        Route("together", "/v1/embeddings", "BAAI/bge-base-en-v1.5", needs=EMBEDDING, kind="embedding"),
        Route("vllm", "/v1/embeddings", key="none", needs=EMBEDDING, kind="embedding"),
        Route(
            "ollama",
            "/api/embed",
            "nomic-embed-text",
            key="ollama",
            needs=("llama_index.embeddings.ollama",),
            kind="embedding",
        ),
        Route(
            "google",
            "/v1beta/models/gemini-embedding-001:batchEmbedContents",
            "gemini-embedding-001",
            needs=("llama_index.embeddings.google_genai",),
            kind="embedding",
        ),
        Route("cohere", "/v2/embed", "embed-v4.0", needs=("llama_index.embeddings.cohere",), kind="embedding"),
    ),
    converse,
    variables={
        "AWS_REGION": "us-east-1",
        "AWS_BEARER_TOKEN_BEDROCK": None,  # which botocore sends by HTTPS alone
        "AWS_ACCESS_KEY_ID": "AKIA0123456789",
        "AWS_SECRET_ACCESS_KEY": "0123456789",
    },
    embed=embed,
)
