"""`changes` and `conflicts`: what became different, and what sources don't agree on."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from ai_models._core.model import Model
from ai_models.cli.command import LIMIT, MODEL_ID, command, list_of
from ai_models.cli.facts import fact_at
from ai_models.cli.render import Column
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import UNKNOWN, format_fact, short_path, shorten, shorten_middle

if TYPE_CHECKING:
    from ai_models.changes import Change

_KIND_STYLES = {"added": "green", "returned": "green", "gone": "magenta", "removed": "magenta"}


def _what(change: "Change") -> str:
    where = _where(list(change.offers))
    if change.path is None:
        return where
    values = f"{format_fact(change.path, change.old)} → {format_fact(change.path, change.new)}"
    return f"{where}{': ' if where else ''}{short_path(change.path)} {values}"


def _where(offers: list[str]) -> str:
    """Return at which offers, the first three of them.

    >>> _where(["azure", "azure:eu", "groq", "bedrock"])
    'azure, azure:eu, groq +1'
    """
    more = f" +{len(offers) - 3}" if len(offers) > 3 else ""
    return ", ".join(offers[:3]) + more


_CHANGE_COLUMNS: tuple[Column["Change"], ...] = (
    Column("DATE", lambda change: change.when[:10], plain=lambda change: change.when),
    Column("CHANGE", lambda change: change.kind, style=_KIND_STYLES.get),
    Column("ID", lambda change: change.id, shrink=shorten_middle, least=20),
    Column("WHAT", _what, shrink=shorten, least=20),
    Column("SOURCE", lambda change: change.source or UNKNOWN, shrink=shorten, least=12, drop=1),
)


CHANGE_KINDS = ("added", "changed", "gone", "returned", "removed")


_KINDS = list_of(CHANGE_KINDS, "kinds")


@command(
    "changes",
    "ai-models changes --since 7d",
    "ai-models changes --kind added,gone --since 2026-11-01",
    "ai-models changes --model gpt-4o",
)
@click.option("--since", metavar="WHEN", help="From then on: 12h, 7d, 2w, or a day such as 2026-11-01.")
@click.option("--kind", "kinds", type=_KINDS, metavar="KIND,…", help=f"Only these: {', '.join(CHANGE_KINDS)}.")
@click.option("--model", "--id", "id", type=MODEL_ID, metavar="ID", help="Only this model.")
@LIMIT
@pass_session
def changes_command(
    session: Session, since: str | None, kinds: list[str] | None, id: str | None, limit: int | None
) -> None:
    """Show what changed, and when; the newest first."""
    changes = session.manager.changes(since)
    only = _changed(session, id, changes) if id else None
    found = [
        change
        for change in reversed(changes)
        if (only is None or change.id == only) and (kinds is None or change.kind in kinds)
    ]
    session.out.rows(
        _CHANGE_COLUMNS,
        found,
        lambda change: change.to_dict(),
        limit=limit,
        noun="change",
        empty="no changes; discoveries write them: ai-models discover",
    )


def _changed(session: Session, id: str, changes: "Iterable[Change]") -> str:
    """Return the id under which changes of a model are kept, of one that is no longer there too."""
    return id if any(change.id == id for change in changes) else session.find(id).id


Claim = tuple[str, str, Any, str, Any]
"""Model id, path, the value that counts, the label of who says otherwise, and what they say."""


def fact_and_offer(path: str) -> str:
    """Return the path of a fact with what tells it from others at its two ends: the fact, and the offer it is of.

    >>> fact_and_offer("connector_metadata.bedrock:eu.capabilities.vision"), fact_and_offer("cost_per_token.input")
    ('vision via bedrock:eu', 'price.input')
    """
    offer, _, rest = path.removeprefix("connector_metadata.").partition(".")
    if offer == path.partition(".")[0]:
        return _short_fact(path)
    return f"{_short_fact(rest)} via {offer}"


def _short_fact(path: str) -> str:
    return path.removeprefix("capabilities.").replace("cost_per_token", "price", 1)


_CONFLICT_COLUMNS: tuple[Column[Claim], ...] = (
    Column("ID", lambda row: row[0], shrink=shorten_middle, least=20),
    Column(
        "FACT",
        lambda row: fact_and_offer(row[1]),
        plain=lambda row: row[1],
        shrink=shorten_middle,
        least=24,
        share=0.34,
    ),
    Column("KEPT", lambda row: format_fact(row[1], row[2]), align="right", shrink=shorten),
    Column("ALSO SAID", lambda row: format_fact(row[1], row[4]), align="right", shrink=shorten, least=9),
    Column("BY", lambda row: row[3].partition("@")[0], plain=lambda row: row[3], shrink=shorten),
)


@command("conflicts", "ai-models conflicts", "ai-models conflicts gpt-4o --json")
@click.argument("ids", nargs=-1, type=MODEL_ID, metavar="[ID…]")
@LIMIT
@pass_session
def conflicts_command(session: Session, ids: tuple[str, ...], limit: int | None) -> None:
    """Show the facts on which sources disagree: the value that is kept, and who says otherwise.

    `ai-models set ID FACT VALUE` settles one.
    """
    rows = find_conflicts([session.find(id) for id in ids] if ids else session.readable().values())
    session.out.rows(_CONFLICT_COLUMNS, rows, _claim_as_json, limit=limit, noun="claim", empty="no conflicts")


def find_conflicts(models: Iterable[Model]) -> list[Claim]:
    """Return every claim about these models that was overruled."""
    return [
        (model.id, path, fact_at(model, path), label, value)
        for model in models
        for path, claims in model.conflicts.items()
        for label, value in claims.items()
    ]


def _claim_as_json(row: Claim) -> dict[str, Any]:
    return dict(zip(("id", "path", "kept", "label", "value"), row, strict=True))
