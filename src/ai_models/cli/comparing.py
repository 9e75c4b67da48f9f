"""`compare`: models side by side, or one model across its providers."""

from typing import TYPE_CHECKING, Any

import click

from ai_models.cli.command import MODEL_ID, NAMES, PROVIDERS, command
from ai_models.cli.costing import format_usd
from ai_models.cli.known import files
from ai_models.cli.picking import WORKLOAD
from ai_models.cli.render import Column
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import (
    UNKNOWN,
    escape,
    format_count,
    format_flag,
    format_price,
    format_value,
    shorten,
    shorten_middle,
)

if TYPE_CHECKING:
    from ai_models.comparison import Column as Compared
    from ai_models.comparison import Comparison, Fact
    from ai_models.costs import Workload

_MOST_BESIDE = 6
_FACT_WIDTH = 26


@command(
    "compare",
    "ai-models compare gpt-4o claude-sonnet-4-5 gemini-2.5-pro",
    "ai-models compare gpt-4o gpt-4.1 --only-differences --workload in=10k,out=1k",
    "ai-models compare claude-sonnet-4-5 --across providers",
    "ai-models compare gpt-4o o3 --plot models.png --y score:aider-polyglot",
)
@click.argument("ids", nargs=-1, required=True, type=MODEL_ID, metavar="ID…")
@WORKLOAD
@click.option("--across", type=click.Choice(["providers"]), help="One row for each provider's offer.")
@click.option("--provider", "providers", type=PROVIDERS, metavar="NAME,…", help="The offers of these providers.")
@click.option("--fields", type=NAMES, metavar="FACT,…", help="These facts, such as context_size,price,capabilities.")
@click.option("--only-differences", is_flag=True, help="Leave out what is the same everywhere.")
@click.option("--markdown", is_flag=True, help="Print a table in Markdown.")
@click.option(
    "--plot", "picture", metavar="FILE", shell_complete=files, help="Draw a .png or .svg instead (extra plot)."
)
@click.option(
    "--x", "x", default="price", show_default=True, metavar="AXIS", help="price, context, output, score:NAME."
)
@click.option("--y", "y", default="context", show_default=True, metavar="AXIS", help="As --x.")
@pass_session
def compare_command(
    session: Session,
    ids: tuple[str, ...],
    workload: "Workload | None",
    across: str | None,
    providers: list[str] | None,
    fields: list[str] | None,
    only_differences: bool,
    markdown: bool,
    picture: str | None,
    x: str,
    y: str,
) -> None:
    """Show models side by side, the better value of each fact marked with a star.

    What nobody stated is shown as "-". With --across providers, or --provider, each offer is a row: who is cheapest,
    who has the largest context, who can be called now.
    """
    made = _compared(session, ids, workload=workload, across=across, providers=providers, fields=fields)
    facts = made.differences if only_differences else list(made.facts)
    if picture is not None:
        made.plot(picture, x=x, y=y)
        session.out.note(escape(f"{picture}: written"))
    elif session.out.json:
        session.out.data({**made.to_dict(), "facts": [fact.to_dict() for fact in facts]})
    elif markdown:
        session.out.line(made.to_markdown(only_differences=only_differences), None)
    elif (across or providers or len(made.columns) > _MOST_BESIDE) and fields is None:
        session.out.rows(_OFFER_COLUMNS, made.columns, lambda each: each.title, limit=0)
    else:
        session.out.rows(_columns(session, made), facts, lambda fact: fact.to_dict(), limit=0, empty="no differences")
    if session.out.people:
        session.out.note(f"price.workload and COST are of {made.workload}; * is the better")


def _compared(session: Session, ids: tuple[str, ...], **options: Any) -> "Comparison":
    from ai_models.benchmarks import Benchmarks
    from ai_models.comparison import compare

    models = session.readable()
    return compare(
        [session.find(id) for id in ids],
        estimate=session.manager.costs.estimate,
        benchmarks=Benchmarks(models),
        availability=session.availability(),
        **options,
    )


def _columns(session: Session, made: "Comparison") -> list[Column["Fact"]]:
    room = (session.out.width - _FACT_WIDTH) // len(made.columns) - 2
    shown: list[Column[Fact]] = [
        Column("FACT", _short_name, plain=lambda fact: fact.name, shrink=shorten_middle, least=14, share=0.25)
    ]
    for number, title in enumerate(made.titles):
        name = escape(shorten_middle(title, max(8, room)) if session.out.terminal else title)
        shown.append(_column(name, number))
    return shown


def _short_name(fact: "Fact") -> str:
    return fact.name.removeprefix("capabilities.")


class _ModelColumn(Column["Fact"]):
    """A column that is called as its model on a pipe too."""

    @property
    def name(self) -> str:
        """The title, whole."""
        return self.title


def _column(title: str, number: int) -> Column["Fact"]:
    def text(fact: "Fact") -> str:
        return _in_words(fact, number) + (" *" if number in fact.best else "")

    return _ModelColumn(title, text, plain=lambda fact: _exact(fact.values[number]), shrink=shorten, least=8)


def _exact(value: Any) -> str:
    from ai_models.comparison.table import in_words

    return in_words(value).replace(",", "") if isinstance(value, int) else in_words(value)


def _in_words(fact: "Fact", number: int) -> str:
    value = fact.values[number]
    if value is None or isinstance(value, bool):
        return format_flag(value)
    if fact.name == "price.workload":
        return f"${format_usd(value)}" if value else "free"
    if fact.name.startswith("price."):
        price = format_price(value)
        return price if price == "free" else f"${price}/M"
    return format_count(value) if fact.unit == "tokens" or fact.name == "parameters" else format_value(value)


_OFFER_COLUMNS: tuple[Column["Compared"], ...] = (
    Column("OFFER", lambda each: each.title, shrink=shorten_middle, least=20),
    Column(
        "CONTEXT",
        lambda each: format_count(each.view.context_size),
        plain=lambda each: str(each.view.context_size or UNKNOWN),
        align="right",
    ),
    Column(
        "MAX OUT",
        lambda each: format_count(each.view.max_output_tokens),
        plain=lambda each: str(each.view.max_output_tokens or UNKNOWN),
        align="right",
        drop=3,
    ),
    Column("IN $/M", lambda each: format_price(each.view.pricing.input_per_mtok), align="point", drop=2),
    Column("OUT $/M", lambda each: format_price(each.view.pricing.output_per_mtok), align="point", drop=2),
    Column("COST $", lambda each: format_usd(each.cost.total), align="point"),
    Column("AVAILABLE", lambda each: format_flag(each.available)),
    Column("ID THERE", lambda each: each.offer.id, shrink=shorten_middle, least=12, drop=1),
)
