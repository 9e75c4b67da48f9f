"""What docs/security.md promises: no secret anywhere, nothing that text from outside does, no file but those named."""

import http.server
import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ai_models import Model, ModelManager, get_manager
from ai_models.cli.app import app
from ai_models.errors import AIModelsError, SourceFormatError, SourceUnavailableError
from ai_models.export import TARGETS
from ai_models.sources import OpenAICompatibleSource
from ai_models.sources.benchmarks.aider import AiderLeaderboardSource
from ai_models.testing import FakeTransport
from ai_models.transport import HTTPTransport

SECRETS = {
    "OPENAI_API_KEY": "sk-proj-SECRET-openai-0123456789",
    "ANTHROPIC_API_KEY": "sk-ant-SECRET-0123456789",
    "OPENROUTER_API_KEY": "sk-or-SECRET-0123456789",
    "GEMINI_API_KEY": "AIza-SECRET-0123456789",
    "GROQ_API_KEY": "gsk_SECRET_0123456789",
    "MISTRAL_API_KEY": "SECRET-mistral-0123456789",
    "AWS_BEARER_TOKEN_BEDROCK": "SECRET-bedrock-0123456789",
}
HOSTILE = "../../outside/\x1b[31mred\u202e${HOME}{env:HOME}'; touch outside; echo '"
COMMANDS = [
    ["discover", "--offline"],
    ["list", "--available", "--limit", "0"],
    ["list", "--unavailable", "--limit", "0", "--json"],
    ["show", "gpt-4o", "--sources"],
    ["show", "gpt-4o", "--json"],
    ["connect", "gpt-4o", "openai"],
    ["connect", "claude-sonnet-4-5", "langchain", "--code"],
    ["connectors"],
    ["cost", "gpt-4o", "--input", "10k"],
    ["sources"],
    ["providers", "--json"],
    ["conflicts", "--limit", "5"],
    ["changes"],
    ["doctor"],
    ["doctor", "--json"],
]


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, key in SECRETS.items():
        monkeypatch.setenv(name, key)


def written_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    return ((path, path.read_bytes()) for path in folder.rglob("*") if path.is_file())


def run(*args: str) -> Result:
    return CliRunner().invoke(app, [*args, "--store", str(Path.home() / "models.json")])


def test_no_key_is_in_any_output_or_file_of_a_whole_day_s_work(keys: None, tmp_path: Path) -> None:
    said = [run(*command) for command in COMMANDS]
    assert [result.exit_code for result in said] == [0] * len(COMMANDS)
    both = ("gpt-4o", "claude-sonnet-4-5")
    said += [run("export", target, *both, "--output", str(tmp_path / target)) for target in TARGETS]
    manager = get_manager(Path.home() / "models.json")
    with manager.usage.track("gpt-4o", tags=["job-7"]) as call:
        call.response = {"model": "gpt-4o", "usage": {"prompt_tokens": 9, "completion_tokens": 3}}
    manager.usage.close()
    texts = [result.output + repr(result.exception) for result in said]
    files = [content for folder in (Path.home(), tmp_path) for _, content in written_below(folder)]
    assert len(files) > len(TARGETS) / 2
    for name, key in SECRETS.items():
        for shown in (key, key.partition("SECRET")[2]):
            assert [text for text in texts if shown in text] == [], name
            assert [content for content in files if shown.encode() in content] == [], name


def hostile_model() -> Model:
    return Model(HOSTILE, "openai", name=HOSTILE, connector_metadata={"openai": {"id": HOSTILE}}, kind="chat")


def test_a_hostile_name_writes_no_file_but_the_one_that_was_asked_for(tmp_path: Path) -> None:
    home = Path.home()
    manager = get_manager(home / "models.json")
    manager.models[HOSTILE] = hostile_model()
    manager.add_model_tag(HOSTILE, HOSTILE)
    manager.create_model_group(HOSTILE, [HOSTILE])
    manager.set_custom_metadata(HOSTILE, HOSTILE, HOSTILE)
    for target in TARGETS:
        run("export", target, HOSTILE, "--output", str(tmp_path / target))
    manager.usage.record({"id": HOSTILE, "model": HOSTILE, "usage": {"prompt_tokens": 1, "completion_tokens": 1}})
    manager.usage.close()
    beside = {path.name.partition(".")[0] for path, _ in written_below(home)}
    assert beside <= {"models", "", "ai_models"}
    assert {path.name.removesuffix(".bak") for path, _ in written_below(tmp_path)} <= {*TARGETS}
    assert not list(tmp_path.parent.glob("outside*"))
    assert get_manager(home / "models.json").models[HOSTILE].name == HOSTILE


@pytest.mark.parametrize("command", [["list"], ["show", HOSTILE], ["search", "outside"], ["show", HOSTILE, "--json"]])
def test_a_hostile_name_does_nothing_to_a_terminal(command: list[str]) -> None:
    manager = get_manager(Path.home() / "models.json")
    manager.models[HOSTILE] = hostile_model()
    result = run(*command)
    assert result.exit_code == 0
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


def test_printed_code_with_a_hostile_name_is_a_program_that_only_names_it() -> None:
    manager = ModelManager()
    manager.models[HOSTILE] = hostile_model()
    code = manager.connectors["openai"].code(manager.models[HOSTILE])
    compile(code, "printed", "exec")
    assert repr(HOSTILE) in code


def test_an_answer_as_deep_as_it_likes_is_refused_and_changes_nothing() -> None:
    deep = b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    source = OpenAICompatibleSource(
        "http://box:1", name="box", transport=FakeTransport({"http://box:1/v1/models": deep})
    )
    with pytest.raises(SourceFormatError):
        list(source.discover_models())


def test_a_stored_file_as_deep_as_it_likes_is_an_error_and_stays_as_it_is() -> None:
    path = Path.home() / "models.json"
    path.write_text('{"ai_models": {"schema": 1}, "models": {"m": ' + "[" * 100_000 + "]" * 100_000 + "}}")
    before = path.read_bytes()
    with pytest.raises(AIModelsError):
        list(get_manager(path).models.values())
    assert path.read_bytes() == before


def test_yaml_from_outside_makes_no_object() -> None:
    evil = "- model: x\n  pass_rate_2: !!python/object/apply:os.system ['touch outside']\n"
    answers = {"https://tables.example/p.yml": evil.encode()}
    source = AiderLeaderboardSource(
        tables={"polyglot": "https://tables.example/p.yml"}, transport=FakeTransport(answers)
    )
    with pytest.raises(AIModelsError):
        list(source.discover_models())
    assert not Path("outside").exists()


@pytest.fixture
def unknown_authority(tmp_path: Path) -> Iterator[str]:
    """A server on this machine with a certificate that nobody vouches for."""
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    made += [
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        str(tmp_path / "key"),
        "-out",
        str(tmp_path / "cert"),
    ]
    try:
        subprocess.run(made, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl, which makes the certificate")
    asked: list[Any] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"data": []}).encode())

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(http.server.ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    assert asked == [], "a server that nobody vouches for was sent a request"


def test_a_certificate_that_nobody_vouches_for_is_not_spoken_to(unknown_authority: str) -> None:
    source = OpenAICompatibleSource(unknown_authority, name="box", api_key="sk-SECRET", transport=HTTPTransport())
    with pytest.raises(SourceUnavailableError, match=r"(?i)certificate"):
        list(source.discover_models())


def test_nothing_switches_the_check_of_certificates_off(repository: Path) -> None:
    sources = [path.read_text("utf-8") for path in (repository / "src").rglob("*.py")]
    assert [text for text in sources if "verify=False" in text or "CERT_NONE" in text or "_unverified" in text] == []
