"""What goes into a library's templates: the rules that hold for every library stand here, once.

An output limit comes from the caller, or from the model where the API insists on one, never from the context window,
and goes into the field that the server knows. What a model refuses, and what a way can't carry, is left out and said.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ai_models.connectors.endpoint import Endpoint
from ai_models.connectors.engine import EnvironmentKey, variables_of
from ai_models.connectors.offer_choice import Way
from ai_models.connectors.table import Route
from ai_models.providers import UrlForm

__all__ = ["SAMPLING", "SETTINGS", "URLS", "code_keys", "data_keys", "left_out", "url_words", "values"]

SETTINGS: tuple[str, ...] = (
    "max_tokens",
    "temperature",
    "top_p",
    "seed",
    "stop",
    "reasoning_effort",
    "num_ctx",
    "timeout",
    "max_retries",
)
"""What a caller may ask for, under one name for all libraries: tokens, seconds, counts."""

SAMPLING = ("temperature", "top_p")
"""The settings that some models refuse."""

URLS: Mapping[str, UrlForm] = {"openai_url": "openai", "root_url": "root", "anthropic_url": "anthropic"}
"""The variables that hold a base URL, and the form it has there."""

_PATIENCE = 600
_SETTING_OF = {"context": "num_ctx", "timeout_ms": "timeout"}


def values(way: Way, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of every variable that a template may name, the key aside.

    >>> from ai_models import Model
    >>> from ai_models.connectors import OpenAIConnector
    >>> way = OpenAIConnector(env={}).choose(Model("gpt-4o", "openai", context_size=128_000)).way
    >>> found = values(way, {"timeout": 1.5})
    >>> found["id"], found["openai_url"], found["openai_url?"], found["timeout_ms"], found["max_tokens"]
    ('gpt-4o', 'https://api.openai.com/v1', None, 1500, None)
    """
    model, endpoint = way.offer.as_model(), way.endpoint
    asked = {name: settings.get(name) for name in SETTINGS} | dict.fromkeys(_refused(way))
    timeout = asked["timeout"]
    return asked | {
        "id": way.offer.id,
        "max_tokens!": _first_known(asked["max_tokens"], model.max_output_tokens),
        "output_cap": endpoint.provider.output_cap,
        "context": _first_known(asked["num_ctx"], way.offer.facts.get("effective_context")),
        "window": _first_known(asked["num_ctx"], way.offer.facts.get("effective_context"), model.context_size),
        "timeout!": _first_known(timeout, _PATIENCE),
        "timeout_ms": None if timeout is None else round(timeout * 1000),
        "litellm": endpoint.provider.sdk_name("litellm"),
        "sdk": endpoint.provider.sdk_name(way.library.name.replace("-", "_")),
        "region": _region(endpoint),
        **{name: endpoint.url(form) for name, form in URLS.items()},
        **{f"{name}?": endpoint.foreign_url(form) for name, form in URLS.items()},
    }


def data_keys(endpoint: Endpoint) -> dict[str, str]:
    """Return what data shows in place of a key: a placeholder, or `$` and the variable that has the key.

    >>> from ai_models.providers import providers
    >>> data_keys(Endpoint(providers["together"])), data_keys(Endpoint(providers["ollama"]))
    ({'api_key!': '$TOGETHER_API_KEY'}, {'api_key': 'ollama', 'api_key!': 'ollama'})
    """
    if endpoint.takes_any_key:
        return {"api_key": endpoint.placeholder, "api_key!": endpoint.placeholder}
    return {"api_key!": f"${endpoint.key_variable}"}


def code_keys(endpoint: Endpoint) -> dict[str, Any]:
    """Return what source text has in place of a key: the variable that it is read from, or a placeholder.

    >>> from ai_models.providers import providers
    >>> code_keys(Endpoint(providers["google"], env={"GOOGLE_API_KEY": "g-0123456789"}))["api_key"]
    EnvironmentKey(variable='GOOGLE_API_KEY', prefix='')
    """
    by_reference = endpoint.find_key() is not None or not endpoint.takes_any_key
    key: Any = EnvironmentKey(endpoint.key_variable) if by_reference else endpoint.placeholder
    return {"api_key": key, "api_key!": key}


def left_out(way: Way, template: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the settings that were asked for and can't go into `template`, each with the reason.

    >>> from ai_models import Model
    >>> from ai_models.connectors import OpenAIConnector
    >>> way = OpenAIConnector(env={}).choose(Model("claude", "anthropic")).way
    >>> left_out(way, way.route.call, {"temperature": 0.2, "timeout": 9, "max_tokens": 64})
    {'temperature': "anthropic refuses it for 'claude'", 'timeout': 'it goes into the client'}
    """
    refused = _refused(way)
    taken = _settings_of(template) | {way.route.when}
    reasons = {}
    for name in SETTINGS:
        if settings.get(name) is None:
            continue
        if name in refused:
            reasons[name] = f"{way.offer.provider} refuses it for {way.offer.id!r}"
        elif name not in taken:
            reasons[name] = _why_not(name, way, template)
    return reasons


def _why_not(name: str, way: Way, template: Mapping[str, Any]) -> str:
    if name not in _settings_of(way.route.make) | _settings_of(way.route.call or {}):
        return f"there is no field for it on the way to {way.offer.provider}"
    return "it goes into the call (format_metadata)" if template is way.route.make else "it goes into the client"


def url_words(routes: Iterable[Route]) -> list[str]:
    """Return the libraries' own words for a base URL.

    >>> url_words([Route(("*",), make={"api_base": "$openai_url?", "model": "$id"})])
    ['api_base']
    """
    makes = (route.make.items() for route in routes)
    found = {word for make in makes for word, text in make if isinstance(text, str) and _is_url(text)}
    return sorted(found)


def _is_url(template: str) -> bool:
    return any(name.rstrip("?") in URLS for name in variables_of(template))


def _refused(way: Way) -> tuple[str, ...]:
    refuses = way.offer.as_model().supports("sampling") is False or way.endpoint.provider.wire == "anthropic"
    return SAMPLING if refuses else ()


def _settings_of(template: Mapping[str, Any]) -> set[str | None]:
    names = {name.rstrip("?!") for name in variables_of(dict(template))}
    return {_SETTING_OF.get(name, name) for name in names}


def _first_known(*candidates: Any) -> Any:
    return next((each for each in candidates if each is not None), None)


def _region(endpoint: Endpoint) -> str | None:
    env = os.environ if endpoint.env is None else endpoint.env
    return next((env[name] for name in endpoint.provider.fill.get("region", ()) if env.get(name)), None)
