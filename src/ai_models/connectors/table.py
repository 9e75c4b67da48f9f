"""The table of client libraries, a file each in `data/connectors`: what each library's call wants, as data.

>>> from ai_models.connectors.table import libraries
>>> libraries()["dspy"].target
'dspy:LM'
"""

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from ai_models._core.model import KINDS
from ai_models.connectors.engine import variables_of
from ai_models.providers import Provider

__all__ = ["Libraries", "Library", "Route", "libraries"]


@dataclass(frozen=True, slots=True)
class Route:
    """One way in which a library reaches servers: the servers, and templates of the arguments.

    >>> route = Route(("wire=ollama",), make={"host": "$root_url"}, call={"model": "$id"})
    >>> route.call
    {'model': '$id'}
    """

    servers: tuple[str, ...]
    make: Mapping[str, Any]
    call: Mapping[str, Any] | None = None
    when: str | None = None
    package: str | None = None
    target: str | None = None
    ids: str | None = None

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The template of what `format_metadata` gives: the call's, or else the client's."""
        return self.make if self.call is None else self.call

    @property
    def takes_key(self) -> bool:
        """Whether the client is given a key; else the library signs in by itself."""
        return any(name.startswith("api_key") for name in variables_of(dict(self.make)))

    @property
    def takes_url(self) -> bool:
        """Whether the client can be told another address."""
        return any("_url" in name for name in variables_of(dict(self.make)))

    def fits(self, provider: Provider, settings: Collection[str] = (), id: str = "") -> bool:
        """Return whether this route reaches the provider, with these settings asked for, for the model of this id.

        >>> from ai_models.providers import providers
        >>> route = Route(("speaks=anthropic", "bedrock"), make={}, ids="*anthropic*")
        >>> route.fits(providers["openrouter"], id="anthropic/claude"), route.fits(providers["bedrock"], id="nova")
        (True, False)
        """
        if self.when is not None and self.when not in settings:
            return False
        if self.ids is not None and not any(fnmatchcase(id, pattern) for pattern in self.ids.split()):
            return False
        names = {provider.id, f"wire={provider.wire}"}
        names |= {"*"} if provider.openai_url else set()
        names |= {"speaks=anthropic"} if provider.anthropic_url else set()
        return not names.isdisjoint(self.servers)


@dataclass(frozen=True, slots=True)
class Library:
    """One client library: what makes its client, what calls it, and its routes, best first.

    >>> libraries()["ollama"].kinds
    ('chat', 'completion')
    """

    name: str
    package: str
    target: str
    variable: str
    use: str
    extra: str | None = None
    kinds: tuple[str, ...] = ("chat",)
    instead: Mapping[str, str] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    binds: bool = False
    others: tuple["Library", ...] = ()

    def for_kind(self, kind: str | None) -> "Library | None":
        """Return how the library calls models of a kind, `None` if it has no client for them; unknown kinds may chat.

        >>> libraries()["openai"].for_kind("embedding").use.split("(")[0].strip()
        'answer = client.embeddings.create'
        """
        if kind is None:
            return self
        return next((each for each in (self, *self.others) if kind in each.kinds), None)

    def route(self, provider: Provider, settings: Collection[str] = (), id: str = "") -> Route | None:
        """Return the first route that reaches the provider's model of this id, or `None`.

        >>> from ai_models.providers import providers
        >>> libraries()["ollama"].route(providers["openai"]) is None
        True
        """
        return next((route for route in self.routes if route.fits(provider, settings, id)), None)


class Libraries(Mapping[str, Library]):
    """Every library of the table by name; a file is read when its library is first used.

    >>> "dspy" in libraries(), libraries()["openrouter"].package
    (True, 'openai')
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._names = sorted(name.removesuffix(".toml") for name in os.listdir(folder) if name.endswith(".toml"))  # noqa: PTH208 - pathlib is slow to import
        self._read: dict[str, Library] = {}

    def __getitem__(self, name: str) -> Library:
        if name not in self._read:
            if name not in self._names:
                raise KeyError(name)
            self._read[name] = _library(name, self._row(name))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _row(self, name: str) -> dict[str, Any]:
        import tomllib

        with open(os.path.join(self._folder, f"{name}.toml"), "rb") as file:  # noqa: PTH118, PTH123
            row = tomllib.load(file)
        if "like" not in row:
            return row
        other = self._row(row["like"])
        return {key: value for key, value in other.items() if key not in KINDS} | row


@cache
def libraries() -> Libraries:
    """Return every library of the table, by name.

    >>> {"openai", "openrouter", "ollama", "langchain", "dspy"} <= set(libraries())
    True
    """
    return Libraries(os.path.join(os.path.dirname(os.path.dirname(__file__)), "data", "connectors"))  # noqa: PTH118, PTH120


def _library(name: str, row: Mapping[str, Any]) -> Library:
    """Return a library with its sections for other kinds of models; each has the library's facts by default."""
    own = {key: value for key, value in row.items() if key not in KINDS}
    others = [_section(name, {**own, "kinds": kind, **row[kind]}) for kind in KINDS if kind in row]
    return replace(_section(name, own), others=tuple(others))


def _section(name: str, row: Mapping[str, Any]) -> Library:
    return Library(
        name,
        row["package"],
        row["target"],
        row["name"],
        row["use"],
        row.get("extra"),
        tuple(row["kinds"].split()),
        row.get("instead", {}),
        tuple(_route(each) for each in row["routes"]),
        row.get("binds", False),
    )


def _route(row: Mapping[str, Any]) -> Route:
    servers = tuple(row["for"].split())
    optional = (row.get(name) for name in ("call", "when", "package", "target", "ids"))
    return Route(servers, row["make"], *optional)
