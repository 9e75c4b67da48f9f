"""`ModelManager`: one object that holds your registry, the sources that fill it, and the connectors that use it."""

import os
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ai_models._core.model import Model
from ai_models._core.pricing import Pricing
from ai_models._core.registry import ModelRegistry
from ai_models.errors import AIModelsError, AIModelsWarning, ConnectorNotFoundError, SourceError
from ai_models.holdings import Holdings, named

if TYPE_CHECKING:
    from ai_models._core.contracts import ModelSource
    from ai_models.changes import Change
    from ai_models.comparison.table import Comparison
    from ai_models.costs.records import Cost
    from ai_models.discovery import Answer, DiscoveryReport, Progress
    from ai_models.lifecycle import Retirement
    from ai_models.pick.choice import Choice

__all__ = ["AIModelsError", "ModelManager", "default_storage", "get_manager"]


def default_storage() -> str:
    """Return where the registry is kept unless you say otherwise: `AI_MODELS_STORE`, else `~/.config/ai_models.json`.

    >>> import os
    >>> os.environ["AI_MODELS_STORE"] = "~/team.json"
    >>> default_storage()
    '~/team.json'
    >>> del os.environ["AI_MODELS_STORE"]
    """
    named = os.environ.get("AI_MODELS_STORE")
    if named:
        return named
    return os.path.join(os.environ.get("XDG_CONFIG_HOME") or "~/.config", "ai_models.json")  # noqa: PTH118


def get_manager(storage_path: str | os.PathLike[str] | None = None, **options: Any) -> "ModelManager":
    """Return a manager over the registry at `storage_path`, by default your own, with every source and connector ready.

    Nothing is read or dialled before it is asked for. `options` are those of `ModelManager`.

    >>> import tempfile
    >>> manager = get_manager(storage_path=tempfile.mkdtemp() + "/models.json")
    >>> manager.models["gpt-4"] = {"provider": "openai", "context_size": 8192}
    >>> manager.get_connector_metadata("gpt-4", "openai")
    {'model': 'gpt-4'}
    """
    return ModelManager(ModelRegistry(storage_path=storage_path or default_storage()), **options)


class ModelManager(Holdings):
    """The one object most programs need: `models`, `sources`, `connectors`, `groups`, and what joins them.

    >>> manager = ModelManager()
    >>> manager.models["gpt-4"] = Model("gpt-4", "openai", 8192)
    >>> manager.add_model_tag("gpt-4", "production")
    >>> [model.id for model in manager.list_models(tags=["production"])]
    ['gpt-4']
    """

    def discover(
        self,
        sources: Iterable[str] | None = None,
        *,
        offline: bool = False,
        refresh: bool = False,
        dry_run: bool = False,
        accept_shrunken: bool = False,
        timeout: float | None = None,
        progress: "Progress | None" = None,
    ) -> "DiscoveryReport":
        """Ask sources side by side, merge their answers into `models`, and report on each.

        Without names every source is asked that can be: the catalogue, public lists, local
        servers, and each provider that there is a key for. `offline` uses caches and the
        catalogue alone, `refresh` no cache, `dry_run` writes nothing; `timeout` is in seconds.
        """
        from ai_models.discovery import DEFAULT_TIMEOUT_S, ask_all
        from ai_models.reconcile import Reconciliation
        from ai_models.sources.policy import asking_under

        by_default = (name for name in self.sources if self.sources[name].by_default)
        names = list(by_default if sources is None else sources)
        asked = {name: self._source(name) for name in names}
        seconds = DEFAULT_TIMEOUT_S if timeout is None else timeout
        ask = asking_under(offline=offline, refresh=refresh, timeout_s=seconds * 0.9)  # so that its own reason is told
        answers = ask_all(asked, timeout=seconds, progress=progress, ask=ask)
        with self.models.batch():  # so that what others write meanwhile is joined, not overwritten
            run = Reconciliation(self.models, asked, accept_shrunken=accept_shrunken)
            report, _ = run.apply(answers, dry_run=dry_run)
        if not dry_run:
            report.changes += self.roles.refresh()
            self._remember(report, asked, answers)
        return report

    def discover_all(self, **options: Any) -> "DiscoveryReport":
        """Ask every source that can be asked; the options are those of `discover`."""
        return self.discover(None, **options)

    async def adiscover(self, sources: Iterable[str] | None = None, **options: Any) -> "DiscoveryReport":
        """Do what `discover` does without blocking the event loop."""
        import asyncio

        return await asyncio.to_thread(lambda: self.discover(sources, **options))

    def discover_from_source(self, name: str, auto_register: bool = False) -> list[Model]:
        """Return the models that one source lists; with `auto_register` they are in `models` afterwards.

        Raise `SourceError` when the source fails.
        """
        from ai_models.discovery import ask_all
        from ai_models.reconcile import Reconciliation
        from ai_models.sources.policy import asking_under

        source = self._source(name)
        answers = ask_all({name: source}, ask=asking_under())
        with self.models.batch():
            run = Reconciliation(self.models, {name: source})
            report, models = run.apply(answers, dry_run=not auto_register)
        if auto_register:
            self._remember(report, {name: source}, answers)
        if not report.rows[0].ok:
            raise answers[name].error or SourceError(report.rows[0].reason, source=name)
        return models

    def list_models(self, **criteria: Any) -> list[Model]:
        """Return the models that meet every criterion; the criteria are those of `ModelRegistry.filter`."""
        return self.models.filter(**criteria)

    def get_connector_metadata(self, model_id: str, connector: str, **settings: Any) -> dict[str, Any]:
        """Return the arguments with which a client library calls a model: pure data, without a secret."""
        found = named(self.connectors, connector, ConnectorNotFoundError)
        metadata: dict[str, Any] = found.format_metadata(self._model(model_id), **settings)
        return metadata

    def export(
        self,
        target: str,
        models: "str | Iterable[str] | Mapping[str, Any]",
        *,
        via: str | None = None,
        output: str | os.PathLike[str] | None = None,
    ) -> str:
        """Return another tool's configuration file for models: an id, ids, or a query. No key is ever in it.

        With `output` it is written there, joined into what that file holds. A model that is left out is an
        `AIModelsWarning` with the reason; `ai_models.export` has the targets.

        >>> manager = ModelManager()
        >>> manager.models["gpt-4"] = Model("gpt-4", "openai", 8192)
        >>> "${OPENAI_API_KEY}" in manager.export("librechat", "gpt-4")
        True
        """
        import warnings

        from ai_models.export import export, export_to_file

        chosen, labels = self._chosen(models), self.roles.labels(models)
        if output is None:
            made = export(target, chosen, via=via, labels=labels)
        else:
            made = export_to_file(target, chosen, os.fspath(output), via=via, labels=labels)
        for text in made.warnings:
            warnings.warn(text, AIModelsWarning, stacklevel=2)
        return made.text

    def _chosen(self, models: "str | Iterable[str] | Mapping[str, Any]") -> list[Model]:
        if isinstance(models, Mapping):
            return list(self.models.find(dict(models)))
        return [self._model(id) for id in ([models] if isinstance(models, str) else models)]

    def set_custom_metadata(self, model_id: str, key: str, value: Any) -> None:
        """Note a value of your own at a model; it survives every discovery."""
        with self.models.edit(model_id) as model:
            model.custom_metadata[key] = value

    def add_model_tag(self, model_id: str, *tags: str) -> None:
        """Tag a model; tags survive every discovery."""
        with self.models.edit(model_id) as model:
            model.tags.update(tags)

    def remove_model_tag(self, model_id: str, *tags: str) -> None:
        """Take tags off a model; a tag that isn't there is no error."""
        with self.models.edit(model_id) as model:
            model.tags.difference_update(tags)

    def create_model_group(self, name: str, model_ids: Iterable[str]) -> None:
        """Put models into a named group, all or none; `tags=["group:<name>"]` finds them."""
        self.groups.add(name, model_ids)

    def changes(self, since: str | timedelta | None = None) -> "list[Change]":
        """Return what discoveries changed, oldest first, from `since` (`7d`, `2026-11-01`) on."""
        return list(self.change_log.since(since))

    def retiring(self, within: str | timedelta = "90d") -> "list[Retirement]":
        """Return the offers in `models` that retire, or may, within a span such as `90d`; the next one first."""
        from ai_models.lifecycle import retiring

        return retiring(self.models.values(), within)

    def pricing(self, model_id: str, provider: str | None = None, at: str | date | None = None) -> Pricing:
        """Return what a provider, by default the default server, asks for a model, or was known to ask on a day.

        The change log tells the past; of days before anything was known every price is
        unknown. Raise `QueryError` for a text that is no day.
        """
        from ai_models.price_history import pricing_at

        model = self._model(model_id)
        offer = model.offer(provider or model.provider)
        return offer.pricing if at is None else pricing_at(offer, self.change_log, at)

    def estimate_cost(self, model: str | Model, **usage: Any) -> "Cost":
        """Return what a call would cost in USD, part by part; `usage` is that of `Costs.estimate`.

        >>> manager = ModelManager()
        >>> manager.models["mine"] = Model("mine", "my-server", cost_per_token={"input": 1e-06})
        >>> print(manager.estimate_cost("mine", input_tokens=1000, output_tokens=5).total)  # an output price is missing
        None
        """
        return self.costs.estimate(model, **usage)

    def cost_of(self, response: Any, **call: Any) -> "Cost":
        """Return what the call behind a response cost in USD; `call` may say more about it, as in `Costs.of`.

        >>> manager = ModelManager()
        >>> manager.models["mine"] = Model("mine", "my-server", cost_per_token={"input": 1e-06, "output": 2e-06})
        >>> manager.cost_of({"model": "mine", "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}).total
        Decimal('0.0012')
        """
        return self.costs.of(response, **call)

    def add_score(self, model_id: str, benchmark: str, value: float, **about: Any) -> None:
        """Keep a score of your own at a model; it survives every discovery. `about` is that of `Benchmarks.add`."""
        self.benchmarks.add(model_id, benchmark, value, **about)

    def add_speed(self, model_id: str, provider: str, **measured: Any) -> None:
        """Keep how fast a provider was for you; `measured` is that of `Benchmarks.add_speed`."""
        self.benchmarks.add_speed(model_id, provider, **measured)

    def compare(self, models: str | Iterable[str], **options: Any) -> "Comparison":
        """Return models side by side, or one model across its providers; the options are those of `compare`.

        >>> manager = ModelManager()
        >>> manager.models.update({"a": Model("a", "x", 8192), "b": Model("b", "x", 4096)})
        >>> manager.compare(["a", "b"])["context_size"].best
        (0,)
        """
        from ai_models.comparison.table import compare

        found = [self._model(id) for id in ([models] if isinstance(models, str) else models)]
        return compare(
            found, estimate=self.costs.estimate, benchmarks=self.benchmarks, availability=self.availability, **options
        )

    def pick(self, query: Mapping[str, Any] | str | None = None, **options: Any) -> "Choice":
        """Return the models that fit a query, ranked, and why the others don't; the options are those of `Picker.pick`.

        >>> manager = ModelManager()
        >>> manager.models.update({"a": Model("a", "x", 8192), "b": Model("b", "x", 4096)})
        >>> manager.pick({"context_size": {"$gte": 1000}}, prefer="context").best.id
        'a'
        """
        return self.roles.picker.pick(query, **options)

    def conflicts(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return what sources disagree about: by model and path, each overruled label with what it says."""
        return {model.id: model.conflicts for model in self.models.values() if model.conflicts}

    def _remember(
        self, report: "DiscoveryReport", sources: "Mapping[str, ModelSource]", answers: "Mapping[str, Answer]"
    ) -> None:
        """Write down what a discovery changed, and what became of the sources that were really asked."""
        from ai_models.reconcile import what_became_of

        self.change_log.append(report.changes)
        self.last_answers.record(what_became_of(sources, answers, self.last_answers))
