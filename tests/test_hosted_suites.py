"""Every provider with an OpenAI-like list is asked at its own address with its own header, and keeps the contract."""

from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import test_format_aimlapi as aimlapi
from tests import test_format_alibaba as alibaba
from tests import test_format_deepinfra as deepinfra
from tests import test_format_fireworks as fireworks
from tests import test_format_huggingface as huggingface
from tests import test_format_xai as xai
from tests import test_format_zenmux as zenmux
from tests.mutations import anything, mutated

from ai_models._core.contracts import ModelSource
from ai_models._core.model import KINDS, Model, check_fields
from ai_models.errors import SourceFormatError
from ai_models.providers import Provider, providers
from ai_models.sources import ProviderAPISource
from ai_models.sources.dialects import DIALECTS, dialect_of
from ai_models.sources.formats import format_of
from ai_models.sources.formats.aimlapi import parse_aimlapi
from ai_models.sources.formats.alibaba import parse_alibaba
from ai_models.sources.formats.deepinfra import parse_deepinfra
from ai_models.sources.formats.fireworks import parse_fireworks
from ai_models.sources.formats.huggingface import parse_huggingface
from ai_models.sources.formats.openai import parse_openai
from ai_models.sources.formats.vercel import parse_vercel
from ai_models.sources.formats.zenmux import parse_zenmux
from ai_models.sources.parsed import Parsed
from ai_models.testing import FakeTransport, HTTPSourceTests
from ai_models.transport import Transport

FORMS = {"openai", "aimlapi", "alibaba", "deepinfra", "fireworks", "huggingface", "vercel", "zenmux"}
HOSTED = [
    each
    for each in providers.values()
    if format_of(each) in FORMS and each.wire == "openai" and each.kind not in ("local", "cloud") and each.list_endpoint
]
ENV = {name: "filled" for each in HOSTED for names in each.fill.values() for name in names}
GENERIC = {
    "object": "list",
    "data": [
        {"id": "lab/one", "object": "model", "created": 1761950332, "owned_by": "lab", "context_length": 8192},
        {"id": "lab/two", "object": "model", "created": 1661950332, "owned_by": "lab"},
    ],
}
KEY = "sk-conformance-0123456789"
NAMED = """
alibaba cerebras chutes deepinfra deepseek featherless fireworks github groq heroku huggingface minimax moonshotai
nebius novita nscale nvidia openai perplexity sambanova together vercel xai zai"""


def test_the_hosted_providers_are_most_of_the_table() -> None:
    assert set(NAMED.split()) <= {each.id for each in HOSTED}
    assert len(HOSTED) > 130


@pytest.mark.parametrize("provider", HOSTED, ids=lambda each: each.id)
def test_each_is_asked_at_its_address_with_its_header_and_lists_what_it_answers(provider: Provider) -> None:
    url = provider.list_url(ENV)
    assert url
    transport = FakeTransport({url: GENERIC})
    listing = ProviderAPISource(provider.id, transport=transport, api_key=KEY, env=ENV).listing()
    assert [model.id for model in listing.models] == ["lab/one", "lab/two"]
    assert {model.provider for model in listing.models} == {provider.id}
    assert listing.skipped == []
    asked = transport.requests[0]
    assert asked.method == "GET"
    assert asked.url.partition("?")[0] == url
    expected = {name.lower(): value for name, value in provider.headers(KEY).items()}
    assert KEY in "".join(expected.values())
    assert {name: (asked.headers or {}).get(name) for name in expected} == expected
    assert all(KEY not in sent.url for sent in transport.requests)


@pytest.mark.parametrize("provider", [each for each in HOSTED if each.id != "alibaba"], ids=lambda each: each.id)
def test_only_a_labs_date_is_a_release(provider: Provider) -> None:
    url = provider.list_url(ENV) or ""
    listing = ProviderAPISource(provider.id, transport=FakeTransport({url: GENERIC}), api_key=KEY, env=ENV).listing()
    expected = ["2025-10-31", "2022-08-31"] if provider.kind == "lab" else [None, None]
    assert [model.released for model in listing.models] == expected


@pytest.mark.parametrize("provider", [each for each in HOSTED if each.open_list], ids=lambda each: each.id)
def test_an_open_list_is_read_without_a_key(provider: Provider) -> None:
    url = provider.list_url({}) or ""
    source = ProviderAPISource(provider.id, transport=FakeTransport({url: GENERIC}), env={})
    assert len(source.listing().models) == 2


@pytest.mark.parametrize("provider", ["nebius", "nano-gpt", "venice"])
def test_a_list_that_tells_more_when_asked_for_it_is_asked(provider: str) -> None:
    url = providers[provider].list_url({}) or ""
    transport = FakeTransport({url: GENERIC})
    ProviderAPISource(provider, transport=transport, api_key=KEY, env={}).listing()
    assert transport.requests[0].url == f"{url}?{dialect_of(provider).query}"


def test_another_base_url_also_moves_the_further_lists() -> None:
    transport = FakeTransport(
        {"http://proxy/x/v1/models": GENERIC, "http://proxy/x/v1/language-models": {"models": []}}
    )
    ProviderAPISource("xai", transport=transport, api_key=KEY, base_url="http://proxy/x/v1", env={}).listing()
    assert [sent.url.rpartition("/")[2] for sent in transport.requests] == [
        "models",
        *(detail.path for detail in DIALECTS["xai"].details),
    ]
    assert all(sent.url.startswith("http://proxy/x/v1/") for sent in transport.requests)


def test_the_public_list_of_cerebras_completes_what_a_key_may_call_and_adds_nothing() -> None:
    public = {
        "data": [
            {
                "id": "gpt-oss-120b",
                "name": "GPT OSS 120B",
                "pricing": {"prompt": "0.00000035", "completion": "0.00000075", "input_cache_read": "0", "image": "0"},
                "capabilities": {"reasoning": True, "tools": True, "vision": False},
                "limits": {"max_context_length": 131072, "max_completion_tokens": 40960},
                "deprecated": False,
            },
            {"id": "not-yours"},
        ]
    }
    own = {"object": "list", "data": [{"id": "gpt-oss-120b", "object": "model", "created": 0, "owned_by": "Cerebras"}]}
    answers = {"https://api.cerebras.ai/v1/models": own, "https://api.cerebras.ai/public/v1/models": public}
    source = ProviderAPISource("cerebras", transport=FakeTransport(answers), api_key=KEY, env={})
    (model,) = source.discover_models()
    assert (model.id, model.name, model.context_size, model.max_output_tokens) == (
        "gpt-oss-120b",
        "GPT OSS 120B",
        131072,
        40960,
    )
    assert (model.cost_per_token, model.cost_per_unit) == ({"input": 3.5e-07, "output": 7.5e-07}, {})
    assert model.capabilities == {"reasoning": True, "tools": True, "vision": False}
    assert model.status is None


class Hosted(HTTPSourceTests):
    """The public suite over a provider of the table."""

    provider: ClassVar[str]

    def make_source_over(self, transport: Transport) -> ModelSource:
        return ProviderAPISource(self.provider, transport=transport, api_key=self.key, env={})


class TestAlibaba(Hosted):
    provider = "alibaba"
    answers: ClassVar = {alibaba.URL: alibaba.page}


class TestAIMLAPI(Hosted):
    provider = "aimlapi"
    answers: ClassVar = {"https://api.aimlapi.com/v1/models": aimlapi.LIST}


class TestXAI(Hosted):
    provider = "xai"
    answers: ClassVar = xai.ANSWERS


class TestDeepInfra(Hosted):
    provider = "deepinfra"
    answers: ClassVar = deepinfra.ANSWERS


class TestFireworks(Hosted):
    provider = "fireworks"
    answers: ClassVar = fireworks.ANSWERS


class TestHuggingFace(Hosted):
    provider = "huggingface"
    answers: ClassVar = {"https://router.huggingface.co/v1/models": huggingface.ROUTER}


class TestZenMux(Hosted):
    provider = "zenmux"
    answers: ClassVar = {"https://zenmux.ai/api/v1/models": {"data": [zenmux.ROW]}}


VERCEL_ROW = {
    "id": "lab/m",
    "type": "language",
    "context_window": 8192,
    "max_tokens": 4096,
    "released": 1747872000,
    "tags": ["tool-use"],
    "pricing": {
        "input": "0.000003",
        "input_tiers": [{"cost": "0.000003", "min": 0, "max": 9}, {"cost": "0.000006", "min": 9}],
        "service_tiers": {"flex": {"input": "0.000001", "long_context": {"threshold": 9, "input": "0.000002"}}},
        "video_duration_pricing": [{"cost_per_second": "0.1"}],
    },
}


class TestVercel(Hosted):
    provider = "vercel"
    answers: ClassVar = {"https://ai-gateway.vercel.sh/v1/models": {"object": "list", "data": [VERCEL_ROW]}}


class TestTogether(Hosted):
    provider = "together"
    answers: ClassVar = {
        "https://api.together.ai/v1/models": [
            {"id": "a/b", "type": "chat", "context_length": 2048, "pricing": {"hourly": 0, "input": 0.3, "output": 0.3}}
        ]
    }


class TestHeroku(Hosted):
    provider = "heroku"
    answers: ClassVar = {
        "https://us.inference.heroku.com/available-models": [
            {"model_id": "m", "regions": ["eu", "us"], "state": "active", "type": ["text-to-text"]}
        ]
    }


class TestVenice(Hosted):
    provider = "venice"
    answers: ClassVar = {"https://api.venice.ai/api/v1/models": GENERIC}


RICH_ROW = {
    "id": "m",
    "model_id": "m",
    "created": 1761950332,
    "type": "chat",
    "features": "tools,reasoning",
    "input_modalities": "text,image",
    "architecture": {"modality": "text->text"},
    "pricing": {"prompt": "0.000001", "completion": "0.000002", "currency": "USD", "unit": "x", "image": "0.1"},
    "capabilities": {"tools": True, "limits": {"max_output_tokens": 9}},
    "context_length": 8192,
    "max_output": 4096,
    "aliases": ["x"],
    "tags": ["tools", "tool-use"],
    "regions": ["eu"],
    "deprecated_at": "2026-01-01",
    "image_price": 5,
    "search_price": 250000000,
    "prompt_text_token_price": 20000,
    "long_context_threshold": 9,
    "prompt_text_token_price_long_context": 40000,
    "model_spec": {"pricing": {"input": {"usd": 1}, "extended": {"context_token_threshold": 9, "input": {"usd": 2}}}},
    "metadata": {"pricing": {"input_per_million": 1}, "limits": {"max_context_length": 9}},
    "open_weights": True,
    "knowledge": "2025-03",
}
PARSERS: dict[str, tuple[Any, Any]] = {
    "aimlapi": ([aimlapi.LIST], lambda one: parse_aimlapi(one[0])),
    "alibaba": ([alibaba.FIRST], lambda one: parse_alibaba(one[0])),
    "deepinfra": (
        [deepinfra.RICH, deepinfra.PLAIN],
        lambda both: parse_deepinfra(both[0], details=_details("deepinfra", both[1:])),
    ),
    "fireworks": (
        [fireworks.INFERENCE, fireworks.SERVERLESS, fireworks.SECOND["models"]],
        lambda three: parse_fireworks(three[0], serverless=three[1], catalogue=three[2]),
    ),
    "huggingface": ([huggingface.ROUTER], lambda one: parse_huggingface(one[0])),
    "vercel": ([{"data": [VERCEL_ROW]}], lambda one: parse_vercel(one[0])),
    "xai": (
        [xai.PLAIN, xai.LANGUAGE, xai.IMAGE],
        lambda three: parse_openai(three[0], "xai", details=_details("xai", three[1:])),
    ),
    "zenmux": ([{"data": [zenmux.ROW]}], lambda one: parse_zenmux(one[0])),
}


def _details(provider: str, answers: Any) -> Any:
    return list(zip(DIALECTS[provider].details, answers, strict=False))


def check(parsed: Parsed) -> None:
    for model in parsed.models:
        check_fields(model.to_dict(), model.id)
        assert Model.from_dict(model.to_dict()) == model
        assert model.id.isprintable()
        assert model.kind is None or model.kind in KINDS
    assert all(skipped.reason.isprintable() for skipped in parsed.skipped)


@pytest.mark.parametrize("form", PARSERS)
@settings(deadline=None)
@given(data=st.data())
def test_mutated_answers_give_models_skipped_rows_or_a_format_error(form: str, data: st.DataObject) -> None:
    payloads, parse = PARSERS[form]
    broken = [data.draw(mutated(payload)) for payload in payloads]
    if form == "fireworks" and not isinstance(broken[2], list):
        broken[2] = []
    try:
        check(parse(broken))
    except SourceFormatError:
        return


@pytest.mark.parametrize("form", PARSERS)
@settings(deadline=None)
@given(data=st.data())
def test_so_does_anything_at_all(form: str, data: st.DataObject) -> None:
    payloads, parse = PARSERS[form]
    try:
        check(parse([data.draw(anything()), *payloads[1:]]))
    except SourceFormatError:
        return


@pytest.mark.parametrize("dialect", [*DIALECTS, "a-stranger"])
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_a_mutated_row_breaks_no_dialect(dialect: str, data: st.DataObject) -> None:
    row = data.draw(mutated(RICH_ROW))
    shape = providers[dialect].list_format if dialect in providers else None
    check(parse_openai([row, RICH_ROW], dialect, shape=shape))
