"""SGLang: the one model it serves and its adapters, with what the server knows of that model besides."""

from collections.abc import Mapping
from typing import Any

from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import text_or_none
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.local import root_of
from ai_models.sources.formats.recognise import expecting
from ai_models.sources.formats.vllm import parse_vllm
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_sglang"]


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list, then for what the server says of its model, under the endpoint's new or old name."""
    root = root_of(url)
    with expecting(provider, exchange, url) as expected:
        payload = expected(exchange.json(url))
        about = exchange.optional(f"{root}/model_info") or exchange.optional(f"{root}/get_model_info")
        return parse_sglang(payload, about, provider=provider.id)


def parse_sglang(payload: Any, about: Any = None, *, provider: str = "sglang") -> Parsed:
    """Return the models of SGLang's list, with what `/model_info` says of the one that it runs.

    >>> parsed = parse_sglang({"data": [{"id": "m", "max_model_len": 4096}]}, {"has_image_understanding": True})
    >>> parsed.models[0].supports("vision"), parsed.models[0].connector_metadata["sglang"]["effective_context"]
    (True, 4096)
    """
    parsed = parse_vllm(payload, provider)
    info = rows.mapping(about)
    for model in parsed.models:
        _describe(model.connector_metadata[provider], info)
        model.capabilities |= rows.capabilities(
            {"vision": info.get("has_image_understanding"), "audio_input": info.get("has_audio_understanding")}
        )
        model.input_modalities = _inputs(info)
        model.kind = "embedding" if info.get("is_generation") is False else None
    return parsed


def _describe(offer: dict[str, Any], info: Mapping[str, Any]) -> None:
    for name, stated in {"path": info.get("model_path"), "architecture": info.get("model_type")}.items():
        value = text_or_none(stated)
        if value and "parent_model" not in offer:
            offer[name] = value


def _inputs(info: Mapping[str, Any]) -> list[str]:
    """Return what the model takes, once the server says of images whether it takes them."""
    if not isinstance(info.get("has_image_understanding"), bool):
        return []
    flags = {"image": info["has_image_understanding"], "audio": info.get("has_audio_understanding")}
    return ["text", *(taken for taken, flag in flags.items() if flag is True)]
