"""A file that is exactly as it was written is cut into its models, and each is parsed when it is first read.

A checksum in the file's head tells: after an edit by hand it no longer fits, and the file is
parsed as a whole, as any other JSON.
"""

from typing import Any
from zlib import crc32

_MODELS = b'\n  "models": {'
_FIRST = b'\n    "'
_COLON = b'": '
_LAST = b"\n    }"
_NEXT = _LAST + b"," + _FIRST
_UNKNOWN = "0" * 8


def unsigned(header: dict[str, Any]) -> dict[str, Any]:
    """Return a file's header with room for the checksum, before anything that a user put there.

    >>> unsigned({"schema": 1, "note": "mine"})
    {'schema': 1, 'checksum': '00000000', 'note': 'mine'}
    """
    schema = {name: value for name, value in header.items() if name == "schema"}
    return schema | {"checksum": _UNKNOWN} | header


def signed(content: bytes) -> bytes:
    """Return a file's content with the checksum of its models in its head."""
    start = content.index(_MODELS)
    return content.replace(_line(_UNKNOWN), _line(_checksum(content, start)), 1)


def cut(content: bytes) -> tuple[bytes, dict[str, bytes]] | None:
    """Return the JSON of everything but the models, and each model's by its id; `None` if anybody else wrote the file.

    >>> cut(b"{}") is None
    True
    """
    start = content.find(_MODELS)
    if start < 0 or _line(_checksum(content, start)) not in content[:start]:
        return None
    models = {}
    end = content.rindex(b"}", 0, content.rindex(b"}"))
    at = content.find(_FIRST, start, end)
    while at >= 0:
        at += len(_FIRST)
        id = content[at : content.index(b'"', at)]
        if b"\\" in id:
            return None
        at += len(id) + len(_COLON)
        after = content.find(_NEXT, at, end)
        models[id.decode()] = content[at : after + len(_LAST)] if after >= 0 else content[at:end].rstrip()
        at = after if after < 0 else after + len(_NEXT) - len(_FIRST)
    return content[:start].rstrip(b",") + b"}", models


def _checksum(content: bytes, start: int) -> str:
    return f"{crc32(memoryview(content)[start:]):08x}"


def _line(checksum: str) -> bytes:
    return f'"checksum": "{checksum}"'.encode()
