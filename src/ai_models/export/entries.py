"""What is exported: each model with the offer that the tool uses, its address, and the name of its key's variable."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ai_models._core.model import Model, Offer
from ai_models.connectors import Choice, Library, TableConnector
from ai_models.connectors.arguments import values
from ai_models.connectors.engine import fill
from ai_models.connectors.offer_choice import Way
from ai_models.errors import ConnectorError
from ai_models.providers import UrlForm

__all__ = ["Entry", "Reach"]

_VARIABLE = re.compile(r"\w+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """A model as a tool reaches it; `made` are the arguments of its way, filled in.

    >>> from ai_models.connectors.table import libraries
    >>> [entry], _ = Reach(libraries()["openai"], "${%s}", env={}).entries([Model("gpt-4", "openai", 8192)])
    >>> entry.id, entry.key, entry.context
    ('gpt-4', '${OPENAI_API_KEY}', 8192)
    """

    model: Model
    way: Way
    key_form: str
    view: Model
    missing: str = ""
    made: dict[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    """The names under which a tool that has names of its own offers the model: its id, unless roles are exported."""

    @property
    def offer(self) -> Offer:
        """The offer that is used."""
        return self.way.offer

    @property
    def id(self) -> str:
        """The provider's id."""
        return self.way.offer.id

    @property
    def name(self) -> str:
        """What a person calls the model."""
        return self.model.name or self.model.id

    @property
    def variable(self) -> str | None:
        """The variable that has the key; `None` where any key will do."""
        endpoint = self.way.endpoint
        if not self.way.route.takes_key or (endpoint.takes_any_key and endpoint.find_key() is None):
            return None
        return endpoint.key_variable

    @property
    def key(self) -> str:
        """The key as the tool's file refers to it, or a placeholder."""
        variable = self.variable
        return self.way.endpoint.placeholder if variable is None else self.key_form.replace("%s", variable)

    def url(self, form: UrlForm) -> str | None:
        """The base URL in one form."""
        return self.way.endpoint.url(form)

    @property
    def context(self) -> int | None:
        """The context in tokens: the effective one of a local server, else the window."""
        effective: int | None = self.offer.facts.get("effective_context")
        return self.view.context_size if effective is None else effective

    @property
    def server(self) -> str:
        """A short name for the server: the provider, and the host where that isn't the provider's own."""
        provider = self.way.endpoint.provider.id
        given = self.way.endpoint.base_url
        text = provider if given is None else f"{provider}-{given.partition('://')[2]}"
        return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "server"


class Reach(TableConnector):
    """Which offer of a model a tool uses: chosen as the connectors do, by routes of the tool's own."""

    def __init__(self, library: Library, key_form: str = "$%s", *, env: Mapping[str, str] | None = None) -> None:
        super().__init__(library.name, env=env)
        self._library = library
        self._key_form = key_form

    @property
    def library(self) -> Library:
        """The tool's routes."""
        return self._library

    def entries(
        self, models: Iterable[Model], via: str | None = None, labels: Mapping[str, Sequence[str]] | None = None
    ) -> tuple[list[Entry], dict[str, str]]:
        """Return an entry for each model, and by id why there is none."""
        found: list[Entry] = []
        left_out: dict[str, str] = {}
        for model in models:
            try:
                entry = self._entry_for(model, via)
            except ConnectorError as error:
                left_out[model.id] = error.reason
                continue
            if isinstance(entry, Entry):
                found.append(replace(entry, labels=tuple((labels or {}).get(model.id, [model.id]))))
            else:
                left_out[model.id] = entry
        return found, left_out

    def _entry_for(self, model: Model, via: str | None) -> Entry | str:
        choice = self._find(model, {"via": via} if via else {})
        if not isinstance(choice, Choice):
            return choice
        way = choice.way
        entry = Entry(model, way, self._key_form, way.offer.as_model(), choice.missing)
        if any("@" in url.partition("://")[2].partition("/")[0] for url in _urls(entry)):
            return "its address holds a login, which is not written down; put it into a variable"
        if entry.variable is not None and not _VARIABLE.fullmatch(entry.variable):
            return f"{entry.variable!r} is no name of a variable"
        entry.made.update(self._filled(way.route.make, way, {}, {"api_key": entry.key, "api_key!": entry.key}))
        return entry

    def _filled(
        self, template: Mapping[str, Any], way: Way, settings: Mapping[str, Any], keys: Mapping[str, Any]
    ) -> dict[str, Any]:
        super()._filled(template, way, settings, keys)  # raises where the address is not known
        known = values(way, settings) | dict(keys)
        filled: dict[str, Any] = fill(dict(template), known | self._own_id(template, way, known))
        return filled

    def _kwargs(self, model: Model, settings: Mapping[str, Any]) -> dict[str, Any]:
        return {}  # a user's own arguments may hold a key


def _urls(entry: Entry) -> Iterator[str]:
    forms: tuple[UrlForm, ...] = ("openai", "root", "anthropic")
    return (url for form in forms if (url := entry.url(form)))
