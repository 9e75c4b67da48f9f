"""`budget`: what may be spent, asked before each call that is tracked."""

from typing import TYPE_CHECKING, Any, Literal

import click

from ai_models.cli.command import LIMIT, MODEL_ID, PROVIDER, CommandGroup, command
from ai_models.cli.costing import format_usd
from ai_models.cli.known import BUDGETS, GROUPS, TAGS
from ai_models.cli.render import Column
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import UNKNOWN, escape, shorten, shorten_middle

if TYPE_CHECKING:
    from ai_models.budgets import Spent
    from ai_models.usage.budget_rules import Period


@click.group("budget", cls=CommandGroup)
def budget_command() -> None:
    """Limit what may be spent, by model, provider, group or tag.

    A budget is asked before each call that `manager.usage` tracks, wherever it runs; a call that
    would go over it is not made.
    """


@command(
    "set",
    "ai-models budget set team 100 --per month",
    "ai-models budget set nightly 5 --per day --tag nightly --warn-at 0.5",
    group=budget_command,
)
@click.argument("name", shell_complete=BUDGETS)
@click.argument("limit_usd", metavar="USD")
@click.option("--per", type=click.Choice(["hour", "day", "week", "month", "total"]), default="month", show_default=True)
@click.option("--model", type=MODEL_ID, metavar="ID", help="Only for this model, its snapshots included.")
@click.option("--provider", type=PROVIDER, metavar="PROVIDER", help="Only for what this provider serves.")
@click.option("--group", metavar="NAME", shell_complete=GROUPS, help="Only for the models of this group.")
@click.option("--tag", metavar="TAG", shell_complete=TAGS, help="Only for calls with this tag.")
@click.option(
    "--warn-at", type=float, default=0.8, show_default=True, metavar="SHARE", help="Warn when so much is spent."
)
@click.option(
    "--unknown",
    type=click.Choice(["allow", "refuse"]),
    default="allow",
    show_default=True,
    help="Whether a call is made whose cost can't be told before.",
)
@pass_session
def set_budget(
    session: Session,
    name: str,
    limit_usd: str,
    per: "Period",
    warn_at: float,
    unknown: Literal["allow", "refuse"],
    **which: Any,
) -> None:
    """Set a budget, in place of the one of this name."""
    amount = limit_usd.removeprefix("$")
    try:
        float(amount)
    except ValueError:
        raise click.BadParameter(f"{limit_usd!r} is not an amount of USD such as 100", param_hint="USD") from None
    with session.manager.usage:
        budgets = session.manager.budgets
        budgets.set(name, limit_usd=amount, per=per, warn_at=warn_at, unknown=unknown, **which)
        state = budgets.spent(name)
    if session.out.json:
        session.out.data(state.to_dict())
    else:
        session.out.line(f"{escape(name)}: {format_usd(state.left)} of {_limit(state)} USD are left")


def _limit(state: "Spent") -> str:
    return format_usd(state.budget.limit_usd)


def _covers(state: "Spent") -> str:
    """Return which calls a budget is for."""
    budget = state.budget
    rules = {"model": budget.model, "provider": budget.provider, "group": budget.group, "tag": budget.tag}
    return ", ".join(f"{name} {value}" for name, value in rules.items() if value) or "all calls"


def _style(state: str) -> str | None:
    return {"spent": "red", "near": "magenta"}.get(state)


def _state(state: "Spent") -> str:
    """Return in a word how a budget stands."""
    used = state.spent + state.held
    if used >= state.budget.limit_usd:
        return "spent"
    return "near" if float(used) >= float(state.budget.limit_usd) * state.budget.warn_at else "ok"


_COLUMNS: tuple[Column["Spent"], ...] = (
    Column("NAME", lambda state: state.budget.name, shrink=shorten_middle, least=12),
    Column("PER", lambda state: state.budget.per),
    Column("LIMIT $", _limit, plain=lambda state: f"{state.budget.limit_usd:f}", align="point"),
    Column("SPENT $", lambda state: format_usd(state.spent), plain=lambda state: f"{state.spent:f}", align="point"),
    Column("LEFT $", lambda state: format_usd(state.left), plain=lambda state: f"{state.left:f}", align="point"),
    Column("STATE", _state, style=_style),
    Column("UNPRICED", lambda state: str(state.unpriced or UNKNOWN), align="right", optional=True, drop=2),
    Column("FOR", _covers, shrink=shorten, least=12, drop=1),
)


@command("list", "ai-models budget list", group=budget_command)
@LIMIT
@pass_session
def list_budgets(session: Session, limit: int | None) -> None:
    """List the budgets and what is left of each."""
    with session.manager.usage:
        budgets = session.manager.budgets
        states = [budgets.spent(name) for name in budgets]
    session.out.rows(
        _COLUMNS,
        states,
        lambda state: state.to_dict(),
        limit=limit,
        noun="budget",
        empty="no budgets; set one: ai-models budget set NAME USD",
    )


@command("remove", "ai-models budget remove team", group=budget_command)
@click.argument("name", shell_complete=BUDGETS)
@pass_session
def remove_budget(session: Session, name: str) -> None:
    """Remove a budget; what was recorded stays."""
    with session.manager.usage:
        session.manager.budgets.remove(name)
    if session.out.json:
        session.out.data({"removed": name})
    else:
        session.out.line(f"{escape(name)}: removed")
