"""What a model may be preferred for: its price for a workload, its limits, its age, its speed, its scores."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ai_models._core.model import Model, Offer
from ai_models._core.nearest import nearest
from ai_models._core.registry import ModelRegistry
from ai_models.benchmarks import BenchmarkNotFoundError, Benchmarks, Score, latest_speed, main_kind, scores_of
from ai_models.costs.records import Cost
from ai_models.errors import QueryError, printable

__all__ = ["PREFERENCES", "Preference", "Value", "parse_preferences"]


@dataclass(frozen=True, slots=True)
class Value:
    """What a model has of a preference: the fact, how good it is (more is better, `None`: unknown), and it in words.

    >>> Value().text
    'unknown'
    """

    value: Any = None
    rank: float | None = None
    text: str = "unknown"


Read = Callable[[Model, Offer, Cost], Value]


@dataclass(frozen=True, slots=True)
class Preference:
    """One thing that counts, by the name that was asked for, and how it is read of a model through an offer.

    >>> [context] = parse_preferences("context", ModelRegistry())
    >>> context.value(Model("m", "x", 8192), Model("m", "x").offer("x"), Cost("m", "x")).text
    '8,192 tokens'
    """

    name: str
    read: Read
    reverse: bool = False

    def value(self, model: Model, offer: Offer, cost: Cost) -> Value:
        """Return what a model has of it; turned around, the least is the best, and unknown stays last."""
        found = self.read(model, offer, cost)
        if not self.reverse or found.rank is None:
            return found
        return Value(found.value, -found.rank, found.text)


def parse_preferences(prefer: str | Iterable[str], models: ModelRegistry) -> tuple[Preference, ...]:
    """Return preferences by name, one of which a `-` turns around; raise `QueryError` with a suggestion for others.

    >>> [each.name for each in parse_preferences("price,-context", ModelRegistry())]
    ['price', '-context']
    >>> parse_preferences("prise", ModelRegistry())
    Traceback (most recent call last):
        ...
    ai_models.errors.QueryError: unknown preference 'prise'; did you mean 'price'?
    """
    words = _words(prefer)
    if not words:
        raise QueryError("prefer: name what counts, such as 'price' or 'newest'", "prefer")
    return tuple(_preference(word, models) for word in dict.fromkeys(words))


def _words(prefer: str | Iterable[str]) -> list[str]:
    """Return the preferences in a text; a comma before a known one parts them, as a setting may have its own."""
    if not isinstance(prefer, str):
        return [each.strip().removeprefix("+") for each in prefer if each.strip()]
    words: list[str] = []
    for part in (each.strip() for each in prefer.split(",")):
        name = part.lstrip("+-")
        if words and words[-1].lstrip("-").startswith("score:") and not name.startswith("score:") and name not in _READ:
            words[-1] += f", {part}"
        elif part:
            words.append(part.removeprefix("+"))
    return words


def _preference(word: str, models: ModelRegistry) -> Preference:
    name = word.removeprefix("-")
    if name.startswith("score:"):
        return Preference(word, _score(name.removeprefix("score:"), models), word != name)
    if name not in _READ:
        near = nearest(name, PREFERENCES, meant=_MEANT)
        known = "" if near else f"; there are {', '.join(PREFERENCES)}"
        raise QueryError(f"unknown preference {printable(name)}{known}", "prefer", near)
    return Preference(word, _READ[name], word != name)


def _price(_: Model, __: Offer, cost: Cost) -> Value:
    total = cost.total
    if total is None:
        return Value()
    return Value(f"{total:f}", -float(total), f"${total.normalize():f}" if total else "free")


def _tokens(field: str) -> Read:
    def read(model: Model, offer: Offer, _: Cost) -> Value:
        number = offer.facts.get(field)
        if number is None and (offer.is_default or field == "context_size"):
            number = getattr(model, field)
        return Value() if number is None else Value(number, float(number), f"{number:,} tokens")

    return read


def _newest(model: Model, _: Offer, __: Cost) -> Value:
    day = model.released
    digits = (day or "").replace("-", "")[:8]
    if not day or not digits.isdecimal():
        return Value()
    return Value(day, float(digits.ljust(8, "0")), day)


def _speed(model: Model, offer: Offer, _: Cost) -> Value:
    found = latest_speed(scores_of(model), offer.provider)
    if found is None:
        return Value()
    return Value(found.value, found.value, f"{found.value:g} tokens/s")


def _score(text: str, models: ModelRegistry) -> Read:
    """Return what reads a score: the model's own best one, or where there is none the best that it inherits."""
    view = Benchmarks(models)
    names = view.names()
    name, _, setting = (text, "", "") if text in names else text.partition(":")
    if name not in names:
        raise BenchmarkNotFoundError(name, nearest(name, names, 3))
    kind = main_kind(_every(models, name))

    def read(model: Model, _: Offer, __: Cost) -> Value:
        fitting = [
            each
            for each in view.of(model.id)
            if each.benchmark == name and (each.metric, each.unit) == kind and setting in ("", each.setting)
        ]
        own = [each for each in fitting if each.inherited_from is None]
        best = max(own or fitting, key=lambda each: each.rank, default=None)
        return Value() if best is None else Value(best.value, best.rank, _told(best))

    return read


def _every(models: ModelRegistry, benchmark: str) -> list[Score]:
    return [each for model in models.values() for each in scores_of(model) if each.benchmark == benchmark]


def _told(score: Score) -> str:
    unit = {"percent": "%", None: ""}.get(score.unit, f" {score.unit}")
    said = [score.setting, f"inherited from {score.inherited_from}" if score.inherited_from else None, score.source]
    return f"{score.value:g}{unit} ({'; '.join(filter(None, said))})"


_READ: dict[str, Read] = {
    "price": _price,
    "context": _tokens("context_size"),
    "output": _tokens("max_output_tokens"),
    "newest": _newest,
    "speed": _speed,
}

_MEANT = {
    **dict.fromkeys(("cost", "cheap", "cheapest", "input_price"), ("price",)),
    **dict.fromkeys(("context_size", "window", "size"), ("context",)),
    **dict.fromkeys(("max_output", "max_output_tokens"), ("output",)),
    **dict.fromkeys(("released", "date", "age"), ("newest",)),
    **dict.fromkeys(("fast", "fastest", "latency", "throughput"), ("speed",)),
    **dict.fromkeys(("benchmark", "quality"), ("score:<benchmark>",)),
}

PREFERENCES = (*_READ, "score:<benchmark>")
"""What may be preferred."""
