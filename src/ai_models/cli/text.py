"""How one value is written for a person: escaped, measured, shortened, with its unit."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from unicodedata import category, combining, east_asian_width

from ai_models._core.pricing import per_mtok as exact_per_mtok

UNKNOWN = "-"
"""What stands for a fact that nobody stated; a reported zero is shown as `0` or `free`."""

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_TINY_PRICE = Decimal("0.01")
_STEPS = ((1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k"))


def escape(text: str) -> str:
    r"""Return text in which nothing can move the cursor, colour, or reverse the line: such characters go as `\x1b`.

    >>> print(escape("gpt\x1b[31m-4\u202e"))
    gpt\x1b[31m-4\u202e
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape_character(each) for each in text)


@cache
def _escape_character(character: str) -> str:
    if category(character) not in _HIDDEN:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def width_of(text: str) -> int:
    """Return how many columns of a terminal the text takes: 2 for a wide character, 0 for a combining one.

    >>> width_of("通义千问"), width_of("qwen")
    (8, 4)
    """
    return len(text) if text.isascii() else sum(map(_character_width, text))


@cache
def _character_width(character: str) -> int:
    if combining(character) or category(character) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def shorten(text: str, width: int) -> str:
    """Return the text in at most `width` columns, its end cut.

    >>> shorten("Claude Sonnet", 8)
    'Claude …'
    """
    return text if width_of(text) <= width else _head(text, width - 1) + "…"


def shorten_middle(text: str, width: int) -> str:
    """Return the text in at most `width` columns, its middle cut: an id tells most at its two ends.

    >>> shorten_middle("anthropic/claude-sonnet-4-5-20250929", 24)
    'anthropic/c…4-5-20250929'
    """
    if width_of(text) <= width:
        return text
    tail = width // 2
    return _head(text, width - 1 - tail) + "…" + _head(text[::-1], tail)[::-1]


def _head(text: str, width: int) -> str:
    taken, used = [], 0
    for character in text:
        used += _character_width(character)
        if used > width:
            break
        taken.append(character)
    return "".join(taken)


TIED = "\u00a0"
"""A space at which `hang` breaks no line."""


def hang(start: str, text: str, width: int | None) -> list[str]:
    """Return the lines of a text behind its start, wrapped below itself to 20 columns at least; `None` never wraps.

    >>> hang("price  ", "input $3.00 output $15.00", 20)
    ['price  input $3.00 output', '       $15.00']
    """
    if width is None or width_of(start + text) <= width:
        return [(start + text).replace(TIED, " ")]
    indent = width_of(start)
    lines = _wrap(text, max(20, width - indent))
    return [((" " * indent if number else start) + line).replace(TIED, " ") for number, line in enumerate(lines)]


def _wrap(text: str, width: int) -> list[str]:
    """Return the lines of a text, broken at spaces, and in a word that is too wide for a line of its own.

    >>> _wrap("an id 通义千问", 7)
    ['an id', '通义千', '问']
    """
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and width_of(f"{lines[-1]} {word}") > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
        while width_of(lines[-1]) > width:
            head = _head(lines[-1], width)
            lines[-1:] = [head, lines[-1][len(head) :]]
    return lines


def shorten_words(words: Iterable[str], width: int) -> str:
    """Return as many whole words as fit in `width` columns, and how many more there are.

    >>> shorten_words(["tools", "vision", "reasoning"], 15)
    'tools vision +1'
    """
    given = list(words)
    for count in range(len(given), 0, -1):
        more = f" +{len(given) - count}" if count < len(given) else ""
        line = " ".join(given[:count]) + more
        if width_of(line) <= width:
            return line
    return shorten(" ".join(given), width)


def format_count(number: int | None) -> str:
    """Return a count of tokens or parameters with three digits and a decimal unit.

    >>> [format_count(each) for each in (None, 0, 8192, 128_000, 1_048_576, 2_000_000)]
    ['-', '0', '8.19k', '128k', '1.05M', '2M']
    """
    if number is None:
        return UNKNOWN
    for step, unit in _STEPS:
        if number >= step:
            scaled = f"{number / step:.3g}"
            return f"{number // step if 'e' in scaled else scaled}{unit}"
    return str(number)


def format_price(per_mtok: Decimal | None) -> str:
    """Return USD per million tokens: exact, with two digits at least; an unknown price is not a zero.

    >>> [format_price(each) for each in (None, Decimal(0), Decimal("0.0375"), Decimal(15))]
    ['-', 'free', '0.0375', '15.00']
    """
    if per_mtok is None:
        return UNKNOWN
    if not per_mtok:
        return "free"
    if per_mtok < _TINY_PRICE:
        return f"{per_mtok:f}"
    text = f"{per_mtok:,.4f}"
    return text.removesuffix("00") if text.endswith("00") else text.removesuffix("0")


def format_number(value: float) -> str:
    """Return a number without an exponent and without digits that say nothing.

    >>> format_number(0.04), format_number(1e-06), format_number(12000)
    ('0.04', '0.000001', '12,000')
    """
    exact = Decimal(str(value))
    whole = exact == exact.to_integral_value()
    return f"{exact.quantize(Decimal(1)) if whole else exact.normalize():,f}"


def format_flag(value: bool | None) -> str:
    """Return yes, no, or unknown.

    >>> [format_flag(each) for each in (True, False, None)]
    ['yes', 'no', '-']
    """
    return UNKNOWN if value is None else "yes" if value else "no"


def format_value(value: Any) -> str:
    """Return any fact as one safe line.

    >>> format_value({"input": 3e-06, "tools": True}), format_value(None), format_value(["text", "image"])
    ('input 0.000003, tools yes', '-', 'text, image')
    """
    if value is None or isinstance(value, bool):
        return format_flag(value)
    if isinstance(value, int | float):
        return format_number(value)
    if isinstance(value, dict):
        return ", ".join(f"{escape(str(key))} {format_value(each)}" for key, each in value.items()) or UNKNOWN
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(format_value(each) for each in value) or UNKNOWN
    return escape(str(value)) or UNKNOWN


def format_fact(path: str, value: Any) -> str:
    """Return the value of a fact as one safe line, a price per token as USD per million tokens.

    >>> format_fact("cost_per_token.input", 3e-06), format_fact("context_size", 200000), format_fact("license", None)
    ('$3.00/M', '200,000', '-')
    """
    if isinstance(value, dict):
        return (
            ", ".join(f"{escape(str(key))} {format_fact(f'{path}.{key}', each)}" for key, each in value.items())
            or UNKNOWN
        )
    if "cost_per_token." in path and isinstance(value, int | float):
        return f"${format_price(exact_per_mtok(value))}/M" if value else "free"
    return format_value(value)


def short_path(path: str) -> str:
    """Return the path of a fact as a person reads it.

    >>> short_path("connector_metadata.azure.context_size")
    'via azure.context_size'
    """
    return path.replace("connector_metadata.", "via ", 1)


def format_age(day: str | None, today: date | None = None) -> str:
    """Return how long ago an ISO day was; the text itself if it is no day.

    >>> format_age("2026-11-20", date(2026, 11, 23)), format_age("2026-11", date(2026, 11, 23)), format_age(None)
    ('3 days ago', '2026-11', '-')
    """
    if not day:
        return UNKNOWN
    try:
        days = ((today or date.today()) - date.fromisoformat(day[:10])).days
    except ValueError:
        return escape(day)
    if days < 1:
        return "today"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 90 else f"{days // 30} months ago"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> plural(1, "model"), plural(7411, "offer"), plural(2, "alias")
    ('1 model', '7,411 offers', '2 aliases')
    """
    if count == 1:
        return f"1 {noun}"
    if noun.endswith("y"):
        return f"{count:,} {noun[:-1]}ies"
    return f"{count:,} {noun}{'es' if noun.endswith('s') else 's'}"
