"""The SQL back end of the query language: from a syntax tree to what a database looks up, and what is left over.

Negation is pushed down to the comparisons, as in the Python back end: each clause is true where
the comparison is known to hold, or known not to, and there is no NOT around any of them. So what is
unknown, NULL here, matches neither. What has no column is left over, and filtered after.
"""
# ruff: noqa: TID253  # loaded when a database is opened

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Text,
    and_,
    column,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
    true,
    union,
)
from sqlalchemy.sql.selectable import FromClause

from ai_models._core.query.compile import first_day, last_day
from ai_models._core.query.nodes import OPPOSITE, And, Compare, Node, Not, Op
from ai_models._core.query.paths import KIND_OF, Path
from ai_models.stores.sql.tables import (
    COLUMNS,
    FACTS,
    MODELS,
    NAMES,
    OFFER_COLUMNS,
    OFFERS,
    PRICES,
    SERVED,
    TAGS,
    bit_of,
    holdable,
    key_of,
)

Clause = ColumnElement[bool]

_TYPES: Mapping[str, Any] = {"number": BigInteger(), "flag": BigInteger()}
_ORDER: Mapping[Op, Callable[[Any, Any], Any]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_LONGEST = 192
_UNSERVED = frozenset({"id", "lab", "base"})
"""Columns that are the same whoever serves a model."""


def _type(name: str) -> Any:
    if name in PRICES.values():
        return Double()
    return _TYPES.get(KIND_OF.get(name, "number" if name in ("n", "has", "lacks", "revision") else "text"), Text())


models = table(MODELS, *(column(name, _type(name)) for name in COLUMNS))
names = table(
    NAMES, column("folded", Text()), column("kind", Text()), column("exact", Text()), column("n", BigInteger())
)
tags = table(TAGS, column("tag", Text()), column("n", BigInteger()))
offers = table(OFFERS, *(column(name, Text() if name == "key" else _type(name)) for name in OFFER_COLUMNS))


class Part(NamedTuple):
    """What becomes of a query: the clause (`None`: always true), what of it that says, and what is left over."""

    clause: Clause | None = None
    said: Node | None = None
    rest: Node | None = None


def column_of(path: Path) -> str | None:
    """Return the column that holds what stands at a path; `None` if there is none.

    >>> from ai_models._core.query.paths import parse_path
    >>> column_of(parse_path("pricing.input_per_mtok")), column_of(parse_path("custom_metadata.stars"))
    ('input_price', None)
    """
    if path.offer is not None:
        return None
    if not path.parts:
        return path.field if path.field in FACTS or path.field == "id" else None
    return PRICES.get(path.parts[0]) if path.field == "cost_per_token" and len(path.parts) == 1 else None


class Pushdown:
    """Makes clauses over a table of models; with `served`, over a table of offers joined to it.

    `unindexed` says of which comparisons the database shall not start from an index.
    """

    def __init__(
        self,
        rows: FromClause = models,
        served: FromClause | None = None,
        unindexed: Callable[[Compare], bool] = lambda _: False,
    ) -> None:
        self.rows, self.served, self.unindexed = rows, served, unindexed

    def split(self, node: Node, *, wanted: bool = True) -> Part:
        """Return what of a query the database can tell, and what is left over.

        >>> from ai_models._core.query.parse import parse_query
        >>> part = Pushdown().split(parse_query({"lab": "mistral", "custom_metadata.stars": {"$gt": 3}}))
        >>> str(part.clause), part.rest.path.text
        ('ai_models.lab = :param_1', 'custom_metadata.stars')
        """
        if isinstance(node, Not):
            return self.split(node.node, wanted=not wanted)
        signed = node if wanted else Not(node)
        if isinstance(node, Compare):
            clause = self.compare(node, wanted)
            return Part(rest=signed) if clause is None else Part(clause, signed)
        parts = [self.split(each, wanted=wanted) for each in node.nodes]
        return _every(parts) if isinstance(node, And) is wanted else _some(parts, signed)

    def compare(self, test: Compare, wanted: bool) -> Clause | None:
        """Return where a comparison is known to hold, or not to if `wanted` is false; `None` if no column tells."""
        path = test.path
        if path.offer is not None:
            return self._offered(path, test.operand is wanted) if path.field == "connector_metadata" else None
        if path.kind == "capability":
            return None if self.served is not None else self._capability(test, wanted)
        if path.field in ("tags", "aliases"):
            return self._texts(test, wanted)
        found = self._column(test)
        if found is None or not _sayable(test.operand):
            return None
        if test.op == "exists":
            return _is(found.is_not(None) if test.operand is wanted else found.is_(None))
        compare = {"number": _number, "text": _text, "date": _date, "flag": _flag}[path.kind]
        return compare(found, test, wanted)

    def _column(self, test: Compare) -> Any:
        name = column_of(test.path)
        if name is None:
            return None
        if self.served is not None and name not in _UNSERVED:
            return self.served.c[name] if name in (*SERVED, *PRICES.values()) else None
        if self.unindexed(test):
            return literal_column(f"+{MODELS}.{name}", _type(name))
        return self.rows.c[name]

    def _capability(self, test: Compare, wanted: bool) -> Clause | None:
        number = bit_of(test.path.parts[0])
        if number is None:
            return None
        has, lacks = (self.rows.c[name].op("&")(literal(number, BigInteger())) != 0 for name in ("has", "lacks"))
        if test.op == "exists":
            return or_(has, lacks) if test.operand is wanted else and_(not_(has), not_(lacks))
        if test.op == "in":
            return false() if wanted else or_(has, lacks)
        return has if test.operand is wanted else lacks

    def _texts(self, test: Compare, wanted: bool) -> Clause | None:
        if test.op == "exists":
            some = self._any(test.path.field)
            return some if test.operand is wanted else not_(some)
        several = test.op in ("in", "all") or isinstance(test.operand, str)
        if not (several and test.op in ("eq", "in", "all") and _sayable(test.operand)):
            return None
        values = [test.operand] if isinstance(test.operand, str) else sorted(test.operand)
        found = [self._has(test.path.field, value) for value in values]
        clause = or_(false(), *found) if test.op == "in" else and_(true(), *found)
        return clause if wanted else not_(clause)

    def _any(self, field: str) -> Clause:
        if field == "tags":
            return self.rows.c.n.in_(select(tags.c.n))
        return self.rows.c.n.in_(select(names.c.n).where(names.c.kind == "alias"))

    def _has(self, field: str, value: str) -> Clause:
        if field == "tags":
            return self.rows.c.n.in_(select(tags.c.n).where(tags.c.tag == key_of(value)))
        folded = value.lower()
        exact = "" if folded == value else key_of(value)
        where = (names.c.folded == key_of(folded), names.c.kind == "alias", names.c.exact == exact)
        return self.rows.c.n.in_(select(names.c.n).where(*where))

    def _offered(self, path: Path, there: bool) -> Clause | None:
        key = path.offer or ""
        if self.served is not None or path.parts or len(key) > _LONGEST or not _sayable(key):
            return None
        row = exists().where(offers.c.n == self.rows.c.n, offer_of(key)).correlate(self.rows)
        clause = or_(self.rows.c.provider == key_of(key), row)
        return clause if there else not_(clause)


def offer_of(key: str) -> Clause:
    """Return where an offer is that of `provider:variant`, or any of `provider`."""
    provider = offers.c.provider == key_of(key.partition(":")[0])
    if ":" not in key:
        return provider
    start = key_of(key)
    return and_(provider, or_(offers.c.key == start, func.substr(offers.c.key, 1, len(start) + 1) == f"{start}:"))


def _every(parts: Iterable[Part]) -> Part:
    found = list(parts)
    clauses = [part.clause for part in found if part.clause is not None]
    said = [part.said for part in found if part.said is not None]
    rest = [part.rest for part in found if part.rest is not None]
    return Part(and_(*clauses) if clauses else None, _joined(said), _joined(rest))


def _joined(nodes: list[Node]) -> Node | None:
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes)) if nodes else None


def _some(parts: Iterable[Part], whole: Node) -> Part:
    """Return where one of several holds: exactly if every one of them is a clause, else as near as clauses can tell."""
    found = list(parts)
    if any(part.clause is None and part.rest is None for part in found):
        return Part()
    if any(part.clause is None for part in found):
        return Part(rest=whole)
    clause = or_(false(), *(part.clause for part in found if part.clause is not None))
    return Part(clause, whole, whole if any(part.rest is not None for part in found) else None)


def _sayable(operand: Any) -> bool:
    """Return whether a driver can take a value."""
    if isinstance(operand, frozenset):
        return all(map(_sayable, operand))
    if isinstance(operand, str):
        return holdable(operand)
    return not isinstance(operand, int) or abs(operand) < 2**1000


def _literal(value: Any) -> Any:
    small = isinstance(value, int) and abs(value) < 2**62
    return literal(value, BigInteger()) if small else literal(float(value), Double())


def _number(found: Any, test: Compare, wanted: bool) -> Clause | None:
    if test.op == "in":
        return _among(found, [_literal(each) for each in sorted(test.operand)], wanted)
    bound: Any = literal(float(test.operand), Double()) if isinstance(found.type, Double) else _literal(test.operand)
    if test.op == "eq":
        return _is(found == bound if wanted else found != bound)
    return _is(_ORDER[test.op if wanted else OPPOSITE[test.op]](found, bound))


def _is(clause: Any) -> Clause:
    made: Clause = clause
    return made


def _among(found: Any, values: list[Any], wanted: bool) -> Clause:
    if wanted:
        return or_(false(), *(found == each for each in values))
    return and_(found.is_not(None), *(found != each for each in values))


def _text(found: Any, test: Compare, wanted: bool) -> Clause | None:
    if test.op == "regex":
        return None
    if test.op == "in":
        keys = [key_of(each) for each in sorted(test.operand)]
        return _is(found.in_(keys)) if wanted else _is(and_(found.is_not(None), found.not_in(keys)))
    bound = literal(key_of(test.operand), Text())
    if test.op == "eq":
        return _is(found == bound if wanted else found != bound)
    if len(test.operand) > _LONGEST:
        return None
    return _is(_ORDER[test.op if wanted else OPPOSITE[test.op]](found, bound))


def _date(found: Any, test: Compare, wanted: bool) -> Clause | None:
    """Compare days known in part, as the Python back end does."""
    if test.op == "in":
        return false() if wanted else _is(found.is_not(None))
    day = test.operand
    if test.op == "eq":
        begins = func.substr(found, 1, len(day))
        if wanted:
            return _is(begins == day)
        return _is(and_(begins != day, func.substr(literal(day, Text()), 1, func.length(found)) != found))
    op = test.op if wanted else OPPOSITE[test.op]
    if op == "gte":
        return _is(found >= first_day(day))
    if op == "gt":
        return _is(found > f"{last_day(day)}~")
    bound = first_day(day) if op == "lt" else f"{last_day(day)}~"
    return _is(_ORDER[op](found.op("||")(literal("~", Text())), bound))


def _flag(found: Any, test: Compare, wanted: bool) -> Clause | None:
    if test.op == "in":
        return false() if wanted else _is(found.is_not(None))
    return _is(found == literal(int(test.operand is wanted), BigInteger()))


def order_of(sort: Iterable[Any]) -> list[tuple[str, bool]] | None:
    """Return the columns to sort by, each with whether it goes downwards; `None` if one has no column.

    >>> from ai_models._core.query.order import parse_sort
    >>> order_of(parse_sort("price,-released")), order_of(parse_sort("tags"))
    ([('input_price', False), ('released', True)], None)
    """
    found = [(column_of(key.path), key.descending) for key in sort]
    return [(name, down) for name, down in found if name is not None] if all(name for name, _ in found) else None


def statements(clause: Clause | None, order: list[tuple[str, bool]], limit: int | None) -> list[Any]:
    """Return the statements that give records in order, one after the other: what is unknown comes last.

    Two statements where one would have to sort everything: an index has an order, but not that one.
    """
    base = select(models.c.record).limit(limit)
    if clause is not None:
        base = base.where(clause)
    made: list[Any] = []
    unknown: list[Clause] = []
    for at, (name, down) in enumerate(order):
        first, *others = (
            models.c[each].desc().nulls_last() if each_down else models.c[each].asc().nulls_last()
            for each, each_down in order[at:]
        )
        first = models.c[name].desc() if down else models.c[name].asc()
        made.append(base.where(*unknown, models.c[name].is_not(None)).order_by(first, *others, models.c.n))
        unknown.append(models.c[name].is_(None))
    return [*made, base.where(*unknown).order_by(models.c.n)]


def of_providers(providers: Iterable[str]) -> Any:
    """Return the statement for the records of the models that any of some providers serves."""
    keys = [key_of(each) for each in providers if _sayable(each)]
    numbers = (select(table.c.n).where(table.c.provider.in_(keys)) for table in (models, offers))
    return select(models.c.record).where(models.c.n.in_(union(*numbers))).order_by(models.c.n)


def served_clause(provider: str, node: Node) -> Clause:
    """Return where a provider may serve a model, or a snapshot of it, so that a query holds: never too narrow."""
    snapshots = models.alias("snapshots")
    theirs = exists().where(snapshots.c.base == models.c.id, _served(snapshots, provider, node)).correlate(models)
    return or_(_served(models, provider, node), theirs)


def _served(rows: FromClause, provider: str, node: Node) -> Clause:
    """Return where the default server, or an offer beside it, may serve so that a query holds."""
    own = Pushdown(rows, served=rows).split(node).clause
    default = and_(rows.c.provider == key_of(provider.partition(":")[0]), true() if own is None else own)
    clause = Pushdown(rows, served=offers).split(node).clause
    beside = exists().where(offers.c.n == rows.c.n, offer_of(provider), true() if clause is None else clause)
    return or_(default, beside.correlate(rows))
