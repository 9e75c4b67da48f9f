"""OpenRouter's other lists: images, videos, embeddings, aliases, prices by the hour, and who serves a model."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mutations import mutated

from ai_models._core.contracts import ModelSource
from ai_models._core.model import Model, check_fields
from ai_models.cache import DiscoveryCache
from ai_models.errors import SourceFormatError
from ai_models.sources import OpenRouterSource, fetch_policy
from ai_models.sources.formats.openrouter import parse_openrouter
from ai_models.sources.formats.openrouter_endpoints import parse_openrouter_endpoints, parse_openrouter_zdr
from ai_models.testing import FakeTransport, HTTPSourceTests
from ai_models.transport import Transport

URL = "https://openrouter.ai/api/v1/models"
LIST = {"data": [{"id": "lab/chat", "context_length": 200_000}, {"id": "lab/other:free"}]}
BACKEND = {
    "name": "One | lab/chat-2026",
    "provider_name": "One",
    "tag": "one/fp8",
    "status": 0,
    "quantization": "fp8",
    "context_length": 131_072,
    "max_completion_tokens": 8192,
    "max_prompt_tokens": None,
    "pricing": {"prompt": "0.000001", "completion": "0.000002", "request": "0", "web_search": "0.01", "discount": 0},
}
SLOW = {"provider_name": "Two", "tag": "two", "status": -2, "quantization": "unknown", "pricing": {"prompt": "-1"}}
ENDPOINTS = {"data": {"id": "lab/chat", "name": "Lab: Chat", "endpoints": [BACKEND, SLOW, 7]}}
ANSWERS = {URL: LIST, f"{URL}/lab/chat/endpoints": ENDPOINTS}
READ = [
    {
        "provider": "One",
        "tag": "one/fp8",
        "status": 0,
        "cost_per_token": {"input": 1e-06, "output": 2e-06},
        "cost_per_unit": {"search": 0.01},
        "context_size": 131_072,
        "max_output_tokens": 8192,
        "quantization": "fp8",
    },
    {"provider": "Two", "tag": "two", "status": -2},
]


class TestOpenRouterWithEndpoints(HTTPSourceTests):
    answers: ClassVar = ANSWERS

    def make_source_over(self, transport: Transport) -> ModelSource:
        return OpenRouterSource(endpoints=["lab/chat"], transport=transport, api_key=self.key, env={})


def one(row: Any) -> Model:
    return parse_openrouter({"data": [{"id": "lab/m", **row}]}).models[0]


def asked(transport: FakeTransport) -> list[str]:
    return [sent.url for sent in transport.requests]


def test_who_serves_a_model_is_asked_on_request_only() -> None:
    transport = FakeTransport(ANSWERS)
    OpenRouterSource(transport=transport, env={}).listing()
    assert asked(transport) == [f"{URL}?output_modalities=all"]
    OpenRouterSource(endpoints="lab/chat", transport=transport, env={}).listing()
    assert asked(transport)[1:] == [f"{URL}?output_modalities=all", f"{URL}/lab/chat/endpoints"]


def test_backends_are_facts_of_the_offer_beside_those_of_the_list() -> None:
    listing = OpenRouterSource(endpoints=["lab/chat"], transport=FakeTransport(ANSWERS), env={}).listing()
    models = {model.id: model for model in listing.models}
    assert models["lab/chat"].connector_metadata["openrouter"]["backends"] == READ
    assert models["lab/chat"].context_size == 200_000
    assert models["lab/other:free"].connector_metadata == {}
    assert listing.note == ""


def test_a_model_whose_endpoints_fail_is_listed_and_a_note_names_it() -> None:
    source = OpenRouterSource(endpoints=["lab/chat", "lab/other:free"], transport=FakeTransport(ANSWERS), env={})
    listing = source.listing()
    assert len(listing.models) == 2
    assert listing.note.startswith("no endpoints of lab/other:free:")


def test_a_model_that_is_in_no_list_is_one_that_has_endpoints() -> None:
    answers = {URL: {"data": [{"id": "lab/other"}]}, f"{URL}/lab/chat/endpoints": ENDPOINTS}
    listing = OpenRouterSource(endpoints=["lab/chat"], transport=FakeTransport(answers), env={}).listing()
    assert [(model.id, model.name) for model in listing.models] == [("lab/other", None), ("lab/chat", "Lab: Chat")]


def test_an_id_is_no_way_out_of_the_address() -> None:
    transport = FakeTransport({URL: LIST})
    OpenRouterSource(endpoints=["a?b#c d"], transport=transport, env={}).listing()
    assert asked(transport)[1] == f"{URL}/a%3Fb%23c%20d/endpoints"


def test_what_is_remembered_of_the_list_is_not_what_is_remembered_with_endpoints(tmp_path: Path) -> None:
    cache = DiscoveryCache(tmp_path)
    OpenRouterSource(transport=FakeTransport(ANSWERS), cache=cache, env={}).listing()
    transport = FakeTransport(ANSWERS)
    source = OpenRouterSource(endpoints=["lab/chat"], transport=transport, cache=cache, env={})
    assert source.listing().origin == "live"
    with fetch_policy(offline=True):
        again = source.listing()
    assert (again.origin, len(transport.requests)) == ("cache", 2)
    assert again.models[0].connector_metadata["openrouter"]["backends"] == READ


def test_the_endpoints_of_an_image_model_have_prices_of_images() -> None:
    prices = [
        {"billable": "output_image", "unit": "image", "cost_usd": 0.05},
        {"billable": "input_image", "unit": "image", "cost_usd": 0.01},
        {"billable": "output_image", "unit": "megapixel", "cost_usd": 0.02},
    ]
    backend = {"provider_name": "Three", "provider_tag": "three", "pricing": prices}
    model = parse_openrouter_endpoints({"id": "lab/paint", "endpoints": [backend]}).models[0]
    stated = {"provider": "Three", "tag": "three", "cost_per_unit": {"image": 0.05}}
    assert model.connector_metadata["openrouter"]["backends"] == [stated]


def test_a_model_without_endpoints_has_none() -> None:
    model = parse_openrouter_endpoints({"data": {"id": "lab/m", "endpoints": []}}).models[0]
    assert model.connector_metadata["openrouter"]["backends"] == []


@pytest.mark.parametrize("payload", [None, [], {}, {"data": []}, {"data": {"id": "lab/m"}}, {"error": {"code": 404}}])
def test_an_answer_without_endpoints_is_a_format_error(payload: Any) -> None:
    with pytest.raises(SourceFormatError):
        parse_openrouter_endpoints(payload)


def test_the_endpoints_that_retain_nothing_are_gathered_by_model() -> None:
    rows = [{"model_id": "lab/chat", **BACKEND}, {"model_id": "lab/m", **SLOW}, {"model_id": "lab/chat", **SLOW}, {}]
    parsed = parse_openrouter_zdr({"data": rows})
    found = {model.id: model.connector_metadata["openrouter"] for model in parsed.models}
    assert found == {
        "lab/chat": {"zero_retention": True, "backends": READ},
        "lab/m": {"zero_retention": True, "backends": READ[1:]},
    }
    assert [each.reason for each in parsed.skipped] == ["no id: model_id are missing or blank"]


@given(data=st.data())
def test_a_broken_answer_about_endpoints_gives_models_or_a_format_error(data: st.DataObject) -> None:
    for parse, payload in ((parse_openrouter_endpoints, ENDPOINTS), (parse_openrouter_zdr, {"data": [BACKEND]})):
        try:
            parsed = parse(data.draw(mutated(payload)))
        except SourceFormatError:
            continue
        for model in parsed.models:
            check_fields(model.to_dict(), model.id)
            assert Model.from_dict(model.to_dict()) == model


def test_a_row_of_the_list_of_videos_has_no_architecture_and_makes_videos() -> None:
    model = one(
        {
            "generate_audio": True,
            "pricing_skus": {"duration_seconds_720p": "0.10", "duration_seconds_1080p": "0.10"},
            "supported_frame_images": ["first_frame"],
        }
    )
    assert (model.kind, model.output_modalities, model.input_modalities) == (
        "video",
        ["video", "audio"],
        ["text", "image"],
    )
    assert [model.supports(name) for name in ("video_output", "audio_output", "vision")] == [True] * 3
    assert model.cost_per_unit == {"second": 0.1}


@pytest.mark.parametrize(
    ("skus", "second"),
    [
        ({"cents_per_second_output": "12"}, {"second": 0.12}),
        ({"duration_seconds": 0}, {"second": 0.0}),
        ({"duration_seconds_without_audio_720p": "0.03", "duration_seconds_with_audio_720p": "0.05"}, {}),
        ({"generate": "0.50"}, {}),
        ({"video_tokens": "0.0000012"}, {}),
        ({"duration_seconds": "-1"}, {}),
        (None, {}),
        (["0.5"], {}),
    ],
)
def test_a_second_of_video_has_one_price_or_none_that_is_known(skus: Any, second: dict[str, float]) -> None:
    assert one({"pricing_skus": skus}).cost_per_unit == second


def test_prices_of_videos_are_kept_as_they_are_named() -> None:
    skus = {"generate": "0.50", "high": 1, "junk": None}
    assert one({"pricing_skus": skus}).connector_metadata["openrouter"]["pricing_skus"] == {
        "generate": "0.50",
        "high": "1",
    }


def test_what_a_video_is_made_of_is_unknown_where_it_is_not_stated() -> None:
    model = one({"pricing_skus": None, "generate_audio": None, "supported_frame_images": None})
    assert (model.kind, model.input_modalities, model.supports("vision")) == ("video", [], None)
    assert one({"pricing_skus": {}, "generate_audio": False}).supports("audio_output") is False


def test_a_row_of_the_list_of_images_has_a_mapping_of_parameters() -> None:
    model = one(
        {
            "architecture": {"input_modalities": ["text"], "output_modalities": ["image"]},
            "supported_parameters": {"resolution": {"type": "enum", "values": ["1K"]}, "tools": {}},
            "supports_streaming": False,
        }
    )
    assert (model.kind, model.supports("streaming"), model.supports("image_output")) == ("image", False, True)
    assert model.supports("tools") is None
    assert (model.cost_per_token, model.cost_per_unit) == ({}, {})


def test_an_alias_says_what_it_stands_for() -> None:
    model = one({"id": "~lab/family-latest", "alias_target": "lab/family-4"})
    assert model.id == "~lab/family-latest"
    assert model.connector_metadata["openrouter"] == {"alias_of": "lab/family-4"}


@pytest.mark.parametrize(
    ("override", "when"),
    [
        ({"utc_start": "16:30", "utc_end": "00:30"}, {"hours_utc": "16:30-00:30"}),
        (
            {"utc_start": "16:30", "utc_end": "00:30", "min_prompt_tokens": 1001},
            {"input_tokens_above": 1000, "hours_utc": "16:30-00:30"},
        ),
        ({"min_prompt_tokens": 1001}, {"input_tokens_above": 1000}),
    ],
)
def test_an_override_is_a_tier_of_its_condition(override: Any, when: Any) -> None:
    pricing = {"prompt": "0.000002", "overrides": [{**override, "prompt": "0.000001"}]}
    assert one({"pricing": pricing}).price_tiers == [{"when": when, "cost_per_token": {"input": 1e-06}}]


@pytest.mark.parametrize(
    "override",
    [
        {},
        {"utc_start": "16:30"},
        {"utc_start": "late", "utc_end": "00:30"},
        {"utc_start": 16, "utc_end": 24},
        {"min_prompt_tokens": 0},
        {"min_prompt_tokens": 1000, "weekday": "sunday"},
    ],
)
def test_an_override_whose_condition_is_not_understood_is_none(override: Any) -> None:
    pricing = {"prompt": "0.000002", "overrides": [{**override, "prompt": "0.000001"}, 3]}
    assert one({"pricing": pricing}).price_tiers == []


def test_a_discount_and_voices_are_kept() -> None:
    model = one({"pricing": {"discount": 0.25}, "supported_voices": ["alloy", "echo"]})
    assert model.connector_metadata["openrouter"] == {"discount": 0.25, "voices": ["alloy", "echo"]}
    assert one({"pricing": {"discount": 0}, "supported_voices": None}).connector_metadata == {}
