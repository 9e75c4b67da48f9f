"""From a query, as data or as text, to its syntax tree."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ai_models._core.capabilities import canonical_capability
from ai_models._core.model import FIELDS
from ai_models._core.nearest import nearest
from ai_models._core.pricing import per_token
from ai_models._core.query.nodes import And, Compare, Node, Not, Op, Or
from ai_models._core.query.paths import Kind, Path, parse_path
from ai_models.errors import QueryError, printable

_DEEPEST = 32
_LARGEST = 2_000
_LONGEST_REGEX = 1_000
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T.*)?)?)?", re.ASCII)
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}

_ORDER: tuple[Op, ...] = ("gt", "gte", "lt", "lte")
_COMMON: tuple[Op, ...] = ("eq", "in", "exists")
_ALLOWED: Mapping[Kind, tuple[Op, ...]] = {
    "number": (*_COMMON, *_ORDER),
    "date": (*_COMMON, *_ORDER),
    "text": (*_COMMON, *_ORDER, "regex"),
    "flag": _COMMON,
    "capability": _COMMON,
    "capabilities": (*_COMMON, "all"),
    "texts": (*_COMMON, "regex", "all", "size", "elem"),
    "any": (*_COMMON, *_ORDER, "regex", "all", "size", "elem"),
}
_OPERATORS: Mapping[str, Op] = {
    **{f"${op}": op for ops in _ALLOWED.values() for op in ops if op != "elem"},
    "$elemMatch": "elem",
}
_NEGATED: Mapping[str, str] = {"$ne": "$eq", "$nin": "$in"}
_JOINING = ("$and", "$or", "$nor", "$not")
_ALL_OPERATORS = (*_OPERATORS, *_NEGATED, *_JOINING)


def parse_query(query: Mapping[str, Any]) -> Node:
    """Return the syntax tree of a query; raise `QueryError` for anything that can't be understood.

    >>> parse_query({"lab": "mistral", "context_size": {"$gt": 8000}}).nodes[1].op
    'gt'
    >>> parse_query({"context_size": {"$gtr": 8000}})
    Traceback (most recent call last):
        ...
    ai_models.errors.QueryError: unknown operator '$gtr'; did you mean '$gt' or '$gte'?
    """
    return _Parser().query(query)


def parse_query_text(text: str) -> dict[str, Any]:
    """Return the query that a JSON text holds; raise `QueryError` that names the position of a mistake.

    >>> parse_query_text('{"lab": "mistral"}')
    {'lab': 'mistral'}
    >>> parse_query_text('{"lab": mistral}')
    Traceback (most recent call last):
        ...
    ai_models.errors.QueryError: not a query in JSON: Expecting value at column 9: mistral}
    """
    try:
        query = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if "\n" in text else ""
        rest = text[error.pos : error.pos + 20]
        where = f"{line}column {error.colno}: {rest}" if rest.strip() else f"{line}column {error.colno}, its end"
        raise QueryError(f"not a query in JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise QueryError(f"a query is at most {_DEEPEST} deep") from None
    if not isinstance(query, dict):
        raise QueryError(f"""expected a query such as '{{"lab": "mistral"}}', not {printable(query, 40)}""")
    return query


def _refuse_constant(name: str) -> None:
    raise QueryError(f"not a query in JSON: {name} is no number")


class _Parser:
    """Builds one tree and counts its nodes, so that no query is larger than a person's or a program's."""

    def __init__(self) -> None:
        self.room = _LARGEST
        self.parse_path: Callable[[str], Path] = parse_path

    def query(self, query: Any, depth: int = 0) -> Node:
        if not isinstance(query, Mapping):
            raise QueryError(f"expected a query such as {{'lab': 'mistral'}}, not {printable(query, 60)}")
        if depth > _DEEPEST:
            raise QueryError(f"a query is at most {_DEEPEST} deep")
        return And(tuple(self._clause(name, operand, depth + 1) for name, operand in query.items()))

    def _clause(self, name: Any, operand: Any, depth: int) -> Node:
        self._count()
        if not isinstance(name, str):
            raise QueryError(f"expected the name of a field, not {printable(name, 60)}")
        if name.startswith("$"):
            return self._joined(name, operand, depth)
        path = self.parse_path(name)
        if not (isinstance(operand, Mapping) and any(str(key).startswith("$") for key in operand)):
            return self._compared(path, "$eq", operand)
        return self._operators(path, operand, depth)

    def _joined(self, name: str, operand: Any, depth: int) -> Node:
        if name not in _JOINING:
            raise _unknown_operator(name, known=name in _ALL_OPERATORS)
        if name == "$not":
            return Not(self.query(operand, depth))
        if not isinstance(operand, list | tuple) or not operand:
            raise QueryError(f"{name} takes a list of queries, not {printable(operand, 60)}")
        nodes = tuple(self.query(each, depth) for each in operand)
        return And(nodes) if name == "$and" else Or(nodes) if name == "$or" else Not(Or(nodes))

    def _operators(self, path: Path, operators: Mapping[Any, Any], depth: int) -> Node:
        if depth > _DEEPEST:
            raise QueryError(f"a query is at most {_DEEPEST} deep", path.text)
        nodes: list[Node] = []
        for name, operand in operators.items():
            self._count()
            if name == "$options" and "$regex" in operators:
                continue
            if name == "$not":
                nodes.append(Not(self._negated(path, operand, depth + 1)))
            elif name == "$regex":
                nodes.append(self._regex(path, operand, operators.get("$options", "")))
            elif name == "$elemMatch":
                nodes.append(self._element(path, operand, depth + 1))
            else:
                nodes.append(self._compared(path, name, operand))
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def _negated(self, path: Path, operand: Any, depth: int) -> Node:
        if not isinstance(operand, Mapping) or not operand:
            raise QueryError(f"{path.text}: $not takes operators such as {{'$gt': 1}}; use $ne for a value", path.text)
        return self._operators(path, operand, depth)

    def _compared(self, path: Path, name: Any, operand: Any) -> Node:
        if name in _NEGATED:
            return Not(self._compared(path, _NEGATED[name], operand))
        op = _OPERATORS.get(name) if isinstance(name, str) else None
        if op is None:
            raise _unknown_operator(str(name), known=name in _JOINING)
        _check_allowed(path, op, name)
        if op == "exists":
            return Compare(path, op, _flag(path, operand))
        if op == "size":
            return Compare(path, op, _size(path, operand))
        if op in ("in", "all"):
            return _several(path, op, name, operand)
        if path.kind == "texts" and isinstance(operand, list | tuple | set):
            return Compare(path, op, frozenset(_operand(path, each) for each in operand))
        return _single(path, op, operand)

    def _regex(self, path: Path, pattern: Any, options: Any) -> Node:
        _check_allowed(path, "regex", "$regex")
        if not isinstance(pattern, str) or len(pattern) > _LONGEST_REGEX:
            raise QueryError(f"{path.text}: $regex takes a text of at most {_LONGEST_REGEX} characters", path.text)
        if not isinstance(options, str) or set(options) - _FLAGS.keys():
            raise QueryError(f"{path.text}: $options takes letters out of {''.join(_FLAGS)}", path.text)
        flags = sum(_FLAGS[each] for each in set(options))
        try:
            return Compare(path, "regex", re.compile(pattern, flags))
        except (re.error, RecursionError, OverflowError, Warning) as error:
            raise QueryError(f"{path.text}: {printable(pattern, 60)} is no regular expression: {error}") from None

    def _element(self, path: Path, operand: Any, depth: int) -> Node:
        """Parse what one element of a list shall satisfy: operators for a value, a query for an object."""
        _check_allowed(path, "elem", "$elemMatch")
        if not isinstance(operand, Mapping) or not operand:
            raise QueryError(f"{path.text}: $elemMatch takes a query or operators", path.text)
        outer, self.parse_path = self.parse_path, _element_path
        try:
            if all(str(name).startswith("$") and name not in ("$and", "$or", "$nor") for name in operand):
                return Compare(path, "elem", self._operators(Path(path.text, ""), operand, depth))
            return Compare(path, "elem", self.query(operand, depth))
        finally:
            self.parse_path = outer

    def _count(self) -> None:
        self.room -= 1
        if self.room < 0:
            raise QueryError(f"a query has at most {_LARGEST} conditions; use $in for a list of values")


def _element_path(text: str) -> Path:
    return Path(text, "", tuple(text.split(".")))


def _check_allowed(path: Path, op: Op, name: str) -> None:
    if path.offer and path.field == "connector_metadata" and op != "exists":
        raise QueryError(f"{path.text}: only $exists can be asked of an offer; name a field of it", path.text)
    if op not in _ALLOWED[path.kind]:
        raise QueryError(f"{name} can't be asked of {path.text}", path.text)


def _several(path: Path, op: Op, name: str, operand: Any) -> Node:
    """Return the comparison with a list, taken apart where each value is a comparison of its own."""
    if not isinstance(operand, list | tuple | set | frozenset):
        raise QueryError(f"{path.text}: {name} takes a list, not {printable(operand, 60)}", path.text)
    if path.kind == "capabilities" or (operand and path.kind in ("date", "flag", "capability")):
        nodes = tuple(_single(path, "eq", each) for each in operand)
        return And(nodes) if op == "all" else Or(nodes)
    values = [_operand(path, each) for each in operand]
    return Compare(path, op, tuple(values) if path.kind == "any" else frozenset(values))


def _single(path: Path, op: Op, operand: Any) -> Node:
    value = _operand(path, operand)
    if path.kind != "capabilities":
        return Compare(path, op, value)
    text = f"capabilities.{value}"
    return Compare(Path(text, "capabilities", (value,), "capability", path.offer), "eq", operand=True)


def _operand(path: Path, value: Any) -> Any:
    """Return a value as the path's kind has it; raise `QueryError` for one that could never match."""
    if value is None:
        raise QueryError(f"{path.text}: nothing equals the unknown; ask {{'$exists': false}}", path.text)
    if isinstance(value, Mapping) and path.kind != "any":
        inner = next((str(each) for each in value), "…")
        hint = f"; name what is below it: '{path.text}.{inner}'" if path.field == "capabilities" else ""
        raise QueryError(f"{path.text}: expected {_EXPECTED[path.kind]}, not {printable(value, 60)}{hint}", path.text)
    if not _FITS[path.kind](value):
        raise QueryError(f"{path.text}: expected {_EXPECTED[path.kind]}, not {printable(value, 60)}", path.text)
    if path.kind == "capabilities":
        return canonical_capability(value)
    return per_token(str(value)) if path.per_mtok else value


def _flag(path: Path, value: Any) -> bool:
    if not isinstance(value, bool):
        raise QueryError(f"{path.text}: $exists takes true or false, not {printable(value, 60)}", path.text)
    return value


def _size(path: Path, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise QueryError(f"{path.text}: $size takes a whole number, not {printable(value, 60)}", path.text)
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and _DATE.fullmatch(value) is not None


def _is_data(value: Any, depth: int = 0) -> bool:
    if isinstance(value, Mapping):
        return depth < _DEEPEST and all(isinstance(k, str) and _is_data(v, depth + 1) for k, v in value.items())
    if isinstance(value, list | tuple):
        return depth < _DEEPEST and all(_is_data(each, depth + 1) for each in value)
    return value is None or isinstance(value, str | bool) or _is_number(value)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


_FITS: Mapping[Kind, Callable[[Any], bool]] = {
    "number": _is_number,
    "text": _is_text,
    "date": _is_date,
    "flag": _is_flag,
    "capability": _is_flag,
    "capabilities": _is_text,
    "texts": _is_text,
    "any": _is_data,
}
_EXPECTED: Mapping[Kind, str] = {
    "number": "a number",
    "text": "a text",
    "date": "a date such as '2026-11-23' or '2026-11'",
    "flag": "true or false",
    "capability": "true or false",
    "capabilities": "the name of a capability",
    "texts": "a text",
    "any": "what JSON can hold",
}


def _unknown_operator(name: str, *, known: bool) -> QueryError:
    if known:
        return QueryError(f"{name} doesn't belong here: {{'field': {{'$gt': 1}}}}, {{'$or': [query, query]}}", name)
    near: Iterable[str] = nearest(name, _ALL_OPERATORS)
    if not near and name.removeprefix("$") in FIELDS:
        near = [name.removeprefix("$")]
    return QueryError(f"unknown operator {printable(name, 60)}", name, near)
