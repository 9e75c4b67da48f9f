"""Discovery: one dead source kills nothing, what vanished is marked, what shrank is not believed, twice is once."""

import threading
import time
from collections.abc import Iterable

import pytest

from ai_models._core.contracts import AsyncModelSource, Listing, ModelSource, SkippedRow
from ai_models._core.model import Model
from ai_models.discovery import ask_all
from ai_models.errors import CredentialError, SourceAuthError, SourceError, SourceNotFoundError
from ai_models.manager import ModelManager


class Fixed(ModelSource):
    """A source that answers with what it was given."""

    def __init__(self, *models: Model, provider: str | None = None, error: BaseException | None = None) -> None:
        self.models = list(models)
        self.provider = provider
        self.error = error
        self.origin = "live"

    def discover_models(self) -> Iterable[Model]:
        if self.error is not None:
            raise self.error
        return [model.copy() for model in self.models]

    def listing(self) -> Listing:
        return Listing(list(self.discover_models()), origin=self.origin)


class Slow(AsyncModelSource):
    async def adiscover_models(self):  # type: ignore[no-untyped-def]
        yield Model("slow", "slow-house")


def manager_of(**sources: ModelSource) -> ModelManager:
    return ModelManager(sources=sources, connectors=[])


def listed(*ids: str, provider: str = "openai") -> Fixed:
    return Fixed(*(Model(id, provider, 128000) for id in ids), provider=provider)


def test_a_failing_source_is_a_row_and_the_others_go_on() -> None:
    manager = manager_of(
        good=Fixed(Model("gpt-4o", "openai")),
        refused=Fixed(error=SourceAuthError("the key in OPENAI_API_KEY was rejected (401)", source="refused")),
        broken=Fixed(error=ZeroDivisionError("oops")),
        keyless=Fixed(error=CredentialError("mistral", ["MISTRAL_API_KEY"])),
        asynchronous=Slow(),
    )
    report = manager.discover()
    assert {row.source: row.status for row in report.rows} == {
        "good": "found",
        "refused": "failed",
        "broken": "failed",
        "keyless": "skipped",
        "asynchronous": "found",
    }
    assert report["refused"].reason == "the key in OPENAI_API_KEY was rejected (401)"
    assert report["broken"].reason == "ZeroDivisionError: oops"
    assert "MISTRAL_API_KEY" in report["keyless"].reason
    assert "openai/gpt-4o" in manager.models


def test_a_hanging_source_is_given_up_after_its_timeout() -> None:
    stop = threading.Event()

    class Hanging(ModelSource):
        def discover_models(self) -> Iterable[Model]:
            stop.wait(30)
            return []

    started = time.monotonic()
    report = manager_of(hanging=Hanging(), good=Fixed(Model("gpt-4o", "openai"))).discover(timeout=0.3)
    stop.set()
    assert time.monotonic() - started < 10
    assert report["hanging"].reason == "no answer within 0.3 s"
    assert report["good"].ok


def test_sources_are_asked_side_by_side() -> None:
    together = threading.Barrier(5, timeout=20)

    class Meeting(ModelSource):
        def discover_models(self) -> Iterable[Model]:
            together.wait()
            return [Model("m", "x")]

    answers = ask_all({f"s{number}": Meeting() for number in range(5)})
    assert all(answer.row.ok for answer in answers.values())


def test_the_same_discovery_twice_changes_nothing_and_says_so() -> None:
    manager = manager_of(openai=listed("gpt-4o", "gpt-4o-2024-11-20", "something-odd"))
    first = manager.discover()
    before = {id: model.to_dict() for id, model in manager.models.items()}
    second = manager.discover()
    assert (first["openai"].status, second["openai"].status) == ("found", "unchanged")
    assert second.changes == []
    assert {id: model.to_dict() for id, model in manager.models.items()} == before


def test_what_vanished_is_marked_and_what_came_back_is_not() -> None:
    source = listed("gpt-4o", "gpt-4o-mini", "gpt-4.1")
    manager = manager_of(openai=source)
    manager.discover()
    source.models = source.models[:2]
    report = manager.discover()
    assert report["openai"].gone == 1
    assert manager.models["openai/gpt-4.1"].gone is not None
    assert [change.kind for change in report.changes] == ["gone"]
    source.models.append(Model("gpt-4.1", "openai", 128000))
    report = manager.discover()
    assert (report["openai"].returned, manager.models["openai/gpt-4.1"].gone) == (1, None)


@pytest.mark.parametrize("left", [0, 3])
def test_an_empty_or_shrunken_answer_changes_nothing(left: int) -> None:
    source = listed(*(f"house-model-{number}" for number in range(10)))
    manager = manager_of(openai=source)
    manager.discover()
    before = {id: model.to_dict() for id, model in manager.models.items()}
    everything = source.models
    source.models = everything[:left]
    report = manager.discover()
    assert report["openai"].status == "failed"
    assert "where 10 were known" in report["openai"].reason
    assert {id: model.to_dict() for id, model in manager.models.items()} == before
    report = manager.discover(accept_shrunken=True)
    assert report["openai"].gone == 10 - left


def test_only_a_fresh_answer_can_say_that_a_model_is_gone() -> None:
    source = listed("gpt-4o", "gpt-4o-mini")
    manager = manager_of(openai=source)
    manager.discover()
    source.models, source.origin = source.models[:1], "stale"
    assert manager.discover()["openai"].gone == 0


def test_what_the_user_wrote_survives_a_discovery() -> None:
    source = listed("gpt-4o")
    manager = manager_of(openai=source)
    manager.discover()
    with manager.models.edit("openai/gpt-4o") as model:
        model.context_size = 64000
        model.tags.add("mine")
        model.aliases.append("my-favourite")
        model.custom_metadata["note"] = "kept"
    source.models = [Model("gpt-4o", "openai", 1_000_000, kind="chat")]
    manager.discover()
    model = manager.models["my-favourite"]
    assert (model.context_size, model.kind, model.tags, model.custom_metadata) == (
        64000,
        "chat",
        {"mine"},
        {"note": "kept"},
    )
    assert list(model.conflicts) == ["context_size"]


def test_a_model_that_the_user_named_keeps_its_name_and_gets_the_facts() -> None:
    manager = manager_of(openai=Fixed(Model("gpt-4", "openai", 8192, kind="chat"), provider="openai"))
    manager.models["gpt-4"] = Model("gpt-4", "openai")
    manager.discover()
    assert list(manager.models) == ["gpt-4"]
    assert manager.models["gpt-4"].kind == "chat"


def test_a_dry_run_reports_and_writes_nothing() -> None:
    manager = manager_of(openai=listed("gpt-4o"))
    report = manager.discover(dry_run=True)
    assert (report["openai"].new, report.dry_run, len(manager.models)) == (1, True, 0)
    assert manager.changes() == []


def test_discover_from_source_returns_what_it_found_and_registers_on_request() -> None:
    manager = manager_of(openai=listed("gpt-4o"))
    assert [model.id for model in manager.discover_from_source("openai")] == ["openai/gpt-4o"]
    assert len(manager.models) == 0
    assert [model.id for model in manager.discover_from_source("openai", auto_register=True)] == ["openai/gpt-4o"]
    assert len(manager.models) == 1


def test_discover_from_source_raises_when_the_source_fails() -> None:
    with pytest.raises(SourceAuthError):
        manager_of(x=Fixed(error=SourceAuthError("rejected", source="x"))).discover_from_source("x")
    with pytest.raises(SourceError, match="ZeroDivisionError"):
        manager_of(x=Fixed(error=ZeroDivisionError())).discover_from_source("x")
    with pytest.raises(SourceNotFoundError):
        manager_of(x=Fixed()).discover_from_source("y")


def test_skipped_rows_are_named_in_the_report() -> None:
    class Partly(ModelSource):
        def discover_models(self) -> Iterable[Model]:
            return self.listing().models

        def listing(self) -> Listing:
            return Listing([Model("m", "x")], skipped=[SkippedRow(3, "no id")])

    assert manager_of(partly=Partly()).discover()["partly"].skipped_rows == ["row 3: no id"]


def test_a_price_change_is_counted_and_logged_with_both_values() -> None:
    source = Fixed(Model("gpt-4o", "openai", cost_per_token={"input": 2e-06}), provider="openai")
    manager = manager_of(openai=source)
    manager.discover()
    source.models = [Model("gpt-4o", "openai", cost_per_token={"input": 1e-06})]
    report = manager.discover()
    (change,) = report.changes
    assert (change.path, change.old, change.new) == ("cost_per_token.input", 2e-06, 1e-06)
    assert (report["openai"].repriced, report["openai"].changed) == (1, 1)
    assert manager.changes(since="7d")[-1] == change


def test_a_hostile_id_is_kept_and_harms_nothing() -> None:
    hostile = "evil/\x1b[31m[bold]" + "x" * 10_000
    manager = manager_of(openai=Fixed(Model(hostile, "openai"), Model("gpt-4o", "openai"), provider="openai"))
    manager.discover()
    assert manager.models[hostile].offer("openai").id == hostile


def test_progress_tells_who_is_awaited_and_who_is_done() -> None:
    seen: list[tuple[str, str]] = []
    manager_of(one=Fixed(), two=Fixed()).discover(progress=lambda event, name, row: seen.append((event, name)))
    assert sorted(seen) == [("done", "one"), ("done", "two"), ("start", "one"), ("start", "two")]


async def _adiscover(manager: ModelManager) -> int:
    return len((await manager.adiscover()).rows)


def test_discovery_can_be_awaited() -> None:
    import asyncio

    assert asyncio.run(_adiscover(manager_of(one=Fixed(), two=Slow()))) == 2
