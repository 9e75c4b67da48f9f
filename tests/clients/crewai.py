"""CrewAI's LLM."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import AWS, chats, gemini, native


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.call("ping")


CLIENT = Client(
    "crewai",
    ("crewai",),
    (
        *chats(without=("anthropic", "google")),
        native("anthropic", needs=("anthropic",)),
        gemini("v1beta", needs=("google.genai",)),
        native("bedrock", needs=("boto3",)),
    ),
    converse,
    variables={
        **AWS,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "{url}",
        "CREWAI_DISABLE_TELEMETRY": "true",
        "CREWAI_TRACING_ENABLED": "false",
        "OTEL_SDK_DISABLED": "true",
    },
)
