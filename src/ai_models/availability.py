"""Which models can be called from here, as far as is known without dialling, and why the others can't."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from ai_models._core.model import Model, Offer

if TYPE_CHECKING:
    from ai_models._core.registry import ModelRegistry
    from ai_models.health_log import HealthLog, HealthResult
    from ai_models.last_answers import LastAnswer, LastAnswers


class Availability:
    """Tells whether a model of a registry can be called now: on a server of yours, or at a provider you have a key for.

    A provider whose own list was discovered counts only for the models on that list: it is the
    list for your key. A local server counts while it answered when it was last asked. What is
    true of a snapshot is true of the model that it is a snapshot of. What a check of health found
    (level 1 or 2) counts before all that, while it is the newest word: for a day, or five minutes
    where the state passes by itself.

    >>> from ai_models import ModelRegistry
    >>> models = ModelRegistry()
    >>> models |= {"m": Model("m", "ollama", is_local=True), "n": Model("n", "nobody")}
    >>> availability = Availability(models)
    >>> availability.covers(models["m"]), availability.covers(models["n"])
    (True, False)
    >>> availability.why_not(models["n"])
    {'nobody': 'no provider that ai_models knows how to call'}
    """

    def __init__(
        self,
        models: "ModelRegistry",
        answers: "LastAnswers | None" = None,
        health: "HealthLog | None" = None,
    ) -> None:
        self._models = models
        self._answers = answers
        self._health = health
        self._keys: dict[str, str | None] = {}
        self._troubles: dict[tuple[str, bool], str | None] = {}
        self._today = date.today().isoformat()

    def covers(self, model: Model) -> bool:
        """Return whether any offer of a model, or of a snapshot of it, can be called."""
        return any(self.reaches(offer) for offer in model.offers.values()) or model.id in self._through_snapshots

    def why_not(self, model: Model) -> dict[str, str]:
        """Return for each offer of a model that can't be called the reason, in words; `{}` if all can."""
        found = {key: self.trouble(offer) for key, offer in model.offers.items()}
        return {key: reason for key, reason in found.items() if reason is not None}

    def reaches(self, offer: Offer) -> bool:
        """Return whether an offer can be called."""
        return self.trouble(offer) is None

    def trouble(self, offer: Offer) -> str | None:
        """Return why an offer can't be called, and what to do about it; `None` if it can.

        >>> from ai_models.testing import FakeTransport
        >>> retired = Model("m", "ollama", is_local=True, retired="2020-01-01")
        >>> from ai_models import ModelRegistry
        >>> Availability(ModelRegistry()).trouble(retired.offer("ollama"))
        'retired on 2020-01-01'
        """
        checked = self._checked(offer.model.id, offer, offer.key)
        if checked is None:
            return self._trouble_of_offer(offer) or self._trouble_of_server(offer) or self._trouble_of_list(offer)
        if checked.blocked:
            return _obstacle(checked)
        return None if checked.level > 1 else self._trouble_of_use(offer)

    def _checked(self, target: str, offer: Offer, key: str | None) -> "HealthResult | None":
        """Return what a check found last, while it counts: fresh, newer than the discovery, of the key there is now."""
        result = None if self._health is None else self._health.last(target, key)
        if result is None or not result.level or (not result.ok and not result.blocked):
            return None
        last = self._last_of(offer.provider)
        if not result.stands_at(self._now) or (last is not None and last.when > result.when):
            return None
        return result if self._is_of_this_key(result, offer) else None

    def _is_of_this_key(self, result: "HealthResult", offer: Offer) -> bool:
        """Return whether a check was made with the key that there is now, as far as that can be told."""
        from ai_models.providers import providers

        if offer.provider not in providers:
            return True
        key_now = self._key_of(offer.provider)
        if result.key is not None:
            return result.key == key_now
        has_come = key_now is not None and "base_url" not in offer.facts
        return not (has_come and result.status in ("no_key", "unauthorised"))

    def _trouble_of_offer(self, offer: Offer) -> str | None:
        """Return what is known of the offer itself that keeps it from being called."""
        facts = offer.facts
        if offer.gone is not None:
            return f"listed no more since {offer.gone}"
        if facts.get("state") == "failed":
            reason = facts.get("state_reason")
            return f"its server failed to load it{f': {reason}' if reason else ''}"
        return self._trouble_of_use(offer)

    def _trouble_of_use(self, offer: Offer) -> str | None:
        """Return what keeps an offer that its provider lists from being called."""
        facts = offer.facts
        retired = facts.get("retired") or (offer.model.retired if offer.is_default else None)
        if isinstance(retired, str) and len(retired) == len(self._today) and retired <= self._today:
            return f"retired on {retired}"
        if facts.get("active") is False:
            reason = facts.get("state_reason")
            return f"not active{f': {reason}' if reason else ''}"
        if facts.get("requires_profile"):
            return "callable through an inference profile alone: take the id of one"
        if facts.get("requires_provisioned"):
            return "callable through provisioned throughput alone"
        return _trouble_of_deployment(offer)

    def _trouble_of_server(self, offer: Offer) -> str | None:
        """Return why the server can't be asked for anything."""
        checked = None if "base_url" in offer.facts else self._checked(offer.provider, offer, None)
        if checked is not None:
            return _obstacle(checked) if checked.blocked else None
        asked = offer.provider, offer.is_local
        if asked not in self._troubles:
            self._troubles[asked] = self._local_trouble(offer) if offer.is_local else self._remote_trouble(offer)
        return self._troubles[asked]

    def _local_trouble(self, offer: Offer) -> str | None:
        from ai_models.providers import providers

        last = self._last_of(offer.provider)
        if last is not None and not last.ok:
            return f"no answer at {_minute(last)}: {last.reason}"
        known = providers.get(offer.provider)
        if known is not None and known.is_local and known.list_url() is None:
            return "files on this machine, which no server that is known serves"
        return None

    def _remote_trouble(self, offer: Offer) -> str | None:
        from ai_models.providers import providers

        provider = offer.provider
        last, key = self._last_of(provider), self._key_of(provider)
        if last is not None and last.status == "refused" and last.key == key:
            return last.reason
        if key is not None or self._signs_in(provider):
            return None
        known = providers.get(provider)
        if known is None:
            listed = provider in self._lists
            return None if listed else "no provider that ai_models knows how to call"
        if last is not None and last.ok and last.key is None and known.placeholder_key:
            return None
        return f"no key (set {known.key_variables[0]})" if known.key_variables else "no login is found"

    def _trouble_of_list(self, offer: Offer) -> str | None:
        """Return whether the provider's own list, for the key that there is now, lacks the offer."""
        if offer.provider not in self._lists:
            return None
        if "listed" not in offer.facts:
            return "not on its list" if offer.is_local else "not on its list for your key"
        last, key = self._last_of(offer.provider), self._key_of(offer.provider)
        if last is not None and last.ok and last.key and key and last.key != key:
            return f"listed for another key: ai-models discover {offer.provider}"
        return None

    @cached_property
    def _now(self) -> str:
        from datetime import UTC, datetime

        return datetime.now(UTC).isoformat()

    def _signs_in(self, provider: str) -> bool:
        from ai_models.providers import providers
        from ai_models.signing import has_login

        return provider in providers and has_login(providers[provider])

    def _last_of(self, provider: str) -> "LastAnswer | None":
        return None if self._answers is None else self._answers.of_provider(provider)

    def _key_of(self, provider: str) -> str | None:
        """Return the fingerprint of a provider's key; `None` if none is found."""
        if provider not in self._keys:
            from ai_models.credentials import find_key
            from ai_models.providers import providers

            key = find_key(provider) if provider in providers else None
            self._keys[provider] = key.fingerprint if key else None
        return self._keys[provider]

    @cached_property
    def _lists(self) -> frozenset[str]:
        """The providers that were seen to list any of these models themselves."""
        return frozenset(_listing(self._models))

    @cached_property
    def _through_snapshots(self) -> frozenset[str]:
        """The models of which a snapshot can be called."""
        snapshots = self._models.find({"base": {"$exists": True}})
        reached = (model for model in snapshots if any(map(self.reaches, model.offers.values())))
        return frozenset(str(model.base) for model in reached)


def _obstacle(checked: "HealthResult") -> str:
    return f"{checked.status} at {_minute(checked)}{f': {checked.reason}' if checked.reason else ''}"


def _trouble_of_deployment(offer: Offer) -> str | None:
    """Return why a model that must be deployed can't be called by its own name."""
    deployments = offer.facts.get("deployments")
    if not isinstance(deployments, list) or offer.id in deployments:
        return None
    return f"called by the name of its deployment, {deployments[0]}" if deployments else "not deployed: deploy it first"


def _listing(models: "ModelRegistry") -> Iterator[str]:
    for model in models.values():
        for key, facts in model.connector_metadata.items():
            if "listed" in facts:
                yield key.partition(":")[0]


def _minute(last: "LastAnswer | HealthResult") -> str:
    return last.when[:16].replace("T", " ")
