"""GPUStack: the models deployed on a cluster, page by page, with how many of their replicas are ready.

A model is called by its `name`. A request gets the context of one slot. Newer versions answer the same address in
OpenAI's form, with ids alone.
"""

from collections.abc import Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import text_or_none
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.local import quantization_in_name
from ai_models.sources.formats.recognise import expecting
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_gpustack"]

_CAPABILITIES = {
    "support_vision": "vision",
    "support_tool_calls": "tools",
    "support_parallel_tool_calls": "parallel_tools",
    "support_reasoning": "reasoning",
    "support_audio": "audio_input",
}


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for every page."""

    def following(payload: Any) -> str | None:
        page, pages = (rows.count(rows.dig(payload, f"pagination.{name}")) for name in ("page", "totalPage"))
        return f"{url}?page={page + 1}&perPage=100" if page and pages and page < pages else None

    with expecting(provider, exchange, url) as expected:
        pages = exchange.pages(f"{url}?page=1&perPage=100", following)
        return rows.merge_pages([parse_gpustack(expected(page), provider.id) for page in pages])


def parse_gpustack(payload: Any, provider: str = "gpustack") -> Parsed:
    """Return the models of a page of GPUStack's list.

    >>> row = {"name": "qwen3", "meta": {"n_ctx": 8192, "n_slot_ctx": 2048}, "replicas": 1, "ready_replicas": 1}
    >>> parse_gpustack({"items": [row]}).models[0].connector_metadata["gpustack"]
    {'effective_context': 2048, 'replicas': 1, 'ready_replicas': 1, 'state': 'loaded'}
    """
    listed = rows.expect_rows(payload, provider, "items", "data")
    return rows.parse_rows(listed, lambda row: _model(row, provider))


def _model(row: Mapping[str, Any], provider: str) -> Model:
    id = rows.row_id(row, "name") if "name" in row else rows.row_id(row, "id")
    flags = rows.mapping(row.get("meta"))
    sees = flags.get("support_vision")
    return Model(
        id,
        provider,
        context_size=rows.count(flags.get("n_ctx_train")),
        is_local=True,
        capabilities=rows.capabilities({ours: flags.get(theirs) for theirs, ours in _CAPABILITIES.items()}),
        kind=rows.kind_of(row.get("categories")),
        input_modalities=["text", *(["image"] if sees else [])] if isinstance(sees, bool) else [],
        parameters=rows.count(flags.get("n_params")),
        connector_metadata={provider: rows.known(_offer_facts(row, flags))},
    )


def _offer_facts(row: Mapping[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    replicas, ready = (_number(row.get(name)) for name in ("replicas", "ready_replicas"))
    state, reason = _state(replicas, ready)
    return {
        "effective_context": rows.count(meta.get("n_slot_ctx")) or rows.count(meta.get("n_ctx")),
        "quantization": quantization_in_name(row.get("huggingface_filename")),
        "size_bytes": rows.count(meta.get("size")),
        "repository": rows.first(row, ("huggingface_repo_id", "model_scope_model_id"), text_or_none),
        "path": text_or_none(row.get("local_path")),
        "replicas": replicas,
        "ready_replicas": ready,
        "state": state,
        "state_reason": reason,
    }


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**6 else None


def _state(replicas: int | None, ready: int | None) -> tuple[str | None, str | None]:
    if ready is None:
        return None, None
    if ready:
        return "loaded", None
    return "unloaded", f"none of {replicas} replicas is ready" if replicas else None
