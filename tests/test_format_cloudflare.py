"""Cloudflare Workers AI: facts in a list of properties, pages by number, prices by unit."""

from typing import Any, ClassVar

import pytest

from ai_models._core.contracts import ModelSource
from ai_models._core.model import Model
from ai_models.errors import SourceFormatError
from ai_models.sources import ProviderAPISource
from ai_models.sources.formats.cloudflare import parse_cloudflare
from ai_models.testing import FakeTransport, HTTPSourceTests
from ai_models.transport import Transport

ENV = {"CLOUDFLARE_ACCOUNT_ID": "acc"}
URL = "https://api.cloudflare.com/client/v4/accounts/acc/ai/models/search"


def row(name: str, task: Any = "Text Generation", **properties: Any) -> dict[str, Any]:
    stated = [{"property_id": id, "value": value} for id, value in properties.items()]
    return {"id": "f9f2250b", "name": name, "task": {"name": task}, "properties": stated}


def asked(unit: Any, price: Any, currency: str = "USD") -> dict[str, Any]:
    return {"unit": unit, "price": price, "currency": currency}


def parsed(**properties: Any) -> Model:
    return parse_cloudflare({"result": [row("@cf/a/b", **properties)]}).models[0]


PAGES = {
    f"{URL}?per_page=100&page=1": {
        "success": True,
        "result": [row("@cf/a/one", context_window="128000"), row("@cf/a/two")],
        "result_info": {"page": 1, "per_page": 2, "count": 2, "total_count": 3},
    },
    f"{URL}?per_page=100&page=2": {
        "success": True,
        "result": [row("@hf/a/three", "Text Embeddings")],
        "result_info": {"page": 2, "per_page": 2, "count": 1, "total_count": 3},
    },
}


class TestCloudflare(HTTPSourceTests):
    answers: ClassVar = PAGES

    def make_source_over(self, transport: Transport) -> ModelSource:
        return ProviderAPISource("cloudflare", transport=transport, api_key=self.key, env=ENV)


def listed(info: Any) -> list[str]:
    pages = {url: {**page, "result_info": info} for url, page in PAGES.items()}
    source = ProviderAPISource("cloudflare", transport=FakeTransport(pages), api_key="k" * 32, env=ENV)
    return [model.id for model in source.discover_models()]


@pytest.mark.parametrize(
    "info",
    [
        {"per_page": 2, "total_count": 3},
        {"per_page": "2", "total_count": "3"},
        {"total_pages": 2},
        {"per_page": 100, "total_count": 3, "total_pages": 2},
    ],
)
def test_pages_are_asked_for_until_the_count_is_there(info: Any) -> None:
    assert listed(info) == ["@cf/a/one", "@cf/a/two", "@hf/a/three"]


@pytest.mark.parametrize("info", [None, {}, {"per_page": 100, "total_count": 3}, {"total_count": "many"}, [1]])
def test_without_a_count_that_says_more_there_is_one_page(info: Any) -> None:
    assert listed(info) == ["@cf/a/one", "@cf/a/two"]


def test_the_name_is_what_is_called_and_numbers_are_text() -> None:
    model = parsed(context_window="60000", max_input_tokens="512", function_calling="true", reasoning="false")
    assert (model.id, model.context_size, model.max_input_tokens) == ("@cf/a/b", 60_000, 512)
    assert model.capabilities == {"tools": True, "reasoning": False}


def test_flags_and_numbers_may_be_what_they_are() -> None:
    model = parsed(context_window=512, vision=True)
    assert (model.context_size, model.capabilities) == (512, {"vision": True})


def test_prices_are_by_their_unit_and_in_dollars() -> None:
    per_token = [
        asked("per M input tokens", 0.35),
        asked("per M output tokens", "0.75"),
        asked("per M cached input tokens", 0.1),
    ]
    assert parsed(price=per_token).cost_per_token == {"input": 3.5e-07, "output": 7.5e-07, "cache_read": 1e-07}
    assert parsed(price=[asked("per audio minute", 0.0006)]).cost_per_unit == {"second": 1e-05}
    assert parsed(price=[asked("per image", 0.02)]).cost_per_unit == {"image": 0.02}


@pytest.mark.parametrize(
    "price",
    [
        [asked("per M input tokens", 0.35, "EUR")],
        [asked("per inference request", 0.35)],
        [asked("per 512 by 512 tile", 0.35), asked("per step", 1)],
        [asked("per M input tokens", -1), asked(["x"], 1), None, 7],
        "0.35",
        {"unit": "per M input tokens", "price": 1},
    ],
)
def test_a_price_in_another_unit_or_currency_is_unknown(price: Any) -> None:
    model = parsed(price=price)
    assert (model.cost_per_token, model.cost_per_unit) == ({}, {})


def test_beta_deprecated_and_a_planned_end_are_said() -> None:
    assert parsed(beta="true").status == "preview"
    assert parsed(beta="false").status is None
    assert parsed(planned_deprecation_date="2026-10-01").retired == "2026-10-01"
    assert parse_cloudflare([row("@cf/a/b") | {"deprecated": True}]).models[0].status == "deprecated"


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        ("Text Generation", "chat"),
        ("Text Embeddings", "embedding"),
        ("Text-to-Image", "image"),
        ("Automatic Speech Recognition", "transcription"),
        ("Text-to-Speech", "speech"),
        ("Image-Text-to-Text", "chat"),
        ("Object Detection", None),
        (None, None),
        (7, None),
    ],
)
def test_a_task_is_a_kind_where_we_have_one(task: Any, kind: str | None) -> None:
    assert parse_cloudflare([row("@cf/a/b", task)]).models[0].kind == kind


def test_junk_is_unknown_and_rows_without_a_name_are_skipped() -> None:
    junk = {"name": "@cf/a/b", "task": [], "properties": [None, {"value": 1}, {"property_id": "price"}]}
    found = parse_cloudflare([junk, {"id": "f9f2250b"}, 3])
    assert [model.id for model in found.models] == ["@cf/a/b"]
    assert len(found.skipped) == 2


def test_something_else_is_a_format_error() -> None:
    with pytest.raises(SourceFormatError):
        parse_cloudflare({"success": False, "result": None})
