"""What it costs a call to be recorded, and to be asked for by a budget."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ai_models import Model, get_manager
from bench.measure import Row, timed

CALLS = 400  # fewer than are written at once: what the writer does is not in the time
ANSWER = {"model": "mine", "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}


def recording(turns: int) -> Iterator[Row]:
    """Time `record` and `track` in microseconds a call, beside `cost_of` alone, on a ledger in a file."""
    with tempfile.TemporaryDirectory() as folder:
        manager = get_manager(Path(folder) / "models.json")
        manager.models["mine"] = Model("mine", "my-server", cost_per_token={"input": 1e-06, "output": 2e-06})

        def pricing() -> None:
            manager.cost_of(ANSWER)

        def record() -> None:
            manager.usage.record(ANSWER)

        def track() -> None:
            with manager.usage.track("mine", tags=["job-7"]) as call:
                call.response = ANSWER

        base = _times(pricing, turns)
        for name, one in (("usage.record", record), ("usage.track", track)):
            found = []
            for _ in range(turns):
                found.append(timed(_many(one)))
                manager.usage.flush()  # the writer's own work is not the caller's
            ratios = tuple(mine / other for mine, other in zip(found, base, strict=True))
            yield Row(name, "cost_of alone", ratios, sorted(found)[turns // 2] / CALLS, "time: a call")
        manager.usage.close()


def _times(one: Callable[[], None], turns: int) -> list[float]:
    return [timed(_many(one)) for _ in range(turns)]


def _many(one: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        for _ in range(CALLS):
            one()

    return run
