import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ai_models._core.model import Model
from ai_models._core.registry import ModelRegistry
from ai_models.errors import StoreError
from ai_models.providers import providers
from ai_models.sources.catalogues.embedded import CatalogueSource, load_catalogue

FAMILIAR = {
    "openai/gpt-4o": ("openai", 128_000, "2.5", "10"),
    "openai/gpt-4o-mini": ("openai", 128_000, "0.15", "0.6"),
    "openai/gpt-5": ("openai", 400_000, "1.25", "10"),
    "openai/o3": ("openai", 200_000, "2", "8"),
    "anthropic/claude-sonnet-4-5": ("anthropic", 200_000, "3", "15"),
    "anthropic/claude-haiku-4-5": ("anthropic", 200_000, "1", "5"),
    "google/gemini-2.5-pro": ("google", 1_048_576, "1.25", "10"),
    "google/gemini-2.5-flash": ("google", 1_048_576, "0.3", "2.5"),
}
"""Default server, window in tokens, USD per million input and output tokens, as the labs publish them."""


@pytest.fixture(scope="module")
def catalogue() -> ModelRegistry:
    return load_catalogue()


@pytest.fixture(scope="module")
def models(catalogue: ModelRegistry) -> dict[str, Model]:
    return dict(catalogue.items())


@pytest.fixture
def tools(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(repository / "tools")
    yield
    for name in ("catalogue_checks", "catalogue_file"):
        sys.modules.pop(name, None)


def test_the_shipped_catalogue_passes_its_own_checks(models: dict[str, Model], repository: Path, tools: None) -> None:
    from catalogue_checks import problems

    text = (repository / "src/ai_models/data/catalogue.json").read_text("utf-8")
    assert problems(models, text) == []


def test_it_has_enough_models_offers_and_providers(models: dict[str, Model]) -> None:
    offers = [offer for model in models.values() for offer in model.offers.values()]
    assert len(models) >= 2_000
    assert len(offers) >= 5_000
    assert len({offer.provider for offer in offers}) >= 60
    assert sum(offer.pricing.known for offer in offers) >= 5_000
    assert {offer.provider for offer in offers} <= set(providers)


def test_it_is_small(repository: Path) -> None:
    data = (repository / "src/ai_models/data/catalogue.json").read_bytes()
    assert len(data) < 6_000_000
    assert len(gzip.compress(data, 9)) < 1_500_000


@pytest.mark.parametrize("id", FAMILIAR)
def test_familiar_models_have_their_published_window_and_price(models: dict[str, Model], id: str) -> None:
    model = models[id]
    price = (str(model.pricing.input_per_mtok), str(model.pricing.output_per_mtok))
    assert (model.provider, model.context_size, *price) == FAMILIAR[id]


def test_every_model_says_who_states_it(models: dict[str, Model], catalogue: ModelRegistry) -> None:
    labels = {label for model in models.values() for said in model.provenance.values() for label in said.split()}
    assert {label.partition("@")[0] for label in labels} == {
        each["label"] for each in catalogue.meta["sources"].values()
    }
    assert all(re.fullmatch(r"[a-z.-]+@\d{4}-\d{2}-\d{2}", label) for label in labels)


def test_nothing_in_it_is_local_or_the_users(models: dict[str, Model]) -> None:
    assert not [model.id for model in models.values() if model.is_local or model.tags or model.custom_metadata]


def test_a_snapshot_names_a_model_that_it_is_a_snapshot_of(models: dict[str, Model]) -> None:
    snapshot = models["openai/gpt-4o-2024-11-20"]
    assert (snapshot.base, snapshot.version) == ("openai/gpt-4o", "2024-11-20")


def test_unknown_and_zero_are_kept_apart(models: dict[str, Model]) -> None:
    zeros = [offer for model in models.values() for offer in model.offers.values() if offer.pricing.free]
    assert zeros
    assert all(offer.id.endswith(":free") or 0 in offer.pricing.cost_per_token.values() for offer in zeros)


def test_its_head_names_every_package_with_version_date_and_licence(catalogue: ModelRegistry) -> None:
    meta = catalogue.meta
    assert meta["date"] == max(each["date"] for each in meta["sources"].values())
    assert all(set(each) == {"label", "version", "date", "license", "url"} for each in meta["sources"].values())


def test_the_notice_attributes_every_package(catalogue: ModelRegistry, repository: Path) -> None:
    notice = (repository / "NOTICE").read_text("utf-8")
    for name, each in catalogue.meta["sources"].items():
        assert each["license"] == "MIT"
        assert each["url"] in notice
        assert name in notice.lower()
        assert f"[{each['label']}]" in notice


def test_the_pins_are_those_of_the_shipped_file(catalogue: ModelRegistry, repository: Path) -> None:
    import tomllib

    pins = tomllib.loads((repository / "tools/catalogue_sources.toml").read_text("utf-8"))["package"]
    shipped = {name: (each["version"], each["date"]) for name, each in catalogue.meta["sources"].items()}
    assert {each["name"]: (each["version"], each["date"]) for each in pins} == shipped


def test_one_model_is_one_line_in_order(repository: Path) -> None:
    lines = (repository / "src/ai_models/data/catalogue.json").read_text("utf-8").splitlines()
    ids = [json.loads("{" + line.rstrip(",") + "}").popitem()[0] for line in lines[3:-2]]
    assert ids == sorted(ids)
    assert len(ids) >= 2_000


def test_a_model_is_found_by_any_providers_id(catalogue: ModelRegistry) -> None:
    assert catalogue["gpt-4o"].id == "openai/gpt-4o"
    assert catalogue["us.anthropic.claude-sonnet-4-5-20250929-v1:0"].base == "anthropic/claude-sonnet-4-5"


def test_the_catalogue_cant_be_written(catalogue: ModelRegistry) -> None:
    with pytest.raises(StoreError):
        catalogue["mine"] = Model("mine", "openai")
    with pytest.raises(StoreError):
        del catalogue["openai/gpt-4o"]
    assert "mine" not in catalogue
    assert "openai/gpt-4o" in catalogue


def test_the_source_yields_the_catalogues_models_with_its_date(catalogue: ModelRegistry) -> None:
    listing = CatalogueSource().listing()
    assert CatalogueSource.merged
    assert (listing.origin, listing.date, len(listing.models)) == ("embedded", catalogue.meta["date"], len(catalogue))


def _broken(**facts: Any) -> dict[str, Model]:
    model = Model("lab/m", "openai", provenance={"*": "litellm@2026-11-12"}, connector_metadata={"openai": {"id": "m"}})
    for name, value in facts.items():
        setattr(model, name, value)
    return {"lab/m": model}


@pytest.mark.parametrize(
    ("models", "problem"),
    [
        (_broken(provenance={}), "nobody states it"),
        (_broken(connector_metadata={"nobody": {"id": "m"}}), "not in the table"),
        (_broken(connector_metadata={"openai": {}}), "has no id"),
        (_broken(cost_per_token={"input": 0.5}), "500000 USD per million tokens"),
        (_broken(lab="lab") | {"lab/M.": Model("lab/M.", "openai", lab="lab")}, "differ only in separators"),
        (_broken(), "1 models, fewer than 2000"),
    ],
)
def test_the_checks_find_what_is_wrong(models: dict[str, Model], problem: str, tools: None) -> None:
    from catalogue_checks import problems

    assert any(problem in each for each in problems(models, ""))


def test_the_same_models_give_the_same_text(models: dict[str, Model], repository: Path, tools: None) -> None:
    import tomllib

    from catalogue_file import catalogue_text

    pins = tomllib.loads((repository / "tools/catalogue_sources.toml").read_text("utf-8"))["package"]
    assert catalogue_text(models, pins) == (repository / "src/ai_models/data/catalogue.json").read_text("utf-8")
