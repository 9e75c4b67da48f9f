"""Logins that are more than a key: signed as AWS's own tools sign, a token as Google's own tools get it."""

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import google.auth
import google.auth.exceptions
import pytest

from ai_models.cache import DiscoveryCache
from ai_models.errors import CredentialError, MissingDependencyError, SourceAuthError
from ai_models.providers import providers
from ai_models.signing import has_login, require_login, takes_login
from ai_models.sources import ProviderAPISource, fetch_policy
from ai_models.testing import FakeTransport
from ai_models.transport import Response, Transport

BEDROCK, VERTEX = providers["bedrock"], providers["vertex"]
HOST = "https://bedrock.eu-west-1.amazonaws.com"
URL = f"{HOST}/foundation-models"
GOOGLE_URL = "https://europe-west4-aiplatform.googleapis.com/v1beta1/publishers/google/models"
ID, SECRET, SESSION = "AKIATESTTESTTEST", "wJalrXUtnFEMI-not-for-your-eyes", "IQoJb3JpZ2luX2VjE-session"
TOKEN = "ya29.not-for-your-eyes-either"
NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
MODELS = {"modelSummaries": [{"modelId": "a.b-v1:0", "inferenceTypesSupported": ["INFERENCE_PROFILE"]}]}
PROFILES = {"inferenceProfileSummaries": [{"inferenceProfileId": "eu.a.b-v1:0", "models": []}]}


@pytest.fixture(autouse=True)
def no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine has no login, and asks no metadata server for one."""
    import os

    for name in list(os.environ):
        if name.startswith(("AWS_", "GOOGLE_", "CLOUDSDK_", "VERTEX")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("NO_GCE_CHECK", "true")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """A login of AWS in the environment, at a fixed time."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", SESSION)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *args, **named: NOW.replace(tzinfo=None))


class Credentials:
    """What Google's library finds."""

    token: str | None = None
    service_account_email = "robot@project.example"
    quota_project_id: str | None = None

    def refresh(self, request: Any) -> None:
        self.token = TOKEN


@pytest.fixture
def gcp(monkeypatch: pytest.MonkeyPatch) -> Credentials:
    """A login of Google's tools."""
    found = Credentials()
    monkeypatch.setattr(google.auth, "default", lambda scopes=None, **more: (found, "project-of-login"))
    monkeypatch.setenv("GOOGLE_CLOUD_LOCATION", "europe-west4")
    return found


def lower(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {name.lower(): value for name, value in (headers or {}).items()}


def test_two_providers_take_a_login() -> None:
    assert {provider.id for provider in providers.values() if takes_login(provider)} == {"bedrock", "vertex"}


@pytest.mark.parametrize(
    ("name", "env", "expected"),
    [
        ("bedrock", {}, False),
        ("bedrock", {"AWS_ACCESS_KEY_ID": ID}, True),
        ("bedrock", {"AWS_PROFILE": "me"}, True),
        ("bedrock", {"AWS_PROFILE": ""}, False),
        ("bedrock", {"AWS_REGION": "eu-west-1"}, False),
        ("bedrock", {"GOOGLE_APPLICATION_CREDENTIALS": "x.json"}, False),
        ("vertex", {"GOOGLE_APPLICATION_CREDENTIALS": "x.json"}, True),
        ("vertex", {"AWS_PROFILE": "me"}, False),
        ("openai", {"AWS_PROFILE": "me", "GOOGLE_APPLICATION_CREDENTIALS": "x.json"}, False),
    ],
)
def test_a_variable_of_the_vendors_tools_is_a_login(
    name: str, env: dict[str, str], expected: bool, tmp_path: Path
) -> None:
    assert has_login(providers[name], env={"HOME": str(tmp_path), **env}) is expected


@pytest.mark.parametrize(
    ("name", "file"),
    [("bedrock", ".aws/credentials"), ("vertex", ".config/gcloud/application_default_credentials.json")],
)
def test_so_is_a_file_of_theirs(name: str, file: str, tmp_path: Path) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).touch()
    assert has_login(providers[name], env={"HOME": str(tmp_path)})
    assert not has_login(providers[name], env={"HOME": str(tmp_path / "else")})


def test_looking_for_a_login_loads_no_library_of_a_vendor() -> None:
    code = """
import sys
from ai_models.providers import providers
from ai_models.signing import has_login
has_login(providers["bedrock"]), has_login(providers["vertex"])
print(sorted({"botocore", "google.auth", "requests"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("url", [URL, f"{HOST}/inference-profiles?maxResults=1000&nextToken=a%2Fb%2B%3D"])
def test_a_request_is_signed_as_botocore_signs_it(url: str) -> None:
    signed = lower(require_login(BEDROCK, url).sign("GET", url, None))
    request = botocore.awsrequest.AWSRequest(method="GET", url=url, headers={"accept": "application/json"})
    found = botocore.credentials.Credentials(ID, SECRET, SESSION)
    botocore.auth.SigV4Auth(found, "bedrock", "eu-west-1").add_auth(request)
    assert signed == lower(dict(request.headers.items()))
    assert signed["x-amz-date"] == "20261125T120000Z"
    assert signed["x-amz-security-token"] == SESSION
    assert f"Credential={ID}/20261125/eu-west-1/bedrock/aws4_request" in signed["authorization"]


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://bedrock.us-gov-west-1.amazonaws.com/foundation-models", "us-gov-west-1"),
        ("https://bedrock-fips.ca-central-1.amazonaws.com/foundation-models", "ca-central-1"),
        ("https://bedrock-runtime.ap-south-1.amazonaws.com/model/m/converse", "ap-south-1"),
        ("https://bedrock.cn-north-1.amazonaws.com.cn/foundation-models", "cn-north-1"),
    ],
)
def test_the_region_that_signs_is_the_one_of_the_address(url: str, region: str) -> None:
    assert f"/{region}/bedrock/" in require_login(BEDROCK, url).sign("GET", url, None)["Authorization"]


@pytest.mark.usefixtures("aws")
def test_an_address_without_a_region_is_signed_for_that_of_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://proxy.example/foundation-models"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "sa-east-1")
    assert "/sa-east-1/bedrock/" in require_login(BEDROCK, url).sign("GET", url, None)["Authorization"]
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION")
    assert "/us-east-1/bedrock/" in require_login(BEDROCK, url).sign("GET", url, None)["Authorization"]


def test_a_machine_without_a_login_says_what_to_set() -> None:
    with pytest.raises(CredentialError, match=r"no login \(aws configure, AWS_PROFILE\); set AWS_BEARER") as caught:
        require_login(BEDROCK, URL)
    assert "AWS_PROFILE" in caught.value.variables


def test_a_profile_that_is_not_there_is_a_credential_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    with pytest.raises(CredentialError, match="no-such-profile"):
        require_login(BEDROCK, URL)


@pytest.mark.parametrize(
    "failure", [google.auth.exceptions.DefaultCredentialsError, google.auth.exceptions.RefreshError]
)
def test_a_login_of_google_that_fails_says_how_to_log_in(failure: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def default(scopes: Any = None) -> Any:
        raise failure("it is stale")

    monkeypatch.setattr(google.auth, "default", default)
    with pytest.raises(CredentialError, match="gcloud auth application-default login"):
        require_login(VERTEX, "https://europe-west4-aiplatform.googleapis.com/")


@pytest.mark.parametrize(
    ("name", "module", "command"),
    [
        ("bedrock", "botocore", r"botocore is not installed.*pip install 'ai-models-registry\[bedrock\]'"),
        ("vertex", "google", r"google-auth.* is not installed.*pip install 'ai-models-registry\[vertex\]'"),
    ],
)
def test_a_missing_library_is_named_with_its_extra(
    name: str, module: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for loaded in [each for each in sys.modules if each == module or each.startswith(f"{module}.")]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingDependencyError, match=command) as caught:
        require_login(providers[name], URL)
    assert caught.value.extra == name


def test_a_token_of_google_goes_with_the_project_that_pays(gcp: Credentials) -> None:
    login = require_login(VERTEX, "https://europe-west4-aiplatform.googleapis.com/")
    sent = {"authorization": f"Bearer {TOKEN}", "x-goog-user-project": "project-of-login"}
    assert login.sign("GET", "https://host", None) == sent
    gcp.quota_project_id = "payer"
    assert login.sign("GET", "https://host", None)["x-goog-user-project"] == "payer"


@pytest.mark.usefixtures("aws")
def test_bedrock_is_asked_with_a_signature_for_each_request() -> None:
    transport = FakeTransport({URL: MODELS, f"{HOST}/inference-profiles": PROFILES})
    source = ProviderAPISource("bedrock", transport=transport)
    assert source.by_default
    assert [model.id for model in source.discover_models()] == ["a.b-v1:0", "eu.a.b-v1:0"]
    sent = {each.url: lower(each.headers) for each in transport.requests}
    assert set(sent) == {URL, f"{HOST}/inference-profiles?maxResults=1000"}
    signatures = {headers["authorization"].rpartition("Signature=")[2] for headers in sent.values()}
    assert len(signatures) == 2
    for headers in sent.values():
        assert headers["authorization"].startswith(f"AWS4-HMAC-SHA256 Credential={ID}/20261125/eu-west-1/bedrock/")
        assert headers["x-amz-security-token"] == SESSION


def test_vertex_is_asked_with_a_token(gcp: Credentials) -> None:
    transport = FakeTransport({GOOGLE_URL: {"publisherModels": [{"name": "publishers/google/models/gemini-x"}]}})
    source = ProviderAPISource("vertex", transport=transport)
    assert [model.id for model in source.discover_models()] == ["gemini-x"]
    assert {lower(sent.headers)["authorization"] for sent in transport.requests} == {f"Bearer {TOKEN}"}
    assert all(TOKEN not in sent.url for sent in transport.requests)
    assert gcp.token == TOKEN


@pytest.mark.usefixtures("aws")
def test_a_key_is_taken_before_a_login() -> None:
    transport = FakeTransport({URL: MODELS})
    ProviderAPISource("bedrock", transport=transport, api_key="bedrock-api-key-0123456789").listing()
    assert lower(transport.requests[0].headers)["authorization"] == "Bearer bedrock-api-key-0123456789"


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("options", [{"base_url": "https://stranger.example"}, {"env": {"AWS_REGION": "eu-west-1"}}])
def test_a_login_goes_to_the_vendors_own_server_alone(options: dict[str, Any]) -> None:
    transport = FakeTransport({})
    with pytest.raises(CredentialError):
        ProviderAPISource("bedrock", transport=transport, **options).listing()
    assert transport.requests == []


def said(source: ProviderAPISource) -> str:
    with pytest.raises(SourceAuthError) as caught:
        source.listing()
    error = caught.value
    return f"{error} {error!r} {vars(error)} {source!r} {vars(source)} {source.fetcher.server!r} {source.fetcher!r}"


def refusing(url: str, answer: str) -> Transport:
    return FakeTransport({url: Response(403, {}, f'{{"message": "{answer}"}}'.encode())})


@pytest.mark.usefixtures("aws")
def test_a_refused_signature_is_an_auth_error_that_shows_no_secret() -> None:
    text = said(ProviderAPISource("bedrock", transport=refusing(URL, "The security token is invalid")))
    assert SECRET not in text
    assert SESSION not in text


def test_a_refused_token_is_an_auth_error_that_shows_no_token(gcp: Credentials) -> None:
    text = said(ProviderAPISource("vertex", transport=refusing(GOOGLE_URL, "The token is invalid")))
    assert TOKEN not in text
    assert gcp.token == TOKEN


@pytest.mark.usefixtures("aws")
def test_a_server_that_repeats_the_session_does_not_make_an_error_show_it() -> None:
    assert SESSION not in said(ProviderAPISource("bedrock", transport=refusing(URL, f"bad session {SESSION}")))


@pytest.mark.usefixtures("gcp")
def test_a_server_that_repeats_the_token_does_not_make_an_error_show_it() -> None:
    assert TOKEN not in said(ProviderAPISource("vertex", transport=refusing(GOOGLE_URL, f"bad token {TOKEN}")))


@pytest.mark.usefixtures("aws")
def test_a_login_shows_no_secret() -> None:
    shown = f"{require_login(BEDROCK, URL)!r} {SimpleNamespace(login=require_login(BEDROCK, URL))}"
    assert SECRET not in shown
    assert SESSION not in shown
    assert ID not in shown


@pytest.mark.usefixtures("gcp")
def test_offline_nobody_signs_in_and_the_kept_answer_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = DiscoveryCache(tmp_path)
    page = {"publisherModels": [{"name": "publishers/google/models/gemini-x"}]}
    source = ProviderAPISource("vertex", transport=FakeTransport({GOOGLE_URL: page}), cache=cache)
    assert [model.id for model in source.listing().models] == ["gemini-x"]
    monkeypatch.setattr("ai_models.signing.require_login", lambda *args: pytest.fail("it signed in"))
    with fetch_policy(offline=True):
        assert [model.id for model in source.listing().models] == ["gemini-x"]
