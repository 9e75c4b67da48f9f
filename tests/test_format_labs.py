"""What Anthropic, Google, Mistral and Cohere state beside a model's id, and what they leave unknown."""

from typing import Any

import pytest

from ai_models._core.model import Model
from ai_models.sources.formats.anthropic import parse_anthropic
from ai_models.sources.formats.cohere import parse_cohere
from ai_models.sources.formats.gemini import parse_gemini
from ai_models.sources.formats.mistral import parse_mistral

YES, NO = {"supported": True}, {"supported": False}


def anthropic(**row: Any) -> Model:
    return parse_anthropic({"data": [{"type": "model", "id": "claude-x", **row}]}).models[0]


def gemini(**row: Any) -> Model:
    return parse_gemini({"models": [{"name": "models/gemini-x", **row}]}).models[0]


def mistral(**row: Any) -> Model:
    return parse_mistral([{"id": "m", **row}]).models[0]


def cohere(**row: Any) -> Model:
    return parse_cohere({"models": [{"name": "command-x", **row}]}).models[0]


def test_anthropic_states_every_capability_by_name() -> None:
    stated = {
        "batch": YES,
        "citations": YES,
        "code_execution": NO,
        "context_management": {**YES, "clear_thinking_20251015": YES},
        "effort": {**YES, "low": YES, "high": YES, "max": NO},
        "image_input": YES,
        "pdf_input": NO,
        "structured_outputs": YES,
        "thinking": {**YES, "types": {"enabled": NO, "adaptive": YES}},
    }
    model = anthropic(capabilities=stated)
    assert model.capabilities == {
        "batch": True,
        "citations": True,
        "code_execution": False,
        "reasoning_effort": True,
        "vision": True,
        "pdf_input": False,
        "structured_output": True,
        "reasoning": True,
    }
    assert model.connector_metadata["anthropic"] == {"efforts": ["low", "high"], "thinking_types": ["adaptive"]}
    assert model.input_modalities == ["text", "image"]


@pytest.mark.parametrize("stated", [None, [], {}, {"thinking": True}, {"effort": {"supported": "yes"}}, {"a": {}}])
def test_what_anthropic_does_not_state_is_unknown(stated: Any) -> None:
    model = anthropic(capabilities=stated, created_at="1970-01-01T00:00:00Z", max_tokens=None, max_input_tokens=0)
    assert (model.capabilities, model.connector_metadata, model.input_modalities) == ({}, {}, [])
    assert (model.released, model.context_size, model.max_output_tokens) == (None, None, None)


@pytest.mark.parametrize(
    ("id", "methods", "kind"),
    [
        ("gemini-x", ["generateContent", "countTokens", "bidiGenerateContent"], "chat"),
        ("gemini-x-live", ["countTokens", "bidiGenerateContent"], "realtime"),
        ("gemini-x-tts", ["countTokens", "generateContent"], "speech"),
        ("gemini-embedding", ["embedContent", "countTextTokens", "countTokens"], "embedding"),
        ("imagen-4", ["predict"], "image"),
        ("veo-3", ["predictLongRunning"], "video"),
        ("text-bison", ["generateText", "createTunedTextModel"], "completion"),
        ("aqa", ["generateAnswer"], None),
        ("odd", None, None),
        ("odd", "generateContent", None),
    ],
)
def test_the_methods_of_gemini_are_a_kind(id: str, methods: Any, kind: str | None) -> None:
    assert gemini(name=f"models/{id}", supportedGenerationMethods=methods).kind == kind


@pytest.mark.parametrize(
    ("row", "capabilities"),
    [
        ({"supportedGenerationMethods": ["generateContent", "createTunedModel"]}, {"fine_tuning": True}),
        ({"supportedGenerationMethods": ["embedContent", "asyncBatchEmbedContent"]}, {"batch": True}),
        ({"supportedGenerationMethods": ["countTokens"]}, {}),
        ({"temperature": 1, "topP": 0.95, "maxTemperature": 2}, {"sampling": True}),
        ({"temperature": 0}, {"sampling": True}),
        ({"temperature": True}, {}),
        ({"thinking": False}, {"reasoning": False}),
        ({"thinking": "yes"}, {}),
    ],
)
def test_gemini_states_what_there_is_and_leaves_the_rest_unknown(row: Any, capabilities: dict[str, bool]) -> None:
    assert gemini(**row).capabilities == capabilities


def test_a_model_that_you_tuned_at_mistral_names_its_parent() -> None:
    row = {
        "id": "ft:open-mistral-7b:me:20260101:abc",
        "TYPE": "fine-tuned",
        "root": "open-mistral-7b",
        "job": "j",
        "archived": True,
        "name": None,
        "max_context_length": 32768,
    }
    model = mistral(**row)
    assert (model.id, model.name, model.status, model.context_size) == (row["id"], None, "retired", 32768)
    assert model.connector_metadata["mistral"] == {"fine_tuned": True, "parent_model": "open-mistral-7b"}


def test_a_base_model_of_mistral_has_no_parent() -> None:
    assert mistral(type="base", root="m").connector_metadata == {}


@pytest.mark.parametrize(
    ("stated", "expected"), [(0.0, 0.0), (0.7, 0.7), (1, 1.0), (None, None), (-1, None), (True, None), (9, None)]
)
def test_the_default_temperature_of_mistral_is_kept(stated: Any, expected: float | None) -> None:
    facts = mistral(default_model_temperature=stated).connector_metadata.get("mistral", {})
    assert facts.get("default_temperature") == expected


@pytest.mark.parametrize(
    ("flags", "inputs"),
    [
        ({"vision": True, "audio": False}, ["text", "image"]),
        ({"vision": False, "audio": True}, ["text", "audio"]),
        ({"vision": False}, []),
        (None, []),
    ],
)
def test_what_mistral_takes_beside_text_is_an_input(flags: Any, inputs: list[str]) -> None:
    assert mistral(capabilities=flags).input_modalities == inputs


def test_mistral_states_the_end_and_what_comes_after() -> None:
    model = mistral(deprecation="2025-11-30T12:00:00Z", deprecation_replacement_model="m-latest", created=1762178664)
    assert (model.deprecated, model.successor, model.released) == ("2025-11-30", "m-latest", None)


def test_cohere_states_endpoints_defaults_and_a_tokenizer() -> None:
    model = cohere(
        endpoints=["generate", "chat", "summarize"],
        default_endpoints=["chat"],
        finetuned=True,
        tokenizer_url="https://host/command-x.json",
        context_length=128000.0,
    )
    assert (model.kind, model.context_size) == ("chat", 128_000)
    assert model.connector_metadata["cohere"] == {
        "endpoints": ["generate", "chat", "summarize"],
        "default_endpoints": ["chat"],
        "fine_tuned": True,
        "tokenizer_url": "https://host/command-x.json",
    }


@pytest.mark.parametrize(
    ("row", "capabilities"),
    [
        ({"features": ["json_schema", "tools"]}, {"structured_output": True, "tools": True}),
        (
            {"features": ["json_mode", "vision", "logprobs", "strict_tools"]},
            dict.fromkeys(["json_mode", "vision", "logprobs"], True),
        ),
        ({"features": None}, {}),
        ({"features": "tools"}, {}),
        ({"features": [7]}, {}),
        ({"sampling_defaults": {"temperature": 0.3}}, {"sampling": True}),
        ({"sampling_defaults": {}}, {}),
    ],
)
def test_cohere_names_what_there_is_and_leaves_the_rest_unknown(row: Any, capabilities: dict[str, bool]) -> None:
    assert cohere(**row).capabilities == capabilities


def test_a_plain_row_of_cohere_has_no_facts() -> None:
    model = cohere(finetuned=False, is_deprecated=False, default_endpoints=[])
    assert (model.connector_metadata, model.status, model.kind) == ({}, None, None)
    assert cohere(is_deprecated=True).status == "deprecated"
