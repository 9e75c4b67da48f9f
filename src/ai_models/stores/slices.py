"""A file that is exactly as it was written is cut into its models, and each is parsed when it is first read.

A checksum in the file's head tells: after an edit by hand it no longer fits, and the file is
parsed as a whole, as any other JSON.
"""

from typing import Any
from zlib import crc32

_MODELS = b'\n  "models": {'
_NEXT = b'\n    "'
_UNKNOWN = "0" * 8


def unsigned(header: dict[str, Any]) -> dict[str, Any]:
    """Return a file's header with room for the checksum.

    >>> unsigned({"schema": 1})
    {'schema': 1, 'checksum': '00000000'}
    """
    return {**header, "checksum": _UNKNOWN}


def signed(content: bytes) -> bytes:
    """Return a file's content with the checksum of its models in its head."""
    start = content.index(_MODELS)
    return content.replace(_UNKNOWN.encode(), f"{crc32(memoryview(content)[start:]):08x}".encode(), 1)


def cut(content: bytes) -> tuple[bytes, dict[str, bytes]] | None:
    """Return the JSON of everything but the models, and each model's by its id; `None` if anybody else wrote the file.

    >>> cut(b"{}") is None
    True
    """
    start = content.find(_MODELS)
    if start < 0 or f'"checksum": "{crc32(memoryview(content)[start:]):08x}"'.encode() not in content[:start]:
        return None
    pieces = content[start + len(_MODELS) : content.rindex(b"}", 0, content.rindex(b"}"))].split(_NEXT)[1:]
    models = {}
    for piece in pieces:
        id, quote, model = piece.partition(b'": ')
        if b"\\" in id or not quote:
            return None
        models[id.decode()] = model.rstrip().rstrip(b",")
    return content[:start].rstrip(b",") + b"}", models
