"""The keywords of `ModelRegistry.filter`, as one query and a few questions that no query can ask."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

from ai_models._core.model import Model
from ai_models._core.query import And, Node, parse_query
from ai_models.errors import QueryError, printable

OneOrMore = str | Iterable[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a model shall meet, all of it; `None` asks for nothing. Prices are in USD per million tokens.

    >>> Criteria(lab="mistral", min_context_size=128_000).node().nodes[0].path.text
    'lab'
    """

    provider: str | None = None
    lab: OneOrMore | None = None
    kind: OneOrMore | None = None
    family: OneOrMore | None = None
    is_local: bool | None = None
    capabilities: OneOrMore | Mapping[str, bool] | None = None
    tags: OneOrMore | None = None
    min_context_size: int | None = None
    max_context_size: int | None = None
    min_output_tokens: int | None = None
    max_input_price: float | None = None
    max_output_price: float | None = None
    free: bool | None = None
    open_weights: bool | None = None
    released_after: str | None = None
    released_before: str | None = None
    available: bool | None = None
    where: Mapping[str, Any] | None = None
    custom_filter: Callable[[Model], object] | None = None

    def node(self) -> Node:
        """Return the part that is a query."""
        query: dict[str, Any] = {}
        for name in ("lab", "kind", "family"):
            value = getattr(self, name)
            if value is not None:
                query[name] = value if isinstance(value, str) else {"$in": _list(name, value)}
        for name in ("is_local", "open_weights"):
            if getattr(self, name) is not None:
                query[name] = getattr(self, name)
        if self.tags is not None:
            query["tags"] = {"$all": _list("tags", self.tags)}
        query |= _capabilities(self.capabilities)
        query |= self._bounds()
        nodes = [parse_query(query)] if query else []
        if self.where is not None:
            nodes.append(parse_query(self.where))
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def _bounds(self) -> dict[str, dict[str, Any]]:
        bounds: dict[str, dict[str, Any]] = {}
        for name, path, operator in _BOUNDS:
            value = getattr(self, name)
            if value is not None:
                bounds.setdefault(path, {})[operator] = value
        return bounds


_BOUNDS = (
    ("min_context_size", "context_size", "$gte"),
    ("max_context_size", "context_size", "$lte"),
    ("min_output_tokens", "max_output_tokens", "$gte"),
    ("max_input_price", "pricing.input_per_mtok", "$lte"),
    ("max_output_price", "pricing.output_per_mtok", "$lte"),
    ("released_after", "released", "$gt"),
    ("released_before", "released", "$lt"),
)
_ALIASES = {"min_context": "min_context_size", "max_context": "max_context_size", "query": "where"}
_NAMES = tuple(each.name for each in fields(Criteria))


def parse_criteria(given: Mapping[str, Any]) -> Criteria:
    """Return criteria from keywords; raise `TypeError` with a suggestion for an unknown one.

    >>> parse_criteria({"min_context": 8192}).min_context_size
    8192
    >>> parse_criteria({"min_contxt": 8192})
    Traceback (most recent call last):
        ...
    TypeError: filter() has no criterion 'min_contxt'; did you mean 'min_context'?
    """
    for name in given:
        if name not in _NAMES and name not in _ALIASES:
            near = get_close_matches(name, [*_NAMES, *_ALIASES], n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(_NAMES)}"
            raise TypeError(f"filter() has no criterion {name!r}{hint}")
    return Criteria(**{_ALIASES.get(name, name): value for name, value in given.items()})


def _capabilities(wanted: OneOrMore | Mapping[str, bool] | None) -> dict[str, Any]:
    if wanted is None:
        return {}
    pairs = wanted.items() if isinstance(wanted, Mapping) else ((each, True) for each in _list("capabilities", wanted))
    return {f"capabilities.{name}": value for name, value in pairs}


def _list(name: str, value: OneOrMore) -> list[str]:
    items = [value] if isinstance(value, str) else list(value) if isinstance(value, Iterable) else [value]
    if not all(isinstance(each, str) for each in items):
        raise QueryError(f"{name}: expected a text or a list of texts, not {printable(value, 60)}", name)
    return items


__all__ = ["Criteria", "parse_criteria"]
