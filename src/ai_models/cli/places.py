"""`sources` and `providers`: where models are asked for, and who serves them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from ai_models._core.nearest import nearest
from ai_models.cli.command import LIMIT, PROVIDER, command
from ai_models.cli.render import Column
from ai_models.cli.session import Session, did_you_mean, pass_session
from ai_models.cli.text import UNKNOWN, escape, format_flag, shorten, shorten_words

if TYPE_CHECKING:
    from ai_models._core.contracts import ModelSource
    from ai_models.last_answers import LastAnswer
    from ai_models.providers import Provider


@dataclass(frozen=True)
class SourceState:
    """Whether `discover` without names asks a source, where its key was found, and what became of it last time."""

    name: str
    provider: str | None
    runs: bool
    why: str
    key: str | None
    is_local: bool
    last: "LastAnswer | None" = None

    @property
    def last_text(self) -> str:
        """What became of it when it was last asked, and on which day; `-` if it never was."""
        if self.last is None:
            return UNKNOWN
        return f"{'answered' if self.last.ok else 'failed'} {self.last.when[:10]}"

    def to_dict(self) -> dict[str, Any]:
        """Return the state as JSON-ready data."""
        state = {name: getattr(self, name) for name in ("name", "provider", "runs", "why", "key", "is_local")}
        return state | {"last": None if self.last is None else self.last.to_dict()}


def source_state(name: str, source: "ModelSource", last: "LastAnswer | None" = None) -> SourceState:
    """Return whether a source would run, and why (not); nothing is dialled."""
    from ai_models.providers import providers

    known = providers.get(source.provider or "")
    key = key_variable(known)
    runs = bool(getattr(source, "by_default", True))
    return SourceState(name, source.provider, runs, _why(source, known, runs, key), key, bool(source.is_local), last)


def key_variable(provider: "Provider | None") -> str | None:
    """Return where the provider's key was found: a variable's name, or `keyring`; `None` without a key."""
    if provider is None:
        return None
    from ai_models.credentials import find_key

    key = find_key(provider)
    return None if key is None else key.variable or key.origin


def _why(source: "ModelSource", provider: "Provider | None", runs: bool, key: str | None) -> str:
    if not runs:
        variables = provider.key_variables if provider else ()
        return (
            f"no key (set {variables[0]})" if variables and not key else f"asked by name only: discover {source.name}"
        )
    if key:
        return f"key in {key}"
    return "runs on this machine" if source.is_local else "needs no key"


_SOURCE_COLUMNS: tuple[Column[SourceState], ...] = (
    Column("SOURCE", lambda row: row.name, shrink=shorten, least=20),
    Column("RUNS", lambda row: format_flag(row.runs), style={"yes": "green", "no": "dim"}.get),
    Column("WHY", lambda row: row.why, shrink=shorten, least=30),
    Column("LAST ASKED", lambda row: row.last_text, drop=1, optional=True),
    Column("PROVIDER", lambda row: row.provider or UNKNOWN, shrink=shorten, least=14, drop=3),
    Column("LOCAL", lambda row: format_flag(row.is_local), drop=2),
)


@command("sources", "ai-models sources", "ai-models sources --ready")
@click.option("--ready", is_flag=True, help="Only those that would run.")
@LIMIT
@pass_session
def sources_command(session: Session, ready: bool, limit: int | None) -> None:
    """List the sources, and which of them `discover` without names would ask."""
    sources, answers = session.manager.sources, session.manager.last_answers
    states = [source_state(name, sources[name], answers.get(name)) for name in sources]
    shown = [state for state in sorted(states, key=lambda state: not state.runs) if state.runs or not ready]
    session.out.rows(_SOURCE_COLUMNS, shown, SourceState.to_dict, limit=limit, noun="source")


def _shrink_words(text: str, width: int) -> str:
    return shorten_words(text.split(), width)


_PROVIDER_COLUMNS: tuple[Column["Provider"], ...] = (
    Column("PROVIDER", lambda row: row.id, shrink=shorten, least=12),
    Column("NAME", lambda row: row.name, shrink=shorten, least=12, drop=3),
    Column("KIND", lambda row: row.kind),
    Column("WIRE", lambda row: row.wire, drop=4),
    Column(
        "KEY",
        lambda row: key_variable(row) or UNKNOWN,
        shrink=shorten,
        style=lambda text: "green" if text != "-" else "dim",
    ),
    Column("KEY VARIABLES", lambda row: " ".join(row.key_variables) or UNKNOWN, shrink=_shrink_words, least=28, drop=2),
    Column("LIST", lambda row: _list_url(row), shrink=shorten, drop=5),
)


def _list_url(provider: "Provider") -> str:
    return provider.list_url() or UNKNOWN


@command("providers", "ai-models providers", "ai-models providers mistral", "ai-models providers --kind local")
@click.argument("text", required=False, type=PROVIDER)
@click.option("--kind", type=click.Choice(["lab", "host", "cloud", "aggregator", "local"]), help="Only this kind.")
@click.option("--with-key", is_flag=True, help="Only those whose key is found.")
@LIMIT
@pass_session
def providers_command(session: Session, text: str | None, kind: str | None, with_key: bool, limit: int | None) -> None:
    """List the providers that are known; TEXT is a piece of a name or id."""
    from ai_models.providers import providers

    found = [
        provider
        for provider in providers.values()
        if (text is None or _names(provider, text.lower()))
        and (kind is None or provider.kind == kind)
        and (not with_key or key_variable(provider))
    ]
    empty = _no_provider(text) if text and not with_key else "no provider fits"
    session.out.rows(_PROVIDER_COLUMNS, found, _provider_as_json, limit=limit, noun="provider", empty=empty)


def _no_provider(text: str) -> str:
    from ai_models.providers import providers

    return f"no provider fits {escape(text)!r}{did_you_mean(nearest(text, providers))}"


def _names(provider: "Provider", text: str) -> bool:
    own = text in provider.id or text in provider.name.lower()
    return own or any(name.lower().startswith(text) for name in provider.names)


def _provider_as_json(provider: "Provider") -> dict[str, Any]:
    return {
        "id": provider.id,
        "name": provider.name,
        "kind": provider.kind,
        "names": list(provider.names),
        "wire": provider.wire,
        "key": key_variable(provider),
        "key_variables": list(provider.key_variables),
        "list_url": provider.list_url(),
    }
