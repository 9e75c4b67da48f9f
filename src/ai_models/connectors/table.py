"""The table of client libraries, `data/connectors.toml`: what each library's call wants, as data.

>>> from ai_models.connectors.table import libraries
>>> libraries()["dspy"].target
'dspy:LM'
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ai_models.connectors.engine import variables_of
from ai_models.providers import Provider

__all__ = ["Library", "Route", "libraries"]


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

    def fits(self, provider: Provider, settings: Collection[str] = ()) -> bool:
        """Return whether this route reaches the provider, with these settings asked for."""
        if self.when is not None and self.when not in settings:
            return False
        names = {provider.id, f"wire={provider.wire}"} | ({"*"} if provider.openai_url else set())
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

    def route(self, provider: Provider, settings: Collection[str] = ()) -> Route | None:
        """Return the first route that reaches the provider, or `None`.

        >>> from ai_models.providers import providers
        >>> libraries()["ollama"].route(providers["openai"]) is None
        True
        """
        return next((route for route in self.routes if route.fits(provider, settings)), None)


@cache
def libraries() -> Mapping[str, Library]:
    """Return every library of the table, by name.

    >>> list(libraries())
    ['openai', 'openrouter', 'ollama', 'langchain', 'dspy']
    """
    import tomllib
    from pathlib import Path

    with (Path(__file__).parents[1] / "data" / "connectors.toml").open("rb") as file:
        rows = tomllib.load(file)
    return {name: _library(name, rows[row["like"]] | row if "like" in row else row) for name, row in rows.items()}


def _library(name: str, row: Mapping[str, Any]) -> Library:
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
    )


def _route(row: Mapping[str, Any]) -> Route:
    return Route(tuple(row["for"].split()), row["make"], row.get("call"), row.get("when"), row.get("package"))
