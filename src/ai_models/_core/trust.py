"""Whom to believe when two sources state different things about one offer."""

from collections.abc import Mapping

USER = "user"
"""The label of what a person wrote: it beats every source."""

OWN = 1
"""How far a provider is trusted about its own offers."""

BROUGHT = 2
"""How far a source is trusted that this table doesn't know: the user brought it, on purpose."""

SOURCE_TRUST: Mapping[str, int] = {
    USER: 0,
    "genai-prices": 3,
    "langchain": 4,
    "models.dev": 5,
    "inspect-ai": 6,
    "openrouter": 7,
    "vercel": 8,
    "litellm": 9,
}
"""Rank of each source about somebody else's offers, lower is better: curated catalogues, aggregators, third-party
maps. No two are equal, so that what is believed never hangs on who was asked last."""


def trust_rank(source: str, provider: str) -> int:
    """Return how far a source is trusted about a provider's offer, 0 being best.

    >>> trust_rank("openrouter", "openrouter"), trust_rank("openrouter", "anthropic"), trust_rank("litellm", "azure")
    (1, 7, 9)
    """
    return OWN if source == provider else SOURCE_TRUST.get(source, BROUGHT)
