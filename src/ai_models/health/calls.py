"""Level 2: one tiny call of a model in the protocol of its provider, through our own transport; it may be billed."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ai_models._core.model import Offer
from ai_models.connectors.endpoint import Endpoint
from ai_models.errors import AIModelsError, SourceError
from ai_models.health.targets import Target
from ai_models.health.verdicts import Verdict, verdict_on
from ai_models.sources.exchange import Exchange, Server
from ai_models.sources.failures import Asked, answer_error
from ai_models.transport import Response, Transport, default_transport

__all__ = ["INPUT_TOKENS", "MOST_TOKENS", "Call", "Outcome", "call_of", "try_call"]

MOST_TOKENS = 16
"""The most tokens that an answer may have; the least that every server takes."""

INPUT_TOKENS = 12
"""About how many tokens a call sends."""

_TEXT = "Say ok."
_MESSAGES = [{"role": "user", "content": _TEXT}]
_CHAT = (None, "chat", "completion", "vision", "reasoning", "responses")
_REDIRECTED = {"v1/responses": "responses", "v1/completions": "completions"}
_CUT_SHORT = ("output limit was reached", "max_tokens or model output limit")


@dataclass(frozen=True, slots=True)
class Call:
    """One request: where it goes, what it sends, and the fields of which an answer has one.

    >>> Call("http://host/v1/embeddings", {"model": "m", "input": "ok"}, ("data",)).expects
    ('data',)
    """

    url: str
    body: Mapping[str, Any]
    expects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call; `answer` is the data that came, `None` if none did.

    >>> print(Outcome(Verdict("ok"), 0.4).answer)
    None
    """

    verdict: Verdict
    seconds: float | None = None
    answer: Any = None


Make = Callable[[str, Offer, Endpoint, bool], Call]


def _openai(base: str, offer: Offer, endpoint: Endpoint, embeds: bool) -> Call:
    if embeds:
        return Call(f"{base}/embeddings", {"model": offer.id, "input": "ok"}, ("data",))
    body = {"model": offer.id, "messages": _MESSAGES, endpoint.provider.output_cap: MOST_TOKENS}
    return Call(f"{base}/chat/completions", body, ("choices",))


def _anthropic(base: str, offer: Offer, endpoint: Endpoint, embeds: bool) -> Call:
    body = {"model": offer.id, "messages": _MESSAGES, "max_tokens": 1}
    return Call(f"{base}/v1/messages", body, ("content",))


def _gemini(base: str, offer: Offer, endpoint: Endpoint, embeds: bool) -> Call:
    url = f"{base}/v1beta/models/{quote(offer.id.removeprefix('models/'), safe='')}"
    content = {"role": "user", "parts": [{"text": _TEXT}]}
    if embeds:
        return Call(f"{url}:embedContent", {"content": content}, ("embedding",))
    body = {"contents": [content], "generationConfig": {"maxOutputTokens": MOST_TOKENS}}
    return Call(f"{url}:generateContent", body, ("candidates",))


def _ollama(base: str, offer: Offer, endpoint: Endpoint, embeds: bool) -> Call:
    if embeds:
        return Call(f"{base}/api/embed", {"model": offer.id, "input": "ok"}, ("embeddings",))
    body = {"model": offer.id, "messages": _MESSAGES, "stream": False, "options": {"num_predict": 1}}
    return Call(f"{base}/api/chat", body, ("message",))


def _cohere(base: str, offer: Offer, endpoint: Endpoint, embeds: bool) -> Call:
    if embeds:
        asked = {"model": offer.id, "texts": ["ok"], "input_type": "search_query", "embedding_types": ["float"]}
        return Call(f"{base}/v2/embed", asked, ("embeddings",))
    return Call(f"{base}/v2/chat", {"model": offer.id, "messages": _MESSAGES, "max_tokens": 1}, ("message",))


_WIRES: Mapping[str, tuple[Any, Make]] = {
    "openai": ("openai", _openai),
    "openrouter": ("openai", _openai),
    "mistral": ("openai", _openai),
    "anthropic": ("anthropic", _anthropic),
    "gemini": ("root", _gemini),
    "ollama": ("root", _ollama),
    "cohere": ("root", _cohere),
}
"""The protocols that are spoken here: the form of the base URL that each wants, and what makes a call."""


def call_of(target: Target) -> Call | str:
    """Return the call that tries a model, or in words why none can be made.

    >>> from ai_models._core.model import Model
    >>> from ai_models.providers import providers
    >>> offer = Model("claude-x", "anthropic").offer("anthropic")
    >>> call_of(Target("claude-x", Endpoint(providers["anthropic"], env={}), offer)).url
    'https://api.anthropic.com/v1/messages'
    """
    offer, endpoint = target.offer, target.endpoint
    if offer is None or endpoint is None:
        return "a call needs a model: name one"
    kind = offer.model.kind
    if kind not in (*_CHAT, "embedding"):
        return f"a model of the kind {kind} is not tried at level 2"
    wire = endpoint.provider.wire
    form, make = _WIRES.get(wire, (None, None))
    if make is None or endpoint.provider.auth in ("oauth", "signed"):
        return f"{endpoint.provider.name} is not tried at level 2: its protocol is not spoken here"
    if kind == "embedding" and wire == "anthropic":
        return "a model of the kind embedding is not tried at level 2"
    base = _base(endpoint, form)
    return make(base, offer, endpoint, kind == "embedding") if base else "its address is not known"


def _base(endpoint: Endpoint, form: Any) -> str | None:
    try:
        return endpoint.url(form)
    except AIModelsError:
        return None


def try_call(target: Target, call: Call, timeout_s: float, transport: Transport | None = None) -> Outcome:
    """Make a call and return what became of it; where a server says that a model takes another path, that one is taken.

    >>> from ai_models._core.model import Model
    >>> from ai_models.providers import providers
    >>> from ai_models.testing import FakeTransport
    >>> target = Target("m", Endpoint(providers["ollama"], env={}, dotenv={}), Model("m", "ollama").offer("ollama"))
    >>> transport = FakeTransport({"http://127.0.0.1:11434/api/chat": {"message": {"content": "ok"}}})
    >>> try_call(target, call_of(target), 5, transport).verdict.status
    'ok'
    """
    started = time.monotonic()
    exchange = Exchange(_server(target, call.url, transport), deadline=started + timeout_s)
    try:
        answer = exchange.json(call.url, body=call.body)
        verdict = _judged(call, answer) or verdict_on(_error_in(answer, exchange), call=True)
    except SourceError as error:
        answer, verdict = None, verdict_on(error, call=True, key_variable=target.key_variable)
        other = _elsewhere(call, str(error))
        if other is not None:
            return try_call(target, other, timeout_s - (time.monotonic() - started), transport)
        if any(each in str(error) for each in _CUT_SHORT):
            verdict = Verdict("ok", "it answered, and was cut short")
    return Outcome(verdict, round(time.monotonic() - started, 3), answer)


def _server(target: Target, url: str, transport: Transport | None) -> Server:
    endpoint = target.endpoint
    assert endpoint is not None  # noqa: S101 - `call_of` made no call without one
    key = target.find_key()
    headers = endpoint.provider.headers(key.reveal() if key else None)
    hint = f"is {endpoint.provider.name} running?" if endpoint.provider.is_local else ""
    return Server(Asked(endpoint.provider.id, url, key, hint), transport or default_transport(), headers)


def _elsewhere(call: Call, said: str) -> Call | None:
    """Return the call in OpenAI's other protocols, if the server says that the model takes that one alone."""
    base, found, _ = call.url.rpartition("/chat/completions")
    if not found:
        return None
    path = next((path for words, path in _REDIRECTED.items() if words in said.partition("; the server says ")[2]), None)
    if path == "responses":
        body = {"model": call.body["model"], "input": _TEXT, "max_output_tokens": MOST_TOKENS}
        return Call(f"{base}/responses", body, ("output",))
    if path == "completions":
        body = {"model": call.body["model"], "prompt": _TEXT, "max_tokens": 1}
        return Call(f"{base}/completions", body, ("choices",))
    return None


def _judged(call: Call, answer: Any) -> Verdict | None:
    """Return the verdict on what came with a status of 200; `None` for an error, which some servers send so too."""
    if isinstance(answer, Mapping):
        if any(name in answer for name in call.expects) or "promptFeedback" in answer:
            return Verdict("ok", "it answered a call")
        if answer.get("error"):
            return None
    return Verdict("wrong_answer", "what came is no answer of a model", "check the base URL")


def _error_in(answer: Any, exchange: Exchange) -> SourceError:
    error = answer["error"]
    code = error.get("code") if isinstance(error, Mapping) else None
    status = code if isinstance(code, int) and 400 <= code < 600 else 500
    return answer_error(exchange.server.asked, Response(status, {}, json.dumps(answer).encode()))
