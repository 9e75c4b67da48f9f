"""The one HTTP seam: whatever this package asks a server for goes through a `Transport`, which tests replace.

A transport sends one request and returns the answer, whatever its status. It raises `ConnectionError`
(`ConnectionRefusedError` if nothing listens there) or `TimeoutError`, and `SourceFormatError` for a body
over `MAX_BODY_BYTES`; it never retries and never judges a status.

>>> from ai_models.testing import FakeTransport
>>> transport = FakeTransport({"https://api.test/v1/models": {"data": []}})
>>> response = transport.request("GET", "https://api.test/v1/models", timeout=5)
>>> response.status, response.json()
(200, {'data': []})
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from ai_models.errors import SourceFormatError, printable

if TYPE_CHECKING:
    import httpx2

__all__ = [
    "MAX_BODY_BYTES",
    "AsyncTransport",
    "HTTPTransport",
    "Response",
    "Transport",
    "default_transport",
    "host_of",
    "on_this_machine",
]

MAX_BODY_BYTES = 64 * 1024 * 1024
"""The largest answer that is read, decompressed, in bytes."""

_CONNECT_TIMEOUT_S = 8.0
_MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered: status, headers under lower-case names, and the body as bytes.

    >>> Response(200, {"etag": '"1"'}, b'{"data": []}').json()
    {'data': []}
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body's data; raise `ValueError` if it isn't JSON, or is nested deeper than 1,000 levels."""
        import orjson

        return orjson.loads(self.body.removeprefix(b"\xef\xbb\xbf"))


@runtime_checkable
class Transport(Protocol):
    """Sends one HTTP request."""

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        timeout: float,
    ) -> Response:
        """Return the server's answer; `timeout` is in seconds for the whole exchange."""
        ...


@runtime_checkable
class AsyncTransport(Protocol):
    """Sends one HTTP request without blocking the event loop."""

    async def arequest(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        timeout: float,  # noqa: ASYNC109  # the same for sync and async
    ) -> Response:
        """Return the server's answer; `timeout` is in seconds for the whole exchange."""
        ...


class HTTPTransport:
    """HTTP over httpx2: one shared pool of connections, TLS verified, proxies as the environment says.

    Redirects are followed on the same host alone, so that a key never reaches another one. Servers on this
    machine are asked directly, whatever the proxy. `close` frees the connections; so does `with`.

    >>> with HTTPTransport() as transport:
    ...     isinstance(transport, Transport)
    True
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opened: httpx2.Client | None = None

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        timeout: float,
    ) -> Response:
        """Return the server's answer; `timeout` is in seconds for the whole exchange."""
        exchange = _Exchange(method, url, headers, json, timeout)
        try:
            while True:
                with self._client.stream(**exchange.arguments) as answer:
                    if not exchange.redirected(answer):
                        body = exchange.body()
                        for chunk in answer.iter_bytes():
                            body.add(chunk)
                        return body.response(answer)
        except exchange.failures as error:
            raise exchange.failure(error) from error

    async def arequest(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        timeout: float,  # noqa: ASYNC109  # the same for sync and async
    ) -> Response:
        """Return the server's answer without blocking; `timeout` is in seconds for the whole exchange."""
        import httpx2

        exchange = _Exchange(method, url, headers, json, timeout)
        with _usable_proxies():
            opened = httpx2.AsyncClient(mounts=dict.fromkeys(_direct()), follow_redirects=False)
        try:
            async with opened as client:
                while True:
                    async with client.stream(**exchange.arguments) as answer:
                        if not exchange.redirected(answer):
                            body = exchange.body()
                            async for chunk in answer.aiter_bytes():
                                body.add(chunk)
                            return body.response(answer)
        except exchange.failures as error:
            raise exchange.failure(error) from error

    def close(self) -> None:
        """Close every connection; the next request opens new ones."""
        with self._lock:
            client, self._opened = self._opened, None
        if client is not None:
            client.close()

    def __enter__(self) -> "HTTPTransport":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _client(self) -> "httpx2.Client":
        with self._lock:
            if self._opened is None:
                import httpx2

                with _usable_proxies():
                    self._opened = httpx2.Client(mounts=dict.fromkeys(_direct()), follow_redirects=False)
            return self._opened


class _Exchange:
    """One request with its redirects: what sync and async have in common."""

    def __init__(self, method: str, url: str, headers: Mapping[str, str] | None, json: Any, timeout: float) -> None:
        import httpx2

        self.deadline = time.monotonic() + timeout
        self.timeout = timeout
        self.url = url
        self.failures = (httpx2.HTTPError, httpx2.InvalidURL)
        self._redirects = 0
        self._method, self._json = method, json
        self._headers = {"user-agent": _user_agent(), "accept": "application/json", **(headers or {})}

    @property
    def arguments(self) -> dict[str, Any]:
        import httpx2

        left = max(0.001, self.deadline - time.monotonic())
        timeout = httpx2.Timeout(left, connect=min(left, _CONNECT_TIMEOUT_S))
        data = {} if self._json is None else {"json": self._json}
        return {"method": self._method, "url": self.url, "headers": self._headers, "timeout": timeout, **data}

    def redirected(self, answer: "httpx2.Response") -> bool:
        """Aim at the place an answer redirects to, if that is on the same host."""
        target = _redirect_target(self.url, answer.status_code, answer.headers.get("location", ""))
        if target is None or self._redirects == _MAX_REDIRECTS:
            return False
        self.url = target
        self._redirects += 1
        if answer.status_code == 303:
            self._method, self._json = "GET", None
        return True

    def body(self) -> "_Body":
        return _Body(self)

    def failure(self, error: Exception) -> OSError:
        """Return the built-in error that says what went wrong, without the request's headers."""
        import httpx2

        place = _place(self.url)
        if isinstance(error, httpx2.TimeoutException):
            return TimeoutError(f"no answer from {place} within {self.timeout:g} s")
        if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
            return ConnectionError(f"{printable(self.url)} is not an address that can be asked")
        return _connection_error(error, place)


class _Body:
    """The body of an answer while it arrives: not too large, and not too late."""

    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes) -> None:
        self._parts.append(chunk)
        self._size += len(chunk)
        place = _place(self._exchange.url)
        if self._size > MAX_BODY_BYTES:
            raise SourceFormatError(f"the answer of {place} is larger than {MAX_BODY_BYTES // 1024**2} MB")
        if time.monotonic() > self._exchange.deadline:
            raise TimeoutError(f"the answer of {place} was not complete within {self._exchange.timeout:g} s")

    def response(self, answer: "httpx2.Response") -> Response:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, headers, b"".join(self._parts))


class _Default:
    @cached_property
    def transport(self) -> HTTPTransport:
        import atexit

        transport = HTTPTransport()
        atexit.register(transport.close)
        return transport


_default = _Default()


def default_transport() -> HTTPTransport:
    """Return the transport that is used where none is given; its connections are closed at exit.

    >>> default_transport() is default_transport()
    True
    """
    return _default.transport


def host_of(url: str) -> str:
    """Return the host that a URL names, in lower case, without its port; "" if it names none.

    >>> host_of("https://me:secret@API.test:8443/v1"), host_of("http://[::1]:9/"), host_of("nonsense")
    ('api.test', '::1', '')
    """
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def on_this_machine(host: str) -> bool:
    """Return whether a host is this machine.

    >>> on_this_machine("127.0.0.1"), on_this_machine("api.test")
    (True, False)
    """
    return host == "localhost" or host == "::1" or host.startswith("127.")


def _direct() -> tuple[str, ...]:
    return tuple(f"all://{host}" for host in _LOOPBACK)


@contextmanager
def _usable_proxies() -> Iterator[None]:
    """Say what is wrong with the proxies of the environment when no client can be made with them."""
    import httpx2

    try:
        yield
    except ImportError as error:
        raise ConnectionError("the proxy of the environment needs a package: pip install 'httpx2[socks]'") from error
    except (ValueError, httpx2.InvalidURL) as error:
        raise ConnectionError("a proxy of the environment (HTTPS_PROXY, ALL_PROXY, …) is not an address") from error


def _user_agent() -> str:
    from ai_models import __version__

    return f"ai-models/{__version__}"


def _place(url: str) -> str:
    """Return scheme, host and port of a URL: what a message may show."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return printable(url)
    return f"{parts.scheme}://{parts.hostname or ''}{port}"


def _redirect_target(url: str, status: int, location: str) -> str | None:
    from urllib.parse import urljoin, urlsplit

    if status not in _REDIRECTS or not location:
        return None
    try:
        target = urljoin(url, location)
        here, there = urlsplit(url), urlsplit(target)
        same_server = (here.scheme, here.netloc) == (there.scheme, there.netloc)
        upgraded = (here.scheme, there.scheme) == ("http", "https") and here.hostname == there.hostname
        standard_ports = here.port in (None, 80) and there.port in (None, 443)
    except ValueError:
        return None
    return target if same_server or (upgraded and standard_ports) else None


def _connection_error(error: Exception, place: str) -> OSError:
    """Return the built-in error for what stands at the root of an HTTP library's error."""
    import ssl
    from socket import gaierror

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionRefusedError):
            return ConnectionRefusedError(f"nothing answers at {place}")
        if isinstance(cause, gaierror):
            return ConnectionError(f"the host of {place} is not found")
        if isinstance(cause, ssl.SSLError):
            return ConnectionError(f"no secure connection to {place}: {cause.reason or 'TLS failed'}")
        cause = cause.__cause__ or cause.__context__
    import httpx2

    if isinstance(error, httpx2.ConnectError | httpx2.ProxyError):
        return ConnectionError(f"{place} can't be reached: {printable(str(error))}")
    return ConnectionResetError(f"{place} broke off the connection: {printable(str(error))}")
