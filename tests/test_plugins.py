"""Sources and connectors by name: made on first use, brought by other packages, never silently replaced."""

import importlib.metadata
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from ai_models.errors import AIModelsError, SourceNotFoundError
from ai_models.manager import ModelManager
from ai_models.plugins import Plugins
from ai_models.sources import OllamaSource


def plugins() -> Plugins[object]:
    return Plugins({"one": list}, group="ai_models.sources", missing=SourceNotFoundError)


def installed(monkeypatch: pytest.MonkeyPatch, *named: tuple[str, str]) -> None:
    entries = EntryPoints(EntryPoint(name, value, "ai_models.sources") for name, value in named)
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: entries.select(group=group))


def test_a_thing_is_made_when_it_is_first_asked_for_and_once() -> None:
    made: list[str] = []
    found = Plugins({"a": lambda: made.append("a") or object()}, group="none", missing=SourceNotFoundError)
    assert made == []
    assert found["a"] is found["a"]
    assert made == ["a"]


def test_a_package_brings_a_source_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, ("mine", "ai_models.sources:OllamaSource"))
    manager = ModelManager()
    assert isinstance(manager.sources["mine"], OllamaSource)
    assert "mine" in manager.sources


def test_two_packages_that_bring_the_same_name_are_told_apart_by_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, ("one", "ai_models.sources:OllamaSource"))
    with pytest.raises(AIModelsError, match="uninstall"):
        list(plugins())


def test_an_unknown_name_suggests_a_known_one() -> None:
    with pytest.raises(SourceNotFoundError, match="did you mean 'one'"):
        plugins()["onee"]


def test_your_own_replaces_and_goes() -> None:
    found = plugins()
    found["one"] = "mine"
    assert found["one"] == "mine"
    del found["one"]
    assert "one" not in found
    with pytest.raises(SourceNotFoundError):
        del found["one"]
