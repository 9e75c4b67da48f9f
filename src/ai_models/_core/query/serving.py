"""A model as one provider serves it, for queries that ask about that."""

from collections.abc import Iterator

from ai_models._core.model import OFFER_BOUND, SERVED_FIELDS, Model


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


def views(model: Model, provider: str) -> Iterator[Model]:
    """Yield what `served` does, but for provenance, of a model that stands on its record and isn't changed: faster.

    >>> model = Model.on_record({"id": "m", "provider": "x", "context_size": 4096, "cost_per_token": {"input": 1e-6}})
    >>> [view.context_size for view in views(model, "x")], list(views(model, "azure"))
    ([4096], [])
    """
    record = model._record
    offers = record.get("connector_metadata") or {}
    default = record["provider"]
    own = [key for key in offers if _is_of(key, default)]
    if not own and _is_of(default, provider):
        offers = {default: {}, **offers}
    default = own[0] if own else default
    for key, facts in offers.items():
        if not _is_of(key, provider):
            continue
        view = {name: value for name, value in record.items() if key == default or name not in OFFER_BOUND}
        view["provider"] = key.partition(":")[0]
        view["is_local"] = bool(facts.get("is_local", record.get("is_local") and not own and key == default))
        for name, value in facts.items():
            if name in SERVED_FIELDS:
                view[name] = {**view.get(name, {}), **value} if name == "capabilities" else value
        yield Model.on_record(view)


def _is_of(key: str, provider: str) -> bool:
    return key == provider or key.startswith(f"{provider}:")
