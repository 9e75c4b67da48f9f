"""The embedded catalogue: what was publicly known about models on the day on which it was built."""

from collections.abc import Iterator, Mapping, MutableMapping
from functools import cached_property
from importlib.resources import files
from typing import Any, NoReturn

from ai_models._core.registry import ModelRegistry

from ai_models._core.contracts import Listing, ModelSource
from ai_models._core.model import Model
from ai_models.errors import StoreError

FILE = "catalogue.json"


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
        return list(_Catalogue().values())

    def listing(self) -> Listing:
        """Read the catalogue and return its models with its date."""
        catalogue = _Catalogue()
        return Listing(list(catalogue.values()), origin="embedded", date=catalogue.meta["date"])


def load_catalogue() -> ModelRegistry:
    """Return the catalogue as a registry that can't be written; its `StoreError` says what to do instead.

    >>> load_catalogue()["gpt-4o"].provider
    'openai'
    """
    return ModelRegistry(store=_Catalogue())


def catalogue_meta() -> dict[str, Any]:
    """Return what the catalogue says about itself: its date, and each package it was built from, with its licence.

    >>> sorted(catalogue_meta())
    ['date', 'schema', 'sources']
    """
    return dict(_Catalogue().meta)


class _Catalogue(MutableMapping[str, Model]):
    """The catalogue's file as a store: read on first use, each Model made when it is asked for, never written."""

    location = "the embedded catalogue"

    def __init__(self) -> None:
        self._made: dict[str, Model] = {}

    @cached_property
    def _file(self) -> dict[str, Any]:
        import orjson

        data: dict[str, Any] = orjson.loads(files("ai_models").joinpath("data", FILE).read_bytes())
        return data

    @cached_property
    def meta(self) -> Mapping[str, Any]:
        """The file's head."""
        head: dict[str, Any] = self._file["ai_models"]
        return head

    def __getitem__(self, id: str) -> Model:
        if id not in self._made:
            self._made[id] = Model(**self._file["models"][id])
        return self._made[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._file["models"])

    def __len__(self) -> int:
        return len(self._file["models"])

    def __contains__(self, id: object) -> bool:
        return id in self._file["models"]

    def __setitem__(self, id: str, model: Model) -> NoReturn:
        raise _read_only()

    def __delitem__(self, id: str) -> NoReturn:
        raise _read_only()


def _read_only() -> StoreError:
    return StoreError(
        "the catalogue can't be changed; bring it into your own registry with discover(['catalogue'])",
        location=_Catalogue.location,
    )
