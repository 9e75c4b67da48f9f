"""What is exported, read by the tools themselves; their calls go to a recorder on this machine.

Tools that are not Python packages of ours are named by variables: `AI_MODELS_LITELLM`, `AI_MODELS_LLM` (its command),
`AI_MODELS_AIDER` (the Python that has it), `AI_MODELS_CODEX`, `AI_MODELS_OPENCODE`, `AI_MODELS_CLAUDE_CODE`,
`AI_MODELS_NODE_MODULES` (the folder with Continue's `@continuedev/config-yaml` and LibreChat's
`librechat-data-provider`).
"""

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.real_servers import LITELLM, free_port, needs, serving

from ai_models import Model, ModelManager
from ai_models.testing.recorder import ANSWER, Recorder

KEYS = {
    "OPENAI_API_KEY": "sk-openai-0123456789",
    "ANTHROPIC_API_KEY": "sk-ant-0123456789",
    "OPENROUTER_API_KEY": "sk-or-0123456789",
    "GROQ_API_KEY": "gsk-0123456789",
}
URLS = {
    "OPENAI_BASE_URL": "/v1",
    "ANTHROPIC_BASE_URL": "",
    "OPENROUTER_BASE_URL": "/v1",
    "GROQ_BASE_URL": "/v1",
    "OLLAMA_BASE_URL": "",
}
LIMITS: dict[str, Any] = {"context_size": 32_768, "max_output_tokens": 4_096, "kind": "chat"}
MODELS = [
    Model(
        "openai/gpt-4o",
        "openai",
        cost_per_token={"input": 2.5e-06, "output": 1e-05},
        connector_metadata={"openai": {"id": "gpt-4o"}},
        **LIMITS,
    ),
    Model("anthropic/claude", "anthropic", connector_metadata={"anthropic": {"id": "claude-sonnet-4-5"}}, **LIMITS),
    Model("meta/llama-3", "openrouter", connector_metadata={"openrouter": {"id": "meta-llama/llama-3"}}, **LIMITS),
    Model("qwen/qwen3", "groq", connector_metadata={"groq": {"id": "qwen/qwen3-32b"}}, **LIMITS),
    Model("local/llama3", "ollama", connector_metadata={"ollama": {"id": "llama3:8b", "effective_context": 4096}}),
    Model("yes", "openai", connector_metadata={"openai": {"id": "12:30"}}, kind="chat"),
]


MASTER = "sk-master-0123456789-0123456789"


def tool(variable: str, command: str) -> str | None:
    return os.environ.get(variable) or shutil.which(command)


LLM = tool("AI_MODELS_LLM", "llm")
AIDER = os.environ.get("AI_MODELS_AIDER")
CODEX = tool("AI_MODELS_CODEX", "codex")
OPENCODE = tool("AI_MODELS_OPENCODE", "opencode")
CLAUDE_CODE = tool("AI_MODELS_CLAUDE_CODE", "claude")
NODE_MODULES = os.environ.get("AI_MODELS_NODE_MODULES")

READ_BY_CONTINUE = """
const library = process.argv[2] + "/@continuedev/config-yaml/dist/index.js";
const { parseConfigYaml, validateConfigYaml } = await import(library);
const config = parseConfigYaml((await import("node:fs")).readFileSync(process.argv[3], "utf8"));
console.log(JSON.stringify({ models: config.models, errors: validateConfigYaml(config) }));
"""
READ_BY_LIBRECHAT = """
const { configSchema } = (await import("node:module")).createRequire(process.argv[2] + "/")("librechat-data-provider");
const config = JSON.parse((await import("node:fs")).readFileSync(process.argv[3], "utf8"));
console.log(JSON.stringify(configSchema.strict().parse(config)));
"""


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Recorder]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Recorder() as server:
        for name, key in KEYS.items():
            monkeypatch.setenv(name, key)
        for name, path in URLS.items():
            monkeypatch.setenv(name, server.url + path)
        monkeypatch.setenv("HOME", str(tmp_path))
        yield server


def exported(target: str, *models: Model, path: Path, **options: Any) -> Path:
    manager = ModelManager()
    for model in models:
        manager.models[model.id] = model
    manager.export(target, [model.id for model in models], output=path, **options)
    return path


def run(command: list[str], folder: Path, **env: str) -> str:
    clean = {name: value for name, value in os.environ.items() if name not in URLS} | env
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=240,
        cwd=folder,
        env=clean,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_litellm_proxy_starts_from_the_export_and_answers_for_every_model(recorder: Recorder, tmp_path: Path) -> None:
    needs(LITELLM, "no litellm (set AI_MODELS_LITELLM)")
    path = exported("litellm", *MODELS, path=tmp_path / "config.yaml")
    url = f"http://127.0.0.1:{(port := str(free_port()))}"
    command = [str(LITELLM), "--config", str(path), "--host", "127.0.0.1", "--port", port]
    offline = {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_TELEMETRY": "False",
        "HF_HUB_OFFLINE": "1",
        "LITELLM_MASTER_KEY": MASTER,
    }
    with serving(command, url + "/health/readiness", tmp_path / "log", offline):
        for model in MODELS:
            before = len(recorder.requests)
            assert ANSWER in asked(url, model.id), model.id
            sent = recorder.requests[before:][-1]
            offer = model.offer(model.provider)
            assert sent.model == offer.id
            assert sent.key == KEYS.get(f"{model.provider.upper()}_API_KEY", "ollama")
        listing = urllib.request.Request(url + "/model/info", headers={"authorization": f"Bearer {MASTER}"})
        with urllib.request.urlopen(listing, timeout=30) as answer:
            infos = {row["model_name"]: row["model_info"] for row in json.load(answer)["data"]}
    assert infos["openai/gpt-4o"]["input_cost_per_token"] == 2.5e-06
    assert infos["openai/gpt-4o"]["max_output_tokens"] == 4096
    assert infos["local/llama3"]["max_input_tokens"] == 4096


def asked(url: str, model: str) -> str:
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Hello"}]}).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {MASTER}"}
    request = urllib.request.Request(f"{url}/v1/chat/completions", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(json.load(answer)["choices"][0]["message"]["content"])


def test_llm_lists_our_models_and_asks_the_right_server_with_the_right_key(recorder: Recorder, tmp_path: Path) -> None:
    needs(LLM, "no llm (set AI_MODELS_LLM)")
    assert LLM
    models = [MODELS[3], MODELS[4], MODELS[5]]
    with pytest.warns(UserWarning, match="llm keys set groq"):
        exported("llm", *models, path=tmp_path / "extra-openai-models.yaml")
    folder = {"LLM_USER_PATH": str(tmp_path)}
    listed = run([LLM, "models", "list"], tmp_path, **folder)
    assert all(model.id in listed for model in models)
    run([LLM, "keys", "set", "groq", "--value", KEYS["GROQ_API_KEY"]], tmp_path, **folder)
    for model, key in zip(models, (KEYS["GROQ_API_KEY"], None, KEYS["OPENAI_API_KEY"]), strict=True):
        assert ANSWER in run([LLM, "-m", model.id, "--no-stream", "Hello"], tmp_path, **folder)
        assert recorder.last.model == model.offer(model.provider).id
        assert recorder.last.key == key or (key is None and recorder.last.key not in KEYS.values())


_AIDER = """
import json, sys
from aider import models
models.register_models([sys.argv[1]])
models.register_litellm_models([sys.argv[2]])
made = models.Model(sys.argv[3], weak_model=False)
print("FACTS", json.dumps([made.info.get("max_input_tokens"), made.info.get("input_cost_per_token")]))
print("ANSWER", made.simple_send_with_retries([{"role": "user", "content": "Hello"}]))
"""


def test_aider_reads_its_settings_and_facts_and_calls_the_model(recorder: Recorder, tmp_path: Path) -> None:
    needs(AIDER, "no aider (set AI_MODELS_AIDER to the Python that has it)")
    assert AIDER
    files = [exported(name, *MODELS, path=tmp_path / name) for name in ("aider", "aider-metadata")]
    for model, name in ((MODELS[0], "openai/gpt-4o"), (MODELS[4], "ollama_chat/llama3:8b")):
        said = run([AIDER, "-c", _AIDER, *map(str, files), name], tmp_path, LITELLM_LOCAL_MODEL_COST_MAP="True")
        lines = dict(line.partition(" ")[::2] for line in said.splitlines())
        assert json.loads(lines["FACTS"]) == [model.context_size or 4096, model.cost_per_token.get("input")]
        assert ANSWER in lines["ANSWER"], said
        assert recorder.last.model == model.offer(model.provider).id


def test_codex_calls_the_first_model_through_responses(recorder: Recorder, tmp_path: Path) -> None:
    needs(CODEX, "no codex (set AI_MODELS_CODEX)")
    assert CODEX
    exported("codex", MODELS[0], MODELS[3], path=tmp_path / "config.toml")
    command = [CODEX, "exec", "--skip-git-repo-check", "-s", "read-only", "Hello"]
    run(command, tmp_path, CODEX_HOME=str(tmp_path))
    sent = [each for each in recorder.requests if each.path == "/v1/responses"][-1]
    assert (sent.model, sent.key) == ("gpt-4o", KEYS["OPENAI_API_KEY"])


def test_opencode_calls_the_first_model(recorder: Recorder, tmp_path: Path) -> None:
    needs(OPENCODE, "no opencode (set AI_MODELS_OPENCODE)")
    assert OPENCODE
    exported("opencode", MODELS[2], MODELS[0], path=tmp_path / "opencode.json")
    settings = {"OPENCODE_CONFIG": str(tmp_path / "opencode.json"), "OPENCODE_DISABLE_AUTOUPDATE": "1"}
    run([OPENCODE, "run", "Hello"], tmp_path, **settings)
    assert (recorder.last.model, recorder.last.key) == ("meta-llama/llama-3", KEYS["OPENROUTER_API_KEY"])


def test_claude_code_takes_address_and_key_from_its_settings(recorder: Recorder, tmp_path: Path) -> None:
    needs(CLAUDE_CODE, "no Claude Code (set AI_MODELS_CLAUDE_CODE)")
    assert CLAUDE_CODE
    path = exported("claude-code", MODELS[2], path=tmp_path / ".claude/settings.json")
    run([CLAUDE_CODE, "--settings", str(path), "-p", "Hello"], tmp_path, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1")
    sent = [each for each in recorder.requests if each.path.endswith("/v1/messages")][-1]
    assert sent.model == "meta-llama/llama-3"
    assert KEYS["OPENROUTER_API_KEY"] in json.dumps(sent.headers)


def read_by(script: str, path: Path, folder: Path) -> Any:
    needs(NODE_MODULES, "no Continue, no LibreChat (set AI_MODELS_NODE_MODULES)")
    (folder / "read.mjs").write_text(script)
    return json.loads(run(["node", str(folder / "read.mjs"), str(NODE_MODULES), str(path)], folder))


def test_continue_finds_no_error_in_its_file_and_knows_every_key_that_we_write(tmp_path: Path) -> None:
    path = exported("continue", *MODELS, path=tmp_path / "config.yaml")
    read = read_by(READ_BY_CONTINUE, path, tmp_path)
    assert read["errors"] == []
    written = yaml.safe_load(path.read_text())["models"]
    for ours, theirs in zip(written, read["models"], strict=True):
        assert ours.items() <= theirs.items()


def test_librechat_s_schema_takes_its_file_and_knows_every_key_that_we_write(tmp_path: Path) -> None:
    path = exported("librechat", *MODELS, path=tmp_path / "librechat.yaml")
    written = yaml.safe_load(path.read_text())
    (tmp_path / "read.json").write_text(json.dumps(written))
    read = read_by(READ_BY_LIBRECHAT, tmp_path / "read.json", tmp_path)
    assert read["version"] == written["version"]
    for ours, theirs in zip(written["endpoints"]["custom"], read["endpoints"]["custom"], strict=True):
        assert ours.items() <= theirs.items()
