"""The server that keeps what it is sent: the wire formats it speaks, and the paths it doesn't have."""

import json
import struct
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from ai_models.testing.recorder import ANSWER, RecordedRequest, Recorder

SCHEMA = {"type": "object", "properties": {"said": {"type": "string"}, "n": {"type": "integer"}}}
FITS = {"said": ANSWER, "n": 7}
TOOL = {"name": "note", "parameters": SCHEMA}


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


def sent(recorder: Recorder, path: str, body: Any, **headers: str) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(recorder.url + path, data, headers)) as answer:
        return bytes(answer.read())


def asked(recorder: Recorder, path: str, body: Any, **headers: str) -> Any:
    return json.loads(sent(recorder, path, body, **headers))


def events(raw: bytes) -> list[Any]:
    rows = [line.removeprefix("data: ") for line in raw.decode().splitlines() if line.startswith("data: ")]
    return [json.loads(row) for row in rows if row != "[DONE]"]


def at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


CHATS = [
    ("/v1/chat/completions", "choices.0.message.content"),
    ("/openai/v1/chat/completions", "choices.0.message.content"),
    ("/v1beta/openai/chat/completions", "choices.0.message.content"),
    ("/compatibility/v1/chat/completions", "choices.0.message.content"),
    ("/beta/chat/completions", "choices.0.message.content"),
    ("/together/v1/chat/completions", "choices.0.message.content"),
    ("/openai/deployments/m/chat/completions?api-version=2024-10-21", "choices.0.message.content"),
    ("/models/chat/completions?api-version=2024-05-01-preview", "choices.0.message.content"),
    ("/v1/responses", "output.0.content.0.text"),
    ("/openai/v1/responses", "output.0.content.0.text"),
    ("/v1/messages", "content.0.text"),
    ("/api/v1/messages", "content.0.text"),
    ("/anthropic/v1/messages", "content.0.text"),
    ("/v1beta/models/m:generateContent", "candidates.0.content.parts.0.text"),
    ("/v1/models/m:generateContent", "candidates.0.content.parts.0.text"),
    ("/v1/projects/p/locations/l/publishers/google/models/m:generateContent", "candidates.0.content.parts.0.text"),
    ("/v1/projects/p/locations/l/publishers/anthropic/models/m:rawPredict", "content.0.text"),
    ("/v2/chat", "message.content.0.text"),
    ("/v1/chat", "text"),
    ("/model/m/converse", "output.message.content.0.text"),
    ("/api/chat", "message.content"),
    ("/api/generate", "response"),
    ("/v1/completions", "choices.0.text"),
]


@pytest.mark.parametrize(("path", "where"), CHATS, ids=[path for path, _ in CHATS])
def test_every_wire_format_answers_and_names_the_model(recorder: Recorder, path: str, where: str) -> None:
    answer = asked(recorder, path, {"model": "m", "max_tokens": 8, "stream": False})
    assert at(answer, where) == ANSWER
    assert (recorder.last.model, recorder.last.path) == ("m", path.partition("?")[0])


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/v1beta/models/gemini-2.5-flash:streamGenerateContent", "gemini-2.5-flash"),
        ("/v1/projects/p/locations/l/publishers/google/models/gemini:generateContent", "gemini"),
        ("/model/us.amazon.nova-lite-v1%3A0/converse-stream", "us.amazon.nova-lite-v1:0"),
        ("/model/arn%3Aaws%3Abedrock%2Fx/invoke", "arn:aws:bedrock/x"),
        ("/openai/deployments/mine/chat/completions", "mine"),
        ("/hf-inference/models/BAAI/bge-small/pipeline/feature-extraction", "BAAI/bge-small"),
        ("/v1/chat/completions", "of-body"),
    ],
)
def test_a_model_stands_in_the_path_or_in_the_body(path: str, model: str) -> None:
    assert RecordedRequest("POST", path, {}, {"model": "of-body"}).model == model


@pytest.mark.parametrize(
    ("headers", "query", "key"),
    [
        ({"authorization": "Bearer k"}, "", "k"),
        ({"x-api-key": "k"}, "", "k"),
        ({"api-key": "k"}, "", "k"),
        ({"x-goog-api-key": "k"}, "", "k"),
        ({}, "alt=sse&key=k", "k"),
        ({"authorization": "AWS4-HMAC-SHA256 Credential=x"}, "", None),
        ({}, "", None),
    ],
)
def test_a_key_is_found_wherever_it_is_sent(headers: dict[str, str], query: str, key: str | None) -> None:
    assert RecordedRequest("POST", "/", headers, None, query).key == key


@pytest.mark.parametrize(
    "path",
    [
        "/v1/v1/chat/completions",
        "/v1/openai/v1/chat/completions",
        "/v1beta/openai/v1/chat/completions",
        "/chat/completions",
        "/responses",
        "/v1/v1/responses",
        "/v1/v1/messages",
        "/v1/api/chat",
        "/v1/v1beta/models/m:generateContent",
        "/v1beta/v1beta/models/m:generateContent",
        "/v1beta/openai/models/m:generateContent",
        "/v2/v2/chat",
        "/v1/v2/chat",
        "/v1/model/m/converse",
        "/openai/deployments/m/chat/completions",
        "/openai/deployments/m/v1/chat/completions?api-version=1",
    ],
)
def test_there_is_no_path_that_the_real_servers_lack(recorder: Recorder, path: str) -> None:
    with pytest.raises(HTTPError) as caught:
        sent(recorder, path, {"model": "m", "max_tokens": 1})
    caught.value.close()
    assert caught.value.code == 404
    assert recorder.last.path == path.partition("?")[0]


def test_anthropic_refuses_sampling_and_wants_a_limit(recorder: Recorder) -> None:
    body = {"model": "m", "max_tokens": 1, "temperature": 1}
    assert asked(recorder, "/v1/messages", body, **{"anthropic-version": "2023-06-01"})["type"] == "message"
    for wrong in (body, {"model": "m"}):
        with pytest.raises(HTTPError, match="400") as caught:
            sent(recorder, "/v1/messages", wrong, **{"anthropic-version": "2026-10-21"})
        caught.value.close()


FORCED = [
    (
        "/v1/chat/completions",
        {"tools": [{"type": "function", "function": TOOL}], "tool_choice": "required"},
        lambda answer: json.loads(answer["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]),
    ),
    (
        "/v1/responses",
        {"tools": [{"type": "function", **TOOL}], "tool_choice": {"type": "function", "name": "note"}},
        lambda answer: json.loads(answer["output"][0]["arguments"]),
    ),
    (
        "/v1/messages",
        {
            "max_tokens": 8,
            "tools": [{"name": "note", "input_schema": SCHEMA}],
            "tool_choice": {"type": "tool", "name": "note"},
        },
        lambda answer: answer["content"][0]["input"],
    ),
    (
        "/v1beta/models/m:generateContent",
        {
            "tools": [{"functionDeclarations": [TOOL]}],
            "toolConfig": {"functionCallingConfig": {"mode": "ANY"}},
        },
        lambda answer: answer["candidates"][0]["content"]["parts"][0]["functionCall"]["args"],
    ),
    (
        "/v2/chat",
        {"tools": [{"type": "function", "function": TOOL}], "tool_choice": "REQUIRED"},
        lambda answer: json.loads(answer["message"]["tool_calls"][0]["function"]["arguments"]),
    ),
    (
        "/model/m/converse",
        {
            "toolConfig": {
                "tools": [{"toolSpec": {"name": "note", "inputSchema": {"json": SCHEMA}}}],
                "toolChoice": {"any": {}},
            }
        },
        lambda answer: answer["output"]["message"]["content"][0]["toolUse"]["input"],
    ),
]


@pytest.mark.parametrize(("path", "body", "given"), FORCED, ids=[row[0] for row in FORCED])
def test_a_forced_tool_is_called_with_arguments_that_fit(recorder: Recorder, path: str, body: Any, given: Any) -> None:
    assert given(asked(recorder, path, {"model": "m", **body})) == FITS


STRUCTURED = [
    (
        "/v1/chat/completions",
        {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}}},
        "choices.0.message.content",
    ),
    (
        "/v1/responses",
        {"text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA}}},
        "output.0.content.0.text",
    ),
    (
        "/v1/messages",
        {"max_tokens": 8, "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
        "content.0.text",
    ),
    (
        "/v1beta/models/m:generateContent",
        {"generationConfig": {"responseJsonSchema": SCHEMA}},
        "candidates.0.content.parts.0.text",
    ),
    ("/v2/chat", {"response_format": {"type": "json_object", "json_schema": SCHEMA}}, "message.content.0.text"),
    ("/api/chat", {"format": SCHEMA, "stream": False}, "message.content"),
]


@pytest.mark.parametrize(("path", "body", "where"), STRUCTURED, ids=[row[0] for row in STRUCTURED])
def test_an_answer_fits_the_schema_that_was_asked_for(recorder: Recorder, path: str, body: Any, where: str) -> None:
    assert json.loads(at(asked(recorder, path, {"model": "m", **body}), where)) == FITS


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/v1/chat/completions", lambda rows: rows[0]["choices"][0]["delta"]["content"]),
        ("/v1/responses", lambda rows: next(each["delta"] for each in rows if each["type"].endswith("text.delta"))),
        (
            "/v1/messages",
            lambda rows: next(each["delta"]["text"] for each in rows if "content_block_d" in each["type"]),
        ),
        (
            "/v1beta/models/m:streamGenerateContent?alt=sse",
            lambda rows: rows[0]["candidates"][0]["content"]["parts"][0]["text"],
        ),
        ("/v2/chat", lambda rows: rows[2]["delta"]["message"]["content"]["text"]),
    ],
)
def test_a_stream_says_the_same(recorder: Recorder, path: str, said: Any) -> None:
    assert said(events(sent(recorder, path, {"model": "m", "max_tokens": 8, "stream": True}))) == ANSWER


@pytest.mark.parametrize("path", ["/api/chat", "/api/generate"])
def test_ollama_streams_unless_it_is_asked_not_to(recorder: Recorder, path: str) -> None:
    rows = [json.loads(line) for line in sent(recorder, path, {"model": "m"}).splitlines()]
    assert [row["done"] for row in rows] == [False, True]


def test_a_stream_of_aws_has_lengths_and_checksums(recorder: Recorder) -> None:
    raw, names = sent(recorder, "/model/m/converse-stream", {}), []
    while raw:
        size, head, check = struct.unpack(">III", raw[:12])
        assert check == zlib.crc32(raw[:8])
        assert struct.unpack(">I", raw[size - 4 : size])[0] == zlib.crc32(raw[: size - 4])
        names.append(raw[12 + 15 : 12 + head].split(b"\r")[0])
        raw = raw[size:]
    assert len(names) == 5


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("/v1/embeddings", {"model": "m", "input": ["a", "b"]}, "data.1.embedding"),
        ("/openai/deployments/m/embeddings?api-version=1", {"input": "a"}, "data.0.embedding"),
        ("/v1beta/models/m:embedContent", {}, "embedding.values"),
        ("/v1beta/models/m:batchEmbedContents", {"requests": [{}, {}]}, "embeddings.1.values"),
        ("/v1/projects/p/locations/l/publishers/google/models/m:predict", {}, "predictions.0.embeddings.values"),
        ("/v2/embed", {"model": "m", "texts": ["a", "b"]}, "embeddings.float.1"),
        ("/v1/embed", {"model": "m", "texts": ["a"]}, "embeddings.0"),
        ("/api/embed", {"model": "m", "input": ["a", "b"]}, "embeddings.1"),
        ("/model/amazon.titan-embed-text-v2%3A0/invoke", {"inputText": "a"}, "embedding"),
        ("/model/cohere.embed-english-v3/invoke", {"texts": ["a", "b"]}, "embeddings.1"),
        ("/hf-inference/models/BAAI/bge/pipeline/feature-extraction", {"inputs": "a"}, ""),
    ],
)
def test_an_embedding_has_a_row_for_each_text(recorder: Recorder, path: str, body: Any, where: str) -> None:
    answer = asked(recorder, path, body)
    assert (at(answer, where) if where else answer) == [0.0, 1.0]


@pytest.mark.parametrize("path", ["/v2/rerank", "/v1/rerank"])
def test_every_document_is_ranked(recorder: Recorder, path: str) -> None:
    rows = asked(recorder, path, {"model": "m", "query": "q", "documents": ["a", "b"]})["results"]
    assert [row["index"] for row in rows] == [0, 1]


def test_the_hub_says_who_serves_a_model(recorder: Recorder) -> None:
    facts = asked(recorder, "/api/models/Qwen/Qwen3-32B?expand=inferenceProviderMapping", None)
    assert (facts["id"], "together" in facts["inferenceProviderMapping"]) == ("Qwen/Qwen3-32B", True)


def test_a_body_in_chunks_is_read(recorder: Recorder) -> None:
    parts = iter([b'{"model"', b': "m"}'])
    headers = {"transfer-encoding": "chunked"}
    urlopen(Request(recorder.url + "/v1/chat/completions", parts, headers, method="POST")).close()
    assert recorder.last.model == "m"
