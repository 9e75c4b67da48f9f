"""Azure OpenAI: the models of a resource and its deployments; what is called is a deployment, by the name you gave it.

The list of a resource has every model that could be deployed there, with a date in the far future where Azure has none.
Deployments are listed beside it while the service answers that: each is an offer of its own with the facts of its
model. Azure's management API writes the same with yes, no and numbers as text.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ai_models._core.model import Model
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import text_or_none
from ai_models.sources.fetch import Exchange
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_azure"]

_DEPLOYMENTS = "/openai/deployments?api-version=2022-12-01"
"""The last version of the data plane that lists deployments."""

_NEVER = "2099"
_KINDS = {
    "chat_completion": "chat",
    "chatCompletion": "chat",
    "embeddings": "embedding",
    "embedding": "embedding",
    "imageGenerations": "image",
    "audio": "transcription",
    "completion": "completion",
}
_STATUS = {"deprecated": "deprecated", "deprecating": "deprecated", "preview": "preview", "legacy": "deprecated"}
_FACTS = ("kind", "status", "retired", "context_size", "max_output_tokens")


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the models of the resource, and for its deployments where they are listed."""
    models = exchange.json(url)
    root = url.removesuffix("/models").removesuffix("/v1").removesuffix("/openai")
    deployments = exchange.optional(root + _DEPLOYMENTS)
    if not isinstance(rows.dig(deployments, "data"), list):
        exchange.notes.append("deployments are not listed to a key; what is called is a deployment, by its name")
        deployments = None
    return parse_azure(models, deployments, provider=provider.id)


def parse_azure(payload: Any, deployments: Any = None, *, provider: str = "azure") -> Parsed:
    """Return the models of a list, and one for each deployment in a list of those; raise `SourceFormatError`.

    >>> models = {"data": [{"id": "gpt-4o-2024-11-20", "capabilities": {"chat_completion": True}}, {"id": "o3"}]}
    >>> found = parse_azure(models, {"data": [{"id": "mine", "model": "gpt-4o-2024-11-20"}]}).models
    >>> [(model.id, model.kind, model.connector_metadata["azure"]) for model in found]  # doctest: +NORMALIZE_WHITESPACE
    [('gpt-4o-2024-11-20', 'chat', {'deployments': ['mine']}), ('o3', None, {'deployments': []}),
     ('mine', 'chat', {'alias_of': 'gpt-4o-2024-11-20'})]
    """
    parsed = rows.parse_rows(_listed(payload, provider), lambda row: _model(row, provider))
    if deployments is None:
        return parsed
    models = {model.id: model for model in parsed.models}
    deployed = rows.parse_rows(_listed(deployments, provider), lambda row: _deployment(row, models, provider))
    names: dict[str, list[str]] = {}
    for each in deployed.models:
        names.setdefault(str(each.connector_metadata[provider].get("alias_of")), []).append(each.id)
    for model in parsed.models:
        model.connector_metadata.setdefault(provider, {})["deployments"] = names.get(model.id, [])
    return _called(parsed, deployed)


def _called(parsed: Parsed, deployed: Parsed) -> Parsed:
    """Return both lists as one: under a name that is in both, the deployment is what answers."""
    named = {model.id: model for model in deployed.models}
    models = [named.pop(model.id, model) for model in parsed.models]
    return Parsed([*models, *named.values()], [*parsed.skipped, *deployed.skipped])


def _listed(payload: Any, provider: str) -> list[Any]:
    return rows.expect_rows(payload, provider, "data", "value")


def _model(row: Mapping[str, Any], provider: str) -> Model:
    if row.get("object") == "deployment" or "properties" in row:
        return _deployment(row, {}, provider)
    stated = row.get("model")
    inner = rows.mapping(stated) if isinstance(stated, Mapping) else row
    flags = _flags(inner)
    return Model(
        _id(inner),
        provider,
        capabilities=dict(_capabilities(flags)),
        kind=next((kind for name, kind in _KINDS.items() if flags.get(name)), None),
        context_size=rows.first(inner, ("capabilities.maxContextToken",), rows.count),
        max_output_tokens=rows.first(inner, ("capabilities.maxOutputToken",), rows.count),
        retired=rows.first(inner, ("deprecation.inference",), _end),
        status=_status(inner),
        connector_metadata=_offer(provider, {"active": False if flags.get("inference") is False else None}),
    )


def _id(row: Mapping[str, Any]) -> str:
    """Return the id of a model: the management API states its name and version apart."""
    version = text_or_none(row.get("version"))
    id = rows.row_id(row, "id", "name")
    return f"{id}-{version}" if version and version != "1" and "id" not in row else id


def _flags(row: Mapping[str, Any]) -> dict[str, bool]:
    words = {"true": True, "false": False, True: True, False: False}
    stated = rows.mapping(row.get("capabilities"))
    return {name: words[each] for name, each in stated.items() if isinstance(each, bool | str) and each in words}


def _capabilities(flags: Mapping[str, bool]) -> Iterator[tuple[str, bool]]:
    tunes = [flag for name, flag in flags.items() if name.lower().replace("_", "").endswith("finetune")]
    if tunes:
        yield "fine_tuning", any(tunes)
    for name, ours in {"jsonSchemaResponse": "structured_output", "jsonObjectResponse": "json_mode"}.items():
        if name in flags:
            yield ours, flags[name]


def _end(value: Any) -> str | None:
    found = rows.day(value)
    return found if found and found < _NEVER else None


def _status(row: Mapping[str, Any]) -> str | None:
    stated = rows.first(row, ("lifecycle_status", "lifecycleStatus"), text_or_none)
    return _STATUS.get(stated.lower()) if stated else None


def _deployment(row: Mapping[str, Any], models: Mapping[str, Model], provider: str) -> Model:
    """Return the model of one deployment: its name, and the facts of the model that is deployed."""
    properties = rows.mapping(row.get("properties"))
    stated = properties.get("model") or row.get("model")
    target = _id(rows.mapping(stated)) if isinstance(stated, Mapping) else text_or_none(stated)
    model = Model(rows.row_id(row, "id" if not properties else "name", "name"), provider)
    found = models.get(target or "")
    if found is not None:
        model.capabilities = dict(found.capabilities)
        for name in _FACTS:
            setattr(model, name, getattr(found, name))
    state = properties.get("provisioningState") or row.get("status")
    running = not isinstance(state, str) or state.lower() == "succeeded"
    model.connector_metadata = _offer(provider, {"alias_of": target, "active": None if running else False})
    return model


def _offer(provider: str, facts: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    stated = rows.known(facts)
    return {provider: stated} if stated else {}
