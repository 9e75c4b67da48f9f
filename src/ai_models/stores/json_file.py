"""The store that keeps its models in one JSON file, which people may read, edit and put under version control.

What is written is either all there or not at all: a save goes into a file beside it, is brought
to the disk, and takes the old one's place. A lock file lets one process write at a time; what
another one wrote in between is read first, and both their changes are kept.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from ai_models._core.record import Record, merge_values
from ai_models._core.store import MemoryStore, Work
from ai_models.errors import InvalidModelError, StoreBusyError, StoreCorruptError, StoreError, StoreVersionError
from ai_models.stores import file_io, slices
from ai_models.stores.file_io import Signature

if TYPE_CHECKING:
    from json import JSONDecodeError

SCHEMA = 1
"""The version of the file's layout; a file of a newer one is refused."""

LOCK_TIMEOUT_S = 10.0
"""Seconds to wait for another process that writes."""

_POLL_S = 0.01
_HEADER = "ai_models"


class JsonStore(MemoryStore):
    """Models in a JSON file; what others write into it is noticed at the next look.

    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/models.json"
    >>> from ai_models.base import Model
    >>> JsonStore(path)["gpt-4"] = Model("gpt-4", "openai")
    >>> JsonStore(path)["gpt-4"].provider
    'openai'
    """

    location: str

    def __init__(self, path: str | PathLike[str], *, lock_timeout: float = LOCK_TIMEOUT_S) -> None:
        self.path = file_io.real_path(fspath(path))
        self.lock_timeout = lock_timeout
        self._signature: Signature = None
        self._rest: dict[str, Any] = {}
        self._stale = True
        super().__init__(location=self.path)

    def _put(self, id: str, record: Record | None) -> None:
        with self.lock, nullcontext() if self._work else self.transaction():
            super()._put(id, record)

    def _row(self, id: str) -> Record:
        row = self._rows[id]
        if isinstance(row, bytes):
            import orjson

            self._rows[id] = orjson.loads(row)
        return super()._row(id)

    def refresh(self) -> None:
        """Read the file again if it isn't the one that was read last, but not inside a transaction."""
        if self._work is None and (self._stale or file_io.signature(self.path) != self._signature):
            with self.lock:
                self._load()

    def _load(self) -> None:
        content, signature = file_io.read(self.path)
        fresh = (not content or content.isspace()) and (signature is None or file_io.backup_of(self.path) is None)
        self._rows, self._meta, self._rest = ({}, {}, {}) if fresh else parse_file(content, self.path)
        self._signature, self._stale = signature, False
        self._forget()

    def _undo(self, work: Work, mark: int, meta: dict[str, Any]) -> None:
        super()._undo(work, mark, meta)
        self._stale = True

    def _commit(self, work: Work) -> None:
        with self._locked():
            if file_io.signature(self.path) != self._signature:
                self._join(work)
            content = format_file(self._rows, self._meta, self._rest)
            self._signature = file_io.replace(self.path, content)

    def _join(self, work: Work) -> None:
        """Put the changes of a transaction into what another process wrote since it began."""
        meta = self._meta
        self._load()
        self._meta = merge_values(work.meta, meta, self._meta)
        for id, (old, new) in work.changes.items():
            theirs = self._row(id) if id in self._rows else None
            if new is None:
                self._rows.pop(id, None)
            else:
                self._rows[id] = new if theirs is None else merge_values(old, new, theirs)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        file_io.make_parent(self.path)
        lock = FileLock(f"{self.path}.lock", timeout=self.lock_timeout)
        try:
            lock.acquire(poll_interval=_POLL_S)
        except Timeout:
            raise StoreBusyError(
                f"{self.path} is being written by another process for more than {self.lock_timeout:g} s; try again",
                self.path,
            ) from None
        except OSError as error:
            raise file_io.unusable(self.path, "write", error) from None
        try:
            yield
        finally:
            lock.release()


def parse_file(content: bytes, path: str) -> tuple[dict[str, Record], dict[str, Any], dict[str, Any]]:
    """Return the records, the data about the whole, and what else a file holds; raise `StoreError` if it is broken.

    A bare mapping of models and a list of models are read as well. Where the file is as this
    package wrote it, the records are its slices, still to be parsed.

    >>> parse_file(b'[{"id": "gpt-4", "provider": "openai"}]', "models.json")[0]
    {'gpt-4': {'id': 'gpt-4', 'provider': 'openai'}}
    """
    import orjson

    uncut = slices.cut(content)
    try:
        data = orjson.loads(content.removeprefix(b"\xef\xbb\xbf") if uncut is None else uncut[0])
    except orjson.JSONDecodeError as error:
        raise _corrupt(path, f"is broken at line {error.lineno}, column {error.colno}: {error.msg}", error) from None
    if not (isinstance(data, dict) and isinstance(data.get(_HEADER), dict) and "provider" not in data[_HEADER]):
        bare = data["models"] if isinstance(data, dict) and data.keys() == {"models"} else data
        return _rows(bare, path), {}, {}
    header = dict(data.pop(_HEADER))
    _check_schema(header.pop("schema", None), path)
    header.pop("checksum", None)
    rows: dict[str, Any] = _rows(data.pop("models", {}), path) if uncut is None else uncut[1]
    return rows, header, data


def _check_schema(schema: Any, path: str) -> None:
    if isinstance(schema, bool) or not isinstance(schema, int):
        raise _corrupt(path, f'has no schema number in its "{_HEADER}" header')
    if schema > SCHEMA:
        raise StoreVersionError(
            f"{path} was written by a newer version of ai_models (schema {schema}, this one reads up to {SCHEMA});"
            " upgrade: pip install -U ai-models-registry",
            path,
            found=schema,
            supported=SCHEMA,
        )


def _rows(models: Any, path: str) -> dict[str, Record]:
    if isinstance(models, list) and all(isinstance(row, dict) and isinstance(row.get("id"), str) for row in models):
        return {row["id"]: row for row in models}
    if isinstance(models, dict) and all(isinstance(row, dict) for row in models.values()):
        return models
    raise _corrupt(path, "holds no registry: expected an object of models by id")


def format_file(
    rows: Mapping[str, Record | bytes], meta: Mapping[str, Any], rest: Mapping[str, Any] | None = None
) -> bytes:
    """Return a file's content: indented, so that it reads well and its differences are small.

    >>> print(format_file({"gpt-4": {"id": "gpt-4", "provider": "openai"}}, {}).decode()[:34])
    {
      "ai_models": {
        "schema": 1
    """
    import orjson

    models = {id: orjson.Fragment(row) if isinstance(row, bytes) else row for id, row in rows.items()}
    data = {_HEADER: slices.unsigned({"schema": SCHEMA, **meta}), **(rest or {}), "models": models}
    try:
        return slices.signed(orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    except TypeError as error:
        raise _unwritable(rows, error) from None


def _unwritable(rows: Mapping[str, Record | bytes], error: TypeError) -> Exception:
    import orjson

    for id, row in rows.items():
        if isinstance(row, bytes):
            continue
        for name, value in {"id": id, **row}.items():
            try:
                orjson.dumps(value)
            except TypeError as reason:
                return InvalidModelError(name, value, str(reason), ascii(id))
    return StoreError(f"can't be written as JSON: {error}")


def _corrupt(path: str, what: str, error: "JSONDecodeError | None" = None) -> StoreCorruptError:
    backup = file_io.backup_of(path)
    if backup is None:
        advice = "nothing was changed; mend it, or move it away to start anew"
    else:
        from shlex import quote

        advice = f"the last good copy is beside it: cp {quote(backup)} {quote(path)}"
    line, column = (None, None) if error is None else (error.lineno, error.colno)
    return StoreCorruptError(f"{path} {what}; {advice}", path, line=line, column=column, backup=backup)
