"""Merge: pure, idempotent, independent of order; no price crosses offers, nothing of the user's is lost."""

import random

from hypothesis import given
from hypothesis import strategies as st

from ai_models._core.claims import decompose
from ai_models._core.merge import Contribution, merge_all
from ai_models._core.model import Model, provenance_at
from ai_models._core.provenance import collapse, fact_paths, labels_of

DAY = "2026-11-23"

rows = st.builds(
    Model,
    id=st.sampled_from(["gpt-4o", "gpt-4o-2024-11-20", "gpt-4o-mini"]),
    provider=st.sampled_from(["openai", "azure", "openrouter"]),
    context_size=st.none() | st.sampled_from([8192, 128000]),
    capabilities=st.dictionaries(st.sampled_from(["tools", "vision"]), st.booleans()),
    cost_per_token=st.dictionaries(st.sampled_from(["input", "output"]), st.sampled_from([0.0, 1e-06, 3e-06])),
    kind=st.none() | st.just("chat"),
)
DAYS = {"openai": "2026-11-01", "openrouter": DAY, "litellm": "2026-10-01", "genai-prices": DAY}
contributions = st.lists(
    st.builds(lambda source, model: Contribution(source, DAYS[source], model), st.sampled_from(sorted(DAYS)), rows),
    max_size=8,
)


def rank(provider: str, lab: str | None) -> int:
    return {"openai": 0, "azure": 1}.get(provider, 2)


@given(contributions, st.randoms())
def test_the_order_of_contributions_means_nothing(said: list[Contribution], shuffler: random.Random) -> None:
    other = list(said)
    shuffler.shuffle(other)
    assert merge_all(said, default_rank=rank) == merge_all(other, default_rank=rank)


@given(contributions)
def test_merging_the_same_again_changes_nothing(said: list[Contribution]) -> None:
    once = merge_all(said, default_rank=rank)
    assert merge_all(said, once, default_rank=rank) == once


@given(contributions)
def test_the_same_said_on_a_later_day_changes_nothing(said: list[Contribution]) -> None:
    once = merge_all(said, default_rank=rank)
    later = [Contribution(row.source, "2026-12-24", row.model) for row in said]
    again = merge_all(later, once, default_rank=rank)
    assert again == once


@given(contributions)
def test_a_stored_model_taken_apart_and_decided_anew_is_the_same(said: list[Contribution]) -> None:
    once = merge_all(said, default_rank=rank)
    assert merge_all([], once, again=once, default_rank=rank) == once


@given(contributions)
def test_no_price_crosses_from_one_provider_to_another(said: list[Contribution]) -> None:
    stated = {(row.model.provider, row.model.id): set() for row in said}
    for row in said:
        stated[row.model.provider, row.model.id] |= set(row.model.cost_per_token.items())
    for model in merge_all(said, default_rank=rank).values():
        for offer in model.offers.values():
            assert set(offer.as_model().cost_per_token.items()) <= stated[offer.provider, offer.id]


@given(contributions, st.sampled_from([1, 4096]), st.sets(st.sampled_from(["mine", "group:approved"])))
def test_the_users_layer_survives_everything(said: list[Contribution], window: int, tags: set[str]) -> None:
    for id, model in merge_all(said, default_rank=rank).items():
        model.context_size = window
        model.tags = tags
        model.custom_metadata = {"note": "mine"}
        model.provenance = collapse(labels_of(model) | {"context_size": "user@2026-11-23"})
        again = merge_all(said, {id: model}, default_rank=rank)[id]
        assert (again.context_size, again.tags, again.custom_metadata) == (window, tags, {"note": "mine"})
        assert (again.provenance_of("context_size") or "").startswith("user")


def test_what_the_user_overrules_is_kept_as_a_conflict() -> None:
    said = [Contribution("openai", DAY, Model("gpt-4o", "openai", 128000))]
    (model,) = merge_all(said).values()
    model.context_size = 64000
    model.provenance = {"*": "openai@" + DAY, "context_size": "user@" + DAY}
    (again,) = merge_all(said, {model.id: model}).values()
    assert again.conflicts == {"context_size": {"openai@" + DAY: 128000}}


def test_a_providers_own_word_beats_every_map_about_its_offer() -> None:
    said = [
        Contribution("litellm", "2026-11-22", Model("gpt-4o", "openai", 64000)),
        Contribution("openai", "2026-01-01", Model("gpt-4o", "openai", 128000)),
    ]
    (model,) = merge_all(said).values()
    assert model.context_size == 128000
    assert model.provenance_of("context_size") == "openai@2026-01-01"
    assert model.conflicts == {"context_size": {"litellm@2026-11-22": 64000}}


def test_sources_that_agree_are_all_named_the_best_first() -> None:
    said = [Contribution(source, DAY, Model("gpt-4o", "openai", 128000)) for source in ("litellm", "genai-prices")]
    (model,) = merge_all(said).values()
    assert model.provenance_of("context_size") == f"genai-prices@{DAY} litellm@{DAY}"


def test_what_a_source_says_no_more_is_forgotten_and_the_next_best_stands() -> None:
    first = [
        Contribution("openai", DAY, Model("gpt-4o", "openai", 128000, kind="chat")),
        Contribution("litellm", DAY, Model("gpt-4o", "openai", 64000)),
    ]
    stored = merge_all(first)
    (model,) = merge_all([Contribution("openai", DAY, Model("gpt-4o", "openai"))], stored).values()
    assert (model.context_size, model.kind) == (64000, None)


def test_an_offer_stores_only_what_differs() -> None:
    said = [
        Contribution("openai", DAY, Model("gpt-4o", "openai", 128000, cost_per_token={"input": 2e-06})),
        Contribution("litellm", DAY, Model("gpt-4o", "azure", 128000, cost_per_token={"input": 2e-06})),
    ]
    (model,) = merge_all(said, default_rank=rank).values()
    assert model.connector_metadata == {
        "openai": {"id": "gpt-4o"},
        "azure": {"id": "gpt-4o", "cost_per_token": {"input": 2e-06}},
    }


def test_a_fact_of_the_weights_is_lent_by_another_server_but_a_no_is_not() -> None:
    said = [
        Contribution("openai", DAY, Model("gpt-4o", "openai")),
        Contribution("litellm", DAY, Model("gpt-4o", "azure", capabilities={"vision": True, "tools": False})),
    ]
    (model,) = merge_all(said, default_rank=rank).values()
    assert (model.supports("vision"), model.supports("tools")) == (True, None)
    assert model.via("azure").supports("tools") is False


def test_a_dated_snapshot_is_a_model_of_its_own() -> None:
    said = [Contribution("openai", DAY, Model(id, "openai")) for id in ("gpt-4o", "gpt-4o-2024-11-20")]
    models = merge_all(said)
    assert set(models) == {"openai/gpt-4o", "openai/gpt-4o-2024-11-20"}
    dated = models["openai/gpt-4o-2024-11-20"]
    assert (dated.base, dated.version) == ("openai/gpt-4o", "2024-11-20")


def test_an_unknown_model_is_kept_under_its_provider() -> None:
    said = [Contribution("house", DAY, Model("my secret tune", "house"))]
    assert list(merge_all(said)) == ["house/my secret tune"]


def test_every_wire_id_of_one_provider_is_kept() -> None:
    said = [Contribution("openai", DAY, Model(id, "openai")) for id in ("gpt-4o", "openai/gpt-4o")]
    (model,) = merge_all(said).values()
    assert {offer.id for offer in model.offers.values()} == {"gpt-4o", "openai/gpt-4o"}


@given(contributions)
def test_the_short_form_of_provenance_says_the_same(said: list[Contribution]) -> None:
    for model in merge_all(said, default_rank=rank).values():
        labels = {path: f"{len(path) % 3}@{DAY}" for path in fact_paths(model)}
        short = collapse(labels)
        assert {path: provenance_at(short, path) for path in labels} == labels


@given(contributions)
def test_every_claim_of_a_stored_model_has_a_source(said: list[Contribution]) -> None:
    sources = {row.source for row in said}
    for model in merge_all(said, default_rank=rank).values():
        assert {source for claims in decompose(model) for source in claims.sources} <= sources


@given(contributions)
def test_nobody_overrules_what_a_provider_says_of_its_own_offer(said: list[Contribution]) -> None:
    own: dict[tuple[str, str], set[int]] = {}
    for row in said:
        if row.source == row.model.provider and row.model.context_size is not None:
            own.setdefault((row.model.provider, row.model.id), set()).add(row.model.context_size)
    for model in merge_all(said, default_rank=rank).values():
        for offer in model.offers.values():
            stated = own.get((offer.provider, offer.id))
            assert stated is None or offer.as_model().context_size in stated


def test_what_a_gateway_has_from_another_provider_stays_the_gateways_offer() -> None:
    rows = [Contribution("litellm", "2026-11-25", Model("groq/openai/gpt-oss-20b", "litellm", 131072))]
    first = merge_all(rows)
    (model,) = first.values()
    assert model.provider == "litellm"
    assert {offer.provider: offer.id for offer in model.offers.values()} == {"litellm": "groq/openai/gpt-oss-20b"}
    assert merge_all(rows, first) == first


scores = st.lists(
    st.fixed_dictionaries(
        {"benchmark": st.sampled_from(["a", "b"]), "value": st.sampled_from([1, 2.5])},
        optional={"setting": st.just("high")},
    ),
    max_size=3,
)
notes = st.lists(
    st.builds(
        lambda source, said: Contribution(source, DAY, Model("gpt-4o", "openai", benchmarks=said)),
        st.sampled_from(["aider", "models.dev-scores"]),
        scores,
    ),
    max_size=4,
)


@given(contributions, notes, scores, st.randoms())
def test_scores_are_gathered_whatever_the_order_and_the_users_stay(
    said: list[Contribution], noted: list[Contribution], mine: list[dict[str, object]], shuffler: random.Random
) -> None:
    base = merge_all([*said, Contribution("openai", DAY, Model("gpt-4o", "openai"))], default_rank=rank)
    base["openai/gpt-4o"].benchmarks = mine
    once = merge_all(said, base, notes=noted, default_rank=rank, again=base)
    other = list(noted)
    shuffler.shuffle(other)
    assert merge_all(said, base, notes=other, default_rank=rank, again=base) == once
    assert merge_all(said, once, notes=noted, default_rank=rank, again=once) == once
    gathered = once["openai/gpt-4o"].benchmarks
    assert gathered[: len(mine)] == mine
    for note in noted:
        kept = [(each["benchmark"], each["value"]) for each in gathered if each.get("source") == note.source]
        assert {(each["benchmark"], each["value"]) for each in note.model.benchmarks} <= set(kept)


def test_notes_about_unknown_models_bring_none() -> None:
    note = Contribution("aider", DAY, Model("gpt-4o", "openai", benchmarks=[{"benchmark": "a", "value": 1}]))
    assert merge_all([], notes=[note]) == {}


def test_what_is_believed_of_an_offer_against_dissent_is_remembered_although_the_model_says_the_same() -> None:
    said = [
        Contribution("models.dev", DAY, Model("gpt-4o", "openai", 128000)),
        Contribution("models.dev", DAY, Model("openai/gpt-4o", "openrouter", 64000)),
    ]
    first = [Contribution("openrouter", DAY, Model("openai/gpt-4o", "openrouter", 128000))]
    once = merge_all(said, merge_all(first, default_rank=rank), default_rank=rank)
    path = "connector_metadata.openrouter.context_size"
    assert once["openai/gpt-4o"].conflicts == {path: {f"models.dev@{DAY}": 64000}}
    assert merge_all(said, once, default_rank=rank) == once


def test_two_providers_that_identity_takes_for_one_keep_an_offer_each() -> None:
    said = [Contribution("models.dev", DAY, Model("step-3.5-flash", each)) for each in ("stepfun", "stepfun-ai")]
    once = merge_all(said)
    assert list(once["stepfun/step-3.5-flash"].connector_metadata) == ["stepfun", "stepfun-ai"]
    assert merge_all(said, once) == once
