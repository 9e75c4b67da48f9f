"""`tag`, `untag`, `note` and `set`: what you know about a model yourself."""

from typing import Any

import click

from ai_models.cli.command import MODEL_ID, NAME, command
from ai_models.cli.facts import fact_at, full_path, override, parse_fact, take_back
from ai_models.cli.known import FIELDS, TAGS
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import escape, format_fact, format_value
from ai_models.errors import InvalidModelError

NOTE = "notes"
"""The key in `custom_metadata` under which a note is kept."""

IDS = click.argument("ids", nargs=-1, required=True, type=MODEL_ID, metavar="ID…")
ID = click.argument("id", type=MODEL_ID)


@command(
    "tag",
    "ai-models tag gpt-4o claude-sonnet-4-5 production",
    "ai-models list --tag production",
)
@IDS
@click.argument("tag", type=NAME, shell_complete=TAGS)
@pass_session
def tag_command(session: Session, ids: tuple[str, ...], tag: str) -> None:
    """Tag models.

    `ai-models list --tag TAG` then finds them, and no discovery takes the tag away.
    """
    with session.manager.models.batch():
        for id in session.own(*ids):
            session.manager.add_model_tag(id, tag)
            _write_tags(session, id)


@command("untag", "ai-models untag gpt-4o production")
@IDS
@click.argument("tag", type=NAME, shell_complete=TAGS)
@pass_session
def untag_command(session: Session, ids: tuple[str, ...], tag: str) -> None:
    """Take a tag off models."""
    with session.manager.models.batch():
        for id in session.own(*ids):
            session.manager.remove_model_tag(id, tag)
            _write_tags(session, id)


def _write_tags(session: Session, id: str) -> None:
    tags = sorted(session.manager.models[id].tags)
    if session.out.json:
        session.out.data({"id": id, "tags": tags})
    else:
        session.out.line(f"{escape(id)}: {format_value(tags) if tags else 'no tags'}")


@command(
    "note",
    'ai-models note gpt-4o "Best for complex reasoning"',
    'ai-models note gpt-4o ""          takes the note away',
)
@ID
@click.argument("text")
@pass_session
def note_command(session: Session, id: str, text: str) -> None:
    """Write a note on a model; an empty text takes it away."""
    (own,) = session.own(id)
    with session.manager.models.edit(own) as model:
        model.custom_metadata.pop(NOTE, None)
        if text:
            model.custom_metadata[NOTE] = text
    _write_fact(session, own, f"custom_metadata.{NOTE}", text or None)


@command(
    "set",
    "ai-models set my-model context_size 128k",
    "ai-models set my-model price.input 0.15          USD per million tokens",
    "ai-models set my-model capabilities.vision yes",
    "ai-models set my-model context_size --unset",
)
@ID
@click.argument("field", shell_complete=FIELDS)
@click.argument("value", required=False)
@click.option("--unset", is_flag=True, help="Take your value away: the sources' value counts again.")
@pass_session
def set_command(session: Session, id: str, field: str, value: str | None, unset: bool) -> None:
    """Correct a fact: your value wins over every source.

    FIELD is a field of a model (`ai-models show ID --json` prints them), or a part of one after a dot.
    """
    if (value is None) is not unset:
        raise click.UsageError("give a value after the field (ID FIELD VALUE), or --unset")
    models = session.manager.models
    (own,) = session.own(id)
    if value is None:
        path = full_path(field)
        models.write([take_back(models[own], path)])
    else:
        path, fact = parse_fact(field, value)
        try:
            models[own] = override(models[own], path, fact)
        except InvalidModelError as error:
            raise click.UsageError(str(error)) from None
    _write_fact(session, own, path, fact_at(models[own], path))


def _write_fact(session: Session, id: str, path: str, value: Any) -> None:
    if session.out.json:
        session.out.data({"id": id, "path": path, "value": value})
    else:
        session.out.line(f"{escape(id)}: {escape(path)} = {format_fact(path, value)}")
