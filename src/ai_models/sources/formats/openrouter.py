"""OpenRouter: one public list of several hundred models of many labs, with prices, limits and parameters.

`supported_parameters` is a complete list, so that a capability which has a parameter of its own and isn't
listed is known to be missing. A price of "-1" varies by request: it is unknown. "0" is a real zero, except for
reasoning tokens, which are billed as output, and for models without text output, which are billed in other units.

The lists of image, embedding and video models are read as well; a video's prices depend on how it is made, so that
one price of a second is known only where all are the same.
"""

import re
from collections.abc import Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import in_order, price, text_or_none, texts
from ai_models.sources.fetch import Exchange
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "model_of_row", "parse_openrouter", "prices_of_tokens", "prices_of_units"]

_TOKEN_PRICES = {
    "prompt": "input",
    "completion": "output",
    "input_cache_read": "cache_read",
    "input_cache_write": "cache_write",
    "input_cache_write_1h": "cache_write_1h",
    "internal_reasoning": "reasoning",
    "audio": "input_audio",
    "audio_output": "output_audio",
    "input_audio_cache": "cache_read_audio",
    "image_token": "input_image",
    "image_output": "output_image",
}
_UNIT_PRICES = {"image": "image", "request": "request", "web_search": "search"}
_BY_PARAMETER = {
    "tools": "tools",
    "tool_choice": "tool_choice",
    "parallel_tool_calls": "parallel_tools",
    "reasoning": "reasoning",
    "reasoning_effort": "reasoning_effort",
    "response_format": "json_mode",
    "structured_outputs": "structured_output",
    "temperature": "sampling",
    "logprobs": "logprobs",
}
_MEANINGFUL_ABSENCE = ("tools", "reasoning", "structured_outputs", "response_format", "logprobs", "temperature")
_BY_INPUT = {"image": "vision", "audio": "audio_input", "video": "video_input", "file": "file_input"}
_BY_OUTPUT = {"image": "image_output", "audio": "audio_output", "video": "video_output"}
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_PER_SECOND = {"duration_seconds": 1, "cents_per_second": 100}
_KINDS = ("chat", "embedding", "rerank", "image", "video", "speech", "transcription")


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for all pages of the list, models of every output modality included."""
    pages = exchange.pages(f"{url}?output_modalities=all", lambda payload: _next_page(url, payload))
    return rows.merge_pages(parse_openrouter(payload, provider.id) for payload in pages)


def _next_page(url: str, payload: Any) -> str | None:
    """Return the URL of the next page: the query that the server gives, on the server that we ask."""
    query = (text_or_none(rows.dig(payload, "links.next")) or "").partition("?")[2]
    return f"{url}?{query}" if query else None


def parse_openrouter(payload: Any, provider: str = "openrouter") -> Parsed:
    """Return the models of one page of OpenRouter's list; raise `SourceFormatError` if it is none.

    >>> row = {"id": "m", "pricing": {"prompt": "0.000003", "completion": "-1"}, "supported_parameters": ["tools"]}
    >>> model = parse_openrouter({"data": [row]}).models[0]
    >>> model.cost_per_token, model.supports("tools"), model.supports("reasoning")
    ({'input': 3e-06}, True, False)
    """
    return rows.parse_rows(rows.expect_rows(payload, provider, "data"), lambda row: model_of_row(row, provider))


def model_of_row(row: Mapping[str, Any], provider: str = "openrouter") -> Model:
    """Return the model of one row; raise `SkipRowError` if it is none.

    >>> model_of_row({"id": "lab/film", "pricing_skus": {"duration_seconds": "0.5"}}).cost_per_unit
    {'second': 0.5}
    """
    id = rows.row_id(row, "id")
    inputs, outputs = _modalities(row, "input_modalities"), _modalities(row, "output_modalities")
    pricing = rows.mapping(row.get("pricing"))
    return Model(
        id,
        provider,
        context_size=rows.first(row, ("context_length", "top_provider.context_length"), rows.count),
        max_output_tokens=rows.count(rows.dig(row, "top_provider.max_completion_tokens")),
        capabilities=_capabilities(row, inputs, outputs),
        cost_per_token=prices_of_tokens(pricing, outputs),
        cost_per_unit=prices_of_units(pricing) | _video_prices(row),
        price_tiers=_tiers(pricing),
        name=text_or_none(row.get("name")),
        input_modalities=inputs,
        output_modalities=outputs,
        kind=_kind(outputs),
        released=rows.past_day(row.get("created")),
        retired=rows.day(row.get("expiration_date")),
        knowledge_cutoff=rows.day(row.get("knowledge_cutoff")),
        open_weights=True if text_or_none(row.get("hugging_face_id")) else None,
        connector_metadata=_offer_facts(row, id, provider),
    )


def _modalities(row: Mapping[str, Any], name: str) -> list[str]:
    stated = texts(rows.dig(row, f"architecture.{name}"))
    if stated:
        return stated
    if "pricing_skus" in row:
        return _video_modalities(row, name)
    before, arrow, after = str(rows.dig(row, "architecture.modality") or "").partition("->")
    side = before if name == "input_modalities" else after
    return [each for each in side.split("+") if each] if arrow else []


def _video_modalities(row: Mapping[str, Any], name: str) -> list[str]:
    """Return the modalities of a row of the list of video models, which has no `architecture`."""
    if name == "output_modalities":
        return ["video", "audio"] if row.get("generate_audio") is True else ["video"]
    return ["text", "image"] if texts(row.get("supported_frame_images")) else []


def _video_prices(row: Mapping[str, Any]) -> dict[str, float]:
    """Return the price of a second of video if it is the same however it is made."""
    asked = {
        value / factor
        for name, stated in rows.mapping(row.get("pricing_skus")).items()
        for unit, factor in _PER_SECOND.items()
        if name.startswith(unit) and (value := price(stated)) is not None
    }
    return {"second": float(asked.pop())} if len(asked) == 1 else {}


def _capabilities(row: Mapping[str, Any], inputs: list[str], outputs: list[str]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for modalities, names in ((inputs, _BY_INPUT), (outputs, _BY_OUTPUT)):
        if modalities:
            found |= {capability: modality in modalities for modality, capability in names.items()}
    if isinstance(row.get("supported_parameters"), list):
        listed = texts(row["supported_parameters"])
        found |= {capability: True for name, capability in _BY_PARAMETER.items() if name in listed}
        if listed:
            found = {_BY_PARAMETER[name]: name in listed for name in _MEANINGFUL_ABSENCE} | found
    if isinstance(row.get("supports_streaming"), bool):
        found["streaming"] = row["supports_streaming"]
    if isinstance(row.get("generate_audio"), bool):
        found["audio_output"] = row["generate_audio"]
    return found


def prices_of_tokens(pricing: Any, outputs: list[str]) -> dict[str, float]:
    """Return the prices of tokens of a model with these output modalities.

    >>> prices_of_tokens({"prompt": "0.000003", "internal_reasoning": "0"}, ["text"])
    {'input': 3e-06}
    """
    found = rows.prices(pricing, _TOKEN_PRICES)
    if found.get("reasoning") == 0:
        del found["reasoning"]
    billed_otherwise = bool(outputs) and "text" not in outputs and not any(found.values())
    return {} if billed_otherwise else found


def prices_of_units(pricing: Any) -> dict[str, float]:
    """Return the prices of what is not counted in tokens.

    >>> prices_of_units({"prompt": "0.000003", "web_search": "0.01"})
    {'search': 0.01}
    """
    return rows.prices(pricing, _UNIT_PRICES)


def _tiers(pricing: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the prices of long prompts and of hours of the day."""
    overrides = pricing.get("overrides")
    tiers = []
    for each in overrides if isinstance(overrides, list) else ():
        when, cost = _condition(rows.mapping(each)), rows.prices(each, _TOKEN_PRICES)
        if when and cost:
            tiers.append({"when": when, "cost_per_token": cost})
    return in_order(tiers)


def _condition(override: Mapping[str, Any]) -> dict[str, Any]:
    """Return when an override is in force; nothing if a part of its condition is not understood."""
    least = rows.count(override.get("min_prompt_tokens"))
    hours = [str(override.get(name)) for name in ("utc_start", "utc_end")]
    timed = all(_HOUR.fullmatch(hour) for hour in hours)
    conditions = {name for name in override if name not in _TOKEN_PRICES and name not in _UNIT_PRICES}
    understood = ({"min_prompt_tokens"} if least else set()) | ({"utc_start", "utc_end"} if timed else set())
    if conditions - understood:
        return {}
    return ({"input_tokens_above": least - 1} if least else {}) | ({"hours_utc": "-".join(hours)} if timed else {})


def _kind(outputs: list[str]) -> str | None:
    if "text" in outputs:
        return "chat"
    found = {rows.kind_of(each) for each in outputs}
    return next((kind for kind in _KINDS if kind in found), None)


def _offer_facts(row: Mapping[str, Any], id: str, provider: str) -> dict[str, dict[str, Any]]:
    """Return what only OpenRouter says: which release serves an id, where its weights are, what an alias is for."""
    slug = text_or_none(row.get("canonical_slug"))
    discount = price(rows.dig(row, "pricing.discount"))
    skus = {name: text for name, text in rows.mapping(row.get("pricing_skus")).items() if price(text) is not None}
    facts = {
        "canonical_slug": slug if slug != id else None,
        "hugging_face_id": text_or_none(row.get("hugging_face_id")),
        "alias_of": text_or_none(row.get("alias_target")),
        "discount": float(discount) if discount and discount < 1 else None,
        "voices": texts(row.get("supported_voices")) or None,
        "pricing_skus": {name: str(text) for name, text in skus.items()} or None,
    }
    stated = rows.known(facts)
    return {provider: stated} if stated else {}
