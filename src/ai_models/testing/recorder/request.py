"""A request as it arrived, and what every model answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

__all__ = ["ANSWER", "RecordedRequest"]

ANSWER = "PONG"
"""What every model of this server says."""

_KEY_HEADERS = ("x-api-key", "api-key", "x-goog-api-key")
_MODEL_IN_PATH = re.compile(
    r"/model/([^/]+)/(?:converse|invoke)"
    r"|/deployments/([^/]+)/"
    r"|/models/([^:]+):\w+$"
    r"|/hf-inference/models/(.+?)(?:/pipeline/.*|/v1/.*)?$"
)


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request as it arrived; header names in lower case, `body` is parsed JSON or `None`.

    >>> request = RecordedRequest("POST", "/model/amazon.nova-lite-v1%3A0/converse", {}, {"messages": []})
    >>> request.model, request.key
    ('amazon.nova-lite-v1:0', None)
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: Any = None
    query: str = field(default="", repr=False)

    @property
    def model(self) -> str | None:
        """The model that was asked for, by the path (as Gemini, Bedrock and Azure want it) or by the body."""
        found = _MODEL_IN_PATH.search(self.path)
        if found:
            return unquote(next(each for each in found.groups() if each))
        return self.asked.get("model")

    @property
    def key(self) -> str | None:
        """The key that was sent, by whichever header or as `?key=`; `None` if there was none."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return token
        in_headers = (self.headers[name] for name in _KEY_HEADERS if name in self.headers)
        return next(in_headers, next(iter(self.parameters.get("key", [])), None))

    @property
    def parameters(self) -> dict[str, list[str]]:
        """What stands behind the `?` of the address."""
        return parse_qs(self.query)

    @property
    def asked(self) -> dict[str, Any]:
        """The body if it is a JSON object, else an empty one."""
        return self.body if isinstance(self.body, dict) else {}
