"""What Anthropic's API says, alone or on Vertex."""

import json
from collections.abc import Iterator
from typing import Any

from ai_models.testing.recorder.answers import Answer, Routes, events, example_of, json_answer
from ai_models.testing.recorder.request import ANSWER, RecordedRequest

__all__ = ["ROUTES", "message_body", "message_events"]

_SAMPLING = ("temperature", "top_p", "top_k")


def _message(request: RecordedRequest) -> Answer:
    problem = _problem(request)
    if problem:
        return json_answer({"type": "error", "error": {"type": "invalid_request_error", "message": problem}}, 400)
    return events(message_events(request)) if _wants_stream(request) else json_answer(message_body(request))


def _wants_stream(request: RecordedRequest) -> bool:
    return bool(request.asked.get("stream")) or request.path.endswith(":streamRawPredict")


def _problem(request: RecordedRequest) -> str:
    """Return what Anthropic's API would refuse: no output limit, or from 2026-10-21 on a sampling parameter."""
    if not isinstance(request.asked.get("max_tokens"), int):
        return "max_tokens: Field required"
    extra = [name for name in _SAMPLING if name in request.asked]
    new = request.headers.get("anthropic-version", "") >= "2026-10-21"
    return f"{extra[0]}: Extra inputs are not permitted" if extra and new else ""


def message_body(request: RecordedRequest) -> dict[str, Any]:
    """Return a message: the answer, one in the schema that was asked for, or the tool that was forced.

    >>> message_body(RecordedRequest("POST", "/v1/messages", {}, {"model": "claude"}))["content"]
    [{'type': 'text', 'text': 'PONG'}]
    """
    block = _forced_tool(request) or {"type": "text", "text": _said(request)}
    usage = {"input_tokens": 1, "output_tokens": 1, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
    return {
        "id": "m1",
        "type": "message",
        "role": "assistant",
        "model": request.model,
        "content": [block],
        "stop_reason": "tool_use" if block["type"] == "tool_use" else "end_turn",
        "stop_sequence": None,
        "usage": usage,
    }


def _forced_tool(request: RecordedRequest) -> dict[str, Any] | None:
    choice, tools = request.asked.get("tool_choice") or {}, request.asked.get("tools") or []
    if not tools or choice.get("type") not in ("any", "tool"):
        return None
    tool = next((each for each in tools if each.get("name") == choice.get("name")), tools[0])
    given = example_of(tool.get("input_schema") or {"type": "object"})
    return {"type": "tool_use", "id": "toolu_1", "name": tool["name"], "input": given}


def _said(request: RecordedRequest) -> str:
    asked = request.asked
    form = asked.get("output_format") or (asked.get("output_config") or {}).get("format") or {}
    return json.dumps(example_of(form.get("schema"))) if form.get("type") == "json_schema" else ANSWER


def message_events(request: RecordedRequest) -> Iterator[tuple[str, Any]]:
    """Yield the same message as a stream of events.

    >>> request = RecordedRequest("POST", "/v1/messages", {}, {"model": "claude"})
    >>> [name for name, _ in message_events(request)][:2]
    ['message_start', 'content_block_start']
    """
    whole = message_body(request)
    block = whole["content"][0]
    if block["type"] == "text":
        start, delta = block | {"text": ""}, {"type": "text_delta", "text": block["text"]}
    else:
        start = block | {"input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    end = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    bodies: tuple[dict[str, Any], ...] = (
        {"type": "message_start", "message": whole | {"content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": start},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": end, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    )
    yield from ((body["type"], body) for body in bodies)


_PREFIX = r"(?!.*/v1/.*v1/)(?:/[a-z][\w.-]*?)*?"
_VERTEX = r"/v1/projects/[^/]+/locations/[^/]+/publishers/anthropic/models/[^/:]+:(?:rawPredict|streamRawPredict)"
ROUTES: Routes = (
    ("POST", _PREFIX + "/v1/messages", _message),
    ("POST", _PREFIX + "/v1/messages/count_tokens", lambda request: json_answer({"input_tokens": 1})),
    ("POST", _VERTEX, _message),
)
"""The paths and what answers them."""
