"""The names of the core in one place: records, registry, and the two extension points.

>>> from ai_models.base import Connector, Model, ModelRegistry, ModelSource
>>> registry = ModelRegistry()
>>> registry["gpt-4"] = Model(id="gpt-4", provider="openai", context_size=8192)
>>> "gpt-4" in registry
True
"""

from ai_models._core.capabilities import CAPABILITIES
from ai_models._core.contracts import AsyncModelSource, Connector, Listing, ModelSource, SkippedRow, Support
from ai_models._core.criteria import Criteria
from ai_models._core.identity import Identity, identify
from ai_models._core.lookup import Resolution
from ai_models._core.model import KINDS, Model, Offer
from ai_models._core.pricing import Pricing
from ai_models._core.query import compile_query, parse_query_text
from ai_models._core.registry import ModelRegistry
from ai_models._core.store import MemoryStore, Store

__all__ = [
    "CAPABILITIES",
    "KINDS",
    "AsyncModelSource",
    "Connector",
    "Criteria",
    "Identity",
    "Listing",
    "MemoryStore",
    "Model",
    "ModelRegistry",
    "ModelSource",
    "Offer",
    "Pricing",
    "Resolution",
    "SkippedRow",
    "Store",
    "Support",
    "compile_query",
    "identify",
    "parse_query_text",
]
