"""The forms in which answers travel, and answers that fit a JSON schema."""

import json
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ai_models.testing.recorder.request import ANSWER, RecordedRequest

__all__ = ["Answer", "Routes", "aws_events", "bytes_of", "events", "example_of", "json_answer", "lines", "no_such_path"]

Answer = tuple[int, str, bytes]
"""Status, content type, body."""
Routes = tuple[tuple[str, str, Callable[[RecordedRequest], Answer]], ...]
"""Method, pattern of the path, and what answers."""

_EXAMPLES: Mapping[str, Any] = {"integer": 7, "number": 7.5, "boolean": True, "null": None}


def json_answer(data: Any, status: int = 200) -> Answer:
    """Return an answer of JSON.

    >>> json_answer({"a": 1})
    (200, 'application/json', b'{"a": 1}')
    """
    return status, "application/json", json.dumps(data).encode()


def bytes_of(content_type: str, data: bytes) -> Answer:
    """Return an answer that is a file, such as speech.

    >>> bytes_of("audio/mpeg", b"ID3")
    (200, 'audio/mpeg', b'ID3')
    """
    return 200, content_type, data


def no_such_path(request: RecordedRequest) -> Answer:
    """Return what a server says to a path that it doesn't have.

    >>> no_such_path(RecordedRequest("GET", "/v1/v1/models", {}))[0]
    404
    """
    return json_answer({"error": {"message": f"no such path: {request.method} {request.path}"}}, 404)


def events(bodies: Iterable[tuple[str | None, Any]], end: str = "") -> Answer:
    r"""Return a stream of server-sent events, each with its name or without.

    >>> events([(None, {"a": 1})], "data: [DONE]")[2]
    b'data: {"a": 1}\n\ndata: [DONE]'
    """
    texts = ((f"event: {name}\n" if name else "") + f"data: {json.dumps(data)}\n\n" for name, data in bodies)
    return 200, "text/event-stream", ("".join(texts) + end).encode()


def lines(bodies: Iterable[Any]) -> Answer:
    r"""Return a stream of JSON, one object a line.

    >>> lines([{"a": 1}])[2]
    b'{"a": 1}\n'
    """
    return 200, "application/x-ndjson", "".join(json.dumps(body) + "\n" for body in bodies).encode()


def aws_events(bodies: Iterable[tuple[str, Any]]) -> Answer:
    r"""Return a stream in the binary form of AWS: lengths, headers, JSON, and two checksums a message.

    >>> aws_events([("messageStop", {})])[2][14:38]
    b'event-type\x07\x00\x0bmessageStop'
    """
    return 200, "application/vnd.amazon.eventstream", b"".join(_aws_event(name, body) for name, body in bodies)


def _aws_event(name: str, body: Any) -> bytes:
    fields = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        bytes([len(key)]) + key.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for key, value in fields.items()
    )
    payload = json.dumps(body).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))


def example_of(schema: Any, root: Any = None) -> Any:
    """Return a value that fits a JSON schema; its texts are the answer.

    >>> example_of({"type": "object", "properties": {"n": {"type": "integer"}, "said": {"type": "string"}}})
    {'n': 7, 'said': 'PONG'}
    """
    root = schema if root is None else root
    if not isinstance(schema, dict):
        return ANSWER
    if "$ref" in schema:
        return example_of(_at(root, schema["$ref"]), root)
    for name in ("anyOf", "oneOf", "allOf"):
        if schema.get(name):
            return example_of(schema[name][0], root)
    if "const" in schema:
        return schema["const"]
    return schema["enum"][0] if schema.get("enum") else _example_of_type(schema, root)


def _example_of_type(schema: dict[str, Any], root: Any) -> Any:
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    kind = (kind[0] if isinstance(kind, list) else kind).lower()
    if kind == "object":
        return {name: example_of(each, root) for name, each in schema.get("properties", {}).items()}
    return [example_of(schema.get("items"), root)] if kind == "array" else _EXAMPLES.get(kind, ANSWER)


def _at(root: Any, reference: str) -> Any:
    for name in reference.lstrip("#/").split("/"):
        root = root.get(name, {})
    return root
