"""Amazon Bedrock: foundation models, the inference profiles through which most are called, and AWS's pages on both.

A model that knows inference profiles alone is not called by its own id: the offer says so, and each profile (`us.`,
`eu.`, `global.`) is an offer of its own with the facts of its model. Prices depend on the region and are not listed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ai_models._core.model import Model
from ai_models.errors import SourceError
from ai_models.providers import Provider
from ai_models.sources import rows
from ai_models.sources.facts import text_or_none, texts
from ai_models.sources.fetch import Exchange
from ai_models.sources.parsed import Parsed

__all__ = ["list_models", "parse_bedrock", "parse_mantle"]

_MODALITIES = {"SPEECH": "audio"}
_KINDS = {"TEXT": "chat", "EMBEDDING": "embedding", "IMAGE": "image", "VIDEO": "video", "SPEECH": "speech"}
_BY_INPUT = {"image": "vision", "video": "video_input", "audio": "audio_input"}
_BY_OUTPUT = {"image": "image_output", "video": "video_output", "audio": "audio_output"}
_CONTEXT = ("description.maxContextWindow", "modelCard.contextWindow")
_MAX_OUTPUT = ("converse.maxTokensMaximum", "modelCard.maxOutputTokens")
_END_OF_LIFE = ("modelLifecycle.endOfLifeTime", "modelCard.modelEolDate")
_PROFILES = "inferenceProfileSummaries"
_LONG_DATES = ("%B %d, %Y", "%b %d, %Y")


def list_models(exchange: Exchange, url: str, provider: Provider) -> Parsed:
    """Ask for the foundation models of the region, then for every page of its inference profiles."""
    models = exchange.json(url)
    profiles: list[Any] = []
    first_page = url.removesuffix("/foundation-models") + "/inference-profiles?maxResults=1000"
    try:
        for page in exchange.token_pages(first_page, "nextToken", "nextToken"):
            rows.expect_rows(page, provider.id, _PROFILES)
            profiles.append(page)
    except SourceError as error:
        exchange.notes.append(f"no inference profiles: {error}")
    return parse_bedrock(models, profiles, provider=provider.id)


def parse_bedrock(payload: Any, profiles: Iterable[Any] = (), *, provider: str = "bedrock") -> Parsed:
    """Return the models of a list of foundation models, and one for each profile in the lists of `profiles`.

    >>> row = {"modelId": "a.b-v1:0", "inferenceTypesSupported": ["INFERENCE_PROFILE"], "outputModalities": ["TEXT"]}
    >>> arn = {"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/a.b-v1:0"}
    >>> profile = {"inferenceProfileId": "us.a.b-v1:0", "models": [arn], "status": "ACTIVE"}
    >>> found = parse_bedrock({"modelSummaries": [row]}, [{"inferenceProfileSummaries": [profile]}]).models
    >>> [(model.id, model.kind, model.connector_metadata["bedrock"].get("requires_profile")) for model in found]
    [('a.b-v1:0', 'chat', True), ('us.a.b-v1:0', 'chat', None)]
    """
    parsed = rows.parse_rows(
        rows.expect_rows(payload, provider, "modelSummaries", ""), lambda row: _model(row, provider)
    )
    by_id = {model.id: model for model in parsed.models}
    pages = [
        rows.parse_rows(rows.expect_rows(page, provider, _PROFILES), lambda row: _profile(row, by_id, provider))
        for page in profiles
    ]
    return rows.merge_pages([parsed, *pages])


def parse_mantle(payload: Any, provider: str = "bedrock") -> Parsed:
    """Return the models of AWS's map of what its OpenAI-compatible endpoint serves where.

    >>> model = parse_mantle({"deepseek.v3.1": {"created": 1764460800, "regions": ["us-east-1"]}}).models[0]
    >>> model.id, model.connector_metadata["bedrock"]["regions"]
    ('deepseek.v3.1', ['us-east-1'])
    """
    if not isinstance(payload, Mapping):
        rows.expect_rows(payload, provider, "a map of models")
    listed = [{"id": id, **rows.mapping(row)} for id, row in payload.items()]

    def model_of(row: Mapping[str, Any]) -> Model:
        facts = rows.known({"regions": texts(row.get("regions")) or None})
        return Model(rows.row_id(row, "id"), provider, connector_metadata={provider: facts})

    return rows.parse_rows(listed, model_of)


def _model(row: Mapping[str, Any], provider: str) -> Model:
    id = rows.row_id(row, "modelId")
    inputs, outputs = (_modalities(row, name) for name in ("inputModalities", "outputModalities"))
    legacy = rows.dig(row, "modelLifecycle.status") == "LEGACY"
    return Model(
        id,
        provider,
        context_size=rows.first(row, _CONTEXT, rows.count),
        capabilities=dict(_capabilities(row, inputs, outputs)),
        name=text_or_none(row.get("modelName")),
        kind=_kind(id, texts(row.get("inputModalities")), texts(row.get("outputModalities"))),
        input_modalities=inputs,
        output_modalities=outputs,
        max_output_tokens=rows.first(row, _MAX_OUTPUT, rows.count),
        retired=rows.first(row, _END_OF_LIFE, _day),
        status="deprecated" if legacy else None,
        connector_metadata={provider: rows.known(_offer_facts(row))},
    )


def _modalities(row: Mapping[str, Any], name: str) -> list[str]:
    return [_MODALITIES.get(word, word.lower()) for word in texts(row.get(name)) if word != "EMBEDDING"]


def _kind(id: str, inputs: list[str], outputs: list[str]) -> str | None:
    if "SPEECH" in inputs and "SPEECH" in outputs:
        return "realtime"
    if "rerank" in id:
        return "rerank"
    return next((kind for word, kind in _KINDS.items() if word in outputs), None)


def _capabilities(row: Mapping[str, Any], inputs: list[str], outputs: list[str]) -> Iterator[tuple[str, bool]]:
    for modalities, names in ((inputs, _BY_INPUT), (outputs, _BY_OUTPUT)):
        yield from ((name, word in modalities) for word, name in names.items() if modalities)
    flags = {
        "streaming": row.get("responseStreamingSupported"),
        "prompt_caching": rows.dig(row, "explicitPromptCaching.isSupported"),
        "system_prompt": rows.dig(row, "converse.systemRoleSupported"),
    }
    yield from ((name, flag) for name, flag in flags.items() if isinstance(flag, bool))
    if isinstance(row.get("customizationsSupported"), list):
        yield "fine_tuning", "FINE_TUNING" in row["customizationsSupported"]
    batch = [flag for flag in rows.mapping(row.get("batchSupported")).values() if isinstance(flag, bool)]
    if batch:
        yield "batch", any(batch)
    if isinstance(rows.dig(row, "converse.reasoningSupported"), Mapping):
        yield "reasoning", True
    documents = rows.dig(row, "converse.userDocumentTypesSupported")
    if isinstance(documents, list):
        yield "pdf_input", "pdf" in documents


def _offer_facts(row: Mapping[str, Any]) -> dict[str, Any]:
    ways = texts(row.get("inferenceTypesSupported"))
    only = bool(ways) and "ON_DEMAND" not in ways
    return {
        "requires_profile": True if only and "INFERENCE_PROFILE" in ways else None,
        "requires_provisioned": True if ways == ["PROVISIONED"] else None,
        "regions": texts(row.get("regions")) or None,
    }


def _profile(row: Mapping[str, Any], models: Mapping[str, Model], provider: str) -> Model:
    id = rows.row_id(row, "inferenceProfileId")
    arns = [text_or_none(rows.dig(each, "modelArn")) or "" for each in rows.as_list(row.get("models"))]
    target = next((model for arn in arns if (model := models.get(arn.rpartition("/")[2]))), None)
    profile = target.copy() if target else Model(id, provider)
    profile.id = id
    profile.name = text_or_none(row.get("inferenceProfileName")) if target is None else profile.name
    regions = dict.fromkeys(region for arn in arns if (region := _region(arn)))
    active = row.get("status") in ("ACTIVE", None)
    facts = {"regions": list(regions) or None, "active": None if active else False}
    profile.connector_metadata = {provider: rows.known(facts)}
    return profile


def _region(arn: str) -> str:
    """Return the region of `arn:aws:bedrock:REGION::foundation-model/ID`; "" if it names none."""
    parts = arn.split(":")
    return parts[3] if len(parts) > 4 else ""


def _day(value: Any) -> str | None:
    """Return a day, also from text such as "September 14, 2026"."""
    for form in _LONG_DATES if isinstance(value, str) else ():
        try:
            return datetime.strptime(value.strip()[:30], form).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return rows.day(value)
