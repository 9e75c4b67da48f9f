"""Every recorded way in which a server says no, and what the user reads."""

import json
from typing import Any

import pytest
from tests.shared import PAYLOADS, needs_recordings

from ai_models.credentials import Key
from ai_models.errors import SourceAuthError, SourceError, SourceFormatError, SourceUnavailableError
from ai_models.sources.failures import Asked, answer_error, format_error, retry_delay_s, unreachable_error
from ai_models.transport import Response

SECRET = "sk-0123456789abcdefghij"


def asked(source: str = "openai", origin: Any = "environment") -> Asked:
    return Asked(source, "https://api.test/v1/models", Key(SECRET, source, "OPENAI_API_KEY", origin))


def error(status: int, body: Any, source: str = "openai", key: bool = True) -> SourceError:
    sent = asked(source) if key else Asked(source, "https://api.test/v1/models")
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return answer_error(sent, Response(status, {}, data))


@pytest.mark.parametrize(
    ("source", "status", "body"),
    [
        ("openai", 401, {"error": {"message": "Incorrect API key provided: invalid-key.", "code": "invalid_api_key"}}),
        (
            "anthropic",
            401,
            {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}},
        ),
        ("xai", 400, {"code": "invalid-argument", "error": "Incorrect API key provided."}),
        ("google", 400, {"error": {"code": 400, "message": "x", "details": [{"reason": "API_KEY_INVALID"}]}}),
        ("bedrock", 403, {"message": "The security token included in the request is invalid."}),
        ("litellm", 400, {"error": {"message": "No connected db.", "type": "no_db_connection", "code": "400"}}),
        ("mistral", 401, {"detail": "Invalid API Key"}),
        ("gpustack", 401, {"code": 401, "reason": "Unauthorized", "message": "Invalid authentication credentials"}),
        ("openai", 403, b"<html>forbidden</html>"),
    ],
)
def test_a_refused_key_is_an_auth_error_that_names_its_variable(source: str, status: int, body: Any) -> None:
    found = error(status, body, source)
    assert isinstance(found, SourceAuthError)
    assert "the key in OPENAI_API_KEY" in str(found)
    assert found.status == status
    assert not found.retryable


def test_litellm_without_a_key_answers_500_and_means_the_key() -> None:
    assert isinstance(error(500, b"Internal Server Error", "litellm", key=False), SourceAuthError)
    assert isinstance(error(500, b"Internal Server Error", "litellm"), SourceUnavailableError)
    assert isinstance(error(500, b"Internal Server Error", "openai", key=False), SourceUnavailableError)


def test_a_missing_key_says_which_variable_to_set() -> None:
    assert "mistral wants a key (401); set MISTRAL_API_KEY" in str(error(401, {}, "mistral", key=False))
    assert "wants a key" in str(error(401, {}, "a-stranger", key=False))


@pytest.mark.parametrize(
    ("status", "body", "retryable"),
    [
        (400, {"error": {"message": "This model's maximum context length is 8192 tokens"}}, False),
        (404, {"error": {"message": "File Not Found", "code": 404}}, False),
        (410, {}, False),
        (418, {}, False),
        (429, {"error": {"code": "RateLimitReached", "message": "slow down"}}, True),
        (500, {"error": {"code": 500, "message": "Internal Server Error"}}, True),
        (503, {"error": {"code": 503, "message": "Loading model"}}, True),
    ],
)
def test_any_other_refusal_is_unavailable(status: int, body: Any, retryable: bool) -> None:
    found = error(status, body)
    assert isinstance(found, SourceUnavailableError)
    assert (found.status, found.retryable) == (status, retryable)
    assert str(status) in str(found)


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "why it is"}},
        {"error": "why it is"},
        {"detail": "why it is"},
        {"detail": {"error": "why it is"}},
        {"detail": [{"loc": ["x"], "message": "why it is"}]},
        {"message": "why it is"},
        {"errors": [{"code": 7, "message": "why it is"}], "success": False},
        b"why it is",
    ],
)
def test_the_servers_own_words_are_found_wherever_it_puts_them(body: Any) -> None:
    assert "the server says 'why it is'" in str(error(500, body))


@pytest.mark.parametrize(
    "body", [b"", b"<html>x</html>", b"[]", b"7", {"error": None}, {"error": {"error": {"error": {"error": {}}}}}]
)
def test_a_body_that_says_nothing_is_left_out(body: Any) -> None:
    assert "the server says" not in str(error(500, body))


def test_what_the_server_says_is_escaped_shortened_and_without_the_key() -> None:
    hostile = f"\x1b[31m[bold]{SECRET} Authorization: Bearer {SECRET}" + "x" * 10_000
    found = error(500, {"error": hostile})
    assert SECRET not in str(found)
    assert "\x1b" not in str(found)
    assert len(str(found)) < 300


def test_a_redirect_names_the_place_and_is_not_followed() -> None:
    found = answer_error(asked(), Response(302, {"location": "https://login.test/\x1b?key=abc"}))
    assert "redirects to another server" in str(found)
    assert "\x1b" not in str(found)
    assert "abc" not in str(found)


def test_an_answer_of_the_wrong_form_shows_its_start_escaped_and_without_the_key() -> None:
    body = f"<html>\x1b[31m {SECRET}".encode() + b"x" * 10_000
    found = format_error(asked(), "HTML", Response(200, {}, body))
    assert isinstance(found, SourceFormatError)
    assert "beginning with '<html>" in str(found)
    assert SECRET not in str(found)
    assert "\x1b" not in str(found)
    assert len(str(found)) < 300


def test_no_error_shows_a_password_of_the_address() -> None:
    local = Asked("vllm", "http://me:hunter-2@host:8000/v1/models")
    for found in (
        answer_error(local, Response(404)),
        format_error(local, "HTML", Response(200)),
        unreachable_error(local, ConnectionError("http://me:hunter-2@host is not there")),
    ):
        assert "hunter-2" not in f"{found} {found.url}"


def test_where_a_key_came_from_is_said() -> None:
    assert asked(origin=".env").key_text == "the key in OPENAI_API_KEY (.env)"
    assert Asked("x", "u", Key(SECRET, "x", None, "argument")).key_text == "the given key"


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "1"}, b"", 1),
        ({"retry-after": " 0 "}, b"", 0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, b"", 0),
        ({"retry-after": "soon"}, b"", None),
        ({"retry-after": "Wed, 99 Oct 9999999 07:28:00 GMT"}, b"", None),
        ({"retry-after": "-5"}, b"", None),
        ({"retry-after": "1e99"}, b"", None),
        ({}, b'{"error":{"details":[{"retryDelay": "48s"}]}}', 48),
        ({}, b'{"error":{"details":[{"retryDelay": "1.2.3s"}]}}', None),
        ({}, b"", None),
    ],
)
def test_the_pause_a_server_asks_for_is_read(headers: dict[str, str], body: bytes, seconds: float | None) -> None:
    assert retry_delay_s(Response(429, headers, body)) == seconds


@needs_recordings
def test_every_recorded_refusal_of_a_key_is_an_auth_error() -> None:
    paths = [path for path in PAYLOADS.glob("*/error-*.json") if "auth" in path.name or "key" in path.name]
    assert len(paths) > 10
    for path in paths:
        status = int(path.name.split("-")[1])
        assert isinstance(error(status, path.read_bytes(), path.parent.name), SourceAuthError), path


@needs_recordings
def test_no_other_recorded_refusal_is_one() -> None:
    paths = [
        path for path in PAYLOADS.glob("*/*error-4*.json") if not any(x in path.name for x in ("auth", "key", "401"))
    ]
    assert len(paths) > 10
    for path in paths:
        status = int(path.name.partition("error-")[2][:3])
        assert isinstance(error(status, path.read_bytes(), path.parent.name), SourceUnavailableError), path
