"""What sources over files share: files that are parts of one model, and how much room they take."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["files_below", "missing_parts", "read_mapping", "size_of", "whole_name"]

_PART = re.compile(r"(?P<whole>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})(?P<ending>\.[a-z]+)", re.IGNORECASE)
_MOST_FILES = 100_000
_LONGEST_JSON = 4 * 1024 * 1024


def whole_name(name: str) -> str:
    """Return the name of what a file is a part of, which is its own if it is no part.

    >>> whole_name("big-00002-of-00003.gguf"), whole_name("small.gguf")
    ('big.gguf', 'small.gguf')
    """
    part = _PART.fullmatch(name)
    return f"{part['whole']}{part['ending']}" if part else name


def missing_parts(names: Iterable[str]) -> list[str]:
    """Return the names of the files that are parts of the same as some of these, but not among them.

    >>> missing_parts(["big-00001-of-00002.gguf", "small.gguf"])
    ['big-00002-of-00002.gguf']
    """
    there = set(names)
    wanted: set[str] = set()
    for part in filter(None, map(_PART.fullmatch, sorted(there))):
        count = min(int(part["count"]), 1000)
        wanted |= {f"{part['whole']}-{number:05}-of-{part['count']}{part['ending']}" for number in range(1, count + 1)}
    return sorted(wanted - there)


def files_below(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder in a fixed order, links to files included, links to folders not.

    >>> list(files_below(Path("/no/such/folder")))
    []
    """
    left = _MOST_FILES
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield Path(place, name)
            left -= 1
            if not left:
                return


def size_of(paths: Iterable[Path]) -> int:
    """Return how many bytes files take together, those that are one file under several names counted once.

    >>> size_of([Path(__file__), Path(__file__)]) == Path(__file__).stat().st_size
    True
    """
    sizes: dict[tuple[int, int], int] = {}
    for path in paths:
        try:
            found = path.stat()
        except OSError:
            continue
        sizes[found.st_dev, found.st_ino or len(sizes)] = found.st_size
    return sum(sizes.values())


def read_mapping(path: Path) -> Mapping[str, Any]:
    """Return the mapping in a small JSON file; an empty one for anything else.

    >>> read_mapping(Path("/no/such/file.json"))
    {}
    """
    try:
        if path.stat().st_size > _LONGEST_JSON:
            return {}
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
