"""From a provider and its id to the model that is meant."""

from functools import lru_cache

from ai_models._core.identity.grammar import Wire, find_provider, read_wire
from ai_models._core.identity.names import canonical_of, render, rewritten, settled_stage, unsqueezed
from ai_models._core.identity.result import Confidence, Identity
from ai_models._core.identity.rules import (
    Reading,
    find_lab,
    take_base_tag,
    take_builds,
    take_count,
    take_latest,
    take_modes,
    take_serving,
    take_snapshot,
    take_vendor,
)
from ai_models._core.identity.tables import Provider, Tables, tables
from ai_models._core.identity.tokens import Token, iso_date, tokenise

__all__ = ["identify"]

LONGEST_ID = 300
MOST_TOKENS = 40
COMMUNITY = "community"


def identify(provider: str, id: str) -> Identity:
    """Which model a provider's id means; `canonical` is None when it cannot be told. Never raises on any text.

    >>> identity = identify("openrouter", "meta-llama/llama-3.1-8b-instruct:free")
    >>> identity.canonical, identity.lab, identity.variant, identity.offer_key
    ('meta/llama-3.1-8b-instruct', 'meta', ('free',), 'openrouter:free')
    >>> identify("openai", "gpt-4o").canonical == identify("azure", "gpt-4o-2024-11-20").canonical
    True
    """
    if len(id) > LONGEST_ID or len(provider) > LONGEST_ID:
        return Identity(provider, id, trace=(f"longer than {LONGEST_ID} characters",))
    if not (id.isprintable() and provider.isprintable()):
        return Identity(provider, id, trace=("holds control characters",))
    return identify_short(provider, id)


@lru_cache(maxsize=16384)
def identify_short(provider: str, id: str) -> Identity:
    """`identify` for an id of ordinary length."""
    known = tables()
    wire = read_wire(provider, id)
    tokens = tokenise(wire.name, known.parted)
    reading = Reading(wire, tokens, wire.tags, wire.trace, wire.snapshot)
    name = normal_name(reading, known) if 0 < len(tokens) <= MOST_TOKENS else ""
    variant = tuple(dict.fromkeys(reading.tags))
    offer_key = offer_key_of(wire, id, variant, find_provider(provider, known))
    if not name:
        return Identity(provider, id, variant=variant, trace=tuple(reading.trace), offer_key=offer_key)
    places = (wire.provider.nicknames, wire.owner or "")
    if reading.lab is None and is_one_word(reading, known):
        name = f"{wire.owner}-{name}"
    canonical = canonical_of(reading.lab or COMMUNITY, name, reading.nickname, places, known)
    lab = canonical.partition("/")[0]
    return Identity(
        provider,
        id,
        lab=None if lab == COMMUNITY else lab,
        canonical=canonical,
        snapshot=reading.snapshot,
        snapshot_date=iso_date(reading.snapshot) if reading.snapshot else None,
        variant=variant,
        confidence=confidence_of(reading, canonical),
        trace=tuple(reading.trace),
        offer_key=offer_key,
    )


def normal_name(reading: Reading, known: Tables) -> str:
    """The normal name of what a reading holds, without its lab: the rules, one after the other."""
    take_builds(reading, known)
    take_vendor(reading, known)
    change(reading, "spelling", unsqueezed(reading.tokens, known))
    take_base_tag(reading)
    take_count(reading)
    take_serving(reading, known)
    take_latest(reading)
    take_modes(reading, known)
    take_latest(reading)
    find_lab(reading, known)
    change(reading, "release name", rewritten(reading.tokens, known))
    take_snapshot(reading, known)
    take_modes(reading, known)
    reading.nickname = render(reading.tokens, known)
    if reading.lab == known.families.get(reading.tokens[0].text):
        tokens, added = settled_stage(reading.tokens, reading.wire.provider.tuned, known)
        change(reading, "stage", tokens)
        reading.guessed = bool(added)
    return "" if names_nothing(reading, known) else render(reading.tokens, known)


def names_nothing(reading: Reading, known: Tables) -> bool:
    """Whether a name of an unknown lab could be anybody's: ordinary words only, or a deployment that a user named."""
    if reading.lab is not None:
        return False
    if all(token.text in known.plain for token in reading.tokens):
        return True
    published = reading.wire.owner is not None or reading.wire.provider.grammar == "hub"
    return not published and all(token.kind == "word" for token in reading.tokens)


def is_one_word(reading: Reading, known: Tables) -> bool:
    """Whether only its owner tells a name of an unknown lab from other people's: a word, and no re-upload on a hub."""
    owner = reading.wire.owner
    if owner is None or owner in known.owners or reading.wire.provider.grammar != "path":
        return False
    return len(reading.tokens) == 1 and reading.tokens[0].kind == "word"


def change(reading: Reading, rule: str, tokens: list[Token]) -> None:
    """Take over new tokens, and say so where they differ."""
    if tokens != reading.tokens:
        reading.tokens = tokens
        reading.trace.append(f"{rule}: {' '.join(reading.texts())}")


def confidence_of(reading: Reading, canonical: str) -> Confidence:
    """``exact`` for the lab's own spelling, ``guess`` where a part had to be assumed, else ``rule``."""
    if reading.guessed or reading.lab is None:
        return "guess"
    return "exact" if reading.wire.name.lower() == canonical.partition("/")[2] else "rule"


def offer_key_of(wire: Wire, id: str, variant: tuple[str, ...], server: Provider) -> str:
    """The key of this offer among a model's offers: the provider, and what tells its variants apart.

    What a gateway has from somebody else is its own offer all the same: the name of that other is a variant.
    """
    if wire.provider.grammar == "runner":
        tag = id.rpartition("/")[2].partition(":")[2].lower()
        told = "" if tag == "latest" else tag
    else:
        told = "-".join(sorted(tag.removeprefix("region:") for tag in variant))
    if wire.provider.name != server.name:
        told = f"{wire.provider.name}-{told}" if told else wire.provider.name
    return f"{server.name}:{told}" if told else server.name
