"""Which models can be called from here, as far as is known without dialling."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from ai_models._core.model import Model, Offer


class Availability:
    """Tells whether a model of a registry can be called: some server of yours has it, or a provider you have a key for.

    A provider whose own list was discovered counts only for the models on that list: it is the
    list for your key.

    >>> models = {"m": Model("m", "ollama", is_local=True), "n": Model("n", "nobody")}
    >>> availability = Availability(models)
    >>> availability.covers(models["m"]), availability.covers(models["n"])
    (True, False)
    """

    def __init__(self, models: Mapping[str, Model]) -> None:
        self._models = models
        self._keys: dict[str, bool] = {}

    def covers(self, model: Model) -> bool:
        """Return whether any offer of a model can be called."""
        return any(self.reaches(offer) for offer in model.offers.values())

    def reaches(self, offer: Offer) -> bool:
        """Return whether an offer can be called: it isn't gone, it is local or has a key, and it is on its list."""
        if offer.gone is not None or not (offer.is_local or self.has_key(offer.provider)):
            return False
        return "listed" in offer.facts or offer.provider not in self._listing_providers

    def has_key(self, provider: str) -> bool:
        """Return whether the key of a provider is found; the answer is kept."""
        if provider not in self._keys:
            from ai_models.credentials import find_key
            from ai_models.providers import providers

            self._keys[provider] = provider in providers and find_key(provider) is not None
        return self._keys[provider]

    @cached_property
    def _listing_providers(self) -> frozenset[str]:
        return frozenset(_listing(self._models.values()))


def _listing(models: Iterable[Model]) -> Iterable[str]:
    """Yield the providers that were seen to list any of these models themselves."""
    for model in models:
        for key, facts in model.connector_metadata.items():
            if "listed" in facts:
                yield key.partition(":")[0]
