"""magentic's chat models."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import chats, native


def converse(client: Any, metadata: dict[str, Any]) -> str:
    from magentic import Chat, UserMessage

    return Chat([UserMessage("ping")], model=client).submit().last_message.content


CLIENT = Client(
    "magentic",
    ("magentic",),
    (*chats(without=("anthropic",)), native("anthropic", needs=("anthropic",))),
    converse,
)
