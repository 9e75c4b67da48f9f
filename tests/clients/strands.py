"""Strands' agent, which always streams."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import ANTHROPIC, AWS, BEDROCK, OLLAMA, chats, gemini


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return str(client("ping")).strip()


CLIENT = Client(
    "strands",
    ("strands",),
    (
        *chats(without=("anthropic", "google", "ollama")),
        ANTHROPIC.but(needs=("anthropic",)),
        gemini("v1beta", path="/v1beta/models/gemini-2.5-flash:streamGenerateContent", needs=("google.genai",)),
        BEDROCK.but(path=f"{BEDROCK.path}-stream", needs=("boto3",)),
        OLLAMA.but(needs=("ollama",)),
    ),
    converse,
    variables=AWS,
)
