"""The keywords of `ModelRegistry.filter`, most of which are a query written more simply."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict, cast

from ai_models._core.model import Model
from ai_models._core.nearest import nearest
from ai_models._core.query import And, Node, parse_query
from ai_models.errors import QueryError, printable


class Criteria(TypedDict, total=False):
    """What a model shall meet, all of it; `None` asks for nothing.

    Sizes are in tokens, prices in USD per million tokens, dates ISO text. `provider` is any
    provider that offers the model; prices and limits are then what that provider states.

    >>> query_of(Criteria(lab="mistral", min_context=128_000))
    {'lab': 'mistral', 'context_size': {'$gte': 128000}}
    """

    provider: str | None
    lab: str | Iterable[str] | None
    kind: str | Iterable[str] | None
    family: str | Iterable[str] | None
    is_local: bool | None
    open_weights: bool | None
    capabilities: str | Iterable[str] | Mapping[str, bool] | None
    tags: str | Iterable[str] | None
    min_context_size: int | None
    max_context_size: int | None
    min_context: int | None
    max_context: int | None
    min_output_tokens: int | None
    max_input_price: float | None
    max_output_price: float | None
    released_after: str | None
    released_before: str | None
    free: bool | None
    available: bool | None
    where: Mapping[str, Any] | None
    custom_filter: Callable[[Model], object] | None


NAMES = tuple(Criteria.__annotations__)
"""Every criterion by its name."""

_BOUNDS = (
    ("min_context_size", "context_size", "$gte"),
    ("max_context_size", "context_size", "$lte"),
    ("min_context", "context_size", "$gte"),
    ("max_context", "context_size", "$lte"),
    ("min_output_tokens", "max_output_tokens", "$gte"),
    ("max_input_price", "pricing.input_per_mtok", "$lte"),
    ("max_output_price", "pricing.output_per_mtok", "$lte"),
    ("released_after", "released", "$gt"),
    ("released_before", "released", "$lt"),
)


def check_criteria(given: Mapping[str, Any]) -> Criteria:
    """Return the criteria that aren't `None`; raise `TypeError` with a suggestion for an unknown one.

    >>> check_criteria({"min_contxt": 8192})
    Traceback (most recent call last):
        ...
    TypeError: filter() has no criterion 'min_contxt'; did you mean 'min_context'?
    """
    for name in given:
        if name not in NAMES:
            near = nearest(name, NAMES, 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(NAMES)}"
            raise TypeError(f"filter() has no criterion {printable(name, 60)}{hint}")
    return cast("Criteria", {name: value for name, value in given.items() if value is not None})


def node_of(criteria: Criteria) -> Node:
    """Return the part of criteria that is a query, `where` included, as its syntax tree."""
    node = parse_query(query_of(criteria))
    where = criteria.get("where")
    return node if where is None else And((node, parse_query(where)))


def query_of(criteria: Criteria) -> dict[str, Any]:
    """Return the part of criteria that is a query, without `where`.

    >>> query_of({"tags": "production", "capabilities": {"vision": True, "tool_call": False}})
    {'tags': {'$all': ['production']}, 'capabilities.vision': True, 'capabilities.tool_call': False}
    """
    given: Mapping[str, Any] = criteria
    query: dict[str, Any] = {}
    for name in ("lab", "kind", "family"):
        if name in given:
            query[name] = given[name] if isinstance(given[name], str) else {"$in": _texts(name, given[name])}
    query |= {name: given[name] for name in ("is_local", "open_weights") if name in given}
    if "tags" in given:
        query["tags"] = {"$all": _texts("tags", given["tags"])}
    wanted = given.get("capabilities", {})
    pairs = wanted.items() if isinstance(wanted, Mapping) else ((each, True) for each in _texts("capabilities", wanted))
    query |= {f"capabilities.{name}": value for name, value in pairs}
    for name, path, operator in _BOUNDS:
        if name in given:
            query.setdefault(path, {})[operator] = given[name]
    return query


def _texts(name: str, value: Any) -> list[str]:
    items = [value] if isinstance(value, str) else list(value) if isinstance(value, Iterable) else [value]
    if not all(isinstance(each, str) for each in items):
        raise QueryError(f"{name}: expected a text or a list of texts, not {printable(value, 60)}", name)
    return items
