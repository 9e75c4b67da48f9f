"""Azure: models of a resource and the deployments by whose names they are called."""

from typing import Any, ClassVar

import pytest

from ai_models._core.contracts import Listing, ModelSource
from ai_models._core.model import Model
from ai_models.errors import SourceFormatError
from ai_models.sources import ProviderAPISource
from ai_models.sources.formats.azure import parse_azure
from ai_models.testing import FakeTransport, HTTPSourceTests
from ai_models.transport import Transport

ROOT = "https://mine.openai.azure.com/openai"
GPT = {
    "id": "gpt-4.1-2025-04-14",
    "object": "model",
    "status": "succeeded",
    "lifecycle_status": "generally-available",
    "capabilities": {"fine_tune": False, "weu_fine_tune": True, "inference": True, "chat_completion": True},
    "deprecation": {"fine_tune": 1776124800, "inference": 1776124800},
}
MODELS = {
    "object": "list",
    "data": [
        GPT,
        GPT,
        {"id": "ada-2", "capabilities": {"embeddings": True, "inference": False}, "deprecation": {"inference": 0}},
        {"id": "o9", "capabilities": {"chat_completion": True}, "deprecation": {"inference": 4070908800}},
        {"id": "o9-preview", "lifecycle_status": "preview", "capabilities": None},
        {"id": "old", "lifecycle_status": "deprecating", "capabilities": {"completion": True}},
    ],
}
DEPLOYMENTS = {
    "object": "list",
    "data": [
        {"id": "prod", "model": "gpt-4.1-2025-04-14", "object": "deployment", "status": "succeeded"},
        {"id": "test", "model": "gpt-4.1-2025-04-14", "object": "deployment", "status": "succeeded"},
        {"id": "broken", "model": "gone-1", "object": "deployment", "status": "failed"},
        {"id": "o9", "model": "gpt-4.1-2025-04-14", "object": "deployment", "status": "succeeded"},
    ],
}
ANSWERS = {f"{ROOT}/v1/models": MODELS, f"{ROOT}/deployments": DEPLOYMENTS}


def source(answers: dict[str, Any], **options: Any) -> ProviderAPISource:
    return ProviderAPISource("azure", transport=FakeTransport(answers), env={"AZURE_RESOURCE_NAME": "mine"}, **options)


def listed(answers: dict[str, Any]) -> tuple[Listing, dict[str, Model]]:
    listing = source(answers, api_key="k" * 32).listing()
    return listing, {model.id: model for model in listing.models}


class TestAzure(HTTPSourceTests):
    answers: ClassVar = ANSWERS

    def make_source_over(self, transport: Transport) -> ModelSource:
        return ProviderAPISource("azure", transport=transport, api_key=self.key, env={"AZURE_RESOURCE_NAME": "mine"})


def test_what_is_stated_of_a_model_is_read() -> None:
    _, models = listed(ANSWERS)
    model = models["gpt-4.1-2025-04-14"]
    assert (model.kind, model.retired, model.status) == ("chat", "2026-04-14", None)
    assert model.capabilities == {"fine_tuning": True}
    assert (models["ada-2"].kind, models["old"].kind) == ("embedding", "completion")


def test_a_model_is_listed_once_though_azure_lists_it_twice() -> None:
    assert [model.id for model in parse_azure(MODELS).models].count("gpt-4.1-2025-04-14") == 1


def test_an_end_in_2099_or_in_1970_is_none() -> None:
    models = {model.id: model for model in parse_azure(MODELS).models}
    assert models["o9"].retired is models["ada-2"].retired is None


def test_a_lifecycle_is_a_status() -> None:
    models = {model.id: model for model in parse_azure(MODELS).models}
    assert [models[id].status for id in ("o9-preview", "old", "o9")] == ["preview", "deprecated", None]


def test_a_model_that_answers_nothing_is_not_active() -> None:
    models = {model.id: model for model in parse_azure(MODELS).models}
    assert models["ada-2"].connector_metadata == {"azure": {"active": False}}
    assert models["o9-preview"].connector_metadata == {}


def test_a_deployment_is_an_offer_with_the_facts_of_its_model() -> None:
    listing, models = listed(ANSWERS)
    assert (models["prod"].kind, models["prod"].retired, models["prod"].supports("fine_tuning")) == (
        "chat",
        "2026-04-14",
        True,
    )
    assert models["prod"].connector_metadata["azure"] == {"alias_of": "gpt-4.1-2025-04-14"}
    assert models["gpt-4.1-2025-04-14"].connector_metadata["azure"]["deployments"] == ["prod", "test", "o9"]
    assert models["old"].connector_metadata["azure"]["deployments"] == []
    assert listing.note == ""


def test_a_deployment_of_an_unknown_model_knows_nothing_and_a_failed_one_is_not_active() -> None:
    _, models = listed(ANSWERS)
    assert (models["broken"].kind, models["broken"].retired) == (None, None)
    assert models["broken"].connector_metadata["azure"] == {"alias_of": "gone-1", "active": False}


def test_a_deployment_named_like_another_model_is_what_answers_to_the_name() -> None:
    _, models = listed(ANSWERS)
    assert models["o9"].connector_metadata["azure"] == {"alias_of": "gpt-4.1-2025-04-14"}
    assert models["o9"].retired == "2026-04-14"


@pytest.mark.parametrize("answer", [404, 401, "<html>", {"error": {"code": "404"}}, [1]])
def test_where_deployments_are_not_listed_a_note_says_what_is_called(answer: Any) -> None:
    listing, models = listed({**ANSWERS, f"{ROOT}/deployments": answer})
    assert "prod" not in models
    assert "deployments are not listed to a key" in listing.note
    assert "azure" not in models["gpt-4.1-2025-04-14"].connector_metadata


def test_the_management_api_writes_yes_and_no_as_text() -> None:
    row = {
        "kind": "OpenAI",
        "model": {
            "name": "gpt-5",
            "version": "2025-08-07",
            "capabilities": {
                "chatCompletion": "true",
                "inference": "false",
                "FineTune": "false",
                "jsonSchemaResponse": "true",
                "maxContextToken": "400000",
                "maxOutputToken": "128000",
            },
            "lifecycleStatus": "Preview",
            "deprecation": {"inference": "2027-02-06T00:00:00Z"},
        },
    }
    model = parse_azure({"value": [row]}).models[0]
    assert (model.id, model.kind, model.status, model.retired) == ("gpt-5-2025-08-07", "chat", "preview", "2027-02-06")
    assert (model.context_size, model.max_output_tokens) == (400_000, 128_000)
    assert model.capabilities == {"fine_tuning": False, "structured_output": True}
    assert model.connector_metadata == {"azure": {"active": False}}


def test_a_deployment_of_the_management_api_has_its_facts_under_properties() -> None:
    row = {
        "id": "/subscriptions/s/deployments/mine",
        "name": "mine",
        "properties": {"model": {"name": "gpt-5", "version": "1"}, "provisioningState": "Creating"},
    }
    model = parse_azure({"value": [row]}).models[0]
    assert model.id == "mine"
    assert model.connector_metadata["azure"] == {"alias_of": "gpt-5", "active": False}


def test_rows_that_are_no_models_are_skipped_with_a_reason() -> None:
    parsed = parse_azure({"data": [7, {"capabilities": {}}, {"id": "a\nb"}, {"id": "fine", "deprecation": [1]}]})
    assert [model.id for model in parsed.models] == ["fine"]
    assert len(parsed.skipped) == 3


def test_something_else_is_a_format_error() -> None:
    with pytest.raises(SourceFormatError):
        parse_azure({"models": []})
