"""Labs with a form of their own, and OpenRouter."""

from collections.abc import Mapping
from typing import Any

from tests.recordings import Recording

from ai_models.sources.formats.anthropic import parse_anthropic
from ai_models.sources.formats.cohere import parse_cohere
from ai_models.sources.formats.gemini import parse_gemini
from ai_models.sources.formats.mistral import parse_mistral
from ai_models.sources.formats.openrouter import parse_openrouter


def rows_of(name: str) -> Any:
    return lambda payload: payload if isinstance(payload, list) else payload[name]


def gemini(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "context_size": row.get("inputTokenLimit") or None,
        "max_output_tokens": row.get("outputTokenLimit") or None,
        "name": row["displayName"],
    }


def price(row: Mapping[str, Any], name: str) -> float | None:
    stated = row["pricing"].get(name)
    return None if stated is None or float(stated) < 0 else float(stated)


def openrouter(row: Mapping[str, Any]) -> Mapping[str, Any]:
    outputs = row["architecture"].get("output_modalities") or ["text"]
    prices = {}
    if "text" in outputs:
        prices = {"cost_per_token.input": price(row, "prompt"), "cost_per_token.output": price(row, "completion")}
    return {"context_size": row["context_length"] or None, "name": row["name"], **prices}


RECORDINGS = {
    "anthropic/v1_models*.json": Recording(
        parse_anthropic, rows_of("data"), lambda row: row["id"], lambda row: {"name": row["display_name"]}
    ),
    "cohere/v1_models.json": Recording(
        parse_cohere,
        rows_of("models"),
        lambda row: row["name"],
        lambda row: {"context_size": row.get("context_length")},
    ),
    "gemini/v1beta_models*.json": Recording(
        parse_gemini, rows_of("models"), lambda row: row["name"].removeprefix("models/"), gemini
    ),
    "mistral/*v1_models*.json": Recording(
        parse_mistral,
        rows_of("data"),
        lambda row: row["id"],
        lambda row: {"context_size": row.get("max_context_length")},
    ),
    "openrouter/v1_models-*.json": Recording(parse_openrouter, rows_of("data"), lambda row: row["id"], openrouter),
}
