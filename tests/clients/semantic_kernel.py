"""The services of Semantic Kernel."""

import asyncio
from typing import Any

from tests.clients import Client
from tests.clients._routes import chats, embeddings, gemini, gemini_embedding, native, native_embedding


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
        *chats(without=("anthropic", "google", "ollama")),
        native("anthropic", needs=("anthropic",)),
        gemini("v1beta", needs=("google.genai",)),
        native("bedrock", needs=("boto3",)),
        native("ollama", needs=("ollama",)),
        *embeddings("openai", "mistral", "vllm"),
        gemini_embedding("v1beta", needs=("google.genai",)),
        native_embedding("ollama", path="/api/embeddings", needs=("ollama",)),
    ),
    converse,
    variables={"AWS_REGION": "us-east-1"},
    embed=embed,
)
