"""The closed vocabulary of capabilities, and every peer's name for them.

A capability has three values: `True`, `False`, and absent, which means *unknown*.

>>> canonical_capability("function_calling"), canonical_capability("supports_vision")
('tools', 'vision')
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ai_models._core.nearest import nearest
from ai_models.errors import QueryError

CAPABILITIES: tuple[str, ...] = (
    "assistant_prefill",
    "audio_input",
    "audio_output",
    "batch",
    "citations",
    "code_execution",
    "completion",
    "computer_use",
    "file_input",
    "fill_in_middle",
    "fine_tuning",
    "image_output",
    "json_mode",
    "logprobs",
    "parallel_tools",
    "pdf_input",
    "prompt_caching",
    "reasoning",
    "reasoning_effort",
    "sampling",
    "streaming",
    "structured_output",
    "system_prompt",
    "tool_choice",
    "tools",
    "url_context",
    "video_input",
    "video_output",
    "vision",
    "web_search",
)
"""Every capability this package knows, by the one name it is stored under."""

SYNONYMS: Mapping[str, str] = {
    "attachment": "file_input",
    "audio": "audio_input",
    "batch_api": "batch",
    "caching": "prompt_caching",
    "fim": "fill_in_middle",
    "function_call": "tools",
    "function_calling": "tools",
    "functions": "tools",
    "image_input": "vision",
    "images": "vision",
    "insert": "fill_in_middle",
    "json": "json_mode",
    "json_object": "json_mode",
    "json_schema": "structured_output",
    "multimodal": "vision",
    "native_streaming": "streaming",
    "parallel_function_calling": "parallel_tools",
    "parallel_tool_calls": "parallel_tools",
    "pdf": "pdf_input",
    "prefill": "assistant_prefill",
    "response_format": "json_mode",
    "response_schema": "structured_output",
    "stream": "streaming",
    "structured_outputs": "structured_output",
    "system_messages": "system_prompt",
    "temperature": "sampling",
    "thinking": "reasoning",
    "tool": "tools",
    "tool_call": "tools",
    "tool_calling": "tools",
    "tool_use": "tools",
    "trained_for_tool_use": "tools",
    "video": "video_input",
    "websearch": "web_search",
}
"""Peers' names for a capability; a leading `supports_` is dropped before the look-up."""

_KNOWN = frozenset(CAPABILITIES)


def canonical_capability(name: str) -> str:
    """Return the one name of a capability; raise `QueryError` with suggestions if there is none.

    >>> canonical_capability("tool_call")
    'tools'
    >>> canonical_capability("visoin")
    Traceback (most recent call last):
        ...
    ai_models.errors.QueryError: unknown capability 'visoin'; did you mean 'vision'?
    """
    found = known_capability(name)
    if found is None:
        near = nearest(name, [*CAPABILITIES, *SYNONYMS], 1)
        known = "" if near else f"; there are {', '.join(CAPABILITIES)}"
        meant = dict.fromkeys(map(_synonym, near))
        raise QueryError(f"unknown capability {name!r}{known}", f"capabilities.{name}", meant)
    return found


def known_capability(name: str) -> str | None:
    """Return the one name of a capability, or `None` for a name outside the vocabulary.

    >>> known_capability("supports_tool_choice"), known_capability("telepathy")
    ('tool_choice', None)
    """
    if name in _KNOWN:
        return name
    plain = _synonym(name.strip().lower().replace("-", "_").replace(" ", "_").removeprefix("supports_"))
    return plain if plain in _KNOWN else None


def normalise_capabilities(stated: Mapping[str, Any] | Iterable[str]) -> dict[str, Any]:
    """Return capabilities under their one name; a plain list means "has these"; unknown names are kept as they are.

    >>> normalise_capabilities({"function_calling": True, "telepathy": False})
    {'tools': True, 'telepathy': False}
    >>> normalise_capabilities(["vision"])
    {'vision': True}
    """
    pairs = stated.items() if isinstance(stated, Mapping) else ((each, True) for each in stated)
    return {known_capability(name) or name: value for name, value in pairs if value is not None}


def _synonym(name: str) -> str:
    return SYNONYMS.get(name, name)
