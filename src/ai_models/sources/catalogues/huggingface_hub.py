"""The Hugging Face Hub's search: millions of repositories of models, a page at a time.

What it finds is files, not a server: an offer at `huggingface-hub` is none that can be called.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ai_models._core.contracts import Listing, ModelSource, SkippedRow
from ai_models._core.model import Model
from ai_models.credentials import Key, find_key
from ai_models.providers import providers
from ai_models.sources.facts import text_or_none, texts
from ai_models.sources.fetch import Fetcher
from ai_models.sources.parsed import Parsed
from ai_models.sources.rows import count, day, expect_rows, first, kind_of, mapping, parse_rows, past_day, row_id
from ai_models.sources.streaming import pages_of
from ai_models.transport import Transport

__all__ = ["HuggingFaceHubSource", "parse_huggingface_hub"]

PROVIDER = "huggingface-hub"
URL = "https://huggingface.co/api/models"
FIRST = 1000
"""How many models a discovery takes unless told; also the longest page that is asked for."""

_MOST_SKIPPED = 100
_LONGEST_COUNT = 10**15


def parse_huggingface_hub(payload: Any) -> Parsed:
    """Return the models of one page.

    >>> row = {"id": "Qwen/Qwen3-8B", "pipeline_tag": "text-generation", "tags": ["license:apache-2.0"], "likes": 5}
    >>> model = parse_huggingface_hub([row]).models[0]
    >>> model.kind, model.license, model.connector_metadata["huggingface-hub"]
    ('chat', 'apache-2.0', {'likes': 5})
    """
    return parse_rows(expect_rows(payload, PROVIDER, ""), _model)


class HuggingFaceHubSource(ModelSource):
    """The models of the Hugging Face Hub that a search finds: `HuggingFaceHubSource(author="Qwen")`.

    `filter` are tags that all must be there, `library` is one of them; `expand` names fields to get besides the id,
    such as `safetensors`, `gguf` or `inferenceProviderMapping`. `discover_models()` is lazy and holds one page at a
    time; it goes on until `limit`. `cursor` is the page that it is at; with `resume`, a path, an interrupted pass goes
    on from there, even in another process. The token is optional: `HF_TOKEN`.

    >>> from ai_models.testing import FakeTransport
    >>> url = "https://huggingface.co/api/models?author=Qwen&limit=1000"
    >>> source = HuggingFaceHubSource(author="Qwen", transport=FakeTransport({url: [{"id": "Qwen/Qwen3-8B"}]}), env={})
    >>> [(model.provider, model.id) for model in source.discover_models()]
    [('huggingface-hub', 'Qwen/Qwen3-8B')]
    """

    name = PROVIDER
    by_default = False

    def __init__(
        self,
        *,
        search: str | None = None,
        author: str | None = None,
        filter: Iterable[str] = (),  # noqa: A002  # what the Hub calls it
        pipeline_tag: str | None = None,
        library: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        full: bool = False,
        expand: Iterable[str] = (),
        resume: str | os.PathLike[str] | None = None,
        api_key: str | None = None,
        transport: Transport | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        asked: list[tuple[str, str]] = [
            (name, text)
            for name, text in (("search", search), ("author", author), ("pipeline_tag", pipeline_tag))
            if text
        ]
        asked += [("filter", tag) for tag in (*filter, *([library] if library else []))]
        asked += [("sort", sort), ("direction", "-1")] if sort else []
        asked += [("full", "true")] if full else []
        asked += [("expand", name) for name in expand]
        page = FIRST if limit is None else max(1, min(limit, FIRST))
        self.url = f"{URL}?{urlencode([*asked, ('limit', str(page))])}"
        self.limit = limit
        self.cursor: str | None = self.url
        self.skipped: list[SkippedRow] = []
        self._resume = None if resume is None else Path(resume).expanduser()
        self._api_key = api_key
        self._transport = transport
        self._env = env

    @property
    def key(self) -> Key | None:
        """The token with which it asks; `None` if there is none."""
        return find_key("huggingface", argument=self._api_key, env=self._env)

    def discover_models(self) -> Iterator[Model]:
        """Yield the models of page after page, from `resume` on if that holds a place of this search."""
        return islice(self._stream(), self.limit)

    def listing(self) -> Listing:
        """Return the first models, `limit` of them or 1,000; the note says so if there may be more."""
        most = FIRST if self.limit is None else self.limit
        models = list(islice(self._stream(), most))
        more = self.cursor is not None and len(models) >= most
        note = f"the first {len(models):,} models of the search; limit= takes more, discover_models() all"
        return Listing(models, self.skipped, "live", None, note if more else "")

    def _stream(self) -> Iterator[Model]:
        key = self.key
        headers = providers["huggingface"].headers(key.reveal() if key else None)
        fetcher = Fetcher(self.name, self.url, self._transport, headers=headers, key=key)
        self.skipped = []
        self.cursor, done = self._place()
        if self.cursor is None:
            return
        try:
            for url, payload, following in pages_of(fetcher, self.cursor):
                self.cursor = url
                parsed = parse_huggingface_hub(payload)
                self.skipped += parsed.skipped[: _MOST_SKIPPED - len(self.skipped)]
                for model in islice(parsed.models, done, None):
                    done += 1
                    if done == len(parsed.models):
                        self.cursor, done = following, 0
                    yield model
                self.cursor, done = following, 0
                self._keep(done)
        finally:
            self._keep(done)

    def _place(self) -> tuple[str | None, int]:
        """Return the page to begin with and how many of its models were had already."""
        try:
            kept = mapping(json.loads(self._resume.read_text("utf-8"))) if self._resume else {}
        except (OSError, ValueError, RecursionError):
            kept = {}
        if kept.get("search") != self.url or "next" not in kept:
            return self.url, 0
        return text_or_none(kept["next"]), count(kept.get("had")) or 0

    def _keep(self, had: int) -> None:
        if self._resume is not None:
            text = json.dumps({"search": self.url, "next": self.cursor, "had": had})
            beside = self._resume.with_name(f"{self._resume.name}.{os.getpid()}")
            beside.write_text(text, "utf-8")
            beside.replace(self._resume)


def _model(row: Mapping[str, Any]) -> Model:
    id = row_id(row, "id", "modelId")
    tags = texts(row.get("tags"))
    weights = count(mapping(row.get("safetensors")).get("total")) or count(mapping(row.get("gguf")).get("total"))
    has_files = bool(mapping(row.get("safetensors")) or mapping(row.get("gguf")))
    return Model(
        id,
        PROVIDER,
        count(mapping(row.get("gguf")).get("context_length")),
        kind=kind_of(row.get("pipeline_tag")),
        license=next(_tagged(tags, "license"), None),
        parameters=weights,
        open_weights=True if has_files else None,
        released=past_day(row.get("createdAt")),
        connector_metadata={PROVIDER: facts} if (facts := _facts(row, tags)) else {},
    )


def _facts(row: Mapping[str, Any], tags: list[str]) -> dict[str, Any]:
    parents = [tag.rpartition(":")[2] for tag in tags if tag.startswith("base_model:")]
    gated = row.get("gated")
    served = row.get("inferenceProviderMapping")
    hosts = [each.get("provider") for each in served if isinstance(each, dict)] if isinstance(served, list) else served
    found = {
        "task": text_or_none(row.get("pipeline_tag")),
        "library": text_or_none(row.get("library_name")),
        "gated": (gated if isinstance(gated, str) and gated.isprintable() else True) if gated else None,
        "downloads": _number(row.get("downloads")),
        "likes": _number(row.get("likes")),
        "updated": first(row, ("lastModified",), day),
        "regions": list(_tagged(tags, "region")),
        "parent_model": next((parent for parent in parents if "/" in parent), None),
        "architecture": text_or_none(mapping(row.get("gguf")).get("architecture")),
        "served_by": sorted(texts(list(hosts))) if isinstance(hosts, list | dict) else None,
    }
    shown = {name: fact for name, fact in found.items() if fact not in (None, [], "")}
    if "task" in shown and kind_of(shown["task"]):
        del shown["task"]
    return shown


def _tagged(tags: Iterable[str], name: str) -> Iterator[str]:
    return (tag.partition(":")[2] for tag in tags if tag.startswith(f"{name}:") and len(tag) > len(name) + 1)


def _number(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < _LONGEST_COUNT else None
