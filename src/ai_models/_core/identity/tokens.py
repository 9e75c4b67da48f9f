"""Cut a model's name into tokens that have a meaning.

>>> families = frozenset({"llama", "qwen"})
>>> [f"{t.kind}:{t.text}" for t in tokenise("Llama-v3p1-8B_Instruct", families)]
['word:llama', 'version:3.1', 'size:8b', 'word:instruct']
>>> [t.text for t in tokenise("qwen2-5-72b-instruct", families)]
['qwen', '2.5', '72b', 'instruct']
"""

import re
from functools import lru_cache
from itertools import takewhile
from typing import Literal, NamedTuple

__all__ = ["Kind", "Token", "iso_date", "tokenise"]

Kind = Literal["word", "number", "version", "size", "date", "mix"]


class Token(NamedTuple):
    """One token of a name: a number is 3 or 3.1, a version is the same after a v, a mix has letters and digits."""

    kind: Kind
    text: str

    @property
    def spoken(self) -> str:
        """The token as a table writes it: a version with its v."""
        return f"v{self.text}" if self.kind == "version" else self.text


SEPARATORS = re.compile(r"[\s_\-/:@,()\[\]{}~|&'\"!?*=#;]+")
DOTS = re.compile(r"(?<!\d)\.+|\.+(?!\d)")
DECIMAL_P = re.compile(r"(?<=\d)p(?=\d)")
KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("number", re.compile(r"\d+(?:\.\d+)*")),
    ("version", re.compile(r"v\d+(?:\.\d+)*")),
    # 8b, 8x7b, 1.5t, 270m · active parameters a3b, a400m · effective e4b · experts 16e
    ("size", re.compile(r"(?:\d+x)?\d+(?:\.\d+)?[bmt]|a\d+(?:\.\d+)?[bm]|e\d+b|\d+e")),
    ("word", re.compile(r"[^\d]+")),
)
FAMILY = re.compile(r"([a-z]+?)(v?)(\d+(?:\.\d+)*)([a-z]*)")
ENDS_IN_WHOLE = re.compile(r"(?!i?q\d)[a-z]{0,3}\d{1,2}")


def tokenise(name: str, families: frozenset[str]) -> list[Token]:
    """The tokens of a name, in lower case; a family is parted from its number (``qwen3`` is ``qwen`` and ``3``)."""
    text = name.lower().replace("+", "-plus-")
    tokens: list[Token] = []
    for chunk in SEPARATORS.split(text):
        if chunk:
            tokens.extend(read_chunk(chunk, families))
    return join_decimals(join_dates(tokens))


@lru_cache(maxsize=8192)
def read_chunk(chunk: str, families: frozenset[str]) -> tuple[Token, ...]:
    """The tokens of a piece of a name that holds no separator but dots."""
    chunk = DECIMAL_P.sub(".", chunk)
    parts = [part for part in DOTS.split(chunk) if part]
    if len(parts) != 1:
        return tuple(token for part in parts for token in read_chunk(part, families))
    part = parts[0]
    for kind, pattern in KINDS:
        if pattern.fullmatch(part):
            return (Token(kind, part.removeprefix("v") if kind == "version" else part),)
    split = FAMILY.fullmatch(part)
    if split and split[1] in families and part not in families:
        return (Token("word", split[1]), *after_family(split[2], split[3], split[4], families))
    return (Token("mix", part),)


def after_family(v: str, number: str, rest: str, families: frozenset[str]) -> tuple[Token, ...]:
    """The tokens that stand after a family word: ``3.1``, ``2.5`` and ``vl``, or ``7b`` as one."""
    if rest in {"b", "m", "t"}:
        return (Token("size", number + rest),)
    if len(rest) == 1:
        return (Token("mix", number + rest),)
    head = Token("version" if v else "number", number)
    return (head, *read_chunk(rest, families)) if rest else (head,)


def join_dates(tokens: list[Token]) -> list[Token]:
    """Make one date token of ``2024 11 20``, ``09 2025``, ``2025 07``, ``02 05`` and of compact dates."""
    out: list[Token] = []
    position = 0
    while position < len(tokens):
        length, text = date_at(tokens, position)
        out.append(Token("date", text) if length else tokens[position])
        position += length or 1
    return out


def date_at(tokens: list[Token], position: int) -> tuple[int, str]:
    """How many tokens from this position on are a date, and the date as the id writes it; (0, "") if none."""
    texts = [token.text for token in takewhile(is_number, tokens[position : position + 3])]
    if not texts:
        return 0, ""
    first = texts[0]
    if len(texts) == 3 and is_year(first) and is_month(texts[1]) and is_day(texts[2]):
        return 3, "-".join(texts)
    if len(texts) >= 2 and ((is_month(first) and is_year(texts[1])) or (is_year(first) and is_month(texts[1]))):
        return 2, "-".join(texts[:2])
    if len(texts) >= 2 and is_month(first) and is_day(texts[1]) and position + 2 == len(tokens) and position > 1:
        return 2, "-".join(texts[:2])
    return (1, first) if is_compact_date(first) else (0, "")


def is_number(token: Token) -> bool:
    """Whether a token is digits, with or without a point."""
    return token.kind == "number"


def is_compact_date(text: str) -> bool:
    """Whether text is YYYYMMDD, YYMMDD, YYMM or MMDD.

    >>> [is_compact_date(text) for text in ("20250929", "250615", "2507", "0613", "8192", "0")]
    [True, True, True, True, False, False]
    """
    match len(text):
        case 8:
            return is_year(text[:4]) and is_month(text[4:6]) and is_day(text[6:])
        case 6:
            return "22" <= text[:2] <= "39" and is_month(text[2:4]) and is_day(text[4:])
        case 4:
            return ("22" <= text[:2] <= "39" and is_month(text[2:])) or (is_month(text[:2]) and is_day(text[2:]))
    return False


def iso_date(text: str) -> str | None:
    """The ISO date of a snapshot that names a full day, else None.

    >>> iso_date("20250929"), iso_date("2024-11-20"), iso_date("250615"), iso_date("0613")
    ('2025-09-29', '2024-11-20', '2025-06-15', None)
    """
    digits = text.replace("-", "")
    if len(digits) == 6 and "-" not in text and is_compact_date(digits):
        digits = "20" + digits
    if len(digits) != 8 or not is_compact_date(digits):
        return None
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def is_year(text: str) -> bool:
    """Whether text is a year of this field."""
    return len(text) == 4 and "2020" <= text <= "2039"


def is_month(text: str) -> bool:
    """Whether text is a month in two digits."""
    return len(text) == 2 and "01" <= text <= "12"


def is_day(text: str) -> bool:
    """Whether text is a day in two digits."""
    return len(text) == 2 and "01" <= text <= "31"


def join_decimals(tokens: list[Token]) -> list[Token]:
    """Make one number of ``3 5`` or ``v3 1``: ids that may not hold a dot write a decimal with a separator."""
    out: list[Token] = []
    for token in tokens:
        if out and token.kind == "number" and is_fraction(token.text) and may_take_fraction(out[-1]):
            out[-1] = Token(out[-1].kind, f"{out[-1].text}.{token.text}")
        else:
            out.append(token)
    return out


def is_fraction(text: str) -> bool:
    """Whether a number may stand behind a decimal point: one digit, or two that are no zero-padded count."""
    return len(text) == 1 or (len(text) == 2 and text[0] != "0" and text.isdigit())


def may_take_fraction(token: Token) -> bool:
    """Whether a token ends in a whole number of one or two digits."""
    return token.kind in {"number", "version", "mix"} and ENDS_IN_WHOLE.fullmatch(token.text) is not None
