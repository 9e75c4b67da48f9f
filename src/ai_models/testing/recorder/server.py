"""The server: it keeps each request and lets the wire format that has its path answer."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ai_models.testing.recorder import anthropic, bedrock, cohere, gemini, huggingface, ollama, openai
from ai_models.testing.recorder.answers import Answer, Routes, no_such_path
from ai_models.testing.recorder.request import RecordedRequest

__all__ = ["Recorder"]

_ROUTES: Routes = (
    *openai.ROUTES,
    *anthropic.ROUTES,
    *gemini.ROUTES,
    *cohere.ROUTES,
    *bedrock.ROUTES,
    *ollama.ROUTES,
    *huggingface.ROUTES,
)


class Recorder:
    """The server, running while its `with` block runs, on a free port of this machine.

    >>> with Recorder() as recorder:
    ...     recorder.requests, recorder.url.startswith("http://127.0.0.1:")
    ([], True)
    """

    def __init__(self) -> None:
        self.requests: list[RecordedRequest] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Bound", (_Handler,), {"recorder": self}))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def last(self) -> RecordedRequest:
        """The newest request; `IndexError` if there is none."""
        return self.requests[-1]

    def __enter__(self) -> "Recorder":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    recorder: Recorder

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay silent."""

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        path, _, query = self.path.partition("?")
        request = RecordedRequest(self.command, path, headers, _parsed(self._body()), query)
        self.recorder.requests.append(request)
        status, content_type, body = _answer(request)
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> bytes:
        if "chunked" not in (self.headers.get("transfer-encoding") or ""):
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        return body


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _answer(request: RecordedRequest) -> Answer:
    for method, pattern, answer in _ROUTES:
        if method == request.method and re.fullmatch(pattern, request.path):
            return answer(request)
    return no_such_path(request)
