"""Exports: which offer, which key, what a file holds, and what happens to a file that is there already."""

import contextlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from ai_models import Model, ModelManager, ModelRegistry
from ai_models.cli.app import app
from ai_models.cli.session import Session
from ai_models.errors import AIModelsError, AIModelsWarning, StoreCorruptError
from ai_models.export import TARGETS, TargetNotFoundError, export, export_to_file, jsonc
from ai_models.export.documents import written
from ai_models.export.merging import Default, Owned, Rows, Union, merge

KEYS = {
    "OPENAI_API_KEY": "sk-openai-0123456789",
    "ANTHROPIC_API_KEY": "sk-ant-0123456789",
    "OPENROUTER_API_KEY": "sk-or-0123456789",
    "HF_TOKEN": "hf_0123456789",
}
GPT = Model(
    "openai/gpt-4o",
    "openai",
    128_000,
    kind="chat",
    max_output_tokens=16_384,
    capabilities={"tools": True, "vision": True, "reasoning": False},
    cost_per_token={"input": 2.5e-06, "output": 1e-05},
    connector_metadata={"openai": {"id": "gpt-4o"}, "openrouter": {"id": "openai/gpt-4o"}},
)
CLAUDE = Model("anthropic/claude", "anthropic", 200_000, connector_metadata={"anthropic": {"id": "claude-4"}})
LLAMA = Model("meta/llama", "openrouter", 8192, connector_metadata={"openrouter": {"id": "meta-llama/llama"}})
LOCAL = Model(
    "local/qwen",
    "ollama",
    131_072,
    connector_metadata={"ollama": {"id": "qwen3:8b", "effective_context": 4096}},
)
HUB = Model("qwen/qwen3", "huggingface", 32_768, connector_metadata={"huggingface": {"id": "Qwen/Qwen3-32B"}})
BARE = Model("bare", "openai")
ALL = [GPT, CLAUDE, LLAMA, LOCAL, HUB, BARE]
READ: dict[str, Any] = {"yaml": yaml.safe_load, "json": json.loads, "toml": tomllib.loads, "env": str, "shell": str}
MERGED = [name for name, each in TARGETS.items() if each.format != "shell"]


def made(target: str, *models: Model, env: dict[str, str] = KEYS, **options: Any) -> Any:
    return READ[TARGETS[target].format](export(target, models or ALL, env=env, **options).text)


@pytest.mark.parametrize("target", TARGETS)
def test_no_key_is_ever_written(target: str, tmp_path: Path) -> None:
    secret = Model(
        "m",
        "openai",
        8192,
        custom_metadata={"key": "sk-custom-0123456789"},
        connector_metadata={
            "openai": {"api_key": "sk-custom-0123456789"},
            "openrouter": {"id": "m"},
            target: {"kwargs": {"api_key": "sk-custom-0123456789"}},
        },
    )
    for models in ([secret], [LLAMA], [CLAUDE]):
        written_file = tmp_path / "file"
        with contextlib.suppress(AIModelsError):  # not every tool reaches every model
            found = export_to_file(target, models, str(written_file), env=KEYS)
            assert "0123456789" not in repr(found)
            assert "0123456789" not in written_file.read_text()
            written_file.unlink()


@pytest.mark.parametrize("target", TARGETS)
def test_an_address_with_a_login_is_left_out(target: str) -> None:
    env = dict.fromkeys(("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"), "https://me:hunter2@gateway.example/v1")
    model = GPT if target == "codex" else CLAUDE
    with pytest.raises(AIModelsError, match="holds a login") as caught:
        export(target, [model], via=model.provider, env=env | KEYS)
    assert "hunter2" not in str(caught.value)


REFERENCES = {
    "litellm": "os.environ/OPENROUTER_API_KEY",
    "continue": "${{ secrets.OPENROUTER_API_KEY }}",
    "opencode": "{env:OPENROUTER_API_KEY}",
    "codex": 'env_key = "OPENROUTER_API_KEY"',
    "claude-code": "printenv OPENROUTER_API_KEY",
    "claude-code-env": 'ANTHROPIC_AUTH_TOKEN="$OPENROUTER_API_KEY"',
    "librechat": "${OPENROUTER_API_KEY}",
    "env": "OPENROUTER_API_KEY=\n",
    "json": '"key_variable": "OPENROUTER_API_KEY"',
}


@pytest.mark.parametrize("target", REFERENCES)
def test_each_tool_gets_the_name_of_the_variable_in_its_own_form(target: str) -> None:
    assert REFERENCES[target] in export(target, [LLAMA], env=KEYS).text


@pytest.mark.parametrize("target", MERGED)
def test_exporting_twice_gives_the_same_bytes_and_doubles_nothing(target: str, tmp_path: Path) -> None:
    path = tmp_path / "sub" / "file"
    first = export_to_file(target, ALL, str(path), env=KEYS).text
    assert path.read_text("utf-8") == first
    again = export_to_file(target, ALL, str(path), env=KEYS)
    assert (again.text, again.diff) == (first, "")
    assert not (tmp_path / "sub" / "file.bak").exists()


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_not_known_is_left_out(target: str) -> None:
    if target == "zed":
        with pytest.raises(AIModelsError, match="Zed needs the size of the context"):
            export(target, [BARE], env=KEYS)
        return
    bare = Model("bare", "anthropic") if target.startswith("claude-code") else BARE
    text = export(target, [bare], env=KEYS).text
    assert not any(word in text for word in ("null", ": 0", "None", "max_", "contextLength", "limit", "MAX_OUTPUT"))


def test_litellm_takes_context_prices_and_limits_where_it_wants_them() -> None:
    rows = {row["model_name"]: row for row in made("litellm")["model_list"]}
    assert rows["openai/gpt-4o"]["litellm_params"] == {"model": "openai/gpt-4o", "api_key": "os.environ/OPENAI_API_KEY"}
    info = rows["openai/gpt-4o"]["model_info"]
    assert (info["max_input_tokens"], info["max_output_tokens"], info["mode"]) == (128_000, 16_384, "chat")
    assert (info["input_cost_per_token"], info["output_cost_per_token"]) == (2.5e-06, 1e-05)
    assert (info["supports_vision"], info["supports_reasoning"]) == (True, False)
    assert rows["meta/llama"]["litellm_params"]["model"] == "openrouter/meta-llama/llama"
    assert rows["local/qwen"]["model_info"]["max_input_tokens"] == 4096
    assert rows["local/qwen"]["litellm_params"]["num_ctx"] == 4096
    assert "max_tokens" not in rows["anthropic/claude"]["litellm_params"]


def test_the_offer_with_a_key_is_used_unless_another_is_asked_for() -> None:
    assert made("json", GPT)["models"]["openai/gpt-4o"]["use"]["offer"] == "openai"
    only = {"OPENROUTER_API_KEY": "sk-or-0123456789"}
    assert made("json", GPT, env=only)["models"]["openai/gpt-4o"]["use"]["id"] == "openai/gpt-4o"
    assert made("json", GPT, via="openrouter")["models"]["openai/gpt-4o"]["use"]["offer"] == "openrouter"
    found = export("litellm", [GPT], env={})
    assert found.missing[0] == "openai: no key: set OPENAI_API_KEY"


def test_models_that_a_tool_cannot_reach_are_left_out_with_the_reason() -> None:
    cohere = Model("cohere/command", "cohere")
    found = export("codex", [GPT, cohere], env=KEYS)
    assert found.left_out == {"cohere/command": "cohere: out of reach for codex"}
    with pytest.raises(AIModelsError, match="nothing to export to codex: 'cohere/command': cohere: out of reach"):
        export("codex", [cohere], env=KEYS)
    with pytest.raises(TargetNotFoundError, match="no target 'litelm'; did you mean 'litellm'"):
        export("litelm", [GPT])


HOSTILE = [
    "yes",
    "12:30",
    "1e3",
    "2026-01-01",
    "a: b # c",
    'x"\n[model_providers.evil]',
    "- ' \\ {{",
    "a]]>",
    "ü/漢",
    "=cmd",
    "*star",
    "&a",
    "!!python/object:os.system",
]


@pytest.mark.parametrize("target", [each for each in TARGETS if each not in ("env", "claude-code-env")])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text(target: str, name: str) -> None:
    id = name.replace("\n", " ")
    model = Model(id, "openrouter", 8192, name=id, connector_metadata={"openrouter": {"id": f"{id}/x"}})
    if target == "litellm" and "*" in id:
        return
    found = made(target, model)
    assert f"{id}/x" in json.dumps(found, ensure_ascii=False).replace("\\\\", "\\").replace('\\"', '"')


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1).filter(str.strip))
def test_yaml_keeps_any_printable_text_for_an_old_reader(text: str) -> None:
    assert yaml.safe_load(written("yaml", {text: [text]})) == {text: [text]}


@pytest.mark.parametrize(
    ("target", "id"),
    [
        ("continue", "${{ secrets.OPENAI_API_KEY }}"),
        ("opencode", "{env:HOME}"),
        ("opencode", "{file:~/.ssh/id}"),
        ("librechat", "${HOME}"),
    ],
)
def test_a_name_that_the_tool_would_replace_by_a_secret_is_left_out(target: str, id: str) -> None:
    model = Model("m", "openrouter", connector_metadata={"openrouter": {"id": id}})
    with pytest.raises(AIModelsError, match="would replace"):
        export(target, [model], env=KEYS)


def test_a_shell_gets_quoted_values() -> None:
    model = Model("m", "openrouter", connector_metadata={"openrouter": {"id": "x'; touch /tmp/no; '$(id)"}})
    text = export("claude-code-env", [model], env=KEYS).text
    assert "export ANTHROPIC_MODEL='x'\"'\"'; touch /tmp/no; '\"'\"'$(id)'\n" in text


YAML_FILE = """\
# my proxy
model_list:
- model_name: mine   # keep me
  litellm_params: {model: openai/mine, api_key: os.environ/MINE}
- model_name: openai/gpt-4o
  litellm_params:
    model: groq/other
    rpm: 6   # a limit of my own
    api_base: https://old.example/v1
  model_info:
    id: ai-models/openai/gpt-4o
    team: blue

# the end
litellm_settings:
    drop_params: 'yes'
"""


def test_yaml_keeps_foreign_entries_comments_and_order_and_updates_ours(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(YAML_FILE)
    text = export_to_file("litellm", [GPT, LLAMA], str(path), env=KEYS).text
    read = yaml.safe_load(text)
    assert [row["model_name"] for row in read["model_list"]] == ["mine", "openai/gpt-4o", "meta/llama"]
    ours = read["model_list"][1]
    assert ours["litellm_params"] == {"model": "openai/gpt-4o", "rpm": 6, "api_key": "os.environ/OPENAI_API_KEY"}
    assert (ours["model_info"]["team"], read["litellm_settings"]) == ("blue", {"drop_params": "yes"})
    assert [each for each in ("# my proxy", "# keep me", "# a limit of my own", "# the end") if each not in text] == []
    assert (tmp_path / "config.yaml.bak").read_text() == YAML_FILE


ZED = """\
// Zed settings
{
  "theme": "One Dark", // dark
  /* models */
  "language_models": {
    "openai_compatible": {
      "mine": { "api_url": "http://gpu/v1", "available_models": [] },
      "openrouter": {
        "api_url": "http://old",
        "available_models": [
          { "name": "meta-llama/llama", "max_tokens": 1, "mine": true }, // ours
        ],
      },
    },
  },
}
"""


def test_json_with_comments_is_changed_only_where_it_has_to_be(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(ZED)
    text = export_to_file("zed", [LLAMA, CLAUDE], str(path), env=KEYS).text
    for kept in ("// Zed settings", '"theme": "One Dark", // dark', "/* models */", "// ours", '"mine": { "api_url"'):
        assert kept in text
    models = jsonc.parse(text)["language_models"]
    assert models["openai_compatible"]["openrouter"]["available_models"] == [
        {"name": "meta-llama/llama", "max_tokens": 8192, "mine": True, "display_name": "meta/llama"}
    ]
    assert models["anthropic"]["available_models"][0]["name"] == "claude-4"
    assert export_to_file("zed", [LLAMA, CLAUDE], str(path), env=KEYS).diff == ""


def test_toml_keeps_the_choice_of_a_model_comments_and_other_servers(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('model = "mine" # my choice\n\n[model_providers.mine]\nname = "Mine" # yes\n')
    text = export_to_file("codex", [GPT, LOCAL], str(path), env=KEYS).text
    read = tomllib.loads(text)
    assert (read["model"], read.get("model_provider")) == ("mine", None)
    assert list(read["model_providers"]) == ["mine", "ai-models-openai", "ai-models-ollama"]
    assert read["model_providers"]["ai-models-ollama"].get("env_key") is None
    assert "# my choice" in text
    assert "# yes" in text
    path.write_text("[tools]\nweb = true\n")
    read = tomllib.loads(export_to_file("codex", [GPT], str(path), env=KEYS).text)
    assert (read["model"], read["model_provider"], read["tools"]) == ("gpt-4o", "ai-models-openai", {"web": True})


def test_a_dotenv_keeps_the_keys_that_are_in_it_and_a_diff_does_not_show_them(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# keys\nOPENAI_API_KEY=sk-real\nOTHER='x y'\nOLLAMA_BASE_URL=http://old")
    found = export_to_file("env", [GPT, LOCAL, LLAMA], str(path), env=KEYS)
    assert "sk-real" not in found.diff
    assert dotenv_values(path) == {
        "OPENAI_API_KEY": "sk-real",
        "OTHER": "x y",
        "OLLAMA_BASE_URL": "http://127.0.0.1:11434",
        "OPENROUTER_API_KEY": "",
    }


def test_claude_code_forgets_the_server_of_another_model(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"permissions": {"allow": ["Bash"]}}')
    export_to_file("claude-code", [LLAMA], str(path), env=KEYS)
    settings = json.loads(path.read_text())
    assert settings["env"]["ANTHROPIC_BASE_URL"] == "https://openrouter.ai/api"
    assert settings["apiKeyHelper"] == "printenv OPENROUTER_API_KEY"
    export_to_file("claude-code", [CLAUDE], str(path), env=KEYS)
    settings = json.loads(path.read_text())
    assert settings == {"permissions": {"allow": ["Bash"]}, "env": {"ANTHROPIC_MODEL": "claude-4"}, "model": "claude-4"}


BROKEN = {"yaml": "a: [1\nb: }", "json": '{\n  "a": 1\n  "b": 2}', "toml": "a = 1\nb = = 2\n"}


@pytest.mark.parametrize("target", ["litellm", "continue", "llm", "zed", "opencode", "codex", "json"])
def test_a_broken_file_is_left_as_it_is_and_the_line_is_named(target: str, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    for text in (BROKEN[TARGETS[target].format], "\xff".encode("latin-1").decode("latin-1") * 0 + "[1, 2"):
        path.write_text(text)
        with pytest.raises(StoreCorruptError) as caught:
            export_to_file(target, [GPT], str(path), env=KEYS)
        assert "broken, line " in str(caught.value)
        assert "left as it is" in str(caught.value)
        assert path.read_text() == text
    path.write_bytes(b"ok\n\xff")
    with pytest.raises(StoreCorruptError, match="line 2: this is no text in UTF-8"):
        export_to_file(target, [GPT], str(path), env=KEYS)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("target", "text"), [("litellm", "- a\n"), ("llm", "a: 1\n"), ("json", "[]"), ("zed", "1")])
def test_a_file_of_another_shape_is_left_as_it_is(target: str, text: str) -> None:
    with pytest.raises(StoreCorruptError, match="does not hold"):
        export(target, [GPT], present=text, env=KEYS)
    with pytest.raises(AIModelsError, match="'model_list' in the file is not a list"):
        export("litellm", [GPT], present="model_list: 7\n", env=KEYS)


def test_a_file_of_comments_keeps_them_and_line_ends_stay() -> None:
    assert export("llm", [GPT], present="# mine\n", env=KEYS).text.startswith("# mine\n- model_id: openai/gpt-4o\n")
    text = export("codex", [GPT], present="# mine\r\nother = 1\r\n", env=KEYS).text
    assert text.count("\n") == text.count("\r\n") > 2


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(JSON_VALUES, JSON_VALUES, st.sampled_from([None, 2, "\t"]))
def test_a_changed_json_text_holds_what_was_wanted(old: Any, new: Any, indent: Any) -> None:
    text = json.dumps(old, indent=indent)
    assert jsonc.parse(jsonc.changed(text, new)) == new
    assert jsonc.changed(text, old) == text


@given(
    JSON_VALUES.filter(lambda value: isinstance(value, dict)), JSON_VALUES.filter(lambda value: isinstance(value, dict))
)
def test_merging_twice_is_merging_once(held: Any, patch: Any) -> None:
    def merged(value: Any) -> Any:
        copy = json.loads(json.dumps(value))
        try:
            merge(copy, patch)
        except AIModelsError:
            return None
        return copy

    once = merged(held)
    assert once is None or merged(once) == once


def test_marks_say_how_values_are_merged() -> None:
    held = {"a": 1, "list": ["x"], "ours": {"old": 1, "theirs": 2}}
    patch = {
        "a": Default(2),
        "b": Default(3, ("a",)),
        "list": Union(["x", "y"]),
        "ours": Owned({}, ("old",)),
        "new": Owned({}, ("old",)),
        "rows": Rows([{"k": 1}], ("k",)),
    }
    merge(held, patch)
    assert held == {"a": 1, "list": ["x", "y"], "ours": {"theirs": 2}, "rows": [{"k": 1}]}


def manager() -> ModelManager:
    registry = ModelRegistry()
    for model in ALL:
        registry[model.id] = model
    return ModelManager(registry)


def run(*arguments: str, **env: str) -> Result:
    return CliRunner().invoke(app, ["export", *arguments], obj=Session(_manager=manager()), env={**KEYS, **env})


def test_the_manager_exports_ids_or_a_query(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    mine = manager()
    by_id = mine.export("json", "openai/gpt-4o")
    assert by_id == mine.export("json", ["openai/gpt-4o"]) == mine.export("json", {"id": "openai/gpt-4o"})
    assert mine.export("json", "openai/gpt-4o", output=tmp_path / "m.json") == (tmp_path / "m.json").read_text()
    with pytest.warns(AIModelsWarning, match="'local/qwen' is left out"):
        mine.export("claude-code", ["anthropic/claude", "local/qwen"])


def test_the_command_writes_the_file_alone_to_stdout_and_notes_to_stderr() -> None:
    done = run("zed", "--where", '{"id": {"$in": ["bare", "meta/llama"]}}')
    assert done.exit_code == 0
    assert "language_models" in json.loads(done.stdout)
    assert done.stderr == "'bare' is left out: Zed needs the size of the context, and it is not known\n"


def test_a_model_that_was_named_and_cannot_be_used_is_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    done = run("zed", "bare", "meta/llama", "--output", str(tmp_path / "settings.json"))
    assert done.exit_code == 1
    assert "nothing is written, as zed can't use 'bare': Zed needs the size" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_command_shows_a_diff_and_writes_nothing_on_a_dry_run(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(YAML_FILE)
    done = run("litellm", "meta/llama", "--output", str(path), "--dry-run")
    assert done.exit_code == 0
    assert "+- model_name: meta/llama\n" in done.stdout
    assert path.read_text() == YAML_FILE
    assert run("litellm", "meta/llama", "--output", str(path)).exit_code == 0
    again = run("litellm", "meta/llama", "--output", str(path))
    assert f"{path}: unchanged" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["litellm"], 2, "say which models"),
        (["litellm", "bare", "--tag", "x"], 2, "give ids or filters, not both"),
        (["litellm", "bare", "--dry-run"], 2, "name it with --output"),
        (["litelm", "bare"], 3, "did you mean 'litellm'"),
        (["litellm", "nothing-like-it"], 3, "no model"),
        (["litellm", "--group", "nobody"], 3, "no group"),
        (["litellm", "bare", "--via", "groq"], 1, "groq"),
    ],
)
def test_the_command_says_what_is_wrong(arguments: list[str], code: int, said: str) -> None:
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr


def test_the_command_gives_json_for_programs() -> None:
    done = run("env", "bare", "--json")
    assert json.loads(done.stdout) == {"target": "env", "left_out": {}, "notes": [], "text": "OPENAI_API_KEY=\n"}


def test_what_a_person_has_to_do_first_is_said() -> None:
    assert "llm keys set huggingface" in export("llm", [HUB], env=KEYS).notes[0]
    assert export("zed", [HUB], env=KEYS).notes == [
        "Zed reads HUGGINGFACE_API_KEY for huggingface: set it to the value of HF_TOKEN"
    ]
    assert export("litellm", [GPT], env=KEYS).missing == [
        "litellm: set LITELLM_MASTER_KEY, the key that it wants of its own clients"
    ]
