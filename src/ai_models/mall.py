"""`ModelMall`: the registry as shelves to browse, by provider, by capability, by group and more."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ai_models._core.capabilities import CAPABILITIES
from ai_models._core.model import Model
from ai_models.errors import GroupNotFoundError, NotFoundError, ProviderNotFoundError
from ai_models.manager import ModelManager


class ShelfNotFoundError(NotFoundError):
    """The mall has no shelf of this name."""

    what = "shelf"


class Shelf(Mapping[str, list[Model]]):
    """Models sorted into named compartments, read from the registry whenever they are asked for."""

    def __init__(self, keys: Callable[[], list[str]], models: Callable[[str], list[Model]]) -> None:
        self._keys = keys
        self._models = models

    def __getitem__(self, key: str) -> list[Model]:
        return self._models(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys())

    def __len__(self) -> int:
        return len(self._keys())

    def __contains__(self, key: object) -> bool:
        return key in self._keys()


class ModelMall(Mapping[str, Any]):
    """Every model, from every side: shelves by name, and a compartment of a shelf by a pair.

    >>> manager = ModelManager()
    >>> manager.models["gpt-4"] = Model("gpt-4", "openai", capabilities={"streaming": True})
    >>> mall = ModelMall(manager)
    >>> [model.id for model in mall["by_provider", "openai"]]
    ['gpt-4']
    >>> [model.id for model in mall["by_capability", "streaming"]], mall["local"]
    (['gpt-4'], [])
    """

    def __init__(self, manager: ModelManager) -> None:
        self.manager = manager
        models = manager.models
        self._shelves: dict[str, Callable[[], Any]] = {
            "all": lambda: list(models.values()),
            "available": lambda: models.filter(available=True),
            "free": lambda: models.filter(free=True),
            "local": lambda: models.filter(is_local=True),
            "remote": lambda: models.filter(is_local=False),
            "groups": lambda: Shelf(lambda: list(manager.groups), self._group),
            "by_capability": lambda: Shelf(self._capabilities, lambda name: models.filter(capabilities=name)),
            "by_family": lambda: self._by("family"),
            "by_kind": lambda: self._by("kind"),
            "by_lab": lambda: self._by("lab"),
            "by_provider": lambda: Shelf(self._providers, self._offered_by),
            "by_tag": lambda: Shelf(self._tags, lambda tag: models.filter(tags=[tag])),
        }

    def __getitem__(self, key: str | tuple[str, str]) -> Any:
        name, *rest = key if isinstance(key, tuple) else (key,)
        if name not in self._shelves:
            raise ShelfNotFoundError(name, [shelf for shelf in self._shelves if name in shelf][:2] or ["by_provider"])
        shelf = self._shelves[name]()
        for part in rest:
            shelf = shelf[part]
        return shelf

    def __iter__(self) -> Iterator[str]:
        return iter(self._shelves)

    def __len__(self) -> int:
        return len(self._shelves)

    def _by(self, field: str) -> Shelf:
        models = self.manager.models
        return Shelf(
            lambda: sorted({value for model in models.values() if (value := getattr(model, field))}),
            lambda value: list(models.find({field: value})),
        )

    def _providers(self) -> list[str]:
        return sorted({offer.provider for model in self.manager.models.values() for offer in model.offers.values()})

    def _offered_by(self, provider: str) -> list[Model]:
        found = self.manager.models.filter(provider=provider)
        if not found and provider not in self._providers():
            raise ProviderNotFoundError(provider, hint="in your registry")
        return found

    def _capabilities(self) -> list[str]:
        models = list(self.manager.models.values())
        return [name for name in CAPABILITIES if any(model.capabilities.get(name) for model in models)]

    def _tags(self) -> list[str]:
        return sorted({tag for model in self.manager.models.values() for tag in model.tags})

    def _group(self, name: str) -> list[Model]:
        if name not in self.manager.groups:
            raise GroupNotFoundError(name, list(self.manager.groups)[:3])
        return self.manager.models[self.manager.groups[name]]
