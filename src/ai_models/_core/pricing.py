"""Prices: the exact, readable view of a model's `cost_per_token`.

Stored prices are US dollars for one token (`cost_per_token`) or for one unit
(`cost_per_unit`). `None` means *unknown*; `0` is a real, reported zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

PRICE_LIMIT_PER_MTOK = Decimal(1000)
"""USD per million tokens above which a price is most likely a unit mixed up by its source."""

_MILLION = Decimal(1_000_000)


def exact(value: float | str | Decimal) -> Decimal:
    """Return a price as the decimal number a person wrote, not as its binary neighbour.

    >>> exact(3.3e-06) * 1_000_000
    Decimal('3.3000000')
    """
    return value if isinstance(value, Decimal) else Decimal(str(value))


def per_token(per_mtok: float | str | Decimal) -> float:
    """Return USD per token from USD per million tokens, without a rounding error in the last digit.

    >>> per_token("0.97"), 0.97 / 1e6
    (9.7e-07, 9.7e-07)
    """
    return float(exact(per_mtok) / _MILLION)


def per_mtok(cost_per_token: float | str | Decimal) -> Decimal:
    """Return USD per million tokens, exact, from USD per token.

    >>> per_mtok(3.3e-06)
    Decimal('3.3')
    """
    with localcontext() as context:
        context.prec = 12
        value = exact(cost_per_token) * _MILLION
        return tidy(value)


def tidy(amount: Decimal) -> Decimal:
    """Return an amount without digits that say nothing, and never with an exponent.

    >>> tidy(Decimal("0.0300")), tidy(Decimal("3E+3"))
    (Decimal('0.03'), Decimal('3000'))
    """
    value = amount.normalize()
    return Decimal(int(value)) if value == value.to_integral_value() else value


@dataclass(frozen=True, slots=True)
class Pricing:
    """What one provider asks for one model, in USD; a missing price is `None`, which means unknown.

    >>> prices = Pricing({"input": 3e-06, "output": 1.5e-05})
    >>> prices.input_per_mtok, prices.output_per_mtok, prices.cache_read_per_mtok
    (Decimal('3'), Decimal('15'), None)
    """

    cost_per_token: Mapping[str, float]
    cost_per_unit: Mapping[str, float] | None = None
    tiers: tuple[Mapping[str, Any], ...] = ()
    source: str | None = None
    date: str | None = None
    currency: str = "USD"

    def per_mtok(self, part: str) -> Decimal | None:
        """Return USD per million tokens of `part` (input, output, cache_read, …), `None` if unknown.

        >>> Pricing({"cache_read": 3e-07}).per_mtok("cache_read")
        Decimal('0.3')
        """
        price = self.cost_per_token.get(part)
        return None if price is None else per_mtok(price)

    @property
    def input_per_mtok(self) -> Decimal | None:
        """USD per million input tokens."""
        return self.per_mtok("input")

    @property
    def output_per_mtok(self) -> Decimal | None:
        """USD per million output tokens."""
        return self.per_mtok("output")

    @property
    def cache_read_per_mtok(self) -> Decimal | None:
        """USD per million input tokens that are read from the prompt cache."""
        return self.per_mtok("cache_read")

    @property
    def cache_write_per_mtok(self) -> Decimal | None:
        """USD per million input tokens that are written to the prompt cache."""
        return self.per_mtok("cache_write")

    @property
    def known(self) -> bool:
        """Whether any price is known at all."""
        return bool(self.cost_per_token or self.cost_per_unit)

    @property
    def free(self) -> bool | None:
        """Whether every known price is zero; `None` if no price is known.

        >>> Pricing({"input": 0.0, "output": 0.0}).free, Pricing({}).free
        (True, None)
        """
        prices = [*self.cost_per_token.values(), *(self.cost_per_unit or {}).values()]
        return not any(prices) if prices else None
