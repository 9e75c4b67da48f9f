"""The syntax tree of a query: what every back end, in Python or in SQL, starts from."""

from dataclasses import dataclass
from typing import Any, Literal

from ai_models._core.query.paths import Path

Op = Literal["eq", "gt", "gte", "lt", "lte", "in", "exists", "regex", "all", "size", "elem"]

OPPOSITE: dict[Op, Op] = {"gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}
"""What holds of a known value when the comparison doesn't."""


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison of what stands at a path, with an operand of the kind that the path wants."""

    path: Path
    op: Op
    operand: Any


@dataclass(frozen=True, slots=True)
class And:
    """Every one of these holds; of none, always."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of these holds; of none, never."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What is inside is known not to hold; what is unknown stays unknown."""

    node: "Node"


Node = Compare | And | Or | Not
