"""The ledger: every call once, priced as of then, and nothing lost that was promised to be kept."""

import asyncio
import csv
import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_models import Model, ModelManager, Usage
from ai_models.costs import Cost
from ai_models.database import open_engine, writing
from ai_models.errors import AIModelsWarning, InvalidModelError, QueryError, StoreError, StoreVersionError
from ai_models.usage import Call, Ledger, Total, exported
from ai_models.usage.tables import from_pico, tables, to_pico

ANSWER = {"model": "m", "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}
MINE = Model("m", "p", cost_per_token={"input": 1e-06, "output": 2e-06}, tags={"group:production"})


def call(id: str, **facts: Any) -> Call:
    return Call(**{"id": id, "when": "2026-11-25T10:00:00.000Z", "model": "m", "provider": "p", **facts})


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql"))
    return str(tmp_path / "usage.db")


@pytest.fixture
def ledger(place: str) -> Iterator[Ledger]:
    with Ledger(place) as opened:
        yield opened


@pytest.fixture
def manager() -> Iterator[ModelManager]:
    made = ModelManager()
    made.models["m"] = MINE
    yield made
    made.usage.close()


def test_a_call_comes_back_as_it_was_recorded(ledger: Ledger) -> None:
    usage = Usage(1000, 100, cache_read_tokens=10, input_audio_tokens=3, units={"search": 2})
    cost = Cost("m", "p", {"input": Decimal("0.00125"), "search": Decimal("0.02")}, source="user", date="2026-11-01")
    full = call(
        "1",
        usage=usage,
        cost=cost,
        wire="m-2026",
        seconds=1.5,
        first_token_s=0.25,
        attempt=2,
        parent="0",
        tags=("a", "b"),
        groups=("production",),
        metadata={"user": 7},
    )
    bare = call("2", when="2026-11-26T10:00:00.000Z", status="failed", error="Timeout")
    for each in (bare, full):
        ledger.add(each)
    assert list(ledger.calls()) == [full, bare]


def test_the_same_id_is_one_record_and_the_first_one_stays(ledger: Ledger) -> None:
    ledger.add(call("1", tags=("a",)))
    ledger.flush()
    ledger.add(call("1", tags=("b",), status="failed"))
    ledger.add(call("1"))
    assert [(each.status, each.tags) for each in ledger.calls()] == [("ok", ("a",))]


def test_totals_are_added_up_by_what_was_asked_for(ledger: Ledger) -> None:
    def priced(amount: str) -> Cost:
        return Cost("m", "p", {"input": Decimal(amount)})

    ledger.add(call("1", usage=Usage(10, 1), cost=priced("0.1"), tags=("a", "b")))
    ledger.add(call("2", usage=Usage(20, 2), cost=priced("0.2"), tags=("a",), groups=("g",), model="n"))
    ledger.add(call("3", usage=Usage(30, 3), when="2026-10-01T00:00:00.000Z"))
    ledger.add(call("4", status="failed", error="RateLimit"))
    [all_of_it] = ledger.total()
    assert all_of_it == Total({}, 4, 1, 1, 60, 6, known=Decimal("0.3"))
    assert all_of_it.cost is None
    by_tag = {total.by["tag"]: (total.calls, total.known) for total in ledger.total(by="tag")}
    assert by_tag == {"a": (2, Decimal("0.3")), "b": (1, Decimal("0.1")), None: (2, 0)}
    assert [total.by for total in ledger.total(by=["month", "model"])] == [
        {"month": "2026-11", "model": "n"},
        {"month": "2026-11", "model": "m"},
        {"month": "2026-10", "model": "m"},
    ]
    assert [total.by["group"] for total in ledger.total(by="group", group="g")] == ["g"]
    assert ledger.total(since="2026-11-25", tag="a", model="n")[0].cost == Decimal("0.2")
    assert sum(total.calls for total in ledger.total(by="day", until="2026-10-01")) == 1
    assert ledger.total(model="nobody") == []
    assert Total.of(ledger.total(by="model")).input_tokens == 60


@pytest.mark.parametrize("wrong", [{"by": "colour"}, {"colour": "red"}, {"since": "soon"}])
def test_a_question_that_makes_no_sense_is_an_error(ledger: Ledger, wrong: dict[str, str]) -> None:
    with pytest.raises(QueryError):
        ledger.total(**wrong)


@given(st.decimals(0, 10**6, allow_nan=False, allow_infinity=False, places=12))
def test_amounts_are_kept_to_the_last_digit(amount: Decimal) -> None:
    assert from_pico(to_pico(amount)) == amount


def test_a_sum_that_is_larger_than_a_machine_word_is_exact(ledger: Ledger) -> None:
    large = Cost("m", "p", {"input": Decimal("9000000.000000000001")})
    for id in "123":
        ledger.add(call(id, cost=large))
    assert ledger.total()[0].cost == Decimal("27000000.000000000003")


def test_a_tracked_call_is_timed_priced_and_labelled(manager: ModelManager) -> None:
    with manager.usage.track("m", tags=["job-7"], metadata={"user": 7}) as tracked:
        tracked.first_token()
        tracked.response = ANSWER
    [kept] = manager.usage.calls()
    assert kept.total == Decimal("0.0012")
    assert (kept.tags, kept.groups, kept.metadata, kept.status) == (("job-7",), ("production",), {"user": 7}, "ok")
    assert kept.seconds is not None
    assert kept.first_token_s is not None
    assert kept.first_token_s <= kept.seconds


def test_the_price_of_a_call_does_not_change_when_the_model_s_does(manager: ModelManager) -> None:
    manager.usage.record(ANSWER)
    manager.models["m"] = Model("m", "p", cost_per_token={"input": 1.0, "output": 1.0})
    assert manager.usage.total()[0].cost == Decimal("0.0012")


@pytest.mark.parametrize(("error", "status"), [(ValueError("secret"), "failed"), (KeyboardInterrupt(), "cancelled")])
def test_a_call_that_ends_in_an_error_is_recorded_and_the_error_goes_on(
    manager: ModelManager, error: BaseException, status: str
) -> None:
    with pytest.raises(type(error)), manager.usage.track("m"):
        raise error
    [kept] = manager.usage.calls()
    assert (kept.status, kept.error, kept.total) == (status, type(error).__name__, None)
    assert "secret" not in json.dumps(kept.to_dict())


def test_a_retry_names_what_it_repeats(manager: ModelManager) -> None:
    with pytest.raises(TimeoutError), manager.usage.track("m", id="first"):
        raise TimeoutError
    with manager.usage.track("m", attempt=2, parent="first") as again:
        again.response = ANSWER
    assert [(each.attempt, each.parent, each.status) for each in manager.usage.calls()] == [
        (1, None, "failed"),
        (2, "first", "ok"),
    ]


def test_functions_are_tracked_by_a_decorator_async_or_not(manager: ModelManager) -> None:
    @manager.usage.tracked("m", tags=["sync"])
    def ask() -> Any:
        return ANSWER

    @manager.usage.tracked("m", tags=["async"])
    async def ask_async() -> Any:
        return ANSWER

    assert ask() is ANSWER
    assert asyncio.run(ask_async()) is ANSWER
    assert {each.tags for each in manager.usage.calls()} == {("sync",), ("async",)}


def test_an_answer_of_unknown_usage_is_a_call_of_unknown_cost(manager: ModelManager) -> None:
    with manager.usage.track("m") as tracked:
        tracked.response = "hello"
    assert manager.usage.total()[0].unpriced == 1
    with pytest.raises(InvalidModelError):
        manager.usage.record("hello")


def test_no_prompt_and_no_answer_is_kept(place: str) -> None:
    with Ledger(place) as ledger:
        ledger.record({**ANSWER, "choices": [{"message": {"content": "the secret plan"}}], "prompt": "the secret plan"})
        assert "secret" not in "".join(exported(ledger.calls(), "json"))


def test_records_are_exported_for_spreadsheets_and_programs(ledger: Ledger) -> None:
    ledger.add(call("=cmd()", usage=Usage(10, 1), tags=("a", "b")))
    rows = list(csv.DictReader(io.StringIO("".join(exported(ledger.calls(), "csv")))))
    assert (rows[0]["id"], rows[0]["tags"], rows[0]["input_tokens"]) == ("'=cmd()", "a b", "10")
    [line] = exported(ledger.calls(), "json")
    assert json.loads(line)["tags"] == ["a", "b"]
    with pytest.raises(QueryError, match="csv, json"):
        exported([], "xml")


def test_a_database_of_a_newer_version_is_refused(place: str) -> None:
    with Ledger(place) as ledger:
        ledger.add(call("1"))
    engine = open_engine(place)
    with writing(engine) as connection:
        connection.execute(tables().schema.update().values(version=99))
    engine.dispose()
    newer = Ledger(place)
    with pytest.raises(StoreVersionError, match="upgrade"):
        list(newer.calls())


def test_a_ledger_that_can_t_be_written_warns_keeps_the_records_and_writes_them_later(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ledger = Ledger(tmp_path / "file" / "usage.db", window_s=0.01)
    with pytest.warns(AIModelsWarning, match=r"usage is not written, \d records wait") as told:
        ledger.add(call("1"))
        while ledger._trouble is None:
            time.sleep(0.01)
        ledger.add(call("2"))
    assert len(told) == 1
    ledger.add(call("3"))
    with pytest.raises(StoreError):
        ledger.flush()
    (tmp_path / "file").unlink()
    ledger.flush()
    assert [each.id for each in ledger.calls()] == ["1", "2", "3"]
    ledger.close()


def test_many_threads_lose_nothing(ledger: Ledger) -> None:
    def write(number: int) -> None:
        for at in range(200):
            ledger.add(call(f"{number}-{at}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.total()[0].calls == 1600


WRITER = """
import sys
from ai_models.usage import Call, Ledger

ledger = Ledger(sys.argv[1])
for at in range(int(sys.argv[3])):
    ledger.add(Call(f"{sys.argv[2]}-{at}", "2026-11-25T10:00:00.000Z", "m", "p"))
"""


def program(source: str, *args: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(source), *args], text=True, stdout=subprocess.PIPE)


def test_eight_processes_of_ten_thousand_records_each_are_all_there_once(place: str) -> None:
    number, each = 8, 10_000
    writers = [program(WRITER, place, str(at), str(each)) for at in range(number)]
    assert [writer.wait() for writer in writers] == [0] * number
    for writer in writers:
        assert writer.stdout
        writer.stdout.close()
    with Ledger(place) as ledger:
        assert ledger.total()[0].calls == number * each
        ids = {row.id for row in ledger.calls()}
    assert len(ids) == number * each


KILLED = """
import sys, time
from ai_models.usage import Call, Ledger

ledger = Ledger(sys.argv[1])
for at in range(10**9):
    ledger.add(Call(str(at), "2026-11-25T10:00:00.000Z", "m", "p"))
    print(at, time.time(), flush=True)
    time.sleep(0.001)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no kill -9")
def test_a_kill_loses_nothing_that_is_older_than_the_window(place: str) -> None:
    with Ledger(place) as ledger:
        ledger.flush()
    writer = program(KILLED, place)
    assert writer.stdout
    said = [writer.stdout.readline() for _ in range(600)]
    writer.kill()
    killed = time.time()
    said += writer.stdout.read().splitlines()
    writer.wait()
    writer.stdout.close()
    made = [line.split() for line in said if len(line.split()) == 2]
    due = {id for id, when in made if float(when) < killed - 1.5}  # the window, and what a busy machine adds to it
    with Ledger(place) as ledger:
        kept = {each.id for each in ledger.calls()}
    assert due <= kept
    assert len(kept) <= len(made) + 1


def test_a_forked_process_records_its_own_calls_alone(place: str) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("this system can't fork")
    source = """
    import os, sys, warnings
    from ai_models.usage import Call, Ledger

    warnings.simplefilter("ignore")
    ledger = Ledger(sys.argv[1])
    ledger.add(Call("parent", "2026-11-25T10:00:00.000Z", "m", "p"))
    ledger.flush()
    ledger.add(Call("pending", "2026-11-25T10:00:00.000Z", "m", "p"))
    child = os.fork()
    if not child:
        ledger.add(Call("child", "2026-11-25T10:00:00.000Z", "m", "p"))
        ledger.flush()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    sys.exit(status)
    """
    forked = program(source, place)
    assert forked.wait(60) == 0
    assert forked.stdout
    forked.stdout.close()
    with Ledger(place) as ledger:
        assert sorted(each.id for each in ledger.calls()) == ["child", "parent", "pending"]


def test_the_ledger_lies_beside_the_registry_or_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ai_models import get_manager

    manager = get_manager(tmp_path / "models.json")
    assert manager.usage.where == str(tmp_path / "models.usage.db")
    monkeypatch.setenv("AI_MODELS_USAGE", str(tmp_path / "team.db"))
    assert get_manager(tmp_path / "models.json").usage.where == str(tmp_path / "team.db")


def test_langchain_calls_are_recorded_by_a_handler(manager: ModelManager) -> None:
    models = pytest.importorskip("langchain_core.language_models.fake_chat_models", reason="LangChain is not installed")
    from langchain_core.messages import AIMessage

    said = AIMessage(
        "hi",
        usage_metadata={"input_tokens": 1000, "output_tokens": 100, "total_tokens": 1100},
        response_metadata={"model_name": "m"},
    )
    model = models.GenericFakeChatModel(messages=iter([said]))
    model.invoke("hello", config={"callbacks": [manager.usage.langchain_handler(tags=["chain"])]})
    [kept] = manager.usage.calls()
    assert (kept.total, kept.tags) == (Decimal("0.0012"), ("chain",))


class Openai:
    """A client that looks like openai's, as far as it is wrapped."""

    def __init__(self) -> None:
        def create(**asked: Any) -> Any:
            self.asked = asked
            if asked.get("model") == "broken":
                raise RuntimeError("no such model")
            chunks = [{"choices": [{"delta": "hi"}], "model": "m", "usage": None}]
            last = [{"choices": [], "model": "m", "usage": ANSWER["usage"]}] if asked.get("stream_options") else []
            return iter(chunks + last) if asked.get("stream") else SimpleNamespace(**ANSWER)

        self.chat = SimpleNamespace(completions=SimpleNamespace(create=create))


Openai.__module__ = "openai"


def test_a_wrapped_client_records_every_call_and_stays_what_it_was(manager: ModelManager) -> None:
    client = Openai()
    assert manager.usage.wrap(client, tags=["w"]) is client
    assert manager.usage.wrap(client) is client
    assert client.chat.completions.create(model="m").model == "m"
    with pytest.raises(RuntimeError, match="no such model"):
        client.chat.completions.create(model="broken")
    assert [(each.model, each.status, each.tags) for each in manager.usage.calls()] == [
        ("m", "ok", ("w",)),
        ("broken", "failed", ("w",)),
    ]


def test_a_wrapped_stream_tells_its_usage_and_passes_on_no_chunk_that_was_not_asked_for(manager: ModelManager) -> None:
    client = manager.usage.wrap(Openai())
    assert len(list(client.chat.completions.create(model="m", stream=True))) == 1
    assert client.asked["stream_options"] == {"include_usage": True}
    own = {"include_usage": True}
    assert len(list(client.chat.completions.create(model="m", stream=True, stream_options=own))) == 2
    assert [each.total for each in manager.usage.calls()] == [Decimal("0.0012")] * 2


def test_what_is_no_known_client_says_what_to_do_instead(manager: ModelManager) -> None:
    with pytest.raises(TypeError, match=r"manager\.usage\.track"):
        manager.usage.wrap(object())
