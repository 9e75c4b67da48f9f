"""What the libraries for agents are told: facts that need none of them installed."""

import json
from typing import Any

import pytest

from ai_models._core.model import Model
from ai_models.connectors import builtin_connectors

AGENTS = ["agno", "openai-agents", "pydantic-ai", "smolagents", "strands"]


def told(library: str, provider: str, id: str, **settings: Any) -> dict[str, Any]:
    connector = builtin_connectors()[library](env={}, dotenv={})
    return connector.format_metadata(Model("m", provider, connector_metadata={provider: {"id": id}}), **settings)


@pytest.mark.parametrize("library", AGENTS)
def test_a_key_is_always_given_and_an_id_keeps_its_slashes(library: str) -> None:
    text = json.dumps(told(library, "vllm", "Qwen/Qwen3-32B"))
    assert '"api_key": "none"' in text
    assert '"Qwen/Qwen3-32B"' in text


@pytest.mark.parametrize("library", AGENTS)
def test_a_limit_goes_into_the_field_that_the_server_knows(library: str) -> None:
    text = json.dumps(told(library, "together", "Qwen/Qwen3-32B", max_tokens=64))
    assert '"max_tokens": 64' in text
    assert "max_completion_tokens" not in text


@pytest.mark.parametrize("library", AGENTS)
def test_without_a_limit_none_is_sent(library: str) -> None:
    assert "max_" not in json.dumps(told(library, "together", "Qwen/Qwen3-32B"))


def test_agno_reports_no_run_to_its_makers() -> None:
    assert told("agno", "openai", "gpt-4o")["telemetry"] is False
