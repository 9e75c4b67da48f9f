"""`list`: models, filtered and sorted."""

from typing import Any

import click

from ai_models._core.query import parse_query
from ai_models.cli.columns import choose_columns
from ai_models.cli.command import NAMES, command
from ai_models.cli.filters import Filters, checked_sort, filter_options
from ai_models.cli.session import Session, pass_session


@command(
    "list",
    "ai-models list --cap vision,tools --min-context 128k --max-input-price 1 --sort price",
    "ai-models list --provider groq,cerebras --sort=-context",
    "ai-models list --available --free",
    """ai-models list --where '{"lab": "mistral", "released": {"$gte": "2026-01"}}' --json""",
    "ai-models list --columns id,input,capabilities.vision | sort -t$'\\t' -k2n",
)
@filter_options
@click.option("--sort", metavar="KEY", help="price, context, name, released, or any field; -KEY turns it round.")
@click.option("--columns", type=NAMES, metavar="NAME,…", help="These columns: id, input, released, any field.")
@pass_session
def list_command(
    session: Session, limit: int | None, sort: str | None, columns: list[str] | None, **options: Any
) -> None:
    """List models, filtered and sorted.

    Every filter has to fit; what is unknown never fits. On a terminal: the newest first, 40
    of them. On a pipe: all, tab-separated, whole ids, exact numbers, USD per million tokens.
    """
    filters = Filters(**options)
    order = checked_sort(sort) if sort else "-released" if session.out.people else None
    parse_query(filters.query())
    shown = choose_columns(columns or ())
    registry = session.readable()
    session.out.rows(
        shown,
        filters.models(registry, order),
        lambda model: model.to_dict(),
        limit=limit,
        noun="model",
        empty=f"none of {len(registry):,} models fits",
    )
