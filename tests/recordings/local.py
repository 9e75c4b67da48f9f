"""Local runtimes and self-hosted servers."""

from collections.abc import Mapping
from typing import Any

from tests.recordings import Recording

from ai_models.sources.formats.gpustack import parse_gpustack
from ai_models.sources.formats.litellm_proxy import parse_litellm_proxy
from ai_models.sources.formats.llamacpp import parse_llamacpp
from ai_models.sources.formats.lmstudio import parse_lmstudio
from ai_models.sources.formats.localai import parse_localai
from ai_models.sources.formats.ollama import parse_ollama
from ai_models.sources.formats.openai import parse_openai

TOKENS = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "cache_write_1h": "cache_creation_input_token_cost_above_1hr",
}
SERVICES = {"batches": "batch", "priority": "priority"}
CALLED_TWICE = "gpt-4o"
"""A name with two deployments behind it, of which one has prices that the other lacks."""


def listed(name: str) -> Any:
    return lambda payload: payload[name]


def ollama(row: Mapping[str, Any]) -> Mapping[str, Any]:
    details = row["details"]
    number, unit = float(details["parameter_size"][:-1]), details["parameter_size"][-1]
    return {
        "parameters": round(number * {"B": 1e9, "M": 1e6}[unit]),
        "is_local": True,
        "offer.quantization": details["quantization_level"],
        "offer.size_bytes": row["size"],
        "offer.digest": row["digest"],
        "offer.architecture": details["family"],
        "offer.parent_model": details.get("parent_model") or None,
        "cost_per_token": None,
        "context_size": None,
    }


def lmstudio_v1(row: Mapping[str, Any]) -> Mapping[str, Any]:
    loaded = row["loaded_instances"]
    return {
        "name": row["display_name"],
        "kind": {"llm": "chat", "embedding": "embedding"}[row["type"]],
        "context_size": row["max_context_length"],
        "capabilities.vision": row.get("capabilities", {}).get("vision"),
        "capabilities.tools": row.get("capabilities", {}).get("trained_for_tool_use"),
        "offer.effective_context": loaded[0]["config"]["context_length"] if loaded else None,
        "offer.state": "loaded" if loaded else "unloaded",
        "offer.size_bytes": row["size_bytes"],
        "offer.quantization": row["quantization"]["name"],
        "offer.architecture": row.get("architecture"),
    }


def lmstudio_v0(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "kind": "embedding" if row["type"] == "embeddings" else "chat",
        "context_size": row["max_context_length"],
        "capabilities.vision": {"vlm": True, "llm": False}.get(row["type"]),
        "offer.effective_context": row.get("loaded_context_length"),
        "offer.state": "loaded" if row["state"] == "loaded" else "unloaded",
        "offer.quantization": row["quantization"],
        "offer.format": row["compatibility_type"],
        "offer.architecture": row["arch"],
    }


def llamacpp(row: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = row.get("meta", {})
    return {
        "context_size": meta.get("n_ctx_train"),
        "parameters": meta.get("n_params"),
        "offer.effective_context": meta.get("n_ctx"),
        "offer.size_bytes": meta.get("size"),
        "offer.quantization": meta["ftype"].split()[-1] if meta else None,
        "offer.state": row["status"]["value"] if "status" in row else "loaded",
        "released": None,
    }


def gpustack(row: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = row["meta"]
    return {
        "kind": "chat",
        "context_size": meta["n_ctx_train"],
        "parameters": meta["n_params"],
        "capabilities.tools": meta["support_tool_calls"],
        "offer.effective_context": meta["n_slot_ctx"],
        "offer.size_bytes": meta["size"],
        "offer.replicas": row["replicas"],
        "offer.ready_replicas": row["ready_replicas"],
        "released": None,
    }


def litellm(id: str, row: Mapping[str, Any], info: Mapping[str, Any]) -> Mapping[str, Any]:
    prices = {f"cost_per_token.{ours}": info.get(theirs) or None for ours, theirs in TOKENS.items()}
    embeds = info["mode"] == "embedding"
    offer = {} if "litellm_params" not in row else {"offer.remote_model": row["litellm_params"]["model"]}
    if id == CALLED_TWICE:
        offer = {"offer.deployments": 2} if offer else {}
    window = row_limit = info.get("max_input_tokens")
    if info["mode"] == "audio_speech":
        window = None
    else:
        row_limit = None
    return {
        **prices,
        **offer,
        **({} if id == CALLED_TWICE else {"price_tiers": tiers(info) or None, "cost_per_unit": units(info) or None}),
        "context_size": window,
        "max_input_tokens": row_limit,
        "max_output_tokens": None if embeds else info.get("max_output_tokens"),
        "released": None,
        "lab": None,
    }


def tiers(info: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for suffix, service in SERVICES.items():
        costs = {ours: info.get(f"{theirs}_{suffix}") for ours, theirs in TOKENS.items()}
        stated = {part: cost for part, cost in costs.items() if cost}
        if stated:
            found.append({"when": {"service": service}, "cost_per_token": stated})
    return found


def units(info: Mapping[str, Any]) -> dict[str, float]:
    searches = {
        name.rpartition("_")[2]: cost for name, cost in (info.get("search_context_cost_per_query") or {}).items()
    }
    if len(set(searches.values())) == 1:
        searches = {"search": searches["low"]}
    else:
        searches = {f"search_{size}": cost for size, cost in searches.items()}
    stated = {"character": info.get("input_cost_per_character"), "second": info.get("input_cost_per_second")}
    return searches | {unit: cost for unit, cost in stated.items() if cost}


def litellm_id(row: Mapping[str, Any], field: str) -> str | None:
    return None if "*" in row[field] else str(row[field])


MODEL_INFO = Recording(
    parse_litellm_proxy,
    listed("data"),
    lambda row: litellm_id(row, "model_name"),
    lambda row: litellm(row["model_name"], row, row["model_info"]),
)
RECORDINGS = {
    "ollama/api_tags-*.json": Recording(
        parse_ollama, listed("models"), lambda row: row.get("model") or row["name"], ollama
    ),
    "ollama/v1_models-*.json": Recording(
        lambda payload: parse_openai(payload, "ollama", is_local=True),
        listed("data"),
        lambda row: row["id"],
        lambda row: {"is_local": True, "released": None, "cost_per_token": None},
    ),
    "lmstudio/api_v1_models.json": Recording(parse_lmstudio, listed("models"), lambda row: row["key"], lmstudio_v1),
    "lmstudio/api_v0_models.json": Recording(parse_lmstudio, listed("data"), lambda row: row["id"], lmstudio_v0),
    "llamacpp/v1_models*.json": Recording(parse_llamacpp, listed("data"), lambda row: row["id"], llamacpp),
    "localai/v1_models*.json": Recording(
        parse_localai,
        listed("data"),
        lambda row: row["id"],
        lambda row: {
            "capabilities.vision": "image" in row["input_modalities"] if "input_modalities" in row else None,
            "kind": {"c": "chat", "t": "transcription", " ": None}[row.get("capabilities", [" "])[0][0]],
        },
    ),
    "gpustack/models-*.json": Recording(parse_gpustack, listed("items"), lambda row: row["name"], gpustack),
    "litellm/v1_models[.-]*json": Recording(
        parse_litellm_proxy,
        listed("data"),
        lambda row: litellm_id(row, "id"),
        lambda row: litellm(row["id"], row, row),
    ),
    "litellm/model_info.json": MODEL_INFO,
    "litellm/v1_model_info.json": MODEL_INFO,
    "litellm/model_group_info.json": Recording(
        parse_litellm_proxy,
        listed("data"),
        lambda row: litellm_id(row, "model_group"),
        lambda row: litellm(row["model_group"], row, row),
    ),
}
