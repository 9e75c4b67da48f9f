"""How well a typed text fits a model: the ranking behind `ModelRegistry.search`."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import accumulate

from ai_models._core.lookup import plain_words, squash
from ai_models._core.model import Model

EXACT, BEGINS, WORD, PART, ELSEWHERE = range(5)
"""How a text fits, best first: it is the name, begins it, begins a word of it, is inside it, is in a provider's id."""


def rank(words: Sequence[str], model: Model) -> int | None:
    """Return how well squashed words fit a model (0 is best); `None` if one of them isn't there at all.

    >>> model = Model("openai/gpt-4o", "openai", connector_metadata={"azure": {"id": "my-deployment"}})
    >>> rank(["gpt4o"], model), rank(["4o"], model), rank(["deployment"], model), rank(["claude"], model)
    (0, 2, 4, None)
    """
    names = [plain_words(name) for name in dict.fromkeys(_names(model))]
    plain = ["".join(parts) for parts in names]
    joined = "".join(words)
    whole = [_fit(joined, name, parts) for name, parts in zip(plain, names, strict=True) if joined in name]
    if whole:
        return min(whole)
    ids = [squash(str(offer.get("id", ""))) for offer in model.connector_metadata.values()]
    fits = [
        PART if any(word in name for name in plain) else ELSEWHERE if any(word in id for id in ids) else None
        for word in words
    ]
    return None if None in fits or not fits else max(fit for fit in fits if fit is not None)


def _names(model: Model) -> Iterator[str]:
    yield model.id.rpartition("/")[2]
    yield model.id
    if model.name:
        yield model.name
    yield from model.aliases


def _fit(text: str, name: str, parts: list[str]) -> int:
    """Return how a text fits a name that it occurs in, given its words as well."""
    if name == text:
        return EXACT
    if name.startswith(text):
        return BEGINS
    starts = accumulate(map(len, parts))
    return WORD if any(name.startswith(text, start) for start in starts) else PART


def words_of(text: str) -> list[str]:
    """Return the words of a typed text as they are compared: small, only letters and digits.

    >>> words_of("Sonnet 4.5 -")
    ['sonnet', '45']
    """
    return [word for word in map(squash, text.split()) if word]


def search_models(text: str, models: Iterable[Model], limit: int | None = None) -> list[Model]:
    """Return the models that a text fits, the best first, floating ids before their snapshots, short ids before long.

    >>> ids = ["openai/gpt-4o-mini", "openai/gpt-4o-2024-11-20", "openai/gpt-4o", "meta/llama-3"]
    >>> [model.id for model in search_models("gpt 4o", [Model(id, "x") for id in ids])]
    ['openai/gpt-4o', 'openai/gpt-4o-mini', 'openai/gpt-4o-2024-11-20']
    """
    words = words_of(text)
    fits = ((rank(words, model), model) for model in models)
    ranked = ((_place(fit, model), model) for fit, model in fits if fit is not None)
    best = sorted(ranked, key=_key) if limit is None else nsmallest(limit, ranked, key=_key)
    return [model for _, model in best]


def _place(fit: int, model: Model) -> tuple[int, bool, int, str]:
    return fit, model.version is not None, len(model.id), model.id


def _key(ranked: tuple[tuple[int, bool, int, str], Model]) -> tuple[int, bool, int, str]:
    return ranked[0]
