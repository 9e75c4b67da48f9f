"""AutoGen's client for whoever speaks OpenAI's protocol."""

import asyncio
from typing import Any

from tests.clients import Client
from tests.clients._routes import chats


def converse(client: Any, metadata: dict[str, Any]) -> str:
    from autogen_core.models import UserMessage

    return asyncio.run(client.create([UserMessage(content="ping", source="user")])).content


CLIENT = Client(
    "autogen",
    ("autogen_ext", "openai"),
    chats(),
    converse,
)
