"""The page of the documentation that says what was measured, and where we lose."""

import os
import platform
from collections.abc import Sequence
from datetime import date
from statistics import median

from bench.measure import Row, readable, table

HEAD = """# Benchmarks

What this package costs beside the plainest Python that does the same, and beside other libraries. Each line is a ratio
of two things timed by turns in one run, as a median with its quartiles: below 1 the first one is faster. A time alone
says more about the machine than about the package. `python -m bench setup` installs the other libraries, each in an
environment of its own; `python -m bench --page docs/benchmarks.md` measures, and writes this page.
"""


def conditions(turns: int) -> str:
    """Return where and how it was measured."""
    return f"{date.today():%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores, {turns} turns each."


def page(rows: Sequence[Row], where: str) -> str:
    """Return the page."""
    return f"{HEAD}\n{where}\n\n{table(rows)}\n\n## Where we lose\n\n{lost(rows)}\n"


def lost(rows: Sequence[Row]) -> str:
    """Return a list of the bars that were not kept, and of what is slower than what it is compared with."""
    said = [f"- **{row.what}**{_found(row)}, the bar is {row.limit}." for row in rows if row.met is False]
    ours = [row for row in rows if row.ratios and row.met is None and not row.beside.startswith(OURS)]
    said += [
        f"- {row.what} takes {median(row.ratios):.1f} times as long as {row.beside}."
        for row in ours
        if median(row.ratios) > 1
    ]
    return "\n".join(said) or "Nowhere, this time."


def _found(row: Row) -> str:
    if row.ratios:
        return f" beside {row.beside}: {median(row.ratios):.2f}"
    return f": {readable(row.seconds or 0.0)}"


OURS = ("ai-models", "import ai_models")
"""How a row's second side begins where it is ours, and the first is another's."""
