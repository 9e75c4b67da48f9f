"""Facts as they are typed: `context_size 128k`, `price.input 0.15`, `capabilities.vision yes`."""

import json
from collections.abc import Mapping
from typing import Any

from ai_models._core.capabilities import canonical_capability
from ai_models._core.model import FIELDS, Model
from ai_models._core.pricing import per_token
from ai_models._core.provenance import collapse, labels_of
from ai_models._core.query.paths import near_fields
from ai_models._core.trust import USER, trust_rank
from ai_models.cli.command import parse_names, parse_price, parse_tokens
from ai_models.errors import InvalidModelError

_COUNTS = ("context_size", "max_input_tokens", "max_output_tokens", "parameters")
_FLAGS = ("is_local", "open_weights")
_NAMES = ("input_modalities", "output_modalities", "aliases", "tags")
_WORDS = {"yes": True, "true": True, "no": False, "false": False}
_SHORT = {"context": "context_size", "max_output": "max_output_tokens", "max_input": "max_input_tokens"}
_WITHIN = {
    "price": "price.input",
    "cost_per_token": "cost_per_token.input",
    "cost_per_unit": "cost_per_unit.image",
    "capabilities": "capabilities.vision",
    "custom_metadata": "custom_metadata.team",
}
_NOT_FACTS = ("id", "provenance", "conflicts")


def parse_fact(path: str, text: str) -> tuple[str, Any]:
    """Return the path and the value of a fact that was typed; raise `InvalidModelError` if it can't be one.

    `price.PART` takes USD per million tokens, `cost_per_token.PART` USD per token.

    >>> parse_fact("context", "128k"), parse_fact("price.input", "0.15"), parse_fact("capabilities.tool_call", "no")
    (('context_size', 128000), ('cost_per_token.input', 1.5e-07), ('capabilities.tools', False))
    """
    full = full_path(path)
    try:
        return full, _parse(path.partition(".")[0], full, text)
    except (ValueError, OverflowError) as error:
        if isinstance(error, InvalidModelError):
            raise
        raise InvalidModelError(full, text, _expected(path)) from None


def full_path(path: str) -> str:
    """Return the path in a Model that a typed one means.

    >>> full_path("context"), full_path("price.output"), full_path("capabilities.function_calling")
    ('context_size', 'cost_per_token.output', 'capabilities.tools')
    """
    field, _, part = path.partition(".")
    field = {"price": "cost_per_token", **_SHORT}.get(field, field)
    if field not in FIELDS or field in _NOT_FACTS:
        fields = near_fields(field, [*_SHORT, "price.input", "price.output"])
        near = [each for each in fields if each not in _NOT_FACTS]
        hint = f"; did you mean {near[0]!r}?" if near else "; use 'ai-models note' for your own words"
        raise InvalidModelError(field, path, f"no fact of a model that you can set{hint}")
    if field == "capabilities" and part:
        part = canonical_capability(part)
    return f"{field}.{part}" if part else field


def _parse(typed: str, path: str, text: str) -> Any:
    field, _, part = path.partition(".")
    if typed in _WITHIN and not part and not text.startswith("{"):
        raise InvalidModelError(typed, text, f"say which of them, such as {_WITHIN[typed]}")
    if typed == "price" and part:
        return per_token(parse_price(text))
    if field in _COUNTS:
        return parse_tokens(text)
    if field in _FLAGS or (field == "capabilities" and part):
        return _WORDS[text.lower()] if text.lower() in _WORDS else _json(text)
    if field in _NAMES and not text.startswith("["):
        return parse_names(text)
    return _json(text) if part or text[:1] in "[{" else text


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _expected(path: str) -> str:
    if path.startswith("price"):
        return "expected USD per million tokens, such as 0.15"
    return "expected a whole number such as 8192, 128k or 1M"


def with_fact(model: Model, path: str, value: Any) -> Model:
    """Return a copy of the model with one fact changed (`None`: taken away); raise `InvalidModelError` for a wrong one.

    >>> with_fact(Model("m", "x"), "capabilities.vision", True).supports("vision")
    True
    """
    data = model.copy().to_dict()
    field, _, part = path.partition(".")
    if part:
        facts = dict(data.get(field) or {})
        facts.pop(part, None) if value is None else facts.__setitem__(part, value)
        data[field] = facts
    elif value is None:
        data.pop(field, None)
    else:
        data[field] = value
    return Model.from_dict(data, where=model.id)


def override(model: Model, path: str, value: Any) -> Model:
    """Return a copy of the model with a fact of the user's; what it overrules is kept as a claim of its source.

    >>> model = Model("m", "x", 8192, provenance={"*": "litellm@2026-11-20"})
    >>> override(model, "context_size", 4096).conflicts
    {'context_size': {'litellm@2026-11-20': 8192}}
    """
    before, changed = fact_at(model, path), with_fact(model, path, value)
    source = (model.provenance_of(path) or USER).split(" ")[0]
    if before is not None and before != value and not source.startswith(USER):
        changed.conflicts[path] = {source: before, **changed.conflicts.get(path, {})}
    return changed


def take_back(model: Model, path: str) -> Model:
    """Return a copy of the model without the user's own value: the best claim of a source counts, or nothing is known.

    >>> model = Model("m", "x", 8192, provenance={"*": "litellm@2026-11-20", "context_size": "user@2026-11-23"},
    ...     conflicts={"context_size": {"litellm@2026-11-20": 4096}})
    >>> take_back(model, "context_size").context_size, take_back(model, "context_size").provenance
    (4096, {'*': 'litellm@2026-11-20'})
    """
    if not (model.provenance_of(path) or USER).startswith(USER):
        raise InvalidModelError(path, fact_at(model, path), "this value isn't yours; nothing to take back", model.id)
    claims = model.conflicts.get(path, {})
    label = min(claims, key=lambda each: trust_rank(each.partition("@")[0], model.provider), default=None)
    value = None if label is None else claims[label]
    labels = labels_of(model)
    restored = with_fact(model, path, value)
    labels.pop(path, None)
    if label is not None:
        labels[path] = label
        restored.conflicts[path].pop(label)
        restored.conflicts = {each: left for each, left in restored.conflicts.items() if left}
    restored.provenance = collapse(labels)
    return restored


def fact_at(model: Model, path: str) -> Any:
    """Return the fact at a path, `None` if it is unknown.

    >>> fact_at(Model("m", "x", cost_per_token={"input": 0.0}), "cost_per_token.input")
    0.0
    """
    field, _, part = path.partition(".")
    value = getattr(model, field)
    while part and isinstance(value, Mapping):
        if part in value:
            return value[part]
        head, _, part = part.partition(".")
        value = value.get(head)
    return None if part else value
