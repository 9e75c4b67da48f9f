"""The google-genai library."""

from typing import Any

from tests.clients import Client, Route


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.models.generate_content(**metadata, contents="ping").text


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client.models.embed_content(**metadata, contents=["ping"]).embeddings[0].values


IMAGE = "gemini-2.5-flash-image"
CLIENT = Client(
    "google-genai",
    ("google.genai",),
    (
        Route(
            "google",
            "/v1/models/gemini-2.5-flash:generateContent",
            "gemini-2.5-flash",
            "generationConfig.maxOutputTokens",
        ),
        Route(
            "google",
            "/v1/models/gemini-embedding-001:batchEmbedContents",
            "gemini-embedding-001",
            kind="embedding",
        ),
        Route("google", f"/v1/models/{IMAGE}:generateContent", IMAGE, kind="image"),
    ),
    converse,
    variables={"GOOGLE_GENAI_USE_VERTEXAI": "true"},
    embed=embed,
)
