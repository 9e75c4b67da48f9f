"""What a manager holds: each object made when it is first used, over one registry."""

import os
from collections.abc import Iterable, Mapping, MutableMapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ai_models._core.model import Model
from ai_models._core.registry import ModelRegistry
from ai_models.errors import (
    ConnectorNotFoundError,
    InvalidModelError,
    ModelNotFoundError,
    NotFoundError,
    SourceNotFoundError,
)
from ai_models.groups import Groups
from ai_models.plugins import Plugins

if TYPE_CHECKING:
    from ai_models._core.contracts import Connector, ModelSource
    from ai_models.availability import Availability
    from ai_models.benchmarks import Benchmarks
    from ai_models.budgets import Budgets
    from ai_models.changes import ChangeLog
    from ai_models.costs.estimator import Costs
    from ai_models.health import Health
    from ai_models.health_log import HealthLog
    from ai_models.last_answers import LastAnswers
    from ai_models.roles import Roles
    from ai_models.usage.ledger import Ledger

__all__ = ["Holdings", "named"]


class Holdings:
    """A registry with everything that works on it: sources, connectors, costs, usage, health, roles.

    >>> Holdings().models
    <ModelRegistry in memory: 0 models>
    """

    def __init__(
        self,
        registry: ModelRegistry | None = None,
        *,
        sources: "Mapping[str, ModelSource] | None" = None,
        connectors: "Iterable[Connector] | None" = None,
        changes: "ChangeLog | None" = None,
    ) -> None:
        self.models = ModelRegistry() if registry is None else registry
        if self.models.availability is None:
            self.models.availability = lambda: self.availability.covers
        if self.models.roles is None:
            self.models.roles = lambda name: self.roles.meaning(name)
        self._sources = None if sources is None else dict(sources)
        self._connectors = None if connectors is None else {each.name: each for each in connectors}
        self._changes = changes

    @cached_property
    def sources(self) -> "MutableMapping[str, ModelSource]":
        """The sources by name: the built-in ones, those of installed packages, and your own."""
        if self._sources is not None:
            return self._sources
        from ai_models.sources import builtin_sources

        return Plugins(builtin_sources(), group="ai_models.sources", missing=SourceNotFoundError)

    @cached_property
    def connectors(self) -> "MutableMapping[str, Connector]":
        """The connectors by name: the built-in ones, those of installed packages, and your own."""
        if self._connectors is not None:
            return self._connectors
        from ai_models.connectors import builtin_connectors

        return Plugins(builtin_connectors(), group="ai_models.connectors", missing=ConnectorNotFoundError)

    @property
    def registry(self) -> ModelRegistry:
        """`models`, by its other name."""
        return self.models

    @cached_property
    def catalogue(self) -> ModelRegistry:
        """The models that this package ships, read-only: what was publicly known on the day of its build."""
        from ai_models.sources.catalogues.embedded import load_catalogue

        return load_catalogue()

    @property
    def availability(self) -> "Availability":
        """Which models can be called now, and why the others can't; as known since the last discovery or check.

        >>> from ai_models import ModelManager
        >>> manager = ModelManager()
        >>> manager.models["gpt-4"] = Model("gpt-4", "openai")
        >>> manager.availability.why_not(manager.models["gpt-4"])
        {'openai': 'no key (set OPENAI_API_KEY)'}
        """
        from ai_models.availability import Availability

        return Availability(self.models, self.last_answers, self.health_log)

    @cached_property
    def last_answers(self) -> "LastAnswers":
        """What became of each source when it was last asked, by the source's name."""
        from ai_models.last_answers import LastAnswers

        return LastAnswers(_beside(self.models, ".sources.jsonl"), journal=self.models.journal("sources"))

    @cached_property
    def health_log(self) -> "HealthLog":
        """What was found when models and providers were checked."""
        from ai_models.health_log import HealthLog

        return HealthLog(_beside(self.models, ".health.jsonl"), journal=self.models.journal("health"))

    @cached_property
    def health(self) -> "Health":
        """Checks whether models and providers can really be called, on request.

        >>> from ai_models import ModelManager
        >>> manager = ModelManager()
        >>> manager.models["gpt-4"] = Model("gpt-4", "openai")
        >>> report = manager.health.check("gpt-4", level=0)
        >>> report.ok, report["gpt-4"].status, report["gpt-4"].advice
        (False, 'no_key', 'set OPENAI_API_KEY')
        """
        from ai_models.health import Health

        return Health(
            self.models, sources=lambda: self.sources, log=self.health_log, costs=lambda: self.costs, find=self._model
        )

    @cached_property
    def change_log(self) -> "ChangeLog":
        """What discoveries changed, as it is written down: `changes` reads it."""
        from ai_models.changes import ChangeLog

        kept = self._changes
        return kept or ChangeLog(_beside(self.models, ".changes.jsonl"), journal=self.models.journal("changes"))

    @property
    def groups(self) -> "Groups":
        """The groups of models, by name.

        >>> from ai_models import ModelManager
        >>> manager = ModelManager()
        >>> manager.models["gpt-4"] = Model("gpt-4", "openai")
        >>> manager.create_model_group("approved", ["gpt-4"])
        >>> dict(manager.groups)
        {'approved': ['gpt-4']}
        """
        return Groups(self.models)

    @cached_property
    def costs(self) -> "Costs":
        """What calls cost, and what they would."""
        from ai_models.costs import Costs

        return Costs(self.models, catalogue=lambda: self.catalogue, changes=lambda: self.change_log)

    @property
    def usage(self) -> "Ledger":
        """The ledger of calls, beside the registry, in its database, or where `AI_MODELS_USAGE` says (extra `sql`).

        >>> from ai_models import ModelManager
        >>> manager = ModelManager()
        >>> manager.models["mine"] = Model("mine", "my-server", cost_per_token={"input": 1e-06, "output": 2e-06})
        >>> with manager.usage.track("mine", tags=["job-7"]) as call:
        ...     call.response = {"model": "mine", "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}
        >>> [(total.by["tag"], total.cost) for total in manager.usage.total(by="tag")]
        [('job-7', Decimal('0.0012'))]
        """
        return self.budgets.ledger

    @cached_property
    def budgets(self) -> "Budgets":
        """What may be spent; asked before each call that `usage` tracks.

        >>> from ai_models import ModelManager
        >>> manager = ModelManager()
        >>> manager.budgets.set("team", limit_usd=100, per="month")
        >>> manager.budgets.spent("team").left
        Decimal('100')
        """
        from ai_models.budgets import Budgets
        from ai_models.usage import Ledger
        from ai_models.usage.naming import Naming

        where = os.environ.get("AI_MODELS_USAGE") or self.models.url or _beside(self.models, ".usage.db") or ":memory:"
        return Budgets(Ledger(where, costs=self.costs, naming=Naming(self.models, lambda: self.catalogue)))

    @cached_property
    def benchmarks(self) -> "Benchmarks":
        """What benchmarks say of the models: `of(id)`, `table(benchmark)`, `names()`."""
        from ai_models.benchmarks import Benchmarks

        return Benchmarks(self.models)

    @cached_property
    def roles(self) -> "Roles":
        """The roles, names for what a model must be; each is usable wherever a model's id is.

        >>> from ai_models import ModelManager
        >>> manager = ModelManager()
        >>> manager.models["m"] = Model("m", "x", 8192)
        >>> manager.roles.set("long", {"context_size": {"$gte": 8000}}, prefer="context")
        >>> manager.models["long"].id
        'm'
        """
        from ai_models.pick import Picker
        from ai_models.roles import Roles

        return Roles(self.models, Picker(self.models, self.costs, lambda: self.availability))

    def _model(self, model_id: str) -> Model:
        try:
            return self.models[model_id]
        except ModelNotFoundError as error:
            if len(self.models):
                raise
            raise ModelNotFoundError(error.key, hint="(the registry is empty: run `ai-models discover`)") from None

    def _source(self, name: str) -> "ModelSource":
        found: ModelSource = named(self.sources, name, SourceNotFoundError)
        return found

    def register_source(self, name: str, source: "ModelSource") -> None:
        """Add a source under a name; raise `ValueError` for a name that labels can't hold."""
        if not name or any(char.isspace() or char == "@" for char in name):
            raise InvalidModelError("source", name, "a source's name is one word without '@'")
        self.sources[name] = source

    def register_connector(self, connector: "Connector") -> None:
        """Add a connector under its own name."""
        self.connectors[connector.name] = connector


def named(known: Mapping[str, Any], name: str, missing: type[NotFoundError]) -> Any:
    """Return what is known by a name; raise the error that is given for one that isn't.

    >>> named({"a": 1}, "a", SourceNotFoundError)
    1
    """
    try:
        return known[name]
    except missing:
        raise
    except KeyError:
        raise missing(name, list(known)[:3]) from None


def _beside(registry: ModelRegistry, ending: str) -> str | None:
    """Return where something about a registry is kept: beside its file, or nowhere for one in memory or a database."""
    location = None if registry.url else registry.location
    return None if location is None else location.removesuffix(".json") + ending
