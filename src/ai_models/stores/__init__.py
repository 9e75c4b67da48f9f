"""Where a registry is kept: in memory, in a JSON file, in a database, or in any mapping of your own."""

import os
from collections.abc import MutableMapping
from importlib import import_module
from typing import Any

from ai_models._core.store import MemoryStore, Store
from ai_models.errors import StoreError, printable

__all__ = ["JsonStore", "MappingStore", "MemoryStore", "Store", "open_store"]  # SqlStore loads SQLAlchemy

_HOMES = {"JsonStore": "json_file", "MappingStore": "mapping", "SqlStore": "sql.store"}
_DATABASES = ("sqlite", "postgresql", "postgres")


def open_store(where: str | os.PathLike[str] | MutableMapping[str, Any]) -> Store:
    """Return the store at a path (a JSON file, `~` expanded), or around a mapping; a store is returned as it is.

    `sqlite:///…` and `postgresql+psycopg://…` are databases; any other URL is opened by the package
    that has an entry point of its scheme's name in the group `ai_models.stores`.

    >>> open_store({"gpt-4": {"provider": "openai"}})["gpt-4"].provider
    'openai'
    """
    if isinstance(where, Store):
        return where
    if isinstance(where, MutableMapping):
        mapping: Store = import_module("ai_models.stores.mapping").MappingStore(where)
        return mapping
    given: Any = where
    if not isinstance(given, str | os.PathLike) or not os.fspath(given):
        raise StoreError(f"expected a path or a mapping, not {printable(where, 60)}", str(where))
    if "://" in str(where):
        return _open_url(str(where))
    file: Store = import_module("ai_models.stores.json_file").JsonStore(where)
    return file


def _open_url(url: str) -> Store:
    scheme = url.partition("://")[0]
    kind = scheme.partition("+")[0]
    if kind in _DATABASES:
        database: Store = import_module("ai_models.stores.sql.store").SqlStore(url)
        return database
    from importlib.metadata import entry_points  # here, because it takes longer than the rest of the package

    for entry in entry_points(group="ai_models.stores", name=kind):
        store: Store = entry.load()(url)
        return store
    raise StoreError(
        f"nobody here opens a registry at {printable(scheme)}://; give a path to a JSON file, sqlite:///models.db,"
        " postgresql+psycopg://user@host/db, or a mapping",
        f"{scheme}://…",
    )


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ai_models.stores' has no attribute {name!r}")
    return getattr(import_module(f"ai_models.stores.{_HOMES[name]}"), name)
