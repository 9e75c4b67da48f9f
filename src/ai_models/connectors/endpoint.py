"""Where a call goes and with which key: a provider's address, and the rule that a key never leaves home.

>>> from ai_models.providers import providers
>>> stranger = Endpoint(providers["openai"], "http://127.0.0.1:9999/v1", env={"OPENAI_API_KEY": "sk-0123456789"})
>>> stranger.url("openai"), stranger.at_home, stranger.find_key()
('http://127.0.0.1:9999/v1', False, None)
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ai_models.credentials import Key, find_key
from ai_models.errors import CredentialError
from ai_models.providers import Provider, UrlForm

__all__ = ["PLACEHOLDER", "Endpoint"]

PLACEHOLDER = "none"
"""The key for a server that wants none: with no key at all, most libraries send a vendor's."""

_FORMS: tuple[UrlForm, ...] = ("openai", "root", "anthropic")
_AWS_LOGINS = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A provider at its own address or at a given one (`base_url`), given by the user or else stated by a source.

    `env` and `dotenv` stand in for the real ones.
    """

    provider: Provider
    base_url: str | None = None
    by_user: bool = True
    env: Mapping[str, str] | None = field(default=None, repr=False)
    dotenv: Any = field(default=None, repr=False)

    def url(self, form: UrlForm) -> str | None:
        """Return the base URL in one form, or `None` if this server has no such form or no known address."""
        return self.provider.base_url(form, self.env, self.base_url)

    def foreign_url(self, form: UrlForm) -> str | None:
        """Return the base URL in one form if it isn't the vendor's own, which a library knows itself.

        >>> from ai_models.providers import providers
        >>> Endpoint(providers["openai"], env={}).foreign_url("openai") is None
        True
        """
        found = self.url(form)
        return None if found == self._table_url(form) and not self.provider.is_local else found

    @property
    def at_home(self) -> bool:
        """Whether this is the provider's own server, by the table or by the user's environment; its key may go there.

        >>> from ai_models.providers import providers
        >>> Endpoint(providers["azure"], "https://mine.openai.azure.com", env={}).at_home
        True
        >>> Endpoint(providers["openai"], "http://api.openai.com/v1", env={}).at_home
        False
        """
        if self.base_url is None:
            return True
        given = _origin(self.url("openai") or self.url("root") or self.base_url)
        return any(given == each for each in self._own_origins()) or self._in_family(given)

    @property
    def takes_any_key(self) -> bool:
        """Whether a placeholder goes in place of a key: a local server, or a server that is not the provider's."""
        return self.provider.placeholder_key is not None or self.provider.is_local or not self.at_home

    @property
    def placeholder(self) -> str:
        """The key for a server that wants none."""
        return self.provider.placeholder_key or PLACEHOLDER

    def find_key(self, argument: str | None = None) -> Key | None:
        """Return the given key or the provider's own, the latter only for the provider's own server."""
        if argument is None and not self.at_home:
            return None
        return find_key(self.provider, argument=argument, env=self.env, dotenv=self.dotenv)

    def secret(self, argument: str | None = None) -> str:
        """Return the key to send, or a placeholder where any will do; raise `CredentialError` if there is none.

        >>> from ai_models.providers import providers
        >>> Endpoint(providers["ollama"], env={}, dotenv={}).secret()
        'ollama'
        """
        key = self.find_key(argument)
        if key is not None:
            return key.reveal()
        if self.takes_any_key:
            return self.placeholder
        raise CredentialError(self.provider.id, self.provider.key_variables)

    @property
    def key_variable(self) -> str:
        """The environment variable that has the key, or the one to put it into."""
        found = self.find_key()
        if found is not None and found.variable:
            return found.variable
        own = self.provider.id.upper().replace("-", "_")
        return self.provider.key_variables[0] if self.provider.key_variables else f"{own}_API_KEY"

    def missing(self, *, key: bool = True) -> str:
        """Return in words what is missing before this server can be called; `key` is false if the library signs in.

        >>> from ai_models.providers import providers
        >>> Endpoint(providers["bedrock"], env={"AWS_PROFILE": "me"}, dotenv={}).missing(key=False)
        'set AWS_REGION'
        """
        unset = () if self.base_url else self.provider.unset_variables(self.env)
        if unset:
            return f"set {' and '.join(unset)}"
        if self.takes_any_key or self.find_key() is not None:
            return ""
        if key:
            return f"no key: set {self.key_variable}"
        return "" if self._signs_in else "no login in the environment"

    @property
    def _signs_in(self) -> bool:
        values = os.environ if self.env is None else self.env
        return any(values.get(name) for name in _AWS_LOGINS)

    def _table_url(self, form: UrlForm) -> str | None:
        values = os.environ if self.env is None else self.env
        known = {name: values[name] for names in self.provider.fill.values() for name in names if name in values}
        return self.provider.base_url(form, known)

    def _own_origins(self) -> Iterator[str]:
        for form in _FORMS:
            for url in (self._table_url(form), self.provider.base_url(form, self.env)):
                if url is not None:
                    yield _origin(url)

    def _in_family(self, origin: str) -> bool:
        """Return whether the address is one that the table's pattern (`https://{resource}.example`) allows."""
        if not self.by_user:
            return False
        patterns = {url for url in (self.provider.root_url, self.provider.openai_url) if url and "{" in url}
        return any(re.fullmatch(_pattern(url), origin) for url in patterns)


def _origin(url: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"


def _pattern(template: str) -> str:
    scheme, _, rest = template.partition("://")
    host = re.sub(r"\\\{\w+\\\}", r"[\\w-]+", re.escape(rest.partition("/")[0]))
    return f"{scheme}://{host}"
