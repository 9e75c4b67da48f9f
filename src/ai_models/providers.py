"""Who serves models, under which names, at which address and with which key variables.

The facts stand in `data/providers.toml`; this module reads them on first use.

>>> from ai_models.providers import providers
>>> providers["together_ai"].id
'together'
>>> providers["groq"].list_url(env={})
'https://api.groq.com/openai/v1/models'
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from ai_models.errors import AIModelsError, ProviderNotFoundError

__all__ = ["KINDS", "LOCAL", "Provider", "Providers", "UrlForm", "default_rank", "provider_id", "providers"]

UrlForm = Literal["root", "openai", "anthropic"]
KINDS = ("lab", "host", "cloud", "aggregator", "local")
LOCAL: frozenset[str]

_FORMS: dict[str, UrlForm] = {"root": "root", "openai": "openai", "anthropic": "anthropic"}
_AUTH_HEADERS = {
    "bearer": ("Authorization", "Bearer "),
    "oauth": ("Authorization", "Bearer "),
    "signed": ("Authorization", "Bearer "),
    "none": ("Authorization", "Bearer "),
    "token": ("Authorization", "Token "),
    "key": ("Authorization", "Key "),
}
_WILDCARD_HOSTS = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HTTP_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f\x7f]+", re.IGNORECASE)
_VERSION_PATH = re.compile(r"/v\d+(?:(?:alpha|beta)\d*)?$")
_TABLE_HEADER = re.compile(r"^\[([a-z0-9-]+)\]$", re.MULTILINE)
_NAME_LINES = re.compile(r'^names? = ("""[^"]+"""|"[^"]+")$', re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SEPARATORS = {ord(each): None for each in " -_."}


@dataclass(frozen=True, slots=True)
class Provider:
    """One server of models: what it is called, where it listens and how it wants to be asked.

    `kind` is one of `KINDS`; a URL, format or date that does not exist or is not known is `None`.

    >>> Provider("mine", "My server", "local", openai_url="http://127.0.0.1:9000/v1").list_url(env={})
    'http://127.0.0.1:9000/v1/models'
    """

    id: str
    name: str
    kind: str
    labs: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    wire: str = "openai"
    list_format: str | None = None
    auth: str = "bearer"
    extra_headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    root_url: str | None = None
    openai_url: str | None = None
    anthropic_url: str | None = None
    fill: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    list_endpoint: str = "openai:/models"
    open_list: bool = False
    key_variables: tuple[str, ...] = ()
    url_variables: tuple[str, ...] = ()
    output_cap: str = "max_tokens"
    placeholder_key: str | None = None
    retired: str | None = None
    docs: str | None = None
    sdk: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def is_local(self) -> bool:
        """Whether it runs the models on a machine of the user.

        >>> providers["ollama"].is_local, providers["litellm"].is_local
        (True, False)
        """
        return self.kind == "local"

    @property
    def is_aggregator(self) -> bool:
        """Whether it resells the servers of others.

        >>> providers["openrouter"].is_aggregator
        True
        """
        return self.kind == "aggregator"

    @property
    def needs_key(self) -> bool:
        """Whether its list of models is only answered to a key or another proof of identity.

        >>> [each for each in ("openai", "openrouter", "ollama", "vllm") if providers[each].needs_key]
        ['openai']
        """
        return not (self.open_list or self.is_local)

    def sdk_name(self, library: str) -> str | None:
        """Return the name that a client library uses for this provider, or `None` if it has none.

        >>> providers["google"].sdk_name("langchain"), providers["google"].sdk_name("dspy")
        ('google_genai', 'gemini')
        """
        return self.sdk.get(library) or (self.sdk.get("litellm") if library == "dspy" else None)

    def base_url(
        self, form: UrlForm = "openai", env: Mapping[str, str] | None = None, override: str | None = None
    ) -> str | None:
        """Return the base URL in the form that a client wants: `override`, else the environment, else the table.

        `None` if the provider has no such form, or if a variable that its address depends on is unset
        (`unset_variables` names it). Raises `AIModelsError` if a given address is not one.

        >>> ollama = providers["ollama"]
        >>> ollama.base_url("openai", env={"OLLAMA_HOST": "0.0.0.0:11500"})
        'http://127.0.0.1:11500/v1'
        >>> ollama.base_url("root", override="http://gpu-box:11434/v1/")
        'http://gpu-box:11434'
        >>> providers["bedrock"].base_url("root", env={"AWS_REGION": "eu-west-1"})
        'https://bedrock-runtime.eu-west-1.amazonaws.com'
        """
        given = self._given_url(_environment(env), override, self.url_variables)
        if given is not None:
            return self._in_form(given, form, env)
        return self._filled(self._table_url(form), env)

    def list_url(self, env: Mapping[str, str] | None = None, override: str | None = None) -> str | None:
        """Return the URL that lists the models (without paging parameters), or `None` if there is none.

        >>> providers["anthropic"].list_url(env={}, override="http://127.0.0.1:9/proxy")
        'http://127.0.0.1:9/proxy/v1/models'
        >>> providers["voyage"].list_url(env={}) is None
        True
        """
        if "://" in self.list_endpoint:
            return self._foreign_list_url(env, override)
        form, _, path = self.list_endpoint.partition(":")
        base = self.base_url(_FORMS[form], env, override) if path else None
        return base and base + path

    def unset_variables(self, env: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Return the variables to set before the address is known: one per placeholder that nothing fills.

        >>> providers["azure"].unset_variables(env={})
        ('AZURE_RESOURCE_NAME',)
        """
        values = _environment(env)
        if any(values.get(each) for each in self.url_variables):
            return ()
        return tuple(names[0] for names in self.fill.values() if not any(values.get(each) for each in names))

    def headers(self, key: str | None = None) -> dict[str, str]:
        """Return the headers that carry `key` to this provider, and those that it always wants.

        >>> providers["anthropic"].headers("k")
        {'anthropic-version': '2023-06-01', 'x-api-key': 'k'}
        """
        if not key:
            return dict(self.extra_headers)
        name, prefix = _AUTH_HEADERS.get(self.auth, (self.auth, ""))
        return {**self.extra_headers, name: prefix + key}

    def _table_url(self, form: str) -> str | None:
        return {"root": self.root_url, "openai": self.openai_url, "anthropic": self.anthropic_url}[form]

    @property
    def _native_url(self) -> str | None:
        return self.root_url or self.openai_url or self.anthropic_url

    def _filled(self, template: str | None, env: Mapping[str, str] | None) -> str | None:
        if template is None or "{" not in template:
            return template
        values = _environment(env)
        filled = _PLACEHOLDER.sub(lambda found: self._fact(found[1], values), template)
        return None if "{" in filled else filled

    def _fact(self, placeholder: str, values: Mapping[str, str]) -> str:
        for variable in self.fill.get(placeholder, ()):
            if value := values.get(variable, "").strip():
                return value.split("://")[-1].rstrip("/")
        return f"{{{placeholder}}}"

    def _foreign_list_url(self, env: Mapping[str, str] | None, override: str | None) -> str | None:
        given = self._given_url(_environment(env), override, self.url_variables[:1])
        if given is None:
            return self._filled(self.list_endpoint, env)
        host_and_path = self.list_endpoint.partition("://")[2]
        return f"{self._in_form(given, 'root', env)}/{host_and_path.partition('/')[2]}"

    def _given_url(self, values: Mapping[str, str], override: str | None, variables: Iterable[str]) -> str | None:
        if override:
            return self._dialled(override, f"the base URL given for {self.id}")
        for variable in variables:
            if value := values.get(variable, "").strip():
                return self._dialled(value, variable)
        return None

    def _dialled(self, address: str, origin: str) -> str:
        """Make a URL of what people write as an address: `host`, `:port`, `0.0.0.0:port`, `http://host:port/`."""
        from urllib.parse import urlsplit

        default = urlsplit(self._native_url or "https://")
        bare = "://" not in address
        text = f"{default.scheme}://{address.strip()}" if bare else address.strip()
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, port = "", None
        if not (host or port) or not _HTTP_ADDRESS.fullmatch(text):
            raise AIModelsError(f"{origin} is not an http(s) address; write it like http://host:port")
        scheme = "http" if bare and host in (*_LOOPBACK, *_WILDCARD_HOSTS) else parts.scheme
        if bare and port is None and default.scheme == "http":
            port = default.port
        login, at, _ = parts.netloc.rpartition("@")
        place = f"{login}{at}{_host_to_dial(host)}{f':{port}' if port else ''}"
        return f"{scheme}://{place}{parts.path.rstrip('/')}"

    def _in_form(self, url: str, form: UrlForm, env: Mapping[str, str] | None) -> str | None:
        """Turn a given URL, in whichever form it is, into `form`."""
        native = self._native_url
        if native is None:
            return url
        tails = {each: self._filled(own.removeprefix(native), env) for each in _FORMS if (own := self._table_url(each))}
        wanted = tails.get(form)
        if wanted is None or "://" in wanted:
            return None
        known = [tail for tail in tails.values() if tail and url.endswith(tail)]
        if known:
            return url.removesuffix(max(known, key=len)) + wanted
        if _VERSION_PATH.search(native) or not _VERSION_PATH.search(url):
            return url + wanted
        return url if form == "openai" else _VERSION_PATH.sub("", url) + wanted


def _environment(env: Mapping[str, str] | None) -> Mapping[str, str]:
    return os.environ if env is None else env


def _host_to_dial(host: str) -> str:
    return _WILDCARD_HOSTS.get(host) or (f"[{host}]" if ":" in host else host)


class Providers(Mapping[str, Provider]):
    """All providers by id; a look-up also takes any name that a peer uses.

    >>> len(providers) > 90, "vertex_ai" in providers, next(iter(providers))
    (True, True, '302ai')
    """

    def __getitem__(self, name: str) -> Provider:
        """Return the provider of this id or name; `ProviderNotFoundError` suggests the nearest."""
        key = self.id_of(name)
        if key is None:
            raise ProviderNotFoundError(name, self._suggestions(name))
        if key not in self._built:
            self._built[key] = _provider(key, self._rows[key])
        return self._built[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.id_of(name) is not None

    def __repr__(self) -> str:
        return f"<{len(self)} providers>"

    def id_of(self, name: str) -> str | None:
        """Our id for any name of a provider, or `None`.

        >>> providers.id_of("Amazon Bedrock")
        'bedrock'
        """
        index = self._index
        return index.get(name) or index.get(_squashed(name))

    @cached_property
    def _rows(self) -> dict[str, str]:
        """The table of each provider as text: parsing all of them would take ten times as long as most uses need."""
        path = os.path.join(os.path.dirname(__file__), "data", "providers.toml")  # noqa: PTH118, PTH120  # pathlib is slow
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            _, *parts = _TABLE_HEADER.split(file.read())
        return dict(zip(parts[::2], parts[1::2], strict=True))

    @cached_property
    def _built(self) -> dict[str, Provider]:
        return {}

    @cached_property
    def _index(self) -> dict[str, str]:
        names = ((name, key) for key, row in self._rows.items() for name in (key, *_row_names(row)))
        return {form: key for name, key in names for form in (name, _squashed(name))}

    def _of_kind(self, kind: str) -> frozenset[str]:
        return frozenset(key for key, row in self._rows.items() if f'\nkind = "{kind}"\n' in row)

    def _suggestions(self, name: str) -> Iterable[str]:
        from difflib import get_close_matches

        near = get_close_matches(_squashed(str(name)[:80]), self._index, n=6, cutoff=0.7)
        return list(dict.fromkeys(self._index[each] for each in near))[:3]


def _row_names(row: str) -> list[str]:
    display, *peers = (each.strip('"\n') for each in _NAME_LINES.findall(row))
    return [display, *(name for each in peers for name in each.split())]


def _squashed(name: str) -> str:
    return name.lower().translate(_SEPARATORS)


def _provider(id: str, table: str) -> Provider:
    import tomllib

    row = tomllib.loads(table)
    facts = dict(row)
    for plural in ("labs", "names", "key_variables", "url_variables"):
        facts[plural] = tuple(row.get(plural, "").split())
    facts["url_variables"] = (f"{id.upper().replace('-', '_')}_BASE_URL", *facts["url_variables"])
    facts["fill"] = {name: tuple(variables.split("|")) for name, variables in _pairs(row, "fill").items()}
    facts["sdk"] = _pairs(row, "sdk")
    facts["extra_headers"] = _pairs(row, "headers")
    facts.pop("headers", None)
    return Provider(id, **facts)


def _pairs(row: Mapping[str, Any], column: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in row.get(column, "").split())


providers = Providers()


def provider_id(name: str) -> str | None:
    """Our id for any name that a peer uses for a provider, or `None` if it is not in the table.

    >>> provider_id("fireworks_ai"), provider_id("google-vertex"), provider_id("nobody")
    ('fireworks', 'vertex', None)
    """
    return providers.id_of(name)


def default_rank(provider: str, lab: str | None) -> int:
    """How well a provider suits as the default server of a lab's model: the lowest rank wins.

    The lab's own API, then the lab's own cloud, local servers, hosts and clouds, aggregators, unknown providers.

    >>> offers = ["openrouter", "bedrock", "ollama", "anthropic"]
    >>> sorted(offers, key=lambda each: default_rank(each, "anthropic"))
    ['anthropic', 'ollama', 'bedrock', 'openrouter']
    """
    key = provider_id(provider)
    if key is None:
        return 5
    found = providers[key]
    if lab is not None and lab in found.labs:
        return 0 if found.kind == "lab" else 1
    return {"local": 2, "aggregator": 4}.get(found.kind, 3)


def __getattr__(name: str) -> Any:
    if name == "LOCAL":
        return providers._of_kind("local")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
