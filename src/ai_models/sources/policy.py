"""How sources may use the network and the cache: the policy that holds where a source is asked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from ai_models._core.contracts import Listing, ModelSource

__all__ = ["FetchPolicy", "asking_under", "current_policy", "fetch_policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """How sources may use the network and the cache, and for how long.

    `offline` never dials, `refresh` never reads the cache; `timeout_s` is the time for one whole source,
    retries and pages included; an answer younger than `max_age_s` is not asked for again.

    >>> FetchPolicy().offline, FetchPolicy().timeout_s
    (False, 30.0)
    """

    offline: bool = False
    refresh: bool = False
    timeout_s: float = 30.0
    max_age_s: float = 600.0
    attempts: int = 3


_policy: ContextVar[FetchPolicy] = ContextVar("ai_models fetch policy", default=FetchPolicy())  # noqa: B039  # frozen


def current_policy() -> FetchPolicy:
    """Return the policy that holds here: the one of the innermost `fetch_policy`.

    >>> current_policy() == FetchPolicy()
    True
    """
    return _policy.get()


@contextmanager
def fetch_policy(**changes: Any) -> Iterator[FetchPolicy]:
    """Let every source that is asked inside the `with` follow a changed `FetchPolicy`.

    >>> with fetch_policy(offline=True, timeout_s=5):
    ...     current_policy().offline
    True
    >>> current_policy().offline
    False
    """
    policy = replace(_policy.get(), **changes)
    token = _policy.set(policy)
    try:
        yield policy
    finally:
        _policy.reset(token)


def asking_under(**changes: Any) -> Callable[[ModelSource], Listing]:
    """Return how to ask a source under a changed `FetchPolicy`, in whatever thread asks it.

    >>> callable(asking_under(offline=True))
    True
    """

    def ask(source: ModelSource) -> Listing:
        with fetch_policy(**changes):
            return source.listing()

    return ask
