r"""Changing a JSON file in place, its comments, trailing commas and layout kept: only what changes is written anew.

>>> print(changed('{ // mine\n  "a": 1, // one\n  "b": [1]\n}', {"a": 2, "b": [1], "c": {"d": True}}))
{ // mine
  "a": 2, // one
  "b": [1],
  "c": {
    "d": true
  }
}
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["changed", "parse"]

_SPACE = re.compile(r"(?:[\s\ufeff]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_REST_OF_LINE = re.compile(r"(?:[^\S\n]|/\*[^\n]*?\*/)*(?://[^\n]*)?(?=\n)")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_WORD = re.compile(r"[-+.\w]+")

_Path = tuple[str | int, ...]


@dataclass
class _Node:
    """A value in the text: where it stands, and its members or items."""

    start: int
    end: int = 0
    value: Any = None
    parts: dict[str | int, "_Node"] = field(default_factory=dict)
    starts: dict[str | int, int] = field(default_factory=dict)
    commas: dict[str | int, int] = field(default_factory=dict)


def parse(text: str) -> Any:
    """Return what a JSON text with comments holds; raise `json.JSONDecodeError` with the line of a mistake.

    >>> parse('{"a": [1, 2,], /* no more */}')
    {'a': [1, 2]}
    """
    return _tree(text).value


def changed(text: str, wanted: Any) -> str:
    """Return the text with `wanted` as its content."""
    while True:
        tree = _tree(text)
        step = next(_differences(tree.value, wanted), None)
        if step is None:
            return text
        path, value, present = step
        node = tree
        for name in path[:-1]:
            node = node.parts[name]
        if not present:
            text = _inserted(text, node, path[-1], value)
        elif value is _differences:
            text = _removed(text, node, path[-1])
        else:
            old = node.parts[path[-1]] if path else tree
            text = text[: old.start] + _shown(value, _indent(text, old.start), _unit(text)) + text[old.end :]


def _differences(old: Any, new: Any, path: _Path = ()) -> Iterator[tuple[_Path, Any, bool]]:
    """Yield where two values differ, with the new value (this function itself: none) and whether there was an old."""
    if isinstance(old, dict) and isinstance(new, dict):
        yield from (((*path, name), _differences, True) for name in old if name not in new)
        for name, value in new.items():
            if name in old:
                yield from _differences(old[name], value, (*path, name))
            else:
                yield (*path, name), value, False
    elif isinstance(old, list) and isinstance(new, list) and len(new) >= len(old):
        for index, value in enumerate(new):
            if index < len(old):
                yield from _differences(old[index], value, (*path, index))
            else:
                yield (*path, index), value, False
    elif old != new or type(old) is not type(new):
        yield path, new, True


def _inserted(text: str, node: _Node, name: str | int, value: Any) -> str:
    unit = _unit(text)
    label = f"{json.dumps(name, ensure_ascii=False)}: " if isinstance(name, str) else ""
    if not node.parts:
        outer = _indent(text, node.start)
        body = f"\n{outer}{unit}{label}{_shown(value, outer + unit, unit)}\n{outer}"
        close = node.end - 1
        kept = text[node.start + 1 : close].rstrip()
        return text[: node.start + 1] + kept + body + text[close:]
    last = next(reversed(node.parts))
    indent = _indent(text, node.starts[last])
    member = f"\n{indent}{label}{_shown(value, indent, unit)}"
    behind = node.commas.get(last)
    end = node.parts[last].end if behind is None else behind + 1
    rest = _REST_OF_LINE.match(text, end)
    place = rest.end() if rest and rest.end() <= node.end else end
    return text[:end] + ("," if behind is None else "") + text[end:place] + member + text[place:]


def _removed(text: str, node: _Node, name: str | int) -> str:
    names = list(node.parts)
    at = names.index(name)
    if at + 1 < len(names):
        return text[: node.starts[name]] + text[node.starts[names[at + 1]] :]
    start = node.parts[names[at - 1]].end if at else node.starts[name]
    end = node.commas[name] + 1 if name in node.commas else node.parts[name].end
    return text[:start] + text[end:]


def _shown(value: Any, indent: str, unit: str) -> str:
    return json.dumps(value, ensure_ascii=False, indent=unit).replace("\n", f"\n{indent}")


def _indent(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip())]


def _unit(text: str) -> str:
    found = re.search(r"^([ \t]+)\S", text, re.MULTILINE)
    return found[1] if found else "  "


def _tree(text: str) -> _Node:
    node, at = _value(text, _skip(text, 0))
    if _skip(text, at) != len(text):
        raise json.JSONDecodeError("there is more behind the end", text, _skip(text, at))
    return node


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int) -> tuple[_Node, int]:
    node = _Node(at)
    if text[at : at + 1] in ("{", "["):
        node.value = {} if text[at] == "{" else []
        node.end = _parts(text, node)
        return node, node.end
    found = _STRING.match(text, at) or _WORD.match(text, at)
    if not found:
        raise json.JSONDecodeError("a value is expected", text, at)
    try:
        node.value = json.loads(found[0])
    except json.JSONDecodeError as error:
        raise json.JSONDecodeError(error.msg, text, at) from None
    node.end = found.end()
    return node, node.end


def _parts(text: str, node: _Node) -> int:
    """Read the members or items up to the closing bracket, and return where that ends."""
    close = "}" if isinstance(node.value, dict) else "]"
    at = _skip(text, node.start + 1)
    while text[at : at + 1] != close:
        start, name = at, len(node.parts)
        label: str | int = name
        if close == "}":
            label, at = _label(text, at)
        if label in node.parts:
            raise json.JSONDecodeError(f"{label!r} stands here twice", text, start)
        part, at = _value(text, at)
        node.parts[label], node.starts[label] = part, start
        if isinstance(node.value, dict):
            node.value[label] = part.value
        else:
            node.value.append(part.value)
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            node.commas[label] = at
            at = _skip(text, at + 1)
        elif text[at : at + 1] != close:
            raise json.JSONDecodeError(f"a comma or {close} is expected", text, at)
    return at + 1


def _label(text: str, at: int) -> tuple[str, int]:
    found = _STRING.match(text, at)
    colon = _skip(text, found.end()) if found else at
    if not found or text[colon : colon + 1] != ":":
        raise json.JSONDecodeError("a name and a colon are expected", text, at)
    return str(json.loads(found[0])), _skip(text, colon + 1)
