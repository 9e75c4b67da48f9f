"""Health: whether models and providers can really be called, asked on request; `manager.health` is where it begins.

Three levels: 0 looks for key and address and dials nobody, 1 asks each provider once for its list, which nobody bills,
2 makes one tiny call for each model, which is billed.
"""

from ai_models.health.checker import Health
from ai_models.health.report import HealthReport, Progress
from ai_models.health_log import HealthLog, HealthResult, Status

__all__ = ["Health", "HealthLog", "HealthReport", "HealthResult", "Progress", "Status"]
