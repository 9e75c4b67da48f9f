"""A small server that speaks the wire formats of the model providers, and keeps what it is sent.

It shows what a client library really does: which path it asks, under which model name, with which key. It speaks
OpenAI's chat completions and responses, Anthropic's messages, Gemini, Cohere, Mistral, Bedrock, Ollama, Azure and the
router of Hugging Face; plain and streamed, with forced tool calls and answers in a JSON schema. A path that the real
servers don't have, such as `/v1/v1/models`, gets a 404 here too.

>>> from urllib.request import Request, urlopen
>>> with Recorder() as recorder:
...     url = recorder.url + "/v1/chat/completions"
...     answer = urlopen(Request(url, b'{"model": "gpt-4"}', {"Authorization": "Bearer sk-1"})).read()
>>> recorder.last.path, recorder.last.model, recorder.last.key
('/v1/chat/completions', 'gpt-4', 'sk-1')
"""

from ai_models.testing.recorder.request import ANSWER, RecordedRequest
from ai_models.testing.recorder.server import Recorder

__all__ = ["ANSWER", "RecordedRequest", "Recorder"]
