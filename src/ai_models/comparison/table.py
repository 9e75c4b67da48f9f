"""The rows of a comparison: one fact each, with its unit, and which column is better where that can be said."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from ai_models._core.model import Model
from ai_models._core.nearest import MEANT, nearest
from ai_models.availability import Availability
from ai_models.benchmarks import Benchmarks, Score
from ai_models.comparison.columns import Column, offers_of, reachable
from ai_models.costs.records import USUAL, Cost, Workload
from ai_models.errors import QueryError

__all__ = ["Comparison", "Fact", "compare"]

Better = Literal["higher", "lower"] | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: a value for each column, `None` where it is unknown, in `unit`.

    >>> Fact("context_size", (8192, None, 4096), "tokens", "higher").best
    (0,)
    """

    name: str
    values: tuple[Any, ...]
    unit: str | None = None
    better: Better = None

    @property
    def differs(self) -> bool:
        """Whether the columns have different values; what is unknown is another value than what is known."""
        return any(value != self.values[0] for value in self.values)

    @property
    def best(self) -> tuple[int, ...]:
        """The numbers of the columns that have the better value; none where that can't be said, or nobody is worse."""
        known = [value for value in self.values if value is not None]
        if self.better is None or len(set(known)) < 2:
            return ()
        first = max(known) if self.better == "higher" else min(known)
        return tuple(number for number, value in enumerate(self.values) if value == first)

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON-ready data, amounts of money as text."""
        values = [f"{value:f}" if isinstance(value, Decimal) else value for value in self.values]
        return {"name": self.name, "unit": self.unit, "values": values, "differs": self.differs, "best": [*self.best]}


@dataclass(frozen=True)
class Comparison:
    """Models side by side: `columns`, and `facts` about them, of which `comparison[name]` is one.

    >>> from ai_models.costs import Costs
    >>> from ai_models._core.registry import ModelRegistry
    >>> models = [Model("a", "x", 8192), Model("b", "x", 4096)]
    >>> made = compare(models, estimate=Costs(ModelRegistry()).estimate)
    >>> made["context_size"].values, made["context_size"].best
    ((8192, 4096), (0,))
    """

    columns: tuple[Column, ...]
    facts: tuple[Fact, ...]
    workload: Workload = USUAL

    def __getitem__(self, name: str) -> Fact:
        for fact in self.facts:
            if fact.name == name:
                return fact
        raise KeyError(name)

    @property
    def titles(self) -> list[str]:
        """What the columns are called: the ids of models, with the offer where several are compared."""
        return [column.title for column in self.columns]

    @property
    def differences(self) -> list[Fact]:
        """The facts in which the columns differ."""
        return [fact for fact in self.facts if fact.differs]

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON-ready data."""
        columns = [{"title": each.title, "id": each.view.id, "offer": each.offer.key} for each in self.columns]
        return {"columns": columns, "workload": str(self.workload), "facts": [fact.to_dict() for fact in self.facts]}

    def to_markdown(self, *, only_differences: bool = False) -> str:
        """Return the comparison as a table in Markdown, the better values bold, what is unknown as a dash."""
        lines = [_row(["", *map(_plain, self.titles)]), _row(["---"] * (len(self.columns) + 1))]
        for fact in self.differences if only_differences else self.facts:
            unit = f" ({fact.unit})" if fact.unit else ""
            cells = [_plain(in_words(value)) for value in fact.values]
            cells = [f"**{cell}**" if number in fact.best else cell for number, cell in enumerate(cells)]
            lines.append(_row([_plain(fact.name + unit), *cells]))
        return "\n".join(lines) + "\n"

    def plot(self, path: str | os.PathLike[str], *, x: str = "price", y: str = "context") -> None:
        """Draw the columns into a PNG or SVG file (extra `plot`), with the line of those that no other beats.

        `x` and `y` are `price` (of the workload), `context`, `output` or `score:<benchmark>[:<setting>]`. What is
        unknown is named below the picture, never drawn as 0. Raise `QueryError` if nothing can be drawn.
        """
        from ai_models.comparison.plot import draw

        draw(self.columns, self.workload, os.fspath(path), x, y)


def compare(
    models: Iterable[Model],
    *,
    estimate: Callable[..., Cost],
    benchmarks: Benchmarks | None = None,
    availability: Availability | None = None,
    fields: Iterable[str] | None = None,
    across: str | None = None,
    providers: Sequence[str] | None = None,
    workload: Workload | None = None,
) -> Comparison:
    """Return models side by side: as their default servers serve them, or `across="providers"` by every offer.

    `providers` are those to be compared, `fields` the facts to keep; prices of calls are those of the `workload`.
    `estimate` is that of `Costs`. Raise `QueryError` for a field that there isn't, or without a model.

    >>> priced = Model("a", "x", connector_metadata={"x": {}, "y": {"context_size": 4096}})
    >>> compare([priced], estimate=lambda *_, **__: Cost("a", "x"), across="providers")["context_size"].values
    (None, 4096)
    """
    load = workload or USUAL
    by_offer = across is not None or bool(providers)
    columns: list[Column] = []
    for model in {model.id: model for model in models}.values():
        scores = tuple(benchmarks.of(model.id)) if benchmarks else ()
        for offer in offers_of(model, across, providers):
            cost = estimate(model, usage=load, provider=offer.key)
            can = reachable(availability, offer, alone=not by_offer)
            columns.append(Column(offer.key if by_offer else model.id, offer.as_model(), offer, cost, can, scores))
    if not columns:
        raise QueryError("compare: name the models to be compared", "models")
    if by_offer and len({column.view.id for column in columns}) > 1:
        columns = [_with_title(column, f"{column.view.id} via {column.offer.key}") for column in columns]
    return Comparison(tuple(columns), tuple(_kept(_facts(columns, load), fields)), load)


def in_words(value: Any) -> str:
    """Return a value as a person reads it: yes, no, a dash for what is unknown.

    >>> [in_words(each) for each in (True, None, 128000, Decimal("2.50"), ["text", "image"])]
    ['yes', '-', '128,000', '2.5', 'text, image']
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return f"{Decimal(str(value)).normalize():,f}"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _with_title(column: Column, title: str) -> Column:
    return Column(title, column.view, column.offer, column.cost, column.available, column.scores)


def _kept(facts: Iterable[Fact], fields: Iterable[str] | None) -> Iterator[Fact]:
    """Yield the facts of which anything is known, or those that were asked for."""
    found = {fact.name: fact for fact in facts}
    if fields is None:
        yield from (fact for name, fact in found.items() if name in _ALWAYS or any(v is not None for v in fact.values))
        return
    for name in fields:
        wanted = [each for each in found if each == name or each.startswith(f"{name}.")]
        if not wanted:
            raise QueryError(f"no fact {name!r} to compare", name, nearest(name, _askable(found), meant=MEANT))
        yield from (found[each] for each in wanted)


def _askable(found: Iterable[str]) -> list[str]:
    """Return what `fields` may name: a fact, or what several of them stand below."""
    return list(dict.fromkeys(name for each in found for name in (each.partition(".")[0], each)))


def _facts(columns: Sequence[Column], load: Workload) -> Iterator[Fact]:
    def fact(name: str, read: Callable[[Column], Any], unit: str | None = None, better: Better = None) -> Fact:
        return Fact(name, tuple(map(read, columns)), unit, better)

    yield fact("provider", lambda column: column.offer.key)
    yield fact("available", lambda column: column.available, None, "higher")
    yield from (fact(name, _field(name), "tokens", "higher") for name in _LIMITS)
    yield from (fact(f"price.{part}", _price(part), "USD per million", "lower") for part in _PARTS)
    yield fact("price.workload", lambda column: column.cost.total, f"USD for {load}", "lower")
    for name in sorted({name for column in columns for name in column.view.capabilities}):
        yield fact(f"capabilities.{name}", _supports(name), None, "higher")
    yield from (fact(name, _field(name)) for name in _TEXTS)
    yield from (fact(name, _field(name), None, better) for name, better in _DAYS.items())
    yield from (fact(name, _field(name)) for name in ("open_weights", "parameters"))
    yield from _scores(columns)


def _field(name: str) -> Callable[[Column], Any]:
    def read(column: Column) -> Any:
        value = getattr(column.view, name)
        return None if value in ("", []) else value

    return read


def _price(part: str) -> Callable[[Column], Any]:
    return lambda column: column.view.pricing.per_mtok(part)


def _supports(capability: str) -> Callable[[Column], Any]:
    return lambda column: column.view.supports(capability)


_PARTS = ("input", "output", "cache_read", "cache_write")
_LIMITS = ("context_size", "max_input_tokens", "max_output_tokens")
_TEXTS = ("kind", "lab", "family", "input_modalities", "output_modalities", "status", "license", "successor")
_DAYS: Mapping[str, Better] = {
    "released": "higher",
    "knowledge_cutoff": "higher",
    "deprecated": None,
    "retired": None,
    "retires_not_before": None,
}
_ALWAYS = {"provider", "context_size", "max_output_tokens", "price.input", "price.output", "price.workload"}


def _scores(columns: Sequence[Column]) -> Iterator[Fact]:
    """Yield the scores that several models have of a benchmark in one setting; inherited ones in rows of their own."""
    if len({column.view.id for column in columns}) < 2:
        return
    found: dict[tuple[Any, ...], dict[int, Score]] = {}
    for number, column in enumerate(columns):
        for score in column.scores:
            key = score.benchmark, score.metric, score.unit, score.setting, score.inherited_from is not None
            kept = found.setdefault(key, {}).setdefault(number, score)
            if (score.date or "") > (kept.date or ""):
                found[key][number] = score
    for key in sorted(found, key=str):
        scores = found[key]
        if len({columns[number].view.id for number in scores}) > 1:
            yield _score_fact(scores, len(columns))


def _score_fact(scores: Mapping[int, Score], columns: int) -> Fact:
    one = next(iter(scores.values()))
    said = ", ".join(filter(None, [one.metric, one.setting, "inherited" if one.inherited_from else None]))
    values = tuple(scores[number].value if number in scores else None for number in range(columns))
    name = f"score:{one.benchmark}" + (f" ({said})" if said else "")
    return Fact(name, values, one.unit, "lower" if one.better == "lower" else "higher")


def _plain(text: str) -> str:
    """Return a text that Markdown shows as it is, in one cell."""
    safe = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
    for sign in "\\`*_[]<>|&":
        safe = safe.replace(sign, f"&#{ord(sign)};" if sign in "<>&|" else f"\\{sign}") if sign in safe else safe
    return safe


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
