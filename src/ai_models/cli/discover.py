"""`ai-models discover`: ask the sources, show who is still awaited, and report on each of them."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ai_models.cli.app import INTERRUPTED, PARTIAL
from ai_models.cli.command import LIMIT, SECONDS, command
from ai_models.cli.known import SOURCES
from ai_models.cli.render import Output
from ai_models.cli.retirements import format_warnings
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import escape, plural, width_of

if TYPE_CHECKING:
    from ai_models.discovery import DiscoveryReport, Progress, SourceRow

_MOST_SKIPPED = 4
"""More skipped sources than this are one line, unless they were asked for by name."""

_COUNTS = ("new", "repriced", "changed", "gone", "returned")


@command(
    "discover",
    "ai-models discover                       every source that can be asked",
    "ai-models discover openrouter ollama     these two",
    "ai-models discover --offline             the catalogue and what was cached",
    "ai-models discover --dry-run --json      what would change, as JSON",
)
@click.argument("sources", nargs=-1, shell_complete=SOURCES)
@click.option("--offline", is_flag=True, help="No network: the embedded catalogue and cached answers alone.")
@click.option("--refresh", is_flag=True, help="Ask again even where a cached answer is still fresh.")
@click.option("--dry-run", is_flag=True, help="Report what would change, and write nothing.")
@click.option("--timeout", type=SECONDS, metavar="SECONDS", help="What one source may take.")
@click.option("--accept-shrunken", is_flag=True, help="Believe an answer with far fewer models than before.")
@LIMIT
@pass_session
def discover_command(
    session: Session, sources: tuple[str, ...], dry_run: bool, limit: int | None, **options: Any
) -> int:
    """Ask the sources which models there are, and keep the answer.

    Without names, every source is asked that needs no key or whose key is found. A source
    that fails changes nothing. Your tags, notes and corrections stay.

    Exit code 4: a source that you named failed; 1: no source answered.
    """
    with _progress(session.out) as progress:
        chosen = {name: value for name, value in options.items() if value}
        report = session.manager.discover(list(sources) or None, dry_run=dry_run, progress=progress, **chosen)
    if session.out.json:
        session.out.data(report.to_dict())
    else:
        _write_report(session.out, report, named=bool(sources), limit=limit)
    for line in format_warnings(session.manager.models.values()):
        session.out.note(line, "magenta")
    return _exit_code(report, named=bool(sources))


def _exit_code(report: "DiscoveryReport", named: bool) -> int:
    if any(row.reason == "interrupted" for row in report.rows):
        return INTERRUPTED
    if named and not all(row.ok for row in report.rows):
        return PARTIAL
    return 0 if report.ok else 1


def _write_report(out: Output, report: "DiscoveryReport", named: bool, limit: int | None) -> None:
    skipped = [row for row in report.rows if row.status == "skipped"]
    fold = not named and len(skipped) > _MOST_SKIPPED
    rows = [row for row in report.rows if not (fold and row.status == "skipped")]
    for start, text, style in format_rows(rows):
        out.hanging(start, text, style)
    if fold:
        out.line(f"  {plural(len(skipped), 'source')} skipped for want of a key (ai-models sources)")
    if report.dry_run:
        for change in report.changes[: limit or None]:
            out.line(f"  {escape(str(change))}")
    for change in report.changes:
        if change.path == "role":
            out.line(escape(f"role {change.id}: {change.old or 'no model'} → {change.new or 'no model'}"))
    out.hanging("", format_total(report), "bold")
    out.note(_next_step(report))


def format_rows(rows: Sequence["SourceRow"]) -> Iterator[tuple[str, str, str | None]]:
    """Yield for each source: name, models and offers in columns, then what is different or why not, and the style."""
    names = [escape(row.source) for row in rows]
    name_width = max(map(width_of, names), default=0)
    answered = [row for row in rows if row.ok]
    models_width = max((len(f"{row.models:,}") for row in answered), default=0)
    offers_width = max((len(f"{row.offers:,}") for row in answered if _has_offers(row)), default=0)
    for row, name in zip(rows, names, strict=True):
        start = f"  {name}{' ' * (name_width - width_of(name))}   "
        if row.ok:
            start += _counted(row.models, "model", models_width) + "   "
            if offers_width:
                start += _counted(row.offers if _has_offers(row) else None, "offer", offers_width) + "   "
            yield start, what_happened(row), None
        else:
            yield start, f"{row.status}: {escape(row.reason)}", _ROW_STYLES.get(row.status)


_ROW_STYLES = {"failed": "red"}


def _has_offers(row: "SourceRow") -> bool:
    return row.offers > row.models


def _counted(count: int | None, noun: str, width: int) -> str:
    """Return a count and its noun so that those of several rows stand below each other; blank for `None`."""
    if count is None:
        return " " * (width + len(noun) + 2)
    return f"{count:>{width},} {noun + ('' if count == 1 else 's'):<{len(noun) + 1}}"


def what_happened(row: "SourceRow") -> str:
    """Return what is different at a source: counts that are not zero, where the answer came from, its own note."""
    counts = [f"{getattr(row, name):,} {name}" for name in _COUNTS if getattr(row, name)]
    parts = [", ".join(counts) or "nothing new"]
    parts += [row.origin] if row.origin != "live" else []
    parts += [escape(row.note)] if row.note else []
    parts += [f"{plural(len(row.skipped_rows), 'row')} skipped"] if row.skipped_rows else []
    return " · ".join(parts)


def format_total(report: "DiscoveryReport") -> str:
    """Return the sizes of the registry and what is different in it."""
    counts = [f"{getattr(report, name):,} {name}" for name in _COUNTS if getattr(report, name)] or ["nothing new"]
    counts += [plural(report.conflicts, "conflict")] if report.conflicts else []
    total = f"{plural(report.models, 'model')}, {plural(report.offers, 'offer')}; {', '.join(counts)}."
    return f"{total} Nothing was written (--dry-run)." if report.dry_run else total


def _next_step(report: "DiscoveryReport") -> str:
    if not report.ok:
        return "Next: ai-models sources · ai-models doctor --network"
    if report.dry_run:
        return "Next: ai-models discover"
    return "Next: ai-models changes · ai-models list --available"


@contextmanager
def _progress(out: Output) -> "Iterator[Progress | None]":
    """Show on stderr which sources are awaited: one live line on a terminal, nothing elsewhere."""
    if out.json or not sys.stderr.isatty():
        yield None
        return
    with _live_line() as progress:
        yield progress


@contextmanager
def _live_line() -> "Iterator[Progress]":
    from rich.console import Console
    from rich.text import Text

    awaited: dict[str, None] = {}
    asked = 0
    console = Console(stderr=True)
    with console.status(Text("asking"), spinner="dots", spinner_style="green") as status:

        def show(event: str, source: str, row: "SourceRow | None") -> None:
            nonlocal asked
            if event == "start":
                awaited[source] = None
                asked += 1
            awaited.pop(source, None) if event == "done" else None
            status.update(Text(awaiting_text(list(awaited), asked, console.width - 4)))

        yield show


def awaiting_text(awaited: Sequence[str], asked: int, width: int) -> str:
    """Return the live line: how many sources have answered, and which are still awaited.

    >>> awaiting_text(["openrouter", "ollama"], 5, 60)
    '3 of 5 answered, waiting for openrouter, ollama'
    >>> awaiting_text([], 5, 60)
    'merging what 5 sources said'
    """
    from ai_models.cli.text import shorten

    if not awaited:
        return f"merging what {plural(asked, 'source')} said"
    names = ", ".join(map(escape, awaited))
    return shorten(f"{asked - len(awaited)} of {asked} answered, waiting for {names}", width)
