"""Every test runs without keys, without the user's files, and without the network beyond this machine."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.real_servers import postgresql, postgresql_server

from ai_models.usage import Ledger

__all__ = ["postgresql", "postgresql_server"]

settings.register_profile("here", deadline=None)
settings.load_profile("here")

_LOCAL = ("127.0.0.1", "localhost", "::1")


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_TOKEN", "_BASE_URL", "_API_BASE")) or name.startswith(
            ("OLLAMA_", "AI_MODELS_")
        ):
            monkeypatch.delenv(name)
    monkeypatch.chdir(home)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else address
        if isinstance(address, tuple) and host not in _LOCAL:
            raise OSError(f"a test tried to reach {host}: tests stay on this machine")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: a file of SQLite's, and once more the URL of a PostgreSQL."""
    return str(request.getfixturevalue("postgresql") if request.param == "postgresql" else tmp_path / "usage.db")


@pytest.fixture
def ledger(database: str) -> Iterator[Ledger]:
    """An empty ledger, in each kind of database."""
    with Ledger(database) as opened:
        yield opened
