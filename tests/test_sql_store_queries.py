"""The same query gives the same models in the same order, whichever store answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ai_models._core.contracts import ModelSource
from ai_models.base import Model, ModelRegistry
from ai_models.discovery import Answer, SourceRow
from ai_models.reconcile import Reconciliation
from ai_models.stores import JsonStore, SqlStore
from ai_models.testing.stores import models, queries

BASES = st.dictionaries(st.sampled_from(["b", "lab/c-2026-01-01", "x.y"]), st.sampled_from(["a", "lab/c"]), max_size=2)
PLACES = ["context_size", "-context_size", "price", "-released", "lab", "-id", "is_local", "-open_weights", "tags"]
SORTS = st.none() | st.lists(st.sampled_from(PLACES), min_size=1, max_size=3).map(",".join)
SERVERS = st.none() | st.sampled_from(["openai", "azure", "bedrock", "bedrock:us", "ollama", "nobody"])
LIMITS = st.none() | st.sampled_from([0, 1, 2, 5])
MORE: list[dict[str, Any]] = [
    {"custom_metadata.stars": {"$gt": 3}},
    {"offers.azure": {"$exists": True}, "offers.bedrock:us": {"$exists": False}},
    {"offers.openai.context_size": {"$gte": 4096}},
    {"$or": [{"lab": "openai"}, {"custom_metadata.notes": {"$exists": True}}]},
    {"$nor": [{"lab": "openai"}, {"input_modalities": "text"}]},
    {"$or": [{"tags": "cheap", "input_modalities": "text"}, {"is_local": True}]},
    {"tags": {"$all": ["cheap", "production"]}},
    {"tags": {"$exists": False}, "aliases": {"$exists": False}},
    {"tags": {"$size": 1}},
    {"id": {"$regex": "^lab/"}},
    {"released": "2025-09"},
    {"context_size": {"$in": [4096, 8192.0]}},
    {"context_size": {"$lt": 1e300}, "cost_per_token.input": {"$gte": 0}},
    {"context_size": {"$lt": 2**70}},
    {"lab": {"$gt": "\ud800"}},
    {"id": {"$lt": "\x00"}},
    {},
]


@pytest.fixture(scope="module")
def registries(tmp_path_factory: pytest.TempPathFactory, postgresql_server: str) -> Iterator[list[ModelRegistry]]:
    """One registry in each kind of store."""
    import psycopg

    folder: Path = tmp_path_factory.mktemp("stores")
    name = f"queries_{uuid4().hex}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    databases = [SqlStore(folder / "m.db"), SqlStore(postgresql_server.replace("/postgres?", f"/{name}?"))]
    yield [ModelRegistry(store=store) for store in (None, JsonStore(folder / "m.json"), {}, *databases)]
    for store in databases:
        store.close()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(models(), max_size=6, unique_by=lambda model: model.id),
    BASES,
    st.lists(st.tuples(queries() | st.sampled_from(MORE), SORTS, LIMITS, SERVERS), min_size=1, max_size=10),
)
def test_every_store_gives_the_same_answer(
    registries: list[ModelRegistry], stored: list[Model], bases: dict[str, str], asked: list[Any]
) -> None:
    for model in stored:
        model.base = bases.get(model.id)
    for registry in registries:
        registry.clear()
        registry.write(stored)
    for query, sort, limit, via in asked:
        answers = [[m.id for m in each.find(query, sort=sort, limit=limit, via=via)] for each in registries]
        assert answers == [answers[0]] * len(registries), (query, sort, limit, via)


NAMES = st.text("aB4-_/.:% é☃漢\x00'", min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(models(NAMES.filter(str.strip)), st.none() | NAMES, NAMES), max_size=6), NAMES, LIMITS)
def test_every_store_finds_the_same_by_a_piece_of_a_name(
    registries: list[ModelRegistry], stored: list[tuple[Model, str | None, str]], text: str, limit: int | None
) -> None:
    for model, alias, wire in stored:
        model.aliases = [alias] if alias else []
        model.connector_metadata = {"azure": {"id": wire}}
    for registry in registries:
        registry.clear()
        registry.write({model.id: model for model, *_ in stored}.values())
    answers = [[model.id for model in each.search(text, limit=limit)] for each in registries]
    assert answers == [answers[0]] * len(registries)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(models(NAMES.filter(str.strip)), NAMES), max_size=6), NAMES)
def test_every_store_tells_the_same_of_models_that_are_asked_for_together(
    registries: list[ModelRegistry], stored: list[tuple[Model, str]], text: str
) -> None:
    for model, wire in stored:
        model.connector_metadata["azure:eu"] = {"id": wire}
    for registry in registries:
        registry.clear()
        registry.write({model.id: model for model, _ in stored}.values())
    ids = [text, *(model.id for model, _ in stored), "x" * 300, f"{text}\ud800"]
    offers = [(provider, id) for id in (*ids, *(wire for _, wire in stored)) for provider in ("azure", "openai")]
    answers = [
        (
            registry.holders(offers),
            registry.several(ids),
            registry.totals(),
            [model.id for model in registry.served_by("azure")],
            [model.id for model in registry.served_by("bedrock", "openai", "ollama:8b.q4")],
        )
        for registry in registries
    ]
    assert answers == [answers[0]] * len(registries)
    assert all(holder in answers[0][1] for holder in answers[0][0].values())
    assert answers[0][2].models == len(answers[0][1])


def test_more_is_asked_for_than_one_statement_takes(registries: list[ModelRegistry]) -> None:
    many = [Model(f"m{n}", "x", connector_metadata={"azure": {"id": f"M-{n}"}}) for n in range(2_000)]
    for registry in registries:
        registry.clear()
        registry.write(many)
        offers = [("azure", f"M-{n}") for n in range(2_000)]
        assert list(registry.holders(offers).values()).count("m1999") == len(registry.several(["m1999"])) == 1
        assert len(registry.holders([*offers, ("azure", "m-1")])) == len(registry.several(m.id for m in many)) == 2_000
        assert registry.totals() == (2_000, 4_000, 0)


class Own(ModelSource):
    """A provider's own list."""

    def __init__(self, provider: str, models: list[Model]) -> None:
        self.name = self.provider = provider
        self.models = models

    def discover_models(self) -> list[Model]:
        return [model.copy() for model in self.models]


class Public(Own):
    """A list of anybody's models."""

    def __init__(self, models: list[Model]) -> None:
        super().__init__(type(self).__name__, models)
        self.provider = None


class Known(Public):
    """Models under their own ids, as a catalogue has them."""

    merged = True


class Scored(Public):
    """Scores of models."""

    annotates = True


WIRES = st.sampled_from(["gpt-4o", "GPT-4o", "openai/gpt-4o", "gpt-4o-2024-11-20", "my-tune", "claude-sonnet-4-5"])
LISTED = st.lists(
    st.tuples(WIRES, st.sampled_from([4096, 8192]), st.booleans()), max_size=4, unique_by=lambda row: row[0]
)
SCORES = st.lists(st.tuples(st.sampled_from(["openai", "azure"]), WIRES), max_size=2, unique=True)
EDITS = st.none() | st.tuples(st.sampled_from(["remove", "tag", "rename"]), st.integers(0, 5))


def listed(provider: str, rows: list[tuple[str, int, bool]]) -> list[Model]:
    prices = {True: {"input": 1e-6}, False: {}}
    return [Model(id, provider, size, cost_per_token=prices[priced]) for id, size, priced in rows]


def edit(registry: ModelRegistry, what: str, at: int) -> None:
    """Do what a user may do to the model at this place."""
    ids = list(registry)
    if at < len(ids):
        if what == "remove":
            del registry[ids[at]]
        elif what == "tag":
            with registry.edit(ids[at]) as model:
                model.tags.add("mine")
        elif "mine" not in registry:
            model = registry.pop(ids[at])
            model.id, model.tags = "mine", {"mine"}
            registry.write([model])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(LISTED, LISTED, st.lists(WIRES, max_size=2, unique=True), SCORES, EDITS), max_size=4))
def test_every_store_has_the_same_after_discoveries(registries: list[ModelRegistry], rounds: list[Any]) -> None:
    for registry in registries:
        registry.clear()
    for ours, theirs, known, scored, change in rounds:
        catalogue = [Model(f"openai/{id}", "openai", 128_000, provenance={"*": "openai@2026-11-01"}) for id in known]
        notes = [Model(id, at, benchmarks=[{"benchmark": "b", "value": 7}]) for at, id in scored]
        sources = [
            Own("openai", listed("openai", ours)),
            Public(listed("azure", theirs)),
            Known(catalogue),
            Scored(notes),
        ]
        named: dict[str, ModelSource] = {source.name: source for source in sources}
        found = []
        for registry in registries:
            answers = {name: Answer(SourceRow(name), source.listing()) for name, source in named.items()}
            with registry.batch():
                report, spoken_of = Reconciliation(registry, named).apply(answers)
            totals = (report.models, report.offers, report.conflicts)
            assert totals == tuple(registry.totals())
            changes = [(each.kind, each.id, each.path) for each in report.changes]
            found.append((totals, changes, report.rows, [model.id for model in spoken_of], dict(registry)))
            if change is not None:
                edit(registry, *change)
        assert found == [found[0]] * len(registries)


def test_a_search_for_very_much_is_answered(registries: list[ModelRegistry]) -> None:
    for registry in registries:
        registry.clear()
        registry["a" * 500] = Model("a" * 500, "x", connector_metadata={"azure": {"id": "b" * 200}})
        assert [model.provider for model in registry.search("a" * 300)] == ["x"]
        assert [model.provider for model in registry.search("b" * 200 + " a" * 2_000)] == ["x"]
        assert registry.search("a" * 100_000) == registry.search("- /") == []


OURS = ("released", "is_local", "tags", "input_modalities")
"""Fields that Mongo knows less of: a day known in part is a period, not local the default, what is empty absent."""


def positive(query: Any) -> bool:
    """Whether a query says nothing about what is unknown, where Mongo's logic has two values and this one three."""
    negative = {"$ne", "$nin", "$not", "$nor"}
    if isinstance(query, dict):
        return not negative & query.keys() and all(map(positive, query.values()))
    return all(map(positive, query)) if isinstance(query, list) else True


@settings(max_examples=60, deadline=None)
@given(st.lists(models(), max_size=6, unique_by=lambda model: model.id), queries().filter(positive))
def test_mongo_agrees_where_nothing_is_negated(stored: list[Model], query: dict[str, Any]) -> None:
    if any(word in repr(query) for word in OURS):
        return
    registry = ModelRegistry()
    registry.write(stored)
    mongomock = pytest.importorskip("mongomock", reason="mongomock is in the extra dev")
    collection = mongomock.MongoClient().db.models
    for model in registry.values():
        collection.insert_one({"_id": model.id, **model.to_dict()})
    assert [model.id for model in registry.find(query)] == [row["_id"] for row in collection.find(query)]


def test_an_explanation_tells_what_the_database_does(registries: list[ModelRegistry]) -> None:
    in_memory, sqlite, postgres = registries[0], registries[3], registries[4]
    query = {"lab": "openai", "custom_metadata.stars": {"$gt": 3}}
    assert str(in_memory.explain(query)) == "in memory: lab = 'openai' and custom_metadata.stars > 3"
    for registry in (sqlite, postgres):
        found = registry.explain(query, sort="tags")
        assert str(found) == "by the database: lab = 'openai'\nin memory: custom_metadata.stars > 3\nsorted in memory"
        assert "openai" not in (found.statement or "")
        assert str(registry.explain({"lab": "openai"}, sort="-price")) == "by the database: lab = 'openai'"
        assert str(registry.explain({})) == "by the database: everything"
