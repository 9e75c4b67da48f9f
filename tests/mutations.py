"""Payloads as a broken or hostile server would send them: a good one with parts replaced, removed or doubled."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(10**30), max_value=10**30),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "\x1b[31mred", "1e999", "-1", "2026-13-45", "[bold]", "x" * 10_000, "../" * 50, "{", "("]
    ),
    st.lists(st.integers() | st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers() | st.none(), max_size=3),
)


def mutated(payload: Any) -> st.SearchStrategy[Any]:
    """Payloads in which up to four places hold something else."""
    places = list(_places(payload))
    change = st.tuples(st.sampled_from(places), st.sampled_from(["replace", "remove", "double"]), _JUNK)
    return st.lists(change, min_size=1, max_size=4).map(lambda changes: _changed(payload, changes))


def anything() -> st.SearchStrategy[Any]:
    """Any JSON-like data at all."""
    return st.recursive(
        _JUNK, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    )


def _places(payload: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    pairs = payload.items() if isinstance(payload, dict) else enumerate(payload) if isinstance(payload, list) else ()
    for key, value in pairs:
        yield from _places(value, (*path, key))


def _changed(payload: Any, changes: list[tuple[tuple[Any, ...], str, Any]]) -> Any:
    made = copy.deepcopy(payload)
    for path, how, junk in changes:
        if not path:
            made = junk if how == "replace" else made
            continue
        holder = made
        for key in path[:-1]:
            holder = holder[key] if isinstance(holder, dict | list) and _has(holder, key) else None
        if isinstance(holder, dict | list) and _has(holder, path[-1]):
            _change(holder, path[-1], how, junk)
    return made


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else isinstance(key, int) and key < len(holder)


def _change(holder: Any, key: Any, how: str, junk: Any) -> None:
    if how == "remove":
        del holder[key]
    elif how == "double" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    else:
        holder[key] = copy.deepcopy(junk)
