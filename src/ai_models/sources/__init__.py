"""Sources: where models are discovered. `formats` reads what providers answer, `catalogues` what others publish.

The connectors of the package are here too, under the names of the design document.

>>> from ai_models.sources import OllamaSource, ProviderAPISource
>>> OllamaSource().name, ProviderAPISource("together_ai").name
('ollama', 'together')
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ai_models._core.contracts import ModelSource

if TYPE_CHECKING:
    from ai_models.connectors import (
        DSPyConnector,
        LangChainConnector,
        OllamaConnector,
        OpenAIConnector,
        OpenRouterConnector,
    )
    from ai_models.sources.catalogues.embedded import CatalogueSource
    from ai_models.sources.disk.gguf import GGUFSource
    from ai_models.sources.disk.huggingface_cache import HuggingFaceCacheSource
    from ai_models.sources.local_servers import LocalServerSource, LocalSource, OpenAICompatibleSource
    from ai_models.sources.policy import FetchPolicy, fetch_policy
    from ai_models.sources.provider_api import OllamaSource, OpenRouterSource, ProviderAPISource

__all__ = [
    "CatalogueSource",
    "DSPyConnector",
    "FetchPolicy",
    "GGUFSource",
    "HuggingFaceCacheSource",
    "LangChainConnector",
    "LocalServerSource",
    "LocalSource",
    "OllamaConnector",
    "OllamaSource",
    "OpenAICompatibleSource",
    "OpenAIConnector",
    "OpenRouterConnector",
    "OpenRouterSource",
    "ProviderAPISource",
    "builtin_sources",
    "fetch_policy",
]

_HOMES = {
    "CatalogueSource": "ai_models.sources.catalogues.embedded",
    "FetchPolicy": "ai_models.sources.policy",
    "GGUFSource": "ai_models.sources.disk.gguf",
    "HuggingFaceCacheSource": "ai_models.sources.disk.huggingface_cache",
    "LocalServerSource": "ai_models.sources.local_servers",
    "LocalSource": "ai_models.sources.local_servers",
    "OllamaSource": "ai_models.sources.provider_api",
    "OpenAICompatibleSource": "ai_models.sources.local_servers",
    "OpenRouterSource": "ai_models.sources.provider_api",
    "ProviderAPISource": "ai_models.sources.provider_api",
    "fetch_policy": "ai_models.sources.policy",
}


def builtin_sources() -> Mapping[str, Callable[[], ModelSource]]:
    """Return what makes each source of this package, by name: every provider of the table with a list of models.

    >>> list(builtin_sources())[:3], builtin_sources()["groq"]()
    (['catalogue', 'openrouter', 'ollama'], ProviderAPISource('groq'))
    """
    from functools import partial

    from ai_models.providers import providers
    from ai_models.sources.catalogues.embedded import CatalogueSource
    from ai_models.sources.disk.gguf import GGUFSource
    from ai_models.sources.disk.huggingface_cache import HuggingFaceCacheSource
    from ai_models.sources.local_servers import LocalSource
    from ai_models.sources.provider_api import OllamaSource, OpenRouterSource, ProviderAPISource, has_list

    made: dict[str, Callable[[], ModelSource]] = {
        "catalogue": CatalogueSource,
        "openrouter": OpenRouterSource,
        "ollama": OllamaSource,
        "local": LocalSource,
        "gguf": GGUFSource,
        "hf-cache": HuggingFaceCacheSource,
    }
    listed = (id for id, provider in providers.items() if has_list(provider) and not provider.retired)
    return made | {id: partial(ProviderAPISource, id) for id in listed if id not in made}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "ai_models.connectors")), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
