"""`ProviderAPISource`, `OpenRouterSource`, `OllamaSource`: keys, addresses, pages, and what they ask."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.test_source_wires import ANTHROPIC, COHERE, GEMINI, OPENAI, OPENROUTER, SHOWN, TAGS

from ai_models._core.contracts import ModelSource
from ai_models.cache import DiscoveryCache
from ai_models.errors import (
    CredentialError,
    ProviderNotFoundError,
    SourceAuthError,
    SourceError,
    SourceUnavailableError,
)
from ai_models.providers import providers
from ai_models.sources import OllamaSource, OpenRouterSource, ProviderAPISource, builtin_sources, fetch_policy
from ai_models.sources.provider_api import has_list
from ai_models.testing import FakeTransport

KEY = "sk-0123456789abcdef"
LISTING = [provider.id for provider in providers.values() if has_list(provider)]
FILLED = {name: "filled" for provider in providers.values() for names in provider.fill.values() for name in names}
OLLAMA = "http://127.0.0.1:11434/api"
PAYLOADS: dict[str, Any] = {
    "anthropic": ANTHROPIC,
    "bedrock": {"modelSummaries": [{"modelId": "a.b-v1:0"}]},
    "cloudflare": {"result": [{"name": "@cf/a/b"}]},
    "cohere": COHERE,
    "gemini": GEMINI,
    "ollama": TAGS,
    "openrouter": OPENROUTER,
    "vertex": {"publisherModels": [{"name": "publishers/google/models/gemini-x"}]},
}


@pytest.mark.parametrize("name", LISTING)
def test_every_provider_with_a_list_can_be_asked(name: str) -> None:
    provider = providers[name]
    base = None if provider.list_url(FILLED) else "http://host:8000"
    url = provider.list_url(FILLED, base)
    assert url is not None
    transport = FakeTransport({url: PAYLOADS.get(provider.wire, OPENAI)})
    source = ProviderAPISource(name, transport=transport, api_key=KEY, base_url=base, env=FILLED)
    listing = source.listing()
    assert listing.models
    assert {model.provider for model in listing.models} == {name}
    assert source.name == source.provider == name
    assert source.is_local == provider.is_local


def test_a_provider_has_one_source_under_any_of_its_names() -> None:
    assert ProviderAPISource("together_ai").name == "together"
    with pytest.raises(ProviderNotFoundError, match="did you mean 'groq'"):
        ProviderAPISource("grok-q")


def test_a_provider_without_a_list_says_so() -> None:
    with pytest.raises(SourceError, match="publishes no list"):
        ProviderAPISource("voyage", api_key=KEY, env={}).listing()


def test_a_provider_whose_address_depends_on_a_variable_names_it() -> None:
    with pytest.raises(SourceError, match="AZURE_RESOURCE_NAME"):
        ProviderAPISource("azure", api_key=KEY, env={}).listing()


def test_an_address_that_is_none_is_a_source_error() -> None:
    with pytest.raises(SourceError, match="not an http"):
        ProviderAPISource("groq", api_key=KEY, base_url="ftp://x y", env={}).listing()


def test_without_a_key_nothing_is_asked_and_the_variable_is_named() -> None:
    transport = FakeTransport({})
    with pytest.raises(CredentialError, match="no key for mistral; set MISTRAL_API_KEY"):
        ProviderAPISource("mistral", transport=transport, env={}).listing()
    assert transport.requests == []


def test_a_refused_key_is_named_by_its_variable() -> None:
    transport = FakeTransport({"https://api.mistral.ai/v1/models": 401})
    source = ProviderAPISource("mistral", transport=transport, env={"MISTRAL_API_KEY": KEY})
    with pytest.raises(SourceAuthError, match=r"the key in MISTRAL_API_KEY was rejected \(401\)"):
        source.listing()


def test_openrouter_needs_no_key_and_sends_one_that_is_there() -> None:
    for env, sent in (({}, None), ({"OPENROUTER_API_KEY": KEY}, f"Bearer {KEY}")):
        transport = FakeTransport({"https://openrouter.ai/api/v1/models": OPENROUTER})
        OpenRouterSource(transport=transport, env=env).listing()
        assert (transport.requests[0].headers or {}).get("authorization") == sent


def test_openrouter_asks_for_every_modality_and_every_page() -> None:
    url = "https://openrouter.ai/api/v1/models"
    second = {"data": [{"id": "page/two"}], "links": {"next": None}}
    first = OPENROUTER | {"links": {"next": "/api/v1/models?offset=500&limit=500"}, "total_count": 501}
    transport = FakeTransport({f"{url}?output_modalities=all": first, f"{url}?offset=500&limit=500": second})
    models = [model.id for model in OpenRouterSource(transport=transport, env={}).discover_models()]
    assert models == [row["id"] for row in OPENROUTER["data"]] + ["page/two"]


def test_the_next_page_is_asked_of_the_server_that_was_chosen() -> None:
    url = "https://openrouter.ai/api/v1/models"
    first = OPENROUTER | {"links": {"next": "https://evil.test/models?offset=1"}}
    transport = FakeTransport({url: first})
    OpenRouterSource(transport=transport, api_key=KEY, env={}).listing()
    assert all(sent.url.startswith(url) for sent in transport.requests)


def test_anthropic_pages_are_followed_by_their_last_id() -> None:
    url = "https://api.anthropic.com/v1/models?limit=1000"
    pages = {
        url: {"data": [{"id": "a b"}], "has_more": True, "last_id": "a b"},
        f"{url}&after_id=a%20b": {"data": [{"id": "c"}], "has_more": False, "last_id": "c"},
    }
    source = ProviderAPISource("anthropic", transport=FakeTransport(pages), api_key=KEY, env={})
    assert [model.id for model in source.discover_models()] == ["a b", "c"]


@pytest.mark.parametrize(
    ("provider", "url", "parameter", "field"),
    [
        (
            "google",
            "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000",
            "pageToken",
            "nextPageToken",
        ),
        ("cohere", "https://api.cohere.com/v1/models?page_size=1000", "page_token", "next_page_token"),
    ],
)
def test_pages_with_tokens_are_followed(provider: str, url: str, parameter: str, field: str) -> None:
    pages = {
        url: {"models": [{"name": "a"}], field: "x/+="},
        f"{url}&{parameter}=x%2F%2B%3D": {"models": [{"name": "b"}], field: ""},
    }
    source = ProviderAPISource(provider, transport=FakeTransport(pages), api_key=KEY, env={})
    assert [model.id for model in source.discover_models()] == ["a", "b"]


def ollama(show: Any = None, **more: Any) -> tuple[OllamaSource, FakeTransport]:
    shows = show or (lambda sent: SHOWN.get(sent.json["model"], 404))
    transport = FakeTransport({f"{OLLAMA}/tags": TAGS, f"{OLLAMA}/show": shows, **more})
    return OllamaSource(transport=transport, env={}), transport


def test_ollama_is_asked_for_the_details_of_each_model() -> None:
    source, transport = ollama()
    listing = source.listing()
    shown = {sent.json["model"] for sent in transport.requests if sent.method == "POST"}
    assert shown == {model.id for model in listing.models} == {"llama3.2:1b", "old:latest", "gpt-oss:120b-cloud"}


def test_a_model_of_ollama_whose_details_fail_is_listed_without_them() -> None:
    source, _ = ollama(show=500)
    listing = source.listing()
    assert len(listing.models) == 3
    assert listing.note.startswith("no details of 3 of 3 models: the server failed (500)")


def test_the_state_of_ollama_is_a_note() -> None:
    running = {"models": [{"name": "llama3.2:1b", "context_length": 4096}]}
    source, _ = ollama(
        lambda sent: SHOWN["llama3.2:1b"], **{f"{OLLAMA}/ps": running, f"{OLLAMA}/version": {"version": "0.30.1"}}
    )
    assert source.listing().note == "version 0.30.1; 1 loaded"


def test_ollama_that_is_not_running_says_how_to_start_it() -> None:
    source = OllamaSource(transport=FakeTransport({}), env={"OLLAMA_HOST": "gpu-box:11500"})
    with pytest.raises(
        SourceUnavailableError,
        match=r"nothing answers at http://gpu-box:11500/api/tags; start Ollama with `ollama serve`",
    ):
        source.listing()


def test_ollama_is_found_where_its_variable_says() -> None:
    transport = FakeTransport({"http://127.0.0.1:11500/api/tags": {"models": []}})
    OllamaSource(transport=transport, env={"OLLAMA_HOST": "0.0.0.0:11500"}).listing()
    assert transport.requests[0].url == "http://127.0.0.1:11500/api/tags"


def test_a_local_server_that_is_not_running_says_which_variable_moves_it() -> None:
    with pytest.raises(SourceUnavailableError, match="or set LLAMACPP_BASE_URL to where it runs"):
        ProviderAPISource("llamacpp", transport=FakeTransport({}), env={}).listing()


def test_another_server_on_the_port_is_an_error_of_its_own() -> None:
    transport = FakeTransport({f"{OLLAMA}/tags": {"object": "list", "data": []}})
    with pytest.raises(SourceError, match="expected a list under 'models'"):
        OllamaSource(transport=transport, env={}).listing()


def test_by_default_only_what_can_answer_is_asked() -> None:
    assert OpenRouterSource(env={}).by_default
    assert OllamaSource(env={}).by_default
    assert not ProviderAPISource("groq", env={}).by_default
    assert ProviderAPISource("groq", env={"GROQ_API_KEY": KEY}).by_default
    assert ProviderAPISource("groq", env={}, api_key=KEY).by_default
    assert not ProviderAPISource("vllm", env={}).by_default
    assert ProviderAPISource("vllm", env={"VLLM_BASE_URL": "http://gpu:8000"}).by_default
    assert not ProviderAPISource("azure", env={"AZURE_API_KEY": KEY}).by_default
    assert not ProviderAPISource("voyage", env={"VOYAGE_API_KEY": KEY}).by_default


def test_a_broken_address_in_the_environment_stops_no_discovery() -> None:
    env = {"VLLM_BASE_URL": "ftp://x y"}
    assert ProviderAPISource("vllm", env=env).by_default
    with pytest.raises(SourceError, match="VLLM_BASE_URL is not an http"):
        ProviderAPISource("vllm", env=env).listing()


def test_the_builtin_sources_are_the_catalogue_and_every_provider_with_a_list() -> None:
    made = builtin_sources()
    assert list(made)[:3] == ["catalogue", "openrouter", "ollama"]
    asked = {name for name, factory in made.items() if isinstance(factory(), ProviderAPISource)}
    assert {id for id in LISTING if not providers[id].retired} == asked
    assert {"catalogue", "local", "gguf", "hf-cache"} <= set(made) - asked
    for name, factory in made.items():
        source = factory()
        assert isinstance(source, ModelSource)
        assert source.name == name


def test_a_given_transport_is_not_cached_unless_a_cache_is_given_too(tmp_path: Path) -> None:
    url = "https://openrouter.ai/api/v1/models"
    plain = OpenRouterSource(transport=FakeTransport({url: OPENROUTER}), env={})
    assert [plain.listing().origin, plain.listing().origin] == ["live", "live"]
    cached = OpenRouterSource(transport=FakeTransport({url: OPENROUTER}), cache=DiscoveryCache(tmp_path), env={})
    assert [cached.listing().origin, cached.listing().origin] == ["live", "cache"]
    with fetch_policy(offline=True):
        assert cached.listing().models


def test_a_key_of_the_environment_is_looked_up_at_each_listing() -> None:
    env: dict[str, str] = {}
    source = ProviderAPISource("openai", transport=FakeTransport({"https://api.openai.com/v1/models": OPENAI}), env=env)
    with pytest.raises(CredentialError):
        source.listing()
    env["OPENAI_API_KEY"] = KEY
    assert source.listing().models


def test_a_source_shows_its_provider_and_no_key() -> None:
    assert repr(ProviderAPISource("groq", api_key=KEY)) == "ProviderAPISource('groq')"
    assert repr(OllamaSource()) == "OllamaSource('ollama')"


def test_the_documents_import_paths_work_and_load_nothing_before_they_are_used() -> None:
    code = """
import sys
import ai_models.sources as sources
loaded = set(sys.modules)
for name in sources.__all__:
    getattr(sources, name)
print(sorted(loaded & {"asyncio", "ssl", "email", "http", "httpx2", "orjson", "platformdirs", "ai_models.transport"}))
print(sorted({"httpx2", "ssl", "orjson", "platformdirs", "http.client"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["[]", "[]"]


def test_an_unknown_name_is_an_attribute_error() -> None:
    from ai_models import sources

    with pytest.raises(AttributeError, match="NoSource"):
        _ = sources.NoSource
