"""What is to be checked: providers by name, models by any of their names, groups; each at a server and with a key."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ai_models._core.contracts import ModelSource
from ai_models._core.model import Model, Offer
from ai_models._core.registry import ModelRegistry
from ai_models.connectors.endpoint import Endpoint
from ai_models.connectors.offer_choice import in_order
from ai_models.credentials import Key, key_problems
from ai_models.errors import AIModelsError, ModelNotFoundError
from ai_models.groups import GROUP_TAG, Groups
from ai_models.health.verdicts import Verdict
from ai_models.providers import Provider, provider_id, providers
from ai_models.signing import has_login
from ai_models.sources.local_servers import OpenAICompatibleSource

__all__ = ["Target", "Targets"]


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to check: a provider or, with an `offer`, a model as one provider serves it.

    >>> Target("groq", Endpoint(providers["groq"])).server
    ('groq', None)
    """

    name: str
    endpoint: Endpoint | None
    offer: Offer | None = None
    source: ModelSource | None = field(default=None, compare=False)

    @property
    def provider(self) -> str:
        """Who serves."""
        return self.offer.provider if self.offer else self.name

    @property
    def server(self) -> tuple[str, str | None]:
        """What tells its server from others: the provider and, if it isn't the usual one, the address."""
        return self.provider, self.endpoint.base_url if self.endpoint else None

    @property
    def label(self) -> str:
        """What it is called while one waits."""
        return f"{self.name} ({self.provider})" if self.offer else self.name

    def find_key(self) -> Key | None:
        """Return the key that it is asked with; `None` if there is none.

        >>> from ai_models.sources import OpenAICompatibleSource
        >>> source = OpenAICompatibleSource("http://gpu-box:9000", name="gpu-box", api_key="not-for-your-eyes")
        >>> Targets(ModelRegistry(), {"gpu-box": source}).of_provider("gpu-box").find_key()
        <key of gpu-box from the argument>
        """
        if self.endpoint is None:
            return None
        if isinstance(self.source, OpenAICompatibleSource) and self.endpoint.base_url is None:
            return self.source.key
        return self.endpoint.find_key()

    @property
    def key(self) -> str | None:
        """The fingerprint of the key that it is asked with; `None` if there is none."""
        key = self.find_key()
        return key.fingerprint if key else None

    @property
    def in_table(self) -> bool:
        """Whether its provider is one that the table knows; of any other server nobody knows if it wants a key."""
        return self.endpoint is not None and provider_id(self.endpoint.provider.id) is not None

    @property
    def key_variable(self) -> str | None:
        """The environment variable for its key; `None` if it takes none."""
        if self.endpoint is None or not self.endpoint.provider.key_variables or not self.endpoint.at_home:
            return None
        return self.endpoint.key_variable

    @property
    def is_local(self) -> bool:
        """Whether it runs on a machine of your own, where nobody bills a call."""
        return self.offer.is_local if self.offer else bool(self.endpoint and self.endpoint.provider.is_local)

    def configured(self) -> Verdict:
        """Return what is known without dialling: closed, without a key or an address, or ready to be asked.

        >>> Target("voyage", Endpoint(providers["voyage"], env={}, dotenv={})).configured().advice
        'set VOYAGE_API_KEY'
        """
        today = date.today().isoformat()
        if self.offer is not None and (retired := _retired(self.offer)) and retired <= today:
            return Verdict("retired", f"retired on {retired}", _successor(self.offer.model))
        if self.endpoint is None:
            known = self.source is not None
            return Verdict("ok") if known else Verdict("unknown", "no provider that ai_models knows how to call")
        provider = self.endpoint.provider
        if provider.retired is not None and provider.retired <= today:
            return Verdict("retired", f"its API was closed on {provider.retired}")
        return self._unset(self.endpoint)

    def _unset(self, endpoint: Endpoint) -> Verdict:
        try:
            missing = endpoint.missing()
        except AIModelsError as error:
            return Verdict("no_key", str(error))
        if (
            not missing
            or not self.in_table
            or (has_login(endpoint.provider, endpoint.env) and not missing.startswith("set "))
        ):
            return Verdict("ok")
        if missing.startswith("set "):
            return Verdict("no_key", "its address is not known", missing)
        problem = next(iter(key_problems(endpoint.provider, env=endpoint.env, dotenv=endpoint.dotenv)), "no key")
        return Verdict("no_key", problem, missing.removeprefix("no key: "))


def _retired(offer: Offer) -> str | None:
    retired = offer.facts.get("retired") or (offer.model.retired if offer.is_default else None)
    return retired if isinstance(retired, str) and len(retired) == 10 else None


def _successor(model: Model) -> str:
    return f"its successor is {model.successor}" if model.successor else "choose another model"


class Targets:
    """Finds what names mean: `group:NAME`, a provider, else any name of a model.

    >>> registry = ModelRegistry()
    >>> registry["gpt-4"] = Model("gpt-4", "openai", connector_metadata={"azure": {"id": "mine"}})
    >>> [(target.name, target.provider) for target in Targets(registry, {}).named(["gpt-4"], via="azure")]
    [('gpt-4', 'azure')]
    """

    def __init__(
        self,
        models: ModelRegistry,
        sources: Mapping[str, ModelSource],
        *,
        find: Callable[[str], Model] | None = None,
        env: Mapping[str, str] | None = None,
        dotenv: Any = None,
    ) -> None:
        self._models = models
        self._sources = sources
        self._find = find or models.__getitem__
        self._env = env
        self._dotenv = dotenv
        self.meant: dict[str, str] = {}
        """What each name that was asked for means; groups aside."""

    def named(self, names: Iterable[str], via: str | None = None, *, one: bool = False) -> list[Target]:
        """Return what names mean, each target once; with `one`, of each model its best offer alone."""
        found: dict[tuple[str, str, str | None], Target] = {}
        for name in names:
            for target in self._meant(name, via, one):
                if not name.startswith(GROUP_TAG):
                    self.meant[name] = target.name
                found.setdefault((target.name, target.provider, target.offer.key if target.offer else None), target)
        return list(found.values())

    def usual(self) -> list[Target]:
        """Return the providers that there is a key for, and the local servers that are known here."""
        found = [self.of_provider(name) for name in dict.fromkeys([*self._ready(), *self._local()])]
        return sorted(found, key=lambda target: (target.is_local, target.name))

    def of_provider(self, name: str) -> Target:
        """Return the target for a provider, at its usual address.

        >>> Targets(ModelRegistry(), {}).of_provider("groq").label
        'groq'
        """
        source = self._source_of(name)
        return Target(name, self._endpoint(name, None, source), source=source)

    def _meant(self, name: str, via: str | None, one: bool) -> Iterator[Target]:
        if name.startswith(GROUP_TAG):
            for id in Groups(self._models)[name.removeprefix(GROUP_TAG)]:
                yield from self._of_model(self._models[id], via, one)
        elif not self._is_id(name) and (provider := self._provider_named(name)):
            yield self.of_provider(provider)
        else:
            yield from self._of_model(self._model(name), via, one)

    def _is_id(self, name: str) -> bool:
        return name in self._models and self._models[name].id == name

    def _model(self, name: str) -> Model:
        try:
            return self._find(name)
        except ModelNotFoundError as error:
            if not len(self._models):
                raise
            hint = "(nor is it a provider or a group: ai-models providers)"
            raise ModelNotFoundError(error.key, error.suggestions, hint) from None

    def _provider_named(self, name: str) -> str | None:
        return provider_id(name) or (name if self._source_of(name) is not None else None)

    def _of_model(self, model: Model, via: str | None, one: bool) -> list[Target]:
        if via is not None:
            return [self._of_offer(model.offer(via if via in model.offers else provider_id(via) or via))]
        offers = in_order(model, model.provider)
        if all(offer.key not in model.connector_metadata for offer in offers):
            snapshots = [offer for id, offer in self._models.offers(model.id) if id != model.id and not offer.gone]
            offers = [*offers, *snapshots] if model.id in self._models else offers
        found = [self._of_offer(offer, model.id) for offer in offers if not offer.gone] or [
            self._of_offer(offers[0], model.id)
        ]
        ready = [target for target in found if target.configured().status == "ok"] or found[:1]
        return ready[:1] if one else ready

    def _of_offer(self, offer: Offer, name: str | None = None) -> Target:
        source = self._source_of(offer.provider)
        base_url = offer.facts.get("base_url")
        given = base_url if isinstance(base_url, str) and "\\" not in base_url else None
        if isinstance(source, OpenAICompatibleSource) and given == source.served.openai_url:
            given = None
        return Target(name or offer.model.id, self._endpoint(offer.provider, given, source, offer), offer, source)

    def _endpoint(
        self, name: str, base_url: str | None, source: ModelSource | None, offer: Offer | None = None
    ) -> Endpoint | None:
        served = providers[name] if provider_id(name) is not None else getattr(source, "served", None)
        if served is None and base_url is not None:
            served = Provider(name, name, "local", openai_url=base_url)
        if not isinstance(served, Provider):
            return None
        by_user = offer is None or _by_user(offer)
        return Endpoint(served, base_url, by_user, self._env, self._dotenv)

    def _source_of(self, provider: str) -> ModelSource | None:
        if provider in self._sources and self._sources[provider].provider == provider:
            return self._sources[provider]
        if provider_id(provider) is not None:
            return None
        return next((each for each in self._sources.values() if each.provider == provider), None)

    def _ready(self) -> Iterator[str]:
        """Yield the providers that a discovery would ask and that there is a key for."""
        for source in self._sources.values():
            if source.provider and source.by_default and not source.is_local:
                target = self.of_provider(source.provider)
                if target.endpoint is None or target.configured().status == "ok":
                    yield source.provider

    def _local(self) -> Iterator[str]:
        """Yield the local servers that the registry has models of, or that you said the address of."""
        known = {offer.provider for model in self._models.values() for offer in _running(model)}
        values = os.environ if self._env is None else self._env
        for source in self._sources.values():
            if source.is_local and source.provider and source.by_default:
                served = providers.get(source.provider)
                if served is None or any(values.get(each) for each in served.url_variables):
                    known.add(source.provider)
        yield from (each for each in known if each not in providers or providers[each].list_url(self._env) is not None)


def _running(model: Model) -> Iterator[Offer]:
    return (offer for offer in model.offers.values() if offer.is_local and not offer.gone)


def _by_user(offer: Offer) -> bool:
    label = offer.model.provenance_of(f"connector_metadata.{offer.key}.base_url")
    return label is None or label.startswith("user")
