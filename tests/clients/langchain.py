"""LangChain's init_chat_model and init_embeddings."""

from typing import Any

from tests.clients import SLASHED, Client, Route

OPENAI = ("langchain_openai",)


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.invoke("ping").text


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client.embed_query("ping")


CLIENT = Client(
    "langchain",
    ("langchain",),
    (
        Route("openai", "/v1/chat/completions", "gpt-4o", "max_completion_tokens", needs=OPENAI),
        Route("anthropic", "/v1/messages", "claude-sonnet-4-5", needs=("langchain_anthropic",)),
        Route(
            "google",
            "/v1/models/gemini-2.5-flash:generateContent",
            "gemini-2.5-flash",
            "generationConfig.maxOutputTokens",
            needs=("langchain_google_genai",),
        ),
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free", needs=("langchain_openrouter",)),
        Route("mistral", "/v1/chat/completions", "mistral-small-latest", needs=("langchain_mistralai",)),
        Route("groq", "/openai/v1/chat/completions", "openai/gpt-oss-20b", needs=("langchain_groq",)),
        Route("deepseek", "/v1/chat/completions", "deepseek-chat", needs=("langchain_deepseek",)),
        Route("xai", "/v1/chat/completions", "grok-4", needs=("langchain_xai",)),
        Route(
            "bedrock",
            "/model/us.amazon.nova-lite-v1%3A0/converse",
            "us.amazon.nova-lite-v1:0",
            "inferenceConfig.maxTokens",
            needs=("langchain_aws",),
            signs_in=True,
        ),
        Route("cohere", "/compatibility/v1/chat/completions", "command-a-03-2025", needs=OPENAI),
        Route("azure", "/openai/v1/chat/completions", "my-deployment", "max_completion_tokens", needs=OPENAI),
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together", needs=OPENAI),
        Route("together", "/v1/chat/completions", needs=OPENAI),
        Route("ollama", "/api/chat", "llama3:8b", "options.num_predict", key="ollama", needs=("langchain_ollama",)),
        Route("vllm", "/v1/chat/completions", key="none", needs=OPENAI),
        Route("openai", "/v1/embeddings", "text-embedding-3-small", needs=OPENAI, kind="embedding"),
        Route("together", "/v1/embeddings", "BAAI/bge-base-en-v1.5", needs=OPENAI, kind="embedding"),
        Route("vllm", "/v1/embeddings", key="none", needs=OPENAI, kind="embedding"),
        Route("mistral", "/v1/embeddings", "mistral-embed", needs=OPENAI, kind="embedding"),
        Route("cohere", "/v1/embed", "embed-v4.0", needs=("langchain_cohere",), kind="embedding"),
        Route(
            "google",
            "/v1/models/gemini-embedding-001:batchEmbedContents",
            "gemini-embedding-001",
            needs=("langchain_google_genai",),
            kind="embedding",
        ),
        Route("ollama", "/api/embed", "nomic-embed-text", key="ollama", needs=("langchain_ollama",), kind="embedding"),
    ),
    converse,
    variables={
        "AWS_REGION": "us-east-1",
        "AWS_BEARER_TOKEN_BEDROCK": None,  # which botocore sends by HTTPS alone
        "AWS_ACCESS_KEY_ID": "AKIA0123456789",
        "AWS_SECRET_ACCESS_KEY": "0123456789",
        "LANGSMITH_TRACING": "false",
    },
    embed=embed,
)
