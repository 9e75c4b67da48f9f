"""The lines that warn of what ends: of the user's own models alone."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ai_models.cli.text import escape, plural

if TYPE_CHECKING:
    from ai_models._core.model import Model
    from ai_models.lifecycle import Retirement

_NAMED = 3
"""So many models are named; of more it is told how many there are."""


def format_warnings(models: "Iterable[Model]") -> Iterator[str]:
    """Yield a line for what retires soon, and one for what is gone, of those models that the user cares for.

    >>> from ai_models import Model
    >>> for line in format_warnings([Model("gpt-3", "openai", retired="2024-01-04", tags={"mine"})]):
    ...     print(line)
    1 of your models is gone: gpt-3; what could replace it: ai-models show ID
    """
    from ai_models.lifecycle import SOON, cared_for, ended, retiring

    mine = list(cared_for(models))
    over = [model.id for model in mine if ended(model)]
    first: dict[str, Retirement] = {}
    for each in retiring((model for model in mine if model.id not in over), SOON):
        first.setdefault(each.id, each)
    if first:
        ends = [
            f"{each.id} ({each.offer}, {each.date}{' or later' if each.at_earliest else ''})" for each in first.values()
        ]
        yield f"{_count(first, 'retires', 'retire')} soon: {_some(ends)}; see: ai-models list --retiring {SOON}"
    if over:
        yield f"{_count(over, 'is', 'are')} gone: {_some(over)}; what could replace it: ai-models show ID"


def _count(models: "Iterable[object]", one: str, several: str) -> str:
    count = len(list(models))
    return f"{count:,} of your models {one if count == 1 else several}"


def _some(names: list[str]) -> str:
    more = f" and {plural(len(names) - _NAMED, 'other')}" if len(names) > _NAMED else ""
    return escape(", ".join(names[:_NAMED])) + more
