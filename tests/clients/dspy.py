"""DSPy's LM and Embedder; what they keep on the disk would hide what they send."""

from typing import Any

from tests.clients import Client
from tests.clients._routes import chats, embeddings, gemini, gemini_embedding, native, native_embedding

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
        *chats("openai", cap="max_tokens", settings=FRESH),
        *chats(without=("openai", "anthropic", "google", "xai"), settings=FRESH),
        *chats("xai", settings=FRESH, refuses=("stop",)),
        native("anthropic", settings=FRESH),
        gemini("v1beta", settings=FRESH),
        *embeddings("openai", "openrouter", "mistral", "vllm", settings=ANEW),
        gemini_embedding("v1beta", settings=ANEW),
        native_embedding("cohere", settings=ANEW),
        native_embedding("ollama", settings=ANEW),
    ),
    converse,
    variables={"LITELLM_LOCAL_MODEL_COST_MAP": "True", "AWS_REGION": "us-east-1"},
    embed=embed,
)
