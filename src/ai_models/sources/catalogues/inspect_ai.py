"""Inspect's model data: release dates, knowledge cutoffs and windows, curated by the UK AI Security Institute."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from ai_models._core.contracts import Listing, ModelSource, SkippedRow
from ai_models._core.model import Model
from ai_models.errors import MissingDependencyError, SourceFormatError
from ai_models.sources.catalogues.package_data import expect_mapping, installed_file, read_text
from ai_models.sources.facts import display_name, known_count
from ai_models.sources.parsed import Parsed

SOURCE = "inspect-ai"

PROVIDERS: Mapping[str, str] = {
    "anthropic": "anthropic",
    "deepseek": "deepseek",
    "fireworks": "fireworks",
    "gdm": "google",
    "grok": "xai",
    "meta": "meta",
    "mistral": "mistral",
    "moonshotai": "moonshotai",
    "openai": "openai",
    "together": "together",
    "zai": "zai",
}
"""The data's files, without their suffix, and the provider whose ids each has."""


_HOSTS = {"together": "{owner}/", "fireworks": "accounts/fireworks/models/"}
"""Providers that serve others' models, and what their ids begin with."""


def parse_inspect_data(payload: Any, provider: str) -> Parsed:
    """Return the models of one of Inspect's data files, its dated versions included.

    >>> o3 = {"context_length": 200000, "versions": {"o3-2025-04-16": {"release_date": "2025-04-16"}}}
    >>> parsed = parse_inspect_data({"openai": {"models": {"o3": o3}}}, "openai")
    >>> [(model.id, model.context_size, model.released) for model in parsed.models]
    [('o3', 200000, None), ('o3-2025-04-16', 200000, '2025-04-16')]
    """
    models: list[Model] = []
    skipped: list[SkippedRow] = []
    for number, (owner, id, row) in enumerate(_rows(payload)):
        if isinstance(row, Mapping) and isinstance(id, str) and id.strip():
            models += _parse_row(_wire_id(provider, owner, id), provider, row)
        else:
            skipped.append(SkippedRow(number, "no facts under an id", id if isinstance(id, str) else None))
    return Parsed(models, skipped)


class InspectDataSource(ModelSource):
    """One file of Inspect's model data, such as `openai`, out of the installed `inspect-ai` or of a directory.

    `date` is the day (ISO text) on which the data was published. PyYAML is needed to read it.
    """

    name = SOURCE

    def __init__(self, file: str, *, directory: str | Path | None = None, date: str | None = None) -> None:
        self.file = file
        self.directory = Path(directory).expanduser() if directory else None
        self.date = date

    def discover_models(self) -> list[Model]:
        """Read the data and return its models."""
        return self.listing().models

    def listing(self) -> Listing:
        """Read the data and return its models and the rows that are none."""
        name = f"model/_model_data/{self.file}.yml"
        path = self.directory / "inspect_ai" / name if self.directory else installed_file("inspect_ai", name)
        parsed = parse_inspect_data(_read_yaml(read_text(path, self.name)), PROVIDERS.get(self.file, self.file))
        return Listing(parsed.models, parsed.skipped, origin="embedded", date=self.date)


def _read_yaml(text: str) -> Any:
    try:
        yaml = import_module("yaml")
    except ImportError as error:
        raise MissingDependencyError("PyYAML") from error
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise SourceFormatError(f"not YAML: {error}", source=SOURCE) from error


def _rows(payload: Any) -> Iterator[tuple[str, Any, Any]]:
    for owner, entry in expect_mapping(payload, "the organisations", SOURCE).items():
        models = expect_mapping(expect_mapping(entry, "an organisation", SOURCE).get("models"), "its models", SOURCE)
        yield from ((str(owner), id, row) for id, row in models.items())


def _wire_id(provider: str, owner: str, id: str) -> str:
    """Return the provider's own id: two hosts' ids are written without the path that their API wants."""
    return _HOSTS.get(provider, "").format(owner=owner) + id


def _name(provider: str, name: str | None) -> str | None:
    """Return the display name: not a host's, which is one offer's; DeepSeek's lack the family, as in "V4 Pro"."""
    if provider in _HOSTS:
        return None
    return f"DeepSeek {name}" if name and provider == "deepseek" and "deepseek" not in name.lower() else name


def _parse_row(id: str, provider: str, row: Mapping[str, Any]) -> Iterator[Model]:
    model = Model(
        id,
        provider,
        known_count(row.get("context_length")),
        name=_name(provider, display_name(row.get("display_name"))),
        max_input_tokens=known_count(row.get("input_tokens")),
        max_output_tokens=known_count(row.get("output_tokens")),
        knowledge_cutoff=_day(row.get("knowledge_cutoff_date")),
        released=_day(row.get("release_date")),
    )
    if isinstance(row.get("reasoning"), bool):
        model.capabilities["reasoning"] = row["reasoning"]
    yield model
    versions = row.get("versions")
    for name, version in versions.items() if isinstance(versions, Mapping) else ():
        if isinstance(name, str) and isinstance(version, Mapping) and name != id and _served(name, id):
            snapshot = model.copy()
            snapshot.id, snapshot.released = name, _day(version.get("release_date"))
            yield snapshot


def _served(version: str, id: str) -> bool:
    """Whether a version's name is an id of the provider for this model: not "latest", nor another model's snapshot."""
    return version.startswith(id) and not version.endswith("latest")


def _day(value: Any) -> str | None:
    """Return a date, which YAML reads as one, as ISO text."""
    text = str(value)[:10] if value is not None else None
    parts = text.split("-") if text else []
    return text if [len(part) for part in parts] == [4, 2, 2] and all(part.isdigit() for part in parts) else None
