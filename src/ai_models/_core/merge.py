"""Merge: what several sources and the user say about a model becomes one Model that tells who said what.

`merge_all` is pure. Rows are identified, gathered by model and by offer, and each fact is
decided by trust (`trust.py`). The Model's own facts are those of its default server; an offer
keeps only what differs there. A price never crosses from one provider's offer to another's.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ai_models._core.claims import (
    DICT_FIELDS,
    IDENTITY_FIELDS,
    PLAIN_FIELDS,
    OfferClaims,
    Statement,
    Verdict,
    claims_of_row,
    decide,
    decompose,
    users_facts,
)
from ai_models._core.identity import Identity, identify
from ai_models._core.model import OFFER_BOUND, Model, deep_copy
from ai_models._core.provenance import collapse
from ai_models._core.scores import gathered_scores
from ai_models._core.trust import trust_rank

DefaultRank = Callable[[str, str | None], int]
"""How well a provider suits as the default server of a lab's model; lower is better."""

_SERVED = frozenset((*DICT_FIELDS, *PLAIN_FIELDS))


@dataclass(frozen=True, slots=True)
class Contribution:
    """One row of a source's answer: a Model under its provider's own id, who states it, and the day.

    `key` overrules identity: the registry's id of the model that this row belongs to.
    """

    source: str
    date: str
    model: Model
    key: str | None = None


def merge_all(
    contributions: Iterable[Contribution],
    previous: Mapping[str, Model] | None = None,
    *,
    merged: Mapping[str, Model] | None = None,
    again: Iterable[str] = (),
    notes: Iterable[Contribution] = (),
    default_rank: DefaultRank | None = None,
) -> dict[str, Model]:
    """Return the models that contributions speak of, merged with what is stored of them, by id.

    What a source said before and doesn't say now is forgotten; what the user wrote stays.
    `merged` are models that were merged elsewhere, such as the catalogue's: they take part
    with all their labels. `again` names stored models to decide anew, with nothing new to say.
    `notes` are rows whose scores alone count, of models that are known.

    >>> rows = [Contribution("openai", "2026-11-23", Model("gpt-4o", "openai", 128000)),
    ...         Contribution("litellm", "2026-11-20", Model("gpt-4o", "openai", 64000, kind="chat"))]
    >>> model = merge_all(rows)["openai/gpt-4o"]
    >>> model.context_size, model.kind, model.conflicts
    (128000, 'chat', {'context_size': {'litellm@2026-11-20': 64000}})
    """
    before = previous or {}
    gathered = {key: _Gathered(key) for key in again}
    gathered |= {key: _Gathered(key, model) for key, model in (merged or {}).items()}
    for row in contributions:
        identity = identify(row.model.provider, row.model.id)
        key = row.key or registry_key(row.model)
        gathered.setdefault(key, _Gathered(key)).add(row, identity)
    for note in notes:
        key = note.key or registry_key(note.model)
        if key in gathered or key in before:
            gathered.setdefault(key, _Gathered(key, decides=False)).notes.append(note)
    return {key: each.merged(before.get(key), default_rank or _any_rank) for key, each in gathered.items()}


def registry_key(row: Model) -> str:
    """Return the registry's id for a row: that of the model which it is, or `provider/id` where nobody can tell.

    >>> registry_key(Model("gpt-4o-2024-11-20", "azure")), registry_key(Model("my-tune:latest", "ollama"))
    ('openai/gpt-4o-2024-11-20', 'ollama/my-tune:latest')
    """
    identity = identify(row.provider, row.id)
    if identity.lab is not None and identity.key is not None:
        return identity.key
    return row.id if row.id.startswith(f"{row.provider}/") else f"{row.provider}/{row.id}"


class _Gathered:
    """All that is said in one run about one model."""

    def __init__(self, key: str, canonical: Model | None = None, *, decides: bool = True) -> None:
        self.key = key
        self.decides = decides
        self.canonical = canonical
        self.rows: list[tuple[Contribution, Identity]] = []
        self.notes: list[Contribution] = []

    def add(self, row: Contribution, identity: Identity) -> None:
        self.rows.append((row, identity))

    def merged(self, previous: Model | None, default_rank: DefaultRank) -> Model:
        """Return the one Model of these rows and of what was stored."""
        if self.canonical is not None and previous is None and not self.rows and not self.notes:
            return self.canonical.copy()
        if previous is not None and not self.decides:
            return self._with_scores(previous.copy(), [previous])
        told = decompose(self.canonical) if self.canonical else []
        stored = decompose(previous) if previous else []
        claims = told + _one_word_each(
            [claims_of_row(row.model, identity, row.source, row.date) for row, identity in self.rows]
        )
        _keep_dates(claims, stored)
        model = merge_model(
            self.key,
            [*_not_said_anew(stored, claims), *claims],
            default_rank,
            lab=self._lab(previous),
            users=users_facts(previous) if previous else None,
            before=_default_of(previous or self.canonical),
        )
        _add_identity(model, self.rows)
        known = [each for each in (previous, self.canonical) if each]
        _add_notes(model, [row.model for row, _ in self.rows], known)
        return self._with_scores(model, known)

    def _with_scores(self, model: Model, known: list[Model]) -> Model:
        """Return a model with all scores that are known and said of it."""
        said = [*(row for row, _ in self.rows), *self.notes]
        model.benchmarks = gathered_scores(
            ((row.source, row.date, row.model.benchmarks) for row in said if row.model.benchmarks),
            [each.benchmarks for each in known],
        )
        return model

    def _lab(self, previous: Model | None) -> str | None:
        known = [identity.lab for _, identity in self.rows]
        known += [each.lab for each in (self.canonical, previous) if each]
        return next(filter(None, known), None)


def merge_model(
    id: str,
    claims: Iterable[OfferClaims],
    default_rank: DefaultRank,
    lab: str | None = None,
    users: Mapping[str, Statement] | None = None,
    before: tuple[str, str] | None = None,
) -> Model:
    """Return one Model out of the claims about each of its offers; the order of the claims is nothing.

    `users` is what the user wrote about the model itself: it stands, and what it overrules is kept as a conflict.
    `before` is provider and wire id of the offer that came first until now: it stays first among equals.
    """
    wanted = dict(users or {})
    offers = _distinct(claims)
    order = _by_suitability(offers, default_rank, lab, wanted.pop("provider", None), before)
    for offer in offers.values():
        offer.settle()
    views = {
        key: {path: decide(said, offers[key].provider) for path, said in offers[key].facts.items()} for key in order
    }
    believed = _overruled(_model_facts(offers, views, order), wanted)
    model = Model(id, offers[order[0]].provider, lab=lab)
    model.is_local = any(offer.marks.get("is_local") for offer in offers.values())
    verdicts = dict(believed)
    _set_facts(model, believed)
    for key in (order[0], *sorted(order[1:])):
        model.connector_metadata[key], differing = _offer_record(offers[key], views[key], believed, key == order[0])
        verdicts |= {f"connector_metadata.{key}.{path}": verdict for path, verdict in differing.items()}
    _set_provenance(model, verdicts, users or {})
    return model


def _set_provenance(model: Model, verdicts: Mapping[str, Verdict], users: Mapping[str, Statement]) -> None:
    labels = {path: " ".join(verdict.labels) for path, verdict in verdicts.items()}
    labels |= {name: users[name].label for name in IDENTITY_FIELDS if name in users}
    model.provenance = collapse(labels)
    model.conflicts = {path: dict(verdict.dissent) for path, verdict in sorted(verdicts.items()) if verdict.dissent}


def _overruled(believed: Mapping[str, Verdict], users: Mapping[str, Statement]) -> dict[str, Verdict]:
    """Return what is believed when the user's word stands before every source's."""
    facts = dict(believed)
    for path, said in users.items():
        beaten = facts.get(path)
        dissent = {} if beaten is None else {**dict.fromkeys(beaten.labels, beaten.value), **beaten.dissent}
        facts[path] = Verdict(said.value, [said.label], {k: v for k, v in dissent.items() if v != said.value})
    return facts


def _distinct(claims: Iterable[OfferClaims]) -> dict[str, OfferClaims]:
    """Return the claims joined by provider and wire id, under offer keys that are each used once."""
    joined: dict[tuple[str, str], OfferClaims] = {}
    for each in claims:
        found = joined.get((each.provider, each.id))
        if found is None:
            facts = {path: list(said) for path, said in each.facts.items()}
            kept = dict(each.kept)
            joined[each.provider, each.id] = OfferClaims(
                each.provider, each.id, each.key, facts, dict(each.marks), kept
            )
            continue
        found.key = min(found.key, each.key, key=lambda key: (len(key), key))
        found.marks = each.marks | found.marks
        found.kept = each.kept | found.kept
        for path, said in each.facts.items():
            found.facts.setdefault(path, []).extend(said)
    keyed: dict[str, OfferClaims] = {}
    for each in sorted(
        joined.values(), key=lambda each: (each.key, bool(each.marks.get("gone")), len(each.id), each.id)
    ):
        keyed[each.key if each.key not in keyed else f"{each.provider}:{each.id}"] = each
    return keyed


def _by_suitability(
    offers: Mapping[str, OfferClaims],
    default_rank: DefaultRank,
    lab: str | None,
    users: Statement | None,
    before: tuple[str, str] | None,
) -> list[str]:
    """Return the offers' keys, default server first: the user's choice, the lab's API, local, hosts, resellers."""

    def rank(key: str) -> tuple[Any, ...]:
        offer = offers[key]
        chosen = users is not None and users.value == offer.provider
        gone = bool(offer.marks.get("gone"))
        leaving = "retired" in offer.facts or "deprecated" in offer.facts or "status" in offer.facts
        suits = default_rank(offer.provider, lab)
        moved = (offer.provider, offer.id) != before
        return not chosen, gone, suits, leaving, ":" in key, moved, -len(offer.facts), offer.provider, len(key), key

    return sorted(offers, key=rank)


def _model_facts(
    offers: Mapping[str, OfferClaims], views: Mapping[str, Mapping[str, Verdict]], order: list[str]
) -> dict[str, Verdict]:
    """Return what is believed of the model itself: the default server's facts, then what others say of the weights."""
    facts = {path: verdict for path, verdict in views[order[0]].items() if path.partition(".")[0] in _SERVED}
    lent: dict[str, tuple[tuple[bool, int], Verdict]] = {}
    for key in order[1:]:
        for path, verdict in views[key].items():
            if path in facts or not _lendable(path, verdict.value):
                continue
            rank = "gone" in offers[key].marks, trust_rank(verdict.best, offers[key].provider)
            if path not in lent or rank < lent[path][0]:
                lent[path] = rank, verdict
    return facts | {path: verdict for path, (_, verdict) in lent.items()}


def _lendable(path: str, value: Any) -> bool:
    """Whether a fact of another server's offer says something of the weights: no price, no cap on answers, no "no"."""
    name = path.partition(".")[0]
    return name in _SERVED and name not in OFFER_BOUND and not (name == "capabilities" and value is False)


def _set_facts(model: Model, believed: Mapping[str, Verdict]) -> None:
    for path, verdict in sorted(believed.items()):
        name, _, part = path.partition(".")
        if name in DICT_FIELDS:
            getattr(model, name)[part] = verdict.value
        else:
            setattr(model, name, deep_copy(verdict.value))


def _offer_record(
    offer: OfferClaims, view: Mapping[str, Verdict], believed: Mapping[str, Verdict], default: bool
) -> tuple[dict[str, Any], dict[str, Verdict]]:
    """Return the offer as it is stored, and the verdicts about what differs there."""
    record: dict[str, Any] = {"id": offer.id, **offer.marks}
    differing = {}
    for path, verdict in sorted(view.items()):
        name, _, part = path.partition(".")
        shared = path in believed and _says_no_more(verdict, believed[path]) and name not in OFFER_BOUND
        if shared or (default and name in _SERVED):
            continue
        differing[path] = verdict
        if name in DICT_FIELDS:
            record.setdefault(name, {})[part] = verdict.value
        else:
            record[path] = deep_copy(verdict.value)
    return record, differing


def _says_no_more(verdict: Verdict, believed: Verdict) -> bool:
    """Whether a verdict about an offer is that about the model: a dissent from it alone has to be remembered there."""
    return verdict.value == believed.value and (not verdict.dissent or verdict.dissent == believed.dissent)


def _one_word_each(claims: list[OfferClaims]) -> list[OfferClaims]:
    """Let a source that lists one offer in two rows say each fact once, whatever the order of the rows."""
    said: set[tuple[str, str, str, str]] = set()
    for each in sorted(claims, key=lambda each: repr(sorted(each.facts.items()))):
        for path, (statement,) in list(each.facts.items()):
            word = each.provider, each.id, path, statement.source
            if word in said:
                del each.facts[path]
            said.add(word)
    return claims


def _not_said_anew(stored: Iterable[OfferClaims], claims: Iterable[OfferClaims]) -> list[OfferClaims]:
    """Return the stored claims without those of sources that speak of the same offer again."""
    speaking: dict[tuple[str, str], set[str]] = {}
    for each in claims:
        speaking.setdefault((each.provider, each.id), set()).update(each.sources)
    return [each.without(speaking.get((each.provider, each.id), ())) for each in stored]


def _keep_dates(claims: Iterable[OfferClaims], stored: Iterable[OfferClaims]) -> None:
    """Let a fact that its source said before keep the day on which it first did."""
    since: dict[tuple[str, ...], list[Statement]] = {}
    for offer in stored:
        for path, statements in offer.facts.items():
            for each in statements:
                since.setdefault(_word(offer, path, each), []).append(each)
    for offer in claims:
        for path, statements in offer.facts.items():
            for number, new in enumerate(statements):
                dates = [old.date for old in since.get(_word(offer, path, new), ()) if old.value == new.value]
                if dates:
                    statements[number] = new._replace(date=min(dates))


def _word(offer: OfferClaims, path: str, said: Statement) -> tuple[str, ...]:
    """Return what makes two statements the same one: a price that is said of two offers is said twice."""
    bound = path.partition(".")[0] in OFFER_BOUND
    return (said.source, path, offer.provider, offer.id) if bound else (said.source, path)


def _add_identity(model: Model, rows: Iterable[tuple[Contribution, Identity]]) -> None:
    """Set which snapshot of which model this is, unless the user did."""
    for _, identity in rows:
        if identity.lab and identity.snapshot and identity.canonical != model.id:
            model.version = model.version or identity.snapshot_date or identity.snapshot
            model.base = model.base or identity.canonical


def _add_notes(model: Model, rows: Iterable[Model], stored: Iterable[Model]) -> None:
    """Add what is gathered and not decided, aliases, tags and custom metadata: the user's before everybody's."""
    aliases: dict[str, None] = {}
    for known in stored:
        aliases |= dict.fromkeys(known.aliases)
        model.version = model.version or known.version
        model.base = model.base or known.base
    rows = sorted(rows, key=lambda row: (row.provider, row.id))
    aliases |= dict.fromkeys(sorted({alias for row in rows for alias in row.aliases}))
    model.aliases = [alias for alias in aliases if alias != model.id]
    for known in (*stored, *rows):
        model.tags |= known.tags
        model.custom_metadata = deep_copy(known.custom_metadata) | model.custom_metadata


def _default_of(model: Model | None) -> tuple[str, str] | None:
    """Return provider and wire id of the offer whose facts are the model's own."""
    offers = model.offers.values() if model else ()
    return next(((offer.provider, offer.id) for offer in offers if offer.is_default), None)


def _any_rank(provider: str, lab: str | None) -> int:
    """Rank a lab's own API before everything else."""
    return 0 if provider == lab else 1
