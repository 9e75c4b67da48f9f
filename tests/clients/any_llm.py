"""The any-llm-sdk library."""

from typing import Any

from tests.clients import MESSAGES, SLASHED, Client, Route


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.completion(**metadata, messages=MESSAGES).choices[0].message.content


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client(inputs=["ping"]).data[0].embedding


CLIENT = Client(
    "any-llm",
    ("any_llm",),
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
        Route("cohere", "/v2/chat", "command-a-03-2025", needs=("cohere",)),
        Route(
            "bedrock",
            "/model/us.amazon.nova-lite-v1%3A0/converse",
            "us.amazon.nova-lite-v1:0",
            "inferenceConfig.maxTokens",
            needs=("boto3",),
            signs_in=True,
        ),
        Route("ollama", "/api/chat", "llama3:8b", "options.num_predict", key="ollama", needs=("ollama",)),
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free"),
        Route("groq", "/openai/v1/chat/completions", "openai/gpt-oss-20b"),
        Route("deepseek", "/v1/chat/completions", "deepseek-chat"),
        Route("xai", "/v1/chat/completions", "grok-4"),
        Route("azure", "/openai/v1/chat/completions", "my-deployment", "max_completion_tokens"),
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together"),
        Route("together", "/v1/chat/completions"),
        Route("vllm", "/v1/chat/completions", key="none"),
        Route("openai", "/v1/embeddings", "text-embedding-3-small", kind="embedding"),
        Route("mistral", "/v1/embeddings", "mistral-embed", kind="embedding"),
        Route("ollama", "/v1/embeddings", "nomic-embed-text", key="ollama", kind="embedding"),
        Route("vllm", "/v1/embeddings", key="none", kind="embedding"),
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
