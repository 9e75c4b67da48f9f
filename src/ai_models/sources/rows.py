"""Small readers of rows as servers send them: what isn't a usable fact becomes None, what is no model a skipped row."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, TypeVar

from ai_models._core.capabilities import known_capability
from ai_models._core.contracts import SkippedRow
from ai_models._core.model import Model
from ai_models._core.pricing import per_token
from ai_models.errors import InvalidModelError, SourceFormatError, printable
from ai_models.sources.facts import known_count, price, text_or_none, texts, unsuspicious
from ai_models.sources.parsed import Parsed

__all__ = [
    "SkipRowError",
    "as_list",
    "capabilities",
    "count",
    "day",
    "dig",
    "expect_rows",
    "first",
    "has_any",
    "kind_of",
    "known",
    "mapping",
    "merge_pages",
    "parse_rows",
    "past_day",
    "prices",
    "row_id",
]

Fact = TypeVar("Fact")

_MANY = 4
"""So many places for a list are not named any more: it could be anywhere."""

_TEXT = frozenset((str,))

LONGEST_ID = 300
"""Characters of the longest id that is believed to be one."""

_FIRST_DAY, _EPOCH_MS = "2015-01-01", 10_000_000_000
_COUNT = re.compile(r"([\d][\d,_]*(?:\.\d+)?)\s*([kmb])?(?:\s*tokens?)?", re.IGNORECASE)
_SUFFIXES = {"": 1, "k": 1000, "m": 1_000_000, "b": 1_000_000_000}


class SkipRowError(ValueError):
    """A row that is no model; its text is the reason."""


def parse_rows(rows: Iterable[Any], parse_row: Callable[[Mapping[str, Any]], Model]) -> Parsed:
    """Return the model of each row; a row that is none, or of a known id, is skipped with its reason.

    >>> parsed = parse_rows([{"id": "a"}, 7, {"id": "a"}], lambda row: Model(row["id"], "x"))
    >>> [model.id for model in parsed.models], [skipped.reason for skipped in parsed.skipped]
    (['a'], ['expected a mapping, got int'])
    """
    models: dict[str, Model] = {}
    skipped: list[SkippedRow] = []
    for number, row in enumerate(rows):
        try:
            model = parse_row(_expect_row(row))
        except (SkipRowError, InvalidModelError) as error:
            skipped.append(SkippedRow(number, str(error), _shown_id(row)))
            continue
        skipped.extend(SkippedRow(number, reason, model.id) for reason in unsuspicious(model))
        kept = models.setdefault(model.id, model)
        if kept is not model and kept != model:
            skipped.append(SkippedRow(number, "listed twice with different facts; the first row counts", model.id))
    return Parsed(list(models.values()), skipped)


def merge_pages(pages: Iterable[Parsed]) -> Parsed:
    """Return the models of all pages, each id once.

    >>> [model.id for model in merge_pages([Parsed([Model("a", "x")], []), Parsed([Model("b", "x")], [])]).models]
    ['a', 'b']
    """
    models: dict[str, Model] = {}
    skipped: list[SkippedRow] = []
    for page in pages:
        for model in page.models:
            models.setdefault(model.id, model)
        skipped.extend(page.skipped)
    return Parsed(list(models.values()), skipped)


def expect_rows(payload: Any, source: str, *envelopes: str) -> list[Any]:
    """Return the rows of an answer: the list under the first of the names that holds one; "" is a bare list.

    >>> expect_rows({"data": [1]}, "demo", "data"), expect_rows([1], "demo", "data", "")
    ([1], [1])
    """
    if isinstance(payload, list) and "" in envelopes:
        return payload
    if isinstance(payload, dict):
        for name in envelopes:
            if isinstance(payload.get(name), list):
                return list(payload[name])
    named = [f"a list under {name!r}" if name else "a list" for name in envelopes]
    wanted = " or ".join(named) if len(named) < _MANY else "a list of models"
    raise SourceFormatError(f"expected {wanted}, got {_described(payload)}", source=source)


def row_id(row: Mapping[str, Any], *names: str) -> str:
    """Return the id of a row, from the first of the fields that has one; raise `SkipRowError` if none will do.

    >>> row_id({"name": "models/gemini-pro"}, "id", "name")
    'models/gemini-pro'
    """
    found = first(row, names, text_or_none)
    if found is None:
        raise SkipRowError(f"no id: {' and '.join(names)} are missing or blank")
    id = str(found).strip()
    if len(id) > LONGEST_ID:
        raise SkipRowError(f"an id of {len(id)} characters")
    if not id.isprintable():
        raise SkipRowError("an id with control characters")
    return id


def first(row: Any, paths: Iterable[str], read: Callable[[Any], Fact | None]) -> Fact | None:
    """Return what `read` makes of the first path for which it makes something, else `None`.

    >>> first({"context_length": 0, "limits": {"context": "128k"}}, ["context_length", "limits.context"], count)
    128000
    """
    if not isinstance(row, dict):
        return None
    heads, parted = _split(tuple(paths))
    if heads.isdisjoint(row):
        return None
    for head, rest in parted:
        if head not in row:
            continue
        value = row[head]
        for name in rest:
            value = value.get(name) if isinstance(value, dict) else None
        found = None if value is None else read(value)
        if found is not None:
            return found
    return None


@cache
def _split(paths: tuple[str, ...]) -> tuple[frozenset[str], tuple[tuple[str, tuple[str, ...]], ...]]:
    """Return the first names of paths, and each path parted: most rows have few of the fields that are looked for."""
    names = [path.split(".") for path in paths]
    return frozenset(head for head, *_ in names), tuple((head, tuple(rest)) for head, *rest in names)


def has_any(row: Mapping[str, Any], paths: Iterable[str]) -> bool:
    """Return whether a row has the first name of any of the paths: a quick look before a slow one.

    >>> has_any({"limits": {}}, ["context", "limits.context"]), has_any({"id": "m"}, ["limits.context"])
    (True, False)
    """
    return not _split(tuple(paths))[0].isdisjoint(row)


def dig(row: Any, path: str) -> Any:
    """Return the value at a dotted path, or `None`.

    >>> dig({"architecture": {"modality": "text"}}, "architecture.modality"), dig({"a": 1}, "a.b")
    ('text', None)
    """
    if not isinstance(row, dict):
        return None
    if "." not in path:
        return row.get(path)
    head, _, rest = path.partition(".")
    return dig(row[head], rest) if head in row else None


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping with text keys as it is, anything else as an empty one.

    >>> mapping({"a": 1}), mapping(None)
    ({'a': 1}, {})
    """
    if not isinstance(value, dict):
        return {}
    return value if _TEXT.issuperset(map(type, value)) else {k: v for k, v in value.items() if isinstance(k, str)}


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, anything else as an empty one.

    >>> as_list([1]), as_list({"a": 1})
    ([1], [])
    """
    return value if isinstance(value, list) else []


def known(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that are known.

    >>> known({"state": "loaded", "digest": None})
    {'state': 'loaded'}
    """
    return {name: value for name, value in facts.items() if value is not None}


def count(value: Any) -> int | None:
    """Return a positive whole number, also from text such as "128k" or "163,840"; servers write 0 for unknown.

    >>> count(8192), count("163,840"), count("200K"), count("128K tokens"), count(0), count(True)
    (8192, 163840, 200000, 128000, None, None)
    """
    if not isinstance(value, str):
        return known_count(value)
    found = _COUNT.fullmatch(value.strip()[:40])
    if found is None:
        return None
    number = float(found[1].replace(",", "").replace("_", ""))
    return known_count(round(number * _SUFFIXES[(found[2] or "").lower()]))


def day(value: Any) -> str | None:
    """Return a date as ISO text, from seconds or milliseconds since 1970, or from ISO text; `None` for placeholders.

    A day before 2015 or in the future is a placeholder: no model of today's APIs is that old.

    >>> day(1761950332), day("2025-11-30T12:00:00Z"), day("2025-05-10T08:06:48.639712648-07:00"), day(0)
    ('2025-10-31', '2025-11-30', '2025-05-10', None)
    """
    found = _day_of_number(value) if isinstance(value, int | float) else _day_of_text(value)
    return found if found and found >= _FIRST_DAY else None


def past_day(value: Any) -> str | None:
    """Return a date as `day` does, unless it is in the future.

    >>> past_day("2025-11-30"), past_day("9998-01-01")
    ('2025-11-30', None)
    """
    found = day(value)
    return found if found and found <= time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86_400)) else None


def prices(stated: Any, names: Mapping[str, str], *, per_mtok: bool = False) -> dict[str, float]:
    """Return prices under our names, USD per token; negative ones mean "it varies" and are left out, as unknown.

    >>> prices({"prompt": "0.0000025", "completion": "-1"}, {"prompt": "input", "completion": "output"})
    {'input': 2.5e-06}
    >>> prices({"in": 0.3}, {"in": "input"}, per_mtok=True)
    {'input': 3e-07}
    """
    found: dict[str, float] = {}
    table = mapping(stated)
    for theirs, ours in names.items():
        value = price(table[theirs]) if theirs in table else None
        if value is not None and ours not in found:
            found[ours] = per_token(value) if per_mtok else float(value)
    return found


def capabilities(stated: Any) -> dict[str, bool]:
    """Return the capabilities that a list names or a mapping of flags states, those we know alone.

    >>> capabilities(["tool-calling", "streaming", "telepathy"]), capabilities({"vision": False, "x": 1})
    ({'tools': True, 'streaming': True}, {'vision': False})
    """
    flags = dict.fromkeys(texts(stated), True) if isinstance(stated, list) else mapping(stated)
    found = {known_capability(name): flag for name, flag in flags.items() if isinstance(flag, bool)}
    return {name: flag for name, flag in found.items() if name is not None}


def kind_of(value: Any) -> str | None:
    """Return what a model is for, by our name, from the word or the list of words of a server.

    >>> kind_of("text-to-image"), kind_of(["text-to-text"]), kind_of("mystery")
    ('image', 'chat', None)
    """
    words = texts(value) if isinstance(value, list) else [value]
    return next((_KINDS[word.lower()] for word in words if isinstance(word, str) and word.lower() in _KINDS), None)


_KINDS = {
    word: kind
    for kind, words in {
        "chat": "chat language llm vlm text-generation text-to-text image-text-to-text chat.completions responses",
        "completion": "completion completions text-completion",
        "embedding": "embedding embeddings embed feature-extraction text-to-embedding text-embedding",
        "image": "image images image_generation image-generation text-to-image image_edit",
        "moderation": "moderation moderations safety",
        "ocr": "ocr",
        "realtime": "realtime",
        "rerank": "rerank reranker reranking text-to-score text-ranking",
        "search": "search",
        "speech": "speech tts audio_speech text-to-speech text_to_speech",
        "transcription": (
            "transcription transcribe transcript audio_transcription stt speech-to-text speech_to_text "
            "automatic-speech-recognition"
        ),
        "video": "video video_generation video-generation text-to-video",
    }.items()
    for word in words.split()
}


def _day_of_number(value: float) -> str | None:
    if isinstance(value, bool) or not 0 < value < 10**14:
        return None
    return time.strftime("%Y-%m-%d", time.gmtime(value / 1000 if value > _EPOCH_MS else value))


def _day_of_text(value: Any) -> str | None:
    if not isinstance(value, str) or not value.isascii():
        return None
    if value.isdigit():
        return _day_of_number(int(value)) if 9 <= len(value) <= 13 else None
    text = value.strip()[:10]
    try:
        return date.fromisoformat(text).isoformat() if "-" in text else None
    except ValueError:
        return None


def _expect_row(row: Any) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise SkipRowError(f"expected a mapping, got {type(row).__name__}")
    return mapping(row)


def _shown_id(row: Any) -> str | None:
    found = first(row, ("id", "name", "model"), text_or_none)
    return None if found is None else printable(found, 80).strip("'")


def _described(payload: Any) -> str:
    if isinstance(payload, Mapping):
        return f"a mapping of {printable(sorted(map(str, payload))[:6], 100)}"
    return type(payload).__name__
