"""The words that a shell completes: what the registry, the manager and the commands know by name."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import click

from ai_models.cli.session import Session

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ai_models._core.registry import ModelRegistry

Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]

COMPLETION = "_AI_MODELS_COMPLETE"
"""The variable in which a shell asks for completions."""


def completing() -> bool:
    """Whether a shell asks for completions, and nobody reads errors."""
    return COMPLETION in os.environ


def complete(names: Callable[[Session], Iterable[str]]) -> Complete:
    """Return what completes a name, or the last one in a list, with those that a session knows.

    >>> context, capabilities = click.Context(click.Command("list")), complete(lambda session: ["tools", "vision"])
    >>> [item.value for item in capabilities(context, click.Argument(["names"]), "tools,v")]
    ['tools,vision']
    """

    def completed(ctx: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        return begun(incomplete, names(ctx.ensure_object(Session)))

    return completed


def begun(incomplete: str, names: Iterable[str]) -> "list[CompletionItem]":
    """Return the names that begin as the last one in a list does, behind those before it.

    >>> [item.value for item in begun("t", ["vision", "tools"])]
    ['tools']
    """
    from click.shell_completion import CompletionItem

    before, comma, word = incomplete.rpartition(",")
    return [CompletionItem(f"{before}{comma}{each}") for each in sorted(set(names)) if each.startswith(word)]


def files(_: click.Context, __: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Let the shell complete a file."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def models_of(session: Session) -> "ModelRegistry":
    """Return the registry, or the embedded catalogue while that is empty."""
    return session.manager.models if len(session.manager.models) else session.manager.catalogue


def model_names(session: Session, incomplete: str) -> Iterator[str]:
    """Yield the ids and roles that begin as the word does; or else ids whose last part does; or else aliases."""
    models, roles = models_of(session), session.manager.roles
    ids = list(models)
    found = [each for each in (*ids, *roles) if each.startswith(incomplete)]
    found = found or [each for each in ids if each.rpartition("/")[2].startswith(incomplete)]
    yield from found or (
        alias
        for model in models.find({"aliases": {"$exists": True}})
        for alias in model.aliases
        if alias.startswith(incomplete)
    )


def _tags(session: Session) -> Iterator[str]:
    tagged = models_of(session).find({"tags": {"$exists": True}})
    return (tag for model in tagged for tag in model.tags if not tag.startswith("group:"))


def _labs(session: Session) -> Iterator[str]:
    return (model.lab for model in models_of(session).values() if model.lab)


def _aliases(session: Session) -> Iterator[str]:
    return (alias for model in models_of(session).values() for alias in model.aliases)


def _benchmarks(session: Session) -> Iterable[str]:
    from ai_models.benchmarks import Benchmarks

    return Benchmarks(models_of(session)).names()


def _budgets(session: Session) -> list[str]:
    with session.manager.usage:
        return list(session.manager.budgets)


def _targets(_: Session) -> Iterable[str]:
    from ai_models.export import TARGETS

    return TARGETS


def _sort_keys(_: Session) -> Iterable[str]:
    from ai_models._core.model import FIELDS
    from ai_models._core.query.order import SHORT

    keys = [*SHORT, "context", *FIELDS]
    return [*keys, *(f"-{each}" for each in keys)]


def _preferences(session: Session) -> Iterable[str]:
    from ai_models.pick.preferences import PREFERENCES

    plain = [each for each in PREFERENCES if ":" not in each]
    return [*plain, *(f"-{each}" for each in plain), *(f"score:{each}" for each in _benchmarks(session))]


def _fields(_: Session) -> Iterable[str]:
    from ai_models._core.capabilities import CAPABILITIES
    from ai_models._core.model import FIELDS

    prices = ("price.input", "price.output", "price.cache_read", "price.cache_write")
    return [*FIELDS, *prices, *(f"capabilities.{each}" for each in CAPABILITIES)]


TAGS = complete(_tags)
LABS = complete(_labs)
ALIASES = complete(_aliases)
BENCHMARKS = complete(_benchmarks)
BUDGETS = complete(_budgets)
TARGETS = complete(_targets)
SORT_KEYS = complete(_sort_keys)
PREFERENCES = complete(_preferences)
FIELDS = complete(_fields)
GROUPS = complete(lambda session: session.manager.groups)
ROLES = complete(lambda session: session.manager.roles)
CONNECTORS = complete(lambda session: session.manager.connectors)
SOURCES = complete(lambda session: session.manager.sources)
