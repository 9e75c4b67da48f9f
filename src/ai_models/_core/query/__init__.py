"""The query language: `{"provider": "openai", "context_size": {"$gte": 8000}, "capabilities.vision": True}`.

Mongo's operators over a Model's fields, with three-valued logic: what is unknown matches nothing,
also under `$ne`, `$nin` and `$not`; `$exists` asks for it. One parser makes a syntax tree
(`nodes`), a back end makes a predicate of it (`compile`).
"""

from ai_models._core.query.compile import Predicate, Selection, compile_query, compile_selection
from ai_models._core.query.nodes import And, Compare, Node, Not, Or
from ai_models._core.query.order import SortKey, parse_sort, sort_models
from ai_models._core.query.parse import parse_query, parse_query_text
from ai_models._core.query.paths import Path, parse_path
from ai_models._core.query.serving import views
from ai_models._core.query.wanted import Wanted

__all__ = [
    "And",
    "Compare",
    "Node",
    "Not",
    "Or",
    "Path",
    "Predicate",
    "Selection",
    "SortKey",
    "Wanted",
    "compile_query",
    "compile_selection",
    "parse_path",
    "parse_query",
    "parse_query_text",
    "parse_sort",
    "sort_models",
    "views",
]
