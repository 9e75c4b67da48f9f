"""LiteLLM's model map: prices, limits and capabilities of models at some hundred providers.

Its peculiarities, and what is made of them, are in `docs/decisions/catalogue-sources.md`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ai_models._core.capabilities import known_capability
from ai_models._core.contracts import SkippedRow
from ai_models._core.model import Model
from ai_models.errors import SourceFormatError
from ai_models.providers import provider_id
from ai_models.sources.catalogues.litellm_prices import parse_prices
from ai_models.sources.catalogues.package_data import DataSource, expect_mapping
from ai_models.sources.facts import date_text, known_count, texts, unsuspicious, window_and_input
from ai_models.sources.parsed import Parsed

SOURCE = "litellm"
URL = "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"

KINDS: Mapping[str, str] = {
    "audio_speech": "speech",
    "audio_transcription": "transcription",
    "chat": "chat",
    "completion": "completion",
    "embedding": "embedding",
    "image_edit": "image",
    "image_generation": "image",
    "moderation": "moderation",
    "ocr": "ocr",
    "realtime": "realtime",
    "rerank": "rerank",
    "responses": "chat",
    "search": "search",
    "video_generation": "video",
}
"""LiteLLM's `mode` → our kind."""

_NO_PROVIDER = "no litellm_provider"
_NO_API = {"chatgpt": "a subscription, not an API", "transcribe": "an AWS service, not a model"}
_NO_MODEL = (
    (re.compile(r"\*"), "a wildcard"),
    (re.compile(r"^ft:|/ft:"), "a price for any fine-tuned model"),
    (re.compile(r"^(fireworks|together)-ai-"), "a price for models of one size"),
    (re.compile(r"-month-commitment/"), "a price of a commitment"),
    (re.compile(r"(^|/)(\d+-x-\d+|max-x-max)/"), "a price of one image size"),
    (re.compile(r"/(claude_platform|invoke|ranking)/"), "a route of LiteLLM's own"),
)
_NO_WINDOW = frozenset({"image", "speech", "video"})
"""Kinds whose input limit is that of a prompt: what they make isn't counted in the same tokens."""

_CAPABILITIES = {"sampling_params": "sampling", "native_structured_output": "structured_output"}


def parse_litellm_map(payload: Any) -> Parsed:
    """Return the models of LiteLLM's map, each under its provider's own id.

    >>> parsed = parse_litellm_map({"azure/gpt-4o": {"litellm_provider": "azure", "mode": "chat",
    ...     "max_input_tokens": 128000, "input_cost_per_token": 2.5e-06, "supports_vision": True}})
    >>> model = parsed.models[0]
    >>> model.provider, model.id, model.context_size, model.pricing.input_per_mtok, model.supports("vision")
    ('azure', 'gpt-4o', 128000, Decimal('2.5'), True)
    """
    rows = expect_mapping(payload, "the map", SOURCE)
    models: dict[tuple[str, str], Model] = {}
    skipped: list[SkippedRow] = []
    for number, (key, row) in enumerate(rows.items()):
        found = _parse_row(key, row)
        if isinstance(found, str):
            skipped.append(SkippedRow(number, found, key))
        elif (found.provider, found.id) in models:
            skipped.append(SkippedRow(number, "the same id of the same provider as an earlier row", key))
        else:
            skipped += (SkippedRow(number, reason, key) for reason in unsuspicious(found))
            models[found.provider, found.id] = found
    return Parsed(list(models.values()), skipped)


def wire_id(key: str, litellm_provider: str) -> tuple[str, str] | str:
    """Return our provider and its own id for a key of LiteLLM's, or the reason why there is none.

    >>> wire_id("vertex_ai/claude-haiku-4-5@20251001", "vertex_ai-anthropic_models")
    ('vertex', 'claude-haiku-4-5@20251001')
    >>> wire_id("bedrock/us-east-1/cohere.command-r-v1:0", "bedrock")
    ('bedrock', 'us-east-1/cohere.command-r-v1:0')
    >>> wire_id("256-x-256/dall-e-2", "openai")
    'a price of one image size'
    """
    if litellm_provider in _NO_API:
        return _NO_API[litellm_provider]
    for pattern, reason in _NO_MODEL:
        if pattern.search(key):
            return reason
    provider = provider_id(litellm_provider)
    if provider is None:
        return f"the provider {litellm_provider!r} is not in the providers table"
    head, slash, rest = key.partition("/")
    id = rest if slash and (head == litellm_provider or provider_id(head) == provider) else key
    return (provider, id) if id.strip() else "no id"


class LiteLLMMapSource(DataSource):
    """LiteLLM's model map: of the installed `litellm`, of a file, or at a URL.

    `date` is the day (ISO text) on which the map was published. LiteLLM's proxy is another source, of that name.

    >>> from ai_models.testing import FakeTransport
    >>> row = {"litellm_provider": "azure", "mode": "chat", "max_input_tokens": 128000}
    >>> source = LiteLLMMapSource(URL, transport=FakeTransport({URL: {"azure/gpt-4o": row}}))
    >>> [(model.provider, model.id, model.context_size) for model in source.discover_models()]
    [('azure', 'gpt-4o', 128000)]
    """

    name = "litellm-map"
    label = SOURCE
    package = "litellm"
    file = "model_prices_and_context_window_backup.json"

    def parse(self, payload: Any) -> Parsed:
        """Return the models of the map, and the rows that are none; something else than a map has no providers."""
        parsed = parse_litellm_map(payload)
        if not parsed.models and all(each.reason == _NO_PROVIDER for each in parsed.skipped):
            raise SourceFormatError("no row of the map names its provider", source=self.name)
        return parsed


def _parse_row(key: str, row: Any) -> Model | str:
    if key == "sample_spec":
        return "the map's own description"
    if not isinstance(row, Mapping) or not isinstance(row.get("litellm_provider"), str):
        return _NO_PROVIDER
    mode = row.get("mode")
    if mode is not None and not (isinstance(mode, str) and mode in KINDS):
        return f"the mode {mode!r} is no kind of model"
    where = wire_id(key, row["litellm_provider"])
    return where if isinstance(where, str) else _model(*where, row)


def _model(provider: str, id: str, row: Mapping[str, Any]) -> Model:
    kind = KINDS.get(row.get("mode", ""))
    per_token, per_unit, tiers = parse_prices(row, kind)
    limit = known_count(row.get("max_input_tokens"))
    window, most_in = (None, limit) if kind in _NO_WINDOW else window_and_input(provider, id, limit)
    return Model(
        id,
        provider,
        window,
        capabilities=dict(_capabilities(row)),
        cost_per_token=per_token,
        cost_per_unit=per_unit,
        price_tiers=tiers,
        kind=kind,
        input_modalities=texts(row.get("supported_modalities")),
        output_modalities=texts(row.get("supported_output_modalities")),
        max_input_tokens=most_in,
        max_output_tokens=known_count(row.get("max_output_tokens")) if kind != "embedding" else None,
        retired=date_text(row.get("deprecation_date")),
    )


def _capabilities(row: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Yield what a row states; `supports_x: false` is a statement, a missing `supports_x` is none."""
    for name, value in row.items():
        if name.startswith("supports_") and isinstance(value, bool):
            plain = name.removeprefix("supports_")
            known = _CAPABILITIES.get(plain) or known_capability(plain)
            if known:
                yield known, value
    if "/v1/batch" in texts(row.get("supported_endpoints")):
        yield "batch", True
