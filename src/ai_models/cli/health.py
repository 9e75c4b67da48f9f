"""`health`: whether models and providers can really be called, asked now."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from ai_models.cli.app import INTERRUPTED, PARTIAL
from ai_models.cli.command import LIMIT, MODEL_ID, PROVIDER, SECONDS, command
from ai_models.cli.costing import format_usd
from ai_models.cli.known import begun
from ai_models.cli.render import Column, Output
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import UNKNOWN, escape, format_flag, plural, shorten, shorten_middle
from ai_models.health_log import HealthResult

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ai_models.health import HealthReport, Progress

_STYLES = {"ok": "green", "unloaded": "green", "unknown": "dim", "starting": "magenta", "loading": "magenta"}
_BY_LEVEL = {0: "nobody was asked (level 0)", 1: "by their lists (level 1)", 2: "by a call (level 2)"}


def _style(status: str) -> str | None:
    return _STYLES.get(status.strip(), "magenta" if status.strip() in ("rate_limited", "no_key") else "red")


def _why(result: HealthResult) -> str:
    return "; ".join(filter(None, [result.reason, result.advice])) or UNKNOWN


def _cost(result: HealthResult) -> str:
    return format_usd(result.cost_usd)


COLUMNS: tuple[Column[HealthResult], ...] = (
    Column("TARGET", lambda result: result.target, shrink=shorten_middle, least=16, share=0.3),
    Column("VIA", lambda result: result.offer or UNKNOWN, shrink=shorten, drop=3, optional=True),
    Column("STATUS", lambda result: result.status, style=_style),
    Column("LEVEL", lambda result: UNKNOWN, plain=lambda result: str(result.level), drop=5, optional=True),
    Column(
        "LISTED",
        lambda result: UNKNOWN if result.listed is None else format_flag(result.listed),
        drop=4,
        optional=True,
    ),
    Column(
        "TIME",
        lambda result: UNKNOWN if result.seconds is None else f"{result.seconds:.1f} s",
        plain=lambda result: UNKNOWN if result.seconds is None else f"{result.seconds:g}",
        align="right",
        drop=2,
        optional=True,
    ),
    Column("COST $", _cost, align="point", drop=1, optional=True),
    Column("WHY", lambda result: result.reason or UNKNOWN, plain=_why, shrink=shorten, least=20),
)


def _targets(ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    from ai_models.providers import providers

    groups = [f"group:{name}" for name in ctx.ensure_object(Session).manager.groups]
    return [*begun(incomplete, [*providers, *groups]), *MODEL_ID.shell_complete(ctx, param, incomplete)]


@command(
    "health",
    "ai-models health                        providers with your key, local servers",
    "ai-models health openai ollama          these two",
    "ai-models health gpt-4o group:prod      models, wherever they can be called",
    "ai-models health gpt-4o --level 2       with one tiny call, which is billed",
)
@click.argument("targets", nargs=-1, metavar="[TARGET…]", shell_complete=_targets)
@click.option(
    "--level",
    type=click.IntRange(0, 2),
    metavar="0|1|2",
    default=1,
    help="0: key and address, no network. 1: listed (default, unbilled). 2: one tiny call, billed.",
)
@click.option("--via", type=PROVIDER, metavar="PROVIDER", help="Reach the models through this provider.")
@click.option("--timeout", type=SECONDS, metavar="SECONDS", default=10.0, help="What one server may take (default 10).")
@click.option("--yes", is_flag=True, help="Make the calls of level 2 without asking.")
@LIMIT
@pass_session
def health_command(
    session: Session,
    targets: tuple[str, ...],
    level: int,
    via: str | None,
    timeout: float,
    yes: bool,
    limit: int | None,
) -> int:
    """Check whether models and providers can be called now.

    A target is a provider, any name of a model, or group:NAME; by default the providers that there is a key for and
    the local servers that are known. Nothing is billed unless you ask for level 2: its cost is shown first.

    Exit code 4: a target that you named is not healthy.
    """
    health, names = session.manager.health, list(targets) or None
    if level == 2:
        _confirm(session.out, health.estimate(names, via=via), yes)
    with _progress(session.out) as progress:
        report = health.check(names, level, via=via, timeout=timeout, progress=progress)
    if session.out.json:
        session.out.data(report.to_dict())
    else:
        _write(session.out, report, limit)
    if report.interrupted:
        return INTERRUPTED
    return PARTIAL if targets and not report.ok else 0


def _write(out: Output, report: "HealthReport", limit: int | None) -> None:
    out.rows(
        COLUMNS,
        report.results,
        HealthResult.to_dict,
        limit=limit,
        noun="result",
        empty="nothing to check: no key is found and no local server is known (ai-models providers)",
    )
    if out.people and report.results:
        for text, names in find_troubles(report.results).items():
            out.hanging(f"  {escape(_some(names))}: ", escape(text))
        healthy = sum(report.verdicts.values())
        out.note(f"{healthy} of {plural(len(report.verdicts), 'target')} healthy, {_BY_LEVEL[report.level]}")


def find_troubles(results: Iterable[HealthResult]) -> dict[str, list[str]]:
    """Return why targets are not healthy and what to do, each reason once, with the targets that have it.

    >>> result = HealthResult("groq", "groq", 0, "no_key", "2026-11-25T10:00:00Z", "no key", "set GROQ_API_KEY")
    >>> find_troubles([result])
    {'no key; set GROQ_API_KEY': ['groq']}
    """
    found: dict[str, list[str]] = {}
    for result in results:
        if not result.ok:
            found.setdefault(_why(result), []).append(result.target)
    return found


def _some(names: list[str]) -> str:
    several = list(dict.fromkeys(names))
    more = f" +{len(several) - 2}" if len(several) > 2 else ""
    return ", ".join(several[:2]) + more


def _confirm(out: Output, costs: dict[str, Decimal | None], yes: bool) -> None:
    """Show what the calls of level 2 cost at most, and ask unless that was answered, or nobody bills them."""
    billed = {name: cost for name, cost in costs.items() if cost != 0}
    if not billed:
        return
    text = describe_bill(billed)
    out.note(text)
    if yes:
        return
    if out.json or not sys.stdin.isatty():
        raise click.UsageError(f"{text} Add --yes to make {'it' if len(billed) == 1 else 'them'}")
    click.confirm("Go on?", abort=True, err=True)


def describe_bill(costs: dict[str, Decimal | None]) -> str:
    """Return what calls cost at most, those of unknown price counted apart.

    >>> describe_bill({"a": Decimal("0.00002"), "b": None})
    '2 calls are billed: at most $0.00002, and 1 at a price that is not known.'
    """
    known = [cost for cost in costs.values() if cost is not None]
    unknown = len(costs) - len(known)
    parts = [f"at most ${format_usd(sum(known, Decimal(0)))}"] if known else []
    parts += [f"{unknown:,} at a price that is not known"] if unknown else []
    verb = "is" if len(costs) == 1 else "are"
    return f"{plural(len(costs), 'call')} {verb} billed: {', and '.join(parts)}."


@contextmanager
def _progress(out: Output) -> "Iterator[Progress | None]":
    """Show on stderr, on a terminal, whose answer is awaited."""
    if out.json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.text import Text

    awaited: dict[str, None] = {}
    console = Console(stderr=True)
    with console.status(Text("asking"), spinner="dots", spinner_style="green") as status:

        def show(event: str, name: str) -> None:
            if event == "start":
                awaited[name] = None
            else:
                awaited.pop(name, None)
            names = ", ".join(map(escape, awaited))
            status.update(Text(shorten(f"waiting for {names}" if names else "done", console.width - 4)))

        yield show
