"""Vertex AI: Google's models and those of other publishers, with ids that end in a version."""

from typing import Any, ClassVar

import pytest

from ai_models._core.contracts import Listing, ModelSource
from ai_models._core.model import Model
from ai_models.errors import SourceFormatError
from ai_models.sources import ProviderAPISource
from ai_models.sources.formats.vertex import PUBLISHERS, parse_vertex
from ai_models.testing import FakeTransport, HTTPSourceTests
from ai_models.transport import Transport

ENV = {"GOOGLE_CLOUD_LOCATION": "europe-west4", "GOOGLE_CLOUD_PROJECT": "mine"}
PUBLISHED = "https://europe-west4-aiplatform.googleapis.com/v1beta1/publishers/{}/models?pageSize=100"


def row(publisher: str, id: str, version: str, **more: Any) -> dict[str, Any]:
    return {"name": f"publishers/{publisher}/models/{id}", "versionId": version, "launchStage": "GA", **more}


GOOGLE = {
    "publisherModels": [
        row("google", "text-bison", "002", openSourceCategory="PROPRIETARY"),
        row("google", "gemini-x", "default", launchStage="PUBLIC_PREVIEW"),
        row("google", "gemma-x", "gemma-x-it", openSourceCategory="GOOGLE_OWNED_OSS_WITH_GOOGLE_CHECKPOINT"),
    ],
    "nextPageToken": "x/=",
}
ANSWERS = {
    PUBLISHED.format("google"): GOOGLE,
    f"{PUBLISHED.format('google')}&pageToken=x%2F%3D": {"publisherModels": [row("google", "last", "001")]},
    PUBLISHED.format("anthropic"): {"publisherModels": [row("anthropic", "claude-x", "20260101")]},
    PUBLISHED.format("meta"): {},
}


def listed(answers: dict[str, Any]) -> tuple[Listing, dict[str, Model]]:
    listing = ProviderAPISource("vertex", transport=FakeTransport(answers), api_key="k" * 32, env=ENV).listing()
    return listing, {model.id: model for model in listing.models}


class TestVertex(HTTPSourceTests):
    answers: ClassVar = ANSWERS

    def make_source_over(self, transport: Transport) -> ModelSource:
        return ProviderAPISource("vertex", transport=transport, api_key=self.key, env=ENV)


def test_an_id_ends_in_its_version_unless_that_is_the_default() -> None:
    _, models = listed(ANSWERS)
    assert set(models) == {"text-bison@002", "gemini-x", "gemma-x@gemma-x-it", "last@001", "claude-x@20260101"}


def test_another_publishers_model_says_whose_it_is() -> None:
    _, models = listed(ANSWERS)
    assert models["claude-x@20260101"].connector_metadata == {"vertex": {"publisher": "anthropic"}}
    assert models["text-bison@002"].connector_metadata == {}


def test_publishers_that_do_not_answer_are_named_and_one_without_models_is_not() -> None:
    listing, _ = listed(ANSWERS)
    assert listing.note.startswith("no models of mistralai, ai21")
    assert "meta" not in listing.note
    listing, _ = listed(ANSWERS | {PUBLISHED.format(name): {} for name in PUBLISHERS})
    assert listing.note == ""


@pytest.mark.parametrize("answer", [403, 404, b"<html>", [1], {"models": []}])
def test_a_publisher_that_fails_in_any_way_leaves_the_others(answer: Any) -> None:
    listing, models = listed({**ANSWERS, PUBLISHED.format("anthropic"): answer})
    assert "text-bison@002" in models
    assert "anthropic" in listing.note


def test_a_preview_and_open_weights_are_said_where_they_are_stated() -> None:
    _, models = listed(ANSWERS)
    assert (models["gemini-x"].status, models["gemini-x"].open_weights) == ("preview", None)
    assert (models["text-bison@002"].status, models["text-bison@002"].open_weights) == (None, False)
    assert models["gemma-x@gemma-x-it"].open_weights is True


def test_rows_that_are_no_models_are_skipped_and_junk_is_unknown() -> None:
    junk = {"name": "publishers/x/models/m", "versionId": 7, "launchStage": ["GA"], "openSourceCategory": None}
    parsed = parse_vertex({"publisherModels": [junk, {"versionId": "1"}, "x", {"name": "bare"}]})
    assert [model.id for model in parsed.models] == ["m", "bare"]
    assert (parsed.models[0].status, parsed.models[0].open_weights) == (None, None)
    assert len(parsed.skipped) == 2


def test_something_else_is_a_format_error() -> None:
    with pytest.raises(SourceFormatError):
        parse_vertex({"models": []})
