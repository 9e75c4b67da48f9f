"""The names nearest to one that isn't there: by its letters, by its beginning or a word in it, by what it means."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from difflib import SequenceMatcher

_CUTOFF = 0.65
_MARGIN = 0.12
_LONGEST = 80

MEANT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("price", "cost", "pricing", "input", "input_price", "input_cost"),
        ("price", "input_price", "pricing.input_per_mtok", "price.input", "input"),
    ),
    **dict.fromkeys(
        ("output", "output_price", "output_cost"),
        ("output_price", "pricing.output_per_mtok", "price.output", "output"),
    ),
    **dict.fromkeys(("context", "size", "window", "context_length", "max_context"), ("context", "context_size")),
    **dict.fromkeys(("max_tokens", "max_output"), ("max_output", "max_output_tokens")),
    **dict.fromkeys(("date", "age", "created", "published", "newest"), ("released",)),
    **dict.fromkeys(("vendor", "company", "maker", "author", "organization", "owned_by"), ("lab",)),
    **dict.fromkeys(("type", "mode", "task"), ("kind",)),
    **dict.fromkeys(("end_of_life", "sunset", "shutdown", "retires", "retirement"), ("retired",)),
    **dict.fromkeys(("cutoff", "knowledge"), ("knowledge_cutoff",)),
    **dict.fromkeys(("modalities", "modality"), ("input_modalities", "output_modalities")),
    **dict.fromkeys(("score", "scores"), ("benchmarks",)),
    **dict.fromkeys(("model", "model_id", "slug"), ("id",)),
    **dict.fromkeys(("server", "host"), ("provider",)),
    "local": ("local", "is_local"),
    "licence": ("license",),
    "capability": ("capabilities",),
}
"""What people call a field, and what they mean by it, the likeliest first."""


def nearest(
    name: str, known: Iterable[str], n: int = 2, meant: Mapping[str, tuple[str, ...]] | None = None
) -> list[str]:
    """Return the known names nearest to one that isn't there, at most `n`, the nearest first; none if nothing is near.

    With `meant`, a word stands for the first of its meanings that is known.

    >>> nearest("context size", ["context_size", "max_output_tokens"]), nearest("modalities", ["input_modalities"])
    (['context_size'], ['input_modalities'])
    >>> nearest("prize", ["provider", "price"]), nearest("cots", ["price", "context"], meant=MEANT)
    (['price'], ['price'])
    """
    from difflib import SequenceMatcher

    wanted, names = _folded(name[:_LONGEST]), list(dict.fromkeys(known))
    matcher = SequenceMatcher(b=wanted)
    words = {each: [each] for each in names}
    words |= {word: [each for each in means if each in words][:1] for word, means in (meant or {}).items()}
    scored = {word: _likeness(matcher, wanted, _folded(word)) for word in words if words[word]}
    least = max(_CUTOFF, max(scored.values(), default=1.0) - _MARGIN)
    order = sorted((word for word in scored if scored[word] >= least), key=lambda word: -scored[word])
    found = [each for word in order for each in words[word]]
    return list(dict.fromkeys(found))[:n]


def _likeness(matcher: "SequenceMatcher[str]", wanted: str, word: str) -> float:
    """Return how near a word is to the wanted one, 1 for the same: a shared beginning or a whole part counts more."""
    if wanted == word:
        return 1.0
    matcher.set_seq1(word)
    alike = matcher.ratio() if matcher.real_quick_ratio() >= _CUTOFF else 0.0
    if min(len(wanted), len(word)) < 3:
        return alike
    if word.startswith(wanted) or wanted in word.split("_"):
        return max(alike, 0.8)
    return max(alike, 0.7) if wanted.startswith(word) else alike


def _folded(name: str) -> str:
    return name.strip(" -_").lower().replace("-", "_").replace(" ", "_").replace(".", "_")
