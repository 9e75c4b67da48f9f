"""What calls cost: unknown is not zero.

>>> from ai_models.costs import Usage
>>> Usage(1000, 200).to_dict()
{'input_tokens': 1000, 'output_tokens': 200}
"""

from ai_models.costs.estimator import Costs
from ai_models.costs.records import Cost, Usage, Workload
from ai_models.costs.responses import Reading, read_response

__all__ = ["Cost", "Costs", "Reading", "Usage", "Workload", "read_response"]
