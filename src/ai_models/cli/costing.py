"""`cost`: what calls cost, before they are made."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from ai_models.cli.command import AMOUNT, MODEL_ID, PROVIDER, TOKENS, command
from ai_models.cli.render import Column, Row
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import UNKNOWN, plural, shorten, shorten_middle

if TYPE_CHECKING:
    from ai_models.costs import Cost

_SIGNIFICANT = 3
_OWN_COLUMNS = ("input", "output")


def format_usd(amount: Decimal | None) -> str:
    """Return an amount of USD: at least two digits after the point, at least three that count.

    >>> [format_usd(each) for each in (None, Decimal(0), Decimal("0.0000151"), Decimal("0.0042"), Decimal("1234.5"))]
    ['-', '0', '0.0000151', '0.0042', '1,234.50']
    """
    if amount is None:
        return UNKNOWN
    if not amount:
        return "0"
    digits = max(2, _SIGNIFICANT - 1 - amount.adjusted())
    text = f"{amount:,.{digits}f}"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


def _others(cost: "Cost") -> Decimal | None:
    rest = [amount for part, amount in cost.parts.items() if part not in _OWN_COLUMNS]
    return sum(rest, Decimal(0)) if rest else None


def exact_usd(amount: Decimal | None) -> str:
    """Return an amount of USD with all of its digits.

    >>> exact_usd(Decimal("0.00001510")), exact_usd(None)
    ('0.0000151', '-')
    """
    return UNKNOWN if amount is None else f"{amount.normalize():f}"


def usd_column(title: str, amount_of: Callable[[Row], Decimal | None], **options: Any) -> Column[Row]:
    """Return a column of amounts: shortened on a terminal, with all of their digits on a pipe."""
    return Column(
        title,
        lambda row: format_usd(amount_of(row)),
        plain=lambda row: exact_usd(amount_of(row)),
        align="point",
        **options,
    )


def _says(cost: "Cost") -> str:
    since = f", since {cost.date}" if cost.date else ""
    if cost.missing:
        return f"unknown: {', '.join(cost.missing)}"
    return f"{cost.source}{since}"


COLUMNS: tuple[Column["Cost"], ...] = (
    Column("ID", lambda cost: cost.model, shrink=shorten_middle, least=20, share=0.35),
    Column("PROVIDER", lambda cost: cost.provider, shrink=shorten, drop=2),
    usd_column("INPUT $", lambda cost: cost.parts.get("input"), drop=3),
    usd_column("OUTPUT $", lambda cost: cost.parts.get("output"), drop=3),
    usd_column("OTHER $", _others, drop=4, optional=True),
    usd_column("TOTAL $", lambda cost: cost.total),
    Column("PRICES", _says, shrink=shorten, least=12, drop=1),
)


@command(
    "cost",
    "ai-models cost gpt-4o claude-sonnet-4-5 --input 10k --output 500",
    "ai-models cost gpt-4o --input 10k --cached 8k --output 500 --calls 100000",
    "ai-models cost o3 --input 1M --at 2025-05-01",
    "ai-models cost gpt-4o --input 1M --output 100k --service batch",
)
@click.argument("ids", nargs=-1, required=True, type=MODEL_ID, metavar="ID…")
@click.option("--input", "input_tokens", type=TOKENS, default=0, help="Tokens of the prompt, all of it.")
@click.option("--output", "output_tokens", type=TOKENS, default=0, help="Tokens of the answer, its reasoning included.")
@click.option("--cached", "cached_tokens", type=TOKENS, default=0, help="Tokens of the prompt that a cache holds.")
@click.option("--images", type=AMOUNT, metavar="N", default=0, help="Images that are made.")
@click.option("--calls", type=click.IntRange(min=1), metavar="N", default=1, help="How many such calls.")
@click.option(
    "--via",
    "--provider",
    "provider",
    type=PROVIDER,
    metavar="PROVIDER",
    help="Who serves; else each model's own server.",
)
@click.option("--service", metavar="NAME", help="The kind of service: batch, flex, priority, …")
@click.option("--at", metavar="DAY", help="With the prices of a day, such as 2026-08-01.")
@pass_session
def cost_command(
    session: Session,
    ids: tuple[str, ...],
    input_tokens: int,
    output_tokens: int,
    cached_tokens: int,
    images: float,
    calls: int,
    provider: str | None,
    service: str | None,
    at: str | None,
) -> None:
    """Show what calls cost, before they are made.

    Prices are those of genai-prices where it is installed and knows the model, else those of your registry; what you
    set yourself counts first. A part without a known price makes the total unknown, never zero.
    """
    from ai_models.costs import Workload

    if not (input_tokens or output_tokens or images):
        raise click.UsageError("say what a call uses: --input 10k --output 500, or --images 2")
    if cached_tokens > input_tokens:
        raise click.UsageError("--cached is a part of --input: it can't be more")
    load = Workload(input_tokens, output_tokens, calls, cached_tokens, images)
    models = [session.find(id) for id in ids]
    costs = [
        session.manager.costs.estimate(each, usage=load, provider=provider, at=at, service=service) for each in models
    ]
    if session.out.people and calls > 1:
        session.out.note(f"for {plural(calls, 'call')}")
    session.out.rows(COLUMNS, costs, lambda cost: cost.to_dict(), limit=0)
