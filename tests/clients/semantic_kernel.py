"""The services of Semantic Kernel."""

import asyncio
from typing import Any

from tests.clients import SLASHED, Client, Route


def converse(client: Any, metadata: dict[str, Any]) -> str:
    from semantic_kernel.contents import ChatHistory

    history = ChatHistory()
    history.add_user_message("ping")
    settings = client.instantiate_prompt_execution_settings(**metadata)
    return str(asyncio.run(client.get_chat_message_content(history, settings)))


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return asyncio.run(client.generate_embeddings(["ping"])).tolist()[0]


CLIENT = Client(
    "semantic-kernel",
    ("semantic_kernel",),
    (
        Route("openai", "/v1/chat/completions", "gpt-4o", "max_completion_tokens"),
        Route("anthropic", "/v1/messages", "claude-sonnet-4-5", needs=("anthropic",)),
        Route(
            "google",
            "/v1beta/models/gemini-2.5-flash:generateContent",
            "gemini-2.5-flash",
            "generationConfig.maxOutputTokens",
            needs=("google.genai",),
        ),
        Route(
            "bedrock",
            "/model/us.amazon.nova-lite-v1%3A0/converse",
            "us.amazon.nova-lite-v1:0",
            "inferenceConfig.maxTokens",
            needs=("boto3",),
            signs_in=True,
        ),
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free"),
        Route("groq", "/openai/v1/chat/completions", "openai/gpt-oss-20b"),
        Route("deepseek", "/v1/chat/completions", "deepseek-chat"),
        Route("xai", "/v1/chat/completions", "grok-4"),
        Route("mistral", "/v1/chat/completions", "mistral-small-latest"),
        Route("cohere", "/compatibility/v1/chat/completions", "command-a-03-2025"),
        Route("together", "/v1/chat/completions"),
        Route("azure", "/openai/v1/chat/completions", "my-deployment", "max_completion_tokens"),
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together"),
        Route("ollama", "/api/chat", "hf.co/a/b:Q4", "options.num_predict", key="ollama", needs=("ollama",)),
        Route("vllm", "/v1/chat/completions", key="none"),
        Route("openai", "/v1/embeddings", "text-embedding-3-small", kind="embedding"),
        Route("mistral", "/v1/embeddings", "mistral-embed", kind="embedding"),
        Route("vllm", "/v1/embeddings", key="none", kind="embedding"),
        Route("ollama", "/api/embeddings", "nomic-embed-text", key="ollama", needs=("ollama",), kind="embedding"),
        Route(
            "google",
            "/v1beta/models/gemini-embedding-001:batchEmbedContents",
            "gemini-embedding-001",
            needs=("google.genai",),
            kind="embedding",
        ),
    ),
    converse,
    variables={"AWS_REGION": "us-east-1"},
    embed=embed,
)
