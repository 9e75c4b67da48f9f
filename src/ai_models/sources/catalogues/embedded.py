"""The embedded catalogue: what was publicly known about models on the day on which it was built."""

from importlib.resources import files
from typing import Any

from ai_models._core.contracts import Listing, ModelSource
from ai_models._core.model import Model
from ai_models._core.registry import ModelRegistry
from ai_models._core.store import MemoryStore

LOCATION = "the embedded catalogue"


class CatalogueSource(ModelSource):
    """The catalogue that comes with this package: needs no network and no key.

    >>> listing = CatalogueSource().listing()
    >>> listing.origin, len(listing.models) >= 2000
    ('embedded', True)
    """

    name = "catalogue"
    merged = True

    def discover_models(self) -> list[Model]:
        """Read the catalogue and return its models, under the registry's own ids and with their provenance."""
        return self.listing().models

    def listing(self) -> Listing:
        """Read the catalogue and return its models with its date."""
        catalogue = load_catalogue()
        return Listing(list(catalogue.values()), origin="embedded", date=catalogue.meta["date"])


def load_catalogue() -> ModelRegistry:
    """Return the catalogue as a registry of its own that can't be written: `StoreError` says so.

    Its `meta` has the catalogue's date, and each package it was built from with version, date and licence.

    >>> load_catalogue()["gpt-4o"].provider
    'openai'
    """
    import orjson

    data: dict[str, Any] = orjson.loads(files("ai_models").joinpath("data", "catalogue.json").read_bytes())
    return ModelRegistry(store=MemoryStore(data["models"], meta=data["ai_models"], location=LOCATION, read_only=True))
