"""genai-prices' data: prices over time, with tiers and service levels, for some fifty providers.

Its peculiarities, and what is made of them, are in `docs/decisions/catalogue-sources.md`.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ai_models._core.contracts import SkippedRow
from ai_models._core.model import Model
from ai_models._core.pricing import per_token
from ai_models.errors import SourceFormatError
from ai_models.providers import provider_id
from ai_models.sources.catalogues.package_data import DataSource, read_assignment, read_json, read_text
from ai_models.sources.facts import (
    date_text,
    display_name,
    in_order,
    known_count,
    price,
    rows,
    text_or_none,
    unsuspicious,
)
from ai_models.sources.parsed import Parsed
from ai_models.transport import Transport

SOURCE = "genai-prices"
URL = "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/data.json"

_ROUTER = "huggingface_"
PER_MTOK = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_reasoning_mtok": "reasoning",
    "input_audio_mtok": "input_audio",
    "output_audio_mtok": "output_audio",
    "cache_audio_read_mtok": "cache_read_audio",
    "input_image_mtok": "input_image",
    "output_image_mtok": "output_image",
    "cache_image_read_mtok": "cache_read_image",
    "input_video_mtok": "input_video",
    "output_video_mtok": "output_video",
    "output_citation_mtok": "citation",
}
UNITS = {
    "web_searches_kcount": ("search", 1000),
    "storage_searches_kcount": ("storage_search", 1000),
    "requests_kcount": ("request", 1000),
    "input_text_messages_kcount": ("message", 1000),
    "input_document_kpages": ("page", 1000),
    "input_annotated_document_kpages": ("annotated_page", 1000),
    "input_mchars": ("character", 1_000_000),
    "input_audio_hours": ("second", 3600),
}
SERVICES = {"processing": ("batch",), "service_tier": ("flex", "priority", "fast"), "speed": ("fast",)}
_DATED = re.compile(r"-(\d{8}|\d{4}|\d{2}-\d{4}|\d{4}-\d{2}-\d{2})")
_ROUTED = re.compile(r":(free|extended|beta|thinking|nitro|floor|online|batch)$")
_FOREIGN = {
    "aws": re.compile(r"^regional\."),
    "fireworks": re.compile(r"^[^/]*$"),
    "google": re.compile(r"^gemini-(flash|pro)-1\.5"),
    "openai": re.compile(r"^gpt-5[.\d]*-image|^gpt-oss|\.ft-"),
    "openai-decisions": re.compile(""),
    "openrouter": re.compile(r"^[^/]*$"),
}
"""Ids in a provider's list that its API doesn't take: groups of regions, OpenRouter's names, one endpoint's prices."""

Tier = dict[str, Any]
Prices = dict[str, float]


def parse_genai_prices(
    payload: Any, date: str | None = None, *, known: Mapping[str, Iterable[str]] | None = None
) -> Parsed:
    """Return the models of genai-prices' data with the prices valid on a day (ISO text; the last known if `None`).

    A row has one id and a rule for which ids it holds. `known` are ids to try the rules on, by
    provider: each gets the facts of the first row that takes it.

    >>> since = {"start_date": "2025-06-10"}
    >>> prices = [{"prices": {"input_mtok": 10}}, {"constraint": since, "prices": {"input_mtok": 2}}]
    >>> payload = [{"id": "openai", "models": [{"id": "o3", "match": {"equals": "o3"}, "prices": prices}]}]
    >>> parse_genai_prices(payload, "2025-05-01").models[0].pricing.input_per_mtok
    Decimal('10')
    """
    if not isinstance(payload, list):
        raise SourceFormatError(f"expected a list of providers, got {type(payload).__name__}", source=SOURCE)
    models: dict[tuple[str, str], Model] = {}
    skipped: list[SkippedRow] = []
    wanted = {provider: set(ids) for provider, ids in (known or {}).items()}
    for number, (listed_by, row) in enumerate(_rows(payload)):
        found = _parse_row(listed_by, row, date, wanted)
        if isinstance(found, str):
            skipped.append(SkippedRow(number, found, text_or_none(row.get("id")) if isinstance(row, Mapping) else None))
            continue
        for model in found:
            skipped += (SkippedRow(number, reason, model.id) for reason in unsuspicious(model))
            models.setdefault((model.provider, model.id), model)
            wanted.get(model.provider, set()).discard(model.id)
    return Parsed(list(models.values()), skipped)


class GenAIPricesSource(DataSource):
    """genai-prices' data: of the installed `genai-prices`, of its JSON file, or at a URL.

    `date` is the day (ISO text) on which the data was published, and whose prices count;
    `known` are further ids to try its rules on, by provider.

    >>> from ai_models.testing import FakeTransport
    >>> row = {"id": "o3", "match": {"equals": "o3"}, "prices": {"input_mtok": 2}}
    >>> source = GenAIPricesSource(URL, transport=FakeTransport({URL: [{"id": "openai", "models": [row]}]}))
    >>> [(model.id, model.cost_per_token) for model in source.discover_models()]
    [('o3', {'input': 2e-06})]
    """

    name = SOURCE
    package = "genai_prices"
    file = "data.py"

    def __init__(
        self,
        where: str | Path | None = None,
        *,
        date: str | None = None,
        known: Mapping[str, Iterable[str]] | None = None,
        transport: Transport | None = None,
    ) -> None:
        super().__init__(where, date=date, transport=transport)
        self.known = known

    def read(self, path: Path) -> Any:
        """Return the data of a file: JSON, or the package's own Python, which isn't run."""
        text = read_text(path, self.name)
        return read_assignment(text, "providers", self.name) if path.suffix == ".py" else read_json(text, self.name)

    def parse(self, payload: Any) -> Parsed:
        """Return the models of the data, and the rows that are none."""
        return parse_genai_prices(payload, self.date or dt.date.today().isoformat(), known=self.known)


def _rows(payload: list[Any]) -> Iterator[tuple[str, Any]]:
    for provider in payload:
        listed = provider.get("models") if isinstance(provider, Mapping) else None
        name = provider.get("id") if isinstance(provider, Mapping) else None
        if not isinstance(listed, list) or not isinstance(name, str):
            raise SourceFormatError("expected each provider to have an id and a list of models", source=SOURCE)
        yield from ((name, row) for row in listed)


def _parse_row(listed_by: str, row: Any, date: str | None, wanted: Mapping[str, set[str]]) -> list[Model] | str:
    """Return a Model for each wire id that the row is about, or the reason why there is none."""
    if not isinstance(row, Mapping) or not text_or_none(row.get("id")):
        return "no id"
    provider = _provider(listed_by, row["id"])
    if provider is None:
        return f"the provider {listed_by!r} is not in the providers table"
    ids = [id for id in _wire_ids(row["id"], row.get("match"), listed_by) if not _foreign(listed_by, id)]
    ids += sorted(id for id in wanted.get(provider, ()) if id not in ids and _matches(row.get("match"), id))
    return [_model(provider, _routed(listed_by, id), row, date) for id in ids] or "its id is none of the provider's API"


def _provider(listed_by: str, id: str) -> str | None:
    if listed_by == "google" and (id.startswith("claude") or id.endswith("-maas")):
        return "vertex"
    return provider_id("huggingface" if listed_by.startswith(_ROUTER) else listed_by)


def _foreign(listed_by: str, id: str) -> bool:
    pattern = _FOREIGN.get(listed_by)
    return bool(pattern and pattern.search(id)) or (listed_by != "openrouter" and bool(_ROUTED.search(id)))


def _wire_ids(id: str, match: Any, listed_by: str) -> Iterator[str]:
    """Yield the row's id if its own match takes it, else the ids that it names; and its dated releases."""
    named = list(dict.fromkeys(_named(match)))
    if not _matches(match, id):
        yield from named
        return
    yield id
    if listed_by != "openrouter":
        yield from (each for each in named if each.startswith(id) and _DATED.fullmatch(each.removeprefix(id)))


def _named(match: Any, depth: int = 0) -> Iterator[str]:
    if not isinstance(match, Mapping) or depth > 8:
        return
    if text_or_none(match.get("equals")):
        yield match["equals"]
    for each in rows(match.get("or")):
        yield from _named(each, depth + 1)


_CLAUSES: Mapping[str, Callable[[str, str], bool]] = {
    "equals": lambda id, text: id == text.lower(),
    "starts_with": lambda id, text: id.startswith(text.lower()),
    "ends_with": lambda id, text: id.endswith(text.lower()),
    "contains": lambda id, text: text.lower() in id,
    "regex": lambda id, text: bool(re.search(text, id, re.IGNORECASE)),
}


def _matches(match: Any, id: str, depth: int = 0) -> bool:
    """Whether a match clause takes an id, as genai-prices itself does it: case doesn't count."""
    if not isinstance(match, Mapping) or depth > 8:
        return False
    for name, joined in (("or", any), ("and", all)):
        if isinstance(match.get(name), list):
            return joined(_matches(each, id, depth + 1) for each in match[name])
    clause = next((name for name in _CLAUSES if isinstance(match.get(name), str)), None)
    try:
        return clause is not None and _CLAUSES[clause](id.lower(), match[clause])
    except re.error:
        return False


def _routed(listed_by: str, id: str) -> str:
    """Return the id that Hugging Face's router wants for a model at one of its hosts."""
    return f"{id}:{listed_by.removeprefix(_ROUTER)}" if listed_by.startswith(_ROUTER) else id


def _model(provider: str, id: str, row: Mapping[str, Any], date: str | None) -> Model:
    prices, tiers = _prices(row.get("prices"), date)
    per_token_prices, per_unit = dict(_token_prices(prices)), dict(_unit_prices(prices))
    if not prices and id.endswith(":free"):
        per_token_prices = {"input": 0.0, "output": 0.0}
    return Model(
        id,
        provider,
        context_size=known_count(row.get("context_window")),
        cost_per_token=per_token_prices,
        cost_per_unit=per_unit,
        price_tiers=in_order([*_long_context(prices, None), *tiers, *_variants(row.get("price_variants"), date)]),
        name=display_name(row.get("name")),
        status="deprecated" if row.get("deprecated") is True else None,
    )


def _prices(stated: Any, date: str | None) -> tuple[Mapping[str, Any], list[Tier]]:
    """Return the prices valid on a day, and the tiers of hours that have prices of their own."""
    if isinstance(stated, Mapping):
        return stated, []
    valid: Mapping[str, Any] = {}
    hours: list[Tier] = []
    for each in rows(stated):
        prices = each.get("prices")
        if not isinstance(prices, Mapping):
            continue
        constraint = each.get("constraint") or {}
        start, end = (
            constraint.get(name) if isinstance(constraint, Mapping) else None for name in ("start_time", "end_time")
        )
        if isinstance(start, str) and isinstance(end, str):
            hours.append(
                {"when": {"hours_utc": f"{start[:5]}-{end[:5]}"}, "cost_per_token": dict(_token_prices(prices))}
            )
        elif _in_force(constraint, date):
            valid, hours = prices, []
    return valid, [tier for tier in hours if tier["cost_per_token"]]


def _in_force(constraint: Any, date: str | None) -> bool:
    start = date_text(constraint.get("start_date")) if isinstance(constraint, Mapping) else None
    return start is None or date is None or start <= date


def _variants(stated: Any, date: str | None) -> Iterator[Tier]:
    """Yield the tiers of service levels, such as batch; variants of other kinds are left out."""
    chosen: dict[str, Mapping[str, Any]] = {}
    for each in rows(stated):
        service = _service(each.get("when"))
        if service and isinstance(each.get("prices"), Mapping) and _in_force(each.get("constraint"), date):
            chosen[service] = each["prices"]
    for service, prices in chosen.items():
        cost_per_token = dict(_token_prices(prices))
        if cost_per_token:
            yield {"when": {"service": service}, "cost_per_token": cost_per_token}
            yield from _long_context(prices, service)


def _service(when: Any) -> str | None:
    if not isinstance(when, Mapping) or len(when) != 1:
        return None
    name, value = next(iter(when.items()))
    return value if isinstance(value, str) and value in SERVICES.get(name, ()) else None


def _long_context(prices: Mapping[str, Any], service: str | None) -> Iterator[Tier]:
    """Yield the tiers for requests with more input tokens than a threshold."""
    tiers: dict[int, Prices] = {}
    for name, part in PER_MTOK.items():
        stated = prices.get(name)
        for each in rows(stated.get("tiers")) if isinstance(stated, Mapping) else ():
            start = known_count(each.get("start"))
            cost = price(each.get("price")) if start else None
            if start and cost is not None:
                tiers.setdefault(start, {})[part] = per_token(cost)
    for start, cost_per_token in sorted(tiers.items()):
        when = {"input_tokens_above": start} | ({"service": service} if service else {})
        yield {"when": when, "cost_per_token": cost_per_token}


def _token_prices(prices: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, part in PER_MTOK.items():
        stated = prices.get(name)
        cost = price(stated.get("base") if isinstance(stated, Mapping) else stated)
        if cost is not None:
            yield part, per_token(cost)


def _unit_prices(prices: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, (unit, count) in UNITS.items():
        cost = price(prices.get(name))
        if cost is not None:
            yield unit, float(f"{cost / count:.10g}")
