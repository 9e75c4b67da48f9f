"""What Amazon Bedrock says: its own protocol for every model (converse), and each lab's own (invoke)."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from ai_models.testing.recorder.answers import Answer, Routes, aws_events, example_of, json_answer
from ai_models.testing.recorder.anthropic import message_body, message_events
from ai_models.testing.recorder.request import ANSWER, RecordedRequest

__all__ = ["ROUTES"]

_USAGE = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
_VECTOR = [0.0, 1.0]


def _converse(request: RecordedRequest) -> Answer:
    block = _block(request)
    message = {"role": "assistant", "content": [block]}
    body = {"output": {"message": message}, "stopReason": _reason(block), "usage": _USAGE}
    return json_answer(body | {"metrics": {"latencyMs": 1}})


def _converse_stream(request: RecordedRequest) -> Answer:
    block = _block(request)
    return aws_events(
        [
            ("messageStart", {"role": "assistant"}),
            *_block_events(block),
            ("contentBlockStop", {"contentBlockIndex": 0}),
            ("messageStop", {"stopReason": _reason(block)}),
            ("metadata", {"usage": _USAGE, "metrics": {"latencyMs": 1}}),
        ]
    )


def _block(request: RecordedRequest) -> dict[str, Any]:
    config = request.asked.get("toolConfig") or {}
    choice = config.get("toolChoice") or {"auto": {}}
    if not config.get("tools") or "auto" in choice:
        return {"text": ANSWER}
    tools = [tool["toolSpec"] for tool in config["tools"] if "toolSpec" in tool]
    tool = next((each for each in tools if each["name"] == choice.get("tool", {}).get("name")), tools[0])
    given = example_of(tool["inputSchema"]["json"])
    return {"toolUse": {"toolUseId": "t1", "name": tool["name"], "input": given}}


def _reason(block: dict[str, Any]) -> str:
    return "tool_use" if "toolUse" in block else "end_turn"


def _block_events(block: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    tool = block.get("toolUse")
    if tool:
        start = {"toolUseId": tool["toolUseId"], "name": tool["name"]}
        yield "contentBlockStart", {"contentBlockIndex": 0, "start": {"toolUse": start}}
    delta = {"toolUse": {"input": json.dumps(tool["input"])}} if tool else {"text": block["text"]}
    yield "contentBlockDelta", {"contentBlockIndex": 0, "delta": delta}


def _invoke(request: RecordedRequest) -> Answer:
    asked = request.asked
    if "anthropic_version" in asked:
        return json_answer(message_body(request))
    if "inputText" in asked and "embed" in (request.model or ""):
        return json_answer({"embedding": _VECTOR, "embeddingsByType": {"float": _VECTOR}, "inputTextTokenCount": 1})
    if "texts" in asked:
        vectors = [_VECTOR for _ in asked["texts"]]
        return json_answer({"id": "e1", "embeddings": vectors, "response_type": "embeddings_floats"})
    if "inferenceConfig" in asked or "schemaVersion" in asked:
        return _converse(request)
    counts = {"prompt_token_count": 1, "generation_token_count": 1, "stop_reason": "stop"}
    return json_answer({"generation": ANSWER, "results": [{"outputText": ANSWER}], **counts})


def _invoke_stream(request: RecordedRequest) -> Answer:
    texts = (json.dumps(body).encode() for _, body in message_events(request))
    return aws_events(("chunk", {"bytes": base64.b64encode(text).decode()}) for text in texts)


ROUTES: Routes = (
    ("POST", "/model/[^/]+/converse", _converse),
    ("POST", "/model/[^/]+/converse-stream", _converse_stream),
    ("POST", "/model/[^/]+/invoke", _invoke),
    ("POST", "/model/[^/]+/invoke-with-response-stream", _invoke_stream),
)
"""The paths and what answers them."""
