"""OpenRouter's endpoints: who serves a model behind its one id, each backend with prices and limits of its own."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ai_models._core.model import Model
from ai_models.errors import SourceError
from ai_models.sources import rows
from ai_models.sources.facts import price, text_or_none
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.openrouter import model_of_row, prices_of_tokens, prices_of_units
from ai_models.sources.parsed import Parsed

__all__ = ["parse_openrouter_endpoints", "parse_openrouter_zdr", "with_backends"]


def with_backends(exchange: Exchange, url: str, parsed: Parsed, ids: Iterable[str]) -> Parsed:
    """Ask for the endpoints of some models of the list at a URL, and return the list with their `backends`."""
    models = {model.id: model for model in parsed.models}
    skipped = list(parsed.skipped)
    for id in ids:
        try:
            found = parse_openrouter_endpoints(exchange.json(f"{url}/{quote(id, safe='/:~')}/endpoints"))
        except SourceError as error:
            exchange.notes.append(f"no endpoints of {id}: {error}")
            continue
        skipped += found.skipped
        for model in found.models:
            listed = models.get(id) or models.setdefault(model.id, model)
            listed.connector_metadata.setdefault(model.provider, {}).update(_backends_of(model))
    return Parsed(list(models.values()), skipped)


def parse_openrouter_endpoints(payload: Any, provider: str = "openrouter") -> Parsed:
    """Return the one model of an answer about its endpoints; raise `SourceFormatError` if it is none.

    >>> backend = {"provider_name": "Groq", "tag": "groq", "pricing": {"prompt": "0.0000001"}, "context_length": 8192}
    >>> model = parse_openrouter_endpoints({"data": {"id": "lab/m", "endpoints": [backend]}}).models[0]
    >>> model.connector_metadata["openrouter"]["backends"]
    [{'provider': 'Groq', 'tag': 'groq', 'cost_per_token': {'input': 1e-07}, 'context_size': 8192}]
    """
    stated = payload.get("data", payload) if isinstance(payload, Mapping) else payload
    listed = rows.expect_rows(stated, provider, "endpoints")

    def model_with_backends(row: Mapping[str, Any]) -> Model:
        model = model_of_row(row, provider)
        backends = [_backend(each, model.output_modalities) for each in listed if isinstance(each, Mapping)]
        model.connector_metadata.setdefault(provider, {})["backends"] = [each for each in backends if each]
        return model

    return rows.parse_rows([stated], model_with_backends)


def parse_openrouter_zdr(payload: Any, provider: str = "openrouter") -> Parsed:
    """Return the models with endpoints that retain no data, each with those as its `backends`.

    >>> rows_of_list = [{"model_id": "lab/m", "tag": "a"}, {"model_id": "lab/m", "tag": "b"}]
    >>> [model.connector_metadata["openrouter"] for model in parse_openrouter_zdr({"data": rows_of_list}).models]
    [{'zero_retention': True, 'backends': [{'tag': 'a'}, {'tag': 'b'}]}]
    """
    backends: dict[str, list[dict[str, Any]]] = {}

    def model_of(row: Mapping[str, Any]) -> Model:
        id = rows.row_id(row, "model_id")
        named = backends.setdefault(id, [])
        named.append(_backend(row, []))
        facts = {"zero_retention": True, "backends": named}
        return Model(id, provider, connector_metadata={provider: facts})

    return rows.parse_rows(rows.expect_rows(payload, provider, "data"), model_of)


def _backends_of(model: Model) -> dict[str, Any]:
    return {"backends": model.connector_metadata[model.provider]["backends"]}


def _backend(row: Mapping[str, Any], outputs: list[str]) -> dict[str, Any]:
    status = row.get("status")
    per_unit = prices_of_units(row.get("pricing")) | dict(_image_prices(row.get("pricing")))
    return rows.known(
        {
            "provider": text_or_none(row.get("provider_name")),
            "tag": rows.first(row, ("tag", "provider_tag"), text_or_none),
            "status": status if isinstance(status, int) and not isinstance(status, bool) else None,
            "cost_per_token": prices_of_tokens(row.get("pricing"), outputs) or None,
            "cost_per_unit": {name: cost for name, cost in per_unit.items() if cost} or None,
            "context_size": rows.count(row.get("context_length")),
            "max_input_tokens": rows.count(row.get("max_prompt_tokens")),
            "max_output_tokens": rows.count(row.get("max_completion_tokens")),
            "quantization": _quantization(row.get("quantization")),
        }
    )


def _quantization(value: Any) -> str | None:
    named = text_or_none(value)
    return named if named != "unknown" else None


def _image_prices(pricing: Any) -> Iterator[tuple[str, float]]:
    """Yield the price of an image that is made, of the list of prices that image models have."""
    for each in pricing if isinstance(pricing, list) else ():
        value = price(rows.dig(each, "cost_usd"))
        if value is not None and (rows.dig(each, "billable"), rows.dig(each, "unit")) == ("output_image", "image"):
            yield "image", float(value)
