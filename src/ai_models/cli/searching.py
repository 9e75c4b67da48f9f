"""`search`: find models by a piece of their name."""

from typing import Any

import click

from ai_models._core.matching import words_of
from ai_models.cli.columns import choose_columns
from ai_models.cli.command import command
from ai_models.cli.filters import Filters, filter_options
from ai_models.cli.session import Session, did_you_mean, pass_session
from ai_models.cli.text import escape


@command(
    "search",
    "ai-models search sonnet 4.5",
    "ai-models search qwen coder --cap tools --local",
    "ai-models search gpt-4o --provider azure --json",
)
@click.argument("text", nargs=-1, required=True)
@filter_options
@pass_session
def search_command(session: Session, text: tuple[str, ...], limit: int | None, **options: Any) -> int:
    """Find models by a piece of their name or id.

    Every word has to occur in an id, a name, an alias or a provider's id; separators and case
    don't matter. The best match is first. Exit code 3: nothing found.
    """
    phrase = " ".join(text)
    if not words_of(phrase):
        raise click.UsageError("give a letter or a digit to search for")
    registry, filters = session.readable(), Filters(**options)
    availability = None if filters.available is None else session.availability()
    found = list(filters.models(registry, availability=availability, among=registry.search(phrase)))
    session.out.rows(
        choose_columns(),
        found,
        lambda model: model.to_dict(),
        limit=limit,
        noun="model",
        empty="" if found else _nothing(phrase, registry),
    )
    return 0 if found else 3


def _nothing(phrase: str, registry: Any) -> str:
    meant = did_you_mean(list(registry.suggest(phrase))[:3])
    return f"no model fits {escape(phrase)!r}{meant or '; try fewer words, or the beginning of one'}"
