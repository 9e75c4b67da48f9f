# ruff: noqa: PT012  # what an error undoes needs more than one statement
"""The registry: a mapping whose look-ups take any name, and that gives models which are your own."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ai_models._core.model import provenance_at
from ai_models._core.provenance import collapse, facts_of, labels_of
from ai_models.base import Model, ModelRegistry
from ai_models.errors import AmbiguousModelError, InvalidModelError, ModelNotFoundError, QueryError, StoreError
from ai_models.testing.stores import models

TODAY = "user@2026-11-23"


class Today(date):
    @classmethod
    def today(cls) -> date:
        return date(2026, 11, 23)


@pytest.fixture
def registry() -> ModelRegistry:
    registry = ModelRegistry()
    registry["openai/gpt-4o"] = Model(
        "openai/gpt-4o",
        "openai",
        128_000,
        aliases=["4o"],
        name="GPT-4o",
        lab="openai",
        kind="chat",
        capabilities={"vision": True, "tools": True},
        cost_per_token={"input": 2.5e-06, "output": 1e-05},
        tags={"production", "group:approved"},
        released="2024-05-13",
        connector_metadata={
            "openai": {"id": "gpt-4o"},
            "azure": {"id": "my-4o"},
            "openrouter": {"id": "openai/gpt-4o", "cost_per_token": {"input": 2e-6}, "context_size": 64_000},
        },
    )
    registry["openai/gpt-4o-2024-11-20"] = Model(
        "openai/gpt-4o-2024-11-20",
        "openai",
        base="openai/gpt-4o",
        version="2024-11-20",
        connector_metadata={
            "openai": {"id": "gpt-4o-2024-11-20"},
            "bedrock": {"id": "gpt-4o-bed", "context_size": 32_000},
        },
    )
    registry["meta/llama"] = Model(
        "meta/llama",
        "groq",
        capabilities={"tools": False},
        cost_per_token={"input": 0.0, "output": 0.0},
        connector_metadata={"groq": {"id": "llama"}, "openrouter:free": {"id": "meta/llama:free"}},
    )
    registry["local"] = Model("local", "ollama", is_local=True)
    return registry


def ids(models: Any) -> list[str]:
    return [model.id for model in models]


@pytest.mark.parametrize(
    ("text", "id", "how"),
    [
        ("openai/gpt-4o", "openai/gpt-4o", "id"),
        ("4o", "openai/gpt-4o", "alias"),
        ("GPT-4o", "openai/gpt-4o", "name"),
        ("gpt-4o", "openai/gpt-4o", "provider id"),
        ("my-4o", "openai/gpt-4o", "provider id"),
        ("azure/my-4o", "openai/gpt-4o", "provider id"),
        ("azure:my-4o", "openai/gpt-4o", "provider id"),
        ("openrouter/openai/gpt-4o", "openai/gpt-4o", "provider id"),
        ("ollama/local", "local", "provider id"),
        ("openrouter/meta/llama:free", "meta/llama", "provider id"),
        ("us.openai.gpt-4o-2024-11-20-v1:0", "openai/gpt-4o-2024-11-20", "identified"),
        ("OPENAI/GPT-4O-2024-11-20", "openai/gpt-4o-2024-11-20", "identified"),
        ("META/LLAMA", "meta/llama", "case"),
        ("MY-4O", "openai/gpt-4o", "case"),
    ],
)
def test_a_model_is_found_by_any_name(registry: ModelRegistry, text: str, id: str, how: str) -> None:
    found = registry.resolve(text)
    assert (found.id, found.model.id, registry[text].id) == (id, id, id)
    assert found.how in (how, "identified")
    assert found.trace
    assert all(isinstance(step, str) for step in found.trace)
    assert text in registry


def test_of_several_models_with_one_providers_id_the_one_at_its_own_provider_is_meant() -> None:
    registry = ModelRegistry()
    registry["a"] = Model("a", "openai", connector_metadata={"openai": {"id": "gpt"}})
    registry["b"] = Model("b", "groq", connector_metadata={"groq": {"id": "bb"}, "azure": {"id": "gpt"}})
    assert registry.resolve("gpt").id == "a"
    assert "own provider" in registry.resolve("gpt").trace[0]
    assert registry.resolve("azure/gpt").id == "b"
    registry["c"] = Model("c", "other", connector_metadata={"other": {"id": "gpt"}})
    with pytest.raises(AmbiguousModelError, match="fits 3 models") as caught:
        registry["gpt"]
    assert caught.value.candidates == ["a", "b", "c"]
    assert "gpt" not in registry
    assert registry.resolve("other/gpt").id == "c"


def test_of_two_resellers_neither_is_picked() -> None:
    registry = ModelRegistry()
    registry["a"] = Model("a", "x", connector_metadata={"x": {"id": "ax"}, "azure": {"id": "gpt"}})
    registry["b"] = Model("b", "x", connector_metadata={"x": {"id": "bx"}, "openrouter": {"id": "gpt"}})
    with pytest.raises(AmbiguousModelError):
        registry.resolve("gpt")


def test_an_alias_of_two_models_is_ambiguous_until_one_is_gone() -> None:
    registry = ModelRegistry()
    registry |= {"a": {"provider": "x", "aliases": ["fast"]}, "b": {"provider": "x", "aliases": ["fast"]}}
    with pytest.raises(AmbiguousModelError):
        registry["fast"]
    del registry["a"]
    assert registry["fast"].id == "b"
    with registry.edit("b") as model:
        model.aliases = ["slow"]
    assert "fast" not in registry
    assert registry["slow"].id == "b"


def test_of_a_model_with_only_snapshots_the_newest_serves_and_the_trace_says_so() -> None:
    registry = ModelRegistry()
    for day in ("2024-05-13", "2024-11-20", "2024-08-06"):
        registry[f"openai/gpt-4o-{day}"] = Model(f"openai/gpt-4o-{day}", "openai", base="openai/gpt-4o", version=day)
    for text in ("openai/gpt-4o", "gpt-4o", "azure/gpt-4o"):
        found = registry.resolve(text)
        assert (found.id, found.how) == ("openai/gpt-4o-2024-11-20", "snapshot")
        assert "only dated snapshots" in found.trace[-1]


def test_offers_are_those_of_the_model_and_of_its_snapshots(registry: ModelRegistry) -> None:
    assert [(id, offer.key) for id, offer in registry.offers("4o")] == [
        ("openai/gpt-4o", "openai"),
        ("openai/gpt-4o", "azure"),
        ("openai/gpt-4o", "openrouter"),
        ("openai/gpt-4o-2024-11-20", "openai"),
        ("openai/gpt-4o-2024-11-20", "bedrock"),
    ]


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("gtp-4o", "openai/gpt-4o"),
        ("openai/gpt4o-20241120x", "openai/gpt-4o-2024-11-20"),
        ("lama", "meta/llama"),
        ("openai/gpt-4o-2024", "openai/gpt-4o-2024-11-20"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(registry: ModelRegistry, text: str, nearest: str) -> None:
    with pytest.raises(ModelNotFoundError, match="did you mean") as caught:
        registry[text]
    assert caught.value.suggestions[0] == nearest
    assert text not in caught.value.suggestions


@pytest.mark.parametrize("text", ["", "zzzz", "?!", "☃" * 20_000, "\x1b[31m\x00"])
def test_noise_gets_no_suggestion(registry: ModelRegistry, text: str) -> None:
    assert registry.suggest(text) == []
    with pytest.raises(ModelNotFoundError) as caught:
        registry[text]
    assert len(str(caught.value)) < 300


def test_a_list_gives_each_model_and_a_missing_one_is_named(registry: ModelRegistry) -> None:
    assert ids(registry[["local", "4o"]]) == ["local", "openai/gpt-4o"]
    with pytest.raises(ModelNotFoundError, match="no model 'nothing'"):
        registry[["local", "nothing"]]
    assert ids(registry[lambda model: model.is_local]) == ["local"]


def test_a_key_and_the_models_id_agree(registry: ModelRegistry) -> None:
    with pytest.raises(InvalidModelError, match="expected 'a'"):
        registry["a"] = Model("b", "x")
    with pytest.raises(InvalidModelError, match="provider"):
        registry["a"] = {"context_size": 1}
    with pytest.raises(InvalidModelError, match="expected a Model or a dict"):
        registry["a"] = "gpt-4"  # type: ignore[assignment]
    with pytest.raises(InvalidModelError, match="context_size"):
        registry["a"] = Model("a", "x", context_size="8k")  # type: ignore[arg-type]
    assert "a" not in registry


def test_only_an_id_deletes(registry: ModelRegistry) -> None:
    with pytest.raises(ModelNotFoundError, match="did you mean 'openai/gpt-4o'"):
        del registry["4o"]
    del registry["openai/gpt-4o"]
    assert registry["4o" if "4o" in registry else "gpt-4o"].id == "openai/gpt-4o-2024-11-20"
    with pytest.raises(ModelNotFoundError):
        del registry["nothing"]


def test_what_one_gets_is_ones_own(registry: ModelRegistry) -> None:
    for model in (
        registry["4o"],
        registry[["4o"]][0],
        registry.filter(kind="chat")[0],
        next(registry.find({"kind": "chat"})),
    ):
        model.tags.add("mine")
        model.connector_metadata["azure"]["id"] = "changed"
        model.context_size = 1
    for model in registry.values():
        model.is_local = True
    assert registry.filter(tags="mine") == []
    assert registry["my-4o"].context_size == 128_000
    assert ids(registry.filter(is_local=True)) == ["local"]


def test_a_new_model_is_kept_as_it_is() -> None:
    registry, model = ModelRegistry(), Model("m", "x", 1, tags={"a"})
    registry["m"] = model
    assert registry["m"] == model
    assert registry["m"] is not model


def test_what_a_person_changes_becomes_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ai_models._core.registry.date", Today)
    registry = ModelRegistry()
    registry.write(
        [Model("m", "x", 1, kind="chat", capabilities={"tools": True}, provenance={"*": "litellm@2026-11-20"})]
    )
    with registry.edit("m") as model:
        model.context_size = 2
        model.capabilities["vision"] = True
        model.connector_metadata["azure:eu/1.x"] = {"id": "m", "context_size": 3}
        model.tags.add("mine")
    changed = registry["m"]
    assert changed.provenance_of("context_size") == TODAY
    assert changed.provenance_of("capabilities.vision") == TODAY
    assert changed.provenance_of("connector_metadata.azure:eu/1.x.context_size") == TODAY
    assert changed.provenance_of("capabilities.tools") == "litellm@2026-11-20"
    assert changed.provenance_of("kind") == "litellm@2026-11-20"
    registry["m"] = changed
    assert registry["m"].provenance == changed.provenance
    changed.provider = "y"
    registry["m"] = changed
    assert registry["m"].provenance["provider"] == TODAY


def test_discovery_writes_with_the_provenance_that_it_brings() -> None:
    registry = ModelRegistry()
    registry["old"] = {"provider": "x"}
    registry.write([Model("m", "x", 1, provenance={"*": "a@2026-01-01"})], removed=["old", "nothing"])
    registry.write([Model("m", "x", 2, provenance={"*": "b@2026-01-02"})])
    assert (list(registry), registry["m"].provenance) == (["m"], {"*": "b@2026-01-02"})


@given(models(), st.lists(st.sampled_from(["a@1", "b@2", "user@3", "a@1 b@2"]), min_size=1, max_size=20))
def test_collapsed_provenance_says_the_same_of_every_fact(model: Model, labels: list[str]) -> None:
    paths = list(facts_of(model))
    said = {path: labels[number % len(labels)] for number, path in enumerate(paths)}
    short = collapse(said)
    assert {path: provenance_at(short, path) for path in paths} == said
    model.provenance = short
    assert labels_of(model) == said


def test_edit_keeps_nothing_after_an_error(registry: ModelRegistry) -> None:
    with pytest.raises(ZeroDivisionError), registry.edit("4o") as model:
        model.context_size = 1
        raise ZeroDivisionError
    assert registry["4o"].context_size == 128_000


def test_edit_keeps_what_others_changed_in_the_meantime(registry: ModelRegistry) -> None:
    with registry.edit("4o") as one:
        with registry.edit("4o") as other:
            other.tags.add("other")
            other.kind = "image"
        one.tags.add("one")
    assert registry["4o"].tags >= {"one", "other", "production"}
    assert registry["4o"].kind == "image"


def test_a_failed_batch_is_forgotten_by_every_look_up(registry: ModelRegistry) -> None:
    assert registry["4o"]
    with pytest.raises(ZeroDivisionError), registry.batch():
        registry["new"] = {"provider": "x", "aliases": ["fresh"]}
        del registry["openai/gpt-4o"]
        assert registry["fresh"].id == "new"
        assert "4o" not in registry or registry["4o"].id != "openai/gpt-4o"
        raise ZeroDivisionError
    assert registry["4o"].id == "openai/gpt-4o"
    assert "fresh" not in registry


def test_many_models_come_in_by_update_or_by_the_operator(registry: ModelRegistry) -> None:
    other = ModelRegistry()
    other |= registry
    assert dict(other) == dict(registry)
    other.update([("m", {"provider": "x"})])
    assert other.pop("m").id == "m"
    assert other.pop("m", None) is None
    assert other.setdefault("4o", Model("4o", "x")).id == "openai/gpt-4o"
    other.clear()
    assert (len(other), list(other)) == (0, [])


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({}, ["openai/gpt-4o", "openai/gpt-4o-2024-11-20", "meta/llama", "local"]),
        ({"provider": "openai"}, ["openai/gpt-4o", "openai/gpt-4o-2024-11-20"]),
        ({"provider": "azure_openai"}, ["openai/gpt-4o"]),
        ({"provider": "azure"}, ["openai/gpt-4o"]),
        ({"provider": "bedrock"}, ["openai/gpt-4o", "openai/gpt-4o-2024-11-20"]),
        ({"provider": "bedrock", "min_context_size": 30_000}, ["openai/gpt-4o", "openai/gpt-4o-2024-11-20"]),
        ({"provider": "openrouter", "max_input_price": 2}, ["openai/gpt-4o"]),
        ({"provider": "openai", "max_input_price": 2}, []),
        ({"provider": "openrouter", "min_context_size": 65_000}, []),
        ({"provider": "azure", "max_input_price": 100}, []),
        ({"max_input_price": 2.5}, ["openai/gpt-4o", "meta/llama"]),
        ({"max_input_price": 2.5, "max_output_price": 9.99}, ["meta/llama"]),
        ({"free": True}, ["meta/llama"]),
        ({"free": False}, ["openai/gpt-4o"]),
        ({"lab": "openai"}, ["openai/gpt-4o"]),
        ({"lab": ["openai", "meta"]}, ["openai/gpt-4o"]),
        ({"kind": "chat"}, ["openai/gpt-4o"]),
        ({"is_local": True}, ["local"]),
        ({"capabilities": "function_calling"}, ["openai/gpt-4o"]),
        ({"capabilities": ["vision", "tools"]}, ["openai/gpt-4o"]),
        ({"capabilities": {"tools": False}}, ["meta/llama"]),
        ({"tags": "production"}, ["openai/gpt-4o"]),
        ({"tags": ["production", "group:approved"]}, ["openai/gpt-4o"]),
        ({"tags": ["production", "other"]}, []),
        ({"min_context": 1}, ["openai/gpt-4o"]),
        ({"max_context_size": 200_000}, ["openai/gpt-4o"]),
        ({"released_after": "2024-05"}, []),
        ({"released_after": "2024-04", "released_before": "2024-06"}, ["openai/gpt-4o"]),
        ({"where": {"capabilities.vision": True}}, ["openai/gpt-4o"]),
        ({"where": {}}, ["openai/gpt-4o", "openai/gpt-4o-2024-11-20", "meta/llama", "local"]),
        ({"custom_filter": lambda model: model.id.startswith("meta")}, ["meta/llama"]),
        ({"sort": "-cost_per_token.input", "limit": 2}, ["openai/gpt-4o", "meta/llama"]),
        ({"limit": 1}, ["openai/gpt-4o"]),
        ({"limit": 0}, []),
        ({"provider": None, "tags": None}, ["openai/gpt-4o", "openai/gpt-4o-2024-11-20", "meta/llama", "local"]),
    ],
    ids=str,
)
def test_filter_gives_the_models_that_meet_every_criterion(
    registry: ModelRegistry, criteria: dict[str, Any], found: list[str]
) -> None:
    assert ids(registry.filter(**criteria)) == found


def test_filter_gives_the_stored_model_and_no_view(registry: ModelRegistry) -> None:
    [model] = registry.filter(provider="openrouter", max_input_price=2)
    assert model == registry["4o"]
    assert model.provider == "openai"


def test_a_provider_may_be_named_as_a_peer_does(registry: ModelRegistry) -> None:
    registry.provider_id = lambda name: {"AzureOpenAI": "azure"}.get(name, name)
    assert ids(registry.filter(provider="AzureOpenAI")) == ["openai/gpt-4o"]


def test_available_asks_who_knows(registry: ModelRegistry) -> None:
    with pytest.raises(QueryError, match="ModelManager"):
        registry.filter(available=True)
    registry.availability = lambda: lambda model: model.provider == "groq"
    assert ids(registry.filter(available=True)) == ["meta/llama"]
    assert len(registry.filter(available=False)) == 3


def test_an_unknown_criterion_is_told_with_the_nearest(registry: ModelRegistry) -> None:
    with pytest.raises(TypeError, match="did you mean 'capabilities'"):
        registry.filter(capability="vision")  # type: ignore[call-arg]
    with pytest.raises(QueryError, match="did you mean 'vision'"):
        registry.filter(capabilities="visoin")
    with pytest.raises(QueryError, match="expected a number"):
        registry.filter(min_context_size="128k")  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="limit=-1"):
        registry.filter(limit=-1)
    with pytest.raises(QueryError, match="expected a text"):
        registry.filter(tags=[1])  # type: ignore[list-item]


def test_an_error_in_a_filter_of_ones_own_is_not_hidden(registry: ModelRegistry) -> None:
    with pytest.raises(TypeError):
        registry.filter(custom_filter=lambda model: model.max_output_tokens > 1)  # type: ignore[operator]


def test_the_documents_lambda_works(registry: ModelRegistry) -> None:
    cheap = registry.filter(custom_filter=lambda m: m.cost_per_token.get("input", 0) < 0.001)
    assert len(cheap) == 4


def test_find_is_lazy_sorted_and_limited(registry: ModelRegistry) -> None:
    found = registry.find({"provider": "openai"}, sort="-context_size", limit=1)
    assert next(found).id == "openai/gpt-4o"
    assert list(found) == []
    assert ids(registry.find({"context_size": 64_000}, via="openrouter")) == ["openai/gpt-4o"]
    assert ids(registry.find({}, via="openrouter", sort="price")) == ["openai/gpt-4o", "meta/llama"]


def test_one_may_write_while_one_iterates(registry: ModelRegistry) -> None:
    for id in registry:
        del registry[id]
    assert len(registry) == 0
    registry["m"] = {"provider": "x"}
    for model in registry.find({}):
        registry[f"{model.id}-copy"] = {"provider": "x"}
    assert list(registry) == ["m", "m-copy"]


def test_a_registry_has_one_place(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not both"):
        ModelRegistry(tmp_path / "models.json", store={})
    assert ModelRegistry(tmp_path / "models.json").location == str(tmp_path / "models.json")
    assert ModelRegistry().location is None
    assert repr(ModelRegistry()) == "<ModelRegistry in memory: 0 models>"


def test_the_index_follows_every_change() -> None:
    registry = ModelRegistry()
    for number in range(30):
        registry[str(number)] = Model(
            str(number), "x", aliases=[f"alias-{number}"], connector_metadata={"x": {"id": f"w{number}"}}
        )
        assert registry.resolve(f"alias-{number}").id == registry.resolve(f"w{number}").id == str(number)
    for number in range(0, 30, 2):
        del registry[str(number)]
        assert f"alias-{number}" not in registry
        assert f"w{number}" not in registry
    assert registry["ALIAS-29"].id == "29"


class RegistryMachine(RuleBasedStateMachine):
    """A registry in a file and a dict, side by side; look-ups by alias and provider's id as a scan would do them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.registry = ModelRegistry(Path(self.folder.name) / "models.json")
        self.plain: dict[str, Model] = {}

    @rule(model=models(), alias=st.sampled_from(["one", "two", "three"]))
    def put(self, model: Model, alias: str) -> None:
        model.aliases = [alias]
        self.registry[model.id] = model
        self.plain[model.id] = model

    @rule(id=st.sampled_from(["a", "b", "lab/c", "nothing"]))
    def remove(self, id: str) -> None:
        if id in self.plain:
            del self.plain[id], self.registry[id]
        else:
            with pytest.raises(ModelNotFoundError):
                del self.registry[id]

    @rule()
    def edit_all(self) -> None:
        with self.registry.batch():
            for id in self.registry:
                with self.registry.edit(id) as model:
                    model.tags.add("edited")
        for model in self.plain.values():
            model.tags.add("edited")

    @rule()
    def reopen(self) -> None:
        self.registry = ModelRegistry(self.registry.location)

    @invariant()
    def they_are_equal(self) -> None:
        assert dict(self.registry) == self.plain
        assert list(self.registry) == list(self.plain)

    @invariant()
    def an_alias_finds_what_a_scan_finds(self) -> None:
        for alias in ("one", "two", "three"):
            holders = [model.id for model in self.plain.values() if alias in model.aliases]
            if len(holders) == 1:
                assert self.registry.resolve(alias).id == holders[0]
            elif holders:
                with pytest.raises(AmbiguousModelError):
                    self.registry.resolve(alias)

    def teardown(self) -> None:
        self.folder.cleanup()


TestRegistryMachine = RegistryMachine.TestCase
TestRegistryMachine.settings = settings(max_examples=20, stateful_step_count=12, deadline=None)
