"""Labs with a form of their own, and OpenRouter."""

from collections.abc import Mapping
from typing import Any

from tests.recordings import Recording

from ai_models.sources.formats.anthropic import parse_anthropic
from ai_models.sources.formats.cohere import parse_cohere
from ai_models.sources.formats.gemini import parse_gemini
from ai_models.sources.formats.mistral import parse_mistral
from ai_models.sources.formats.openrouter import parse_openrouter
from ai_models.sources.formats.openrouter_endpoints import parse_openrouter_endpoints, parse_openrouter_zdr


def rows_of(name: str) -> Any:
    return lambda payload: payload if isinstance(payload, list) else payload[name]


def gemini(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "context_size": row.get("inputTokenLimit") or None,
        "max_input_tokens": row.get("inputTokenLimit") or None,
        "max_output_tokens": row.get("outputTokenLimit") or None,
        "name": row["displayName"],
        "capabilities.reasoning": row.get("thinking"),
        "capabilities.fine_tuning": True if "createTuned" in str(row["supportedGenerationMethods"]) else None,
    }


def price(row: Mapping[str, Any], name: str) -> float | None:
    stated = row["pricing"].get(name)
    return None if stated is None or float(stated) < 0 else float(stated)


TOKENS = {
    "prompt": "input",
    "completion": "output",
    "input_cache_read": "cache_read",
    "input_cache_write": "cache_write",
    "audio": "input_audio",
    "input_audio_cache": "cache_read_audio",
}
UNITS = {"image": "image", "request": "request", "web_search": "search"}


def openrouter(row: Mapping[str, Any]) -> Mapping[str, Any]:
    outputs = row["architecture"].get("output_modalities") or ["text"]
    facts: dict[str, Any] = {
        "context_size": row["context_length"] or None,
        "max_output_tokens": row["top_provider"]["max_completion_tokens"] or None,
        "max_input_tokens": None,
        "name": row["name"],
        "knowledge_cutoff": row.get("knowledge_cutoff"),
        "retired": row.get("expiration_date"),
        "kind": "embedding" if outputs == ["embeddings"] else "chat" if "text" in outputs else outputs[0],
    }
    if "text" in outputs:
        facts |= {f"cost_per_token.{ours}": price(row, name) for name, ours in TOKENS.items()}
    if float(price(row, "internal_reasoning") or 0):
        facts["cost_per_token.reasoning"] = price(row, "internal_reasoning")
    return facts | {f"cost_per_unit.{ours}": price(row, name) for name, ours in UNITS.items()}


def backend(row: Mapping[str, Any]) -> Mapping[str, Any]:
    stated = {
        "provider": row["provider_name"],
        "tag": row["tag"],
        "status": row["status"],
        "context_size": row["context_length"],
        "max_input_tokens": row["max_prompt_tokens"],
        "max_output_tokens": row["max_completion_tokens"],
        "quantization": row["quantization"],
        "cost_per_token": {ours: price(row, name) for name, ours in TOKENS.items() if price(row, name) is not None},
        "cost_per_unit": {ours: price(row, name) for name, ours in UNITS.items() if price(row, name)},
    }
    return {name: value for name, value in stated.items() if value not in (None, {})}


def backends(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"offer.backends": [backend(each) for each in row["endpoints"]], "name": row["name"]}


def anthropic(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "name": row["display_name"],
        "released": row["created_at"][:10],
        "context_size": row.get("max_input_tokens"),
        "max_output_tokens": row.get("max_tokens"),
        "kind": "chat",
    }


def cohere(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "context_size": row.get("context_length"),
        "kind": {"chat": "chat", "embed": "embedding", "rerank": "rerank"}[row["endpoints"][0]],
        "status": "deprecated" if row["is_deprecated"] else None,
        "capabilities.tools": True if "tools" in row.get("features", ()) else None,
        "offer.tokenizer_url": row.get("tokenizer_url"),
    }


def mistral(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "context_size": row.get("max_context_length"),
        "released": None,
        "deprecated": (row.get("deprecation") or "")[:10] or None,
        "capabilities.tools": row["capabilities"]["function_calling"],
        "capabilities.vision": row["capabilities"]["vision"],
        "capabilities.fine_tuning": row["capabilities"].get("fine_tuning"),
        "offer.default_temperature": row["default_model_temperature"],
        "offer.parent_model": row.get("root"),
    }


RECORDINGS = {
    "anthropic/v1_models*.json": Recording(parse_anthropic, rows_of("data"), lambda row: row["id"], anthropic),
    "cohere/v1_models.json": Recording(parse_cohere, rows_of("models"), lambda row: row["name"], cohere),
    "gemini/v1beta_models*.json": Recording(
        parse_gemini, rows_of("models"), lambda row: row["name"].removeprefix("models/"), gemini
    ),
    "mistral/*v1_models*.json": Recording(parse_mistral, rows_of("data"), lambda row: row["id"], mistral),
    "openrouter/v1_models-*.json": Recording(parse_openrouter, rows_of("data"), lambda row: row["id"], openrouter),
    **{
        f"openrouter/docs_v1_{name}.json": Recording(
            parse_openrouter, rows_of("data"), lambda row: row["id"], openrouter
        )
        for name in ("models", "models_user", "embeddings_models")
    },
    "openrouter/docs_v1_images_models.json": Recording(
        parse_openrouter,
        rows_of("data"),
        lambda row: row["id"],
        lambda row: {
            "kind": "image",
            "input_modalities": row["architecture"]["input_modalities"],
            "output_modalities": row["architecture"]["output_modalities"],
            "capabilities.streaming": row["supports_streaming"],
            "cost_per_token": None,
            "cost_per_unit": None,
        },
    ),
    "openrouter/docs_v1_videos_models.json": Recording(
        parse_openrouter,
        rows_of("data"),
        lambda row: row["id"],
        lambda row: {
            "kind": "video",
            "cost_per_unit": None,
            "cost_per_token": None,
            "capabilities.audio_output": row["generate_audio"],
            "capabilities.vision": True if "first_frame" in row["supported_frame_images"] else None,
            "offer.pricing_skus": row["pricing_skus"],
        },
    ),
    "openrouter/docs_v1_endpoints_zdr.json": Recording(
        parse_openrouter_zdr,
        rows_of("data"),
        lambda row: row["model_id"],
        lambda row: {"offer.zero_retention": True, "offer.backends": [backend(row)]},
    ),
    **{
        f"openrouter/{name}.json": Recording(
            parse_openrouter_endpoints, lambda payload: [payload["data"]], lambda row: row["id"], backends
        )
        for name in ("docs_v1_models_id_endpoints", "v1_models_id_endpoints-2025-05-23")
    },
    "openrouter/docs_v1_images_models_id_endpoints.json": Recording(
        parse_openrouter_endpoints,
        lambda payload: [payload],
        lambda row: row["id"],
        lambda row: {
            "offer.backends": [
                {
                    "provider": each["provider_name"],
                    "tag": each["provider_tag"],
                    "cost_per_unit": {"image": each["pricing"][0]["cost_usd"]},
                }
                for each in row["endpoints"]
            ]
        },
    ),
}
