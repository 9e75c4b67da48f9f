"""What the README and the documentation show is what happens."""

import doctest
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="module")
def console_blocks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("console_blocks", ROOT / "tools/console_blocks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blocks_of(page: Path) -> list[tuple[int, str]]:
    text = page.read_text("utf-8")
    return [(text[: found.start(1)].count("\n"), found[1]) for found in PYTHON.finditer(text)]


@pytest.mark.parametrize("page", [page for page in PAGES if blocks_of(page)], ids=named)
def test_the_python_blocks_of_a_page_run_in_order_as_they_stand(page: Path) -> None:
    names: dict[str, object] = {"__name__": page.stem}
    runner = doctest.DocTestRunner(verbose=False)
    for line, block in blocks_of(page):
        if ">>> " in block:
            test = doctest.DocTestParser().get_doctest(block, names, named(page), str(page), line)
            report: list[str] = []
            runner.run(test, out=report.append, clear_globs=False)
            assert runner.failures == 0, "".join(report)
            names |= test.globs
        else:
            exec(compile("\n" * line + block, str(page), "exec"), names)


@pytest.mark.parametrize("page", [page for page in PAGES if "```console" in page.read_text("utf-8")], ids=named)
def test_the_output_that_a_page_shows_is_what_its_commands_print(page: Path, console_blocks: ModuleType) -> None:
    text = page.read_text("utf-8")
    assert text == console_blocks.updated(text), "bring it up to date: python tools/console_blocks.py"


def test_every_command_is_documented_with_its_own_section_and_has_help() -> None:
    cli = pytest.importorskip("ai_models.cli.app")
    page = (ROOT / "docs/cli.md").read_text("utf-8")
    commands = cli.app.list_commands(None)
    assert commands
    assert [name for name in commands if f"\n### {name}\n" not in page] == []
    assert [name for name in commands if not cli.app.get_command(None, name).help] == []


def links(page: Path) -> list[str]:
    return re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text("utf-8"))


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"], ids=named)
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
