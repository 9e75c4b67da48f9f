"""Catalogues that others publish, and tables of benchmarks."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.recordings import Recording, per_million

from ai_models.providers import provider_id
from ai_models.sources.benchmarks.aider import parse_aider
from ai_models.sources.benchmarks.models_dev import parse_models_dev_scores
from ai_models.sources.catalogues.litellm_map import parse_litellm_map, wire_id
from ai_models.sources.catalogues.models_dev import parse_models_dev
from ai_models.sources.parsed import Parsed


def apart(parsed: Parsed) -> Parsed:
    """Several providers list the same ids: let the provider be part of them."""
    for model in parsed.models:
        model.id = f"{model.provider}|{model.id}"
    return parsed


def models_dev_rows(payload: Any) -> Iterator[tuple[str, bool, Any]]:
    for name, provider in payload.items():
        listed = list(provider["models"].values())
        costs = [value for row in listed for value in (row.get("cost") or {}).values()]
        sold = any(value for value in costs if isinstance(value, int | float))
        yield from ((provider_id(name) or name, sold, row) for row in listed)


def models_dev(given: tuple[str, bool, Any]) -> Mapping[str, Any]:
    _, sold, row = given
    cost = (row.get("cost") or {}) if sold else {}
    names = ["input", "output", "cache_read", "cache_write", "reasoning", "input_audio", "output_audio"]
    above = {tier["tier"]["size"]: tier for tier in cost.get("tiers", [])}
    if not above and "context_over_200k" in cost:
        above = {200_000: cost["context_over_200k"]}
    return {
        "context_size": row["limit"]["context"] or None,
        "max_output_tokens": row["limit"]["output"] or None,
        "max_input_tokens": row["limit"].get("input") or None,
        "capabilities.tools": row["tool_call"],
        "capabilities.reasoning": row["reasoning"],
        "capabilities.structured_output": row.get("structured_output"),
        "input_modalities": row["modalities"]["input"],
        "output_modalities": row["modalities"]["output"],
        "knowledge_cutoff": row.get("knowledge"),
        "released": None if row["release_date"] == "2025-25-11" else row["release_date"],  # the file's own slip
        "open_weights": row["open_weights"],
        "status": row.get("status"),
        **{f"cost_per_token.{name}": per_million(cost.get(name)) for name in names},
    }


class Values:
    """The values of a model's first scores, whatever else is known of them."""

    def __init__(self, *values: float) -> None:
        self.values = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list) and {*self.values} <= {score["value"] for score in other}

    __hash__ = None


def is_open(score: Mapping[str, Any]) -> bool:
    host = score["source"].split("/")[2]
    return host not in ("artificialanalysis.ai", "openrouter.ai") and "Artificial" not in score["name"]


def aider_id(row: Mapping[str, Any]) -> str | None:
    parsed = parse_aider([row])
    return parsed.models[0].id if parsed.models else None


def litellm_id(row: tuple[str, Any]) -> str | None:
    found = wire_id(row[0], row[1]["litellm_provider"]) if "litellm_provider" in row[1] else ""
    return "|".join(found) if isinstance(found, tuple) else None


RECORDINGS = {
    "aider/model-metadata.json": Recording(
        lambda payload: apart(parse_litellm_map(payload)),
        lambda payload: payload.items(),
        litellm_id,
        lambda row: {
            "cost_per_token.input": row[1].get("input_cost_per_token") or None,
            "cost_per_token.output": row[1].get("output_cost_per_token") or None,
            "max_output_tokens": row[1].get("max_output_tokens"),
        },
    ),
    "benchmarks/aider_*.json": Recording(
        parse_aider,
        lambda payload: payload,
        aider_id,
        lambda row: {"benchmarks": Values(row.get("pass_rate_2", row["pass_rate_1"]))},
    ),
    "modelsdev/api-*.json": Recording(
        lambda payload: apart(parse_models_dev(payload)),
        models_dev_rows,
        lambda given: f"{given[0]}|{given[2]['id']}",
        models_dev,
    ),
    "modelsdev/models-*.json": Recording(
        parse_models_dev_scores,
        lambda payload: payload.values(),
        lambda row: row["id"].partition("/")[2] if any(map(is_open, row.get("benchmarks", []))) else None,
        lambda row: {"benchmarks": Values(*(score["score"] for score in row["benchmarks"] if is_open(score)))},
    ),
}
