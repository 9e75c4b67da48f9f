"""A tour in five stops, offline and without a key: `python -m ai_models.examples`."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ai_models.base import Connector, Model, ModelSource
from ai_models.mall import ModelMall
from ai_models.manager import ModelManager, get_manager


class HouseModels(ModelSource):
    """A source of your own: the models that your company serves itself."""

    def discover_models(self) -> Iterable[Model]:
        """Yield what the house has; a real source would ask a server."""
        yield Model("house-chat", "house", context_size=32_768, is_local=True, capabilities={"streaming": True})
        yield Model("house-embed", "house", kind="embedding", is_local=True)


class HouseConnector(Connector):
    """A connector of your own: what your client wants to know about a model."""

    name = "house_client"

    def format_metadata(self, model: Model) -> dict[str, Any]:
        """Return the client's arguments."""
        return {"model_id": model.id, "window": model.context_size}


def discover(manager: ModelManager) -> None:
    """Fill the registry from the catalogue that comes with the package, and from a source of your own."""
    manager.register_source("house", HouseModels())
    report = manager.discover(["catalogue", "house"])
    for row in report.rows:
        print(f"  {row.source:<10} {row.models:>6} models, {row.new} new")


def find(manager: ModelManager) -> None:
    """Find models by what they can do and what they cost."""
    cheap = manager.models.find(
        {"capabilities.tools": True, "capabilities.vision": True, "cost_per_token.input": {"$lt": 1e-6}},
        sort="-context_size",
        limit=5,
    )
    for model in cheap:
        print(f"  {model.id:<44} {model.context_size:>10,} tokens  {model.pricing.input_per_mtok} USD/Mtok in")


def keep(manager: ModelManager) -> None:
    """Tag, note and group models: it stays yours through every discovery."""
    manager.add_model_tag("gpt-4o", "production")
    manager.set_custom_metadata("gpt-4o", "notes", "good at long instructions")
    manager.create_model_group("approved", ["gpt-4o", "house/house-chat"])
    print("  approved:", ", ".join(model.id for model in manager.list_models(tags=["group:approved"])))


def connect(manager: ModelManager) -> None:
    """Hand a model to a client library."""
    manager.register_connector(HouseConnector())
    for model, connector in (("gpt-4o", "openai"), ("gpt-4o", "langchain"), ("house/house-chat", "house_client")):
        print(f"  {connector:<13} {manager.get_connector_metadata(model, connector)}")


def browse(manager: ModelManager) -> None:
    """Walk through the registry by provider, capability and group."""
    mall = ModelMall(manager)
    print(
        f"  openai: {len(mall['by_provider', 'openai'])}, local: {len(mall['local'])}, groups: {list(mall['groups'])}"
    )


def main() -> None:
    """Take the tour in a registry that is thrown away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        manager = get_manager(storage_path=Path(folder) / "models.json")
        for stop in (discover, find, keep, connect, browse):
            print((stop.__doc__ or "").splitlines()[0])
            stop(manager)


if __name__ == "__main__":
    main()
