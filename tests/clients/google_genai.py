"""The google-genai library."""

from typing import Any

from tests.clients import Client, Route
from tests.clients._routes import gemini, gemini_embedding


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.models.generate_content(**metadata, contents="ping").text


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client.models.embed_content(**metadata, contents=["ping"]).embeddings[0].values


IMAGE = "gemini-2.5-flash-image"
CLIENT = Client(
    "google-genai",
    ("google.genai",),
    (
        gemini("v1"),
        gemini_embedding("v1"),
        Route("google", f"/v1/models/{IMAGE}:generateContent", IMAGE, kind="image"),
    ),
    converse,
    variables={"GOOGLE_GENAI_USE_VERTEXAI": "true"},
    embed=embed,
)
