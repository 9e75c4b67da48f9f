"""GGUF files: models of which the weights are on this machine, whether or not a server runs them.

What is read is the header of each file alone. A model in several files is one model.
"""

import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ai_models._core.contracts import Listing, ModelSource
from ai_models._core.model import Model
from ai_models.errors import SourceUnavailableError
from ai_models.sources import rows
from ai_models.sources.disk.files import files_below, missing_parts, size_of, whole_name
from ai_models.sources.disk.gguf_header import GGUFError, GGUFHeader, read_header
from ai_models.sources.facts import text_or_none
from ai_models.sources.formats.local import quantization_in_name, single_size

__all__ = ["GGUFSource", "gguf_model", "header_of"]

VARIABLE = "AI_MODELS_GGUF_PATH"
"""The environment variable for files and folders, separated as in `PATH`."""

_DEFAULTS = ("~/.cache/llama.cpp", "~/Library/Caches/llama.cpp", "~/.lmstudio/models", "~/.cache/lm-studio/models")
_TYPES = (
    "F32 F16 Q4_0 Q4_1 ? ? ? Q8_0 Q5_0 Q5_1 Q2_K Q3_K_S Q3_K_M Q3_K_L Q4_K_S Q4_K_M Q5_K_S Q5_K_M Q6_K IQ2_XXS "
    "IQ2_XS Q2_K_S IQ3_XS IQ3_XXS IQ1_S IQ4_NL IQ3_S IQ3_M IQ2_S IQ2_M IQ4_XS IQ1_M BF16 ? ? ? TQ1_0 TQ2_0 "
    "MXFP4 NVFP4 Q1_0"
)
"""`general.file_type` → quantization, counted from 0."""

_FILE_TYPES = dict(enumerate(_TYPES.split()))

_KINDS = {1: "embedding", 2: "embedding", 3: "embedding", 4: "rerank"}
"""`pooling_type` → what a model is for."""

_NO_MODELS = {
    "adapter": "an adapter, no model of its own",
    "imatrix": "a matrix for quantizing, not a model",
    "mmproj": "the eyes or ears of another model",
}
_MOST_PARAMETERS = 10**14
_DOWNLOADED = re.compile(r"(?P<owner>[A-Za-z0-9][A-Za-z0-9-]*)_(?P<name>.+-GGUF)_(?P<file>.+)")
"""How llama.cpp names what it downloads: after the repository, then as the file is called there."""


class GGUFSource(ModelSource):
    """The models in GGUF files: those at the given paths, files or folders.

    Without any they are looked for where `AI_MODELS_GGUF_PATH` says, else where llama.cpp and LM Studio keep them;
    a discovery asks for them once there is such a place.

    >>> import tempfile
    >>> GGUFSource(env={}, home=tempfile.mkdtemp()).by_default
    False
    """

    name = "gguf"
    provider = "gguf"
    is_local = True

    def __init__(
        self, *places: str | Path, env: Mapping[str, str] | None = None, home: str | Path | None = None
    ) -> None:
        self._given = places
        self._env = env
        self._home = home

    @property
    def places(self) -> list[Path]:
        """The files and folders that are looked at.

        >>> GGUFSource("/models").places
        [PosixPath('/models')]
        """
        env = os.environ if self._env is None else self._env
        named = [each for each in env.get(VARIABLE, "").split(os.pathsep) if each.strip()]
        if self._given or named:
            return [Path(each).expanduser() for each in self._given or named]
        cache = env.get("LLAMA_CACHE", "").strip()
        usual = [*([cache] if cache else []), *_DEFAULTS]
        found = [self._at_home(each) for each in usual]
        return [each for each in found if each.is_dir()]

    @property
    def by_default(self) -> bool:
        """Whether there is a place to look at."""
        return bool(self.places)

    def discover_models(self) -> list[Model]:
        """Read the files and return their models; raise `SourceError` if there is no place to look at."""
        return self.listing().models

    def listing(self) -> Listing:
        """Read the files: what is broken or no model is a skipped row with its reason."""
        places = self.places
        missing = [str(place) for place in places if not place.exists()]
        if len(missing) == len(places):
            where = f"there is no {' and no '.join(missing)}" if missing else "no folder of GGUF files is known"
            raise SourceUnavailableError(f"{where}; set {VARIABLE} to files or folders", source=self.name)
        found = sorted(_wholes(places).items(), key=lambda each: each[0].name)
        taken: set[str] = set()

        def parse(row: Mapping[str, Any]) -> Model:
            model = _model(row["path"], row["files"], self.name)
            if model.id in taken:
                model.id = f"{row['path'].parent.name}/{model.id}"
            taken.add(model.id)
            return model

        parsed = rows.parse_rows(({"id": path.stem, "path": path, "files": files} for path, files in found), parse)
        note = f"not there: {', '.join(missing)}" if missing else ""
        return Listing(parsed.models, parsed.skipped, date=date.today().isoformat(), note=note)

    def _at_home(self, place: str) -> Path:
        if self._home is not None and place.startswith("~/"):
            return Path(self._home, place[2:])
        return Path(place).expanduser()


def _wholes(places: list[Path]) -> dict[Path, list[Path]]:
    """Return the files of each model, by the path that it would have as one file."""
    found: dict[Path, list[Path]] = {}
    seen: set[Path] = set()
    for path in _gguf_files(places):
        real = path.resolve()
        if real not in seen:
            seen.add(real)
            found.setdefault(path.with_name(whole_name(path.name)), []).append(path)
    return found


def _gguf_files(places: list[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from (path for path in files_below(place) if path.suffix.lower() == ".gguf")
        elif place.exists():
            yield place
            parts = {whole_name(place.name)} - {place.name}
            yield from (path for path in sorted(place.parent.glob("*.gguf")) if whole_name(path.name) in parts)


def header_of(path: Path) -> GGUFHeader:
    """Return the header of a file; raise `SkipRowError` with the reason if it can't be read, or the file is cut off.

    >>> header_of(Path("/no/such/file.gguf"))
    Traceback (most recent call last):
        ...
    ai_models.sources.rows.SkipRowError: it can't be read: No such file or directory
    """
    try:
        with path.open("rb") as file:
            header = read_header(file)
            size = os.fstat(file.fileno()).st_size
    except GGUFError as error:
        raise rows.SkipRowError(str(error)) from error
    except OSError as error:
        raise rows.SkipRowError(f"it can't be read: {error.strerror or type(error).__name__}") from error
    if size < header.least_bytes:
        raise rows.SkipRowError(f"cut off: it ends at byte {size}, before its last weights")
    return header


def _model(whole: Path, files: list[Path], provider: str) -> Model:
    missing = missing_parts(file.name for file in files)
    if missing:
        raise rows.SkipRowError(f"incomplete: {missing[0]} is missing")
    headers = [header_of(file) for file in files]
    downloaded = _DOWNLOADED.fullmatch(whole.stem)
    id = rows.row_id({"id": downloaded["file"] if downloaded else whole.stem}, "id")
    model = gguf_model(id, provider, files, headers)
    if downloaded:
        model.connector_metadata[provider]["repository"] = f"{downloaded['owner']}/{downloaded['name']}"
    return model


def gguf_model(id: str, provider: str, files: list[Path], headers: list[GGUFHeader]) -> Model:
    """Return the model in some files, of what the first one's header says; raise `SkipRowError` if it is none.

    >>> facts = {"general.architecture": "llama", "llama.context_length": 8192, "general.file_type": 15}
    >>> model = gguf_model("m", "gguf", [], [GGUFHeader(facts, tensors=1, parameters=7_000_000)])
    >>> model.context_size, model.parameters, model.connector_metadata["gguf"]["quantization"]
    (8192, 7000000, 'Q4_K_M')
    """
    facts = headers[0].facts
    architecture = text_or_none(facts.get("general.architecture"))
    if architecture is None:
        raise rows.SkipRowError("its header names no architecture")
    kind = facts.get("general.type", "mmproj" if architecture == "clip" else "model")
    if kind in _NO_MODELS:
        raise rows.SkipRowError(_NO_MODELS[kind])
    if not any(header.tensors for header in headers):
        raise rows.SkipRowError("a vocabulary without weights")
    return Model(
        id,
        provider,
        context_size=rows.count(facts.get(f"{architecture}.context_length")),
        is_local=True,
        capabilities=_capabilities(facts),
        name=_shown(facts.get("general.name")),
        kind=_kind(facts, architecture),
        license=_shown(facts.get("general.license")),
        parameters=_parameters(facts, headers),
        connector_metadata={provider: rows.known(_offer_facts(facts, architecture, files))},
    )


def _parameters(facts: Mapping[str, Any], headers: list[GGUFHeader]) -> int | None:
    """Return how many numbers the weights are: stated, else counted, else as the label says."""
    stated = facts.get("general.parameter_count")
    counted = sum(header.parameters for header in headers)
    for value in (stated, counted):
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _MOST_PARAMETERS:
            return value
    return single_size(facts.get("general.size_label"))


def _capabilities(facts: Mapping[str, Any]) -> dict[str, bool]:
    template = facts.get("tokenizer.chat_template")
    return {"tools": True} if isinstance(template, str) and re.search(r"\btools\b", template) else {}


def _kind(facts: Mapping[str, Any], architecture: str) -> str | None:
    pooling = facts.get(f"{architecture}.pooling_type")
    if isinstance(pooling, int) and pooling in _KINDS:
        return _KINDS[pooling]
    return "chat" if text_or_none(facts.get("tokenizer.chat_template")) else None


def _offer_facts(facts: Mapping[str, Any], architecture: str, files: list[Path]) -> dict[str, Any]:
    file_type = facts.get("general.file_type")
    name = _FILE_TYPES.get(file_type, "?") if isinstance(file_type, int) else "?"
    return {
        "quantization": name if name != "?" else quantization_in_name(files[0].name) if files else None,
        "parameter_size": _shown(facts.get("general.size_label")),
        "format": "gguf",
        "architecture": _shown(architecture),
        "size_bytes": size_of(files) or None,
        "path": _shown(str(files[0])) if files else None,
    }


def _shown(value: Any) -> str | None:
    """Return a text of one printable line."""
    text = text_or_none(value)
    return text.strip() if text and len(text) <= 1000 and text.strip().isprintable() else None
