"""Strands' agent, which always streams."""

from typing import Any

from tests.clients import SLASHED, Client, Route


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return str(client("ping")).strip()


CLIENT = Client(
    "strands",
    ("strands",),
    (
        Route("openai", "/v1/chat/completions", "gpt-4o", "max_completion_tokens"),
        Route("anthropic", "/v1/messages", "claude-sonnet-4-5", needs=("anthropic",)),
        Route(
            "google",
            "/v1beta/models/gemini-2.5-flash:streamGenerateContent",
            "gemini-2.5-flash",
            "generationConfig.maxOutputTokens",
            needs=("google.genai",),
        ),
        Route(
            "bedrock",
            "/model/us.amazon.nova-lite-v1%3A0/converse-stream",
            "us.amazon.nova-lite-v1:0",
            "inferenceConfig.maxTokens",
            needs=("boto3",),
            signs_in=True,
        ),
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free"),
        Route("groq", "/openai/v1/chat/completions", "openai/gpt-oss-20b"),
        Route("deepseek", "/v1/chat/completions", "deepseek-chat"),
        Route("xai", "/v1/chat/completions", "grok-4"),
        Route("mistral", "/v1/chat/completions", "mistral-small-latest"),
        Route("cohere", "/compatibility/v1/chat/completions", "command-a-03-2025"),
        Route("together", "/v1/chat/completions"),
        Route("azure", "/openai/v1/chat/completions", "my-deployment", "max_completion_tokens"),
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together"),
        Route("ollama", "/api/chat", "hf.co/a/b:Q4", "options.num_predict", key="ollama", needs=("ollama",)),
        Route("vllm", "/v1/chat/completions", key="none"),
    ),
    converse,
    variables={
        "AWS_REGION": "us-east-1",
        "AWS_BEARER_TOKEN_BEDROCK": None,  # which botocore sends by HTTPS alone
        "AWS_ACCESS_KEY_ID": "AKIA0123456789",
        "AWS_SECRET_ACCESS_KEY": "0123456789",
    },
)
