"""What is asked of a store, whole: a query, who serves, in which order, and how many."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ai_models._core.model import Model
from ai_models._core.pricing import per_mtok
from ai_models._core.query.compile import Predicate, Selection, compile_query, compile_selection
from ai_models._core.query.nodes import And, Compare, Node, Not
from ai_models._core.query.order import SortKey, in_order
from ai_models._core.query.serving import offers_at, views


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
        via = self.via
        chosen = self.selection()(models()) if via is None else served_by(via, models, self.matches(via))
        if self.sort:
            chosen = iter(in_order(chosen, self.sort, via=self.via))
        return chosen if self.limit is None else islice(chosen, self.limit)

    def selection(self) -> Selection:
        """Return what yields those of many models, or views of them, that match."""
        select, check = compile_selection(self.node), self.check
        if check is None:
            return select
        return lambda models: (model for model in select(models) if check(model))

    def matches(self, provider: str) -> Predicate:
        """Return what says whether one of a provider's offers of a model matches."""
        if self.check is None:
            return compile_query(self.node, via=provider)
        select = self.selection()
        return lambda model: any(True for _ in select(views(model, provider)))


def served_by(provider: str, models: Callable[[], Iterable[Model]], matches: Predicate) -> Iterator[Model]:
    """Yield the models that match as this provider serves them, or else as it serves their newest snapshot there.

    >>> models = [Model("m", "x"), Model("m-2026", "y", base="m")]
    >>> [model.id for model in served_by("y", lambda: models, lambda model: model.provider == "y")]
    ['m', 'm-2026']
    """
    snapshots: dict[str, list[Model]] = {}
    for model in models():
        if model.base is not None and offers_at(model, provider):
            snapshots.setdefault(model.base, []).append(model)
    for model in models():
        asked = model if offers_at(model, provider) else newest_served(provider, snapshots.get(model.id, ()))
        if asked is not None and matches(asked):
            yield model


def newest_served(provider: str, snapshots: Iterable[Model]) -> Model | None:
    """Return the newest of a model's snapshots that a provider serves; `None` if it serves none.

    >>> snapshots = [Model("m-1", "y", base="m"), Model("m-2", "y", base="m"), Model("m-3", "x", base="m")]
    >>> newest_served("y", snapshots).id
    'm-2'
    """
    return max((each for each in snapshots if offers_at(each, provider)), key=_age, default=None)


def _age(snapshot: Model) -> str:
    return snapshot.version or snapshot.id


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
