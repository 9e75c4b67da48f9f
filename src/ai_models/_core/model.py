"""`Model`, the one record of a model, and `Offer`, the model as one provider serves it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Self

from ai_models._core.capabilities import canonical_capability, normalise_capabilities
from ai_models._core.nearest import MEANT, nearest
from ai_models._core.pricing import Pricing
from ai_models.errors import InvalidModelError, ProviderNotFoundError

KINDS: tuple[str, ...] = (
    "chat",
    "completion",
    "embedding",
    "image",
    "moderation",
    "ocr",
    "realtime",
    "rerank",
    "search",
    "speech",
    "transcription",
    "video",
)
"""What a model is for; `None` means unknown."""

PRICE_FIELDS = ("cost_per_token", "cost_per_unit", "price_tiers")
"""Fields that hold what a provider asks."""

LIFECYCLE_FIELDS = ("deprecated", "retired", "retires_not_before", "successor", "status")
"""Fields that say how long a provider serves a model."""

OFFER_BOUND = frozenset((*PRICE_FIELDS, "max_input_tokens", "max_output_tokens", *LIFECYCLE_FIELDS))
"""Fields that one provider's offer never inherits from another's: prices, caps, and how long it is served."""


class _Recorded:
    """What lets a Model stand on its stored record and copy a field out of it when it is first read.

    A registry of thousands opens, and hands out models that share nothing, at next to no cost.
    """

    __slots__ = ("_record",)
    _record: Mapping[str, Any]

    if not TYPE_CHECKING:  # a misspelt field stays an error for a type checker

        def __getattr__(self, name: str) -> Any:
            if name not in _FIELD_SET:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            value = self._record.get(name)
            if value is None:
                value = _FACTORIES[name]() if name in _FACTORIES else _DEFAULTS.get(name)
            elif isinstance(value, dict | list):
                value = set(value) if name == "tags" else deep_copy(value)
            setattr(self, name, value)
            return value

    @classmethod
    def on_record(cls, record: Mapping[str, Any]) -> Self:
        """Return the model of a checked record (`record.py`), which must not change afterwards.

        >>> Model.on_record({"id": "gpt-4", "provider": "openai"}) == Model("gpt-4", "openai")
        True
        """
        model = object.__new__(cls)
        model._record = record
        return model

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        return None, {name: getattr(self, name) for name in FIELDS}


@dataclass(slots=True, repr=False)
class Model(_Recorded):
    """One AI model: what is known about it, by whom it is served, and what you noted about it.

    Token counts are in tokens, prices in US dollars for one token (`cost_per_token`) or one
    unit (`cost_per_unit`), dates are ISO text. `None` or a missing key means *unknown*,
    never zero and never "no". The facts are those of the default server, `provider`;
    `via` gives the model as another provider serves it.

    >>> model = Model("gpt-4", "openai", context_size=8192, capabilities={"function_calling": True})
    >>> model.supports("tools"), model.supports("vision")
    (True, None)
    >>> model.cost_per_token.get("input") is None
    True
    """

    id: str
    provider: str
    context_size: int | None = None
    is_local: bool = False
    capabilities: dict[str, Any] = field(default_factory=dict)
    cost_per_token: dict[str, float] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    connector_metadata: dict[str, dict[str, Any]] = field(default_factory=dict)
    custom_metadata: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    lab: str | None = None
    family: str | None = None
    kind: str | None = None
    aliases: list[str] = field(default_factory=list)
    version: str | None = None
    base: str | None = None
    input_modalities: list[str] = field(default_factory=list)
    output_modalities: list[str] = field(default_factory=list)
    max_input_tokens: int | None = None
    max_output_tokens: int | None = None
    cost_per_unit: dict[str, float] = field(default_factory=dict)
    price_tiers: list[dict[str, Any]] = field(default_factory=list)
    benchmarks: list[dict[str, Any]] = field(default_factory=list)
    knowledge_cutoff: str | None = None
    released: str | None = None
    deprecated: str | None = None
    retired: str | None = None
    retires_not_before: str | None = None
    successor: str | None = None
    open_weights: bool | None = None
    license: str | None = None
    parameters: int | None = None
    status: str | None = None
    provenance: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given: Any = self.id
        if not isinstance(given, str) or not given.strip():
            raise InvalidModelError("id", self.id, "a model's id is a text that is not empty")
        if self.capabilities:
            self.capabilities = normalise_capabilities(self.capabilities)
        if not isinstance(self.tags, set):
            self.tags = set(self.tags)

    def __repr__(self) -> str:
        """Return the model's own facts that are known, with the number of its offers in place of the offers."""
        known = {name: value for name, value in self.to_dict().items() if name not in _UNSHOWN}
        shown = [f"{name}={value!r}" for name, value in known.items()]
        offers = f", {len(self.connector_metadata)} offers" if self.connector_metadata else ""
        return f"Model({', '.join(shown)}{offers})"

    @property
    def context_window(self) -> int | None:
        """The whole window in tokens, input and output together: `context_size` by its other name."""
        return self.context_size

    @property
    def pricing(self) -> Pricing:
        """What `provider` asks, exact and per million tokens.

        >>> Model("m", "openai", cost_per_token={"input": 3.3e-06}).pricing.input_per_mtok
        Decimal('3.3')
        """
        source, date = _first_label(self.provenance_of("cost_per_token.input") or self.provenance_of("cost_per_token"))
        return Pricing(self.cost_per_token, self.cost_per_unit, tuple(self.price_tiers), source, date)

    @property
    def offers(self) -> dict[str, "Offer"]:
        """The model as each provider serves it, by `provider` or `provider:variant`, the default server first.

        >>> list(Model("gpt-4", "openai", connector_metadata={"azure": {"id": "my-gpt4"}}).offers)
        ['openai', 'azure']
        """
        keys = sorted(self.connector_metadata, key=lambda key: _provider_of(key) != self.provider)
        if not any(_provider_of(key) == self.provider for key in keys):
            keys.insert(0, self.provider)
        return {key: Offer(key, self.connector_metadata.get(key, {}), self) for key in keys}

    @property
    def gone(self) -> str | None:
        """The date on which the last provider was seen to list it no more; `None` while any still does."""
        dates = [offer.get("gone") for offer in self.connector_metadata.values()]
        return max(filter(None, dates)) if dates and all(dates) else None

    def supports(self, capability: str) -> bool | None:
        """Return whether the model has a capability: `True`, `False`, or `None` for unknown.

        >>> Model("m", "openai", capabilities={"vision": False}).supports("image_input")
        False
        """
        value = self.capabilities.get(capability)
        if value is None:
            value = self.capabilities.get(canonical_capability(capability))
        return None if value is None else bool(value)

    def offer(self, provider: str) -> "Offer":
        """Return the offer of a provider, by `provider:variant` or by `provider` alone, whose first it then is.

        >>> model = Model("claude", "anthropic", connector_metadata={"bedrock:us": {"id": "us.claude-v1:0"}})
        >>> model.offer("bedrock").id
        'us.claude-v1:0'
        """
        offers = self.offers
        if provider in offers:
            return offers[provider]
        for key, found in offers.items():
            if found.provider == provider:
                return offers[key]
        raise ProviderNotFoundError(provider, nearest(provider, offers), f"(that serves {self.id})")

    def via(self, provider: str) -> "Model":
        """Return the model as one provider serves it: its limits, its status, and its price alone.

        >>> model = Model("gpt-4", "openai", cost_per_token={"input": 3e-05}, connector_metadata={
        ...     "openai": {"id": "gpt-4"}, "openrouter": {"id": "openai/gpt-4", "context_size": 8191}})
        >>> served = model.via("openrouter")
        >>> served.context_size, served.cost_per_token, served.provider
        (8191, {}, 'openrouter')
        """
        return self.offer(provider).as_model()

    def provenance_of(self, path: str) -> str | None:
        """Return who states the fact at `path`, as `source@date` labels in order of trust; `None` if nobody is known.

        >>> model = Model("m", "x", provenance={"*": "litellm@2026-11-20", "capabilities": "user@2026-11-21"})
        >>> model.provenance_of("capabilities.vision"), model.provenance_of("context_size")
        ('user@2026-11-21', 'litellm@2026-11-20')
        """
        return provenance_at(self.provenance, path)

    def to_dict(self) -> dict[str, Any]:
        """Return the model as JSON-ready data, what is unknown or empty left out.

        >>> Model("gpt-4", "openai", tags={"b", "a"}).to_dict()
        {'id': 'gpt-4', 'provider': 'openai', 'tags': ['a', 'b']}
        """
        data = {name: getattr(self, name) for name in FIELDS}
        data["tags"] = sorted(self.tags)
        if not self.is_local:
            del data["is_local"]
        return {name: value for name, value in data.items() if value is not None and value != [] and value != {}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, where: str = "") -> "Model":
        """Return the model that `to_dict` wrote; raise `InvalidModelError` that names the wrong field.

        >>> Model.from_dict({"id": "gpt-4", "provider": "openai", "context_size": "big"})
        Traceback (most recent call last):
            ...
        ai_models.errors.InvalidModelError: context_size='big' in gpt-4: expected a whole number
        """
        for name in data:
            if name not in _FIELD_SET:
                near = nearest(str(name), FIELDS, 1, MEANT)
                hint = f"; did you mean {near[0]!r}?" if near else "; put your own facts into custom_metadata"
                raise InvalidModelError(str(name), data[name], f"a model has no such field{hint}", where)
        for name in ("id", "provider"):
            if not isinstance(data.get(name), str):
                raise InvalidModelError(name, data.get(name), "expected a text", where)
        check_fields(data, where or data["id"])
        return cls(**data)

    def copy(self) -> "Model":
        """Return a copy that shares nothing mutable with this one."""
        return replace(self, **{name: deep_copy(getattr(self, name)) for name in _CONTAINERS})


@dataclass(frozen=True, slots=True)
class Offer:
    """One model as one provider serves it: the id on the wire, and the facts that differ there.

    >>> model = Model("gpt-4", "openai", connector_metadata={"openrouter:free": {"id": "openai/gpt-4:free"}})
    >>> offer = model.offer("openrouter")
    >>> offer.provider, offer.variant, offer.id
    ('openrouter', 'free', 'openai/gpt-4:free')
    """

    key: str
    facts: Mapping[str, Any]
    model: Model = field(repr=False)

    @property
    def provider(self) -> str:
        """Who serves and bills."""
        return _provider_of(self.key)

    @property
    def variant(self) -> str | None:
        """How these weights are served here (`free`, a region, a quantisation); `None` for the plain one."""
        return self.key.partition(":")[2] or None

    @property
    def id(self) -> str:
        """The id that this provider's API wants."""
        return str(self.facts.get("id") or self.model.id)

    @property
    def is_local(self) -> bool:
        """Whether the server runs on hardware of your own."""
        default = self.model.is_local and self.key not in self.model.connector_metadata
        return bool(self.facts.get("is_local", default))

    @property
    def is_default(self) -> bool:
        """Whether the model's own facts and prices are this offer's: it is the first of the default server."""
        own = (key for key in self.model.connector_metadata if _provider_of(key) == self.model.provider)
        return self.key == next(own, self.model.provider)

    @property
    def gone(self) -> str | None:
        """The date on which the provider was seen to list it no more; `None` while it does."""
        return self.facts.get("gone")

    @property
    def pricing(self) -> Pricing:
        """What this provider asks; never what another one does."""
        return self.as_model().pricing

    def as_model(self) -> Model:
        """Return the whole model with this offer's facts in place of the default server's."""
        model = self.model.copy()
        model.is_local = self.is_local
        model.provider = self.provider
        if not self.is_default:
            for name in OFFER_BOUND:
                setattr(model, name, _FACTORIES[name]() if name in _FACTORIES else None)
        for name, value in self.facts.items():
            if name == "capabilities":
                model.capabilities |= value
            elif name in SERVED_FIELDS:
                setattr(model, name, deep_copy(value))
        model.provenance = model.provenance | self._own_provenance()
        return model

    def _own_provenance(self) -> dict[str, str]:
        """Return the labels of this offer's facts, by the paths these facts have in the returned model."""
        own: dict[str, str] = {}
        for path in leaf_paths({name: value for name, value in self.facts.items() if name in SERVED_FIELDS}):
            label = self.model.provenance_of(f"connector_metadata.{self.key}.{path}")
            if label is not None:
                own[path] = label
        return own


FIELDS: tuple[str, ...] = tuple(each.name for each in fields(Model))
"""The fields of a Model, in order."""

_FIELD_SET = frozenset(FIELDS)
_FACTORIES = {each.name: each.default_factory for each in fields(Model) if each.default_factory is not MISSING}
_DEFAULTS = {each.name: each.default for each in fields(Model) if each.default is not MISSING}
_CONTAINERS = tuple(_FACTORIES)
_UNSHOWN = ("connector_metadata", "provenance", "conflicts")
_NOT_SERVED = {"id", "provider", "is_local", "tags", "connector_metadata", "custom_metadata", "aliases", "provenance"}
SERVED_FIELDS = _FIELD_SET - _NOT_SERVED - {"conflicts", "lab", "base"}
"""What an offer may state for itself."""

_NUMBER = "expected a number that is not negative"
_DATES = ("knowledge_cutoff", "released", "deprecated", "retired", "retires_not_before")
_TEXTS = ("name", "lab", "family", "kind", "version", "base", "successor", "license", "status")
_COUNTS = ("context_size", "max_input_tokens", "max_output_tokens", "parameters")
_PRICES = ("cost_per_token", "cost_per_unit")
_MAPPINGS = ("capabilities", "connector_metadata", "custom_metadata", "provenance", "conflicts")
_TEXT_LISTS = ("aliases", "input_modalities", "output_modalities")
_OBJECT_LISTS = ("price_tiers", "benchmarks")


def check_fields(data: Mapping[str, Any], where: str) -> None:
    """Raise `InvalidModelError` for the first field whose value a Model can't hold; `where` names the model.

    >>> check_fields({"cost_per_token": {"input": -1}}, "gpt-4")
    Traceback (most recent call last):
        ...
    ai_models.errors.InvalidModelError: cost_per_token.input=-1 in gpt-4: expected a number that is not negative
    """
    _check_each(data, _CHECKS, where)
    offers = data.get("connector_metadata") or {}
    for key, offer in offers.items():
        if not isinstance(offer, dict):
            raise InvalidModelError(f"connector_metadata.{key}", offer, "expected a mapping such as {'id': …}", where)
        _check_each(offer, _OFFER_CHECKS, f"{where} via {key}")
        if not isinstance(offer.get("id", ""), str):
            raise InvalidModelError(f"connector_metadata.{key}.id", offer["id"], "expected a text", where)


def _check_each(data: Mapping[str, Any], checks: Mapping[str, "_Check"], where: str) -> None:
    for name, value in data.items():
        check = checks.get(name)
        if check is not None and value is not None and type(value) is not _ENOUGH.get(name):
            check(name, value, where)


def _check_count(name: str, value: Any, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidModelError(name, value, "expected a whole number", where)
    if value < 0:
        raise InvalidModelError(name, value, _NUMBER, where)


def _check_prices(name: str, value: Any, where: str) -> None:
    _check_mapping(name, value, where)
    for part, price in value.items():
        if isinstance(price, bool) or not isinstance(price, int | float) or not 0 <= price < float("inf"):
            raise InvalidModelError(f"{name}.{part}", price, _NUMBER, where)


def _check_text(name: str, value: Any, where: str) -> None:
    if not isinstance(value, str):
        raise InvalidModelError(name, value, "expected a text", where)


def _check_date(name: str, value: Any, where: str) -> None:
    text = value if isinstance(value, str) else ""
    parts = text[:10].split("-")
    if not (parts[0].isdigit() and len(parts[0]) == 4 and all(len(p) == 2 and p.isdigit() for p in parts[1:])):
        raise InvalidModelError(name, value, "expected a date such as '2026-11-23' or '2026-11'", where)


def _check_mapping(name: str, value: Any, where: str) -> None:
    if not isinstance(value, dict):
        raise InvalidModelError(name, value, "expected a mapping", where)


def _check_texts(name: str, value: Any, where: str) -> None:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InvalidModelError(name, value, "expected a list of texts", where)


def _check_objects(name: str, value: Any, where: str) -> None:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise InvalidModelError(name, value, "expected a list of objects", where)


def _check_flag(name: str, value: Any, where: str) -> None:
    if not isinstance(value, bool):
        raise InvalidModelError(name, value, "expected true or false", where)


def _check_tags(name: str, value: Any, where: str) -> None:
    if not isinstance(value, list | set | tuple) or not all(isinstance(tag, str) for tag in value):
        raise InvalidModelError(name, value, "expected a list of texts", where)


_Check = Callable[[str, Any, str], None]

_CHECKS: dict[str, _Check] = {
    **dict.fromkeys(_COUNTS, _check_count),
    **dict.fromkeys(_PRICES, _check_prices),
    **dict.fromkeys(_TEXTS, _check_text),
    **dict.fromkeys(_DATES, _check_date),
    **dict.fromkeys(_MAPPINGS, _check_mapping),
    **dict.fromkeys(_TEXT_LISTS, _check_texts),
    **dict.fromkeys(_OBJECT_LISTS, _check_objects),
    **dict.fromkeys(("is_local", "open_weights"), _check_flag),
    "tags": _check_tags,
}
_OFFER_CHECKS = {name: check for name, check in _CHECKS.items() if name in SERVED_FIELDS}
_ENOUGH: dict[str, type] = {
    **dict.fromkeys(_TEXTS, str),
    **dict.fromkeys(_MAPPINGS, dict),
    **dict.fromkeys(("is_local", "open_weights"), bool),
}
"""The types that need no further check."""


def leaf_paths(data: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted path of every fact, one level into mappings: the unit of provenance.

    >>> list(leaf_paths({"context_size": 8192, "capabilities": {"tools": True}}))
    ['context_size', 'capabilities.tools']
    """
    for name, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from (f"{prefix}{name}.{part}" for part in value)
        else:
            yield f"{prefix}{name}"


def provenance_at(provenance: Mapping[str, str], path: str) -> str | None:
    """Return the labels at `path` or at its longest recorded prefix, then at `*`; `None` if there are none."""
    while path:
        if path in provenance:
            return provenance[path]
        path = path.rpartition(".")[0]
    return provenance.get("*")


def deep_copy(value: Any) -> Any:
    """Return a copy of JSON-like data, sets included, that shares nothing mutable with it."""
    if isinstance(value, dict):
        return {key: deep_copy(each) for key, each in value.items()}
    if isinstance(value, list):
        return [deep_copy(each) for each in value]
    return set(value) if isinstance(value, set) else value


def _provider_of(key: str) -> str:
    return key.partition(":")[0]


def _first_label(labels: str | None) -> tuple[str | None, str | None]:
    if not labels:
        return None, None
    source, _, date = labels.split(" ", 1)[0].partition("@")
    return source, date or None
