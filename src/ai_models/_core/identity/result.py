"""What `identify` answers."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Confidence", "Identity"]

Confidence = Literal["exact", "rule", "guess", "none"]


@dataclass(frozen=True, slots=True)
class Identity:
    """What an id of a provider means; a field is None where the id does not tell.

    ``canonical`` is ``lab/name`` in lower case without the snapshot; ``community/name`` where the author is unknown.
    ``snapshot`` is as the id writes it; ``snapshot_date`` is an ISO date, None when the snapshot names no full day.
    ``offer_key`` is the provider, and what tells its variants of one model apart: ``bedrock:us``, ``ollama:8b-q4_k_m``.
    ``confidence``: exact (the lab's own spelling), rule, guess (a part had to be assumed), none (no canonical id).

    >>> from ai_models._core.identity import identify
    >>> identity = identify("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0")
    >>> identity.canonical, identity.snapshot, identity.variant
    ('anthropic/claude-sonnet-4-5', '20250929', ('region:us',))
    """

    provider: str
    id: str
    lab: str | None = None
    canonical: str | None = None
    snapshot: str | None = None
    snapshot_date: str | None = None
    variant: tuple[str, ...] = ()
    confidence: Confidence = "none"
    trace: tuple[str, ...] = ()
    offer_key: str = ""

    @property
    def key(self) -> str | None:
        """The registry's key: the canonical id, with the lab's own date suffix for a snapshot; None when unknown.

        >>> from ai_models._core.identity import identify
        >>> identify("azure", "gpt-4o-2024-11-20").key
        'openai/gpt-4o-2024-11-20'
        """
        if self.canonical is None or self.snapshot is None:
            return self.canonical
        return f"{self.canonical}-{self.snapshot}"
