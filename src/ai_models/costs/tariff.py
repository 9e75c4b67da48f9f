"""What one server asks, part by part, and what a usage comes to under it.

A part of the input or output that has no price of its own, such as what was read from a cache, is
either charged as the whole, or unknown: a price list that is complete says the first, one that was
gathered from several sources the second.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from ai_models._core.pricing import exact, tidy
from ai_models.costs.records import Cost, Usage

__all__ = ["PLAIN", "Rate", "Tariff", "gathered_tariff"]

INPUT_PARTS = (
    ("cache_read", "cache_read_tokens"),
    ("cache_write", "cache_write_tokens"),
    ("input_audio", "input_audio_tokens"),
    ("input_image", "input_image_tokens"),
    ("input_video", "input_video_tokens"),
)
"""The parts of the input, with the field of a usage that counts each."""

OUTPUT_PARTS = (
    ("reasoning", "reasoning_tokens"),
    ("output_audio", "output_audio_tokens"),
    ("output_image", "output_image_tokens"),
)
"""The parts of the output."""

_AS_THE_WHOLE = frozenset(["reasoning", "input_image", "input_video", "output_image"])
"""Parts that are charged as input or output unless somebody says otherwise."""

PLAIN = frozenset([None, "default", "standard", "auto", "on_demand"])
"""What the service is called that has no price of its own."""


@dataclass(frozen=True, slots=True)
class Rate:
    """USD for `per` of something; `steps` are other prices for prompts of more than so many tokens.

    >>> Rate(Decimal(3), 1_000_000, ((200_000, Decimal(6)),)).amount(1000, prompt=300_000)
    Decimal('0.006')
    """

    price: Decimal
    per: int = 1
    steps: tuple[tuple[int, Decimal], ...] = ()

    def amount(self, count: float, prompt: int = 0) -> Decimal:
        """Return USD for a count, in a call with a prompt of so many tokens."""
        price = self.price
        for above, other in self.steps:
            if prompt > above:
                price = other
        number = Decimal(count) if isinstance(count, int) else exact(count)
        return price * number if self.per == 1 else price * number / self.per


@dataclass(frozen=True, slots=True)
class Tariff:
    """The rates of one server for one model, and whose they are.

    `complete` says that a part without a rate of its own costs as the whole does.

    >>> tariff = Tariff({"input": Rate(Decimal(3), 1_000_000)}, source="registry")
    >>> tariff.cost("m", "p", Usage(1000, 10)).missing
    ('output',)
    """

    rates: Mapping[str, Rate]
    units: Mapping[str, Rate] = field(default_factory=dict)
    source: str = ""
    date: str | None = None
    service: str | None = None
    complete: bool = False
    unknown: tuple[str, ...] = ()

    def cost(self, model: str, provider: str, usage: Usage) -> Cost:
        """Return what a usage comes to, every part of it priced or named as missing."""
        if self.unknown:
            return Cost(model, provider, {}, self.unknown, self.source, self.date, self.service)
        parts: dict[str, Decimal] = {}
        missing: list[str] = []
        self._side("input", usage.input_tokens, usage, INPUT_PARTS, parts, missing)
        self._side("output", usage.output_tokens, usage, OUTPUT_PARTS, parts, missing)
        if usage.units or "request" in self.units:
            self._by_the_piece(usage, parts, missing)
        if not (self.rates or self.units or missing):
            missing.append("price")
        parts = {part: tidy(amount) for part, amount in parts.items()}
        return Cost(model, provider, parts, tuple(missing), self.source, self.date, self.service)

    def _side(
        self,
        whole: str,
        tokens: int | None,
        usage: Usage,
        split: Sequence[tuple[str, str]],
        parts: dict[str, Decimal],
        missing: list[str],
    ) -> None:
        if tokens is None:
            if whole in self.rates:
                missing.append(f"{whole} tokens")
            return
        rest, prompt = tokens, usage.input_tokens or 0
        for part, counted in split:
            count = getattr(usage, counted)
            if count:
                rest -= self._part(part, count, usage, prompt, parts, missing)
        if rest > 0:
            self._charge(whole, rest, prompt, parts, missing)

    def _part(
        self, part: str, count: int, usage: Usage, prompt: int, parts: dict[str, Decimal], missing: list[str]
    ) -> int:
        """Charge one part of the tokens, and return how many of them are settled with that."""
        if part == "cache_write" and usage.cache_write_1h_tokens and not self._as_the_whole("cache_write_1h"):
            long = min(count, usage.cache_write_1h_tokens)
            self._charge("cache_write_1h", long, prompt, parts, missing)
            return long + (self._part(part, count - long, Usage(), prompt, parts, missing) if count > long else 0)
        if part == "input_audio" and usage.cache_read_audio_tokens:
            count -= usage.cache_read_audio_tokens  # these were read from the cache, and counted there
            if "cache_read_audio" in self.rates and "cache_read" in parts:
                both = usage.cache_read_audio_tokens
                parts["cache_read"] -= self.rates["cache_read"].amount(both, prompt)
                self._charge("cache_read_audio", both, prompt, parts, missing)
        if self._as_the_whole(part):
            return 0
        self._charge(part, count, prompt, parts, missing)
        return count

    def _as_the_whole(self, part: str) -> bool:
        return part not in self.rates and (self.complete or part in _AS_THE_WHOLE)

    def _charge(self, part: str, count: int, prompt: int, parts: dict[str, Decimal], missing: list[str]) -> None:
        rate = self.rates.get(part)
        if rate is not None:
            parts[part] = parts.get(part, Decimal(0)) + rate.amount(count, prompt)
        else:
            missing.append(part)

    def _by_the_piece(self, usage: Usage, parts: dict[str, Decimal], missing: list[str]) -> None:
        counts = {"request": 1, **usage.units} if "request" in self.units else usage.units
        for unit, count in counts.items():
            rate = self.units.get(unit)
            if rate is not None:
                parts[unit] = rate.amount(count)
            elif count:
                missing.append(unit)


def gathered_tariff(
    cost_per_token: Mapping[str, float],
    cost_per_unit: Mapping[str, float],
    tiers: Iterable[Mapping[str, Any]],
    *,
    service: str | None = None,
    now: datetime | None = None,
    source: str = "",
    date: str | None = None,
) -> Tariff:
    """Return the tariff of prices as a Model holds them, for a service such as `batch` or `flex`.

    A service without prices of its own makes every total unknown.

    >>> batch = {"when": {"service": "batch"}, "cost_per_token": {"input": 1e-06}}
    >>> gathered_tariff({"input": 2e-06}, {}, [batch], service="batch").rates["input"].price
    Decimal('0.000001')
    >>> gathered_tariff({"input": 2e-06}, {}, [], service="batch").unknown
    ('prices of batch',)
    """
    wanted = None if service in PLAIN else service
    prices = {part: exact(price) for part, price in cost_per_token.items()}
    units = dict(cost_per_unit)
    steps: dict[str, dict[int, Decimal]] = {}
    served = wanted is None
    for tier in sorted(tiers, key=lambda each: [name in each["when"] for name in ("service", "input_tokens_above")]):
        when = dict(tier["when"])
        if when.get("service", wanted) != wanted or not _in_hours(when.pop("hours_utc", None), now):
            continue
        served = served or when.get("service") == wanted
        units |= tier.get("cost_per_unit", {})
        above = when.get("input_tokens_above")
        for part, price in tier.get("cost_per_token", {}).items():
            if above is not None:
                steps.setdefault(part, {})[int(above)] = exact(price)
            else:
                prices[part] = exact(price)
                steps.pop(part, None)
    rates = {part: Rate(price, 1, tuple(sorted(steps.get(part, {}).items()))) for part, price in prices.items()}
    unknown = () if served else (f"prices of {service}",)
    return Tariff(
        rates, {unit: Rate(exact(price)) for unit, price in units.items()}, source, date, wanted, False, unknown
    )


def _in_hours(hours: str | None, now: datetime | None) -> bool:
    """Return whether a time is within hours such as `00:30-16:30`; not if either is unknown."""
    if hours is None:
        return True
    if now is None:
        return False
    start, _, end = hours.partition("-")
    clock = f"{now:%H:%M}"
    return start <= clock < end if start <= end else clock >= start or clock < end
