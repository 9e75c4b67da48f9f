"""Alibaba Model Studio: its own list, in pages, with limits, prices and what goes in and out.

Prices come by ranges of prompt length and are text per million tokens, in USD outside mainland China and in yuan
there; a price that holds at some hours only has no place with us. The platform serves models of other labs too: the
day on which it published one is a release only for its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import facts, rows
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.openai import model_of
from ai_models.sources.parsed import Parsed
from ai_models.sources.tariffs import money

__all__ = ["list_models", "parse_alibaba"]

_PAGE_SIZE = 100
_OWN = ("qwen", "qwen-domain-model", "wan", "happyhorse")
_PARTS = {
    "input_token": "input",
    "text_input_token": "input",
    "vision_input_token": "input",
    "embedding_token": "input",
    "omni_no_audio_input_token": "input",
    "output_token": "output",
    "purein_text_output_token": "output",
    "omni_no_audio_output_token": "output",
    "input_token_cache": "cache_read",
    "input_token_cache_read": "cache_read",
    "input_token_cache_creation_5m": "cache_write",
    "audio_input_token": "input_audio",
    "omni_audio_input_token": "input_audio",
    "omni_audio_output_token": "output_audio",
}
_TOKEN_UNITS = ("per 1m tokens", "per million tokens", "per 1 million tokens")
_CAPABILITIES = {"VU": "vision", "Reasoning": "reasoning"}
_USD_HOSTS = ("dashscope-intl.aliyuncs.com", "ap-southeast-1.maas.aliyuncs.com", "us-east-1.maas.aliyuncs.com")
_LONG = re.compile(r"(\d+)\s*k\s*<\s*input", re.IGNORECASE)


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for all pages of the list; prices are read from the servers that state them in USD."""
    host = urlsplit(url).hostname or ""
    asked = f"{url}?language=en-US&page_size={_PAGE_SIZE}&page_no="
    pages = exchange.pages(f"{asked}1", lambda payload: _next_page(asked, payload))
    in_usd = host.endswith(_USD_HOSTS)
    return rows.merge_pages(parse_alibaba(payload, provider.id, in_usd=in_usd) for payload in pages)


def _next_page(asked: str, payload: Any) -> str | None:
    output = rows.mapping(rows.mapping(payload).get("output"))
    page, size, total = (rows.count(output.get(name)) for name in ("page_no", "page_size", "total"))
    return f"{asked}{page + 1}" if page and size and total and page * size < total else None


def parse_alibaba(payload: Any, provider: str = "alibaba", *, in_usd: bool = True) -> Parsed:
    """Return the models of one page of the list; raise `SourceFormatError` if it is none.

    >>> price = {"type": "input_token", "price": "0.4", "price_unit": "Per 1M tokens"}
    >>> row = {"model": "qwen-plus", "prices": [{"range_name": "Default", "prices": [price]}]}
    >>> parse_alibaba({"output": {"models": [row]}}).models[0].cost_per_token
    {'input': 4e-07}
    """
    output = rows.mapping(payload).get("output") if isinstance(payload, Mapping) else None
    listed = rows.expect_rows(output if isinstance(output, Mapping) else payload, provider, "models", "data", "")
    return rows.parse_rows(listed, lambda row: _model(row, provider, in_usd))


def _model(row: Mapping[str, Any], provider: str, in_usd: bool) -> Model:
    words = facts.texts(row.get("capabilities"))
    told = {
        **rows.mapping(row.get("model_info")),
        "id": row.get("model") or row.get("id"),
        "name": row.get("name"),
        "input_modalities": rows.dig(row, "inference_metadata.request_modality"),
        "output_modalities": rows.dig(row, "inference_metadata.response_modality"),
        "features": row.get("features"),
        "capabilities": {_CAPABILITIES[word]: True for word in words if word in _CAPABILITIES},
    }
    model = model_of(told, provider)
    steps = dict(_steps(row.get("prices"))) if in_usd else {}
    tiers = [
        {"when": {"input_tokens_above": above}, "cost_per_token": costs} for above, costs in steps.items() if above
    ]
    return replace(
        model,
        kind=model.kind or ("chat" if "TG" in words else None),
        cost_per_token=steps.get(0, {}),
        price_tiers=facts.in_order(tiers),
        released=rows.past_day(row.get("published_time")) if row.get("provider") in _OWN else None,
    )


def _steps(stated: Any) -> Iterator[tuple[int, dict[str, float]]]:
    """Yield the prices of each range, with the number of prompt tokens that it begins above."""
    for step in facts.rows(stated):
        name = str(step.get("range_name", "")).strip()
        long = _LONG.search(name[:100])
        costs = _costs(step.get("prices"))
        if costs and (long or name.lower() == "default" or re.match(r"input\s*<", name, re.IGNORECASE)):
            yield int(long[1]) * 1000 if long else 0, costs


def _costs(stated: Any) -> dict[str, float]:
    found: dict[str, float] = {}
    for record in facts.rows(stated):
        part = _PARTS.get(str(record.get("type", "")).lower())
        cost = money(record.get("price"), 1_000_000)
        per_tokens = " ".join(str(record.get("price_unit", "")).lower().split()) in _TOKEN_UNITS
        always = record.get("time_band") in (None, "", "Default")
        if part and cost is not None and per_tokens and always:
            found.setdefault(part, cost)
    return found
