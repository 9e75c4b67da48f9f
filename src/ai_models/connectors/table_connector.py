"""`TableConnector`: a connector whose client library is a section of the table."""

import re
import warnings
from collections.abc import Mapping
from datetime import date
from typing import Any

from ai_models._core.contracts import Connector, Support
from ai_models._core.model import Model, Offer
from ai_models._core.nearest import nearest
from ai_models.connectors.arguments import SETTINGS, URLS, code_keys, data_keys, left_out, url_words, values
from ai_models.connectors.endpoint import Endpoint
from ai_models.connectors.engine import build, fill, render_arguments, source, variables_of
from ai_models.connectors.offer_choice import Choice, Way, choose_way, in_order
from ai_models.connectors.table import Library, libraries
from ai_models.errors import (
    AIModelsError,
    AIModelsWarning,
    ConnectorError,
    MissingDependencyError,
    ProviderNotFoundError,
    UnsupportedModelError,
)
from ai_models.providers import Provider, provider_id, providers

__all__ = ["TableConnector"]

_KNOWN = (*SETTINGS, "via", "base_url", "api_key", "kwargs")
_SHOWN = 6


class TableConnector(Connector):
    """A connector made of a section of the table of client libraries.

    Settings have one name for all libraries: `max_tokens` (of the answer), `temperature`, `top_p`, `seed`, `stop`,
    `reasoning_effort`, `num_ctx` (tokens), `timeout` (seconds), `max_retries`; further `via` (the provider to use),
    `base_url`, `api_key`, and `kwargs` (arguments in the library's own words, which win). What the server or the
    library can't take is left out with an `AIModelsWarning`. `env` and `dotenv` stand in for the real ones.

    >>> from ai_models.connectors import Library, Route
    >>> class Mine(TableConnector):
    ...     name = "mine"
    ...     library = Library("mine", "my-client", "my_client:Client", "client", "client.ask('Hello')",
    ...         routes=(Route(("*",), make={"url": "$openai_url", "key": "$api_key", "model": "$id"}),))
    >>> Mine(env={}, dotenv={}).format_metadata(Model("gpt-4", "openai"))
    {'url': 'https://api.openai.com/v1', 'model': 'gpt-4'}
    """

    name: str = ""

    def __init__(self, name: str | None = None, *, env: Mapping[str, str] | None = None, dotenv: Any = None) -> None:
        if name is not None:
            self.name = name
        self._env = env
        self._dotenv = dotenv

    def __repr__(self) -> str:
        return f"<connector {self.name}>"

    @property
    def library(self) -> Library:
        """The library's section of the table."""
        return libraries()[self.name]

    @property
    def package(self) -> str:
        """The library as Python packages call it."""
        return self.library.package

    def format_metadata(self, model: Model, **settings: Any) -> dict[str, Any]:
        """Return exactly the arguments that the library's call wants: JSON-ready, without a secret.

        >>> from ai_models.connectors import DSPyConnector
        >>> DSPyConnector(env={}, dotenv={}).format_metadata(Model("gpt-4o", "openai"), max_tokens=64)
        {'model': 'openai/gpt-4o', 'max_tokens': 64}
        """
        way = self.choose(model, **settings).way
        self._warn(way, way.route.metadata, settings)
        return self._filled(way.route.metadata, way, settings, data_keys(way.endpoint))

    def client(self, model: Model, **overrides: Any) -> Any:
        """Return a live client with its base URL and key set; raise `CredentialError` if the key is missing.

        `MissingDependencyError` names the command that installs the library.
        """
        way = self.choose(model, **overrides).way
        self._warn(way, way.route.make, overrides)
        key = way.endpoint.secret(overrides.get("api_key")) if way.route.takes_key else None
        filled = self._filled(way.route.make, way, overrides, {"api_key": key, "api_key!": key})
        filled |= overrides.get("kwargs") or {}
        try:
            return build({way.making: way.target, **filled})
        except ImportError as error:
            raise self._not_installed(way, error) from error

    def code(self, model: Model, **overrides: Any) -> str:
        """Return a program that makes the client and calls the model, its key read from the environment.

        A key given as `api_key` is not written down.
        """
        way = self.choose(model, **overrides).way
        keys = code_keys(way.endpoint)
        made = self._filled(way.route.make, way, overrides, keys)
        called = self._filled(way.route.call, way, overrides, keys) if way.route.call is not None else {}
        imports, expression = source({way.making: way.target, **made})
        use = way.library.use.strip().replace("{call}", render_arguments(called))
        return "\n".join([*imports, "", f"{way.library.variable} = {expression}", use, ""])

    def supports(self, model: Model) -> Support:
        """Return whether the library can call this model, and which offer it uses or why none.

        >>> from ai_models.connectors import OllamaConnector
        >>> OllamaConnector(env={}, dotenv={}).supports(Model("gpt-4o", "openai"))
        Support(ok=False, reason='openai: out of reach for ollama')
        """
        try:
            found = self._find(model, {})
        except ConnectorError as error:
            return Support(False, error.reason)
        return Support(True, str(found).split("\n", 1)[0]) if isinstance(found, Choice) else Support(False, found)

    def choose(self, model: Model, **settings: Any) -> Choice:
        """Return the offer that is used, why, and why not the others.

        Raises `UnsupportedModelError` with the reasons and the libraries that can, `ConnectorError` for an unknown
        setting.
        """
        self._check(model, settings)
        found = self._find(model, settings)
        if isinstance(found, Choice):
            return found
        raise UnsupportedModelError(self.name, model.id, found + self._others_that_can(model))

    def explain(self, model: Model, **settings: Any) -> str:
        """Return in words which offer is used, why, and why not the others."""
        return str(self.choose(model, **settings))

    def _find(self, model: Model, settings: Mapping[str, Any]) -> Choice | str:
        """Return the choice, or why there is none."""
        served = self.library.for_kind(model.kind)
        if served is None:
            instead = self.library.instead.get(model.kind or "")
            able = ", ".join(kind for each in (self.library, *self.library.others) for kind in each.kinds)
            by_hand = f"; call {instead}" if instead else ""
            return f"it is for {model.kind}, {self.name} makes clients for {able}{by_hand}"
        if via := settings.get("via") or self._entry(model).get("provider"):
            return self._forced(model, str(via), settings, served)
        names_of_libraries = set(libraries()) - set(providers)
        found = choose_way(
            in_order(model, self.name, names_of_libraries), lambda offer: self._way(offer, settings, served)
        )
        return found if isinstance(found, Choice) else _listed(found)

    def _forced(self, model: Model, via: str, settings: Mapping[str, Any], served: Library) -> Choice | str:
        try:
            offer = model.offer(via if via in model.offers else provider_id(via) or via)
        except ProviderNotFoundError as error:
            return str(error)
        way = self._way(offer, settings, served)
        if isinstance(way, str):
            return f"{offer.key}: {way}"
        return Choice(way, f"asked for as {via!r}", missing=way.missing)

    def _way(self, offer: Offer, settings: Mapping[str, Any], served: Library) -> Way | str:
        """Return how the library gets to an offer, or why it can't."""
        chosen = settings.get("base_url") or self._url_in_kwargs(offer.model, settings, served)
        given = chosen or offer.facts.get("base_url")
        if given is not None and (not isinstance(given, str) or "\\" in given):
            return "its base_url is no address"
        provider = _provider(offer, given)
        if provider is None:
            return "the provider is unknown; give a base_url"
        if provider.retired is not None and provider.retired <= date.today().isoformat():
            return f"closed since {provider.retired}"
        route = served.route(provider, [name for name in SETTINGS if settings.get(name) is not None], offer.id)
        if route is None:
            return f"out of reach for {self.name}"
        if given is not None and not route.takes_url:
            return f"{self.name} can't be told its address"
        by_user = bool(chosen) or _by_user(offer.model, f"{offer.key}.base_url")
        endpoint = Endpoint(provider, given, by_user, self._env, self._dotenv)
        if not (route.takes_key or endpoint.at_home or provider.is_local):
            return f"{self.name} signs in by itself, and would send the login of {provider.id} to another server"
        try:
            endpoint.url("openai")
        except AIModelsError as error:
            return str(error)
        return Way(offer, endpoint, route, served)

    def _filled(
        self, template: Mapping[str, Any], way: Way, settings: Mapping[str, Any], keys: Mapping[str, Any]
    ) -> dict[str, Any]:
        known = values(way, settings) | dict(keys)
        for name in variables_of(dict(template)):
            needed = name in URLS or (name.rstrip("?") in URLS and way.endpoint.base_url is not None)
            if needed and known[name.rstrip("?")] is None:
                missing = way.missing or f"give a base_url for {way.offer.provider}"
                raise ConnectorError(self.name, way.offer.model.id, f"the address is not known: {missing}")
        known |= self._own_id(template, way, known)
        filled: dict[str, Any] = fill(dict(template), known)
        return filled | self._kwargs(way.offer.model, settings) if template is way.route.metadata else filled

    def _own_id(self, template: Mapping[str, Any], way: Way, known: Mapping[str, Any]) -> dict[str, str]:
        """Return the id of the model's entry under this library's name, less the prefix that the template adds."""
        own = self._entry(way.offer.model).get("id")
        if not own or provider_id(self.name) is not None:
            return {}
        prefix = fill(str(template.get("model", "")).partition("$id")[0], known) or ""
        return {"id": str(own).removeprefix(prefix)}

    def _entry(self, model: Model) -> Mapping[str, Any]:
        return model.connector_metadata.get(self.name, {})

    def _kwargs(self, model: Model, settings: Mapping[str, Any]) -> dict[str, Any]:
        own = (self._entry(model).get("kwargs") or {}) if _by_user(model, f"{self.name}.kwargs") else {}
        if not isinstance(own, dict):
            raise ConnectorError(self.name, model.id, f"connector_metadata.{self.name}.kwargs is no mapping")
        return {**own, **(settings.get("kwargs") or {})}

    def _url_in_kwargs(self, model: Model, settings: Mapping[str, Any], served: Library) -> str | None:
        """Return a base URL given in the library's own words: it is judged like any other."""
        given = self._kwargs(model, settings)
        return next((str(given[word]) for word in url_words(served.routes) if given.get(word)), None)

    def _check(self, model: Model, settings: Mapping[str, Any]) -> None:
        for name in settings:
            if name not in _KNOWN:
                near = nearest(name, _KNOWN, 1)
                hint = f"did you mean {near[0]!r}" if near else f"known are {', '.join(_KNOWN)}"
                own = "an argument in the library's own words goes into kwargs={…}"
                raise ConnectorError(self.name, model.id, f"unknown setting {name!r}; {hint}; {own}")

    def _others_that_can(self, model: Model) -> str:
        others = (TableConnector(name, env=self._env, dotenv=self._dotenv) for name in libraries() if name != self.name)
        able = [each.name for each in others if each.supports(model)]
        return f"; connectors that can: {', '.join(able)}" if able else ""

    def _warn(self, way: Way, template: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
        for name, reason in left_out(way, template, settings).items():
            warnings.warn(f"{name} is left out: {reason}", AIModelsWarning, stacklevel=3)

    def _not_installed(self, way: Way, error: ImportError) -> MissingDependencyError:
        module = way.target.partition(":")[0].partition(".")[0]
        if (error.name or "").partition(".")[0] == module and way.route.target is None:
            return MissingDependencyError(way.library.package, way.library.extra)
        return MissingDependencyError(way.route.package or way.library.package)


def _provider(offer: Offer, base_url: str | None) -> Provider | None:
    """Return the offer's provider, or one made of its address: a server of the user, for which no key is looked up."""
    known = provider_id(offer.provider)
    if known is not None:
        return providers[known]
    return Provider(offer.provider, offer.provider, "local", openai_url=base_url) if base_url else None


def _by_user(model: Model, path: str) -> bool:
    """Return whether the user wrote this fact of `connector_metadata`; what no source states counts as written."""
    label = model.provenance_of(f"connector_metadata.{path}")
    return label is None or re.match(r"user\b", label) is not None


def _listed(rejected: Mapping[str, str]) -> str:
    """Return who can't serve the model and why, those with the same reason together."""
    keys: dict[str, list[str]] = {}
    for key, reason in rejected.items():
        keys.setdefault(reason, []).append(key)
    return "; ".join(f"{_some(names)}: {reason}" for reason, names in keys.items())


def _some(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
