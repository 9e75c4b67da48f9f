"""What Cohere's API says, in both of its versions."""

import json
from collections.abc import Iterator
from typing import Any

from ai_models.testing.recorder.answers import Answer, Routes, events, example_of, json_answer
from ai_models.testing.recorder.request import ANSWER, RecordedRequest

__all__ = ["ROUTES"]

_BILLED = {"input_tokens": 1, "output_tokens": 1}
_USAGE = {"billed_units": _BILLED, "tokens": _BILLED}


def _chat(request: RecordedRequest) -> Answer:
    if request.asked.get("stream"):
        return events(_chat_events(request))
    tool = _forced_tool(request)
    message = {"role": "assistant", "tool_calls": [tool]} if tool else _message(request)
    reason = "TOOL_CALL" if tool else "COMPLETE"
    return json_answer({"id": "c1", "finish_reason": reason, "message": message, "usage": _USAGE})


def _message(request: RecordedRequest) -> dict[str, Any]:
    return {"role": "assistant", "content": [{"type": "text", "text": _said(request)}]}


def _said(request: RecordedRequest) -> str:
    schema = (request.asked.get("response_format") or {}).get("json_schema")
    return json.dumps(example_of(schema)) if schema else ANSWER


def _forced_tool(request: RecordedRequest) -> dict[str, Any] | None:
    tools = [tool["function"] for tool in request.asked.get("tools") or []]
    if not tools or request.asked.get("tool_choice") != "REQUIRED":
        return None
    given = json.dumps(example_of(tools[0].get("parameters") or {"type": "object"}))
    return {"id": "call_1", "type": "function", "function": {"name": tools[0]["name"], "arguments": given}}


def _chat_events(request: RecordedRequest) -> Iterator[tuple[str, Any]]:
    start = {"message": {"role": "assistant", "content": []}}
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("message-start", {"id": "c1", "delta": start}),
        ("content-start", {"index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}}),
        ("content-delta", {"index": 0, "delta": {"message": {"content": {"text": _said(request)}}}}),
        ("content-end", {"index": 0}),
        ("message-end", {"delta": {"finish_reason": "COMPLETE", "usage": _USAGE}}),
    )
    yield from ((name, {"type": name} | body) for name, body in steps)


def _old_chat(request: RecordedRequest) -> Answer:
    meta = {"api_version": {"version": "1"}, **_USAGE}
    body = {"response_id": "c1", "generation_id": "g1", "text": ANSWER, "finish_reason": "COMPLETE", "meta": meta}
    if not request.asked.get("stream"):
        return json_answer(body | {"chat_history": []})
    steps = (
        {"event_type": "stream-start", "generation_id": "g1", "is_finished": False},
        {"event_type": "text-generation", "text": ANSWER, "is_finished": False},
        {"event_type": "stream-end", "is_finished": True, "finish_reason": "COMPLETE", "response": body},
    )
    return 200, "application/stream+json", "".join(json.dumps(step) + "\n" for step in steps).encode()


def _embed(request: RecordedRequest) -> Answer:
    texts = request.asked.get("texts") or request.asked.get("inputs") or [""]
    vectors, version = [[0.0, 1.0] for _ in texts], request.path[2]
    body = {
        "id": "e1",
        "texts": request.asked.get("texts") or [],
        "meta": _USAGE | {"api_version": {"version": version}},
    }
    by_type = version == "2" or "embedding_types" in request.asked
    if not by_type:
        return json_answer(body | {"embeddings": vectors, "response_type": "embeddings_floats"})
    return json_answer(body | {"embeddings": {"float": vectors}, "response_type": "embeddings_by_type"})


def _rerank(request: RecordedRequest) -> Answer:
    rows = [{"index": index, "relevance_score": 0.5} for index, _ in enumerate(request.asked.get("documents") or [])]
    meta = {"api_version": {"version": "2"}, "billed_units": {"search_units": 1}}
    return json_answer({"id": "r1", "results": rows, "meta": meta})


ROUTES: Routes = (
    ("POST", "/v2/chat", _chat),
    ("POST", "/v1/chat", _old_chat),
    ("POST", "/v[12]/embed", _embed),
    ("POST", "/v2/rerank", _rerank),
)
"""The paths and what answers them."""
