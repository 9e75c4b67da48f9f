"""Provenance in its two forms: one label for every fact, and the short form that is stored."""

from collections import Counter
from collections.abc import Iterable, Mapping

from ai_models._core.model import Model, leaf_paths, provenance_at
from ai_models._core.trust import USER


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
    data = model.to_dict()
    for name in ("id", "provider", "provenance", "conflicts", "tags", "custom_metadata", "aliases", "is_local"):
        data.pop(name, None)
    offers = data.pop("connector_metadata", {})
    yield from leaf_paths(data)
    for key, offer in offers.items():
        yield from leaf_paths(offer, f"connector_metadata.{key}.")


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
