"""Models as files: GGUF headers are read within bounds, caches of the hub are read as they lie there."""

import contextlib
import io
import json
import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers.tiny_gguf import U32, fact, listed, number, packed_text, text, tiny_gguf

from ai_models._core.contracts import ModelSource
from ai_models._core.model import Model
from ai_models.errors import SourceUnavailableError
from ai_models.sources import GGUFSource, HuggingFaceCacheSource, builtin_sources
from ai_models.sources.disk.gguf_header import GGUFError, read_header
from ai_models.testing import SourceTests

COMMIT = "a" * 40


def header(*pairs: bytes, tensors: int = 1, version: int = 3) -> bytes:
    """A GGUF file with one tensor of four numbers, or with none."""
    tensor = packed_text(b"w") + struct.pack("<IQIQ", 1, 4, 0, 0)
    start = b"GGUF" + struct.pack("<IQQ", version, tensors, len(pairs))
    return start + b"".join(pairs) + tensor * tensors + bytes(64)


def llama(*more: bytes) -> bytes:
    return header(text("general.architecture", "llama"), number("llama.context_length", 8192), *more)


def models_in(folder: Path, **files: bytes) -> dict[str, Model]:
    for name, data in files.items():
        (folder / f"{name}.gguf").write_bytes(data)
    return {model.id: model for model in GGUFSource(folder).discover_models()}


def reasons(source: ModelSource) -> dict[str | None, str]:
    return {row.id: row.reason for row in source.listing().skipped}


class TestGGUF(SourceTests):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path
        (tmp_path / "tiny.gguf").write_bytes(tiny_gguf())
        (tmp_path / "broken.gguf").write_bytes(b"GGUF")

    def make_source(self) -> ModelSource:
        return GGUFSource(self.folder)


class TestCache(SourceTests):
    @pytest.fixture(autouse=True)
    def _cache(self, tmp_path: Path) -> None:
        self.path = tmp_path
        repository(
            tmp_path, "Qwen/Qwen3-8B", {"config.json": {"max_position_embeddings": 40960}, "m.safetensors": b"w"}
        )
        repository(tmp_path, "someone/tokenizer", {"tokenizer.json": {}})

    def make_source(self) -> ModelSource:
        return HuggingFaceCacheSource(self.path)


del SourceTests


def test_a_real_file_is_read(tmp_path: Path) -> None:
    data = tiny_gguf(1, "Tiny One")
    (model,) = models_in(tmp_path, **{"tiny-F32": data}).values()
    assert (model.id, model.name, model.provider, model.is_local) == ("tiny-F32", "Tiny One", "gguf", True)
    assert (model.context_size, model.parameters, model.kind) == (512, 127552, "chat")
    assert model.supports("tools") is None
    assert model.connector_metadata["gguf"] == {
        "quantization": "F32",
        "format": "gguf",
        "architecture": "llama",
        "size_bytes": len(data),
        "path": str(tmp_path / "tiny-F32.gguf"),
    }


def test_what_a_header_states_is_known(tmp_path: Path) -> None:
    template = text("tokenizer.chat_template", "{% if tools %}{{ tools }}{% endif %}")
    facts = (number("general.file_type", 15), text("general.size_label", "8B"), text("general.license", "apache-2.0"))
    (model,) = models_in(tmp_path, m=llama(template, *facts)).values()
    assert (model.context_size, model.license, model.supports("tools")) == (8192, "apache-2.0", True)
    offer = model.connector_metadata["gguf"]
    assert (offer["quantization"], offer["parameter_size"]) == ("Q4_K_M", "8B")


def test_an_unknown_file_type_leaves_the_name_of_the_file(tmp_path: Path) -> None:
    (model,) = models_in(tmp_path, **{"m-IQ4_XS": llama(number("general.file_type", 999))}).values()
    assert model.connector_metadata["gguf"]["quantization"] == "IQ4_XS"


@pytest.mark.parametrize(("pooling", "kind"), [(0, None), (1, "embedding"), (3, "embedding"), (4, "rerank")])
def test_a_model_that_pools_is_for_embedding_or_ranking(tmp_path: Path, pooling: int, kind: str | None) -> None:
    (model,) = models_in(tmp_path, m=llama(number("llama.pooling_type", pooling))).values()
    assert model.kind == kind


def test_a_long_vocabulary_is_passed_over_at_speed(tmp_path: Path) -> None:
    tokens = listed("tokenizer.ggml.tokens", 8, [packed_text(b"token")] * 300_000)
    started = time.process_time()
    (model,) = models_in(tmp_path, m=llama(tokens, text("general.name", "After it"))).values()
    assert model.name == "After it"
    assert time.process_time() - started < 5


def test_the_parts_of_a_model_are_one_model(tmp_path: Path) -> None:
    part = header(text("general.architecture", "llama"))
    models = models_in(tmp_path, **{"big-00001-of-00002": part, "big-00002-of-00002": header()})
    assert list(models) == ["big"]
    assert models["big"].parameters == 8
    assert models["big"].connector_metadata["gguf"]["size_bytes"] == len(part) + len(header())


def test_a_model_without_one_of_its_parts_is_incomplete(tmp_path: Path) -> None:
    assert models_in(tmp_path, **{"big-00001-of-00002": llama()}) == {}
    assert reasons(GGUFSource(tmp_path)) == {"big": "incomplete: big-00002-of-00002.gguf is missing"}


def test_one_named_part_stands_for_all(tmp_path: Path) -> None:
    for number_ in (1, 2):
        (tmp_path / f"big-0000{number_}-of-00002.gguf").write_bytes(llama())
    (tmp_path / "other.gguf").write_bytes(llama())
    assert [model.id for model in GGUFSource(tmp_path / "big-00001-of-00002.gguf").discover_models()] == ["big"]


def test_two_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "m.gguf").write_bytes(llama(text("general.name", f"From {folder}")))
    assert {model.id for model in GGUFSource(tmp_path).discover_models()} == {"m", "b/m"}


def test_what_llama_cpp_downloaded_is_called_as_in_its_repository(tmp_path: Path) -> None:
    models = models_in(tmp_path, **{"ggml-org_gemma-3-4b-it-GGUF_gemma-3-4b-it-Q4_K_M": llama()})
    assert list(models) == ["gemma-3-4b-it-Q4_K_M"]
    assert models["gemma-3-4b-it-Q4_K_M"].connector_metadata["gguf"]["repository"] == "ggml-org/gemma-3-4b-it-GGUF"


def test_a_file_that_is_linked_twice_is_one_model(tmp_path: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(llama())
    (tmp_path / "again.gguf").symlink_to(tmp_path / "m.gguf")
    assert len(GGUFSource(tmp_path).discover_models()) == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it ends within its header"),
        (b"PK\3\4", "no GGUF file"),
        (b"GGUF" + struct.pack("<I", 1), "version 1"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60), "a header of"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 0), "a header of"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**60), "a text of"),
        (header(fact("k", 8, struct.pack("<Q", 2**62))), "a text of"),
        (header(fact("k", 9, struct.pack("<IQ", 4, 2**62))), "a list of"),
        (header(fact("k", 9, struct.pack("<IQ", 9, 2))), "a list of"),
        (header(fact("k", 99, b"")), "unknown type 99"),
        (header(), "names no architecture"),
        (llama()[:100], "it ends within its header"),
        (header(text("general.architecture", "llama"), tensors=0), "without weights"),
        (header(text("general.architecture", "clip")), "eyes or ears"),
        (header(text("general.architecture", "llama"), text("general.type", "adapter")), "an adapter"),
        (tiny_gguf()[:60_000], "cut off"),
    ],
)
def test_what_is_no_model_is_skipped_with_its_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    assert models_in(tmp_path, bad=data, good=llama()).keys() == {"good"}
    assert reason in reasons(GGUFSource(tmp_path))["bad"]


@given(st.binary(max_size=200), st.integers(0, 300), st.integers(0, 255))
def test_any_bytes_are_a_header_or_an_error(junk: bytes, at: int, byte: int) -> None:
    whole = bytearray(llama(text("general.name", "x"), listed("l", U32, [struct.pack("<I", 1)] * 3)))
    whole[at % len(whole)] = byte
    for data in (junk, b"GGUF\3\0\0\0" + junk, bytes(whole), bytes(whole)[:at]):
        with contextlib.suppress(GGUFError):
            assert read_header(io.BytesIO(data)).tensors >= 0


def test_a_hostile_size_reads_no_more_than_the_file_has(tmp_path: Path) -> None:
    class Counted(io.BytesIO):
        asked = 0

        def read(self, size: int | None = -1) -> bytes:
            self.asked += size or 0
            return super().read(size)

    file = Counted(header(fact("k", 9, struct.pack("<IQ", 12, 4_000_000))))
    with pytest.raises(GGUFError):
        read_header(file)
    assert file.asked < 64 * 1024 * 1024


def test_a_folder_is_asked_by_default_once_it_is_there(tmp_path: Path) -> None:
    source = GGUFSource(env={}, home=tmp_path)
    assert not source.by_default
    with pytest.raises(SourceUnavailableError, match="set AI_MODELS_GGUF_PATH"):
        source.listing()
    (tmp_path / ".lmstudio" / "models" / "owner" / "repo").mkdir(parents=True)
    (tmp_path / ".lmstudio" / "models" / "owner" / "repo" / "m.gguf").write_bytes(llama())
    assert source.by_default
    assert [model.id for model in source.discover_models()] == ["m"]


def test_the_variable_names_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.gguf").write_bytes(llama())
    (tmp_path / "b.gguf").write_bytes(llama())
    named = os.pathsep.join(map(str, (tmp_path / "folder", tmp_path / "b.gguf", tmp_path / "gone")))
    listing = GGUFSource(env={"AI_MODELS_GGUF_PATH": named}).listing()
    assert [model.id for model in listing.models] == ["a", "b"]
    assert listing.note == f"not there: {tmp_path / 'gone'}"


def test_a_place_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailableError, match="there is no"):
        GGUFSource(tmp_path / "gone").listing()


def repository(cache: Path, id: str, files: dict[str, Any], *, revision: str = COMMIT, main: bool = True) -> Path:
    """Put a model into a cache as the hub's client does: the files are links to blobs."""
    folder = cache / f"models--{id.replace('/', '--')}"
    snapshot = folder / "snapshots" / revision
    for name, content in files.items():
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        blob = folder / "blobs" / f"{revision[:1]}{abs(hash((name, data))):x}"
        blob.parent.mkdir(parents=True, exist_ok=True)
        blob.write_bytes(data)
        (snapshot / name).parent.mkdir(parents=True, exist_ok=True)
        (snapshot / name).symlink_to(os.path.relpath(blob, (snapshot / name).parent))
    if main:
        (folder / "refs").mkdir(exist_ok=True)
        (folder / "refs" / "main").write_text(revision)
    return snapshot


def cached(cache: Path) -> dict[str, Model]:
    return {model.id: model for model in HuggingFaceCacheSource(cache).discover_models()}


def test_a_model_in_the_cache_is_known_by_its_files(tmp_path: Path) -> None:
    card = b"---\nlicense: apache-2.0\ntags:\n- x\n---\nlicense: mit\n"
    config = {
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "max_position_embeddings": 40960,
        "torch_dtype": "bfloat16",
    }
    files = {"config.json": config, "model.safetensors": b"weights", "README.md": card}
    snapshot = repository(tmp_path, "Qwen/Qwen3-8B", files | {"tokenizer_config.json": {"chat_template": "{{ x }}"}})
    (tmp_path / "datasets--squad").mkdir()
    (model,) = cached(tmp_path).values()
    assert (model.id, model.provider, model.is_local) == ("Qwen/Qwen3-8B", "hf-cache", True)
    assert (model.context_size, model.license, model.kind) == (40960, "apache-2.0", "chat")
    assert model.connector_metadata["hf-cache"] == {
        "quantization": "bfloat16",
        "format": "safetensors",
        "architecture": "qwen3",
        "size_bytes": sum(file.stat().st_size for file in snapshot.iterdir()),
        "revision": COMMIT,
        "path": str(snapshot),
    }


def test_what_one_blob_holds_counts_once(tmp_path: Path) -> None:
    snapshot = repository(tmp_path, "a/b", {"model.safetensors": b"12345678"})
    (snapshot / "copy.safetensors").symlink_to((snapshot / "model.safetensors").resolve())
    assert cached(tmp_path)["a/b"].connector_metadata["hf-cache"]["size_bytes"] == 8


def test_the_version_of_main_counts_else_the_newest(tmp_path: Path) -> None:
    repository(tmp_path, "a/b", {"model.safetensors": b"1"})
    repository(tmp_path, "a/b", {"model.safetensors": b"12"}, revision="b" * 40, main=False)
    assert cached(tmp_path)["a/b"].connector_metadata["hf-cache"]["revision"] == COMMIT
    (tmp_path / "models--a--b" / "refs" / "main").write_text("../../elsewhere")
    os.utime(tmp_path / "models--a--b" / "snapshots" / COMMIT, (1, 1))
    assert cached(tmp_path)["a/b"].connector_metadata["hf-cache"]["revision"] == "b" * 40


def incomplete() -> Iterator[tuple[str, dict[str, Any], str]]:
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    half = {"model-00001-of-00002.safetensors": b"1"}
    yield "index", {"model.safetensors.index.json": index}, "incomplete: model-00001-of-00002.safetensors is missing"
    yield "half", half, "incomplete: model-00002-of-00002.safetensors is missing"
    yield "both", half | {"model.safetensors.index.json": index}, "incomplete: model-00002-of-00002"
    yield "none", {"config.json": {}}, "no weights in the cache"
    yield "only", {"training_args.bin": b"1"}, "no weights in the cache"


@pytest.mark.parametrize(("name", "files", "reason"), [*incomplete()])
def test_what_was_not_downloaded_whole_is_skipped(
    tmp_path: Path, name: str, files: dict[str, Any], reason: str
) -> None:
    repository(tmp_path, f"a/{name}", files)
    assert cached(tmp_path) == {}
    assert reasons(HuggingFaceCacheSource(tmp_path))[f"a/{name}"].startswith(reason)


def test_a_download_that_has_not_ended_is_skipped(tmp_path: Path) -> None:
    repository(tmp_path, "a/b", {"config.json": {}})
    (tmp_path / "models--a--b" / "blobs" / "abc.incomplete").write_bytes(b"1")
    (tmp_path / "models--a--c" / "refs").mkdir(parents=True)
    assert reasons(HuggingFaceCacheSource(tmp_path)) == {
        "a/b": "incomplete: its download has not ended",
        "a/c": "nothing of it was downloaded",
    }


def test_a_link_to_a_blob_that_is_gone_is_incomplete(tmp_path: Path) -> None:
    snapshot = repository(tmp_path, "a/b", {"model.safetensors": b"1"})
    (snapshot / "model.safetensors").resolve().unlink()
    assert reasons(HuggingFaceCacheSource(tmp_path)) == {"a/b": "incomplete: model.safetensors is missing"}


def test_an_index_of_a_format_that_was_not_fetched_asks_for_nothing(tmp_path: Path) -> None:
    index = {"weight_map": {"a": "pytorch_model-00001-of-00001.bin"}}
    repository(tmp_path, "a/b", {"pytorch_model.bin.index.json": index, "model.safetensors": b"1"})
    assert list(cached(tmp_path)) == ["a/b"]


@pytest.mark.parametrize(
    ("config", "path", "expected"),
    [
        ({"text_config": {"max_position_embeddings": 131072}}, "context_size", 131072),
        ({"n_positions": 1024}, "context_size", 1024),
        ({"model_type": "xlm-roberta", "max_position_embeddings": 514}, "context_size", 512),
        ({"max_position_embeddings": "many"}, "context_size", None),
        ({"vision_config": {"hidden_size": 1}}, "capabilities.vision", True),
        ({}, "capabilities.vision", None),
        ({"architectures": ["WhisperForConditionalGeneration"]}, "kind", "transcription"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, "quantization", "gptq 4-bit"),
        ({"quantization_config": {"quant_method": "fp8"}}, "quantization", "fp8"),
        ({"quantization": {"group_size": 64, "bits": 4}}, "quantization", "4-bit"),
        ({"text_config": {"dtype": "float16"}}, "quantization", "float16"),
        ([], "context_size", None),
    ],
)
def test_a_configuration_says(tmp_path: Path, config: Any, path: str, expected: Any) -> None:
    repository(tmp_path, "a/b", {"config.json": config, "model.safetensors": b"1"})
    model = cached(tmp_path)["a/b"]
    name, _, part = path.partition(".")
    found = model.connector_metadata["hf-cache"].get(name) if name == "quantization" else getattr(model, name)
    assert (found.get(part) if part else found) == expected


def test_sentence_transformers_are_for_embedding(tmp_path: Path) -> None:
    repository(tmp_path, "a/b", {"modules.json": [], "model.safetensors": b"1"})
    assert cached(tmp_path)["a/b"].kind == "embedding"


def test_gguf_files_in_the_cache_are_read_by_their_headers(tmp_path: Path) -> None:
    repository(tmp_path, "a/one", {"m-Q8_0.gguf": llama()})
    repository(tmp_path, "a/two", {"m-Q4_K_M.gguf": llama(), "m-Q8_0.gguf": llama(number("general.file_type", 7))})
    repository(tmp_path, "a/bad", {"m.gguf": b"GGUF"})
    models = cached(tmp_path)
    assert models["a/one"].context_size == models["a/two"].context_size == 8192
    assert models["a/one"].connector_metadata["hf-cache"]["quantization"] == "Q8_0"
    offer = models["a/two"].connector_metadata["hf-cache"]
    assert offer["variants"] == ["m-Q4_K_M", "m-Q8_0"]
    assert "quantization" not in offer
    assert reasons(HuggingFaceCacheSource(tmp_path)) == {"a/bad": "it ends within its header"}


@pytest.mark.parametrize(
    ("env", "path"),
    [
        ({"HF_HUB_CACHE": "/c", "HF_HOME": "/h"}, "/c"),
        ({"HF_HOME": "/h"}, "/h/hub"),
        ({"XDG_CACHE_HOME": "/x"}, "/x/huggingface/hub"),
    ],
)
def test_the_cache_is_where_the_hubs_own_variables_say(env: dict[str, str], path: str) -> None:
    assert HuggingFaceCacheSource(env=env).path == Path(path)


def test_the_cache_is_asked_by_default_once_a_model_is_in_it(tmp_path: Path) -> None:
    source = HuggingFaceCacheSource(env={"HF_HOME": str(tmp_path)})
    assert not source.by_default
    with pytest.raises(SourceUnavailableError, match="set HF_HOME"):
        source.listing()
    repository(tmp_path / "hub", "a/b", {"model.safetensors": b"1"})
    assert source.by_default


def test_both_are_among_the_built_in_sources_and_wait_for_files() -> None:
    for name in ("gguf", "hf-cache"):
        source = builtin_sources()[name]()
        assert source.name == name
        assert not source.by_default
