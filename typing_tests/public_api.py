"""What a type checker must see in the public names: this file is checked, never run."""

from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any, assert_type

from ai_models import Connector, Model, ModelManager, ModelRegistry, ModelSource, get_manager, identify


def a_registry_is_a_mutable_mapping_from_text_to_models(registry: ModelRegistry) -> MutableMapping[str, Model]:
    assert_type(registry["gpt-4o"], Model)
    assert_type(registry[["gpt-4o", "claude-sonnet-4-5"]], list[Model])
    assert_type(registry[lambda model: model.is_local], list[Model])
    assert_type(registry.filter(provider="openai"), list[Model])
    assert_type(registry.find({"context_size": {"$gte": 8000}}), Iterator[Model])
    return registry


def what_may_be_unknown_says_so(model: Model) -> None:
    assert_type(model.context_size, int | None)
    assert_type(model.supports("vision"), bool | None)
    assert_type(model.pricing.free, bool | None)
    assert_type(identify("openai", "gpt-4o").canonical, str | None)


def the_manager_needs_no_cast() -> None:
    manager = get_manager("models.json")
    assert_type(manager, ModelManager)
    assert_type(manager.discover_from_source("openrouter", auto_register=True), list[Model])
    assert_type(manager.list_models(tags=["production"]), list[Model])
    assert_type(manager.get_connector_metadata("gpt-4o", "openai"), dict[str, Any])


class MySource(ModelSource):
    def discover_models(self) -> Iterable[Model]:
        yield Model("my-model", "my-server")


class MyConnector(Connector):
    @property
    def name(self) -> str:
        return "mine"

    def format_metadata(self, model: Model) -> dict[str, Any]:
        return {"model_id": model.id}
