"""Which model a name means in a registry: the order of the steps, the catalogue's names, and help with a wrong name."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ai_models.base import Model, ModelRegistry
from ai_models.errors import AmbiguousModelError, ModelNotFoundError
from ai_models.sources.catalogues.embedded import load_catalogue

STEPS = {
    "gpt-4o": Model("gpt-4o", "local"),
    "by-alias": Model("by-alias", "local", aliases=["gpt-4o"]),
    "by-name": Model("by-name", "local", name="gpt-4o"),
    "by-wire": Model("by-wire", "azure", connector_metadata={"azure": {"id": "gpt-4o"}}),
    "openai/gpt-4o": Model("openai/gpt-4o", "openai", connector_metadata={"openai": {"id": "its-own-name"}}),
    "GPT-4O": Model("GPT-4O", "local"),
}
"""Models that one text can mean, in the order of the steps."""

HOW = ["id", "alias", "name", "provider id", "identified", "case"]
NOISE = ["zzzz", "qqqqqqqq", "xkcdvwzyk", "?!", "12", "            ", "\N{SNOWMAN}" * 100]


@cache
def loaded() -> ModelRegistry:
    return load_catalogue()


@pytest.fixture
def catalogue() -> ModelRegistry:
    return loaded()


def test_the_steps_come_in_order() -> None:
    registry = ModelRegistry()
    registry |= STEPS
    for (id, _), how in zip(STEPS.items(), HOW, strict=True):
        found = registry.resolve("gpt-4o")
        assert (found.id, found.how) == (id, how)
        assert "gpt-4o" in found.trace[0]
        del registry[id]
    with pytest.raises(ModelNotFoundError):
        registry.resolve("gpt-4o")


def test_an_ambiguous_step_is_not_passed_over_for_a_later_one() -> None:
    registry = ModelRegistry()
    registry |= STEPS
    del registry["gpt-4o"]
    registry["other"] = Model("other", "local", aliases=["gpt-4o"])
    with pytest.raises(AmbiguousModelError) as caught:
        registry.resolve("gpt-4o")
    assert caught.value.candidates == ["by-alias", "other"]
    assert all(id in str(caught.value) for id in caught.value.candidates)


def wires(catalogue: ModelRegistry) -> dict[str, set[tuple[str, str]]]:
    """Who has each bare id: entry and provider."""
    holders = defaultdict(set)
    for id, model in catalogue.items():
        for offer in model.offers.values():
            holders[offer.facts["id"]].add((id, offer.provider))
    return holders


def contested(catalogue: ModelRegistry) -> Iterator[tuple[str, set[tuple[str, str]]]]:
    """The bare ids that more than one entry has."""
    for wire, holders in wires(catalogue).items():
        if wire not in catalogue.keys() and len({id for id, _ in holders}) > 1:  # noqa: SIM118  # an id, no other name
            yield wire, holders


def test_every_id_of_the_catalogue_means_itself(catalogue: ModelRegistry) -> None:
    assert [id for id in catalogue if catalogue.resolve(id).id != id] == []


def test_every_providers_id_with_its_provider_means_its_entry(catalogue: ModelRegistry) -> None:
    wrong = {}
    for wire, holders in wires(catalogue).items():
        for id, provider in holders:
            found = catalogue.resolve(f"{provider}:{wire}").id
            if found != id:
                wrong[provider, wire] = found
    assert wrong == {}


def meant(catalogue: ModelRegistry, name: str) -> list[str]:
    """The entry that a name means, or the several that it may mean."""
    try:
        return [catalogue.resolve(name).id]
    except AmbiguousModelError as error:
        return error.candidates


def test_a_bare_id_that_several_entries_have_is_never_a_resellers(catalogue: ModelRegistry) -> None:
    names = list(contested(catalogue))
    assert names
    for wire, holders in names:
        found = meant(catalogue, wire)
        own = len(found) == 1 and (found[0], catalogue[found[0]].provider) in holders
        assert own or set(found) == {id for id, _ in holders}, wire


@settings(max_examples=60)
@given(st.text(max_size=30))
def test_a_suggestion_is_never_the_text_itself_and_always_a_model(text: str) -> None:
    catalogue = loaded()
    suggestions = catalogue.suggest(text)
    assert text not in suggestions
    assert len(suggestions) == len(set(suggestions)) <= 3
    assert all(id in catalogue.keys() for id in suggestions)  # noqa: SIM118  # an id, no other name


@pytest.mark.parametrize("text", NOISE)
def test_noise_is_not_answered_with_a_model(catalogue: ModelRegistry, text: str) -> None:
    assert catalogue.suggest(text) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("claude-sonet-4-5", "anthropic/claude-sonnet-4-5"),
        ("anthropic/claude-opus-41", "anthropic/claude-opus-4-1"),
        ("gpt-4o-minni", "openai/gpt-4o-mini"),
        ("gemini-2.5-falsh", "google/gemini-2.5-flash"),
        ("mistral-nemmo", "mistral/mistral-nemo"),
        ("kimi-k2-thinkng", "moonshotai/kimi-k2-thinking"),
        ("nova-micor", "amazon/nova-micro"),
        ("llama-3.3-70b-instrct", "meta/llama-3.3-70b-instruct"),
    ],
)
def test_a_slip_of_the_keyboard_is_understood(catalogue: ModelRegistry, typed: str, meant: str) -> None:
    assert typed not in catalogue
    assert meant in catalogue.suggest(typed)
    with pytest.raises(ModelNotFoundError, match="did you mean") as caught:
        catalogue.resolve(typed)
    assert meant in caught.value.suggestions
