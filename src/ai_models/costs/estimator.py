"""What a call costs: with the prices of the day where somebody keeps them, else with those of the registry."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock
from typing import TYPE_CHECKING, Any

from ai_models._core.model import PRICE_FIELDS, Model, Offer
from ai_models._core.registry import ModelRegistry
from ai_models._core.trust import USER
from ai_models.changes import Change
from ai_models.costs.dated import dated_tariff
from ai_models.costs.records import Cost, Usage, Workload
from ai_models.costs.responses import Reading, read_response
from ai_models.costs.tariff import PLAIN, Tariff, gathered_tariff
from ai_models.errors import AmbiguousModelError, ModelNotFoundError, NotFoundError, QueryError

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["Costs"]

When = str | date | datetime | None

_HOLDS_S = 600
"""How long the tariff of a model is kept, in seconds: some prices change with the hour."""

_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class _Plan:
    model: str
    provider: str
    tariff: Tariff
    revision: int
    until: float


class Costs:
    """Prices calls to the models of a registry, and to those of the catalogue that it lacks.

    What you wrote yourself counts first, then genai-prices (extra `costs`) where it knows the
    model: dated, with tiers. Else the prices in the registry do, as they were known on the day.

    >>> models = ModelRegistry()
    >>> models["mine"] = Model("mine", "my-server", cost_per_token={"input": 1e-06, "output": 2e-06})
    >>> cost = Costs(models).estimate("mine", input_tokens=1000, output_tokens=100)
    >>> cost.total, cost.source
    (Decimal('0.001200'), 'user')
    """

    def __init__(
        self,
        models: ModelRegistry,
        *,
        catalogue: Callable[[], ModelRegistry] | None = None,
        changes: Callable[[], Iterable[Change]] = list,
    ) -> None:
        self._models = models
        self._catalogue = catalogue
        self._changes = changes
        self._plans: dict[Hashable, _Plan] = {}

    def estimate(
        self,
        model: str | Model,
        *,
        input_tokens: int = 0,
        output_tokens: int = 0,
        cached_tokens: int = 0,
        cache_write_tokens: int = 0,
        reasoning_tokens: int = 0,
        input_audio_tokens: int = 0,
        output_audio_tokens: int = 0,
        images: float = 0,
        units: Mapping[str, float] | None = None,
        usage: Usage | Workload | None = None,
        provider: str | None = None,
        at: When = None,
        service: str | None = None,
    ) -> Cost:
        """Return what a call would cost; tokens are those of `Usage`, `images` and `units` are paid by the piece.

        `usage` takes the place of all counts; a `Workload` is all of its calls. `provider` is who
        serves, by default the model's own server; `at` a day or a time, by default now;
        `service` such as `batch`, `flex`, `priority`. Raise `ModelNotFoundError` for a model
        that nobody knows.
        """
        if usage is None:
            pieces = {**(units or {}), "image": images} if images else units
            usage = Usage(
                input_tokens,
                output_tokens,
                cache_read_tokens=cached_tokens,
                cache_write_tokens=cache_write_tokens,
                reasoning_tokens=reasoning_tokens,
                input_audio_tokens=input_audio_tokens,
                output_audio_tokens=output_audio_tokens,
                units=pieces or {},
            )
        plan = self._plan(model, provider, at, service)
        if isinstance(usage, Workload):
            return plan.tariff.cost(plan.model, plan.provider, usage.usage).times(usage.calls)
        return plan.tariff.cost(plan.model, plan.provider, usage)

    def of(
        self,
        response: Any,
        *,
        model: str | Model | None = None,
        provider: str | None = None,
        at: When = None,
        service: str | None = None,
    ) -> Cost:
        """Return what the call behind a response cost: as it was reported by whoever billed it, else by the prices.

        `model` is the one that was asked for, where the response names one that nobody knows. A
        model that stays unknown has an unknown cost. Raise `InvalidModelError` for a response
        that says nothing of its usage; `read_response` has the kinds that are read.

        >>> answer = {"model": "gpt-99", "usage": {"prompt_tokens": 9, "completion_tokens": 3}}
        >>> cost = Costs(ModelRegistry()).of(answer)
        >>> print(cost.total, cost.missing)
        None ('price',)
        """
        return self.read(read_response(response), model=model, provider=provider, at=at, service=service)

    def read(
        self,
        reading: Reading,
        *,
        model: str | Model | None = None,
        provider: str | None = None,
        at: When = None,
        service: str | None = None,
    ) -> Cost:
        """Return what the call cost that a reading of its response tells of."""
        biller = "openrouter" if reading.reporter == "openrouter" else None
        told = provider or biller
        plan = self._known_plan((reading.model, model), told or reading.provider, at, service or reading.service)
        if reading.reported is not None:
            named = model.id if isinstance(model, Model) else model or reading.model or "unknown"
            served = told or (plan.provider if plan else str(reading.reporter))
            parts = {"reported": reading.reported}
            return Cost(plan.model if plan else named, served, parts, source=f"reported by {reading.reporter}")
        if plan is None:
            named = reading.model or (model if isinstance(model, str) else "unknown")
            return Cost(named, provider or reading.provider or "unknown", {}, ("price",))
        return plan.tariff.cost(plan.model, plan.provider, reading.usage)

    def canonical(self, model: str) -> str:
        """Return the id of the model that a name means; the name itself if nobody knows it.

        >>> Costs(ModelRegistry()).canonical("gpt-99")
        'gpt-99'
        """
        plan = self._known_plan((model,), None, None, None)
        return model if plan is None else plan.model

    def _known_plan(
        self, models: Iterable[str | Model | None], provider: str | None, at: When, service: str | None
    ) -> _Plan | None:
        """Return the plan of the first of these models that is known: at that provider, or else at its own server."""
        for model in models:
            for server in dict.fromkeys((provider, None)):
                if model is None:
                    continue
                try:
                    return self._plan(model, server, at, service)
                except (NotFoundError, AmbiguousModelError):
                    continue
        return None

    def _plan(self, model: str | Model, provider: str | None, at: When, service: str | None) -> _Plan:
        if isinstance(model, Model):
            return self._made(model, provider, at, service, 0)
        key = model, provider, at, service
        plan, revision = self._plans.get(key), self._models.revision
        if plan is not None and plan.revision == revision and time.monotonic() < plan.until:
            return plan
        if len(self._plans) >= _MOST_KEPT:
            self._plans.clear()
        made = self._plans[key] = self._made(self._find(model), provider, at, service, revision)
        return made

    def _find(self, id: str) -> Model:
        try:
            return self._models[id]
        except ModelNotFoundError:
            if self._catalogue is None:
                raise
            catalogue = self._catalogue()
            if id not in catalogue:
                raise
            return catalogue[id]

    def _made(self, model: Model, provider: str | None, at: When, service: str | None, revision: int) -> _Plan:
        offer = model.offer(provider or model.provider)
        tariff = self._tariff(offer, _moment(at), at is not None, service)
        return _Plan(model.id, offer.provider, tariff, revision, time.monotonic() + _HOLDS_S)

    def _tariff(self, offer: Offer, moment: datetime, dated: bool, service: str | None) -> Tariff:
        label = _label(offer)
        if label != USER and not offer.is_local:
            found = dated_tariff(offer.provider, offer.id, moment, None if service in PLAIN else service)
            if found is not None:
                return found
        prices = self._past_prices(offer, moment) if dated else _prices(offer)
        source, _, day = label.partition("@")
        said = f"registry: {source}" if source and source != USER else source or "registry"
        return gathered_tariff(
            prices.get("cost_per_token") or {},
            prices.get("cost_per_unit") or {},
            prices.get("price_tiers") or (),
            service=service,
            now=moment,
            source=said,
            date=day or None,
        )

    def _past_prices(self, offer: Offer, moment: datetime) -> Mapping[str, Any]:
        from ai_models.price_history import pricing_at

        if moment.date() == datetime.now(UTC).date():
            return _prices(offer)
        pricing = pricing_at(offer, self._changes(), moment.date())
        values = pricing.cost_per_token, pricing.cost_per_unit, pricing.tiers
        return dict(zip(PRICE_FIELDS, values, strict=True))


def _prices(offer: Offer) -> Mapping[str, Any]:
    """Return what an offer asks, without a copy of the whole model."""
    own = offer.is_default
    return {name: offer.facts.get(name, getattr(offer.model, name) if own else None) for name in PRICE_FIELDS}


def _label(offer: Offer) -> str:
    """Return who states the price of an offer, as `source@date`; just `user` for you, empty if nobody is known."""
    held = next((name for name in PRICE_FIELDS if offer.facts.get(name)), None)
    path = (
        f"connector_metadata.{offer.key}.{held}"
        if held
        else next((name for name in PRICE_FIELDS if getattr(offer.model, name)), "cost_per_token")
    )
    stated = offer.model.provenance_of(f"{path}.input") or offer.model.provenance_of(path)
    if stated is None:
        return USER if _prices(offer)["cost_per_token"] else ""
    first = stated.partition(" ")[0]
    return USER if first.partition("@")[0] == USER else first


def _moment(at: When) -> datetime:
    if at is None:
        return datetime.now(UTC)
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at) if len(at) > len("2026-11-25") else date.fromisoformat(at)
        except ValueError:
            raise QueryError(f"at={at!r}: expected a day such as '2026-08-01'", "at") from None
    if not isinstance(at, datetime):
        return datetime.combine(at, clock(12), UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
