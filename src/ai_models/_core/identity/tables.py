"""The data files, read once, in the shape in which the rules ask for them."""

import tomllib
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Dated", "Mode", "Part", "Provider", "Rewrite", "Tables", "read_part", "tables"]


@dataclass(frozen=True, slots=True)
class Provider:
    """What matters for ids at one provider."""

    name: str
    grammar: str = "path"
    nicknames: str = ""
    lab: str | None = None
    counts: bool = False
    tuned: bool = True
    serving: frozenset[tuple[str, ...]] = frozenset()
    regions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mode:
    """An ending of a name that is a way of serving or a mode of reasoning."""

    ending: tuple[str, ...]
    tag: str
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """Where dates of some forms are a snapshot: after these words, or after these names."""

    lab: str
    forms: frozenset[str]
    after: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Part:
    """What one token of a pattern must be: one of some words, or a kind within bounds; or what must not follow."""

    words: frozenset[str] = frozenset()
    kind: str = ""
    least: int = 0
    below: int = 1_000_000
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A token pattern at the start of a name, and what to put in its place."""

    pattern: tuple[Part, ...]
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """Every table of the identity package; words map to what they mean."""

    providers: dict[str, Provider]
    regions: frozenset[str]
    owners: dict[str, str]
    families: dict[str, str]
    parted: frozenset[str]
    anywhere: dict[str, str]
    tuners: frozenset[str]
    first_family: dict[str, str]
    dates: dict[str, frozenset[str]]
    dated: tuple[Dated, ...]
    authors: frozenset[str]
    owner_first: frozenset[str]
    prefixes: dict[str, str]
    segments: dict[str, str]
    builds: dict[str, str]
    owner_builds: dict[str, str]
    tiers: frozenset[str]
    plain: frozenset[str]
    derivative: frozenset[str]
    ordinary: frozenset[str]
    modes: dict[str, list[Mode]]
    stages: dict[str, list[str]]
    stage_words: frozenset[str]
    spelling: dict[str, frozenset[str]]
    rewrites: dict[str, list[Rewrite]]
    same: dict[str, str]
    at: dict[str, dict[str, str]]


@cache
def tables() -> Tables:
    """All tables, read on first use."""
    labs, words, names = read_toml("labs.toml"), read_toml("words.toml"), read_toml("names.toml")
    families = by_word(labs, "families")
    spelling = {style: words_of(text) for style, text in names["spelling"].items()}
    providers = read_providers(read_toml("providers.toml"))
    return Tables(
        providers=providers,
        regions=frozenset[str]().union(*(provider.regions for provider in providers.values())),
        owners=by_word(labs, "owners"),
        families=families,
        parted=frozenset(word for word in families if word.isalpha()) | spelling["parted"],
        anywhere=by_word(labs, "anywhere"),
        tuners=frozenset(lab for lab, facts in labs.items() if facts.get("tunes")),
        first_family={lab: facts["families"].split()[0] for lab, facts in labs.items() if "families" in facts},
        dates={lab: words_of(facts.get("dates", "day")) for lab, facts in labs.items()},
        dated=tuple(read_dated(row) for row in names["dated"]),
        authors=words_of(words["authors"]),
        owner_first=words_of(words["owner_first"]),
        prefixes=words["prefixes"],
        segments=words["segments"],
        builds=words["builds"],
        owner_builds=words["owner_builds"],
        tiers=words_of(words["tiers"]["words"]),
        plain=words_of(words["plain"]["words"]),
        derivative=words_of(words["plain"]["derivative"]),
        ordinary=words_of(words["plain"]["ordinary"]),
        modes=read_modes(names["mode"]),
        stages={line: text.split() for line, text in names["stage"].items()},
        stage_words=words_of(names["stage_words"]["words"]),
        spelling=spelling,
        rewrites=read_rewrites(names["rewrite"]),
        same={f"{key.partition('/')[0]}/{other}": key for key, text in names["same"].items() for other in text.split()},
        at=read_toml("runners.toml"),
    )


def read_toml(name: str) -> dict[str, Any]:
    """One data file of this package."""
    return tomllib.loads(files("ai_models").joinpath("data", "identity", name).read_text(encoding="utf-8"))


def words_of(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def endings_of(text: str) -> frozenset[tuple[str, ...]]:
    """The endings that a text lists, each as its words."""
    return frozenset(tuple(ending.split("-")) for ending in text.split())


def by_word(labs: dict[str, Any], column: str) -> dict[str, str]:
    """The lab of each word that a column of the labs lists."""
    return {word: lab for lab, facts in labs.items() for word in facts.get(column, "").split()}


def read_providers(rows: dict[str, Any]) -> dict[str, Provider]:
    """The provider of each of its names; hubs also serve base weights."""
    providers: dict[str, Provider] = {}
    for name, row in rows.items():
        grammar = row.get("grammar", "path")
        provider = Provider(
            name,
            grammar=grammar,
            nicknames=row.get("nicknames", name),
            lab=row.get("lab"),
            counts=row.get("counts", False),
            tuned=row.get("tuned", grammar != "hub"),
            serving=endings_of(row.get("serving", "")),
            regions=words_of(row.get("regions", "")),
        )
        providers.update(dict.fromkeys((name, *row.get("names", "").split()), provider))
        providers.update({other: replace(provider, name=other) for other in row.get("alike", "").split()})
    return providers


def read_dated(row: dict[str, str]) -> Dated:
    """One row of where dates are a snapshot."""
    return Dated(row["lab"], *(words_of(row.get(column, "")) for column in ("forms", "after", "names")))


def read_modes(rows: list[dict[str, str]]) -> dict[str, list[Mode]]:
    """The modes by the last word of their ending, longest ending first."""
    modes: dict[str, list[Mode]] = defaultdict(list)
    for row in rows:
        for ending in endings_of(row["ending"]):
            names = ("",) if row["of"] == "*" else tuple(row["of"].split())
            modes[ending[-1]].append(Mode(ending, row["tag"].format(ending[0]), names))
    return {word: sorted(found, key=lambda mode: -len(mode.ending)) for word, found in modes.items()}


def read_rewrites(rows: list[dict[str, str]]) -> dict[str, list[Rewrite]]:
    """The rewrites by the first word of their pattern."""
    rewrites: dict[str, list[Rewrite]] = defaultdict(list)
    for row in rows:
        pattern = tuple(read_part(text) for text in row["from"].split())
        for word in pattern[0].words:
            rewrites[word].append(Rewrite(pattern, tuple(row["to"].split())))
    return dict(rewrites)


def read_part(text: str) -> Part:
    """One part of a pattern.

    >>> read_part("<number:4+>").least, sorted(read_part("opus|sonnet").words), read_part("!a3b").absent
    (4, ['opus', 'sonnet'], True)
    """
    if text[0] != "<":
        return Part(frozenset(text.removeprefix("!").split("|")), absent=text[0] == "!")
    kind, _, bound = text[1:-1].partition(":")
    if bound.endswith("+"):
        return Part(kind=kind, least=int(bound[:-1]))
    return Part(kind=kind, below=int(bound[1:])) if bound else Part(kind=kind)
