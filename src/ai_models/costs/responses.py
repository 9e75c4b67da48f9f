"""Reading what a call used out of whatever a client library, or a server, gave back.

Responses are looked at, not called and not changed: mappings and objects with attributes are
the same here, and no library is imported.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ai_models._core.pricing import exact
from ai_models.costs.records import Usage
from ai_models.costs.usage_shapes import at, read_usage
from ai_models.errors import InvalidModelError

__all__ = ["Reading", "read_response"]

_EVENTS = ("message_start", "response.completed")
"""The events of a stream that hold a whole message or response."""

LITELLM_COST = "x-litellm-response-cost"
"""The header in which LiteLLM's proxy says what a call cost, in USD."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a response says of its call; `None` is what it doesn't say.

    `reported` is what it cost in USD by the word of `reporter`, which billed it.

    >>> Reading(Usage(9, 3), model="gpt-4o").usage.output_tokens
    3
    """

    usage: Usage
    model: str | None = None
    provider: str | None = None
    id: str | None = None
    service: str | None = None
    reported: Decimal | None = None
    reporter: str | None = None


def read_response(response: Any) -> Reading:
    """Return what a response says of its call: its usage, model, id, and what it cost if that is in it.

    Read are chat, responses, embeddings and images of OpenAI and whoever speaks as it does,
    Anthropic, Gemini, Mistral, Cohere, Bedrock, Ollama, llama.cpp, OpenRouter, LiteLLM, LangChain,
    pydantic-ai, an HTTP response of any of them, and the list of a stream's chunks. Raise
    `InvalidModelError` for what says nothing of its usage.

    >>> answer = {"model": "gpt-4o", "usage": {"prompt_tokens": 9, "completion_tokens": 3}}
    >>> reading = read_response(answer)
    >>> reading.model, reading.usage.input_tokens, reading.usage.output_tokens
    ('gpt-4o', 9, 3)
    """
    opened = _opened(response)
    if isinstance(opened, list):
        return _joined([_read(chunk) for chunk in map(_opened, opened)])
    found = _read(opened)
    if found is None:
        raise InvalidModelError("response", response, "it says nothing of what the call used")
    header = _litellm_cost(response)
    return found if header is None else replace(found, reported=header, reporter="litellm")


def _opened(response: Any) -> Any:
    """Return what holds the usage: the body of an HTTP response, what a run used, the message in an event."""
    if at(response, "type") in _EVENTS:
        return at(response, "message") or at(response, "response")
    if isinstance(response, Mapping | list):
        return response
    if callable(getattr(response, "json", None)) and hasattr(response, "headers") and hasattr(response, "content"):
        return response.json()
    messages = getattr(response, "all_messages", None)
    if callable(messages):
        return _of_a_run(response, messages())
    if isinstance(response, Iterable) and not hasattr(response, "usage") and hasattr(response, "__next__"):
        return list(response)
    return response


def _of_a_run(run: Any, messages: Iterable[Any]) -> Mapping[str, Any]:
    """Return what a run of pydantic-ai used in all its requests, with the model that gave the last answer."""
    last = [each for each in messages if getattr(each, "model_name", None)][-1:]
    usage = run.usage() if callable(run.usage) else run.usage
    named = last[0] if last else None
    return {"usage": usage, "model": at(named, "model_name"), "provider_name": at(named, "provider_name")}


def _read(response: Any) -> Reading | None:
    usage = read_usage(response)
    if usage is None:
        return None
    cost, reporter = _reported(response)
    said = at(response, "response_metadata")
    model, id = _text(response, *_MODEL), _text(response, "id", "responseId", "response_id")
    service = _text(response, "service_tier") or _text(at(response, "usage"), "service_tier")
    provider = _text(response, "provider_name")
    if said is not None:  # LangChain's
        model, service = _text(said, *_MODEL) or model, _text(said, "service_tier") or service
        provider = _text(said, "model_provider") or provider
    return Reading(usage, model, provider, id, service, cost, reporter)


_MODEL = ("model", "model_name", "modelVersion", "model_version", "model_id")


def _reported(response: Any) -> tuple[Decimal | None, str | None]:
    """Return what the response itself says that it cost, and who says so."""
    usage = at(response, "usage")
    if usage is None:
        usage = at(response, "response_metadata", "token_usage")
    cost = at(usage, "cost")
    if _number(cost):
        upstream = at(usage, "cost_details", "upstream_inference_cost")
        own_key = at(usage, "is_byok") is True and _number(upstream)
        return exact(cost) + (exact(upstream) if own_key else 0), "openrouter"
    cost = at(response, "_hidden_params", "response_cost")
    return (exact(cost), "litellm") if _number(cost) else (None, None)


def _litellm_cost(response: Any) -> Decimal | None:
    headers = at(response, "headers")
    told = headers.get(LITELLM_COST) if hasattr(headers, "get") else None
    try:
        return None if told is None else exact(float(told))
    except ValueError:
        return None


def _joined(readings: list[Reading | None]) -> Reading:
    """Return what a stream's chunks say together: each count is the largest that any of them names."""
    found = [each for each in readings if each is not None]
    if not found:
        raise InvalidModelError("response", "a stream", "no chunk of it says what the call used")
    joined = found[0]
    for each in found[1:]:
        newer = {name: getattr(each, name) for name in Reading.__slots__ if getattr(each, name) is not None}
        joined = replace(joined, **{**newer, "usage": _larger(joined.usage, each.usage)})
    return joined


def _larger(one: Usage, other: Usage) -> Usage:
    counts = {
        name: max(known)
        for name in Usage.__slots__
        if name != "units" and (known := [n for n in (getattr(one, name), getattr(other, name)) if n is not None])
    }
    return Usage(**counts, units={**one.units, **other.units})


def _text(holder: Any, *names: str) -> str | None:
    for name in names:
        value = at(holder, name)
        if isinstance(value, str) and value:
            return value
    return None


def _number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
