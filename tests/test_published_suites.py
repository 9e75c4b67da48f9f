"""The sources of what others publish keep the contract of sources, over the network and from a file."""

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from ai_models._core.contracts import ModelSource
from ai_models.sources import (
    AiderLeaderboardSource,
    GenAIPricesSource,
    HuggingFaceHubSource,
    LiteLLMMapSource,
    ModelsDevScoresSource,
    ModelsDevSource,
)
from ai_models.sources.catalogues import genai_prices, litellm_map
from ai_models.testing import HTTPSourceTests, SourceTests
from ai_models.transport import Transport

LIMITS = {"id": "gpt-x", "limit": {"context": 400000}, "cost": {"input": 1.25, "output": 10}}
SCORE = {"name": "SWE-Bench Pro", "score": 42.9, "metric": "resolve rate", "source": "https://labs.test/x"}
POLYGLOT = "https://host.test/polyglot"
MAP = {"azure/gpt-4o": {"litellm_provider": "azure", "mode": "chat", "max_input_tokens": 128000}}
PRICES: list[Any] = [
    {"id": "openai", "models": [{"id": "o3", "match": {"equals": "o3"}, "prices": {"input_mtok": 2}}]},
]


class TestModelsDev(HTTPSourceTests):
    answers: ClassVar = {"https://models.dev/api.json": {"openai": {"models": {"gpt-x": LIMITS}}}}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return ModelsDevSource(transport=transport)


class TestModelsDevScores(HTTPSourceTests):
    answers: ClassVar = {"https://models.dev/models.json": {"openai/o3": {"id": "openai/o3", "benchmarks": [SCORE]}}}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return ModelsDevScoresSource(transport=transport)


class TestAider(HTTPSourceTests):
    answers: ClassVar = {POLYGLOT: b"- model: gpt-4.1\n  command: aider --model gpt-4.1\n  pass_rate_2: 52.4\n"}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return AiderLeaderboardSource({"aider-polyglot": POLYGLOT}, transport=transport)


class TestHub(HTTPSourceTests):
    answers: ClassVar = {"https://huggingface.co/api/models?limit=1000": [{"id": "Qwen/Qwen3-8B", "likes": 5}]}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return HuggingFaceHubSource(transport=transport, api_key=self.key, env={})


class TestLiteLLMMap(HTTPSourceTests):
    answers: ClassVar = {litellm_map.URL: MAP}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return LiteLLMMapSource(litellm_map.URL, transport=transport)


class TestGenAIPrices(HTTPSourceTests):
    answers: ClassVar = {genai_prices.URL: PRICES}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return GenAIPricesSource(genai_prices.URL, transport=transport)


class TestLiteLLMMapFromAFile(SourceTests):
    @pytest.fixture(autouse=True)
    def file(self, tmp_path: Path) -> None:
        self.path = tmp_path / "map.json"
        self.path.write_text(json.dumps(MAP))

    def make_source(self) -> ModelSource:
        return LiteLLMMapSource(self.path)
