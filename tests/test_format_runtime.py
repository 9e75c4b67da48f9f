"""Runtimes that add a little to OpenAI's list, on small answers written here."""

from typing import Any

import pytest

from ai_models.sources import ProviderAPISource
from ai_models.sources.formats.runtime import parse_runtime
from ai_models.testing import FakeTransport

LEMONADE: Any = {
    "id": "Qwen3-0.6B-GGUF",
    "owned_by": "lemonade",
    "checkpoint": "unsloth/Qwen3-0.6B-GGUF:Q4_0",
    "recipe": "llamacpp",
    "size": 0.38,
    "max_context_window": 40960,
    "downloaded": True,
    "labels": ["hot", "reasoning", "tool-calling"],
}
DOCKER: Any = {
    "id": "docker.io/ai/gemma4:E4B",
    "owned_by": "docker",
    "dmr": {"architecture": "gemma4", "parameters": "7.52B", "quantization": "MOSTLY_Q4_K_M", "size": "4.74GiB"},
}
XINFERENCE: Any = {
    "id": "qwen2.5",
    "owned_by": "xinference",
    "created": 0,
    "model_type": "LLM",
    "model_ability": ["chat", "tools"],
    "context_length": 32768,
    "quantization": "Int4",
    "model_format": "gptq",
    "model_family": "qwen2.5-instruct",
    "replica": 2,
}


def test_lemonade_says_what_it_downloaded_from_where() -> None:
    (model,) = parse_runtime({"data": [LEMONADE]}, "lemonade").models
    assert (model.context_size, model.is_local, model.released) == (40960, True, None)
    assert model.capabilities == {"reasoning": True, "tools": True}
    assert model.connector_metadata["lemonade"] == {"quantization": "Q4_0", "repository": "unsloth/Qwen3-0.6B-GGUF"}


def test_what_lemonade_could_download_is_no_model_yet() -> None:
    parsed = parse_runtime({"data": [LEMONADE | {"downloaded": False}]}, "lemonade")
    assert (parsed.models, parsed.skipped[0].reason) == ([], "not downloaded yet")


def test_docker_describes_a_model_besides() -> None:
    (model,) = parse_runtime({"data": [DOCKER]}, "docker-model-runner").models
    assert model.parameters == 7_520_000_000
    assert model.connector_metadata["docker-model-runner"] == {
        "quantization": "Q4_K_M",
        "parameter_size": "7.52B",
        "architecture": "gemma4",
    }


def test_xinference_lists_what_runs() -> None:
    (model,) = parse_runtime({"data": [XINFERENCE]}, "xinference").models
    assert (model.kind, model.context_size, model.capabilities) == ("chat", 32768, {"tools": True})
    assert model.connector_metadata["xinference"] == {
        "quantization": "Int4",
        "format": "gptq",
        "architecture": "qwen2.5-instruct",
        "replicas": 2,
        "state": "loaded",
    }


def test_tabbyapi_says_the_context_of_what_is_loaded() -> None:
    loaded = {"id": "a", "owned_by": "tabbyAPI", "parameters": {"max_seq_len": 32768}}
    models = parse_runtime(
        {"data": [loaded, {"id": "b", "owned_by": "tabbyAPI", "parameters": None}]}, "tabbyapi"
    ).models
    assert [model.connector_metadata["tabbyapi"] for model in models] == [
        {"effective_context": 32768, "state": "loaded"},
        {},
    ]


def test_koboldcpp_says_apart_with_which_context_it_runs() -> None:
    url = "http://127.0.0.1:5001"
    answers: dict[str, Any] = {
        f"{url}/v1/models": {"data": [{"id": "koboldcpp/tiny", "owned_by": "koboldcpp"}]},
        f"{url}/api/extra/true_max_context_length": {"value": 4096},
    }
    (model,) = ProviderAPISource("koboldcpp", transport=FakeTransport(answers), env={}).discover_models()
    assert (model.context_size, model.connector_metadata["koboldcpp"]["effective_context"]) == (None, 4096)
    answers[f"{url}/api/extra/true_max_context_length"] = 404
    (model,) = ProviderAPISource("koboldcpp", transport=FakeTransport(answers), env={}).discover_models()
    assert model.connector_metadata["koboldcpp"] == {"state": "loaded"}


@pytest.mark.parametrize("junk", [None, 7, [], "x", {"value": {}}])
def test_junk_makes_a_fact_unknown(junk: Any) -> None:
    row = dict.fromkeys(("dmr", "labels", "model_ability", "checkpoint", "parameters", "replica", "model_type"), junk)
    (model,) = parse_runtime({"data": [row | {"id": "m"}]}, "docker-model-runner", effective=junk).models
    assert (model.parameters, model.kind, model.capabilities, model.context_size) == (None, None, {}, None)
