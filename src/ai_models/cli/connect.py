"""`connect` and `connectors`: how a client library calls a model, and which libraries there are."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import click

from ai_models.cli.command import LIMIT, MODEL_ID, PROVIDER, command
from ai_models.cli.known import CONNECTORS
from ai_models.cli.render import Column, format_json
from ai_models.cli.session import Session, near, pass_session
from ai_models.cli.text import UNKNOWN, escape, format_flag, shorten, shorten_words
from ai_models.errors import ConnectorNotFoundError

if TYPE_CHECKING:
    from ai_models._core.contracts import Connector


@command(
    "connect",
    "ai-models connect gpt-4o openai",
    "ai-models connect claude-sonnet-4-5 langchain --via bedrock",
    "ai-models connect claude-sonnet-4-5 dspy --code > call.py",
)
@click.argument("id", type=MODEL_ID)
@click.argument("connector", shell_complete=CONNECTORS)
@click.option(
    "--code", is_flag=True, help="Print a program that calls the model; it reads the key from the environment."
)
@click.option("--via", type=PROVIDER, metavar="PROVIDER", help="Reach it through this provider.")
@click.option("--explain", is_flag=True, help="Say which offer was chosen, and why.")
@pass_session
def connect_command(session: Session, id: str, connector: str, code: bool, via: str | None, explain: bool) -> None:
    """Print the arguments, or the code, with which a library calls a model.

    CONNECTOR is a client library, such as openai, langchain, dspy or ollama; `ai-models connectors` lists them. No key
    is ever printed.
    """
    known = session.manager.connectors
    if connector not in known:
        raise near(connector, list(known), ConnectorNotFoundError)
    made = known[connector]
    model = session.find(id)
    settings = {"via": via} if via else {}
    if explain and hasattr(made, "explain"):
        for line in str(made.explain(model, **settings)).splitlines():
            session.out.note(escape(line))
    if code and not session.out.json:
        click.echo("\n".join(map(escape, made.code(model, **settings).rstrip("\n").split("\n"))))
    elif code:
        session.out.data({"code": made.code(model, **settings)})
    else:
        click.echo(format_json(made.format_metadata(model, **settings), indent=True))


@dataclass(frozen=True)
class ConnectorRow:
    """One client library: the package it comes in, whether that is installed here, and the models it can call.

    >>> from ai_models.connectors import OllamaConnector
    >>> row = connector_row("ollama", OllamaConnector(env={}))
    >>> row.package, row.kinds[:2]
    ('ollama', ('chat', 'completion'))
    """

    name: str
    package: str | None
    installed: bool | None
    kinds: tuple[str, ...]


def connector_row(name: str, connector: "Connector") -> ConnectorRow:
    """Return what is known of a connector; of one that isn't made of a table, its name alone."""
    library: Any = getattr(connector, "library", None)
    if library is None:
        return ConnectorRow(name, None, None, ())
    kinds = dict.fromkeys(kind for each in (library, *library.others) for kind in each.kinds)
    return ConnectorRow(name, library.package, _installed(library.package), tuple(kinds))


def _installed(package: str) -> bool:
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        distribution(package.partition("[")[0])
    except PackageNotFoundError:
        return False
    return True


_COLUMNS: tuple[Column[ConnectorRow], ...] = (
    Column("CONNECTOR", lambda row: row.name),
    Column("PACKAGE", lambda row: row.package or UNKNOWN, shrink=shorten, drop=1),
    Column("INSTALLED", lambda row: format_flag(row.installed), style={"yes": "green", "no": "dim"}.get),
    Column(
        "CALLS",
        lambda row: " ".join(row.kinds) or UNKNOWN,
        plain=lambda row: ",".join(row.kinds) or UNKNOWN,
        shrink=lambda text, width: shorten_words(text.split(), width),
        least=12,
    ),
)


@command("connectors", "ai-models connectors", "ai-models connectors --json")
@LIMIT
@pass_session
def connectors_command(session: Session, limit: int | None) -> None:
    """List the client libraries that a model can be handed to.

    A library need not be installed for its arguments and code to be written.
    """
    known = session.manager.connectors
    rows = [connector_row(name, known[name]) for name in sorted(known)]
    session.out.rows(_COLUMNS, rows, asdict, limit=limit, noun="connector")
