"""The recorded lists of several dates, replayed in order: the change log says exactly what a diff of them says.

The diff is made from the raw JSON, by nothing of ours.
"""

import json
from decimal import Decimal
from itertools import pairwise
from typing import Any

from tests.shared import PAYLOADS, needs_recordings
from tests.test_discovery import Fixed

from ai_models import Model
from ai_models.changes import Change
from ai_models.discovery import DiscoveryReport
from ai_models.manager import ModelManager
from ai_models.sources import OpenRouterSource
from ai_models.testing import FakeTransport

pytestmark = needs_recordings

URL = "https://openrouter.ai/api/v1/models"
PRICES = {
    "prompt": "cost_per_token.input",
    "completion": "cost_per_token.output",
    "input_cache_read": "cost_per_token.cache_read",
    "input_cache_write": "cost_per_token.cache_write",
}
FACTS = (*PRICES.values(), "context_size", "max_output_tokens")

Row = dict[str, Any]
Fact = tuple[str, str, Any, Any]
"""Wire id, path, old value, new value."""


def recordings() -> dict[str, dict[str, Row]]:
    """The rows of each recording by id, in the order of their dates."""
    paths = sorted(PAYLOADS.glob("openrouter/v1_models-*.json"))
    return {path.stem[-10:]: {row["id"]: row for row in json.loads(path.read_text("utf-8"))["data"]} for path in paths}


def facts_in(row: Row) -> Row:
    """What a raw row states, in our units: a negative price varies by request, a limit of 0 says nothing."""
    stated = {path: row["pricing"].get(name) for name, path in PRICES.items()}
    facts: Row = {path: float(Decimal(text)) for path, text in stated.items() if text and Decimal(text) >= 0}
    limits = (
        row["context_length"] or row["top_provider"]["context_length"],
        row["top_provider"]["max_completion_tokens"],
    )
    return facts | {
        name: limit for name, limit in zip(("context_size", "max_output_tokens"), limits, strict=True) if limit
    }


def diff_of(old: Row, new: Row) -> set[Fact]:
    """What is different in the rows that two lists both have."""
    pairs = [(id, facts_in(old[id]), facts_in(new[id])) for id in old.keys() & new.keys()]
    return {(id, path, was.get(path), now.get(path)) for id, was, now in pairs for path in FACTS} - {
        (id, path, now.get(path), now.get(path)) for id, _, now in pairs for path in FACTS
    }


class Replay:
    """A registry to which one recording after another is told."""

    def __init__(self, **others: Any) -> None:
        self.transport = FakeTransport({})
        self.manager = ModelManager(
            sources={"openrouter": OpenRouterSource(transport=self.transport), **others}, connectors=[]
        )

    def tell(self, rows: dict[str, Row]) -> DiscoveryReport:
        self.transport.answers[URL] = {"data": list(rows.values())}
        report = self.manager.discover(["openrouter"], refresh=True)
        assert report.ok, report.rows
        return report

    def wire_ids(self, model_id: str) -> set[str]:
        return {each.id for each in self.manager.models[model_id].offers.values() if each.provider == "openrouter"}

    def ids(self, changes: list[Change], kind: str) -> list[str]:
        return sorted(id for change in changes if change.kind == kind for id in change.offers.values())

    def facts(self, changes: list[Change]) -> list[Fact]:
        """What the log says of OpenRouter's offers; a change without offers holds for every one of the model."""
        return sorted(
            (
                (id, change.path, change.old, change.new)
                for change in changes
                if change.kind == "changed" and change.path in FACTS
                for id in _openrouters(change) or (() if change.offers else self.wire_ids(change.id))
            ),
            key=repr,
        )


def _openrouters(change: Change) -> list[str]:
    return [id for key, id in change.offers.items() if key.partition(":")[0] == "openrouter"]


def test_there_are_recordings_of_several_dates_with_every_kind_of_change() -> None:
    lists = list(recordings().values())
    assert len(lists) >= 4
    assert all(old.keys() - new.keys() or new.keys() - old.keys() for old, new in pairwise(lists))
    paths = {path for old, new in pairwise(lists) for _, path, _, _ in diff_of(old, new)}
    assert paths >= set(FACTS) - {"cost_per_token.cache_write"}


def test_the_log_of_replayed_lists_is_the_diff_of_the_recordings() -> None:
    replay = Replay()
    last_seen: dict[str, Row] = {}
    listed: dict[str, Row] = {}
    for rows in recordings().values():
        report = replay.tell(rows)
        known = len(replay.manager.changes()) - len(report.changes)
        changes = replay.manager.changes()[known:]
        assert changes == report.changes
        assert replay.ids(changes, "added") == sorted(rows.keys() - last_seen.keys())
        assert replay.ids(changes, "gone") == sorted(listed.keys() - rows.keys())
        assert replay.ids(changes, "returned") == sorted((rows.keys() & last_seen.keys()) - listed.keys())
        assert replay.ids(changes, "removed") == []
        assert replay.facts(changes) == sorted(diff_of(last_seen, rows), key=repr)
        listed, last_seen = rows, last_seen | rows


def test_the_log_of_lists_in_reverse_order_is_the_diff_too() -> None:
    replay = Replay()
    last_seen: dict[str, Row] = {}
    for rows in [*reversed(recordings().values()), *recordings().values()]:
        changes = replay.tell(rows).changes
        assert replay.ids(changes, "added") == sorted(rows.keys() - last_seen.keys())
        assert replay.facts(changes) == sorted(diff_of(last_seen, rows), key=repr)
        last_seen |= rows


def the_lab_itself(lab: str, rows: dict[str, Row]) -> Fixed:
    """The lab's own list of what is in a recording: other limits, other prices, nothing said of the cache."""
    ids = [id.partition("/")[2] for id in rows if id.startswith(f"{lab}/") and ":" not in id]
    return Fixed(
        *(Model(id, lab, 7777, cost_per_token={"input": 7e-07}, max_output_tokens=777, kind="chat") for id in ids),
        provider=lab,
    )


def test_another_default_server_invents_no_change_of_what_openrouter_serves() -> None:
    first, *others = recordings().values()
    lab = the_lab_itself("openai", first)
    replay = Replay(openai=lab)
    replay.tell(first)
    moving = replay.manager.discover(["openai"]).changes
    moved = {change.id for change in moving if change.path == "provider"}
    assert len(moved) > 20
    assert all(replay.manager.models[id].provider == "openai" for id in moved)
    assert replay.facts(moving) == []
    last_seen = first
    for rows in others:
        assert replay.facts(replay.tell(rows).changes) == sorted(diff_of(last_seen, rows), key=repr)
        last_seen = last_seen | rows
    lab.models = []
    back = replay.manager.discover(["openai"], accept_shrunken=True).changes
    assert {change.id for change in back if change.path == "provider"} >= moved & {
        id for id in moved if replay.manager.models[id].provider == "openrouter"
    }
    assert replay.facts(back) == []


def test_prices_are_the_diff_where_the_embedded_catalogue_knew_the_models_before() -> None:
    """Other sources of the catalogue may know a price that OpenRouter itself doesn't tell, or tells no more."""
    replay = Replay()
    with replay.manager.models.batch():
        for model in replay.manager.catalogue.values():
            replay.manager.models[model.id] = model
    first, *others = recordings().values()
    replay.tell(first)
    last_seen = first
    for rows in others:
        told = {fact for fact in replay.facts(replay.tell(rows).changes) if "cost" in fact[1]}
        stated = {fact for fact in diff_of(last_seen, rows) if "cost" in fact[1]}
        others_know = {(id, path) for id, path, old, new in stated if None in (old, new)}
        assert {fact for fact in told if fact[0] in last_seen and fact[:2] not in others_know} == {
            fact for fact in stated if fact[:2] not in others_know
        }
        last_seen = last_seen | rows
