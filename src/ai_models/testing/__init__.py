"""For tests of your own sources, stores and connectors: conformance suites, and a transport without a network.

Subclass a suite in your tests, say what is to be tested, and pytest runs the rest:

>>> from ai_models.testing import FakeTransport
>>> FakeTransport({"https://api.test/v1/models": 404}).request("GET", "https://api.test/v1/models", timeout=1).status
404
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ai_models.testing.connectors import ConnectorTests
    from ai_models.testing.sources import HTTPSourceTests, SourceTests
    from ai_models.testing.stores import StoreMachine, StoreTests, models, queries
    from ai_models.testing.transport import FakeTransport, SentRequest

__all__ = [
    "ConnectorTests",
    "FakeTransport",
    "HTTPSourceTests",
    "SentRequest",
    "SourceTests",
    "StoreMachine",
    "StoreTests",
    "models",
    "queries",
]

_HOMES = {
    "ConnectorTests": "connectors",
    "FakeTransport": "transport",
    "HTTPSourceTests": "sources",
    "SentRequest": "transport",
    "SourceTests": "sources",
    "StoreMachine": "stores",
    "StoreTests": "stores",
    "models": "stores",
    "queries": "stores",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
