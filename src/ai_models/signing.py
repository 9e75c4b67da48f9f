"""Logins that are more than a key: AWS's signed requests, Google's short-lived tokens, by the vendors' libraries.

>>> from ai_models.providers import providers
>>> has_login(providers["bedrock"], env={"AWS_PROFILE": "me"})
True
"""

import os
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ai_models.credentials import Key
from ai_models.errors import CredentialError, MissingDependencyError
from ai_models.providers import Provider

__all__ = ["Login", "has_login", "named_login", "require_login", "takes_login"]

_AWS_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_GOOGLE_VARIABLES = ("GOOGLE_APPLICATION_CREDENTIALS",)
_FILES = {"signed": ".aws/credentials", "oauth": ".config/gcloud/application_default_credentials.json"}
_PACKAGES = {"google": "google-auth[requests]"}
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_REGION = re.compile(r"//bedrock[\w-]*\.([a-z0-9-]+)\.")


class Login(NamedTuple):
    """Who asks: what tells this login from another, and what makes the headers that prove it for one request.

    >>> login = Login(Key("AKIA0", "bedrock", None, "environment"), lambda method, url, body: {"x-signed-by": "me"})
    >>> login.sign("GET", "https://host", None)
    {'x-signed-by': 'me'}
    """

    key: Key
    sign: Callable[[str, str, Any], Mapping[str, str]]


def takes_login(provider: Provider) -> bool:
    """Return whether a provider is asked with a login where no key is found.

    >>> from ai_models.providers import providers
    >>> takes_login(providers["vertex"]), takes_login(providers["openai"])
    (True, False)
    """
    return provider.id in _MAKERS


def has_login(provider: Provider, env: Mapping[str, str] | None = None) -> bool:
    """Return whether a login seems to be there: a variable or a file that the vendor's tools leave; nothing is dialled.

    >>> from ai_models.providers import providers
    >>> has_login(providers["vertex"], env={"GOOGLE_APPLICATION_CREDENTIALS": "key.json"})
    True
    """
    if not takes_login(provider):
        return False
    values = os.environ if env is None else env
    variables = _AWS_VARIABLES if provider.auth == "signed" else _GOOGLE_VARIABLES
    home = values.get("HOME") or os.path.expanduser("~")  # noqa: PTH111 - pathlib is slow to import
    return any(values.get(name) for name in variables) or os.path.exists(os.path.join(home, _FILES[provider.auth]))  # noqa: PTH110, PTH118


def named_login(provider: Provider, url: str) -> Login:
    """Return the login that this machine's environment names; the vendor's library is only asked once it signs.

    >>> from ai_models.providers import providers
    >>> named_login(providers["vertex"], "https://us-central1-aiplatform.googleapis.com").key.provider
    'vertex'
    """
    variables = _AWS_VARIABLES if provider.auth == "signed" else _GOOGLE_VARIABLES
    name = " ".join(filter(None, (os.environ.get(each) for each in variables))) or "the default login"
    made: list[Login] = []

    def sign(method: str, asked: str, body: Any) -> Mapping[str, str]:
        if not made:
            made.append(require_login(provider, url))
        return made[0].sign(method, asked, body)

    return Login(Key(name, provider.id, variables[0], "environment"), sign)


def require_login(provider: Provider, url: str) -> Login:
    """Return the login of this machine for a provider.

    Raise `MissingDependencyError` if the vendor's library is not installed, `CredentialError` if it finds no login.

    >>> from ai_models.providers import providers
    >>> os.environ |= {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-for-your-eyes"}
    >>> url = "https://bedrock.eu-west-1.amazonaws.com/foundation-models"
    >>> require_login(providers["bedrock"], url).sign("GET", url, None)["Authorization"][:16]
    'AWS4-HMAC-SHA256'
    >>> del os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    """
    return _MAKERS[provider.id](provider, url)


def _aws(provider: Provider, url: str) -> Login:
    auth, requests, failures, sessions = _modules("botocore", "bedrock", "auth", "awsrequest", "exceptions", "session")
    named = _REGION.search(url)
    try:
        session = sessions.Session()
        credentials = session.get_credentials()
        region = named[1] if named else session.get_config_variable("region") or "us-east-1"
        found = credentials.get_frozen_credentials() if credentials else None
    except failures.BotoCoreError as error:
        raise CredentialError(provider.id, ("AWS_PROFILE",), f"AWS's login failed: {error}") from error
    if found is None or not found.access_key:
        reason = "AWS's tools find no login (aws configure, AWS_PROFILE)"
        raise CredentialError(provider.id, (*provider.key_variables, "AWS_PROFILE"), reason)

    def sign(method: str, url: str, body: Any) -> Mapping[str, str]:
        now = credentials.get_frozen_credentials()
        _hide(provider, now.secret_key, now.token)
        request = requests.AWSRequest(method=method, url=url, headers={"accept": "application/json"})
        auth.SigV4Auth(now, "bedrock", region).add_auth(request)
        return dict(request.headers.items())

    return Login(Key(found.access_key, provider.id, "AWS_ACCESS_KEY_ID", "environment"), sign)


def _modules(package: str, extra: str, *names: str) -> list[Any]:
    """Return modules of a library that an extra of this package brings."""
    from importlib import import_module

    try:
        return [import_module(f"{package}.{name}") for name in names]
    except ImportError as error:
        raise MissingDependencyError(_PACKAGES.get(package, package), extra) from error


def _hide(provider: Provider, *secrets: str | None) -> None:
    """Let no text show these, should a server repeat them."""
    for secret in filter(None, secrets):
        Key(secret, provider.id, None, "environment")


def _google(provider: Provider, url: str) -> Login:
    google, failures, requests = _modules("google", "vertex", "auth", "auth.exceptions", "auth.transport.requests")
    try:
        credentials, project = google.default(scopes=[_SCOPE])
        credentials.refresh(requests.Request())
    except failures.GoogleAuthError as error:
        reason = f"Google's login failed ({error}); try: gcloud auth application-default login"
        raise CredentialError(provider.id, _GOOGLE_VARIABLES, reason) from error
    owner = getattr(credentials, "service_account_email", None) or getattr(credentials, "account", None) or project

    def sign(method: str, url: str, body: Any) -> Mapping[str, str]:
        quota = getattr(credentials, "quota_project_id", None) or project
        _hide(provider, credentials.token)
        headers = {"authorization": f"Bearer {credentials.token}"}
        return headers | ({"x-goog-user-project": quota} if quota else {})

    return Login(Key(str(owner or "default"), provider.id, _GOOGLE_VARIABLES[0], "environment"), sign)


_MAKERS: Mapping[str, Callable[[Provider, str], Login]] = {"bedrock": _aws, "vertex": _google}
"""The providers that take a login; other rows of the table sign in ways that nobody asks here."""
