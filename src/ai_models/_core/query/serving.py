"""A model as one provider serves it, for queries that ask about that."""

from collections.abc import Iterator, Mapping
from typing import Any

from ai_models._core.model import OFFER_BOUND, SERVED_FIELDS, Model


def offers_at(model: Model, provider: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the offers of a provider (or the one offer `provider:variant`), each as its key and what it states.

    >>> offers_at(Model("m", "x", connector_metadata={"bedrock:us": {"id": "us.m"}}), "bedrock")
    [('bedrock:us', {'id': 'us.m'})]
    >>> offers_at(Model("m", "x"), "x"), offers_at(Model("m", "x"), "bedrock")
    ([('x', {})], [])
    """
    offers, variants = model.connector_metadata, f"{provider}:"
    found = [(key, offers[key]) for key in offers if key == provider or key.startswith(variants)]
    if not found and _is_of(model.provider, provider) and _default(model) == model.provider:
        return [(model.provider, {})]
    return found


def is_default(model: Model, key: str) -> bool:
    """Return whether the model's own facts and prices are those of the offer with this key.

    >>> model = Model("m", "x", connector_metadata={"x:eu": {}, "x:us": {}})
    >>> is_default(model, "x:eu"), is_default(model, "x:us")
    (True, False)
    """
    return key == _default(model)


def _default(model: Model) -> str:
    own = model.provider
    return next((key for key in model.connector_metadata if key.partition(":")[0] == own), own)


def views(model: Model, provider: str) -> Iterator[Model]:
    """Yield a model, that stands on its record and isn't changed, as each offer serves it; without its provenance.

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
