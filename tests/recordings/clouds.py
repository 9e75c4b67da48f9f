"""Clouds, whose lists say in their own way what can be called."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.recordings import Recording, per_million
from tests.shared import PAYLOADS

from ai_models.sources.formats.azure import parse_azure
from ai_models.sources.formats.bedrock import parse_bedrock, parse_mantle
from ai_models.sources.formats.cloudflare import parse_cloudflare
from ai_models.sources.formats.openai import parse_openai
from ai_models.sources.formats.vertex import parse_vertex
from ai_models.sources.parsed import Parsed

FOUNDATION = PAYLOADS / "bedrock" / "foundation-models-2025-11-03.json"


def tokens(text: Any) -> int | None:
    """Read "128K tokens", "200k", "163,840"."""
    found = re.fullmatch(r"([\d,.]+)([KM]?)(?: tokens)?", str(text), re.IGNORECASE)
    if found is None:
        return None
    return round(float(found[1].replace(",", "")) * {"": 1, "K": 1000, "M": 1_000_000}[found[2].upper()])


def bedrock(row: Mapping[str, Any]) -> Mapping[str, Any]:
    ways = row["inferenceTypesSupported"]
    card, said, converse = row.get("modelCard") or {}, row.get("description") or {}, row.get("converse") or {}
    return {
        "name": row["modelName"],
        "context_size": tokens(card.get("contextWindow") or said.get("maxContextWindow")),
        "max_output_tokens": tokens(card.get("maxOutputTokens")) or converse.get("maxTokensMaximum"),
        "capabilities.streaming": row.get("responseStreamingSupported"),
        "offer.requires_profile": (True if "INFERENCE_PROFILE" in ways and "ON_DEMAND" not in ways else None),
        "status": "deprecated" if row["modelLifecycle"]["status"] == "LEGACY" else None,
    }


def with_models(payload: Any) -> Parsed:
    """Read profiles beside the models of a region, and give back those of the profiles."""
    models = json.loads(FOUNDATION.read_bytes())
    parsed = parse_bedrock(models, [payload])
    own = {row["modelId"] for row in models["modelSummaries"]}
    return Parsed([model for model in parsed.models if model.id not in own], parsed.skipped)


def day(epoch: int | None) -> str | None:
    found = None if epoch is None else datetime.fromtimestamp(epoch, UTC).date().isoformat()
    return found if found and "2015" < found < "2099" else None


def azure(row: Mapping[str, Any]) -> Mapping[str, Any]:
    flags = row["capabilities"]
    kind = "chat" if flags["chat_completion"] else "embedding" if flags["embeddings"] else None
    return {
        "retired": day(row["deprecation"].get("inference")),
        "kind": kind or ("completion" if flags["completion"] else None),
        "offer.active": None if flags["inference"] else False,
    }


def cloudflare(row: Mapping[str, Any]) -> Mapping[str, Any]:
    stated = {each["property_id"]: each["value"] for each in row["properties"]}
    prices = {each["unit"]: each["price"] for each in stated["price"]}
    return {
        "context_size": int(stated["context_window"]),
        "cost_per_token.input": per_million(prices.get("per M input tokens")),
        "cost_per_token.output": per_million(prices.get("per M output tokens")),
        "capabilities.tools": True if stated.get("function_calling") == "true" else None,
    }


def vertex_id(row: Mapping[str, Any]) -> str:
    return row["publisherModelTemplate"].rpartition("/")[2].removesuffix("@default")


RECORDINGS = {
    "bedrock/foundation-models-*.json": Recording(
        parse_bedrock, lambda payload: payload["modelSummaries"], lambda row: row["modelId"], bedrock
    ),
    "bedrock/catalog_models.json": Recording(
        parse_bedrock, lambda payload: payload, lambda row: row["modelId"], bedrock
    ),
    "bedrock/inference-profiles-*.json": Recording(
        with_models,
        lambda payload: payload["inferenceProfileSummaries"],
        lambda row: row["inferenceProfileId"],
        lambda row: {"offer.active": None, "offer.requires_profile": None},
    ),
    "bedrock/mantle_models.json": Recording(
        parse_mantle,
        lambda payload: [{"id": id, **row} for id, row in payload.items()],
        lambda row: row["id"],
        lambda row: {"offer.regions": row["regions"]},
    ),
    "bedrock/mantle_v1_models*.json": Recording(
        lambda payload: parse_openai(payload, "bedrock"),
        lambda payload: payload["data"],
        lambda row: row["id"],
        lambda row: {"released": None},
    ),
    "azure/openai_models.json": Recording(parse_azure, lambda payload: payload["data"], lambda row: row["id"], azure),
    "azure/openai_v1_models*.json": Recording(
        parse_azure, lambda payload: payload["data"], lambda row: row["id"], azure
    ),
    "azure/openai_deployments.json": Recording(
        parse_azure,
        lambda payload: payload["data"],
        lambda row: row["id"],
        lambda row: {"offer.alias_of": row["model"]},
    ),
    "azure/arm_locations_models.json": Recording(
        parse_azure,
        lambda payload: payload["value"],
        lambda row: row["model"]["name"] + (f"-{row['model']['version']}" if row["model"]["version"] != "1" else ""),
        lambda row: {"retired": row["model"]["deprecation"]["inference"][:10]},
    ),
    "vertexai/publishers_google_models*.json": Recording(
        parse_vertex,
        lambda payload: payload["publisherModels"],
        vertex_id,
        lambda row: {"status": None if row["launchStage"] == "GA" else "preview"},
    ),
    "cloudflare/ai_models_search_items.json": Recording(
        parse_cloudflare, lambda payload: payload, lambda row: row["name"], cloudflare
    ),
}
