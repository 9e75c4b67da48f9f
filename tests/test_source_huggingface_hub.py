"""The Hub's search: lazy, flat in memory, resumable, and never a server that can be called."""

import json
import tracemalloc
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from ai_models import ModelRegistry
from ai_models._core.model import Model
from ai_models.availability import Availability
from ai_models.discovery import Answer, SourceRow
from ai_models.errors import SourceError, SourceFormatError, SourceOfflineError
from ai_models.reconcile import Reconciliation
from ai_models.sources import HuggingFaceHubSource, fetch_policy
from ai_models.sources.catalogues.huggingface_hub import parse_huggingface_hub
from ai_models.testing import FakeTransport
from ai_models.transport import Response

URL = "https://huggingface.co/api/models"
ROW = {
    "id": "unsloth/Qwen3-8B-GGUF",
    "pipeline_tag": "text-generation",
    "library_name": "gguf",
    "tags": ["license:apache-2.0", "region:us", "base_model:Qwen/Qwen3-8B", "base_model:quantized:Qwen/Qwen3-8B"],
    "gated": "manual",
    "downloads": 12,
    "likes": 0,
    "createdAt": "2025-04-28T08:00:00.000Z",
    "gguf": {"total": 8190735360, "architecture": "qwen3", "context_length": 40960},
}


class Endless:
    """A transport that makes pages of rows on the fly."""

    def __init__(self, rows: int, page: int = 1000, failing_at: int | None = None) -> None:
        self.rows, self.page, self.failing_at = rows, page, failing_at
        self.asked: list[str] = []
        self.headers: list[Any] = []

    def request(self, method: str, url: str, *, headers: Any = None, json: Any = None, timeout: float = 0) -> Response:
        self.asked.append(url)
        self.headers.append(headers)
        start = int(url.rpartition("cursor=")[2]) if "cursor=" in url else 0
        if start == self.failing_at:
            return Response(404, {}, b"")
        stop = min(start + self.page, self.rows)
        rows = ", ".join(f'{{"id": "someone/model-{n}", "likes": {n}}}' for n in range(start, stop))
        link = {"link": f'<{URL}?limit=1000&cursor={stop}>; rel="next"'} if stop < self.rows else {}
        return Response(200, link, f"[{rows}]".encode())


def hub(transport: Any, **options: Any) -> HuggingFaceHubSource:
    return HuggingFaceHubSource(transport=transport, env={}, **options)


def test_a_row_says_what_the_repository_holds() -> None:
    model = parse_huggingface_hub([ROW]).models[0]
    assert (model.kind, model.license, model.parameters, model.context_size, model.released) == (
        "chat",
        "apache-2.0",
        8190735360,
        40960,
        "2025-04-28",
    )
    assert model.connector_metadata["huggingface-hub"] == {
        "library": "gguf",
        "gated": "manual",
        "downloads": 12,
        "likes": 0,
        "regions": ["us"],
        "parent_model": "Qwen/Qwen3-8B",
        "architecture": "qwen3",
    }


def test_what_is_not_stated_is_unknown() -> None:
    model = parse_huggingface_hub([{"id": "a/b", "gated": False, "safetensors": None}]).models[0]
    assert (model.open_weights, model.parameters, model.license, model.connector_metadata) == (None, None, None, {})


def test_providers_that_serve_it_are_named_from_a_list_or_a_mapping() -> None:
    for served in ([{"provider": "groq"}, {"provider": "cerebras"}], {"groq": {}, "cerebras": {}}):
        model = parse_huggingface_hub([{"id": "a/b", "inferenceProviderMapping": served}]).models[0]
        assert model.connector_metadata["huggingface-hub"]["served_by"] == ["cerebras", "groq"]


def test_the_search_is_in_the_url() -> None:
    source = hub(None, search="qwen", author="Qwen", filter=["text"], library="gguf", sort="likes", limit=5, full=True)
    asked = "search=qwen&author=Qwen&filter=text&filter=gguf&sort=likes&direction=-1&full=true&limit=5"
    assert source.url == f"{URL}?{asked}"


def test_nothing_is_asked_before_it_is_needed() -> None:
    transport = Endless(5000)
    models = hub(transport).discover_models()
    assert transport.asked == []
    assert [model.id for model in islice(models, 1500)][-1] == "someone/model-1499"
    assert len(transport.asked) == 2


def test_a_listing_takes_a_thousand_and_says_so() -> None:
    listing = hub(Endless(5000)).listing()
    assert len(listing.models) == 1000
    assert listing.note.startswith("the first 1,000 models of the search")
    assert hub(Endless(1000)).listing().note == ""
    assert len(hub(Endless(5000), limit=2500).listing().models) == 2500


def test_an_interrupted_pass_goes_on_where_it_stopped(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    first: list[Model] = []
    with pytest.raises(SourceError):
        first.extend(hub(Endless(5000, failing_at=2000), resume=state).discover_models())
    seen = len(list(islice(hub(Endless(5000), resume=state).discover_models(), 0)))
    assert seen == 0
    rest = list(hub(Endless(5000), resume=state).discover_models())
    assert rest[0].id == "someone/model-2000"
    assert rest[-1].id == "someone/model-4999"
    assert list(hub(Endless(5000), resume=state).discover_models()) == []


def test_a_pass_that_is_left_within_a_page_repeats_and_loses_nothing(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    models = hub(Endless(3000), resume=state).discover_models()
    taken = [model.id for model in islice(models, 1500)]
    del models
    rest = [model.id for model in hub(Endless(3000), resume=state).discover_models()]
    assert [*taken, *rest] == [f"someone/model-{number}" for number in range(3000)]


def test_the_state_of_another_search_or_a_broken_one_is_not_used(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    for text in ("{", "[]", json.dumps({"search": "other", "next": None})):
        state.write_text(text)
        assert len(list(hub(Endless(10), resume=state).discover_models())) == 10


def test_the_token_goes_to_no_other_host(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    source = hub(Endless(10), resume=state, api_key="hf_not-for-your-eyes")
    state.write_text(json.dumps({"search": source.url, "next": "https://evil.test/x"}))
    with pytest.raises(SourceFormatError, match="another host"):
        list(source.discover_models())
    away = Response(200, {"link": '<http://huggingface.co/api/models?p=2>; rel="next"'}, b'[{"id": "a/b"}]')
    with pytest.raises(SourceFormatError, match="another host"):
        list(hub(FakeTransport({f"{URL}?limit=1000": away})).discover_models())


def test_offline_nothing_is_asked() -> None:
    with fetch_policy(offline=True), pytest.raises(SourceOfflineError):
        hub(Endless(10)).listing()


def peak_of(rows: int) -> int:
    tracemalloc.start()
    assert sum(1 for _ in hub(Endless(rows)).discover_models()) == rows
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_stays_flat() -> None:
    peak_of(2000)
    assert peak_of(100_000) < 1.3 * peak_of(10_000)


def test_the_hub_is_no_server_and_its_models_are_never_available() -> None:
    source = hub(FakeTransport({f"{URL}?limit=1000": [ROW]}))
    registry = ModelRegistry()
    answers = {source.name: Answer(SourceRow(source.name), source.listing())}
    Reconciliation(registry, {source.name: source}).apply(answers)
    assert len(registry) == 1
    assert not any(Availability(registry).covers(model) for model in registry.values())
