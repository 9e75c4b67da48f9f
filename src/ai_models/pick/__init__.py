"""Picking a model: which fit, which of them is best for your workload, and why not the others.

Preferences count in their order, the first before the second; there are no hidden weights. What
is unknown comes last and is said.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ai_models.pick.choice import Candidate, Choice, Rejection
    from ai_models.pick.picker import Picker
    from ai_models.pick.preferences import Preference, Value

__all__ = ["Candidate", "Choice", "Picker", "Preference", "Rejection", "Value"]

_HOMES = {
    "Candidate": "choice",
    "Choice": "choice",
    "Picker": "picker",
    "Preference": "preferences",
    "Rejection": "choice",
    "Value": "preferences",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ai_models.pick' has no attribute {name!r}")
    return getattr(import_module(f"ai_models.pick.{_HOMES[name]}"), name)
