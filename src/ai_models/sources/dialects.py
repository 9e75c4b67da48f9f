"""What single providers mean by their lists of models, where the reading that fits most of them does not fit.

A row a provider; what isn't said here is read as `formats.openai` reads every list. Units are only written down where
the provider's reference, its client library or its own answers state them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["DIALECTS", "PLAIN", "Detail", "Dialect", "LongContext", "Prices", "dialect_of"]

Zeros = Literal["real", "unless free", "unknown"]
"""What a price of zero means: a price; nothing if all of them are zero, but for an id that says "free"; nothing."""

TOKEN, KILO, MILLION = 1, 10**3, 10**6
NANO_USD_PER_TOKEN = 10**10
"""The divisor of a price in 1/10,000 USD per million tokens."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Where prices stand, by dotted path, and what to divide them by to get USD for one (token, image, second, …).

    >>> Prices(MILLION, {"pricing.input": "input"}).per
    1000000
    """

    per: int
    paths: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LongContext:
    """Where the prices of long prompts stand, and from how many tokens on; a zero means that the price is the same.

    >>> LongContext("threshold", Prices(MILLION, {"long.input": "input"})).threshold
    'threshold'
    """

    threshold: str
    prices: Prices


@dataclass(frozen=True, slots=True)
class Detail:
    """Another list of the same provider that tells more of the models: its address, as seen from the first list's.

    `kind` is what all models of that list are for; `adds` whether it also lists models that the first leaves out.

    >>> Detail("image-generation-models", "image").adds
    True
    """

    path: str
    kind: str | None = None
    adds: bool = True


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one provider's rows differ from the common reading.

    `tags` and `flags` name capabilities, by the word in a list and by the path of a yes or no; `before` are paths
    that come before the common ones of a field; `blank_context` is a number that stands for "not known"; models of
    the kinds in `otherwise` are billed in other units than tokens, under the same names.

    >>> Dialect(zeros="unless free").prices
    ()
    """

    query: str = ""
    details: tuple[Detail, ...] = ()
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prices: tuple[Prices, ...] = ()
    units: tuple[Prices, ...] = ()
    long: LongContext | None = None
    zeros: Zeros = "real"
    kinds: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    blank_context: int | None = None
    output_below_window: bool = False
    otherwise: frozenset[str] = frozenset()


def dialect_of(provider: str, shape: str | None = None) -> Dialect:
    """Return the dialect of a list's form, else of the provider, else the one that says nothing.

    >>> dialect_of("together").prices[0].per, dialect_of("groq") is PLAIN
    (1000000, True)
    """
    return DIALECTS.get(shape or "") or DIALECTS.get(provider) or PLAIN


def _under(path: str, **names: str) -> dict[str, str]:
    return {f"{path}.{theirs}": ours for theirs, ours in names.items()}


_OPENROUTER_NAMES = {
    "prompt": "input",
    "completion": "output",
    "input_cache_read": "cache_read",
    "input_cache_write": "cache_write",
}
_LITELLM_NAMES = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write",
    "output_cost_per_reasoning_token": "reasoning",
    "input_cost_per_audio_token": "input_audio",
}
_PER_TOKEN = Prices(TOKEN, _under("pricing", **_OPENROUTER_NAMES))

_MEDIA = frozenset({"image", "speech", "transcription", "video"})

PLAIN = Dialect()

DIALECTS: Mapping[str, Dialect] = {
    "aiand": Dialect(prices=(Prices(MILLION, {"input_per_1m": "input", "output_per_1m": "output"}),)),
    "aihubmix": Dialect(
        before={"name": ("model_name",), "released": ("release_date",)},
        prices=(
            Prices(
                MILLION,
                _under("pricing", input="input", output="output", cache_read="cache_read", cache_write="cache_write"),
            ),
        ),
        kinds={"llm": "chat"},
        output_below_window=True,
        otherwise=_MEDIA,
    ),
    "baseten": Dialect(prices=(_PER_TOKEN,)),
    "cerebras": Dialect(details=(Detail("/public/v1/models", adds=False),)),
    "chutes": Dialect(prices=(Prices(MILLION, _under("pricing", **_OPENROUTER_NAMES)),)),
    "crof": Dialect(
        prices=(Prices(MILLION, _under("pricing", prompt="input", completion="output", cache_prompt="cache_read")),),
        flags={"custom_reasoning": "reasoning"},
    ),
    "deepinfra": Dialect(
        details=(Detail("/models/list"),),
        prices=(
            Prices(
                MILLION,
                _under(
                    "metadata.pricing",
                    input_tokens="input",
                    output_tokens="output",
                    cache_read_tokens="cache_read",
                ),
            ),
        ),
        zeros="unless free",
        kinds={"world-model": "video"},
        tags={
            "input-audio": "audio_input",
            "input-video": "video_input",
            "json": "json_mode",
            "multimodal": "vision",
            "reasoning": "reasoning",
            "structured-output": "structured_output",
            "structured_output": "structured_output",
            "tools": "tools",
        },
    ),
    "edenai": Dialect(
        prices=tuple(
            Prices(
                TOKEN,
                {f"{name}.{theirs}": ours for theirs, ours in _LITELLM_NAMES.items()},
            )
            for name in ("list_pricing", "pricing")
        ),
    ),
    "friendli": Dialect(
        prices=(
            Prices(
                TOKEN,
                _under(
                    "pricing",
                    input="input",
                    output="output",
                    input_cache_read="cache_read",
                    input_cache_write="cache_write",
                ),
            ),
        ),
        flags=_under(
            "functionality",
            tool_call="tools",
            parallel_tool_call="parallel_tools",
            structured_output="structured_output",
            tool_choice="tool_choice",
            system_messages="system_prompt",
        ),
    ),
    "io-net": Dialect(
        before={"max_output": ("max_tokens",)},
        prices=(
            Prices(
                TOKEN,
                {
                    "input_token_price": "input",
                    "output_token_price": "output",
                    "cache_read_token_price": "cache_read",
                    "cache_write_token_price": "cache_write",
                },
            ),
        ),
    ),
    "llmgateway": Dialect(before={"retired": ("deactivated_at",)}, prices=(_PER_TOKEN,)),
    "nano-gpt": Dialect(
        query="detailed=true",
        prices=(
            Prices(MILLION, _under("pricing", prompt="input", completion="output")),
            Prices(
                KILO,
                _under("pricing", cacheReadInputPer1kTokens="cache_read", cacheWriteInputPer1kTokens="cache_write"),
            ),
        ),
        flags={"capabilities.pdf_upload": "pdf_input"},
    ),
    "nearai": Dialect(
        prices=(
            Prices(MILLION, _under("pricing", input="input", output="output")),
            Prices(TOKEN, _under("pricing", input_cache_read="cache_read")),
        ),
    ),
    "nebius": Dialect(query="verbose=true", blank_context=8000),
    "neuralwatt": Dialect(
        prices=(
            Prices(
                MILLION,
                _under(
                    "metadata.pricing",
                    input_per_million="input",
                    output_per_million="output",
                    cached_input_per_million="cache_read",
                ),
            ),
        ),
    ),
    "novita": Dialect(
        prices=(
            Prices(
                NANO_USD_PER_TOKEN,
                {
                    "input_token_price_per_m": "input",
                    "output_token_price_per_m": "output",
                    "pricing.input_cache_read.price_per_m": "cache_read",
                },
            ),
        ),
    ),
    "requesty": Dialect(
        prices=(
            Prices(
                TOKEN,
                {
                    "input_price": "input",
                    "output_price": "output",
                    "cached_price": "cache_read",
                    "caching_price": "cache_write",
                },
            ),
        ),
        flags={
            "supports_output_json_schema": "structured_output",
            "supports_image_generation": "image_output",
        },
    ),
    "sambanova": Dialect(
        prices=(_PER_TOKEN,),
        units=(Prices(3600, {"pricing.duration_per_hour": "second"}),),
    ),
    "together": Dialect(
        prices=(Prices(MILLION, _under("pricing", input="input", output="output", cached_input="cache_read")),),
        zeros="unless free",
        kinds={"language": "completion", "code": "completion", "audio": "speech", "transcribe": "transcription"},
        otherwise=_MEDIA,
    ),
    "venice": Dialect(
        query="type=all",
        prices=(
            Prices(
                MILLION,
                {
                    "model_spec.pricing.input.usd": "input",
                    "model_spec.pricing.output.usd": "output",
                    "model_spec.pricing.cache_input.usd": "cache_read",
                    "model_spec.pricing.cache_write.usd": "cache_write",
                },
            ),
        ),
        long=LongContext(
            "model_spec.pricing.extended.context_token_threshold",
            Prices(
                MILLION,
                {
                    "model_spec.pricing.extended.input.usd": "input",
                    "model_spec.pricing.extended.output.usd": "output",
                    "model_spec.pricing.extended.cache_input.usd": "cache_read",
                    "model_spec.pricing.extended.cache_write.usd": "cache_write",
                },
            ),
        ),
        units=(Prices(1, {"model_spec.pricing.generation.usd": "image"}),),
        kinds={"text": "chat", "asr": "transcription"},
        otherwise=_MEDIA,
        flags=_under(
            "model_spec.capabilities",
            supportsFunctionCalling="tools",
            supportsReasoning="reasoning",
            supportsReasoningEffort="reasoning_effort",
            supportsResponseSchema="structured_output",
            supportsVision="vision",
            supportsAudioInput="audio_input",
            supportsVideoInput="video_input",
            supportsWebSearch="web_search",
            supportsLogProbs="logprobs",
        ),
    ),
    "vercel": Dialect(
        before={"max_output": ("max_tokens",), "released": ("released",)},
        prices=(
            Prices(
                TOKEN,
                {
                    "pricing.input": "input",
                    "pricing.output": "output",
                    "pricing.input_cache_read": "cache_read",
                    "pricing.input_cache_write": "cache_write",
                    "pricing.audio_input_token_cost": "input_audio",
                    "pricing.audio_output_token_cost": "output_audio",
                },
            ),
        ),
        units=(
            Prices(
                1,
                _under(
                    "pricing",
                    image="image",
                    speech_input_character_cost="character",
                    transcription_duration_cost_per_second="second",
                ),
            ),
            Prices(KILO, _under("pricing", web_search="search")),
        ),
        tags={
            "explicit-caching": "prompt_caching",
            "implicit-caching": "prompt_caching",
            "image-generation": "image_output",
            "file-input": "file_input",
            "reasoning": "reasoning",
            "tool-use": "tools",
            "vision": "vision",
            "web-search": "web_search",
        },
    ),
    "xai": Dialect(
        details=(
            Detail("language-models", "chat"),
            Detail("image-generation-models", "image"),
            Detail("video-generation-models", "video"),
        ),
        prices=(
            Prices(
                NANO_USD_PER_TOKEN,
                {
                    "prompt_text_token_price": "input",
                    "completion_text_token_price": "output",
                    "cached_prompt_text_token_price": "cache_read",
                    "prompt_image_token_price": "input_image",
                },
            ),
        ),
        units=(Prices(10**10, {"search_price": "search", "image_price": "image"}),),
        long=LongContext(
            "long_context_threshold",
            Prices(
                NANO_USD_PER_TOKEN,
                {
                    "prompt_text_token_price_long_context": "input",
                    "completion_text_token_price_long_context": "output",
                    "cached_prompt_text_token_price_long_context": "cache_read",
                },
            ),
        ),
        zeros="unknown",
    ),
}
"""The providers whose lists need more than the common reading, by id or by the form of their list."""
