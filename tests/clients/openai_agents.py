"""OpenAI's Agents SDK, which would upload what is said if the environment let it."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import chats


def converse(client: Any, metadata: dict[str, Any]) -> str:
    from agents import Runner

    return Runner.run_sync(client, "ping").final_output


CLIENT = Client(
    "openai-agents",
    ("agents",),
    chats(),
    converse,
    variables={"OPENAI_AGENTS_DISABLE_TRACING": "true"},
)
