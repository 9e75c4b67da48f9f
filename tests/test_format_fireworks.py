"""Fireworks: what may be called, prices of each way of serving, the catalogue in pages.

Rows in the shape of the reference (catalogue) and of what clients read (serverless list).
"""

from typing import Any

from ai_models._core.model import Model
from ai_models.sources import ProviderAPISource
from ai_models.sources.formats.fireworks import parse_fireworks
from ai_models.testing import FakeTransport, SentRequest

GLM = "accounts/fireworks/models/glm-5"
INFERENCE = {
    "object": "list",
    "data": [
        {
            "id": GLM,
            "object": "model",
            "owned_by": "fireworks",
            "created": 1761950332,
            "kind": "HF_BASE_MODEL",
            "supports_chat": True,
            "supports_image_input": False,
            "supports_tools": True,
            "context_length": 202752,
        },
        {"id": "accounts/fireworks/models/embed", "kind": "EMBEDDING_MODEL", "supports_chat": True},
        {"id": "accounts/fireworks/models/flux", "kind": "FLUMINA_BASE_MODEL", "supports_chat": False},
        {"id": "accounts/me/models/mine", "kind": "HF_PEFT_ADDON", "supports_chat": True},
        {"id": "accounts/fireworks/models/base", "kind": "HF_BASE_MODEL", "supports_chat": False},
    ],
}


def pricing(uncached: str, cached: str, output: str) -> list[dict[str, str]]:
    stated = {
        "LLM input tokens (uncached)": uncached,
        "LLM input tokens (cached)": cached,
        "LLM output tokens": output,
        "Something else": "9",
    }
    return [{"sku": sku, "amount": amount, "unit": "1M tokens"} for sku, amount in stated.items()]


SERVERLESS = {
    "object": "list",
    "data": [
        {
            "id": GLM,
            "serverless_mode": "standard",
            "pricing": pricing("0.6", "0.12", "2.2"),
            "display_name": "GLM 5",
            "input_modalities": ["text"],
            "output_modalities": ["text"],
            "aliases": ["glm-5"],
            "created": 1761950332,
        },
        {
            "id": GLM,
            "serverless_mode": "priority",
            "service_tier": "priority",
            "pricing": pricing("1.2", "0.24", "4.4"),
        },
        {
            "id": GLM,
            "serverless_mode": "fast",
            "usage_identifier": f"{GLM}-fast",
            "pricing": pricing("0.9", "0.18", "3.3"),
            "context_length": 131072,
        },
    ],
}
FIRST = {
    "models": [{"name": GLM, "kind": "HF_BASE_MODEL", "displayName": "GLM-5", "contextLength": 1}],
    "nextPageToken": "a b",
}
SECOND = {
    "models": [
        {
            "name": "accounts/fireworks/models/base",
            "displayName": "Base",
            "contextLength": 4096,
            "deprecationDate": {"year": 2026, "month": 9, "day": 25},
        }
    ],
    "nextPageToken": "",
}
URL = "https://api.fireworks.ai"


def catalogue(sent: SentRequest) -> Any:
    return SECOND if sent.url.endswith("&pageToken=a%20b") else FIRST


ANSWERS = {
    f"{URL}/inference/v1/models": INFERENCE,
    f"{URL}/v1/serverless/models": SERVERLESS,
    f"{URL}/v1/accounts/fireworks/models": catalogue,
}


def source(answers: dict[str, Any]) -> ProviderAPISource:
    return ProviderAPISource("fireworks", transport=FakeTransport(answers), api_key="k", env={})


def listed(answers: dict[str, Any]) -> dict[str, Model]:
    return {model.id: model for model in source(answers).discover_models()}


def test_the_kind_wins_over_the_flag_for_chat() -> None:
    kinds = {id.rpartition("/")[2]: model.kind for id, model in listed(ANSWERS).items()}
    assert kinds == {
        "glm-5": "chat",
        "embed": "embedding",
        "flux": "image",
        "mine": "chat",
        "base": None,
        "glm-5-fast": None,
    }


def test_prices_are_those_of_the_plain_way_and_a_service_tier_is_a_tier() -> None:
    model = listed(ANSWERS)[GLM]
    assert model.cost_per_token == {"input": 6e-07, "cache_read": 1.2e-07, "output": 2.2e-06}
    assert model.price_tiers == [
        {
            "when": {"service": "priority"},
            "cost_per_token": {"input": 1.2e-06, "cache_read": 2.4e-07, "output": 4.4e-06},
        }
    ]
    assert (model.name, model.aliases, model.context_size) == ("GLM 5", ["glm-5"], 202752)
    assert (model.supports("tools"), model.supports("vision"), model.released) == (True, False, None)


def test_a_way_of_serving_under_an_id_of_its_own_is_a_model_of_its_own() -> None:
    fast = listed(ANSWERS)[f"{GLM}-fast"]
    assert fast.cost_per_token == {"input": 9e-07, "cache_read": 1.8e-07, "output": 3.3e-06}
    assert (fast.context_size, fast.aliases, fast.price_tiers) == (131072, [], [])


def test_the_catalogue_is_asked_page_by_page_and_says_until_when_a_model_is_served() -> None:
    base = listed(ANSWERS)["accounts/fireworks/models/base"]
    assert (base.retired, base.name, base.context_size) == ("2026-09-25", "Base", 4096)


def test_without_the_further_lists_the_first_stands() -> None:
    listing = source({f"{URL}/inference/v1/models": INFERENCE}).listing()
    assert [model.context_size for model in listing.models][:2] == [202752, None]
    assert "prices are missing" in listing.note
    assert "dates of retirement may be missing" in listing.note


def test_junk_in_the_further_lists_changes_nothing() -> None:
    for junk in (7, [], {"data": [{"id": []}, {"id": GLM, "pricing": [{"sku": [], "amount": {}}]}, None]}):
        parsed = parse_fireworks(INFERENCE, serverless=junk, catalogue=[None, {"name": []}])
        assert parsed.models == parse_fireworks(INFERENCE).models
