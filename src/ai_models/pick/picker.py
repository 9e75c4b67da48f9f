"""Picks models out of a registry."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ai_models._core.criteria import check_criteria
from ai_models._core.model import Model, Offer
from ai_models._core.registry import ModelRegistry
from ai_models.costs.records import USUAL, Cost, Workload
from ai_models.pick.check import Check
from ai_models.pick.choice import Candidate, Choice, Rejection, ranked
from ai_models.pick.preferences import Preference, parse_preferences

if TYPE_CHECKING:
    from ai_models.availability import Availability
    from ai_models.costs.estimator import Costs

__all__ = ["Picker"]


class Picker:
    """Picks out of a registry: models that fit a query, ranked for a workload.

    >>> from ai_models.costs import Costs
    >>> models = ModelRegistry()
    >>> models["a"] = {"provider": "x", "context_size": 8192, "cost_per_token": {"input": 2e-06, "output": 4e-06}}
    >>> models["b"] = {"provider": "x", "context_size": 4096, "cost_per_token": {"input": 1e-06, "output": 2e-06}}
    >>> choice = Picker(models, Costs(models)).pick(prefer="price")
    >>> choice.best.id, choice.best.why
    ('b', 'price $0.005')
    """

    def __init__(
        self, models: ModelRegistry, costs: "Costs", availability: "Callable[[], Availability] | None" = None
    ) -> None:
        self.models = models
        self._costs = costs
        self._availability = availability

    def pick(
        self,
        query: Mapping[str, Any] | str | None = None,
        *,
        prefer: str | Iterable[str] = ("price",),
        workload: Workload | None = None,
        limit: int = 5,
        available: bool | None = None,
        via: str | None = None,
        weights: Mapping[str, float] | None = None,
        **criteria: Any,
    ) -> Choice:
        """Return the models that fit a query and the criteria of `filter`, ranked by preferences, and why others don't.

        `prefer` names what counts, in order: `price` (of the workload), `context`, `output`, `newest`, `speed`,
        `score:<benchmark>[:<setting>]`; `-price` turns one around. With `weights` the mean place counts instead, each
        preference with its weight. `available` asks for offers that can be called now, of which the cheapest serves;
        `via` for those of a provider; else the model's own server does. Raise `QueryError` for what can't be
        understood.
        """
        wanted = parse_preferences(prefer, self.models)
        load = workload or USUAL
        given = check_criteria({"available": available, "provider": via, **criteria})
        check = Check(self.models, given, query, self._availability)
        found: list[Candidate] = []
        rejected: dict[str, Rejection] = {}
        for model in self.models.values():
            offers, rejection = check.offers(model)
            if rejection is not None:
                rejected[model.id] = rejection
            else:
                found.append(self._candidate(model, offers, wanted, load))
        return Choice(tuple(ranked(found, wanted, weights)), rejected, wanted, load, limit, weights)

    def _candidate(
        self, model: Model, offers: Sequence[Offer], wanted: Iterable[Preference], load: Workload
    ) -> Candidate:
        costs = [self._costs.estimate(model, usage=load, provider=offer.key) for offer in offers]
        offer, cost = min(zip(offers, costs, strict=True), key=lambda pair: _unknown_last(pair[1].total))
        values = {each.name: each.value(model, offer, cost) for each in wanted}
        return Candidate(model, offer.key, cost, values, tuple(_notes(model, offer, cost)))


def _unknown_last(total: Decimal | None) -> tuple[bool, Decimal]:
    return (True, Decimal(0)) if total is None else (False, total)


def _notes(model: Model, offer: Offer, cost: Cost) -> Iterator[str]:
    if cost.missing:
        yield f"its price is unknown: {', '.join(cost.missing)}"
    view = model if offer.is_default else offer.as_model()
    if view.deprecated or view.status == "deprecated":
        yield "deprecated" + (f" since {view.deprecated}" if view.deprecated else "")
    if view.retired:
        yield f"retires on {view.retired}" + (f"; then {view.successor}" if view.successor else "")
