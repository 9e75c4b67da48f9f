"""What a check reports: a row for each target, in the order in which they were asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ai_models.health_log import HealthResult

__all__ = ["HealthReport", "Progress"]

Progress = Callable[[str, str], object]
"""Called with `start` or `done`, and whom is asked."""


@dataclass(slots=True)
class HealthReport:
    """What a check found: a result for each provider, and for each offer of a model.

    >>> result = HealthResult("openai", "openai", 0, "no_key", "2026-11-25T10:00:00Z", "no key: set OPENAI_API_KEY")
    >>> report = HealthReport([result])
    >>> report.ok, report["openai"].status
    (False, 'no_key')
    """

    results: list[HealthResult] = field(default_factory=list)
    level: int = 1
    interrupted: bool = False
    """Whether Ctrl-C ended the check before every answer was there."""
    names: dict[str, str] = field(default_factory=dict, repr=False)
    """What the names that were asked for mean: a model's name its id."""

    @property
    def ok(self) -> bool:
        """Whether every target is healthy."""
        return all(self.verdicts.values())

    @property
    def verdicts(self) -> dict[str, bool]:
        """Whether each target is healthy: a model is if any of its offers is.

        >>> HealthReport().verdicts
        {}
        """
        found: dict[str, bool] = {}
        for result in self.results:
            found[result.target] = found.get(result.target, False) or result.ok
        return found

    def __getitem__(self, target: str) -> HealthResult:
        named = self.names.get(target, target)
        results = [result for result in self.results if result.target == named]
        if not results:
            raise KeyError(target)
        return next((result for result in results if result.ok), results[0])

    def to_dict(self) -> dict[str, Any]:
        """Return the whole report as JSON-ready data."""
        return {
            "level": self.level,
            "ok": self.ok,
            "interrupted": self.interrupted,
            "results": [result.to_dict() for result in self.results],
        }
