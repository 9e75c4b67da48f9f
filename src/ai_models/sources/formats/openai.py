"""The list of models as OpenAI writes it, with everything that compatible servers add to it.

Each fact is read from the first of the fields that servers use for it. Prices are read only where their unit is
known: from the field itself, from a stated unit, or from what is known of the provider.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import price, text_or_none, texts
from ai_models.sources.fetch import Exchange
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_openai"]

_ENVELOPES = ("data", "", "models", "items", "results", "result", "value", "modelSummaries", "publisherModels")
_ID = ("id", "model_id", "modelId", "model_name", "name", "model", "key")
_ID_OF_FORMAT = {
    "lmstudio": ("key", "id"),
    "cloudflare": ("name", "id"),
    "gpustack": ("name", "id"),
    "heroku": ("model_id", "id"),
}
_NAME = ("display_name", "displayName", "name", "title")
_CONTEXT = (
    "context_window",
    "context_length",
    "max_model_len",
    "max_context_length",
    "context_size",
    "max_context_window",
    "meta.n_ctx_train",
    "metadata.context_length",
    "metadata.limits.max_context_length",
    "limits.max_context_window_tokens",
    "limits.context",
    "details.context_length",
    "top_provider.context_length",
)
_MAX_INPUT = (
    "max_input_tokens",
    "max_prompt_length",
    "limits.max_input_tokens",
    "limits.max_prompt_tokens",
    "inputTokenLimit",
)
_MAX_OUTPUT = (
    "max_output_tokens",
    "max_completion_tokens",
    "max_output_length",
    "limits.max_output_tokens",
    "metadata.limits.max_output_tokens",
    "top_provider.max_completion_tokens",
    "outputTokenLimit",
)
_KIND = ("type", "kind", "mode", "task", "model_type", "task.name", "categories")
_INPUTS = (
    "input_modalities",
    "supported_input_modalities",
    "architecture.input_modalities",
    "modalities.input",
    "inputModalities",
)
_OUTPUTS = (
    "output_modalities",
    "supported_output_modalities",
    "architecture.output_modalities",
    "modalities.output",
    "outputModalities",
)
_CAPABILITIES = ("capabilities", "supported_features", "features", "supported_parameters")
_DEPRECATED = ("deprecation_date", "deprecated_at", "deprecated_on")
_RETIRED = ("eol_date", "retirement_date", "shutdown_date", "expiration_date", "deprecation.inference")
_SUCCESSOR = ("replacement_model", "deprecation_replacement_model", "replacement")
_STATUS = ("lifecycle_status", "state", "status")
_STATUS_WORDS = {"deprecated": "deprecated", "retired": "retired", "legacy": "deprecated", "preview": "preview"}
_PRICES = {
    "prompt": "input",
    "input": "input",
    "input_tokens": "input",
    "completion": "output",
    "output": "output",
    "output_tokens": "output",
    "cache_read": "cache_read",
    "input_cache_read": "cache_read",
    "cache_read_tokens": "cache_read",
    "cached_input": "cache_read",
    "cache_write": "cache_write",
    "input_cache_write": "cache_write",
}
_XAI_PRICES = {
    "prompt_text_token_price": "input",
    "completion_text_token_price": "output",
    "cached_prompt_text_token_price": "cache_read",
}
_XAI_UNITS_PER_USD_MTOK = 10_000
_PRICES_PER_MTOK = {"together": "pricing", "deepinfra": "metadata.pricing"}
"""Where providers state prices per million tokens without saying so."""
_PRICES_PER_TOKEN = {"vercel": "pricing", "sambanova": "pricing", "llmgateway": "pricing"}
_SERVER_SETTING = {"llamacpp": "meta.n_ctx", "lmstudio": "loaded_context_length", "vllm": "max_model_len"}
"""Where a local server says with which context it runs a model."""


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list: these servers send all of it at once."""
    return parse_openai(
        exchange.json(url),
        provider.id,
        shape=provider.list_format or provider.wire,
        is_local=provider.is_local,
        dated=provider.kind == "lab",
    )


def parse_openai(
    payload: Any, provider: str, *, shape: str | None = None, is_local: bool = False, dated: bool = False
) -> Parsed:
    """Return the models of a list as OpenAI or a compatible server sends it; raise `SourceFormatError` if it is none.

    `shape` names a form or unit of its own; `dated` says that `created` is the model's date of release, which
    only labs mean by it.

    >>> payload = {"object": "list", "data": [{"id": "m", "context_window": 8192, "active": True}, {"object": "model"}]}
    >>> parsed = parse_openai(payload, "groq")
    >>> parsed.models[0].context_size, parsed.skipped[0].reason[:5]
    (8192, 'no id')
    """
    listed = rows.expect_rows(payload, provider, *_ENVELOPES)
    release = _release_reader(listed) if dated else lambda row: None
    return rows.parse_rows(listed, lambda row: _model(row, provider, shape or "", is_local, release))


Reader = Callable[[Mapping[str, Any]], str | None]


def _model(row: Mapping[str, Any], provider: str, shape: str, is_local: bool, release: Reader) -> Model:
    id = rows.row_id(row, *_ID_OF_FORMAT.get(shape, _ID))
    name = rows.first(row, _NAME, text_or_none)
    inputs, outputs = (rows.first(row, paths, _some_texts) or [] for paths in (_INPUTS, _OUTPUTS))
    return Model(
        id,
        provider,
        context_size=rows.first(row, _CONTEXT, rows.count),
        is_local=is_local,
        capabilities=_capabilities(row, inputs, outputs),
        cost_per_token=_token_prices(row, provider),
        name=name if name != id else None,
        kind=rows.first(row, _KIND, rows.kind_of),
        aliases=[alias for alias in texts(row.get("aliases")) if alias != id and alias.strip()],
        input_modalities=inputs,
        output_modalities=outputs,
        max_input_tokens=rows.first(row, _MAX_INPUT, rows.count),
        max_output_tokens=_max_output(row, shape),
        released=release(row),
        deprecated=rows.first(row, _DEPRECATED, rows.day),
        retired=rows.first(row, _RETIRED, rows.day),
        successor=rows.first(row, _SUCCESSOR, text_or_none),
        license=text_or_none(row.get("license")) if row.get("license") != "other" else None,
        parameters=rows.count(rows.dig(row, "meta.n_params")),
        status=_status(row),
        connector_metadata=_offer_facts(row, provider, shape),
    )


def _release_reader(listed: list[Any]) -> Reader:
    """Return what reads a row's date of release; one date in all rows is a placeholder, or the time of the request."""
    dates = [rows.first(row, ("created", "created_at"), rows.past_day) for row in listed]
    if len(dates) > 1 and len(set(dates)) == 1:
        return lambda row: None
    return lambda row: rows.first(row, ("created", "created_at"), rows.past_day)


def _some_texts(value: Any) -> list[str] | None:
    return [each.lower() for each in texts(value)] or None


def _max_output(row: Mapping[str, Any], shape: str) -> int | None:
    """Return the output limit; `max_tokens` is one for some servers and the window for others."""
    paths = (*_MAX_OUTPUT, "max_tokens") if shape == "vercel" else _MAX_OUTPUT
    return rows.first(row, paths, rows.count)


def _capabilities(row: Mapping[str, Any], inputs: list[str], outputs: list[str]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    if inputs:
        found |= {"vision": "image" in inputs, "audio_input": "audio" in inputs}
    if outputs:
        found |= {"image_output": "image" in outputs}
    for name in _CAPABILITIES:
        found |= rows.capabilities(row.get(name))
    return found | rows.capabilities({name: row[name] for name in row if name.startswith("supports_")})


def _token_prices(row: Mapping[str, Any], provider: str) -> dict[str, float]:
    if provider in _PRICES_PER_MTOK:
        return _unless_blank(rows.prices(rows.dig(row, _PRICES_PER_MTOK[provider]), _PRICES, per_mtok=True))
    if provider in _PRICES_PER_TOKEN:
        return rows.prices(rows.dig(row, _PRICES_PER_TOKEN[provider]), _PRICES)
    pricing = rows.mapping(row.get("pricing"))
    if "1m" in str(pricing.get("unit", "")).lower():
        return rows.prices(pricing, _PRICES, per_mtok=True)
    if isinstance(pricing.get("prompt"), str):
        return rows.prices({name: value for name, value in pricing.items() if isinstance(value, str)}, _PRICES)
    return _xai_prices(row)


def _unless_blank(found: dict[str, float]) -> dict[str, float]:
    """Return prices, or none where all of them are zero: that is what these providers write for "not stated"."""
    return found if any(found.values()) else {}


def _xai_prices(row: Mapping[str, Any]) -> dict[str, float]:
    stated = {name: price(row.get(name)) for name in _XAI_PRICES}
    in_usd = {name: value / _XAI_UNITS_PER_USD_MTOK for name, value in stated.items() if value is not None}
    return rows.prices(in_usd, _XAI_PRICES, per_mtok=True)


def _status(row: Mapping[str, Any]) -> str | None:
    if row.get("deprecated") is True or row.get("is_deprecated") is True:
        return "deprecated"
    stated = rows.first(row, _STATUS, text_or_none)
    return _STATUS_WORDS.get(stated.lower()) if stated else None


def _offer_facts(row: Mapping[str, Any], provider: str, shape: str) -> dict[str, dict[str, Any]]:
    effective = rows.count(rows.dig(row, _SERVER_SETTING[shape])) if shape in _SERVER_SETTING else None
    facts = {
        "effective_context": effective or _loaded_context(row),
        "quantization": text_or_none(row.get("quantization")) or text_or_none(rows.dig(row, "quantization.name")),
        "size_bytes": rows.count(row.get("size_bytes")) or rows.count(rows.dig(row, "meta.size")),
        "parameter_size": text_or_none(row.get("params_string")),
        "active": False if row.get("active") is False else None,
    }
    known = {name: value for name, value in facts.items() if value is not None}
    return {provider: known} if known else {}


def _loaded_context(row: Mapping[str, Any]) -> int | None:
    """Return the context of the first instance that is loaded, as LM Studio lists them."""
    instances = row.get("loaded_instances")
    return (
        rows.count(rows.dig(instances[0], "config.context_length"))
        if isinstance(instances, list) and instances
        else None
    )
