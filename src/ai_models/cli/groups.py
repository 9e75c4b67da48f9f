"""`group`: models kept together under a name."""

import click

from ai_models.cli.command import LIMIT, MODEL_ID, CommandGroup, command
from ai_models.cli.known import GROUPS
from ai_models.cli.render import Column
from ai_models.cli.session import Session, near, pass_session
from ai_models.cli.text import escape, plural, shorten, shorten_middle
from ai_models.errors import AIModelsError, GroupNotFoundError

IDS = click.argument("ids", nargs=-1, required=True, type=MODEL_ID, metavar="ID…")


NAME = click.argument("name", shell_complete=GROUPS)


@click.group("group", cls=CommandGroup)
def group_command() -> None:
    """Keep models together under a name.

    `ai-models list --group NAME` shows them like any other list.
    """


@command("create", "ai-models group create production gpt-4o claude-sonnet-4-5", group=group_command)
@click.argument("name")
@IDS
@pass_session
def create_group(session: Session, name: str, ids: tuple[str, ...]) -> None:
    """Make a group of these models."""
    if name in session.manager.groups:
        raise AIModelsError(f"there is a group {name!r} already; add to it with: ai-models group add {name} ID…")
    session.manager.create_model_group(name, session.own(*ids))
    _write_size(session, name)


@command("add", "ai-models group add production gemini-2.5-pro", group=group_command)
@NAME
@IDS
@pass_session
def add_to_group(session: Session, name: str, ids: tuple[str, ...]) -> None:
    """Add models to a group."""
    _known(session, name)
    session.manager.groups.add(name, session.own(*ids))
    _write_size(session, name)


@command("remove", "ai-models group remove production gpt-4o", group=group_command)
@NAME
@IDS
@pass_session
def remove_from_group(session: Session, name: str, ids: tuple[str, ...]) -> None:
    """Take models out of a group."""
    _known(session, name)
    session.manager.groups.remove(name, session.own(*ids))
    _write_size(session, name)


@command("delete", "ai-models group delete production", group=group_command)
@NAME
@pass_session
def delete_group(session: Session, name: str) -> None:
    """Dissolve a group; its models stay."""
    session.manager.groups.remove(name, _known(session, name))
    _write_size(session, name)


@command("show", "ai-models group show production", group=group_command)
@NAME
@LIMIT
@pass_session
def show_group(session: Session, name: str, limit: int | None) -> None:
    """List the models of a group."""
    from ai_models.cli.columns import choose_columns

    models = [session.manager.models[id] for id in _known(session, name)]
    session.out.rows(choose_columns(), models, lambda model: model.to_dict(), limit=limit, noun="model")


_COLUMNS: tuple[Column[tuple[str, list[str]]], ...] = (
    Column("NAME", lambda row: row[0], shrink=shorten_middle, least=12),
    Column("MODELS", lambda row: str(len(row[1])), align="right"),
    Column("IDS", lambda row: ", ".join(row[1]), shrink=shorten, least=20),
)


@command("list", "ai-models group list", group=group_command)
@LIMIT
@pass_session
def list_groups(session: Session, limit: int | None) -> None:
    """List the groups and their models."""
    groups = sorted((name, list(ids)) for name, ids in session.manager.groups.items())
    session.out.rows(
        _COLUMNS,
        groups,
        lambda row: {"group": row[0], "ids": row[1]},
        limit=limit,
        noun="group",
        empty="no groups; make one: ai-models group create NAME ID…",
    )


def _known(session: Session, name: str) -> list[str]:
    groups = session.manager.groups
    if name not in groups:
        raise near(name, list(groups), GroupNotFoundError)
    return list(groups[name])


def _write_size(session: Session, name: str) -> None:
    ids = list(session.manager.groups.get(name, ()))
    if session.out.json:
        session.out.data({"group": name, "ids": ids})
    else:
        session.out.line(f"{escape(name)}: {plural(len(ids), 'model') if ids else 'no models: the group is gone'}")
