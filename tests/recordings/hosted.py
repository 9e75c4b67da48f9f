"""Hosted providers with lists like OpenAI's: prices and limits as the file states them, in our units."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.recordings import Recording, per_million

from ai_models.sources.formats.huggingface import parse_huggingface
from ai_models.sources.formats.openai import parse_openai
from ai_models.sources.formats.vercel import parse_vercel
from ai_models.sources.parsed import Parsed

Row = Mapping[str, Any]


def rows(payload: Any) -> Any:
    return payload if isinstance(payload, list) else payload["data"]


def by(name: str) -> Any:
    return lambda row: row[name]


def openai(payload: Any) -> Parsed:
    return parse_openai(payload, "openai", dated=True)


def openai_facts(row: Row) -> Mapping[str, Any]:
    return {"retired": row.get("shutdown_date"), "cost_per_token": None, "kind": None}


def openai_dated_facts(row: Row) -> Mapping[str, Any]:
    created = datetime.fromtimestamp(row["created"], UTC).date().isoformat()
    return {**openai_facts(row), "released": created, "context_size": None}


def perplexity(row: Row) -> Mapping[str, Any]:
    pricing = row.get("pricing") or {}
    parts = ("input", "output", "cache_read", "cache_write")
    return {"released": None, **{f"cost_per_token.{part}": per_million(pricing.get(part)) for part in parts}}


def heroku(row: Row) -> Mapping[str, Any]:
    kinds = {
        "text-to-text": "chat",
        "text-to-score": "rerank",
        "text-to-embedding": "embedding",
        "text-to-image": "image",
    }
    return {
        "kind": kinds[row["type"][0]],
        "deprecated": (row.get("deprecation_date") or "")[:10] or None,
        "retired": (row.get("eol_date") or "")[:10] or None,
        "successor": row.get("replacement_model"),
        "status": "deprecated" if row["state"] == "deprecated" else None,
        "offer.regions": row["regions"],
    }


def huggingface(row: Row) -> Mapping[str, Any]:
    live = [each for each in row["providers"] if each["status"] == "live"]
    tools = {each.get("supports_tools") for each in live}
    windows = {each.get("context_length") for each in live}
    prices = {str(each.get("pricing")) for each in live}
    assert len(prices) > 1, "the recorded backends disagree, so that the model has no price of its own"
    return {
        "context_size": windows.pop() if len(windows) == 1 else None,
        "cost_per_token": None,
        "capabilities.tools": tools.pop() if len(tools) == 1 else None,
        "capabilities.vision": "image" in row["architecture"]["input_modalities"],
        "offer.backends": [backend(row["id"], each) for each in row["providers"]],
    }


def backend(id: str, row: Row) -> dict[str, Any]:
    pricing = row.get("pricing")
    facts = {
        "id": f"{id}:{row['provider']}",
        "provider": row["provider"],
        "status": row["status"],
        "context_size": row.get("context_length"),
        "cost_per_token": pricing and {part: float(f"{value}e-6") for part, value in pricing.items()},
        "tools": row.get("supports_tools"),
        "structured_output": row.get("supports_structured_output"),
    }
    return {name: value for name, value in facts.items() if value is not None}


def together(row: Row) -> Mapping[str, Any]:
    return {
        "name": row["display_name"],
        "kind": "chat",
        "context_size": row["context_length"],
        "cost_per_token.input": per_million(row["pricing"]["input"]),
        "cost_per_token.output": per_million(row["pricing"]["output"]),
        "released": None,
        "license": None,
    }


def github(row: Row) -> Mapping[str, Any]:
    return {
        "name": row["name"],
        "max_input_tokens": row["limits"]["max_input_tokens"],
        "max_output_tokens": row["limits"]["max_output_tokens"],
        "context_size": None,
        "input_modalities": row["supported_input_modalities"],
        "capabilities.streaming": True,
        "capabilities.tools": True,
        "capabilities.vision": True,
        "capabilities.audio_input": True,
    }


def vercel(row: Row) -> Mapping[str, Any]:
    """The prices of this file are per million, against the reference: nobody asks a dollar a token, so they go."""
    return {
        "name": row["name"],
        "kind": {"language": "chat", "image": "image"}[row["type"]],
        "context_size": row["context_window"],
        "max_output_tokens": row["max_tokens"],
        "cost_per_token.input": None,
        "released": None,
    }


RECORDINGS = {
    "openai/docs_v1_models.json": Recording(openai, rows, by("id"), openai_facts),
    "openai/v1_models-*.json": Recording(openai, rows, by("id"), openai_dated_facts),
    "perplexity/v1_models-*.json": Recording(
        lambda payload: parse_openai(payload, "perplexity", shape="perplexity", dated=True), rows, by("id"), perplexity
    ),
    "cerebras/v1_models-*.json": Recording(
        lambda payload: parse_openai(payload, "cerebras"), rows, by("id"), lambda row: {"released": None, "kind": None}
    ),
    "heroku/available-models-*.json": Recording(
        lambda payload: parse_openai(payload, "heroku", shape="heroku"), rows, by("model_id"), heroku
    ),
    "huggingface/router_v1_models.json": Recording(parse_huggingface, rows, by("id"), huggingface),
    "together/v1_models.json": Recording(
        lambda payload: parse_openai(payload, "together", shape="together"), rows, by("id"), together
    ),
    "github-models/catalog_models.json": Recording(
        lambda payload: parse_openai(payload, "github", shape="github"), rows, by("id"), github
    ),
    "vercel/v1_models-fixture-roo.json": Recording(parse_vercel, rows, by("id"), vercel),
}
