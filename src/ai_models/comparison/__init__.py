"""Comparing models side by side, or one model across its providers: what differs, and who has the better of it."""

from ai_models.comparison.columns import Column
from ai_models.comparison.table import Comparison, Fact, compare

__all__ = ["Column", "Comparison", "Fact", "compare"]
