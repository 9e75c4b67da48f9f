"""What a record says of its model besides its name: what it is a snapshot of, and which groups it is in."""

from collections.abc import Callable
from dataclasses import dataclass

from ai_models._core.model import Model
from ai_models._core.registry import ModelRegistry
from ai_models.errors import AIModelsError
from ai_models.groups import GROUP_TAG

__all__ = ["Named", "Naming"]

_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Named:
    """A model as records have it: its canonical id, the id of what it is a snapshot of, groups of both, who serves it.

    >>> Named("openai/gpt-4o-2024-08-06", "openai/gpt-4o").ids
    ('openai/gpt-4o-2024-08-06', 'openai/gpt-4o')
    """

    id: str
    base: str | None = None
    groups: tuple[str, ...] = ()
    provider: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The id, and that of the base if there is one."""
        return (self.id,) if self.base is None else (self.id, self.base)


class Naming:
    """Names models as a registry knows them, or as the catalogue does.

    >>> models = ModelRegistry()
    >>> models["gpt-4"] = Model("gpt-4", "openai", tags={"group:approved"})
    >>> Naming(models).of("gpt-4").groups, Naming(models).of("gpt-99").id
    (('approved',), 'gpt-99')
    """

    def __init__(self, models: ModelRegistry, catalogue: Callable[[], ModelRegistry] | None = None) -> None:
        self._models = models
        self._catalogue = catalogue
        self._kept: dict[str, Named] = {}
        self._revision = -1

    def of(self, name: str | None) -> Named:
        """Return what a name means; a name that nobody knows, or that fits several models, stays as it is."""
        if name is None:
            return Named("unknown")
        revision = self._models.revision
        if revision != self._revision or len(self._kept) > _MOST_KEPT:
            self._kept, self._revision = {}, revision
        found = self._kept.get(name)
        if found is None:
            found = self._kept[name] = self._look(name)
        return found

    def _look(self, name: str) -> Named:
        model = self._find(name)
        if model is None:
            return Named(name)
        groups = {*self._groups(model.id), *(self._groups(model.base) if model.base else ())}
        return Named(model.id, model.base, tuple(sorted(groups)), model.provider)

    def _find(self, name: str) -> Model | None:
        try:
            return self._models[name]
        except AIModelsError:
            pass
        try:
            return None if self._catalogue is None else self._catalogue()[name]
        except AIModelsError:
            return None

    def _groups(self, id: str) -> list[str]:
        try:
            tags = self._models[id].tags
        except AIModelsError:
            return []
        return [tag.removeprefix(GROUP_TAG) for tag in tags if tag.startswith(GROUP_TAG)]
