"""The columns in which models are listed."""

from collections.abc import Iterable

from ai_models._core.model import FIELDS, Model
from ai_models._core.query.paths import near_fields
from ai_models.cli.known import complete
from ai_models.cli.render import Column
from ai_models.cli.text import (
    UNKNOWN,
    format_count,
    format_flag,
    format_price,
    format_value,
    shorten,
    shorten_middle,
    shorten_words,
)
from ai_models.errors import QueryError

_ASKED_FIRST = ("tools", "vision", "reasoning", "structured_output", "pdf_input", "audio_input", "image_output")
_PLUMBING = {"completion", "sampling", "streaming", "system_prompt", "tool_choice", "json_mode"}


def capability_words(model: Model) -> list[str]:
    """Return the capabilities that the model is known to have, those most asked for first.

    >>> capability_words(Model("m", "x", capabilities={"streaming": True, "tools": True, "batch": False}))
    ['tools', 'streaming']
    """
    has = [name for name, value in model.capabilities.items() if value]
    return sorted(has, key=lambda name: (name in _PLUMBING, _rank(name), name))


def _rank(name: str) -> int:
    return _ASKED_FIRST.index(name) if name in _ASKED_FIRST else len(_ASKED_FIRST)


def _shrink_capabilities(text: str, width: int) -> str:
    return shorten_words(text.split(), width)


def _price(model: Model, part: str) -> str:
    return format_price(model.pricing.per_mtok(part))


def _plain_price(model: Model, part: str) -> str:
    price = model.pricing.per_mtok(part)
    return UNKNOWN if price is None else f"{price:f}"


def _exact(number: int | None) -> str:
    return UNKNOWN if number is None else str(number)


def _price_column(title: str, part: str, drop: int = 0) -> Column[Model]:
    return Column(
        title,
        lambda model: _price(model, part),
        plain=lambda model: _plain_price(model, part),
        align="point",
        drop=drop,
    )


def _count_column(title: str, field: str, drop: int = 0) -> Column[Model]:
    return Column(
        title,
        lambda model: format_count(getattr(model, field)),
        plain=lambda model: _exact(getattr(model, field)),
        align="right",
        drop=drop,
    )


def _text_column(title: str, field: str, drop: int = 0) -> Column[Model]:
    return Column(title, lambda model: getattr(model, field) or UNKNOWN, shrink=shorten, drop=drop)


COLUMNS: dict[str, Column[Model]] = {
    "id": Column("ID", lambda model: model.id, shrink=shorten_middle, least=22, share=0.4),
    "name": Column("NAME", lambda model: model.name or UNKNOWN, shrink=shorten, least=12, drop=8),
    "provider": Column("PROVIDER", lambda model: model.provider, shrink=shorten, least=10, drop=4),
    "lab": _text_column("LAB", "lab", 5),
    "family": _text_column("FAMILY", "family", 7),
    "kind": _text_column("KIND", "kind", 7),
    "context": _count_column("CONTEXT", "context_size"),
    "max_output": _count_column("MAX OUT", "max_output_tokens", 6),
    "input": _price_column("IN $/M", "input"),
    "output": _price_column("OUT $/M", "output"),
    "cache_read": _price_column("CACHED $/M", "cache_read", 5),
    "capabilities": Column(
        "CAPABILITIES",
        lambda model: " ".join(capability_words(model)) or UNKNOWN,
        plain=lambda model: ",".join(capability_words(model)) or UNKNOWN,
        shrink=_shrink_capabilities,
        least=16,
        drop=3,
    ),
    "offers": Column("OFFERS", lambda model: str(len(model.connector_metadata) or 1), align="right", drop=7),
    "released": Column("RELEASED", lambda model: model.released or UNKNOWN, drop=5, optional=True),
    "tags": Column(
        "TAGS", lambda model: ", ".join(sorted(model.tags)) or UNKNOWN, shrink=shorten, drop=6, optional=True
    ),
    "local": Column("LOCAL", lambda model: format_flag(model.is_local), drop=7),
    "status": _text_column("STATUS", "status", 7),
}
"""Every column by the name that `--columns` takes."""

COLUMN_NAMES = complete(lambda _: [*COLUMNS, *FIELDS])
"""What completes the names of columns."""

DEFAULT_COLUMNS = (
    "id",
    "provider",
    "context",
    "max_output",
    "input",
    "output",
    "released",
    "offers",
    "capabilities",
    "tags",
)


def choose_columns(names: Iterable[str] = ()) -> list[Column[Model]]:
    """Return the columns of these names (field paths too, such as `capabilities.vision`), or the default ones.

    >>> [column.title for column in choose_columns(["id", "license"])]
    ['ID', 'LICENSE']
    """
    return [COLUMNS.get(name) or _path_column(name) for name in list(names) or DEFAULT_COLUMNS]


def _path_column(path: str) -> Column[Model]:
    field = path.partition(".")[0]
    if field not in FIELDS:
        near = near_fields(field, COLUMNS)
        known = "" if near else f"; there are {', '.join(COLUMNS)}, and every field of a model"
        raise QueryError(f"no column {path!r}{known}", path, near)
    from ai_models.cli.facts import fact_at

    return Column(path.upper(), lambda model: format_value(fact_at(model, path)), shrink=shorten)
