"""What benchmarks say: the scores of each model, what was inherited apart from what was measured, and leaderboards."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date as day
from math import isfinite
from typing import Any

from ai_models._core.model import Model
from ai_models._core.nearest import nearest
from ai_models._core.registry import ModelRegistry
from ai_models._core.trust import USER
from ai_models.errors import InvalidModelError, NotFoundError

__all__ = ["SPEED", "BenchmarkNotFoundError", "Benchmarks", "Score", "latest_speed", "scores_of"]

SPEED = "speed"
"""The benchmark under which measured speed is kept."""

_SPEEDS = {"tokens_per_second": ("tokens/s", "higher"), "time_to_first_token": ("seconds", "lower")}


class BenchmarkNotFoundError(NotFoundError):
    """No model has a score of a benchmark of this name."""

    what = "benchmark"


@dataclass(frozen=True, slots=True)
class Score:
    """One score of a model; `unit` (percent, seconds, usd …) says what `value` counts, `None` is what nobody said.

    `better` is "higher" or "lower"; `inherited_from` the model that was measured in place of this
    one: what it is a snapshot of, its newest snapshot, or what it was made from.

    >>> Score("openai/gpt-4o", "mine", 7.5, setting="hard").label
    'mine (hard)'
    """

    model: str
    benchmark: str
    value: float
    unit: str | None = None
    metric: str | None = None
    setting: str | None = None
    source: str = USER
    date: str | None = None
    url: str | None = None
    better: str = "higher"
    provider: str | None = None
    inherited_from: str | None = None

    @property
    def label(self) -> str:
        """The benchmark with its setting, if it has one."""
        return f"{self.benchmark} ({self.setting})" if self.setting else self.benchmark

    @property
    def rank(self) -> float:
        """The value so that more is better."""
        return -self.value if self.better == "lower" else self.value

    def to_dict(self) -> dict[str, Any]:
        """Return the score as JSON-ready data, what is unknown left out.

        >>> Score("m", "mine", 7.5).to_dict()
        {'model': 'm', 'benchmark': 'mine', 'value': 7.5, 'source': 'user', 'better': 'higher'}
        """
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in found.items() if value is not None}


class Benchmarks:
    """The scores that the models of a registry have, as they were gathered: none is an average.

    >>> models = ModelRegistry()
    >>> models["a"] = {"provider": "x", "benchmarks": [{"benchmark": "mine", "value": 7}]}
    >>> models["b"] = {"provider": "x", "benchmarks": [{"benchmark": "mine", "value": 9}]}
    >>> [(score.model, score.value) for score in Benchmarks(models).table("mine")]
    [('b', 9), ('a', 7)]
    """

    def __init__(self, models: ModelRegistry) -> None:
        self._models = models

    def of(self, id: str) -> list[Score]:
        """Return the scores of a model: its own, then those that it inherits.

        >>> models = ModelRegistry()
        >>> models["m"] = {"provider": "x", "benchmarks": [{"benchmark": "mine", "value": 7}]}
        >>> models["m-2026"] = {"provider": "x", "base": "m"}
        >>> [(score.value, score.inherited_from) for score in Benchmarks(models).of("m-2026")]
        [(7, 'm')]
        """
        model = self._models[id]
        return [*scores_of(model), *self._inherited(model)]

    def table(self, benchmark: str, *, metric: str | None = None, setting: str | None = None) -> list[Score]:
        """Return the leaderboard of a benchmark, the best first: what models scored themselves, in every setting.

        Without a `metric` it is the one that most scores have, costs and durations aside. Raise
        `BenchmarkNotFoundError` for a benchmark that no model has a score of.
        """
        scores = [each for model in self._models.values() for each in scores_of(model) if each.benchmark == benchmark]
        if not scores:
            raise BenchmarkNotFoundError(benchmark, nearest(benchmark, self.names(), 3))
        kind = main_kind(scores) if metric is None else (metric, None)
        chosen = [each for each in scores if each.metric == kind[0] and kind[1] in (None, each.unit)]
        fitting = [each for each in chosen if setting is None or each.setting == setting]
        return sorted(fitting, key=lambda each: (-each.rank, each.model, each.setting or "", each.source))

    def names(self) -> dict[str, int]:
        """Return the benchmarks by name, each with how many models have a score of it.

        >>> Benchmarks(ModelRegistry()).names()
        {}
        """
        found = Counter(name for model in self._models.values() for name in {s.benchmark for s in scores_of(model)})
        return dict(sorted(found.items()))

    def add(
        self,
        id: str,
        benchmark: str,
        value: float,
        *,
        metric: str | None = None,
        unit: str | None = None,
        setting: str | None = None,
        date: str | None = None,
        url: str | None = None,
        better: str | None = None,
        provider: str | None = None,
    ) -> None:
        """Keep a score of your own at a model, in place of an earlier one of the same kind; discoveries leave it.

        `date` is the day it was measured, by default today; `better` is "lower" where less is
        better. Raise `InvalidModelError` for a value that is no number.
        """
        score = {
            "benchmark": _text("benchmark", benchmark),
            "value": _number(benchmark, value),
            "unit": unit,
            "metric": metric,
            "setting": setting,
            "provider": provider,
            "date": date or day.today().isoformat(),
            "url": url,
            "better": better,
        }
        if better not in (None, "higher", "lower"):
            raise InvalidModelError("better", better, "expected 'higher' or 'lower'", id)
        kept = {name: fact for name, fact in score.items() if fact is not None}
        with self._models.edit(id) as model:
            others = [each for each in model.benchmarks if not _replaces(kept, each)]
            model.benchmarks = [*others, kept]

    def add_speed(
        self,
        id: str,
        provider: str,
        *,
        tokens_per_second: float | None = None,
        time_to_first_token: float | None = None,
        date: str | None = None,
    ) -> None:
        """Keep how fast a provider was for you: tokens of the answer in a second, seconds until the first of them.

        >>> models = ModelRegistry()
        >>> models["m"] = {"provider": "x"}
        >>> Benchmarks(models).add_speed("m", "x", tokens_per_second=80)
        >>> [(score.metric, score.value, score.unit) for score in Benchmarks(models).of("m")]
        [('tokens_per_second', 80, 'tokens/s')]
        """
        measured = {"tokens_per_second": tokens_per_second, "time_to_first_token": time_to_first_token}
        if all(value is None for value in measured.values()):
            raise InvalidModelError("speed", None, "give tokens_per_second=, time_to_first_token=, or both", id)
        with self._models.batch():
            for metric, value in measured.items():
                if value is not None:
                    unit, better = _SPEEDS[metric]
                    positive = _number(metric, value, least=0)
                    self.add(id, SPEED, positive, metric=metric, unit=unit, better=better, provider=provider, date=date)

    def _inherited(self, model: Model) -> Iterator[Score]:
        """Yield the scores of the models that this one stands for or was made from."""
        for other in self._relatives(model):
            for score in scores_of(other):
                if score.benchmark != SPEED:
                    yield replace(score, model=model.id, inherited_from=other.id)

    def _relatives(self, model: Model) -> Iterator[Model]:
        parents = [model.base, *_made_from(model)]
        if not model.base:
            scored = (each for each, _ in self._models.offers(model.id) if each != model.id)
            parents += [next((each for each in dict.fromkeys(scored) if self._models[each].benchmarks), None)]
        for parent in dict.fromkeys(filter(None, parents)):
            if parent in self._models and (found := self._models[parent]).id != model.id:
                yield found


def scores_of(model: Model) -> Iterator[Score]:
    """Yield what a model scored itself; an entry without a benchmark or a number is none.

    >>> [score.value for score in scores_of(Model("m", "x", benchmarks=[{"benchmark": "a", "value": 3}, {"value": 1}]))]
    [3]
    """
    for each in model.benchmarks:
        name: Any = each.get("benchmark")
        value: Any = each.get("value")
        if isinstance(name, str) and _is_number(value):
            rest = {key: str(each[key]) for key in _TEXTS if each.get(key) is not None}
            yield Score(model.id, name, value, **rest)


def latest_speed(scores: Iterable[Score], provider: str, metric: str = "tokens_per_second") -> Score | None:
    """Return the last speed that was measured at a provider, `None` if none was.

    >>> latest_speed([Score("m", "speed", 80, metric="tokens_per_second", provider="x")], "x").value
    80
    """
    fitting = [s for s in scores if s.benchmark == SPEED and s.metric == metric and s.provider == provider]
    return max(fitting, key=lambda score: score.date or "", default=None)


def main_kind(scores: Iterable[Score]) -> tuple[str | None, str | None]:
    """Return the metric and unit that most of these scores have, those of which less is better aside.

    >>> main_kind([Score("m", "a", 80, "percent", "pass"), Score("m", "a", 2, "usd", "cost", better="lower")])
    ('pass', 'percent')
    """
    kinds = Counter((score.metric, score.unit, score.better) for score in scores)
    first = min(kinds, key=lambda kind: (kind[2] == "lower", -kinds[kind], str(kind)))
    return first[0], first[1]


_TEXTS = ("unit", "metric", "setting", "source", "date", "url", "better", "provider")
_SAME = ("benchmark", "metric", "setting", "provider")


def _replaces(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    return old.get("source", USER) == USER and all(new.get(name) == old.get(name) for name in _SAME)


def _made_from(model: Model) -> Iterator[str]:
    """Yield what a model is a quantisation or a fine-tune of, as its sources name it."""
    for facts in (model.custom_metadata, *model.connector_metadata.values()):
        named = facts.get("parent_model")
        if isinstance(named, str):
            yield named


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _number(name: str, value: float, least: float | None = None) -> float:
    if not _is_number(value) or (least is not None and value < least):
        raise InvalidModelError(name, value, "a score is a number" + ("" if least is None else f", {least} or more"))
    return value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidModelError(name, value, "expected a text that is not empty")
    return value
