"""Local runtimes that follow OpenAI's list and add a little to it, each under names of its own.

Docker Model Runner, KoboldCpp, Lemonade, TabbyAPI and Xinference. Sizes in rounded gigabytes are left out.
"""

from collections.abc import Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import text_or_none, texts
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.local import quantization_name, root_of, single_size
from ai_models.sources.formats.recognise import expecting
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_runtime"]

_WINDOW = ("max_context_window", "context_length")
_QUANTIZATION = ("quantization", "dmr.quantization")
_ARCHITECTURE = ("dmr.architecture", "model_family")
_KIND = ("model_type", "model_ability", "labels")
_EFFECTIVE_AT = {"koboldcpp": "/api/extra/true_max_context_length"}
"""Where a runtime says with which context it runs its one model."""

_ONLY_RUNNING = frozenset({"koboldcpp", "xinference"})
"""Runtimes that list what runs, and nothing else."""


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list, and for the context of what runs where that is said apart."""
    with expecting(provider, exchange, url) as expected:
        payload = expected(exchange.json(url))
        path = _EFFECTIVE_AT.get(provider.id)
        effective = rows.dig(exchange.optional(root_of(url) + path), "value") if path else None
        return parse_runtime(payload, provider.id, effective=effective)


def parse_runtime(payload: Any, provider: str, *, effective: Any = None) -> Parsed:
    """Return the models of a runtime's list; `effective` is the context of the one model that a server runs.

    >>> row = {"id": "Qwen3-GGUF", "checkpoint": "unsloth/Qwen3-GGUF:Q4_0", "max_context_window": 40960}
    >>> model = parse_runtime({"data": [row | {"labels": ["vision"]}]}, "lemonade").models[0]
    >>> model.context_size, model.supports("vision"), model.connector_metadata["lemonade"]
    (40960, True, {'quantization': 'Q4_0', 'repository': 'unsloth/Qwen3-GGUF'})
    """
    listed = rows.expect_rows(payload, provider, "data")
    window = rows.count(effective) if len(listed) == 1 else None
    return rows.parse_rows(listed, lambda row: _model(row, provider, window))


def _model(row: Mapping[str, Any], provider: str, window: int | None) -> Model:
    id = rows.row_id(row, "id")
    if row.get("downloaded") is False:
        raise rows.SkipRowError("not downloaded yet")
    return Model(
        id,
        provider,
        context_size=rows.first(row, _WINDOW, rows.count),
        is_local=True,
        capabilities=rows.capabilities([*texts(row.get("labels")), *texts(row.get("model_ability"))]),
        kind=rows.first(row, _KIND, rows.kind_of),
        parameters=single_size(rows.dig(row, "dmr.parameters")),
        connector_metadata={provider: rows.known(_offer_facts(row, provider, window))},
    )


def _offer_facts(row: Mapping[str, Any], provider: str, window: int | None) -> dict[str, Any]:
    repository, _, tag = (text_or_none(row.get("checkpoint")) or "").partition(":")
    running = provider in _ONLY_RUNNING or rows.dig(row, "parameters.max_seq_len")
    return {
        "effective_context": window or rows.count(rows.dig(row, "parameters.max_seq_len")),
        "quantization": rows.first(row, _QUANTIZATION, quantization_name) or quantization_name(tag),
        "parameter_size": text_or_none(rows.dig(row, "dmr.parameters")),
        "format": text_or_none(row.get("model_format")),
        "architecture": rows.first(row, _ARCHITECTURE, text_or_none),
        "repository": repository or None,
        "replicas": rows.count(row.get("replica")),
        "state": "loaded" if running else None,
    }
