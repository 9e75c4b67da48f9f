"""Roles: a name for what a model must be, which means the model that fits now and never hides a model's own name."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from ai_models import Model, ModelManager, ModelRegistry, ModelSource, Workload
from ai_models.cli.app import app
from ai_models.cli.session import Session
from ai_models.errors import InvalidModelError, ModelNotFoundError, QueryError, RoleNotFoundError
from ai_models.roles import Role

TOOLS = {"capabilities.tools": True}


def model(id: str, price: float, **facts: Any) -> Model:
    known = {"capabilities": {"tools": True}, "cost_per_token": {"input": price, "output": price}, **facts}
    return Model(id, "openai", connector_metadata={"openai": {"id": f"wire-{id}"}}, **known)


@pytest.fixture
def manager() -> ModelManager:
    registry = ModelRegistry()
    registry.write([model("a", 2e-06), model("b", 3e-06, aliases=["bee"], name="Bee Model")])
    return ModelManager(registry)


def test_a_role_is_usable_wherever_an_id_is(manager: ModelManager) -> None:
    manager.roles.set("fast", TOOLS)
    assert manager.models["fast"].id == "a"
    assert "fast" in manager.models
    assert manager.get_connector_metadata("fast", "openai") == {"model": "wire-a"}
    assert manager.estimate_cost("fast", input_tokens=10).model == "a"
    assert len(list(manager.models)) == 2


def test_a_role_says_how_it_was_resolved_and_why(manager: ModelManager) -> None:
    manager.roles.set("fast", TOOLS)
    found = manager.models.resolve("fast")
    assert (found.id, found.how) == ("a", "role")
    assert "price" in found.trace[0]


def test_a_role_means_what_fits_when_it_is_asked(manager: ModelManager) -> None:
    manager.roles.set("fast", TOOLS)
    manager.models["c"] = model("c", 1e-06)
    assert manager.models["fast"].id == "c"
    del manager.models["c"]
    assert manager.models["fast"].id == "a"


@pytest.mark.parametrize("name", ["a", "bee", "Bee Model"])
def test_a_model_s_own_name_can_be_no_role(manager: ModelManager, name: str) -> None:
    with pytest.raises(InvalidModelError, match="name of the model"):
        manager.roles.set(name, TOOLS)


def test_a_model_that_gets_the_name_of_a_role_wins(manager: ModelManager) -> None:
    manager.roles.set("fast", TOOLS)
    manager.models["fast"] = Model("fast", "x")
    assert manager.models["fast"].provider == "x"


def test_a_role_goes_before_what_some_provider_calls_a_model(manager: ModelManager) -> None:
    manager.models["x/fast"] = Model("x/fast", "x", connector_metadata={"x": {"id": "fast"}})
    assert manager.models["fast"].id == "x/fast"
    manager.roles.set("fast", TOOLS)
    assert manager.models["fast"].id == "a"
    assert manager.models["x/fast"].id == "x/fast"


def test_a_role_that_nothing_fits_raises_with_the_nearest(manager: ModelManager) -> None:
    manager.roles.set("huge", {**TOOLS, "context_size": {"$gte": 10**6}})
    assert "huge" not in manager.models
    with pytest.raises(ModelNotFoundError, match="'a': context is unknown"):
        manager.models["huge"]


def test_a_role_survives_with_the_registry(tmp_path: Path) -> None:
    first = ModelManager(ModelRegistry(tmp_path / "models.json"))
    first.models["a"] = model("a", 2e-06)
    asked = {"workload": Workload(10, 5, calls=2, units={"search": 1}), "via": "openai", "note": "hm"}
    first.roles.set("fast", TOOLS, prefer="price,-context", **asked)
    again = ModelManager(ModelRegistry(tmp_path / "models.json"))
    expected = Role(TOOLS, ("price", "-context"), asked["workload"], None, "openai", "hm", "a")
    assert dict(again.roles) == {"fast": expected}
    assert again.models["fast"].id == "a"


@pytest.mark.parametrize(("query", "prefer"), [({"contxt": 1}, "price"), (TOOLS, "prise"), ("{", "price")])
def test_a_role_that_makes_no_sense_changes_nothing(manager: ModelManager, query: Any, prefer: str) -> None:
    with pytest.raises(QueryError):
        manager.roles.set("fast", query, prefer=prefer)
    assert dict(manager.roles) == {}


def test_a_role_that_is_not_there_is_an_error_with_the_nearest(manager: ModelManager) -> None:
    manager.roles.set("fast", TOOLS)
    with pytest.raises(RoleNotFoundError, match="did you mean 'fast'"):
        manager.roles.choice("fasst")
    with pytest.raises(RoleNotFoundError):
        del manager.roles["fasst"]


class Found(ModelSource):
    name = "found"
    provider = "openai"

    def discover_models(self) -> Iterator[Model]:
        yield Model("c", "openai", capabilities={"tools": True}, cost_per_token={"input": 1e-07, "output": 1e-07})


def test_discover_says_which_role_means_another_model_and_the_changes_keep_it() -> None:
    manager = ModelManager(sources={"found": Found()})
    manager.models["a"] = model("a", 2e-06)
    manager.roles.set("fast", TOOLS)
    report = manager.discover()
    said = [(each.id, each.old, each.new) for each in report.changes if each.path == "role"]
    assert said == [("fast", "a", manager.models["fast"].id)]
    assert said[0][2] != "a"
    assert [each.id for each in manager.changes() if each.path == "role"] == ["fast"]
    assert [each for each in manager.discover().changes if each.path == "role"] == []


def test_the_commands_set_list_show_and_remove(manager: ModelManager) -> None:
    def run(*args: str) -> Any:
        result = CliRunner().invoke(app, [*args, "--json"], obj=Session(_manager=manager), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    made = run("role", "set", "fast", json.dumps(TOOLS), "--prefer", "price", "--workload", "in=10k,out=1k")
    assert (made["role"], made["means"], made["workload"]["input_tokens"]) == ("fast", "a", 10_000)
    assert [row["means"] for row in run("role", "list")] == ["a"]
    assert run("role", "show", "fast")["choice"]["ranked"][0]["id"] == "a"
    assert run("show", "fast")["id"] == "a"
    assert run("role", "remove", "fast") == {"removed": "fast"}
    assert run("role", "list") == []


def test_hostile_names_of_roles_are_escaped(manager: ModelManager) -> None:
    manager.roles.set("r\x1b[31m", TOOLS, note="n\x1b[31m")
    for args in (["role", "list"], ["role", "show", "r\x1b[31m"]):
        assert "\x1b" not in CliRunner().invoke(app, args, obj=Session(_manager=manager)).output


def test_exports_offer_a_model_under_the_names_of_its_roles(manager: ModelManager, monkeypatch: Any) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789")
    manager.roles.set("fast", TOOLS)
    manager.roles.set("cheap", TOOLS)
    made = CliRunner().invoke(app, ["export", "litellm", "fast", "b", "cheap"], obj=Session(_manager=manager)).stdout
    rows = [(row["model_name"], row["litellm_params"]["model"]) for row in yaml.safe_load(made)["model_list"]]
    assert rows == [("fast", "openai/wire-a"), ("cheap", "openai/wire-a"), ("b", "openai/wire-b")]
    assert "model_id: fast" in manager.export("llm", "fast")
    assert "name: fast" in manager.export("continue", ["fast"])
    assert '"a"' in manager.export("json", "fast")


def test_while_the_registry_is_empty_a_role_means_a_model_of_the_catalogue(tmp_path: Path) -> None:
    store = str(tmp_path / "models.json")

    def run(*args: str) -> Any:
        result = CliRunner().invoke(app, ["--store", store, *args, "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        assert ("embedded catalogue" in result.stderr) is (args[:2] != ("role", "remove"))
        return json.loads(result.stdout)

    meant = run("role", "set", "fast", json.dumps(TOOLS), "--via", "openai")["means"]
    assert meant is not None
    assert [row["means"] for row in run("role", "list")] == [meant]
    assert run("role", "show", "fast")["choice"]["best"]["id"] == meant
    assert run("show", "fast")["id"] == meant
    assert run("role", "remove", "fast") == {"removed": "fast"}
    assert len(ModelRegistry(store)) == 0


def test_a_role_is_shown_in_words(manager: ModelManager) -> None:
    manager.roles.set("fast", {**TOOLS, "context": {"$gte": 8000}})
    result = CliRunner().invoke(app, ["role", "show", "fast"], obj=Session(_manager=manager), catch_exceptions=False)
    assert result.stdout.splitlines()[0] == "fast: has tools and context is at least 8,000 tokens, by price"
    assert "2 out: context is unknown" in result.stdout
