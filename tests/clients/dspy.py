"""DSPy's LM and Embedder; what they keep on the disk would hide what they send."""

from typing import Any

from tests.clients import SLASHED, Client, Route

FRESH = {"kwargs": {"cache": False}}
ANEW = {"kwargs": {"caching": False}}


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client("ping")[0]


def embed(client: Any, metadata: dict[str, Any]) -> list[float]:
    return client(["ping"]).tolist()[0]


CLIENT = Client(
    "dspy",
    ("dspy", "numpy"),
    (
        # with a base URL in the environment, DSPy leaves OpenAI to LiteLLM, which sends the old field
        Route("openai", "/v1/chat/completions", "gpt-4o", "max_tokens", settings=FRESH),
        Route("openrouter", "/api/v1/chat/completions", "openai/gpt-4o:free", settings=FRESH),
        Route("anthropic", "/v1/messages", "claude-sonnet-4-5", settings=FRESH),
        Route(
            "google",
            "/v1beta/models/gemini-2.5-flash:generateContent",
            "gemini-2.5-flash",
            "generationConfig.maxOutputTokens",
            settings=FRESH,
        ),
        Route("groq", "/openai/v1/chat/completions", settings=FRESH),
        Route("deepseek", "/v1/chat/completions", "deepseek-chat", settings=FRESH),
        Route("xai", "/v1/chat/completions", "grok-4", settings=FRESH, refuses=("stop",)),
        Route("mistral", "/v1/chat/completions", "mistral-small-latest", settings=FRESH),
        Route("cohere", "/compatibility/v1/chat/completions", "command-a-03-2025", settings=FRESH),
        Route("together", "/v1/chat/completions", settings=FRESH),
        Route("huggingface", "/v1/chat/completions", f"{SLASHED}:together", settings=FRESH),
        Route("azure", "/openai/v1/chat/completions", "my-deployment", "max_completion_tokens", settings=FRESH),
        Route("ollama", "/v1/chat/completions", "llama3:8b", key="ollama", settings=FRESH),
        Route("vllm", "/v1/chat/completions", key="none", settings=FRESH),
        Route("openai", "/v1/embeddings", "text-embedding-3-small", settings=ANEW, kind="embedding"),
        Route("openrouter", "/api/v1/embeddings", "openai/text-embedding-3-small", settings=ANEW, kind="embedding"),
        Route(
            "google",
            "/v1beta/models/gemini-embedding-001:batchEmbedContents",
            "gemini-embedding-001",
            settings=ANEW,
            kind="embedding",
        ),
        Route("mistral", "/v1/embeddings", "mistral-embed", settings=ANEW, kind="embedding"),
        Route("cohere", "/v2/embed", "embed-v4.0", settings=ANEW, kind="embedding"),
        Route("ollama", "/api/embed", "nomic-embed-text", key="ollama", settings=ANEW, kind="embedding"),
        Route("vllm", "/v1/embeddings", key="none", settings=ANEW, kind="embedding"),
    ),
    converse,
    variables={"LITELLM_LOCAL_MODEL_COST_MAP": "True", "AWS_REGION": "us-east-1"},
    embed=embed,
)
