"""What a call costs: with the prices of the day where somebody keeps them, else with those of the registry."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock
from math import inf
from typing import TYPE_CHECKING, Any

from ai_models._core.model import PRICE_FIELDS, Model, Offer
from ai_models._core.registry import ModelRegistry
from ai_models._core.trust import USER
from ai_models.changes import Change
from ai_models.costs.dated import dated_tariff
from ai_models.costs.records import Cost, Usage, Workload
from ai_models.costs.responses import Reading, read_response
from ai_models.costs.tariff import PLAIN, Tariff, gathered_tariff
from ai_models.errors import (
    AmbiguousModelError,
    ModelNotFoundError,
    NotFoundError,
    ProviderNotFoundError,
    QueryError,
)
from ai_models.providers import default_rank, provider_id

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["Costs"]

When = str | date | datetime | None

_HOLDS_S = 600
"""How long the tariff of a model is kept, in seconds: some prices change with the hour."""

_MOST_KEPT = 10_000

_BILLERS = {name: name for name in ("openrouter", "perplexity", "xai", "deepinfra")}
"""Who says what a call cost because they bill it."""


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
    (Decimal('0.0012'), 'user')
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
        that nobody knows, `QueryError` for counts that can't be.
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
            _check(usage)
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
        told = provider or _BILLERS.get(reading.reporter or "") or reading.provider
        told = told and (provider_id(told) or told)
        service = service or reading.service
        plan = self._known_plan((reading.model, model), told, at, service, answered=True)
        if plan is not None and reading.reported is None:
            return plan.tariff.cost(plan.model, plan.provider, reading.usage)
        asked = model.id if isinstance(model, Model) else model
        known = plan or self._known_plan((reading.model, model), None, at, service)
        named = known.model if known else asked or reading.model or "unknown"
        if reading.reported is None:
            wanted = "provider" if known and not told else "price"
            return Cost(named, told or "unknown", {}, (wanted,))
        served = told or (known.provider if known else str(reading.reporter))
        return Cost(named, served, {"reported": reading.reported}, source=f"reported by {reading.reporter}")

    def canonical(self, model: str) -> str:
        """Return the id of the model that a name means; the name itself if nobody knows it.

        >>> Costs(ModelRegistry()).canonical("gpt-99")
        'gpt-99'
        """
        plan = self._known_plan((model,), None, None, None)
        return model if plan is None else plan.model

    def _known_plan(
        self,
        models: Iterable[str | Model | None],
        provider: str | None,
        at: When,
        service: str | None,
        *,
        answered: bool = False,
    ) -> _Plan | None:
        """Return the plan of the first of these models that is known; at that provider if one is named, at no other."""
        for model in models:
            if model is None:
                continue
            try:
                return self._plan(model, provider, at, service, answered=answered)
            except (NotFoundError, AmbiguousModelError):
                continue
        return None

    def _plan(
        self, model: str | Model, provider: str | None, at: When, service: str | None, *, answered: bool = False
    ) -> _Plan:
        if isinstance(model, Model):
            return self._made(self._offer(model, provider), at, service, 0)
        key = model, provider, at, service, answered
        plan, revision = self._plans.get(key), self._models.revision
        if plan is not None and plan.revision == revision and time.monotonic() < plan.until:
            return plan
        if len(self._plans) >= _MOST_KEPT:
            self._plans.clear()
        offer = self._offer(self._find(model), provider, model if answered else None)
        made = self._plans[key] = self._made(offer, at, service, revision)
        return made

    def _offer(self, model: Model, provider: str | None, called: str | None = None) -> Offer:
        """Return the offer of a provider, by default of the model's own server, or of the one that calls it so."""
        if provider is None:
            return model.offer(_server_that_says(model, called) or model.provider)
        names = provider, provider_id(provider)
        served = [offer for offer in model.offers.values() if offer.key == provider or offer.provider in names]
        served.sort(key=lambda offer: (offer.id != called, offer.key != provider))
        return served[0] if served else self._newest(model, names[1] or provider)

    def _newest(self, model: Model, provider: str) -> Offer:
        """Return the offer of the newest snapshot that a provider serves, where it doesn't serve the model itself."""
        registry = self._models if model.id in self._models or self._catalogue is None else self._catalogue()
        offers = registry.offers(model.id) if model.id in registry else []
        found = next((offer for _, offer in offers if offer.provider == provider), None)
        return found or model.offer(provider)

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

    def _made(self, offer: Offer, at: When, service: str | None, revision: int) -> _Plan:
        tariff = self._tariff(offer, _moment(at), at is not None, service)
        return _Plan(offer.model.id, offer.provider, tariff, revision, time.monotonic() + _HOLDS_S)

    def _tariff(self, offer: Offer, moment: datetime, dated: bool, service: str | None) -> Tariff:
        label = _label(offer)
        if label != USER and not offer.is_local:
            asked = None if service in PLAIN else service
            found = dated_tariff(offer.provider, offer.id, moment, asked, region_asks=_region_asks(offer))
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


def _server_that_says(model: Model, called: str | None) -> str | None:
    """Return the offer of the server that calls a model so, if its own doesn't; `None` if that is no server's id.

    Raise `ProviderNotFoundError` where several servers do: they ask different prices.
    """
    if called is None or called in (model.id, model.name, *model.aliases):
        return None
    offers = {offer.provider: offer for offer in reversed(model.offers.values()) if offer.id == called}
    if not offers or model.provider in offers:
        return None
    ranks = {provider: default_rank(provider, model.lab) for provider in offers}
    best = [provider for provider in offers if ranks[provider] == min(ranks.values())]
    if len(best) > 1:
        raise ProviderNotFoundError(called, best, "(several serve it)")
    return offers[best[0]].key


def _check(usage: Usage) -> None:
    """Raise `QueryError` for counts below zero, or parts that are more than the whole that they are part of."""
    counts = {name: getattr(usage, name) for name in Usage.__slots__ if name != "units"} | dict(usage.units)
    for name, count in counts.items():
        if count and not 0 <= count < inf:
            raise QueryError(f"{name}={count!r}: expected a number that is not below zero", name)
    cached = usage.cache_read_tokens + usage.cache_write_tokens
    for name, part, whole in (
        ("input_tokens", max(cached, usage.input_audio_tokens), usage.input_tokens),
        ("output_tokens", max(usage.reasoning_tokens, usage.output_audio_tokens), usage.output_tokens),
    ):
        if whole is not None and part > whole:
            raise QueryError(
                f"{name}={whole}: the {part} tokens that are cached, audio or reasoning are part of it", name
            )


def _prices(offer: Offer) -> Mapping[str, Any]:
    """Return what an offer asks, without a copy of the whole model."""
    own = offer.is_default
    return {name: offer.facts.get(name, getattr(offer.model, name) if own else None) for name in PRICE_FIELDS}


def _region_asks(offer: Offer) -> float | None:
    """Return what a region asks for an input token in USD; `None` if that is unknown, or the offer is of no region."""
    regional = offer.variant is not None and (offer.variant != offer.id or "/" in offer.id)
    asked: float | None = (_prices(offer)["cost_per_token"] or {}).get("input") if regional else None
    return asked


def _label(offer: Offer) -> str:
    """Return who states the price of an offer, as `source@date`; just `user` if you do for any part, else empty."""
    prices = _prices(offer)
    stated = [offer.model.provenance_of(path) for path in _paths(offer, prices)]
    first = [label.partition(" ")[0] for label in stated if label]
    if any(label.partition("@")[0] == USER for label in first):
        return USER
    return first[0] if first else USER if prices["cost_per_token"] else ""


def _paths(offer: Offer, prices: Mapping[str, Any]) -> Iterator[str]:
    """Yield the path of each price of an offer in its model, that of the input first."""
    for name, value in prices.items():
        path = f"connector_metadata.{offer.key}.{name}" if name in offer.facts else name
        parts = sorted(value, key=lambda part: part != "input") if isinstance(value, Mapping) else ()
        yield from (f"{path}.{part}" for part in parts)
        if value and not parts:
            yield path


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
