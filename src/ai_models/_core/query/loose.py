"""Comparisons of data whose shape nobody knows beforehand: what users note, what lists hold."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ai_models._core.query.nodes import And, Compare, Node, Not, Op, Or

_ORDER: Mapping[Op, Callable[[Any, Any], bool]] = {
    "gt": lambda value, bound: bool(value > bound),
    "gte": lambda value, bound: bool(value >= bound),
    "lt": lambda value, bound: bool(value < bound),
    "lte": lambda value, bound: bool(value <= bound),
}


def holds(node: Node, value: Any, *, wanted: bool = True) -> bool:
    """Return whether it is known of a value that a condition holds, or with `wanted=False` that it doesn't.

    >>> from ai_models._core.query.paths import Path
    >>> holds(Compare(Path("note", "", ("stars",)), "gt", 3), {"stars": 5})
    True
    >>> holds(Compare(Path("note", "", ("stars",)), "gt", 3), {}, wanted=False)
    False
    """
    if isinstance(node, Not):
        return holds(node.node, value, wanted=not wanted)
    if isinstance(node, And | Or):
        quantifier = all if isinstance(node, And) is wanted else any
        return quantifier(holds(each, value, wanted=wanted) for each in node.nodes)
    return _compare(node, list(_reach(value, node.path.parts)), wanted)


def _compare(test: Compare, values: list[Any], wanted: bool) -> bool:
    if test.op == "exists":
        return bool(values) is (test.operand is wanted)
    if test.op in ("all", "size", "elem"):
        verdicts = [_of_list(test, value, wanted) for value in values]
    else:
        verdicts = [_of_value(test, each, wanted) for value in values for each in _with_elements(value)]
    return any(verdicts) if wanted else bool(verdicts) and all(verdicts)


def _reach(value: Any, parts: tuple[str, ...]) -> Iterator[Any]:
    """Yield what stands at a path, through every element of lists and through keys that have dots in them."""
    if not parts:
        if value is not None:
            yield value
    elif isinstance(value, list):
        for each in value:
            yield from _reach(each, parts)
    elif isinstance(value, Mapping):
        for end in range(1, len(parts) + 1):
            key = ".".join(parts[:end])
            if key in value:
                yield from _reach(value[key], parts[end:])


def _with_elements(value: Any) -> list[Any]:
    return [value, *value] if isinstance(value, list) else [value]


def _of_value(test: Compare, value: Any, wanted: bool) -> bool:
    if test.op == "eq":
        return equal(value, test.operand) is wanted
    if test.op == "in":
        return any(equal(value, each) for each in test.operand) is wanted
    if test.op == "regex":
        return isinstance(value, str) and (test.operand.search(value) is not None) is wanted
    return _comparable(value, test.operand) and _ORDER[test.op](value, test.operand) is wanted


def _of_list(test: Compare, value: Any, wanted: bool) -> bool:
    elements = value if isinstance(value, list) else [value]
    if test.op == "size":
        return (isinstance(value, list) and len(value) == test.operand) is wanted
    if test.op == "all":
        found = all(any(equal(each, one) for each in elements) for one in test.operand)
        return found is wanted
    if wanted:
        return isinstance(value, list) and any(holds(test.operand, each) for each in value)
    return not isinstance(value, list) or all(holds(test.operand, each, wanted=False) for each in value)


def equal(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON: true is not 1, 1 is 1.0, tuples are lists.

    >>> equal(True, 1), equal(1, 1.0), equal([1, {"a": None}], [1.0, {"a": None}])
    (False, True, True)
    """
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _comparable(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return isinstance(one, bool) and isinstance(other, bool)
    return any(isinstance(one, kind) and isinstance(other, kind) for kind in (int | float, str))
