"""Sorting: `sort="lab,-released"` puts models in order, what is unknown always last."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from ai_models._core.model import Model
from ai_models._core.query.compile import compile_served
from ai_models._core.query.paths import Path, parse_path
from ai_models.errors import QueryError, printable

SHORT: Mapping[str, str] = {
    **dict.fromkeys(("price", "input_price", "input"), "cost_per_token.input"),
    **dict.fromkeys(("output_price", "output"), "cost_per_token.output"),
    "cache_read": "cost_per_token.cache_read",
    "max_output": "max_output_tokens",
    "local": "is_local",
}
"""Names by which one sorts, beside the paths of a query."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """One place to sort by, upwards or downwards."""

    path: Path
    descending: bool = False


def parse_sort(sort: str | Iterable[str]) -> tuple[SortKey, ...]:
    """Return the places that a text such as `"lab,-released"` sorts by, `-` for the largest first.

    >>> [(key.path.text, key.descending) for key in parse_sort("price,-context_size")]
    [('cost_per_token.input', False), ('context_size', True)]
    """
    words = sort.split(",") if isinstance(sort, str) else list(sort)
    if not all(word.strip(" +-") for word in map(str, words)):
        raise QueryError(f"sort={printable(sort, 60)}: expected fields such as 'lab,-released'", "sort")
    return tuple(_sort_key(word.strip()) for word in words)


def _sort_key(word: str) -> SortKey:
    name = word.lstrip("+-")
    return SortKey(parse_path(SHORT.get(name, name), (*SHORT, "context")), word.startswith("-"))


def sort_models(models: Iterable[Model], sort: str | Iterable[str], *, via: str | None = None) -> list[Model]:
    """Return models in order; equals keep theirs, and a model whose value is unknown comes last, up or down.

    >>> models = [Model("a", "x"), Model("b", "x", 4096), Model("c", "x", 8192)]
    >>> [model.id for model in sort_models(models, "-context_size")]
    ['c', 'b', 'a']
    """
    return in_order(models, parse_sort(sort), via=via)


def in_order(models: Iterable[Model], keys: Iterable[SortKey], *, via: str | None = None) -> list[Model]:
    """Return models in order, as `sort_models` does, by places that are parsed already.

    >>> [model.id for model in in_order([Model("b", "x"), Model("a", "x")], parse_sort("id"))]
    ['a', 'b']
    """
    found = list(models)
    for key in reversed(tuple(keys)):
        read = _reader(key, via)
        values = [(read(model), model) for model in found]
        known = [pair for pair in values if pair[0] is not None]
        known.sort(key=_sorter([value for value, _ in known]), reverse=key.descending)
        found = [model for _, model in known] + [model for value, model in values if value is None]
    return found


def _reader(key: SortKey, via: str | None) -> Callable[[Model], Any]:
    """Return what reads the value to sort by; of several offers, the one that comes first."""
    provider = key.path.offer or via
    if provider is None:
        return lambda model: _below(key.path, getattr(model, key.path.field))
    best: Any = max if key.descending else min
    as_served = compile_served(key.path.field)

    def read(model: Model) -> Any:
        values = [_below(key.path, each) for each in as_served(model, provider)]
        return best((value for value in values if value is not None), key=_among_others, default=None)

    return read


def _below(path: Path, value: Any) -> Any:
    """Return what stands at a path in the value of its field, `None` if it is unknown."""
    for number, part in enumerate(path.parts):
        if not isinstance(value, Mapping):
            return None
        rest = ".".join(path.parts[number:])
        if rest in value:
            value = value[rest]
            break
        value = value.get(part)
    if value is None or value in ([], {}, set()):
        return None
    return value


def _sorter(values: list[Any]) -> Callable[[tuple[Any, Model]], Any]:
    """Return the key of a value and its model that sorts these values, of different kinds too."""
    kinds = set(map(type, values))
    if kinds <= {int, float} or kinds == {str}:
        return itemgetter(0)
    return lambda pair: _among_others(pair[0])


def _among_others(value: Any) -> tuple[int, Any, str]:
    if isinstance(value, int | float):
        return 0, value, ""
    return 1, 0, value if isinstance(value, str) else str(sorted(map(str, value)))
