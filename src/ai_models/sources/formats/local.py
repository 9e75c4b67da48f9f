"""What the lists of local servers have in common: words for a quantization, a state, and where the server's root is."""

import re
from typing import Any

__all__ = ["quantization_in_name", "quantization_name", "root_of", "single_size"]

_LISTS = ("/models", "/tags", "/v1", "/v0", "/api", "/engines")
_MIX = {"Small": "S", "Medium": "M", "Large": "L"}
_FTYPE = re.compile(
    r"(?:all |mostly[ _])?(?P<name>[A-Z0-9_]+)(?: - (?:(?P<mix>Small|Medium|Large)|[\d.]+ bpw))?(?: \(guessed\))?",
    re.IGNORECASE,
)
_IN_NAME = re.compile(
    r"(?<![A-Za-z0-9])(I?Q[1-8]_(?:[0-9]|K(?:_[SML])?|[XNM][XSL]{0,2}|[SM])|TQ[12]_0|MXFP4|NVFP4|BF16|F16|F32)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMBT])", re.IGNORECASE)
_FACTORS = {"K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}


def root_of(url: str) -> str:
    """Return the address of the server itself, of the URL of its list.

    >>> root_of("http://127.0.0.1:8080/v1/models"), root_of("http://gpu/llm/api/tags")
    ('http://127.0.0.1:8080', 'http://gpu/llm')
    """
    for ending in _LISTS:
        url = url.removesuffix(ending)
    return url


def quantization_name(text: Any) -> str | None:
    """Return a quantization by its short name, of the words in which llama.cpp describes it.

    >>> quantization_name("Q4_K - Medium"), quantization_name("all F32"), quantization_name("IQ2_XXS - 2.0625 bpw")
    ('Q4_K_M', 'F32', 'IQ2_XXS')
    >>> quantization_name("MOSTLY_Q4_K_M"), quantization_name("")
    ('Q4_K_M', None)
    """
    found = _FTYPE.fullmatch(text.strip()[:60]) if isinstance(text, str) else None
    if found is None:
        return None
    name, mix = found["name"], found["mix"]
    return f"{name}_{_MIX[mix.capitalize()]}" if mix and name != "Q2_K" else name


def quantization_in_name(name: Any) -> str | None:
    """Return the quantization that a file is named after.

    >>> quantization_in_name("Qwen3-8B-Q4_K_M.gguf"), quantization_in_name("*-IQ4_XS*.gguf")
    ('Q4_K_M', 'IQ4_XS')
    """
    found = _IN_NAME.findall(name[:500]) if isinstance(name, str) else []
    return found[-1].upper() if found else None


def single_size(text: Any) -> int | None:
    """Return the number of parameters that a size such as "7.6B" or "26B-A4B" means; `None` if it means none.

    >>> single_size("7.6B"), single_size("596.05M"), single_size("26B-A4B"), single_size("8x7B"), single_size("")
    (7600000000, 596050000, 26000000000, None, None)
    """
    size = re.sub(r"-A\d+(\.\d+)?[KMBT]$", "", text.strip()[:20], flags=re.IGNORECASE) if isinstance(text, str) else ""
    found = _SIZE.fullmatch(size)
    return round(float(found[1]) * _FACTORS[found[2].upper()]) or None if found else None
