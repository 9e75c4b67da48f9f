from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from tests.mutations import anything, mutated

from ai_models._core.model import Model
from ai_models.errors import MissingDependencyError, SourceFormatError
from ai_models.sources.catalogues.ctxlen import CtxlenSource, parse_ctxlen
from ai_models.sources.catalogues.inspect_ai import InspectDataSource, parse_inspect_data
from ai_models.sources.catalogues.langchain_profiles import LangChainProfilesSource, parse_langchain_profiles
from ai_models.sources.catalogues.package_data import installed_file, read_assignment
from ai_models.sources.parsed import Parsed

PROFILES: dict[str, Any] = {
    "o3": {
        "name": "OpenAI o3 (Preview)",
        "status": "deprecated",
        "release_date": "2025-04-16",
        "open_weights": False,
        "max_input_tokens": 200_000,
        "max_output_tokens": 100_000,
        "text_inputs": True,
        "image_inputs": True,
        "audio_inputs": False,
        "text_outputs": True,
        "tool_calling": True,
        "reasoning_output": True,
        "temperature": False,
    },
    "image-1": {"max_input_tokens": 0, "max_output_tokens": 0, "image_outputs": True},
}
WINDOWS: dict[str, Any] = {
    "rows": {"gpt-5": ["openai", 272_000, 128_000, 400_000], "gpt-4": ["openai", 8_192, 4_096, None]},
    "fills": {"openrouter/a/b": ["openrouter", 90_000, 10_000, 100_000], "fast": ["nobody-knows-this", 1, 1, 1]},
}
CURATED: dict[str, Any] = {
    "openai": {
        "display_name": "OpenAI",
        "models": {
            "o3": {
                "display_name": "OpenAI o3",
                "context_length": 200_000,
                "output_tokens": 100_000,
                "release_date": "2025-04-16",
                "knowledge_cutoff_date": "2024-06-01",
                "reasoning": True,
                "versions": {
                    "o3-2025-04-16": {"release_date": "2025-04-16"},
                    "o3-latest": {},
                    "o1-2024-12-17": {},
                },
            }
        },
    }
}


def _sound(parsed: Parsed) -> None:
    for model in parsed.models:
        assert Model.from_dict(model.to_dict()) == model
    assert all(row.reason for row in parsed.skipped)


def test_a_profile_becomes_a_model() -> None:
    model = parse_langchain_profiles(PROFILES, "openai").models[0]
    assert (model.id, model.provider, model.name, model.kind) == ("o3", "openai", "OpenAI o3", "chat")
    assert (model.context_size, model.max_output_tokens) == (200_000, 100_000)
    assert (model.released, model.open_weights, model.status) == ("2025-04-16", False, "deprecated")
    assert (model.input_modalities, model.output_modalities) == (["text", "image"], ["text"])
    assert [model.supports(name) for name in ("tools", "vision", "audio_input", "sampling", "pdf_input")] == [
        True,
        True,
        False,
        False,
        None,
    ]


def test_a_limit_of_zero_in_a_profile_is_unknown() -> None:
    model = parse_langchain_profiles(PROFILES, "openai").models[1]
    assert (model.context_size, model.max_output_tokens) == (None, None)


def test_ctxlens_rows_give_the_window_alone_and_its_fills_all_limits() -> None:
    parsed = parse_ctxlen(WINDOWS)
    limits = {
        model.id: (model.context_size, model.max_input_tokens, model.max_output_tokens) for model in parsed.models
    }
    assert limits == {"gpt-5": (400_000, None, None), "a/b": (100_000, 90_000, 10_000)}
    assert [row.id for row in parsed.skipped] == ["gpt-4", "fast"]


def test_inspects_versions_are_models_of_their_own_if_they_are_this_models() -> None:
    parsed = parse_inspect_data(CURATED, "openai")
    assert [(model.id, model.released, model.knowledge_cutoff) for model in parsed.models] == [
        ("o3", "2025-04-16", "2024-06-01"),
        ("o3-2025-04-16", "2025-04-16", "2024-06-01"),
    ]
    assert parsed.models[0].supports("reasoning") is True


@pytest.mark.parametrize(
    ("provider", "id"), [("together", "Org/M"), ("fireworks", "accounts/fireworks/models/M"), ("mistral", "M")]
)
def test_inspects_ids_become_those_of_the_host(provider: str, id: str) -> None:
    parsed = parse_inspect_data({"Org": {"models": {"M": {"context_length": 4096}}}}, provider)
    assert [model.id for model in parsed.models] == [id]


@given(mutated(PROFILES) | anything())
def test_broken_profiles_give_models_skipped_rows_or_a_format_error(payload: Any) -> None:
    try:
        _sound(parse_langchain_profiles(payload, "openai"))
    except SourceFormatError:
        return


@given(mutated(WINDOWS) | anything())
def test_broken_windows_give_models_skipped_rows_or_a_format_error(payload: Any) -> None:
    try:
        _sound(parse_ctxlen(payload))
    except SourceFormatError:
        return


@given(mutated(CURATED) | anything())
def test_broken_curated_data_gives_models_skipped_rows_or_a_format_error(payload: Any) -> None:
    try:
        _sound(parse_inspect_data(payload, "openai"))
    except SourceFormatError:
        return


def test_profiles_are_read_out_of_a_package(tmp_path: Path) -> None:
    place = tmp_path / "langchain_openai" / "data"
    place.mkdir(parents=True)
    (place / "_profiles.py").write_text(f"_PROFILES: dict[str, Any] = {PROFILES!r}\n", "utf-8")
    listing = LangChainProfilesSource("langchain-openai", directory=tmp_path, date="2026-11-04").listing()
    assert [(model.provider, model.id) for model in listing.models] == [("openai", "o3"), ("openai", "image-1")]
    assert listing.date == "2026-11-04"


def test_windows_are_read_out_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "_data.json"
    path.write_text('{"rows": {"gpt-5": ["openai", 272000, 128000, 400000]}, "fills": {}}', "utf-8")
    assert [model.context_size for model in CtxlenSource(path).discover_models()] == [400_000]


def test_curated_data_is_read_out_of_yaml(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    place = tmp_path / "inspect_ai/model/_model_data"
    place.mkdir(parents=True)
    (place / "openai.yml").write_text("openai:\n  models:\n    o3:\n      release_date: 2025-04-16\n", "utf-8")
    assert [model.released for model in InspectDataSource("openai", directory=tmp_path).discover_models()] == [
        "2025-04-16"
    ]
    (place / "openai.yml").write_text("openai: [", "utf-8")
    with pytest.raises(SourceFormatError, match="not YAML"):
        InspectDataSource("openai", directory=tmp_path).listing()


def test_a_package_that_is_not_installed_is_named_with_its_command() -> None:
    with pytest.raises(MissingDependencyError, match="pip install no_such_package_here"):
        installed_file("no_such_package_here", "data.json")


@pytest.mark.parametrize("text", ["a = [f(x)]", "a = (", "b = 1", "a = 1 + x", "a = " + "[" * 5_000, "a = 1\0"])
def test_source_text_without_plain_data_is_a_format_error(text: str) -> None:
    with pytest.raises(SourceFormatError):
        read_assignment(text, "a", "example")
