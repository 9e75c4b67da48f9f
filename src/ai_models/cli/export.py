"""`export`: configuration for other tools, written from the registry."""

from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from ai_models.cli.command import MODEL_ID, PROVIDER, command
from ai_models.cli.filters import Filters, filter_options
from ai_models.cli.known import TARGETS, files
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import escape
from ai_models.errors import AIModelsError, printable

if TYPE_CHECKING:
    from ai_models._core.model import Model
    from ai_models.export import Export


@command(
    "export",
    "ai-models export litellm --group production > config.yaml",
    "ai-models export zed --cap tools --limit 5 -o ~/.config/zed/settings.json",
    "ai-models export codex gpt-5 --via openai --output ~/.codex/config.toml",
)
@click.argument("target", shell_complete=TARGETS)
@click.argument("ids", nargs=-1, type=MODEL_ID, metavar="[ID]…")
@filter_options
@click.option("--via", type=PROVIDER, metavar="PROVIDER", help="Reach every model through this provider.")
@click.option("--output", "-o", metavar="FILE", shell_complete=files, help="Write this file; what else it holds stays.")
@click.option("--dry-run", is_flag=True, help="Print what would change in the file, and write nothing.")
@pass_session
def export_command(
    session: Session,
    target: str,
    ids: tuple[str, ...],
    limit: int | None,
    via: str | None,
    output: str | None,
    dry_run: bool,
    **asked: Any,
) -> None:
    """Write another tool's configuration for models.

    TARGET is litellm, aider, aider-metadata, aider-conf, continue, opencode, codex, claude-code, claude-code-env,
    librechat, llm, zed, env or json. Keys are named by their variables, never written. Models that a tool can't reach
    are left out and named on stderr; if you named one of them yourself, nothing is written. A role may stand for an
    ID: the model that it means now is offered under the role's name where the tool has names of its own.
    """
    if dry_run and output is None:
        raise click.UsageError("--dry-run shows what changes in a file; name it with --output")
    models = _chosen(session, ids, Filters(**asked), limit)
    labels = session.roles.labels(ids)
    from ai_models.export import export, export_to_file

    if ids or output is None:
        made = export(target, models, via=via, labels=labels)
        _refuse(made, ids)
    if output is not None:
        made = export_to_file(target, models, output, via=via, dry_run=dry_run, labels=labels)
    if session.out.json:
        session.out.data(_as_data(made, output))
        return
    for text in [*made.warnings, *made.missing]:
        session.out.note(escape(text))
    if output is None:
        _write(session, made.text)
    elif dry_run:
        _write(session, made.diff)
    else:
        session.out.note(escape(f"{output}: {_what_happened(made)}"))


def _chosen(session: Session, ids: tuple[str, ...], filters: Filters, limit: int | None) -> "list[Model]":
    if ids and filters != Filters():
        raise click.UsageError("give ids or filters, not both")
    if ids:
        return list({model.id: model for model in map(session.find, ids)}.values())
    if filters == Filters() and limit is None:
        raise click.UsageError("say which models: ids, filters or --group NAME; --limit 0 for all of them")
    registry = session.readable()
    found = filters.models(registry, availability=session.availability())
    whole = {model.id: registry[model.id] for model in islice(found, limit or None)}
    return list(whole.values())


def _refuse(made: "Export", ids: tuple[str, ...]) -> None:
    from ai_models.export import TARGETS

    if ids and made.left_out and not TARGETS[made.target].only_first:
        reasons = "; ".join(f"{printable(id)}: {reason}" for id, reason in made.left_out.items())
        raise AIModelsError(f"nothing is written, as {made.target} can't use {reasons}")


def _write(session: Session, text: str) -> None:
    """Write a file's text as it is to a pipe, and with control characters escaped to a terminal."""
    shown = "\n".join(map(escape, text.split("\n"))) if session.out.terminal else text
    click.echo(shown, nl=False)


def _what_happened(made: "Export") -> str:
    if made.before is None:
        return "written"
    return "unchanged" if made.before == made.text else "brought up to date; the old one is kept as .bak"


def _as_data(made: "Export", output: str | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"target": made.target, "left_out": made.left_out, "notes": [*made.notes, *made.missing]}
    if output is None:
        return {**shown, "text": made.text}
    return {**shown, "output": output, "diff": made.diff}
