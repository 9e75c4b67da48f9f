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
    from ai_models.sources.benchmarks.aider import AiderLeaderboardSource
    from ai_models.sources.benchmarks.models_dev import ModelsDevScoresSource
    from ai_models.sources.catalogues.embedded import CatalogueSource
    from ai_models.sources.catalogues.genai_prices import GenAIPricesSource
    from ai_models.sources.catalogues.huggingface_hub import HuggingFaceHubSource
    from ai_models.sources.catalogues.litellm_map import LiteLLMMapSource
    from ai_models.sources.catalogues.models_dev import ModelsDevSource
    from ai_models.sources.disk.gguf import GGUFSource
    from ai_models.sources.disk.huggingface_cache import HuggingFaceCacheSource
    from ai_models.sources.local_servers import LocalServerSource, LocalSource, OpenAICompatibleSource
    from ai_models.sources.policy import FetchPolicy, fetch_policy
    from ai_models.sources.provider_api import OllamaSource, OpenRouterSource, ProviderAPISource

__all__ = [
    "AiderLeaderboardSource",
    "CatalogueSource",
    "DSPyConnector",
    "FetchPolicy",
    "GGUFSource",
    "GenAIPricesSource",
    "HuggingFaceCacheSource",
    "HuggingFaceHubSource",
    "LangChainConnector",
    "LiteLLMMapSource",
    "LocalServerSource",
    "LocalSource",
    "ModelsDevScoresSource",
    "ModelsDevSource",
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
    "AiderLeaderboardSource": "ai_models.sources.benchmarks.aider",
    "CatalogueSource": "ai_models.sources.catalogues.embedded",
    "FetchPolicy": "ai_models.sources.policy",
    "GGUFSource": "ai_models.sources.disk.gguf",
    "GenAIPricesSource": "ai_models.sources.catalogues.genai_prices",
    "HuggingFaceCacheSource": "ai_models.sources.disk.huggingface_cache",
    "HuggingFaceHubSource": "ai_models.sources.catalogues.huggingface_hub",
    "LiteLLMMapSource": "ai_models.sources.catalogues.litellm_map",
    "LocalServerSource": "ai_models.sources.local_servers",
    "LocalSource": "ai_models.sources.local_servers",
    "ModelsDevScoresSource": "ai_models.sources.benchmarks.models_dev",
    "ModelsDevSource": "ai_models.sources.catalogues.models_dev",
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
    made |= {id: partial(ProviderAPISource, id) for id in listed if id not in made}
    return made | {name: partial(_published, name) for name in _PUBLISHED}


_PUBLISHED = {
    "models.dev": "ModelsDevSource",
    "models.dev-scores": "ModelsDevScoresSource",
    "litellm-map": "LiteLLMMapSource",
    "genai-prices": "GenAIPricesSource",
    "huggingface-hub": "HuggingFaceHubSource",
    "aider": "AiderLeaderboardSource",
}
"""What others publish, asked when it is named; each where it is published."""


def _published(name: str) -> ModelSource:
    """Return one of the sources that read what others publish."""
    from importlib import import_module

    home = import_module(_HOMES[_PUBLISHED[name]])
    made = getattr(home, _PUBLISHED[name])
    source: ModelSource = made(home.URL) if name in ("litellm-map", "genai-prices") else made()
    return source


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "ai_models.connectors")), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
