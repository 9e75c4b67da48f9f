"""The mall: every shelf shows what the registry holds now."""

import pytest

from ai_models import Model, ModelMall, ModelManager
from ai_models.errors import GroupNotFoundError, NotFoundError, ProviderNotFoundError


@pytest.fixture
def mall() -> ModelMall:
    manager = ModelManager(sources={}, connectors=[])
    manager.models["gpt-4"] = Model("gpt-4", "openai", kind="chat", lab="openai", capabilities={"streaming": True})
    manager.models["llama"] = Model(
        "llama",
        "ollama",
        is_local=True,
        family="llama",
        cost_per_token={"input": 0.0},
        capabilities={"streaming": False},
    )
    manager.add_model_tag("gpt-4", "production")
    manager.create_model_group("approved", ["gpt-4", "llama"])
    return ModelMall(manager)


def ids(models: list[Model]) -> list[str]:
    return sorted(model.id for model in models)


def test_every_shelf_can_be_opened_and_every_compartment_holds_models(mall: ModelMall) -> None:
    for name in mall:
        shelf = mall[name]
        compartments = shelf.values() if hasattr(shelf, "values") else [shelf]
        assert all(isinstance(model, Model) for models in compartments for model in models), name


def test_the_shelves_hold_what_they_say(mall: ModelMall) -> None:
    assert ids(mall["all"]) == ["gpt-4", "llama"]
    assert ids(mall["local"]) == ids(mall["free"]) == ["llama"]
    assert ids(mall["remote"]) == ["gpt-4"]
    assert (
        ids(mall["by_provider", "openai"]) == ids(mall["by_lab", "openai"]) == ids(mall["by_kind", "chat"]) == ["gpt-4"]
    )
    assert ids(mall["by_capability", "streaming"]) == ["gpt-4"]
    assert ids(mall["by_family", "llama"]) == ["llama"]
    assert ids(mall["by_tag", "production"]) == ["gpt-4"]
    assert ids(mall["groups", "approved"]) == ["gpt-4", "llama"]
    assert list(mall["groups"]) == ["approved"]
    assert "nobody" not in mall["by_provider"]
    assert len(mall["by_provider"]) == 2


def test_a_shelf_follows_the_registry(mall: ModelMall) -> None:
    remote = mall["by_provider"]
    mall.manager.models["new"] = Model("new", "groq")
    assert ids(remote["groq"]) == ["new"]


def test_what_is_not_there_is_an_error_that_names_it(mall: ModelMall) -> None:
    with pytest.raises(NotFoundError, match="shelf 'provider'; did you mean 'by_provider'"):
        mall["provider"]
    with pytest.raises(ProviderNotFoundError, match="nobody"):
        mall["by_provider", "nobody"]
    with pytest.raises(GroupNotFoundError, match="aproved"):
        mall["groups", "aproved"]


def test_only_what_can_be_called_is_available(mall: ModelMall, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ids(mall["available"]) == ["llama"]
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789abcdef0123456789")
    assert ids(mall["available"]) == ["gpt-4", "llama"]


def test_a_provider_that_lists_for_your_key_is_available_for_what_it_lists(
    mall: ModelMall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789abcdef0123456789")
    listed = {"openai": {"id": "gpt-5", "listed": "2026-11-23"}}
    mall.manager.models["gpt-5"] = Model("gpt-5", "openai", connector_metadata=listed)
    assert ids(mall["available"]) == ["gpt-5", "llama"]
