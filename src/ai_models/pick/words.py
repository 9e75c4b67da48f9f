"""A condition in words: what holds of a model that meets it, what of one that doesn't, what nobody knows."""

from collections.abc import Iterable
from typing import Any

from ai_models._core.pricing import exact, per_mtok, tidy
from ai_models._core.query import And, Compare, Node, Not, Or, Path
from ai_models._core.query.nodes import OPPOSITE
from ai_models._core.query.paths import KNOWN_EMPTY

__all__ = ["in_words", "unknown_in_words"]


def in_words(node: Node, holds: bool = True) -> str:
    """Return what is so of a model of which a condition is known to hold, or not to.

    >>> from ai_models._core.query import parse_query
    >>> asked = parse_query({"lab": {"$ne": "openai"}, "context_size": {"$gte": 200_000}, "capabilities.vision": True})
    >>> in_words(asked)
    'lab is not openai and context is at least 200,000 tokens and it has vision'
    >>> in_words(asked, holds=False)
    'lab is openai or context is below 200,000 tokens or it has no vision'
    """
    node, holds = _simple(node, holds)
    if isinstance(node, Compare):
        return _compared(node, holds)
    every = _is_every(node, holds)
    texts = [_within(each, holds, every) for each in node.nodes]
    return (" and " if every else " or ").join(texts) or ("anything" if every else "nothing")


def unknown_in_words(node: Node) -> str:
    """Return that nobody knows whether a condition holds.

    >>> from ai_models._core.query import parse_query
    >>> unknown_in_words(parse_query({"context": {"$gt": 1}}))
    'context is unknown'
    >>> unknown_in_words(parse_query({"capabilities.vision": True}))
    'unknown whether it has vision'
    """
    node, _ = _simple(node, True)
    if isinstance(node, Compare) and node.path.kind in ("number", "date", "text", "any") and node.path.field:
        return f"{_label(node.path)} is unknown"
    return f"unknown whether {in_words(node)}"


def _within(node: Node, holds: bool, every: bool) -> str:
    """Return the words of one condition among several, in brackets where "and" and "or" would mix."""
    node, holds = _simple(node, holds)
    text = in_words(node, holds)
    mixed = not isinstance(node, Compare) and node.nodes and _is_every(node, holds) is not every
    return f"({text})" if mixed else text


def _simple(node: Node, holds: bool) -> tuple[And | Or | Compare, bool]:
    """Return a condition without the negations around it, nor an "and" of one alone, and whether it holds then."""
    while not isinstance(node, Compare):
        if isinstance(node, Not):
            node, holds = node.node, not holds
        elif len(node.nodes) == 1:
            node = node.nodes[0]
        else:
            break
    return node, holds


def _is_every(node: And | Or, holds: bool) -> bool:
    """Whether each part counts: of "and" if it holds, of "or" if it doesn't."""
    return isinstance(node, And) is holds


def _compared(test: Compare, holds: bool) -> str:
    path, op = test.path, test.op
    if op == "exists":
        return _stated(path, test.operand is holds)
    if path.kind in ("flag", "capability") and op == "eq":
        return _flag(path, test.operand is holds)
    label = _label(path)
    if op in ("gt", "gte", "lt", "lte"):
        words = _LATER if path.kind == "date" else _MORE
        return f"{label} is {words[op if holds else OPPOSITE[op]].format(_value(path, test.operand))}"
    if op == "elem":
        return f"{'one' if holds else 'none'} of {label} fits ({in_words(test.operand)})"
    if op == "size":
        return f"number of {label} is {'' if holds else 'not '}{test.operand}"
    if op == "regex":
        return f"{label} {'matches' if holds else 'does not match'} {test.operand.pattern}"
    return _named(path, [_value(path, each) for each in _each(test.operand)], op == "all", holds)


def _stated(path: Path, known: bool) -> str:
    if path.field in KNOWN_EMPTY:
        return f"{_label(path)} {'are' if path.kind == 'texts' else 'is'} {'' if known else 'not '}set"
    return f"{_label(path)} is {'known' if known else 'unknown'}"


def _flag(path: Path, so: bool) -> str:
    place = f" at {path.offer}" if path.offer else ""
    if path.kind == "capability":
        return f"it has {'' if so else 'no '}{_plain(path.parts[-1])}{place}"
    if path.field == "open_weights":
        return f"its weights are {'open' if so else 'closed'}{place}"
    return f"it is {'' if so else 'not '}local{place}"


def _named(path: Path, values: list[str], every: bool, holds: bool) -> str:
    """Return whether something is one of these values or, if it is many things, has them."""
    if path.field == "tags":
        return f"it is {_tagged(values, every, holds)}"
    verb = ("include", "do not include", "include") if path.kind == "texts" else ("is", "is not", "is")
    if holds or len(values) == 1:
        joint = " and " if every else " or "
        return f"{_label(path)} {verb[0 if holds else 1]} {joint.join(values) or 'nothing'}"
    if every:
        return f"{_label(path)} {verb[1]} all of {', '.join(values)}"
    none = f"neither {values[0]} nor {values[1]}" if len(values) == 2 else f"none of {', '.join(values)}"
    return f"{_label(path)} {verb[2]} {none}"


def _tagged(values: list[str], every: bool, holds: bool) -> str:
    texts = [f"in the group {each[6:]}" if each.startswith("group:") else f"tagged {each}" for each in values]
    return f"{'' if holds else 'not '}{(' and ' if every else ' or ').join(texts)}"


def _each(operand: Any) -> Iterable[Any]:
    if isinstance(operand, frozenset):
        return sorted(operand, key=str)
    return operand if isinstance(operand, tuple) else (operand,)


def _label(path: Path) -> str:
    """Return what stands at a path as a person calls it."""
    place = f" at {path.offer}" if path.offer else ""
    if path.offer and path.field == "connector_metadata":
        return f"an offer{place}"
    part = _plain(".".join(path.parts))
    if path.field == "cost_per_token" and part:
        return f"{part} price{place}"
    if path.field == "cost_per_unit" and part:
        return f"price per {part}{place}"
    return f"{f'{_LABELS.get(path.field) or _plain(path.field)} {part}'.strip() or 'it'}{place}"


def _value(path: Path, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return str(value)
    if path.field == "cost_per_token":
        return f"${per_mtok(value):f} per million tokens"
    number = f"{tidy(exact(value)):,f}"
    return f"${number}" if path.field == "cost_per_unit" else f"{number}{_UNITS.get(path.field, '')}"


def _plain(name: str) -> str:
    return name.replace("_", " ")


_MORE = {"gt": "above {}", "gte": "at least {}", "lt": "below {}", "lte": "at most {}"}
_LATER = {"gt": "after {}", "gte": "{} or later", "lt": "before {}", "lte": "{} or earlier"}
_UNITS = dict.fromkeys(("context_size", "max_input_tokens", "max_output_tokens"), " tokens")
_LABELS = {
    "context_size": "context",
    "max_input_tokens": "largest input",
    "max_output_tokens": "largest output",
    "parameters": "number of parameters",
    "released": "release date",
    "deprecated": "deprecation date",
    "retired": "retirement date",
    "retires_not_before": "earliest retirement date",
}
