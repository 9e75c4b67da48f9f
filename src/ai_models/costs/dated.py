"""Prices on a day, from the installed genai-prices: its own data, its own rules, no network."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from ai_models._core.pricing import exact, per_token
from ai_models.costs.tariff import Rate, Tariff
from ai_models.providers import provider_id
from ai_models.sources.catalogues.genai_prices import PER_MTOK, SERVICES, UNITS

__all__ = ["dated_tariff"]

_MILLION = 1_000_000
_LISTS_APART = ("openai-decisions",)
"""Lists of single endpoints, of which another list of the same provider has the models."""


def dated_tariff(
    provider: str, id: str, when: datetime, service: str | None = None, *, region_asks: float | None = None
) -> Tariff | None:
    """Return what genai-prices says that a provider asks for the id on its wire, at a time and for a service.

    `None` if it isn't installed, doesn't know the model, or has no price for the service; and if it
    knows the model only without its region, which is known to ask another price (USD an input token).

    >>> tariff = dated_tariff("openai", "o3", datetime(2025, 5, 1))
    >>> tariff.rates["input"].price
    Decimal('10')
    >>> print(dated_tariff("openai", "made-up-99", datetime(2025, 5, 1)))
    None
    """
    for listed_by in _lists().get(provider, ()):
        info = _model(listed_by, id)
        if info is not None:
            elsewhere = region_asks is not None and info.id.lower() != id.lower() and _asks(info) != exact(region_asks)
            return None if elsewhere else _tariff(info, when, service)
    return None


def _asks(info: Any) -> Decimal | None:
    """Return what is asked now for an input token, in USD."""
    price = info.get_prices(datetime.now(UTC)).input_mtok
    return None if price is None else exact(per_token(getattr(price, "base", price)))


def _tariff(info: Any, when: datetime, service: str | None) -> Tariff | None:
    moment = when if when.tzinfo else when.replace(tzinfo=UTC)
    context = _context(info, service, moment)
    if service is not None and context is None:
        return None
    asked = info.get_prices(moment, context)
    rates: dict[str, Rate] = {}
    units: dict[str, Rate] = {}
    for name, price in vars(asked).items():
        if price is None:
            continue
        if name in PER_MTOK:
            rates[PER_MTOK[name]] = _rate(price, _MILLION)
        elif name in UNITS:
            unit, per = UNITS[name]
            units[unit] = _rate(price, per)
    if not rates and not units:
        return None
    return Tariff(rates, units, _source(), _since(info, moment), service, complete=True)


def _rate(price: Any, per: int) -> Rate:
    if isinstance(price, Decimal):
        return Rate(price, per)
    return Rate(price.base, per, tuple((tier.start, tier.price) for tier in price.tiers))


def _context(info: Any, service: str | None, moment: datetime) -> Mapping[str, str] | None:
    """Return how genai-prices is told of a service, `None` if it has no prices for it at that time."""
    for variant in info.price_variants or ():
        active = variant.constraint is None or variant.constraint.active(moment)
        if active and any(variant.when.get(key) == service and service in SERVICES[key] for key in SERVICES):
            found: Mapping[str, str] = variant.when
            return found
    return None


def _since(info: Any, moment: datetime) -> str | None:
    """Return the day on which the prices of a time began; `None` if they always held."""
    conditions: list[Any] = info.prices if isinstance(info.prices, list) else []
    for condition in reversed(conditions):
        constraint = condition.constraint
        if constraint is None or constraint.active(moment):
            day = getattr(constraint, "start_date", None)
            return None if day is None else day.isoformat()
    return None


def _model(listed_by: str, id: str) -> Any:
    try:
        return _snapshot().find_provider_model(id, None, listed_by, None)[1]
    except LookupError:
        return None


@cache
def _snapshot() -> Any:
    """Return the data that came with the package, never those of its own updates."""
    from genai_prices.data_snapshot import get_snapshot

    return get_snapshot()


@cache
def _source() -> str:
    from importlib.metadata import version

    return f"genai-prices {version('genai-prices')}"


@cache
def _lists() -> Mapping[str, Iterable[str]]:
    """Return the lists of genai-prices by our provider, none if it isn't installed."""
    try:
        listing = _snapshot().providers
    except ImportError:
        return {}
    found: dict[str, list[str]] = {}
    for each in listing:
        if each.id not in _LISTS_APART and not each.id.startswith("huggingface_"):
            found.setdefault(provider_id(each.id) or each.id, []).append(each.id)
    return found
