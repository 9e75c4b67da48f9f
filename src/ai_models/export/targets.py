"""The table of targets: which servers each tool can reach, how it names a key's variable, and what its file looks like.

>>> sorted(TARGETS)[:4]
['aider', 'aider-conf', 'aider-metadata', 'claude-code']
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ai_models.connectors import Library, Route
from ai_models.connectors.table import libraries
from ai_models.export import shapes
from ai_models.export.entries import Entry

__all__ = ["TARGETS", "Target"]


@dataclass(frozen=True)
class Target:
    """A tool's file; `pattern` is what the tool would replace inside any text, so that no name may hold it,
    and `own_key` the variable with a key that the tool wants of its own clients.

    >>> TARGETS["zed"].path
    '~/.config/zed/settings.json'
    """

    name: str
    path: str
    format: str
    shape: Callable[[Sequence[Entry]], Any]
    library: Callable[[], Library]
    key_form: str = "%s"
    pattern: tuple[str, ...] = ()
    needs: Callable[[Entry], str] | None = None
    hint: Callable[[Sequence[Entry]], list[str]] | None = None
    only_first: bool = False
    own_key: str | None = None


_KEY = {"id": "$id", "api_key": "$api_key"}
_OPENAI = Route(("*",), make={**_KEY, "api_base": "$openai_url"})
_OLLAMA = Route(("wire=ollama",), make={**_KEY, "api_base": "$root_url"})
_VENDOR_ANTHROPIC = Route(("anthropic",), make={**_KEY, "api_base": "$anthropic_url"})
_ANTHROPIC = Route(("anthropic", "speaks=anthropic"), make={**_KEY, "api_base": "$anthropic_url"})
_RESPONSES = (
    "openai azure openrouter xai groq fireworks huggingface litellm ollama lmstudio vllm llamacpp"  # by their documents
)


def _routes(name: str, *routes: Route, kinds: str = "chat search") -> Callable[[], Library]:
    return lambda: Library(name, name, "", name, "", kinds=tuple(kinds.split()), routes=routes)


def _aider() -> Library:
    return replace(libraries()["litellm"], name="aider", others=())


_ALL_KINDS = "chat completion embedding image moderation ocr realtime rerank search speech transcription video"
_ROWS = (
    Target(
        "litellm",
        "config.yaml",
        "yaml",
        shapes.litellm,
        lambda: libraries()["litellm"],
        "os.environ/%s",
        own_key=shapes.MASTER_KEY,
        needs=lambda entry: (
            "LiteLLM takes a name with * for a pattern" if "*" in "".join(entry.labels) + entry.id else ""
        ),
    ),
    Target("aider", "~/.aider.model.settings.yml", "yaml", shapes.aider, _aider, needs=shapes.aider_needs),
    Target("aider-metadata", "~/.aider.model.metadata.json", "json", shapes.aider_metadata, _aider),
    Target("aider-conf", "~/.aider.conf.yml", "yaml", shapes.aider_conf, _aider, only_first=True),
    Target(
        "continue",
        "~/.continue/config.yaml",
        "yaml",
        shapes.continue_dev,
        _routes("continue", _OLLAMA, _VENDOR_ANTHROPIC, _OPENAI, kinds="chat search embedding rerank"),
        "${{ secrets.%s }}",
        ("${{",),
    ),
    Target(
        "opencode",
        "~/.config/opencode/opencode.json",
        "json",
        shapes.opencode,
        _routes("opencode", _VENDOR_ANTHROPIC, _OPENAI),
        "{env:%s}",
        ("{env:", "{file:"),
    ),
    Target(
        "codex",
        "~/.codex/config.toml",
        "toml",
        shapes.codex,
        _routes("codex", Route(tuple(_RESPONSES.split()), make={**_KEY, "api_base": "$openai_url"})),
    ),
    Target(
        "claude-code",
        "~/.claude/settings.json",
        "json",
        shapes.claude_code,
        _routes("claude-code", _ANTHROPIC),
        only_first=True,
    ),
    Target(
        "claude-code-env",
        "claude-code.sh",
        "shell",
        shapes.claude_code_env,
        _routes("claude-code-env", _ANTHROPIC),
        "$%s",
        needs=shapes.shell_needs,
        only_first=True,
    ),
    Target(
        "librechat",
        "librechat.yaml",
        "yaml",
        shapes.librechat,
        _routes("librechat", _OPENAI),
        "${%s}",
        ("${",),
    ),
    Target(
        "llm",
        "extra-openai-models.yaml",
        "yaml",
        shapes.llm,
        _routes("llm", _OPENAI),
        hint=shapes.llm_hint,
    ),
    Target(
        "zed",
        "~/.config/zed/settings.json",
        "json",
        shapes.zed,
        _routes("zed", _OLLAMA, _VENDOR_ANTHROPIC, _OPENAI),
        needs=shapes.zed_needs,
        hint=shapes.zed_hint,
    ),
    Target("env", ".env", "env", shapes.env, _routes("env", _OPENAI, _ANTHROPIC, _OLLAMA, kinds=_ALL_KINDS)),
    Target("json", "models.json", "json", shapes.json_models, _routes("json", _OPENAI, kinds=_ALL_KINDS)),
)
TARGETS: dict[str, Target] = {each.name: each for each in _ROWS}
"""Every target by name."""
