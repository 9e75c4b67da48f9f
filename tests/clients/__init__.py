"""How each client library is tried out with the real thing: a module a library, with its `CLIENT`."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

MESSAGES = [{"role": "user", "content": "ping"}]
SLASHED = "Qwen/Qwen3-32B"

_CALLS = (
    *("/chat/completions", "/responses", "/v1/messages", "/api/chat", "/api/embed", "/embeddings", "/model/"),
    *("/v2/chat", "/v2/embed", "/v2/rerank", "/v1/embed", "/v1beta/models", "/v1/models", "/hf-inference"),
    *("/openai/deployments", "/images/generations", "/audio/speech", "/rerank", "/moderations", "/completions"),
)
"""What a library puts behind the base URL, the longer before what it ends with."""


@dataclass(frozen=True)
class Route:
    """One provider that the library reaches, and what must arrive there.

    `path` is that of the request, `cap` where in its body the output limit stands (`None`: it can't be told one),
    `wire_id` the model's name in body or path, if it isn't `id`. `needs` are further modules, `settings` go into the
    client, `key` is what a server that wants no key gets (`None`: the provider's own key). `signs_in`: the library
    finds the login by itself, and can't be told one for another server. `refuses` are settings that it answers with an
    error.
    """

    provider: str
    path: str
    id: str = SLASHED
    cap: str | None = "max_tokens"
    wire_id: str | None = None
    needs: tuple[str, ...] = ()
    key: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "chat"
    signs_in: bool = False
    fixed: bool = False
    refuses: tuple[str, ...] = ()

    @property
    def base_path(self) -> str:
        """The path of the base URL that the user would give."""
        for call in _CALLS:
            head, found, _ = self.path.partition(call)
            if found:
                return head
        return self.path


@dataclass(frozen=True)
class Client:
    """One library: its connector's name, the modules it needs, its routes, and how one call is made.

    `converse` takes the live client and the metadata, makes one call, and returns what the model said. `variables` are
    set in the environment (`None`: unset; `{url}` is the recorder's).
    """

    connector: str
    needs: tuple[str, ...]
    routes: tuple[Route, ...]
    converse: Callable[[Any, dict[str, Any]], str]
    variables: Mapping[str, str | None] = field(default_factory=dict)
    embed: Callable[[Any, dict[str, Any]], list[float]] | None = None


def clients() -> Iterator[Client]:
    """Yield every client of this folder; if `AI_MODELS_CLIENTS` names some, those alone."""
    wanted = os.environ.get("AI_MODELS_CLIENTS", "").split()
    for client in every_client():
        if not wanted or client.connector in wanted:
            yield client


def every_client() -> Iterator[Client]:
    """Yield every client of this folder."""
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        yield import_module(f"tests.clients.{path.stem}").CLIENT
