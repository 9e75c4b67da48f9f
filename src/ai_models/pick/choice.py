"""What was picked and why: candidates in their order, those that no other beats, and the reasons of the rejected."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ai_models._core.model import Model
from ai_models.costs.records import USUAL, Cost, Workload
from ai_models.errors import QueryError, printable
from ai_models.pick.preferences import Preference, Value

__all__ = ["Candidate", "Choice", "Rejection", "pareto", "ranked"]

_FACTS = {"newest": "release date"}
_MOST_REASONS = 6
_MOST_MISSES = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that fits, through one of its offers, with what it is ranked by: a value for each preference.

    `cost` is that of the workload, its total `None` where a price is unknown; `notes` say what to know before you
    use it.

    >>> Candidate(Model("m", "x"), "x", Cost("m", "x"), {"context": Value(8192, 8192.0, "8,192 tokens")}).why
    'context 8,192 tokens'
    """

    model: Model
    offer: str
    cost: Cost
    values: Mapping[str, Value]
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The model's id."""
        return self.model.id

    @property
    def unknown(self) -> list[str]:
        """The preferences of which nothing is known here."""
        return [name for name, value in self.values.items() if value.rank is None]

    @property
    def why(self) -> str:
        """What it is ranked by, in words."""
        return ", ".join(f"{name} {value.text}" for name, value in self.values.items())

    def to_dict(self) -> dict[str, Any]:
        """Return the candidate as JSON-ready data."""
        return {
            "id": self.id,
            "offer": self.offer,
            "cost": self.cost.to_dict(),
            "values": {name: value.value for name, value in self.values.items()},
            "why": self.why,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a model is out: each criterion that it doesn't meet, or that nobody knows whether it meets.

    `reasons` name the criteria as they were asked; `words` say the same to a person (none: in the same words).

    >>> str(Rejection(("retired", "not context_size >= 8000"), ("retired", "context is below 8,000 tokens")))
    'retired; context is below 8,000 tokens'
    """

    reasons: tuple[str, ...]
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "; ".join(self.words or self.reasons)


@dataclass(frozen=True)
class Choice:
    """What was picked: `ranked` are all that fit, the best first; `rejected` is why each other model is out, by id.

    `limit` is how many of the others `explain` tells of.

    >>> choice = Choice((), {"a": Rejection(("retired",))}, ())
    >>> print(choice.explain())
    No model fits out of 1.
           1 out: retired
    Nearest: a (retired).
    """

    ranked: tuple[Candidate, ...]
    rejected: Mapping[str, Rejection]
    prefer: tuple[Preference, ...]
    workload: Workload = USUAL
    limit: int = 5
    weights: Mapping[str, float] | None = None

    @property
    def best(self) -> Candidate | None:
        """The first of the ranked; `None` if no model fits."""
        return self.ranked[0] if self.ranked else None

    @cached_property
    def pareto(self) -> tuple[Candidate, ...]:
        """Those of the ranked that no other beats: better in one preference, and worse in none."""
        return pareto(self.ranked)

    @property
    def counts(self) -> dict[str, int]:
        """How many models each reason keeps out, the most frequent first; a model may have several."""
        return dict(Counter(reason for each in self.rejected.values() for reason in each.reasons).most_common())

    @property
    def near_misses(self) -> dict[str, str]:
        """The models that one reason alone keeps out, by id, with that reason in words."""
        return {id: str(each) for id, each in self.rejected.items() if len(each.reasons) == 1}

    def explain(self) -> str:
        """Return as text what was picked, by what, which other models are no worse, and what kept the rest out."""
        return "\n".join(_told(self))

    def to_dict(self) -> dict[str, Any]:
        """Return the choice as JSON-ready data, every rejected model with its reasons."""
        return {
            "best": self.best.to_dict() if self.best else None,
            "ranked": [each.to_dict() for each in self.ranked],
            "pareto": [each.id for each in self.pareto],
            "rejected": {id: list(each.reasons) for id, each in self.rejected.items()},
            "counts": self.counts,
            "prefer": [each.name for each in self.prefer],
            "weights": dict(self.weights) if self.weights else None,
        }


def ranked(
    candidates: Iterable[Candidate], prefer: Sequence[Preference], weights: Mapping[str, float] | None = None
) -> list[Candidate]:
    """Return candidates in order: by the preferences one after the other, or by their weighted mean place.

    What is unknown comes last; equals go by their id, a dated snapshot after what it is a snapshot of.
    """
    found = sorted(candidates, key=lambda each: (each.model.base is not None, each.id))
    if weights is None:
        return sorted(found, key=lambda each: [_key(each.values[one.name]) for one in prefer])
    places = [_places(found, one) for one in prefer]
    factors = _factors(prefer, weights)
    means = [sum(f * each[at] for f, each in zip(factors, places, strict=True)) for at in range(len(found))]
    return [found[at] for at in sorted(range(len(found)), key=means.__getitem__)]


def pareto(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates that no other one beats: better in one value, and worse in none. Unknown is the worst."""
    given = list(candidates)
    vectors = [tuple(_key(value) for value in each.values.values()) for each in given]
    front: list[tuple[tuple[bool, float], ...]] = []
    for vector in sorted(set(vectors)):  # whoever beats it comes before it
        if not any(all(a <= b for a, b in zip(other, vector, strict=True)) for other in front):
            front.append(vector)
    best = set(front)
    return tuple(each for each, vector in zip(given, vectors, strict=True) if vector in best)


def _places(candidates: Sequence[Candidate], preference: Preference) -> list[int]:
    """Return the place of each candidate by one preference, from 0; equals share theirs."""
    keys = [_key(each.values[preference.name]) for each in candidates]
    order = {key: place for place, key in reversed(list(enumerate(sorted(keys))))}
    return [order[key] for key in keys]


def _factors(prefer: Sequence[Preference], weights: Mapping[str, float]) -> list[float]:
    names = [each.name for each in prefer]
    for name, weight in weights.items():
        if name not in names:
            raise QueryError(f"weights: {printable(name)} is no preference here", "weights", names)
        given: Any = weight
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given < float("inf"):
            raise QueryError(f"weights[{printable(name)}]={printable(weight)}: expected a number, 0 or more", "weights")
    return [weights.get(name, 1.0) for name in names]


def _key(value: Value) -> tuple[bool, float]:
    """Return what sorts the best first and the unknown last."""
    return (True, 0.0) if value.rank is None else (False, -value.rank)


def _told(choice: Choice) -> Iterator[str]:
    best = choice.best
    if best is None:
        yield f"No model fits out of {len(choice.rejected):,}."
    else:
        yield f"{_safe(best.id)} via {_safe(best.offer)}: {_safe(best.why)}."
        yield from (f"  note: {_safe(note)}" for note in best.notes)
        yield f"Ranked by {_order(choice)}; {len(choice.ranked):,} fit, {len(choice.rejected):,} don't."
        if any(each.name.lstrip("-") == "price" for each in choice.prefer):
            yield f"Prices are of {choice.workload}."
        yield from _no_worse(choice, best)
        unknown = Counter(name for each in choice.ranked for name in each.unknown)
        for name, count in unknown.items():
            yield f"Unknown {_FACTS.get(name.lstrip('-'), name)} of {count:,} that fit: they come last in it."
    counts = Counter(word for each in choice.rejected.values() for word in each.words or each.reasons).most_common()
    yield from (f"  {count:>6,} out: {_safe(reason)}" for reason, count in counts[:_MOST_REASONS])
    more = len(counts) - _MOST_REASONS
    if more > 0:
        yield f"         and {more} more {'reason' if more == 1 else 'reasons'}"
    if not choice.ranked and choice.near_misses:
        missed = list(choice.near_misses.items())[:_MOST_MISSES]
        yield "Nearest: " + "; ".join(f"{_safe(id)} ({_safe(reason)})" for id, reason in missed) + "."


def _no_worse(choice: Choice, best: Candidate) -> Iterator[str]:
    """Yield what is as good as the best, and what trades one preference for another."""
    as_good = [each for each in choice.pareto if each is not best and each.why == best.why]
    trades = [each for each in choice.pareto if each.why != best.why]
    if as_good:
        yield f"As good in all of it: {_list([_safe(each.id) for each in as_good], choice.limit)}."
    if trades:
        told = [f"{_safe(each.id)} ({_safe(each.why)})" for each in trades]
        yield f"Better in one thing, worse in another: {_list(told, choice.limit)}."


def _list(texts: Sequence[str], most: int) -> str:
    more = f"; and {len(texts) - most:,} more" if len(texts) > most else ""
    return "; ".join(texts[:most]) + more


def _order(choice: Choice) -> str:
    names = [each.name for each in choice.prefer]
    if choice.weights is None:
        return ", then ".join(names)
    return "the weighted mean place in " + ", ".join(
        f"{name} (weight {choice.weights.get(name, 1):g})" for name in names
    )


def _safe(text: str) -> str:
    """Return a text as one line in which nothing can move a cursor."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
