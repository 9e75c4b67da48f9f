"""Where the recorded answers are, on a machine that has them beside the checkout."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("AI_MODELS_SHARED", Path(__file__).parents[2] / "shared"))
PAYLOADS = SHARED / "payloads"

needs_recordings = pytest.mark.skipif(
    not PAYLOADS.is_dir(),
    reason=f"the recorded answers are not on this machine (looked in {SHARED}; set AI_MODELS_SHARED)",
)
