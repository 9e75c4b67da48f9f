"""Groups of models: each is a tag on its members, so that it is kept and found as tags are."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from ai_models._core.model import Model
from ai_models._core.registry import ModelRegistry
from ai_models.errors import GroupNotFoundError, InvalidModelError

__all__ = ["GROUP_TAG", "Groups"]

GROUP_TAG = "group:"
"""A group is this tag, with the group's name, on each of its models."""


class Groups(Mapping[str, list[str]]):
    """The groups of a registry: names, each with the ids of its models, in the registry's order."""

    def __init__(self, models: ModelRegistry) -> None:
        self._models = models

    def _all(self) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = {}
        for model in self._models.find({"tags": {"$exists": True}}):
            for tag in sorted(model.tags):
                if tag.startswith(GROUP_TAG):
                    groups.setdefault(tag.removeprefix(GROUP_TAG), []).append(model.id)
        return dict(sorted(groups.items()))

    def __getitem__(self, name: str) -> list[str]:
        groups = self._all()
        if name not in groups:
            raise GroupNotFoundError(name, list(groups)[:3])
        return groups[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def add(self, name: str, model_ids: Iterable[str]) -> None:
        """Put models into a group, which is made if need be; an unknown id changes nothing."""
        self._tag(name, model_ids, lambda model: model.tags.add(GROUP_TAG + name))

    def remove(self, name: str, model_ids: Iterable[str] | None = None) -> None:
        """Take models out of a group, by default all of them, with which the group is no more."""
        members = self[name] if model_ids is None else model_ids
        self._tag(name, members, lambda model: model.tags.discard(GROUP_TAG + name))

    def _tag(self, name: str, model_ids: Iterable[str], change: Callable[[Model], None]) -> None:
        if not name.strip():
            raise InvalidModelError("group", name, "a group's name is a text that is not empty")
        with self._models.batch():
            for id in list(model_ids):
                with self._models.edit(id) as model:
                    change(model)
