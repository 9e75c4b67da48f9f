"""llama.cpp's server: the model it runs or, as a router, all those it could, loaded or not.

`context_size` is the most that a model was trained for, the *effective* context what one request gets. A router
says of each model whether it is loaded, and what failed; it is asked for the details of loaded ones alone, because
asking for another would load it.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from ai_models._core.model import Model
from ai_models.errors import SourceUnavailableError
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import text_or_none, texts
from ai_models.sources.fetch import Exchange
from ai_models.sources.formats.local import quantization_name, root_of
from ai_models.sources.formats.recognise import expecting
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_llamacpp"]

_CAPABILITIES = {
    "supports_tools": "tools",
    "supports_parallel_tool_calls": "parallel_tools",
    "supports_system_role": "system_prompt",
    "supports_reasoning_effort": "reasoning_effort",
}
_INPUTS = {"vision": "image", "audio": "audio", "video": "video"}
_STATES = {"loaded": "loaded", "sleeping": "loaded", "unloaded": "unloaded", "loading": "loading"}


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list, then for the settings of every model that runs."""
    with expecting(provider, exchange, url) as expected:
        payload = expected(_listed(exchange, url))
        parsed = parse_llamacpp(payload, provider=provider.id)
    root = root_of(url)
    if any("status" in row for row in _rows(payload)):
        running = [model.id for model in parsed.models if _state_of(model) == "loaded"]
        found = {id: exchange.optional(f"{root}/props?model={quote(id, safe='')}&autoload=false") for id in running}
    else:
        settings = exchange.optional(f"{root}/props")
        found = {model.id: settings for model in parsed.models}
    build = next(filter(None, (text_or_none(rows.dig(each, "build_info")) for each in found.values())), None)
    if build:
        exchange.notes.append(f"build {build[:40]}")
    return parse_llamacpp(payload, found, provider=provider.id)


def _listed(exchange: Exchange, url: str) -> Any:
    try:
        return exchange.json(url)
    except SourceUnavailableError as error:
        if error.status == 503 and "loading model" in str(error).lower():
            raise SourceUnavailableError(
                "llama.cpp is starting: it is still loading its model (503); try again in a moment",
                source=error.source,
                url=error.url,
                status=503,
                retryable=True,
            ) from error
        raise


def _state_of(model: Model) -> Any:
    return model.connector_metadata[model.provider].get("state")


def _rows(payload: Any) -> list[Mapping[str, Any]]:
    listed = rows.dig(payload, "data")
    return [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []


def parse_llamacpp(payload: Any, settings: Mapping[str, Any] | None = None, *, provider: str = "llamacpp") -> Parsed:
    """Return the models of llama.cpp's list, with what `/props` says of those that run (by id).

    >>> row = {"id": "m", "status": {"value": "unloaded", "failed": True, "exit_code": 1}}
    >>> parse_llamacpp({"data": [row]}).models[0].connector_metadata["llamacpp"]
    {'state': 'failed', 'state_reason': 'it failed to load (exit code 1)'}
    """
    listed = rows.expect_rows(payload, provider, "data", "models")
    said = settings or {}
    return rows.parse_rows(listed, lambda row: _model(row, said, provider))


def _model(row: Mapping[str, Any], settings: Mapping[str, Any], provider: str) -> Model:
    id = rows.row_id(row, "id", "model", "name")
    props = rows.mapping(settings.get(id))
    inputs = _inputs(row, props)
    return Model(
        id,
        provider,
        context_size=rows.count(rows.dig(row, "meta.n_ctx_train")),
        is_local=True,
        capabilities=_capabilities(props, inputs),
        aliases=[alias for alias in texts(row.get("aliases")) if alias != id and alias.strip()],
        input_modalities=inputs,
        output_modalities=texts(rows.dig(row, "architecture.output_modalities")),
        parameters=rows.count(rows.dig(row, "meta.n_params")),
        connector_metadata={provider: rows.known(_offer_facts(row, props))},
    )


def _inputs(row: Mapping[str, Any], props: Mapping[str, Any]) -> list[str]:
    """Return what a model takes: what runs says so itself, what doesn't is described by its files."""
    flags = rows.mapping(props.get("modalities"))
    if flags:
        return ["text", *(taken for flag, taken in _INPUTS.items() if flags.get(flag) is True)]
    return texts(rows.dig(row, "architecture.input_modalities"))


def _capabilities(props: Mapping[str, Any], inputs: list[str]) -> dict[str, bool]:
    template = rows.mapping(props.get("chat_template_caps"))
    found = rows.capabilities({ours: template.get(theirs) for theirs, ours in _CAPABILITIES.items()})
    return found | ({"vision": "image" in inputs, "audio_input": "audio" in inputs} if inputs else {})


def _offer_facts(row: Mapping[str, Any], props: Mapping[str, Any]) -> dict[str, Any]:
    state, reason = _state(row)
    return {
        "effective_context": rows.first(
            {"props": props, "row": row}, ("props.default_generation_settings.n_ctx", "row.meta.n_ctx"), rows.count
        ),
        "quantization": quantization_name(rows.dig(row, "meta.ftype")) or quantization_name(props.get("model_ftype")),
        "size_bytes": rows.count(rows.dig(row, "meta.size")),
        "path": _path(row, props),
        "state": state,
        "state_reason": reason,
    }


def _state(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return what a router says of a model, with the reason of a failure; the one of a single server is loaded."""
    status = row.get("status")
    if not isinstance(status, Mapping):
        return (None, None) if status is not None else ("loaded", None)
    if status.get("failed") is True and status.get("value") not in ("loaded", "loading"):
        code = status.get("exit_code")
        shown = f" (exit code {code})" if isinstance(code, int) and not isinstance(code, bool) else ""
        return "failed", f"it failed to load{shown}"
    value = status.get("value")
    return (_STATES.get(value) if isinstance(value, str) else None), None


def _path(row: Mapping[str, Any], props: Mapping[str, Any]) -> str | None:
    """Return the model's file: the server's own word, or the argument with which a router starts it."""
    stated = text_or_none(props.get("model_path"))
    arguments = rows.dig(row, "status.args")
    if stated or not isinstance(arguments, list):
        return stated
    named = (value for name, value in pairwise(arguments) if name in ("--model", "-m"))
    return next(filter(None, map(text_or_none, named)), None)
