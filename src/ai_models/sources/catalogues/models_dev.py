"""models.dev's catalogue (MIT): prices, limits and capabilities of models at some hundred and fifty providers.

Prices are in USD per million tokens; a limit of 0 is unknown. What it lists of a provider that is not in the table of
providers is kept under that provider's own id there.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ai_models._core.contracts import Listing, ModelSource, SkippedRow
from ai_models._core.model import Model
from ai_models._core.pricing import per_token
from ai_models.cache import DiscoveryCache
from ai_models.providers import provider_id
from ai_models.sources.catalogues.package_data import expect_mapping
from ai_models.sources.facts import date_text, display_name, in_order, price, rows, text_or_none, texts
from ai_models.sources.fetch import Fetcher
from ai_models.sources.parsed import Parsed
from ai_models.sources.rows import SkipRowError, capabilities, count, mapping, parse_rows, row_id
from ai_models.transport import Transport

__all__ = ["ModelsDevSource", "parse_models_dev"]

SOURCE = "models.dev"
URL = "https://models.dev/api.json"

_PARTS = ("input", "output", "cache_read", "cache_write", "reasoning", "input_audio", "output_audio")
_FLAGS = {
    "tool_call": "tools",
    "reasoning": "reasoning",
    "attachment": "file_input",
    "temperature": "sampling",
    "structured_output": "structured_output",
}
_STATUSES = ("alpha", "beta", "deprecated")
_SERVICES = ("batch", "flex", "priority")
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}")


def parse_models_dev(payload: Any) -> Parsed:
    """Return the models of models.dev's catalogue, each under its provider's own id.

    >>> row = {"id": "gpt-4o", "limit": {"context": 128000, "output": 0}, "cost": {"input": 2.5}, "tool_call": True}
    >>> model = parse_models_dev({"openai": {"models": {"gpt-4o": row}}}).models[0]
    >>> model.context_size, model.max_output_tokens, model.pricing.input_per_mtok, model.supports("tools")
    (128000, None, Decimal('2.5'), True)
    """
    models: dict[tuple[str, str], Model] = {}
    skipped: list[SkippedRow] = []
    start = 0
    for name, provider in expect_mapping(payload, "the catalogue", SOURCE).items():
        listed = list(expect_mapping(mapping(provider).get("models"), f"the models of {name!r}", SOURCE).values())
        parsed = _parse_provider(str(name), listed)
        skipped += (SkippedRow(start + each.row, each.reason, each.id) for each in parsed.skipped)
        for model in parsed.models:
            if models.setdefault((model.provider, model.id), model) is not model:
                reason = "listed of the same provider under another name; the first counts"
                skipped.append(SkippedRow(start, reason, model.id))
        start += len(listed)
    return Parsed(list(models.values()), skipped)


class ModelsDevSource(ModelSource):
    """models.dev's catalogue, as it is today; asked when it is named, because the embedded catalogue serves else.

    >>> from ai_models.testing import FakeTransport
    >>> answer = {"groq": {"models": {"m": {"id": "m", "limit": {"context": 8192}}}}}
    >>> source = ModelsDevSource(transport=FakeTransport({"https://models.dev/api.json": answer}))
    >>> source.by_default, [(model.provider, model.id) for model in source.discover_models()]
    (False, [('groq', 'm')])
    """

    name = SOURCE
    by_default = False

    def __init__(
        self, url: str = URL, *, transport: Transport | None = None, cache: DiscoveryCache | None = None
    ) -> None:
        self.url = url
        self._transport = transport
        self._cache = cache

    def discover_models(self) -> list[Model]:
        """Ask for the catalogue and return its models."""
        return self.listing().models

    def listing(self) -> Listing:
        """Ask for the catalogue and return its models and the rows that are none."""
        fetcher = Fetcher(self.name, self.url, self._transport, cache=self._cache)
        return fetcher.listing(lambda exchange: parse_models_dev(exchange.json(self.url)))


def _parse_provider(name: str, listed: list[Any]) -> Parsed:
    provider = provider_id(name) or name
    if not _SLUG.fullmatch(provider):
        reason = f"the provider {name[:60]!r} has no id"
        return Parsed([], [SkippedRow(number, reason) for number in range(len(listed))])
    priced = any(_prices(mapping(row).get("cost"), 1) for row in listed)
    return parse_rows(listed, lambda row: _model(provider, row, priced))


def _model(provider: str, row: Mapping[str, Any], priced: bool) -> Model:
    """Return the model of a row; where a provider charges for nothing, it sells a subscription: no price is known."""
    if "limit" not in row and "modalities" not in row and "cost" not in row:
        raise SkipRowError("neither limits nor modalities nor prices: no model")
    limit, modalities = mapping(row.get("limit")), mapping(row.get("modalities"))
    status = row.get("status")
    return Model(
        row_id(row, "id"),
        provider,
        count(limit.get("context")),
        capabilities=_capabilities(row),
        cost_per_token=_prices(row.get("cost")) if priced else {},
        price_tiers=in_order(_tiers(row)) if priced else [],
        name=display_name(row.get("name")),
        family=text_or_none(row.get("family")),
        input_modalities=texts(modalities.get("input")),
        output_modalities=texts(modalities.get("output")),
        max_input_tokens=count(limit.get("input")),
        max_output_tokens=count(limit.get("output")),
        knowledge_cutoff=date_text(row.get("knowledge")),
        released=date_text(row.get("release_date")),
        open_weights=row["open_weights"] if isinstance(row.get("open_weights"), bool) else None,
        status=status if isinstance(status, str) and status in _STATUSES else None,
        connector_metadata={provider: facts} if (facts := _facts(row)) else {},
    )


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "updated": date_text(row.get("last_updated")),
        "reasoning_field": text_or_none(mapping(row.get("interleaved")).get("field")),
    }
    return {name: fact for name, fact in found.items() if fact}


def _capabilities(row: Mapping[str, Any]) -> dict[str, bool]:
    found = capabilities({ours: row.get(theirs) for theirs, ours in _FLAGS.items()})
    if any(option.get("type") == "effort" for option in rows(row.get("reasoning_options"))):
        found["reasoning_effort"] = True
    inputs = texts(mapping(row.get("modalities")).get("input"))
    if inputs:
        found["vision"] = "image" in inputs
    return found


def _prices(cost: Any, least: float = 0) -> dict[str, float]:
    """Return what a token costs; with a `least`, only what costs anything."""
    stated = ((part, price(mapping(cost).get(part))) for part in _PARTS)
    return {part: per_token(value) for part, value in stated if value is not None and (value > 0 or not least)}


def _tiers(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    cost = mapping(row.get("cost"))
    tiers = {
        size: prices
        for tier in rows(cost.get("tiers"))
        if mapping(tier.get("tier")).get("type") == "context"
        and (size := count(mapping(tier.get("tier")).get("size")))
        and (prices := _prices(tier))
    }
    legacy = _prices(cost.get("context_over_200k"))
    if legacy and not tiers:
        tiers[200_000] = legacy
    yield from ({"when": {"input_tokens_above": size}, "cost_per_token": prices} for size, prices in tiers.items())
    seen = set()
    for mode in mapping(mapping(row.get("experimental")).get("modes")).values():
        service = mapping(mapping(mapping(mode).get("provider")).get("body")).get("service_tier")
        prices = _prices(mapping(mode).get("cost"))
        if isinstance(service, str) and service in _SERVICES and service not in seen and prices:
            seen.add(service)
            yield {"when": {"service": service}, "cost_per_token": prices}
