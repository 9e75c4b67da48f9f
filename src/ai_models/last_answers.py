"""What became of each source when it was last asked: beside the registry, for whoever wants to know what can be called.

>>> answers = LastAnswers()
>>> answers.record([LastAnswer("ollama", "2026-11-25T10:00:00Z", "failed", "ollama", reason="nothing answers")])
>>> answers["ollama"].ok, answers.of_provider("ollama").reason
(False, 'nothing answers')
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from ai_models._core.store import Journal
from ai_models.errors import StoreError
from ai_models.stores.file_io import append_lines

__all__ = ["DOUBTED", "REFUSED", "LastAnswer", "LastAnswers"]

DOUBTED = "doubted"
"""The status of a source whose answer was empty or far smaller than before."""

REFUSED = "refused"
"""The status of a source whose server refused the key."""

_COMPACT_BYTES = 256 * 1024
"""A file larger than this is written anew, without what newer lines overrule."""


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """One source as it was when it was last asked: `when` is a UTC time as ISO text.

    `status` is that of the report, or `DOUBTED` where the answer was not believed, or `REFUSED`.

    `provider` is whose own list it is, `None` for others; `key` tells one key from another without showing either,
    `None` if it was asked without one.

    >>> LastAnswer("groq", "2026-11-25T10:00:00Z", "found", "groq").ok
    True
    """

    source: str
    when: str
    status: str
    provider: str | None = None
    reason: str = ""
    key: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it answered, believed or not."""
        return self.status in ("found", "unchanged", DOUBTED)

    def to_dict(self) -> dict[str, str | None]:
        """Return the answer as JSON-ready data, without what tells its key from another."""
        return {name: getattr(self, name) for name in ("source", "when", "status", "provider", "reason")}


class LastAnswers(Mapping[str, LastAnswer]):
    """The last answer of each source by its name, in a JSON Lines file beside the store, in its database, or in memory.

    A line that can't be read counts as none: what is lost is known again after the next discovery.

    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/models.sources.jsonl"
    >>> LastAnswers(path).record([LastAnswer("groq", "2026-11-25T10:00:00Z", "found", "groq")])
    >>> list(LastAnswers(path))
    ['groq']
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, *, journal: Journal | None = None) -> None:
        self.path = None if path is None else os.path.expanduser(path)  # noqa: PTH111 - pathlib is slow to import
        self.journal = journal
        self._known: dict[str, LastAnswer] | None = None

    def record(self, answers: Iterable[LastAnswer]) -> None:
        """Remember answers in place of the earlier ones; raise `StoreError` if the file can't be written."""
        new = list(answers)
        if self.journal is not None and new:
            self.journal.append((each.when, json.dumps(asdict(each))) for each in new)
            self.journal.thin(_source_of, newest=1)
        if self.path is not None and new:
            try:
                append_lines(self.path, _lines(new))
                if os.path.getsize(self.path) > _COMPACT_BYTES:  # noqa: PTH202 - see above
                    self._compact()
            except OSError as error:
                raise StoreError(f"{self.path} can't be written ({error.strerror})", self.path) from error
        self._known = {**self._all(), **{each.source: each for each in new}}

    def of_provider(self, provider: str) -> LastAnswer | None:
        """Return the newest answer of any source that gives this provider's own list; `None` if none was asked."""
        given = [each for each in self.values() if each.provider == provider]
        return max(given, key=lambda each: each.when, default=None)

    def __getitem__(self, source: str) -> LastAnswer:
        return self._all()[source]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, LastAnswer]:
        if self._known is None:
            lines = _read(self.path) if self.journal is None else _answers(self.journal.since())
            self._known = {each.source: each for each in lines}
        return self._known

    def _compact(self) -> None:
        spare = f"{self.path}.{os.getpid()}.tmp"
        with open(spare, "wb") as file:  # noqa: PTH123
            file.write(_lines({each.source: each for each in _read(self.path)}.values()))
        os.replace(spare, str(self.path))  # noqa: PTH105


def _source_of(line: str) -> str | None:
    return next((each.source for each in _answers([line])), None)


def _lines(answers: Iterable[LastAnswer]) -> bytes:
    return "".join(f"{json.dumps(asdict(each))}\n" for each in answers).encode()


def _read(path: str | None) -> Iterator[LastAnswer]:
    if path is None or not os.path.exists(path):  # noqa: PTH110
        return
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
        yield from _answers(file)


def _answers(lines: Iterable[str]) -> Iterator[LastAnswer]:
    for line in lines:
        try:
            answer = LastAnswer(**json.loads(line))
        except (ValueError, TypeError):
            continue
        if all(isinstance(each, str) for each in (answer.source, answer.when, answer.status)):
            yield answer
