"""What the answers of sources do to a registry: nothing is lost, what vanished is marked, what the user wrote stays."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ai_models._core.contracts import Listing, ModelSource
from ai_models._core.merge import Contribution, merge_all, registry_key
from ai_models._core.model import FIELDS, PRICE_FIELDS, Model
from ai_models._core.record import to_record
from ai_models._core.registry import ModelRegistry
from ai_models._core.store import Totals, sum_of
from ai_models._core.trust import USER
from ai_models.changes import Change, compare, utc_now
from ai_models.discovery import Answer, DiscoveryReport, SourceRow
from ai_models.errors import SourceAuthError
from ai_models.last_answers import DOUBTED, REFUSED, LastAnswer
from ai_models.providers import default_rank

SHRINK_LIMIT = 0.5
"""An answer with fewer than this share of the models that its provider listed before is not believed."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """One offer that its provider itself was seen to list, and didn't withdraw."""

    model_id: str
    offer_key: str
    wire_id: str


class Reconciliation:
    """One run: checks answers against a registry, merges them, and writes what is different, once."""

    def __init__(
        self, registry: ModelRegistry, sources: Mapping[str, ModelSource], *, accept_shrunken: bool = False
    ) -> None:
        self.registry = registry
        self.sources = sources
        self.accept_shrunken = accept_shrunken
        self.today = date.today().isoformat()
        self.stored: dict[str, Model] = {}
        """The models that the answers may be about, as they are in the registry."""
        self._holders: dict[tuple[str, str], str] = {}
        self._listed: dict[str, list[_Listed]] = {}
        self._marked: dict[str, Model] = {}

    def _look_up(self, answers: Mapping[str, Answer]) -> None:
        """Read of the registry what the answers may be about, and no more."""
        given = {name: each.listing.models for name, each in answers.items() if each.listing is not None}
        rows = [model for name, models in given.items() if not self.sources[name].merged for model in models]
        whole = [model.id for name, models in given.items() if self.sources[name].merged for model in models]
        self._holders = self.registry.holders((model.provider, model.id) for model in rows)
        self.stored = self.registry.several([*self._holders.values(), *map(registry_key, rows), *whole])
        own = {provider for name in given if (provider := self.sources[name].provider)}
        for model in self.registry.served_by(*own):
            self.stored.setdefault(model.id, model)
            for key, offer in model.offers.items():
                if offer.provider in own and "listed" in offer.facts and offer.gone is None:
                    self._listed.setdefault(offer.provider, []).append(_Listed(model.id, key, offer.id))

    def apply(self, answers: Mapping[str, Answer], *, dry_run: bool = False) -> tuple[DiscoveryReport, list[Model]]:
        """Merge answers into the registry; return the report and the models that the answers speak of.

        With `dry_run` the report says what would change, and nothing is written.
        """
        self._look_up(answers)
        rows: list[Contribution] = []
        notes: list[Contribution] = []
        merged: dict[str, Model] = {}
        for name, answer in answers.items():
            if answer.listing is None or not self._believable(name, answer.row, answer.listing):
                continue
            if self.sources[name].merged:
                merged |= {model.id: model for model in answer.listing.models}
            elif self.sources[name].annotates:
                notes += self._notes(name, answer.listing)
            else:
                rows += self._contributions(name, answer.listing)
                self._mark_gone(name, answer.listing)
        notes = self._of_known(notes, {*(row.key for row in rows), *merged}, answers)
        results, removed = self._merge(rows, merged, notes)
        when = utc_now()
        changes = [change for model in results.values() for change in compare(self.stored.get(model.id), model, when)]
        changes += [Change(when, "removed", id) for id in removed]
        report = self._report(answers, rows, merged, changes, results, removed)
        report.dry_run = dry_run
        if not dry_run and (results or removed):
            self.registry.write(results.values(), removed=removed)
        spoken_of = dict.fromkeys([*(row.key or "" for row in rows), *merged])
        return report, [found for id in spoken_of if (found := results.get(id) or self.stored.get(id))]

    def _believable(self, name: str, row: SourceRow, listing: Listing) -> bool:
        """Describe an answer in its row, and refuse it if it is empty or shrunken by more than half."""
        found, known = len(listing.models), len(self._listed.get(self.sources[name].provider or "", ()))
        row.models, row.origin, row.note = found, listing.origin, listing.note
        row.offers = sum(max(1, len(model.connector_metadata)) for model in listing.models)
        if self.sources[name].annotates:
            row.offers = 0
        row.skipped_rows = [f"row {skipped.row}: {skipped.reason}" for skipped in listing.skipped]
        if self.accept_shrunken or found >= known * SHRINK_LIMIT:
            return True
        row.status = "failed"
        what = f"only {found} models" if found else "an empty answer"
        row.reason = (
            f"{what} where {known} were known; nothing was changed."
            f" If that is right: ai-models discover {name} --accept-shrunken"
        )
        return False

    def _contributions(self, name: str, listing: Listing) -> Iterator[Contribution]:
        provider = self.sources[name].provider
        for model in listing.models:
            if model.provider == provider:
                model.connector_metadata.setdefault(model.provider, {}).setdefault("listed", self.today)
            yield Contribution(self._label(name), listing.date or self.today, model, self._key_of(model))

    def _label(self, name: str) -> str:
        return self.sources[name].label or name

    def _notes(self, name: str, listing: Listing) -> Iterator[Contribution]:
        """Yield what a source adds to models, each under the id of the one that it is about."""
        for model in listing.models:
            key = self._holders.get((model.provider, model.id)) or registry_key(model)
            yield Contribution(self._label(name), listing.date or self.today, model, key)

    def _of_known(
        self, notes: Iterable[Contribution], spoken: Iterable[str | None], answers: Mapping[str, Answer]
    ) -> list[Contribution]:
        """Return the notes about models that are stored or come now, and count the others in their source's row."""
        known: list[Contribution] = []
        here = {*self.stored, *spoken}
        counts: dict[str, list[int]] = {}
        for note in notes:
            count = counts.setdefault(note.source, [0, 0])
            count[1] += len(note.model.benchmarks)
            if note.key in here:
                known.append(note)
            else:
                count[0] += len(note.model.benchmarks)
        for name, answer in answers.items():
            lost, all_of_it = counts.get(self._label(name), (0, 0)) if self.sources[name].annotates else (0, 0)
            if lost:
                text = f"{lost:,} of {all_of_it:,} scores are of models that are not in the registry"
                answer.row.note = "; ".join(filter(None, [answer.row.note, text]))
        return known

    def _key_of(self, row: Model) -> str:
        """Return the id of the model that a row is about: the one the user keeps it under, else the identified one."""
        key = registry_key(row)
        holder = self._holders.get((row.provider, row.id))
        if holder is None:
            return key
        if holder != key and not _cared_for(self._mark(holder)):
            self._take_offer(holder, row)
            return key
        for offer_key, offer in self.stored[holder].offers.items():
            if (offer.provider, offer.id) == (row.provider, row.id) and offer.gone:
                self._mark(holder).connector_metadata[offer_key].pop("gone")
        return holder

    def _mark(self, id: str) -> Model:
        """Return the copy of a stored model on which this run notes what was seen of its offers."""
        if id not in self._marked:
            self._marked[id] = self.stored[id].copy()
        return self._marked[id]

    def _take_offer(self, holder: str, row: Model) -> None:
        """Take an offer that turned out to be another model's away, and with it what was known through it."""
        model = self._mark(holder)
        for key, offer in self.stored[holder].offers.items():
            if (offer.provider, offer.id) != (row.provider, row.id):
                continue
            model.connector_metadata.pop(key, None)
            if offer.is_default:
                rest = model.connector_metadata
                provider = next(iter(rest), offer.provider).partition(":")[0]
                self._marked[holder] = Model(holder, provider, connector_metadata=rest, lab=model.lab)

    def _mark_gone(self, name: str, listing: Listing) -> None:
        """Mark what the provider listed before and lists no more; only a fresh answer can tell."""
        provider = self.sources[name].provider
        if provider is None or listing.origin in ("stale", "cache"):
            return
        now = {model.id for model in listing.models if model.provider == provider}
        for each in self._listed.get(provider, ()):
            if each.wire_id not in now:
                self._mark(each.model_id).connector_metadata[each.offer_key]["gone"] = self.today

    def _merge(
        self, rows: list[Contribution], merged: Mapping[str, Model], notes: list[Contribution]
    ) -> tuple[dict[str, Model], list[str]]:
        """Return the models that are different now, and the ids that are no more (all their offers moved)."""
        spoken = {row.key for row in rows}
        marked = {id: model for id, model in self._marked.items() if model != self.stored[id]}
        removed = [id for id, model in marked.items() if not model.connector_metadata and id not in {*spoken, *merged}]
        notes = [note for note in notes if note.key not in set(removed)]
        noted = {note.key for note in notes}
        again = marked.keys() - set(removed)
        news = {id: model for id, model in merged.items() if id in spoken or id in again or self._says_more(model)}
        previous = {id: model for id, model in (self.stored | marked).items() if id in {*spoken, *again, *news, *noted}}
        results = merge_all(rows, previous, merged=news, again=again, notes=notes, default_rank=default_rank)
        return {id: model for id, model in results.items() if model != self.stored.get(id)}, removed

    def _says_more(self, model: Model) -> bool:
        """Return whether a model of the catalogue says anything that isn't stored already."""
        stored = self.stored.get(model.id)
        if stored is None or any(getattr(stored, name) != getattr(model, name) for name in _FACTS):
            return True
        return any(score not in stored.benchmarks for score in model.benchmarks)

    def _report(
        self,
        answers: Mapping[str, Answer],
        rows: Iterable[Contribution],
        merged: Mapping[str, Model],
        changes: list[Change],
        results: Mapping[str, Model],
        removed: Iterable[str],
    ) -> DiscoveryReport:
        report = DiscoveryReport([answer.row for answer in answers.values()], changes)
        by_source = {self._label(row.source): row for row in report.rows}
        for each in rows:
            by_source[each.source].new += (each.model.provider, each.model.id) not in self._holders
        for row in report.rows:
            if row.ok and self.sources[row.source].merged:
                row.new = sum(id not in self.stored for id in merged)
        _count(changes, by_source, {label: self.sources[row.source].merged for label, row in by_source.items()})
        report.models, report.offers, report.conflicts = self._totals(results, removed)
        return report

    def _totals(self, results: Mapping[str, Model], removed: Iterable[str]) -> Totals:
        """Return how much is in the registry when the results are."""
        old = sum_of(to_record(self.stored[id]) for id in {*results, *removed} if id in self.stored)
        new = sum_of(map(to_record, results.values()))
        before = self.registry.totals()
        return Totals(*(had - less + more for had, less, more in zip(before, old, new, strict=True)))


def _count(changes: Iterable[Change], rows: Mapping[str, SourceRow], merged: Mapping[str, bool]) -> None:
    """Count changes in the row of the source that brought them; the catalogue brings what no other row does."""
    catalogue = next((rows[name] for name, is_merged in merged.items() if is_merged), None)
    changed: dict[str, set[str]] = {}
    repriced: dict[str, set[str]] = {}
    for change in changes:
        row = rows.get(change.source or "") or catalogue
        if row is None:
            continue
        if change.kind == "gone":
            row.gone += 1
        elif change.kind == "returned":
            row.returned += 1
        elif change.kind == "changed":
            changed.setdefault(row.source, set()).add(change.id)
            if any(name in (change.path or "") for name in PRICE_FIELDS):
                repriced.setdefault(row.source, set()).add(change.id)
    for name, row in rows.items():
        row.changed, row.repriced = len(changed.get(name, ())), len(repriced.get(name, ()))
        if row.status == "found" and not (row.new or row.changed or row.gone or row.returned):
            row.status = "unchanged"


def _cared_for(model: Model) -> bool:
    """Return whether the user put anything of their own into a model."""
    written = not model.provenance or any(label.startswith(USER) for label in model.provenance.values())
    scored = any(score.get("source", USER) == USER for score in model.benchmarks)
    return bool(written or scored or model.tags or model.custom_metadata)


def what_became_of(
    sources: Mapping[str, ModelSource], answers: Mapping[str, Answer], known: Mapping[str, LastAnswer]
) -> list[LastAnswer]:
    """Return what is to be remembered of the sources that were really asked; `known` is what is remembered already.

    A source that looks for whichever servers run here speaks of each of them: one that it found before and doesn't
    find now is down.
    """
    when = utc_now()
    found: dict[str, LastAnswer] = {}
    for name, answer in answers.items():
        if answer.dialled:
            found[name] = _last_answer(sources[name], answer, when)
            if sources[name].is_local and sources[name].provider is None:
                found |= _servers_found(name, answer, known, when)
    return list(found.values())


def _last_answer(source: ModelSource, answer: Answer, when: str) -> LastAnswer:
    """Return what became of one source; a server that was silent is not the answer that served instead."""
    status, reason = answer.row.status, answer.row.reason
    if answer.listing is not None and answer.listing.origin == "stale":
        status, reason = "failed", answer.row.note
    elif answer.listing is not None and not answer.row.ok:
        status = DOUBTED
    elif isinstance(answer.error, SourceAuthError):
        status = REFUSED
    key = getattr(source, "key", None)  # of those that ask with one
    fingerprint = getattr(key, "fingerprint", None)
    return LastAnswer(answer.row.source, when, status, source.provider, reason, fingerprint)


def _servers_found(name: str, answer: Answer, known: Mapping[str, LastAnswer], when: str) -> dict[str, LastAnswer]:
    listed = {model.provider for model in answer.listing.models} if answer.listing else set()
    before = {each.provider for source, each in known.items() if source.startswith(f"{name}/") and each.provider}
    up = {provider: LastAnswer(f"{name}/{provider}", when, "found", provider) for provider in listed}
    reason = f"not found by `ai-models discover {name}`"
    down = {
        provider: LastAnswer(f"{name}/{provider}", when, "failed", provider, reason) for provider in before - listed
    }
    return {each.source: each for each in (up | down).values()}


_FACTS = [name for name in FIELDS if name not in ("tags", "custom_metadata", "aliases", "benchmarks")]
