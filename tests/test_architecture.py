"""The rules of the house that a linter does not know: what an import costs, what a public name owes its reader."""

import ast
import doctest
import importlib
import inspect
import pickle
import pkgutil
import subprocess
import sys
import typing
from collections.abc import Iterator, MutableMapping
from graphlib import TopologicalSorter
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import ai_models
from ai_models import Connector, ModelSource, errors

PACKAGE = Path(ai_models.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(ai_models.__path__, "ai_models.")
    if not module.name.endswith("__main__") and not module.name.startswith("ai_models.data")
)
PUBLIC_MODULES = ["ai_models", *(name for name in MODULES if name.count(".") == 1 and "._" not in name)]
"""What a program may rely on; a package says in its own `__all__` what of its modules that is."""
THIRD_PARTY = ("ai_models.testing",)
"""Modules that may import a third-party package when they are imported: what `import ai_models` never does."""

SENTENCES = "ai_models.testing"
"""The suites' tests say what they hold by their names alone; their bases are those of test tools."""

NO_DOCTEST = {
    "ai_models.cli.main": "a command is shown in docs/cli.md, whose examples run",
    "ai_models.errors.": "an error is shown where it is raised",
    "ai_models.examples.": "they are examples",
    "ai_models.testing.": "a suite is shown by the tests that subclass it",
    "ai_models._core.contracts.Listing": "a record, shown by the sources that return it",
    "ai_models._core.contracts.SkippedRow": "a record, shown by the sources that return it",
    "ai_models._core.store.Store": "a protocol, shown by the stores that have it",
    "ai_models.changes.utc_now": "another answer each time",
    "ai_models.discovery.": "the machinery below ModelManager.discover, shown there",
    "ai_models.mall.Shelf": "shown by ModelMall",
    "ai_models.groups.Groups": "shown by ModelManager.groups",
    "ai_models.reconcile.": "the machinery below ModelManager.discover, shown there",
    "ai_models.transport.AsyncTransport": "a protocol, shown by what implements it",
    "ai_models.transport.Transport": "a protocol, shown by what implements it",
}
"""Names, or modules, whose examples stand elsewhere, and where."""


def run_python(code: str) -> str:
    """Run code in a Python that has none of this process's modules, paths or variables."""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded_by(statement: str) -> list[str]:
    code = f"import sys; before = set(sys.modules); {statement}; print(*sorted(set(sys.modules) - before))"
    return run_python(code).split()


def third_party(modules: list[str]) -> list[str]:
    tops = {name.partition(".")[0] for name in modules}
    return sorted(tops - set(sys.stdlib_module_names) - {"ai_models"})


def public_names(module: ModuleType) -> list[str]:
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return list(listed)
    return [name for name, value in vars(module).items() if not name.startswith("_") and own(value, module)]


def own(value: object, module: ModuleType) -> bool:
    return getattr(value, "__module__", None) == module.__name__ and isinstance(value, type | FunctionType)


def public_callables() -> Iterator[tuple[str, type | FunctionType]]:
    """Every public function and class, and every public function of a class, once, with its full name."""
    seen: set[int] = set()
    for module in map(importlib.import_module, PUBLIC_MODULES):
        for name in public_names(module):
            value = getattr(module, name)
            if not isinstance(value, type | FunctionType) or not value.__module__.startswith("ai_models"):
                continue
            if id(value) not in seen:
                seen.add(id(value))
                yield f"{value.__module__}.{name}", value
                if isinstance(value, type):
                    yield from methods(value)


def methods(cls: type) -> Iterator[tuple[str, type | FunctionType]]:
    for name, value in vars(cls).items():
        function = getattr(value, "fget", None) or getattr(value, "__func__", None) or value
        if not name.startswith("_") and isinstance(function, FunctionType):
            yield f"{cls.__module__}.{cls.__name__}.{name}", function


CALLABLES = dict(public_callables())


def test_import_loads_at_most_80_modules_and_nothing_that_is_not_pythons_own() -> None:
    modules = loaded_by("import ai_models")
    assert third_party(modules) == []
    assert len(modules) <= 80, modules


@pytest.mark.parametrize("name", [name for name in PUBLIC_MODULES if not name.startswith(THIRD_PARTY)])
def test_a_star_import_gives_every_public_name_and_loads_only_pythons_own(name: str) -> None:
    names = run_python(f"from {name} import *\nprint(*globals())").split()
    assert set(getattr(importlib.import_module(name), "__all__", [])) <= set(names)
    assert third_party(loaded_by(f"from {name} import *")) == []


@pytest.mark.parametrize("name", PUBLIC_MODULES)
def test_all_names_once_each_what_exists(name: str) -> None:
    module = importlib.import_module(name)
    listed = getattr(module, "__all__", [])
    assert len(listed) == len(set(listed))
    assert [item for item in listed if not hasattr(module, item)] == []


def names_for_type_checkers(module: ModuleType) -> dict[str, object]:
    """Return what a module imports only where types are checked: heavy libraries, and layers of the same package."""
    blocks = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.If)]
    found: dict[str, object] = {}
    for block in blocks:
        if ast.unparse(block.test) == "TYPE_CHECKING":
            imports = [node for node in block.body if isinstance(node, ast.Import | ast.ImportFrom)]
            exec(compile(ast.Module(imports, []), "imports", "exec"), found)  # its own source
    return found


@pytest.mark.parametrize("name", [name for name in CALLABLES if not name.startswith(SENTENCES)])
def test_type_hints_of_every_public_callable_resolve(name: str) -> None:
    value = CALLABLES[name]
    module = sys.modules[value.__module__]
    assert isinstance(typing.get_type_hints(value, localns=names_for_type_checkers(module)), dict)


@pytest.mark.parametrize("name", [name for name in CALLABLES if not name.startswith(SENTENCES)])
def test_every_public_callable_says_what_it_does(name: str) -> None:
    assert (inspect.getdoc(CALLABLES[name]) or "").strip()


def has_example(value: object) -> bool:
    found = doctest.DocTestFinder(exclude_empty=True).find(value, getattr(value, "__name__", ""))
    return any(test.examples for test in found)


def owes_example(name: str, value: type | FunctionType) -> bool:
    if name.startswith(tuple(NO_DOCTEST)) or (isinstance(value, type) and issubclass(value, Exception)):
        return False
    return isinstance(value, type) or "." not in value.__qualname__


@pytest.mark.parametrize("name", [name for name, value in CALLABLES.items() if owes_example(name, value)])
def test_every_public_class_and_function_shows_an_example(name: str) -> None:
    assert has_example(CALLABLES[name])


@pytest.mark.parametrize("name", NO_DOCTEST)
def test_what_is_excused_from_an_example_exists(name: str) -> None:
    assert any(each.startswith(name) for each in CALLABLES)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_has_a_docstring_and_at_most_500_lines(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 500
    assert not text.strip() or ast.get_docstring(ast.parse(text))


def swallows_everything(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler) or isinstance(node.body[-1], ast.Raise):
        return False
    return node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}


def test_every_exception_is_caught_only_where_discovery_reports_a_source() -> None:
    trees = [(path.name, ast.walk(ast.parse(path.read_text("utf-8")))) for path in SOURCES]
    assert [name for name, nodes in trees for node in nodes if swallows_everything(node)] == ["discovery.py"]


def is_warning_filter(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {"warnings.simplefilter", "warnings.filterwarnings"}


def test_the_package_silences_no_warning_of_its_user() -> None:
    calls = [
        path.name
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if is_warning_filter(node)
    ]
    assert calls == []


ACCESSORS = {"get_manager", "get_connector_metadata", "set_custom_metadata", "is_local"}
"""The names with get_, set_ or is_ that the design document gives."""

FLAGS = {"is_aggregator", "is_default"}
"""Properties that say the same kind of thing as the document's is_local."""


def test_no_new_name_starts_with_get_set_is_or_supports() -> None:
    names = {name.rpartition(".")[2] for name in CALLABLES}
    accessors = {name for name in names if name.startswith(("get_", "set_", "is_", "supports_"))}
    assert accessors <= ACCESSORS | FLAGS


@pytest.mark.parametrize(
    "name", [name for name in CALLABLES if name.rpartition(".")[2].startswith(("parse_", "format_"))]
)
def test_what_parses_or_formats_takes_no_transport(name: str) -> None:
    parameters = inspect.signature(typing.cast("FunctionType", CALLABLES[name])).parameters
    assert not {"transport", "client", "session", "timeout"} & set(parameters)


SHIPPED = {
    "SourceTests": "ai_models.sources.",
    "ConnectorTests": "ai_models.connectors.",
    "StoreTests": "ai_models.stores.",
}
CONTRACTS = (ModelSource, Connector, MutableMapping)
NO_SUITE = {"TableConnector", "CatalogueSource"}
"""The first is a base; the second hands over merged models, which tests/test_catalogue.py holds to more."""


@pytest.mark.parametrize("suite", SHIPPED)
def test_every_shipped_source_connector_and_store_meets_its_public_suite(suite: str, repository: Path) -> None:
    texts = [path.read_text("utf-8") for path in (repository / "tests").glob("test_*.py")]
    meeting = "\n".join(text for text in texts if f"({suite})" in text)
    found = (cls for name, cls in CALLABLES.items() if name.startswith(SHIPPED[suite]) and isinstance(cls, type))
    shipped = {cls.__name__ for cls in found if issubclass(cls, CONTRACTS) and not inspect.isabstract(cls)} - NO_SUITE
    assert shipped
    assert [name for name in sorted(shipped) if f"{name}(" not in meeting] == []


ERRORS = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_has_the_one_base_and_its_name_says_what_it_is(error: type[Exception]) -> None:
    assert issubclass(error, errors.AIModelsError | errors.AIModelsWarning)
    assert error.__name__.endswith(("Error", "Warning"))
    assert error.__name__ in errors.__all__


def made(error: type[Exception]) -> Exception:
    """Make an error from its signature alone: a text for every argument that must be given."""
    if not issubclass(error, errors.AIModelsError):
        return error("a text")
    parameters = inspect.signature(error).parameters.values()
    needed = [p for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    keywords = {p.name: "text" for p in parameters if p.default is p.empty and p.kind is p.KEYWORD_ONLY}
    return error(*(f"{p.name} text" for p in needed), **keywords)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_survives_pickling_with_its_data_and_message(error: type[Exception]) -> None:
    before = made(error)
    after = pickle.loads(pickle.dumps(before))
    assert type(after) is error
    assert str(after) == str(before)
    assert vars(after) == vars(before)


def name_of(path: Path) -> str:
    return ".".join(("ai_models", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


NAMES = {name_of(path): path for path in SOURCES}


def import_statements(node: ast.AST, types: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports of a module, those in functions too; with `types` also those for type checkers alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif types or not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield from import_statements(child, types)


def imported_by(name: str, *, types: bool = False) -> set[str]:
    """Return the modules of the package that one of them imports, at once or later, but for those that lead back."""
    found: set[str] = set()
    for node in import_statements(ast.parse(NAMES[name].read_text("utf-8")), types):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {each if each in NAMES else str(node.module) for each in full}
    return {each for each in found if each in NAMES and each != name}


def test_no_import_leads_back_to_its_own_module_not_even_one_in_a_function() -> None:
    TopologicalSorter({name: imported_by(name) for name in NAMES}).prepare()  # raises with the circle that it meets


def test_no_two_modules_import_each_other_not_even_for_their_types() -> None:
    graph = {name: imported_by(name, types=True) for name in NAMES}
    assert [(name, each) for name in NAMES for each in graph[name] if name in graph[each]] == []


def test_the_layers_hold(repository: Path) -> None:
    pytest.importorskip("importlinter", reason="import-linter is in the extra dev")
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", lint, "--no-cache"], cwd=repository, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
