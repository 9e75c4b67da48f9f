"""A small server that speaks the wire formats of OpenAI, Anthropic and Ollama, and keeps what it is sent.

It shows what a client library really does: which path it asks, under which model name, with which key. A path that the
real servers don't have, such as `/v1/v1/models`, gets a 404 here too.

>>> from urllib.request import Request, urlopen
>>> with Recorder() as recorder:
...     url = recorder.url + "/v1/chat/completions"
...     answer = urlopen(Request(url, b'{"model": "gpt-4"}', {"Authorization": "Bearer sk-1"})).read()
>>> recorder.last.path, recorder.last.model, recorder.last.key
('/v1/chat/completions', 'gpt-4', 'sk-1')
"""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["ANSWER", "RecordedRequest", "Recorder"]

ANSWER = "PONG"
"""What every model of this server says."""

_SAMPLING = ("temperature", "top_p", "top_k")
_KEY_HEADERS = ("x-api-key", "api-key", "x-goog-api-key")


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request as it arrived; header names in lower case, `body` is parsed JSON or `None`."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: Any = None

    @property
    def model(self) -> str | None:
        """The model that was asked for."""
        return self.body.get("model") if isinstance(self.body, dict) else None

    @property
    def key(self) -> str | None:
        """The key that was sent, by whichever header; `None` if there was none."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return token
        return next((self.headers[name] for name in _KEY_HEADERS if name in self.headers), None)


class Recorder:
    """The server, running while its `with` block runs, on a free port of this machine."""

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


_Answer = tuple[int, str, bytes]


class _Handler(BaseHTTPRequestHandler):
    recorder: Recorder

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay silent."""

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = self.path.partition("?")[0]
        request = RecordedRequest(self.command, path, headers, _parsed(raw))
        self.recorder.requests.append(request)
        status, content_type, body = _answer(request)
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _answer(request: RecordedRequest) -> _Answer:
    for method, pattern, answer in _ROUTES:
        if method == request.method and re.fullmatch(pattern, request.path):
            return answer(request)
    return _json({"error": {"message": f"no such path: {request.method} {request.path}"}}, 404)


def _json(data: Any, status: int = 200) -> _Answer:
    return status, "application/json", json.dumps(data).encode()


def _events(events: Iterator[tuple[str | None, Any]], end: str = "") -> _Answer:
    lines = ((f"event: {name}\n" if name else "") + f"data: {json.dumps(data)}\n\n" for name, data in events)
    return 200, "text/event-stream", ("".join(lines) + end).encode()


def _wants_stream(request: RecordedRequest, default: bool = False) -> bool:
    return bool(isinstance(request.body, dict) and request.body.get("stream", default))


# OpenAI


def _chat_completion(request: RecordedRequest) -> _Answer:
    if _wants_stream(request):
        return _events(_chat_chunks(request), "data: [DONE]\n\n")
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": ANSWER},
        "finish_reason": "stop",
        "logprobs": None,
    }
    return _json(_completion(request, "chat.completion", choice))


def _chat_chunks(request: RecordedRequest) -> Iterator[tuple[None, Any]]:
    for delta, reason in (({"role": "assistant", "content": ANSWER}, None), ({}, "stop")):
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        yield None, _completion(request, "chat.completion.chunk", choice)


def _completion(request: RecordedRequest, kind: str, choice: dict[str, Any]) -> dict[str, Any]:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    head = {"id": "c1", "object": kind, "created": 1, "model": request.model, "choices": [choice], "usage": usage}
    return head | {"system_fingerprint": "recorder", "service_tier": "default"}


def _embeddings(request: RecordedRequest) -> _Answer:
    rows = [{"object": "embedding", "index": 0, "embedding": [0.0, 1.0]}]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return _json({"object": "list", "model": request.model, "data": rows, "usage": usage})


def _models(request: RecordedRequest) -> _Answer:
    return _json({"object": "list", "data": [{"id": "any", "object": "model", "created": 1, "owned_by": "recorder"}]})


# Anthropic


def _message(request: RecordedRequest) -> _Answer:
    problem = _message_problem(request)
    if problem:
        return _json({"type": "error", "error": {"type": "invalid_request_error", "message": problem}}, 400)
    if _wants_stream(request):
        return _events(_message_events(request))
    return _json(_message_body(request) | {"content": [{"type": "text", "text": ANSWER}], "stop_reason": "end_turn"})


def _message_problem(request: RecordedRequest) -> str:
    """Return what Anthropic's API would refuse: no output limit, or from 2026-10-21 on a sampling parameter."""
    if not isinstance(request.body, dict) or not isinstance(request.body.get("max_tokens"), int):
        return "max_tokens: Field required"
    extra = [name for name in _SAMPLING if name in request.body]
    new = request.headers.get("anthropic-version", "") >= "2026-10-21"
    return f"{extra[0]}: Extra inputs are not permitted" if extra and new else ""


def _message_body(request: RecordedRequest) -> dict[str, Any]:
    usage = {"input_tokens": 1, "output_tokens": 1}
    empty: list[Any] = []
    return {"id": "m1", "type": "message", "role": "assistant", "model": request.model, "content": empty} | {
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }


def _message_events(request: RecordedRequest) -> Iterator[tuple[str, Any]]:
    bodies = (
        {"type": "message_start", "message": _message_body(request)},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": ANSWER}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    )
    yield from ((str(body["type"]), body) for body in bodies)


# Ollama


def _ollama_chat(request: RecordedRequest) -> _Answer:
    message = {"role": "assistant", "content": ANSWER}
    return _ollama_lines(request, {"message": message}, {"message": message | {"content": ""}})


def _ollama_generate(request: RecordedRequest) -> _Answer:
    return _ollama_lines(request, {"response": ANSWER}, {"response": ""})


def _ollama_lines(request: RecordedRequest, said: dict[str, Any], end: dict[str, Any]) -> _Answer:
    head = {"model": request.model, "created_at": "2026-01-01T00:00:00Z"}
    counts = {"done": True, "done_reason": "stop", "prompt_eval_count": 1, "eval_count": 1}
    if not _wants_stream(request, default=True):
        return _json(head | said | counts)
    lines = [head | said | {"done": False}, head | end | counts]
    return 200, "application/x-ndjson", "".join(json.dumps(line) + "\n" for line in lines).encode()


def _ollama_tags(request: RecordedRequest) -> _Answer:
    return _json({"models": [{"name": "any:latest", "model": "any:latest", "size": 1, "details": {"family": "llama"}}]})


def _ollama_show(request: RecordedRequest) -> _Answer:
    facts = {"general.architecture": "llama", "llama.context_length": 131072}
    return _json({"details": {"family": "llama"}, "model_info": facts, "capabilities": ["completion", "tools"]})


def _ollama_embed(request: RecordedRequest) -> _Answer:
    return _json({"model": request.model, "embeddings": [[0.0, 1.0]]})


_OPENAI = r"(?!.*/v1/.*v1/)(?:/[a-z][\w.-]*?)*?(?:/v\d\w*)(?:/openai)?"
_ROUTES: tuple[tuple[str, str, Callable[[RecordedRequest], _Answer]], ...] = (
    ("POST", _OPENAI + "/chat/completions", _chat_completion),
    ("POST", _OPENAI + "/embeddings", _embeddings),
    ("GET", _OPENAI + "/models", _models),
    ("POST", "/v1/messages", _message),
    ("POST", "/api/chat", _ollama_chat),
    ("POST", "/api/generate", _ollama_generate),
    ("POST", "/api/embed", _ollama_embed),
    ("POST", "/api/show", _ollama_show),
    ("GET", "/api/tags", _ollama_tags),
    ("GET", "/api/version", lambda request: _json({"version": "0.13.0"})),
    ("GET", "/api/ps", lambda request: _json({"models": []})),
)
