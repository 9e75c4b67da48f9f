"""A LiteLLM proxy: the names it was given, and what it knows of the models behind them.

`/model/info` tells most and `/model_group/info` some of it; the plain list serves a key that may see no more. Rows
of one name are balanced between: only where they agree something is known of that name. Who owns a model and when
it was made is invented in the plain list.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ai_models._core.contracts import SkippedRow
from ai_models._core.model import Model
from ai_models.errors import SourceAuthError, SourceError, SourceFormatError
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.catalogues.litellm_map import KINDS
from ai_models.sources.catalogues.litellm_prices import parse_prices
from ai_models.sources.facts import text_or_none, window_and_input
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.local import root_of
from ai_models.sources.formats.recognise import expecting
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_litellm_proxy"]

_NO_WINDOW = frozenset({"image", "speech", "video"})
_SCALARS = ("context_size", "kind", "max_input_tokens", "max_output_tokens", "price_tiers")
_MAPPINGS = ("capabilities", "cost_per_token", "cost_per_unit")


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for what tells most, and be content with what the key may see."""
    root = root_of(url)
    for path in ("/model/info", "/model_group/info"):
        payload = _own_list(exchange, root + path)
        if payload is not None:
            return parse_litellm_proxy(payload, provider.id)
    with expecting(provider, exchange, url) as expected:
        return parse_litellm_proxy(expected(exchange.json(url)), provider.id)


def _own_list(exchange: Exchange, url: str) -> Any:
    """Return the answer of an endpoint of LiteLLM's own, `None` if it tells nothing."""
    try:
        payload = exchange.json(url)
    except (SourceAuthError, SourceFormatError):
        return None
    except SourceError as error:
        if error.status in (None, 400, 404, 405, 500, 501):
            return None
        raise
    return payload if isinstance(rows.dig(payload, "data"), list) and payload["data"] else None


def parse_litellm_proxy(payload: Any, provider: str = "litellm") -> Parsed:
    """Return the models that a proxy serves, out of its list, of `/model/info` or of `/model_group/info`.

    >>> info = {"mode": "chat", "max_input_tokens": 8192, "input_cost_per_token": 1e-06}
    >>> row = {"model_name": "ours", "litellm_params": {"model": "openai/gpt-4"}, "model_info": info}
    >>> model = parse_litellm_proxy({"data": [row, row | {"model_info": info | {"max_input_tokens": 4096}}]}).models[0]
    >>> model.id, model.context_size, model.cost_per_token, model.connector_metadata["litellm"]["deployments"]
    ('ours', None, {'input': 1e-06}, 2)
    """
    listed = rows.expect_rows(payload, provider, "data")
    expanded = _expanded(listed)
    parsed: dict[str, list[Model]] = {}
    skipped: list[SkippedRow] = []
    for number, row in enumerate(listed):
        one = rows.parse_rows([row], lambda each: _model(each, provider))
        skipped.extend(SkippedRow(number, each.reason, each.id) for each in one.skipped)
        for model in one.models:
            if model.id in expanded:
                model.connector_metadata[provider]["from_wildcard"] = True
            parsed.setdefault(model.id, []).append(model)
    return Parsed([_agreed(models) for models in parsed.values()], skipped)


def _expanded(listed: Sequence[Any]) -> set[str]:
    """Return the names that a wildcard was expanded to: one deployment has many of them, there or not."""
    names: dict[str, set[str]] = {}
    for row in listed:
        name, id = (text_or_none(rows.dig(row, path)) for path in ("model_name", "model_info.id"))
        if name and id:
            names.setdefault(id, set()).add(name)
    return {name for together in names.values() if len(together) > 1 for name in together}


def _model(row: Mapping[str, Any], provider: str) -> Model:
    id = rows.row_id(row, "model_name", "model_group", "id")
    if "*" in id:
        raise rows.SkipRowError("a wildcard, not a model")
    stated = row.get("model_info")
    info = rows.mapping(stated) if isinstance(stated, Mapping) else row
    mode = info.get("mode")
    kind = KINDS.get(mode) if isinstance(mode, str) else None
    window, most_in = _limits(info, id, kind)
    behind = text_or_none(rows.dig(row, "litellm_params.model"))
    per_token, per_unit, tiers = parse_prices(info, kind)
    return Model(
        id,
        provider,
        context_size=window,
        capabilities=_capabilities(info, only_true="model_group" in row),
        cost_per_token=per_token,
        cost_per_unit=per_unit,
        price_tiers=tiers,
        kind=kind,
        max_input_tokens=most_in,
        max_output_tokens=rows.count(info.get("max_output_tokens")) if kind != "embedding" else None,
        connector_metadata={provider: rows.known({"remote_model": behind})},
    )


def _limits(info: Mapping[str, Any], id: str, kind: str | None) -> tuple[int | None, int | None]:
    """Return the window and the input limit: LiteLLM's one number means either, as in its map."""
    limit = rows.count(info.get("max_input_tokens"))
    if kind in _NO_WINDOW:
        return None, limit
    names = (text_or_none(info.get(field)) for field in ("litellm_provider", "key"))
    behind, key = (name or "" for name in names)
    return window_and_input(behind, key or id, limit)


def _capabilities(info: Mapping[str, Any], *, only_true: bool) -> dict[str, bool]:
    """Return what is stated; of a group, `false` means that nobody said yes."""
    flags = {name: flag for name, flag in info.items() if name.startswith("supports_")}
    found = rows.capabilities(flags)
    return {name: flag for name, flag in found.items() if flag or not only_true}


def _agreed(models: Sequence[Model]) -> Model:
    """Return one model for the deployments of one name: what they don't agree on is not known of it."""
    model, *others = models
    if not others:
        return model
    for name in _SCALARS:
        if any(getattr(other, name) != getattr(model, name) for other in others):
            setattr(model, name, [] if name == "price_tiers" else None)
    for name in _MAPPINGS:
        pairs = getattr(model, name).items()
        same = {key: value for key, value in pairs if all(getattr(each, name).get(key) == value for each in others)}
        setattr(model, name, same)
    offer = model.connector_metadata[model.provider]
    if any(other.connector_metadata[model.provider] != offer for other in others):
        offer.clear()
    offer["deployments"] = len(models)
    return model
