"""A picture of a comparison: one value against another, with the line of the models that no other beats."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ai_models.benchmarks import main_kind
from ai_models.comparison.columns import Column
from ai_models.costs.records import Workload
from ai_models.errors import MissingDependencyError, QueryError, printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw"]

_DECADES = 1.5
"""From how many powers of ten between the least and the most on an axis is logarithmic."""

_SIZE = (9.0, 6.0)
_LONGEST_LABEL = 48


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows: its label, a value for each column (`None`: unknown), and whether less is better."""

    name: str
    label: str
    values: tuple[float | None, ...]
    lower: bool = False


def draw(columns: Sequence[Column], workload: Workload, path: str, x: str, y: str) -> None:
    """Draw columns into a file, PNG or SVG by its ending; see `Comparison.plot`."""
    axes = _axis(columns, workload, x), _axis(columns, workload, y)
    if not path.lower().endswith((".png", ".svg")):
        raise QueryError(f"plot: {printable(path)} is no name of a .png or .svg file", "path")
    points = {at: pair for at in range(len(columns)) if (pair := _pair(axes, at)) is not None}
    if not points:
        raise QueryError(f"plot: no model of these has both {x} and {y} known")
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingDependencyError("matplotlib", "plot") from None
    figure = Figure(figsize=_SIZE, dpi=150)
    canvas: Any = FigureCanvasAgg(figure)  # its methods have no types
    names = {at: _short(columns[at].title) for at in range(len(columns))}
    left_out = {at: names[at] for at in names if at not in points}
    place = _prepared(figure, axes, points, _reasons(axes, left_out))
    _draw_points(place, points, axes)
    canvas.draw()
    _Labels(place, canvas.get_renderer(), points).place({at: names[at] for at in points})
    figure.savefig(path, metadata={"Date": None} if path.lower().endswith(".svg") else None)


def front(points: Mapping[int, tuple[float, float]], lower: tuple[bool, bool]) -> list[int]:
    """Return the points that no other one beats, along the x axis.

    >>> front({0: (1, 5), 1: (2, 9), 2: (3, 8)}, (True, False))
    [0, 1]
    """
    signed = {at: (x if lower[0] else -x, y if lower[1] else -y) for at, (x, y) in points.items()}
    beaten = {
        at for at, (x, y) in signed.items() if any(a <= x and b <= y and (a, b) != (x, y) for a, b in signed.values())
    }
    return sorted(points.keys() - beaten, key=lambda at: points[at])


def _axis(columns: Sequence[Column], workload: Workload, name: str) -> Axis:
    if name == "price":
        totals = [column.cost.total for column in columns]
        values = tuple(None if total is None else float(total) for total in totals)
        return Axis(name, f"price in USD of {workload}", values, lower=True)
    if name in _FIELDS:
        field = _FIELDS[name]
        return Axis(name, f"{name} in tokens", tuple(getattr(column.view, field) for column in columns))
    if name.startswith("score:"):
        return _score_axis(columns, name.removeprefix("score:"))
    known = ["price", *_FIELDS, "score:<benchmark>"]
    raise QueryError(f"plot: unknown axis {printable(name)}; there are {', '.join(known)}", "plot")


_FIELDS = {"context": "context_size", "output": "max_output_tokens"}


def _score_axis(columns: Sequence[Column], text: str) -> Axis:
    known = {score.benchmark for column in columns for score in column.scores}
    name, _, setting = (text, "", "") if text in known else text.partition(":")
    scores = [score for column in columns for score in column.scores if score.benchmark == name]
    if not scores:
        raise QueryError(f"plot: none of these models has a score of {printable(name)}", "plot", sorted(known)[:3])
    kind = main_kind(scores)
    fits: Callable[[Any], bool] = lambda score: (  # noqa: E731
        score.benchmark == name and (score.metric, score.unit) == kind and setting in ("", score.setting)
    )
    values = []
    for column in columns:
        fitting = [score for score in column.scores if fits(score)]
        own = [score for score in fitting if score.inherited_from is None]
        best = max(own or fitting, key=lambda score: score.rank, default=None)
        values.append(None if best is None else best.value)
    how = setting or "the best setting of each"
    lower = all(score.better == "lower" for score in scores if (score.metric, score.unit) == kind)
    return Axis(f"score:{text}", f"{name} in {kind[1] or 'points'} ({how})", tuple(values), lower)


def _pair(axes: tuple[Axis, Axis], at: int) -> tuple[float, float] | None:
    """Return where a column is drawn; `None` if a value is unknown, or a zero on a logarithmic axis."""
    found = axes[0].values[at], axes[1].values[at]
    if found[0] is None or found[1] is None:
        return None
    zero = any(value == 0 and _is_log(axis.values) for value, axis in zip(found, axes, strict=True))
    return None if zero else (found[0], found[1])


def _is_log(values: Sequence[float | None]) -> bool:
    known = [value for value in values if value is not None and value > 0]
    below = any(value is not None and value < 0 for value in values)
    return bool(known) and not below and log10(max(known)) - log10(min(known)) >= _DECADES


def _reasons(axes: tuple[Axis, Axis], left_out: Mapping[int, str]) -> Iterator[str]:
    """Yield for each reason the columns that aren't drawn."""
    for axis in axes:
        unknown = [name for at, name in left_out.items() if axis.values[at] is None]
        if unknown:
            yield f"{axis.name} unknown: {', '.join(unknown)}"
        zero = [name for at, name in left_out.items() if axis.values[at] == 0]
        if zero:
            yield f"{'free' if axis.name == 'price' else f'{axis.name} of 0'}: {', '.join(zero)}"


def _prepared(
    figure: "Figure", axes: tuple[Axis, Axis], points: Mapping[int, tuple[float, float]], below: Iterator[str]
) -> "Axes":
    """Return the axes of the picture, with room below for what isn't drawn."""
    lines = [line for text in below for line in wrap(text, 110)][:8]
    bottom = 0.12 + 0.03 * len(lines)
    place = figure.add_axes((0.1, bottom, 0.86, 0.95 - bottom))
    for number, line in enumerate(lines):
        text = figure.text(0.02, 0.03 * (len(lines) - number) - 0.015, line, fontsize=8, color="0.35", va="bottom")
        text.set_parse_math(False)
    place.set_xlabel(_short(axes[0].label, 100), parse_math=False)
    place.set_ylabel(_short(axes[1].label, 80), parse_math=False)
    for axis, scale in zip(axes, (place.set_xscale, place.set_yscale), strict=True):
        if _is_log(axis.values):
            scale("log")
    _format_ticks(place, axes)
    place.grid(visible=True, which="major", color="0.9")
    place.set_axisbelow(True)
    place.spines[["top", "right"]].set_visible(False)
    place.margins(0.14)
    return place


def _format_ticks(place: "Axes", axes: tuple[Axis, Axis]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    for axis, side in zip(axes, (place.xaxis, place.yaxis), strict=True):
        side.set_major_formatter(FuncFormatter(lambda value, _, name=axis.name: _tick(value, name)))
        if _is_log(axis.values):
            side.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
            side.set_minor_formatter(NullFormatter())


def _tick(value: float, name: str) -> str:
    if name == "price":
        return f"${value:.10f}".rstrip("0").rstrip(".")
    for step, unit in ((1_000_000, "M"), (1_000, "k")):
        if name in _FIELDS and value >= step:
            return f"{value / step:g}{unit}"
    return f"{value:g}"


def _draw_points(place: "Axes", points: Mapping[int, tuple[float, float]], axes: tuple[Axis, Axis]) -> None:
    best = front(points, (axes[0].lower, axes[1].lower))
    others = [points[at] for at in points if at not in best]
    if others:
        place.scatter([x for x, _ in others], [y for _, y in others], s=36, color="0.6", zorder=3)
    xs, ys = [points[at][0] for at in best], [points[at][1] for at in best]
    place.plot(xs, ys, color="#0b6e4f", linewidth=1.2, linestyle="--", zorder=2)
    place.scatter(xs, ys, s=48, color="#0b6e4f", zorder=4, label="no other model beats it")
    if len(points) > 1:
        place.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), fontsize=8, frameon=False)


class _Labels:
    """Puts a label beside each point where it covers no other label and no point."""

    def __init__(self, place: "Axes", renderer: Any, points: Mapping[int, tuple[float, float]]) -> None:
        self._place = place
        self._renderer = renderer
        self._points = points
        self._spots = {at: tuple(place.transData.transform(point)) for at, point in points.items()}
        self._taken = [(x - 6, y - 6, x + 6, y + 6) for x, y in self._spots.values()]

    def place(self, names: Mapping[int, str]) -> None:
        """Write the labels, from the top down; one far from its point gets a thin line to it."""
        for at in sorted(names, key=lambda each: -self._spots[each][1]):
            text = self._place.annotate(
                names[at],
                self._points[at],
                xytext=(0, 0),
                textcoords="offset pixels",
                fontsize=8,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.75},
                zorder=2.5,
                arrowprops={"arrowstyle": "-", "color": "0.6", "linewidth": 0.5, "shrinkA": 0, "shrinkB": 3},
            )
            text.set_parse_math(False)
            box = text.get_window_extent(self._renderer)
            dx, dy = self._free_spot(self._spots[at], box.width, box.height)
            text.set_position((dx, dy))
            if abs(dy + box.height / 2) < 0.9 * box.height and text.arrow_patch is not None:
                text.arrow_patch.set_visible(False)
            x, y = self._spots[at]
            self._taken.append((x + dx, y + dy, x + dx + box.width, y + dy + box.height))

    def _free_spot(self, spot: Sequence[float], width: float, height: float) -> tuple[float, float]:
        """Return the offset, in pixels, of the nearest place that is free; the last one tried if none is."""
        inside = self._place.bbox
        offset = (10.0, -height / 2)
        for step in range(24):
            for dy in {0.0, step * height * 0.6, -step * height * 0.6}:
                for dx in (10.0, -width - 10.0, -width / 2):
                    if dx == -width / 2 and abs(dy) < height * 1.1:
                        continue
                    offset = (dx, dy - height / 2)
                    x, y = spot[0] + dx, spot[1] + offset[1]
                    box = (x, y, x + width, y + height)
                    fits = inside.x0 <= x and x + width <= inside.x1 and inside.y0 <= y and y + height <= inside.y1
                    if fits and not any(_overlap(box, other) for other in self._taken):
                        return offset
        return offset


def _overlap(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _short(text: str, most: int = _LONGEST_LABEL) -> str:
    safe = "".join(each if each.isprintable() else "?" for each in text)
    return safe if len(safe) <= most else f"{safe[: most - 1]}…"
