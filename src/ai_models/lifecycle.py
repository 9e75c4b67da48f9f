"""Lifecycle: which offers end soon, and of the models that you care for, which need your attention.

Announced and over are two dates: `deprecated` is the day from which a provider advises against
a model, `retired` the day on which it stops to answer. `retires_not_before` is a promise and no
date of an end: it is served at least until then.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from ai_models._core.model import Model, Offer
from ai_models.changes import parse_span

SOON = "90d"
"""How far ahead one is warned."""


@dataclass(frozen=True, slots=True)
class Retirement:
    """One offer that ends, or may end, on a day to come: `date` as it was published, `days_left` until then.

    `at_earliest` says that the date is the first possible one; `successor` is what its provider recommends instead.
    """

    id: str
    offer: str
    date: str
    days_left: int
    at_earliest: bool = False
    successor: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the retirement as JSON-ready data, what is empty left out.

        >>> Retirement("openai/gpt-4", "azure", "2026-12-01", 8).to_dict()
        {'id': 'openai/gpt-4', 'offer': 'azure', 'date': '2026-12-01', 'days_left': 8, 'at_earliest': False}
        """
        return {name: value for name, value in asdict(self).items() if value is not None}


def retiring(models: Iterable[Model], within: str | timedelta = SOON, today: date | None = None) -> list[Retirement]:
    """Return the offers that retire, or may, within a span such as `90d` or `12w` from today; the next one first.

    What is over is not among them, nor is an offer that its provider lists no more. A month
    without a day counts from its first day. Raise `QueryError` for a span that is none.

    >>> model = Model("gpt-4", "openai", retired="2026-12-31", connector_metadata={
    ...     "openai": {"id": "gpt-4"}, "azure": {"id": "my-gpt4", "retires_not_before": "2026-12"}})
    >>> for each in retiring([model], "90d", today=date(2026, 11, 23)):
    ...     print(each.date, each.offer, each.days_left, each.at_earliest)
    2026-12 azure 8 True
    2026-12-31 openai 38 False
    """
    start = today or date.today()
    end = start + parse_span(within)
    found = (each for model in models for each in _ends(model, start) if start + timedelta(each.days_left) <= end)
    return sorted(found, key=lambda each: (each.days_left, each.id, each.offer))


def cared_for(models: Iterable[Model]) -> Iterator[Model]:
    """Yield the models that the user tagged, put into a group, or noted something at.

    >>> [model.id for model in cared_for([Model("a", "x"), Model("b", "x", tags={"group:approved"})])]
    ['b']
    """
    return (model for model in models if model.tags or model.custom_metadata)


def ended(model: Model, today: date | None = None) -> bool:
    """Return whether no offer of a model is left: each is listed no more, or its retirement is past.

    >>> ended(Model("gpt-4", "openai", retired="2026-06-30"), date(2026, 11, 23))
    True
    """
    return all(has_ended(offer, today) for offer in model.offers.values())


def has_ended(offer: Offer, today: date | None = None) -> bool:
    """Return whether an offer is served no more: it is listed no more, or its retirement is past.

    >>> has_ended(Model("gpt-4", "openai", retired="2026-06-30").offer("openai"), date(2026, 11, 23))
    True
    """
    return offer.gone is not None or _is_past(_stated(offer, "retired"), today or date.today())


def _ends(model: Model, today: date) -> Iterator[Retirement]:
    for offer in model.offers.values():
        retired, earliest = _stated(offer, "retired"), _stated(offer, "retires_not_before")
        day = retired or earliest
        if day is None or offer.gone or _is_past(day, today):
            continue
        left = max(0, (_first_day(day) - today).days)
        yield Retirement(model.id, offer.key, day, left, retired is None, _stated(offer, "successor"))


def _stated(offer: Offer, name: str) -> str | None:
    """Return what is stated of one offer alone; how long a model is served is no other provider's matter."""
    value: str | None = offer.facts.get(name) or (getattr(offer.model, name) if offer.is_default else None)
    return value


def _first_day(day: str) -> date:
    year, month, number = (*map(int, day[:10].split("-")), 1, 1)[:3]
    return date(year, month, number)


def _is_past(day: str | None, today: date) -> bool:
    """Return whether a day, or the month or year that it is, is over."""
    return bool(day) and str(day)[:10] < today.isoformat()[: len(str(day)[:10])]
