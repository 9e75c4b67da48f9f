"""A provider's own list of its models, asked in the wire format that the table of providers names.

What the answers mean stands in `formats`, a module for each form of list.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ai_models._core.contracts import Listing, ModelSource
from ai_models._core.model import Model
from ai_models.cache import DiscoveryCache
from ai_models.credentials import Key, find_key, require_key
from ai_models.errors import AIModelsError, SourceError
from ai_models.providers import Provider, providers
from ai_models.signing import has_login, named_login, takes_login
from ai_models.sources.fetch import Fetcher
from ai_models.sources.formats import reader_of
from ai_models.transport import Transport

__all__ = ["OllamaSource", "OpenRouterSource", "ProviderAPISource", "has_list"]

_NOWHERE: Mapping[str, str] = {}


def has_list(provider: Provider) -> bool:
    """Return whether a provider lists its models, at an address that is known or that can be given.

    >>> has_list(providers["groq"]), has_list(providers["voyage"])
    (True, False)
    """
    return provider.list_url(_NOWHERE, "http://localhost") is not None


class ProviderAPISource(ModelSource):
    """The models that a provider lists: `ProviderAPISource("groq")`, with the name of any provider of the table.

    The key is `api_key`, else what `credentials.find_key` finds; without one `CredentialError` says what to set.
    `base_url` asks another server that speaks the same. Answers are cached, except those of a `transport` that is
    given without a `cache`.

    >>> from ai_models.testing import FakeTransport
    >>> row = {"id": "llama-3.3-70b-versatile", "context_window": 131072}
    >>> transport = FakeTransport({"https://api.groq.com/openai/v1/models": {"data": [row]}})
    >>> source = ProviderAPISource("groq", transport=transport, api_key="gsk_not-for-your-eyes")
    >>> [(model.id, model.context_size) for model in source.discover_models()]
    [('llama-3.3-70b-versatile', 131072)]
    """

    def __init__(
        self,
        provider: str | Provider,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        transport: Transport | None = None,
        cache: DiscoveryCache | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.served: Provider = provider if isinstance(provider, Provider) else providers[provider]
        self.name = self.provider = self.served.id
        self.is_local = self.served.is_local
        self._api_key = api_key
        self._base_url = base_url
        self._transport = transport
        self._cache = cache
        self._env = env

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    @property
    def by_default(self) -> bool:
        """Whether a discovery asks this source unless told which: there is a key, or you said where the server is.

        >>> ProviderAPISource("groq", env={}).by_default
        False
        """
        if self.served.retired or not self._has_address:
            return False
        if not self.served.needs_key and self._is_placed:
            return True
        return self._key() is not None or has_login(self.served, self._env)

    @property
    def key(self) -> Key | None:
        """The key with which it asks; `None` if there is none."""
        return self._key()

    def discover_models(self) -> Iterable[Model]:
        """Ask the provider and return its models; raise `SourceError` or `CredentialError`."""
        return self.listing().models

    def listing(self) -> Listing:
        """Ask the provider and return its whole answer, as the `fetch_policy` says: live, or from the cache."""
        url, list_models = self._url(), reader_of(self.served)
        return self.fetcher.listing(lambda exchange: list_models(exchange, url, self.served))

    @property
    def fetcher(self) -> Fetcher:
        """What asks the server: made anew for each listing, because keys and addresses may change."""
        url = self._url()
        login = named_login(self.served, url) if self._signs_in and self._key() is None else None
        key = login.key if login else self._required_key()
        return Fetcher(
            self.name,
            url + self._apart,
            self._transport,
            cache=self._cache,
            headers=self.served.headers(key.reveal() if key and not login else None),
            key=key,
            hint=self._hint(),
            live_only=self.is_local,
            sign=login.sign if login else None,
        )

    @property
    def _apart(self) -> str:
        """What keeps the remembered answers of this source apart from those of others at the same address."""
        return ""

    @property
    def _signs_in(self) -> bool:
        """Whether it asks with this machine's login for want of a key: the vendor's own server alone."""
        return takes_login(self.served) and self._env is None and self._base_url is None

    @property
    def _has_address(self) -> bool:
        try:
            return self.served.list_url(self._env, self._base_url) is not None
        except AIModelsError:  # an address that is none: asked, the source says so
            return True

    @property
    def _is_placed(self) -> bool:
        values = os.environ if self._env is None else self._env
        return bool(self._base_url) or any(values.get(name) for name in self.served.url_variables)

    def _key(self) -> Key | None:
        return find_key(self.served, argument=self._api_key, env=self._env)

    def _required_key(self) -> Key | None:
        if self.served.needs_key:
            return require_key(self.served, argument=self._api_key, env=self._env)
        return self._key()

    def _url(self) -> str:
        try:
            url = self.served.list_url(self._env, self._base_url)
        except AIModelsError as error:
            raise SourceError(str(error), source=self.name) from error
        if url is None:
            raise SourceError(f"{self.served.name} can't be asked: {self._what_is_missing()}", source=self.name)
        return url

    def _what_is_missing(self) -> str:
        if not has_list(self.served):
            return "it publishes no list of models"
        unset = self.served.unset_variables(self._env) or self.served.url_variables[:1]
        return f"its address is not known; set {' and '.join(unset)}"

    def _hint(self) -> str:
        if not self.is_local:
            return ""
        return f"start {self.served.name}, or set {self.served.url_variables[0]} to where it runs"


class OpenRouterSource(ProviderAPISource):
    """OpenRouter's list of models: no key is needed. With `endpoints`, ids of models, it is asked who serves those.

    >>> from ai_models.testing import FakeTransport
    >>> row = {"id": "openai/gpt-4", "context_length": 8192, "pricing": {"prompt": "0.00003"}}
    >>> transport = FakeTransport({"https://openrouter.ai/api/v1/models": {"data": [row]}})
    >>> for model in OpenRouterSource(transport=transport).discover_models():
    ...     print(model.id, model.context_size, model.pricing.input_per_mtok)
    openai/gpt-4 8192 30
    """

    by_default = True

    def __init__(self, *, endpoints: Iterable[str] = (), **options: Any) -> None:
        super().__init__("openrouter", **options)
        self._endpoints = list(dict.fromkeys([endpoints] if isinstance(endpoints, str) else endpoints))

    def listing(self) -> Listing:
        """Ask OpenRouter and return its whole answer, with the `backends` of the models of `endpoints`."""
        if not self._endpoints:
            return super().listing()
        from ai_models.sources.formats.openrouter_endpoints import with_backends

        url, list_models = self._url(), reader_of(self.served)
        return self.fetcher.listing(
            lambda exchange: with_backends(exchange, url, list_models(exchange, url, self.served), self._endpoints)
        )

    @property
    def _apart(self) -> str:
        return "#endpoints=" + ",".join(self._endpoints) if self._endpoints else ""


class OllamaSource(ProviderAPISource):
    """The models of an Ollama server, by default the one that `OLLAMA_HOST` names, else the one on this machine.

    >>> from ai_models.testing import FakeTransport
    >>> tags = {"models": [{"name": "llama3.2:1b", "details": {"quantization_level": "Q8_0"}}]}
    >>> show = {"capabilities": ["completion", "tools"], "model_info": {"llama.context_length": 131072}}
    >>> url = "http://127.0.0.1:11434/api"
    >>> transport = FakeTransport({f"{url}/tags": tags, f"{url}/show": show, f"{url}/ps": {"models": []}})
    >>> source = OllamaSource(transport=transport, env={})
    >>> [(model.id, model.context_size, model.supports("tools")) for model in source.discover_models()]
    [('llama3.2:1b', 131072, True)]
    """

    by_default = True

    def __init__(self, **options: Any) -> None:
        super().__init__("ollama", **options)

    def _hint(self) -> str:
        return "start Ollama with `ollama serve`, or set OLLAMA_HOST to where it runs"
