"""What was called, what it used and cost: a ledger, and ways to fill it in one line.

>>> ledger = Ledger()
>>> with ledger.track("gpt-4o") as call:
...     call.response = {"model": "gpt-4o", "usage": {"prompt_tokens": 9, "completion_tokens": 3}}
>>> ledger.total()[0].input_tokens
9
>>> ledger.close()
"""

from ai_models.usage.export import exported
from ai_models.usage.ledger import Ledger
from ai_models.usage.records import Call, Total
from ai_models.usage.tracking import Tracked

__all__ = ["Call", "Ledger", "Total", "Tracked", "exported"]
