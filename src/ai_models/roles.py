"""Roles: names for what a model must be, such as `fast`; which model that is now is worked out when it is asked."""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ai_models._core.lookup import Resolution
from ai_models._core.nearest import nearest
from ai_models._core.query import parse_query, parse_query_text
from ai_models._core.registry import ModelRegistry
from ai_models.changes import Change, utc_now
from ai_models.costs.records import Workload
from ai_models.errors import InvalidModelError, ModelNotFoundError, RoleNotFoundError, printable
from ai_models.pick import Choice, Picker
from ai_models.pick.preferences import parse_preferences

__all__ = ["ROLE", "Role", "Roles"]

ROLE = "role"
"""The path of a change of what a role means."""

_META = "roles"


@dataclass(frozen=True, slots=True)
class Role:
    """What a model must be for a role: a query, what is preferred, and the workload that prices are of.

    `available` and `via` are those of `pick`; `last` is the model that it meant when it was last refreshed,
    `None` before that, or when none fitted.

    >>> Role({"capabilities.tools": True}).prefer
    ('price',)
    """

    query: Mapping[str, Any] = field(default_factory=dict)
    prefer: tuple[str, ...] = ("price",)
    workload: Workload | None = None
    available: bool | None = None
    via: str | None = None
    note: str | None = None
    last: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the role as JSON-ready data, what isn't set left out.

        >>> Role({"lab": "mistral"}).to_dict()
        {'query': {'lab': 'mistral'}, 'prefer': ['price']}
        """
        data: dict[str, Any] = {"query": dict(self.query), "prefer": list(self.prefer)}
        if self.workload is not None:
            data["workload"] = {name: getattr(self.workload, name) for name in _COUNTS}
            data["workload"]["units"] = dict(self.workload.units)
        rest = {name: getattr(self, name) for name in ("available", "via", "note", "last")}
        return data | {name: value for name, value in rest.items() if value is not None}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Role":
        """Return the role that `to_dict` wrote.

        >>> Role.from_dict({"query": {"lab": "mistral"}, "prefer": ["newest"]}).prefer
        ('newest',)
        """
        load = data.get("workload")
        known = {name: data[name] for name in ("query", "available", "via", "note", "last") if name in data}
        workload = None if load is None else Workload(**load)
        return cls(**known, prefer=tuple(data.get("prefer", ("price",))), workload=workload)


class Roles(MutableMapping[str, Role]):
    """The roles of a registry by name, kept with it, each usable wherever an id of what the picker picks from is.

    >>> from ai_models.costs import Costs
    >>> models = ModelRegistry()
    >>> models["m"] = {"provider": "x", "cost_per_token": {"input": 1e-06, "output": 2e-06}}
    >>> roles = Roles(models, Picker(models, Costs(models)))
    >>> roles.set("fast", {"provider": "x"}, note="what answers at once")
    >>> models["fast"].id
    'm'
    """

    def __init__(self, models: ModelRegistry, picker: Picker) -> None:
        self._models = models
        self.picker = picker
        self._known: dict[str, tuple[tuple[int, date, Role], Choice]] = {}
        picker.models.roles = self.meaning

    def __getitem__(self, name: str) -> Role:
        return Role.from_dict(self._checked(name)[name])

    def __setitem__(self, name: str, role: Role) -> None:
        if not name.strip():
            raise InvalidModelError("role", name, "a role's name is a text that is not empty")
        taken = self.picker.models.holder(name, "id", "alias", "name")
        if taken is not None:
            raise InvalidModelError("role", name, f"that is a name of the model {printable(taken)}; take another one")
        parse_query(role.query)
        parse_preferences(role.prefer, self.picker.models)
        self._write({**self._kept(), name: role.to_dict()})

    def __delitem__(self, name: str) -> None:
        self._write({other: kept for other, kept in self._checked(name).items() if other != name})

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept())

    def __len__(self) -> int:
        return len(self._kept())

    def set(
        self,
        name: str,
        query: Mapping[str, Any] | str | None = None,
        *,
        prefer: str | Iterable[str] = ("price",),
        workload: Workload | None = None,
        available: bool | None = None,
        via: str | None = None,
        note: str | None = None,
    ) -> None:
        """Set a role: a query, as data or as text, and what is preferred, as in `pick`.

        Raise `InvalidModelError` for a name that a model has, `QueryError` for what can't be understood.
        """
        asked = parse_query_text(query) if isinstance(query, str) else query or {}
        order = [each.name for each in parse_preferences(prefer, self.picker.models)]
        self[name] = Role(dict(asked), tuple(order), workload, available, via, note)
        self._remember(name, self.choice(name))

    def choice(self, name: str) -> Choice:
        """Return what is picked for a role now: the best, those after it, and why not the others."""
        role = self[name]
        now = self.picker.models.revision, date.today(), replace(role, last=None)
        known = self._known.get(name)
        if known is None or known[0] != now or role.available is not None:
            made = self.picker.pick(
                role.query, prefer=role.prefer, workload=role.workload, available=role.available, via=role.via
            )
            known = self._known[name] = now, made
        return known[1]

    def resolve(self, name: str) -> Resolution:
        """Return the model that a role means now, with the reason in its trace.

        Raise `RoleNotFoundError` for no such role, `ModelNotFoundError` with the nearest misses if no model fits.
        """
        choice = self.choice(name)
        best = choice.best
        if best is None:
            misses = "; ".join(f"{printable(id)}: {reason}" for id, reason in list(choice.near_misses.items())[:2])
            hint = f"fits the role {printable(name)}" + (f" (nearest: {misses})" if misses else "")
            raise ModelNotFoundError(name, hint=f": none {hint}")
        reason = f"{name!r} is a role, which {best.id!r} fits best: {best.why}"
        return Resolution(best.id, "role", (reason,), self.picker.models[best.id])

    def labels(self, models: Any) -> dict[str, list[str]]:
        """Return for ids and names of roles, by the id of the model, under which names to export it; `{}` for a query.

        >>> from ai_models.costs import Costs
        >>> models = ModelRegistry()
        >>> models["m"] = {"provider": "x"}
        >>> roles = Roles(models, Picker(models, Costs(models)))
        >>> roles.set("fast")
        >>> roles.labels(["fast"]), roles.labels(["m"])
        ({'m': ['fast']}, {'m': ['m']})
        """
        found: dict[str, list[str]] = {}
        if isinstance(models, Mapping) or not len(self):
            return found
        for text in [models] if isinstance(models, str) else models:
            meant = self.picker.models.resolve(text)
            label = text if meant.how == "role" else meant.id
            if label not in found.setdefault(meant.id, []):
                found[meant.id].append(label)
        return found

    def refresh(self) -> list[Change]:
        """Work out anew what each role means, keep it, and return those that mean another model than before.

        Each is a change at `role`, its id the role's name.
        """
        when = utc_now()
        found = [(name, self[name].last, self.choice(name)) for name in self]
        for name, _, choice in found:
            self._remember(name, choice)
        now = [(name, old, choice.best.id if choice.best else None) for name, old, choice in found]
        return [Change(when, "changed", name, ROLE, old, new) for name, old, new in now if old != new]

    def _remember(self, name: str, choice: Choice) -> None:
        meant = choice.best.id if choice.best else None
        role = self[name]
        if role.last != meant:
            self._write({**self._kept(), name: replace(role, last=meant).to_dict()})

    def meaning(self, name: str) -> Resolution | None:
        """Return what a name means as a role, `None` if it is none: what a registry asks where no model has the name.

        Raise `ModelNotFoundError` for a role that no model fits.
        """
        return self.resolve(name) if name in self._kept() else None

    def _checked(self, name: str) -> dict[str, Any]:
        kept = self._kept()
        if name not in kept:
            raise RoleNotFoundError(name, nearest(name, kept, 3))
        return kept

    def _kept(self) -> dict[str, Any]:
        kept: dict[str, Any] = self._models.meta.get(_META) or {}
        return kept

    def _write(self, roles: Mapping[str, Any]) -> None:
        with self._models.batch():
            self._models.meta[_META] = dict(roles)


_COUNTS = ("input_tokens", "output_tokens", "calls", "cached_tokens", "images")
