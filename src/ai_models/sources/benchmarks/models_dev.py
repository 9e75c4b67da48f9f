"""The scores that models.dev's list of base models carries (MIT), each with the page that it is taken from.

Those taken from pages whose data isn't open (Artificial Analysis, and OpenRouter's pages, which show it) are left out.
"""

import re
from collections.abc import Mapping
from typing import Any

from ai_models._core.contracts import Listing
from ai_models._core.identity import identify
from ai_models.cache import DiscoveryCache
from ai_models.errors import SourceFormatError
from ai_models.providers import provider_id
from ai_models.sources.benchmarks.tables import ScoreRow, ScoreSource, number, parse_scores, score, slug
from ai_models.sources.catalogues.package_data import expect_mapping
from ai_models.sources.facts import date_text, rows, text_or_none
from ai_models.sources.fetch import Fetcher
from ai_models.sources.parsed import Parsed
from ai_models.sources.rows import SkipRowError, row_id
from ai_models.transport import Transport

__all__ = ["ModelsDevScoresSource", "parse_models_dev_scores"]

SOURCE = "models.dev-scores"
URL = "https://models.dev/models.json"

_NOT_OPEN = re.compile(r"^https?://([\w-]+\.)*(artificialanalysis\.ai|openrouter\.ai)(/|$)")
_PERCENT = re.compile(r"percent|rate|resolved|pass@")


def parse_models_dev_scores(payload: Any) -> Parsed:
    """Return the scores of models.dev's base models.

    >>> stated = {"name": "Aider Polyglot", "score": 76.9, "metric": "percent correct"}
    >>> row = {"id": "openai/o3", "benchmarks": [stated]}
    >>> parse_models_dev_scores({"openai/o3": row}).models[0].benchmarks
    [{'benchmark': 'aider-polyglot', 'value': 76.9, 'unit': 'percent', 'metric': 'percent correct'}]
    """
    listed = expect_mapping(payload, "the base models", SOURCE)
    if listed and not any(isinstance(row, dict) and "id" in row for row in listed.values()):
        raise SourceFormatError("none of the base models has an id", source=SOURCE)
    return parse_scores(listed.values(), _row)


class ModelsDevScoresSource(ScoreSource):
    """The scores of models.dev's base models.

    >>> from ai_models.testing import FakeTransport
    >>> row = {"id": "openai/o3", "benchmarks": [{"name": "SciCode", "score": 41}]}
    >>> source = ModelsDevScoresSource(transport=FakeTransport({"https://models.dev/models.json": {"openai/o3": row}}))
    >>> [(model.provider, model.id, len(model.benchmarks)) for model in source.discover_models()]
    [('openai', 'o3', 1)]
    """

    name = SOURCE

    def __init__(
        self, url: str = URL, *, transport: Transport | None = None, cache: DiscoveryCache | None = None
    ) -> None:
        self.url = url
        self._transport = transport
        self._cache = cache

    def listing(self) -> Listing:
        """Ask for the list and return its scores."""
        fetcher = Fetcher(self.name, self.url, self._transport, cache=self._cache)
        return fetcher.listing(lambda exchange: parse_models_dev_scores(exchange.json(self.url)))


def _row(row: Mapping[str, Any]) -> ScoreRow:
    lab, slash, id = row_id(row, "id").partition("/")
    if not slash or not lab.strip() or not id.strip():
        raise SkipRowError("an id without a lab")
    found = [each for each in map(_score, rows(row.get("benchmarks"))) if each]
    if not found:
        raise SkipRowError("no score that is open")
    return provider_id(lab) or identify(lab, id).lab or lab, id.strip(), found


def _score(row: Mapping[str, Any]) -> dict[str, Any] | None:
    name, value, url = text_or_none(row.get("name")), number(row.get("score")), text_or_none(row.get("source"))
    if name is None or value is None or name.startswith("Artificial Analysis") or (url and _NOT_OPEN.match(url)):
        return None
    version, metric = text_or_none(row.get("version")), text_or_none(row.get("metric"))
    return score(
        slug(f"{name} {version}" if version else name),
        value,
        unit=_unit(metric),
        metric=metric,
        setting=", ".join(filter(None, (text_or_none(row.get(each)) for each in ("harness", "variant", "dataset")))),
        date=date_text(row.get("date")),
        url=url,
    )


def _unit(metric: str | None) -> str | None:
    if metric is None:
        return None
    return "percent" if _PERCENT.search(metric.lower()) else "index" if "index" in metric.lower() else None
