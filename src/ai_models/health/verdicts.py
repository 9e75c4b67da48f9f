"""What a failure means for health: the many shapes of a refused key, a spent quota, a server that is still loading.

>>> from ai_models.sources.failures import Asked, answer_error
>>> from ai_models.transport import Response
>>> asked = Asked("openai", "https://api.openai.com/v1/models")
>>> verdict_on(answer_error(asked, Response(402, {}, b'{"error": "Insufficient balance"}'))).status
'quota'
"""

import re
from typing import NamedTuple

from ai_models.errors import (
    AIModelsError,
    CredentialError,
    SourceAuthError,
    SourceError,
    SourceFormatError,
    SourceOfflineError,
)
from ai_models.health_log import Status

__all__ = ["Verdict", "verdict_on"]

_SAID = "; the server says "


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_UNPAID = _words(
    r"insufficient.?(quota|balance|credit|funds)",
    r"exceeded your (current|monthly) quota",
    r"credit balance is too low",
    r"(out of|no|not enough|more|any) credits",
    r"billing",
    r"payment required",
    r"spending limit",
)
_LOADING = _words(r"\bloading\b", r"still starting", r"warming up", r"starting up")
_NOT_LOADED = _words(r"failed to load", r"could ?n[o']t be loaded", r"unable to load")
_RETIRED = _words(r"decommissioned", r"deprecated", r"retired", r"discontinued", r"no longer (available|supported)")
_NO_MODEL = _words(
    r"model\S* .{0,80}(not found|does ?n[o']t exist|not exist|is not available|not a valid)",
    r"(no such|unknown|invalid|unsupported) model",
    r"not (found|supported) .{0,40}model",
    r"model_not_found",
    r"pull it first",
)
_FORBIDDEN = _words(r"location is not supported", r"country, region", r"do(es)? not have access", r"not allowed to")


class Verdict(NamedTuple):
    """The word for a state, why, and what to do about it.

    >>> Verdict("ok").reason
    ''
    """

    status: Status
    reason: str = ""
    advice: str = ""


def verdict_on(error: AIModelsError, *, call: bool = False, key_variable: str | None = None) -> Verdict:
    """Return what an error means; `call` is true for that of a call of a model, else it is that of a list.

    >>> verdict_on(CredentialError("openai", ["OPENAI_API_KEY"]))
    Verdict(status='no_key', reason='no key', advice='set OPENAI_API_KEY')
    """
    if isinstance(error, CredentialError):
        reason = error.message.partition("; set ")[0].replace(f" for {error.provider}", "", 1)
        return Verdict("no_key", reason, f"set {error.variables[0]}" if error.variables else "")
    if isinstance(error, SourceOfflineError):
        return Verdict("unknown", "offline: nobody was asked")
    if isinstance(error, SourceAuthError):
        return _refused(error, key_variable)
    if isinstance(error, SourceFormatError):
        return Verdict("wrong_answer", str(error), "check the base URL: another server answers there")
    if isinstance(error, SourceError):
        return _silent(error) if error.status is None else _answered(error, error.status, call, key_variable)
    return Verdict("unknown", str(error))


def _refused(error: SourceAuthError, key_variable: str | None) -> Verdict:
    said = str(error).partition(_SAID)[2]
    if error.status in (402, 403) and _UNPAID.search(said):
        return _unpaid(error)
    if " wants a key " in str(error):
        return Verdict("unauthorised", _bare(error), f"set {key_variable}" if key_variable else "give it a key")
    if error.status == 403:
        return Verdict("unauthorised", _bare(error), "allow it for this key, or use another")
    return Verdict("unauthorised", _bare(error), f"put a valid key into {key_variable}" if key_variable else "")


def _bare(error: SourceError) -> str:
    """Return the error's text without the advice that is given apart."""
    text, _, said = str(error).partition(_SAID)
    bare = re.sub(r"; (set [A-Z0-9_]+|try again later|check the base URL)$", "", text)
    return bare + (_SAID + said if said else "")


def _silent(error: SourceError) -> Verdict:
    reason, _, hint = str(error).partition("; ")
    if isinstance(error.__cause__, TimeoutError):
        return Verdict("unreachable", reason or "no answer in time", hint or "try again, or with a longer --timeout")
    return Verdict("unreachable", reason, hint or "is the address right, and the network there?")


def _answered(error: SourceError, status: int, call: bool, key_variable: str | None) -> Verdict:
    said = str(error).partition(_SAID)[2]
    if status == 402 or (status in (400, 403, 429) and _UNPAID.search(said) and "try again in" not in str(error)):
        return _unpaid(error)
    if status == 429:
        return Verdict("rate_limited", _bare(error), "the key is good: try again later")
    if 300 <= status < 400:
        return Verdict("wrong_answer", _bare(error))
    if status >= 500:
        return _broken(error, status, said, call, key_variable)
    if _FORBIDDEN.search(said) and not _NO_MODEL.search(said):
        return Verdict("unauthorised", _bare(error), "this key, or this place, may not use it")
    return _unserved(error, status, said, call)


def _unpaid(error: SourceError) -> Verdict:
    said = str(error).partition(_SAID)[2]
    reason = f"the key is good, but nothing pays for it ({error.status})"
    return Verdict("quota", reason + (_SAID + said if said else ""), "add credit, or raise the limit")


def _broken(error: SourceError, status: int, said: str, call: bool, key_variable: str | None) -> Verdict:
    if _NOT_LOADED.search(said):
        return Verdict("failed", f"its server failed to load it ({status}){_SAID}{said}", "look into the server's log")
    if status == 503 and _LOADING.search(said):
        return Verdict("loading" if call else "starting", f"it is still loading ({status})", "try again in a moment")
    keyless = status == 500 and key_variable is not None and not said.strip("'")
    return Verdict(
        "failed",
        _bare(error),
        f"try again later; a LiteLLM proxy answers so without a key: set {key_variable}"
        if keyless or "Internal Server Error" in said
        else "try again later",
    )


def _unserved(error: SourceError, status: int, said: str, call: bool) -> Verdict:
    """Return what a refusal means that is about the address or the model."""
    if not call:
        known = status in (404, 405, 410)
        return Verdict("wrong_answer" if known else "failed", _bare(error), "check the base URL" if known else "")
    if _RETIRED.search(said):
        return Verdict("retired", f"its provider has withdrawn it ({status}){_SAID}{said}", "choose another model")
    if _NO_MODEL.search(said):
        return Verdict("not_listed", f"no such model there ({status}){_SAID}{said}", "check its id, or discover again")
    if status in (404, 405, 410):
        return Verdict("wrong_answer", f"nothing takes calls there ({status})" + (_SAID + said if said else ""))
    return Verdict("failed", f"the call was refused ({status})" + (_SAID + said if said else ""))
