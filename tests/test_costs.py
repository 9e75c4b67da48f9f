"""What calls cost: equal to genai-prices where it knows the model, never zero for what nobody knows."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import genai_prices
import pytest
from genai_prices.data_snapshot import get_snapshot
from hypothesis import given
from hypothesis import strategies as st

from ai_models import Model, ModelManager, ModelRegistry, Usage, Workload
from ai_models.changes import Change
from ai_models.costs import Costs
from ai_models.costs.tariff import gathered_tariff
from ai_models.errors import ModelNotFoundError, QueryError
from ai_models.providers import provider_id

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
TOKENS = {"input_tokens": 10_000, "output_tokens": 1_000, "cache_read_tokens": 4_000}


def priced_by_genai_prices() -> list[tuple[str, str]]:
    """Providers and ids that genai-prices has one plain name and token prices for."""
    found = []
    for provider in get_snapshot().providers:
        if provider.id.startswith("huggingface_") or provider.id == "openai-decisions":
            continue
        for model in provider.models:
            if provider.find_model(model.id) is not model:
                continue
            prices = {name for name, price in vars(model.get_prices(NOW)).items() if price is not None}
            if {"input_mtok", "output_mtok"} <= prices:
                found.append((provider.id, model.id))
    return found


PRICED = priced_by_genai_prices()


def costs(*models: Model, log: list[Change] | None = None) -> Costs:
    registry = ModelRegistry()
    registry.write(models)
    return Costs(registry, changes=lambda: log or [])


def theirs(provider: str, id: str, at: datetime = NOW, **usage: int) -> Decimal:
    return genai_prices.calc_price(
        genai_prices.Usage(**usage), id, provider_id=provider, genai_request_timestamp=at
    ).total_price


def test_there_are_five_hundred_models_to_compare() -> None:
    assert len(PRICED) >= 500


@pytest.mark.parametrize("provider", sorted({provider for provider, _ in PRICED}))
def test_our_cost_is_that_of_genai_prices_for_every_model_that_it_prices(provider: str) -> None:
    ours = provider_id(provider) or provider
    ids = [id for listed_by, id in PRICED if listed_by == provider]
    priced = costs(*(Model(id, ours, provenance={"*": "test@2026-11-01"}) for id in ids))
    for id in ids:
        for usage in (
            TOKENS,
            {"input_tokens": 7, "output_tokens": 3},
            {"input_tokens": 900_000, "output_tokens": 50_000},
        ):
            mine = priced.estimate(id, usage=Usage(**usage), at=NOW)
            assert mine.total == theirs(provider, id, **usage), (id, usage)
            assert mine.source.startswith("genai-prices")


def test_a_price_that_changed_is_the_one_of_the_day() -> None:
    o3 = costs(Model("o3", "openai", provenance={"*": "test@2026-11-01"}))
    spring, autumn = (o3.estimate("o3", input_tokens=1_000_000, at=day) for day in ("2025-05-01", "2025-09-01"))
    assert (spring.total, autumn.total, autumn.date) == (10, 2, "2025-06-10")


def test_a_service_has_its_own_price_and_an_unknown_one_none() -> None:
    o3 = costs(Model("o3", "openai", provenance={"*": "test@2026-11-01"}))
    batch = o3.estimate("o3", input_tokens=1_000_000, output_tokens=1_000_000, service="batch", at=NOW)
    assert batch.total == 5
    assert o3.estimate("o3", input_tokens=1, service="scale", at=NOW).missing == ("prices of scale",)
    assert o3.estimate("o3", input_tokens=1_000_000, service="default", at=NOW).total == 2


def test_a_made_up_model_is_unknown_and_never_zero() -> None:
    manager = ModelManager()
    with pytest.raises(ModelNotFoundError):
        manager.estimate_cost("claude-opus-99", input_tokens=1_000_000)
    manager.models["claude-opus-99"] = Model("claude-opus-99", "anthropic")
    cost = manager.estimate_cost("claude-opus-99", input_tokens=1_000_000)
    assert (cost.total, cost.missing) == (None, ("input",))


def test_a_model_that_the_registry_lacks_is_priced_by_the_catalogue() -> None:
    cost = ModelManager().estimate_cost("gpt-4o", input_tokens=1_000_000)
    assert (cost.model, cost.total) == ("openai/gpt-4o", Decimal("2.5"))


def test_what_the_user_wrote_counts_before_what_anybody_publishes() -> None:
    manager = ModelManager()
    manager.models["gpt-4o"] = Model("gpt-4o", "openai", cost_per_token={"input": 1e-06, "output": 1e-06})
    cost = manager.estimate_cost("gpt-4o", input_tokens=10)
    assert (cost.total, cost.source) == (Decimal("0.00001"), "user")


def test_a_local_model_costs_what_the_user_says_and_nothing_is_assumed() -> None:
    local = Model("qwen", "ollama", is_local=True, connector_metadata={"ollama": {"id": "gpt-4o", "is_local": True}})
    manager = ModelManager()
    manager.models["qwen"] = local
    assert manager.estimate_cost("qwen", input_tokens=10).total is None
    with manager.models.edit("qwen") as model:
        model.cost_per_token = {"input": 0, "output": 0}
    assert manager.estimate_cost("qwen", input_tokens=10, output_tokens=3).total == 0


def test_another_providers_price_is_never_taken() -> None:
    model = Model(
        "m", "nobody", cost_per_token={"input": 1e-06, "output": 1e-06}, connector_metadata={"elsewhere": {"id": "m"}}
    )
    assert costs(model).estimate("m", input_tokens=5, provider="elsewhere").total is None
    assert costs(model).estimate("m", input_tokens=5).total is not None


def test_a_part_without_a_price_makes_the_total_unknown_and_is_named() -> None:
    model = Model("m", "nobody", cost_per_token={"input": 1e-06, "output": 2e-06})
    priced = costs(model)
    assert priced.estimate("m", input_tokens=10, cached_tokens=5).missing == ("cache_read",)
    assert priced.estimate("m", input_tokens=10, input_audio_tokens=5).missing == ("input_audio",)
    assert priced.estimate("m", input_tokens=10, images=2).missing == ("image",)
    assert priced.estimate("m", output_tokens=10, reasoning_tokens=5).total == Decimal("0.00002")
    cost = priced.estimate("m", input_tokens=10, cached_tokens=5)
    assert (cost.known, str(cost).partition(" (")[0]) == (Decimal("0.000005"), "unknown, for want of cache_read")


def test_long_prompts_services_and_hours_change_the_price_as_the_tiers_say() -> None:
    tiers = [
        {"when": {"input_tokens_above": 1000}, "cost_per_token": {"input": 2.0}},
        {"when": {"service": "batch"}, "cost_per_token": {"input": 0.5}},
        {"when": {"service": "batch", "input_tokens_above": 1000}, "cost_per_token": {"input": 1.0}},
        {"when": {"hours_utc": "22:00-06:00", "service": "night"}, "cost_per_token": {"input": 0.25}},
    ]

    def asked(tokens: int, service: str | None = None, hour: int = 12) -> Decimal | None:
        now = datetime(2026, 1, 1, hour, tzinfo=UTC)
        tariff = gathered_tariff({"input": 1.0, "output": 3.0}, {}, tiers, service=service, now=now)
        return tariff.cost("m", "p", Usage(tokens, 0)).total

    assert [asked(1000), asked(1001)] == [1000, 2002]
    assert [asked(1000, "batch"), asked(1001, "batch")] == [500, 1001]
    assert [asked(8, "night", 23), asked(8, "night", 12)] == [2, None]


def test_an_hour_of_cache_has_its_own_price() -> None:
    prices = {"input": 1.0, "cache_write": 2.0, "cache_write_1h": 3.0, "cache_read": 0.5}
    usage = Usage(100, 0, cache_read_tokens=10, cache_write_tokens=50, cache_write_1h_tokens=20)
    cost = gathered_tariff(prices, {}, []).cost("m", "p", usage)
    assert cost.parts == {"cache_read": 5, "cache_write_1h": 60, "cache_write": 60, "input": 40}


def test_a_request_that_is_paid_for_as_such_is_always_in_the_cost() -> None:
    model = Model("m", "nobody", cost_per_token={"input": 1.0}, cost_per_unit={"request": 0.5, "search": 0.25})
    assert costs(model).estimate("m", input_tokens=2, units={"search": 4}).total == Decimal("3.5")


def test_a_workload_is_all_of_its_calls() -> None:
    model = Model("m", "nobody", cost_per_token={"input": 1e-06, "output": 2e-06, "cache_read": 1e-07})
    one = costs(model).estimate("m", usage=Workload(1000, 100, cached_tokens=500))
    many = costs(model).estimate("m", usage=Workload(1000, 100, calls=1000, cached_tokens=500))
    assert one.total is not None
    assert many.total == one.total * 1000


def test_the_registry_s_own_prices_are_those_of_the_day() -> None:
    model = Model("m", "nobody", cost_per_token={"input": 2.0}, provenance={"*": "nobody@2026-09-01"})
    when = "2026-09-01T08:00:00Z"
    log = [Change(when, "changed", "m", "cost_per_token.input", 3.0, 2.0, "x", {"nobody": "m"}, since="2026-03-01")]
    priced = costs(model, log=log)
    days = ("2026-10-01", "2026-08-01", "2026-01-01")
    assert [priced.estimate("m", input_tokens=1, at=day).total for day in days] == [2, 3, None]


def test_a_changed_price_is_seen_at_once() -> None:
    registry = ModelRegistry()
    registry["m"] = Model("m", "nobody", cost_per_token={"input": 1.0})
    priced = Costs(registry)
    assert priced.estimate("m", input_tokens=1).total == 1
    registry["m"] = Model("m", "nobody", cost_per_token={"input": 2.0})
    assert priced.estimate("m", input_tokens=1).total == 2


def test_a_day_that_is_none_is_an_error_that_says_so() -> None:
    with pytest.raises(QueryError, match="expected a day"):
        costs(Model("m", "nobody")).estimate("m", at="last week")


COUNTS = st.integers(0, 2_000_000)
PRICES = st.dictionaries(
    st.sampled_from(["input", "output", "cache_read", "cache_write", "reasoning", "input_audio"]),
    st.sampled_from([0.0, 1e-07, 2.5e-06, 1.5e-05]),
)


@st.composite
def usages(draw: st.DrawFn) -> dict[str, Any]:
    prompt, answer = draw(COUNTS), draw(COUNTS)
    cached = draw(st.integers(0, prompt))
    written = draw(st.integers(0, prompt - cached))
    audio = draw(st.integers(0, prompt - cached - written))
    return {
        "input_tokens": prompt,
        "output_tokens": answer,
        "cache_read_tokens": cached,
        "cache_write_tokens": written,
        "input_audio_tokens": audio,
        "reasoning_tokens": draw(st.integers(0, answer)),
    }


@given(PRICES, usages())
def test_a_total_is_the_sum_of_its_parts_or_unknown_with_the_parts_that_lack_a_price(
    prices: dict[str, float], usage: dict[str, Any]
) -> None:
    cost = gathered_tariff(prices, {}, []).cost("m", "p", Usage(**usage))
    if cost.total is None:
        assert cost.missing
        assert not {*cost.missing} & {*prices}
    else:
        assert cost.total == sum(cost.parts.values())
        assert {*cost.parts} <= {*prices}


@given(PRICES, usages(), st.sampled_from(["input_tokens", "output_tokens"]), st.integers(1, 1000))
def test_more_tokens_never_cost_less(prices: dict[str, float], usage: dict[str, Any], name: str, more: int) -> None:
    tariff = gathered_tariff({"input": 1e-06, "output": 2e-06, **prices}, {}, [])
    less, larger = (tariff.cost("m", "p", Usage(**{**usage, name: usage[name] + add})) for add in (0, more))
    assert less.missing == larger.missing
    assert less.known <= larger.known


@given(st.integers(1, 1_000_000), st.sampled_from([1e-07, 2.5e-06]))
def test_a_tier_with_the_price_of_the_base_makes_no_step(above: int, price: float) -> None:
    tiers = [{"when": {"input_tokens_above": above}, "cost_per_token": {"input": price}}]
    tariff = gathered_tariff({"input": price}, {}, tiers)
    at, after = (tariff.cost("m", "p", Usage(tokens, 0)).known for tokens in (above, above + 1))
    assert after - at == tariff.rates["input"].price
