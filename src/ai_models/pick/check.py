"""Whether a model fits, through which of its offers, or which criteria keep it out."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ai_models._core.criteria import Criteria, node_of
from ai_models._core.model import Model, Offer
from ai_models._core.query import And, Compare, Node, Not, Predicate, compile_query, parse_query, parse_query_text
from ai_models._core.query.wanted import shown
from ai_models._core.registry import ModelRegistry
from ai_models.errors import QueryError
from ai_models.lifecycle import has_ended
from ai_models.pick.choice import Rejection
from ai_models.pick.words import in_words, unknown_in_words

if TYPE_CHECKING:
    from ai_models.availability import Availability

__all__ = ["Check"]

Reason = tuple[str, str]
"""Why a model is out: as code, and in words."""


class Check:
    """Says of a model by which of its offers it fits, or why it doesn't."""

    def __init__(
        self,
        models: ModelRegistry,
        given: Criteria,
        query: Mapping[str, Any] | str | None,
        availability: "Callable[[], Availability] | None",
    ) -> None:
        asked = parse_query_text(query) if isinstance(query, str) else query or {}
        self._clauses = [_Clause(node) for node in _clauses(And((parse_query(asked), node_of(given))))]
        self._today = date.today()
        provider = given.get("provider")
        self._via = None if provider is None else models.provider_id(provider)
        self._free: bool | None = given.get("free")
        self._custom: Callable[[Model], object] | None = given.get("custom_filter")
        self._available: bool | None = given.get("available")
        if self._available is not None and availability is None:
            raise QueryError("available: only a ModelManager knows your keys and servers", "available")
        self._reach = None if self._available is None or availability is None else availability()

    def offers(self, model: Model) -> tuple[list[Offer], Rejection | None]:
        """Return the offers through which a model fits, or the reasons why it doesn't."""
        reached, trouble = self._served(model)
        if trouble:
            return [], _rejection(((trouble, trouble), *self._unmet(model)))
        if self._via is None and self._available is not True:
            reached = [next((each for each in reached if each.is_default), reached[0])]
        fitting, unmet = self._fitting(model, reached)
        return fitting, _rejection(tuple(unmet)) if unmet else None

    def _served(self, model: Model) -> tuple[list[Offer], str]:
        """Return the offers that are served, by whom and as it is asked; if there are none, why."""
        alive, ends = _alive(model, self._today)
        if not alive:
            return [], ends
        served = [offer for offer in alive if self._via in (None, offer.provider, offer.key)]
        return self._reached(model, served) if served else ([], f"not offered by {self._via}")

    def _reached(self, model: Model, served: list[Offer]) -> tuple[list[Offer], str]:
        if self._reach is None:
            return served, ""
        found = [offer for offer in served if self._reach.reaches(offer)]
        if self._available:
            return found, "" if found else "not available"
        return served, "available" if found or self._reach.covers(model) else ""

    def _fitting(self, model: Model, offers: list[Offer]) -> tuple[list[Offer], list[Reason]]:
        """Return the offers with which the model meets every criterion, or what the nearest of them lacks."""
        verdicts = [(offer, self._unmet(model if offer.is_default else offer.as_model())) for offer in offers]
        fitting = [offer for offer, unmet in verdicts if not unmet]
        return fitting, [] if fitting else min((unmet for _, unmet in verdicts), key=len)

    def _unmet(self, view: Model) -> list[Reason]:
        unmet = [clause.reason(view) for clause in self._clauses if not clause.meets(view)]
        if self._free is not None and view.pricing.free is not self._free:
            text = "not free" if self._free else "free, or its price is unknown"
            unmet.append((text, text))
        if self._custom is not None and not self._custom(view):
            unmet.append(("your own filter", "your own filter"))
        return unmet


@lru_cache(maxsize=1_000)
def _rejection(reasons: tuple[Reason, ...]) -> Rejection:
    """Return the one rejection for the same reasons: thousands of models may share it."""
    codes, words = zip(*reasons, strict=True)
    return Rejection(codes, words)


def _clauses(node: Node) -> Iterator[Node]:
    """Yield the criteria of which every one must hold."""
    if isinstance(node, And):
        for each in node.nodes:
            yield from _clauses(each)
    else:
        yield node


class _Clause:
    """One criterion: whether a model meets it, and why not."""

    def __init__(self, node: Node) -> None:
        self.meets: Predicate = compile_query(node)
        self._refuted: Predicate = compile_query(Not(node))
        self._asks = isinstance(node, Compare) and node.op == "exists"
        self._unmet = f"not {shown(node)}", in_words(node, holds=False).removeprefix("it ")
        self._unknown = f"unknown whether {shown(node)}", unknown_in_words(node)

    def reason(self, view: Model) -> Reason:
        return self._unmet if self._asks or self._refuted(view) else self._unknown


def _alive(model: Model, today: date) -> tuple[list[Offer], str]:
    """Return the offers of a model that are still served; if there are none, why."""
    offers = list(model.offers.values())
    alive = [offer for offer in offers if not has_ended(offer, today)]
    if alive:
        return alive, ""
    return [], "listed no more" if all(offer.gone for offer in offers) else "retired"
