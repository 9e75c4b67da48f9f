"""What an Ollama server says now, said before, and says of models that run elsewhere, on small answers."""

from typing import Any

import pytest

from ai_models._core.model import Model
from ai_models.errors import SourceFormatError
from ai_models.sources import OllamaSource, ProviderAPISource
from ai_models.sources.formats.ollama import OllamaDetails, parse_ollama
from ai_models.testing import FakeTransport

TAG: Any = {"name": "m:1b", "model": "m:1b", "digest": "abc", "modified_at": "2025-05-10T08:06:48Z", "size": 99}
CLOUD: Any = TAG | {
    "name": "big:cloud",
    "model": "big:cloud",
    "size": 0,
    "remote_host": "https://ollama.com:443",
    "remote_model": "big",
}


def one(row: Any, shown: Any = None, running: Any = None) -> Model:
    id = row.get("model") or row["name"]
    (model,) = parse_ollama({"models": [row]}, OllamaDetails({id: shown} if shown else {}, running)).models
    return model


def offer(model: Model) -> dict[str, Any]:
    return model.connector_metadata["ollama"]


def test_a_row_without_model_goes_by_its_name() -> None:
    assert one({"name": "old:latest", "digest": "abc"}).id == "old:latest"


def test_the_window_is_that_of_the_details_or_of_the_list() -> None:
    listed = TAG | {"details": {"context_length": 4096, "embedding_length": 768}}
    assert one(listed).context_size == 4096
    assert one(listed, {"model_info": {"general.architecture": "m", "m.context_length": 8192}}).context_size == 8192


def test_what_runs_in_the_cloud_is_not_local_and_has_no_size_or_state() -> None:
    model = one(CLOUD, running={"models": []})
    assert not model.is_local
    assert offer(model) == {"digest": "abc", "remote_host": "https://ollama.com:443", "remote_model": "big"}


@pytest.mark.parametrize(
    ("running", "state", "context"),
    [
        ({"models": [{"name": "m:1b", "model": "m:1b", "context_length": 4096}]}, "loaded", 4096),
        ({"models": [{"name": "m:1b"}]}, "loaded", None),
        ({"models": []}, "unloaded", None),
        ({"models": None}, None, None),
        (None, None, None),
    ],
)
def test_a_model_is_loaded_if_the_server_says_so(running: Any, state: str | None, context: int | None) -> None:
    facts = offer(one(TAG, running=running))
    assert (facts.get("state"), facts.get("effective_context")) == (state, context)


def test_a_modelfile_sets_the_context_of_a_request() -> None:
    parameters = 'stop "<|im_end|>"\nnum_ctx                        16384\nnum_ctx_other 3'
    assert offer(one(TAG, {"parameters": parameters}))["effective_context"] == 16384


def test_an_embedding_model_says_how_long_its_vectors_are() -> None:
    info = {"general.architecture": "bert", "bert.embedding_length": 768}
    assert offer(one(TAG, {"capabilities": ["embedding"], "model_info": info}))["dimensions"] == 768
    assert "dimensions" not in offer(one(TAG, {"capabilities": ["completion"], "model_info": info}))


def test_running_a_model_has_no_price() -> None:
    assert one(TAG).cost_per_token == {}


def test_the_cloud_is_asked_like_a_server_and_is_not_local() -> None:
    url = "https://ollama.com/api"
    answers = {f"{url}/tags": {"models": [TAG]}, f"{url}/show": {"capabilities": ["tools"]}, f"{url}/ps": 404}
    transport = FakeTransport(answers)
    source = ProviderAPISource("ollama-cloud", transport=transport, api_key="0123456789abcdef", env={})
    (model,) = source.discover_models()
    assert (model.provider, model.is_local, model.supports("tools")) == ("ollama-cloud", False, True)
    assert "state" not in model.connector_metadata["ollama-cloud"]


def test_lm_studio_answers_ollamas_list_with_an_error_and_status_200() -> None:
    url = "http://127.0.0.1:11434"
    error = {"error": "Unexpected endpoint or method. (GET /api/tags)"}
    answers = {f"{url}/api/tags": error, f"{url}/v1/models": {"data": [{"id": "m", "owned_by": "organization_owner"}]}}
    with pytest.raises(SourceFormatError, match=r"LM Studio answers at http://127.0.0.1:11434, not Ollama"):
        OllamaSource(transport=FakeTransport(answers), env={}).listing()


def test_a_server_without_models_has_none() -> None:
    url = "http://127.0.0.1:11434/api"
    assert OllamaSource(transport=FakeTransport({f"{url}/tags": {"models": []}}), env={}).listing().models == []
