"""What a parser makes of an answer."""

from typing import NamedTuple

from ai_models._core.contracts import SkippedRow
from ai_models._core.model import Model


class Parsed(NamedTuple):
    """The models of an answer, and the rows that are none, each with its reason.

    >>> Parsed([Model("m", "x")], []).models[0].id
    'm'
    """

    models: list[Model]
    skipped: list[SkippedRow]
