"""Every recorded list of models is read whole: no row is lost without a reason, and every number is the file's."""

import json
import math
from fnmatch import fnmatch
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.mutations import mutated
from tests.recordings import Recording, fact_at, recordings
from tests.shared import PAYLOADS, needs_recordings

from ai_models._core.model import Model, check_fields
from ai_models.errors import SourceFormatError
from ai_models.sources.parsed import Parsed

NO_LIST = {
    "*/error-*": "an error",
    "*/docs_error-*": "an error",
    "*/health*": "a state of a server",
    "*_id-*.json": "one model",
    "*_id.json": "one model",
    "*/docs_api_models_id_*": "one model",
    "*/api_models_id_*": "one model",
    "*/docs_v1_model_author_slug.json": "one model",
    "ollama/api_show-*": "details of one model, read with the list",
    "ollama/api_ps-*": "what is running, read with the list",
    "ollama/api_version-*": "the version of a server",
    "llamacpp/props*": "the settings of a server",
    "llamacpp/slots.json": "the work of a server",
    "litellm/public_model_hub.json": "an empty list",
    "openrouter/docs_v1_models_count.json": "a count",
    "openrouter/docs_v1_providers.json": "providers, not models",
    "openrouter/docs_v1_rankings_daily.json": "how much models are used",
    "openrouter/docs_v1_benchmarks.json": "scores, paid for by others and not openly licensed",
    "lmstudio/sdk_llm_info.json": "an object of a client library",
}
"""What is recorded besides lists of models."""


@cache
def listed() -> dict[str, Recording]:
    """Return how to read each recorded list, by its file."""
    if not PAYLOADS.is_dir():
        return {}
    lines = (PAYLOADS / "INDEX.jsonl").read_text().splitlines()
    files = [json.loads(line)["file"] for line in lines]
    known = recordings()
    return {file: reading for file in files for glob, reading in known.items() if fnmatch(file, glob)}


def load(file: str) -> Any:
    return json.loads((PAYLOADS / file).read_bytes())


@needs_recordings
def test_every_file_of_the_index_is_read_or_is_no_list() -> None:
    files = [json.loads(line)["file"] for line in (PAYLOADS / "INDEX.jsonl").read_text().splitlines()]
    left = [file for file in files if file not in listed() and not any(fnmatch(file, glob) for glob in NO_LIST)]
    assert left == []


@needs_recordings
@pytest.mark.parametrize("file", listed())
def test_no_row_is_lost_and_every_number_is_the_files(file: str) -> None:
    reading, payload = listed()[file], load(file)
    parsed = reading.parse(payload)
    models = {model.id: model for model in parsed.models}
    skipped = {each.row: each.reason for each in parsed.skipped}
    seen: set[str] = set()
    for number, row in enumerate(reading.rows(payload)):
        id = reading.id(row)
        if id is None:
            assert skipped.get(number), (number, row)
            continue
        assert id in models, (id, skipped.get(number))
        if id not in seen:
            for path, expected in reading.facts(row).items():
                assert same(fact_at(models[id], path), expected), (id, path, fact_at(models[id], path), expected)
        seen.add(id)
    assert seen == set(models)
    for model in parsed.models:
        check_fields(model.to_dict(), model.id)
        assert Model.from_dict(model.to_dict()) == model


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, float) and isinstance(found, int | float):
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-18)
    return bool(found == expected)


def shortened(payload: Any) -> Any:
    """Return an answer with the first three rows of each of its lists and long maps alone."""
    if isinstance(payload, list):
        return [shortened(each) for each in payload[:3]]
    if isinstance(payload, dict):
        pairs = list(payload.items())
        return {key: shortened(value) for key, value in (pairs[:3] if len(pairs) > 60 else pairs)}
    return payload


@needs_recordings
@pytest.mark.parametrize("file", listed())
@settings(max_examples=25)
@given(data=st.data())
def test_a_broken_list_gives_models_reasons_or_a_format_error(file: str, data: st.DataObject) -> None:
    payload = data.draw(mutated(shortened(load(file))))
    try:
        parsed = listed()[file].parse(payload)
    except SourceFormatError:
        return
    assert isinstance(parsed, Parsed)
    assert all(each.reason for each in parsed.skipped)
    for model in parsed.models:
        check_fields(model.to_dict(), model.id)
        assert Model.from_dict(model.to_dict()) == model
