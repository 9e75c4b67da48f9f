"""Sources over local servers keep the contract of sources; a server is told by what it answers, not by its port."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from tests.shared import PAYLOADS, needs_recordings

from ai_models._core.contracts import ModelSource
from ai_models.errors import (
    AIModelsError,
    SourceAuthError,
    SourceFormatError,
    SourceOfflineError,
    SourceUnavailableError,
)
from ai_models.sources import (
    LocalServerSource,
    LocalSource,
    OllamaSource,
    OpenAICompatibleSource,
    ProviderAPISource,
    builtin_sources,
    fetch_policy,
)
from ai_models.testing import FakeTransport, HTTPSourceTests, SourceTests
from ai_models.transport import Response, Transport

HERE = "http://127.0.0.1:9999"
LLAMACPP: Any = {
    "data": [{"id": "tiny", "owned_by": "llamacpp", "meta": {"n_ctx": 256, "n_ctx_train": 512}}],
    "models": [{"name": "tiny"}],
}
VLLM: Any = {"data": [{"id": "qwen3", "owned_by": "vllm", "root": "/models/qwen3", "max_model_len": 8192}]}
LMSTUDIO: Any = {"models": [{"key": "qwen3", "type": "llm", "max_context_length": 40960, "loaded_instances": []}]}
LMSTUDIO_V0: Any = {"data": [{"id": "qwen3", "type": "llm", "state": "loaded", "compatibility_type": "gguf"}]}
NO_ENDPOINT: Any = {"error": "Unexpected endpoint or method. (GET /api/tags)"}
OPENAI: Any = {"object": "list", "data": [{"id": "m", "object": "model"}]}
TAGS: Any = {"models": [{"name": "m:1b", "model": "m:1b", "digest": "abc", "modified_at": "2025-05-10T08:06:48Z"}]}
GPUSTACK: Any = {"items": [{"name": "qwen3", "meta": None}], "pagination": {"page": 1, "totalPage": 1}}
MODEL_INFO: Any = {"data": [{"model_name": "ours", "litellm_params": {"model": "openai/gpt-4o"}, "model_info": {}}]}
OLLAMA_LIST: Any = {"object": "list", "data": [{"id": "m:1b", "object": "model", "owned_by": "library"}]}


class Suite(HTTPSourceTests):
    provider: ClassVar[str]

    def make_source_over(self, transport: Transport) -> ModelSource:
        return ProviderAPISource(self.provider, transport=transport, api_key=self.key, env={}, base_url=HERE)


del HTTPSourceTests  # collected as a subclass of itself otherwise


class TestLlamaCpp(Suite):
    provider = "llamacpp"
    answers: ClassVar = {f"{HERE}/v1/models": LLAMACPP, f"{HERE}/props": {"build_info": "b1"}}


class TestLMStudio(Suite):
    provider = "lmstudio"
    answers: ClassVar = {
        f"{HERE}/api/v1/models": LMSTUDIO,
        f"{HERE}/api/v0/models": LMSTUDIO_V0,
        f"{HERE}/v1/models": OPENAI,
    }


class TestVLLM(Suite):
    provider = "vllm"
    answers: ClassVar = {f"{HERE}/v1/models": VLLM}


class TestSGLang(Suite):
    provider = "sglang"
    answers: ClassVar = {f"{HERE}/v1/models": OPENAI, f"{HERE}/model_info": {"is_generation": True}}


class TestLocalAI(Suite):
    provider = "localai"
    answers: ClassVar = {f"{HERE}/v1/models": OPENAI, f"{HERE}/v1/models/capabilities": OPENAI}


class TestGPUStack(Suite):
    provider = "gpustack"
    answers: ClassVar = {f"{HERE}/models": GPUSTACK}


class TestLiteLLM(Suite):
    provider = "litellm"
    answers: ClassVar = {
        f"{HERE}/model/info": MODEL_INFO,
        f"{HERE}/model_group/info": {"data": []},
        f"{HERE}/v1/models": OPENAI,
    }


class TestRuntime(Suite):
    provider = "koboldcpp"
    answers: ClassVar = {f"{HERE}/v1/models": OPENAI, f"{HERE}/api/extra/true_max_context_length": {"value": 4096}}


class TestOllamaCloud(Suite):
    provider = "ollama-cloud"
    answers: ClassVar = {f"{HERE}/api/tags": TAGS, f"{HERE}/api/show": {}, f"{HERE}/api/ps": {"models": []}}


class TestCompatible(Suite):
    answers: ClassVar = {f"{HERE}/v1/models": OPENAI}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return OpenAICompatibleSource(HERE, name="gpu-box", transport=transport, api_key=self.key, env={})


class TestLocalServer(Suite):
    answers: ClassVar = {f"{HERE}/v1/models": VLLM}

    def make_source_over(self, transport: Transport) -> ModelSource:
        return LocalServerSource(HERE, transport=transport, api_key=self.key, env={})


class TestLocal(SourceTests):
    def make_source(self) -> ModelSource:
        return LocalSource(transport=FakeTransport({"http://127.0.0.1:8000/v1/models": VLLM}), env={})


del Suite, SourceTests


SERVERS: Mapping[str, Mapping[str, Any]] = {
    "llama.cpp server": {"/v1/models": LLAMACPP},
    "vLLM": {"/v1/models": VLLM},
    "Ollama": {"/v1/models": OLLAMA_LIST, "/api/tags": TAGS},
    "LM Studio": {"/api/v1/models": LMSTUDIO, "/v1/models": OPENAI, "/api/tags": NO_ENDPOINT},
    "GPUStack": {"/v1/models": GPUSTACK},
    "SGLang": {"/v1/models": OPENAI, "/get_model_info": {"model_path": "m", "is_generation": True}},
    "LiteLLM Proxy": {"/v1/models": OPENAI, "/health/liveliness": "I'm alive!"},
    "LocalAI": {"/v1/models": OPENAI, "/v1/models/capabilities": {"data": [{"id": "m", "capabilities": ["chat"]}]}},
    "KoboldCpp": {"/v1/models": OPENAI, "/api/extra/version": {"result": "KoboldCpp", "version": "1.99"}},
    "Docker Model Runner": {"/engines/v1/models": {"data": [{"id": "ai/smollm2", "owned_by": "docker"}]}},
    "TabbyAPI": {"/v1/models": {"data": [{"id": "m", "owned_by": "tabbyAPI"}]}},
    "Xinference": {"/v1/models": {"data": [{"id": "m", "owned_by": "xinference"}]}},
    "Lemonade Server": {"/api/v1/models": {"data": [{"id": "m", "owned_by": "lemonade"}]}},
}


def server(answers: Mapping[str, Any], at: str = HERE) -> FakeTransport:
    """A server that answers these paths, and any other with 404."""
    paths = ("/v1/models", "/models", "/api/v1/models", "/engines/v1/models", "/api/version", "/api/v0/models")
    others = ("/props", "/health/liveliness", "/get_model_info", "/v1/models/capabilities", "/api/extra/version")
    more = (
        "/v1/internal/model/info",
        "/api/tags",
        "/api/ps",
        "/api/show",
        "/version",
        "/api/extra/true_max_context_length",
        "/model_info",
        "/model/info",
    )
    table: dict[str, Any] = dict.fromkeys((at + path for path in (*paths, *others, *more, "/model_group/info")), 404)
    as_json = {at + path: json.dumps(answer).encode() for path, answer in answers.items()}
    return FakeTransport(table | as_json)


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_is_told_by_its_answers(name: str) -> None:
    listing = LocalServerSource(HERE, transport=server(SERVERS[name]), api_key="sk-0123456789abcdef").listing()
    assert listing.models
    assert listing.note.startswith(f"{name} at {HERE}")
    assert len({model.provider for model in listing.models}) == 1


@pytest.mark.parametrize("name", SERVERS)
def test_asking_a_server_changes_nothing_on_it(name: str) -> None:
    transport = server(SERVERS[name])
    LocalServerSource(HERE, transport=transport, api_key="sk-0123456789abcdef").listing()
    assert {(sent.method, sent.url) for sent in transport.requests if sent.method != "GET"} <= {
        ("POST", f"{HERE}/api/show")
    }


@pytest.mark.parametrize("asked", ["ollama", "lmstudio", "llamacpp", "vllm", "sglang", "litellm"])
@pytest.mark.parametrize("name", SERVERS)
def test_a_source_of_another_kind_says_who_answers(asked: str, name: str) -> None:
    transport = server(SERVERS[name])
    source = ProviderAPISource(asked, transport=transport, api_key="sk-0123456789abcdef", base_url=HERE, env={})
    if source.served.name == name:
        return
    with pytest.raises(SourceFormatError) as caught:
        source.listing()
    assert f"{name} answers at {HERE}, not {source.served.name}; set " in str(caught.value)


def test_ollama_on_the_port_of_lm_studio_is_ollama() -> None:
    at = "http://127.0.0.1:1234"
    transport = server({"/v1/models": OLLAMA_LIST, "/api/tags": TAGS}, at)
    (model,) = LocalServerSource(at, transport=transport, env={}).discover_models()
    assert (model.provider, model.id) == ("ollama", "m:1b")
    assert model.connector_metadata["ollama"]["base_url"] == f"{at}/v1"


def test_a_server_at_its_usual_address_needs_no_base_url() -> None:
    at = "http://127.0.0.1:11434"
    transport = server({"/v1/models": OLLAMA_LIST, "/api/tags": TAGS}, at)
    (model,) = LocalServerSource(at, transport=transport, env={}).discover_models()
    assert "base_url" not in model.connector_metadata["ollama"]


def test_an_old_llama_cpp_that_imitates_ollama_is_llama_cpp() -> None:
    tags = {"models": [{"name": "tiny", "model": "tiny", "modified_at": "", "digest": "", "details": {"family": ""}}]}
    transport = server({"/v1/models": LLAMACPP, "/api/tags": tags})
    with pytest.raises(SourceFormatError, match=r"llama\.cpp server answers at .*, not Ollama"):
        OllamaSource(base_url=HERE, transport=transport, env={}).listing()


def test_an_openai_list_where_lm_studio_has_its_own_is_another_server() -> None:
    transport = server({"/api/v1/models": OPENAI, "/v1/models": OPENAI})
    with pytest.raises(SourceFormatError, match=r"another server of OpenAI's protocol answers .*, not LM Studio; give"):
        ProviderAPISource("lmstudio", base_url=HERE, transport=transport, env={}).listing()


@needs_recordings
def test_llama_cpp_answers_the_list_of_ollama_with_a_404() -> None:
    refusal = Response(404, {}, (PAYLOADS / "llamacpp/error-404-api_tags.json").read_bytes())
    transport = server({"/v1/models": LLAMACPP})
    transport.answers[f"{HERE}/api/tags"] = refusal
    with pytest.raises(SourceFormatError, match=r"llama\.cpp server answers at .*; set LLAMACPP_BASE_URL and ask"):
        OllamaSource(base_url=HERE, transport=transport, env={}).listing()


def test_the_list_of_a_server_that_nobody_knows_is_that_of_the_name_you_give() -> None:
    source = LocalServerSource(HERE, name="mine", transport=server({"/v1/models": OPENAI}), env={})
    (model,) = source.discover_models()
    assert (model.provider, model.id) == ("mine", "m")
    assert model.connector_metadata["mine"] == {"base_url": f"{HERE}/v1"}


def test_a_server_without_a_name_is_called_after_its_address() -> None:
    assert LocalServerSource("gpu-box:9000").name == "gpu-box-9000"


def test_where_nothing_answers_there_is_no_list() -> None:
    with pytest.raises(SourceUnavailableError, match="nothing answers"):
        LocalServerSource(HERE, transport=FakeTransport({}), env={}).listing()
    with pytest.raises(SourceUnavailableError, match="404"):
        LocalServerSource(HERE, transport=server({}), env={}).listing()


def test_a_server_that_wants_a_key_says_so() -> None:
    transport = FakeTransport(dict.fromkeys(server({}).answers, 401))
    with pytest.raises(SourceAuthError, match="wants a key"):
        LocalServerSource(HERE, transport=transport, env={}).listing()


def test_who_answers_is_not_asked_offline() -> None:
    with fetch_policy(offline=True):
        for source in (LocalServerSource(HERE, transport=FakeTransport({})), LocalSource(transport=FakeTransport({}))):
            with pytest.raises(SourceOfflineError):
                source.listing()


def test_local_finds_every_server_of_this_machine_under_its_own_name() -> None:
    answers = {
        "http://127.0.0.1:11434/v1/models": OLLAMA_LIST,
        "http://127.0.0.1:11434/api/tags": TAGS,
        "http://127.0.0.1:8080/v1/models": LLAMACPP,
        "http://127.0.0.1:8000/v1/models": VLLM,
    }
    listing = LocalSource(transport=FakeTransport(answers), env={}).listing()
    assert {(model.provider, model.id) for model in listing.models} == {
        ("ollama", "m:1b"),
        ("llamacpp", "tiny"),
        ("vllm", "qwen3"),
    }
    for name in ("Ollama", "llama.cpp server", "vLLM"):
        assert f"{name} at http://127.0.0.1:" in listing.note


def test_local_looks_where_you_say_a_server_is() -> None:
    env = {"VLLM_BASE_URL": "http://gpu-box:9001/v1"}
    transport = FakeTransport({"http://gpu-box:9001/v1/models": VLLM})
    (model,) = LocalSource(transport=transport, env=env).discover_models()
    assert (model.provider, model.id) == ("vllm", "qwen3")


def test_local_says_of_a_server_that_it_could_not_be_read() -> None:
    answers = {
        "http://127.0.0.1:8000/v1/models": VLLM,
        "http://localhost:4000/v1/models": OPENAI,
        "http://localhost:4000/health/liveliness": b'"I\'m alive!"',
    }
    listing = LocalSource(transport=FakeTransport(answers), env={}).listing()
    assert [model.id for model in listing.models] == ["qwen3"]
    assert [row.reason for row in listing.skipped] == [
        "http://localhost:4000: no key for litellm; set LITELLM_PROXY_API_KEY"
    ]


def test_a_model_that_two_servers_of_a_kind_have_is_listed_once() -> None:
    answers = dict.fromkeys(("http://127.0.0.1:8000/v1/models", "http://127.0.0.1:8080/v1/models"), VLLM)
    listing = LocalSource(transport=FakeTransport(answers), env={}).listing()
    assert len(listing.models) == 1
    assert [row.id for row in listing.skipped] == ["qwen3"]


def test_an_address_that_never_answers_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    class Hanging(FakeTransport):
        def request(self, method: str, url: str, **options: Any) -> Response:
            if ":8080" in url:
                waited.append(options["timeout"])
                raise TimeoutError("no answer in time")
            return super().request(method, url, **options)

    listing = LocalSource(transport=Hanging({"http://127.0.0.1:8000/v1/models": VLLM}), env={}).listing()
    assert [model.id for model in listing.models] == ["qwen3"]
    assert len(waited) == 1
    assert waited[0] <= 5


def test_a_key_that_was_found_goes_to_no_stranger() -> None:
    env = {"LITELLM_PROXY_API_KEY": "sk-0123456789abcdef"}
    answers = {"/v1/models": OPENAI, "/health/liveliness": "I'm alive!", "/model/info": MODEL_INFO}
    for at, known in (("http://gpu-box:9000", False), ("http://127.0.0.1:9000", True)):
        transport = server(answers, at)
        assert LocalServerSource(at, transport=transport, env=env).listing().models
        assert any("authorization" in (sent.headers or {}) for sent in transport.requests) is known
    transport = server(answers, "http://gpu-box:9000")
    placed = env | {"LITELLM_BASE_URL": "http://gpu-box:9000"}
    assert LocalServerSource("http://gpu-box:9000", transport=transport, env=placed).listing().models
    assert any("authorization" in (sent.headers or {}) for sent in transport.requests)


def test_a_login_in_an_address_is_shown_nowhere() -> None:
    at = "http://me:hunter-2@gpu-box:9000"
    for answers in ({"/v1/models": VLLM}, {"/v1/models": OPENAI}):
        source = LocalServerSource(at, transport=server(answers, at), env={})
        listing = source.listing()
        assert (
            "hunter-2" not in f"{listing.note} {source!r} {[model.to_dict() for model in listing.models]} {source.name}"
        )
    for sent in (server({"/v1/models": {"a": 1}}, at), server({}, at), FakeTransport({})):
        with pytest.raises(AIModelsError) as caught:
            LocalServerSource(at, transport=sent, env={}).listing()
        assert "hunter-2" not in f"{caught.value} {vars(caught.value)}"
    for kind in ("lmstudio", "ollama", "llamacpp"):
        with pytest.raises(AIModelsError) as caught:
            ProviderAPISource(
                kind, base_url=at, transport=server({"/api/v1/models": OPENAI, "/v1/models": VLLM}, at)
            ).listing()
        assert "hunter-2" not in f"{caught.value} {vars(caught.value)}"


def test_local_says_where_it_looked() -> None:
    with pytest.raises(SourceUnavailableError, match=r"looked at .*127\.0\.0\.1:11434"):
        LocalSource(transport=FakeTransport({}), env={}).listing()


def test_local_is_asked_by_name_alone() -> None:
    assert not builtin_sources()["local"]().by_default


@pytest.mark.parametrize("name", ["groq", "two words", "", "me@home"])
def test_a_name_that_is_taken_or_none_is_refused(name: str) -> None:
    with pytest.raises(AIModelsError):
        OpenAICompatibleSource(HERE, name=name)


@pytest.mark.parametrize(
    ("url", "listed", "local"),
    [
        ("http://gpu-box:9000", "http://gpu-box:9000/v1/models", True),
        ("http://10.0.0.7:9000/v1/", "http://10.0.0.7:9000/v1/models", True),
        ("192.168.1.9:8000", "http://192.168.1.9:8000/v1/models", True),
        ("https://llm.example.com/openai/v1", "https://llm.example.com/openai/v1/models", False),
        ("https://llm.example.com/v1/models", "https://llm.example.com/v1/models", False),
    ],
)
def test_any_server_of_openais_protocol_can_be_asked(url: str, listed: str, local: bool) -> None:
    transport = FakeTransport({listed: OPENAI})
    source = OpenAICompatibleSource(url, name="mine", transport=transport, env={"MINE_API_KEY": "sk-0123456789abcdef"})
    (model,) = source.discover_models()
    assert source.by_default
    assert (source.is_local, model.is_local) == (local, local)
    assert (transport.requests[0].headers or {})["authorization"] == "Bearer sk-0123456789abcdef"
