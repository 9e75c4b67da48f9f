"""A million models as unequal as real ones: few labs make most, few are served by many, little is known of most.

Always the same, and cheap to make: a model is a stored record of about 700 bytes.
"""

from collections.abc import Iterator
from itertools import accumulate
from random import Random
from typing import Any

from ai_models import Model

LABS = (
    "qwen",
    "meta",
    "mistral",
    "google",
    "openai",
    "deepseek",
    "microsoft",
    "anthropic",
    "cohere",
    "ibm",
    "nvidia",
    "zai",
)
SERVERS = (
    "huggingface",
    "openrouter",
    "together",
    "fireworks",
    "groq",
    "bedrock",
    "azure",
    "vertex",
    "ollama",
    "deepinfra",
)
KINDS = ("chat", "chat", "chat", "chat", "chat", "chat", "embedding", "image", "speech", "rerank")
WINDOWS = (4096, 8192, 32_768, 131_072, 131_072, 200_000, 262_144, 1_048_576)
CAPABILITIES = ("streaming", "tools", "vision", "structured_output", "reasoning", "prompt_caching")
TAGS = ("production", "group:approved", "cheap", "test")
VARIANTS = ("", "-instruct", "-chat", "-base", "-gguf", "-awq", "-4bit", "-ft")


def zipf(names: tuple[str, ...]) -> list[float]:
    """Return weights in which the first is twice as frequent as the second, and so on."""
    return list(accumulate(1 / rank for rank in range(1, len(names) + 1)))


LAB_WEIGHTS, SERVER_WEIGHTS = zipf(LABS), zipf(SERVERS)


def records(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield so many records of models, in the order in which they would be discovered."""
    random = Random(seed)
    for number in range(count):
        yield record(number, random)


def record(number: int, random: Random) -> dict[str, Any]:
    """Return the record of one model."""
    chance = random.random()
    lab = random.choices(LABS, cum_weights=LAB_WEIGHTS)[0]
    name = f"{lab}-{number % 40}.{number % 7}-{(1, 3, 7, 8, 14, 32, 70)[number % 7]}b{VARIANTS[number % 8]}-{number}"
    served = 1 if chance < 0.8 else 2 if chance < 0.95 else 4
    servers = dict.fromkeys(random.choices(SERVERS, cum_weights=SERVER_WEIGHTS, k=served))
    found: dict[str, Any] = {
        "id": f"{lab}/{name}",
        "provider": next(iter(servers)),
        "lab": lab,
        "kind": KINDS[number % 10],
        "connector_metadata": {server: {"id": f"{lab}/{name}" if server != "azure" else name} for server in servers},
        "provenance": {"*": "huggingface-hub@2026-11-01"},
        "released": f"202{3 + number % 4}-{1 + number % 12:02}-{1 + number % 28:02}",
        "open_weights": number % 10 != 0,
    }
    if chance < 0.5:
        found["context_size"] = WINDOWS[number % 8]
        found["capabilities"] = {each: (number >> at) % 3 > 0 for at, each in enumerate(CAPABILITIES)}
    if chance > 0.7:
        price = round(10 ** random.uniform(-8, -5), 10)
        found["cost_per_token"] = {"input": price, "output": price * 4}
        found["max_output_tokens"] = 4096
    if number % 5000 == 0:
        found["tags"] = [TAGS[number // 5000 % 4]]
    return found


def models(count: int, seed: int = 1) -> Iterator[Model]:
    """Yield so many models."""
    return (Model.on_record(each) for each in records(count, seed))
