"""Connectors: how each client library calls a model.

`format_metadata` gives the arguments as pure data, `client` a live client, `code` a program, `supports` the reason
why not, `choose` the offer that is used and why.

>>> from ai_models import Model
>>> from ai_models.connectors import OpenAIConnector
>>> connector = OpenAIConnector(env={}, dotenv={})
>>> print(connector.code(Model("gpt-4o", "openai")))
import os
from openai import OpenAI
<BLANKLINE>
client = OpenAI(base_url='https://api.openai.com/v1', api_key=os.environ['OPENAI_API_KEY'])
answer = client.chat.completions.create(model='gpt-4o', messages=[{"role": "user", "content": "Hello"}])
print(answer.choices[0].message.content)
<BLANKLINE>
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ai_models._core.contracts import Connector

if TYPE_CHECKING:
    from ai_models.connectors.builtin import (
        DSPyConnector,
        LangChainConnector,
        OllamaConnector,
        OpenAIConnector,
        OpenRouterConnector,
    )
    from ai_models.connectors.offer_choice import Choice
    from ai_models.connectors.table import Library, Route
    from ai_models.connectors.table_connector import TableConnector

__all__ = [
    "Choice",
    "DSPyConnector",
    "LangChainConnector",
    "Library",
    "OllamaConnector",
    "OpenAIConnector",
    "OpenRouterConnector",
    "Route",
    "TableConnector",
    "builtin_connectors",
]

_MODULES = {"Choice": "offer_choice", "Library": "table", "Route": "table", "TableConnector": "table_connector"}
_CLASSES = {
    "openai": "OpenAIConnector",
    "openrouter": "OpenRouterConnector",
    "ollama": "OllamaConnector",
    "langchain": "LangChainConnector",
    "dspy": "DSPyConnector",
}
"""The connectors that have a class of their own: the names of the design document."""


def builtin_connectors() -> dict[str, Callable[..., Connector]]:
    """Return what makes each connector of this package, by its name; a library's file is read when it is used.

    >>> "langchain" in builtin_connectors(), builtin_connectors()["dspy"](env={}).name
    (True, 'dspy')
    """
    from ai_models.connectors.table import libraries

    return {name: _maker(name) for name in libraries()}


def _maker(name: str) -> Callable[..., Connector]:
    def make(**options: Any) -> Connector:
        kind = _CLASSES.get(name)
        made: Connector = __getattr__(kind)(**options) if kind else __getattr__("TableConnector")(name, **options)
        return made

    return make


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'builtin')}"), name)


def __dir__() -> list[str]:
    return __all__
