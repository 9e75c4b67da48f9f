"""Langroid's OpenAIGPT; the tokenizer that it fetches when it is imported is LiteLLM's here."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.clients import Client
from tests.clients._routes import chats

LITELLM = find_spec("litellm")
TOKENIZERS = Path((LITELLM and LITELLM.origin) or ".").parent / "litellm_core_utils" / "tokenizers"


def converse(client: Any, metadata: dict[str, Any]) -> str:
    return client.chat("ping", **metadata).message


CLIENT = Client(
    "langroid",
    ("langroid", "litellm"),
    (*chats(without=("openrouter",)), *chats("openrouter", id="deepseek/deepseek-chat:free")),
    converse,
    variables={"TIKTOKEN_CACHE_DIR": str(TOKENIZERS)},
)
