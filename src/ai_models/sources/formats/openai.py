"""The list of models as OpenAI writes it, with everything that compatible servers add to it.

Each fact is read from the first of the fields that servers use for it; what single providers mean by theirs, and
which further lists of theirs tell more, stands in `sources.dialects`. Prices are read only where their unit is known.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows, tariffs
from ai_models.sources.dialects import Detail, Dialect, dialect_of
from ai_models.sources.facts import date_text, text_or_none, texts
from ai_models.sources.fetch import Exchange
from ai_models.sources.parsed import Parsed

__all__ = ["details_of", "joined_rows", "list_models", "model_of", "parse_openai", "release_reader"]

ENVELOPES = ("data", "", "models", "items", "results", "result", "value", "modelSummaries", "publisherModels")
"""Where servers put the rows: under the first of these names; "" is a bare list."""

_ID = ("id", "model_id", "modelId", "model_name", "name", "model", "key")
_ID_OF_FORMAT = {
    "lmstudio": ("key", "id"),
    "cloudflare": ("name", "id"),
    "gpustack": ("name", "id"),
    "heroku": ("model_id", "id"),
    "aihubmix": ("model_id", "id"),
}
_NAME = ("display_name", "displayName", "name", "title", "metadata.display_name", "model_spec.name")
_CONTEXT = (
    "context_window",
    "context_length",
    "max_model_len",
    "max_context_length",
    "context_size",
    "max_context_window",
    "meta.n_ctx_train",
    "metadata.context_length",
    "metadata.limits.max_context_length",
    "limits.max_context_window_tokens",
    "limits.max_context_length",
    "limits.context",
    "details.context_length",
    "top_provider.context_length",
    "context_window.context_length",
    "capabilities.limits.max_context_window_tokens",
    "model_spec.availableContextTokens",
)
_MAX_INPUT = (
    "max_input_tokens",
    "max_prompt_length",
    "limits.max_input_tokens",
    "limits.max_prompt_tokens",
    "capabilities.limits.max_prompt_tokens",
    "inputTokenLimit",
)
_MAX_OUTPUT = (
    "max_output_tokens",
    "max_completion_tokens",
    "max_output_length",
    "max_output",
    "limits.max_output_tokens",
    "limits.max_completion_tokens",
    "metadata.limits.max_output_tokens",
    "top_provider.max_completion_tokens",
    "context_window.max_output_tokens",
    "capabilities.limits.max_output_tokens",
    "model_spec.maxCompletionTokens",
    "outputTokenLimit",
)
_KIND = ("type", "kind", "mode", "task", "model_type", "task.name", "categories", "types", "capabilities.type")
_INPUTS = (
    "input_modalities",
    "supported_input_modalities",
    "architecture.input_modalities",
    "modalities.input",
    "capabilities.input_modalities",
    "inputModalities",
)
_OUTPUTS = (
    "output_modalities",
    "supported_output_modalities",
    "architecture.output_modalities",
    "modalities.output",
    "capabilities.output_modalities",
    "outputModalities",
)
_CAPABILITIES = (
    "capabilities",
    "supported_features",
    "features",
    "supported_parameters",
    "metadata.capabilities",
    "capabilities.supports",
)
_FLAGS = {
    "supports_image_in": "vision",
    "supports_video_in": "video_input",
    "tool_call": "tools",
    "reasoning": "reasoning",
    "structured_outputs": "structured_output",
    "capabilities.supports.tool_calls": "tools",
}
"""Yes or no at a path of its own, on whichever server."""

_BY_INPUT = {
    "image": "vision",
    "audio": "audio_input",
    "video": "video_input",
    "file": "file_input",
    "pdf": "pdf_input",
}
_BY_OUTPUT = {"image": "image_output", "audio": "audio_output", "video": "video_output"}
_MEANINGFUL_ABSENCE = {"vision", "audio_input", "image_output"}
_DEPRECATED = ("deprecation_date", "deprecated_at", "deprecated_on")
_RETIRED = ("eol_date", "retirement_date", "shutdown_date", "expiration_date", "deprecation.inference")
_IS_DEPRECATED = ("deprecated", "is_deprecated", "metadata.deprecated")
_SUCCESSOR = ("replacement_model", "deprecation_replacement_model", "replacement", "replaced_by")
_STATUS = ("lifecycle_status", "state", "status", "retire_stage")
_STATUS_WORDS = {"deprecated": "deprecated", "retired": "retired", "legacy": "deprecated", "preview": "preview"}
_WEIGHTS = ("hugging_face_id", "huggingface_id", "metadata.huggingface_id", "metadata.huggingface_repo")
_SERVER_SETTING = {"llamacpp": "meta.n_ctx", "lmstudio": "loaded_context_length", "vllm": "max_model_len"}
"""Where a local server says with which context it runs a model."""

Reader = Callable[[Mapping[str, Any]], str | None]
Detailed = tuple[Detail, Any]
"""A further list of a provider, and what it says."""


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the list, which these servers send at once, and for the further lists that the provider has."""
    dialect = dialect_of(provider.id, provider.list_format)
    payload = exchange.json(f"{url}?{dialect.query}" if dialect.query else url)
    return parse_openai(
        payload,
        provider.id,
        shape=provider.list_format or provider.wire,
        is_local=provider.is_local,
        dated=provider.kind == "lab",
        details=details_of(exchange, url, dialect),
    )


def details_of(exchange: Exchange, url: str, dialect: Dialect) -> list[Detailed]:
    """Return what the provider's further lists say; the report mentions those that gave no answer."""
    from urllib.parse import urljoin

    found = []
    for detail in dialect.details:
        payload = exchange.optional(urljoin(url, detail.path))
        found.append((detail, payload))
        if payload is None:
            exchange.notes.append(f"no answer from /{detail.path.strip('/')}: what only that list tells is missing")
    return found


def parse_openai(
    payload: Any,
    provider: str,
    *,
    shape: str | None = None,
    is_local: bool = False,
    dated: bool = False,
    details: Iterable[Detailed] = (),
) -> Parsed:
    """Return the models of a list as OpenAI or a compatible server sends it; raise `SourceFormatError` if it is none.

    `shape` names a form or unit of its own; `dated` says that `created` is the model's date of release, which
    only labs mean by it; `details` are the provider's further lists, whose facts complete those of the first.

    >>> payload = {"object": "list", "data": [{"id": "m", "context_window": 8192, "active": True}, {"object": "model"}]}
    >>> parsed = parse_openai(payload, "groq")
    >>> parsed.models[0].context_size, parsed.skipped[0].reason[:5]
    (8192, 'no id')
    """
    listed = joined_rows(payload, provider, details)
    release = release_reader(listed) if dated else lambda row: None
    return rows.parse_rows(listed, lambda row: model_of(row, provider, shape or "", is_local, release))


def model_of(
    row: Mapping[str, Any], provider: str, shape: str = "", is_local: bool = False, release: Reader | None = None
) -> Model:
    """Return the model of one row; raise `SkipRowError` if it is none.

    >>> model_of({"id": "m", "type": "language", "max_tokens": 4096}, "vercel").max_output_tokens
    4096
    """
    dialect = dialect_of(provider, shape)
    id = rows.row_id(row, *_ID_OF_FORMAT.get(shape, _ID))
    name = rows.first(row, _paths(dialect, "name", _NAME), text_or_none)
    inputs, outputs = _modalities(row, _INPUTS, 0), _modalities(row, _OUTPUTS, 1)
    kind = _kind(row, dialect, outputs)
    prices = {} if kind in dialect.otherwise else tariffs.token_prices(row, dialect)
    window = _window(row, dialect)
    return Model(
        id,
        provider,
        context_size=window,
        is_local=is_local,
        capabilities=_capabilities(row, dialect, inputs, outputs),
        cost_per_token=prices,
        cost_per_unit=tariffs.unit_prices(row, dialect),
        price_tiers=tariffs.long_context_tiers(row, dialect, prices),
        name=name if name != id else None,
        kind=kind,
        aliases=[alias for alias in texts(row.get("aliases")) if alias != id and alias.strip()],
        input_modalities=inputs,
        output_modalities=outputs,
        max_input_tokens=rows.first(row, _MAX_INPUT, rows.count),
        max_output_tokens=_max_output(row, dialect, window),
        knowledge_cutoff=rows.first(row, ("knowledge_cutoff", "knowledge"), date_text),
        released=rows.first(row, _paths(dialect, "released", ()), rows.past_day) or (release(row) if release else None),
        deprecated=rows.first(row, _DEPRECATED, rows.day),
        retired=rows.first(row, _paths(dialect, "retired", _RETIRED), rows.day),
        successor=rows.first(row, _SUCCESSOR, text_or_none),
        open_weights=_open_weights(row),
        license=text_or_none(row.get("license")) if row.get("license") != "other" else None,
        parameters=rows.count(rows.dig(row, "meta.n_params")),
        status=_status(row),
        connector_metadata=_offer_facts(row, provider, shape),
    )


def release_reader(listed: list[Any]) -> Reader:
    """Return what reads a row's date of release; one date in all rows is a placeholder, or the time of the request.

    >>> release_reader([{"created": 1761950332}, {"created": 1661950332}])({"created": 1761950332})
    '2025-10-31'
    """
    dates = [rows.first(row, ("created", "created_at"), rows.past_day) for row in listed]
    if len(dates) > 1 and len(set(dates)) == 1:
        return lambda row: None
    return lambda row: rows.first(row, ("created", "created_at"), rows.past_day)


def joined_rows(payload: Any, provider: str, details: Iterable[Detailed] = ()) -> list[Any]:
    """Return the rows of a list, each with what the further lists add to it; raise `SourceFormatError` if it is none.

    >>> joined_rows({"data": [{"id": "m", "created": 0}]}, "x", [(Detail("more"), [{"id": "m", "context_length": 9}])])
    [{'id': 'm', 'context_length': 9, 'created': 0}]
    """
    listed = rows.expect_rows(payload, provider, *ENVELOPES)
    for detail, answer in details:
        listed = _completed(listed, answer, detail)
    return listed


def _completed(listed: list[Any], answer: Any, detail: Detail) -> list[Any]:
    """Return rows with what another list adds to each, and, if it may, the rows that only the other list has."""
    more = next((answer[name] for name in ENVELOPES if name and name in rows.mapping(answer)), answer)
    known: dict[Any, Mapping[str, Any]] = {}
    rest: list[Any] = []
    ids = {_id_in(row) for row in listed}
    for row in more if isinstance(more, list) else ():
        id = _id_in(row)
        if id is not None and id in ids:
            known.setdefault(id, row)
        elif detail.adds:
            rest.append(row)
    return [
        *(_joined(row, known.get(_id_in(row)), detail) for row in listed),
        *(_joined(row, row, detail) for row in rest),
    ]


def _id_in(row: Any) -> str | None:
    return rows.first(row, ("id", "model_name"), text_or_none)


def _joined(row: Any, more: Any, detail: Detail) -> Any:
    if not isinstance(row, Mapping) or not isinstance(more, Mapping):
        return row
    return {**({"kind": detail.kind} if detail.kind else {}), **more, **rows.known(row)}


def _paths(dialect: Dialect, field: str, common: tuple[str, ...]) -> tuple[str, ...]:
    before = dialect.before.get(field)
    return (*before, *common) if before else common


def _some_texts(value: Any) -> list[str] | None:
    listed = value.split(",") if isinstance(value, str) else texts(value)
    return list(dict.fromkeys(each.strip().lower() for each in listed if each.strip())) or None


def _modalities(row: Mapping[str, Any], paths: tuple[str, ...], side: int) -> list[str]:
    """Return the modalities of one side, also from text such as "text+image->text"."""
    stated = rows.first(row, paths, _some_texts)
    if stated is not None:
        return stated
    sides = str(rows.dig(row, "architecture.modality") or "").split("->")
    return [each.strip().lower() for each in sides[side].split("+") if each.strip()] if len(sides) == 2 else []


def _kind(row: Mapping[str, Any], dialect: Dialect, outputs: list[str]) -> str | None:
    """Return what a model is for: as the row says, else by what comes out of it, unless that is text."""
    stated = rows.first(row, _KIND, lambda value: _own_word(value, dialect.kinds) or rows.kind_of(value))
    if stated or not outputs or "text" in outputs:
        return stated
    return next(filter(None, ("speech" if each == "audio" else rows.kind_of(each) for each in outputs)), None)


def _own_word(value: Any, kinds: Mapping[str, str]) -> str | None:
    return kinds.get(value.lower()) if isinstance(value, str) else None


def _window(row: Mapping[str, Any], dialect: Dialect) -> int | None:
    found = rows.first(row, _paths(dialect, "context", _CONTEXT), rows.count)
    return None if found == dialect.blank_context else found


def _max_output(row: Mapping[str, Any], dialect: Dialect, window: int | None) -> int | None:
    """Return the output limit; some providers write the window where they know none."""
    found = rows.first(row, _paths(dialect, "max_output", _MAX_OUTPUT), rows.count)
    return None if dialect.output_below_window and found and window and found >= window else found


def _capabilities(row: Mapping[str, Any], dialect: Dialect, inputs: list[str], outputs: list[str]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for modalities, known in ((inputs, _BY_INPUT), (outputs, _BY_OUTPUT)):
        for modality, capability in known.items():
            if modality in modalities or (modalities and capability in _MEANINGFUL_ABSENCE):
                found[capability] = modality in modalities
    for name in _CAPABILITIES if rows.has_any(row, _CAPABILITIES) else ():
        stated = rows.dig(row, name)
        if stated:
            found |= rows.capabilities(_some_texts(stated) if isinstance(stated, str) else stated)
    flags = {name: row[name] for name in row if name.startswith("supports_")}
    if flags:
        found |= rows.capabilities(flags)
    if dialect.tags:
        found |= {dialect.tags[tag]: True for tag in texts(row.get("tags")) if tag in dialect.tags}
    return found | _flags(row, _FLAGS) | _flags(row, dialect.flags)


def _flags(row: Mapping[str, Any], paths: Mapping[str, str]) -> dict[str, bool]:
    if not paths or not rows.has_any(row, paths):
        return {}
    stated = ((capability, rows.dig(row, path)) for path, capability in paths.items())
    return {capability: value for capability, value in stated if isinstance(value, bool)}


def _open_weights(row: Mapping[str, Any]) -> bool | None:
    stated = row.get("open_weights")
    if isinstance(stated, bool):
        return stated
    return True if rows.first(row, _WEIGHTS, text_or_none) else None


def _status(row: Mapping[str, Any]) -> str | None:
    if rows.has_any(row, _IS_DEPRECATED) and any(rows.dig(row, path) is True for path in _IS_DEPRECATED):
        return "deprecated"
    stated = rows.first(row, _STATUS, text_or_none)
    return _STATUS_WORDS.get(stated.lower()) if stated else None


def _offer_facts(row: Mapping[str, Any], provider: str, shape: str) -> dict[str, dict[str, Any]]:
    effective = rows.count(rows.dig(row, _SERVER_SETTING[shape])) if shape in _SERVER_SETTING else None
    out_of_plan = row.get("available_on_current_plan") is False
    offline = row.get("active") is False or rows.dig(row, "model_spec.offline") is True
    facts = {
        "effective_context": effective or _loaded_context(row),
        "quantization": text_or_none(row.get("quantization")) or text_or_none(rows.dig(row, "quantization.name")),
        "size_bytes": rows.count(row.get("size_bytes")) or rows.count(rows.dig(row, "meta.size")),
        "parameter_size": text_or_none(row.get("params_string")),
        "hugging_face_id": rows.first(row, _WEIGHTS, text_or_none),
        "alias_of": rows.first(row, ("alias_of", "variant_of"), text_or_none),
        "regions": texts(row.get("regions")) or None,
        "active": False if offline or out_of_plan else None,
        "state_reason": "not in the plan of this key" if out_of_plan else None,
    }
    stated = rows.known(facts)
    return {provider: stated} if stated else {}


def _loaded_context(row: Mapping[str, Any]) -> int | None:
    """Return the context of the first instance that is loaded, as LM Studio lists them."""
    instances = row.get("loaded_instances")
    return (
        rows.count(rows.dig(instances[0], "config.context_length"))
        if isinstance(instances, list) and instances
        else None
    )
