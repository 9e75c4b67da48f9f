"""`connect`: how a client library calls a model."""

import click

from ai_models.cli.command import MODEL_ID, command
from ai_models.cli.render import format_json
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import escape


def _connector_names(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in ctx.ensure_object(Session).manager.connectors if name.startswith(incomplete)]


@command(
    "connect",
    "ai-models connect gpt-4o openai",
    "ai-models connect claude-sonnet-4-5 langchain --via bedrock",
    "ai-models connect claude-sonnet-4-5 dspy --code > call.py",
)
@click.argument("id", type=MODEL_ID)
@click.argument("connector", shell_complete=_connector_names)
@click.option(
    "--code", is_flag=True, help="Print a program that calls the model; it reads the key from the environment."
)
@click.option("--via", metavar="PROVIDER", help="Reach it through this provider.")
@click.option("--explain", is_flag=True, help="Say which offer was chosen, and why.")
@pass_session
def connect_command(session: Session, id: str, connector: str, code: bool, via: str | None, explain: bool) -> None:
    """Print the arguments, or the code, with which a library calls a model.

    CONNECTOR is a client library, such as openai, langchain, dspy or ollama. No key is ever printed.
    """
    made = session.manager.connectors[connector]
    model = session.find(id)
    settings = {"via": via} if via else {}
    if explain and hasattr(made, "explain"):
        for line in str(made.explain(model, **settings)).splitlines():
            session.out.note(escape(line), style=None)
    if code and not session.out.json:
        click.echo("\n".join(map(escape, made.code(model, **settings).rstrip("\n").split("\n"))))
    elif code:
        session.out.data({"code": made.code(model, **settings)})
    else:
        click.echo(format_json(made.format_metadata(model, **settings), indent=True))
