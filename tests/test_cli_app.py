"""The command group: help, usage errors, exit codes, and which modules a command loads."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from ai_models import Model, ModelManager, ModelRegistry, __version__
from ai_models.cli.app import SECTIONS, app
from ai_models.cli.command import Command, parse_limit, parse_price, parse_tokens
from ai_models.cli.session import Session
from ai_models.errors import (
    AIModelsError,
    AmbiguousModelError,
    InvalidModelError,
    ModelNotFoundError,
    NotFoundError,
    QueryError,
    SourceError,
)

COMMANDS = {name: summary for section in SECTIONS.values() for name, (_, summary) in section.items()}


def run(*args: str) -> Result:
    return CliRunner().invoke(app, list(args))


def leaves() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(app)
    for name in COMMANDS:
        command = app.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from ((f"{name} {part}", each) for part, each in command.commands.items())
        else:
            yield name, command


LEAVES = dict(leaves())


def test_help_stands_alone_and_names_every_command() -> None:
    for args in ([], ["--help"], ["-h"]):
        result = run(*args)
        assert result.exit_code == 0
        assert all(f"  {name} " in result.stdout for name in COMMANDS)
        assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize("name", [*LEAVES, *(name for name in COMMANDS if name not in LEAVES)])
def test_no_line_of_any_help_is_wider_than_80_columns(name: str) -> None:
    result = run(*name.split(), "--help")
    assert [line for line in result.stdout.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in LEAVES])
def test_a_command_of_commands_shows_an_example_of_each_and_whole_sentences(name: str) -> None:
    shown = run(name, "--help").stdout
    parts = [LEAVES[each] for each in LEAVES if each.startswith(f"{name} ")]
    assert all(f"  {each.examples[0]}\n" in shown for each in parts if isinstance(each, Command))
    assert "...\n" not in shown.partition("Commands:")[2]


def test_a_usage_error_is_one_line_and_names_the_choices() -> None:
    result = run("completion")
    assert result.stderr == (
        "error: missing argument '{bash|zsh|fish}'. Choose from: bash, zsh, fish. See: app completion --help\n"
    )


def test_an_unknown_option_is_answered_with_the_nearest_ones() -> None:
    assert run("show", "m", "--sorces").stderr == (
        "error: no such option --sorces. Did you mean --sources? See: app show --help\n"
    )


def test_a_name_that_is_not_there_comes_with_the_command_that_lists_them(tmp_path: Path) -> None:
    result = run("--store", str(tmp_path / "models.json"), "group", "show", "prod")
    assert (result.exit_code, result.stderr) == (3, "error: no group 'prod'. See: ai-models group list\n")


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_has_help_examples_and_json(name: str) -> None:
    result = run(*name.split(), "--help")
    assert result.exit_code == 0
    assert "--json" in result.stdout
    command = LEAVES[name]
    assert isinstance(command, Command)
    assert command.examples
    assert all(example in result.stdout for example in command.examples)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_summary_of_a_command_is_about_what_its_help_says(name: str) -> None:
    command = app.get_command(click.Context(app), name)
    assert command is not None
    first_words = COMMANDS[name].split()[:2]
    assert (command.help or "").split()[:2] == first_words


PRINT_ROWS = (
    "list",
    "search",
    "show",
    "sources",
    "providers",
    "changes",
    "conflicts",
    "alias list",
    "group list",
    "group show",
)


@pytest.mark.parametrize("name", PRINT_ROWS)
def test_rows_can_be_limited(name: str) -> None:
    assert "--limit" in run(*name.split(), "--help").stdout


def test_the_version_is_the_package_s() -> None:
    assert run("--version").stdout == f"ai-models {__version__}\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["lst"], "Did you mean list"),
        (["list", "--min-context", "big"], "128k"),
        (["list", "--where", "[1]"], "expected a query"),
        (["list", "--cap", "visoin"], "vision"),
        (["list", "--where", '{"contxt_size": 1}'], "context_size"),
        (["list", "--limit", "-1"], "0 or more"),
        (["list", "--kind", "chatt"], "chat"),
        (["show"], "ID"),
        (["discover", "--timeout", "0"], "seconds"),
        (["set", "gpt-4", "context_size"], "--unset"),
        (["completion", "tcsh"], "bash"),
        (["--jsn"], "--json"),
    ],
)
def test_wrong_usage_is_one_line_that_helps_and_exit_code_2(args: list[str], said: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ModelNotFoundError("gpt4", ["gpt-4"]), 3),
        (AmbiguousModelError("gpt", ["gpt-4", "gpt-5"]), 3),
        (QueryError("unknown field 'contxt'"), 2),
        (SourceError("the server\x1b[31m is down"), 1),
        (AIModelsError("no"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(LEAVES["providers"], "callback", fail)
    result = run("providers")
    assert result.exit_code == code
    assert result.stdout == ""
    assert "\x1b" not in result.stderr
    assert result.stderr.strip().count("\n") == 0
    assert result.stderr.strip()


def kinds_of(kind: type[AIModelsError]) -> Iterator[type[AIModelsError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from kinds_of(each)


@pytest.mark.parametrize("kind", [kind for kind in kinds_of(AIModelsError) if kind.__module__ == "ai_models.errors"])
def test_every_kind_of_error_ends_with_the_exit_code_that_is_documented(
    kind: type[AIModelsError], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        error = kind.__new__(kind)
        AIModelsError.__init__(error, "it failed", where="")
        raise error

    documented = {NotFoundError: 3, AmbiguousModelError: 3, QueryError: 2, InvalidModelError: 2}
    monkeypatch.setattr(LEAVES["providers"], "callback", fail)
    result = run("providers")
    assert result.exit_code == next((code for base, code in documented.items() if issubclass(kind, base)), 1)
    assert result.stderr.startswith("error: it failed")
    assert result.stderr.count("\n") == 1


def test_a_model_that_is_wrong_in_a_registry_is_no_wrong_usage(tmp_path: Path) -> None:
    store = tmp_path / "models.json"
    store.write_text(
        '{"ai_models": {"schema": 1}, "models": {"m": {"id": "m", "provider": "x", "context_size": "big"}}}'
    )
    assert run("show", "m", "--store", str(store)).exit_code == 1


def test_numbers_are_read_as_people_write_them() -> None:
    assert [parse_tokens(each) for each in ("8192", "128k", "1M", "1.5m", "8,192", "0")] == [
        8192,
        128000,
        10**6,
        1500000,
        8192,
        0,
    ]
    assert [parse_price(each) for each in ("0.15", "$3", "free", "0")] == [0.15, 3.0, 0.0, 0.0]
    assert parse_limit("0") == 0


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        *((parse_tokens, text) for text in ("-1", "k", "", "inf", "nan")),
        *((parse_price, text) for text in ("-1", "nan", "x")),
        (parse_limit, "-1"),
    ],
)
def test_what_is_no_number_is_refused(parse: Any, text: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        parse(text)


def test_json_may_stand_before_or_after_the_command() -> None:
    after, before = run("providers", "groq", "--json"), run("--json", "providers", "groq")
    assert after.stdout == before.stdout
    assert json.loads(after.stdout)[0]["id"] == "groq"


def test_the_completion_script_calls_the_command() -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "ai-models" in run("completion", shell).stdout


PARAMETERS = [(name, parameter) for name, command in LEAVES.items() for parameter in command.params]
OWN_WORDS = {
    ("alias add", "name"),
    ("group create", "name"),
    ("role set", "name"),
    ("role set", "query"),
    ("budget set", "limit_usd"),
    ("note", "text"),
    ("set", "value"),
    ("score set", "value"),
    ("search", "text"),
}
"""Arguments that are what a person makes up; every other one is completed."""
NONE_HERE = {("budget remove", "name"), ("budget set", "name"), ("score set", "benchmark"), ("benchmarks", "name")}
"""Arguments of which the small registry has nothing to complete."""


@pytest.fixture
def completed(tmp_path: Path) -> Any:
    registry = ModelRegistry(tmp_path / "models.json")
    registry["lab/one"] = Model("lab/one", "groq", lab="lab", aliases=["uno"], tags={"mine", "group:team"})
    registry.meta["roles"] = {"fast": {"query": {}, "prefer": ["price"]}}
    context = click.Context(app, obj=Session(_manager=ModelManager(registry)))

    def complete(command: str, name: str, typed: str = "") -> list[str]:
        [parameter] = [each for each in LEAVES[command].params if name in (each.name, *each.opts)]
        return [item.value for item in parameter.shell_complete(context, typed)]

    return complete


@pytest.mark.parametrize(
    ("command", "name"),
    [(command, each.name) for command, each in PARAMETERS if each.name in ("id", "ids", "model", "models")],
)
def test_a_model_s_id_is_completed_wherever_it_stands(completed: Any, command: str, name: str) -> None:
    assert completed(command, name) == ["lab/one", "fast"]
    assert completed(command, name, "on") == ["lab/one"]
    assert completed(command, name, "un") == ["uno"]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (command, each.name)
        for command, each in PARAMETERS
        if isinstance(each, click.Argument) and (command, each.name) not in NONE_HERE
    ],
)
def test_every_argument_is_completed_but_what_a_person_makes_up(completed: Any, command: str, name: str) -> None:
    assert bool(completed(command, name)) is ((command, name) not in OWN_WORDS)


@pytest.mark.parametrize(
    ("command", "name", "typed", "words"),
    [
        ("list", "--tag", "", ["mine"]),
        ("list", "--group", "t", ["team"]),
        ("list", "--lab", "other,l", ["other,lab"]),
        ("list", "--sort", "-pri", ["-price", "-price_tiers"]),
        ("list", "--columns", "id,rel", ["id,released"]),
        ("list", "--kind", "chat,emb", ["chat,embedding"]),
        ("pick", "--prefer", "price,sp", ["price,speed"]),
        ("pick", "--via", "openr", ["openrouter"]),
        ("changes", "--kind", "added,go", ["added,gone"]),
        ("set", "field", "capabilities.vis", ["capabilities.vision"]),
        ("role show", "name", "", ["fast"]),
        ("alias remove", "name", "", ["uno"]),
        ("health", "targets", "group:", ["group:team"]),
        ("export", "target", "ai", ["aider", "aider-conf", "aider-metadata"]),
    ],
)
def test_words_that_are_known_are_completed(
    completed: Any, command: str, name: str, typed: str, words: list[str]
) -> None:
    assert completed(command, name, typed) == words


def test_alias_completes_models_in_place_of_its_commands(completed: Any, tmp_path: Path) -> None:
    session = Session(store=str(tmp_path / "models.json"))
    alias = app.get_command(click.Context(app), "alias")
    assert alias is not None
    context = click.Context(alias, obj=session)
    assert [item.value for item in alias.shell_complete(context, "lab")] == ["lab/one"]
    assert {"add", "list", "remove"} <= {item.value for item in alias.shell_complete(context, "")}


def test_a_completion_that_fails_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "models.json").write_text("{")
    asked = {"_AI_MODELS_COMPLETE": "zsh_complete", "COMP_WORDS": "ai-models show ", "COMP_CWORD": "2"}
    done = python("-m", "ai_models", AI_MODELS_STORE=str(tmp_path / "models.json"), **asked)
    assert (done.stdout, done.stderr) == ("", "")


def python(*code: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *code], capture_output=True, text=True, env={**os.environ, **env}, timeout=60, check=False
    )


def test_the_module_runs_as_the_command(tmp_path: Path) -> None:
    done = python("-m", "ai_models", "providers", "groq")
    assert (done.returncode, done.stdout.splitlines()[1].split("\t")[0]) == (0, "groq")


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    command = f"'{sys.executable}' -m ai_models providers --json | head -c 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    assert done.returncode in (0, 141)  # 0: all of it had been written before head went away


def test_a_command_loads_no_library_that_it_does_not_need() -> None:
    heavy = ("rich", "httpx2", "asyncio", "ssl", "importlib.metadata", "ai_models.discovery", "ai_models.cli.discover")
    code = "import sys; from ai_models.cli.app import app; import ai_models.cli.listing\n"
    code += f"print([name for name in {heavy} if name in sys.modules])"
    assert python("-c", code).stdout.strip() == "[]"


@pytest.mark.skipif(which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("show open", ["openrouter/mini", "openrouter/mini:free"]),
        ("show mini", ["openrouter/mini", "openrouter/mini:free"]),
        ("show openrouter/mini:f", ["free"]),  # bash puts it behind the colon, where it broke the word
        ("pick --via gro", ["groq"]),
        ("list --cap tools,vis", ["tools,vision"]),
    ],
)
def test_bash_completes_ids_with_a_colon_providers_and_lists(tmp_path: Path, typed: str, completed: list[str]) -> None:
    store = tmp_path / "models.json"
    registry = ModelRegistry(store)
    registry.update({id: Model(id, "openrouter") for id in ("openrouter/mini", "openrouter/mini:free")})
    script = run("completion", "bash").stdout.replace("_app_completion", "_ai_models_completion")
    line = f"ai-models {typed}"
    asked = f"COMP_WORDBREAKS=' :='; COMP_LINE={line!r}; COMP_POINT={len(line)}; _ai_models_completion ai-models"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", f'{script}\n{asked}\nprintf "%s\\n" "${{COMPREPLY[@]}}"'],
        env={**os.environ, "PATH": path, "AI_MODELS_STORE": str(store)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == completed


@pytest.mark.parametrize(
    "arguments",
    [
        ["budget", "set", "nightly", "5"],
        ["budget", "list"],
        ["budget", "remove", "nightly"],
        ["usage"],
        ["usage", "calls"],
        ["usage", "export"],
        ["--store", "sqlite:///models.db", "list"],
        ["--store", "sqlite:///models.db", "discover", "--offline"],
        ["store", "check", "sqlite:///models.db"],
        ["store", "copy", "sqlite:///models.db", "new.json"],
    ],
)
def test_without_sqlalchemy_each_command_that_wants_it_names_the_extra(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "models.usage.db").touch()  # a ledger that there isn't is asked for nothing
    code = "import sys; sys.modules['sqlalchemy'] = None; from ai_models.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "AI_MODELS_STORE": str(tmp_path / "models.json")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "pip install 'ai-models-registry[sql]'" in done.stderr
