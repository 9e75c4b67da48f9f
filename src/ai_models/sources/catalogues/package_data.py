"""Data that other packages ship: found without importing them, read without running their code."""

import ast
import json
from abc import abstractmethod
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ai_models._core.contracts import Listing, ModelSource
from ai_models._core.model import Model
from ai_models.errors import MissingDependencyError, SourceFormatError, SourceUnavailableError
from ai_models.sources.parsed import Parsed
from ai_models.transport import Transport


class DataSource(ModelSource):
    """A source whose answer is a data file: of an installed package, at a path, or at a URL.

    `date` is the day (ISO text) on which the data was published; `None` if nobody said.
    """

    package: str
    file: str

    def __init__(
        self,
        where: str | Path | None = None,
        *,
        date: str | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.where = where
        self.date = date
        self.transport = transport

    @property
    def by_default(self) -> bool:
        """Whether a discovery asks this source unless told which: what is published at a URL waits to be named."""
        return not self._is_url

    @property
    def _is_url(self) -> bool:
        return isinstance(self.where, str) and self.where.startswith(("http://", "https://"))

    @abstractmethod
    def parse(self, payload: Any) -> Parsed:
        """Return the models of the data, and the rows that are none."""

    def read(self, path: Path) -> Any:
        """Return the data of a file."""
        return read_json(read_text(path, self.name), self.name)

    def discover_models(self) -> list[Model]:
        """Read the data and return its models."""
        return self.listing().models

    def listing(self) -> Listing:
        """Read the data and return its models and the rows that are none; dials for a URL alone."""
        if self._is_url:
            return self._fetched(str(self.where))
        path = Path(self.where).expanduser() if self.where else installed_file(self.package, self.file)
        parsed = self.parse(self.read(path))
        return Listing(parsed.models, parsed.skipped, origin="embedded", date=self.date)

    def _fetched(self, url: str) -> Listing:
        from ai_models.sources.fetch import Fetcher

        fetcher = Fetcher(self.name, url, self.transport)
        return fetcher.listing(lambda exchange: self.parse(exchange.json(url)))


def installed_file(package: str, path: str) -> Path:
    """Return a data file of an installed package; raise `MissingDependencyError` if the package isn't there.

    >>> installed_file("json", "decoder.py").name
    'decoder.py'
    """
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise MissingDependencyError(package)
    return Path(places[0], path)


def read_text(path: Path, source: str) -> str:
    """Return the text of a file; raise `SourceUnavailableError` or `SourceFormatError` if that can't be done."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SourceFormatError(f"{path} is no UTF-8 text", source=source) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceUnavailableError(f"{path} can't be read: {reason}", source=source) from error


def read_json(text: str, source: str) -> Any:
    """Return the data of a JSON text; raise `SourceFormatError` if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceFormatError(f"not JSON: {error}", source=source) from error


def read_assignment(text: str, name: str, source: str) -> Any:
    """Return the value that Python source text assigns to a name, as plain data, without running anything.

    A call of a data class, such as `Tier(start=1)`, becomes a mapping of its keywords (`or_`
    without its underscore), a `Decimal` its text, a date or a time ISO text: all as in JSON.

    >>> read_assignment("rows: list = [Tier(or_=[Decimal('0.1')], since=datetime.date(2026, 1, 9))]", "rows", "example")
    [{'or': ['0.1'], 'since': '2026-01-09'}]
    """
    try:
        tree = ast.parse(text)
        for node in tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and _assigns(node, name):
                return _plain(node.value)
    except (SyntaxError, TypeError, ValueError, RecursionError, MemoryError) as error:
        raise SourceFormatError(f"not plain Python data: {error}", source=source) from error
    raise SourceFormatError(f"nothing is assigned to {name} there", source=source)


def expect_mapping(value: Any, what: str, source: str) -> Mapping[str, Any]:
    """Return a mapping as it is; raise `SourceFormatError` for anything else."""
    if not isinstance(value, Mapping):
        raise SourceFormatError(f"expected {what} as a mapping, got {type(value).__name__}", source=source)
    return value


def _assigns(node: ast.Assign | ast.AnnAssign, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _plain(node: ast.expr) -> Any:
    if isinstance(node, ast.Dict):
        return {_plain(key): _plain(value) for key, value in zip(node.keys, node.values, strict=True) if key}
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_plain(each) for each in node.elts]
    if isinstance(node, ast.Call):
        return _called(node)
    if isinstance(node, ast.Attribute | ast.Name):
        return ast.unparse(node)
    return ast.literal_eval(node)


def _called(node: ast.Call) -> Any:
    name = ast.unparse(node.func).rpartition(".")[2]
    if name in _SCALARS:
        return _SCALARS[name](*map(ast.literal_eval, node.args))
    if node.args:
        raise ValueError(f"{name} takes arguments without a name")
    return {each.arg.removesuffix("_"): _plain(each.value) for each in node.keywords if each.arg}


_SCALARS: Mapping[str, Callable[..., str]] = {
    "Decimal": str,
    "date": "{:04d}-{:02d}-{:02d}".format,
    "time": "{:02d}:{:02d}".format,
}
