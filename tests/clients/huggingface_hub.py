"""The huggingface_hub library."""

from typing import Any

from tests.clients import MESSAGES, Client, Route
from tests.clients._routes import chats


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.chat_completion(**metadata, messages=MESSAGES).choices[0].message.content


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return [float(number) for number in client.feature_extraction(["ping"])[0]]


EMBEDDING = "BAAI/bge-small-en-v1.5"
CLIENT = Client(
    "huggingface-hub",
    ("huggingface_hub",),
    (
        *chats(without=("deepseek", "xai", "cohere", "azure")),
        Route(
            "huggingface",
            f"/hf-inference/models/{EMBEDDING}/pipeline/feature-extraction",
            EMBEDDING,
            needs=("numpy",),
            kind="embedding",
        ),
    ),
    converse,
    embed=embed,
)
