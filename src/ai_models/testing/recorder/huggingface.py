"""What Hugging Face says beside its router: who serves a model, and its own inference service."""

from typing import Any
from urllib.parse import unquote

from ai_models.testing.recorder.answers import Answer, Routes, json_answer
from ai_models.testing.recorder.request import ANSWER, RecordedRequest

__all__ = ["ROUTES"]

_SERVERS = ("hf-inference", "together", "fireworks-ai", "novita")


def _model(request: RecordedRequest) -> Answer:
    id = unquote(request.path.removeprefix("/api/models/"))
    row = {"status": "live", "providerId": id, "task": "conversational"}
    mapping = dict.fromkeys(_SERVERS, row)
    facts = {"_id": "1", "id": id, "modelId": id, "inference": "warm", "tags": [], "siblings": []}
    return json_answer(facts | {"pipeline_tag": "text-generation", "inferenceProviderMapping": mapping})


def _pipeline(request: RecordedRequest) -> Answer:
    given: Any = request.asked.get("inputs")
    if request.path.endswith("/feature-extraction"):
        return json_answer([[0.0, 1.0] for _ in given] if isinstance(given, list) else [0.0, 1.0])
    return json_answer([{"generated_text": ANSWER}])


ROUTES: Routes = (
    ("GET", "/api/models/.+", _model),
    ("POST", r"(?:/hf-inference)?/models/[^/]+(?:/[^/]+)?(?:/pipeline/[\w-]+)?", _pipeline),
)
"""The paths and what answers them."""
