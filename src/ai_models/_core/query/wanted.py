"""What is asked of a store, whole: a query, who serves, in which order, and how many."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ai_models._core.model import Model
from ai_models._core.pricing import per_mtok
from ai_models._core.query.compile import Selection, compile_selection
from ai_models._core.query.nodes import And, Compare, Node, Not
from ai_models._core.query.order import SortKey, in_order
from ai_models._core.query.serving import views


@dataclass(frozen=True, slots=True)
class Wanted:
    """Models that match a query and a check, as the provider `via` serves them (`None`: as they are themselves).

    They come in the order of `sort` (of none: as they are stored), `limit` of them (`None`: all).

    >>> from ai_models._core.query.parse import parse_query
    >>> wanted = Wanted(parse_query({"context_size": {"$gt": 4096}}))
    >>> [model.id for model in wanted.out_of(lambda: [Model("a", "x", 8192), Model("b", "x")])]
    ['a']
    """

    node: Node
    via: str | None = None
    sort: tuple[SortKey, ...] = ()
    limit: int | None = None
    check: Callable[[Model], bool] | None = None

    def out_of(self, models: Callable[[], Iterable[Model]]) -> Iterator[Model]:
        """Yield the models that are wanted out of all, which may be gone through twice."""
        select = self.selection()
        chosen = select(models()) if self.via is None else served_by(self.via, models, select)
        if self.sort:
            chosen = iter(in_order(chosen, self.sort, via=self.via))
        return chosen if self.limit is None else islice(chosen, self.limit)

    def selection(self) -> Selection:
        """Return what yields those of many models, or views of them, that match."""
        select, check = compile_selection(self.node), self.check
        if check is None:
            return select
        return lambda models: (model for model in select(models) if check(model))


def served_by(provider: str, models: Callable[[], Iterable[Model]], select: Selection) -> Iterator[Model]:
    """Yield the models of which an offer of this provider is selected, or else one of their newest snapshot there.

    >>> records = [{"id": "m", "provider": "x"}, {"id": "m-2026", "provider": "y", "base": "m"}]
    >>> models = [Model.on_record(record) for record in records]
    >>> [model.id for model in served_by("y", lambda: models, lambda views: iter(views))]
    ['m', 'm-2026']
    """
    snapshots: dict[str, list[Model]] = {}
    for model in models():
        if model.base is not None and any(True for _ in views(model, provider)):
            snapshots.setdefault(model.base, []).append(model)
    for model in models():
        found = list(views(model, provider)) or newest_views(provider, snapshots.get(model.id, ()))
        if any(True for _ in select(found)):
            yield model


def newest_views(provider: str, snapshots: Iterable[Model]) -> list[Model]:
    """Return the newest of some snapshots that a provider has, as it serves it; none if it has none.

    >>> records = [{"id": "m-1", "provider": "y"}, {"id": "m-2", "provider": "y"}]
    >>> newest_views("y", [Model.on_record(record) for record in records])[0].id
    'm-2'
    """
    newest = sorted(snapshots, key=lambda each: each.version or each.id, reverse=True)
    return next((found for each in newest if (found := list(views(each, provider)))), [])


def shown(node: Node) -> str:
    """Return a syntax tree as one line for people.

    >>> from ai_models._core.query.parse import parse_query
    >>> shown(parse_query({"lab": "mistral", "context_size": {"$not": {"$gt": 1}}}))
    "lab = 'mistral' and not (context_size > 1)"
    >>> shown(parse_query({"pricing.input_per_mtok": {"$lte": 0.5}}))
    'pricing.input_per_mtok <= 0.5'
    """
    if isinstance(node, Not):
        return f"not ({shown(node.node)})"
    if isinstance(node, Compare):
        return f"{node.path.text} {_SIGNS.get(node.op, node.op)} {_operand(node)}"
    joint = " and " if isinstance(node, And) else " or "
    texts = [f"({shown(each)})" if _needs_brackets(each, node) else shown(each) for each in node.nodes]
    return joint.join(texts) or ("everything" if isinstance(node, And) else "nothing")


_SIGNS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "elem": "has an element with"}


def _operand(test: Compare) -> str:
    if test.op == "regex":
        return repr(test.operand.pattern)
    if test.op == "elem":
        return f"({shown(test.operand)})"
    if isinstance(test.operand, frozenset):
        return repr([_value(test, each) for each in sorted(test.operand, key=str)])
    return repr(_value(test, test.operand))


def _value(test: Compare, value: Any) -> Any:
    """Return a value in the unit in which it was asked for."""
    return float(per_mtok(value)) if test.path.per_mtok else value


def _needs_brackets(inner: Node, outer: Node) -> bool:
    return not isinstance(inner, Compare | Not) and type(inner) is not type(outer) and len(inner.nodes) > 1
