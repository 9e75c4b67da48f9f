"""Sources against real servers on this machine: llama.cpp and a LiteLLM proxy in front of it."""

from collections.abc import Iterator

import pytest
from tests.real_servers import LITELLM_KEY, LLAMA_KEY, free_port, litellm_proxy, llama_server

from ai_models.errors import SourceAuthError, SourceError, SourceFormatError, SourceUnavailableError
from ai_models.sources import OllamaSource, ProviderAPISource
from ai_models.transport import HTTPTransport

__all__ = ["litellm_proxy", "llama_server"]  # fixtures

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


def test_llama_cpp_on_ollamas_port_is_no_ollama(llama_server: str, transport: HTTPTransport) -> None:
    with pytest.raises(SourceError) as caught:
        OllamaSource(base_url=llama_server, transport=transport, env={}).listing()
    assert isinstance(caught.value, SourceAuthError | SourceFormatError | SourceUnavailableError)


def test_a_litellm_proxy_lists_what_is_configured_in_it(litellm_proxy: str, transport: HTTPTransport) -> None:
    source = ProviderAPISource("litellm", base_url=litellm_proxy, api_key=LITELLM_KEY, transport=transport, env={})
    models = {model.id: model for model in source.discover_models()}
    assert set(models) == {"mock-gpt", "tiny/through-proxy"}
    assert models["mock-gpt"].max_output_tokens == 16384
    assert models["mock-gpt"].released is None


def test_a_litellm_proxy_refuses_a_wrong_key(litellm_proxy: str, transport: HTTPTransport) -> None:
    source = ProviderAPISource("litellm", base_url=litellm_proxy, api_key=WRONG_KEY, transport=transport, env={})
    with pytest.raises(SourceAuthError, match="the given key was rejected"):
        source.listing()


def test_a_port_where_nothing_listens_says_how_to_start_ollama(transport: HTTPTransport) -> None:
    source = OllamaSource(base_url=f"http://127.0.0.1:{free_port()}", transport=transport, env={})
    with pytest.raises(SourceUnavailableError, match="start Ollama with `ollama serve`"):
        source.listing()
