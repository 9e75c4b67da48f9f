"""How a database answers what is wanted: by which statements, and what is left to be done after them."""
# ruff: noqa: TID253  # loaded when a database is opened

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select

from ai_models._core.query import Wanted
from ai_models._core.query.nodes import And, Compare, Node
from ai_models.stores.sql.query import Clause, Part, Pushdown, column_of, models, order_of, served_clause, statements
from ai_models.stores.sql.tables import INDEXED

FEW = 2_000
"""So many models are sorted in no time; if more match, one meets them soon in any order."""

Probe = Callable[[Any], int]


class Plan(NamedTuple):
    """Statements that give records, one after the other, what of the query they say, and what is left over."""

    statements: list[Any]
    said: Node | None
    rest: Node | None
    sorted_after: bool


def planned(wanted: Wanted, probe: Probe | None) -> Plan:
    r"""Return the plan for what is wanted.

    `probe` counts for a database that can't tell rare from frequent (SQLite): where few models meet
    a comparison, they come from its index, else all in order until there are enough.

    >>> from ai_models._core.query import parse_query
    >>> plan = planned(Wanted(parse_query({"lab": "mistral"})), None)
    >>> [str(each) for each in plan.statements]
    ['SELECT ai_models.record \nFROM ai_models \nWHERE ai_models.lab = :param_1 ORDER BY ai_models.n']
    """
    order = order_of(wanted.sort)
    if wanted.via is not None:
        clause = served_clause(wanted.via, wanted.node)
        return Plan(statements(clause, [], None), None, wanted.node, bool(wanted.sort))
    part = Pushdown().split(wanted.node) if probe is None else _probed(wanted, probe)
    whole = part.rest is None and wanted.check is None and order is not None
    found = statements(part.clause, order or [], wanted.limit if whole else None)
    return Plan(found, part.said, part.rest, order is None)


def _probed(wanted: Wanted, probe: Probe) -> Part:
    rare: Clause | None = None
    fewest = FEW
    for clause in _starts(wanted.node):
        some = select(models.c.n).where(clause).limit(FEW).subquery()
        number = probe(select(func.count()).select_from(some))
        if number < fewest:
            rare, fewest = clause, number
    if rare is None:
        return Pushdown(unindexed=lambda test: bool(wanted.sort) or test.op != "eq").split(wanted.node)
    part = Pushdown(unindexed=lambda _: True).split(wanted.node)
    few = models.c.n.in_(select(models.c.n).where(rare).scalar_subquery())
    return Part(few if part.clause is None else and_(few, part.clause), part.said, part.rest)


def _starts(node: Node) -> Iterator[Clause]:
    """Yield the comparisons that all have to hold, and that an index tells, as clauses."""
    if isinstance(node, And):
        for each in node.nodes:
            yield from _starts(each)
    elif isinstance(node, Compare) and node.op != "exists" and column_of(node.path) in INDEXED:
        clause = Pushdown().split(node).clause
        if clause is not None:
            yield clause
