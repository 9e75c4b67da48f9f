"""`alias`: further names of a model."""

from typing import TYPE_CHECKING

import click

from ai_models.cli.command import LIMIT, MODEL_ID, NAME, CommandGroup, command
from ai_models.cli.known import ALIASES
from ai_models.cli.render import Column
from ai_models.cli.session import Session, near, pass_session
from ai_models.cli.text import escape, format_value, shorten_middle
from ai_models.errors import NotFoundError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class _AliasGroup(CommandGroup):
    """`alias ID NAME` is `alias add ID NAME`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.commands and not args[0].startswith("-") and not ctx.resilient_parsing:
            return "add", self.commands["add"], args
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Return the commands and, once a letter is typed, the models that begin as the word does."""
        models = MODEL_ID.shell_complete(ctx, self.params[0], incomplete) if incomplete else []
        return [*super().shell_complete(ctx, incomplete), *models]


class AliasNotFoundError(NotFoundError):
    """No model has this alias."""

    what = "alias"


@click.group("alias", cls=_AliasGroup, subcommand_metavar="[ID NAME | COMMAND]")
def alias_command() -> None:
    """Give a model a further name: `ai-models alias gpt-4o main`.

    Every command then takes the name in place of the id.
    """


@command("add", "ai-models alias claude-sonnet-4-5 sonnet", group=alias_command)
@click.argument("id", type=MODEL_ID)
@click.argument("name", type=NAME)
@pass_session
def add_alias(session: Session, id: str, name: str) -> None:
    """Give a model a further name."""
    (own,) = session.own(id)
    taken = session.manager.models.holder(name, "id", "alias", "name", "provider id")
    if taken not in (None, own):
        raise click.ClickException(f"{name!r} already names {taken}; choose another name")
    with session.manager.models.edit(own) as model:
        if name not in (model.id, *model.aliases):
            model.aliases.append(name)
    _write_aliases(session, own)


@command("remove", "ai-models alias remove sonnet", group=alias_command)
@click.argument("name", shell_complete=ALIASES)
@pass_session
def remove_alias(session: Session, name: str) -> None:
    """Take a name away from the model that has it."""
    holders = [model.id for model in session.manager.models.find({"aliases": name})]
    if not holders:
        known = [alias for model in session.manager.models.find(_ANY) for alias in model.aliases]
        raise near(name, known, AliasNotFoundError)
    for id in holders:
        with session.manager.models.edit(id) as model:
            model.aliases.remove(name)
        _write_aliases(session, id)


_ANY = {"aliases": {"$exists": True}}
_COLUMNS: tuple[Column[tuple[str, str]], ...] = (
    Column("NAME", lambda row: row[0], shrink=shorten_middle, least=12),
    Column("ID", lambda row: row[1], shrink=shorten_middle, least=20),
)


@command("list", "ai-models alias list gpt-4o", group=alias_command)
@click.argument("id", type=MODEL_ID, required=False)
@LIMIT
@pass_session
def list_aliases(session: Session, id: str | None, limit: int | None) -> None:
    """List aliases, of every model or of one."""
    models = [session.find(id)] if id else session.readable().find(_ANY)
    rows = [(alias, model.id) for model in models for alias in model.aliases]
    session.out.rows(
        _COLUMNS,
        rows,
        lambda row: {"alias": row[0], "id": row[1]},
        limit=limit,
        noun="alias",
        empty="no aliases; add one: ai-models alias ID NAME",
    )


def _write_aliases(session: Session, id: str) -> None:
    aliases = session.manager.models[id].aliases
    if session.out.json:
        session.out.data({"id": id, "aliases": aliases})
    else:
        session.out.line(f"{escape(id)}: {format_value(aliases) if aliases else 'no aliases'}")
