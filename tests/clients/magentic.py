"""magentic's chat models."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import ANTHROPIC, chats


def converse(client: Any, metadata: dict[str, Any]) -> str:
    from magentic import Chat, UserMessage

    return Chat([UserMessage("ping")], model=client).submit().last_message.content


CLIENT = Client(
    "magentic",
    ("magentic",),
    (*chats(without=("anthropic",)), ANTHROPIC.but(needs=("anthropic",))),
    converse,
)
