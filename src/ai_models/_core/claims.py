"""Claims: who states what about one offer. A stored Model can be taken apart into claims and put together again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ai_models._core.identity import Identity
from ai_models._core.model import OFFER_BOUND, Model, deep_copy, provenance_at
from ai_models._core.trust import USER, trust_rank

DICT_FIELDS = ("capabilities", "cost_per_token", "cost_per_unit")
"""Fields of which every part is a fact of its own."""

PLAIN_FIELDS = (
    "context_size",
    "name",
    "family",
    "kind",
    "input_modalities",
    "output_modalities",
    "max_input_tokens",
    "max_output_tokens",
    "price_tiers",
    "knowledge_cutoff",
    "released",
    "deprecated",
    "retired",
    "retires_not_before",
    "successor",
    "open_weights",
    "license",
    "parameters",
    "status",
)
"""Fields that are one fact each."""

IDENTITY_FIELDS = ("provider", "lab", "version", "base")
"""Fields that identity decides, unless the user does."""

MARKS = ("listed", "gone", "is_local", "kwargs", "base_url")
"""What an offer carries that nobody claims: set by discovery or by the user."""


class Statement(NamedTuple):
    """One value, who says so, and since which day."""

    source: str
    date: str
    value: Any

    @property
    def label(self) -> str:
        """The `source@date` form that provenance stores."""
        return f"{self.source}@{self.date}" if self.date else self.source


@dataclass(slots=True)
class OfferClaims:
    """Everything that is stated about one model at one provider under one wire id, by path; `id` says who lists it.

    `kept` is what it has in common with the default server's offer.
    """

    provider: str
    id: str
    key: str
    facts: dict[str, list[Statement]] = field(default_factory=dict)
    marks: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, list[Statement]] = field(default_factory=dict)

    def state(self, path: str, statement: Statement) -> None:
        """Add a statement about the fact at `path`."""
        self.facts.setdefault(path, []).append(statement)

    @property
    def sources(self) -> set[str]:
        """Who states anything here."""
        return {each.source for said in self.facts.values() for each in said}

    def without(self, sources: Iterable[str]) -> "OfferClaims":
        """Return the claims that remain when what some sources said is forgotten."""
        gone = frozenset(sources)
        facts, kept = _but_of(gone, self.facts), _but_of(gone, self.kept)
        return OfferClaims(self.provider, self.id, self.key, facts, self.marks, kept)

    def settle(self) -> None:
        """Make what was kept a fact like the others."""
        for path, said in self.kept.items():
            self.facts.setdefault(path, []).extend(said)
        self.kept = {}


def _but_of(sources: frozenset[str], facts: Mapping[str, list[Statement]]) -> dict[str, list[Statement]]:
    left = {path: [each for each in said if each.source not in sources] for path, said in facts.items()}
    return {path: said for path, said in left.items() if said}


class Verdict(NamedTuple):
    """What is believed about one fact: the value, who agrees (best first), and what others say."""

    value: Any
    labels: list[str]
    dissent: dict[str, Any]

    @property
    def best(self) -> str:
        """The source that is believed."""
        return self.labels[0].partition("@")[0]


def decide(statements: Iterable[Statement], provider: str) -> Verdict:
    """Return what to believe: the most trusted source wins, then the newer date; the order of statements is nothing.

    A source has one word about a fact: its newest.

    >>> said = [Statement("litellm", "2026-11-20", 272000), Statement("openai", "2026-11-01", 400000)]
    >>> verdict = decide(said, "openai")
    >>> verdict.value, verdict.dissent
    (400000, {'litellm@2026-11-20': 272000})
    """
    said = list(statements)
    if len(said) == 1:
        return Verdict(said[0].value, [said[0].label], {})
    ordered = sorted(said, key=lambda each: (each.source, repr(each.value)))
    ordered.sort(key=lambda each: each.date, reverse=True)
    ordered = list({each.source: each for each in reversed(ordered)}.values())
    ordered.sort(key=lambda each: (trust_rank(each.source, provider), _older(each.date), each.source))
    value = ordered[0].value
    agree = [each.label for each in ordered if _same(each.value, value)]
    dissent = {each.label: each.value for each in ordered if not _same(each.value, value)}
    return Verdict(value, agree, dissent)


def _older(date: str) -> tuple[int, ...]:
    """Return a key that sorts newer dates first."""
    return tuple(-ord(char) for char in date)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def stated_facts(model: Model) -> Iterator[tuple[str, Any]]:
    """Yield path and value of each fact that a Model states about its provider's offer.

    >>> list(stated_facts(Model("m", "x", 8192, capabilities={"tools": True})))
    [('capabilities.tools', True), ('context_size', 8192)]
    """
    for name in DICT_FIELDS:
        for part, value in getattr(model, name).items():
            yield f"{name}.{part}", value
    for name in PLAIN_FIELDS:
        value = getattr(model, name)
        if value is not None and value != []:
            yield name, value


def claims_of_row(row: Model, identity: Identity, source: str, date: str) -> OfferClaims:
    """Return the claims that a source makes with one row of its answer."""
    _, colon, variant = (identity.offer_key or "").partition(":")
    claims = OfferClaims(row.provider, row.id, f"{row.provider}{colon}{variant}")
    claims.state("id", Statement(source, date, row.id))
    for path, value in stated_facts(row):
        claims.state(path, Statement(source, date, value))
    for name, value in row.connector_metadata.get(row.provider, {}).items():
        if name in MARKS:
            claims.marks[name] = value
        elif name != "id":
            claims.state(name, Statement(source, date, value))
    if row.is_local:
        claims.marks["is_local"] = True
    return claims


def decompose(model: Model) -> list[OfferClaims]:
    """Return a stored Model as the claims that it was merged from, as far as it still tells them.

    The model's own facts are claims about its default server's offer, but for what the
    user wrote: that is no claim about an offer (`users_facts`).

    >>> model = Model("m", "openai", 8192, provenance={"*": "litellm@2026-11-20"},
    ...     connector_metadata={"openai": {"id": "m"}, "azure": {"id": "my-m", "context_size": 4096}})
    >>> [(claims.key, list(claims.facts)) for claims in decompose(model)]
    [('openai', ['id', 'context_size']), ('azure', ['id', 'context_size'])]
    """
    taken = {}
    for key, offer in model.offers.items():
        claims = taken[key] = OfferClaims(offer.provider, offer.id, key)
        claims.marks = {name: offer.facts[name] for name in MARKS if name in offer.facts}
        if offer.is_local:
            claims.marks["is_local"] = True
        _take(claims, f"connector_metadata.{key}.", {"id": offer.id, **_offer_facts(offer.facts)}, model)
    default = next(key for key, offer in model.offers.items() if offer.is_default)
    for path, value in stated_facts(model):
        said = [each for each in _statements(model, path, value) if each.source != USER]
        owner = _owner(value, path, said, taken, default)
        for statement in said:
            owner.state(path, statement)
        if owner is taken[default] and path.partition(".")[0] not in OFFER_BOUND:
            agreed = [each for each in said if each.value == value]
            _keep(path, agreed, owner, taken.values())
    return list(taken.values())


def _keep(path: str, agreed: Iterable[Statement], default: OfferClaims, offers: Iterable[OfferClaims]) -> None:
    """Let offers keep what they have from the default one, whatever becomes of that, where it is as good as stated.

    A source that lists several offers said it of each of them: that they agree is why they
    don't store it. So it is for what is listed no more, and for the default server's own offers.
    """
    for claims in offers:
        if path not in claims.facts and ("gone" in claims.marks or claims.provider == default.provider):
            listing = {each.source for each in claims.facts["id"]}
            kept = [each for each in agreed if each.source in listing]
            if kept:
                claims.kept[path] = kept


def _take(claims: OfferClaims, prefix: str, facts: Mapping[str, Any], model: Model) -> None:
    for path, value in facts.items():
        for statement in _statements(model, prefix + path, value):
            claims.state(path, statement)


def _statements(model: Model, path: str, value: Any) -> Iterator[Statement]:
    """Yield all that is said about the fact at a path of a stored Model: what is believed, and the conflicts."""
    for label in _labels(model, path):
        yield Statement(*split_label(label), deep_copy(value))
    for label, other in model.conflicts.get(path, {}).items():
        yield Statement(*split_label(label), deep_copy(other))


def _owner(
    value: Any, path: str, said: list[Statement], offers: Mapping[str, OfferClaims], default: str
) -> OfferClaims:
    """Return the offer that a fact of the model was stated for: the default one, else the one that would lend it.

    All its sources speak of that offer, and are trusted there so that the same one is believed.
    """
    sources = {each.source for each in said}

    def may_own(claims: OfferClaims) -> bool:
        if not sources <= {each.source for each in claims.facts["id"]} or (
            claims.key != default and path in claims.facts
        ):
            return False
        verdict = decide(said, claims.provider)
        return _same(verdict.value, value) and verdict.best == said[0].source

    def suits(claims: OfferClaims) -> tuple[bool, bool, int]:
        return claims.key != default, "gone" in claims.marks, trust_rank(said[0].source, claims.provider)

    return min(filter(may_own, offers.values() if said else ()), key=suits, default=offers[default])


def _offer_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in facts.items():
        if name in DICT_FIELDS:
            flat |= {f"{name}.{part}": each for part, each in value.items()}
        elif name != "id" and name not in MARKS:
            flat[name] = value
    return flat


def users_facts(model: Model) -> dict[str, Statement]:
    """Return what the user wrote about the model itself, by path; a fact that nobody claims is the user's.

    >>> labels = {"*": "openai@2026-11-20", "context_size": "user@2026-11-23"}
    >>> users_facts(Model("m", "openai", 8192, provenance=labels))
    {'context_size': Statement(source='user', date='2026-11-23', value=8192)}
    """
    facts = [*stated_facts(model), *((name, getattr(model, name)) for name in IDENTITY_FIELDS)]
    said = {path: (_labels(model, path)[0], value) for path, value in facts if value is not None}
    return {
        path: Statement(*split_label(label), deep_copy(value))
        for path, (label, value) in said.items()
        if split_label(label)[0] == USER
    }


def _labels(model: Model, path: str) -> list[str]:
    return (provenance_at(model.provenance, path) or USER).split()


def split_label(label: str) -> tuple[str, str]:
    """Return source and date of a provenance label.

    >>> split_label("litellm@2026-11-20"), split_label("user")
    (('litellm', '2026-11-20'), ('user', ''))
    """
    source, _, date = label.partition("@")
    return source, date
