"""The litellm library."""

from typing import Any

from tests.clients import MESSAGES, Client, Route
from tests.clients._routes import chats, embeddings, gemini, gemini_embedding, native, native_embedding


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client(messages=MESSAGES).choices[0].message.content


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client(input=["ping"]).data[0]["embedding"]


CLIENT = Client(
    "litellm",
    ("litellm",),
    (
        *chats(without=("anthropic", "google", "xai", "cohere", "ollama")),
        *chats("xai", refuses=("stop",)),
        native("anthropic"),
        gemini("v1beta", cap="generationConfig.max_output_tokens"),
        native("bedrock", needs=("boto3",)),
        native("cohere"),
        native("ollama"),
        Route("fireworks", "/inference/v1/chat/completions", "accounts/fireworks/models/llama-v3p1-8b-instruct"),
        Route("cerebras", "/v1/chat/completions", "gpt-oss-120b"),
        Route("nvidia", "/v1/chat/completions", "meta/llama-3.3-70b-instruct"),
        Route("deepinfra", "/v1/openai/chat/completions"),
        Route("sambanova", "/v1/chat/completions", "Meta-Llama-3.3-70B-Instruct"),
        Route("litellm", "/v1/chat/completions", "mock/gpt"),
        *embeddings("openai", "openrouter", "mistral", "vllm"),
        gemini_embedding("v1beta"),
        native_embedding("cohere"),
        native_embedding("ollama"),
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
