"""The shapes in which servers and libraries say what a call used: a row of a table each, and their traps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from ai_models.costs.records import Usage

__all__ = ["at", "read_usage"]

Path = tuple[str, ...]


def at(holder: Any, *path: str) -> Any:
    """Return what is at a path of keys or attributes; `None` where anything on the way is missing.

    >>> at({"usage": {"prompt_tokens": 3}}, "usage", "prompt_tokens")
    3
    """
    for name in path:
        if holder is None:
            return None
        plain = type(holder) is dict or isinstance(holder, Mapping)
        holder = holder.get(name) if plain else getattr(holder, name, None)
    return holder


@dataclass(frozen=True, slots=True)
class Shape:
    """How one kind of answer says its usage: where that is, and where each count is in it."""

    where: Path
    input: Path
    output: Path
    parts: Mapping[str, Path]
    beside_input: tuple[str, ...] = ()
    beside_output: tuple[str, ...] = ()
    otherwise: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    """Where else servers put a count that isn't in its place."""


_PROMPT, _COMPLETION = "prompt_tokens_details", "completion_tokens_details"
_INPUT, _OUTPUT = "input_tokens_details", "output_tokens_details"
_CACHE = "cache_creation"

OPENAI = Shape(
    ("usage",),
    ("prompt_tokens",),
    ("completion_tokens",),
    {
        "cache_read_tokens": (_PROMPT, "cached_tokens"),
        "cache_write_tokens": (_PROMPT, "cache_write_tokens"),
        "cache_write_1h_tokens": (_PROMPT, "cache_creation_token_details", "ephemeral_1h_input_tokens"),
        "input_audio_tokens": (_PROMPT, "audio_tokens"),
        "reasoning_tokens": (_COMPLETION, "reasoning_tokens"),
        "output_audio_tokens": (_COMPLETION, "audio_tokens"),
        "search": ("num_search_queries",),
        "citation token": ("citation_tokens",),
    },
    otherwise={
        "cache_read_tokens": (("cached_tokens",), ("prompt_cache_hit_tokens",), ("cache_read_input_tokens",)),
        "cache_write_tokens": ((_PROMPT, "cache_creation_tokens"), ("cache_creation_input_tokens",)),
    },
)
RESPONSES = Shape(
    ("usage",),
    ("input_tokens",),
    ("output_tokens",),
    {
        "cache_read_tokens": (_INPUT, "cached_tokens"),
        "cache_write_tokens": (_INPUT, "cache_write_tokens"),
        "input_audio_tokens": (_INPUT, "audio_tokens"),
        "input_image_tokens": (_INPUT, "image_tokens"),
        "reasoning_tokens": (_OUTPUT, "reasoning_tokens"),
        "output_image_tokens": (_OUTPUT, "image_tokens"),
    },
)
REALTIME = Shape(
    ("usage",),
    ("input_tokens",),
    ("output_tokens",),
    {
        "cache_read_tokens": ("input_token_details", "cached_tokens"),
        "cache_read_audio_tokens": ("input_token_details", "cached_tokens_details", "audio_tokens"),
        "input_audio_tokens": ("input_token_details", "audio_tokens"),
        "input_image_tokens": ("input_token_details", "image_tokens"),
        "output_audio_tokens": ("output_token_details", "audio_tokens"),
    },
)
ANTHROPIC = Shape(
    ("usage",),
    ("input_tokens",),
    ("output_tokens",),
    {
        "cache_read_tokens": ("cache_read_input_tokens",),
        "cache_write_tokens": ("cache_creation_input_tokens",),
        "cache_write_1h_tokens": (_CACHE, "ephemeral_1h_input_tokens"),
        "reasoning_tokens": (_OUTPUT, "thinking_tokens"),
        "search": ("server_tool_use", "web_search_requests"),
    },
    beside_input=("cache_read_tokens", "cache_write_tokens"),
)
GEMINI = Shape(
    ("usageMetadata",),
    ("promptTokenCount",),
    ("candidatesTokenCount",),
    {"cache_read_tokens": ("cachedContentTokenCount",), "reasoning_tokens": ("thoughtsTokenCount",)},
    beside_output=("reasoning_tokens",),
)
GEMINI_OBJECT = Shape(
    ("usage_metadata",),
    ("prompt_token_count",),
    ("candidates_token_count",),
    {"cache_read_tokens": ("cached_content_token_count",), "reasoning_tokens": ("thoughts_token_count",)},
    beside_output=("reasoning_tokens",),
)
LANGCHAIN = Shape(
    ("usage_metadata",),
    ("input_tokens",),
    ("output_tokens",),
    {
        "cache_read_tokens": ("input_token_details", "cache_read"),
        "cache_write_tokens": ("input_token_details", "cache_creation"),
        "cache_write_1h_tokens": ("input_token_details", "ephemeral_1h_input_tokens"),
        "cache_write_5m_tokens": ("input_token_details", "ephemeral_5m_input_tokens"),
        "input_audio_tokens": ("input_token_details", "audio"),
        "reasoning_tokens": ("output_token_details", "reasoning"),
        "output_audio_tokens": ("output_token_details", "audio"),
    },
)
PYDANTIC_AI = Shape(
    ("usage",),
    ("input_tokens",),
    ("output_tokens",),
    {
        "cache_read_tokens": ("cache_read_tokens",),
        "cache_write_tokens": ("cache_write_tokens",),
        "input_audio_tokens": ("input_audio_tokens",),
        "cache_read_audio_tokens": ("cache_audio_read_tokens",),
        "reasoning_tokens": ("details", "reasoning_tokens"),
    },
)
BEDROCK = Shape(
    ("usage",),
    ("inputTokens",),
    ("outputTokens",),
    {"cache_read_tokens": ("cacheReadInputTokens",), "cache_write_tokens": ("cacheWriteInputTokens",)},
    beside_input=("cache_read_tokens", "cache_write_tokens"),
)
COHERE = Shape(
    ("usage", "billed_units"),
    ("input_tokens",),
    ("output_tokens",),
    {"search": ("search_units",), "image": ("images",)},
)
COHERE_META = Shape(("meta", "billed_units"), COHERE.input, COHERE.output, COHERE.parts)
PAGES = Shape(("usage_info",), ("input_tokens",), ("output_tokens",), {"page": ("pages_processed",)})
OLLAMA = Shape((), ("prompt_eval_count",), ("eval_count",), {})
LLAMA_CPP = Shape((), ("tokens_evaluated",), ("tokens_predicted",), {"cache_read_tokens": ("timings", "cache_n")})

_UNITS = ("search", "image", "page", "citation token")
_ELSEWHERE = (OPENAI, GEMINI, GEMINI_OBJECT, LANGCHAIN, COHERE, COHERE_META, BEDROCK, PAGES)
_TOP_LEVEL = (OLLAMA, LLAMA_CPP)
_NO_OUTPUT = (OPENAI, COHERE, COHERE_META)


def read_usage(response: Any) -> Usage | None:
    """Return what a response says of its usage; `None` if it says nothing.

    >>> counts = {"input_tokens": 5, "output_tokens": 2, "cache_read_input_tokens": 100}
    >>> read_usage({"type": "message", "usage": counts}).input_tokens
    105
    """
    shape = _shape_of(response)
    if shape is None:
        return _by_the_piece(response)
    usage = _counted(shape, at(response, *shape.where) if shape.where else response)
    return replace(usage, units={**usage.units, **_tools(response)}) if shape is RESPONSES else usage


def _shape_of(response: Any) -> Shape | None:
    for shape in _ELSEWHERE:
        holder = at(response, *shape.where)
        if holder is not None and _has(holder, shape):
            return shape
    usage = at(response, "usage")
    if _count(at(usage, "input_tokens")) is not None or _count(at(usage, "output_tokens")) is not None:
        return _told_apart(response, usage)
    return next((shape for shape in _TOP_LEVEL if _has(response, shape)), None)


def _told_apart(response: Any, usage: Any) -> Shape:
    """Return whose `input_tokens` these are: Anthropic's leave out what a cache held, the others' don't."""
    if any(at(usage, name) is not None for name in ("cache_read_input_tokens", "cache_creation_input_tokens")):
        return ANTHROPIC
    if at(usage, "input_token_details") is not None or at(usage, "output_token_details") is not None:
        return REALTIME
    if at(response, "type") in ("message", "message_delta"):
        return ANTHROPIC
    if at(usage, _INPUT) is not None or at(usage, _OUTPUT) is not None or at(response, "object") == "response":
        return RESPONSES
    if at(usage, "cache_write_tokens") is not None or at(usage, "cache_read_tokens") is not None:
        return PYDANTIC_AI
    return ANTHROPIC


def _has(holder: Any, shape: Shape) -> bool:
    if _count(at(holder, *shape.input)) is not None or _count(at(holder, *shape.output)) is not None:
        return True
    return any(_count(at(holder, *path)) is not None for name, path in shape.parts.items() if name in _UNITS)


def _counted(shape: Shape, holder: Any) -> Usage:
    counts: dict[str, Any] = {}
    units: dict[str, int] = {}
    for name, path in shape.parts.items():
        count = _count(at(holder, *path))
        if not count and name in shape.otherwise:
            count = _otherwise(shape, holder, name)
        if count:
            (units if name in _UNITS else counts)[name] = count
    written = counts.get("cache_write_1h_tokens", 0) + counts.pop("cache_write_5m_tokens", 0)
    if written > counts.get("cache_write_tokens", 0):
        counts["cache_write_tokens"] = written
    prompt, answer = _count(at(holder, *shape.input)), _count(at(holder, *shape.output))
    if prompt is not None:
        prompt += sum(counts.get(name, 0) for name in shape.beside_input) + _tool_prompt(holder)
    if answer is not None or any(name in counts for name in shape.beside_output):
        answer = (answer or 0) + sum(counts.get(name, 0) for name in shape.beside_output)
    answer = _with_reasoning_beside(holder, prompt, answer, counts)
    if answer is None and prompt is not None and (shape in _NO_OUTPUT or _total(holder) == prompt):
        answer = 0  # embeddings and reranking have no output, and some servers leave out what is none
    if prompt is None and units:
        prompt, answer = 0, answer or 0
    counts |= _modalities(holder)
    return Usage(prompt, answer, **counts, units=units) if units else Usage(prompt, answer, **counts)


def _otherwise(shape: Shape, holder: Any, name: str) -> int | None:
    places = shape.otherwise.get(name, ())
    return next((count for path in places if (count := _count(at(holder, *path)))), None)


def _total(holder: Any) -> int | None:
    """Return what a server itself says that input and output come to."""
    names = ("total_tokens", "totalTokenCount", "total_token_count", "totalTokens")
    return next((count for name in names if (count := _count(at(holder, name))) is not None), None)


def _with_reasoning_beside(holder: Any, prompt: int | None, answer: int | None, counts: dict[str, int]) -> int | None:
    """Add the reasoning where a server counts it beside the answer, which its own total tells."""
    thought, total = counts.get("reasoning_tokens", 0), _count(at(holder, "total_tokens"))
    if thought and total and prompt is not None and answer is not None and total == prompt + answer + thought:
        return answer + thought
    return answer


def _tool_prompt(holder: Any) -> int:
    """Return the tokens of tools' results that Gemini counts beside the prompt."""
    return _count(at(holder, "toolUsePromptTokenCount")) or _count(at(holder, "tool_use_prompt_token_count")) or 0


_DETAILS = {
    "promptTokensDetails": "input",
    "prompt_tokens_details": "input",
    "candidatesTokensDetails": "output",
    "candidates_tokens_details": "output",
    "responseTokensDetails": "output",
    "response_tokens_details": "output",
    "cacheTokensDetails": "cache_read",
    "cache_tokens_details": "cache_read",
}
_COUNTED = (
    "input_audio_tokens",
    "input_image_tokens",
    "input_video_tokens",
    "output_audio_tokens",
    "output_image_tokens",
    "cache_read_audio_tokens",
)


def _modalities(holder: Any) -> dict[str, int]:
    """Return the counts of what is no text, where they stand in lists of modalities, as Gemini's do."""
    found: dict[str, int] = {}
    for name, side in _DETAILS.items():
        rows = at(holder, name)
        for row in rows if isinstance(rows, list) else ():
            kind = at(row, "modality")
            field = f"{side}_{str(at(kind, 'value') or kind).rpartition('.')[2].lower()}_tokens"
            count = _count(at(row, "tokenCount")) or _count(at(row, "token_count"))
            if field in _COUNTED and count:
                found[field] = found.get(field, 0) + count
    return found


_TOOLS = {"web_search_call": "search", "file_search_call": "storage_search"}


def _tools(response: Any) -> dict[str, int]:
    """Return how often tools were called that are paid by the call; opening a page that was found is free."""
    found: dict[str, int] = {}
    rows = at(response, "output")
    for row in rows if isinstance(rows, list) else ():
        kind, action = at(row, "type"), at(row, "action", "type")
        if isinstance(kind, str) and kind in _TOOLS and action in (None, "search"):
            found[_TOOLS[kind]] = found.get(_TOOLS[kind], 0) + 1
    return found


def _by_the_piece(response: Any) -> Usage | None:
    """Return the seconds or images of an answer that counts no tokens, or the tokens that it doesn't tell apart."""
    seconds, total = _count(at(response, "usage", "seconds")), _count(at(response, "usage", "total_tokens"))
    if seconds is not None:
        return Usage(0, 0, units={"second": seconds})
    if total is not None and at(response, "object") == "list":
        return Usage(total, 0)
    rows = at(response, "data")
    if isinstance(rows, list) and rows and all(at(row, "url") or at(row, "b64_json") for row in rows):
        return Usage(0, 0, units={"image": len(rows)})
    return None


def _count(value: Any) -> int | None:
    if type(value) is int and value >= 0:
        return value
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if value < 0 or not isfinite(value):
        return None
    return int(value)
