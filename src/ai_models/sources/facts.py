"""Small readers that catalogue parsers share: what isn't a usable fact becomes None or nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ai_models._core.model import Model
from ai_models._core.pricing import PRICE_LIMIT_PER_MTOK, exact, per_mtok

_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")
_SERVED_AS = re.compile(r"\s*\((free|fast|basic|batch|regional|global|govcloud|latest|preview|us|eu)\)$", re.IGNORECASE)
_COUNT_APART = re.compile(r"(^|[./-])gpt-(5|6|chat-latest|daybreak)")
_COUNT_APART_AT = frozenset({"alibaba", "alibaba-cn"})
_WINDOWS = frozenset({400_000, 1_050_000})
"""The windows of models that count apart: a catalogue that states one as the input limit means the window."""

_LARGEST_COUNT = 10**12
_LEAST_PER_MTOK = Decimal("0.001")
_MOST_FOR_EMBEDDING = Decimal(10)
_ORDINARY = (2e-9, 9e-6)
"""USD per token between which no price is suspicious, whatever it is for."""


def known_count(value: Any) -> int | None:
    """Return a count of tokens; catalogues write 0 for unknown.

    >>> known_count(8192), known_count(128e3), known_count(0), known_count("128k")
    (8192, 128000, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _LARGEST_COUNT:
        return None
    return int(value) if int(value) == value else None


def date_text(value: Any) -> str | None:
    """Return a date as ISO text, or `None` for anything else.

    >>> date_text("2025-09-29"), date_text("2025-09"), date_text("soon")
    ('2025-09-29', '2025-09', None)
    """
    return value if isinstance(value, str) and _DATE.fullmatch(value) else None


def text_or_none(value: Any) -> str | None:
    """Return a text that isn't blank, or `None`."""
    return value if isinstance(value, str) and value.strip() else None


def display_name(value: Any) -> str | None:
    """Return a name as a person would write it, without what is said of one offer; `None` for an id in disguise.

    >>> display_name("DeepSeek R1 (free)"), display_name("gpt 4o")
    ('DeepSeek R1', None)
    """
    name = text_or_none(value)
    plain = _SERVED_AS.sub("", name.strip()) if name else ""
    return plain if plain and plain != plain.lower() else None


def rows(value: Any) -> list[Mapping[str, Any]]:
    """Return the mappings of a list; nothing for anything else.

    >>> rows([{"a": 1}, None]), rows(True)
    ([{'a': 1}], [])
    """
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """Return the texts of a list, each once, in order.

    >>> texts(["text", "image", "text", 3]), texts(None)
    (['text', 'image'], [])
    """
    return list(dict.fromkeys(each for each in value if isinstance(each, str))) if isinstance(value, list) else []


def price(value: Any) -> Decimal | None:
    """Return a price that is a finite number of zero or more, given as number or text, exactly; else `None`.

    >>> price("0.15"), price(3e-06), price("-1"), price(True), price("free")
    (Decimal('0.15'), Decimal('0.000003'), None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = exact(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number < Decimal(10) ** 12 else None


def window_and_input(provider: str, id: str, limit: int | None) -> tuple[int | None, int | None]:
    """Return the window and the input limit that a catalogue's one "input limit" means.

    It is the whole window, but for models that count input and output apart.

    >>> window_and_input("anthropic", "claude-haiku-4-5", 200_000), window_and_input("azure", "gpt-5-mini", 272_000)
    ((200000, None), (None, 272000))
    """
    apart = provider in _COUNT_APART_AT or (_COUNT_APART.search(id.lower()) and limit not in _WINDOWS)
    return (None, limit) if apart else (limit, None)


def in_order(tiers: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return price tiers in the one order that every source gives them, so that equal ones compare equal.

    >>> [tier["when"] for tier in in_order([{"when": {"service": "flex"}}, {"when": {"input_tokens_above": 9}}])]
    [{'input_tokens_above': 9}, {'service': 'flex'}]
    """

    def key(tier: dict[str, Any]) -> tuple[str, str, int]:
        when = tier["when"]
        return when.get("service", ""), when.get("hours_utc", ""), when.get("input_tokens_above", 0)

    return sorted(tiers, key=key)


def unsuspicious(model: Model) -> Iterator[str]:
    """Drop token prices that can only be a unit mixed up by the source, and yield the reason for each.

    >>> model = Model("m", "x", cost_per_token={"input": 3.0, "output": 1e-06})
    >>> list(unsuspicious(model)), model.cost_per_token
    (['input price of 3000000 USD per million tokens dropped: a unit mixed up'], {'output': 1e-06})
    """
    limits = {"input": _MOST_FOR_EMBEDDING} if model.kind == "embedding" else {}
    for prices in (model.cost_per_token, *(tier["cost_per_token"] for tier in model.price_tiers)):
        for part, cost in list(prices.items()):
            if cost == 0 or _ORDINARY[0] < cost < _ORDINARY[1]:  # by far the most, and no need to be exact
                continue
            asked = per_mtok(cost)
            if asked > limits.get(part, PRICE_LIMIT_PER_MTOK) or 0 < asked < _LEAST_PER_MTOK:
                del prices[part]
                yield f"{part} price of {asked} USD per million tokens dropped: a unit mixed up"
    model.price_tiers = [tier for tier in model.price_tiers if tier["cost_per_token"]]
