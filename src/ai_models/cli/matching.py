"""How well a typed text fits a model: the ranking behind `search`."""

from collections.abc import Iterable, Iterator

from ai_models._core.model import Model

EXACT, BEGINS, WORD, PART, ELSEWHERE = range(5)
"""How a text fits, best first: it is the name, begins it, begins a word of it, is inside it, is in a provider's id."""


def squash(text: str) -> str:
    """Return a text as it is compared: its letters and digits, small.

    >>> squash("Claude Sonnet 4.5"), squash("claude-sonnet-4-5")
    ('claudesonnet45', 'claudesonnet45')
    """
    return "".join(filter(str.isalnum, text.lower()))


def rank(words: Iterable[str], model: Model) -> int | None:
    """Return how well squashed words fit a model (0 is best); `None` if one of them isn't there at all.

    >>> model = Model("openai/gpt-4o", "openai", connector_metadata={"azure": {"id": "my-deployment"}})
    >>> rank(["gpt4o"], model), rank(["4o"], model), rank(["deployment"], model), rank(["claude"], model)
    (0, 2, 4, None)
    """
    names = [*_names(model)]
    joined = "".join(words)
    best = min((_fit(joined, name) for name in names), default=None, key=_none_last)
    if best is not None:
        return best
    plain = [squash(name) for name in names]
    wire_ids = [squash(str(offer.get("id", ""))) for offer in model.connector_metadata.values()]
    fits = [
        PART if any(word in name for name in plain) else ELSEWHERE if any(word in id for id in wire_ids) else None
        for word in words
    ]
    return None if None in fits or not fits else max(fit for fit in fits if fit is not None)


def _names(model: Model) -> Iterator[str]:
    yield model.id.rpartition("/")[2]
    yield model.id
    if model.name:
        yield model.name
    yield from model.aliases


def _fit(text: str, name: str) -> int | None:
    plain = squash(name)
    if text not in plain:
        return None
    if plain == text:
        return EXACT
    if plain.startswith(text):
        return BEGINS
    return WORD if any(squash(part).startswith(text) for part in _tails(name)) else PART


def _tails(name: str) -> Iterator[str]:
    """Yield the name from each of its words on."""
    for place, character in enumerate(name):
        if place and not name[place - 1].isalnum() and character.isalnum():
            yield name[place:]


def _none_last(fit: int | None) -> int:
    return ELSEWHERE + 1 if fit is None else fit


def search_models(text: str, models: Iterable[Model]) -> list[Model]:
    """Return the models that a text fits, the best first, floating ids before their snapshots, short ids before long.

    >>> ids = ["openai/gpt-4o-mini", "openai/gpt-4o-2024-11-20", "openai/gpt-4o", "meta/llama-3"]
    >>> [model.id for model in search_models("gpt 4o", [Model(id, "x") for id in ids])]
    ['openai/gpt-4o', 'openai/gpt-4o-mini', 'openai/gpt-4o-2024-11-20']
    """
    words = [word for word in map(squash, text.split()) if word]
    ranked = []
    for model in models:
        fit = rank(words, model)
        if fit is not None:
            ranked.append(((fit, model.version is not None, len(model.id), model.id), model))
    ranked.sort(key=lambda pair: pair[0])
    return [model for _, model in ranked]
