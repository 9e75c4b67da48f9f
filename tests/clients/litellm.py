"""The litellm library."""

from typing import Any

from tests.clients import MESSAGES, SLASHED, Client, Route


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client(messages=MESSAGES).choices[0].message.content


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client(input=["ping"]).data[0]["embedding"]


CLIENT = Client(
    "litellm",
    ("litellm",),
    (
        Route("openai", "/v1/chat/completions", "gpt-4o", "max_completion_tokens"),
        Route("anthropic", "/v1/messages", "claude-sonnet-4-5"),
        Route(
            "google",
            "/v1beta/models/gemini-2.5-flash:generateContent",
            "gemini-2.5-flash",
            "generationConfig.max_output_tokens",
        ),
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free"),
        Route("groq", "/openai/v1/chat/completions", "openai/gpt-oss-20b"),
        Route("deepseek", "/v1/chat/completions", "deepseek-chat"),
        Route("xai", "/v1/chat/completions", "grok-4", refuses=("stop",)),
        Route("mistral", "/v1/chat/completions", "mistral-small-latest"),
        Route("cohere", "/v2/chat", "command-a-03-2025"),
        Route("together", "/v1/chat/completions"),
        Route("fireworks", "/inference/v1/chat/completions", "accounts/fireworks/models/llama-v3p1-8b-instruct"),
        Route("cerebras", "/v1/chat/completions", "gpt-oss-120b"),
        Route("nvidia", "/v1/chat/completions", "meta/llama-3.3-70b-instruct"),
        Route("deepinfra", "/v1/openai/chat/completions"),
        Route("sambanova", "/v1/chat/completions", "Meta-Llama-3.3-70B-Instruct"),
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together"),
        Route("azure", "/openai/v1/chat/completions", "my-deployment", "max_completion_tokens"),
        Route(
            "bedrock",
            "/model/us.amazon.nova-lite-v1%3A0/converse",
            "us.amazon.nova-lite-v1:0",
            "inferenceConfig.maxTokens",
            needs=("boto3",),
            signs_in=True,
        ),
        Route("ollama", "/api/chat", "hf.co/a/b:Q4", "options.num_predict", key="ollama"),
        Route("vllm", "/v1/chat/completions", key="none"),
        Route("litellm", "/v1/chat/completions", "mock/gpt"),
        Route("openai", "/v1/embeddings", "text-embedding-3-small", kind="embedding"),
        Route(
            "google", "/v1beta/models/gemini-embedding-001:batchEmbedContents", "gemini-embedding-001", kind="embedding"
        ),
        Route("cohere", "/v2/embed", "embed-v4.0", kind="embedding"),
        Route("mistral", "/v1/embeddings", "mistral-embed", kind="embedding"),
        Route("openrouter", "/api/v1/embeddings", "openai/text-embedding-3-small", kind="embedding"),
        Route("ollama", "/api/embed", "nomic-embed-text", key="ollama", kind="embedding"),
        Route("vllm", "/v1/embeddings", key="none", kind="embedding"),
        Route("litellm", "/v1/embeddings", "mock/embedding", kind="embedding"),
        Route("openai", "/v1/images/generations", "gpt-image-1", kind="image"),
        Route("cohere", "/v2/rerank", "rerank-v3.5", kind="rerank"),
        Route("vllm", "/v1/rerank", "BAAI/bge-reranker-base", key="none", kind="rerank"),
        Route("openai", "/v1/audio/speech", "gpt-4o-mini-tts", kind="speech"),
    ),
    converse,
    variables={"LITELLM_LOCAL_MODEL_COST_MAP": "True", "AWS_REGION": "us-east-1"},
    embed=embed,
)
