"""Provenance in its two forms: one label for every fact, and the short form that is stored."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ai_models._core.model import Model, provenance_at
from ai_models._core.trust import USER

_NO_FACTS = ("id", "provider", "provenance", "conflicts", "tags", "custom_metadata", "aliases", "is_local")


def labels_of(model: Model) -> dict[str, str]:
    """Return who states each fact of a model, by path; facts that nobody claims are left out.

    >>> labels_of(Model("m", "x", 8192, kind="chat", provenance={"*": "litellm@2026-11-20", "kind": "user"}))
    {'context_size': 'litellm@2026-11-20', 'kind': 'user'}
    """
    found = {path: provenance_at(model.provenance, path) for path in fact_paths(model)}
    return {path: labels for path, labels in found.items() if labels is not None}


def fact_paths(model: Model) -> Iterable[str]:
    """Yield the path of every fact of a model, those of its offers included.

    >>> list(fact_paths(Model("m", "x", 8192, connector_metadata={"azure": {"id": "m", "status": "preview"}})))
    ['context_size', 'connector_metadata.azure.id', 'connector_metadata.azure.status']
    """
    return iter(facts_of(model))


def facts_of(model: Model) -> dict[str, Any]:
    """Return every fact of a model by its path, those of its offers included.

    >>> facts_of(Model("m", "x", 8192, capabilities={"tools": True}))
    {'context_size': 8192, 'capabilities.tools': True}
    """
    data = model.to_dict()
    for name in _NO_FACTS:
        data.pop(name, None)
    offers = data.pop("connector_metadata", {})
    facts = dict(_leaves(data))
    for key, offer in offers.items():
        facts.update(_leaves(offer, f"connector_metadata.{key}."))
    return facts


def _leaves(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from ((f"{prefix}{name}.{part}", each) for part, each in value.items())
        else:
            yield prefix + name, value


def collapse(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the short form: `*` for what most facts share, and an entry for each path or prefix that differs.

    >>> collapse({"kind": "a@1", "context_size": "a@1", "capabilities.tools": "b@1", "capabilities.vision": "b@1"})
    {'*': 'a@1', 'capabilities': 'b@1'}
    """
    if not labels:
        return {}
    common = _most_common(labels)
    return {"*": common} | _differing({path: path for path in sorted(labels)}, labels, common)


def _differing(rests: Mapping[str, str], labels: Mapping[str, str], inherited: str) -> dict[str, str]:
    """Return the entries that paths need below a prefix whose label they inherit; `rests` is path → what follows it."""
    if all(labels[path] == inherited for path in rests):
        return {}
    short: dict[str, str] = {}
    children: dict[str, dict[str, str]] = {}
    for path, rest in rests.items():
        head, _, tail = rest.partition(".")
        children.setdefault(path[: len(path) - len(rest) + len(head)], {})[path] = tail
    for prefix, below in children.items():
        shared = _most_common({path: labels[path] for path in below})
        leaf = prefix in below
        if leaf:
            shared = labels[prefix]
        if shared != inherited:
            short[prefix] = shared
        deeper = {path: tail for path, tail in below.items() if tail}
        short |= _differing(deeper, labels, shared) if deeper else {}
    return short


def _most_common(labels: Mapping[str, str]) -> str:
    """Return the label of most paths; the user's only if it is everybody's, for `*` speaks for facts to come."""
    counts = Counter(labels.values())
    others = {label: count for label, count in counts.items() if not label.startswith(USER)} or counts
    return min(others, key=lambda label: (-others[label], label))


def mark_changes(old: Model, new: Model, today: str) -> Model:
    """Return `new` with each fact that differs from `old` marked as the user's, as of `today`.

    >>> old = Model("m", "x", 8192, kind="chat", provenance={"*": "litellm@2026-11-20"})
    >>> new = old.copy()
    >>> new.context_size = 4096
    >>> mark_changes(old, new, "2026-11-23").provenance
    {'*': 'litellm@2026-11-20', 'context_size': 'user@2026-11-23'}
    """
    if not old.provenance and not new.provenance:
        return new
    before, after = facts_of(old), facts_of(new)
    labels = dict.fromkeys(after, USER) | labels_of(new)
    labels |= {path: f"{USER}@{today}" for path, value in after.items() if path not in before or before[path] != value}
    if "provider" in new.provenance:
        labels["provider"] = new.provenance["provider"]
    if old.provider != new.provider:
        labels["provider"] = f"{USER}@{today}"
    marked = new.copy()
    marked.provenance = collapse(labels)
    return marked
