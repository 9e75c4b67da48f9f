import contextlib
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_models._core.contracts import Connector
from ai_models._core.model import Model
from ai_models.connectors import (
    Choice,
    DSPyConnector,
    LangChainConnector,
    Library,
    OllamaConnector,
    OpenAIConnector,
    OpenRouterConnector,
    Route,
    TableConnector,
    builtin_connectors,
)
from ai_models.connectors.endpoint import Endpoint
from ai_models.connectors.engine import build, fill, source
from ai_models.connectors.table import libraries
from ai_models.errors import (
    AIModelsWarning,
    ConnectorError,
    CredentialError,
    MissingDependencyError,
    UnsupportedModelError,
)
from ai_models.providers import providers
from ai_models.testing.connectors import ConnectorTests

KEYS = {"OPENAI_API_KEY": "sk-openai-0123456789", "OPENROUTER_API_KEY": "sk-or-0123456789"}


def made(kind: type[TableConnector], **env: str) -> TableConnector:
    return kind(env=env, dotenv={})


def model_of(provider: str, id: str = "lab/some-model", **facts: Any) -> Model:
    return Model("m", provider, connector_metadata={provider: {"id": id}}, **facts)


GPT_4 = Model(
    id="gpt-4",
    provider="openai",
    connector_metadata={
        "openai": {"id": "gpt-4"},
        "openrouter": {"id": "openai/gpt-4"},
        "azure": {"id": "gpt-4-deployment-name"},
    },
)
CLAUDE = Model("claude", "anthropic", context_size=200_000, max_output_tokens=64_000)


class TestOpenAI(ConnectorTests):
    providers_served = ("openai", "anthropic", "google", "groq", "together", "ollama", "vllm", "litellm")

    def connector(self) -> Connector:
        return OpenAIConnector(dotenv={})


class TestOpenRouter(ConnectorTests):
    providers_served = ("openrouter",)

    def connector(self) -> Connector:
        return OpenRouterConnector(dotenv={})


class TestOllama(ConnectorTests):
    providers_served = ("ollama", "ollama-cloud")

    def connector(self) -> Connector:
        return OllamaConnector(dotenv={})


class TestLangChain(ConnectorTests):
    providers_served = ("openai", "anthropic", "google", "groq", "openrouter", "ollama", "bedrock", "vllm")

    def connector(self) -> Connector:
        return LangChainConnector(env={"AWS_REGION": "eu-west-1"}, dotenv={})


class TestDSPy(ConnectorTests):
    providers_served = ("openai", "anthropic", "google", "groq", "openrouter", "ollama", "bedrock", "vllm", "together")

    def connector(self) -> Connector:
        return DSPyConnector(env={"AWS_REGION": "eu-west-1"}, dotenv={})


class Plain(Connector):
    name = "plain"

    def format_metadata(self, model: Model) -> dict[str, Any]:
        return {"model_id": model.offer(model.provider).id}


class TestPlain(ConnectorTests):
    def connector(self) -> Connector:
        return Plain()


class Careless(Connector):
    name = "careless"

    def format_metadata(self, model: Model) -> dict[str, Any]:
        model.tags.add("used")
        id = model.offer(model.provider).id.rpartition("/")[2]
        return {"model": id, "max_tokens": model.context_size, "api_key": os.environ.get("OPENAI_API_KEY")}

    def code(self, model: Model, **overrides: Any) -> str:
        return f"client = Client(model='{model.offer(model.provider).id}')"


class CarelessSuite(ConnectorTests):
    def connector(self) -> Connector:
        return Careless()


@pytest.mark.parametrize(
    "rule",
    [
        "metadata_has_no_key",
        "metadata_is_json_and_the_same_every_time",
        "ids_arrive_whole",
        "the_context_window_is_no_output_limit",
    ],
)
def test_the_suite_catches_a_careless_connector(monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    test = getattr(CarelessSuite(), f"test_{rule}")
    with pytest.raises(AssertionError):
        test(*([monkeypatch] if rule.endswith("key") else []))


def test_the_suite_catches_an_id_that_becomes_code() -> None:
    with pytest.raises((AssertionError, SyntaxError)):
        CarelessSuite().test_a_hostile_id_stays_a_text_in_the_code()


# what the document says


def test_the_documents_example_uses_the_id_of_its_own_provider() -> None:
    assert made(OpenAIConnector).format_metadata(GPT_4) == {"model": "gpt-4"}
    assert made(OpenRouterConnector).format_metadata(GPT_4) == {"model": "openai/gpt-4"}


def test_a_model_without_metadata_goes_by_its_own_id() -> None:
    assert made(OpenAIConnector).format_metadata(Model("gpt-4", "openai")) == {"model": "gpt-4"}


def test_an_entry_under_the_librarys_name_wins_and_its_kwargs_come_last() -> None:
    model = model_of("openai", "gpt-4o")
    model.connector_metadata["langchain"] = {"id": "gpt-4o-mini", "kwargs": {"temperature": 1, "logprobs": True}}
    data = made(LangChainConnector).format_metadata(model, temperature=0.2)
    assert data == {"model": "gpt-4o-mini", "model_provider": "openai", "temperature": 1, "logprobs": True}


def test_an_entry_may_name_the_provider_to_use() -> None:
    model = Model("gpt-4", "openai", connector_metadata=GPT_4.connector_metadata | {"dspy": {"provider": "openrouter"}})
    assert made(DSPyConnector).format_metadata(model)["model"] == "openrouter/openai/gpt-4"


def test_dspys_own_id_may_carry_the_prefix_or_not() -> None:
    for id in ("openai/gpt-4o", "gpt-4o"):
        model = Model("m", "openai", connector_metadata={"dspy": {"id": id}})
        assert made(DSPyConnector).format_metadata(model)["model"] == "openai/gpt-4o"


def test_a_model_of_ollama_alone_is_reached_through_its_openai_endpoint() -> None:
    model = model_of("ollama", "llama3:8b")
    assert made(OpenAIConnector).format_metadata(model) == {"model": "llama3:8b"}
    assert "base_url='http://127.0.0.1:11434/v1', api_key='ollama'" in made(OpenAIConnector).code(model)


# the choice of the offer


def test_an_offer_with_a_key_goes_before_one_without() -> None:
    choice = made(OpenAIConnector, OPENROUTER_API_KEY="sk-or-0123456789").choose(GPT_4)
    assert choice.offer.key == "openrouter"
    assert choice.rejected == {"openai": "no key: set OPENAI_API_KEY", "azure": "set AZURE_RESOURCE_NAME"}
    assert not choice.missing


def test_the_default_server_goes_first_when_every_offer_has_a_key() -> None:
    assert made(OpenAIConnector, **KEYS).choose(GPT_4).offer.key == "openai"


def test_without_any_key_the_best_offer_is_named_with_what_it_lacks() -> None:
    choice = made(OpenAIConnector).choose(GPT_4)
    assert (choice.offer.key, choice.missing) == ("openai", "no key: set OPENAI_API_KEY")


def test_via_forces_the_offer_by_any_name_of_its_provider() -> None:
    connector = made(OpenAIConnector, **KEYS)
    assert connector.format_metadata(GPT_4, via="openrouter") == {"model": "openai/gpt-4"}
    assert connector.choose(GPT_4, via="Azure").offer.key == "azure"


def test_via_a_provider_that_does_not_serve_the_model_says_so() -> None:
    with pytest.raises(UnsupportedModelError, match="'groq'"):
        made(OpenAIConnector, **KEYS).choose(GPT_4, via="groq")


def test_an_offer_that_is_gone_is_the_last_resort() -> None:
    offers = {"openai": {"id": "gpt-4", "gone": "2026-11-01"}, "openrouter": {"id": "openai/gpt-4"}}
    model = Model("gpt-4", "openai", connector_metadata=offers)
    assert made(OpenAIConnector, **KEYS).choose(model).offer.key == "openrouter"


def test_the_explanation_names_every_offer_once() -> None:
    text = made(OpenAIConnector, **KEYS).explain(GPT_4)
    assert [line.split()[1].rstrip(":") for line in text.splitlines()[1:]] == ["azure", "openrouter"]
    assert text.startswith("openai, as 'gpt-4': there is a key (OPENAI_API_KEY)")


def test_an_unreachable_model_is_refused_with_the_reason_and_the_alternatives() -> None:
    with pytest.raises(UnsupportedModelError) as caught:
        made(OllamaConnector).format_metadata(CLAUDE)
    assert caught.value.reason.startswith("anthropic: out of reach for ollama")
    able = caught.value.reason.partition("connectors that can: ")[2].split(", ")
    assert {"openai", "langchain", "dspy"} <= set(able)
    assert not made(OllamaConnector).supports(CLAUDE)


def test_a_model_of_another_kind_goes_to_the_client_for_it() -> None:
    code = made(OpenAIConnector).code(Model("e", "openai", kind="embedding"))
    assert "client.embeddings.create(model='e', input=" in code
    assert "client.images.generate(model='i', prompt=" in made(OpenAIConnector).code(Model("i", "openai", kind="image"))


def test_a_kind_without_a_client_is_refused_with_the_right_call() -> None:
    with pytest.raises(UnsupportedModelError, match=r"it is for video, openai .*; call client\.videos"):
        made(OpenAIConnector).format_metadata(Model("v", "openai", kind="video"))


def test_a_server_that_is_in_no_table_is_reached_by_its_address() -> None:
    model = Model("q", "my-box", connector_metadata={"my-box": {"id": "Qwen/Q", "base_url": "http://box:8000/v1"}})
    assert made(LangChainConnector).format_metadata(model) == {
        "model": "Qwen/Q",
        "model_provider": "openai",
        "base_url": "http://box:8000/v1",
        "api_key": "none",
    }


def test_an_address_that_is_none_is_a_reason_not_a_crash() -> None:
    model = Model("q", "my-box", connector_metadata={"my-box": {"id": "q", "base_url": "file:///etc/passwd"}})
    assert "not an http(s) address" in made(OpenAIConnector).supports(model).reason


def test_an_address_with_an_unset_part_is_named() -> None:
    connector = made(OpenAIConnector, AZURE_OPENAI_API_KEY="az-0123456789")
    model = model_of("azure", "my-deployment")
    assert connector.format_metadata(model) == {"model": "my-deployment"}
    with pytest.raises(ConnectorError, match="AZURE_RESOURCE_NAME"):
        connector.code(model)


def test_a_login_is_no_key_for_a_library_that_wants_one() -> None:
    logins = {"AWS_REGION": "eu-west-1", "AWS_PROFILE": "me"}
    claude = model_of("bedrock", "us.anthropic.claude-v1:0")
    assert made(LangChainConnector, **logins).choose(claude).missing == ""
    assert made(OpenAIConnector, **logins).choose(claude).missing == "no key: set AWS_BEARER_TOKEN_BEDROCK"
    with pytest.raises(CredentialError, match="AWS_BEARER_TOKEN_BEDROCK"):
        made(OpenAIConnector, **logins, **KEYS).client(claude)


# the rules for every library


LIBRARIES = (OpenAIConnector, LangChainConnector, DSPyConnector)


def recorded(
    monkeypatch: pytest.MonkeyPatch, connector: TableConnector, model: Model, **overrides: Any
) -> dict[str, Any]:
    """Return the arguments with which the client would be made."""
    seen: dict[str, Any] = {}
    monkeypatch.setattr("ai_models.connectors.table_connector.build", seen.update)
    connector.client(model, **overrides)
    del seen["new"]
    return seen


@pytest.mark.parametrize("kind", LIBRARIES)
def test_a_local_server_always_gets_an_explicit_key(
    monkeypatch: pytest.MonkeyPatch, kind: type[TableConnector]
) -> None:
    assert recorded(monkeypatch, made(kind, **KEYS), model_of("vllm"))["api_key"] == "none"


@pytest.mark.parametrize("kind", LIBRARIES)
@pytest.mark.parametrize(
    "stranger", ["http://127.0.0.1:9/v1", "http://api.openai.com/v1", "https://api.openai.com.evil.example/v1"]
)
def test_no_vendor_key_goes_to_a_host_that_is_not_the_vendors(
    monkeypatch: pytest.MonkeyPatch, kind: type[TableConnector], stranger: str
) -> None:
    connector = made(kind, **KEYS)
    by_caller = recorded(monkeypatch, connector, model_of("openai"), base_url=stranger)
    by_source = Model("m", "openai", connector_metadata={"openai": {"id": "m", "base_url": stranger}})
    for arguments in (by_caller, recorded(monkeypatch, connector, by_source)):
        assert arguments["api_key"] == "none"
        assert stranger in arguments.values()


@pytest.mark.parametrize("kind", LIBRARIES)
def test_no_provider_of_the_table_is_given_the_key_of_another(
    monkeypatch: pytest.MonkeyPatch, kind: type[TableConnector]
) -> None:
    logins = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIA0123456789"}
    filled = {name[0]: "mine" for provider in providers.values() for name in provider.fill.values()} | logins
    connector = made(kind, **filled, OPENAI_API_KEY=KEYS["OPENAI_API_KEY"])
    sent: dict[str, Any] = {}
    for provider in providers.values():
        if connector.supports(model_of(provider.id)):
            with contextlib.suppress(CredentialError):
                sent[provider.id] = recorded(monkeypatch, connector, model_of(provider.id)).get("api_key", "none given")
    takers = {id for id, key in sent.items() if key == KEYS["OPENAI_API_KEY"]}
    assert takers == {"openai"}
    assert None not in sent.values()
    assert {id for id, key in sent.items() if key == "none given"} <= {"bedrock", "ollama"}  # its login; a header


@pytest.mark.parametrize(("kind", "shared"), [(LangChainConnector, "openai"), (DSPyConnector, "hosted_vllm")])
def test_data_for_a_shared_class_always_has_a_key_of_its_own(kind: type[TableConnector], shared: str) -> None:
    connector = made(kind, **{name[0]: "mine" for provider in providers.values() for name in provider.fill.values()})
    reached = [model_of(id) for id in providers if id != "openai" and connector.supports(model_of(id))]
    data = [connector.format_metadata(model) for model in reached]
    through = [each for each in data if shared in (each.get("model_provider"), each["model"].partition("/")[0])]
    assert len(through) > 90
    assert all(each["api_key"] and each.get("base_url", each.get("api_base")) for each in through)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example#@api.openai.com/v1",
        "https://evil.example?@api.openai.com/v1",
        "https://api.openai.com@evil.example/v1",
        "https://api.openai.com:8443/v1",
    ],
)
def test_no_writing_of_an_address_passes_for_the_vendors(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    arguments = recorded(monkeypatch, made(OpenAIConnector, **KEYS), model_of("openai"), base_url=address)
    assert arguments["api_key"] == "none"


@pytest.mark.parametrize("host", ["evil.example\\@api.openai.com", "api.openai.com\\@evil.example"])
def test_an_address_that_libraries_read_differently_is_refused(host: str) -> None:
    with pytest.raises(UnsupportedModelError, match="no address"):
        made(OpenAIConnector, **KEYS).format_metadata(model_of("openai"), base_url=f"https://{host}/v1")


def test_what_a_source_states_gets_less_trust_than_what_the_user_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = "https://somebodys.openai.azure.com/openai/v1"
    connector = made(OpenAIConnector, AZURE_OPENAI_API_KEY="az-0123456789")
    facts = {"azure": {"id": "gpt-4o", "base_url": resource}, "openai": {"id": "gpt-4o", "kwargs": {"user": "me"}}}
    for label, key, kwargs in (
        ("user@2026-11-20", "az-0123456789", {"user": "me"}),
        ("litellm@2026-11-20", "none", {}),
    ):
        model = Model("m", "azure", connector_metadata=facts, provenance={"*": label})
        assert recorded(monkeypatch, connector, model, via="azure")["api_key"] == key
        assert connector.format_metadata(model, via="azure") == {"model": "gpt-4o"} | kwargs


def test_an_address_that_cannot_be_passed_on_is_refused() -> None:
    with pytest.raises(UnsupportedModelError, match="dspy can't be told its address"):
        made(DSPyConnector, AWS_REGION="eu-west-1").format_metadata(model_of("bedrock"), base_url="http://127.0.0.1:9")


def test_an_address_in_the_librarys_own_words_is_judged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_of("openai")
    model.connector_metadata["langchain"] = {"kwargs": {"base_url": "http://127.0.0.1:9/v1"}}
    arguments = recorded(monkeypatch, made(LangChainConnector, **KEYS), model)
    assert (arguments["base_url"], arguments["api_key"]) == ("http://127.0.0.1:9/v1", "none")


def test_the_caller_may_hand_a_key_to_a_host_of_his_own(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"base_url": "https://gateway.example/v1", "api_key": "key-of-the-gateway"}
    assert (
        recorded(monkeypatch, made(OpenAIConnector, **KEYS), model_of("openai"), **given)["api_key"] == given["api_key"]
    )


def test_the_users_environment_may_move_a_vendor(monkeypatch: pytest.MonkeyPatch) -> None:
    connector = made(OpenAIConnector, **KEYS, OPENAI_BASE_URL="https://gateway.example/v1")
    arguments = recorded(monkeypatch, connector, model_of("openai"))
    assert arguments == {"base_url": "https://gateway.example/v1", "api_key": KEYS["OPENAI_API_KEY"]}


def test_the_key_of_ollamas_cloud_stays_away_from_other_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    connector = made(OllamaConnector, OLLAMA_API_KEY="cloud-0123456789")
    assert recorded(monkeypatch, connector, model_of("ollama"))["headers"] == {"authorization": "Bearer ollama"}
    cloud = recorded(monkeypatch, connector, model_of("ollama-cloud"))
    assert cloud == {"host": "https://ollama.com", "headers": {"authorization": "Bearer cloud-0123456789"}}


def test_a_missing_key_names_its_variables() -> None:
    with pytest.raises(CredentialError) as caught:
        made(OpenAIConnector).client(model_of("groq"))
    assert caught.value.variables == ["GROQ_API_KEY"]


def test_the_vendors_own_address_is_left_to_its_library() -> None:
    connector = made(LangChainConnector)
    assert "base_url" not in connector.format_metadata(model_of("openai"))
    assert "base_url" not in connector.format_metadata(model_of("anthropic"))
    assert (
        made(LangChainConnector, ANTHROPIC_BASE_URL="http://proxy:1/v1").format_metadata(CLAUDE)["base_url"]
        == "http://proxy:1"
    )


def test_data_for_a_vendor_that_shares_openais_class_never_lets_openais_key_in() -> None:
    data = made(LangChainConnector, **KEYS).format_metadata(model_of("together"))
    assert (data["model_provider"], data["api_key"]) == ("openai", "$TOGETHER_API_KEY")


@pytest.mark.parametrize(
    ("kind", "provider", "field"),
    [
        (OpenAIConnector, "openai", "max_completion_tokens"),
        (OpenAIConnector, "groq", "max_tokens"),
        (OpenAIConnector, "ollama", "max_tokens"),
        (OpenAIConnector, "anthropic", "max_tokens"),
        (OpenRouterConnector, "openrouter", "max_tokens"),
        (OllamaConnector, "ollama", "options.num_predict"),
        (LangChainConnector, "openai", "max_tokens"),
        (LangChainConnector, "ollama", "num_predict"),
        (LangChainConnector, "vllm", "extra_body.max_tokens"),
        (DSPyConnector, "vllm", "max_tokens"),
    ],
)
def test_the_output_limit_goes_into_the_field_that_the_server_knows(
    kind: type[TableConnector], provider: str, field: str
) -> None:
    value: Any = made(kind).format_metadata(model_of(provider), max_tokens=64)
    for name in field.split("."):
        value = value[name]
    assert value == 64


@pytest.mark.parametrize("kind", [LangChainConnector, DSPyConnector])
def test_only_anthropics_own_api_gets_the_models_output_limit(kind: type[TableConnector]) -> None:
    assert made(kind).format_metadata(CLAUDE)["max_tokens"] == 64_000
    assert made(kind).format_metadata(CLAUDE, max_tokens=5)["max_tokens"] == 5
    assert "max_tokens" not in made(kind).format_metadata(Model("claude", "anthropic", context_size=200_000))
    assert "max_tokens" not in made(kind).format_metadata(model_of("openai", max_output_tokens=64_000))


@pytest.mark.parametrize("kind", LIBRARIES)
@pytest.mark.parametrize(
    "model", [model_of("openai", capabilities={"sampling": False}), CLAUDE], ids=["capability", "api"]
)
def test_sampling_is_left_out_where_it_is_refused_and_that_is_said(kind: type[TableConnector], model: Model) -> None:
    with pytest.warns(AIModelsWarning, match="temperature is left out: .* refuses it"):
        data = made(kind).format_metadata(model, temperature=0.2)
    assert "temperature" not in data


@pytest.mark.parametrize("kind", LIBRARIES)
def test_a_sampling_parameter_of_zero_is_passed_on(kind: type[TableConnector]) -> None:
    assert made(kind).format_metadata(model_of("openai"), temperature=0.0)["temperature"] == 0.0


def test_a_setting_without_a_field_is_left_out_and_that_is_said() -> None:
    with pytest.warns(AIModelsWarning, match="num_ctx is left out"):
        assert made(OpenAIConnector).format_metadata(model_of("ollama", "llama3"), num_ctx=8192) == {"model": "llama3"}
    with pytest.warns(AIModelsWarning, match="timeout is left out: it goes into the client"):
        assert made(OpenAIConnector).format_metadata(model_of("openai", "gpt-4o"), timeout=3) == {"model": "gpt-4o"}


@pytest.mark.parametrize("kind", LIBRARIES)
def test_an_unknown_setting_is_an_error_with_a_suggestion(kind: type[TableConnector]) -> None:
    with pytest.raises(ConnectorError, match="did you mean 'temperature'"):
        made(kind).format_metadata(GPT_4, temprature=0.2)


def test_timeouts_are_seconds_for_the_caller_and_what_the_library_wants_for_the_library() -> None:
    connector = made(LangChainConnector)
    assert connector.format_metadata(model_of("openai"), timeout=1.5)["timeout"] == 1.5
    assert connector.format_metadata(model_of("openrouter"), timeout=1.5)["timeout"] == 1500
    assert connector.format_metadata(model_of("ollama"), timeout=1.5)["client_kwargs"]["timeout"] == 1.5


def test_the_effective_context_is_stated_for_ollama_and_the_trained_one_never() -> None:
    known = Model(
        "m", "ollama", context_size=131_072, connector_metadata={"ollama": {"id": "m", "effective_context": 4096}}
    )
    assert made(OllamaConnector).format_metadata(known)["options"] == {"num_ctx": 4096}
    unknown = model_of("ollama", context_size=131_072)
    assert "options" not in made(OllamaConnector).format_metadata(unknown)


def test_dspy_changes_engine_and_address_for_a_context() -> None:
    connector, model = made(DSPyConnector), model_of("ollama", "llama3")
    assert connector.format_metadata(model)["api_base"] == "http://127.0.0.1:11434/v1"
    other = connector.format_metadata(model, num_ctx=8192)
    assert (other["engine"], other["api_base"]) == ("litellm", "http://127.0.0.1:11434")


def test_kwargs_are_the_librarys_own_words() -> None:
    assert made(OpenAIConnector).format_metadata(GPT_4, kwargs={"logprobs": True}) == {
        "model": "gpt-4",
        "logprobs": True,
    }


def test_kwargs_that_are_no_mapping_are_an_error() -> None:
    model = Model("gpt-4", "openai", connector_metadata={"openai": {"id": "gpt-4", "kwargs": "temperature=1"}})
    with pytest.raises(ConnectorError, match="kwargs is no mapping"):
        made(OpenAIConnector).format_metadata(model)


def test_a_library_that_is_not_installed_names_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("openai", "langchain", "langchain.chat_models"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'ai-models-registry\[openai\]'"):
        made(OpenAIConnector, **KEYS).client(GPT_4)
    with pytest.raises(MissingDependencyError, match=r"pip install 'ai-models-registry\[langchain\]'"):
        made(LangChainConnector, **KEYS).client(GPT_4)


def test_a_part_of_a_library_that_is_not_installed_names_its_own_package() -> None:
    class Half(TableConnector):
        name = "half"
        library = Library(
            "half", "json", "no_such_part:Client", "client", "", routes=(Route(("*",), {}, package="json-part"),)
        )

    with pytest.raises(MissingDependencyError, match="pip install json"):
        made(Half, **KEYS).client(GPT_4)


def test_the_key_is_read_from_the_variable_that_has_it() -> None:
    code = made(OpenAIConnector, GOOGLE_API_KEY="g-0123456789").code(model_of("google", "gemini-2.5-flash"))
    assert "api_key=os.environ['GOOGLE_API_KEY']" in code
    assert "g-0123456789" not in code


def test_a_given_key_is_not_written_down() -> None:
    connector = made(OpenAIConnector)
    assert "sk-given-0123456789" not in connector.code(GPT_4, api_key="sk-given-0123456789")
    assert "sk-given-0123456789" not in str(connector.format_metadata(GPT_4, api_key="sk-given-0123456789"))


@given(id=st.text(min_size=1).filter(str.strip))
def test_any_id_is_a_literal_in_the_code(id: str) -> None:
    import ast

    for kind in (OpenAIConnector, LangChainConnector):
        tree = ast.parse(made(kind).code(model_of("openai", id)))
        assert id in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        assert [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names] == ["os"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FACTS = st.dictionaries(st.sampled_from(["id", "base_url", "kwargs", "provider", "gone", "effective_context"]), JSON)
OFFER_KEYS = st.sampled_from(
    ["openai", "langchain", "dspy", "ollama", "bedrock:us", "vllm", "elsewhere", "openrouter:free"]
)


@pytest.mark.filterwarnings("ignore::ai_models.errors.AIModelsWarning")  # a library without a field for a limit says so
@given(
    offers=st.dictionaries(OFFER_KEYS, FACTS, max_size=4),
    settings=st.fixed_dictionaries({}, optional={"max_tokens": JSON}),
)
def test_whatever_a_registry_holds_gives_json_or_a_reason(offers: dict[str, Any], settings: dict[str, Any]) -> None:
    model, reasons = Model("m", "openai", connector_metadata=offers), []
    for make in builtin_connectors().values():
        connector: Any = make(env=KEYS, dotenv={})
        try:
            json.dumps(connector.format_metadata(model, **settings))
            connector.code(model)
            assert connector.supports(model)
        except ConnectorError as error:
            reasons.append(error.reason)
    assert all(reasons)


# the engine and the table


def test_a_dollar_in_a_value_means_nothing() -> None:
    assert fill({"model": "a/$id"}, {"id": "$api_key", "api_key": "secret"}) == {"model": "a/$api_key"}


def test_what_has_no_value_is_left_out_and_what_is_zero_is_not() -> None:
    template = {"a": "$a", "b": {"c": "$c"}, "d": "$d", "e": ["$a", "$d"], "f": {}}
    assert fill(template, {"a": None, "d": 0}) == {"d": 0, "e": [0], "f": {}}


def test_objects_are_made_inside_out_live_and_in_source() -> None:
    nested = {
        "new": "datetime:datetime",
        "year": 2026,
        "month": 1,
        "day": 2,
        "tzinfo": {"new": "zoneinfo:ZoneInfo", "key": "UTC"},
    }
    imports, text = source(nested)
    space: dict[str, Any] = {}
    exec("\n".join([*imports, f"made = {text}"]), space)
    assert space["made"] == build(nested)


def test_every_route_of_the_table_names_servers_and_variables_that_exist() -> None:
    from ai_models.connectors.arguments import SETTINGS, URLS
    from ai_models.connectors.engine import variables_of

    known = {
        *SETTINGS,
        *URLS,
        "id",
        "output_cap",
        "context",
        "window",
        "timeout_ms",
        "litellm",
        "sdk",
        "region",
        "api_key",
    }
    for library in libraries().values():
        for route in library.routes:
            assert {name.rstrip("?!") for name in variables_of([dict(route.make), dict(route.call or {})])} <= known
            plain = [name for name in route.servers if name != "*" and not name.startswith(("wire=", "speaks="))]
            assert set(plain) <= set(providers), library.name
            assert route.when is None or route.when in SETTINGS


def test_nothing_in_the_table_takes_the_context_window_for_a_limit() -> None:
    for library in libraries().values():
        for route in library.routes:
            assert "context_size" not in json.dumps([route.make, route.call])


def test_only_a_providers_own_hosts_are_its_own() -> None:
    azure = Endpoint(providers["azure"], "https://mine.openai.azure.com/openai/v1", env={})
    assert azure.at_home
    assert not Endpoint(providers["azure"], "https://mine.openai.azure.com.evil.example", env={}).at_home
    assert not Endpoint(providers["openai"], "https://api.openai.com@evil.example/v1", env={}).at_home


def test_a_connector_of_ones_own_needs_a_row_alone() -> None:
    class Mine(TableConnector):
        name = "mine"
        library = Library(
            "mine",
            "mine",
            "types:SimpleNamespace",
            "client",
            "print(client.ask({call}))",
            routes=(
                Route(("*",), {"url": "$openai_url", "key": "$api_key"}, {"model": "$id", "limit": "$max_tokens"}),
            ),
        )

    connector = made(Mine, **KEYS)
    assert connector.format_metadata(GPT_4, max_tokens=5) == {"model": "gpt-4", "limit": 5}
    assert connector.client(GPT_4).key == KEYS["OPENAI_API_KEY"]
    assert "print(client.ask(model='gpt-4', limit=5))" in connector.code(GPT_4, max_tokens=5)


def test_the_builtin_connectors_go_by_their_names() -> None:
    makers = builtin_connectors()
    assert {name: make(env={}).name for name, make in makers.items()} == {name: name for name in makers}
    assert list(makers) == list(libraries())


def test_a_choice_is_text_safe_for_a_terminal() -> None:
    choice = made(OpenAIConnector).choose(model_of("openai", "a\x1b[31mred"))
    assert isinstance(choice, Choice)
    assert "\x1b" not in str(choice)


def test_the_connectors_load_no_client_library() -> None:
    code = (
        "import sys; from ai_models.connectors import *; makers = builtin_connectors(); "
        "[make(env={}, dotenv={}) for make in makers.values()]; "
        "print(sorted({name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    loaded = set(eval(done.stdout))
    assert loaded.isdisjoint({"openai", "langchain", "langchain_core", "ollama", "dspy", "httpx", "pydantic", "dotenv"})
