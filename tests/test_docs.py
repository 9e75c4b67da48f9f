"""What the README and the documentation show is what happens.

Each fenced block says its language. `python` and `console` run, and show what they print. What a reader types into a
shell (`bash`, the `$ ` lines of `text`, `run` in `yaml`) runs in order, a page in a shell of its own, as far as it is
ours; other people's tools are passed over, `OTHERS` names them. `sql` runs in PostgreSQL. `yaml`, `toml` and `json`
parse. What Sphinx reads, `{…}`, is in its build.
"""

import doctest
import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import click
import pytest
import yaml

from ai_models.cli.app import app

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCED = re.compile(r"^(`{3,})([^\n]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
PARSERS: dict[str, Callable[[str], Any]] = {"yaml": yaml.safe_load, "toml": tomllib.loads, "json": json.loads}
OTHERS = {"git", "lint-imports", "mypy", "pip", "pytest", "python", "python3", "ruff", "sphinx-build"}
TEAMS_URL = "postgresql+psycopg://models@db.example/models"
SHELL = """
ai-models() { "$PYTHON" -c "$OFFLINE" "$@"; echo "$? ai-models $*" >> "$HOME/typed"; }
command_not_found_handle() { echo "other $1" >> "$HOME/typed"; }
"""
OFFLINE = """
import socket
def unreachable(*_):
    raise OSError("no network")
socket.getaddrinfo = socket.socket.connect = unreachable
from ai_models.cli import main
main()
"""


class Block(NamedTuple):
    """A fenced block: what it is written in, the line of the page before its text, and its text."""

    language: str
    line: int
    text: str


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks_of(page: Path, *languages: str) -> list[Block]:
    text = page.read_text("utf-8")
    found = [Block(each[2], text[: each.start(3)].count("\n"), each[3]) for each in FENCED.finditer(text)]
    return [block for block in found if not languages or block.language in languages]


def pages_with(*languages: str) -> Any:
    return pytest.mark.parametrize("page", [page for page in PAGES if blocks_of(page, *languages)], ids=named)


@pytest.fixture(scope="module")
def console_blocks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("console_blocks", ROOT / "tools/console_blocks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_block_is_of_a_kind_that_is_tried(page: Path) -> None:
    kinds = {"python", "console", "bash", "text", "sql", *PARSERS}
    assert [block for block in blocks_of(page) if block.language not in kinds and block.language[:1] != "{"] == []


@pages_with("python")
def test_the_python_blocks_of_a_page_run_in_order_as_they_stand(page: Path) -> None:
    names: dict[str, object] = {"__name__": page.stem}
    runner = doctest.DocTestRunner(verbose=False)
    for _, line, block in blocks_of(page, "python"):
        if ">>> " in block:
            test = doctest.DocTestParser().get_doctest(block, names, named(page), str(page), line)
            report: list[str] = []
            runner.run(test, out=report.append, clear_globs=False)
            assert runner.failures == 0, "".join(report)
            names |= test.globs
        else:
            exec(compile("\n" * line + block, str(page), "exec"), names)


@pages_with("console")
def test_the_output_that_a_page_shows_is_what_its_commands_print(page: Path, console_blocks: ModuleType) -> None:
    text = page.read_text("utf-8")
    assert text == console_blocks.updated(text), "bring it up to date: python tools/console_blocks.py"


@pages_with(*PARSERS)
def test_what_a_page_shows_of_a_file_can_be_read(page: Path) -> None:
    assert all(PARSERS[block.language](block.text) for block in blocks_of(page, *PARSERS))


def typed_on(page: Path) -> str:
    """Return what a reader of the page types into a shell, a console's blocks apart."""
    return "\n".join(line for block in blocks_of(page) for line in shell_lines(block))


def shell_lines(block: Block) -> Iterator[str]:
    if block.language == "bash":
        yield block.text.replace(".venv/bin/", "")
    elif block.language == "text":
        yield from (line.removeprefix("$ ") for line in block.text.splitlines() if line.startswith("$ "))
    elif block.language == "yaml":
        yield from run_steps(yaml.safe_load(block.text))


def run_steps(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (step for name, step in node.items() if name == "run" and isinstance(step, str))
        node = list(node.values())
    for each in node if isinstance(node, list) else ():
        yield from run_steps(each)


def run_in_shell(script: str, home: Path) -> list[str]:
    """Return each command of ours with its exit code, and each of another's; PATH has none but jq."""
    tools = home / "tools"
    tools.mkdir(exist_ok=True)
    if jq := shutil.which("jq"):
        (tools / "jq").unlink(missing_ok=True)
        (tools / "jq").symlink_to(jq)
    env = {"HOME": str(home), "PATH": str(tools), "LANG": "C.UTF-8", "PYTHON": sys.executable, "OFFLINE": OFFLINE}
    command = [shutil.which("bash") or "bash", "-c", f"{SHELL}{script}\nexit 0"]
    done = subprocess.run(
        command, cwd=home, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    typed = (home / "typed").read_text("utf-8").splitlines()
    assert {line for line in typed if line[0] not in "04"} <= {f"other {name}" for name in OTHERS}, done.stderr
    return typed


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of one who has typed the first command of the README."""
    home = tmp_path_factory.mktemp("home")
    run_in_shell("ai-models discover", home)
    (home / "typed").unlink()
    return home


@pytest.mark.parametrize("page", [page for page in PAGES if typed_on(page) and not blocks_of(page, "sql")], ids=named)
def test_the_commands_of_a_page_are_done_or_find_no_server(page: Path, filled_home: Path, tmp_path: Path) -> None:
    """Exit code 4, as there is no key and no network here; never 1 to 3."""
    script = typed_on(page)
    typed = run_in_shell(script, shutil.copytree(filled_home, tmp_path / "home", symlinks=True))
    assert sum(" ai-models " in line for line in typed) == len(re.findall(r"\bai-models (?=[a-z])", script))


def test_the_page_for_a_team_holds_on_postgresql(postgresql: str, filled_home: Path, tmp_path: Path) -> None:
    import psycopg

    page = ROOT / "docs/share-with-a-team.md"
    home = shutil.copytree(filled_home, tmp_path / "home", symlinks=True)
    assert TEAMS_URL in typed_on(page)
    run_in_shell(typed_on(page).replace(TEAMS_URL, postgresql), home)
    database = postgresql.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(postgresql.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("CREATE ROLE reader LOGIN")
        for block in blocks_of(page, "sql"):
            admin.execute(block.text.replace("DATABASE models", f"DATABASE {database}").encode())
        read = run_in_shell(f"ai-models --store '{as_user('reader', postgresql)}' list --group approved", home)
        admin.execute("DROP OWNED BY reader; DROP ROLE reader")
    assert read[-1][0] == "0"


def as_user(name: str, url: str) -> str:
    return re.sub(r"//[^@/]*@", f"//{name}@", url)


def command_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that the words begin with, and the words after its name."""
    command: click.Command | None = app
    while isinstance(command, click.Group) and words:
        command = command.get_command(click.Context(command), words[0])
        words = words[1:]
    assert command, words
    return command, words


def prose_of(page: Path) -> str:
    return FENCED.sub("", page.read_text("utf-8"))


SENTENCES = [(page, text) for page in PAGES for text in re.findall(r"`ai-models ([a-z][^`]*)`", prose_of(page))]


@pytest.mark.parametrize(("page", "text"), SENTENCES, ids=[f"{named(page)}-{text}" for page, text in SENTENCES])
def test_a_command_that_a_sentence_names_is_one_that_there_is(page: Path, text: str) -> None:
    command, words = command_of(shlex.split(text.replace("…", "")))
    try:
        if not isinstance(command, click.Group):
            command.make_context(text, words)
    except click.MissingParameter:
        pass  # the sentence names the command alone


def options_of(command: click.Command) -> set[str]:
    own = {name for each in command.params for name in (*each.opts, *each.secondary_opts)} | {"--help"}
    below = command.commands.values() if type(command) is not type(app) and isinstance(command, click.Group) else ()
    return own.union(*(options_of(each) for each in below))


def test_every_command_is_documented_with_its_own_section_and_has_help() -> None:
    page = (ROOT / "docs/cli.md").read_text("utf-8")
    commands = {name: command_of([name])[0] for name in app.list_commands(click.Context(app))}
    assert commands
    assert [name for name in commands if f"\n### {name}\n" not in page] == []
    assert [name for name, command in commands.items() if not command.help] == []


def test_an_option_that_a_command_is_documented_with_is_its_own() -> None:
    sections = (ROOT / "docs/cli.md").read_text("utf-8").split("\n### ")[1:]
    assert len(sections) > 20
    for section in sections:
        name, _, text = re.split(r"\n## ", section)[0].partition("\n")
        text = re.sub(r"```console.*?```", "", text, flags=re.DOTALL)
        named_there = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))
        assert named_there - options_of(command_of([name])[0]) - {"--store", "--json"} == set(), name


def test_an_option_that_a_sentence_names_is_one_that_there_is() -> None:
    commands = [command_of([name])[0] for name in app.list_commands(click.Context(app))]
    options = options_of(app).union(*(options_of(command) for command in commands))
    shown = {page: re.findall(r"`(--[a-z][a-z-]*)", prose_of(page)) for page in PAGES}
    assert any(shown.values())
    assert [(named(page), name) for page, names in shown.items() for name in names if name not in options] == []


def test_the_layers_that_are_shown_are_those_that_are_checked() -> None:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    contract = next(each for each in tool["importlinter"]["contracts"] if each["id"] == "layers")
    layers = [[name for name in re.findall(r"\w+", layer) if name != "__main__"] for layer in contract["layers"]]
    shown = blocks_of(ROOT / "CONTRIBUTING.md", "text")[0].text.splitlines()
    assert [re.findall(r"\w+", re.split(r"\s{2,}", line)[0]) for line in shown] == layers
    table = (ROOT / "docs/architecture.md").read_text("utf-8").partition("| layer |")[2].partition("\n\n")[0]
    assert [re.findall(r"`(\w+)`", row.split("|")[1]) for row in table.splitlines()[2:]] == layers


def test_a_file_of_the_repository_that_a_command_names_is_there() -> None:
    shown = "".join(block.text for page in PAGES for block in blocks_of(page, "bash"))
    paths = set(re.findall(r"(?<!\S)(?:\.ci|tests|tools)/\S+", shown))
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def links(page: Path) -> list[str]:
    return re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text("utf-8"))


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=named)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


def test_the_documentation_builds_offline_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("myst_parser", reason="Sphinx is in the extra docs")
    build = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-d", str(tmp_path / "cache")]
    done = subprocess.run(
        [*build, "docs", str(tmp_path / "html")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_picture_shows_what_the_commands_print_today() -> None:
    """Spaces apart, which the form of the picture decides."""
    done = subprocess.run(
        [sys.executable, "-c", "import picture; print(picture.drawn())"],
        cwd=ROOT / "tools",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = (ROOT / "docs/images/terminal.svg").read_text("utf-8")
    assert words_of(done.stdout) == words_of(shown), "bring it up to date: python tools/picture.py"


def words_of(svg: str) -> list[str]:
    return re.findall(r"[^\s<>]+", re.sub(r"<[^>]*>|&#160;", " ", svg.partition("<text")[2]))
