"""CrewAI's LLM."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import ANTHROPIC, AWS, BEDROCK, chats, gemini


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.call("ping")


CLIENT = Client(
    "crewai",
    ("crewai",),
    (
        *chats(without=("anthropic", "google")),
        ANTHROPIC.but(needs=("anthropic",)),
        gemini("v1beta", needs=("google.genai",)),
        BEDROCK.but(needs=("boto3",)),
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
