"""One registry for every AI model: which exist, what is known, what it costs, and how to call it.

>>> from ai_models import Model, ModelRegistry
>>> registry = ModelRegistry()
>>> registry["gpt-4"] = Model("gpt-4", "openai", context_size=8192)
>>> [model.id for model in registry.filter(provider="openai", min_context_size=8000)]
['gpt-4']

Names load when they are first used, so that importing the package costs next to nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ai_models import errors
    from ai_models.base import (
        AsyncModelSource,
        Connector,
        Identity,
        Listing,
        Model,
        ModelRegistry,
        ModelSource,
        Offer,
        Pricing,
        SkippedRow,
        Support,
        identify,
    )
    from ai_models.changes import Change
    from ai_models.comparison import Comparison
    from ai_models.costs import Cost, Usage, Workload
    from ai_models.discovery import DiscoveryReport
    from ai_models.mall import ModelMall
    from ai_models.manager import ModelManager, get_manager
    from ai_models.pick import Choice
    from ai_models.providers import Provider, providers

__version__ = "0.1.0"

__all__ = [
    "AsyncModelSource",
    "Change",
    "Choice",
    "Comparison",
    "Connector",
    "Cost",
    "DiscoveryReport",
    "Identity",
    "Listing",
    "Model",
    "ModelMall",
    "ModelManager",
    "ModelRegistry",
    "ModelSource",
    "Offer",
    "Pricing",
    "Provider",
    "SkippedRow",
    "Support",
    "Usage",
    "Workload",
    "errors",
    "get_manager",
    "identify",
    "providers",
]

_HOMES = {
    "Change": "changes",
    "Choice": "pick",
    "Comparison": "comparison",
    "Cost": "costs",
    "DiscoveryReport": "discovery",
    "ModelMall": "mall",
    "ModelManager": "manager",
    "Provider": "providers",
    "Usage": "costs",
    "Workload": "costs",
    "get_manager": "manager",
    "providers": "providers",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'ai_models' has no attribute {name!r}")
    from importlib import import_module

    if name == "errors":
        return import_module("ai_models.errors")
    value = getattr(import_module(f"ai_models.{_HOMES.get(name, 'base')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
