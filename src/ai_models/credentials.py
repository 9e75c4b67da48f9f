"""Keys by reference: found where people keep them, shown nowhere.

A key is looked for in this order: the argument, the environment, the `.env` file of the current directory, the
keyring of the system (`keyring set ai_models openai`, needs the `keyring` extra).

>>> from ai_models.credentials import find_key
>>> key = find_key("groq", env={"GROQ_API_KEY": "gsk_0123456789"}, dotenv={})
>>> key
<key of groq from the environment: GROQ_API_KEY>
>>> key.reveal()
'gsk_0123456789'
"""

import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple, NoReturn

from ai_models.errors import AIModelsError, CredentialError
from ai_models.providers import Provider, providers

__all__ = ["KEYRING_SERVICE", "Key", "Origin", "find_key", "key_names", "key_problems", "redact", "require_key"]

Origin = Literal["argument", "environment", ".env", "keyring"]
Dotenv = str | os.PathLike[str] | Mapping[str, str] | None
KEYRING_SERVICE = "ai_models"

_SHORTEST_SECRET = 6
_known: dict[str, str] = {}

_PLACEHOLDER = re.compile(
    r"""your.*(key|token|secret|here) | ^your\b | (key|token)[-_\s]?here | change[-_\s]?me | replace[-_\s]?me
    | placeholder | example | ^(sk-)?(x{3,}|\*{3,}|0{8,}|\.+|…)$ | \.\.\. | … | ^<.*>$ | ^\{\{.*\}\}$ | ^\$\{?\w+\}?$
    | ^(none|null|nil|undefined|todo|tbd|dummy|fake|insert.*|enter.*|api[-_]?key)$""",
    re.IGNORECASE | re.VERBOSE,
)
_SECRET_HEADER = re.compile(
    r"""(?ix) \b ( (?:proxy-)?authorization | (?:[a-z]{1,20}-){0,4}(?:api|subscription)-key | x-key | cookie )
    ( ['"]? \s* [:=] \s* ['"]? ) (?: (?:bearer|basic|token|key) \s+ )? [^\s'",;}\]]+"""
)
_SECRET_IN_QUERY = re.compile(r"(?i)([?&](?:[a-z_-]*key|[a-z_-]*token|secret|signature|sig)=)[^&#\s'\"]+")
_SECRET_IN_LOGIN = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]{1,20}://)[^/\s:@]*:[^/\s@]+@")
_SECRET_BY_LOOK = re.compile(r"\b(?:sk-|csk-|gsk_|hf_|r8_|fw_|xai-|pplx-|nvapi-|AIza)[\w-]{16,}")


class Key:
    """A key and where it came from; only `reveal` gives the value.

    `variable` is the environment variable's name, or `None` if the key was given directly or the provider has none.
    A key never shows its value in text and refuses to be pickled or written as JSON.

    >>> str(Key("not-for-your-eyes", "openai", "OPENAI_API_KEY", ".env"))
    '<key of openai from .env: OPENAI_API_KEY>'
    """

    __slots__ = ("_value", "origin", "provider", "variable")

    def __init__(self, value: str, provider: str, variable: str | None, origin: Origin) -> None:
        self._value = value
        self.provider = provider
        self.variable = variable
        self.origin: Origin = origin
        if len(value) >= _SHORTEST_SECRET:
            _known[value] = provider

    def reveal(self) -> str:
        """Return the value, to be handed to a client and to nothing else.

        >>> Key("abc", "openai", None, "argument").reveal()
        'abc'
        """
        return self._value

    @property
    def fingerprint(self) -> str:
        """What tells this key from another and says nothing about its value.

        >>> Key("abc", "openai", None, "argument").fingerprint == Key("abd", "openai", None, "argument").fingerprint
        False
        """
        from hashlib import sha256

        return sha256(b"ai_models key " + self._value.encode()).hexdigest()[:6]  # too short to guess a value by

    def __repr__(self) -> str:
        source = f"the {self.origin}" if self.origin in ("environment", "argument", "keyring") else self.origin
        return f"<key of {self.provider} from {source}{f': {self.variable}' if self.variable else ''}>"

    def __copy__(self) -> "Key":
        return self

    def __deepcopy__(self, memo: object) -> "Key":
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a key is never stored: keep the name of its environment variable instead")


def key_names(provider: str | Provider) -> tuple[str, ...]:
    """Return the environment variables that may hold the provider's key, best first.

    >>> key_names("google")
    ('GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY')
    """
    return _provider(provider).key_variables


def find_key(
    provider: str | Provider,
    *,
    argument: str | None = None,
    env: Mapping[str, str] | None = None,
    dotenv: Dotenv = None,
) -> Key | None:
    """Return the first usable key of the provider, or `None`; nothing is written to the environment.

    `env` stands in for `os.environ`, `dotenv` for the `.env` file of the current directory (a path, or its values).
    An empty value, a placeholder such as `your-api-key` and a value that no header can carry count as absent:
    `key_problems` says so.

    >>> find_key("openai", env={"OPENAI_API_KEY": "your-api-key"}, dotenv={}) is None
    True
    """
    served = _provider(provider)
    for value, variable, origin in _candidates(served, argument, env, dotenv):
        if _problem(value, variable, served) is None:
            return Key(value, served.id, variable, origin)
    return None


def require_key(
    provider: str | Provider,
    *,
    argument: str | None = None,
    env: Mapping[str, str] | None = None,
    dotenv: Dotenv = None,
) -> Key:
    """Return the provider's key as `find_key` does, or raise `CredentialError` that says what to set.

    >>> require_key("mistral", env={}, dotenv={})
    Traceback (most recent call last):
        ...
    ai_models.errors.CredentialError: no key for mistral; set MISTRAL_API_KEY
    """
    served = _provider(provider)
    key = find_key(served, argument=argument, env=env, dotenv=dotenv)
    if key is None:
        no_variable = [] if served.key_variables else ["it takes the login of its own tools, not a key"]
        reasons = [*key_problems(served, env=env, dotenv=dotenv), *no_variable, ""]
        raise CredentialError(served.id, served.key_variables, reasons[0])
    return key


def key_problems(provider: str | Provider, *, env: Mapping[str, str] | None = None, dotenv: Dotenv = None) -> list[str]:
    """Say why values that are there don't count as keys; values are never shown.

    >>> key_problems("openai", env={"OPENAI_API_KEY": "sk-..."}, dotenv={})
    ['OPENAI_API_KEY in the environment holds a placeholder']
    """
    served = _provider(provider)
    return [
        f"{variable} in {'the .env file' if origin == '.env' else f'the {origin}'} {problem}"
        for value, variable, origin in _candidates(served, None, env, dotenv)
        if (problem := _problem(value, variable, served))
    ]


def redact(text: str, *secrets: Key | str) -> str:
    """Return `text` without secrets: the given ones, every key found so far, and what looks like one.

    Keys in headers and URLs, passwords in URLs and strings of a known key format are hidden too.

    >>> redact("GET https://api.test/v1?key=abc&page=2 failed")
    'GET https://api.test/v1?key=[hidden]&page=2 failed'
    >>> redact("invalid: abc", Key("abc", "openai", None, "argument"))
    'invalid: [key of openai]'
    """
    for value, shown in _shown_as(secrets):
        text = text.replace(value, shown)
    text = _SECRET_HEADER.sub(r"\1\2[hidden]", text)
    text = _SECRET_IN_QUERY.sub(r"\1[hidden]", text)
    text = _SECRET_IN_LOGIN.sub(r"\1[hidden]@", text)
    return _SECRET_BY_LOOK.sub("[key]", text)


def _shown_as(secrets: tuple[Key | str, ...]) -> list[tuple[str, str]]:
    from urllib.parse import quote

    shown = {value: f"[key of {provider}]" for value, provider in _known.copy().items()}
    for secret in secrets:
        if isinstance(secret, Key):
            shown[secret.reveal()] = f"[key of {secret.provider}]"
        else:
            shown.setdefault(secret, "[key]")
    shown |= {quote(value, safe=""): text for value, text in shown.items()}
    return sorted(((value, text) for value, text in shown.items() if value), key=lambda each: -len(each[0]))


def _provider(provider: str | Provider) -> Provider:
    return provider if isinstance(provider, Provider) else providers[provider]


class _Candidate(NamedTuple):
    value: str
    variable: str | None
    origin: Origin


def _candidates(
    provider: Provider, argument: str | None, env: Mapping[str, str] | None, dotenv: Dotenv
) -> Iterator[_Candidate]:
    """Yield every value that is not empty, best first; the slower places are only looked into when asked on."""
    if argument and argument.strip():
        yield _Candidate(argument.strip(), None, "argument")
    yield from _among(os.environ if env is None else env, provider, "environment")
    if provider.key_variables:
        yield from _among(_dotenv_values(dotenv), provider, ".env")
        if value := _from_keyring(provider.id):
            yield _Candidate(value, provider.key_variables[0], "keyring")


def _among(values: Mapping[str, str], provider: Provider, origin: Origin) -> Iterator[_Candidate]:
    for variable in provider.key_variables:
        if value := values.get(variable, "").strip():
            yield _Candidate(value, variable, origin)


def _problem(value: str, variable: str | None, provider: Provider) -> str | None:
    if variable and not provider.is_local and (_PLACEHOLDER.search(value) or value == variable):
        return "holds a placeholder"
    if not value.isascii() or not value.isprintable() or " " in value:
        return "holds characters that no key has (a space, a line break, a letter outside ASCII)"
    return None


def _dotenv_values(dotenv: Dotenv) -> Mapping[str, str]:
    if isinstance(dotenv, Mapping):
        return dotenv
    path = os.path.abspath(dotenv or ".env")  # noqa: PTH100  # pathlib is slow to import
    try:
        stamp = os.stat(path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return _read_dotenv(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=4)
def _read_dotenv(path: str, changed: int, size: int) -> Mapping[str, str]:
    from dotenv import dotenv_values

    try:
        return {name: value for name, value in dotenv_values(path).items() if value}
    except (OSError, UnicodeDecodeError) as error:
        raise AIModelsError(f"cannot read {path}: {type(error).__name__}; make it readable UTF-8 text") from None


def _from_keyring(provider: str) -> str | None:
    from importlib import import_module

    try:
        keyring: Any = import_module("keyring")
        errors: Any = import_module("keyring.errors")
    except ImportError:
        return None
    try:
        return (keyring.get_password(KEYRING_SERVICE, provider) or "").strip() or None
    except errors.KeyringError:  # no keyring on this machine, or a locked one: the key is not there
        return None
