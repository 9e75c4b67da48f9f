"""`doctor`: what is configured, what is found, and, on request, what can be reached."""

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ai_models import __version__
from ai_models.cli.command import SECONDS, command
from ai_models.cli.places import key_variable, source_state
from ai_models.cli.render import Output
from ai_models.cli.retirements import format_warnings
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import escape, plural
from ai_models.errors import AIModelsError

if TYPE_CHECKING:
    from ai_models.manager import ModelManager


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `state` is `ok`, `note` (nothing wrong, but worth knowing) or `bad`."""

    section: str
    name: str
    state: str
    text: str


_MARKS = {"ok": ("✓", None), "note": ("·", "dim"), "bad": ("✗", "red")}


@command(
    "doctor",
    "ai-models doctor",
    "ai-models doctor --network      ask every source that can be asked",
)
@click.option("--network", is_flag=True, help="Also ask every source that can be asked; nothing is written.")
@click.option("--timeout", type=SECONDS, metavar="SECONDS", help="What one source may take.")
@pass_session
def doctor_command(session: Session, network: bool, timeout: float | None) -> int:
    """Show what is configured, which keys are found, where files are, and what is reachable.

    Keys are shown by the names of their variables only. Exit code 1: something is wrong.
    """
    findings = [*look_at_setup(session.manager)]
    if network:
        findings += look_at_network(session.manager, timeout)
    if session.out.json:
        session.out.data([asdict(finding) for finding in findings])
    else:
        _write_findings(session.out, findings, network)
    return 1 if any(finding.state == "bad" for finding in findings) else 0


def look_at_setup(manager: "ModelManager") -> Iterator[Finding]:
    """Yield what is found without the network: versions, the store, keys, sources, client libraries."""
    yield Finding("ai_models", "version", "ok", f"{__version__} on Python {sys.version.split()[0]}")
    yield from _look_at_store(manager)
    yield from _look_at_keys()
    yield from _look_at_sources(manager)
    yield from _look_at_connectors(manager)


def _look_at_store(manager: "ModelManager") -> Iterator[Finding]:
    location = str(manager.models.location or "in memory")
    try:
        count = len(manager.models)
    except AIModelsError as error:
        yield Finding("registry", "store", "bad", str(error))
        return
    hint = "" if count else "; fill it with: ai-models discover"
    yield Finding("registry", "store", "ok" if count else "note", f"{location}: {plural(count, 'model')}{hint}")
    if manager.models.location and not manager.models.url:
        yield _writable(Path(location).expanduser())
    try:
        for line in format_warnings(manager.models.values()):
            yield Finding("registry", "retirements", "note", line)
    except AIModelsError as error:
        yield Finding("registry", "models", "bad", f"{error}; all that is wrong there: ai-models store check")
    try:
        yield Finding("registry", "catalogue", "ok", f"{plural(len(manager.catalogue), 'model')} embedded")
    except (AIModelsError, OSError) as error:
        yield Finding("registry", "catalogue", "bad", f"can't be read: {error}")


def _writable(path: Path) -> Finding:
    place = path
    while not place.exists() and place != place.parent:
        place = place.parent
    if os.access(place, os.W_OK):
        return Finding("registry", "writable", "ok", "yes" if place == path else f"yes, will be made in {place}")
    return Finding("registry", "writable", "bad", f"no right to write {place}; choose another place with --store")


def _look_at_keys() -> Iterator[Finding]:
    from ai_models.credentials import key_problems
    from ai_models.providers import providers

    found = False
    for provider in providers.values():
        variable = key_variable(provider)
        if variable:
            found = True
            yield Finding("keys", provider.id, "ok", variable)
        for problem in key_problems(provider):
            yield Finding("keys", provider.id, "note" if variable else "bad", problem)
    if not found:
        yield Finding("keys", "none", "note", "no provider's key is set; ai-models providers names the variables")


def _look_at_sources(manager: "ModelManager") -> Iterator[Finding]:
    states = [source_state(name, manager.sources[name]) for name in manager.sources]
    for state in states:
        if state.runs:
            yield Finding("sources", state.name, "ok", state.why)
    idle = sum(not state.runs for state in states)
    if idle:
        yield Finding(
            "sources", "others", "note", f"{plural(idle, 'source')} would not run (ai-models sources says why)"
        )


def _look_at_connectors(manager: "ModelManager") -> Iterator[Finding]:
    from importlib.util import find_spec

    for name in manager.connectors:
        package = getattr(manager.connectors[name], "package", None) or name
        there = find_spec(package.partition(".")[0]) is not None
        yield Finding(
            "connectors", name, "ok" if there else "note", "installed" if there else f"{package} is not installed"
        )


def look_at_network(manager: "ModelManager", timeout: float | None) -> Iterator[Finding]:
    """Yield how every source that can be asked answers now; nothing is written."""
    report = manager.discover(refresh=True, dry_run=True, timeout=timeout)
    for row in report.rows:
        if row.ok:
            yield Finding("network", row.source, "ok", f"{plural(row.models, 'model')} in {row.seconds:.1f} s")
        else:
            yield Finding("network", row.source, "note" if row.status == "skipped" else "bad", row.reason)


def _write_findings(out: Output, findings: list[Finding], network: bool) -> None:
    width = max(len(finding.name) for finding in findings)
    section = ""
    for finding in findings:
        if finding.section != section:
            section = finding.section
            out.line(section, "bold")
        mark, style = _MARKS[finding.state]
        start = f"  {mark if out.terminal else finding.state.ljust(4)} {escape(finding.name):<{width}}  "
        out.hanging(start, escape(finding.text), style)
    if not network:
        out.note("Nothing was dialled; to see what is reachable: ai-models doctor --network")
