"""What a source of models and a connector to a client library must offer: the two extension points."""

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ai_models._core.model import Model
from ai_models.errors import ConnectorError


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """One row of an answer that is no model, with its number from 0 and the reason."""

    row: int
    reason: str
    id: str | None = None


@dataclass(slots=True)
class Listing:
    """One answer of a source: its models, the rows that were none, and where it comes from.

    `origin` is `live`, `unchanged` (the server said so), `cache`, `stale` (the server failed, an
    older answer serves) or `embedded`; `date` is the day (ISO text) on which the source said it.
    """

    models: list[Model]
    skipped: list[SkippedRow] = field(default_factory=list)
    origin: str = "live"
    date: str | None = None
    note: str = ""


class ModelSource(ABC):
    """A place that knows models: implement `discover_models`, and nothing else is needed.

    A model that it yields has the id that its provider uses; which model that is in the
    registry is found out later. `provider` names the provider whose complete own list this
    is, so that a model missing from it is known to be gone; `None` for anything else. `merged`
    sources yield models under the registry's own ids, with their provenance, as a catalogue does.
    A source that isn't asked `by_default` waits to be named. What a source says that `annotates` is added to the
    models that are known: it brings benchmark scores, and no model and no offer of its own. `label` is what
    its facts are labelled with, if not its name.

    >>> class Fixed(ModelSource):
    ...     def discover_models(self):
    ...         yield Model("my-model", "my-server", context_size=4096)
    >>> Fixed().name, [model.id for model in Fixed().discover_models()]
    ('fixed', ['my-model'])
    """

    name: str = ""
    provider: str | None = None
    is_local: bool = False
    merged: bool = False
    annotates: bool = False
    label: str = ""

    @property
    def by_default(self) -> bool:
        """Whether a discovery asks this source unless told which."""
        return True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "name" not in cls.__dict__ and not getattr(cls, "name", ""):
            words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__.removesuffix("Source") or cls.__name__)
            cls.name = words.lower()

    @abstractmethod
    def discover_models(self) -> Iterable[Model]:
        """Ask the source and return its models; raise `SourceError` when it fails."""

    def listing(self) -> Listing:
        """Ask the source and return its whole answer."""
        return Listing(list(self.discover_models()), date=date.today().isoformat())


class AsyncModelSource(ModelSource):
    """A source that is asked asynchronously: implement `adiscover_models`.

    >>> class Remote(AsyncModelSource):
    ...     async def adiscover_models(self):
    ...         yield Model("m", "remote")
    >>> [model.id for model in Remote().discover_models()]
    ['m']
    """

    @abstractmethod
    def adiscover_models(self) -> AsyncIterator[Model]:
        """Ask the source and yield its models; raise `SourceError` when it fails."""

    def discover_models(self) -> Iterable[Model]:
        """Ask the source, from code that isn't asynchronous."""
        import asyncio  # here, because asyncio takes longer to import than all of this package

        return asyncio.run(self.alisting()).models

    async def alisting(self) -> Listing:
        """Ask the source and return its whole answer."""
        return Listing([model async for model in self.adiscover_models()], date=date.today().isoformat())


@dataclass(frozen=True, slots=True)
class Support:
    """Whether a connector can use a model: true or false, and why.

    >>> bool(Support(False, "embedding models have no chat")), Support(True).reason
    (False, '')
    """

    ok: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.ok


class Connector(ABC):
    """Tells one client library how to call a model: implement `name` and `format_metadata`.

    >>> class Mine(Connector):
    ...     name = "mine"
    ...     def format_metadata(self, model):
    ...         return {"model_id": model.id}
    >>> Mine().format_metadata(Model("gpt-4", "openai"))
    {'model_id': 'gpt-4'}
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """The name under which the connector is registered."""

    @abstractmethod
    def format_metadata(self, model: Model) -> dict[str, Any]:
        """Return exactly the arguments that the client's call wants: JSON-ready, pure, without a secret."""

    def supports(self, model: Model) -> Support:
        """Return whether the library can call this model, with the reason if not."""
        return Support(True)

    def client(self, model: Model, **overrides: Any) -> Any:
        """Return a live client for the model, with its key and base URL set."""
        raise ConnectorError(self.name, model.id, "this connector makes no clients; use format_metadata")

    def code(self, model: Model, **overrides: Any) -> str:
        """Return source text that calls the model, the key read from the environment."""
        raise ConnectorError(self.name, model.id, "this connector writes no code; use format_metadata")
