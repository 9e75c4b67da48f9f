"""The anthropic library."""

from typing import Any

from tests.clients import MESSAGES, Client, Route
from tests.clients._routes import native


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.messages.create(**metadata, messages=MESSAGES).content[0].text


CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
CLIENT = Client(
    "anthropic",
    ("anthropic",),
    (
        native("anthropic"),
        Route("openrouter", "/api/v1/messages", "anthropic/claude-sonnet-4.5"),
        Route("deepseek", "/anthropic/v1/messages", "deepseek-chat"),
        Route("ollama", "/v1/messages", "gpt-oss:20b", key="ollama"),
        Route("llamacpp", "/v1/messages", key="none"),
        Route("litellm", "/v1/messages", "bedrock/claude"),
        Route("bedrock", f"/model/{CLAUDE}/invoke", CLAUDE, needs=("boto3",), signs_in=True),
    ),
    converse,
    variables={"AWS_REGION": "us-east-1"},
)
