"""The HTTP seam against real sockets on this machine."""

import asyncio
import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ai_models import transport as transport_module
from ai_models.errors import SourceFormatError
from ai_models.testing import FakeTransport
from ai_models.transport import AsyncTransport, HTTPTransport, Response, Transport, default_transport

Handle = Callable[[BaseHTTPRequestHandler], None]
Serve = Callable[[dict[str, Handle]], str]


class Handler(BaseHTTPRequestHandler):
    routes: dict[str, Handle]

    def do_GET(self) -> None:
        self.routes[self.path.partition("?")[0]](self)

    do_POST = do_GET  # noqa: N815  # the name http.server looks for

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[ThreadingHTTPServer] = []

    def start(routes: dict[str, Handle]) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Routed", (Handler,), {"routes": routes}))
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def transport() -> Iterator[HTTPTransport]:
    with HTTPTransport() as opened:
        yield opened


def answer(status: int = 200, body: bytes = b"[]", **headers: str) -> Handle:
    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return handle


def echo(request: BaseHTTPRequestHandler) -> None:
    sent = request.rfile.read(int(request.headers.get("content-length") or 0)).decode()
    said = {"method": request.command, "path": request.path, "headers": dict(request.headers), "body": sent}
    answer(200, json.dumps(said).encode())(request)


def unused_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def test_a_request_carries_method_headers_and_json(serve: Serve, transport: HTTPTransport) -> None:
    url = serve({"/api/show": echo})
    said = transport.request("POST", f"{url}/api/show?a=1", headers={"X-Key": "k"}, json={"m": 1}, timeout=5).json()
    assert said["method"] == "POST"
    assert said["path"] == "/api/show?a=1"
    assert json.loads(said["body"]) == {"m": 1}
    assert {name.lower(): value for name, value in said["headers"].items()}["x-key"] == "k"


def test_the_user_agent_says_who_asks(serve: Serve, transport: HTTPTransport) -> None:
    headers = transport.request("GET", serve({"/": echo}) + "/", timeout=5).json()["headers"]
    assert {name.lower(): value for name, value in headers.items()}["user-agent"].startswith("ai-models/")


def test_async_gives_what_sync_gives(serve: Serve, transport: HTTPTransport) -> None:
    url = serve({"/": answer(418, b'{"a": 1}', ETag='"7"')}) + "/"
    later = asyncio.run(transport.arequest("GET", url, timeout=5))
    now = transport.request("GET", url, timeout=5)
    assert (later.status, later.body, later.headers["etag"]) == (now.status, now.body, now.headers["etag"])
    assert now.status == 418


def test_both_transports_keep_both_contracts() -> None:
    for made in (HTTPTransport(), FakeTransport({})):
        assert isinstance(made, Transport)
        assert isinstance(made, AsyncTransport)


def test_a_compressed_body_is_read(serve: Serve, transport: HTTPTransport) -> None:
    url = serve({"/": answer(200, gzip.compress(b'["a"]'), Content_Encoding="gzip")})
    assert transport.request("GET", url + "/", timeout=5).json() == ["a"]


def test_nothing_listening_is_a_refused_connection(transport: HTTPTransport) -> None:
    port = unused_port()
    with pytest.raises(ConnectionRefusedError, match=f"nothing answers at http://127.0.0.1:{port}"):
        transport.request("GET", f"http://127.0.0.1:{port}/x", timeout=5)
    with pytest.raises(ConnectionRefusedError):
        asyncio.run(transport.arequest("GET", f"http://127.0.0.1:{port}/x", timeout=5))


def test_a_connection_that_is_broken_off_is_a_reset(serve: Serve, transport: HTTPTransport) -> None:
    url = serve({"/": lambda request: request.connection.close()})
    with pytest.raises(ConnectionResetError, match="broke off"):
        transport.request("GET", url + "/", timeout=5)


def test_a_server_that_hangs_is_a_timeout(serve: Serve, transport: HTTPTransport) -> None:
    stop = threading.Event()
    url = serve({"/": lambda request: stop.wait(20) and None})
    with pytest.raises(TimeoutError, match=r"within 0\.2 s"):
        transport.request("GET", url + "/", timeout=0.2)
    stop.set()


def test_a_body_that_drips_is_a_timeout(serve: Serve, transport: HTTPTransport) -> None:
    stop = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not stop.wait(0.05):
            request.wfile.write(b" ")

    url = serve({"/": drip})
    with pytest.raises(TimeoutError):
        transport.request("GET", url + "/", timeout=0.4)
    stop.set()


def test_a_body_over_the_limit_is_a_format_error(
    serve: Serve, transport: HTTPTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, "MAX_BODY_BYTES", 1000)
    url = serve({"/": answer(200, gzip.compress(b"0" * 100_000), Content_Encoding="gzip")})
    with pytest.raises(SourceFormatError, match="larger than"):
        transport.request("GET", url + "/", timeout=5)


def test_a_redirect_on_the_same_server_is_followed_with_the_headers(serve: Serve, transport: HTTPTransport) -> None:
    url = serve({"/old": answer(308, b"", Location="/new"), "/new": echo})
    said = transport.request("GET", url + "/old", headers={"X-Api-Key": "k"}, timeout=5).json()
    assert said["path"] == "/new"
    assert {name.lower(): value for name, value in said["headers"].items()}["x-api-key"] == "k"


def test_a_redirect_to_another_server_is_given_back_and_never_asked(serve: Serve, transport: HTTPTransport) -> None:
    asked: list[str] = []
    other = serve({"/": lambda request: asked.append(request.path)})
    url = serve({"/": answer(302, b"", Location=other + "/")})
    assert transport.request("GET", url + "/", headers={"x-api-key": "k"}, timeout=5).status == 302
    assert asked == []


def test_a_redirect_loop_ends(serve: Serve, transport: HTTPTransport) -> None:
    url = serve({"/": answer(307, b"", Location="/")})
    assert transport.request("GET", url + "/", timeout=5).status == 307


@pytest.mark.parametrize("address", ["ftp://host/x", "http://", "http://[::1", "not a url", "http://host:99999/"])
def test_an_address_that_is_none_is_a_connection_error(address: str, transport: HTTPTransport) -> None:
    with pytest.raises(ConnectionError):
        transport.request("GET", address, timeout=1)


def test_a_proxy_is_not_asked_for_this_machine(
    serve: Serve, transport: HTTPTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port()}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert transport.request("GET", serve({"/": answer()}) + "/", timeout=5).status == 200


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "mystery://127.0.0.1:9", "http://[::1"])
def test_a_proxy_that_cannot_be_used_is_a_connection_error_that_says_so(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("all_proxy", proxy)
    with HTTPTransport() as transport:
        with pytest.raises(ConnectionError, match="proxy"):
            transport.request("GET", "http://api.test/", timeout=1)
        with pytest.raises(ConnectionError, match="proxy"):
            asyncio.run(transport.arequest("GET", "http://api.test/", timeout=1))


def test_a_closed_transport_opens_again(serve: Serve, transport: HTTPTransport) -> None:
    url = serve({"/": answer()}) + "/"
    transport.request("GET", url, timeout=5)
    transport.close()
    assert transport.request("GET", url, timeout=5).status == 200


def test_the_default_transport_is_one_for_all() -> None:
    assert default_transport() is default_transport()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"NaN", b"[" * 5000, b'{"a": "\xed\xa0\x80"}'])
def test_json_that_is_none_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):
        Response(200, {}, body).json()


def test_json_may_begin_with_a_byte_order_mark() -> None:
    assert Response(200, {}, b"\xef\xbb\xbf[1]").json() == [1]


def test_a_fake_answers_with_whatever_the_table_gives() -> None:
    fake = FakeTransport(
        {
            "u:data": {"a": 1},
            "u:text": "plain",
            "u:status": 503,
            "u:error": TimeoutError("slow"),
            "u:call": lambda sent: [sent.method, sent.json],
            "u:whole": Response(204),
        }
    )

    def ask(url: str, **more: Any) -> Response:
        return fake.request("GET", url, timeout=1, **more)

    assert ask("u:data?page=2").json() == {"a": 1}
    assert ask("u:text").text == "plain"
    assert ask("u:status").status == 503
    assert ask("u:call", json=5).json() == ["GET", 5]
    assert ask("u:whole").status == 204
    assert asyncio.run(fake.arequest("GET", "u:data", timeout=1)).json() == {"a": 1}
    with pytest.raises(TimeoutError, match="slow"):
        ask("u:error")
    with pytest.raises(ConnectionRefusedError):
        ask("u:elsewhere")
    assert [sent.url for sent in fake.requests][:2] == ["u:data?page=2", "u:text"]
