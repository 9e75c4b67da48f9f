"""Reading what a call used out of whatever a client library, or a server, gave back.

Responses are looked at, not called and not changed: mappings and objects with attributes are
the same here, and no library is imported.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from math import isfinite
from typing import Any

from ai_models._core.pricing import exact
from ai_models.costs.records import Usage
from ai_models.costs.usage_shapes import at, read_usage
from ai_models.errors import InvalidModelError

__all__ = ["Reading", "read_response"]

_WITHIN = ("message", "response", "data", "metadata", "delta", "x_groq", "body")
"""Where the events of a stream hold what says the usage, if it isn't the event itself."""

_TICKS = 10_000_000_000
"""How many of xAI's ticks are one USD."""

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
        return _joined([(chunk, _read(chunk)) for chunk in map(_opened, opened)])
    found = _read(opened)
    if found is None:
        raise InvalidModelError("response", response, "it says nothing of what the call used")
    header = _litellm_cost(response)
    return found if header is None else replace(found, reported=header, reporter="litellm")


def _opened(response: Any) -> Any:
    """Return what holds the usage: the body of an HTTP response, what a run used, the message in an event."""
    if isinstance(response, list | tuple):
        return list(response)
    if isinstance(response, Mapping):
        return _event(response)
    sent = at(response, "http_response")
    sent = response if sent is None else sent
    if callable(at(sent, "json")) and at(sent, "headers") is not None:
        return _body(sent)
    messages = getattr(response, "all_messages", None)
    if callable(messages):
        return _of_a_run(response, messages())
    if isinstance(response, Iterable) and not hasattr(response, "usage") and hasattr(response, "__next__"):
        return list(response)
    return _event(response)


def _event(response: Any) -> Any:
    """Return the part of a stream's event that says the usage; what is no such event as it is."""
    if any(at(response, name) is not None for name in ("usage", "usage_metadata", "usageMetadata")):
        return response
    for name in _WITHIN:
        held = at(response, name)
        if held is not None and not isinstance(held, str | list) and read_usage(held) is not None:
            model = at(response, "model")
            return {"model": model, "usage": at(held, "usage")} if name == "x_groq" else held
    return response


def _body(response: Any) -> Any:
    try:
        return response.json()
    except (ValueError, RuntimeError):
        raise InvalidModelError(
            "response", response, "its body is no JSON, or was not read: read it first, or give the list of its events"
        ) from None


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
    service = _service(response)
    provider = _text(response, "provider_name") or _server(response)
    if said is not None:  # LangChain's
        model, service = _text(said, *_MODEL) or model, _text(said, "service_tier") or service
        provider = _text(said, "model_provider") or provider
    return Reading(usage, model, provider, id, service, cost, reporter)


def _service(response: Any) -> str | None:
    """Return the kind of service that answered, in the words of the one who did."""
    usage = at(response, "usage")
    if _text(usage, "speed") == "fast":
        return "fast"
    if _text(usage, "inference_geo") == "us":
        return "US-only inference"  # a tenth dearer than the list says
    return _text(response, "service_tier") or _text(usage, "service_tier") or _traffic(response)


def _traffic(response: Any) -> str | None:
    """Return the kind of service in Vertex AI's words, such as `ON_DEMAND` or `PROVISIONED_THROUGHPUT`."""
    for holder, name in (("usageMetadata", "trafficType"), ("usage_metadata", "traffic_type")):
        said = at(response, holder, name)
        if said is not None:
            return str(at(said, "value") or said).lower().removeprefix("on_demand_")
    return None


def _server(response: Any) -> str | None:
    """Return the server that is known by the way it counts, or whom LiteLLM called."""
    told = at(response, "_hidden_params", "custom_llm_provider")
    if isinstance(told, str) and told:
        return told
    if at(response, "x_groq") is not None:
        return "groq"
    marks = {"ollama": "prompt_eval_count", "llamacpp": "tokens_evaluated"}
    found = next((name for name, mark in marks.items() if _number(at(response, mark))), None)
    return "bedrock" if found is None and _number(at(response, "usage", "inputTokens")) else found


_MODEL = ("model", "model_name", "modelVersion", "model_version", "model_id")


def _reported(response: Any) -> tuple[Decimal | None, str | None]:
    """Return what the response itself says that it cost, and who says so."""
    usage = at(response, "usage")
    if usage is None:
        usage = at(response, "response_metadata", "token_usage")
    for reporter, cost in _bills(response, usage):
        if _number(cost):
            return exact(cost), reporter
    return None, None


def _bills(response: Any, usage: Any) -> Iterator[tuple[str, Any]]:
    """Yield who may have said in USD what a call cost, and where."""
    cost, library = at(usage, "cost"), at(response, "_hidden_params")
    if cost is not None:
        upstream = at(usage, "cost_details", "upstream_inference_cost")
        if at(usage, "is_byok") is True and _number(cost) and _number(upstream):
            cost = exact(cost) + exact(upstream)
        yield ("openrouter" if library is None else "litellm"), cost
        yield "perplexity", at(cost, "total_cost")
    ticks = at(usage, "cost_in_usd_ticks")
    yield "xai", exact(ticks) / _TICKS if _number(ticks) else None
    yield "deepinfra", at(usage, "estimated_cost")
    yield (
        "litellm",
        at(library, "response_cost") or None,
    )  # its zero is what it says of servers that it has no price for


def _litellm_cost(response: Any) -> Decimal | None:
    headers = at(response, "headers")
    told = headers.get(LITELLM_COST) if hasattr(headers, "get") else None
    try:
        cost = None if told is None else float(told)
    except (TypeError, ValueError):
        return None
    return exact(cost) if cost is not None and _number(cost) else None


def _joined(chunks: list[tuple[Any, Reading | None]]) -> Reading:
    """Return what a stream's chunks say together: each count is the largest of any, or LangChain's parts added up."""
    found = [(chunk, reading) for chunk, reading in chunks if reading is not None]
    if not found:
        raise InvalidModelError("response", "a stream", "no chunk of it says what the call used")
    if len({reading.id for _, reading in found if reading.id is not None}) > 1:
        raise InvalidModelError("response", "a list", "these are the answers of several calls: give one at a time")
    joined = found[0][1]
    for chunk, each in found[1:]:
        newer = {name: getattr(each, name) for name in Reading.__slots__ if getattr(each, name) is not None}
        together = sum if at(chunk, "usage_metadata", "input_tokens") is not None else max
        joined = replace(joined, **{**newer, "usage": _together(joined.usage, each.usage, together)})
    return joined


def _together(one: Usage, other: Usage, count: Callable[[list[int]], int]) -> Usage:
    counts = {
        name: count(known)
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
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    return isfinite(value) and value >= 0
