"""What was found when models and providers were checked: beside the registry, the last results of each.

>>> log = HealthLog()
>>> log.record([HealthResult("groq", "groq", 1, "unauthorised", "2026-11-25T10:00:00Z", "the key was rejected (401)")])
>>> str(log.last("groq"))
'unauthorised at 2026-11-25 10:00 (level 1): the key was rejected (401)'
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

from ai_models._core.store import Journal
from ai_models.errors import StoreError
from ai_models.stores.file_io import append_lines

__all__ = ["HealthLog", "HealthResult", "Status"]

Status = Literal[
    "ok",
    "unloaded",
    "starting",
    "loading",
    "rate_limited",
    "quota",
    "unauthorised",
    "no_key",
    "not_listed",
    "retired",
    "failed",
    "unreachable",
    "wrong_answer",
    "unknown",
]
"""What a check may find; the page on health explains each word."""

_STATUSES = frozenset(get_args(Status))
_HEALTHY = frozenset({"ok", "unloaded"})
_NO_OBSTACLE = _HEALTHY | {"rate_limited", "unknown"}
_PASSING = frozenset({"starting", "loading", "rate_limited"})
_PASSING_S = 5 * 60
_STANDS_S = 24 * 60 * 60
_COMPACT_BYTES = 1024 * 1024
_COMPACT_LINES = 1_000
_KEPT = 100


@dataclass(frozen=True, slots=True)
class HealthResult:
    """What one check found: `target` is a model's id or a provider's, `when` a UTC time as ISO text.

    `level` is that of the check, `advice` what to do, `seconds` how long the answer took (`None` if nobody was asked),
    `offer` the key of the model's offer. `listed` says whether the provider lists the model (`None` if unknown),
    `cost_usd` what the call cost (`None` if unknown, or if there was none); `key` tells one key from another without
    showing either.

    >>> HealthResult("openai", "openai", 1, "ok", "2026-11-25T10:00:00Z").ok
    True
    """

    target: str
    provider: str
    level: int
    status: Status
    when: str
    reason: str = ""
    advice: str = ""
    seconds: float | None = None
    offer: str | None = None
    listed: bool | None = None
    cost_usd: Decimal | None = None
    key: str | None = None

    @property
    def ok(self) -> bool:
        """Whether a call would be answered: at once, or after the server has loaded the model."""
        return self.status in _HEALTHY

    @property
    def blocked(self) -> bool:
        """Whether a call would fail: not so for a rate limit, which passes, nor for what could not be found out."""
        return self.status not in _NO_OBSTACLE

    def stands_at(self, now: str) -> bool:
        """Return whether the result still counts at a UTC time: for a day, or five minutes where the state passes.

        >>> result = HealthResult("m", "ollama", 1, "loading", "2026-11-25T10:00:00Z")
        >>> result.stands_at("2026-11-25T10:04:00Z"), result.stands_at("2026-11-25T10:06:00Z")
        (True, False)
        """
        from datetime import datetime

        try:
            age = datetime.fromisoformat(now) - datetime.fromisoformat(self.when)
        except (ValueError, TypeError):
            return False
        return age.total_seconds() < (_PASSING_S if self.status in _PASSING else _STANDS_S)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON-ready data, without what tells its key from another; USD as text."""
        data = {name: getattr(self, name) for name in self.__slots__ if name != "key"}
        return data | {"ok": self.ok, "cost_usd": None if self.cost_usd is None else str(self.cost_usd)}

    def __str__(self) -> str:
        when = self.when[:16].replace("T", " ")
        via = f", {self.offer}" if self.offer else ""
        return f"{self.status} at {when} (level {self.level}{via}){f': {self.reason}' if self.reason else ''}"


class HealthLog:
    """The results of checks beside the store, in its database, or in memory; the last 100 of each target are kept.

    A line that can't be read counts as none.

    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/models.health.jsonl"
    >>> HealthLog(path).record([HealthResult("m", "groq", 1, "ok", "2026-11-25T10:00:00Z", offer="groq")])
    >>> [result.status for result in HealthLog(path).history("m")]
    ['ok']
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, *, journal: Journal | None = None) -> None:
        self.path = None if path is None else os.path.expanduser(path)  # noqa: PTH111 - pathlib is slow to import
        self.journal = journal
        self._known: dict[str, list[HealthResult]] | None = None
        self._lines = 0

    def record(self, results: Iterable[HealthResult]) -> None:
        """Add results to the log; raise `StoreError` if the file can't be written."""
        new, known = list(results), self._all()
        if self.journal is not None and new:
            self.journal.append(zip((each.when for each in new), _texts(new), strict=True))
            self._lines += len(new)
            if self._lines > _COMPACT_LINES + 2 * sum(map(len, known.values())):
                self.journal.thin(_target, _KEPT)
                self._lines = 0
        if self.path is not None and new:
            try:
                with _locked(self.path):
                    append_lines(self.path, _lines(new))
                    if os.path.getsize(self.path) > _COMPACT_BYTES:  # noqa: PTH202 - see above
                        self._compact()
            except OSError as error:
                raise StoreError(f"{self.path} can't be written ({error.strerror or error})", self.path) from error
        self._known = _by_target([*_flat(known), *new])

    def history(self, target: str) -> list[HealthResult]:
        """Return the results of a model or a provider, oldest first; a model's of all its offers."""
        return list(self._all().get(target, ()))

    def last(self, target: str, offer: str | None = None) -> HealthResult | None:
        """Return the newest result of a model or a provider, or that of one offer; `None` if it was not checked."""
        for result in reversed(self._all().get(target, ())):
            if offer in (None, result.offer):
                return result
        return None

    def _all(self) -> dict[str, list[HealthResult]]:
        if self._known is None:
            lines = [] if self.journal is None else list(self.journal.since())
            self._lines = len(lines)
            self._known = _by_target(_read(self.path) if self.journal is None else filter(None, map(_result, lines)))
        return self._known

    def _compact(self) -> None:
        spare = f"{self.path}.{os.getpid()}.tmp"
        with open(spare, "wb") as file:  # noqa: PTH123
            file.write(_lines(_flat(_by_target(_read(self.path)))))
        os.replace(spare, str(self.path))  # noqa: PTH105


@contextmanager
def _locked(path: str) -> Iterator[None]:
    from filelock import FileLock

    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)  # noqa: PTH103, PTH120
    with FileLock(f"{path}.lock", timeout=10):
        yield


def _by_target(results: Iterable[HealthResult]) -> dict[str, list[HealthResult]]:
    found: dict[str, list[HealthResult]] = {}
    for result in results:
        found.setdefault(result.target, []).append(result)
    return {target: each[-_KEPT:] for target, each in found.items()}


def _flat(known: dict[str, list[HealthResult]]) -> list[HealthResult]:
    return sorted((result for each in known.values() for result in each), key=lambda result: result.when)


def _texts(results: Iterable[HealthResult]) -> Iterator[str]:
    rows = ({name: getattr(each, name) for name in HealthResult.__slots__} for each in results)
    return (json.dumps(row, default=str) for row in rows)


def _lines(results: Iterable[HealthResult]) -> bytes:
    return "".join(f"{text}\n" for text in _texts(results)).encode()


def _read(path: str | None) -> Iterator[HealthResult]:
    if path is None or not os.path.exists(path):  # noqa: PTH110
        return
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
        for line in file:
            result = _result(line)
            if result is not None:
                yield result


def _target(line: str) -> str | None:
    result = _result(line)
    return None if result is None else result.target


def _result(line: str) -> HealthResult | None:
    try:
        row = dict(json.loads(line))
        row["cost_usd"] = None if row.get("cost_usd") is None else Decimal(str(row["cost_usd"]))
        result = HealthResult(**row)
        known = result.status in _STATUSES
    except (ValueError, TypeError, ArithmeticError):
        return None
    texts = (result.target, result.provider, result.when, result.reason, result.advice)
    return result if known and all(isinstance(each, str) for each in texts) else None
