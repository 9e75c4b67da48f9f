"""The rules that move aside what is no part of a name: builds, vendors, serving words, snapshots, modes.

Each rule takes the reading one step on and says in its trace what it did.
"""

import re
from dataclasses import dataclass

from ai_models._core.identity.grammar import Wire
from ai_models._core.identity.names import render
from ai_models._core.identity.tables import Tables
from ai_models._core.identity.tokens import Token

__all__ = [
    "Reading",
    "find_lab",
    "take_base_tag",
    "take_builds",
    "take_count",
    "take_latest",
    "take_modes",
    "take_serving",
    "take_snapshot",
    "take_vendor",
]

SHORT_VERSION = re.compile(r"[a-z]\d+(?:\.\d+)?")
QUANTISATION_PARTS = frozenset({"k", "m", "s", "l", "xl", "xs", "xxs", "nl", "p", "0", "1"})
COMPLETE = frozenset({"instruct", "chat"})
JOINED = frozenset({"bnb-4bit", "bnb-8bit", "gptq-int4", "gptq-int8", "gptq-4bit", "gptq-8bit"})


@dataclass(slots=True)
class Reading:
    """What has been understood of an id so far."""

    wire: Wire
    tokens: list[Token]
    tags: list[str]
    trace: list[str]
    snapshot: str | None = None
    lab: str | None = None
    nickname: str = ""
    guessed: bool = False

    def texts(self) -> list[str]:
        """The text of each token."""
        return [token.text for token in self.tokens]


def take_builds(reading: Reading, known: Tables) -> None:
    """Move number formats, file formats and quantisations from the name to the variant."""
    kept: list[Token] = []
    found: list[str] = []
    last_was_build = False
    for token in reading.tokens:
        if last_was_build and found[-1][0] in "qi" and token.text in QUANTISATION_PARTS:
            found[-1] = f"{found[-1]}_{token.text}"
        elif last_was_build and token.text == "moe":
            continue
        elif kept and token.text in known.builds:
            found.append(token.text)
            last_was_build = True
            continue
        else:
            kept.append(token)
            last_was_build = False
    reading.tokens = kept
    if found:
        reading.tags.extend(join_builds([tag for word in found if (tag := known.builds.get(word, word))]))
        reading.trace.append(f"build: {' '.join(found)}")
    if format_of_owner := known.owner_builds.get(reading.wire.owner or ""):
        reading.tags.append(format_of_owner)


def join_builds(tags: list[str]) -> list[str]:
    """Join ``bnb 4bit`` and ``gptq int4`` into the tags that people use."""
    out: list[str] = []
    for tag in tags:
        if out and f"{out[-1]}-{tag}" in JOINED:
            out[-1] = f"{out[-1]}-{tag}"
        else:
            out.append(tag)
    return out


def take_vendor(reading: Reading, known: Tables) -> None:
    """Drop a runtime, a reseller, or a lab's name before its own family: ``databricks-``, ``meta-llama-3``."""
    texts = reading.texts()
    for length in range(min(3, len(texts) - 1), 0, -1):
        head = "-".join(texts[:length])
        if head in known.prefixes and is_resold(texts, length, known):
            drop_head(reading, head, length)
            reading.tags.extend([known.prefixes[head]] if known.prefixes[head] else [])
            take_vendor(reading, known)
            return
        if head in known.owners and family_lab(texts[length:], known) == known.owners[head]:
            drop_head(reading, head, length)
            return


def is_resold(texts: list[str], length: int, known: Tables) -> bool:
    """Whether a lab's model stands behind a prefix that begins no name by itself."""
    rest = texts[length:]
    return first_family_lab(texts, known) is None and (rest[0] in known.owners or family_lab(rest, known) is not None)


def drop_head(reading: Reading, head: str, length: int) -> None:
    """Take the first tokens off the name; they are the owner where the id names none."""
    reading.trace.append(f"vendor: {head}")
    reading.wire.owner = reading.wire.owner or head
    reading.tokens = reading.tokens[length:]


def family_lab(texts: list[str], known: Tables) -> str | None:
    """The lab whose family begins a name, or whose word marks it anywhere."""
    marked = (known.anywhere[text] for text in texts if text in known.anywhere)
    return next(marked, None) or first_family_lab(texts, known)


def first_family_lab(texts: list[str], known: Tables) -> str | None:
    """The lab whose family begins a name."""
    for length in (3, 2, 1):
        if lab := known.families.get("-".join(texts[:length])):
            return lab
    return None


def find_lab(reading: Reading, known: Tables) -> None:
    """The lab: of the family that begins the name, of the owner, of the provider; None for somebody's derivative."""
    first = reading.tokens[0]
    owner = known.owners.get(reading.wire.owner or "")
    source = owner or reading.wire.provider.lab
    lab = family_lab(reading.texts(), known)
    if lab and lab != owner and lab not in known.tuners and is_derivative(reading.tokens, known):
        lab = owner or author_of(reading, known)
        reading.trace.append(f"derivative: {lab or 'author unknown'}")
    elif source and first.text in known.ordinary:
        lab = source
    elif source in known.first_family and lab is None and SHORT_VERSION.fullmatch(first.spoken):
        reading.tokens.insert(0, Token("word", known.first_family[source]))
    reading.lab = lab or source
    reading.trace.append(f"lab: {reading.lab or 'unknown'}")


def author_of(reading: Reading, known: Tables) -> str | None:
    """The author of a derivative, where the name itself could be anybody's: ``Llama-3-8B-abliterated``."""
    distinct = (is_own_word(token, known) and token.text not in known.derivative for token in reading.tokens)
    return reading.wire.owner if reading.wire.owner in known.authors and not any(distinct) else None


def is_derivative(tokens: list[Token], known: Tables) -> bool:
    """Whether somebody else has tuned the model: a telling word, or a word of its own after the size."""
    if any(token.text in known.derivative for token in tokens[1:]):
        return True
    behind_size = False
    for token in tokens:
        if token.kind == "size":
            behind_size = True
        elif behind_size and is_own_word(token, known):
            return True
    return False


def is_own_word(token: Token, known: Tables) -> bool:
    """Whether a token is a word that labs do not use in the names of their models."""
    if token.kind == "mix":
        return token.text[:4].isalpha()
    return token.kind == "word" and token.text not in known.plain and token.text not in known.families


def spoken(tokens: list[Token]) -> tuple[str, ...]:
    """Tokens as an ending in a table writes them."""
    return tuple(token.spoken for token in tokens)


def take_count(reading: Reading) -> None:
    """Drop the count that a provider puts behind a complete name for each of its own versions."""
    if not reading.wire.provider.counts or len(reading.tokens) < 3:
        return
    before, last = reading.tokens[-2:]
    if last.kind == "number" and last.text.isdigit() and (before.kind == "date" or before.text in COMPLETE):
        reading.tokens.pop()
        reading.trace.append(f"count: {last.text}")


def take_serving(reading: Reading, known: Tables) -> None:
    """Move the provider's own tiers from the end of the name to the variant."""
    sized = any(token.kind == "size" for token in reading.tokens)
    for ending in reading.wire.provider.serving:
        length = len(ending)
        if ending[0] in known.tiers and not sized:
            continue
        if len(reading.tokens) > length and spoken(reading.tokens[-length:]) == ending:
            reading.tokens = reading.tokens[:-length]
            reading.tags.append(f"region:{ending[0]}" if ending[0] in known.regions else "-".join(ending))
            reading.trace.append(f"serving: {'-'.join(ending)}")
            take_serving(reading, known)
            return


def take_modes(reading: Reading, known: Tables) -> None:
    """Move reasoning modes and speed tiers of the lab from the end of the name to the variant."""
    while len(reading.tokens) > 1:
        for mode in known.modes.get(reading.tokens[-1].spoken, ()):
            length = len(mode.ending)
            rest = reading.tokens[:-length]
            if rest and spoken(reading.tokens[-length:]) == mode.ending and render(rest, known).startswith(mode.of):
                reading.tokens = rest
                reading.tags.extend([mode.tag] if mode.tag else [])
                reading.trace.append(f"mode: {'-'.join(mode.ending)}")
                break
        else:
            return


def take_snapshot(reading: Reading, known: Tables) -> None:
    """Move the date or revision that pins a hosted model from the name to the snapshot."""
    forms = known.dates.get(reading.lab or "", frozenset({"day"}))
    if reading.snapshot is not None:
        if len(reading.snapshot) == 4 and "short" not in forms:
            reading.tokens.append(Token("date", reading.snapshot))
            reading.snapshot = None
        return
    for position, token in enumerate(reading.tokens):
        form = form_of(token)
        if position and form and (form in forms or is_dated(reading, position, form, known)):
            if form == "revision" and not is_revision(reading, position):
                continue
            reading.snapshot = token.text
            reading.tokens = reading.tokens[:position] + reading.tokens[position + 1 :]
            reading.trace.append(f"snapshot: {token.text}")
            return


def form_of(token: Token) -> str:
    """How a date is written: day, six, month, short or revision; empty for what is none."""
    if token.kind == "number":
        return "revision" if len(token.text) == 3 and token.text.startswith("00") else ""
    if token.kind != "date":
        return ""
    digits = len(token.text.replace("-", ""))
    if digits == 8:
        return "day"
    if digits == 6:
        return "month" if "-" in token.text else "six"
    return "short"


def is_revision(reading: Reading, position: int) -> bool:
    """Whether a ``001`` pins a language model; an embedding model's is its name."""
    return position == len(reading.tokens) - 1 and not {"embedding", "unicorn"}.intersection(reading.texts())


def is_dated(reading: Reading, position: int, form: str, known: Tables) -> bool:
    """Whether a date of this form is a snapshot of this one line, beside the lab's usual forms."""
    for row in known.dated:
        if row.lab == reading.lab and form in row.forms:
            before = reading.tokens[:position]
            return before[-1].text in row.after or render(before, known) in row.names
    return False


def take_base_tag(reading: Reading) -> None:
    """Read a local runner's tag ``text`` as what it means there: the base weights."""
    kinds = [token.kind for token in reading.tokens]
    if reading.wire.provider.grammar == "runner" and kinds[-2:-1] == ["size"] and reading.tokens[-1].text == "text":
        reading.tokens[-1] = Token("word", "base")


def take_latest(reading: Reading) -> None:
    """Drop ``latest`` where the name pins the version by itself; else it is a moving alias and stays."""
    pinned = any(token.kind in {"number", "mix", "version"} for token in reading.tokens)
    if pinned and len(reading.tokens) > 2 and reading.tokens[-1].text == "latest":
        reading.tokens.pop()
        reading.trace.append("alias: latest")
