"""The store around any mapping of your own: a dict, a shelf, a bucket of files."""

import json
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from threading import RLock
from typing import Any, Literal

from ai_models._core.model import Model
from ai_models._core.record import Record, checked_record, lend, to_record
from ai_models._core.store import Meta, Store
from ai_models.errors import InvalidModelError, StoreError

Form = Literal["dict", "json", "bytes", "model"]
"""How a mapping holds a model: as a plain dict, as JSON text or bytes, or as a `Model`."""


class MappingStore(Store):
    """Models in any mapping from text; each is read when it is asked for, in whichever form it is.

    >>> shelf = {}
    >>> store = MappingStore(shelf, form="json")
    >>> store["gpt-4"] = Model("gpt-4", "openai")
    >>> shelf
    {'gpt-4': '{"id":"gpt-4","provider":"openai"}'}
    """
