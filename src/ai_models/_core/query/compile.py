"""The Python back end: from a syntax tree to a predicate as fast as one written by hand.

A query becomes one Python expression, as it becomes one SQL expression elsewhere: out of fixed
templates, the names of fields (a closed list) and parameters. No text of a query gets into it.
It stands in a function whose local variables are the parameters, the cheapest place to read from.

Negation is pushed down to the comparisons, and a comparison says of a value either "holds" or
"is known not to hold"; what is unknown is neither. That is three-valued logic without a third value.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from functools import lru_cache
from types import CodeType
from typing import Any

from ai_models._core.model import OFFER_BOUND, SERVED_FIELDS, Model, Offer
from ai_models._core.query.loose import holds
from ai_models._core.query.nodes import OPPOSITE, And, Compare, Node, Not, Op, Or
from ai_models._core.query.parse import parse_query
from ai_models._core.query.paths import KNOWN_EMPTY, Path
from ai_models._core.query.serving import is_default, offers_at

Predicate = Callable[[Model], bool]
Selection = Callable[[Iterable[Model]], Iterator[Model]]

_SIGNS: Mapping[Op, str] = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_EMPTY: Mapping[str, str] = {
    each.name: repr(each.default_factory()) for each in fields(Model) if each.default_factory is not MISSING
}
"""How a field that is empty when unknown is written then."""

_NUMBERS = frozenset({int, float})
_KIN: Mapping[type, frozenset[type]] = {int: _NUMBERS, float: _NUMBERS, str: frozenset({str})}
"""The types of the values that compare with an operand as Python does it."""


def compile_query(query: Mapping[str, Any] | Node, *, via: str | None = None) -> Predicate:
    """Return a function that says whether a model matches; with `via`, as one of that provider's offers of it.

    >>> matches = compile_query({"context_size": {"$gte": 8000}, "capabilities.vision": True})
    >>> matches(Model("a", "x", 8192, capabilities={"vision": True})), matches(Model("b", "x", 8192))
    (True, False)
    """
    if via is not None:
        return _served(_node(query), via)
    maker = _Maker()
    condition = maker.condition(_node(query), wanted=True)
    matches: Predicate = maker.make("m", f"return True if {condition} else False")
    return matches


def compile_selection(query: Mapping[str, Any] | Node) -> Selection:
    """Return a function that yields those of many models that match.

    >>> select = compile_selection({"is_local": True})
    >>> [model.id for model in select([Model("a", "x"), Model("b", "ollama", is_local=True)])]
    ['b']
    """
    maker = _Maker()
    condition = maker.condition(_node(query), wanted=True)
    select: Selection = maker.make("models", f"for m in models:\n  if {condition}: yield m")
    return select


def compile_served(field: str) -> Callable[[Model, str], list[Any]]:
    """Return a function that reads a field of a model as each offer of a provider serves it.

    >>> read = compile_served("context_size")
    >>> read(Model("m", "x", 8192, connector_metadata={"x": {}, "bedrock:us": {"context_size": 4096}}), "bedrock")
    [4096]
    """
    maker = _ServedMaker()
    value, offers = maker.field(field), maker.keep(offers_at)
    read: Callable[[Model, str], list[Any]] = maker.make(
        "m, provider", f"return [{value} for k, o in {offers}(m, provider)]"
    )
    return read


def _served(node: Node, provider: str, *, wanted: bool = True) -> Predicate:
    """Return the function that says whether a provider serves a model in an offer of which a query holds."""
    maker = _ServedMaker()
    condition = maker.condition(node, wanted)
    offers = f"{maker.keep(offers_at)}(m, {maker.keep(provider)})"
    matches: Predicate = maker.make("m", f"for k, o in {offers}:\n  if {condition}: return True\n return False")
    return matches


def _node(query: Mapping[str, Any] | Node) -> Node:
    return query if isinstance(query, Compare | And | Or | Not) else parse_query(query)


@lru_cache(maxsize=256)
def _code(source: str) -> CodeType:
    """Return the compiled form of a function, which many queries share: only their parameters differ."""
    return compile(source, "<query>", "exec")


class _Maker:
    """Writes one expression about a model `m`, and keeps its parameters."""

    def __init__(self) -> None:
        self.parameters: dict[str, Any] = {}

    def make(self, subject: str, body: str) -> Any:
        """Return the function of a subject with this body; the parameters are its other arguments' defaults."""
        given = "".join(f", {name}={name}" for name in self.parameters)
        scope: dict[str, Any] = {"__builtins__": {}, "len": len, "set": set, "bool": bool, **self.parameters}
        exec(_code(f"def made({subject}{given}):\n {body}"), scope)  # noqa: S102 - see above
        return scope["made"]

    def keep(self, value: Any) -> str:
        """Return the name under which the expression finds a value."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return name

    def model(self) -> str:
        """Return the expression for the whole model."""
        return "m"

    def field(self, name: str) -> str:
        """Return the expression for a field."""
        return f"m.{name}"

    def part(self, path: Path) -> str:
        """Return the expression for what stands below a field."""
        return f"{self.field(path.field)}.get({self.keep('.'.join(path.parts))})"

    def condition(self, node: Node, wanted: bool) -> str:
        """Return the expression that is true where the node is known to hold, or not to if `wanted` is false."""
        if isinstance(node, Not):
            return self.condition(node.node, not wanted)
        if isinstance(node, And | Or):
            every = isinstance(node, And) is wanted
            terms = [self.condition(each, wanted) for each in sorted(node.nodes, key=_effort)]
            return f"({(' and ' if every else ' or ').join(terms)})" if terms else str(every)
        return self.compare(node, wanted)

    def compare(self, test: Compare, wanted: bool) -> str:
        if test.path.offer is not None:
            return self._offered(test, wanted)
        if test.op == "exists":
            return self._exists(test.path, test.operand is wanted)
        if test.op == "in" and test.path.kind in ("date", "flag", "capability"):  # of nothing
            return f"({self._scalar(test, wanted)})"
        templates = {"text": self._scalar, "number": self._scalar, "date": self._date, "flag": self._flag}
        templates |= {"capability": self._flag, "texts": self._texts}
        return f"({templates.get(test.path.kind, self._loose)(test, wanted)})"

    def read(self, path: Path) -> str:
        """Return how a value is read."""
        return self.part(path) if path.parts else self.field(path.field)

    def known(self, path: Path) -> tuple[str, str]:
        """Return the condition that a value is known, and how it is read again after that."""
        read = self.read(path)
        if read == f"m.{path.field}":
            return f"{read} is not None and", read
        name = f"v{len(self.parameters)}"
        return f"({name} := {read}) is not None and", name

    def _offered(self, test: Compare, wanted: bool) -> str:
        """Return the comparison with a field of one provider's offers, of which any will do."""
        path, key = test.path, test.path.offer or ""
        asks = test.op == "exists"
        yes = not asks or test.operand is wanted
        if path.field == "connector_metadata" and not path.parts:
            found = f"{self.keep(offers_at)}({self.model()}, {self.keep(key)})"
        else:
            inner = Path(path.text, path.field, path.parts, path.kind, None, path.per_mtok)
            node = Compare(inner, test.op, True if asks else test.operand)
            found = f"{self.keep(_served(node, key, wanted=asks or wanted))}({self.model()})"
        return found if yes else f"(not {found})"

    def _exists(self, path: Path, wanted: bool) -> str:
        if path.kind in ("texts", "capabilities", "any"):
            found = f"{self.keep(_Reader(path))}({self.field(path.field)})"
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
        value = self.field(test.path.field)
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
        """Compare data of any shape by the interpreter, but a number or a text that stands where it is looked for."""
        path, value = test.path, self.field(test.path.field)
        inner, read = (
            Compare(Path(path.text, "", path.parts), test.op, test.operand),
            _Reader(Path(path.text, path.field)),
        )
        slow = f"{self.keep(lambda value: holds(inner, read(value), wanted=wanted))}({value})"
        if not path.parts or _EMPTY.get(path.field) != "{}":
            return slow
        keys = [self.keep(".".join(path.parts[:end])) for end in range(1, len(path.parts) + 1)]
        there = " or ".join(f"{key} in {value}" for key in keys)
        same = _KIN.get(type(test.operand))
        if len(keys) > 1 or same is None or test.op == "regex":
            return f"({there}) and {slow}"
        sign = _SIGNS[test.op if wanted else OPPOSITE[test.op]] if test.op in _SIGNS else "==" if wanted else "!="
        quick = f"{value}[{keys[0]}] {sign} {self.keep(test.operand)}"
        return f"{there} and ({quick} if {value}[{keys[0]}].__class__ in {self.keep(same)} else {slow})"


class _ServedMaker(_Maker):
    """Writes one expression about a model `m` as it is served in an offer: under the key `k`, with the facts `o`."""

    def model(self) -> str:
        return f"{self.keep(_as_served)}(m, k, o)"

    def field(self, name: str) -> str:
        if name == "provider":
            return "k.partition(':')[0]"
        if name == "is_local":
            return "bool(o.get('is_local', m.is_local and k not in m.connector_metadata))"
        if name == "provenance":
            return f"{self.model()}.provenance"
        if name not in SERVED_FIELDS:
            return f"m.{name}"
        if name == "capabilities":
            return "({**m.capabilities, **o['capabilities']} if o.get('capabilities') else m.capabilities)"
        empty = _EMPTY.get(name, "None")
        own = f"m.{name}" if name not in OFFER_BOUND else f"m.{name} if {self.keep(is_default)}(m, k) else {empty}"
        stated = f"(o['{name}'] or {empty})" if name in _EMPTY else f"o['{name}']"
        return f"({stated} if '{name}' in o else {own})"


def _as_served(model: Model, key: str, facts: Mapping[str, Any]) -> Model:
    return Offer(key, facts, model).as_model()


def _effort(node: Node) -> int:
    """Return how long a condition takes beside others, of which the quickest is asked first."""
    if isinstance(node, Not):
        return _effort(node.node)
    if isinstance(node, And | Or):
        return max(map(_effort, node.nodes), default=0)
    if node.path.offer is not None or node.path.kind == "any":
        return 3
    return 2 if node.op in ("regex", "elem") else 1 if node.path.parts or node.path.kind == "texts" else 0


class _Reader:
    """Reads a field's value, or what stands below it, as JSON; empty is `None` but for what is the user's own."""

    def __init__(self, path: Path) -> None:
        self.field, self.test = path.field, Compare(Path(path.text, "", path.parts), "exists", operand=True)

    def __call__(self, value: Any) -> Any:
        if self.test.path.parts:
            return holds(self.test, value)
        return value if value or self.field in KNOWN_EMPTY else None


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
