"""Records: a Model as the JSON-ready data that stores keep."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from gc import get_referents
from itertools import chain, islice, repeat
from typing import Any

from ai_models._core.capabilities import normalise_capabilities
from ai_models._core.model import FIELDS, Model, _Recorded, check_fields
from ai_models.errors import InvalidModelError

Record = dict[str, Any]
"""One model as `Model.to_dict` writes it. A record is replaced, never changed."""

_SAFE = 2**63
_DEEPEST = 64
_UNREAD = 2
"""What a model refers to before a field is read or set: its record and its class."""

_ATOMS = frozenset({str, bool, type(None)})


def to_record(model: Model) -> Record:
    """Return the record of a model, which shares nothing with it; raise `InvalidModelError` for what JSON can't hold.

    >>> to_record(Model("gpt-4", "openai", tags={"b", "a"}))
    {'id': 'gpt-4', 'provider': 'openai', 'tags': ['a', 'b']}
    """
    kept = _unchanged(model)
    if kept is not None:
        return kept
    record = {name: _plain(value, (None, name), model.id) for name, value in model.to_dict().items()}
    if type(record.get("provider")) is not str:
        raise InvalidModelError("provider", model.provider, "expected a text", model.id)
    check_fields(record, model.id)
    return record


def _unchanged(model: Model) -> Record | None:
    """Return the record that a model stands on, `None` if it has none or may differ from it."""
    try:
        kept: Record = _RECORD(model)
    except AttributeError:
        return None
    if len(get_referents(model)) == _UNREAD:
        return kept
    for name, read in _READERS:
        try:
            value = read(model)
        except AttributeError:  # never read, never set
            continue
        if value is not kept.get(name):
            return None
    return kept


_RECORD: Callable[[Model], Any] = _Recorded.__dict__["_record"].__get__
_READERS: tuple[tuple[str, Callable[[Model], Any]], ...] = tuple((n, Model.__dict__[n].__get__) for n in FIELDS)


def checked_record(id: str, row: Any, where: str) -> Record:
    """Return the record of a row that was read from `where`; raise `InvalidModelError` if it is no model.

    >>> checked_record("gpt-4", {"provider": "openai", "capabilities": {"function_calling": True}}, "models.json")
    {'id': 'gpt-4', 'provider': 'openai', 'capabilities': {'tools': True}}
    """
    place = f"{id} in {where}" if where else id
    if not isinstance(row, dict):
        raise InvalidModelError("model", row, "expected an object such as {'provider': …}", place)
    record = row if "id" in row else {"id": id, **row}
    if record["id"] != id or not id.strip():
        raise InvalidModelError(
            "id", record["id"], f"expected {id!r}, the key that it stands under, and not empty", place
        )
    if record.keys() - Model.__dataclass_fields__.keys() or not isinstance(record.get("provider"), str):
        Model.from_dict(record, where=place)
    check_fields(record, place)
    named = normalise_capabilities(record.get("capabilities") or {})
    return record if named.keys() == record.get("capabilities", {}).keys() else {**record, "capabilities": named}


def lend(models: Iterable[Model]) -> Iterator[Model]:
    """Yield a model of its own for each model that stands on a record.

    >>> kept = Model.on_record({"id": "gpt-4", "provider": "openai"})
    >>> [lent] = lend([kept])
    >>> lent == kept, lent is kept
    (True, False)
    """
    return chain.from_iterable(_lent(models))


def _lent(models: Iterable[Model]) -> Iterator[list[Model]]:
    """Yield models of their own in parts that grow: the first one comes at once, the others at next to no cost."""
    rest, size = iter(models), 1
    while part := list(islice(rest, size)):
        own = list(map(_NEW, repeat(Model, len(part))))
        deque(map(_STAND, own, map(_RECORD, part)), maxlen=0)
        yield own
        size = min(size * 2, _MOST_LENT)


_MOST_LENT = 256
_NEW: Callable[[type[Model]], Model] = object.__new__
_STAND: Callable[[Model, Record], None] = _Recorded.__dict__["_record"].__set__


def merge_values(base: Any, mine: Any, theirs: Any) -> Any:
    """Return what two writers made of the same value: both changes where they differ in place, else `mine`.

    >>> merge_values({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 3, "c": 4})
    {'a': 2, 'b': 3, 'c': 4}
    >>> merge_values(["x"], ["x", "mine"], ["theirs"])
    ['theirs', 'mine']
    """
    if mine == base:
        return theirs
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return _merge_mappings(base if isinstance(base, dict) else {}, mine, theirs)
    if _texts(mine) and _texts(theirs) and (base is None or _texts(base)):
        before = base or []
        kept = [each for each in theirs if each in mine or each not in before]
        return kept + [each for each in mine if each not in before and each not in kept]
    return mine


def _merge_mappings(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    merged = {}
    for name in dict.fromkeys([*theirs, *mine]):
        value = merge_values(base.get(name), mine.get(name), theirs.get(name))
        if value is not None:
            merged[name] = value
    return merged


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _plain(value: Any, path: "_Place", where: str, depth: int = 0) -> Any:
    """Return a copy of data that is JSON's own, sets as sorted lists; raise for anything else."""
    kind = type(value)
    if kind in _ATOMS or (kind is float and value - value == 0) or (kind is int and -_SAFE <= value < _SAFE):
        return value
    if depth > _DEEPEST:
        raise InvalidModelError(_written(path), "…", f"nested more than {_DEEPEST} deep", where)
    if kind is dict:
        for key in value:
            if type(key) is not str:
                raise InvalidModelError(_written(path), key, "expected a text as key", where)
        return {key: _plain(each, (path, key), where, depth + 1) for key, each in value.items()}
    if kind is list or kind is tuple:
        return [_plain(each, path, where, depth + 1) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(each, path, where, depth + 1) for each in value), key=str)
    return _plain_kin(value, path, where, depth)


def _plain_kin(value: Any, path: "_Place", where: str, depth: int) -> Any:
    """Return a value of a subclass, such as an enumeration's text, as the JSON type that it is one of."""
    kinds: tuple[Any, ...] = (str, int, float, dict, list)
    for kind in kinds:
        if isinstance(value, kind) and type(value) is not kind:
            return _plain(kind(value), path, where, depth + 1)
    raise InvalidModelError(_written(path), value, "expected what JSON can hold", where)


_Place = tuple[Any, str] | None


def _written(place: _Place) -> str:
    words = []
    while place is not None:
        place, word = place
        words.append(word)
    return ".".join(reversed(words))


__all__ = ["Record", "checked_record", "lend", "merge_values", "to_record"]
