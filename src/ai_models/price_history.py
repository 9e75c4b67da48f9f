"""Prices of the past: today's, walked back through the change log. Nothing is guessed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from ai_models._core.model import PRICE_FIELDS, Offer, leaf_paths
from ai_models._core.pricing import Pricing
from ai_models.changes import Change
from ai_models.errors import QueryError

_NEVER = "9999"


def pricing_at(offer: Offer, changes: Iterable[Change], at: str | date, today: date | None = None) -> Pricing:
    """Return what a provider was known to ask on a day; a price that nobody had stated by then is unknown.

    A price is known from the day on which its source first stated it until the day on which
    the log has another one. Nobody knows the prices of days to come.

    >>> from ai_models import Model
    >>> model = Model("gpt-4", "openai", cost_per_token={"input": 2e-05}, provenance={"*": "openai@2026-09-01"})
    >>> log = [Change("2026-09-01T08:00:00Z", "changed", "gpt-4", "cost_per_token.input", 3e-05, 2e-05, "openai",
    ...               {"openai": "gpt-4"}, since="2026-03-01")]
    >>> for day in ("2026-10-01", "2026-08-01", "2026-01-01"):
    ...     print(day, pricing_at(model.offer("openai"), log, day, today=date(2026, 11, 23)).input_per_mtok)
    2026-10-01 20
    2026-08-01 30
    2026-01-01 None
    """
    day, now = _day(at), (today or date.today()).isoformat()
    if day > now:
        return Pricing({}, date=day)
    history = _history(offer, changes)
    served = offer.as_model()
    asked = {name: value for name in PRICE_FIELDS if (value := getattr(served, name))}
    known: dict[str, Any] = {}
    for path in dict.fromkeys([*leaf_paths(asked), *history]):
        since = (served.provenance_of(path) or "").partition(" ")[0].partition("@")[2] or now
        periods = [*_periods(history.get(path, ()), _at(asked, path), since)]
        value = next((value for start, end, value in reversed(periods) if start <= day < end), None)
        if value is not None:
            name, _, part = path.partition(".")
            known[name] = known.get(name, {}) | {part: value} if part else value
    return Pricing(
        known.get("cost_per_token", {}), known.get("cost_per_unit"), tuple(known.get("price_tiers", ())), date=day
    )


def _history(offer: Offer, changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Return the changes of an offer's prices by path, oldest first."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        path = change.path or ""
        if change.kind == "changed" and path.partition(".")[0] in PRICE_FIELDS and _is_about(change, offer):
            found.setdefault(path, []).append(change)
    return found


def _is_about(change: Change, offer: Offer) -> bool:
    """Return whether a change is about an offer, which its key may not tell: keys can pass from one to another."""
    return any(key.partition(":")[0] == offer.provider and id == offer.id for key, id in change.offers.items())


def _periods(changes: Iterable[Change], now: Any, since: str) -> Iterator[tuple[str, str, Any]]:
    """Yield first day, first day no more, and value, each period before those that overrule it."""
    before = ""
    for change in changes:
        day = change.when[:10]
        yield max(change.since or _NEVER, before), day, change.old
        yield day, _NEVER, change.new
        before = day
    yield max(since, before), _NEVER, now


def _at(data: Mapping[str, Any], path: str) -> Any:
    name, _, part = path.partition(".")
    return data.get(name, {}).get(part) if part else data.get(name)


def _day(at: str | date) -> str:
    if isinstance(at, date):
        return at.isoformat()[:10]
    try:
        return date.fromisoformat(at).isoformat()
    except ValueError:
        raise QueryError(f"at={at!r}: expected a day such as '2026-08-01'", "at") from None
