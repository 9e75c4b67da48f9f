"""What every command has: the common options, examples under its help, and the kinds of its arguments."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from ai_models._core.nearest import nearest
from ai_models.cli.known import begun, files, model_names
from ai_models.cli.session import Session

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    ParamType = click.ParamType[Any]
else:
    ParamType = click.ParamType

_SUFFIXES = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_MOST_COMPLETIONS = 200


def _switch_json(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Session).out.json = True


def _switch_color(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Session).out.color = False


def _choose_store(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value:
        ctx.ensure_object(Session).store = value


def common_options(hidden: bool = False) -> list[click.Parameter]:
    """Return the options that stand before or after any command; `hidden` keeps the rarer ones out of its help."""
    shared: dict[str, Any] = {"expose_value": False}
    return [
        click.Option(
            ["--store"],
            metavar="PATH",
            shell_complete=files,
            help="Keep the registry here (also: AI_MODELS_STORE).",
            callback=_choose_store,
            hidden=hidden,
            **shared,
        ),
        click.Option(["--json"], is_flag=True, help="Print JSON.", callback=_switch_json, **shared),
        click.Option(
            ["--no-color"],
            is_flag=True,
            help="No colour (also: NO_COLOR).",
            callback=_switch_color,
            hidden=hidden,
            **shared,
        ),
    ]


_MEANT = {
    **dict.fromkeys(("rm", "delete", "remove", "unset", "clear"), ("remove", "delete")),
    **dict.fromkeys(("new", "create", "add", "set", "make"), ("create", "set", "add")),
    **dict.fromkeys(("get", "info"), ("show", "list")),
    "ls": ("list",),
}


def no_such_command(
    name: str, known: Sequence[str], ctx: click.Context, meant: Mapping[str, tuple[str, ...]]
) -> click.UsageError:
    """Return the usage error for a command that there isn't, with the nearest that there are."""
    near = nearest(name, known, meant=meant)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return click.UsageError(f"no such command {name!r}.{hint}", ctx)


class Command(click.Command):
    """A command with the common options and with examples below its help."""

    examples: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.params += common_options(hidden=True)
        self.context_settings.setdefault("help_option_names", ["-h", "--help"])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they are typed."""
        _write_examples(formatter, self.examples)


class CommandGroup(click.Group):
    """A command with commands of its own, an example of each below its help."""

    command_class = Command

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.params += common_options(hidden=True)
        self.context_settings.setdefault("help_option_names", ["-h", "--help"])

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order in which they are written down."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name; raise a usage error with the nearest names."""
        if args[0] not in self.commands and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise no_such_command(args[0], [*self.commands], ctx, _MEANT)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write every command with its whole first sentence."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.get_short_help_str(limit=200)) for name, each in self.commands.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first example of every command."""
        made = [each for each in self.commands.values() if isinstance(each, Command)]
        _write_examples(formatter, [each.examples[0] for each in made if each.examples])


def _write_examples(formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    if examples:
        with formatter.section("Examples"):
            indent = " " * formatter.current_indent
            formatter.write("".join(f"{indent}{line}\n" for line in examples))


def command(
    name: str, *examples: str, group: click.Group | None = None
) -> Callable[[Callable[..., Any]], click.Command]:
    """Return the decorator that makes a function a command of this name, with these examples in its help."""

    def make(function: Callable[..., Any]) -> click.Command:
        made = click.command(name, cls=Command)(function)
        made.examples = examples
        if group is not None:
            group.add_command(made)
        return made

    return make


def parse_tokens(text: str) -> int:
    """Return a number of tokens from text such as 8192, 128k or 1.5M.

    >>> parse_tokens("128k"), parse_tokens("1M"), parse_tokens("8,192")
    (128000, 1000000, 8192)
    """
    plain = text.strip().lower().replace(",", "").replace("_", "")
    factor = _SUFFIXES.get(plain[-1:], 1)
    number = float(plain[:-1] if factor > 1 else plain)
    if not 0 <= number < float("inf"):
        raise ValueError(text)
    return round(number * factor)


class Parsed(ParamType):
    """A value that one function reads, with the words that say what it takes."""

    def __init__(
        self, name: str, parse: Callable[[str], Any], takes: str, known: Callable[[], Iterable[str]] | None = None
    ) -> None:
        self.name = name
        self._parse = parse
        self._takes = takes
        self._known = known

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value read, or fail with what is taken."""
        if not isinstance(value, str):
            return value
        try:
            return self._parse(value)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not {self._takes}", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        """Return the known names that begin as the last one in a list does."""
        return begun(incomplete, self._known() if self._known else ())


def list_of(known: Sequence[str], noun: str) -> Parsed:
    """Return the type of a comma-separated list of names out of a few.

    >>> list_of(["chat", "image"], "kinds").convert("chat, image", None, None)
    ['chat', 'image']
    """

    def parse(text: str) -> list[str]:
        names = parse_names(text)
        if not names or not set(names) <= set(known):
            raise ValueError(text)
        return names

    return Parsed(noun, parse, f"a list of {noun}; there are {', '.join(known)}", lambda: known)


def parse_price(text: str) -> float:
    """Return a price as a number of USD per million tokens.

    >>> parse_price("$0.15"), parse_price("free")
    (0.15, 0.0)
    """
    price = 0.0 if text.lower() == "free" else float(text.removeprefix("$"))
    if not 0 <= price < float("inf"):
        raise ValueError(text)
    return price


def parse_name(text: str) -> str:
    """Return a name that is not empty.

    >>> parse_name(" production ")
    'production'
    """
    if not text.strip():
        raise ValueError(text)
    return text.strip()


def parse_day(text: str) -> str:
    """Return a day, or a time of it, as ISO text.

    >>> parse_day("2026-11-01")
    '2026-11-01'
    """
    datetime.fromisoformat(text)
    return text


def parse_amount(text: str) -> float:
    """Return a number that is not negative.

    >>> parse_amount("2.5")
    2.5
    """
    number = float(text)
    if not 0 <= number < float("inf"):
        raise ValueError(text)
    return number


def parse_names(text: str) -> list[str]:
    """Return the names in a comma-separated text.

    >>> parse_names("vision, tools")
    ['vision', 'tools']
    """
    return [each.strip() for each in text.split(",") if each.strip()]


def parse_limit(text: str) -> int:
    """Return a number of rows, 0 for all of them.

    >>> parse_limit("20")
    20
    """
    limit = int(text)
    if limit < 0:
        raise ValueError(text)
    return limit


def parse_seconds(text: str) -> float:
    """Return a time in seconds, more than none.

    >>> parse_seconds("2.5")
    2.5
    """
    seconds = float(text.removesuffix("s"))
    if not 0 < seconds < float("inf"):
        raise ValueError(text)
    return seconds


def _provider_ids() -> Iterable[str]:
    from ai_models.providers import providers

    return providers


TOKENS = Parsed("tokens", parse_tokens, "a number of tokens such as 8192, 128k or 1M")
PRICE = Parsed("usd", parse_price, "a price in USD per million tokens, such as 0.15")
NAMES = Parsed("names", parse_names, "a list of names such as vision,tools")
PROVIDER = Parsed("provider", str, "a provider", _provider_ids)
PROVIDERS = Parsed("names", parse_names, "a list of providers such as openai,groq", _provider_ids)
NAME = Parsed("name", parse_name, "a name")
DAY = Parsed("day", parse_day, "a day such as 2026-11-01")
AMOUNT = Parsed("n", parse_amount, "a number, 0 or more")
SECONDS = Parsed("seconds", parse_seconds, "a number of seconds such as 10")

LIMIT = click.option(
    "--limit",
    type=Parsed("n", parse_limit, "a number of rows, 0 or more"),
    metavar="N",
    help="At most N rows; 0 for all.",
)
"""The option of every command that prints rows."""


class _ModelId(ParamType):
    name = "id"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        """Return the names of models that begin as the word does."""
        from click.shell_completion import CompletionItem

        found = islice(model_names(ctx.ensure_object(Session), incomplete), _MOST_COMPLETIONS)
        return [CompletionItem(each) for each in found]


MODEL_ID = _ModelId()
