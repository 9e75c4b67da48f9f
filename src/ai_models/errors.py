"""Every error that ai_models raises.

::

    AIModelsError
    ├── NotFoundError (KeyError)              .key .suggestions
    │   ├── ModelNotFoundError
    │   ├── ProviderNotFoundError
    │   ├── SourceNotFoundError
    │   ├── ConnectorNotFoundError
    │   ├── GroupNotFoundError
    │   ├── RoleNotFoundError
    │   └── BudgetNotFoundError
    ├── AmbiguousModelError (KeyError)        .key .candidates
    ├── InvalidModelError (ValueError)        .field .value .where
    ├── QueryError (ValueError)               .path .suggestions
    ├── StoreError                            .location
    │   ├── StoreCorruptError (ValueError)    .line .column .backup
    │   ├── StoreVersionError                 .found .supported
    │   └── StoreBusyError (TimeoutError)
    ├── SourceError                           .source .url .status .retryable
    │   ├── SourceUnavailableError (ConnectionError)
    │   │   └── SourceOfflineError
    │   ├── SourceAuthError (PermissionError)
    │   └── SourceFormatError (ValueError)
    ├── CredentialError (PermissionError)     .provider .variables
    ├── ConnectorError                        .connector .model_id .reason
    │   └── UnsupportedModelError (ValueError)
    ├── BudgetExceededError                   .budget .limit .spent .asked
    └── MissingDependencyError (ImportError)  .package .extra

    AIModelsWarning (UserWarning)
    ├── SuspiciousPriceWarning
    └── BudgetWarning

Each error is also the built-in that a caller may already catch, and carries its data
as attributes, so that nobody has to parse a message.

>>> from ai_models.errors import ModelNotFoundError
>>> raise ModelNotFoundError("gpt4", suggestions=["gpt-4"])
Traceback (most recent call last):
    ...
ai_models.errors.ModelNotFoundError: no model 'gpt4'; did you mean 'gpt-4'?
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

__all__ = [
    "AIModelsError",
    "AIModelsWarning",
    "AmbiguousModelError",
    "BudgetExceededError",
    "BudgetNotFoundError",
    "BudgetWarning",
    "ConnectorError",
    "ConnectorNotFoundError",
    "CredentialError",
    "GroupNotFoundError",
    "InvalidModelError",
    "MissingDependencyError",
    "ModelNotFoundError",
    "NotFoundError",
    "ProviderNotFoundError",
    "QueryError",
    "RoleNotFoundError",
    "SourceAuthError",
    "SourceError",
    "SourceFormatError",
    "SourceNotFoundError",
    "SourceOfflineError",
    "SourceUnavailableError",
    "StoreBusyError",
    "StoreCorruptError",
    "StoreError",
    "StoreVersionError",
    "SuspiciousPriceWarning",
    "UnsupportedModelError",
    "printable",
]

_SHOWN = 120


def printable(value: object, limit: int = _SHOWN) -> str:
    r"""Return `value` as one safe line of at most `limit` characters, control characters escaped.

    >>> printable("a\x1b[31mred")
    "'a\\x1b[31mred'"
    """
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _did_you_mean(suggestions: Iterable[str]) -> str:
    shown = [printable(each) for each in suggestions]
    return f"; did you mean {' or '.join(shown)}?" if shown else ""


class AIModelsError(Exception):
    """The base of every error of this package."""

    def __init__(self, message: str = "", **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self._data = data
        for name, value in data.items():
            setattr(self, name, value)

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self._data)


def _rebuild(kind: type[AIModelsError], message: str, data: dict[str, Any]) -> AIModelsError:
    error = kind.__new__(kind)
    AIModelsError.__init__(error, message, **data)
    return error


class NotFoundError(AIModelsError, KeyError):
    """A name that is not there; `.suggestions` are the nearest that are."""

    what = "entry"
    key: str
    suggestions: list[str]

    def __init__(self, key: str, suggestions: Iterable[str] = (), hint: str = "") -> None:
        near = list(suggestions)
        message = f"no {self.what} {printable(key)}{_did_you_mean(near)}"
        super().__init__(f"{message} {hint}".rstrip(), key=key, suggestions=near)


class ModelNotFoundError(NotFoundError):
    """No model has this id, alias, name or provider id."""

    what = "model"


class ProviderNotFoundError(NotFoundError):
    """No provider of this name is in the providers table."""

    what = "provider"


class SourceNotFoundError(NotFoundError):
    """No source of this name is registered."""

    what = "source"


class ConnectorNotFoundError(NotFoundError):
    """No connector of this name is registered."""

    what = "connector"


class GroupNotFoundError(NotFoundError):
    """No model is in a group of this name."""

    what = "group"


class RoleNotFoundError(NotFoundError):
    """No role of this name is set."""

    what = "role"


class BudgetNotFoundError(NotFoundError):
    """No budget of this name is set."""

    what = "budget"


class AmbiguousModelError(AIModelsError, KeyError):
    """A name that fits several models; `.candidates` are their ids."""

    key: str
    candidates: list[str]

    def __init__(self, key: str, candidates: Iterable[str]) -> None:
        fits = list(candidates)
        shown = ", ".join(printable(each) for each in fits[:6]) + (", …" if len(fits) > 6 else "")
        super().__init__(
            f"{printable(key)} fits {len(fits)} models: {shown}; use one of these ids", key=key, candidates=fits
        )


class InvalidModelError(AIModelsError, ValueError):
    """A value that a Model can't hold; `.field` names it, `.where` says which model or file."""

    field: str
    value: Any
    where: str

    def __init__(self, field: str, value: Any, reason: str, where: str = "") -> None:
        place = f" in {where}" if where else ""
        super().__init__(f"{field}={printable(value)}{place}: {reason}", field=field, value=value, where=where)


class QueryError(AIModelsError, ValueError):
    """A query that can't be understood: an unknown field or operator, or a value of the wrong kind."""

    path: str
    suggestions: list[str]

    def __init__(self, message: str, path: str = "", suggestions: Iterable[str] = ()) -> None:
        near = list(suggestions)
        super().__init__(f"{message}{_did_you_mean(near)}", path=path, suggestions=near)


class StoreError(AIModelsError):
    """A store that can't be read or written; `.location` says where."""

    location: str

    def __init__(self, message: str, location: str = "", **data: Any) -> None:
        super().__init__(message, location=location, **data)


class StoreCorruptError(StoreError, ValueError):
    """A store whose content is broken; it is left as it is. `.backup` is the last good copy, if there is one."""

    line: int | None
    column: int | None
    backup: str | None


class StoreVersionError(StoreError):
    """A store written by a newer version of this package."""

    found: int
    supported: int


class StoreBusyError(StoreError, TimeoutError):
    """Another process holds the store's lock for too long."""


class SourceError(AIModelsError):
    """A source that failed; `.retryable` says if it may work when asked again."""

    source: str
    url: str | None
    status: int | None
    retryable: bool

    def __init__(
        self,
        message: str,
        *,
        source: str = "",
        url: str | None = None,
        status: int | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(message, source=source, url=url, status=status, retryable=retryable)


class SourceUnavailableError(SourceError, ConnectionError):
    """A source that can't be reached, or that answers with a server error."""


class SourceOfflineError(SourceUnavailableError):
    """A source that was not to be dialled, and of which no earlier answer is kept."""


class SourceAuthError(SourceError, PermissionError):
    """A source that wants a key, or refuses the one it got."""


class SourceFormatError(SourceError, ValueError):
    """An answer that isn't what the source is known to send."""


class CredentialError(AIModelsError, PermissionError):
    """No usable key for a provider; `.variables` are the environment variables that are looked at."""

    provider: str
    variables: list[str]

    def __init__(self, provider: str, variables: Iterable[str] = (), reason: str = "") -> None:
        names = list(variables)
        hint = f"; set {names[0]}" if names else ""
        super().__init__(
            f"no key for {provider}{': ' + reason if reason else ''}{hint}", provider=provider, variables=names
        )


class ConnectorError(AIModelsError):
    """A model that a connector can't hand over; `.reason` says why."""

    connector: str
    model_id: str
    reason: str

    def __init__(self, connector: str, model_id: str, reason: str) -> None:
        super().__init__(
            f"{connector} can't use {printable(model_id)}: {reason}",
            connector=connector,
            model_id=model_id,
            reason=reason,
        )


class UnsupportedModelError(ConnectorError, ValueError):
    """A model that this client library can't call at any of its providers."""


class BudgetExceededError(AIModelsError):
    """A call that would go over a budget; `.limit`, `.spent` and `.asked` are USD, as Decimal.

    `.asked` is what the call is estimated to cost, `None` if that is unknown.
    """

    budget: str
    limit: Decimal
    spent: Decimal
    asked: Decimal | None

    def __init__(self, budget: str, limit: Decimal, spent: Decimal, asked: Decimal | None, period: str = "") -> None:
        wanted = "" if asked is None else f", and this call is estimated at {asked} USD"
        span = f" of this {period}" if period else ""
        super().__init__(
            f"budget {printable(budget)}: {spent} of {limit} USD{span} are spent or reserved{wanted}",
            budget=budget,
            limit=limit,
            spent=spent,
            asked=asked,
        )


class MissingDependencyError(AIModelsError, ImportError):
    """A library that isn't installed; the message has the command that installs it."""

    package: str
    extra: str | None

    def __init__(self, package: str, extra: str | None = None) -> None:
        words = [f"'{word}'" if set(word) & set("[<>") else word for word in package.split()]
        what = f"'ai-models-registry[{extra}]'" if extra else " ".join(words)
        super().__init__(
            f"{package} is not installed; install it with: pip install {what}", package=package, extra=extra
        )


class AIModelsWarning(UserWarning):
    """The base of every warning of this package."""


class SuspiciousPriceWarning(AIModelsWarning):
    """A price above 1,000 USD per million tokens: most likely a unit mixed up by its source."""


class BudgetWarning(AIModelsWarning):
    """A budget of which little is left."""
