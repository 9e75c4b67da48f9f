"""What Ollama's own API says; it streams unless it is asked not to."""

import json
from typing import Any

from ai_models.testing.recorder.answers import Answer, Routes, example_of, json_answer, lines
from ai_models.testing.recorder.request import ANSWER, RecordedRequest

__all__ = ["ROUTES"]


def _said(request: RecordedRequest) -> str:
    form = request.asked.get("format")
    if isinstance(form, dict):
        return json.dumps(example_of(form))
    return json.dumps({"answer": ANSWER}) if form == "json" else ANSWER


def _chat(request: RecordedRequest) -> Answer:
    message = {"role": "assistant", "content": _said(request)}
    return _answer(request, {"message": message}, {"message": message | {"content": ""}})


def _generate(request: RecordedRequest) -> Answer:
    return _answer(request, {"response": _said(request)}, {"response": ""})


def _answer(request: RecordedRequest, said: dict[str, Any], end: dict[str, Any]) -> Answer:
    head = {"model": request.model, "created_at": "2026-01-01T00:00:00Z"}
    counts = {"done": True, "done_reason": "stop", "prompt_eval_count": 1, "eval_count": 1}
    times = {"total_duration": 4, "load_duration": 1, "prompt_eval_duration": 1, "eval_duration": 2}
    if not request.asked.get("stream", True):
        return json_answer(head | said | counts | times)
    return lines([head | said | {"done": False}, head | end | counts | times])


def _tags(request: RecordedRequest) -> Answer:
    row = {"name": "any:latest", "model": "any:latest", "size": 1, "details": {"family": "llama"}}
    return json_answer({"models": [row]})


def _show(request: RecordedRequest) -> Answer:
    facts = {"general.architecture": "llama", "llama.context_length": 131072}
    body = {"details": {"family": "llama"}, "model_info": facts, "capabilities": ["completion", "tools"]}
    return json_answer(body)


def _embed(request: RecordedRequest) -> Answer:
    given = request.asked.get("input")
    count = len(given) if isinstance(given, list) else 1
    return json_answer({"model": request.model, "embeddings": [[0.0, 1.0]] * count, "prompt_eval_count": 1})


ROUTES: Routes = (
    ("POST", "/api/chat", _chat),
    ("POST", "/api/generate", _generate),
    ("POST", "/api/embed", _embed),
    ("POST", "/api/embeddings", lambda request: json_answer({"embedding": [0.0, 1.0]})),
    ("POST", "/api/show", _show),
    ("POST", "/api/pull", lambda request: lines([{"status": "success"}])),
    ("GET", "/api/tags", _tags),
    ("GET", "/api/version", lambda request: json_answer({"version": "0.13.0"})),
    ("GET", "/api/ps", lambda request: json_answer({"models": []})),
)
"""The paths and what answers them."""
