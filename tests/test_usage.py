"""The ledger: what is recorded, once each, whatever a server says and whatever becomes of the process."""

import asyncio
import csv
import gc
import json
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_models import Model, ModelManager, get_manager
from ai_models.costs import Cost, Usage
from ai_models.database import open_engine, writing
from ai_models.errors import AIModelsWarning, InvalidModelError, QueryError, StoreError, StoreVersionError
from ai_models.usage import Call, Ledger, Total, exported

WHEN = "2026-11-25T10:00:00.000Z"
LONG_ID = "chatcmpl-BvK1x9Qm3s7T"


def priced(amount: str) -> Cost:
    return Cost("m", "p", {"input": Decimal(amount)}, source="registry")


def answer(prompt: int = 1000, output: int = 100, **more: Any) -> dict[str, Any]:
    return {"model": "mine", "usage": {"prompt_tokens": prompt, "completion_tokens": output}, **more}


@pytest.fixture
def manager() -> Iterator[ModelManager]:
    made = ModelManager()
    made.models["mine"] = Model("mine", "my-server", cost_per_token={"input": 1e-06, "output": 2e-06})
    made.models["mine-2026-01-01"] = Model("mine-2026-01-01", "my-server", base="mine")
    made.models["free"] = Model("free", "my-server", cost_per_token={"input": 0.0, "output": 0.0})
    made.models["dark"] = Model("dark", "my-server")
    yield made
    made.usage.close()


def test_a_call_comes_back_as_it_was_recorded(ledger: Ledger) -> None:
    call = Call(
        "1",
        WHEN,
        "lab/m",
        "p",
        "failed",
        Usage(10, 5, cache_read_tokens=3, input_audio_tokens=2, units={"search": 1.5}),
        Cost("lab/m", "p", {"input": Decimal("1E-12")}, ("output",), "registry", "2026-11-01", "batch"),
        "m-0806",
        "lab/base",
        "RateLimitError",
        1.25,
        0.5,
        2,
        "0",
        ("a", "b"),
        ("approved",),
        {"user": "x"},
    )
    ledger.add(call)
    assert list(ledger.calls()) == [call]


def test_the_same_id_is_one_record(ledger: Ledger) -> None:
    for _ in range(3):
        ledger.add(Call("1", WHEN, "m", "p", cost=priced("0.5"), tags=("t",)))
    ledger.flush()
    ledger.add(Call("1", WHEN, "other", "p", cost=priced("9")))
    (total,) = ledger.total(by="tag")
    assert (total.calls, total.cost, total.by) == (1, Decimal("0.5"), {"tag": "t"})


def test_a_response_recorded_twice_is_one_record(manager: ModelManager) -> None:
    for _ in range(2):
        manager.usage.record(answer(id=LONG_ID))
    assert [call.id for call in manager.usage.calls()] == [LONG_ID]


def test_short_ids_of_responses_are_no_ids(manager: ModelManager) -> None:
    for _ in range(2):
        manager.usage.record(answer(id="chatcmpl-7"))  # as Ollama numbers its answers, at random
    assert len(list(manager.usage.calls())) == 2


def test_an_amount_is_kept_to_the_last_digit(ledger: Ledger) -> None:
    for number in range(3):
        ledger.add(Call(str(number), WHEN, "m", "p", cost=priced("0.000000000001")))
    assert ledger.total()[0].cost == Decimal("0.000000000003")


def test_the_cost_is_frozen_when_a_price_changes(manager: ModelManager) -> None:
    manager.usage.record(answer())
    with manager.models.edit("mine") as model:
        model.cost_per_token = {"input": 1.0, "output": 1.0}
    assert manager.usage.total()[0].cost == Decimal("0.0012")


def test_a_total_with_an_unknown_part_is_unknown_and_says_how_many(manager: ModelManager) -> None:
    manager.usage.record(answer())
    manager.usage.record(answer(model="dark"), model="dark")
    (total,) = manager.usage.total()
    assert (total.cost, total.known, total.unpriced, total.calls) == (None, Decimal("0.0012"), 1, 2)


def test_free_is_a_known_cost(manager: ModelManager) -> None:
    manager.usage.record(answer(model="free"))
    assert manager.usage.total()[0].cost == 0


def test_a_call_that_failed_without_an_answer_costs_nothing(manager: ModelManager) -> None:
    with pytest.raises(ZeroDivisionError), manager.usage.track("mine"):
        _ = 1 / 0
    (call,) = manager.usage.calls()
    assert (call.status, call.error) == ("failed", "ZeroDivisionError")
    assert (manager.usage.total()[0].failed, manager.usage.total()[0].cost) == (1, Decimal(0))


def test_a_cancelled_call_is_recorded_and_may_have_cost_something(manager: ModelManager) -> None:
    async def ask() -> None:
        async with manager.usage.track("mine"):
            await asyncio.sleep(60)

    async def main() -> None:
        task = asyncio.ensure_future(ask())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    (total,) = manager.usage.total(by="status")
    assert (total.by, total.unpriced) == ({"status": "cancelled"}, 1)


def test_retries_name_their_first_attempt(manager: ModelManager) -> None:
    manager.usage.record(answer(), id="first")
    manager.usage.record(answer(), attempt=2, parent="first")
    assert {(call.attempt, call.parent) for call in manager.usage.calls()} == {(1, None), (2, "first")}


def test_the_block_re_raises_and_times(manager: ModelManager) -> None:
    with manager.usage.track("mine") as call:
        time.sleep(0.01)
        call.first_token()
        call.response = answer()
    (found,) = manager.usage.calls()
    assert found.seconds is not None
    assert found.first_token_s is not None
    assert found.seconds >= found.first_token_s >= 0.01


def test_what_can_t_be_read_is_recorded_as_unknown(manager: ModelManager) -> None:
    with manager.usage.track("mine") as call:
        call.response = "just text"
    (total,) = manager.usage.total(by="model")
    assert (total.by, total.cost, total.unpriced) == ({"model": "mine"}, None, 1)
    with pytest.raises(InvalidModelError):
        manager.usage.record("just text")


def test_decorated_functions_are_recorded_async_or_not(manager: ModelManager) -> None:
    @manager.usage.tracked("mine", tags=["a"])
    def ask() -> dict[str, Any]:
        return answer()

    @manager.usage.tracked("mine", tags=["b"])
    async def ask_async() -> dict[str, Any]:
        return answer()

    assert ask() == asyncio.run(ask_async())
    assert sorted(str(total.by["tag"]) for total in manager.usage.total(by="tag")) == ["a", "b"]


def test_totals_are_by_anything_and_by_several(ledger: Ledger) -> None:
    ledger.add(Call("1", "2026-10-31T23:59:59.999Z", "m", "p", usage=Usage(1, 2), tags=("x", "y"), groups=("g",)))
    ledger.add(Call("2", "2026-11-01T00:00:00.000Z", "m", "q", usage=Usage(10, 20), tags=("x",)))
    assert {total.by["month"]: total.input_tokens for total in ledger.total(by="month")} == {
        "2026-10": 1,
        "2026-11": 10,
    }
    assert {total.by["tag"]: total.output_tokens for total in ledger.total(by="tag")} == {"x": 22, "y": 2}
    assert {total.by["group"]: total.calls for total in ledger.total(by="group")} == {"g": 1, None: 1}
    found = ledger.total(by=["model", "provider"])
    assert sorted(tuple(total.by.values()) for total in found) == [("m", "p"), ("m", "q")]
    assert [total.calls for total in ledger.total(since="2026-11-01")] == [1]
    assert [call.id for call in ledger.calls(until="2026-10-31")] == ["1"]
    assert [call.id for call in ledger.calls(tag="y")] == ["1"]
    assert [call.id for call in ledger.calls(provider="q")] == ["2"]
    assert ledger.total(since="2027") == []


def test_a_question_that_there_isn_t_is_refused(ledger: Ledger) -> None:
    with pytest.raises(QueryError, match="by='wek'"):
        ledger.total(by="wek")
    with pytest.raises(QueryError, match="colour"):
        list(ledger.calls(colour="red"))


def test_a_model_is_found_by_any_of_its_names_and_by_its_snapshots(manager: ModelManager) -> None:
    manager.models["lab/m"] = Model("lab/m", "p", aliases=["em"])
    manager.usage.record(answer(model="mine-2026-01-01"))
    manager.usage.record(answer(model="lab/m"))
    assert [call.model for call in manager.usage.calls(model="mine")] == ["mine-2026-01-01"]
    assert [call.model for call in manager.usage.calls(model="em")] == ["lab/m"]


def test_groups_are_those_at_the_time_of_the_call(manager: ModelManager) -> None:
    manager.create_model_group("approved", ["mine"])
    manager.usage.record(answer())
    manager.usage.record(answer(model="mine-2026-01-01"))
    manager.groups.remove("approved", ["mine"])
    manager.usage.record(answer())
    assert [call.groups for call in manager.usage.calls()] == [("approved",), ("approved",), ()]


def test_calls_are_read_page_by_page_in_order(ledger: Ledger) -> None:
    for number in range(2500):
        ledger.add(Call(f"{number:05}", WHEN, "m", "p"))
    found = ledger.calls()
    assert next(found).id == "00000"
    ledger.add(Call("99999", WHEN, "m", "p"))  # nobody is kept from writing meanwhile
    ledger.flush()
    assert [call.id for call in found] == [f"{number:05}" for number in range(1, 2500)] + ["99999"]


HOSTILE = st.text(st.characters(), max_size=400) | st.just("\ud800\0" * 9) | st.just("é" * 5000)


@pytest.fixture(scope="module")
def shared_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with Ledger(tmp_path_factory.mktemp("hostile") / "usage.db") as opened:
        yield opened


@given(text=HOSTILE, tokens=st.integers(0, 2**70), units=st.floats(), amount=st.decimals())
def test_nothing_that_a_server_says_keeps_a_batch_from_being_written(
    shared_ledger: Ledger, text: str, tokens: int, units: float, amount: Decimal
) -> None:
    before = sum(total.calls for total in shared_ledger.total())
    cost = Cost(text, "p", {"input": amount})
    usage = Usage(tokens, tokens, units={text: units})
    shared_ledger.add(Call(f"{before}{text}", WHEN, text, text or "p", usage=usage, cost=cost, tags=(text,)))
    shared_ledger.flush()
    assert sum(total.calls for total in shared_ledger.total()) == before + 1


def test_postgresql_takes_what_a_hostile_server_says(postgresql: str) -> None:
    hostile = "\ud800\0" + "é" * 5000
    with Ledger(postgresql) as ledger:
        for amount in ("NaN", "1e30", "-Infinity", "1"):
            cost = Cost(hostile, "p", {"input": Decimal(amount)})
            usage = Usage(2**70, 1, units={hostile: float("nan")})
            ledger.add(Call(amount + hostile, WHEN, hostile, "p", usage=usage, cost=cost, tags=(hostile,)))
        (total,) = ledger.total(by="tag")
    assert (total.calls, total.unpriced, total.known) == (4, 3, 1)


@given(st.lists(st.tuples(st.decimals(0, 1000, places=9) | st.none(), st.sampled_from("abc")), max_size=20))
def test_totals_add_up_to_the_calls(rows: list[tuple[Decimal | None, str]]) -> None:
    with Ledger() as ledger:
        for number, (amount, model) in enumerate(rows):
            cost = None if amount is None else Cost(model, "p", {"input": amount})
            ledger.add(Call(str(number), WHEN, model, "p", usage=Usage(number, 1), cost=cost))
        whole = Total.of(ledger.total(by="model"))
        calls = list(ledger.calls())
    assert whole.calls == len(rows) == len(calls)
    assert whole.known == sum((amount for amount, _ in rows if amount is not None), Decimal(0))
    assert whole.unpriced == sum(amount is None for amount, _ in rows)
    assert whole.input_tokens == sum(range(len(rows)))


def test_no_prompt_and_no_answer_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    choices = [{"message": {"role": "assistant", "content": "the secret answer"}}]
    with Ledger(path) as ledger:
        ledger.record(answer(choices=choices, prompt="the secret question"))
        with pytest.raises(ValueError, match="secret"), ledger.track("m"):
            raise ValueError("the secret question")
    assert b"secret" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_metadata_is_json_or_refused_before_the_call(ledger: Ledger) -> None:
    with pytest.raises(InvalidModelError, match="metadata"):
        ledger.track("m", metadata={"x": object()})
    ledger.record(answer(), metadata={"user": ["é"]})
    assert next(ledger.calls()).metadata == {"user": ["é"]}


def test_csv_has_no_formulas_and_json_is_one_object_a_line(ledger: Ledger) -> None:
    for number, name in enumerate(("=1+1", "+1", "-1", "@x", "plain")):
        ledger.add(Call(str(number), WHEN, name, "p", cost=priced("0.5"), tags=("=2", "b")))
    table = list(csv.DictReader(exported(ledger.calls(), "csv")))
    assert [row["model"] for row in table] == ["'=1+1", "'+1", "'-1", "'@x", "plain"]
    assert (table[0]["tags"], table[0]["cost"]) == ("'=2 b", "0.5")
    lines = [json.loads(line) for line in exported(ledger.calls(), "json")]
    assert lines[0]["cost_parts"] == {"input": "0.5"}
    with pytest.raises(QueryError, match="xml"):
        exported([], "xml")


def test_a_newer_schema_is_refused(database: str) -> None:
    with Ledger(database) as ledger:
        ledger.add(Call("1", WHEN, "m", "p"))
    engine = open_engine(database)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE ai_models_usage SET version = 99")
    engine.dispose()
    with pytest.raises(StoreVersionError, match="schema 99"):
        Ledger(database).total()


def test_a_database_that_fails_keeps_the_records_and_says_so_once(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file, no folder")
    ledger = Ledger(tmp_path / "blocked" / "usage.db", window_s=0.01)
    ledger._writer.retry_s = 0.01
    ledger.add(Call("1", WHEN, "m", "p"))
    with pytest.raises(StoreError):
        ledger.flush()
    while ledger._writer._trouble is None:
        time.sleep(0.01)
    with pytest.warns(AIModelsWarning, match="2 records wait"):
        ledger.add(Call("2", WHEN, "m", "p"))
    ledger.add(Call("3", WHEN, "m", "p"))
    assert ledger.pending == 3
    (tmp_path / "blocked").unlink()
    while ledger.pending:
        time.sleep(0.01)
    assert len(list(ledger.calls())) == 3
    ledger.close()


def test_memory_is_bounded_and_what_is_dropped_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ai_models.usage.writer.MOST_PENDING", 5)
    ledger = Ledger(tmp_path / "usage.db", window_s=60)
    for number in range(7):
        ledger.add(Call(str(number), WHEN, "m", "p"))
    assert (ledger.pending, ledger.dropped) == (5, 2)
    ledger.close()


def test_records_of_a_ledger_that_nobody_holds_are_written(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    Ledger(path).add(Call("1", WHEN, "m", "p"))
    gc.collect()
    with Ledger(path) as other:
        end = time.monotonic() + 30
        while not list(other.calls()) and time.monotonic() < end:
            time.sleep(0.02)
        assert [call.id for call in other.calls()] == ["1"]


def test_a_closed_ledger_opens_again(database: str) -> None:
    ledger = Ledger(database)
    for number in range(3):
        ledger.add(Call(str(number), WHEN, "m", "p"))
        ledger.close()
    assert len(list(ledger.calls())) == 3
    ledger.close()


def test_many_threads_lose_nothing(ledger: Ledger) -> None:
    def work(name: int) -> None:
        for number in range(500):
            ledger.add(Call(f"{name}-{number}", WHEN, "m", "p"))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.total()[0].calls == 4000


def _work(where: str, name: int, records: int) -> None:
    ledger = Ledger(where)
    for number in range(records):
        ledger.add(Call(f"{name}-{number}", WHEN, "m", "p", cost=priced("0.001"), tags=(f"p{name}",)))
        if number % 500 == 0:
            time.sleep(0.01)  # as those who call a model do


@pytest.mark.parametrize("start", ["spawn", "fork"])
def test_eight_processes_record_everything_once(tmp_path: Path, start: str) -> None:
    records = 10_000 if start == "spawn" else 1_000
    path = str(tmp_path / "usage.db")
    context: Any = multiprocessing.get_context(start)
    workers = [context.Process(target=_work, args=(path, name, records)) for name in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 8
    with Ledger(path) as ledger:
        found = {total.by["tag"]: (total.calls, total.cost) for total in ledger.total(by="tag")}
    assert found == {f"p{name}": (records, Decimal(records) / 1000) for name in range(8)}


def test_processes_share_a_postgresql(postgresql: str) -> None:
    workers = [multiprocessing.get_context("spawn").Process(target=_work, args=(postgresql, n, 500)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with Ledger(postgresql) as ledger:
        assert [(total.calls, total.cost) for total in ledger.total()] == [(2000, Decimal(2))]


def test_a_fork_writes_its_own_and_leaves_the_parent_its_own(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "usage.db", window_s=60)
    ledger.total()
    ledger.add(Call("parent", WHEN, "m", "p"))
    child = os.fork()
    if child == 0:
        try:
            ledger.add(Call("child", WHEN, "m", "p"))
            ledger.flush()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert [call.id for call in ledger.calls()] == ["child", "parent"]
    ledger.close()


KILLED = """
import sys, time
from ai_models.usage import Call, Ledger
ledger = Ledger(sys.argv[1])
for number in range(100_000):
    ledger.add(Call(f"{number}", "2026-11-25T10:00:00.000Z", "m", "p"))
    print(number, time.time(), flush=True)
    time.sleep(0.001)
"""


def test_a_kill_loses_no_record_that_is_older_than_the_window(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [next(process.stdout) for _ in range(2500)]
    process.kill()
    killed = time.time()
    said += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    rows = [line.split() for line in said if line.endswith("\n")]
    slack = 1.0  # the window is 0.2 s; the rest is for a busy machine
    safe = {number for number, when in rows if float(when) < killed - slack}
    with Ledger(path) as ledger:
        kept = {call.id for call in ledger.calls()}
    assert len(safe) > 50
    assert safe <= kept


def test_a_process_that_ends_writes_what_is_pending(tmp_path: Path) -> None:
    code = (
        "import sys; from ai_models.usage import Call, Ledger;"
        " Ledger(sys.argv[1], window_s=60).add(Call('1', 'T', 'm', 'p'))"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code, str(tmp_path / "usage.db")], check=True)
    with Ledger(tmp_path / "usage.db") as ledger:
        assert len(list(ledger.calls())) == 1


def test_the_ledger_of_a_manager_is_beside_its_registry_or_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with get_manager(tmp_path / "models.json").usage as beside:
        beside.record(answer())
    assert (tmp_path / "models.usage.db").exists()
    monkeypatch.setenv("AI_MODELS_USAGE", f"sqlite:///{tmp_path}/team.db")
    with get_manager(tmp_path / "models.json").usage as team:
        assert list(team.calls()) == []
    assert (tmp_path / "team.db").exists()


def test_a_registry_in_a_database_has_its_ledger_there(database: str, tmp_path: Path) -> None:
    url = database if "://" in database else f"sqlite:///{database}"
    manager = get_manager(url)
    manager.models["mine"] = Model("mine", "my-server", cost_per_token={"input": 1e-06, "output": 2e-06})
    with manager.usage as ledger:
        ledger.record(answer())
        assert ledger.total(by="model")[0].cost == Decimal("0.0012")
    with Ledger(url) as again:
        assert again.total()[0].calls == 1
    store: Any = manager.models._store
    store.engine.dispose()
