"""How an export is joined with what a file holds already: ours is added or brought up to date, everything else stays.

>>> held = {"models": [{"name": "a", "mine": 1, "url": "old"}, {"name": "b"}]}
>>> merge(held, {"models": Rows([{"name": "a", "model": "x"}, {"name": "c"}], key=("name",), owned=("url",))})
>>> held
{'models': [{'name': 'a', 'mine': 1, 'model': 'x'}, {'name': 'b'}, {'name': 'c'}]}
"""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from ai_models.errors import AIModelsError

__all__ = ["Default", "Owned", "Rows", "Union", "merge", "merge_rows", "plain"]


class Owned(dict[str, Any]):
    """A mapping of which some keys are ours alone: one that is not in it any more goes from the file, too."""

    def __init__(self, data: Mapping[str, Any], owned: tuple[str, ...]) -> None:
        super().__init__(data)
        self.owned = owned


class Rows(list[Any]):
    """A list of mappings, told apart by the value at `key`; `owned` keys are ours alone."""

    def __init__(self, rows: Any, key: tuple[str, ...], owned: tuple[str, ...] = ()) -> None:
        super().__init__(rows)
        self.key = key
        self.owned = owned


class Union(list[Any]):
    """A list of values that are added to those in the file."""


class Default:
    """A value that is only written where the file has none, nor any of the names in `unless`."""

    def __init__(self, value: Any, unless: tuple[str, ...] = ()) -> None:
        self.value = value
        self.unless = unless


def plain(patch: Any) -> Any:
    """Return a patch as plain data: what a new file holds.

    >>> plain({"version": Default("1"), "names": Union(["a"])})
    {'version': '1', 'names': ['a']}
    """
    if isinstance(patch, Default):
        return plain(patch.value)
    if isinstance(patch, Mapping):
        return {name: plain(each) for name, each in patch.items() if not _empty(each)}
    return [plain(each) for each in patch] if isinstance(patch, list) else patch


def merge(held: MutableMapping[str, Any], patch: Mapping[str, Any], make: Callable[[Any], Any] = plain) -> None:
    """Join a patch into a mapping in place; `make` makes new values as the format's own writer wants them."""
    for name in getattr(patch, "owned", ()):
        if name in held and name not in patch:
            del held[name]
    kept = {name for name, value in patch.items() if isinstance(value, Default) and _any(held, value.unless)}
    for name, value in patch.items():
        if name in kept or (name not in held and _empty(value)):
            continue
        present = held.get(name)
        if present is None:
            held[name] = make(value)
        elif not isinstance(value, Default):
            _join(held, name, value, make)


def _any(held: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    return any(name in held for name in names)


def _empty(value: Any) -> bool:
    return isinstance(value, Owned) and not value


def _join(held: MutableMapping[str, Any], name: str, value: Any, make: Callable[[Any], Any]) -> None:
    present = held[name]
    if isinstance(value, Mapping):
        merge(_checked(present, MutableMapping, name), value, make)
    elif isinstance(value, Rows):
        merge_rows(_checked(present, list, name), value, make)
    elif isinstance(value, Union):
        known = _checked(present, list, name)
        known.extend(make(each) for each in value if each not in known)
    elif present != plain(value) or type(present) is bool:
        held[name] = make(value)


def merge_rows(held: Any, rows: Rows, make: Callable[[Any], Any] = plain) -> None:
    """Join rows into a list in place: a row with the same key is brought up to date, a new one goes to the end."""
    known = {repr(_at(each, rows.key)): each for each in reversed(held)}
    for row in rows:
        mine = Owned(row, (*getattr(row, "owned", ()), *rows.owned))
        present = known.get(repr(_at(row, rows.key)))
        if present is None:
            held.append(make(row))
        else:
            merge(present, mine, make)


def _at(row: Any, path: tuple[str, ...]) -> str | None:
    for name in path:
        row = row.get(name) if isinstance(row, Mapping) else None
    return None if row is None else str(row)


def _checked(present: Any, kind: Any, name: str) -> Any:
    if not isinstance(present, kind):
        wanted = "a list" if kind is list else "a mapping"
        raise AIModelsError(f"{name!r} in the file is not {wanted}; correct it by hand, or export to another file")
    return present
