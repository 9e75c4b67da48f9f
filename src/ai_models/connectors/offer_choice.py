"""Which offer of a model a client library uses: one that it can reach, the best one for which there is a key.

An offer that can be reached but has no key still serves, behind all that have one: data and code can be made for it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ai_models._core.model import Model, Offer
from ai_models.connectors.endpoint import Endpoint
from ai_models.connectors.table import Library, Route
from ai_models.errors import printable
from ai_models.providers import default_rank

__all__ = ["Choice", "Way", "choose_way", "in_order"]

_BEHIND = "ranks behind"


@dataclass(frozen=True, slots=True)
class Way:
    """How a library gets to an offer: the server, and the arguments that the library wants.

    >>> from ai_models.connectors import OllamaConnector
    >>> way = OllamaConnector(env={}, dotenv={}).choose(Model("llama3", "ollama")).way
    >>> way.endpoint.url("root"), way.route.call["model"]
    ('http://127.0.0.1:11434', '$id')
    """

    offer: Offer
    endpoint: Endpoint
    route: Route
    library: Library

    @property
    def target(self) -> str:
        """What makes the client, as `module:attribute`."""
        return self.route.target or self.library.target

    @property
    def making(self) -> str:
        """What is done with the target: a class makes an object (`new`), a function waits for its call (`bind`)."""
        return "bind" if self.library.binds else "new"

    @property
    def missing(self) -> str:
        """What is missing before a call can be made this way, such as a key; empty if nothing is."""
        return self.endpoint.missing(key=self.route.takes_key)


@dataclass(frozen=True, slots=True)
class Choice:
    """The offer that a library uses, why this one, and why not the others (`rejected`, by offer).

    `missing` says what is missing before it can be called, such as a key; it is empty if nothing is.

    >>> from ai_models.connectors import OpenAIConnector
    >>> model = Model("gpt-4", "openai", connector_metadata={"azure": {"id": "mine"}})
    >>> connector = OpenAIConnector(env={"OPENAI_API_KEY": "sk-0123456789"}, dotenv={})
    >>> print(connector.choose(model))
    openai, as 'gpt-4': there is a key (OPENAI_API_KEY), and it is the default server
      not azure: ranks behind
    """

    way: Way
    reason: str
    rejected: dict[str, str] = field(default_factory=dict)
    missing: str = ""

    @property
    def offer(self) -> Offer:
        """The offer that is used."""
        return self.way.offer

    def __str__(self) -> str:
        lines = [f"{self.offer.key}, as {printable(self.offer.id)}: {self.reason}"]
        return "\n".join(lines + [f"  not {key}: {reason}" for key, reason in self.rejected.items()])


def in_order(model: Model, own_name: str, hidden: Iterable[str] = ()) -> list[Offer]:
    """Return the offers, best first: named like the library, then the default server, then by kind of provider.

    >>> model = Model("m", "meta", connector_metadata={"openrouter": {"id": "o"}, "groq": {"id": "g"}})
    >>> [offer.key for offer in in_order(model, "openai")]
    ['meta', 'groq', 'openrouter']
    """
    skipped = set(hidden)
    offers = [offer for offer in model.offers.values() if offer.key not in skipped]

    def rank(offer: Offer) -> tuple[bool, bool, bool, int, bool]:
        return (
            bool(offer.gone),
            offer.key != own_name,
            offer.provider != model.provider,
            default_rank(offer.provider, model.lab),
            offer.variant is not None,
        )

    return sorted(offers, key=rank)


def choose_way(offers: Iterable[Offer], way_to: Callable[[Offer], Way | str]) -> Choice | dict[str, str]:
    """Return the first offer that can be reached and called, else the first that can be reached, else why none can.

    `way_to` gives the way to an offer, or in words why there is none.
    """
    rejected: dict[str, str] = {}
    incomplete: list[tuple[Way, str]] = []
    pending = iter(offers)
    for offer in pending:
        way = way_to(offer)
        if isinstance(way, str):
            rejected[offer.key] = way
        elif missing := way.missing:
            rejected[offer.key] = missing
            incomplete.append((way, missing))
        else:
            behind = dict.fromkeys((later.key for later in pending), _BEHIND)
            return Choice(way, f"{_access(way.endpoint)}, {_standing(offer, rejected, behind)}", rejected | behind)
    if not incomplete:
        return rejected
    way, missing = incomplete[0]
    del rejected[way.offer.key]
    return Choice(way, f"the first that can be reached, but {missing}", rejected, missing)


def _access(endpoint: Endpoint) -> str:
    key = endpoint.find_key()
    if key is not None:
        return f"there is a key ({key.variable or key.origin})"
    return "it needs no key" if endpoint.takes_any_key else "the library signs in by itself"


def _standing(offer: Offer, rejected: dict[str, str], behind: dict[str, str]) -> str:
    if offer.provider == offer.model.provider:
        return "and it is the default server"
    if behind:
        return "and it ranks first"
    return "and no other can be called" if rejected else "and it is the only offer"
