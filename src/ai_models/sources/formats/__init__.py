"""The forms in which providers list their models: one module a form, named like it.

Each has a pure `parse_<form>(payload, provider)` and a `list_models(exchange, url, provider)` that asks for
every page and detail. A provider's row in `data/providers.toml` says which form is its own (`list_format`, else
`wire`); what has no module is read by `openai`, the form that most servers follow.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ai_models.providers import Provider
from ai_models.sources.parsed import Parsed

if TYPE_CHECKING:
    from ai_models.sources.fetch import Exchange

FORMATS = frozenset(
    {
        "aimlapi",
        "alibaba",
        "anthropic",
        "azure",
        "bedrock",
        "cloudflare",
        "cohere",
        "deepinfra",
        "fireworks",
        "gemini",
        "gpustack",
        "huggingface",
        "litellm_proxy",
        "llamacpp",
        "lmstudio",
        "localai",
        "mistral",
        "ollama",
        "openai",
        "openrouter",
        "runtime",
        "sglang",
        "vercel",
        "vertex",
        "vllm",
        "zenmux",
    }
)
"""The forms that have a module."""

ListModels = Callable[["Exchange", str, Provider], Parsed]
"""Asks a server for its whole list, beginning at a URL."""


def format_of(provider: Provider) -> str:
    """Return the form in which a provider lists its models.

    >>> from ai_models.providers import providers
    >>> format_of(providers["anthropic"]), format_of(providers["groq"])
    ('anthropic', 'openai')
    """
    return next((each for each in (provider.list_format, provider.wire) if each in FORMATS), "openai")


def reader_of(provider: Provider) -> ListModels:
    """Return what asks a provider for its list.

    >>> from ai_models.providers import providers
    >>> reader_of(providers["groq"]).__module__
    'ai_models.sources.formats.openai'
    """
    from importlib import import_module

    reader: ListModels = import_module(f"{__name__}.{format_of(provider)}").list_models
    return reader
