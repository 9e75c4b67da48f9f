"""What each tool's file holds for a list of entries: plain data, with marks for how it is merged.

What is not known is left out; a limit for answers comes from `max_output_tokens` alone.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ai_models._core.model import Model
from ai_models.export.entries import Entry
from ai_models.export.merging import Default, Owned, Rows, Union

__all__ = [
    "aider",
    "aider_conf",
    "aider_metadata",
    "aider_needs",
    "claude_code",
    "claude_code_env",
    "codex",
    "continue_dev",
    "env",
    "json_models",
    "librechat",
    "litellm",
    "llm",
    "llm_hint",
    "opencode",
    "shell_needs",
    "zed",
    "zed_hint",
    "zed_needs",
]

OURS = "ai-models"
"""What the names of servers begin with that are written into other people's files."""

MASTER_KEY = "LITELLM_MASTER_KEY"
"""The variable with the key that a LiteLLM proxy wants of its own clients; it does not start without."""

_MODES = {"image": "image_generation", "speech": "audio_speech", "transcription": "audio_transcription"}
_PRICES = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "reasoning": "output_cost_per_reasoning_token",
    "input_audio": "input_cost_per_audio_token",
    "output_audio": "output_cost_per_audio_token",
}
_SUPPORTS = {
    "tools": "supports_function_calling",
    "vision": "supports_vision",
    "reasoning": "supports_reasoning",
    "prompt_caching": "supports_prompt_caching",
    "structured_output": "supports_response_schema",
    "pdf_input": "supports_pdf_input",
    "audio_input": "supports_audio_input",
    "audio_output": "supports_audio_output",
    "web_search": "supports_web_search",
}


def _known(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _costs(view: Model) -> dict[str, float]:
    return {name: view.cost_per_token[ours] for ours, name in _PRICES.items() if ours in view.cost_per_token}


def _supports(view: Model) -> dict[str, bool]:
    found = ((name, view.supports(ours)) for ours, name in _SUPPORTS.items())
    return {name: value for name, value in found if value is not None}


def _limits(entry: Entry) -> dict[str, int]:
    window = entry.context if entry.view.max_input_tokens is None else entry.view.max_input_tokens
    if entry.context is not None and window is not None:
        window = min(window, entry.context)
    return _known(max_input_tokens=window, max_output_tokens=entry.view.max_output_tokens)


def _litellm_facts(entry: Entry) -> dict[str, Any]:
    mode = _MODES.get(entry.view.kind or "", entry.view.kind) if entry.view.kind != "search" else "chat"
    return {**_known(mode=mode), **_limits(entry), **_costs(entry.view), **_supports(entry.view)}


_FACTS = ("mode", "max_input_tokens", "max_output_tokens", *_PRICES.values(), *_SUPPORTS.values())
_CONNECTION = ("api_base", "api_key", "max_tokens", "num_ctx", "aws_region_name", "aws_bedrock_runtime_endpoint")


def litellm(entries: Sequence[Entry]) -> Any:
    """A LiteLLM proxy's `model_list`; our rows are those whose `model_info.id` begins with our name."""
    rows = [
        {
            "model_name": label,
            "litellm_params": Owned(entry.made, _CONNECTION),
            "model_info": Owned({"id": f"{OURS}/{label}", **_litellm_facts(entry)}, _FACTS),
        }
        for entry in entries
        for label in entry.labels
    ]
    own_key = {"master_key": Default(f"os.environ/{MASTER_KEY}")}
    return {"model_list": Rows(rows, ("model_info", "id")), "general_settings": own_key}


def aider(entries: Sequence[Entry]) -> Any:
    """Aider's settings of models: where each one is."""
    rows = []
    for entry in entries:
        extra = {name: value for name, value in entry.made.items() if name not in ("model", "api_key")}
        if entry.variable is None and "api_key" in entry.made:
            extra["api_key"] = entry.key
        rows.append({"name": entry.made["model"], "extra_params": Owned(extra, _CONNECTION)})
    return Rows(rows, ("name",))


def aider_needs(entry: Entry) -> str:
    """Say why Aider can't be given the key: its file has no way to name a variable."""
    if entry.variable is not None and str(entry.made.get("model", "")).startswith("hosted_vllm/"):
        return f"Aider can't be told to read {entry.variable} for {entry.offer.key}"
    return ""


def aider_metadata(entries: Sequence[Entry]) -> Any:
    """Aider's facts about models: limits and prices."""
    found = {}
    for entry in entries:
        name = entry.made["model"]
        facts = {"litellm_provider": name.partition("/")[0], **_litellm_facts(entry)}
        found[name] = Owned(facts, _FACTS)
    return found


def aider_conf(entries: Sequence[Entry]) -> Any:
    """Aider's choice of a model; the weak one is the same, or Aider picks one that may not be there."""
    return {"model": entries[0].made["model"], "weak-model": entries[0].made["model"]}


def continue_dev(entries: Sequence[Entry]) -> Any:
    """Continue's models."""
    rows = []
    for entry, label in [(each, label) for each in entries for label in each.labels]:
        provider, base = _continue_server(entry)
        options = _known(contextLength=entry.context, maxTokens=entry.view.max_output_tokens)
        abilities = [
            name for ours, name in (("tools", "tool_use"), ("vision", "image_input")) if entry.view.supports(ours)
        ]
        rows.append(
            {
                "name": entry.name if label == entry.model.id else label,
                "provider": provider,
                "model": entry.id,
                "apiBase": base,
                "apiKey": entry.key,
                "roles": _continue_roles(entry.view.kind),
                **({"capabilities": abilities} if abilities else {}),
                **({"defaultCompletionOptions": Owned(options, ("contextLength", "maxTokens"))} if options else {}),
            }
        )
    owned = ("provider", "apiBase", "apiKey", "capabilities", "defaultCompletionOptions")
    return {
        "name": Default("ai-models"),
        "version": Default("1.0.0"),
        "schema": Default("v1"),
        "models": Rows(_with_own_names(rows), ("name",), owned),
    }


def _continue_server(entry: Entry) -> tuple[str, str | None]:
    if entry.way.endpoint.provider.wire == "ollama":
        return "ollama", entry.url("root")
    if entry.way.endpoint.provider.id == "anthropic":
        return "anthropic", f"{entry.url('anthropic')}/v1/"
    return "openai", entry.url("openai")


def _continue_roles(kind: str | None) -> list[str]:
    return {"embedding": ["embed"], "rerank": ["rerank"]}.get(kind or "", ["chat", "edit", "apply"])


def _with_own_names(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tell models of the same name apart by their ids."""
    names = [row["name"] for row in rows]
    for row in rows:
        if names.count(row["name"]) > 1:
            row["name"] = f"{row['name']} ({row['model']})"
    return rows


def opencode(entries: Sequence[Entry]) -> Any:
    """The providers of opencode, each with its models."""
    servers: dict[str, Any] = {}
    for entry in entries:
        anthropic = entry.way.endpoint.provider.id == "anthropic"
        url = f"{entry.url('anthropic')}/v1" if anthropic else entry.url("openai")
        server = servers.setdefault(
            f"{OURS}-{entry.server}",
            {
                "npm": "@ai-sdk/anthropic" if anthropic else "@ai-sdk/openai-compatible",
                "name": entry.way.endpoint.provider.name,
                "options": {"baseURL": url, "apiKey": entry.key},
                "models": {},
            },
        )
        server["models"][entry.id] = Owned(_opencode_model(entry), ("limit", "cost", "tool_call", "attachment"))
    first = f"{OURS}-{entries[0].server}/{entries[0].id}"
    choice = {
        "model": Default(first, ("model", "small_model")),
        "small_model": Default(first, ("model", "small_model")),
    }
    return {"$schema": Default("https://opencode.ai/config.json"), **choice, "provider": servers}


def _opencode_model(entry: Entry) -> dict[str, Any]:
    view = entry.view
    limit = _known(context=entry.context, output=view.max_output_tokens)
    prices = {
        name: _per_million(view.cost_per_token.get(name)) for name in ("input", "output", "cache_read", "cache_write")
    }
    cost = _known(**prices) if {"input", "output"} <= set(view.cost_per_token) else None
    return _known(
        name=entry.name,
        tool_call=view.supports("tools"),
        attachment=view.supports("vision"),
        reasoning=view.supports("reasoning"),
        limit=limit if len(limit) == 2 else None,
        cost=cost,
    )


def _per_million(price: float | None) -> float | None:
    return None if price is None else float(f"{price * 1_000_000:.12g}")


def codex(entries: Sequence[Entry]) -> Any:
    """Codex's servers; the first model is the default unless the file names one."""
    names = ("model", "model_provider")
    servers = {}
    for entry in entries:
        facts = _known(
            name=entry.way.endpoint.provider.name,
            base_url=entry.url("openai"),
            env_key=entry.variable,
            wire_api="responses",
        )
        servers[f"{OURS}-{entry.server}"] = Owned(facts, ("env_key",))
    first = entries[0]
    window = {} if first.context is None else {"model_context_window": Default(first.context, names)}
    return {
        "model": Default(first.id, names),
        "model_provider": Default(f"{OURS}-{first.server}", names),
        **window,
        "model_providers": servers,
    }


_CLAUDE = ("ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL")
_CLAUDE_OWNED = (
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_AUTH_TOKEN",
    "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
    *_CLAUDE,
)


def _claude_variables(entry: Entry) -> dict[str, str]:
    at_vendor = entry.way.endpoint.provider.id == "anthropic"
    url = entry.way.endpoint.foreign_url("anthropic") if at_vendor else entry.url("anthropic")
    found = _known(ANTHROPIC_BASE_URL=url, ANTHROPIC_MODEL=entry.id)
    if not at_vendor:
        found |= dict.fromkeys(_CLAUDE, entry.id)
    if entry.view.max_output_tokens is not None:
        found["CLAUDE_CODE_MAX_OUTPUT_TOKENS"] = str(entry.view.max_output_tokens)
    return found


def claude_code(entries: Sequence[Entry]) -> Any:
    """Claude Code's settings; a command hands over the key, as a value can't refer to a variable there."""
    entry = entries[0]
    variables = _claude_variables(entry)
    if entry.variable is None:
        variables["ANTHROPIC_AUTH_TOKEN"] = entry.key
    helper = {} if entry.variable in (None, "ANTHROPIC_API_KEY") else {"apiKeyHelper": f"printenv {entry.variable}"}
    return Owned({"env": Owned(variables, _CLAUDE_OWNED), "model": entry.id, **helper}, ("apiKeyHelper",))


def claude_code_env(entries: Sequence[Entry]) -> Any:
    """What a shell sets before it starts Claude Code."""
    entry = entries[0]
    variables = _claude_variables(entry)
    if entry.variable != "ANTHROPIC_API_KEY":
        variables["ANTHROPIC_AUTH_TOKEN"] = entry.key
    return variables


def shell_needs(entry: Entry) -> str:
    """Say why a shell can't be given the model."""
    if entry.variable is not None and entry.variable[0].isdigit():
        return f"{entry.variable} is no variable of a shell"
    return "a shell would read its id as a variable" if entry.id.startswith("$") else ""


def librechat(entries: Sequence[Entry]) -> Any:
    """LibreChat's custom endpoints, each with its models."""
    servers: dict[str, dict[str, Any]] = {}
    for entry in entries:
        name = entry.way.endpoint.provider.name
        if entry.way.endpoint.base_url is not None:
            name = f"{name} ({entry.server})"
        server = servers.setdefault(
            name,
            {
                "name": name,
                "apiKey": entry.key,
                "baseURL": entry.url("openai"),
                "models": {"default": Union(), "fetch": Default(False)},
                "titleConvo": Default(True),
                "titleModel": Default("current_model"),
                "modelDisplayLabel": Default(name),
            },
        )
        if entry.id not in server["models"]["default"]:
            server["models"]["default"].append(entry.id)
    return {"version": Default("1.3.17"), "endpoints": {"custom": Rows(servers.values(), ("name",))}}


def llm(entries: Sequence[Entry]) -> Any:
    """The extra models of simonw's llm."""
    rows = [
        _known(
            model_id=label,
            model_name=entry.id,
            api_base=entry.url("openai"),
            api_key_name=_llm_key(entry),
            vision=entry.view.supports("vision") or None,
            supports_tools=entry.view.supports("tools") or None,
            supports_schema=entry.view.supports("structured_output") or None,
            reasoning=entry.view.supports("reasoning") or None,
        )
        for entry in entries
        for label in entry.labels
    ]
    return Rows(rows, ("model_id",), ("api_key_name", "vision", "supports_tools", "supports_schema", "reasoning"))


def _llm_key(entry: Entry) -> str | None:
    return None if entry.variable is None else entry.way.endpoint.provider.id


def llm_hint(entries: Sequence[Entry]) -> list[str]:
    """Say which keys to hand to llm first: it has no name of a variable, and takes OpenAI's key for want of another."""
    wanted = {_llm_key(entry): entry.variable for entry in entries if entry.variable is not None}
    wanted.pop("openai", None)
    return [
        f'llm sends OPENAI_API_KEY to {name} until you store the right key: llm keys set {name} --value "${variable}"'
        for name, variable in sorted(wanted.items(), key=str)
    ]


def zed(entries: Sequence[Entry]) -> Any:
    """Zed's language models; its `max_tokens` is the context."""
    models: dict[str, Any] = {}
    for entry in entries:
        view, limits = entry.view, {"max_tokens": entry.context}
        row: dict[str, Any] = {"name": entry.id, "display_name": entry.name, **limits}
        if entry.way.endpoint.provider.wire == "ollama":
            place = models.setdefault("ollama", {"api_url": entry.url("root"), "available_models": Rows([], ("name",))})
            row |= _known(
                supports_tools=view.supports("tools"),
                supports_thinking=view.supports("reasoning"),
                supports_images=view.supports("vision"),
            )
        elif entry.way.endpoint.provider.id == "anthropic":
            place = models.setdefault("anthropic", {"available_models": Rows([], ("name",))})
            url = entry.way.endpoint.foreign_url("anthropic")
            place |= {} if url is None else {"api_url": url}
            row |= _known(max_output_tokens=view.max_output_tokens)
        else:
            compatible = models.setdefault("openai_compatible", {})
            made = {"api_url": entry.url("openai"), "available_models": Rows([], ("name",))}
            place = compatible.setdefault(_zed_name(entry), made)
            abilities = _known(tools=view.supports("tools"), images=view.supports("vision"))
            row |= _known(max_output_tokens=view.max_output_tokens, capabilities=abilities or None)
        place["available_models"].append(row)
    return {"language_models": models}


def _zed_name(entry: Entry) -> str:
    """Name the server so that Zed, which makes the variable of the name, looks for the right one."""
    variable = entry.variable or ""
    if variable.endswith("_API_KEY"):
        return variable.removesuffix("_API_KEY").lower()
    return entry.server


def zed_needs(entry: Entry) -> str:
    """Say why Zed can't be given the model."""
    return "Zed needs the size of the context, and it is not known" if entry.context is None else ""


def zed_hint(entries: Sequence[Entry]) -> list[str]:
    """Say which variables Zed reads that are not the usual ones."""
    said = []
    for entry in entries:
        variable = entry.variable
        if variable is not None and not variable.endswith("_API_KEY"):
            name = re.sub(r"\W", "_", _zed_name(entry)).upper()
            said.append(f"Zed reads {name}_API_KEY for {entry.offer.key}: set it to the value of {variable}")
    return list(dict.fromkeys(said))


def env(entries: Sequence[Entry]) -> Any:
    """Variables: the base URL of each server that isn't at the vendor's address, and its key's, empty."""
    found: dict[str, str] = {}
    for entry in entries:
        provider = entry.way.endpoint.provider.id
        url = entry.way.endpoint.foreign_url("root") or entry.way.endpoint.foreign_url("openai")
        if url is not None:
            found[re.sub(r"\W", "_", provider).upper() + "_BASE_URL"] = url
        if entry.variable is not None:
            found.setdefault(entry.variable, "")
    return found


_LIMITS = ("context_size", "max_input_tokens", "max_output_tokens")
_SHARED = ("name", "lab", "kind", *_LIMITS, "released", "deprecated", "retired")
_FOR_EACH = (*_LIMITS, "cost_per_token", "cost_per_unit", "price_tiers")


def json_models(entries: Sequence[Entry]) -> Any:
    """Plain data: each model with its limits, prices and offers, and how it is reached."""
    return {"models": {entry.model.id: Owned(_plain(entry), ("use", *_SHARED, "offers")) for entry in entries}}


def _plain(entry: Entry) -> dict[str, Any]:
    model = entry.model
    use = _known(offer=entry.offer.key, id=entry.id, base_url=entry.url("openai"), key_variable=entry.variable)
    offers = {key: {"id": offer.id, **_facts(offer.as_model(), _FOR_EACH)} for key, offer in model.offers.items()}
    flags = {name: value for name, value in sorted(model.capabilities.items()) if value is not None}
    return {**_facts(model, _SHARED), "capabilities": flags, "use": use, "offers": offers}


def _facts(model: Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(model, name)) not in (None, {}, [])}
