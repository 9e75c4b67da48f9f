"""What a call used, and what that costs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from ai_models._core.pricing import tidy

__all__ = ["USUAL", "Cost", "Usage", "Workload"]


@dataclass(frozen=True, slots=True)
class Usage:
    """What one call used, in tokens; `None` means that nobody said.

    `input_tokens` counts all of the prompt: what was read from a cache or written to one, and
    what was audio, is part of it, as reasoning is part of `output_tokens`. `units` counts what
    is paid by the piece: `image`, `search`, `second`, `page`, `character`, …

    >>> Usage(1000, 200, cache_read_tokens=800).uncached_tokens
    200
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    cache_write_1h_tokens: int = 0
    reasoning_tokens: int = 0
    input_audio_tokens: int = 0
    output_audio_tokens: int = 0
    cache_read_audio_tokens: int = 0
    input_image_tokens: int = 0
    output_image_tokens: int = 0
    input_video_tokens: int = 0
    units: Mapping[str, float] = field(default_factory=dict)

    @property
    def uncached_tokens(self) -> int | None:
        """The input tokens that no cache was read or written for; `None` if unknown."""
        if self.input_tokens is None:
            return None
        return max(0, self.input_tokens - self.cache_read_tokens - self.cache_write_tokens)

    def to_dict(self) -> dict[str, Any]:
        """Return the usage as JSON-ready data, what is unknown or none left out.

        >>> Usage(10, 2, units={"search": 1}).to_dict()
        {'input_tokens': 10, 'output_tokens': 2, 'units': {'search': 1}}
        """
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        kept = {name: value for name, value in found.items() if value or name in _TOTALS}
        data = {name: value for name, value in kept.items() if value is not None}
        if "units" in data:
            data["units"] = dict(data["units"])
        return data


_TOTALS = ("input_tokens", "output_tokens")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a call costs in USD, and who says so; `total` is `None` when any part of it is unknown.

    `parts` are the known ones and add up to the total; `missing` names the unknown ones. `source`
    is whose price it is, `date` since when that price holds or is known, `None` if nobody says.

    >>> cost = Cost("openai/gpt-4o", "openai", {"input": Decimal("0.0025")}, source="genai-prices")
    >>> cost.total, str(cost)
    (Decimal('0.0025'), '$0.0025 (openai/gpt-4o at openai; genai-prices)')
    """

    model: str
    provider: str
    parts: Mapping[str, Decimal] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    source: str = ""
    date: str | None = None
    service: str | None = None

    @property
    def total(self) -> Decimal | None:
        """USD in all; `None` if a part is unknown."""
        return None if self.missing else self.known

    @property
    def known(self) -> Decimal:
        """USD for the parts that are known: the total is at least this."""
        return tidy(sum(self.parts.values(), Decimal(0)))

    def times(self, calls: int) -> "Cost":
        """Return the cost of so many calls like this one.

        >>> Cost("m", "p", {"input": Decimal("0.5")}).times(4).total
        Decimal('2')
        """
        parts = {name: amount * calls for name, amount in self.parts.items()}
        return Cost(self.model, self.provider, parts, self.missing, self.source, self.date, self.service)

    def to_dict(self) -> dict[str, Any]:
        """Return the cost as JSON-ready data, amounts as text so that no digit is lost.

        >>> data = Cost("m", "p", {"input": Decimal("1e-7")}, ("output",), "registry").to_dict()
        >>> data["total"], data["parts"], data["missing"]
        (None, {'input': '0.0000001'}, ['output'])
        """
        total = self.total
        return {
            "model": self.model,
            "provider": self.provider,
            "total": None if total is None else f"{total:f}",
            "parts": {name: f"{amount:f}" for name, amount in self.parts.items()},
            "missing": list(self.missing),
            "source": self.source,
            "date": self.date,
            "service": self.service,
        }

    def __str__(self) -> str:
        total = self.total
        amount = f"${total.normalize():f}" if total is not None else f"unknown, for want of {', '.join(self.missing)}"
        return f"{amount} ({self.model} at {self.provider}{f'; {self.source}' if self.source else ''})"


@dataclass(frozen=True, slots=True)
class Workload:
    """The calls that you plan: the tokens of one, and how many there are.

    >>> Workload(10_000, 500, calls=1000, cached_tokens=8000).usage.uncached_tokens
    2000
    """

    input_tokens: int = 0
    output_tokens: int = 0
    calls: int = 1
    cached_tokens: int = 0
    images: float = 0
    units: Mapping[str, float] = field(default_factory=dict)

    @property
    def usage(self) -> Usage:
        """What one of the calls uses."""
        units = {**self.units, "image": self.images} if self.images else self.units
        return Usage(self.input_tokens, self.output_tokens, cache_read_tokens=self.cached_tokens, units=units)

    def __str__(self) -> str:
        """Return the workload as a person says it.

        >>> str(Workload(10_000, 500, calls=1000))
        '1,000 calls of 10,000 tokens in and 500 out'
        """
        calls = "one call" if self.calls == 1 else f"{self.calls:,} calls"
        cached = f" ({self.cached_tokens:,} of them cached)" if self.cached_tokens else ""
        units = "".join(f", {count:g} {unit}" for unit, count in self.usage.units.items())
        return f"{calls} of {self.input_tokens:,} tokens in{cached} and {self.output_tokens:,} out{units}"


USUAL = Workload(input_tokens=3_000, output_tokens=1_000)
"""The workload by which prices are told apart where you name none: one call of 3,000 tokens in and 1,000 out."""
