"""A model as one provider serves it, for queries that ask about that."""

from collections.abc import Iterator, Mapping
from typing import Any

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
    default = next((key for key in offers if _is_of(key, record["provider"])), None)
    if default is None and _is_of(record["provider"], provider):
        yield Model.on_record(record)
    for key, facts in offers.items():
        if _is_of(key, provider):
            yield Model.on_record(_view(record, key, facts, default=key == default))


def _view(record: Mapping[str, Any], key: str, facts: Mapping[str, Any], *, default: bool) -> dict[str, Any]:
    """Return a record with the facts of one of its offers in place of the default server's."""
    view = {name: value for name, value in record.items() if default or name not in OFFER_BOUND}
    view["provider"] = key.partition(":")[0]
    view["is_local"] = bool(facts.get("is_local"))
    for name, value in facts.items():
        if name in SERVED_FIELDS:
            view[name] = {**view.get(name, {}), **value} if name == "capabilities" else value
    return view


def _is_of(key: str, provider: str) -> bool:
    return key == provider or key.startswith(f"{provider}:")
