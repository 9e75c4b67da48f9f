"""`show`: what is known about one model, and who says so."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from ai_models._core.model import FIELDS, LIFECYCLE_FIELDS, Model, Offer, leaf_paths
from ai_models._core.pricing import per_mtok
from ai_models.cli.columns import capability_words
from ai_models.cli.command import LIMIT, MODEL_ID, PROVIDER, command
from ai_models.cli.facts import fact_at
from ai_models.cli.render import Column, Output
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import (
    TIED,
    UNKNOWN,
    escape,
    format_age,
    format_count,
    format_fact,
    format_flag,
    format_number,
    format_price,
    format_value,
    plural,
    short_path,
    shorten,
    shorten_middle,
    shorten_words,
    width_of,
)

if TYPE_CHECKING:
    from ai_models.availability import Availability
    from ai_models.health_log import HealthResult

_LABELS = 14
_MOST_REASONS = 2
_PARTS = {part: place for place, part in enumerate(("input", "output", "reasoning", "cache_read", "cache_write"))}
_HIDDEN = {"id", "provider", "provenance", "conflicts", "connector_metadata", "custom_metadata", "tags"}
_NOT_MISSED = {"base", "version", "benchmarks", "price_tiers", *LIFECYCLE_FIELDS}


@command(
    "show",
    "ai-models show claude-sonnet-4-5",
    "ai-models show claude-sonnet-4-5 --sources   who says each fact, who disagrees",
    "ai-models show gpt-4o --via azure            as this provider serves it",
)
@click.argument("id", type=MODEL_ID)
@click.option("--sources", "with_sources", is_flag=True, help="Each fact with its source and age, and who disagrees.")
@click.option("--via", type=PROVIDER, metavar="PROVIDER", help="As this provider serves it: its limits, its price.")
@LIMIT
@pass_session
def show_command(session: Session, id: str, with_sources: bool, via: str | None, limit: int | None) -> None:
    """Show what is known about one model.

    ID is any id, alias or name that anybody uses for it.
    """
    model = session.find(id)
    shown = model.via(via) if via else model
    if session.out.json:
        session.out.data(sources_as_json(shown) if with_sources else shown.to_dict())
    elif with_sources:
        session.out.rows(_FACT_COLUMNS, find_facts(shown), StatedFact.to_dict, limit=limit or 0, noun="fact")
    else:
        offers = [
            (id, offer)
            for id, offer in session.readable().offers(model.id)
            if not via or via in (offer.key, offer.provider)
        ]
        checked = session.manager.health_log.last(model.id)
        write_model(session.out, shown, offers, session.availability(), limit, checked)


def write_model(
    out: Output,
    model: Model,
    offers: list[tuple[str, Offer]],
    availability: "Availability",
    limit: int | None = None,
    checked: "HealthResult | None" = None,
) -> None:
    """Write a model as a page: what it is, what it can and costs, who serves it, what you noted.

    `offers` are its own and those of its snapshots, each with the id of its model; `checked` is what the last check of
    its health found.
    """
    out.line(escape(model.id), "bold")
    headline = " · ".join(headline_of(model))
    if headline:
        out.line(headline)
    out.line()
    for label, text in describe(model):
        out.hanging(_label(label), text)
    out.hanging(_label("call it"), describe_reach(offers, availability))
    if checked is not None:
        out.hanging(_label("health"), escape(str(checked)))
    unknown = unknown_facts(model)
    if unknown:
        out.hanging(_label("unknown"), ", ".join(unknown))
    out.line()
    own = [offer for id, offer in offers if id == model.id]
    out.line(plural(len(own), "offer"), "bold")
    for line in out.table(_OFFER_COLUMNS, own[: limit or None], indent="  "):
        out.line(line)
    snapshots = Counter(id for id, _ in offers if id != model.id)
    if snapshots:
        out.line()
        out.line(plural(len(snapshots), "snapshot"), "bold")
    for id, count in snapshots.items():
        out.line(f"  {escape(id)}   {plural(count, 'offer')}")


def describe_reach(offers: list[tuple[str, Offer]], availability: "Availability") -> str:
    """Return through which offers a model can be called now or, if through none, why not.

    >>> from ai_models.availability import Availability
    >>> from ai_models.base import ModelRegistry
    >>> describe_reach([("m", Model("m", "groq").offer("groq"))], Availability(ModelRegistry()))
    'not now; groq: no key (set GROQ_API_KEY)'
    """
    troubles = {offer.key: availability.trouble(offer) for _, offer in offers}
    reached = [key for key, trouble in troubles.items() if trouble is None]
    if reached:
        return f"via {', '.join(map(escape, reached))}"
    shown = [f"{escape(key)}: {escape(str(trouble))}" for key, trouble in list(troubles.items())[:_MOST_REASONS]]
    more = f" · {len(troubles) - _MOST_REASONS} more" if len(troubles) > _MOST_REASONS else ""
    return f"not now; {' · '.join(shown)}{more}"


def headline_of(model: Model) -> list[str]:
    """Return what a model is, in a few words."""
    words = [model.name, model.kind, f"by {model.lab}" if model.lab else None, model.status]
    words += [f"snapshot of {model.base}" if model.base else None, "local" if model.is_local else None]
    words += [f"gone since {model.gone}" if model.gone else None]
    return [escape(word) for word in words if word]


def describe(model: Model) -> Iterator[tuple[str, str]]:
    """Yield label and text of what is known, in the order in which people ask."""
    yield from _known("context", _limits(model))
    yield from _known("input", ", ".join(map(escape, model.input_modalities)))
    yield from _known("output", ", ".join(map(escape, model.output_modalities)))
    yield from _known("can", ", ".join(map(escape, capability_words(model))))
    yield from _known("can't", ", ".join(escape(name) for name, has in model.capabilities.items() if has is False))
    yield from describe_prices(model)
    for label, field in (("family", "family"), ("released", "released"), ("knowledge", "knowledge_cutoff")):
        yield from _known(label, escape(getattr(model, field) or ""))
    if model.version != model.released:
        yield from _known("version", escape(model.version or ""))
    yield from _known("deprecated", escape(model.deprecated or ""))
    yield from _known(
        "retires" if (model.retired or "") > date.today().isoformat() else "retired", escape(model.retired or "")
    )
    yield from _known(
        "served until", f"{escape(model.retires_not_before)} at least" if model.retires_not_before else ""
    )
    yield from _known("successor", escape(model.successor or ""))
    yield from _known("license", escape(model.license or ""))
    if model.parameters is not None:
        yield "parameters", format_count(model.parameters)
    if model.open_weights is not None:
        yield "weights", "open" if model.open_weights else "closed"
    yield from _known("aliases", ", ".join(map(escape, model.aliases)))
    yield from _known("tags", ", ".join(sorted(map(escape, model.tags))))
    for key, value in model.custom_metadata.items():
        yield escape(key), format_value(value)
    if model.conflicts:
        yield "conflicts", f"{plural(len(model.conflicts), 'fact')} on which sources disagree (--sources)"


def _known(label: str, text: str) -> Iterator[tuple[str, str]]:
    if text:
        yield label, text


def _limits(model: Model) -> str:
    limits = (
        ("", model.context_size),
        ("max input ", model.max_input_tokens),
        ("max output ", model.max_output_tokens),
    )
    parts = [f"{name}{count:,}" for name, count in limits if count is not None]
    return " · ".join(parts) + " tokens" if parts else ""


def describe_prices(model: Model) -> Iterator[tuple[str, str]]:
    r"""Yield what `model.provider` asks: per million tokens, by tier, per unit.

    >>> list(describe_prices(Model("m", "x", cost_per_token={"input": 3e-06, "output": 0.0})))
    [('price', 'input\xa0$3.00 · output\xa0free · per\xa0M\xa0tokens')]
    """
    if model.cost_per_token:
        yield "price", f"{_price_parts(model.cost_per_token)} · per{TIED}M{TIED}tokens"
    for tier in model.price_tiers:
        yield _tier_label(tier.get("when") or {}), _price_parts(tier.get("cost_per_token") or {})
    if model.cost_per_unit:
        yield "per unit", " · ".join(f"${format_number(p)} a {escape(unit)}" for unit, p in model.cost_per_unit.items())


def _price_parts(prices: dict[str, float]) -> str:
    parts = []
    for part, price in sorted(prices.items(), key=lambda pair: (_PARTS.get(pair[0], len(_PARTS)), pair[0])):
        text = format_price(per_mtok(price))
        parts.append(f"{escape(part).replace('_', ' ')} {text if text == 'free' else '$' + text}")
    return " · ".join(part.replace(" ", TIED) for part in parts)


def _tier_label(when: dict[str, Any]) -> str:
    above = when.get("input_tokens_above")
    words = [str(value) for name, value in when.items() if name != "input_tokens_above"]
    words += [] if above is None else [f"> {format_count(above)}"]
    return escape(" ".join(words)) or "tier"


def unknown_facts(model: Model) -> list[str]:
    """Return the fields that nobody stated and that one would ask for."""
    facts = [name for name in FIELDS if name not in _HIDDEN | _NOT_MISSED]
    return [name for name in facts if getattr(model, name) in (None, [], {})]


def _label(label: str) -> str:
    return f"  {label}{' ' * max(1, _LABELS - width_of(label))}"


def _offer_price(offer: Offer, part: str) -> str:
    return format_price(offer.pricing.per_mtok(part))


_OFFER_COLUMNS: tuple[Column[Offer], ...] = (
    Column("PROVIDER", lambda offer: offer.key, shrink=shorten, least=10),
    Column("ID THERE", lambda offer: offer.id, shrink=shorten_middle, least=16),
    Column("CONTEXT", lambda offer: format_count(offer.as_model().context_size), align="right"),
    Column("IN $/M", lambda offer: _offer_price(offer, "input"), align="point"),
    Column("OUT $/M", lambda offer: _offer_price(offer, "output"), align="point"),
    Column("STATUS", lambda offer: _offer_status(offer), shrink=shorten, drop=1, optional=True),
)


def _offer_status(offer: Offer) -> str:
    words = [f"gone {offer.gone}" if offer.gone else offer.facts.get("status"), "local" if offer.is_local else None]
    return ", ".join(str(word) for word in words if word) or UNKNOWN


@dataclass(frozen=True)
class StatedFact:
    """One fact of a model with the label of who states it; `kept` is false for a claim that was overruled."""

    path: str
    value: Any
    label: str | None
    kept: bool = True

    @property
    def title(self) -> str:
        """The path as a person reads it: a claim that was overruled stands below the fact."""
        return short_path(self.path) if self.kept else "  but also said"

    @property
    def source(self) -> str:
        """Who states it, the most trusted first."""
        labels = (self.label or "").split()
        return " ".join(label.partition("@")[0] for label in labels) or UNKNOWN

    @property
    def day(self) -> str | None:
        """The day on which the first of them said so, as ISO text."""
        return (self.label or "").partition(" ")[0].partition("@")[2] or None

    def to_dict(self) -> dict[str, Any]:
        """Return the fact as JSON-ready data."""
        return {"path": self.path, "value": self.value, "labels": (self.label or "").split(), "kept": self.kept}


def _shrink_sources(text: str, width: int) -> str:
    return shorten_words(text.split(), width)


_FACT_COLUMNS: tuple[Column[StatedFact], ...] = (
    Column("FACT", lambda fact: fact.title, plain=lambda fact: fact.path, shrink=shorten_middle, least=30),
    Column("VALUE", lambda fact: format_fact(fact.path, fact.value), shrink=shorten, least=20),
    Column("KEPT", lambda fact: UNKNOWN, plain=lambda fact: format_flag(fact.kept), optional=True),
    Column("SOURCE", lambda fact: fact.source, shrink=_shrink_sources, least=14),
    Column("AGE", lambda fact: format_age(fact.day), plain=lambda fact: fact.day or UNKNOWN, drop=1),
)


def find_facts(model: Model) -> list[StatedFact]:
    """Return every fact of a model with its label, each followed by the claims that it overruled.

    >>> model = Model("m", "x", 8192, provenance={"*": "openrouter@2026-11-20"},
    ...     conflicts={"context_size": {"litellm@2026-11-20": 4096}})
    >>> [(fact.value, fact.source, fact.kept) for fact in find_facts(model)]
    [(8192, 'openrouter', True), (4096, 'litellm', False)]
    """
    data = {name: value for name, value in model.to_dict().items() if name not in ("id", "provenance", "conflicts")}
    offers = data.pop("connector_metadata", {})
    paths = [path for path in leaf_paths(data) if path != "provider"]
    paths += [f"connector_metadata.{key}.{path}" for key, offer in offers.items() for path in leaf_paths(offer)]
    found = []
    for path in dict.fromkeys([*paths, *model.conflicts]):
        found.append(StatedFact(path, _value_at(model, path), model.provenance_of(path)))
        for label, value in model.conflicts.get(path, {}).items():
            found.append(StatedFact(path, value, label, kept=False))
    return found


def _value_at(model: Model, path: str) -> Any:
    value = fact_at(model, path)
    return sorted(value) if isinstance(value, set) else value


def sources_as_json(model: Model) -> dict[str, Any]:
    """Return the facts of a model, with who states them, as JSON-ready data."""
    return {"id": model.id, "provider": model.provider, "facts": [fact.to_dict() for fact in find_facts(model)]}
