"""What Google's own API says, as the Gemini API and on Vertex."""

import json
from typing import Any

from ai_models.testing.recorder.answers import Answer, Routes, events, example_of, json_answer
from ai_models.testing.recorder.request import ANSWER, RecordedRequest

__all__ = ["ROUTES"]

_VECTOR = [0.0, 1.0]


def _generate(request: RecordedRequest) -> Answer:
    candidate = {"content": {"parts": [_part(request)], "role": "model"}, "finishReason": "STOP", "index": 0}
    usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
    body = {"candidates": [candidate], "usageMetadata": usage, "modelVersion": request.model, "responseId": "r1"}
    if not request.path.endswith(":streamGenerateContent"):
        return json_answer(body)
    return events([(None, body)]) if request.parameters.get("alt") == ["sse"] else json_answer([body])


def _config(request: RecordedRequest) -> dict[str, Any]:
    return request.asked.get("generationConfig") or request.asked.get("generation_config") or {}


def _part(request: RecordedRequest) -> dict[str, Any]:
    config, tool = _config(request), _forced_tool(request)
    if tool:
        return {"functionCall": tool}
    wanted = [str(each).upper() for each in config.get("responseModalities") or ()]
    for modality, media in (("IMAGE", "image/png"), ("AUDIO", "audio/L16;codec=pcm;rate=24000")):
        if modality in wanted:
            return {"inlineData": {"mimeType": media, "data": "AAAA"}}
    schema = next((value for name, value in config.items() if name.lower().replace("_", "") in _SCHEMAS), None)
    return {"text": json.dumps(example_of(schema)) if schema else ANSWER}


_SCHEMAS = ("responseschema", "responsejsonschema")


def _forced_tool(request: RecordedRequest) -> dict[str, Any] | None:
    choice = (request.asked.get("toolConfig") or {}).get("functionCallingConfig") or {}
    tools = [each for tool in request.asked.get("tools") or [] for each in tool.get("functionDeclarations") or []]
    if not tools or choice.get("mode") != "ANY":
        return None
    allowed = choice.get("allowedFunctionNames") or [tools[0]["name"]]
    tool = next((each for each in tools if each["name"] in allowed), tools[0])
    schema = tool.get("parameters") or tool.get("parametersJsonSchema") or {"type": "object"}
    return {"name": tool["name"], "args": example_of(schema)}


def _batch(request: RecordedRequest) -> Answer:
    return json_answer({"embeddings": [{"values": _VECTOR} for _ in request.asked.get("requests") or [0]]})


def _predict(request: RecordedRequest) -> Answer:
    instances = request.asked.get("instances") or [{}]
    if "prompt" in instances[0]:
        return json_answer({"predictions": [{"bytesBase64Encoded": "iVBORw0KGgo=", "mimeType": "image/png"}]})
    counts = {"token_count": 1, "truncated": False}
    return json_answer({"predictions": [{"embeddings": {"values": _VECTOR, "statistics": counts}} for _ in instances]})


def _models(request: RecordedRequest) -> Answer:
    return json_answer({"models": [{"name": "models/any", "supportedGenerationMethods": ["generateContent"]}]})


_MODEL = r"/v1\w*/(?:projects/[^/]+/locations/[^/]+/)?(?:publishers/google/)?(?:models|tunedModels)/[^/:]+"
ROUTES: Routes = (
    ("POST", _MODEL + ":(?:generateContent|streamGenerateContent)", _generate),
    ("POST", _MODEL + ":embedContent", lambda request: json_answer({"embedding": {"values": _VECTOR}})),
    ("POST", _MODEL + ":batchEmbedContents", _batch),
    ("POST", _MODEL + ":countTokens", lambda request: json_answer({"totalTokens": 1})),
    ("POST", _MODEL + ":predict", _predict),
    ("GET", r"/v1(?:beta|alpha)/models", _models),
)
"""The paths and what answers them."""
