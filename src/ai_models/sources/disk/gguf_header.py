"""The header of a GGUF file: what it says of its model, read without the weights.

Nothing that the file claims about sizes is believed beyond bounds that no real file comes near to.

>>> from io import BytesIO
>>> key, value = b"general.architecture", b"llama"
>>> pair = struct.pack("<Q", len(key)) + key + struct.pack("<IQ", 8, len(value)) + value
>>> read_header(BytesIO(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + pair)).facts
{'general.architecture': 'llama'}
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

__all__ = ["GGUFError", "GGUFHeader", "read_header"]

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_MOST_PAIRS = 10_000
_MOST_TENSORS = 200_000
_MOST_ELEMENTS = 4_000_000
_LONGEST_TEXT = 4 * 1024 * 1024
_LONGEST_HEADER = 256 * 1024 * 1024
_CHUNK = 1024 * 1024
_KEPT_ELEMENTS = 64
_TEXT, _ARRAY, _BOOL = 8, 9, 7
_FORMS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q", 12: "d"}


class GGUFError(ValueError):
    """A file that is no readable GGUF; its text is the reason."""


@dataclass(frozen=True, slots=True)
class GGUFHeader:
    """What a header says: `facts` by key, without long lists, and how many `tensors` and `parameters` it describes.

    A file that ends before `least_bytes` lacks some of its weights.

    >>> GGUFHeader({}).tensors
    0
    """

    facts: Mapping[str, Any]
    tensors: int = 0
    parameters: int = 0
    least_bytes: int = 0


def read_header(file: BinaryIO) -> GGUFHeader:
    """Return the header of an open file; raise `GGUFError`."""
    bytes_ = _Bytes(file)
    if bytes_.take(4) != _MAGIC:
        raise GGUFError("no GGUF file")
    start = bytes_.take(4)
    order = "<" if struct.unpack("<I", start)[0] in _VERSIONS else ">"
    if struct.unpack(f"{order}I", start)[0] not in _VERSIONS:
        raise GGUFError(f"GGUF of version {struct.unpack('<I', start)[0]}, only 2 and 3 are known")
    bytes_.order = order
    tensors, pairs = bytes_.number("Q"), bytes_.number("Q")
    if pairs > _MOST_PAIRS or tensors > _MOST_TENSORS:
        raise GGUFError(f"a header of {pairs} facts and {tensors} tensors")
    facts = {}
    for _ in range(pairs):
        key = bytes_.text()
        value = bytes_.value(bytes_.number("I"))
        if value is not None:
            facts[key] = value
    parameters = last = 0
    for _ in range(tensors):
        elements, offset = bytes_.tensor()
        parameters, last = parameters + elements, max(last, offset + 1)
    return GGUFHeader(facts, tensors, parameters, bytes_.passed + last)


class _Bytes:
    """The bytes of a file from its start on, read as they are needed."""

    def __init__(self, file: BinaryIO) -> None:
        self.order = "<"
        self._file = file
        self._data = b""
        self._at = 0
        self._read = 0

    def take(self, size: int) -> bytes:
        self._need(size)
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken

    def number(self, form: str) -> Any:
        return struct.unpack(self.order + form, self.take(struct.calcsize(self.order + form)))[0]

    def text(self) -> str:
        size = self.number("Q")
        if size > _LONGEST_TEXT:
            raise GGUFError(f"a text of {size} bytes in the header")
        return self.take(size).decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        """Return a value, or `None` for a list that is passed over."""
        if kind == _TEXT:
            return self.text()
        if kind == _ARRAY:
            return self._list()
        if kind not in _FORMS:
            raise GGUFError(f"a fact of the unknown type {kind}")
        number = self.number(_FORMS[kind])
        return bool(number) if kind == _BOOL else number

    def _list(self) -> list[Any] | None:
        kind, length = self.number("I"), self.number("Q")
        if length > _MOST_ELEMENTS or kind == _ARRAY:
            raise GGUFError(f"a list of {length} elements in the header")
        if length <= _KEPT_ELEMENTS:
            return [self.value(kind) for _ in range(length)]
        if kind == _TEXT:
            self._pass_texts(length)
        elif kind in _FORMS:
            self.take(length * struct.calcsize(_FORMS[kind]))
        else:
            raise GGUFError(f"a list of the unknown type {kind}")
        return None

    def _pass_texts(self, length: int) -> None:
        """Pass over texts, of which a vocabulary has hundreds of thousands."""
        size_of = struct.Struct(f"{self.order}Q").unpack_from
        for _ in range(length):
            if self._at + 8 > len(self._data):
                self._need(8)
            size = size_of(self._data, self._at)[0]
            if size > _LONGEST_TEXT:
                raise GGUFError(f"a text of {size} bytes in the header")
            if self._at + 8 + size > len(self._data):
                self._need(8 + size)
            self._at += 8 + size

    @property
    def passed(self) -> int:
        """How far into the file all of this was."""
        return self._read - len(self._data) + self._at

    def tensor(self) -> tuple[int, int]:
        """Pass over what is said of one tensor and return how many numbers it holds, and where they begin."""
        self.text()
        dimensions = self.number("I")
        if dimensions > 8:
            raise GGUFError(f"a tensor of {dimensions} dimensions")
        shape = struct.unpack(f"{self.order}{dimensions}Q", self.take(8 * dimensions))
        self.number("I")
        return math.prod(shape), self.number("Q")

    def _need(self, size: int) -> None:
        """Make sure that the next bytes are at hand, dropping those that were used."""
        missing = self._at + size - len(self._data)
        if missing <= 0:
            return
        if self._read + missing > _LONGEST_HEADER:
            raise GGUFError(f"a header of more than {_LONGEST_HEADER} bytes")
        more = self._file.read(max(missing, _CHUNK))
        self._read += len(more)
        self._data = self._data[self._at :] + more
        self._at = 0
        if len(self._data) < size:
            raise GGUFError("it ends within its header")
