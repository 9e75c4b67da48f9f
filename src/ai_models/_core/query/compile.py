"""The Python back end: from a syntax tree to a predicate as fast as one written by hand.

A query becomes one Python expression, as it becomes one SQL expression elsewhere: out of fixed
templates, the names of fields (a closed list) and parameters. No text of a query gets into it.

Negation is pushed down to the comparisons, and a comparison says of a value either "holds" or
"is known not to hold"; what is unknown is neither. That is three-valued logic without a third value.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

from ai_models._core.model import Model
from ai_models._core.query.loose import holds
from ai_models._core.query.nodes import OPPOSITE, And, Compare, Node, Not, Op, Or
from ai_models._core.query.parse import parse_query
from ai_models._core.query.paths import KNOWN_EMPTY, Path
from ai_models._core.query.serving import served

Predicate = Callable[[Model], bool]
Selection = Callable[[Iterable[Model]], Iterator[Model]]

_SIGNS: Mapping[Op, str] = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def compile_query(query: Mapping[str, Any] | Node, *, via: str | None = None) -> Predicate:
    """Return a function that says whether a model matches; with `via`, as one of that provider's offers of it.

    >>> matches = compile_query({"context_size": {"$gte": 8000}, "capabilities.vision": True})
    >>> matches(Model("a", "x", 8192, capabilities={"vision": True})), matches(Model("b", "x", 8192))
    (True, False)
    """
    maker = _Maker()
    condition = maker.condition(_node(query), wanted=True)
    matches: Predicate = maker.make(f"lambda m: True if {condition} else False")
    if via is None:
        return matches
    return lambda model: any(map(matches, served(model, via)))


def compile_selection(query: Mapping[str, Any] | Node) -> Selection:
    """Return a function that yields those of many models that match.

    >>> select = compile_selection({"is_local": True})
    >>> [model.id for model in select([Model("a", "x"), Model("b", "ollama", is_local=True)])]
    ['b']
    """
    maker = _Maker()
    condition = maker.condition(_node(query), wanted=True)
    select: Selection = maker.make(f"lambda models: (m for m in models if {condition})")
    return select


def _node(query: Mapping[str, Any] | Node) -> Node:
    return query if isinstance(query, Compare | And | Or | Not) else parse_query(query)


@lru_cache(maxsize=256)
def _code(source: str) -> CodeType:
    """Return the compiled form of an expression, which many queries share: only their parameters differ."""
    return compile(source, "<query>", "eval")


class _Maker:
    """Writes one expression and keeps its parameters."""

    def __init__(self) -> None:
        self.parameters: dict[str, Any] = {}

    def make(self, source: str) -> Any:
        return eval(_code(source), {"__builtins__": {}, "len": len, "set": set, **self.parameters})  # noqa: S307 - see above

    def keep(self, value: Any) -> str:
        """Return the name under which the expression finds a value."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return name

    def condition(self, node: Node, wanted: bool) -> str:
        """Return the expression that is true where the node is known to hold, or not to if `wanted` is false."""
        if isinstance(node, Not):
            return self.condition(node.node, not wanted)
        if isinstance(node, And | Or):
            every = isinstance(node, And) is wanted
            terms = [self.condition(each, wanted) for each in node.nodes]
            return f"({(' and ' if every else ' or ').join(terms)})" if terms else str(every)
        return self.compare(node, wanted)

    def compare(self, test: Compare, wanted: bool) -> str:
        if test.path.offer is not None:
            return f"{self.keep(_offered(test, wanted))}(m)"
        if test.op == "exists":
            return self._exists(test.path, test.operand is wanted)
        if test.op == "in" and not test.operand and test.path.kind != "texts":
            return f"({self._scalar(test, wanted)})"
        templates = {"text": self._scalar, "number": self._scalar, "date": self._date, "flag": self._flag}
        templates |= {"capability": self._flag, "texts": self._texts}
        return f"({templates.get(test.path.kind, self._loose)(test, wanted)})"

    def read(self, path: Path) -> str:
        """Return how a value is read."""
        return f"m.{path.field}.get({self.keep('.'.join(path.parts))})" if path.parts else f"m.{path.field}"

    def known(self, path: Path) -> tuple[str, str]:
        """Return the condition that a value is known, and how it is read again after that."""
        if not path.parts:
            return f"m.{path.field} is not None and", f"m.{path.field}"
        name = f"v{len(self.parameters)}"
        return f"({name} := {self.read(path)}) is not None and", name

    def _exists(self, path: Path, wanted: bool) -> str:
        if path.kind in ("texts", "capabilities", "any"):
            found = f"{self.keep(_Reader(path))}(m)"
            return found if wanted else f"not {found}"
        return f"({self.read(path)} is {'not ' if wanted else ''}None)"

    def _scalar(self, test: Compare, wanted: bool) -> str:
        if wanted and test.op in ("eq", "in"):
            return f"{self.read(test.path)} {'==' if test.op == 'eq' else 'in'} {self.keep(test.operand)}"
        known, value = self.known(test.path)
        bound = self.keep(test.operand)
        if test.op == "regex":
            return f"{known} {bound}.search({value}) is {'not ' if wanted else ''}None"
        if test.op in _SIGNS:
            return f"{known} {value} {_SIGNS[test.op if wanted else OPPOSITE[test.op]]} {bound}"
        return f"{known} {value} {'!=' if test.op == 'eq' else 'not in'} {bound}"

    def _flag(self, test: Compare, wanted: bool) -> str:
        if test.operand is wanted:
            return self.read(test.path)
        known, value = self.known(test.path)
        return f"{known} not {value}"

    def _date(self, test: Compare, wanted: bool) -> str:
        """Compare days known in part: `2026-11` is before `2026-12-24`, and unknown beside `2026-11-24`."""
        known, value = self.known(test.path)
        if test.op == "eq":
            day = self.keep(test.operand)
            if wanted:
                return f"{known} {value}.startswith({day})"
            return f"{known} not {value}.startswith({day}) and not {day}.startswith({value})"
        op = test.op if wanted else OPPOSITE[test.op]
        bound = self.keep(first_day(test.operand) if op in ("gte", "lt") else f"{last_day(test.operand)}~")
        last = "" if op in ("gte", "gt") else " + '~'"
        return f"{known} {value}{last} {_SIGNS[op]} {bound}"

    def _texts(self, test: Compare, wanted: bool) -> str:
        value = f"m.{test.path.field}"
        operand = self.keep(test.operand)
        if test.op == "eq":
            found = f"set({value}) == {operand}" if isinstance(test.operand, frozenset) else f"{operand} in {value}"
        elif test.op in ("regex", "elem"):
            found = f"{self.keep(_any_text(test))}({value})"
        else:
            template = {"in": "not {1}.isdisjoint({0})", "all": "{1}.issubset({0})", "size": "len({0}) == {1}"}
            found = template[test.op].format(value, operand)
        known = "" if test.path.field in KNOWN_EMPTY else f"{value} and "
        return f"{known}{found}" if wanted else f"{known}not ({found})"

    def _loose(self, test: Compare, wanted: bool) -> str:
        inner = Compare(Path(test.path.text, "", test.path.parts), test.op, test.operand)
        read = _Reader(Path(test.path.text, test.path.field))
        return f"{self.keep(lambda model: holds(inner, read(model), wanted=wanted))}(m)"


class _Reader:
    """Reads a field, or what stands below it, as JSON; empty is `None` but for what is the user's own."""

    def __init__(self, path: Path) -> None:
        self.field, self.test = path.field, Compare(Path(path.text, "", path.parts), "exists", operand=True)

    def __call__(self, model: Model) -> Any:
        value = getattr(model, self.field)
        if self.test.path.parts:
            return holds(self.test, value)
        return value if value or self.field in KNOWN_EMPTY else None


def _offered(test: Compare, wanted: bool) -> Predicate:
    """Return the predicate of a comparison with a field of one provider's offers."""
    path, key = test.path, test.path.offer or ""
    if path.field == "connector_metadata" and not path.parts:
        return lambda model: any(served(model, key)) is (test.operand is wanted)
    inner = Compare(Path(path.text, path.field, path.parts, path.kind, None, path.per_mtok), test.op, test.operand)
    matches = compile_query(inner if wanted else Not(inner))
    if test.op == "exists" and test.operand is not wanted:
        return lambda model: all(map(matches, served(model, key)))
    return lambda model: any(map(matches, served(model, key)))


def _any_text(test: Compare) -> Callable[[Iterable[str]], bool]:
    if test.op == "regex":
        return lambda texts: any(test.operand.search(each) for each in texts)
    return lambda texts: any(holds(test.operand, each) for each in texts)


def first_day(date: str) -> str:
    """Return the shortest text that isn't after any day in a period.

    >>> first_day("2026-01-01"), first_day("2026-03-01"), first_day("2026-03-02")
    ('2026', '2026-03', '2026-03-02')
    """
    return date.removesuffix("-01").removesuffix("-01") if len(date) > 4 else date


def last_day(date: str) -> str:
    """Return the longest period that ends with the last day of a period.

    >>> last_day("2026-12-31"), last_day("2026-02-28"), last_day("2026-02-27")
    ('2026', '2026-02', '2026-02-27')
    """
    month = date[:7] if len(date) == 10 and _ends_month(date) else date
    return month.removesuffix("-12") if len(month) == 7 else month


def _ends_month(day: str) -> bool:
    year, month, number = map(int, day.split("-"))
    try:
        datetime.date(year, month, number + 1)
    except ValueError:
        return True
    return False
