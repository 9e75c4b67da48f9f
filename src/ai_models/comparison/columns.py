"""The columns of a comparison: models, or the offers of models."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ai_models._core.model import Model, Offer
from ai_models.availability import Availability
from ai_models.benchmarks import Score
from ai_models.costs.records import Cost
from ai_models.errors import ProviderNotFoundError, QueryError, printable
from ai_models.lifecycle import has_ended

__all__ = ["Column", "offers_of", "reachable"]


@dataclass(frozen=True, slots=True)
class Column:
    """One model of a comparison as one offer serves it; `available` says if it can be called now (`None`: unasked).

    `cost` is that of the workload, `scores` are its own and inherited ones.

    >>> model = Model("m", "x")
    >>> Column("m", model, model.offer("x"), Cost("m", "x")).available is None
    True
    """

    title: str
    view: Model
    offer: Offer
    cost: Cost
    available: bool | None = None
    scores: tuple[Score, ...] = ()


def offers_of(model: Model, across: str | None, providers: Sequence[str] | None) -> Iterator[Offer]:
    """Yield the offers of a model that are compared: its default server's, some providers', or all that are alive.

    >>> model = Model("m", "x", connector_metadata={"x": {}, "y": {}})
    >>> [offer.key for offer in offers_of(model, "providers", None)]
    ['x', 'y']
    """
    if across not in (None, "providers"):
        raise QueryError(f"across={printable(across)}: expected 'providers'", "across", ["providers"])
    if providers:
        yield from _asked(model, providers)
    elif across is None:
        yield model.offer(model.provider)
    else:
        offers = list(model.offers.values())
        yield from [offer for offer in offers if not has_ended(offer)] or offers


def _asked(model: Model, providers: Iterable[str]) -> Iterator[Offer]:
    found = [offer for offer in model.offers.values() if {offer.key, offer.provider} & set(providers)]
    if not found:
        raise ProviderNotFoundError(next(iter(providers)), list(model.offers)[:3], f"(that serves {model.id})")
    yield from found


def reachable(availability: Availability | None, offer: Offer, alone: bool) -> bool | None:
    """Return whether a column can be called: its offer, or for a model that stands for itself any of its offers."""
    if availability is None:
        return None
    return availability.covers(offer.model) if alone else availability.reaches(offer)
