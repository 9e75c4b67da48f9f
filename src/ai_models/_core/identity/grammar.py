"""Take off an id what belongs to the provider: paths, regions, revisions, routing suffixes.

>>> read_wire("litellm", "bedrock/us-gov-west-1/anthropic.claude-opus-4-8").name
'claude-opus-4-8'
>>> wire = read_wire("openrouter", "openai/gpt-oss-120b:free")
>>> wire.owner, wire.name, wire.tags
('openai', 'gpt-oss-120b', ['free'])
"""

import re
from dataclasses import dataclass, field

from ai_models._core.identity.tables import Provider, Tables, tables

__all__ = ["Wire", "find_provider", "read_wire"]

CLOUD_REGION = re.compile(r"[a-z]{2}(?:-gov)?-[a-z]+-\d|us-gov|us|eu|apac|global|global-standard|data-zone")
# Bedrock's -v1:0, :0:28k, -1:0; a bare -v1 without a number after it.
REVISION = re.compile(r"(?:-v(\d)|-1)?:(\d+)(?::\d+k|:mm)?|-v(1)")
REVISION_AT_END = re.compile(rf"(?:{REVISION.pattern})$")
AT_SUFFIX = re.compile(r"@(\d{3,8}|default|latest)(?:-\d{3})?$")
SHARD = re.compile(r"-\d{5}-of-\d{5}(?=\.|$)")
CONTENT_HASH = re.compile(r":[0-9a-f]{32,64}$")
THINKING_BUDGET = re.compile(r"(?<=thinking)(?::\d{3,6}|-\d{5,6})$")
COLON_SUFFIX = re.compile(r":([a-z][a-z-]{2,17})$")
NO_OWNERS = frozenset({"accounts", "models", "routers", "publishers"})
HEAD_OF_PATH = re.compile(r"^(?:hf:|system\.ai\.|hf\.co/|huggingface\.co/|https?://[^/]+/|~|arn:[^/]*/)", re.IGNORECASE)
HUB_OWNER = re.compile(r"[a-z][a-z\d]*(?:-[a-z]+)*")
HAS_SIZE = re.compile(r"\d+b(?![a-z\d])", re.IGNORECASE)
FIRST_LETTERS = re.compile(r"[a-z]*")


@dataclass(slots=True)
class Wire:
    """An id without its provider's wrapping."""

    provider: Provider
    name: str
    owner: str | None = None
    tags: list[str] = field(default_factory=list)
    snapshot: str | None = None
    trace: list[str] = field(default_factory=list)


def read_wire(provider: str, id: str) -> Wire:
    """What is left of an id when the provider's own wrapping is taken off."""
    known = tables()
    wire = Wire(find_provider(provider, known), HEAD_OF_PATH.sub("", id.strip()))
    take_path(wire, known)
    take_suffix(wire, known)
    take_region(wire, known)
    separator = take_owner(wire, known)
    take_revision(wire, in_cloud=separator == "." or bool(wire.provider.regions))
    return wire


def find_provider(name: str, known: Tables) -> Provider:
    """The provider with this name, or one of which nothing is known."""
    key = name.strip().lower()
    return known.providers.get(key) or Provider(key)


def take_path(wire: Wire, known: Tables) -> None:
    """Keep the last segment of a path (two, if it is a tier only); a lab before it is the owner."""
    if "/" not in wire.name:
        return
    *path, wire.name = [part for part in wire.name.split("/") if part] or [""]
    path = [part.lower() for part in path]
    if path and (last := wire.name.lower()) in known.segments and last not in known.plain:
        wire.tags.append(known.segments[last])
        wire.name = path.pop()
    if path and wire.provider.grammar == "litellm" and path[0] in known.providers:
        wire.provider = known.providers[path.pop(0)]
        wire.trace.append(f"provider: {wire.provider.name}")
    while path and is_plain(wire.name, known) and is_name(path, known):
        wire.name = f"{path.pop()}-{wire.name}"
    regions = [part for part in path if CLOUD_REGION.fullmatch(part)]
    owners = [part for part in path if part not in regions and part not in NO_OWNERS]
    wire.tags.extend(f"region:{region}" for region in regions)
    wire.tags.extend(known.segments[part] for part in owners if part in known.segments)
    wire.owner = next((part for part in reversed(owners) if part in known.owners), owners[-1] if owners else None)
    if path:
        wire.trace.append(f"path: {'/'.join(path)}")


def is_name(path: list[str], known: Tables) -> bool:
    """Whether the end of a path belongs to the name behind it, as in ``flux-pro/v1.1``, and is no owner."""
    return path[-1] not in known.owners and (len(path) > 1 or path[-1].partition("-")[0] in known.parted)


def is_plain(name: str, known: Tables) -> bool:
    """Whether a path's last segment is a task or a tier only, as in ``flux/schnell``."""
    return all(word in known.plain or not word.strip("v.0123456789") for word in name.lower().split("-"))


def take_suffix(wire: Wire, known: Tables) -> None:
    """Take off ``@20250929`` and ``@default``, and ``:free``, ``:thinking`` and other routing words."""
    wire.name = THINKING_BUDGET.sub("", CONTENT_HASH.sub("", SHARD.sub("", wire.name)))
    if match := AT_SUFFIX.search(wire.name):
        wire.name = wire.name[: match.start()]
        wire.snapshot = match[1] if match[1].isdigit() else None
        wire.trace.append(f"suffix: {match[0]}")
    _, at, name = wire.name.partition("@")
    if at and (first := FIRST_LETTERS.match(name.lower())) and first[0] in known.parted:
        wire.name = name
    if wire.provider.grammar != "runner" and (match := COLON_SUFFIX.search(wire.name)):
        wire.name = wire.name[: match.start()]
        wire.tags.append(match[1])
        wire.trace.append(f"suffix: {match[0]}")


def take_region(wire: Wire, known: Tables) -> None:
    """Take off the region of a cloud's inference profile: ``us.``, ``global.``, where an owner follows."""
    head, _, rest = wire.name.partition(".")
    if head.lower() in known.regions and rest.partition(".")[0].lower() in known.owners:
        wire.tags.append(f"region:{head.lower()}")
        wire.trace.append(f"region: {head}")
        wire.name = rest


def take_owner(wire: Wire, known: Tables) -> str:
    """Take off ``anthropic.`` (clouds) and ``Owner_`` (converted files on hubs); the separator found, if any."""
    for separator in (".", "_"):
        head, found, rest = wire.name.partition(separator)
        if found and rest and is_owner(head.lower(), separator, rest, wire, known):
            wire.owner, wire.name = head.lower(), rest
            wire.trace.append(f"owner: {head}")
            return separator
    return ""


def is_owner(head: str, separator: str, rest: str, wire: Wire, known: Tables) -> bool:
    """Whether the text before a separator is the owner of what follows, and no part of the name."""
    if head in known.owners or head in known.authors:
        return separator == "." or rest[0].isalpha()
    if separator == "." or wire.provider.grammar != "hub" or not rest[0].isalpha():
        return False
    first = FIRST_LETTERS.match(head)
    if not HUB_OWNER.fullmatch(head) or (first and first[0] in known.parted):
        return False
    return wire.owner in known.owner_first or (wire.owner is None and "_" not in rest and bool(HAS_SIZE.search(rest)))


def take_revision(wire: Wire, *, in_cloud: bool) -> None:
    """Take off a cloud's ``-v1:0``; where the name has no other number it is the version: ``claude-v2:1`` is 2.1."""
    match = REVISION_AT_END.search(wire.name)
    if match is None or not (in_cloud or (match[1] and match[2])):
        return
    head, version, minor = wire.name[: match.start()], match[1] or match[3], match[2] or "0"
    if version == "0":
        wire.name = f"{head}-v0.{minor}"
    elif (version in {None, "1"} and minor == "0") or any(character.isdigit() for character in head):
        wire.name = head
    else:
        wire.name = f"{head}-v{version}" + ("" if minor == "0" else f".{minor}")
    wire.trace.append(f"revision: {match[0]}")
