"""Sources against real servers on this machine: llama.cpp, alone and as a router, and a LiteLLM proxy before it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.real_servers import LITELLM_KEY, LLAMA_KEY, free_port, litellm_proxy, llama_router, llama_server

from ai_models.errors import SourceAuthError, SourceFormatError, SourceUnavailableError
from ai_models.sources import GGUFSource, LocalServerSource, OllamaSource, OpenAICompatibleSource, ProviderAPISource
from ai_models.transport import HTTPTransport

__all__ = ["litellm_proxy", "llama_router", "llama_server"]  # fixtures

WRONG_KEY = "sk-wrong-0123456789"


@pytest.fixture
def transport() -> Iterator[HTTPTransport]:
    with HTTPTransport() as opened:
        yield opened


def test_llama_cpp_lists_its_model_with_the_context_it_runs(llama_server: str, transport: HTTPTransport) -> None:
    source = ProviderAPISource("llamacpp", base_url=llama_server, api_key=LLAMA_KEY, transport=transport, env={})
    (model,) = source.discover_models()
    assert (model.id, model.is_local) == ("tiny", True)
    assert model.parameters
    assert model.context_size
    assert model.connector_metadata["llamacpp"]["effective_context"] == 256


def test_llama_cpp_refuses_a_wrong_key(llama_server: str, transport: HTTPTransport) -> None:
    source = ProviderAPISource("llamacpp", base_url=llama_server, api_key=WRONG_KEY, transport=transport, env={})
    with pytest.raises(SourceAuthError, match="the given key was rejected"):
        source.listing()


def test_llama_cpp_says_what_its_model_can_do(llama_server: str, transport: HTTPTransport) -> None:
    source = ProviderAPISource("llamacpp", base_url=llama_server, api_key=LLAMA_KEY, transport=transport, env={})
    listing = source.listing()
    (model,) = listing.models
    offer = model.connector_metadata["llamacpp"]
    assert (offer["state"], offer["quantization"], model.context_size) == ("loaded", "F32", 512)
    assert model.supports("vision") is False
    assert model.supports("tools") is False
    assert listing.note.startswith("build ")


def test_llama_cpp_on_ollamas_port_is_llama_cpp(llama_router: str, transport: HTTPTransport) -> None:
    with pytest.raises(SourceFormatError, match=r"llama\.cpp server answers at .*, not Ollama; set LLAMACPP_BASE_URL"):
        OllamaSource(base_url=llama_router, transport=transport, env={}).listing()


def test_llama_cpp_behind_a_key_tells_a_stranger_nothing(llama_server: str, transport: HTTPTransport) -> None:
    with pytest.raises(SourceAuthError):
        OllamaSource(base_url=llama_server, transport=transport, env={}).listing()


def test_a_router_tells_loaded_unloaded_and_failed_models_apart(llama_router: str, transport: HTTPTransport) -> None:
    source = ProviderAPISource("llamacpp", base_url=llama_router, transport=transport, env={})
    offers = {model.id: model.connector_metadata["llamacpp"] for model in source.discover_models()}
    assert {id: offer["state"] for id, offer in offers.items()} == {
        "loaded": "loaded",
        "unloaded": "unloaded",
        "broken": "failed",
    }
    assert offers["broken"]["state_reason"] == "it failed to load (exit code 1)"
    assert offers["loaded"]["effective_context"] == 256
    assert "effective_context" not in offers["unloaded"]
    assert offers["unloaded"]["path"].endswith("unloaded.gguf")


def test_asking_a_router_loads_nothing(llama_router: str, transport: HTTPTransport) -> None:
    source = ProviderAPISource("llamacpp", base_url=llama_router, transport=transport, env={})
    before = {model.id: model.connector_metadata["llamacpp"]["state"] for model in source.discover_models()}
    assert LocalServerSource(llama_router, transport=transport, env={}).listing().models
    assert {m.id: m.connector_metadata["llamacpp"]["state"] for m in source.discover_models()} == before


def test_the_files_of_a_router_are_read_as_the_router_reads_them(
    llama_router: str, transport: HTTPTransport, tmp_path: Path
) -> None:
    source = ProviderAPISource("llamacpp", base_url=llama_router, transport=transport, env={})
    served = {model.id: model for model in source.discover_models()}
    folder = Path(served["loaded"].connector_metadata["llamacpp"]["path"]).parent
    files = {model.id: model for model in GGUFSource(folder).discover_models()}
    assert set(files) == {"loaded", "unloaded"}
    for fact in ("context_size", "parameters"):
        assert getattr(files["loaded"], fact) == getattr(served["loaded"], fact)
    assert GGUFSource(folder).listing().skipped[0].id == "broken"


def test_any_server_is_told_by_its_answers(
    llama_router: str, litellm_proxy: str, llama_server: str, transport: HTTPTransport
) -> None:
    for url, key, name in (
        (llama_router, None, "llama.cpp server"),
        (llama_server, LLAMA_KEY, "llama.cpp server"),
        (litellm_proxy, LITELLM_KEY, "LiteLLM Proxy"),
    ):
        listing = LocalServerSource(url, api_key=key, transport=transport, env={}).listing()
        assert listing.models
        assert listing.note.startswith(f"{name} at {url}")


def test_any_compatible_server_is_listed_under_the_name_one_gives_it(
    llama_server: str, transport: HTTPTransport
) -> None:
    source = OpenAICompatibleSource(llama_server, name="mine", api_key=LLAMA_KEY, transport=transport, env={})
    (model,) = source.discover_models()
    assert (model.id, model.provider, model.is_local) == ("tiny", "mine", True)
    assert model.connector_metadata["mine"]["base_url"] == f"{llama_server}/v1"


def test_a_litellm_proxy_lists_what_is_configured_in_it(litellm_proxy: str, transport: HTTPTransport) -> None:
    source = ProviderAPISource("litellm", base_url=litellm_proxy, api_key=LITELLM_KEY, transport=transport, env={})
    listing = source.listing()
    models = {model.id: model for model in listing.models}
    assert {"mock-gpt", "tiny/through-proxy", "balanced"} <= set(models)
    assert not any("*" in id for id in models)
    gpt = models["mock-gpt"]
    assert (gpt.context_size, gpt.max_output_tokens, gpt.kind) == (128000, 16384, "chat")
    assert gpt.cost_per_token["input"] == pytest.approx(2.5e-06)
    assert gpt.supports("tools") is True
    assert gpt.released is None
    assert gpt.connector_metadata["litellm"]["remote_model"] == "openai/gpt-4o"


def test_of_balanced_deployments_only_what_they_share_is_known(litellm_proxy: str, transport: HTTPTransport) -> None:
    source = ProviderAPISource("litellm", base_url=litellm_proxy, api_key=LITELLM_KEY, transport=transport, env={})
    (model,) = (each for each in source.discover_models() if each.id == "balanced")
    assert model.connector_metadata["litellm"] == {"deployments": 2}
    assert (model.context_size, model.cost_per_token, model.kind) == (None, {}, "chat")
    assert model.supports("vision") is True


def test_a_litellm_proxy_without_a_key_says_that_it_wants_one(litellm_proxy: str, transport: HTTPTransport) -> None:
    with pytest.raises(SourceAuthError):
        LocalServerSource(litellm_proxy, api_key=WRONG_KEY, transport=transport, env={}).listing()
    with pytest.raises(SourceFormatError, match=r"LiteLLM Proxy answers at .*, not vLLM"):
        ProviderAPISource("vllm", base_url=litellm_proxy, transport=transport, env={}).listing()


def test_a_litellm_proxy_refuses_a_wrong_key(litellm_proxy: str, transport: HTTPTransport) -> None:
    source = ProviderAPISource("litellm", base_url=litellm_proxy, api_key=WRONG_KEY, transport=transport, env={})
    with pytest.raises(SourceAuthError, match="the given key was rejected"):
        source.listing()


def test_a_port_where_nothing_listens_says_how_to_start_ollama(transport: HTTPTransport) -> None:
    source = OllamaSource(base_url=f"http://127.0.0.1:{free_port()}", transport=transport, env={})
    with pytest.raises(SourceUnavailableError, match="start Ollama with `ollama serve`"):
        source.listing()
