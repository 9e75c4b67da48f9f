"""The cohere library."""

from typing import Any

from tests.clients import MESSAGES, Client, Route
from tests.clients._routes import native, native_embedding


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.chat(**metadata, messages=MESSAGES).message.content[0].text


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    answer = client.embed(**metadata, texts=["ping"], input_type="search_document", embedding_types=["float"])
    return answer.embeddings.float_[0]


CLIENT = Client(
    "cohere",
    ("cohere",),
    (native("cohere"), native_embedding("cohere"), Route("cohere", "/v2/rerank", "rerank-v3.5", kind="rerank")),
    converse,
    embed=embed,
)
