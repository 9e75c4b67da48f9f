"""The store that keeps its models in memory."""

from ai_models._core.store import MemoryStore

__all__ = ["MemoryStore"]
