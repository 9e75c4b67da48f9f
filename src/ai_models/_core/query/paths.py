"""The paths that a query may name, and what kind of value stands at each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ai_models._core.capabilities import CAPABILITIES, canonical_capability, known_capability
from ai_models._core.model import FIELDS
from ai_models._core.nearest import MEANT, nearest
from ai_models.errors import QueryError, printable

Kind = Literal["number", "text", "date", "flag", "capability", "capabilities", "texts", "any"]

KIND_OF: dict[str, Kind] = {
    **dict.fromkeys(("context_size", "max_input_tokens", "max_output_tokens", "parameters"), "number"),
    **dict.fromkeys(("knowledge_cutoff", "released", "deprecated", "retired", "retires_not_before"), "date"),
    **dict.fromkeys(("is_local", "open_weights"), "flag"),
    **dict.fromkeys(("aliases", "input_modalities", "output_modalities", "tags"), "texts"),
    **dict.fromkeys(
        ("id", "provider", "name", "lab", "family", "kind", "version", "base", "successor", "license", "status"), "text"
    ),
    "capabilities": "capabilities",
}
"""The kind of each field; a field that isn't here holds any JSON data."""

ALIASES = {"context": "context_size", "context_window": "context_size"}
"""Other names of a field."""

KNOWN_EMPTY = frozenset({"tags", "aliases", "custom_metadata", "connector_metadata", "provenance", "conflicts"})
"""Fields of which an empty one is no unknown: they are the registry's and the user's own."""

_PRICES = ("cost_per_token", "cost_per_unit")
_PER_MTOK = "_per_mtok"
_PRICE_PATHS = ("pricing.input_per_mtok", "pricing.output_per_mtok")


@dataclass(frozen=True, slots=True)
class Path:
    """A place in a Model: the field, what stands below it, and the offer it is read from (`None`: the model's own).

    `per_mtok` says that the query counts in USD per million tokens where the field counts in USD per token.
    """

    text: str
    field: str
    parts: tuple[str, ...] = ()
    kind: Kind = "any"
    offer: str | None = None
    per_mtok: bool = False


def parse_path(text: str, short: Iterable[str] = _PRICE_PATHS) -> Path:
    """Return the place that a dotted path names; raise `QueryError` with a suggestion if there is none.

    `short` are the names beside the fields that may have been meant.

    >>> parse_path("capabilities.function_calling").parts, parse_path("context_window").field
    (('tools',), 'context_size')
    >>> parse_path("contxt_size")
    Traceback (most recent call last):
        ...
    ai_models.errors.QueryError: unknown field 'contxt_size'; did you mean 'context_size'?
    """
    head, _, rest = text.partition(".")
    if head == "offers" and rest:
        return _offer_path(text, rest)
    if head == "pricing" and rest:
        return _pricing_path(text, rest)
    name = ALIASES.get(head, head)
    if name not in FIELDS:
        raise _unknown_field(head, rest, short=short)
    parts = tuple(rest.split(".")) if rest else ()
    if name == "capabilities" and parts:
        return Path(text, name, (canonical_capability(rest),), "capability")
    kind: Kind = "number" if name in _PRICES and len(parts) == 1 else KIND_OF.get(name, "any")
    if parts and kind != "any" and not (kind == "number" and name in _PRICES):
        raise QueryError(f"{text!r}: {name} has nothing below it", text, [name])
    return Path(text, name, parts, kind)


def _offer_path(text: str, rest: str) -> Path:
    """Return the path of an offer or of a field in one; the offer's key may have dots in it."""
    words = rest.split(".")
    for at in range(1, len(words)):
        if words[at] in FIELDS or words[at] in ALIASES or words[at] == "pricing":
            inner = parse_path(".".join(words[at:]))
            key = ".".join(words[:at])
            return Path(text, inner.field, inner.parts, inner.kind, key, inner.per_mtok)
    if len(words) > 1:
        raise _unknown_field(words[1], ".".join(words[2:]), f"offers.{words[0]}.")
    return Path(text, "connector_metadata", offer=rest)


def _pricing_path(text: str, rest: str) -> Path:
    if not rest.endswith(_PER_MTOK):
        raise QueryError(f"unknown field {text!r}", text, ["pricing.input_per_mtok", "cost_per_token.input"])
    return Path(text, "cost_per_token", (rest.removesuffix(_PER_MTOK),), "number", None, per_mtok=True)


def _unknown_field(name: str, rest: str, before: str = "", short: Iterable[str] = _PRICE_PATHS) -> QueryError:
    near = near_fields(name, short)
    if not near and rest:
        near = ["custom_metadata." + name]
    known = "" if near else "; there are context_size, lab, released, capabilities.vision and Model's other fields"
    return QueryError(f"unknown field {printable(name)}{known}", before + name, [before + each for each in near])


def near_fields(name: str, short: Iterable[str] = ()) -> list[str]:
    """Return the fields of a Model that may be meant by a name that is none; `short` are further names to mean.

    >>> near_fields("contxt_size"), near_fields("function_calling"), near_fields("prize", ["price"])
    (['context_size'], ['capabilities.tools'], ['price'])
    """
    exact = known_capability(name)
    if exact is not None:
        return [f"capabilities.{exact}"]
    paths = {each: f"capabilities.{each}" for each in CAPABILITIES}
    able = {each: (path,) for each, path in paths.items()}
    return nearest(name, [*FIELDS, *short, *paths.values()], meant={**MEANT, **able})
