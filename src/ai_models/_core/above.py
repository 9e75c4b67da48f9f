"""What the core asks of modules above it, by name and only when it is needed.

The core does no I/O and imports nothing that stands higher, so that it can be used and tested
alone. A registry that is given a path, or a provider by a peer's name, finds the one who knows here.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from ai_models._core.store import Store


def open_store(where: Any) -> Store:
    """Return the store at a path or URL, or around a mapping; see `ai_models.stores.open_store`."""
    opener: Callable[[Any], Store] = import_module("ai_models.stores").open_store
    return opener(where)


def provider_id(name: str) -> str:
    """Return the id of a provider by any name that a peer gives it; a name that nobody knows is its own id.

    >>> provider_id("together_ai"), provider_id("my-house")
    ('together', 'my-house')
    """
    known: Callable[[str], str | None] = import_module("ai_models.providers").provider_id
    return known(name) or name
