"""What a user gets: the files in the wheel, the commands in the README, the promises in pyproject.toml."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

import ai_models

CATALOGUE_LIMIT_BYTES = 1_500_000


@pytest.fixture(scope="module")
def root() -> Path:
    return Path(__file__).parents[1]


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    pytest.importorskip("hatchling", reason="hatchling is in the extra test")
    to = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(to)]
    done = subprocess.run(build, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(to.glob("*.whl")))


def test_the_wheel_holds_the_package_its_data_its_licences_and_nothing_else(wheel: zipfile.ZipFile, root: Path) -> None:
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    files = (path for path in (root / "src/ai_models").rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert inside == {path.relative_to(root / "src").as_posix() for path in files}
    assert "ai_models/py.typed" in inside
    licences = {Path(name).name for name in wheel.namelist() if "/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE"}


def test_the_data_in_the_wheel_stay_small(wheel: zipfile.ZipFile) -> None:
    data = [info.compress_size for info in wheel.infolist() if info.filename.startswith("ai_models/data/")]
    assert 0 < sum(data) < CATALOGUE_LIMIT_BYTES


def test_the_unpacked_wheel_imports_with_nothing_but_python(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import ai_models; print(ai_models.__file__)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path))


def test_the_metadata_name_the_command_the_version_and_the_oldest_python(wheel: zipfile.ZipFile) -> None:
    texts = {name.rpartition("/")[2]: wheel.read(name).decode() for name in wheel.namelist() if ".dist-info/" in name}
    assert "Name: ai-models-registry\n" in texts["METADATA"]
    assert f"Version: {ai_models.__version__}\n" in texts["METADATA"]
    assert "Requires-Python: >=3.11\n" in texts["METADATA"]
    assert "ai-models = ai_models.cli:main" in texts["entry_points.txt"]


def test_every_folder_that_pytest_and_mypy_are_told_to_read_exists(project: dict[str, Any], root: Path) -> None:
    named = [*project["tool"]["pytest"]["testpaths"], *project["tool"]["mypy"]["files"]]
    assert [folder for folder in named if not list((root / folder).rglob("*.py"))] == []


def test_an_extra_that_an_error_names_exists(project: dict[str, Any], root: Path) -> None:
    texts = (path.read_text("utf-8") for path in (root / "src").rglob("*.py"))
    named = {name for text in texts for name in re.findall(r"ai-models-registry\[(\w+)\]", text)}
    called = r'MissingDependencyError\(\s*"[^"]+",\s*(?:extra=)?"(\w+)"'
    named |= {name for path in (root / "src").rglob("*.py") for name in re.findall(called, path.read_text("utf-8"))}
    assert named <= set(project["project"]["optional-dependencies"])


def test_the_modules_banned_at_import_time_are_all_that_can_be_installed(project: dict[str, Any]) -> None:
    banned = set(project["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-module-level-imports"])
    needed = {re.split(r"[^\w-]", name)[0].removeprefix("python-") for name in project["project"]["dependencies"]}
    assert needed <= banned


def commands(text: str) -> list[str]:
    blocks = re.findall(r"^```(?:bash|sh|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.startswith("python3 -m venv")]


def test_the_readme_has_two_commands_on_its_first_screen_and_ci_runs_the_second(root: Path) -> None:
    readme = (root / "README.md").read_text("utf-8")
    install, test = commands("\n".join(readme.splitlines()[:40]))
    assert ".venv/bin/ai-models discover" in install
    assert ".venv/bin/ai-models list" in install
    assert test.endswith(".venv/bin/pytest")
    assert test in [line.strip() for line in (root / ".ci/run").read_text("utf-8").splitlines()]


def test_the_changelog_has_an_unreleased_section_or_the_version(root: Path) -> None:
    text = (root / "CHANGELOG.md").read_text("utf-8")
    assert "## Unreleased" in text or f"## {ai_models.__version__}" in text


def test_no_lock_file_and_no_address_of_a_package_registry_is_in_the_repository(root: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    files = [root / name for name in listed.stdout.split("\0") if name]
    assert [path.name for path in files if path.name.endswith((".lock", "-lock.json"))] == []
    address = re.compile(r"https?://[^\s\"']*(?:/simple/|/pypi/|files\.pythonhosted)[^\s\"']*")
    texts = {path: path.read_bytes().decode("utf-8", "replace") for path in files if path.is_file()}
    assert {path.name: found.group() for path, text in texts.items() if (found := address.search(text))} == {}
