"""The cache of Hugging Face's hub: models that were downloaded, complete, with what their own files say of them."""

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
from ai_models.sources.disk.files import files_below, missing_parts, read_mapping, size_of, whole_name
from ai_models.sources.disk.gguf import gguf_model, header_of
from ai_models.sources.facts import text_or_none, texts
from ai_models.sources.parsed import Parsed

__all__ = ["HuggingFaceCacheSource"]

_WEIGHTS = (".safetensors", ".gguf", ".bin", ".pt", ".pth", ".ckpt", ".onnx", ".msgpack", ".h5", ".npz", ".tflite")
_NO_WEIGHTS = frozenset({"training_args.bin", "optimizer.bin", "optimizer.pt", "scheduler.pt", "rng_state.pth"})
_FORMATS = {".safetensors": "safetensors", ".gguf": "gguf", ".bin": "pytorch", ".pt": "pytorch", ".pth": "pytorch"}
_WINDOWS = ("max_position_embeddings", "n_positions", "max_sequence_length", "n_ctx")
_PADDED = frozenset({"roberta", "xlm-roberta", "camembert"})
"""Models that count two positions which hold no token."""

_LICENSE = re.compile(r"^license:[ \t]*['\"]?([A-Za-z0-9][\w.+-]{0,60})['\"]?[ \t]*$", re.MULTILINE)


class HuggingFaceCacheSource(ModelSource):
    """The models in the hub's cache on this machine: at `path`, else where `HF_HUB_CACHE` or `HF_HOME` say.

    >>> HuggingFaceCacheSource(env={"HF_HOME": "/data/hf"}).path
    PosixPath('/data/hf/hub')
    """

    name = "hf-cache"
    provider = "hf-cache"
    is_local = True

    def __init__(self, path: str | Path | None = None, *, env: Mapping[str, str] | None = None) -> None:
        self._given = path
        self._env = env

    @property
    def path(self) -> Path:
        """The folder of the cache."""
        env = os.environ if self._env is None else self._env
        own = self._given or env.get("HF_HUB_CACHE") or env.get("HUGGINGFACE_HUB_CACHE")
        if own:
            return Path(own).expanduser()
        home = env.get("HF_HOME")
        caches = env.get("XDG_CACHE_HOME") or "~/.cache"
        return Path(home or Path(caches, "huggingface")).expanduser() / "hub"

    @property
    def by_default(self) -> bool:
        """Whether there is a model in the cache.

        >>> HuggingFaceCacheSource("/no/such/folder").by_default
        False
        """
        return next(_repositories(self.path), None) is not None

    def discover_models(self) -> list[Model]:
        """Read the cache and return its models; raise `SourceError` if there is none."""
        return self.listing().models

    def listing(self) -> Listing:
        """Read the cache: what was not downloaded whole is a skipped row with its reason."""
        if not self.path.is_dir():
            raise SourceUnavailableError(
                f"there is no {self.path}; set HF_HOME or HF_HUB_CACHE to where the cache is", source=self.name
            )
        parsed = self._parsed()
        return Listing(parsed.models, parsed.skipped, date=date.today().isoformat())

    def _parsed(self) -> Parsed:
        found = ({"id": id, "folder": folder} for id, folder in _repositories(self.path))
        return rows.parse_rows(found, lambda row: _model(rows.row_id(row, "id"), row["folder"], self.provider))


def _repositories(cache: Path) -> Iterator[tuple[str, Path]]:
    """Yield the id and the folder of each model in a cache; data sets and the like are left out."""
    try:
        folders = sorted(cache.glob("models--*"))
    except OSError:
        return
    for folder in folders:
        if folder.is_dir():
            yield folder.name.removeprefix("models--").replace("--", "/"), folder


def _model(id: str, folder: Path, provider: str) -> Model:
    snapshot = _snapshot(folder)
    files = list(files_below(snapshot))
    weights = [file for file in files if file.suffix.lower() in _WEIGHTS and file.name not in _NO_WEIGHTS]
    _check_complete(folder, snapshot, weights)
    gguf = [file for file in weights if file.suffix.lower() == ".gguf"]
    if gguf and gguf == weights:
        return _gguf_model(id, provider, gguf, snapshot)
    config = read_mapping(snapshot / "config.json")
    return Model(
        id,
        provider,
        context_size=_context_size(config),
        is_local=True,
        capabilities=_capabilities(config),
        kind=_kind(config, snapshot),
        license=_license(snapshot),
        connector_metadata={provider: rows.known(_offer_facts(config, snapshot, files, weights))},
    )


def _snapshot(folder: Path) -> Path:
    """Return the folder of the version that a plain download would take: that of `main`, else the newest."""
    try:
        commit = (folder / "refs" / "main").read_text(encoding="utf-8").strip()[:100]
    except (OSError, UnicodeDecodeError):
        commit = ""
    if re.fullmatch(r"[\w.-]+", commit) and commit.strip(".") and (folder / "snapshots" / commit).is_dir():
        return folder / "snapshots" / commit
    try:
        dated = [(each.stat().st_mtime, each) for each in (folder / "snapshots").iterdir() if each.is_dir()]
    except OSError:
        dated = []
    if not dated:
        raise rows.SkipRowError("nothing of it was downloaded")
    return max(dated)[1]


def _check_complete(folder: Path, snapshot: Path, weights: list[Path]) -> None:
    """Raise `SkipRowError` unless all of the weights are there."""
    lost = [file.name for file in weights if not file.exists()]
    names = {str(file.relative_to(snapshot)) for file in weights}
    lost += [name for name in _indexed(snapshot, weights) if name not in names]
    lost += missing_parts(names)
    if lost:
        raise rows.SkipRowError(f"incomplete: {min(lost)} is missing")
    if weights:
        return
    if any((folder / "blobs").glob("*.incomplete")):
        raise rows.SkipRowError("incomplete: its download has not ended")
    raise rows.SkipRowError("no weights in the cache")


def _indexed(snapshot: Path, weights: list[Path]) -> set[str]:
    """Return the files that the indexes name, but for an index of a format that was not fetched beside another."""
    endings = {file.suffix for file in weights}
    found: set[str] = set()
    for index in snapshot.glob("*.index.json"):
        named = set(texts(list(rows.mapping(read_mapping(index).get("weight_map")).values())))
        if not endings or endings & {Path(name).suffix for name in named}:
            found |= named
    return found


def _gguf_model(id: str, provider: str, files: list[Path], snapshot: Path) -> Model:
    """Return the model of a repository of GGUF files: the facts of the first, with all that are there as variants."""
    wholes: dict[str, list[Path]] = {}
    for file in files:
        wholes.setdefault(whole_name(file.name), []).append(file)
    reasons, models = [], {}
    for name, parts in wholes.items():
        try:
            models[name] = gguf_model(id, provider, parts, [header_of(part) for part in parts])
        except rows.SkipRowError as error:
            reasons.append(str(error))
    if not models:
        raise rows.SkipRowError(reasons[0])
    model = next(iter(models.values()))
    offer = model.connector_metadata[provider]
    if len(models) > 1:
        offer |= {"variants": [Path(name).stem for name in models], "size_bytes": size_of(files)}
        del offer["path"]
        offer.pop("quantization", None)
    model.license = _license(snapshot) or model.license
    return model


def _nested(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return where a configuration may say something of the text model: in itself, or in its part for text."""
    return [config, *(rows.mapping(config.get(name)) for name in ("text_config", "llm_config", "language_config"))]


def _context_size(config: Mapping[str, Any]) -> int | None:
    for each in _nested(config):
        window = rows.first(each, _WINDOWS, rows.count)
        if window is not None:
            return window - 2 if each.get("model_type") in _PADDED and window % 2 == 0 and window > 2 else window
    return None


def _capabilities(config: Mapping[str, Any]) -> dict[str, bool]:
    parts = {"vision_config": "vision", "audio_config": "audio_input"}
    return {capability: True for name, capability in parts.items() if rows.mapping(config.get(name))}


def _kind(config: Mapping[str, Any], snapshot: Path) -> str | None:
    """Return what a model is for, where its files leave no doubt."""
    if (snapshot / "modules.json").exists():
        return "embedding"
    if any("Whisper" in name for name in texts(config.get("architectures"))):
        return "transcription"
    if (snapshot / "chat_template.jinja").exists() or (snapshot / "chat_template.json").exists():
        return "chat"
    return "chat" if read_mapping(snapshot / "tokenizer_config.json").get("chat_template") else None


def _license(snapshot: Path) -> str | None:
    """Return the licence that the model card names at its top."""
    try:
        with (snapshot / "README.md").open(encoding="utf-8", errors="replace") as file:
            top = file.read(8000)
    except OSError:
        return None
    if not top.startswith("---"):
        return None
    found = _LICENSE.search(top[3:].partition("\n---")[0])
    return found[1] if found and found[1] not in ("other", "unknown") else None


def _offer_facts(config: Mapping[str, Any], snapshot: Path, files: list[Path], weights: list[Path]) -> dict[str, Any]:
    endings = sorted({file.suffix.lower() for file in weights}, key=_WEIGHTS.index)
    return {
        "quantization": _quantization(config),
        "format": _FORMATS.get(endings[0], endings[0].removeprefix(".")),
        "architecture": text_or_none(config.get("model_type")) or next(iter(texts(config.get("architectures"))), None),
        "size_bytes": size_of(files) or None,
        "revision": snapshot.name,
        "path": str(snapshot) if str(snapshot).isprintable() else None,
    }


def _quantization(config: Mapping[str, Any]) -> str | None:
    """Return how the weights are quantized, such as "gptq 4-bit", else the type of their numbers."""
    stated = rows.mapping(config.get("quantization_config") or config.get("quantization"))
    method = text_or_none(stated.get("quant_method"))
    bits = rows.count(stated.get("bits") or stated.get("w_bit"))
    if method or bits:
        return " ".join(filter(None, [method, f"{bits}-bit" if bits else None]))
    return next(
        filter(None, (rows.first(each, ("dtype", "torch_dtype"), text_or_none) for each in _nested(config))), None
    )
