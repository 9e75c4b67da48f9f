"""How long many sources take that are asked side by side, beside the slowest of them alone."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ai_models._core.contracts import ModelSource
from ai_models.discovery import ask_all
from ai_models.manager import ModelManager
from ai_models.sources.local_servers import OpenAICompatibleSource
from ai_models.transport import HTTPTransport
from bench.measure import Row, compare

SOURCES = 30
FASTEST_MS, SLOWEST_MS = 50, 500
ROWS = 100


def asking(turns: int) -> Iterator[Row]:
    """Compare 30 sources with latencies of 50 to 500 ms with the slowest one alone: the wall time of a discovery."""
    with slow_server() as address, HTTPTransport() as transport:
        every = make_sources(address, transport)
        slowest = dict(list(every.items())[-1:])

        def together() -> None:
            if not all(answer.row.ok for answer in ask_all(every).values()):
                raise SystemExit("a source failed: nothing was measured")

        def alone() -> None:
            ask_all(slowest)

        def discovered() -> None:
            ModelManager(sources=every, connectors=[]).discover()

        note = f"{ROWS} rows each"
        yield compare(f"ask {SOURCES} sources", together, "the slowest alone", alone, turns=turns, note=note)
        what = f"discover {SOURCES} sources, {SOURCES * ROWS:,} models merged"
        yield compare(what, discovered, "the slowest alone", alone, turns=turns, note=note)


def make_sources(address: str, transport: HTTPTransport) -> dict[str, ModelSource]:
    """Return sources that answer after different times, the slowest last."""
    step = (SLOWEST_MS - FASTEST_MS) / (SOURCES - 1)
    made: dict[str, ModelSource] = {}
    for number in range(SOURCES):
        url = f"{address}/{FASTEST_MS + round(step * number)}/{ROWS}/v1"
        made[f"house-{number}"] = OpenAICompatibleSource(url, name=f"house-{number}", transport=transport)
    return made


@contextmanager
def slow_server() -> Iterator[str]:
    """Run the server in a process of its own, so that it takes no time from the one that asks."""
    process = subprocess.Popen([sys.executable, "-m", "bench.slow_server"], stdout=subprocess.PIPE, text=True)
    try:
        yield str(process.stdout.readline()).strip() if process.stdout else ""
    finally:
        process.terminate()
        process.wait()
