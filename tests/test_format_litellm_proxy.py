"""What a LiteLLM proxy says of the models behind it, on small answers written here."""

from typing import Any

import pytest

from ai_models._core.contracts import Listing
from ai_models._core.model import Model
from ai_models.errors import SourceAuthError, SourceUnavailableError
from ai_models.sources import ProviderAPISource
from ai_models.sources.formats.litellm_proxy import parse_litellm_proxy
from ai_models.testing import FakeTransport
from ai_models.transport import Response

URL = "http://localhost:4000"
INFO: Any = {
    "key": "gpt-4o",
    "litellm_provider": "openai",
    "mode": "chat",
    "max_tokens": 16384,
    "max_input_tokens": 128000,
    "max_output_tokens": 16384,
    "input_cost_per_token": 2.5e-06,
    "output_cost_per_token": 1e-05,
    "cache_read_input_token_cost": 1.25e-06,
    "input_cost_per_token_batches": 1.25e-06,
    "supports_vision": True,
    "supports_function_calling": True,
    "supports_web_search": None,
    "supports_reasoning": False,
}
PLAIN: Any = {"data": [{"id": "ours", "object": "model", "created": 1677610602, "owned_by": "openai", "mode": "chat"}]}


def row(name: str = "ours", behind: str = "openai/gpt-4o", **changes: Any) -> dict[str, Any]:
    return {"model_name": name, "litellm_params": {"model": behind}, "model_info": INFO | changes}


def one(*rows: dict[str, Any]) -> Model:
    (model,) = parse_litellm_proxy({"data": list(rows)}).models
    return model


def asked(info: Any, group: Any = 404, plain: Any = PLAIN) -> tuple[Listing, list[str]]:
    answers = {f"{URL}/model/info": info, f"{URL}/model_group/info": group, f"{URL}/v1/models": plain}
    transport = FakeTransport(answers)
    listing = ProviderAPISource("litellm", transport=transport, api_key="sk-0123456789abcdef", env={}).listing()
    return listing, [sent.url.removeprefix(URL) for sent in transport.requests]


def test_a_model_is_called_by_the_name_that_the_proxy_gives_it() -> None:
    model = one(row())
    assert (model.id, model.provider, model.is_local) == ("ours", "litellm", False)
    assert (model.context_size, model.max_output_tokens, model.kind) == (128000, 16384, "chat")
    assert model.cost_per_token == {"input": 2.5e-06, "output": 1e-05, "cache_read": 1.25e-06}
    assert model.price_tiers == [{"when": {"service": "batch"}, "cost_per_token": {"input": 1.25e-06}}]
    assert model.capabilities == {"vision": True, "tools": True, "reasoning": False}
    assert model.connector_metadata["litellm"] == {"remote_model": "openai/gpt-4o"}


def test_what_tells_most_is_asked_first() -> None:
    listing, urls = asked({"data": [row()]})
    assert listing.models[0].context_size == 128000
    assert urls == ["/model/info"]


def test_a_key_that_may_see_less_sees_the_groups() -> None:
    group = {
        "model_group": "ours",
        "providers": ["openai", "azure"],
        "mode": "chat",
        "max_input_tokens": 128000.0,
        "supports_vision": True,
        "supports_reasoning": False,
        "input_cost_per_token": 0.0,
    }
    listing, urls = asked(403, {"data": [group]})
    (model,) = listing.models
    assert (model.context_size, model.capabilities, model.cost_per_token) == (128000, {"vision": True}, {})
    assert urls == ["/model/info", "/model_group/info"]


@pytest.mark.parametrize("refusal", [401, 403, 404, 500, {"data": []}, {"detail": "no"}])
def test_the_plain_list_serves_where_nothing_else_does(refusal: Any) -> None:
    listing, urls = asked(refusal, refusal)
    (model,) = listing.models
    assert (model.id, model.kind, model.lab, model.released) == ("ours", "chat", None, None)
    assert urls[:3] == ["/model/info", "/model_group/info", "/v1/models"]


def test_a_proxy_that_is_down_for_a_while_is_not_made_poorer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(SourceUnavailableError):
        asked(503)


@pytest.mark.parametrize(
    ("status", "body", "key"),
    [
        (400, b'{"error": {"message": "No connected db.", "type": "no_db_connection"}}', "sk-0123456789abcdef"),
        (401, b'{"error": {"message": "Authentication Error", "type": "auth_error"}}', "sk-0123456789abcdef"),
    ],
)
def test_a_wrong_key_is_an_auth_error_whatever_its_status(status: int, body: bytes, key: str) -> None:
    refusal = Response(status, {}, body)
    with pytest.raises(SourceAuthError, match="the given key was rejected"):
        asked(refusal, refusal, refusal)


def test_a_wildcard_is_no_model() -> None:
    parsed = parse_litellm_proxy({"data": [row("openai/*", "openai/*"), row(), {"id": "groq/*"}]})
    assert [model.id for model in parsed.models] == ["ours"]
    assert [(skipped.row, skipped.reason) for skipped in parsed.skipped] == [
        (0, "a wildcard, not a model"),
        (2, "a wildcard, not a model"),
    ]


def test_the_names_of_a_wildcard_are_known_to_be_guesses() -> None:
    made = [row(f"groq/{name}", f"groq/{name}", id="one") for name in ("a", "b")]
    offers = {
        model.id: model.connector_metadata["litellm"]
        for model in parse_litellm_proxy({"data": [*made, row(id="two"), row(id="three")]}).models
    }
    assert offers["groq/a"] == {"remote_model": "groq/a", "from_wildcard": True}
    assert "from_wildcard" not in offers["ours"]


def test_of_balanced_rows_only_what_they_agree_on_is_known() -> None:
    other = row(
        behind="azure/gpt-4o",
        max_input_tokens=64000,
        output_cost_per_token=2e-05,
        supports_vision=None,
        key="azure/gpt-4o",
    )
    model = one(row(), other)
    assert (model.context_size, model.max_output_tokens) == (None, 16384)
    assert model.cost_per_token == {"input": 2.5e-06, "cache_read": 1.25e-06}
    assert model.capabilities == {"tools": True, "reasoning": False}
    assert model.connector_metadata["litellm"] == {"deployments": 2}


def test_rows_that_are_the_same_say_what_one_says() -> None:
    model = one(row(), row(), row())
    assert model.cost_per_token == one(row()).cost_per_token
    assert model.connector_metadata["litellm"] == {"remote_model": "openai/gpt-4o", "deployments": 3}


def test_a_price_of_zero_is_not_known() -> None:
    model = one(row(input_cost_per_token=0, output_cost_per_token=0.0, cache_read_input_token_cost=None))
    assert model.cost_per_token == {}


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("embedding", "embedding"), ("audio_speech", "speech"), ("responses", "chat"), ("news", None), (["chat"], None)],
)
def test_a_mode_is_a_kind_or_unknown(mode: Any, kind: str | None) -> None:
    assert one(row(mode=mode)).kind == kind


def test_the_limit_of_a_prompt_for_speech_is_no_window() -> None:
    model = one(row(mode="audio_speech", max_input_tokens=4000))
    assert (model.context_size, model.max_input_tokens) == (None, 4000)


def test_models_that_count_apart_have_an_input_limit() -> None:
    model = one(row("ours", "openai/gpt-5-mini", key="gpt-5-mini", max_input_tokens=272000))
    assert (model.context_size, model.max_input_tokens) == (None, 272000)
