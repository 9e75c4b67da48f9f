"""The models of smolagents."""

from typing import Any

from tests.clients import MESSAGES, Client
from tests.clients._routes import chats


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.generate(MESSAGES).content


CLIENT = Client(
    "smolagents",
    ("smolagents", "openai"),
    chats(),
    converse,
)
