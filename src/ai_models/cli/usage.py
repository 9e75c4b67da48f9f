"""`usage`: what was called and what that cost, as recorded in the ledger."""

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ai_models.cli.command import DAY, LIMIT, MODEL_ID, PROVIDER, CommandGroup, command
from ai_models.cli.costing import exact_usd, format_usd, usd_column
from ai_models.cli.known import GROUPS, TAGS
from ai_models.cli.render import Column
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import UNKNOWN, format_count, plural, shorten, shorten_middle

if TYPE_CHECKING:
    from ai_models.usage import Call, Total

F = TypeVar("F", bound=Callable[..., Any])

_SCREEN = 40
_STYLES = {"failed": "red", "cancelled": "magenta"}
_EMPTY = 'no calls are recorded; record some in Python: with manager.usage.track("gpt-4o") as call: …'


def _filters(function: F) -> F:
    """Add the options that choose calls."""
    for option in (
        click.option("--group", metavar="NAME", shell_complete=GROUPS, help="Only models that were in this group."),
        click.option("--tag", metavar="TAG", shell_complete=TAGS, help="Only calls with this tag."),
        click.option("--status", type=click.Choice(["ok", "failed", "cancelled"]), help="Only calls that ended so."),
        click.option("--provider", type=PROVIDER, metavar="PROVIDER", help="Only calls that this provider served."),
        click.option("--model", type=MODEL_ID, metavar="ID", help="Only this model, its snapshots included."),
        click.option("--until", type=DAY, metavar="DAY", help="Until then, that day included."),
        click.option("--since", metavar="WHEN", help="From then on: 12h, 7d, 2w, or a day such as 2026-11-01."),
    ):
        function = option(function)
    return function


def _known(total: "Total") -> str:
    """Return what is known of a total's cost; it is more where the cost of a call is unknown."""
    at_least = "≥" if total.unpriced else ""
    return at_least + format_usd(total.known)


def _tokens_column(title: str, count_of: Callable[["Total"], int]) -> Column["Total"]:
    return Column(
        title,
        lambda total: format_count(count_of(total)),
        plain=lambda total: str(count_of(total)),
        align="right",
        drop=3,
    )


def _columns(by: list[str]) -> list[Column["Total"]]:
    return [
        *(
            Column(
                name.upper(),
                partial(lambda key, total: total.by[key] or UNKNOWN, name),
                shrink=shorten_middle,
                least=12,
                share=0.3,
            )
            for name in by
        ),
        Column("CALLS", lambda total: f"{total.calls:,}", plain=lambda total: str(total.calls), align="right"),
        Column("FAILED", lambda total: str(total.failed or UNKNOWN), align="right", drop=2, optional=True),
        _tokens_column("INPUT", lambda total: total.input_tokens),
        _tokens_column("OUTPUT", lambda total: total.output_tokens),
        Column("COST $", _known, plain=lambda total: exact_usd(total.cost), align="point"),
        Column("UNPRICED", lambda total: str(total.unpriced or UNKNOWN), align="right", optional=True),
    ]


@click.group("usage", cls=CommandGroup, invoke_without_command=True)
@click.option(
    "--by",
    default="model",
    metavar="WHAT,…",
    help="Split by model, provider, status, hour, day, month, tag, group.",
    show_default=True,
)
@_filters
@LIMIT
@click.pass_context
def usage_command(ctx: click.Context, /, by: str, limit: int | None, **which: Any) -> None:
    """Show what was called, and what it cost.

    The cost of a call is what it was when the call was made. Where the cost of some calls is unknown, the
    total is at least (≥) what is shown, and UNPRICED counts them.
    """
    if ctx.invoked_subcommand is not None:
        return
    from ai_models.usage import Total

    session = ctx.ensure_object(Session)
    names = [name.strip() for name in by.split(",") if name.strip()]
    with session.manager.usage as ledger:
        totals = ledger.total(names, **which)
        whole = Total.of(ledger.total((), **which))
    session.out.rows(_columns(names), totals, lambda total: total.to_dict(), limit=limit, noun="row", empty=_EMPTY)
    if session.out.people and totals:
        unpriced = f", and {plural(whole.unpriced, 'call')} of unknown cost" if whole.unpriced else ""
        session.out.note(f"{plural(whole.calls, 'call')}: {_known(whole)} USD{unpriced}")


_CALL_COLUMNS: tuple[Column["Call"], ...] = (
    Column("WHEN", lambda call: call.when[:16].replace("T", " "), plain=lambda call: call.when),
    Column("MODEL", lambda call: call.model, shrink=shorten_middle, least=16, share=0.3),
    Column("PROVIDER", lambda call: call.provider, shrink=shorten, drop=3),
    Column("STATUS", lambda call: call.error or call.status, shrink=shorten, style=_STYLES.get),
    Column("INPUT", lambda call: format_count(call.usage.input_tokens), align="right", drop=2),
    Column("OUTPUT", lambda call: format_count(call.usage.output_tokens), align="right", drop=2),
    Column("SECONDS", lambda call: UNKNOWN if call.seconds is None else f"{call.seconds:.2f}", align="right", drop=4),
    usd_column("COST $", lambda call: call.total),
    Column("TAGS", lambda call: ", ".join(call.tags) or UNKNOWN, shrink=shorten, drop=1, optional=True),
)


@command(
    "calls",
    "ai-models usage calls --status failed --since 1d",
    "ai-models usage calls --tag job-7 --json",
    group=usage_command,
)
@_filters
@LIMIT
@pass_session
def list_calls(session: Session, limit: int | None, **which: Any) -> None:
    """List the calls, the newest first."""
    most = _SCREEN if limit is None and session.out.people else limit or None
    with session.manager.usage as ledger:
        calls = islice(ledger.calls(newest_first=True, **which), most)
        session.out.rows(_CALL_COLUMNS, calls, lambda call: call.to_dict(), limit=0, noun="call", empty=_EMPTY)


@command(
    "export",
    "ai-models usage export --format csv --since 2026-11-01 > november.csv",
    "ai-models usage export | jq .cost",
    group=usage_command,
)
@click.option(
    "--format", "form", type=click.Choice(["csv", "json"]), default="json", help="CSV, or JSON with one call a line."
)
@_filters
@pass_session
def export_calls(session: Session, form: str, **which: Any) -> None:
    """Write all calls, the oldest first, for a spreadsheet or another program."""
    from ai_models.usage import exported

    with session.manager.usage as ledger:
        for line in exported(ledger.calls(**which), form):
            click.echo(line, nl=False)
