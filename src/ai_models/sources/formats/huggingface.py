"""Hugging Face's router: one row a model, with the providers behind it, each with its own price, limits and state.

The router chooses among those that are live, so that a price, a window or a capability is the model's own only where
all of them agree. What each says is kept as the offer's `backends`. Prices are USD per million tokens.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import facts, rows
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.openai import model_of
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_huggingface"]

_PRICES = {"input": "input", "output": "output", "cache_read": "cache_read", "cached_input": "cache_read"}
_LIVE = "live"
_FLAGS = {"supports_tools": "tools", "supports_structured_output": "structured_output"}


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list: it comes all at once."""
    return parse_huggingface(exchange.json(url), provider.id)


def parse_huggingface(payload: Any, provider: str = "huggingface") -> Parsed:
    """Return the models of the router's list; raise `SourceFormatError` if it is none.

    >>> served = {"provider": "novita", "status": "live", "context_length": 8192, "pricing": {"input": 1, "output": 2}}
    >>> model = parse_huggingface({"data": [{"id": "lab/m", "providers": [served]}]}).models[0]
    >>> model.context_size, model.cost_per_token, model.connector_metadata["huggingface"]["backends"][0]["id"]
    (8192, {'input': 1e-06, 'output': 2e-06}, 'lab/m:novita')
    """
    return rows.parse_rows(rows.expect_rows(payload, provider, "data", ""), lambda row: _model(row, provider))


def _model(row: Mapping[str, Any], provider: str) -> Model:
    model = model_of({name: value for name, value in row.items() if name != "pricing"}, provider, "huggingface")
    backends = [_backend(each, model.id) for each in facts.rows(row.get("providers"))]
    live = [each for each in backends if each.get("status") == _LIVE]
    stated = {capability: _agreed(live, capability) for capability in _FLAGS.values()}
    offer: dict[str, Any] = {**model.connector_metadata.get(provider, {}), "hugging_face_id": model.id}
    if backends:
        offer["backends"] = backends
    if backends and not live:
        offer |= {"active": False, "state_reason": "no backend is live"}
    return replace(
        model,
        context_size=_agreed(live, "context_size"),
        cost_per_token=dict(_agreed(live, "cost_per_token") or {}),
        capabilities={**model.capabilities, **{name: flag for name, flag in stated.items() if flag is not None}},
        open_weights=True,
        connector_metadata={provider: offer},
    )


def _agreed(backends: list[dict[str, Any]], name: str) -> Any:
    """Return the fact that all of the backends state alike, else `None`."""
    found = [each.get(name) for each in backends]
    return found[0] if found and all(each == found[0] for each in found) else None


def _backend(row: Mapping[str, Any], id: str) -> dict[str, Any]:
    name = facts.text_or_none(row.get("provider"))
    stated = {
        "id": f"{id}:{name}" if name else None,
        "provider": name,
        "status": facts.text_or_none(row.get("status")),
        "context_size": rows.count(row.get("context_length")),
        "cost_per_token": rows.prices(row.get("pricing"), _PRICES, per_mtok=True) or None,
        "free": True if row.get("is_free") is True else None,
        **{ours: row.get(theirs) for theirs, ours in _FLAGS.items() if isinstance(row.get(theirs), bool)},
    }
    return rows.known(stated)
