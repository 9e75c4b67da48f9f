"""The one place that decides how output looks: a table on a terminal, tab-separated text on a pipe, or JSON.

On a terminal, columns are fitted to its width: the least needed are left out, long ids are
shortened in the middle, colour is modest and can be switched off. On a pipe every row is
whole: a header, one tab between columns, exact numbers, no colour. Text that comes from
outside is escaped in both.
"""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Generic, Literal, TypeVar

from ai_models.cli.text import UNKNOWN, escape, hang, plural, shorten, width_of

Row = TypeVar("Row")
Shrink = Callable[[str, int], str]

_GAP = "  "
_NARROWEST = 40
_ENDLESS = 1_000_000
_SCREEN = 40


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a table: its title, the text of its cells, and how it gives way when space is short.

    `plain` is the cell's exact text for a pipe, if it is another one; `drop` says how early the
    column is left out (0: never), `least` how narrow `shrink` may make it, or `share` of the
    whole width if that is more; an `optional` column without one known cell isn't shown;
    `style` names the colour of a cell by its text.
    """

    title: str
    text: Callable[[Row], str]
    plain: Callable[[Row], str] | None = None
    align: Literal["left", "right", "point"] = "left"
    shrink: Shrink | None = None
    least: int = 8
    share: float = 0.0
    drop: int = 0
    optional: bool = False
    style: Callable[[str], str | None] | None = None

    @property
    def name(self) -> str:
        """The title as one lower-case word: the column's name in a header on a pipe."""
        return self.title.lower().replace(" ", "_").replace("/", "_per_").replace("$", "usd")


def common_style(text: str) -> str | None:
    """Return the colour that a cell has anywhere: what is free stands out, what is unknown stands back."""
    return {"-": "dim", "free": "green", "no": "dim"}.get(text.strip())


def fit_columns(naturals: Sequence[int], columns: Sequence[Column[Any]], width: int) -> dict[int, int]:
    """Return the widths of the columns that are shown, by their number.

    >>> ids, notes = Column("ID", str, shrink=shorten), Column("NOTES", str, drop=1)
    >>> fit_columns([30, 20], [ids, notes], 80), fit_columns([30, 20], [ids, notes], 25)
    ({0: 30, 1: 20}, {0: 25})
    """
    natural = {number: max(size, width_of(columns[number].title)) for number, size in enumerate(naturals)}
    least = {number: _least(columns[number], size, width) for number, size in natural.items()}
    droppable = sorted((n for n in natural if columns[n].drop), key=lambda n: columns[n].drop)
    while droppable and _total(least) > width:
        least.pop(droppable.pop())
    shown, spare = dict(least), width - _total(least)
    kept = [number for number in shown if not columns[number].drop]
    for growing in (kept, [number for number in shown if columns[number].drop]):
        spare -= _grow(shown, growing, natural, spare)
    return shown


def _grow(shown: dict[int, int], growing: list[int], natural: dict[int, int], spare: int) -> int:
    """Widen these columns evenly until they fit their text or nothing is left; return how much was given."""
    given = 0
    while growing := [number for number in growing if shown[number] < natural[number]][: spare - given]:
        for number in growing:
            shown[number] += 1
        given += len(growing)
    return given


def _least(column: Column[Any], natural: int, width: int) -> int:
    if column.shrink is None:
        return natural
    return min(natural, max(column.least, int(column.share * width), width_of(column.title)))


def _total(widths: dict[int, int]) -> int:
    return sum(widths.values()) + len(_GAP) * (len(widths) - 1)


def align_points(cells: Sequence[str]) -> list[str]:
    """Return cells padded at the right so that their decimal points stand in one column.

    >>> align_points(["3.00", "0.0375", "free"])
    ['3.00  ', '0.0375', 'free']
    """
    longest = max((len(cell.partition(".")[2]) for cell in cells), default=0)
    return [cell + " " * (longest - len(cell.partition(".")[2])) if "." in cell else cell for cell in cells]


@dataclass
class Output:
    """Where a command writes: what stdout is, how wide, whether in colour, and whether JSON was asked for."""

    json: bool = False
    terminal: bool = False
    width: int = 80
    color: bool = False

    @classmethod
    def detect(cls) -> "Output":
        """Return the output that fits this process's stdout and environment."""
        if not sys.stdout.isatty():
            return cls()
        from shutil import get_terminal_size

        plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        return cls(terminal=True, width=max(get_terminal_size().columns, _NARROWEST), color=not plain)

    @property
    def people(self) -> bool:
        """Whether a person reads along: a terminal, and no JSON."""
        return self.terminal and not self.json

    def style(self, text: str, style: str | None) -> str:
        """Return the text in a style (`bold`, `dim`, or a colour's name), if colour is on."""
        if not self.color or not style or not text:
            return text
        from click import style as paint

        if style in ("bold", "dim"):
            return paint(text, bold=style == "bold" or None, dim=style == "dim" or None)
        return paint(text, fg=style)

    def line(self, text: str = "", style: str | None = None) -> None:
        """Write one line to stdout."""
        from click import echo

        echo(self.style(text, style), color=self.color)

    def hanging(self, start: str, text: str, style: str | None = None) -> None:
        """Write a text behind its start, on a terminal wrapped below itself."""
        for line in hang(start, text, self.width if self.terminal else None):
            self.line(line, style)

    def note(self, text: str, style: str | None = None) -> None:
        """Write one line for people to stderr, so that a pipe gets data alone; a terminal gets it wrapped."""
        from click import echo

        for line in hang("", text, _width_of_errors()):
            echo(self.style(line, style if sys.stderr.isatty() else None), err=True, color=self.color)

    def data(self, value: Any) -> None:
        """Write JSON: indented on a terminal, one element of an array a line on a pipe."""
        self.line(format_json(value, indent=self.terminal))

    def rows(
        self,
        columns: Sequence[Column[Row]],
        rows: Iterable[Row],
        as_json: Callable[[Row], Any],
        *,
        limit: int | None = None,
        noun: str = "row",
        empty: str | Callable[[], str] = "nothing found",
    ) -> None:
        """Write rows as JSON, as a table or as tab-separated text.

        `limit` is the most rows to write (0: all). Without one a terminal gets the first
        40, and a line that says how many more there are; a pipe and JSON get all.
        """
        most = self._most(limit) or None
        found = list(rows if self.people else islice(rows, most))
        shown = found[:most]
        if self.json:
            self.data([as_json(row) for row in shown])
        elif not self.terminal:
            self.line("\n".join(format_tsv(columns, shown)))
        elif shown:
            self.line("\n".join(self.table(columns, shown)))
        if not found and not self.json:
            self.note(empty if isinstance(empty, str) else empty())
        elif self.people and len(shown) < len(found):
            self.note(f"{len(shown):,} of {plural(len(found), noun)}; --limit 0 shows all")

    def _most(self, limit: int | None) -> int:
        if limit is None:
            return _SCREEN if self.people else 0
        return limit

    def table(self, columns: Sequence[Column[Row]], rows: Sequence[Row], indent: str = "") -> list[str]:
        """Return the lines of a table that fits the width, the header first."""
        texts = [_cells(column, rows) for column in columns]
        known = [number for number, cells in enumerate(texts) if not columns[number].optional or _any_known(cells)]
        columns, texts = [columns[number] for number in known], [texts[number] for number in known]
        naturals = [max(map(width_of, cells), default=0) for cells in texts]
        shown = fit_columns(naturals, columns, self.width - len(indent) if self.terminal else _ENDLESS)
        last = max(shown)
        header = [self._cell(columns[n], columns[n].title, size, "bold", n == last) for n, size in shown.items()]
        lines = [indent + _GAP.join(header).rstrip()]
        for number in range(len(rows)):
            cells = [
                self._cell(columns[n], texts[n][number], size, _style_of(columns[n], texts[n][number]), n == last)
                for n, size in shown.items()
            ]
            lines.append(indent + _GAP.join(cells).rstrip())
        return lines

    def _cell(self, column: Column[Any], text: str, width: int, style: str | None, last: bool) -> str:
        fitted = (column.shrink or shorten)(text, width)
        padding = " " * (width - width_of(fitted))
        painted = self.style(fitted, style)
        if column.align != "left":
            return padding + painted
        return painted if last else painted + padding


def _cells(column: Column[Row], rows: Sequence[Row]) -> list[str]:
    cells = [escape(column.text(row)) for row in rows]
    return align_points(cells) if column.align == "point" else cells


def _any_known(cells: Sequence[str]) -> bool:
    return any(cell.strip() != UNKNOWN for cell in cells)


def _style_of(column: Column[Any], text: str) -> str | None:
    return column.style(text) if column.style else common_style(text)


def format_tsv(columns: Sequence[Column[Row]], rows: Iterable[Row]) -> list[str]:
    r"""Return the header and the rows as tab-separated lines.

    >>> format_tsv([Column("ID", str), Column("IN $/M", lambda row: "3.00", plain=lambda row: "3")], ["a\tb"])
    ['id\tin_usd_per_m', 'a\\tb\t3']
    """
    lines = ["\t".join(column.name for column in columns)]
    lines += ["\t".join(escape((column.plain or column.text)(row)) for column in columns) for row in rows]
    return lines


def format_json(value: Any, indent: bool = False) -> str:
    """Return JSON in plain ASCII, so that no text in it can touch the terminal.

    >>> print(format_json([{"id": "a"}, {"id": "b"}]))
    [
    {"id": "a"},
    {"id": "b"}
    ]
    """
    import json

    if indent or not isinstance(value, list):
        return json.dumps(value, indent=2, default=_json_default)
    if not value:
        return "[]"
    return "[\n" + ",\n".join(json.dumps(each, default=_json_default) for each in value) + "\n]"


def _json_default(value: Any) -> Any:
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def write_error(message: str, stream: IO[str] | None = None) -> None:
    """Write one `error: …` line to stderr, on a terminal wrapped below itself."""
    from click import echo, style

    color = (stream or sys.stderr).isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    prefix = style("error:", fg="red", bold=True) if color else "error:"
    first, *rest = hang("error: ", escape(message), _width_of_errors())
    echo("\n".join([prefix + first.removeprefix("error:"), *rest]), err=True, color=color)


def _width_of_errors() -> int | None:
    """Return the width to which a line on stderr is wrapped; `None` where nobody reads it on a terminal."""
    if not sys.stderr.isatty():
        return None
    from shutil import get_terminal_size

    return max(get_terminal_size().columns, _NARROWEST)
