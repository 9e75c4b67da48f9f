"""`store`: where the registry is kept, whether it is sound, and how it gets elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ai_models.cli.command import CommandGroup, command
from ai_models.cli.known import files
from ai_models.cli.render import Output
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import escape, plural
from ai_models.errors import AIModelsError, InvalidModelError

if TYPE_CHECKING:
    from ai_models._core.store import Store

_TOLD = 1_000


@click.group("store", cls=CommandGroup)
def store_command() -> None:
    """See where the registry is kept, check it, copy it.

    A registry is a JSON file (`models.json`), a SQLite file (`sqlite:///models.db`) or a
    PostgreSQL database (`postgresql+psycopg://user@host/db`).
    """


@command("path", "ai-models store path", group=store_command)
@pass_session
def store_path(session: Session) -> None:
    """Print where the registry is kept."""
    location = session.manager.models.location or "in memory"
    if session.out.json:
        session.out.data({"location": location})
    else:
        session.out.line(escape(location))


@command("check", "ai-models store check", "ai-models store check sqlite:///models.db", group=store_command)
@click.argument("where", required=False, shell_complete=files)
@pass_session
def store_check(session: Session, where: str | None) -> int:
    """Check every model of a registry, and its tables.

    Exit code 1: something is wrong.
    """
    store = _opened(where or _own(session))
    problems = list(_problems(store))
    location, number = store.location or "in memory", len(store)
    if session.out.json:
        session.out.data({"location": location, "models": number, "problems": problems})
        return 1 if problems else 0
    for problem in problems:
        session.out.line(escape(problem), "red")
    if problems:
        session.out.note(
            f"{escape(location)}: {plural(len(problems), 'problem')}. Set models right one by one, or write all tables"
            " anew: ai-models store copy FROM TO"
        )
        return 1
    sound = f"{plural(number, 'model')}, all sound" if number else "no models yet; fill it with: ai-models discover"
    session.out.line(f"{escape(location)}: {sound}")
    return 0


@command(
    "copy",
    "ai-models store copy ~/.config/ai_models.json sqlite:///models.db",
    "ai-models store copy sqlite:///models.db postgresql+psycopg://me@host/models",
    group=store_command,
)
@click.argument("source", metavar="FROM", shell_complete=files)
@click.argument("target", metavar="TO", shell_complete=files)
@click.option("--merge", is_flag=True, help="Into a registry that has models; those of the same id are replaced.")
@pass_session
def store_copy(session: Session, source: str, target: str, merge: bool) -> None:
    """Copy a registry and its log of changes.

    All models are copied or none. A registry that has models is left as it is without --merge.
    """
    origin, goal = _opened(source), _opened(target)
    there = len(goal)
    if there and not merge:
        raise AIModelsError(f"{goal.location} holds {plural(there, 'model')} already; to add to it, say --merge")
    if not len(origin):
        raise AIModelsError(f"{origin.location or source} holds no models, so there is nothing to copy")
    number = _copy(origin, goal, session.out, with_log=not there)
    if session.out.json:
        session.out.data({"from": origin.location, "to": goal.location, "models": number})
    else:
        session.out.line(f"{plural(number, 'model')} copied to {escape(goal.location or target)}")


def _opened(where: str) -> "Store":
    from ai_models.stores import open_store

    return open_store(where)


def _own(session: Session) -> str:
    from ai_models.manager import default_storage

    return session.store or default_storage()


def _problems(store: "Store") -> Iterator[str]:
    from ai_models.stores import SqlStore

    if isinstance(store, SqlStore):
        yield from store.problems()
        return
    for id in store:
        try:
            store[id]
        except InvalidModelError as error:
            yield f"model {id!r}: {error}"


def _copy(origin: "Store", goal: "Store", out: Output, *, with_log: bool) -> int:
    from ai_models.base import ModelRegistry
    from ai_models.manager import ModelManager

    number = 0

    def records(told: Any) -> Iterator[dict[str, Any]]:
        nonlocal number
        for model in origin.peek():
            yield dict(model._record)
            number += 1
            if number % _TOLD == 0:
                told(number)

    with _progress(out) as told, goal.transaction():
        goal.load(records(told))
        for name in origin.meta:
            goal.meta[name] = origin.meta[name]
    if with_log:
        log = ModelManager(ModelRegistry(store=origin)).change_log
        ModelManager(ModelRegistry(store=goal)).change_log.append(log)
    return number


@contextmanager
def _progress(out: Output) -> "Iterator[Any]":
    """Show on stderr how many models are copied, on a terminal."""
    if out.json or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("copying", spinner="dots", spinner_style="green") as status:
        yield lambda number: status.update(f"{number:,} models copied")
