"""Aider's leaderboards of code editing (Apache-2.0): percent of exercises solved, and what a run cost.

A run's model is in its command. Where that is an alias that has moved since, the row's own name says which it was.
"""

import re
from collections.abc import Mapping
from datetime import date
from importlib import import_module
from typing import Any

from ai_models._core.contracts import Listing
from ai_models._core.identity import identify
from ai_models.cache import DiscoveryCache
from ai_models.errors import MissingDependencyError, SourceFormatError
from ai_models.sources.benchmarks.tables import ScoreRow, ScoreSource, expect_list, number, parse_scores, score
from ai_models.sources.exchange import Exchange
from ai_models.sources.facts import date_text, text_or_none
from ai_models.sources.fetch import Fetcher
from ai_models.sources.parsed import Parsed
from ai_models.sources.rows import SkipRowError, merge_pages
from ai_models.transport import Transport

__all__ = ["AiderLeaderboardSource", "parse_aider"]

SOURCE = "aider"
_FILES = "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data"
TABLES = {
    "aider-polyglot": f"{_FILES}/polyglot_leaderboard.yml",
    "aider-edit": f"{_FILES}/edit_leaderboard.yml",
    "aider-refactor": f"{_FILES}/refactor_leaderboard.yml",
}
"""Where each table is."""

_NAMED = {
    "Codestral 25.01": "codestral-2501",
    "DeepSeek Chat V2.5": "deepseek-v2.5",
    "DeepSeek Chat V3 (prev)": "deepseek-v3",
    "DeepSeek Coder V2 0724 (deprecated)": "deepseek-coder-v2-0724",
    "DeepSeek Coder V2 0724": "deepseek-coder-v2-0724",
    "DeepSeek R1 (0528)": "deepseek-r1-0528",
    "DeepSeek R1": "deepseek-r1",
    "DeepSeek V2.5": "deepseek-v2.5",
    "DeepSeek V3 (0324)": "deepseek-v3-0324",
    "DeepSeek-V2.5-1210": "deepseek-v2.5-1210",
    "DeepSeek-V3.2-Exp (Chat)": "deepseek-v3.2-exp",
    "DeepSeek-V3.2-Exp (Reasoner)": "deepseek-v3.2-exp",
    "Mistral Large (2411)": "mistral-large-2411",
}
_MOVING = re.compile(r"(^|/)(deepseek-(chat|coder|reasoner)|[a-z]+|r1|[\w.-]+-latest)$")
_ASKED = re.compile(r"--model[ =]([^\s]+)")
_LABEL = re.compile(r"\(([^()]*)\)\s*$")
_IS_ID = re.compile(r"[\w./:-]*\d[\w./:-]*")


def parse_aider(payload: Any, benchmark: str = "aider-polyglot") -> Parsed:
    """Return the scores of one of Aider's tables.

    >>> row = {"model": "o3 (high)", "command": "aider --model o3", "pass_rate_2": 81.3, "edit_format": "diff"}
    >>> model = parse_aider([row]).models[0]
    >>> model.provider, model.id, model.benchmarks[0]["value"], model.benchmarks[0]["setting"]
    ('openai', 'o3', 81.3, 'high, diff')
    """
    return parse_scores(expect_list(payload, SOURCE), lambda row: _row(row, benchmark))


class AiderLeaderboardSource(ScoreSource):
    """Aider's leaderboards: of polyglot exercises, edits and refactorings.

    The tables are YAML: that wants `ai-models-registry[benchmarks]`. `tables` gives the URL of each, by the name of
    its benchmark; one that ends in `.json` holds the same rows as JSON.

    >>> from ai_models.testing import FakeTransport
    >>> rows = [{"model": "gpt-4.1", "command": "aider --model gpt-4.1", "pass_rate_2": 52.4}]
    >>> tables = {"aider-polyglot": "https://host/polyglot.json"}
    >>> source = AiderLeaderboardSource(tables, transport=FakeTransport({"https://host/polyglot.json": rows}))
    >>> [(model.id, model.benchmarks[0]["value"]) for model in source.discover_models()]
    [('gpt-4.1', 52.4)]
    """

    name = SOURCE

    def __init__(
        self,
        tables: Mapping[str, str] = TABLES,
        *,
        transport: Transport | None = None,
        cache: DiscoveryCache | None = None,
    ) -> None:
        self.tables = dict(tables)
        self._transport = transport
        self._cache = cache

    def listing(self) -> Listing:
        """Ask for the tables and return their scores."""
        first = next(iter(self.tables.values()), "")
        return Fetcher(self.name, first, self._transport, cache=self._cache).listing(self._ask)

    def _ask(self, exchange: Exchange) -> Parsed:
        pages = [parse_aider(_rows(exchange, url), name) for name, url in self.tables.items()]
        joined = {(model.provider, model.id): model for page in reversed(pages) for model in page.models}
        for page in pages:
            for model in page.models:
                kept = joined[model.provider, model.id]
                kept.benchmarks += [each for each in model.benchmarks if each not in kept.benchmarks]
        return Parsed(list(joined.values()), merge_pages(pages).skipped)


def _rows(exchange: Exchange, url: str) -> Any:
    if url.endswith(".json"):
        return exchange.json(url)
    try:
        yaml = import_module("yaml")
    except ImportError as error:
        raise MissingDependencyError("pyyaml", "benchmarks") from error
    try:
        return yaml.safe_load(exchange.text(url))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise SourceFormatError("something that is no YAML instead of a table", source=SOURCE, url=url) from error


def _row(row: Mapping[str, Any], benchmark: str) -> ScoreRow:
    name = text_or_none(row.get("model")) or ""
    solved = next((part for part in ("pass_rate_2", "pass_rate_1") if number(row.get(part)) is not None), None)
    value = number(row.get(solved or ""))
    if value is None or not 0 <= value <= 100:
        raise SkipRowError("no share of exercises that were solved")
    id = _model_id(name.strip(), text_or_none(row.get("command")) or "")
    found = identify(SOURCE, id)
    if found.lab is None or found.key is None or found.confidence == "guess" or not id.isprintable():
        raise SkipRowError(f"nobody can tell which model {id[:60]!r} is")
    told = {"setting": _setting(row, name, found.variant), "date": _day(row.get("date"))}
    scores = [score(benchmark, value, unit="percent", metric=solved, **told)]
    cost = number(row.get("total_cost"))
    if cost is not None and cost > 0:
        scores.append(score(benchmark, cost, unit="usd", metric="total_cost", better="lower", **told))
    return found.lab, id, scores


def _model_id(name: str, command: str) -> str:
    """Return the id of the model that a run is of: the name that is an id, the name that is known, or the command's."""
    if name in _NAMED:
        return _NAMED[name]
    asked = _ASKED.search(command)
    plain = _LABEL.sub("", name).strip()
    if _IS_ID.fullmatch(plain):
        return plain.removeprefix("openrouter/").removeprefix("ollama/").rpartition("/")[2]
    if asked is None or "+" in name:
        raise SkipRowError("it names no single model")
    if _MOVING.search(asked[1]):
        raise SkipRowError(f"{asked[1][:60]} was another model then")
    return asked[1].rpartition("/")[2].removeprefix("hf:")


def _setting(row: Mapping[str, Any], name: str, variant: tuple[str, ...]) -> str:
    label = _LABEL.search(name)
    effort, editor, tokens = (row.get(each) for each in ("reasoning_effort", "editor_model", "thinking_tokens"))
    effort, editor, shape = text_or_none(effort), text_or_none(editor), text_or_none(row.get("edit_format"))
    parts = [
        label[1] if label else None,
        *variant,
        effort and f"{effort} effort",
        f"{tokens} thinking tokens" if isinstance(tokens, int) and not isinstance(tokens, bool) else None,
        shape,
        editor and f"editor {editor}",
    ]
    if label and effort == label[1]:
        parts.pop(0)
    return ", ".join(part for part in dict.fromkeys(parts) if part)


def _day(value: Any) -> str | None:
    return value.isoformat()[:10] if isinstance(value, date) else date_text(value)
