"""Two things timed by turns, so that what else the machine does meets both alike."""

import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from subprocess import DEVNULL
from time import perf_counter

Run = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """One line of the table: how many times longer `what` takes than `beside`, over all turns."""

    what: str
    beside: str
    ratios: tuple[float, ...] = ()
    seconds: float | None = None
    note: str = ""
    bar: str = ""
    most: float | None = None
    """The bar of a time alone, in seconds."""

    @property
    def met(self) -> bool | None:
        """Whether the bar is kept, such as `<= 8` or `>= 10`; `None` if there is none, or nothing measured."""
        if self.most is not None and self.seconds is not None:
            return self.seconds <= self.most
        if not self.bar or not self.ratios:
            return None
        sign, limit = self.bar.split()
        found = median(self.ratios)
        return found <= float(limit) if sign == "<=" else found >= float(limit)

    def cells(self) -> tuple[str, ...]:
        """Return the texts of the line: a median ratio, the quartiles around it, the bar, the median time."""
        taken = "" if self.seconds is None else readable(self.seconds)
        bar = f"{self.limit} NOT MET" if self.met is False else self.limit
        if not self.ratios:
            return self.what, self.beside, "-", "-", bar, taken or "-", self.note
        low, _, high = quantiles(self.ratios, n=4)
        ratio = f"{median(self.ratios):.2f}"
        return self.what, self.beside, ratio, f"{low:.2f} - {high:.2f}", bar, taken, self.note

    @property
    def limit(self) -> str:
        """The bar as text, empty if there is none."""
        return self.bar if self.most is None else f"<= {readable(self.most)}"


def readable(seconds: float) -> str:
    """Return a time in a unit that fits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds / 1e-9:.0f} ns"


def compare(
    what: str, run: Run, beside: str, other: Run, *, turns: int, scale: float = 1.0, note: str = "", bar: str = ""
) -> Row:
    """Time two runs by turns, after one of each that doesn't count; `scale` divides the shown time."""
    run()
    other()
    pairs = [(timed(run), timed(other)) for _ in range(turns)]
    ratios = tuple(ours / theirs for ours, theirs in pairs)
    return Row(what, beside, ratios, median(ours for ours, _ in pairs) / scale, note, bar)


def timed(run: Run) -> float:
    """Return the seconds that a run takes."""
    start = perf_counter()
    run()
    return perf_counter() - start


def process(command: Sequence[str], **variables: str) -> Run:
    """Return a run of a command in a process of its own; a command that fails ends the measurement.

    Compiled modules are kept, as in every installation: the run that doesn't count compiles them.
    """
    env = {**os.environ, **variables}
    env.pop("PYTHONDONTWRITEBYTECODE", None)

    def run() -> None:
        subprocess.run(command, env=env, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, check=True)

    return run


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    titles = ("what", "beside", "ratio (median)", "quartiles", "bar", "time (median)", "note")
    lines = [titles, *(row.cells() for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(titles))]
    texts = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([texts[0], rule, *texts[1:]])
