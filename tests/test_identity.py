"""What an id means: facts about labs, providers and their spellings, and properties that hold for any text."""

import importlib.util
import json
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shared import SHARED

from ai_models._core.identity import Identity, identify
from ai_models._core.identity.grammar import read_wire
from ai_models._core.identity.names import canonical_of, match_length
from ai_models._core.identity.tables import Rewrite, read_part, tables
from ai_models._core.identity.tokens import Token, iso_date, tokenise

GOLD = SHARED / "gold"


def canonical(provider: str, id: str) -> str | None:
    return identify(provider, id).canonical


SAME = {
    "openai/gpt-4o": [
        ("openai", "gpt-4o"),
        ("azure", "gpt-4o-2024-11-20"),
        ("litellm", "azure/eu/gpt-4o-2024-08-06"),
        ("digitalocean", "openai-gpt-4o"),
        ("openrouter", "openai/gpt-4o:extended"),
    ],
    "openai/gpt-3.5-turbo": [("azure", "gpt-35-turbo"), ("openai", "gpt-3.5-turbo-0613")],
    "openai/gpt-oss-120b": [("bedrock", "openai.gpt-oss-120b-1:0"), ("ollama", "gpt-oss:120b-cloud")],
    "anthropic/claude-sonnet-4-5": [
        ("anthropic", "claude-sonnet-4-5-20250929"),
        ("amazon-bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("google-vertex", "claude-sonnet-4-5@20250929"),
        ("openrouter", "anthropic/claude-sonnet-4.5"),
        ("sap-ai-core", "anthropic--claude-4.5-sonnet"),
        ("databricks", "databricks-claude-sonnet-4-5"),
    ],
    "anthropic/claude-3-5-sonnet": [
        ("vercel", "anthropic/claude-3.5-sonnet"),
        ("bedrock", "anthropic.claude-3-5-sonnet-20241022-v2:0"),
    ],
    "anthropic/claude-2.1": [("bedrock", "anthropic.claude-v2:1"), ("helm", "anthropic/claude-2.1")],
    "google/gemini-2.0-flash": [("google", "gemini-2.0-flash"), ("openrouter", "google/gemini-2.0-flash-001")],
    "google/gemma-3-27b-it": [("ollama", "gemma3:27b"), ("huggingface", "unsloth/gemma-3-27b-it-GGUF")],
    "meta/llama-3.1-8b-instruct": [
        ("huggingface", "meta-llama/Llama-3.1-8B-Instruct"),
        ("bedrock", "meta.llama3-1-8b-instruct-v1:0"),
        ("fireworks-ai", "accounts/fireworks/models/llama-v3p1-8b-instruct"),
        ("together", "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo"),
        ("ollama", "llama3.1:8b-instruct-q4_K_M"),
        ("cerebras", "llama3.1-8b"),
        ("cloudflare", "@cf/meta/llama-3.1-8b-instruct-fp8"),
    ],
    "meta/llama-4-maverick-17b-128e-instruct": [
        ("openrouter", "meta-llama/llama-4-maverick"),
        ("bedrock", "us.meta.llama4-maverick-17b-instruct-v1:0"),
    ],
    "mistral/mistral-small-2503": [
        ("mistral", "mistral-small-2503"),
        ("openrouter", "mistralai/mistral-small-3.1-24b-instruct"),
        ("huggingface", "mistralai/Mistral-Small-3.1-24B-Instruct-2503"),
    ],
    "mistral/mistral-large-2512": [
        ("bedrock", "mistral.mistral-large-3-675b-instruct"),
        ("mistral", "mistral-large-2512"),
    ],
    "mistral/mixtral-8x7b-instruct-v0.1": [
        ("bedrock", "mistral.mixtral-8x7b-instruct-v0:1"),
        ("openrouter", "mistralai/mixtral-8x7b-instruct"),
    ],
    "qwen/qwen2.5-72b-instruct": [("alibaba-cn", "qwen2-5-72b-instruct"), ("openrouter", "qwen/qwen-2.5-72b-instruct")],
    "qwen/qwen3-30b-a3b": [("ollama", "qwen3:30b"), ("huggingface", "Qwen/Qwen3-30B-A3B-GGUF")],
    "deepseek/deepseek-v3.1": [("bedrock", "deepseek.v3-v1:0"), ("openrouter", "deepseek/deepseek-chat-v3.1")],
    "deepseek/deepseek-r1-distill-qwen-14b": [
        ("ollama", "deepseek-r1:14b"),
        ("huggingface", "bartowski/DeepSeek-R1-Distill-Qwen-14B-GGUF"),
    ],
    "xai/grok-4": [("xai", "grok-4-0709"), ("oci", "xai.grok-4"), ("openrouter", "x-ai/grok-4")],
    "moonshotai/kimi-k2.5": [("fireworks", "accounts/fireworks/models/kimi-k2p5"), ("bedrock", "moonshotai.kimi-k2.5")],
    "minimax/minimax-m2.5": [("venice", "minimax-m25"), ("huggingface", "MiniMaxAI/MiniMax-M2.5")],
    "nvidia/nemotron-3-super-120b-a12b": [
        ("bedrock", "nvidia.nemotron-super-3-120b"),
        ("huggingface", "nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-FP8"),
    ],
    "cohere/command-r-08-2024": [
        ("cohere", "command-r-08-2024"),
        ("huggingface", "CohereLabs/c4ai-command-r-08-2024"),
        ("localai", "c4ai-command-r-08-2024-Q4_K_M-00001-of-00002.gguf"),
        ("azure", "Cohere-command-r-08-2024"),
    ],
    "cohere/command-text-v14": [
        ("bedrock", "cohere.command-text-v14"),
        ("bedrock", "cohere.command-text-v14:7:4k"),
    ],
    "mistral/devstral-small-2505": [("ollama", "devstral:24b"), ("huggingface", "mistralai/Devstral-Small-2505")],
    "mistral/mistral-large-2411": [("vertex", "mistral-large@2411-001"), ("azure", "Mistral-Large-2411-2")],
    "microsoft/phi-3-mini-4k-instruct": [
        ("azure", "Phi-3-mini-4k-instruct-13"),
        ("ollama", "phi3:3.8b-mini-4k-instruct-q4_K_M"),
    ],
    "microsoft/mai-thinking-1": [("azure", "MAI-Thinking-1")],
    "nvidia/nemotron-3-ultra-550b-a55b": [
        ("azure", "FW-Nemotron-3-Ultra-NVFP4"),
        ("huggingface", "nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B-BF16"),
    ],
    "allenai/olmo-2-1124-7b-instruct": [("ollama", "olmo2:7b-1124-instruct-q4_K_M"), ("ollama", "olmo2")],
    "ai21/jamba-large-1.7": [("ai21", "jamba-large-1.7-2025-07"), ("huggingface", "ai21labs/AI21-Jamba-Large-1.7")],
    "meta/llama-3.2-90b-vision-instruct": [("groq", "llama-3.2-90b-vision-preview")],
    "anthropic/claude-sonnet-4": [("databricks", "system.ai.claude-sonnet-4")],
    "deepseek/deepseek-r1": [("novita", "deepseek/deepseek-r1/community")],
    "black-forest-labs/flux-1.1-pro": [("aimlapi", "flux-pro/v1.1"), ("azure", "FLUX-1.1-pro")],
    "amazon/nova-lite": [("bedrock", "eu.amazon.nova-lite-v1:0"), ("openrouter", "amazon/nova-lite-v1")],
    "zai/glm-4.7": [("bedrock", "zai.glm-4.7"), ("fireworks", "accounts/fireworks/models/glm-4p7")],
}


@pytest.mark.parametrize(("provider", "id", "expected"), [(p, i, name) for name, ids in SAME.items() for p, i in ids])
def test_ids_of_one_model_have_one_canonical_id(provider: str, id: str, expected: str) -> None:
    assert canonical(provider, id) == expected


DIFFERENT = [
    [("novita", "deepseek/deepseek-r1/community"), ("novita", "deepseek/deepseek-v3/community")],
    [("openrouter", "mancer/weaver"), ("openrouter", "elorian/weaver")],
    [("cohere", "command-r-03-2024"), ("cohere", "command-r-08-2024"), ("cohere", "command-r7b-12-2024")],
    [("nvidia", "nvidia/llama-3.2-nv-embedqa-1b-v2"), ("nvidia", "meta/llama-3.2-1b-instruct")],
    [
        ("huggingface", "huihui-ai/Llama-3-8B-Instruct-abliterated"),
        ("huggingface", "failspy/Llama-3-8B-Instruct-abliterated"),
    ],
    [("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), ("openai", "gpt-4o-audio-preview"), ("openai", "gpt-4")],
    [("openai", "gpt-4-turbo"), ("openai", "gpt-4"), ("openai", "gpt-4-32k")],
    [("google", "gemini-2.5-flash"), ("google", "gemini-2.5-flash-lite"), ("google", "gemini-2.5-flash-image")],
    [("huggingface", "Qwen/Qwen3-4B-Instruct-2507"), ("huggingface", "Qwen/Qwen3-4B-Thinking-2507")],
    [("huggingface", "meta-llama/Llama-3.1-8B"), ("huggingface", "meta-llama/Llama-3.1-8B-Instruct")],
    [("huggingface", "deepseek-ai/DeepSeek-R1"), ("huggingface", "deepseek-ai/DeepSeek-R1-Distill-Llama-70B")],
    [("huggingface", "mistralai/Mistral-7B-v0.1"), ("huggingface", "mistralai/Mistral-7B-v0.3")],
    [("mistral", "mistral-small-2501"), ("mistral", "mistral-small-2503"), ("mistral", "mistral-small-latest")],
    [("zai", "glm-5"), ("zai", "glm-5-turbo")],
    [("xai", "grok-4"), ("xai", "grok-4-fast"), ("xai", "grok-4.1-fast")],
    [("bedrock", "amazon.titan-embed-text-v1"), ("bedrock", "amazon.titan-embed-text-v2:0")],
    [("cloudflare", "@cf/deepgram/nova-3"), ("bedrock", "amazon.nova-lite-v1:0")],
    [("fal", "fal-ai/bytedance/seedance-2.0/text-to-video"), ("fal", "fal-ai/bytedance/seedance-2.5/text-to-video")],
    [
        ("huggingface", "huihui-ai/Llama-3.3-70B-Instruct-abliterated"),
        ("openrouter", "meta-llama/llama-3.3-70b-instruct"),
    ],
    [("openrouter", "meta-llama/llama-3.1-405b"), ("openrouter", "meta-llama/llama-3.1-405b-instruct")],
]


@pytest.mark.parametrize("ids", DIFFERENT)
def test_models_that_look_alike_stay_apart(ids: list[tuple[str, str]]) -> None:
    names = [canonical(provider, id) for provider, id in ids]
    assert None not in names
    assert len(set(names)) == len(names)


def test_a_snapshot_is_no_part_of_the_canonical_id_and_ends_the_key() -> None:
    identity = identify("azure", "gpt-4o-2024-11-20")
    assert (identity.snapshot, identity.snapshot_date) == ("2024-11-20", "2024-11-20")
    assert identity.key == "openai/gpt-4o-2024-11-20"
    assert identify("openai", "gpt-4-0613").key == "openai/gpt-4-0613"
    assert identify("openai", "gpt-4-0613").snapshot_date is None
    assert identify("vertex", "claude-opus-4-1@20250805").snapshot_date == "2025-08-05"


def test_the_date_of_an_open_weights_release_is_part_of_its_name() -> None:
    for provider, id in (("openrouter", "moonshotai/kimi-k2-0905"), ("deepinfra", "deepseek-ai/DeepSeek-V3-0324")):
        assert identify(provider, id).snapshot is None


def test_a_moving_alias_is_a_model_of_its_own_unless_the_name_pins_the_version() -> None:
    assert canonical("mistral", "mistral-large-latest") == "mistral/mistral-large-latest"
    assert canonical("anthropic", "claude-3-5-haiku-latest") == "anthropic/claude-3-5-haiku"


@pytest.mark.parametrize(
    ("provider", "id", "variant", "offer_key"),
    [
        ("amazon-bedrock", "us.amazon.nova-pro-v1:0", ("region:us",), "bedrock:us"),
        ("amazon-bedrock", "amazon.nova-pro-v1:0", (), "bedrock"),
        ("openrouter", "openai/gpt-oss-20b:free", ("free",), "openrouter:free"),
        ("ollama", "llama3.1:8b-instruct-q4_K_M", ("q4_k_m",), "ollama:8b-instruct-q4_k_m"),
        ("ollama", "llama3.1:latest", (), "ollama"),
        ("302ai", "claude-opus-4-1-20250805-thinking", ("thinking",), "302ai:thinking"),
        ("openrouter", "openai/o3-mini-high", ("effort-high",), "openrouter:effort-high"),
        ("huggingface", "unsloth/Qwen3-8B-unsloth-bnb-4bit", ("bnb-4bit",), "huggingface:bnb-4bit"),
        ("alibaba-cn", "qwen-plus", (), "alibaba-cn"),
        ("litellm", "bedrock/eu-west-1/anthropic.claude-opus-5", ("region:eu-west-1",), "litellm:bedrock-eu-west-1"),
    ],
)
def test_what_is_served_differently_is_a_variant(
    provider: str, id: str, variant: tuple[str, ...], offer_key: str
) -> None:
    identity = identify(provider, id)
    assert (identity.variant, identity.offer_key) == (variant, offer_key)


@pytest.mark.parametrize(
    "id", ["auto", "model-router", "", "   ", "/", ":", "x" * 10_000, "gpt-4o\x1b[31m", "a-" * 100, "chat-prod"]
)
def test_what_names_no_model_has_no_canonical_id(id: str) -> None:
    identity = identify("somebody", id)
    assert (identity.canonical, identity.key, identity.lab, identity.confidence) == (None, None, None, "none")


def test_a_model_of_an_unknown_author_is_kept_under_community_without_a_lab() -> None:
    identity = identify("localai", "azure_dusk-v0.2-iq-imatrix")
    assert (identity.canonical, identity.lab, identity.confidence) == ("community/azure-dusk-v0.2", None, "guess")


def test_confidence_tells_the_labs_own_spelling_from_a_rule_and_from_a_guess() -> None:
    assert identify("openai", "gpt-4.1").confidence == "exact"
    assert identify("digitalocean", "openai-gpt-4.1").confidence == "rule"
    assert identify("cerebras", "llama-3.3-70b").confidence == "guess"


def test_the_trace_names_each_step() -> None:
    trace = identify("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0").trace
    assert trace[:3] == ("region: us", "owner: anthropic", "revision: -v1:0")
    assert any(step.startswith("snapshot: 20250929") for step in trace)


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_is_answered(provider: str, id: str) -> None:
    identity = identify(provider, id)
    assert isinstance(identity, Identity)
    assert (identity.canonical is None) == (identity.confidence == "none")


PIECES = [
    "gpt",
    "llama",
    "3.1",
    "8b",
    "v2",
    "-",
    "_",
    "/",
    ":",
    ".",
    "@",
    "20250929",
    "q4",
    "k",
    "m",
    "free",
    "us",
    "claude",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_ids_made_of_known_pieces_are_answered(pieces: list[str]) -> None:
    identity = identify("bedrock", "".join(pieces))
    assert identity.canonical is None or "/" in identity.canonical


@given(st.text(alphabet="abcdefgh0123456789.-_", min_size=1, max_size=60))
def test_case_and_separators_do_not_matter(name: str) -> None:
    assert canonical("hub", name.upper()) == canonical("hub", name)


def test_a_pattern_matches_from_the_start_and_looks_ahead() -> None:
    rule = Rewrite(tuple(map(read_part, ("qwen", "<number:3+>", "30b", "!a3b"))), ("1", "2", "3", "a3b"))
    start = [Token("word", "qwen"), Token("number", "3"), Token("size", "30b")]
    assert match_length(rule, start) == 3
    assert match_length(rule, [*start, Token("size", "a3b")]) == 0
    assert match_length(rule, [Token("word", "qwen"), Token("number", "2.5"), Token("size", "30b")]) == 0


def test_dates_are_read_in_each_form() -> None:
    words = frozenset({"gpt"})
    assert tokenise("gpt-4o-2024-11-20", words)[-1] == Token("date", "2024-11-20")
    assert tokenise("command-r-08-2024", words)[-1] == Token("date", "08-2024")
    assert tokenise("gemini-x-preview-05-06", words)[-1] == Token("date", "05-06")
    assert iso_date("08-2024") is None


def test_a_path_keeps_its_last_segment_and_the_labs_name() -> None:
    wire = read_wire("novita", "pro/deepseek-ai/DeepSeek-V3")
    assert (wire.owner, wire.name) == ("deepseek-ai", "DeepSeek-V3")


def test_every_canonical_id_in_the_tables_is_its_own_canonical_id() -> None:
    known = tables()
    named = set(known.same.values()) | {id for table in known.at.values() for id in table.values()}
    for id in named:
        lab, _, name = id.partition("/")
        assert canonical_of(lab, name, "", (), known) == id
        assert canonical("huggingface", id) == id


def test_every_lab_that_the_tables_name_exists() -> None:
    known = tables()
    labs = set(known.dates)
    named = [*known.same.values(), *(id for table in known.at.values() for id in table.values())]
    assert {id.partition("/")[0] for id in named} <= labs
    assert {provider.lab for provider in known.providers.values() if provider.lab} <= labs


def test_no_word_belongs_to_two_labs() -> None:
    labs = tomllib.loads((Path(__file__).parents[1] / "src/ai_models/data/identity/labs.toml").read_text())
    for column in ("owners", "families", "anywhere"):
        holders = defaultdict(list)
        for lab, facts in labs.items():
            for word in facts.get(column, "").split():
                holders[word].append(lab)
        assert {word: found for word, found in holders.items() if len(found) > 1} == {}


def test_importing_it_reads_no_data_file() -> None:
    code = "import ai_models._core.identity.tables as t; print(t.tables.cache_info().currsize)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "0"


# The labelled set.

needs_gold = pytest.mark.skipif(not GOLD.is_dir(), reason=f"the labelled set is not on this machine (looked in {GOLD})")


def load_scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gold_score", GOLD / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLD / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def predict(row: dict[str, Any]) -> dict[str, Any]:
    identity = identify(row["provider"], row["id"])
    return {
        "provider": row["provider"],
        "id": row["id"],
        "canonical": identity.canonical,
        "snapshot": identity.snapshot,
        "variant": list(identity.variant),
    }


@needs_gold
@pytest.mark.parametrize(("level", "least_f1"), [("model", 0.97), ("snapshot", 0.95)])
def test_the_labelled_ids_are_told_apart(level: str, least_f1: float) -> None:
    gold = read_rows("dev.jsonl")
    figures, _ = load_scorer().score(gold, [predict(row) for row in gold], level)
    assert figures["pairwise"]["precision"] >= 0.985
    assert figures["pairwise"]["f1"] >= least_f1


@needs_gold
def test_the_hard_pairs_are_decided_right() -> None:
    pairs = read_rows("pairs_dev.jsonl")
    predictions = [predict(pair[side]) for pair in pairs for side in ("a", "b")]
    figures, _ = load_scorer().score_pairs(pairs, predictions)
    assert figures["different"]["share"] >= 0.97
    assert figures["same"]["share"] >= 0.97
