"""What the catalogue must hold, and the report on where its sources disagree."""

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ai_models._core.contracts import Listing
from ai_models._core.model import Model
from ai_models._core.pricing import PRICE_LIMIT_PER_MTOK, per_mtok
from ai_models.providers import providers

LEAST = {"providers": 60, "models": 2_000, "offers": 5_000}
LARGEST_GZIP = 1_500_000
LARGEST = 6_000_000


def problems(models: Mapping[str, Model], text: str) -> list[str]:
    """Return what is wrong with a catalogue; nothing if it may be shipped."""
    found = [problem for model in models.values() for problem in _problems_of(model)]
    found += _alike(models)
    for what, count in counts(models).items():
        if count < LEAST.get(what, 0):
            found.append(f"{count} {what}, fewer than {LEAST[what]}")
    if len(text.encode()) > LARGEST or _compressed(text) > LARGEST_GZIP:
        found.append(f"{len(text.encode())} bytes, {_compressed(text)} compressed: too large")
    return found


def counts(models: Mapping[str, Model]) -> dict[str, int]:
    """Return how many models, offers and providers there are, and how many offers have which facts."""
    offers = [offer for model in models.values() for offer in model.offers.values()]
    served = [offer.as_model() for offer in offers]
    return {
        "providers": len({offer.provider for offer in offers}),
        "labs": len({model.lab for model in models.values() if model.lab}),
        "models": len(models),
        "snapshots": sum(1 for model in models.values() if model.base),
        "offers": len(offers),
        "offers with a price": sum(1 for each in served if each.pricing.known),
        "offers with price tiers": sum(1 for each in served if each.price_tiers),
        "offers with a window or an input limit": sum(
            1 for each in served if each.context_size or each.max_input_tokens
        ),
        "offers with an output limit": sum(1 for each in served if each.max_output_tokens),
        "models with capabilities": sum(1 for each in models.values() if each.capabilities),
        "models with a release date": sum(1 for each in models.values() if each.released),
        "models with a knowledge cutoff": sum(1 for each in models.values() if each.knowledge_cutoff),
        "offers with a retirement date": sum(1 for each in served if each.retired),
        "conflicting facts": sum(len(model.conflicts) for model in models.values()),
    }


def _problems_of(model: Model) -> Iterator[str]:
    again = Model.from_dict(json.loads(json.dumps(model.to_dict())))
    if again != model:
        yield f"{model.id}: not the same after writing and reading"
    if not model.provenance:
        yield f"{model.id}: nobody states it"
    for key, offer in model.offers.items():
        if offer.provider not in providers:
            yield f"{model.id}: the provider of {key} is not in the table"
        if not offer.facts.get("id"):
            yield f"{model.id}: the offer {key} has no id"
        for part, cost in _token_prices(offer.as_model()):
            if per_mtok(cost) > PRICE_LIMIT_PER_MTOK:
                yield f"{model.id}: {key} asks {per_mtok(cost)} USD per million tokens for {part}"


def _token_prices(model: Model) -> Iterator[tuple[str, float]]:
    yield from model.cost_per_token.items()
    for tier in model.price_tiers:
        yield from tier["cost_per_token"].items()


def _alike(models: Mapping[str, Model]) -> list[str]:
    """Return ids of labs' models that differ only in separators or case: most likely one model twice."""
    plain = defaultdict(list)
    for id in (id for id, model in models.items() if model.lab):
        plain[re.sub(r"[-._ :]", "", id.lower())].append(id)
    return [f"{' and '.join(ids)} differ only in separators" for ids in plain.values() if len(ids) > 1]


def report(
    models: Mapping[str, Model],
    packages: list[dict[str, Any]],
    listings: Mapping[str, list[Listing]],
    text: str,
) -> str:
    """Return the discrepancy report, as Markdown."""
    lines = ["# The embedded catalogue: what it holds, and where its sources disagree", ""]
    lines += ["Written by `tools/build_catalogue.py`.", "", "| | |", "| --- | ---: |"]
    lines += [f"| {what} | {count:,} |" for what, count in counts(models).items()]
    lines += [f"| bytes | {len(text.encode()):,} |", f"| bytes compressed | {_compressed(text):,} |"]
    lines += [
        "",
        "## Sources",
        "",
        "| package | version | published | rows taken | rows left out |",
        "| --- | --- | --- | ---: | ---: |",
    ]
    for package in packages:
        parts = listings[package["name"]]
        taken, left = sum(len(part.models) for part in parts), sum(len(part.skipped) for part in parts)
        lines.append(f"| {package['name']} | {package['version']} | {package['date']} | {taken:,} | {left:,} |")
    lines += ["", "Rows left out, by reason:", ""]
    reasons = Counter(row.reason for parts in listings.values() for part in parts for row in part.skipped)
    lines += [
        f"- {count:,} × {reason}" for reason, count in sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    ]
    return "\n".join([*lines, *_conflicts(models), ""])


def _conflicts(models: Mapping[str, Model]) -> Iterator[str]:
    fields: Counter[str] = Counter()
    for model in models.values():
        fields.update(_field(path) for path in model.conflicts)
    yield from ("", "## Facts on which sources disagree, by field", "", "| field | facts |", "| --- | ---: |")
    yield from (
        f"| {name} | {count:,} |" for name, count in sorted(fields.items(), key=lambda each: (-each[1], each[0]))
    )
    yield from ("", "## The largest price disagreements", "", "| model | fact | believed | others say | factor |")
    yield "| --- | --- | ---: | --- | ---: |"
    for factor, id, path, value, dissent in _price_conflicts(models)[:60]:
        others = ", ".join(f"{label} {per_mtok(each)}" for label, each in sorted(dissent.items()))
        yield f"| {id} | {path} | {per_mtok(value)} | {others} | {factor:.1f} |"
    yield from ("", "Prices are USD per million tokens; a factor of inf is a zero against a price.")


def _price_conflicts(models: Mapping[str, Model]) -> list[tuple[float, str, str, float, dict[str, float]]]:
    found = []
    for id, model in models.items():
        for path, dissent in model.conflicts.items():
            if _field(path) != "cost_per_token":
                continue
            value = _at(model, path)
            factors = [
                max(value, each) / min(value, each) if min(value, each) else float("inf") for each in dissent.values()
            ]
            found.append((max(factors), id, path, value, dissent))
    return sorted(found, key=lambda each: (-each[0], each[1], each[2]))


def _field(path: str) -> str:
    if path.startswith("connector_metadata."):
        for name in ("cost_per_token", "cost_per_unit", "capabilities"):
            if f".{name}." in path:
                return name
        return path.rpartition(".")[2]
    return path.partition(".")[0]


def _at(model: Model, path: str) -> Any:
    if path.startswith("connector_metadata."):
        key, _, part = path.removeprefix("connector_metadata.").partition(".cost_per_token.")
        return model.connector_metadata[key]["cost_per_token"][part]
    return model.cost_per_token[path.partition(".")[2]]


def _compressed(text: str) -> int:
    return len(gzip.compress(text.encode(), 9, mtime=0))
