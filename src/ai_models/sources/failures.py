"""What went wrong with a request, said so that one knows what to do; keys are never shown.

>>> from ai_models.transport import Response
>>> asked = Asked("mistral", "https://api.mistral.ai/v1/models")
>>> print(answer_error(asked, Response(429, {"retry-after": "7"}, b'{"message": "slow down"}')))
the rate limit is reached (429), try again in 7 s; the server says 'slow down'
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ai_models.credentials import Key, key_names, redact
from ai_models.errors import SourceAuthError, SourceError, SourceFormatError, SourceUnavailableError, printable
from ai_models.providers import provider_id
from ai_models.transport import Response

_LONGEST_EXCERPT = 120
_AUTH_TEXT = re.compile(
    r"api[-_ ]?key|unauthori[sz]ed|authenticat|credential|access denied|(invalid|expired|missing|security) \w*\s?token"
    r"|no connected db|permission",
    re.IGNORECASE,
)
_MESSAGE_FIELDS = ("error", "message", "detail", "errors", "title", "reason")
_REFUSALS = {404: "there is no list of models", 405: "it takes no such request", 410: "the list is gone"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a request went to, with which key, and what to do when nothing answers.

    >>> Asked("demo", "http://me:secret@host/v1").shown_url
    'http://[hidden]@host/v1'
    """

    source: str
    url: str
    key: Key | None = None
    hint: str = ""

    @property
    def shown_url(self) -> str:
        """The URL without what is secret in it."""
        return redact(self.url)

    @property
    def key_text(self) -> str:
        """Which key was used, without its value."""
        if self.key is None:
            return "no key"
        if self.key.variable is None:
            return "the given key"
        place = "" if self.key.origin == "environment" else f" ({self.key.origin})"
        return f"the key in {self.key.variable}{place}"


def answer_error(asked: Asked, response: Response) -> SourceError:
    """Return the error that an answer with a failing status means.

    >>> asked = Asked("xai", "https://api.x.ai/v1/models")
    >>> print(answer_error(asked, Response(400, {}, b'{"error": "Incorrect API key"}')))
    xai wants a key (400); set XAI_API_KEY; the server says 'Incorrect API key'
    """
    status = response.status
    said = _said(asked, response)
    if _is_about_the_key(asked, response, said):
        return _auth_error(asked, status, said)
    text, retryable = _refusal(asked, response)
    return SourceUnavailableError(
        f"{text}{_quoted(said)}", source=asked.source, url=asked.shown_url, status=status, retryable=retryable
    )


def format_error(asked: Asked, reason: str, response: Response | None = None) -> SourceFormatError:
    """Return the error for an answer that isn't what the source is known to send, with the start of it.

    >>> print(format_error(Asked("demo", "https://api.test"), "an empty answer"))
    an empty answer came from https://api.test
    """
    start = response.text[:_LONGEST_EXCERPT].strip() if response else ""
    excerpt = f", beginning with {_shown(asked, start)}" if start else ""
    status = response.status if response else None
    text = f"{reason} came from {asked.shown_url}{excerpt}"
    return SourceFormatError(text, source=asked.source, url=asked.shown_url, status=status)


def unreachable_error(asked: Asked, error: OSError) -> SourceUnavailableError:
    """Return the error for a server that gave no answer: who, why, and what to do.

    >>> print(unreachable_error(Asked("demo", "http://host", hint="start it"), ConnectionError("nothing answers")))
    nothing answers; start it
    """
    text = _hide(asked, str(error)) or type(error).__name__
    hint = f"; {asked.hint}" if asked.hint else ""
    return SourceUnavailableError(
        f"{text}{hint}",
        source=asked.source,
        url=asked.shown_url,
        retryable=isinstance(error, TimeoutError | ConnectionResetError),
    )


def retry_delay_s(response: Response) -> float | None:
    """Return how many seconds a server wants to be left alone, or `None` if it doesn't say.

    It is read from `Retry-After`, in seconds or as a date, and from the `retryDelay` in Google's errors.

    >>> retry_delay_s(Response(429, {"retry-after": "2.5"})), retry_delay_s(Response(503))
    (2.5, None)
    """
    stated = response.headers.get("retry-after", "").strip()
    if stated:
        seconds = _seconds(stated)
        return _seconds_until(stated) if seconds is None else seconds
    found = re.search(rb'"retryDelay"\s*:\s*"([\d.]+)s"', response.body[:20_000])
    return _seconds(found[1].decode()) if found else None


def _seconds(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,9}(\.\d*)?", text) else None


def _seconds_until(text: str) -> float | None:
    import time
    from email.utils import mktime_tz, parsedate_tz

    parts = parsedate_tz(text)
    if parts is None:
        return None
    try:
        return max(0.0, mktime_tz(parts) - time.time())
    except (ValueError, OverflowError):
        return None


def _refusal(asked: Asked, response: Response) -> tuple[str, bool]:
    """Say what a status means, and whether asking again may help."""
    status = response.status
    if status == 429:
        delay = retry_delay_s(response)
        when = "later" if delay is None else f"in {delay:g} s"
        return f"the rate limit is reached (429), try again {when}", True
    if status >= 500:
        return f"the server failed ({status}); try again later", True
    if 300 <= status < 400:
        target = printable(redact(response.headers.get("location", "elsewhere")), _LONGEST_EXCERPT)
        return f"it redirects to another server, {target} ({status}); set that as the base URL if you trust it", False
    what = _REFUSALS.get(status, "the request was refused")
    return f"{what} at {asked.shown_url} ({status}); check the base URL", False


def _auth_error(asked: Asked, status: int, said: str) -> SourceAuthError:
    if asked.key is None:
        names = key_names(asked.source) if provider_id(asked.source) else ()
        text = f"{asked.source} wants a key ({status}){f'; set {names[0]}' if names else ''}"
    elif status == 403:
        text = f"{asked.key_text} may not list the models (403)"
    else:
        text = f"{asked.key_text} was rejected ({status})"
    return SourceAuthError(f"{text}{_quoted(said)}", source=asked.source, url=asked.shown_url, status=status)


def _is_about_the_key(asked: Asked, response: Response, said: str) -> bool:
    """Whether an answer refuses the key: not every server says so with 401 or 403."""
    if response.status in (401, 403):
        return True
    if response.status == 400:
        return b"API_KEY_INVALID" in response.body[:20_000] or bool(_AUTH_TEXT.search(said))
    return response.status == 500 and asked.source == "litellm" and asked.key is None


def _said(asked: Asked, response: Response) -> str:
    """Return the server's own message, found where the many servers put it; "" for a page of HTML."""
    try:
        found = _message(response.json())
    except ValueError:
        text = response.text.strip()
        found = "" if text.startswith("<") else text
    return _hide(asked, found)


def _message(data: Any, depth: int = 4) -> str:
    if isinstance(data, str):
        return data
    if isinstance(data, list) and data and depth:
        return _message(data[0], depth - 1)
    if isinstance(data, Mapping) and depth:
        found = (_message(data[name], depth - 1) for name in _MESSAGE_FIELDS if name in data)
        return next(filter(None, found), "")
    return ""


def _quoted(said: str) -> str:
    return f"; the server says {printable(said, _LONGEST_EXCERPT)}" if said else ""


def _shown(asked: Asked, text: str) -> str:
    return printable(_hide(asked, text), _LONGEST_EXCERPT)


def _hide(asked: Asked, text: str) -> str:
    return redact(text, asked.key) if asked.key else redact(text)
