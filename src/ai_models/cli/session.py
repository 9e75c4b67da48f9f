"""What the commands of one run share: the manager, made when it is first needed, and the output."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import click

from ai_models._core.model import Model
from ai_models._core.nearest import nearest
from ai_models.cli.render import Output
from ai_models.cli.text import escape
from ai_models.errors import AIModelsError, ModelNotFoundError, NotFoundError

if TYPE_CHECKING:
    from ai_models._core.lookup import Resolution
    from ai_models._core.registry import ModelRegistry
    from ai_models.availability import Availability
    from ai_models.manager import ModelManager
    from ai_models.pick import Picker
    from ai_models.roles import Roles

R = TypeVar("R")

_GUESSED = {
    "identified": "by the form of the id",
    "snapshot": "its newest snapshot",
    "case": "in other letters",
    "role": "what fits that role best",
}


@dataclass
class Session:
    """One run of `ai-models`."""

    store: str | None = None
    out: Output = field(default_factory=Output.detect)
    _manager: "ModelManager | None" = None
    _answers_from_catalogue: bool = False

    @property
    def manager(self) -> "ModelManager":
        """The manager of the store that was asked for; no network, and nothing read before it is needed."""
        if self._manager is None:
            from ai_models.manager import get_manager

            self._manager = get_manager(self.store)
        return self._manager

    def own(self, *texts: str) -> list[str]:
        """Return the ids of models in the registry, all of them found before anything is changed."""
        models = self.manager.models
        if not len(models):
            raise AIModelsError(
                "the registry is empty, so there is nothing to change yet; fill it with: ai-models discover"
            )
        return [self._resolved(models, text).id for text in texts]

    def readable(self) -> "ModelRegistry":
        """Return the registry, or the embedded catalogue while the registry is empty, and say so once."""
        manager = self.manager
        if len(manager.models):
            return manager.models
        if self._answers_from_catalogue:
            return manager.catalogue
        self._answers_from_catalogue = True
        self.out.note("The registry is empty: answering from the embedded catalogue. Fill it with: ai-models discover")
        manager.catalogue.roles = lambda name: self.roles.meaning(name)
        return manager.catalogue

    def picker(self) -> "Picker":
        """Return what picks out of the readable registry."""
        models = self.readable()
        if models is self.manager.models:
            return self.manager.roles.picker
        from ai_models.costs import Costs
        from ai_models.pick import Picker

        return Picker(models, Costs(models), self.availability)

    @cached_property
    def roles(self) -> "Roles":
        """The roles that are kept, each meaning a model of the readable registry."""
        picker = self.picker()
        if picker.models is self.manager.models:
            return self.manager.roles
        from ai_models.roles import Roles

        return Roles(self.manager.models, picker)

    def availability(self) -> "Availability":
        """Return what tells which models of the readable registry can be called."""
        from ai_models.availability import Availability

        return Availability(self.readable(), self.manager.last_answers, self.manager.health_log)

    def find(self, text: str) -> Model:
        """Return the model that a text means; say how it was found where that isn't plain."""
        found = self._resolved(self.readable(), text)
        if found.how in _GUESSED:
            self.out.note(f"{escape(text)} is taken for {escape(found.id)} ({_GUESSED[found.how]})")
        return found.model

    def _resolved(self, registry: "ModelRegistry", text: str) -> "Resolution":
        """Return the model that a text means; for none, raise with where to look."""
        try:
            return registry.resolve(text)
        except ModelNotFoundError as error:
            if registry is not self.manager.catalogue and text in self.manager.catalogue:
                raise ModelNotFoundError(
                    text, hint="here, but in the embedded catalogue: ai-models discover --offline"
                ) from None
            if not error.suggestions:
                raise ModelNotFoundError(text, hint="(look for a part of its name: ai-models search TEXT)") from None
            raise


def pass_session(function: Callable[..., R]) -> Callable[..., R]:
    """Give a command its `Session` as first argument."""
    return click.make_pass_decorator(Session, ensure=True)(function)


def did_you_mean(near: Sequence[str]) -> str:
    """Return the end of a line that names what may have been meant, safe for the terminal; nothing of nothing.

    >>> did_you_mean(["groq"]), did_you_mean([])
    ('; did you mean groq?', '')
    """
    return f"; did you mean {' or '.join(map(escape, near))}?" if near else ""


def near(name: str, known: Sequence[str], error: type[NotFoundError]) -> NotFoundError:
    """Return the error for a name that isn't among the known ones, with the nearest of them."""
    return error(name, nearest(name, known, 3))
