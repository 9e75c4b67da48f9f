"""What OpenAI's API says, and those that speak like it: Mistral, Azure, Hugging Face's router, local servers."""

import base64
import json
import struct
from collections.abc import Iterator
from typing import Any

from ai_models.testing.recorder.answers import (
    Answer,
    Routes,
    bytes_of,
    events,
    example_of,
    json_answer,
    no_such_path,
)
from ai_models.testing.recorder.request import ANSWER, RecordedRequest

__all__ = ["ROUTES"]

_Events = Iterator[tuple[str | None, Any]]
_VECTOR = [0.0, 1.0]


def _forced_tool(request: RecordedRequest) -> tuple[str, str] | None:
    """Return the name and the arguments of the tool that the model must call."""
    choice = request.asked.get("tool_choice")
    tools = [tool.get("function", tool) for tool in request.asked.get("tools") or [] if tool.get("type") == "function"]
    if not tools or choice in (None, "auto", "none"):
        return None
    wanted = (choice.get("function") or choice).get("name") if isinstance(choice, dict) else None
    tool = next((each for each in tools if each.get("name") == wanted), tools[0])
    return tool["name"], json.dumps(example_of(tool.get("parameters") or {"type": "object"}))


def _said(request: RecordedRequest) -> str:
    form = request.asked.get("response_format") or (request.asked.get("text") or {}).get("format") or {}
    if form.get("type") == "json_schema":
        return json.dumps(example_of((form.get("json_schema") or form).get("schema")))
    return json.dumps({"answer": ANSWER}) if form.get("type") == "json_object" else ANSWER


# chat completions


def _chat_completion(request: RecordedRequest) -> Answer:
    if request.asked.get("stream"):
        return events(_chat_chunks(request), "data: [DONE]\n\n")
    message, reason = _chat_message(request)
    choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None}
    return json_answer(_completion(request, "chat.completion", choice))


def _chat_message(request: RecordedRequest) -> tuple[dict[str, Any], str]:
    tool = _forced_tool(request)
    if tool is None:
        return {"role": "assistant", "content": _said(request)}, "stop"
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": tool[0], "arguments": tool[1]}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls"


def _chat_chunks(request: RecordedRequest) -> _Events:
    message, reason = _chat_message(request)
    for delta, end in ((message, None), ({}, reason)):
        choice = {"index": 0, "delta": delta, "finish_reason": end}
        yield None, _completion(request, "chat.completion.chunk", choice)


def _completion(request: RecordedRequest, kind: str, choice: dict[str, Any]) -> dict[str, Any]:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    head = {"id": "c1", "object": kind, "created": 1, "model": request.model, "choices": [choice], "usage": usage}
    return head | {"system_fingerprint": "recorder", "service_tier": "default"}


def _azure_deployment(request: RecordedRequest) -> Answer:
    if "api-version" not in request.parameters:
        return no_such_path(request)
    return _embeddings(request) if request.path.endswith("/embeddings") else _chat_completion(request)


def _text_completion(request: RecordedRequest) -> Answer:
    choice = {"index": 0, "text": ANSWER, "finish_reason": "stop", "logprobs": None}
    return json_answer(_completion(request, "text_completion", choice))


# responses


def _response(request: RecordedRequest) -> Answer:
    return events(_response_events(request)) if request.asked.get("stream") else json_answer(_response_body(request))


def _response_item(request: RecordedRequest) -> dict[str, Any]:
    tool = _forced_tool(request)
    if tool:
        call = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "status": "completed"}
        return call | {"name": tool[0], "arguments": tool[1]}
    part = {"type": "output_text", "text": _said(request), "annotations": [], "logprobs": []}
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]}


def _response_body(request: RecordedRequest) -> dict[str, Any]:
    usage = {
        "input_tokens": 1,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": 1,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 2,
    }
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": request.model,
        "output": [_response_item(request)],
        "parallel_tool_calls": True,
        "tool_choice": request.asked.get("tool_choice") or "auto",
        "tools": request.asked.get("tools") or [],
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
        "usage": usage,
        "text": {"format": {"type": "text"}},
        "reasoning": {"effort": None, "summary": None},
        "max_output_tokens": request.asked.get("max_output_tokens"),
        "previous_response_id": None,
        "truncation": "disabled",
    }


def _response_events(request: RecordedRequest) -> _Events:
    whole = _response_body(request)
    item = whole["output"][0]
    said = _text_events(item) if item["type"] == "message" else _call_events(item)
    steps = [
        {"type": "response.created", "response": whole | {"status": "in_progress", "output": [], "usage": None}},
        *said,
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": whole},
    ]
    for number, step in enumerate(steps):
        yield step["type"], step | {"sequence_number": number}


def _text_events(item: dict[str, Any]) -> list[dict[str, Any]]:
    part, place = item["content"][0], {"item_id": item["id"], "output_index": 0, "content_index": 0}
    added = {"type": "response.output_item.added", "output_index": 0, "item": item | {"content": []}}
    return [
        added,
        {"type": "response.content_part.added", **place, "part": part | {"text": ""}},
        {"type": "response.output_text.delta", **place, "delta": part["text"], "logprobs": []},
        {"type": "response.output_text.done", **place, "text": part["text"], "logprobs": []},
        {"type": "response.content_part.done", **place, "part": part},
    ]


def _call_events(item: dict[str, Any]) -> list[dict[str, Any]]:
    place, kind = {"item_id": item["id"], "output_index": 0}, "response.function_call_arguments"
    return [
        {"type": "response.output_item.added", "output_index": 0, "item": item | {"arguments": ""}},
        {"type": f"{kind}.delta", **place, "delta": item["arguments"]},
        {"type": f"{kind}.done", **place, "arguments": item["arguments"], "name": item["name"]},
    ]


# other kinds


def _embeddings(request: RecordedRequest) -> Answer:
    given = request.asked.get("input")
    count = len(given) if isinstance(given, list) and given and not isinstance(given[0], int) else 1
    in_base64 = request.asked.get("encoding_format") == "base64"
    vector = base64.b64encode(struct.pack("<2f", *_VECTOR)).decode() if in_base64 else _VECTOR
    rows = [{"object": "embedding", "index": index, "embedding": vector} for index in range(count)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return json_answer({"object": "list", "id": "e1", "model": request.model, "data": rows, "usage": usage})


def _images(request: RecordedRequest) -> Answer:
    picture = {"b64_json": "iVBORw0KGgo="} if request.asked.get("response_format") != "url" else {"url": "data:,"}
    return json_answer({"created": 1, "data": [picture], "model": request.model})


def _rerank(request: RecordedRequest) -> Answer:
    rows = [{"index": index, "relevance_score": 0.5} for index, _ in enumerate(request.asked.get("documents") or [])]
    return json_answer({"id": "r1", "model": request.model, "results": rows, "usage": {"total_tokens": 1}})


def _moderations(request: RecordedRequest) -> Answer:
    result: dict[str, Any] = {"flagged": False, "categories": {}, "category_scores": {}}
    return json_answer({"id": "m1", "model": request.model, "results": [result]})


def _models(request: RecordedRequest) -> Answer:
    return json_answer({"object": "list", "data": [_model("any")]})


def _model(id: str) -> dict[str, Any]:
    return {"id": id, "object": "model", "created": 1, "owned_by": "recorder"}


_BASE = r"(?!/openai/deployments/)(?!.*/v1\w*(?=/).*/v1/)(?:/[a-z][\w.-]*?)*?(?:/v\d\w*)(?:/openai)?"
_VERTEX = r"/v1(?:beta1)?/projects/[^/]+/locations/[^/]+/endpoints/openapi"
ROUTES: Routes = (
    ("POST", f"(?:{_BASE}|{_VERTEX}|/beta)/chat/completions", _chat_completion),
    ("POST", "/v1/(?:fim|agents)/completions", _chat_completion),
    ("POST", r"/openai/deployments/[^/]+/(?:chat/completions|embeddings)", _azure_deployment),
    ("POST", "/models/(?:chat/completions|embeddings)", _azure_deployment),
    ("POST", f"(?:{_BASE}|/beta)/completions", _text_completion),
    ("POST", _BASE + "/responses", _response),
    ("POST", _BASE + "/embeddings", _embeddings),
    ("POST", _BASE + "/images/generations", _images),
    ("POST", _BASE + "/audio/speech", lambda request: bytes_of("audio/mpeg", b"ID3")),
    ("POST", _BASE + "/audio/transcriptions", lambda request: json_answer({"text": ANSWER})),
    ("POST", _BASE + "/moderations", _moderations),
    ("POST", _BASE + "/rerank", _rerank),
    ("GET", _BASE + "/models", _models),
    ("GET", _BASE + "/models/.+", lambda request: json_answer(_model(request.path.rpartition("/")[2]))),
)
"""The paths and what answers them."""
