"""The store around any mapping of your own: a dict, a shelf, a bucket of files."""

import json
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from threading import RLock
from typing import Any, Literal

from ai_models._core.model import Model
from ai_models._core.record import Record, checked_record, to_record
from ai_models._core.store import Store
from ai_models.errors import InvalidModelError

Form = Literal["dict", "text", "bytes", "model"]
"""How a mapping holds a model: as a plain dict, as JSON in text or bytes, or as a `Model`."""


class MappingStore(Store):
    """Models in any mapping from text, read when they are asked for, in whichever form each is.

    They are written in `form`, by default that of the first model that is there, else as plain
    dicts. What others do to the mapping is seen at once by id and in queries, and by other
    names when the number of models changes. `meta` is not kept.

    >>> mapping = {}
    >>> MappingStore(mapping, form="text")["gpt-4"] = Model("gpt-4", "openai")
    >>> mapping
    {'gpt-4': '{"id": "gpt-4", "provider": "openai"}'}
    """

    def __init__(self, mapping: MutableMapping[str, Any], *, form: Form | None = None) -> None:
        self.mapping = mapping
        self.form: Form = form or _form_of(mapping)
        self.location = None
        self.lock = RLock()
        self.meta = {}
        self._size = len(mapping)
        self._pending: dict[str, Record | None] | None = None

    def __getitem__(self, id: str) -> Model:
        with self.lock:
            pending = self._pending or {}
            if id not in pending:
                return Model.on_record(parse_value(id, self.mapping[id]))
            record = pending[id]
            if record is None:
                raise KeyError(id)
            return Model.on_record(record)

    def __setitem__(self, id: str, model: Model) -> None:
        self._put(id, to_record(model))

    def __delitem__(self, id: str) -> None:
        with self.lock:
            if id not in self:
                raise KeyError(id)
            self._put(id, None)

    def __contains__(self, id: object) -> bool:
        with self.lock:
            pending = self._pending or {}
            return pending[id] is not None if isinstance(id, str) and id in pending else id in self.mapping

    def __iter__(self) -> Iterator[str]:
        with self.lock:
            pending = self._pending or {}
            ids = [id for id in self.mapping if pending.get(id, pending) is not None]
            return iter(ids + [id for id, record in pending.items() if record is not None and id not in self.mapping])

    def __len__(self) -> int:
        return len(self.mapping) if self._pending is None else sum(1 for _ in self)

    def refresh(self) -> None:
        """Take note of what others wrote, as far as the number of models tells it."""
        if self._pending is None and len(self.mapping) != self._size:
            self._size = len(self.mapping)
            self.revision += 1

    def peek(self) -> Iterable[Model]:
        """Return every model, made for this look."""
        return (self[id] for id in self)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes until the end of the `with` block together; an error in it undoes them."""
        with self.lock:
            outer = self._pending
            self._pending = dict(outer or {})
            try:
                yield
                if outer is None:
                    self._write(self._pending)
                else:
                    outer.update(self._pending)
            except BaseException:
                self.revision += 1
                raise
            finally:
                self._pending = outer

    def _put(self, id: str, record: Record | None) -> None:
        with self.lock:
            if self._pending is None:
                self._write({id: record})
            else:
                self._pending[id] = record
            self.revision += 1

    def _write(self, changes: dict[str, Record | None]) -> None:
        for id, record in changes.items():
            if record is not None:
                self.mapping[id] = format_value(record, self.form)
            elif id in self.mapping:
                del self.mapping[id]
        self._size = len(self.mapping)
        sync = getattr(self.mapping, "sync", None)
        if callable(sync):
            sync()


def parse_value(id: str, value: Any) -> Record:
    """Return the record of a model in any form; raise `InvalidModelError` for anything else.

    >>> parse_value("gpt-4", b'{"provider": "openai"}')
    {'id': 'gpt-4', 'provider': 'openai'}
    """
    if isinstance(value, Model):
        return to_record(value)
    if isinstance(value, str | bytes | bytearray):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise InvalidModelError("model", value, f"broken JSON: {error}", id) from None
    return checked_record(id, value, "")


def format_value(record: Record, form: Form) -> Any:
    """Return a record in the form in which a mapping wants it.

    >>> format_value({"id": "gpt-4", "provider": "openai"}, "bytes")
    b'{"id": "gpt-4", "provider": "openai"}'
    """
    if form == "dict":
        return record
    if form == "model":
        return Model.on_record(record).copy()
    text = json.dumps(record, ensure_ascii=False)
    return text if form == "text" else text.encode()


def _form_of(mapping: MutableMapping[str, Any]) -> Form:
    first = next(iter(mapping.values()), None)
    forms: tuple[tuple[type, Form], ...] = ((Model, "model"), (str, "text"), (bytes, "bytes"))
    return next((form for kind, form in forms if isinstance(first, kind)), "dict")
