"""The shipped sources keep the contract of sources, and the suite that says so can fail."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from tests.test_source_wires import ANTHROPIC, COHERE, GEMINI, MISTRAL, OPENAI, OPENROUTER, SHOWN, TAGS

from ai_models._core.contracts import AsyncModelSource, Listing, ModelSource, SkippedRow
from ai_models._core.model import Model
from ai_models.sources import OllamaSource, OpenRouterSource, ProviderAPISource
from ai_models.testing import FakeTransport, HTTPSourceTests, SentRequest, SourceTests
from ai_models.transport import Transport

OLLAMA = "http://127.0.0.1:11434/api"


class TestOpenRouter(HTTPSourceTests):
    answers: ClassVar = {"https://openrouter.ai/api/v1/models": OPENROUTER}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return OpenRouterSource(transport=transport, api_key=self.key, env={})


class TestOllama(HTTPSourceTests):
    answers: ClassVar = {
        f"{OLLAMA}/tags": TAGS,
        f"{OLLAMA}/show": lambda sent: SHOWN.get(sent.json["model"], 404),
        f"{OLLAMA}/ps": {"models": []},
        f"{OLLAMA}/version": {"version": "0.30.1"},
    }

    def make_source_over(self, transport: Transport) -> ModelSource:
        return OllamaSource(transport=transport, env={})


class TestOpenAI(HTTPSourceTests):
    answers: ClassVar = {"https://api.openai.com/v1/models": OPENAI}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return ProviderAPISource("openai", transport=transport, api_key=self.key, env={})


class TestAnthropic(HTTPSourceTests):
    answers: ClassVar = {"https://api.anthropic.com/v1/models": ANTHROPIC}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return ProviderAPISource("anthropic", transport=transport, api_key=self.key, env={})


class TestGemini(HTTPSourceTests):
    answers: ClassVar = {"https://generativelanguage.googleapis.com/v1beta/models": GEMINI}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return ProviderAPISource("gemini", transport=transport, api_key=self.key, env={})


class TestMistral(HTTPSourceTests):
    answers: ClassVar = {"https://api.mistral.ai/v1/models": MISTRAL}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return ProviderAPISource("mistral", transport=transport, api_key=self.key, env={})


class TestCohere(HTTPSourceTests):
    answers: ClassVar = {"https://api.cohere.com/v1/models": COHERE}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return ProviderAPISource("cohere", transport=transport, api_key=self.key, env={})


class Native(AsyncModelSource):
    async def adiscover_models(self) -> Any:
        yield Model("m", "native")


class TestAnAsyncSource(SourceTests):
    def make_source(self) -> ModelSource:
        return Native()


class Broken(ModelSource):
    name = "two words"
    provider = "mine"

    def discover_models(self) -> Iterator[Model]:
        yield Model("a", "stranger", context_size=-1, tags={"mine"})
        yield Model("a", "stranger")

    def listing(self) -> Listing:
        return Listing(list(self.discover_models())[:1], [SkippedRow(-1, "")], origin="nowhere")


class Empty(ModelSource):
    def discover_models(self) -> Iterator[Model]:
        yield from ()


class Changing(ModelSource):
    calls = 0

    def discover_models(self) -> Iterator[Model]:
        Changing.calls += 1
        yield Model(f"m{Changing.calls}", "x")
        yield Model(f"m{Changing.calls}", "x")


def suite(source: type[ModelSource]) -> SourceTests:
    return type("Suite", (SourceTests,), {"make_source": lambda self: source()})()


@pytest.mark.parametrize(
    ("source", "test"),
    [
        (Broken, "test_its_name_is_one_word_for_a_label"),
        (Broken, "test_it_lists_models_and_says_where_they_come_from"),
        (Broken, "test_discover_models_gives_the_models_of_the_listing"),
        (Broken, "test_every_fact_is_one_that_a_model_can_hold"),
        (Broken, "test_every_model_survives_being_stored"),
        (Broken, "test_what_a_person_writes_is_left_alone"),
        (Broken, "test_every_skipped_row_has_its_reason"),
        (Broken, "test_a_source_of_one_provider_lists_no_other_providers_models"),
        (Empty, "test_it_lists_models_and_says_where_they_come_from"),
        (Changing, "test_asked_twice_it_says_the_same"),
        (Changing, "test_no_offer_is_listed_twice"),
    ],
)
def test_the_suite_finds_a_source_that_breaks_the_contract(source: type[ModelSource], test: str) -> None:
    with pytest.raises((AssertionError, ValueError)):
        getattr(suite(source), test)()


def test_the_http_suite_finds_a_source_that_shows_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from ai_models.errors import SourceAuthError

    class Leaky(ModelSource):
        def __init__(self, transport: Transport) -> None:
            self.transport = transport

        def discover_models(self) -> Iterator[Model]:
            said = self.transport.request("GET", "u:", timeout=1).text
            raise SourceAuthError(said, status=401)

    class Suite(HTTPSourceTests):
        answers: ClassVar = {"u:": []}

        def make_source_over(self, transport: Transport) -> ModelSource:
            return Leaky(transport)

    with pytest.raises(AssertionError):
        Suite().test_a_refused_key_is_an_auth_error(401, monkeypatch)


def test_the_key_travels_in_the_header_of_the_provider_and_nowhere_else() -> None:
    expected = {
        TestOpenRouter: ("authorization", "Bearer {key}"),
        TestOpenAI: ("authorization", "Bearer {key}"),
        TestAnthropic: ("x-api-key", "{key}"),
        TestGemini: ("x-goog-api-key", "{key}"),
    }
    for made, (header, value) in expected.items():
        test = made()
        transport = FakeTransport(test.answers)
        test.make_source_over(transport).listing()
        assert transport.requests
        for sent in transport.requests:
            assert header_of(sent, header) == value.format(key=test.key)
            assert test.key not in sent.url


def header_of(sent: SentRequest, name: str) -> str | None:
    return (sent.headers or {}).get(name)
