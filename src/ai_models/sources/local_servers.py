"""Servers of which one knows the address: whoever answers there, or everything that answers on this machine."""

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ai_models._core.contracts import Listing, ModelSource, SkippedRow
from ai_models._core.model import Model
from ai_models.cache import DiscoveryCache
from ai_models.credentials import Key, redact
from ai_models.errors import AIModelsError, SourceFormatError, SourceOfflineError, SourceUnavailableError
from ai_models.providers import Provider, providers
from ai_models.sources.exchange import Exchange
from ai_models.sources.fetch import Fetcher
from ai_models.sources.formats.local import root_of
from ai_models.sources.formats.recognise import COMPATIBLE, Answering, recognise
from ai_models.sources.policy import current_policy, fetch_policy
from ai_models.sources.provider_api import ProviderAPISource
from ai_models.transport import Transport

__all__ = ["LocalServerSource", "LocalSource", "OpenAICompatibleSource"]

_NAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*", re.IGNORECASE)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_BESIDES = ("litellm",)
"""What runs on one's own machine though it is no local runtime."""

_LOOK_S = 5.0
"""How long an address may take to say who answers there, when many are looked at."""


class OpenAICompatibleSource(ProviderAPISource):
    """The models of any server that lists them as OpenAI does, under a name that you give it.

    Its key is `api_key`, else what `<NAME>_API_KEY` holds; many want none. It `is_local` if its address is one of
    your own network, unless you say otherwise.

    >>> from ai_models.testing import FakeTransport
    >>> transport = FakeTransport({"http://gpu-box:9000/v1/models": {"data": [{"id": "our-model"}]}})
    >>> source = OpenAICompatibleSource("http://gpu-box:9000", name="gpu-box", transport=transport)
    >>> [(model.id, model.provider, model.is_local) for model in source.discover_models()]
    [('our-model', 'gpu-box', True)]
    """

    by_default = True

    def __init__(self, url: str, *, name: str, is_local: bool | None = None, **options: Any) -> None:
        if not _NAME.fullmatch(name):
            raise AIModelsError(f"{name!r} is no name for a server: letters and digits, with - or _ between them")
        if name in providers:
            known = providers[name].id
            raise AIModelsError(f"{name} is a provider that is known; ask ProviderAPISource({known!r}, base_url=...)")
        local = _is_near(url) if is_local is None else is_local
        served = Provider(
            name,
            name,
            "local" if local else "host",
            openai_url=_openai_url(url),
            open_list=True,
            key_variables=(f"{re.sub('[^A-Z0-9]', '_', name.upper())}_API_KEY",),
        )
        super().__init__(served, **options)

    def listing(self) -> Listing:
        """Ask the server and return its whole answer, each model with the address at which it is called."""
        return _placed(super().listing(), self.served.openai_url)

    def _hint(self) -> str:
        return f"is {self.name} running, and is this its address?"


class LocalServerSource(ModelSource):
    """The models of whatever server of models answers at an address: told by its answers, not by its port.

    They are models of the provider that really answers there; of a server that nobody knows they are models of `name`.

    >>> from ai_models.testing import FakeTransport
    >>> answers = {"http://host:1234/v1/models": {"data": [{"id": "m", "owned_by": "vllm", "max_model_len": 4096}]}}
    >>> source = LocalServerSource("http://host:1234", transport=FakeTransport(answers))
    >>> [(model.id, model.provider) for model in source.discover_models()]
    [('m', 'vllm')]
    """

    is_local = True

    def __init__(
        self,
        url: str,
        *,
        name: str | None = None,
        api_key: str | None = None,
        transport: Transport | None = None,
        cache: DiscoveryCache | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.url = root_of((url if "://" in url else f"http://{url}").rstrip("/"))
        self.name = name or _name_of(self.url)
        self._options: dict[str, Any] = {"transport": transport, "cache": cache, "env": env, "api_key": api_key}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({redact(self.url)!r})"

    def discover_models(self) -> list[Model]:
        """Ask whoever answers there and return its models; raise `SourceError` or `CredentialError`."""
        return self.listing().models

    def listing(self) -> Listing:
        """Ask whoever answers there and return its whole answer, with a note that says who it is."""
        if current_policy().offline:
            raise SourceOfflineError("offline: who answers there can't be told", source=self.name, url=redact(self.url))
        found = self.answering(current_policy().timeout_s)
        if found is None:
            self._exchange(current_policy().timeout_s).json(f"{self.url}/v1/models")
            raise SourceFormatError(
                f"no list of models came from {redact(self.url)}", source=self.name, url=redact(self.url)
            )
        return self.listing_of(found)

    def answering(self, timeout_s: float) -> Answering | None:
        """Return who answers there, `None` if no server of models does in time.

        >>> from ai_models.testing import FakeTransport
        >>> transport = FakeTransport({"http://host:1/v1/models": {"data": [{"id": "m", "owned_by": "vllm"}]}})
        >>> LocalServerSource("http://host:1", transport=transport).answering(5).provider
        'vllm'
        """
        return recognise(self._exchange(timeout_s), self.url)

    def listing_of(self, found: Answering) -> Listing:
        """Return the listing of a server of which it is known who it is.

        >>> from ai_models.testing import FakeTransport
        >>> transport = FakeTransport({"http://host:1/v1/models": {"data": [{"id": "m"}]}})
        >>> LocalServerSource("http://host:1", transport=transport).listing_of(Answering("vllm")).note
        'vLLM at http://host:1'
        """
        source = self._source(found)
        listing = source.listing()
        listing.note = "; ".join(filter(None, [f"{source.served.name} at {redact(self.url)}", listing.note]))
        return listing

    def _exchange(self, timeout_s: float) -> Exchange:
        key = self._options["api_key"]
        given = Key(key, self.name, None, "argument") if key else None
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        server = Fetcher(self.name, self.url, self._options["transport"], headers=headers, key=given).server
        return Exchange(server, deadline=time.monotonic() + timeout_s)

    def _source(self, found: Answering) -> ProviderAPISource:
        if found.provider == COMPATIBLE:
            return OpenAICompatibleSource(found.base_url or self.url, name=self.name, **self._options)
        known = providers[found.provider]
        base = self.url if known.root_url else found.base_url
        return _PlacedSource(known, base_url=base, **self._options)


class _PlacedSource(ProviderAPISource):
    """A provider's list at an address, which its models keep if it isn't the one where the provider is looked for.

    A key that was found is for servers of this machine and for that one alone: any other might only play the part.
    """

    def listing(self) -> Listing:
        here, usual = self._base(self._base_url), self._base(None)
        return _placed(super().listing(), here if here != usual else None)

    def _key(self) -> Key | None:
        return super()._key() if self._may_have_key else None

    def _required_key(self) -> Key | None:
        return super()._required_key() if self._may_have_key else None

    @property
    def _may_have_key(self) -> bool:
        here = self._base(self._base_url) or ""
        return bool(self._api_key) or urlsplit(here).hostname in _LOOPBACK or here == self._base(None)

    def _base(self, override: str | None) -> str | None:
        try:
            return self.served.base_url("openai", self._env, override)
        except AIModelsError:
            return None


class LocalSource(ModelSource):
    """Every server of models on this machine, at the addresses that such servers use or that you set.

    It is asked by name alone: `ai-models discover local`.

    >>> from ai_models.testing import FakeTransport
    >>> answers = {"http://127.0.0.1:8000/v1/models": {"data": [{"id": "m", "owned_by": "sglang"}]}}
    >>> listing = LocalSource(transport=FakeTransport(answers), env={}).listing()
    >>> [(model.id, model.provider) for model in listing.models], listing.note
    ([('m', 'sglang')], 'SGLang at http://127.0.0.1:8000')
    """

    name = "local"
    is_local = True
    by_default = False

    def __init__(
        self,
        *,
        transport: Transport | None = None,
        cache: DiscoveryCache | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._options: dict[str, Any] = {"transport": transport, "cache": cache, "env": env}

    @property
    def urls(self) -> list[str]:
        """The addresses that are looked at, each once.

        >>> LocalSource(env={}).urls[:2], "http://127.0.0.1:11434" in LocalSource(env={}).urls
        (['http://127.0.0.1:1337', 'http://localhost:12434'], True)
        """
        found: dict[tuple[str, int | None], str] = {}
        for url in filter(None, map(self._url_of, providers.values())):
            parts = urlsplit(url)
            host = "" if parts.hostname in _LOOPBACK else parts.hostname or ""
            found.setdefault((host, parts.port), url)
        return list(found.values())

    def _url_of(self, provider: Provider) -> str | None:
        if not provider.is_local and provider.id not in _BESIDES:
            return None
        try:
            url = provider.list_url(self._options["env"])
        except AIModelsError:
            return None
        return url and root_of(url)

    def discover_models(self) -> list[Model]:
        """Ask every server that answers and return the models of all; raise `SourceError` if none does."""
        return self.listing().models

    def listing(self) -> Listing:
        """Ask every server that answers: the note says who did, a skipped row which could not be read and why."""
        if current_policy().offline:
            raise SourceOfflineError("offline: which servers run can't be told", source=self.name)
        urls = self.urls
        answers = dict(zip(urls, _asked(urls, self._options), strict=True))
        listings = [each for each in answers.values() if isinstance(each, Listing)]
        failed = {url: each for url, each in answers.items() if isinstance(each, AIModelsError)}
        if not listings:
            why = [f"{redact(url)}: {each}" for url, each in failed.items()] or [
                f"no server of models answers on this machine; looked at {', '.join(map(_place, urls))}"
            ]
            raise SourceUnavailableError("; ".join(why), source=self.name)
        models: dict[tuple[str, str], Model] = {}
        skipped = [SkippedRow(number, f"{redact(url)}: {why}") for number, (url, why) in enumerate(failed.items())]
        for listing in listings:
            twice = [model for model in listing.models if (model.provider, model.id) in models]
            skipped += (SkippedRow(0, "another server of this kind has it too", model.id) for model in twice)
            skipped += listing.skipped
            models = models | {(model.provider, model.id): model for model in listing.models if model not in twice}
        return Listing(
            list(models.values()),
            skipped,
            date=next((listing.date for listing in listings), None),
            note=", ".join(listing.note for listing in listings),
        )


def _asked(urls: list[str], options: Mapping[str, Any]) -> Iterator[Listing | AIModelsError | None]:
    """Yield what each address answers: a listing, the error of a server of models, `None` if there is none."""
    from concurrent.futures import ThreadPoolExecutor
    from contextvars import copy_context

    def ask(url: str) -> Listing | AIModelsError | None:
        source = LocalServerSource(url, **options)
        try:
            found = source.answering(_LOOK_S)
            if found is None:
                return None
            with fetch_policy(timeout_s=max(_LOOK_S, current_policy().timeout_s - _LOOK_S)):
                return source.listing_of(found)
        except AIModelsError as error:
            return error

    with ThreadPoolExecutor(max_workers=len(urls) or 1) as pool:
        jobs = [pool.submit(copy_context().run, ask, url) for url in urls]
        yield from (job.result() for job in jobs)


def _placed(listing: Listing, base_url: str | None) -> Listing:
    """Return a listing whose models say at which address they are called; a login in it is nobody's business."""
    for model in listing.models if base_url and "@" not in base_url else ():
        model.connector_metadata.setdefault(model.provider, {})["base_url"] = base_url
    return listing


def _openai_url(url: str) -> str:
    """Return the base URL of OpenAI's protocol: what has no path of its own gets the usual one."""
    bare = url.strip().rstrip("/").removesuffix("/models")
    bare = bare if "://" in bare else f"http://{bare}"
    return bare if urlsplit(bare).path.strip("/") else f"{bare}/v1"


def _is_near(url: str) -> bool:
    """Whether an address is one of this machine or of a private network."""
    from ipaddress import ip_address

    host = urlsplit(url if "://" in url else f"http://{url}").hostname or ""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan", ".home.arpa"))


def _name_of(url: str) -> str:
    host = urlsplit(url).netloc.rpartition("@")[2]
    return re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-") or "server"


def _place(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
