"""Whom to believe when two sources state different things about one offer."""

from collections.abc import Mapping

USER = "user"
"""The label of what a person wrote: it beats every source."""

OWN = 1
"""How far a provider is trusted about its own offers, and a source that this table doesn't know."""

SOURCE_TRUST: Mapping[str, int] = {
    USER: 0,
    "genai-prices": 2,
    "langchain": 2,
    "models.dev": 2,
    "openrouter": 3,
    "vercel": 3,
    "litellm": 4,
}
"""Rank of each source about somebody else's offers, lower is better: user, the provider itself,
curated catalogues, aggregators, third-party maps. A source that is not here was brought by the user."""


def trust_rank(source: str, provider: str) -> int:
    """Return how far a source is trusted about a provider's offer, 0 being best.

    >>> trust_rank("openrouter", "openrouter"), trust_rank("openrouter", "anthropic"), trust_rank("litellm", "azure")
    (1, 3, 4)
    """
    return OWN if source == provider else SOURCE_TRUST.get(source, OWN)
