"""What tables of scores have in common: scores as mappings, rows joined by the model that they are about."""

import math
import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ai_models._core.contracts import Listing, ModelSource, SkippedRow
from ai_models._core.model import Model
from ai_models.errors import SourceFormatError
from ai_models.sources.parsed import Parsed
from ai_models.sources.rows import SkipRowError, mapping

__all__ = ["ScoreSource", "number", "parse_scores", "score", "slug"]

ScoreRow = tuple[str, str, list[dict[str, Any]]]
"""Provider, id and scores of one row."""


class ScoreSource(ModelSource):
    """A source of scores: it adds to models that are known, when it is named."""

    by_default = False
    annotates = True

    def discover_models(self) -> list[Model]:
        """Ask for the table and return its scores, each model's on a model of its own."""
        return self.listing().models

    @abstractmethod
    def listing(self) -> Listing:
        """Ask for the table and return its scores and the rows that have none."""


def parse_scores(rows: Iterable[Any], parse_row: Callable[[Mapping[str, Any]], ScoreRow]) -> Parsed:
    """Return a model for each that the rows are about, with the scores of all its rows.

    >>> rows = [{"id": "a", "v": 1}, {"id": "a", "v": 2}, 7]
    >>> parsed = parse_scores(rows, lambda row: ("x", row["id"], [{"value": row["v"]}]))
    >>> [model.benchmarks for model in parsed.models], [skipped.reason for skipped in parsed.skipped]
    ([[{'value': 1}, {'value': 2}]], ['expected a mapping, got int'])
    """
    models: dict[tuple[str, str], Model] = {}
    skipped: list[SkippedRow] = []
    for place, row in enumerate(rows):
        try:
            if not isinstance(row, dict):
                raise SkipRowError(f"expected a mapping, got {type(row).__name__}")
            provider, id, scores = parse_row(mapping(row))
        except SkipRowError as error:
            skipped.append(SkippedRow(place, str(error)))
            continue
        known = models.setdefault((provider, id), Model(id, provider))
        known.benchmarks += [each for each in scores if each not in known.benchmarks]
    return Parsed(list(models.values()), skipped)


def score(benchmark: str, value: float, **facts: Any) -> dict[str, Any]:
    """Return a score; facts that are not known are left out.

    >>> score("mmlu", 88.7, unit="percent", setting=None)
    {'benchmark': 'mmlu', 'value': 88.7, 'unit': 'percent'}
    """
    known = {name: fact for name, fact in facts.items() if fact not in (None, "")}
    return {"benchmark": benchmark, "value": value, **known}


def slug(name: str) -> str:
    """Return a benchmark's name as one word that is the same in every table.

    >>> slug("SWE Bench Pro"), slug("SWE-Bench Pro"), slug("Terminal-Bench 2.1")
    ('swe-bench-pro', 'swe-bench-pro', 'terminal-bench-2.1')
    """
    return re.sub(r"[^\w.]+", "-", name.lower()).strip("-")


def number(value: Any) -> float | None:
    """Return a finite number as it is, and `None` for anything else.

    >>> number(72.5), number(float("nan")), number("72.5"), number(True)
    (72.5, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**9:
        return None
    return value if math.isfinite(value) else None


def expect_list(payload: Any, source: str) -> list[Any]:
    """Return the rows of a table; raise `SourceFormatError` for what is none."""
    if not isinstance(payload, list):
        raise SourceFormatError(f"expected a list of rows, got {type(payload).__name__}", source=source)
    return payload
