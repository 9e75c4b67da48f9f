"""What calls cost: unknown is not zero.

>>> from ai_models.costs import Usage
>>> Usage(1000, 200).to_dict()
{'input_tokens': 1000, 'output_tokens': 200}
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ai_models.costs.estimator import Costs
    from ai_models.costs.records import Cost, Usage, Workload
    from ai_models.costs.responses import Reading, read_response

__all__ = ["Cost", "Costs", "Reading", "Usage", "Workload", "read_response"]

_HOMES = {
    "Cost": "records",
    "Costs": "estimator",
    "Reading": "responses",
    "Usage": "records",
    "Workload": "records",
    "read_response": "responses",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ai_models.costs' has no attribute {name!r}")
    return getattr(import_module(f"ai_models.costs.{_HOMES[name]}"), name)
