import copy
import pickle
import re
import subprocess
import sys
import tomllib
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_models.errors import AIModelsError, ProviderNotFoundError
from ai_models.providers import KINDS, LOCAL, Provider, default_rank, provider_id, providers

ALL = list(providers.values())
FORMS = ("root", "openai", "anthropic")
AUTH = re.compile(r"bearer|oauth|signed|none|token|key|[a-z]+(-[a-z]+)*-key")


def urls_of(row: Provider) -> list[str]:
    return [url for url in (row.root_url, row.openai_url, row.anthropic_url, row.docs) if url]


def squashed(name: str) -> str:
    return re.sub(r"[ ._-]", "", name.lower())


# ---------------------------------------------------------------- the table


def test_the_table_has_at_least_ninety_providers_in_order():
    assert len(providers) >= 90
    assert list(providers) == sorted(providers)


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.id)
def test_every_row_is_well_formed(row):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row.id)
    assert row.kind in KINDS
    assert row.name.strip()
    assert AUTH.fullmatch(row.auth)
    assert re.fullmatch(r"[a-z][a-z-]*", row.wire)
    assert row.output_cap in ("max_tokens", "max_completion_tokens")
    assert row.retired is None or re.fullmatch(r"20\d\d-\d\d-\d\d", row.retired)
    assert bool(row.placeholder_key) == row.is_local


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.id)
def test_every_variable_is_an_upper_case_name_that_stands_once(row):
    groups = [row.key_variables, row.url_variables, *row.fill.values()]
    for names in groups:
        assert len(set(names)) == len(names)
        assert all(re.fullmatch(r"[A-Z0-9][A-Z0-9_]+", name) for name in names), names
    assert row.url_variables[0] == row.id.upper().replace("-", "_") + "_BASE_URL"
    assert not set(row.key_variables) & set(row.url_variables)


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.id)
def test_remote_addresses_are_https_and_none_ends_in_a_slash(row):
    for url in urls_of(row):
        parts = urlsplit(url.replace("{", "").replace("}", ""))
        local = parts.hostname in ("127.0.0.1", "localhost")
        assert parts.scheme == ("http" if local else "https"), url
        assert parts.hostname
        assert not url.endswith("/")


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.id)
def test_placeholders_of_addresses_are_exactly_those_that_variables_fill(row):
    addresses = " ".join([*urls_of(row), row.list_endpoint])
    assert set(re.findall(r"\{(\w+)\}", addresses)) == set(row.fill)


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.id)
def test_the_list_endpoint_hangs_on_a_form_of_address_that_the_row_has_or_gets_from_a_variable(row):
    if not row.list_endpoint or row.list_endpoint.startswith("https://"):
        return
    form, _, path = row.list_endpoint.partition(":")
    assert form in FORMS
    assert path.startswith("/")
    values = {names[0]: "x" for names in row.fill.values()}
    addressed = any((row.root_url, row.openai_url, row.anthropic_url))
    default = row.list_endpoint == "openai:/models"
    if addressed and not (default and not row.openai_url):
        assert row.list_url(env=values).endswith(path)


def test_a_name_belongs_to_one_provider():
    owners: dict[str, str] = {}
    for row in ALL:
        for name in {squashed(each) for each in (row.id, row.name, *row.names)}:
            assert owners.setdefault(name, row.id) == row.id, name


def test_a_row_repeats_nothing_that_its_id_or_name_already_says():
    for row in ALL:
        names = [squashed(each) for each in (row.id, *row.names)]
        assert len(set(names)) == len(names), row.id


def test_no_two_rows_share_an_api_address_unless_both_are_local():
    seen: dict[str, str] = {}
    for row in ALL:
        if row.openai_url and not row.is_local:
            assert seen.setdefault(row.openai_url, row.id) == row.id


def test_a_row_read_alone_is_the_row_of_the_whole_table(repository):
    table = tomllib.loads((repository / "src/ai_models/data/providers.toml").read_text(encoding="utf-8"))
    assert list(table) == list(providers)
    for key, row in table.items():
        found = providers[key]
        assert (found.name, found.kind) == (row["name"], row["kind"])
        assert list(found.names) == row.get("names", "").split()
        assert all(provider_id(name) == key for name in (key, row["name"], *found.names))
    assert {key for key, row in table.items() if row["kind"] == "local"} == LOCAL


# ---------------------------------------------------------------- look-up


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("gemini", "google"),
        ("google_genai", "google"),
        ("vertex_ai-anthropic_models", "vertex"),
        ("google-vertex", "vertex"),
        ("bedrock_converse", "bedrock"),
        ("amazon-bedrock", "bedrock"),
        ("aws", "bedrock"),
        ("together_ai", "together"),
        ("togetherai", "together"),
        ("Together AI", "together"),
        ("fireworks-ai", "fireworks"),
        ("azure_ai", "azure"),
        ("x-ai", "xai"),
        ("hosted_vllm", "vllm"),
        ("lm_studio", "lmstudio"),
        ("ollama_chat", "ollama"),
        ("dashscope", "alibaba"),
        ("moonshot", "moonshotai"),
        ("huggingface_groq", "huggingface"),
        ("vercel_ai_gateway", "vercel"),
        ("cohere_chat", "cohere"),
        ("voyageai", "voyage"),
        ("OPENAI", "openai"),
    ],
)
def test_the_names_of_peers_lead_to_our_id(name, id):
    assert provider_id(name) == id
    assert providers[name] is providers[id]
    assert name in providers


def test_an_unknown_provider_is_an_error_with_suggestions():
    with pytest.raises(ProviderNotFoundError) as caught:
        providers["antropic"]
    assert "anthropic" in caught.value.suggestions
    assert isinstance(caught.value, KeyError)
    assert provider_id("antropic") is None
    assert "antropic" not in providers
    assert 7 not in providers


@given(st.text(max_size=60))
def test_any_text_is_a_known_name_or_none(name):
    found = provider_id(name)
    assert found is None or found in list(providers)
    assert (name in providers) == (found is not None)


def test_every_lab_with_an_api_of_its_own_is_reached_through_it():
    for lab in ("openai", "anthropic", "google", "mistral", "cohere", "xai", "deepseek", "meta", "qwen", "zai"):
        assert any(lab in row.labs and row.kind == "lab" for row in ALL), lab


def test_nothing_is_read_on_import():
    code = "import sys, ai_models.providers as p; print('tomllib' in sys.modules, bool(vars(p.providers)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert shown.stdout.split() == ["False", "False"]


def test_local_is_the_set_of_local_servers():
    assert {"ollama", "lmstudio", "llamacpp", "vllm"} <= LOCAL
    assert all(providers[each].is_local for each in LOCAL)
    assert not LOCAL & {"openai", "litellm", "ollama-cloud"}


def test_a_provider_is_a_value():
    row = providers["groq"]
    assert pickle.loads(pickle.dumps(row)) == row
    assert copy.deepcopy(row) == row
    assert len({row, providers["groq"]}) == 1
    with pytest.raises(AttributeError):
        row.id = "other"


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("host", "root"),
    [
        ("0.0.0.0:11434", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        (":8000", "http://127.0.0.1:8000"),
        ("gpu-box", "http://gpu-box:11434"),
        ("gpu-box:9999/", "http://gpu-box:9999"),
        ("http://gpu-box:11434/", "http://gpu-box:11434"),
        ("http://gpu-box:11434/v1/", "http://gpu-box:11434"),
        ("https://ollama.example.com", "https://ollama.example.com"),
        ("http://0.0.0.0:11434", "http://127.0.0.1:11434"),
        ("[::]:11434", "http://[::1]:11434"),
        ("[fe80::1]:11434", "http://[fe80::1]:11434"),
        (" localhost ", "http://localhost:11434"),
        ("https://proxy.example.com/ollama", "https://proxy.example.com/ollama"),
    ],
)
def test_ollama_host_is_understood_as_ollama_understands_it(host, root):
    env = {"OLLAMA_HOST": host}
    ollama = providers["ollama"]
    assert ollama.base_url("root", env=env) == root
    assert ollama.base_url("openai", env=env) == root + "/v1"
    assert ollama.base_url("anthropic", env=env) == root
    assert ollama.list_url(env=env) == root + "/api/tags"


def test_the_argument_wins_over_the_environment_and_that_over_the_table():
    groq = providers["groq"]
    env = {"GROQ_BASE_URL": "https://a.example.com", "GROQ_API_BASE": "https://b.example.com"}
    assert groq.base_url(env=env, override="https://c.example.com") == "https://c.example.com/openai/v1"
    assert groq.base_url(env=env) == "https://a.example.com/openai/v1"
    assert groq.base_url(env={"GROQ_BASE_URL": " ", "GROQ_API_BASE": "https://b.example.com"}).startswith("https://b.")
    assert groq.base_url(env={}) == "https://api.groq.com/openai/v1"


def test_the_environment_of_the_process_counts_when_none_is_given(monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", "http://box:1")
    assert providers["ollama"].base_url("root") == "http://box:1"


@pytest.mark.parametrize(
    "given", ["https://g.example.com", "https://g.example.com/openai/v1", "https://g.example.com/v1"]
)
def test_an_address_may_be_given_in_any_form(given):
    expected = {
        "https://g.example.com": "https://g.example.com/openai/v1",
        "https://g.example.com/openai/v1": "https://g.example.com/openai/v1",
        "https://g.example.com/v1": "https://g.example.com/v1",
    }
    assert providers["groq"].base_url("openai", env={}, override=given) == expected[given]
    assert providers["groq"].base_url("root", env={}, override=given) == "https://g.example.com"


def test_an_openai_base_url_is_taken_as_the_sdk_takes_it():
    env = {"OPENAI_BASE_URL": "https://proxy.example.com/openai"}
    assert providers["openai"].base_url(env=env) == "https://proxy.example.com/openai"
    assert providers["openai"].list_url(env=env) == "https://proxy.example.com/openai/models"


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.id)
def test_every_form_of_the_own_address_leads_back_to_every_form(row):
    values = {names[0]: "filled" for names in row.fill.values()}
    own = {form: row.base_url(form, env=values) for form in FORMS}
    for address in filter(None, own.values()):
        for form in FORMS:
            turned = row.base_url(form, env=values, override=address)
            if own["root"]:
                assert turned == own[form]
            elif turned is not None and own[form]:
                assert turned == own[form] or address != own[form]


def test_an_override_keeps_what_only_the_environment_knows():
    vertex = providers["vertex"]
    env = {"GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "eu"}
    path = "/v1/projects/p/locations/eu/endpoints/openapi"
    assert vertex.base_url(env=env, override="http://127.0.0.1:9") == "http://127.0.0.1:9" + path
    assert vertex.base_url(env={}, override="http://127.0.0.1:9") is None


@pytest.mark.parametrize(
    "given", ["ftp://host", "http://", "http://host:99999", "http://ho st", "http://a\nb", "http://[::"]
)
def test_what_is_no_address_is_refused_and_not_shown(given):
    with pytest.raises(AIModelsError, match="OLLAMA_HOST is not an http"):
        providers["ollama"].base_url(env={"OLLAMA_HOST": given})


@given(st.text(max_size=40))
def test_any_text_as_an_address_is_a_url_or_refused(text):
    try:
        url = providers["ollama"].base_url("root", env={}, override=text)
    except AIModelsError:
        return
    assert url.startswith(("http://", "https://"))
    assert not re.search(r"[\s\x00-\x1f]", url)


def test_an_address_with_an_unset_placeholder_is_unknown_and_names_the_variable():
    azure = providers["azure"]
    assert azure.base_url(env={}) is None
    assert azure.list_url(env={}) is None
    assert azure.unset_variables(env={}) == ("AZURE_RESOURCE_NAME",)
    assert azure.unset_variables(env={"AZURE_OPENAI_ENDPOINT": "https://x.openai.azure.com"}) == ()
    assert azure.base_url(env={"AZURE_RESOURCE_NAME": "mine"}) == "https://mine.openai.azure.com/openai/v1"
    assert providers["openai"].unset_variables(env={}) == ()


def test_a_workspace_host_may_be_given_as_a_url():
    env = {"DATABRICKS_HOST": "https://adb-1.azuredatabricks.net/"}
    assert providers["databricks"].base_url(env=env) == "https://adb-1.azuredatabricks.net/serving-endpoints"


def test_the_list_of_bedrock_is_on_its_control_plane_unless_the_address_is_given():
    bedrock = providers["bedrock"]
    env = {"AWS_DEFAULT_REGION": "us-east-1"}
    assert bedrock.list_url(env=env) == "https://bedrock.us-east-1.amazonaws.com/foundation-models"
    assert bedrock.list_url(env=env, override="http://127.0.0.1:9") == "http://127.0.0.1:9/foundation-models"
    assert bedrock.list_url(env={}) is None


@pytest.mark.parametrize(
    ("id", "path"),
    [
        ("openai", "/models"),
        ("anthropic", "/v1/models"),
        ("google", "/v1beta/models"),
        ("mistral", "/v1/models"),
        ("cohere", "/v1/models"),
        ("openrouter", "/api/v1/models"),
        ("ollama", "/api/tags"),
        ("github", "/catalog/models"),
        ("heroku", "/available-models"),
        ("gpustack", "/models"),
        ("azure", "/openai/v1/models"),
        ("perplexity", "/v1/models"),
    ],
)
def test_a_given_server_is_asked_for_its_list_at_the_providers_own_path(id, path):
    assert providers[id].list_url(env={}, override="http://127.0.0.1:9/x") == "http://127.0.0.1:9/x" + path


def test_a_provider_without_a_form_of_address_says_so():
    assert providers["openai"].base_url("anthropic", env={}) is None
    assert providers["openai"].base_url("anthropic", env={}, override="https://x.example.com") is None
    assert providers["replicate"].base_url("openai", env={}, override="https://x.example.com") is None


# ---------------------------------------------------------------- keys, names, rank


@pytest.mark.parametrize(
    ("id", "headers"),
    [
        ("openai", {"Authorization": "Bearer K"}),
        ("anthropic", {"anthropic-version": "2023-06-01", "x-api-key": "K"}),
        ("google", {"x-goog-api-key": "K"}),
        ("azure", {"api-key": "K"}),
        ("deepgram", {"Authorization": "Token K"}),
        ("fal", {"Authorization": "Key K"}),
        ("ollama", {"Authorization": "Bearer K"}),
        ("bedrock", {"Authorization": "Bearer K"}),
    ],
)
def test_the_key_travels_as_the_provider_wants_it(id, headers):
    assert providers[id].headers("K") == headers


def test_without_a_key_only_the_fixed_headers_are_sent():
    assert providers["openai"].headers() == {}
    assert providers["anthropic"].headers(None) == {"anthropic-version": "2023-06-01"}


def test_headers_of_one_call_do_not_leak_into_the_next():
    providers["anthropic"].headers("K")["x-extra"] = "1"
    assert "x-extra" not in providers["anthropic"].headers("K")


def test_client_libraries_have_their_own_names():
    assert providers["together"].sdk_name("litellm") == "together_ai"
    assert providers["together"].sdk_name("langchain") == "together"
    assert providers["ollama"].sdk_name("dspy") == "ollama_chat"
    assert providers["google"].sdk_name("pydantic_ai") == "google"
    assert providers["stackit"].sdk_name("langchain") is None


def test_every_library_name_leads_back_to_its_provider_or_to_a_generic_one():
    for row in ALL:
        for library, name in row.sdk.items():
            # aisuite's "google" is Vertex; servers of the OpenAI protocol go through LiteLLM's "hosted_vllm"
            shared = name == "hosted_vllm" or (library, name) == ("aisuite", "google")
            assert provider_id(name) == row.id or shared, (row.id, library, name)


def test_the_labs_own_api_serves_first_then_local_then_hosts_then_aggregators():
    def best(lab, *offers):
        return min(offers, key=lambda each: default_rank(each, lab))

    assert best("openai", "openrouter", "azure", "openai") == "openai"
    assert best("google", "vertex", "openrouter", "google") == "google"
    assert best("google", "vertex", "ollama") == "vertex"
    assert best("qwen-lab", "openrouter", "groq", "ollama") == "ollama"
    assert best("qwen-lab", "openrouter", "groq") == "groq"
    assert best(None, "nobody-knows", "openrouter") == "openrouter"
    assert default_rank("gemini", "google") == 0
