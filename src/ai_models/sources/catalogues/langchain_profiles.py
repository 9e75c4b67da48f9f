"""The model profiles inside LangChain's partner packages: models.dev's facts about one provider each."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ai_models._core.contracts import Listing, ModelSource, SkippedRow
from ai_models._core.model import Model
from ai_models.sources.catalogues.package_data import expect_mapping, installed_file, read_assignment, read_text
from ai_models.sources.facts import date_text, display_name, known_count, text_or_none, window_and_input
from ai_models.sources.parsed import Parsed

SOURCE = "langchain"

PACKAGES: Mapping[str, str] = {
    "langchain_anthropic": "anthropic",
    "langchain_aws": "bedrock",
    "langchain_deepseek": "deepseek",
    "langchain_fireworks": "fireworks",
    "langchain_google_genai": "google",
    "langchain_google_vertexai": "vertex",
    "langchain_groq": "groq",
    "langchain_huggingface": "huggingface",
    "langchain_mistralai": "mistral",
    "langchain_openai": "openai",
    "langchain_openrouter": "openrouter",
    "langchain_perplexity": "perplexity",
    "langchain_xai": "xai",
}
"""The packages that ship profiles, and the provider that each is about."""

_CAPABILITIES = {
    "attachment": "file_input",
    "audio_inputs": "audio_input",
    "audio_outputs": "audio_output",
    "image_inputs": "vision",
    "image_outputs": "image_output",
    "pdf_inputs": "pdf_input",
    "reasoning_output": "reasoning",
    "structured_output": "structured_output",
    "temperature": "sampling",
    "tool_calling": "tools",
    "tool_choice": "tool_choice",
    "video_inputs": "video_input",
    "video_outputs": "video_output",
}
_MODALITIES = ("text", "image", "audio", "video")


def parse_langchain_profiles(payload: Any, provider: str) -> Parsed:
    """Return the models of the profiles in LangChain's package for a provider.

    >>> parsed = parse_langchain_profiles({"o3": {"max_input_tokens": 200000, "tool_calling": True}}, "openai")
    >>> parsed.models[0].context_size, parsed.models[0].supports("tools")
    (200000, True)
    """
    models: list[Model] = []
    skipped: list[SkippedRow] = []
    for number, (id, profile) in enumerate(expect_mapping(payload, "the profiles", SOURCE).items()):
        if not text_or_none(id) or not isinstance(profile, Mapping):
            skipped.append(SkippedRow(number, "no profile under an id", text_or_none(id)))
        else:
            models.append(_model(id, provider, profile))
    return Parsed(models, skipped)


class LangChainProfilesSource(ModelSource):
    """The profiles of one of LangChain's packages (such as `langchain_openai`), installed or in a directory.

    `date` is the day (ISO text) on which the package was published.
    """

    name = SOURCE

    def __init__(self, package: str, *, directory: str | Path | None = None, date: str | None = None) -> None:
        self.package = package.replace("-", "_")
        self.directory = Path(directory).expanduser() if directory else None
        self.date = date

    def discover_models(self) -> list[Model]:
        """Read the profiles and return their models."""
        return self.listing().models

    def listing(self) -> Listing:
        """Read the profiles and return their models and the rows that are none."""
        file = "data/_profiles.py"
        path = self.directory / self.package / file if self.directory else installed_file(self.package, file)
        profiles = read_assignment(read_text(path, self.name), "_PROFILES", self.name)
        parsed = parse_langchain_profiles(profiles, PACKAGES.get(self.package, self.package.removeprefix("langchain_")))
        return Listing(parsed.models, parsed.skipped, origin="embedded", date=self.date)


def _model(id: str, provider: str, profile: Mapping[str, Any]) -> Model:
    open_weights = profile.get("open_weights")
    window, most_in = window_and_input(provider, id, known_count(profile.get("max_input_tokens")))
    return Model(
        id,
        provider,
        window,
        capabilities=dict(_capabilities(profile)),
        kind="chat" if profile.get("tool_calling") is True else None,
        name=display_name(profile.get("name")),
        input_modalities=[each for each in _MODALITIES if profile.get(f"{each}_inputs") is True],
        output_modalities=[each for each in _MODALITIES if profile.get(f"{each}_outputs") is True],
        max_input_tokens=most_in,
        max_output_tokens=None if "embed" in id else known_count(profile.get("max_output_tokens")),
        released=date_text(profile.get("release_date")),
        open_weights=open_weights if isinstance(open_weights, bool) else None,
        status=text_or_none(profile.get("status")),
    )


def _capabilities(profile: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    for name, capability in _CAPABILITIES.items():
        if isinstance(profile.get(name), bool):
            yield capability, profile[name]
