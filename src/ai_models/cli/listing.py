"""`list`: models, filtered and sorted."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import click

from ai_models._core.model import Model, Offer
from ai_models._core.query import parse_query, parse_sort
from ai_models.cli.columns import COLUMN_NAMES, choose_columns
from ai_models.cli.command import NAMES, command
from ai_models.cli.filters import Filters, filter_options
from ai_models.cli.known import SORT_KEYS
from ai_models.cli.render import Column
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import UNKNOWN, escape, shorten, shorten_middle, width_of

if TYPE_CHECKING:
    from ai_models._core.store import Explanation
    from ai_models.availability import Availability
    from ai_models.lifecycle import Retirement


@command(
    "list",
    "ai-models list --cap vision,tools --max-input-price 1 --sort price",
    "ai-models list --provider groq,cerebras --sort=-context",
    "ai-models list --available --free",
    "ai-models list --unavailable --lab openai       what can't be called, and why",
    "ai-models list --retiring 90d --tag production",
    """ai-models list --where '{"released": {"$gte": "2026-01"}}' --json""",
    "ai-models list --columns id,input,capabilities.vision | sort -t$'\\t' -k2n",
)
@filter_options
@click.option(
    "--sort",
    metavar="KEY",
    shell_complete=SORT_KEYS,
    help="price, context, name, released, or any field; -KEY turns it round.",
)
@click.option(
    "--columns",
    type=NAMES,
    metavar="NAME,…",
    shell_complete=COLUMN_NAMES,
    help="These columns: id, input, released, any field.",
)
@click.option("--retiring", metavar="SPAN", help="Has an offer that retires within 90d, 12w, …; the next first.")
@click.option("--explain", is_flag=True, help="Say how the store would answer, and list nothing.")
@pass_session
def list_command(
    session: Session,
    limit: int | None,
    sort: str | None,
    columns: list[str] | None,
    retiring: str | None,
    explain: bool,
    **options: Any,
) -> None:
    """List models, filtered and sorted.

    Every filter has to fit; what is unknown never fits. On a terminal: the newest first, 40
    of them. On a pipe: all, tab-separated, whole ids, exact numbers, USD per million tokens.
    """
    filters = Filters(**options)
    order = sort or ("-released" if session.out.people else None)
    parse_sort(order or "id")
    parse_query(filters.query())
    shown = choose_columns(columns or ())
    registry = session.readable()
    if explain:
        _explain(session, registry.explain({} if filters.by_offer else filters.query(), sort=order, limit=limit))
        return
    none = f"none of {len(registry):,} models fits"
    if filters.available:
        none += "; ai-models list --unavailable says why"

    def empty() -> str:
        return f"{none}{filters.misspelt(registry)}"

    availability = None if filters.available is None else session.availability()
    if filters.available is False and availability and retiring is None:
        found = filters.models(registry, order, availability)
        unreached = ((model, reasons_of(model, availability, filters.by_offer)) for model in found)
        session.out.rows(
            unreached_columns(shown, bool(columns)), unreached, _with_reasons, limit=limit, noun="model", empty=empty
        )
        return
    if retiring is None:
        found = filters.models(registry, order, availability)
        session.out.rows(shown, found, lambda model: model.to_dict(), limit=limit, noun="model", empty=empty)
        return
    chosen = filters.models(registry, sort, availability)
    looked_at = [(model, model.provider if filters.by_offer else None) for model in chosen]
    rows = find_retiring(looked_at, retiring, by_date=not sort)
    session.out.rows(retiring_columns(shown, bool(columns)), rows, _as_json, limit=limit, noun="model", empty=empty)


def _explain(session: Session, found: "Explanation") -> None:
    if session.out.json:
        statement = None if found.statement is None else found.statement.split(";\n")
        session.out.data({"explanation": str(found).splitlines(), "statements": statement})
        return
    for line in str(found).splitlines():
        session.out.line(escape(line))
    for line in (found.statement or "").splitlines():
        session.out.note(escape(line))


Unreached = tuple[Model, dict[str, str]]
"""A model that can't be called, and the reason at each of its offers."""


def reasons_of(model: Model, availability: "Availability", by_offer: bool = False) -> dict[str, str]:
    """Return why a model can't be called: at each offer, or at the one whose view the model is.

    >>> from ai_models.availability import Availability
    >>> from ai_models.base import ModelRegistry
    >>> reasons_of(Model("m", "openai"), Availability(ModelRegistry()))
    {'openai': 'no key (set OPENAI_API_KEY)'}
    """
    if not by_offer:
        return availability.why_not(model)
    reason = availability.trouble(Offer(model.provider, model.connector_metadata.get(model.provider, {}), model))
    return {model.provider: reason} if reason else {}


def unreached_columns(shown: Sequence[Column[Model]], chosen: bool) -> list[Column[Unreached]]:
    """Return the columns for models that can't be called: the id, or the chosen ones, then the reasons."""
    return [*map(_of_model, shown if chosen else shown[:1]), _WHY_COLUMN]


def shrink_reasons(text: str, width: int) -> str:
    """Return as many reasons as there is room for, and how many there are besides.

    >>> shrink_reasons("openai: no key · azure: no key", 20), shrink_reasons("openai: no key · azure: no key", 99)
    ('openai: no key +1', 'openai: no key · azure: no key')
    """
    if width_of(text) <= width:
        return text
    reasons = text.split(_BETWEEN)
    more = f" +{len(reasons) - 1}" if len(reasons) > 1 else ""
    return shorten(reasons[0], max(1, width - len(more))) + more


_BETWEEN = " · "
_WHY_COLUMN: Column[Unreached] = Column(
    "WHY NOT",
    lambda row: _BETWEEN.join(f"{key}: {reason}" for key, reason in row[1].items()),
    shrink=shrink_reasons,
    least=30,
)


def _with_reasons(row: Unreached) -> dict[str, Any]:
    return {**row[0].to_dict(), "why_not": row[1]}


Retiring = tuple[Model, "list[Retirement]"]
"""A model, and which of its offers retire, the next one first."""


def find_retiring(models: Iterable[tuple[Model, str | None]], within: str, *, by_date: bool = True) -> list[Retiring]:
    """Return the models with an offer that retires within a span, looking at one offer of each or, for `None`, at all.

    >>> find_retiring([(Model("a", "x", retired="2000-01-01"), None), (Model("b", "x"), "x")], "90d")
    []
    """
    from ai_models.lifecycle import retiring

    rows = [(model, [each for each in retiring([model], within) if at in (None, each.offer)]) for model, at in models]
    rows = [row for row in rows if row[1]]
    return sorted(rows, key=lambda row: row[1][0].days_left) if by_date else rows


def retiring_columns(shown: Sequence[Column[Model]], chosen: bool) -> list[Column[Retiring]]:
    """Return the columns for rows of `find_retiring`: the id, or the chosen ones, then date, offer and successor."""
    return [*map(_of_model, shown if chosen else shown[:1]), *_RETIRING_COLUMNS]


def _of_model(column: Column[Model]) -> Column[Any]:
    text, plain = column.text, column.plain or column.text
    changed: Column[Any] = replace(cast("Any", column), text=lambda row: text(row[0]), plain=lambda row: plain(row[0]))
    return changed


def _day(end: "Retirement") -> str:
    return f"{end.date} or later" if end.at_earliest else end.date


_RETIRING_COLUMNS: tuple[Column[Retiring], ...] = (
    Column("RETIRES", lambda row: _day(row[1][0]), plain=lambda row: row[1][0].date),
    Column("DAYS", lambda row: str(row[1][0].days_left), align="right"),
    Column("OFFER", lambda row: row[1][0].offer, shrink=shorten, drop=2),
    Column("SUCCESSOR", lambda row: row[1][0].successor or UNKNOWN, shrink=shorten_middle, drop=1, optional=True),
)


def _as_json(row: Retiring) -> dict[str, Any]:
    return {**row[0].to_dict(), "retiring": [each.to_dict() for each in row[1]]}
