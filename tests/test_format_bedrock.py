"""Bedrock: what is called by its id, what by a profile, and what by neither."""

from typing import Any, ClassVar

import pytest

from ai_models._core.contracts import Listing, ModelSource
from ai_models._core.model import Model
from ai_models.errors import SourceFormatError
from ai_models.sources import ProviderAPISource
from ai_models.sources.formats.bedrock import parse_bedrock, parse_mantle
from ai_models.testing import FakeTransport, HTTPSourceTests
from ai_models.transport import Transport

HOST = "https://bedrock.eu-west-1.amazonaws.com"
ENV = {"AWS_REGION": "eu-west-1"}
ARN = "arn:aws:bedrock:{}::foundation-model/{}"


def row(id: str, *ways: str, **more: Any) -> dict[str, Any]:
    plain = {"inputModalities": ["TEXT"], "outputModalities": ["TEXT"], "modelLifecycle": {"status": "ACTIVE"}}
    return {"modelId": id, "modelName": id.upper(), "inferenceTypesSupported": list(ways), **plain, **more}


def profile(id: str, target: str, *regions: str, **more: Any) -> dict[str, Any]:
    models = [{"modelArn": ARN.format(region, target)} for region in regions]
    return {"inferenceProfileId": id, "inferenceProfileName": f"Profile {id}", "models": models, **more}


MODELS = {
    "modelSummaries": [
        row("a.open-v1:0", "ON_DEMAND", responseStreamingSupported=True, customizationsSupported=[]),
        row("a.profiles-v1:0", "INFERENCE_PROFILE", inputModalities=["TEXT", "IMAGE"]),
        row("a.both-v1:0", "ON_DEMAND", "INFERENCE_PROFILE"),
        row("a.bought-v1:0:24k", "PROVISIONED", customizationsSupported=["FINE_TUNING"]),
        row(
            "a.old-v1:0",
            "ON_DEMAND",
            modelLifecycle={"status": "LEGACY", "endOfLifeTime": "2026-12-01T00:00:00Z"},
        ),
        row("a.unsaid-v1:0"),
    ]
}
FIRST = {
    "inferenceProfileSummaries": [
        profile("eu.a.profiles-v1:0", "a.profiles-v1:0", "eu-west-1", "eu-north-1", status="ACTIVE"),
        profile("us.other-v1:0", "elsewhere-v1:0", "us-east-1", status="ACTIVE"),
    ],
    "nextToken": "a/b+c==",
}
SECOND = {"inferenceProfileSummaries": [profile("global.a.old-v1:0", "a.old-v1:0", "", "eu-west-1", status="INACTIVE")]}
PROFILES = f"{HOST}/inference-profiles?maxResults=1000"
ANSWERS = {
    f"{HOST}/foundation-models": MODELS,
    PROFILES: FIRST,
    f"{PROFILES}&nextToken=a%2Fb%2Bc%3D%3D": SECOND,
}


def listed(answers: dict[str, Any]) -> tuple[Listing, dict[str, Model]]:
    listing = ProviderAPISource("bedrock", transport=FakeTransport(answers), api_key="k" * 32, env=ENV).listing()
    return listing, {model.id: model for model in listing.models}


def offer(model: Model) -> dict[str, Any]:
    return model.connector_metadata["bedrock"]


class TestBedrock(HTTPSourceTests):
    answers: ClassVar = ANSWERS

    def make_source_over(self, transport: Transport) -> ModelSource:
        return ProviderAPISource("bedrock", transport=transport, api_key=self.key, env=ENV)


def test_a_model_with_profiles_alone_is_not_called_by_its_id() -> None:
    _, models = listed(ANSWERS)
    required = {id: offer(model).get("requires_profile") for id, model in models.items() if id.startswith("a.")}
    assert {id for id, flag in required.items() if flag} == {"a.profiles-v1:0"}


def test_a_model_for_provisioned_throughput_alone_says_so() -> None:
    _, models = listed(ANSWERS)
    assert offer(models["a.bought-v1:0:24k"]) == {"requires_provisioned": True}
    assert offer(models["a.unsaid-v1:0"]) == {}


def test_a_profile_is_an_offer_with_the_facts_of_its_model_and_its_regions() -> None:
    _, models = listed(ANSWERS)
    model = models["eu.a.profiles-v1:0"]
    assert (model.kind, model.supports("vision"), model.name) == ("chat", True, "A.PROFILES-V1:0")
    assert offer(model) == {"regions": ["eu-west-1", "eu-north-1"]}


def test_a_profile_of_a_model_that_is_not_listed_has_its_own_name_and_no_facts() -> None:
    _, models = listed(ANSWERS)
    model = models["us.other-v1:0"]
    assert (model.name, model.kind, model.capabilities) == ("Profile us.other-v1:0", None, {})


def test_every_page_of_profiles_is_read_and_an_inactive_one_is_not_active() -> None:
    _, models = listed(ANSWERS)
    model = models["global.a.old-v1:0"]
    assert offer(model) == {"regions": ["eu-west-1"], "active": False}
    assert (model.status, model.retired) == ("deprecated", "2026-12-01")


def test_a_legacy_model_is_deprecated_and_stays_listed() -> None:
    _, models = listed(ANSWERS)
    assert (models["a.old-v1:0"].status, models["a.old-v1:0"].retired) == ("deprecated", "2026-12-01")
    assert models["a.open-v1:0"].status is None


def test_what_is_stated_as_a_flag_or_a_list_is_yes_or_no_and_the_rest_unknown() -> None:
    _, models = listed(ANSWERS)
    assert [models["a.open-v1:0"].supports(name) for name in ("streaming", "fine_tuning", "batch", "vision")] == [
        True,
        False,
        None,
        False,
    ]
    assert models["a.bought-v1:0:24k"].supports("fine_tuning") is True
    assert models["a.unsaid-v1:0"].supports("fine_tuning") is None


@pytest.mark.parametrize(
    "answer", [403, 500, b"<html>", {"message": "not authorised"}, {"inferenceProfileSummaries": None}]
)
def test_a_list_of_profiles_that_fails_is_a_note(answer: Any) -> None:
    listing, models = listed({f"{HOST}/foundation-models": MODELS, PROFILES: answer})
    assert set(models) == {each["modelId"] for each in MODELS["modelSummaries"]}
    assert "no inference profiles" in listing.note


def test_pages_before_one_that_fails_are_kept() -> None:
    listing, models = listed({**ANSWERS, f"{PROFILES}&nextToken=a%2Fb%2Bc%3D%3D": 500})
    assert "eu.a.profiles-v1:0" in models
    assert "no inference profiles" in listing.note


@pytest.mark.parametrize(
    ("id", "inputs", "outputs", "kind"),
    [
        ("a.embed", ["TEXT"], ["EMBEDDING"], "embedding"),
        ("a.paint", ["TEXT", "IMAGE"], ["IMAGE"], "image"),
        ("a.film", ["TEXT"], ["VIDEO"], "video"),
        ("a.sonic", ["SPEECH"], ["SPEECH", "TEXT"], "realtime"),
        ("a.rerank-v1:0", ["TEXT"], ["TEXT"], "rerank"),
        ("a.odd", None, ["SMELL"], None),
        ("a.odd", "TEXT", 7, None),
    ],
)
def test_a_kind_follows_from_what_comes_out(id: str, inputs: Any, outputs: Any, kind: str | None) -> None:
    model = parse_bedrock({"modelSummaries": [row(id, inputModalities=inputs, outputModalities=outputs)]}).models[0]
    assert model.kind == kind
    assert "EMBEDDING" not in model.output_modalities


def test_limits_are_read_from_text_and_dates_from_sentences() -> None:
    stated = row(
        "a.b",
        "ON_DEMAND",
        description={"maxContextWindow": "163,840"},
        converse={"maxTokensMaximum": 8192, "systemRoleSupported": True, "reasoningSupported": {"embedded": False}},
        modelCard={"modelEolDate": "September 14, 2026"},
        explicitPromptCaching={"isSupported": False},
        batchSupported={"baseModelSupported": False, "crossRegionSupported": True},
    )
    model = parse_bedrock([stated]).models[0]
    assert (model.context_size, model.max_output_tokens, model.retired) == (163_840, 8192, "2026-09-14")
    flags = [model.supports(name) for name in ("system_prompt", "reasoning", "prompt_caching", "batch")]
    assert flags == [True, True, False, True]


def test_junk_in_a_field_is_unknown_and_rows_without_an_id_are_skipped() -> None:
    junk = row("a.b", modelLifecycle=[], customizationsSupported="x", inferenceTypesSupported={"a": 1}, modelName=3)
    parsed = parse_bedrock(
        {"modelSummaries": [junk, {"modelName": "x"}, None]},
        [{"inferenceProfileSummaries": [{"inferenceProfileId": "p", "models": [None, {"modelArn": 7}]}, 3]}],
    )
    assert [model.id for model in parsed.models] == ["a.b", "p"]
    assert len(parsed.skipped) == 3


def test_the_map_of_the_other_endpoint_says_where_what_is_served() -> None:
    parsed = parse_mantle({"a.b": {"regions": ["us-east-1", 3]}, "c.d": None, "": {}})
    assert [(model.id, offer(model)) for model in parsed.models] == [("a.b", {"regions": ["us-east-1"]}), ("c.d", {})]
    assert len(parsed.skipped) == 1
    with pytest.raises(SourceFormatError):
        parse_mantle([])
