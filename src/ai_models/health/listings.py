"""Level 1: each server is asked once for its list, which nobody bills, and every model is looked for in it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from ai_models._core.contracts import Listing, ModelSource
from ai_models._core.model import Model
from ai_models.credentials import Key
from ai_models.discovery import INTERRUPTED, Answer, ask_all
from ai_models.health.side_by_side import side_by_side
from ai_models.health.targets import Target
from ai_models.health.verdicts import Verdict, verdict_on
from ai_models.health_log import Status
from ai_models.providers import Provider
from ai_models.sources.fetch import fetch_policy
from ai_models.sources.provider_api import ProviderAPISource, has_list
from ai_models.transport import Transport, host_of, on_this_machine

__all__ = ["Heard", "Server", "ask_lists", "lister_of", "verdict_in", "verdict_of_server"]

Server = tuple[str, str | None]
"""A provider and, where it isn't the usual one, its address."""

_STATES: Mapping[str, Status] = {"loading": "loading", "starting": "starting", "unloaded": "unloaded"}
_SUFFIXED = ("openrouter", "huggingface")
"""Providers whose ids may carry a word of how to route a call (`:nitro`), which their lists leave out."""


class _Stranger(ProviderAPISource):
    """A server that only says it is a provider's: nobody's key goes there."""

    def _key(self) -> Key | None:
        return None

    def _required_key(self) -> Key | None:
        return None


class Heard:
    """What a server said when it was asked for its list: its models by every id, or the verdict on it.

    >>> Heard(Verdict("ok"), 0.2, Listing([Model("gpt-4", "openai")])).row("gpt-4").id
    'gpt-4'
    """

    def __init__(self, verdict: Verdict, seconds: float | None = None, listing: Listing | None = None) -> None:
        self.verdict = verdict
        self.seconds = seconds
        self.count = len(listing.models) if listing else 0
        self._rows = _index(listing.models) if listing else {}

    def row(self, id: str) -> Model | None:
        """Return what the list says of a model by the provider's own id; `None` if it isn't listed."""
        bare = id.removeprefix("models/")
        exact = next((self._rows[each] for each in (id, bare, f"{id}:latest") if each in self._rows), None)
        if exact is not None or "/" in bare:
            return exact
        ending = {model.id: model for key, model in self._rows.items() if key.endswith(f"/{bare}")}
        return next(iter(ending.values())) if len(ending) == 1 else None


def _index(models: Iterable[Model]) -> dict[str, Model]:
    found: dict[str, Model] = {}
    for model in models:
        own = (facts.get("id") for facts in model.connector_metadata.values())
        for id in (model.id, *own, *model.aliases):
            if isinstance(id, str):
                found.setdefault(id.removeprefix("models/"), model)
    return found


def lister_of(target: Target, transport: Transport | None) -> ModelSource | None:
    """Return the source that asks a target's server for its list; `None` if there is no list to ask for.

    A key goes to the provider's own server, to this machine's, and to no other.

    >>> from ai_models.connectors.endpoint import Endpoint
    >>> from ai_models.providers import providers
    >>> lister_of(Target("voyage", Endpoint(providers["voyage"])), None) is None
    True
    """
    endpoint = target.endpoint
    own = transport is None or not target.in_table
    if own and target.source is not None and (endpoint is None or endpoint.base_url is None):
        return target.source
    if endpoint is None or not has_list(endpoint.provider):
        return None
    near = endpoint.provider.is_local and on_this_machine(host_of(endpoint.base_url or ""))
    kind = ProviderAPISource if endpoint.at_home or near else _Stranger
    return kind(endpoint.provider, base_url=endpoint.base_url, transport=transport, env=endpoint.env)


def ask_lists(
    listers: Mapping[Server, ModelSource | None],
    timeout_s: float,
    progress: Callable[[str, str], object] | None = None,
    key_variables: Mapping[Server, str | None] | None = None,
) -> tuple[dict[Server, Heard], bool]:
    """Ask every server for its list, side by side; return what each said, and whether Ctrl-C ended the wait.

    >>> from ai_models.testing import FakeTransport
    >>> transport = FakeTransport({"https://api.groq.com/openai/v1/models": 401})
    >>> source = ProviderAPISource("groq", transport=transport, api_key="gsk-wrong")
    >>> ask_lists({("groq", None): source}, 5)[0]["groq", None].verdict.status
    'unauthorised'
    """
    variables = key_variables or {}

    def job(server: Server, source: ModelSource) -> Callable[[], Answer]:
        name = _name(server)
        return lambda: ask_all({name: source}, timeout=timeout_s, ask=_asking(timeout_s))[name]

    def tell(event: str, server: Server) -> None:
        if progress:
            progress(event, _name(server))

    jobs = {server: job(server, source) for server, source in listers.items() if source is not None}
    answers, interrupted = side_by_side(jobs, timeout_s + 1, tell)
    late = Heard(Verdict("unknown", INTERRUPTED)) if interrupted else Heard(_too_late(timeout_s))
    heard = {server: late if server in jobs else Heard(_UNLISTED) for server in listers}
    heard |= {server: _heard(answer, timeout_s, variables.get(server)) for server, answer in answers.items()}
    return heard, interrupted


_UNLISTED = Verdict("unknown", "it publishes no list of models", "try a call: --level 2")


def _name(server: Server) -> str:
    provider, url = server
    return f"{provider} at {host_of(url)}" if url else provider


def _asking(timeout_s: float) -> Callable[[ModelSource], Listing]:
    def ask(source: ModelSource) -> Listing:
        with fetch_policy(refresh=True, attempts=1, timeout_s=timeout_s * 0.9):  # so that its own reason is told
            return source.listing()

    return ask


def _too_late(timeout_s: float) -> Verdict:
    return Verdict("unreachable", f"no answer within {timeout_s:g} s", "try again, or with a longer --timeout")


def _heard(answer: Answer, timeout_s: float, key_variable: str | None) -> Heard:
    row, seconds = answer.row, answer.row.seconds
    if answer.listing is not None:
        return Heard(Verdict("ok"), seconds, answer.listing)
    if answer.error is not None:
        return Heard(verdict_on(answer.error, key_variable=key_variable), seconds)
    if row.reason.startswith("no answer within"):
        return Heard(_too_late(timeout_s), seconds)
    return Heard(Verdict("failed", row.reason), seconds)


def verdict_in(heard: Heard, target: Target) -> tuple[Verdict, bool | None]:
    """Return the verdict on a target by its server's list, and whether the list has it (`None` if there is no list).

    >>> from ai_models.connectors.endpoint import Endpoint
    >>> from ai_models.providers import providers
    >>> target = Target("m", Endpoint(providers["ollama"]), Model("m", "ollama").offer("ollama"))
    >>> verdict_in(Heard(Verdict("ok"), 0.1, Listing([])), target)[0].status
    'not_listed'
    """
    if target.offer is None or heard.verdict.status != "ok":
        return (verdict_of_server(heard, target), None)
    row = heard.row(target.offer.id)
    if row is None and target.provider in _SUFFIXED:
        row = heard.row(target.offer.id.partition(":")[0])
    if row is None:
        return Verdict("not_listed", _absent(target), "check its id, or discover again"), False
    verdict = _unproven(target) or _of_row(row)
    return verdict._replace(reason=verdict.reason + (_untried(target) if verdict.status == "ok" else "")), True


def verdict_of_server(heard: Heard, target: Target) -> Verdict:
    """Return the verdict on a target's server as such: an open list proves no key.

    >>> from ai_models.connectors.endpoint import Endpoint
    >>> from ai_models.providers import providers
    >>> target = Target("openrouter", Endpoint(providers["openrouter"], env={}, dotenv={}))
    >>> verdict_of_server(Heard(Verdict("ok")), target).status
    'no_key'
    """
    if heard.verdict.status != "ok":
        return heard.verdict
    counted = f"lists {heard.count:,} model{'' if heard.count == 1 else 's'}"
    return _unproven(target) or Verdict("ok", counted + _untried(target))


def _untried(target: Target) -> str:
    """Return a warning if the list would be the same without the key."""
    open_to_all = target.in_table and bool(target.endpoint and target.endpoint.provider.open_list)
    return (
        "; the list is open to all: the key was not tried" if open_to_all and not target.is_local and target.key else ""
    )


def _absent(target: Target) -> str:
    return "not on its list" if target.is_local or target.key is None else "not on its list for your key"


def _unproven(target: Target) -> Verdict | None:
    """Return why an open list says nothing of a key that isn't there."""
    served: Provider | None = target.endpoint.provider if target.endpoint else None
    if (
        served is None
        or not target.in_table
        or not served.open_list
        or served.is_local
        or served.placeholder_key
        or target.key
    ):
        return None
    if not served.key_variables or target.endpoint is None or not target.endpoint.at_home:
        return None
    return Verdict("no_key", "its list is open to all, a call needs a key", f"set {served.key_variables[0]}")


def _of_row(row: Model) -> Verdict:
    facts: Mapping[str, Any] = next(iter(row.connector_metadata.values()), {})
    state, why = facts.get("state"), facts.get("state_reason")
    retired = facts.get("retired") or row.retired
    if isinstance(retired, str) and len(retired) == 10 and retired <= date.today().isoformat():
        return Verdict("retired", f"retired on {retired}", "choose another model")
    if state == "failed":
        return Verdict("failed", str(why or "its server failed to load it"), "look into the server's log")
    if facts.get("active") is False:
        return Verdict("failed", f"not active{f': {why}' if why else ''}")
    if state == "unloaded":
        return Verdict("unloaded", "it is loaded by the first call")
    return Verdict(_STATES.get(str(state), "ok"), str(state) if state in _STATES else "listed")
