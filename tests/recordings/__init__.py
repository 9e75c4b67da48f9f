"""How each recorded list is read, and what must come of it: a module a group of sources, each with its `RECORDINGS`.

What is expected of a row is read here again from the row itself, by other means than the parser's.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from ai_models._core.model import Model
from ai_models.sources.parsed import Parsed

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Recording:
    """How to read one kind of recorded answer.

    `rows` gives the raw rows of an answer, `id` the id under which a row's model must be found, or `None` for a row
    that must be skipped; `facts` what must be known of it, by dotted path; `None` means it must be unknown.
    """

    parse: Callable[[Any], Parsed]
    rows: Callable[[Any], Iterable[Any]]
    id: Callable[[Any], str | None]
    facts: Callable[[Any], Mapping[str, Any]]


def recordings() -> dict[str, Recording]:
    """Return all, by a glob for their files under the payloads."""
    found: dict[str, Recording] = {}
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        found |= import_module(f"tests.recordings.{path.stem}").RECORDINGS
    return found


def fact_at(model: Model, path: str, provider: str | None = None) -> Any:
    """Return the fact at a dotted path; `offer.x` is what the model's own provider says of its offer."""
    head, _, part = path.partition(".")
    if head == "offer":
        return model.connector_metadata.get(model.provider, {}).get(part)
    value = getattr(model, head)
    return value.get(part) if part else (value if value != [] and value != {} else None)


def per_million(value: Any) -> float | None:
    """Return USD per token of a price in USD per million tokens."""
    return None if value is None else float(value) / 1e6
