"""The prices in a row of LiteLLM's map: field names such as `input_cost_per_token_above_200k_tokens_batches`."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from ai_models.sources.facts import in_order, price, rows

_PER_TOKEN = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "cache_creation_input_token_cost_above_12hr": "cache_write_12h",
    "output_cost_per_reasoning_token": "reasoning",
    "input_cost_per_audio_token": "input_audio",
    "output_cost_per_audio_token": "output_audio",
    "cache_read_input_audio_token_cost": "cache_read_audio",
    "cache_creation_input_audio_token_cost": "cache_write_audio",
    "input_cost_per_image_token": "input_image",
    "output_cost_per_image_token": "output_image",
    "cache_read_input_image_token_cost": "cache_read_image",
    "input_cost_per_video_token": "input_video",
    "output_cost_per_video_token": "output_video",
    "citation_cost_per_token": "citation",
}
_PER_UNIT = {
    "input_cost_per_character": "character",
    "output_cost_per_character": "output_character",
    "input_cost_per_pixel": "input_pixel",
    "output_cost_per_pixel": "pixel",
    "input_cost_per_query": "query",
    "input_cost_per_request": "request",
    "input_cost_per_audio_per_second": "input_audio_second",
    "input_cost_per_video_per_second": "input_video_second",
    "output_cost_per_video_per_second": "second",
    "ocr_cost_per_page": "page",
    "annotation_cost_per_page": "annotated_page",
    "google_maps_grounding_cost_per_query": "maps_query",
    "code_interpreter_cost_per_session": "session",
}
_PER_SIZE = re.compile(r"output_cost_per_(?P<unit>second|image)_(?P<size>\d+p|\d*\.?\d+[kK]|\d+)")
_SERVICES = {
    "batches": "batch",
    "flex": "flex",
    "priority": "priority",
    "ultrafast": "ultrafast",
    "balanced": "balanced",
}
_TIERED = re.compile(
    rf"(?P<base>{'|'.join(sorted(_PER_TOKEN, key=len, reverse=True))})"
    rf"(?:_above_(?P<above>\d+)k_tokens)?(?:_(?P<service>{'|'.join(_SERVICES)}))?"
)
_MAIN = ("image", "second")
"""Units that a row prices on the way in, on the way out, or both."""

Prices = dict[str, float]


def parse_prices(row: Mapping[str, Any], kind: str | None) -> tuple[Prices, Prices, list[dict[str, Any]]]:
    """Return a row's prices per token, per unit, and its tiers; a zero, which LiteLLM also writes for unknown, is none.

    >>> parse_prices({"input_cost_per_token": 1e-06, "input_cost_per_token_above_200k_tokens": 2e-06}, "chat")
    ({'input': 1e-06}, {}, [{'when': {'input_tokens_above': 200000}, 'cost_per_token': {'input': 2e-06}}])
    >>> parse_prices({"input_cost_per_token": 0.0, "output_cost_per_image": 0.04}, "image")
    ({}, {'image': 0.04}, [])
    """
    tiers: dict[tuple[int, str], Prices] = {}
    for when, part, cost in _token_prices(row):
        tiers.setdefault(when, {})[part] = cost
    base = tiers.pop(_ALWAYS, {})
    return base, dict(_unit_prices(row, kind)), in_order(_tier(*when, prices) for when, prices in tiers.items())


_ALWAYS = (0, "")


def _token_prices(row: Mapping[str, Any]) -> Iterator[tuple[tuple[int, str], str, float]]:
    for name, value in row.items():
        field = _token_field(name)
        cost = _charged(value) if field else None
        if field and cost:
            yield (*field, cost)
    for each in rows(row.get("tiered_pricing")):
        yield from _range_prices(each)


@lru_cache(maxsize=1024)
def _token_field(name: str) -> tuple[tuple[int, str], str] | None:
    """Return when a field's price holds, and for what; `None` if it is no price per token."""
    match = _TIERED.fullmatch(name)
    if not match:
        return None
    return (int(match["above"] or 0) * 1000, _SERVICES.get(match["service"] or "", "")), _PER_TOKEN[match["base"]]


def _range_prices(each: Mapping[str, Any]) -> Iterator[tuple[tuple[int, str], str, float]]:
    """Yield the prices of one entry of `tiered_pricing`, which hold from `range[0]` input tokens on."""
    bounds = each.get("range")
    start = price(bounds[0]) if isinstance(bounds, list) and bounds else None
    if start is None:
        return
    for name, part in _PER_TOKEN.items():
        cost = _charged(each.get(name))
        if cost:
            yield (int(start), ""), part, cost


def _unit_prices(row: Mapping[str, Any], kind: str | None) -> Iterator[tuple[str, float]]:
    for name, value in row.items():
        sized = _PER_SIZE.fullmatch(name)
        unit = f"{sized['unit']}_{sized['size'].lower()}" if sized else _PER_UNIT.get(name)
        cost = _charged(value) if unit else None
        if unit and cost:
            yield unit, cost
    for unit in _MAIN:
        yield from _main_unit(row, unit, kind)
    yield from _search_prices(row.get("search_context_cost_per_query"))


def _main_unit(row: Mapping[str, Any], unit: str, kind: str | None) -> Iterator[tuple[str, float]]:
    """Yield the price of a unit that is priced on the way in or out: what the model is for has the plain name."""
    given, made = _charged(row.get(f"input_cost_per_{unit}")), _charged(row.get(f"output_cost_per_{unit}"))
    if kind in ("transcription", "embedding"):
        given, made = made if given is None else None, given if given is not None else made
        given = None if given == made else given
    if made is not None:
        yield unit, made
    if given is not None and given != made:
        yield f"input_{unit}", given


def _search_prices(value: Any) -> Iterator[tuple[str, float]]:
    """Yield the price of one web search: one where all context sizes cost the same, else one for each size."""
    if not isinstance(value, Mapping):
        return
    sizes = {
        name.removeprefix("search_context_size_"): _charged(cost)
        for name, cost in value.items()
        if isinstance(name, str)
    }
    costs = {size: cost for size, cost in sizes.items() if cost and size in ("low", "medium", "high")}
    if len(set(costs.values())) == 1:
        yield "search", next(iter(costs.values()))
    else:
        yield from ((f"search_{size}", cost) for size, cost in costs.items())


def _charged(value: Any) -> float | None:
    """Return a price above zero."""
    number = price(value) if not isinstance(value, str) else None
    return float(number) if number else None


def _tier(above: int, service: str, prices: Prices) -> dict[str, Any]:
    when: dict[str, Any] = {}
    if above:
        when["input_tokens_above"] = above
    if service:
        when["service"] = service
    return {"when": when, "cost_per_token": prices}
