"""A model as one provider serves it, for queries that ask about that."""

from collections.abc import Iterator

from ai_models._core.model import Model


def served(model: Model, provider: str) -> Iterator[Model]:
    """Yield the model as each offer of a provider (or the one offer `provider:variant`) serves it.

    >>> model = Model("m", "x", connector_metadata={"bedrock:us": {"id": "us.m", "context_size": 4096}})
    >>> [view.context_size for view in served(model, "bedrock")], list(served(model, "azure"))
    ([4096], [])
    """
    if model.provider != provider and not any(_is_of(key, provider) for key in model.connector_metadata):
        return
    for key, offer in model.offers.items():
        if _is_of(key, provider):
            yield offer.as_model()


def _is_of(key: str, provider: str) -> bool:
    return key == provider or key.startswith(f"{provider}:")
