"""`role`: names for what a model must be."""

from typing import TYPE_CHECKING, Any

import click

from ai_models.cli.command import LIMIT, PROVIDER, CommandGroup, command
from ai_models.cli.known import ROLES
from ai_models.cli.picking import PREFER, WORKLOAD, check_names, write_explanation
from ai_models.cli.render import Column
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import UNKNOWN, escape, shorten, shorten_middle

if TYPE_CHECKING:
    from ai_models.costs import Workload


NAME = click.argument("name", shell_complete=ROLES)


@click.group("role", cls=CommandGroup)
def role_command() -> None:
    """Name what a model must be, and use the name wherever an id is.

    What a role means is worked out when it is used; `discover` says when it means another model than before.
    """


@command(
    "set",
    """ai-models role set fast '{"capabilities.tools": true}' --prefer price""",
    """ai-models role set long '{"context_size": {"$gte": 1000000}}' --prefer newest""",
    group=role_command,
)
@click.argument("name")
@click.argument("query", default="{}")
@PREFER
@WORKLOAD
@click.option("--available/--any", "available", default=None, help="Only what can be called now.")
@click.option("--via", type=PROVIDER, metavar="PROVIDER", help="Served by this provider.")
@click.option("--note", metavar="TEXT", help="What the role is for.")
@pass_session
def set_role(
    session: Session,
    name: str,
    query: str,
    prefer: str,
    workload: "Workload | None",
    available: bool | None,
    via: str | None,
    note: str | None,
) -> None:
    """Set a role: a query, and what is preferred among the models that meet it."""
    check_names(session, via)
    session.roles.set(name, query, prefer=prefer, workload=workload, available=available or None, via=via, note=note)
    _write(session, name)


@command("show", "ai-models role show fast", group=role_command)
@NAME
@pass_session
def show_role(session: Session, name: str) -> None:
    """Show what a role asks for, which model it means now, and why."""
    choice = session.roles.choice(name)
    if session.out.json:
        session.out.data({**_as_data(session, name), "choice": choice.to_dict()})
        return
    role = session.roles[name]
    session.out.hanging(escape(f"{name}: "), escape(_query(role.to_dict())), "bold")
    write_explanation(session.out, choice)


@command("remove", "ai-models role remove fast", group=role_command)
@NAME
@pass_session
def remove_role(session: Session, name: str) -> None:
    """Remove a role."""
    del session.manager.roles[name]
    if session.out.json:
        session.out.data({"removed": name})
    else:
        session.out.line(escape(f"{name}: removed"))


_COLUMNS: tuple[Column[dict[str, Any]], ...] = (
    Column("ROLE", lambda row: row["role"], shrink=shorten_middle, least=8),
    Column("MEANS", lambda row: row["means"] or UNKNOWN, shrink=shorten_middle, least=20, share=0.35),
    Column("VIA", lambda row: row["offer"] or UNKNOWN, shrink=shorten, drop=2),
    Column("ASKS FOR", lambda row: _query(row), shrink=shorten, least=16, drop=1),
    Column("NOTE", lambda row: row.get("note") or UNKNOWN, shrink=shorten, drop=3, optional=True),
)


@command("list", "ai-models role list", group=role_command)
@LIMIT
@pass_session
def list_roles(session: Session, limit: int | None) -> None:
    """List the roles, with the model that each means now."""
    rows = [_as_data(session, name) for name in sorted(session.manager.roles)]
    empty = "no roles; set one: ai-models role set NAME QUERY"
    session.out.rows(_COLUMNS, rows, lambda row: row, limit=limit, noun="role", empty=empty)


def _query(row: dict[str, Any]) -> str:
    from ai_models._core.query import parse_query
    from ai_models.pick.words import in_words

    return f"{in_words(parse_query(row['query'])).removeprefix('it ')}, by {', '.join(row['prefer'])}"


def _as_data(session: Session, name: str) -> dict[str, Any]:
    best = session.roles.choice(name).best
    means = {"means": best.id, "offer": best.offer} if best else {"means": None, "offer": None}
    return {"role": name, **session.roles[name].to_dict(), **means}


def _write(session: Session, name: str) -> None:
    if session.out.json:
        session.out.data(_as_data(session, name))
        return
    best = session.roles.choice(name).best
    meant = f"{best.id} via {best.offer} ({best.why})" if best else "no model that fits now"
    session.out.line(escape(f"{name}: {meant}"))
