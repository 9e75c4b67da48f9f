"""A transport that answers from a table: for tests, and for trying a source without a network."""

import json as json_text
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ai_models.transport import Response

__all__ = ["FakeTransport", "SentRequest"]


@dataclass(frozen=True, slots=True)
class SentRequest:
    """One request that a `FakeTransport` was asked to send; header names are in lower case.

    >>> SentRequest("GET", "https://api.test/v1/models").url
    'https://api.test/v1/models'
    """

    method: str
    url: str
    headers: Mapping[str, str] | None = None
    json: Any = None


class FakeTransport:
    """Answers each URL with what the table gives for it, and keeps what it was sent in `requests`.

    A URL is looked up as it is, then without its query. The answer is JSON data, text or bytes as they are, a
    number for an empty answer of that status, a `Response`, an exception to raise, or a function of the
    `SentRequest` that gives one of these. At a URL that is not in the table nothing listens.

    >>> transport = FakeTransport({"http://host/api/tags": {"models": []}, "http://host/api/ps": 404})
    >>> transport.request("GET", "http://host/api/tags?x=1", timeout=1).json()
    {'models': []}
    >>> transport.request("GET", "http://host/api/ps", timeout=1).status, len(transport.requests)
    (404, 2)
    """

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = dict(answers)
        self.requests: list[SentRequest] = []

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        timeout: float,
    ) -> Response:
        """Return the answer of the table."""
        sent = SentRequest(method, url, {name.lower(): value for name, value in (headers or {}).items()}, json)
        self.requests.append(sent)
        answers = self.answers
        key = url if url in answers else url.partition("?")[0]
        if key not in answers:
            raise ConnectionRefusedError(f"nothing answers at {url}")
        return _response(answers[key], sent)

    async def arequest(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        timeout: float,  # noqa: ASYNC109  # the signature of AsyncTransport
    ) -> Response:
        """Return the answer of the table."""
        return self.request(method, url, headers=headers, json=json, timeout=timeout)


def _response(answer: Any, sent: SentRequest) -> Response:
    if isinstance(answer, Response):
        return answer
    if isinstance(answer, Exception):
        raise answer
    if callable(answer):
        return _response(answer(sent), sent)
    if isinstance(answer, int) and not isinstance(answer, bool):
        return Response(answer)
    if isinstance(answer, str):
        answer = answer.encode()
    body = answer if isinstance(answer, bytes) else json_text.dumps(answer).encode()
    return Response(200, {"content-type": "application/json"}, body)
