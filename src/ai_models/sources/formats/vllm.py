"""vLLM: the model it serves under each of its names, and the adapters on top of it.

`max_model_len` is what a request gets, which may be less than the model was trained for: the *effective* context.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import text_or_none
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.local import root_of
from ai_models.sources.formats.recognise import expecting
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_vllm"]


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list, and which version this is."""
    with expecting(provider, exchange, url) as expected:
        parsed = parse_vllm(expected(exchange.json(url)), provider.id)
    version = text_or_none(rows.dig(exchange.optional(f"{root_of(url)}/version"), "version"))
    if version:
        exchange.notes.append(f"version {version[:40]}")
    return parsed


def parse_vllm(payload: Any, provider: str = "vllm") -> Parsed:
    """Return the models of vLLM's list: an adapter has the model it extends as its parent.

    >>> base = {"id": "qwen3", "root": "/models/qwen3", "parent": None, "max_model_len": 8192}
    >>> parsed = parse_vllm({"data": [base, {"id": "my-lora", "root": "/loras/my", "parent": "qwen3"}]})
    >>> parsed.models[1].connector_metadata["vllm"]["parent_model"]
    'qwen3'
    """
    listed = rows.expect_rows(payload, provider, "data")
    windows = {row["id"]: rows.count(row.get("max_model_len")) for row in _bases(listed)}
    first: dict[str, str] = {}
    for row in _bases(listed):
        if text_or_none(row.get("root")):
            first.setdefault(row["root"], row["id"])
    return rows.parse_rows(listed, lambda row: _model(row, provider, windows, first))


def _bases(listed: Iterable[Any]) -> list[Mapping[str, Any]]:
    """Return the rows that are no adapters."""
    return [
        row
        for row in listed
        if isinstance(row, Mapping) and isinstance(row.get("id"), str) and text_or_none(row.get("parent")) is None
    ]


def _model(row: Mapping[str, Any], provider: str, windows: Mapping[str, int | None], first: Mapping[str, str]) -> Model:
    id = rows.row_id(row, "id")
    root, parent = text_or_none(row.get("root")), text_or_none(row.get("parent"))
    named = first.get(root) if root and not parent else None
    facts = {
        "effective_context": rows.count(row.get("max_model_len")) or windows.get(parent or ""),
        "path": root if root != id else None,
        "parent_model": parent,
        "alias_of": named if named != id else None,
        "state": "loaded",
    }
    return Model(id, provider, is_local=True, connector_metadata={provider: rows.known(facts)})
