"""OpenRouter, through the openai library."""

from tests.clients import Client
from tests.clients._routes import chats, embeddings
from tests.clients.openai import converse, embed

CLIENT = Client(
    "openrouter",
    ("openai",),
    (*chats("openrouter"), *embeddings("openrouter")),
    converse,
    embed=embed,
)
