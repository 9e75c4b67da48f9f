"""OpenRouter, through the openai library."""

from tests.clients import Client, Route
from tests.clients.openai import converse, embed

CLIENT = Client(
    "openrouter",
    ("openai",),
    (
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free"),
        Route("openrouter", "/api/v1/embeddings", "openai/text-embedding-3-small", kind="embedding"),
    ),
    converse,
    embed=embed,
)
