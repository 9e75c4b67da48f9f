"""Every connector with the real library, in a round trip to a server that keeps what it is sent."""

import gc
import json
import os
import re
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.clients import Client, Route, clients, every_client
from tests.real_servers import needs_library

from ai_models._core.model import Model
from ai_models.connectors import builtin_connectors
from ai_models.connectors.table_connector import TableConnector
from ai_models.credentials import key_names
from ai_models.errors import UnsupportedModelError
from ai_models.providers import providers
from ai_models.testing.recorder import ANSWER, RecordedRequest, Recorder

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries' own
WINDOW = 131_072
LIMIT = 64
CHOSEN = {"temperature": 0.625, "top_p": 0.875, "seed": 4711, "stop": ["HALT"]}
PAIRS = [(client, route) for client in clients() for route in client.routes]
CHATS = [pair for pair in PAIRS if pair[1].kind == "chat"]
EMBEDDINGS = [pair for pair in PAIRS if pair[1].kind == "embedding"]


def named(pairs: list[tuple[Client, Route]]) -> list[str]:
    return [f"{client.connector}-{route.provider}-{route.kind}" for client, route in pairs]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running
    gc.collect()  # the libraries' sockets close here, not in another test
    gc.freeze()  # nor is a whole library looked through after each test


def own_key(provider: str) -> str:
    return f"sk-of-{provider}-0123456789"


@pytest.fixture(autouse=True)
def _every_key_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for provider in providers.values():
        for variable in provider.key_variables:
            if not provider.is_local:
                monkeypatch.setenv(variable, own_key(provider.id))


def prepare(
    client: Client, route: Route, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, **facts: Any
) -> tuple[TableConnector, Model]:
    """Skip what isn't installed, let the provider be where the recorder is, and return a connector and its model."""
    for module in (*client.needs, *route.needs):
        needs_library(module)
    for name, value in client.variables.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value.format(url=recorder.url))
    variable = f"{route.provider.upper().replace('-', '_')}_BASE_URL"
    monkeypatch.setenv(variable, recorder.url + route.base_path)
    connector: Any = builtin_connectors()[client.connector]()
    model = Model("m", route.provider, kind=route.kind, connector_metadata={route.provider: {"id": route.id}}, **facts)
    return connector, model


def settings_of(route: Route) -> dict[str, Any]:
    """Return what the caller sets: a limit of the answer, if there is one, and what the route wants."""
    limit = {"max_tokens": LIMIT} if route.cap and route.kind == "chat" else {}
    return {**limit, **route.settings}


def said(client: Client, connector: TableConnector, model: Model, settings: dict[str, Any]) -> str:
    """Make the client and one call with the metadata, and return what the model says."""
    return client.converse(connector.client(model, **settings), connector.format_metadata(model, **settings))


def asked(recorder: Recorder) -> RecordedRequest:
    """Return the request for an answer, among those in which a library looks around."""
    posts = [each for each in recorder.requests if each.method == "POST" and not each.path.endswith("/api/show")]
    assert posts
    return posts[-1]


def arrived(recorder: Recorder, route: Route) -> RecordedRequest:
    """Return the request for an answer, which has the right path, key and model."""
    request = asked(recorder)
    assert (request.path, request.key) == (route.path, expected_key(route))
    assert (route.wire_id or route.id) in (request.model, *request.path.split("/"))
    return request


def expected_key(route: Route) -> str | None:
    if route.signs_in and not os.environ.get("AWS_BEARER_TOKEN_BEDROCK"):
        return None
    return route.key if route.key is not None else own_key(route.provider)


def field_at(request: RecordedRequest, path: str) -> Any:
    value = request.body
    for name in path.split("."):
        value = value.get(name, {}) if isinstance(value, dict) else {}
    return value


@pytest.mark.parametrize(("client", "route"), CHATS, ids=named(CHATS))
def test_a_chat_arrives_with_the_right_path_model_key_and_limit(
    client: Client, route: Route, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector, model = prepare(client, route, recorder, monkeypatch, context_size=WINDOW)
    assert said(client, connector, model, settings_of(route)) == ANSWER
    request = arrived(recorder, route)
    if route.cap:
        assert field_at(request, route.cap) == LIMIT
    assert str(WINDOW) not in str(request.body)


@pytest.mark.parametrize(("client", "route"), CHATS, ids=named(CHATS))
def test_no_key_but_the_servers_own_is_sent(
    client: Client, route: Route, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector, model = prepare(client, route, recorder, monkeypatch)
    said(client, connector, model, settings_of(route))
    allowed = expected_key(route) or "nothing"
    for request in recorder.requests:
        for value in request.headers.values():
            assert "sk-of-" not in value.replace(allowed, ""), request.path


@pytest.mark.parametrize(("client", "route"), CHATS, ids=named(CHATS))
def test_no_vendors_key_goes_to_a_stranger(
    client: Client, route: Route, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector, model = prepare(client, route, recorder, monkeypatch)
    monkeypatch.delenv(f"{route.provider.upper().replace('-', '_')}_BASE_URL")
    settings = {**settings_of(route), "base_url": recorder.url + route.base_path}
    if route.signs_in or route.fixed:
        with pytest.raises(UnsupportedModelError, match=r"signs in by itself|can't be told its address"):
            connector.client(model, **settings)
        return
    said(client, connector, model, settings)
    for request in recorder.requests:
        assert "sk-of-" not in str(dict(request.headers)), request.path


@pytest.mark.parametrize(("client", "route"), CHATS, ids=named(CHATS))
def test_what_the_caller_sets_arrives_or_is_refused_aloud(
    client: Client, route: Route, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector, model = prepare(client, route, recorder, monkeypatch)
    settings = settings_of(route)
    for name in route.refuses:
        with pytest.raises(Exception, match=name):
            client.converse(connector.client(model, **settings, **{name: CHOSEN[name]}), {})
    settings |= {name: value for name, value in CHOSEN.items() if name not in route.refuses}
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        said(client, connector, model, settings)
    refused = {*route.refuses} | {
        name for name in CHOSEN for each in heard if re.match(f"{name} is left out: (?!it goes)", str(each.message))
    }
    sent = json.dumps(asked(recorder).body)
    assert not {name for name, value in CHOSEN.items() if json.dumps(value).strip("[]") not in sent} - refused


def printed_by(program: str, capsys: pytest.CaptureFixture[str], *, apart: bool) -> str:
    """Return what a program prints: in a process of its own, or here, where its libraries are imported already."""
    if not apart:
        capsys.readouterr()
        exec(compile(program, "program", "exec"), {"__name__": "__main__"})
        return capsys.readouterr().out
    done = subprocess.run([sys.executable, "-c", program], env=os.environ, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("client", "route"), PAIRS, ids=named(PAIRS))
def test_the_written_program_runs(
    client: Client,
    route: Route,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    connector, model = prepare(client, route, recorder, monkeypatch)
    program = connector.code(model, **settings_of(route))
    output = printed_by(program, capsys, apart=route is client.routes[0])
    assert ANSWER in output or route.kind != "chat"
    arrived(recorder, route)


@pytest.mark.parametrize(("client", "route"), EMBEDDINGS, ids=named(EMBEDDINGS))
def test_an_embedding_arrives(
    client: Client, route: Route, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector, model = prepare(client, route, recorder, monkeypatch)
    assert client.embed is not None
    settings = settings_of(route)
    live, metadata = connector.client(model, **settings), connector.format_metadata(model, **settings)
    assert client.embed(live, metadata) == [0.0, 1.0]
    arrived(recorder, route)


def test_every_connector_is_tried_out(repository: Path) -> None:
    tried = {client.connector for client in every_client()}
    assert tried == set(builtin_connectors()), "a module in tests/clients is missing"
    rows = tomllib.loads((repository / "tools/client_environments.toml").read_text())
    assert tried == {name for row in rows.values() for name in row["clients"].split()}


def test_the_keys_of_the_tests_are_those_of_the_providers() -> None:
    assert os.environ[key_names("openai")[0]] == own_key("openai")
