"""The design document's code runs: every block of its text (a copy is beside this file), in order, in one session.

Where the text has an ellipsis for "your logic here", the test fills it in; where it shows what
*not* to write ("Instead of explicit methods") or a sketch that isn't Python, that part is left
out by name. Everything else runs as it stands.
"""

import dataclasses
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import ai_models
from ai_models import Model, ModelRegistry, ModelSource, get_manager
from ai_models.base import Connector
from ai_models.manager import ModelManager

TEXT = (Path(__file__).parent / "design_document.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)


def block(containing: str) -> str:
    (found,) = [text for text in BLOCKS if containing in text]
    return found


class Listed(ModelSource):
    """Stands in for a source that would dial."""

    def __init__(self, *models: Model) -> None:
        self.models = models

    def discover_models(self) -> Iterable[Model]:
        return [model.copy() for model in self.models]


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A session as the document has it: sources that answer, and the two models its text speaks of."""
    monkeypatch.setenv("HOME", str(tmp_path))
    openrouter = Listed(
        Model("openai/gpt-4", "openrouter", 8191, cost_per_token={"input": 3e-05, "output": 6e-05}),
        Model("anthropic/claude-3-haiku", "openrouter", 200000, capabilities={"streaming": True}),
    )
    ollama = Listed(Model("llama3.2:1b", "ollama", 131072, is_local=True, capabilities={"tools": True}))

    def opened(storage_path: str) -> ModelManager:
        manager = get_manager(storage_path=storage_path)
        manager.register_source("openrouter", openrouter)
        manager.register_source("ollama", ollama)
        manager.models["gpt-4"] = Model("gpt-4", "openai", 8192, capabilities={"streaming": True})
        manager.models["claude-3"] = Model("claude-3", "anthropic", 200000)
        return manager

    return {"get_manager": opened, "Any": Any, "Iterable": Iterable} | vars(ai_models.base)


def run(code: str, session: dict[str, Any]) -> None:
    code = code.replace("from ai_models import get_manager\n", "")
    exec(compile(code, "design_document.md", "exec"), session)


def basic_workflow(session: dict[str, Any]) -> None:
    run(block("# Get pre-configured manager"), session)


def test_every_block_of_the_document_is_run_by_a_test_here() -> None:
    ours = Path(__file__).read_text(encoding="utf-8")
    markers = re.findall(r'block\("(.*?)"\)', ours)
    assert [text for text in BLOCKS if not any(marker in text for marker in markers)] == []


def test_the_registry_is_a_natural_mapping() -> None:
    code = block("# Use natural dict-like interface").partition("# Use natural dict-like interface")[2]
    registry = ModelRegistry()
    session = {"registry": registry, "model_data": {"provider": "openai", "context_size": 8192}}
    run(code.replace("del registry", "assert list(registry) == ['gpt-4']\ndel registry"), session)
    assert session["model"].context_size == 8192
    assert len(registry) == 0


def test_filter_returns_a_list() -> None:
    code = block("# Current implementation").partition("# Could be optimized to:")[0]
    registry = ModelRegistry()
    registry["gpt-4"] = Model("gpt-4", "openai")
    session: dict[str, Any] = {"registry": registry}
    run(code, session)
    assert [model.id for model in session["models"]] == ["gpt-4"]


def test_a_registry_takes_three_kinds_of_key() -> None:
    registry = ModelRegistry()
    registry["gpt-4"] = Model("gpt-4", "openai")
    registry["claude-3"] = Model("claude-3", "anthropic", is_local=True)
    for key, expected in re.findall(r"`registry\[(.*)\]` → (.*)", TEXT):
        found = eval(f"registry[{key}]", {"registry": registry})
        assert isinstance(found, Model if expected == "Model" else list)


def test_components_are_injected(tmp_path: Path) -> None:
    class CustomSource(ModelSource):
        def discover_models(self) -> Iterable[Model]:
            return []

    class CustomConnector(Connector):
        name = "custom"

        def format_metadata(self, model: Model) -> dict[str, Any]:
            return {}

    session = {
        "manager": ModelManager(),
        "CustomSource": CustomSource,
        "CustomConnector": CustomConnector,
        "ModelRegistry": ModelRegistry,
        "custom_path": tmp_path / "models.json",
    }
    run(block("# Manager accepts sources and connectors"), session)
    session["registry"]["m"] = Model("m", "x")
    assert (tmp_path / "models.json").exists()


def test_model_begins_with_the_documents_fields_in_their_order() -> None:
    session: dict[str, Any] = {"dataclass": dataclasses.dataclass, "field": dataclasses.field, "Any": Any}
    run(block("    cost_per_token: dict[str, float]"), session)
    theirs = dataclasses.fields(session["Model"])
    ours = dataclasses.fields(Model)[: len(theirs)]
    assert [each.name for each in ours] == [each.name for each in theirs]
    assert [each.default for each in ours] == [each.default for each in theirs]


def test_the_basic_workflow(session: dict[str, Any], tmp_path: Path) -> None:
    basic_workflow(session)
    assert [model.provider for model in session["local_models"]] == ["ollama"]
    assert "gpt-4" in {model.id for model in session["cheap_models"]}
    assert session["openai_meta"] == {"model": "gpt-4"}
    assert (tmp_path / ".config/ai_models.json").exists()


def test_the_call_that_the_document_names_is_shown_as_it_is_today(repository: Path) -> None:
    assert "openai.ChatCompletion.create" in TEXT
    assert "client.chat.completions.create(**openai_meta" in (repository / "README.md").read_text(encoding="utf-8")


def test_custom_metadata_tags_and_groups(session: dict[str, Any], tmp_path: Path) -> None:
    basic_workflow(session)
    run(block("# Add custom annotations"), session)
    assert [model.id for model in session["prod_models"]] == ["gpt-4"]
    assert {model.id for model in session["group_models"]} == {"gpt-4", "claude-3"}
    reopened = get_manager(storage_path=tmp_path / ".config/ai_models.json").models["gpt-4"]
    assert reopened.custom_metadata == {"notes": "Best for complex reasoning"}
    assert reopened.tags == {"production", "expensive", "group:production-ready"}


def test_the_mall(session: dict[str, Any]) -> None:
    basic_workflow(session)
    run(block("# Add custom annotations"), session)
    run(block("from ai_models.mall import ModelMall"), session)
    mall = session["mall"]
    assert "gpt-4" in {model.id for model in mall["by_provider", "openai"]}
    assert "gpt-4" in {model.id for model in mall["by_capability", "streaming"]}
    assert {model.is_local for model in mall["local"]} == {True}
    assert {model.is_local for model in mall["remote"]} == {False}
    assert list(mall["groups"]) == ["production-ready"]


def test_a_custom_source(session: dict[str, Any]) -> None:
    basic_workflow(session)
    code = block("class MyCustomSource(ModelSource)").replace("Model(...)", "Model('my-model', 'mine', 4096)")
    run(code, session)
    assert session["manager"].models["my-model"].context_size == 4096


def test_a_custom_connector(session: dict[str, Any]) -> None:
    basic_workflow(session)
    run(
        block("class MyCustomConnector(Connector)").replace('"model_id": model.id, ...', '"model_id": model.id'),
        session,
    )
    assert session["metadata"] == {"model_id": "gpt-4"}


def test_a_connector_uses_its_own_id_of_a_model(session: dict[str, Any]) -> None:
    session["openai_connector"] = ModelManager().connectors["openai"]
    run(block("# Connector picks the right one"), session)
    assert session["openai_meta"] == {"model": "gpt-4"}


def test_the_import_paths_of_the_package_structure() -> None:
    from ai_models import base, examples, manager, sources

    assert all(hasattr(base, name) for name in ("Model", "ModelRegistry", "Connector", "ModelSource"))
    named = re.findall(r"\*\*(\w+(?:Source|Connector))\*\*", TEXT)
    assert len(named) >= 7
    assert all(hasattr(sources, name) for name in named if name not in ("ModelSource", "Connector"))
    assert hasattr(manager, "ModelManager")
    assert hasattr(examples, "main")
