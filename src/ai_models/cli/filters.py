"""The options that choose models, and what they ask of the registry."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from ai_models._core.capabilities import CAPABILITIES, canonical_capability
from ai_models._core.model import KINDS, Model, Offer
from ai_models._core.nearest import nearest
from ai_models._core.query import compile_selection, parse_query_text, sort_models
from ai_models.availability import Availability
from ai_models.cli.command import LIMIT, NAMES, PRICE, PROVIDERS, TOKENS, Parsed, list_of, parse_names
from ai_models.cli.known import GROUPS, LABS, TAGS
from ai_models.cli.session import did_you_mean, near
from ai_models.cli.text import escape
from ai_models.errors import GroupNotFoundError

if TYPE_CHECKING:
    from ai_models._core.registry import ModelRegistry


_MOST_LOOKED_AT = 50_000
"""In a larger registry no name is looked for that may have been meant."""

KINDS_TYPE = list_of(KINDS, "kinds")
_CAPABILITIES = Parsed("names", parse_names, "a list of names such as vision,tools", lambda: CAPABILITIES)

_OPTIONS = (
    click.option(
        "--provider", "providers", type=PROVIDERS, metavar="NAME,…", help="Served by one of these; prices are theirs."
    ),
    click.option("--lab", "labs", type=NAMES, metavar="NAME,…", shell_complete=LABS, help="Trained by one of these."),
    click.option("--kind", "kinds", type=KINDS_TYPE, metavar="KIND,…", help="chat, embedding, image, … (one of them)."),
    click.option(
        "--cap", "capabilities", type=_CAPABILITIES, metavar="NAME,…", help="Has all of these, such as vision,tools."
    ),
    click.option("--min-context", type=TOKENS, metavar="TOKENS", help="Context of at least 128k, 1M, …"),
    click.option("--max-context", type=TOKENS, metavar="TOKENS", help="Context of at most …"),
    click.option("--max-input-price", type=PRICE, metavar="USD", help="USD per million input tokens, at most."),
    click.option("--max-output-price", type=PRICE, metavar="USD", help="USD per million output tokens, at most."),
    click.option("--free", is_flag=True, help="Costs nothing; unknown prices don't count."),
    click.option("--local/--remote", "local", default=None, help="Runs on your machine, or doesn't."),
    click.option("--tag", "tags", type=NAMES, metavar="TAG,…", shell_complete=TAGS, help="Has all of these tags."),
    click.option("--group", "group", metavar="NAME", shell_complete=GROUPS, help="Is in this group."),
    click.option(
        "--available/--unavailable",
        "available",
        default=None,
        help="Can be called now: a server of yours, or a provider with your key, lists it; or can't, and why.",
    ),
    click.option("--where", metavar="JSON", help="""A query, such as '{"released": {"$gte": "2026"}}'."""),
    LIMIT,
)


def filter_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that choose models."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@dataclass(frozen=True)
class Filters:
    """What was asked for; prices in USD per million tokens, contexts in tokens, `None` for what wasn't asked.

    >>> Filters(capabilities=["function_calling"], min_context=128_000).query()
    {'$and': [{'capabilities.tools': True}, {'context_size': {'$gte': 128000}}]}
    """

    providers: list[str] | None = None
    labs: list[str] | None = None
    kinds: list[str] | None = None
    capabilities: list[str] | None = None
    min_context: int | None = None
    max_context: int | None = None
    max_input_price: float | None = None
    max_output_price: float | None = None
    free: bool = False
    local: bool | None = None
    tags: list[str] | None = None
    group: str | None = None
    available: bool | None = None
    where: str | None = None

    def query(self) -> dict[str, Any]:
        """Return the query that says the same; `{}` for everything."""
        clauses = list(self._clauses())
        return {"$and": clauses} if len(clauses) > 1 else clauses[0] if clauses else {}

    def _clauses(self) -> Iterator[dict[str, Any]]:
        if self.labs:
            yield {"lab": {"$in": self.labs}}
        if self.kinds:
            yield {"kind": {"$in": self.kinds}}
        yield from ({f"capabilities.{canonical_capability(name)}": True} for name in self.capabilities or ())
        yield from _range("context_size", self.min_context, self.max_context)
        yield from _range("pricing.input_per_mtok", None, self.max_input_price)
        yield from _range("pricing.output_per_mtok", None, self.max_output_price)
        if self.local is not None:
            yield {"is_local": self.local}
        yield from ({"tags": tag} for tag in self.tags or ())
        if self.group:
            yield {"tags": f"group:{self.group}"}
        if self.where is not None:
            yield parse_query_text(self.where)

    @property
    def by_offer(self) -> bool:
        """Whether each offer that fits is a model of its own."""
        return bool(self.providers or self.free)

    def models(
        self,
        registry: "ModelRegistry",
        sort: str | None = None,
        availability: Availability | None = None,
        among: Iterable[Model] | None = None,
    ) -> Iterator[Model]:
        """Yield the models of a registry that fit, or `among` some of them, in order.

        Where a provider or a price of nothing is asked for, each offer that fits is a model of its
        own: as that provider serves it, its `provider` the key of the offer.
        """
        if self.group:
            check_group(self.group, registry)
        reach = availability or Availability(registry)
        if not self.by_offer:
            found = registry.find(self.query(), sort=sort) if among is None else compile_selection(self.query())(among)
            wanted = self.available
            return found if wanted is None else (model for model in found if reach.covers(model) is wanted)
        providers = [*_provider_ids(self.providers, registry)]
        views = serve(_served_by(providers, registry) if among is None else among, providers)
        found = filter(self._fits(reach), compile_selection(self.query())(views))
        return iter(sort_models(found, sort)) if sort else found

    def misspelt(self, registry: "ModelRegistry") -> str:
        """Return which lab or tag that was asked for no model has, and what may have been meant; "" for none."""
        asked = [("lab", name) for name in self.labs or ()] + [("tags", name) for name in self.tags or ()]
        wrong = [(field, name) for field, name in asked if not any(registry.find({field: name}, limit=1))]
        if not wrong:
            return ""
        looked_at = registry.values() if len(registry) <= _MOST_LOOKED_AT else ()
        known = {
            "lab": {model.lab or "" for model in looked_at},
            "tags": {t for model in looked_at for t in model.tags},
        }
        words = {"lab": "is of the lab", "tags": "has the tag"}
        return "".join(
            f"; none {words[f]} {escape(name)!r}{did_you_mean(nearest(name, known[f]))}" for f, name in wrong
        )

    def _fits(self, reach: Availability) -> Callable[[Model], bool]:
        """Return what tells whether one offer meets what a query can't ask."""

        def fits(view: Model) -> bool:
            if self.free and view.pricing.free is not True:
                return False
            facts = view.connector_metadata.get(view.provider, {})
            offer = Offer(view.provider, facts, view)
            return self.available is None or reach.reaches(offer) is self.available

        return fits


def serve(models: Iterable[Model], providers: Sequence[str] = ()) -> Iterator[Model]:
    """Yield models as each of these providers, or as every one, serves them now.

    >>> model = Model("m", "x", 8192, connector_metadata={"x": {}, "bedrock:us": {"context_size": 4096}})
    >>> [(view.provider, view.context_size) for view in serve([model])]
    [('x', 8192), ('bedrock:us', 4096)]
    """
    for model in models:
        for key, offer in model.offers.items():
            asked = not providers or offer.provider in providers or key in providers
            if asked and offer.gone is None:
                view = offer.as_model()
                view.provider = key
                yield view


def _served_by(providers: Sequence[str], registry: "ModelRegistry") -> Iterable[Model]:
    """Return the models that one of these providers serves, or all of none: a large registry looks them up."""
    if not providers:
        return registry.values()
    return registry.served_by(*(key.partition(":")[0] for key in providers))


def _provider_ids(names: Iterable[str] | None, registry: "ModelRegistry") -> Iterator[str]:
    """Yield our ids of providers; a name is one of the table's, or one that serves a model here."""
    from ai_models.providers import providers

    for name in names or ():
        id = providers.id_of(name)
        if id is None and not any(name in (key, key.partition(":")[0]) for key in _offer_keys(registry)):
            providers[name]  # raises, with suggestions
        yield id or name


def _offer_keys(registry: "ModelRegistry") -> Iterator[str]:
    return (key for model in registry.values() for key in (model.provider, *model.connector_metadata))


def check_offered(provider: str, registry: "ModelRegistry") -> None:
    """Raise `ProviderNotFoundError` for a provider that is neither in the table nor serves a model here."""
    list(_provider_ids([provider], registry))


def check_group(name: str, registry: "ModelRegistry") -> None:
    """Raise `GroupNotFoundError` for a group in which no model is."""
    from ai_models.groups import Groups

    groups = Groups(registry)
    if name not in groups:
        raise near(name, list(groups), GroupNotFoundError)


def _range(path: str, least: float | None, most: float | None) -> Iterator[dict[str, Any]]:
    if least is not None:
        yield {path: {"$gte": least}}
    if most is not None:
        yield {path: {"$lte": most}}
