"""Retries, cache, deadline and policy: what every source has from its `Fetcher`."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ai_models._core.contracts import Listing
from ai_models._core.model import Model
from ai_models.cache import DiscoveryCache, one_at_a_time
from ai_models.credentials import Key
from ai_models.errors import SourceAuthError, SourceError, SourceFormatError, SourceUnavailableError
from ai_models.sources.exchange import PER_HOST
from ai_models.sources.fetch import Exchange, Fetcher, FetchPolicy, current_policy, fetch_policy
from ai_models.sources.parsed import Parsed
from ai_models.testing import FakeTransport, SentRequest
from ai_models.transport import Response

URL = "https://api.test/v1/models"


def ask(exchange: Exchange) -> Parsed:
    data = exchange.json(URL)
    if not isinstance(data, list):
        raise SourceFormatError("expected a list", source="demo")
    return Parsed([Model(id, "demo") for id in data], [])


def answers(*each: Any) -> Callable[[SentRequest], Any]:
    """Give the answers one after the other, the last one for ever."""
    left = list(each)
    return lambda sent: left.pop(0) if len(left) > 1 else left[0]


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


@pytest.fixture
def cache(tmp_path: Path) -> DiscoveryCache:
    return DiscoveryCache(tmp_path / "cache")


def fetcher(answer: Any, cache: DiscoveryCache | None = None, **options: Any) -> Fetcher:
    return Fetcher("demo", URL, FakeTransport({URL: answer}), cache=cache, **options)


def ids(listing: Listing) -> list[str]:
    return [model.id for model in listing.models]


def sent(made: Fetcher) -> list[SentRequest]:
    assert isinstance(made.transport, FakeTransport)
    return made.transport.requests


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_server_that_is_busy_is_asked_again(status: int, slept: list[float]) -> None:
    listing = fetcher(answers(status, status, ["a"])).listing(ask)
    assert ids(listing) == ["a"]
    assert len(slept) == 2
    assert slept[1] > slept[0] / 2 > 0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 501])
def test_a_server_that_refuses_is_asked_once(status: int, slept: list[float]) -> None:
    made = fetcher(status)
    with pytest.raises(SourceError):
        made.listing(ask)
    assert len(sent(made)) == 1


def test_a_reset_is_tried_again_and_a_refusal_to_connect_is_not(slept: list[float]) -> None:
    assert ids(fetcher(answers(ConnectionResetError("gone"), ["a"])).listing(ask)) == ["a"]
    made = fetcher(answers(ConnectionRefusedError("nobody"), ["a"]), hint="start it")
    with pytest.raises(SourceUnavailableError, match="nobody; start it"):
        made.listing(ask)
    assert len(sent(made)) == 1


def test_it_gives_up_after_the_attempts_of_the_policy(slept: list[float]) -> None:
    made = fetcher(503)
    with fetch_policy(attempts=2), pytest.raises(SourceUnavailableError) as caught:
        made.listing(ask)
    assert len(sent(made)) == 2
    assert caught.value.retryable
    with pytest.raises(SourceUnavailableError) as caught:
        fetcher(ConnectionResetError("gone")).listing(ask)
    assert caught.value.retryable


def test_it_waits_as_long_as_the_server_says(slept: list[float]) -> None:
    fetcher(answers(Response(429, {"retry-after": "7"}), [])).listing(ask)
    google = b'{"error": {"details": [{"@type": "RetryInfo", "retryDelay": "2.5s"}]}}'
    fetcher(answers(Response(429, {}, google), [])).listing(ask)
    assert slept == [7, 2.5]


def test_it_waits_until_the_date_the_server_says(slept: list[float]) -> None:
    from email.utils import formatdate

    fetcher(answers(Response(503, {"retry-after": formatdate(time.time() + 20, usegmt=True)}), [])).listing(ask)
    assert 15 < slept[0] <= 20


def test_it_does_not_wait_beyond_its_deadline(slept: list[float]) -> None:
    made = fetcher(Response(429, {"retry-after": "86400"}))
    with pytest.raises(SourceUnavailableError, match="try again in 86400 s"):
        made.listing(ask)
    assert slept == []
    assert len(sent(made)) == 1


def test_a_fresh_answer_is_not_asked_for_again(cache: DiscoveryCache) -> None:
    made = fetcher(["a"], cache)
    first, second = made.listing(ask), made.listing(ask)
    assert (first.origin, second.origin) == ("live", "cache")
    assert first.models == second.models
    assert first.date == second.date
    assert len(sent(made)) == 1


def test_refresh_asks_whatever_the_cache_has(cache: DiscoveryCache) -> None:
    made = fetcher(answers(Response(200, {"etag": "1"}, b'["a"]'), ["b"]), cache)
    made.listing(ask)
    with fetch_policy(refresh=True):
        listing = made.listing(ask)
    assert (ids(listing), listing.origin) == (["b"], "live")
    assert "if-none-match" not in (sent(made)[1].headers or {})


def test_an_old_answer_is_asked_for_by_its_etag_and_date(cache: DiscoveryCache) -> None:
    made = fetcher(answers(Response(200, {"etag": '"1"', "last-modified": "Mon"}, b'["a"]'), 304), cache)
    made.listing(ask)
    with fetch_policy(max_age_s=0):
        listing = made.listing(ask)
    assert (ids(listing), listing.origin) == (["a"], "unchanged")
    headers = sent(made)[1].headers or {}
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"1"', "Mon")


def test_an_unchanged_answer_is_young_again(cache: DiscoveryCache, monkeypatch: pytest.MonkeyPatch) -> None:
    made = fetcher(answers(Response(200, {"etag": '"1"'}, b'["a"]'), 304), cache)
    made.listing(ask)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 100_000)
    assert made.listing(ask).origin == "unchanged"
    assert made.listing(ask).origin == "cache"


def test_a_304_without_an_answer_to_reuse_is_an_error() -> None:
    with pytest.raises(SourceUnavailableError):
        fetcher(304).listing(ask)


def test_offline_answers_from_the_cache_and_never_asks(cache: DiscoveryCache) -> None:
    fetcher(["a"], cache).listing(ask)
    made = fetcher(AssertionError("it was asked"), cache)
    with fetch_policy(offline=True, max_age_s=0):
        listing = made.listing(ask)
    assert (ids(listing), listing.origin) == (["a"], "cache")
    assert sent(made) == []


@pytest.mark.parametrize("kept", [True, False])
def test_offline_without_an_answer_says_so(cache: DiscoveryCache, kept: bool) -> None:
    with fetch_policy(offline=True), pytest.raises(SourceUnavailableError, match="offline"):
        fetcher(["a"], cache if kept else None).listing(ask)


@pytest.mark.parametrize("answer", [503, 429, TimeoutError("slow"), ConnectionError("no such host")])
def test_when_a_server_fails_its_last_answer_serves_and_says_why(
    cache: DiscoveryCache, answer: Any, slept: list[float]
) -> None:
    fetcher(["a"], cache).listing(ask)
    with fetch_policy(max_age_s=0):
        listing = fetcher(answer, cache).listing(ask)
    assert (ids(listing), listing.origin) == (["a"], "stale")
    assert listing.date is not None
    assert listing.date in listing.note


@pytest.mark.parametrize(
    ("answer", "error"), [(401, SourceAuthError), (404, SourceUnavailableError), ("<html>", SourceFormatError)]
)
def test_what_will_not_pass_by_itself_is_an_error_whatever_is_kept(
    cache: DiscoveryCache, answer: Any, error: type[SourceError]
) -> None:
    fetcher(["a"], cache).listing(ask)
    with fetch_policy(max_age_s=0), pytest.raises(error):
        fetcher(answer, cache).listing(ask)
    assert ids(fetcher(AssertionError(), cache).listing(ask)) == ["a"]


def test_a_refresh_that_fails_is_an_error(cache: DiscoveryCache, slept: list[float]) -> None:
    fetcher(["a"], cache).listing(ask)
    with fetch_policy(refresh=True), pytest.raises(SourceUnavailableError):
        fetcher(503, cache).listing(ask)


def test_a_live_only_server_is_always_asked_and_its_last_answer_serves_offline_alone(cache: DiscoveryCache) -> None:
    made = fetcher(answers(["a"], ["b"], ConnectionRefusedError("down")), cache, live_only=True)
    made.listing(ask)
    assert ids(made.listing(ask)) == ["b"]
    with pytest.raises(SourceUnavailableError, match="down"):
        made.listing(ask)
    with fetch_policy(offline=True):
        assert ids(made.listing(ask)) == ["b"]


def test_what_cannot_be_parsed_is_never_kept(cache: DiscoveryCache) -> None:
    with pytest.raises(SourceFormatError):
        fetcher({"wrong": "shape"}, cache).listing(ask)
    assert list(cache.folder.glob("*.json")) == []


def test_an_empty_list_never_takes_the_place_of_a_good_one(cache: DiscoveryCache) -> None:
    made = fetcher(answers(["a"], []), cache)
    made.listing(ask)
    with fetch_policy(refresh=True):
        assert made.listing(ask).models == []
    with fetch_policy(offline=True):
        assert ids(made.listing(ask)) == ["a"]


def test_a_local_server_without_models_is_remembered_as_that(cache: DiscoveryCache) -> None:
    made = fetcher(answers(["a"], []), cache, live_only=True)
    made.listing(ask)
    made.listing(ask)
    with fetch_policy(offline=True):
        assert made.listing(ask).models == []


def test_an_entry_for_another_way_of_asking_is_replaced(cache: DiscoveryCache) -> None:
    def other(exchange: Exchange) -> Parsed:
        return Parsed([Model(id, "demo") for id in exchange.json(URL + "?page=1")], [])

    made = fetcher(["a"], cache)
    made.listing(ask)
    assert made.listing(other).origin == "live"
    assert made.listing(other).origin == "cache"


def test_a_cache_that_cannot_be_written_is_a_note_and_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    listing = fetcher(["a"], DiscoveryCache(tmp_path / "file" / "cache")).listing(ask)
    assert ids(listing) == ["a"]
    assert "not kept" in listing.note


def test_two_keys_never_share_an_answer(cache: DiscoveryCache) -> None:
    one, other = (Key(value, "openai", None, "argument") for value in ("first-0123", "second-0123"))
    fetcher(["a"], cache, key=one).listing(ask)
    assert ids(fetcher(["b"], cache, key=other).listing(ask)) == ["b"]


def test_the_cache_holds_no_key_and_no_password_of_a_url(cache: DiscoveryCache) -> None:
    url = "http://me:pass-0123@api.test/models"
    key = Key("sk-0123456789abcdef", "openai", None, "argument")
    made = Fetcher("demo", url, FakeTransport({url: ["a"]}), cache=cache, key=key, headers={"x-api-key": key.reveal()})
    made.listing(lambda exchange: Parsed([Model(id, "demo") for id in exchange.json(url)], []))
    kept = "".join(f"{path.name} {path.read_text()}" for path in cache.folder.iterdir())
    assert '"a"' in kept
    assert "sk-0123" not in kept
    assert "pass-0123" not in kept


def test_those_who_ask_at_the_same_time_ask_once(cache: DiscoveryCache) -> None:
    arrived, go = threading.Event(), threading.Event()

    def slow(request: SentRequest) -> list[str]:
        arrived.set()
        go.wait(5)
        return ["a"]

    made, found = fetcher(slow, cache), []
    threads = [threading.Thread(target=lambda: found.append(made.listing(ask).origin)) for _ in range(4)]
    threads[0].start()
    arrived.wait(5)
    for thread in threads[1:]:
        thread.start()
    go.set()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["cache", "cache", "cache", "live"]
    assert len(sent(made)) == 1


def test_processes_that_ask_at_the_same_time_ask_once(tmp_path: Path) -> None:
    program = f"""
import sys, time
from ai_models._core.model import Model
from ai_models.cache import DiscoveryCache, one_at_a_time
from ai_models.sources.fetch import Fetcher
from ai_models.sources.parsed import Parsed
from ai_models.testing import FakeTransport

def slow(sent):
    open({str(tmp_path / "asked")!r}, "a").write("x")
    time.sleep(1.0)
    return ["a"]

made = Fetcher("demo", {URL!r}, FakeTransport({{{URL!r}: slow}}), cache=DiscoveryCache({str(tmp_path / "cache")!r}))
print("ready", flush=True)
sys.stdin.readline()
print(made.listing(lambda exchange: Parsed([Model(id, "demo") for id in exchange.json({URL!r})], [])).origin)
"""
    command = [sys.executable, "-c", program]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    asking = [subprocess.Popen(command, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    for process in asking:
        assert process.stdout.readline() == "ready\n"
    said = [process.communicate("go\n", timeout=60)[0].strip() for process in _started(asking)]
    assert sorted(said) == ["cache", "cache", "live"]
    assert (tmp_path / "asked").read_text() == "x"


def _started(asking: list[Any]) -> list[Any]:
    """Let all of them go before the first is waited for."""
    for process in asking:
        process.stdin.write("go\n")
        process.stdin.flush()
    return asking


def test_a_process_that_dies_while_it_asks_holds_up_nobody(cache: DiscoveryCache) -> None:
    program = f"""
import os
from pathlib import Path
from ai_models.cache import one_at_a_time
with one_at_a_time("demo", 1, Path({str(cache.folder)!r})):
    os._exit(9)
"""
    subprocess.run([sys.executable, "-c", program], check=False)
    with one_at_a_time("demo", 1, cache.folder) as waited:
        assert not waited


def test_offline_waits_for_nobody(cache: DiscoveryCache) -> None:
    made = fetcher(["a"], cache)
    made.listing(ask)
    with one_at_a_time(made._cache_name, 1, cache.folder), fetch_policy(offline=True):
        assert ids(made.listing(ask)) == ["a"]


def test_a_host_is_asked_only_so_much_at_once() -> None:
    under_way, most, guard = 0, 0, threading.Lock()

    def answer(request: SentRequest) -> list[str]:
        nonlocal under_way, most
        with guard:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.01)
        with guard:
            under_way -= 1
        return ["a"]

    made = [Fetcher(f"demo{number}", URL, FakeTransport({URL: answer})) for number in range(4 * PER_HOST)]
    threads = [threading.Thread(target=each.listing, args=[ask]) for each in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 < most <= PER_HOST


def test_a_policy_holds_inside_its_with_alone_and_in_its_own_thread() -> None:
    seen: list[bool] = []
    with fetch_policy(offline=True, timeout_s=5), fetch_policy(refresh=True):
        assert current_policy() == FetchPolicy(offline=True, refresh=True, timeout_s=5)
        thread = threading.Thread(target=lambda: seen.append(current_policy().offline))
        thread.start()
        thread.join()
    assert seen == [False]
    assert current_policy() == FetchPolicy()


def test_the_time_of_the_policy_is_for_all_requests_together() -> None:
    told: list[float] = []

    class Timed(FakeTransport):
        def request(self, method: str, url: str, **options: Any) -> Response:
            told.append(options["timeout"])
            return super().request(method, url, **options)

    made = Fetcher("demo", URL, Timed({URL: []}))
    with fetch_policy(timeout_s=7):
        made.listing(lambda exchange: Parsed([*exchange.json(URL), *exchange.json(URL + "?2")], []))
    assert 7 >= told[0] >= told[1] > 0


def test_pages_are_followed_to_the_last_one_and_no_page_twice() -> None:
    pages = {URL: {"next": URL + "/2"}, URL + "/2": {"next": URL + "/3"}, URL + "/3": {"next": URL + "/2"}}
    made = Fetcher("demo", URL, FakeTransport(pages))
    seen: list[Any] = []
    made.listing(lambda exchange: Parsed(seen.extend(exchange.pages(URL, lambda page: page["next"])) or [], []))
    assert len(seen) == 3


def test_pages_without_end_are_a_format_error() -> None:
    numbers = iter(range(10**6))
    made = fetcher({"a": 1})
    with pytest.raises(SourceFormatError, match="more than 100 pages"):
        made.listing(lambda exchange: Parsed(list(exchange.pages(URL, lambda page: f"{URL}?{next(numbers)}")), []))


def test_side_by_side_keeps_the_order_and_puts_an_error_in_its_place() -> None:
    def show(request: SentRequest) -> Any:
        return 404 if request.json == 3 else {"n": request.json}

    made, found = fetcher(show), []
    made.listing(lambda exchange: Parsed(found.extend(exchange.side_by_side(URL, range(20))) or [], []))
    assert [each["n"] for number, each in enumerate(found) if number != 3] == [n for n in range(20) if n != 3]
    assert isinstance(found[3], SourceUnavailableError)


def test_side_by_side_ends_with_the_deadline() -> None:
    stop = threading.Event()
    made = fetcher(lambda request: stop.wait(10) and None)
    with fetch_policy(timeout_s=0.2), pytest.raises(SourceUnavailableError, match="in time"):
        made.listing(lambda exchange: Parsed(exchange.side_by_side(URL, [1, 2]), []))
    stop.set()


def test_side_by_side_of_nothing_is_nothing() -> None:
    made, found = fetcher(500), []
    made.listing(lambda exchange: Parsed(found.extend(exchange.side_by_side(URL, [])) or [], []))
    assert found == []
    assert sent(made) == []


def test_a_broken_transport_is_no_silent_failure() -> None:
    with pytest.raises(AssertionError, match="a bug"):
        fetcher(AssertionError("a bug")).listing(ask)
