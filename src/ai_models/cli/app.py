"""The command group: commands loaded when they are called, errors as one line and an exit code.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found or ambiguous, 4 a source or a target asked for
by name failed, 130 interrupted, 141 the reader of a pipe went away.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from ai_models import __version__
from ai_models._core.nearest import nearest
from ai_models.cli.command import common_options, no_such_command
from ai_models.cli.known import completing
from ai_models.cli.render import write_error
from ai_models.errors import AIModelsError, AmbiguousModelError, InvalidModelError, NotFoundError, QueryError

FAILED, USAGE, NOT_FOUND, PARTIAL, INTERRUPTED, PIPE_CLOSED = 1, 2, 3, 4, 130, 141

SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "Find": {
        "discover": ("discover", "Ask the sources which models there are."),
        "list": ("listing", "List models, filtered and sorted."),
        "search": ("searching", "Find models by a piece of their name or id."),
        "show": ("show", "Show what is known about one model."),
        "connect": ("connect", "Print the arguments, or the code, to call a model."),
        "connectors": ("connect", "List the client libraries to hand a model to."),
        "export": ("export", "Write another tool's configuration for models."),
    },
    "Choose and pay": {
        "cost": ("costing", "Show what calls cost, before they are made."),
        "usage": ("usage", "Show what was called, and what it cost."),
        "budget": ("budgets", "Limit what may be spent."),
        "compare": ("comparing", "Show models side by side, or one across its providers."),
        "pick": ("picking", "Pick the model that fits best, and say why."),
        "role": ("roles", "Name what a model must be; use the name as an id."),
        "benchmarks": ("benchmarks", "Show which benchmarks there are scores of, and the scores."),
        "score": ("benchmarks", "Keep scores and speeds that you measured."),
    },
    "Make yours": {
        "tag": ("notes", "Tag models."),
        "untag": ("notes", "Take a tag off models."),
        "note": ("notes", "Write a note on a model."),
        "set": ("notes", "Correct a fact: your value wins over every source."),
        "alias": ("aliases", "Give a model a further name."),
        "group": ("groups", "Keep models together under a name."),
    },
    "Look into": {
        "sources": ("places", "List the sources, and which would run."),
        "providers": ("places", "List the providers that are known."),
        "changes": ("history", "Show what changed, and when."),
        "conflicts": ("history", "Show the facts on which sources disagree."),
        "health": ("health", "Check whether models and providers can be called now."),
        "store": ("storing", "See where the registry is, check it, copy it."),
        "doctor": ("doctor", "Show what is configured, found and reachable."),
        "completion": ("completion", "Print the script that completes words in your shell."),
    },
}
"""Every command by section: the module of this package that holds it, and its first help line."""

_COMMANDS = {name: where for section in SECTIONS.values() for name, where in section.items()}

_MEANT = {
    **dict.fromkeys(("ls", "models", "filter", "query"), ("list",)),
    **dict.fromkeys(("info", "get", "describe", "view"), ("show",)),
    **dict.fromkeys(("find", "grep", "lookup"), ("search",)),
    **dict.fromkeys(("refresh", "update", "sync", "fetch", "pull", "download"), ("discover",)),
    **dict.fromkeys(("price", "prices", "estimate"), ("cost",)),
    **dict.fromkeys(("spend", "spent", "calls", "ledger"), ("usage",)),
    **dict.fromkeys(("choose", "recommend", "best", "select"), ("pick",)),
    **dict.fromkeys(("diff", "history", "log"), ("changes",)),
    **dict.fromkeys(("check", "status", "ping", "test"), ("health",)),
    **dict.fromkeys(("config", "configure", "keys", "login", "init", "setup"), ("doctor",)),
    **dict.fromkeys(("code", "call", "use"), ("connect",)),
}
"""What people call a command elsewhere."""


class App(click.Group):
    """The group `ai-models`: knows every command by name and loads its module when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of the help."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, its module loaded; `None` for an unknown name."""
        if cmd_name not in _COMMANDS:
            return None
        from importlib import import_module

        module = import_module(f"ai_models.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name; raise a usage error with the nearest names."""
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            raise no_such_command(name, [*_COMMANDS], ctx, _MEANT)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands section by section, without loading them."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, summary) for name, (_, summary) in commands.items()])

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> NoReturn:
        """Run one command and exit; every expected error is one line on stderr."""
        extra["standalone_mode"] = False
        if completing():
            from ai_models.cli import completion  # noqa: F401 - its bash handles ids with a colon
        sys.exit(_exit_code(lambda: click.Group.main(self, args, *rest, **extra)))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that went away ends it quietly."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(PIPE_CLOSED)


def _exit_code(run: Any) -> int:
    try:
        result = run()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.UsageError as error:
        write_error(_usage_message(error))
        return USAGE
    except click.ClickException as error:
        write_error(error.format_message())
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except QueryError as error:
        write_error(str(error))
        return USAGE
    except InvalidModelError as error:
        write_error(str(error))
        return FAILED if error.where else USAGE  # kept somewhere, or typed just now
    except (NotFoundError, AmbiguousModelError) as error:
        write_error(f"{error}{_where_to_look(error)}")
        return NOT_FOUND
    except (AIModelsError, OSError) as error:
        if not completing():  # a word is typed: no place for an error
            write_error(str(error))
        return FAILED
    return result if isinstance(result, int) else 0


_LISTS = {
    "group": "group list",
    "role": "role list",
    "alias": "alias list",
    "budget": "budget list",
    "provider": "providers",
    "source": "sources",
    "connector": "connectors",
    "benchmark": "benchmarks",
}


def _where_to_look(error: AIModelsError) -> str:
    listing = _LISTS.get(error.what) if isinstance(error, NotFoundError) else None
    end = "" if str(error).endswith("?") else "."
    return f"{end} See: ai-models {listing}" if listing else ""


def _usage_message(error: click.UsageError) -> str:
    where = error.ctx.command_path if error.ctx else "ai-models"
    message = " ".join(error.format_message().split()).rstrip(".")
    if isinstance(error, click.NoSuchOption):
        near = _near_options(error)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        message = f"no such option {error.option_name}.{hint}".rstrip(".")
    return f"{message[:1].lower()}{message[1:]}{'' if message.endswith('?') else '.'} See: {where} --help"


_OPTIONS_MEANT = {
    **dict.fromkeys(("price", "cost", "max_price", "max_cost"), ("--max-input-price", "--input")),
    **dict.fromkeys(("size", "tokens", "window"), ("--min-context", "--input")),
    **dict.fromkeys(("vendor", "company", "author"), ("--lab",)),
    **dict.fromkeys(("server", "host"), ("--provider", "--via")),
    **dict.fromkeys(("type", "mode"), ("--kind",)),
    **dict.fromkeys(("filter", "query"), ("--where",)),
    **dict.fromkeys(("order", "order_by", "reverse"), ("--sort",)),
    **dict.fromkeys(("top", "max", "number"), ("--limit",)),
    **dict.fromkeys(("format", "jsonl", "raw"), ("--json",)),
    "fields": ("--columns",),
}
"""What people call an option elsewhere."""


def _near_options(error: click.NoSuchOption) -> list[str]:
    from ai_models._core.capabilities import known_capability

    known = [each for param in error.ctx.command.params for each in param.opts] if error.ctx else []
    capability = known_capability(error.option_name.lstrip("-"))
    if capability is not None and "--cap" in known:
        return [f"--cap {capability}"]
    return nearest(error.option_name, [each for each in known if each.startswith("--")], meant=_OPTIONS_MEANT)


_HELP = """Which AI models exist, what is known about each, what it costs, and how to call it.

Nothing but `discover`, `health` and `doctor --network` uses the network.

\b
  ai-models discover
  ai-models list --cap vision,tools --max-input-price 1 --sort price
  ai-models show claude-sonnet-4-5 --sources
  ai-models connect gpt-4o langchain --code
"""


@click.command(
    cls=App,
    help=_HELP,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    params=common_options(),
)
@click.version_option(__version__, prog_name="ai-models", message="%(prog)s %(version)s")
@click.pass_context
def app(ctx: click.Context) -> None:
    """Show the help if no command is given."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
