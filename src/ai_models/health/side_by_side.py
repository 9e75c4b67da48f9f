"""Jobs done side by side, a bounded number at a time; none holds up another, and Ctrl-C keeps what is done."""

import queue
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from typing import TypeVar

__all__ = ["side_by_side"]

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")

_MOST_AT_ONCE = 32


def side_by_side(
    jobs: Mapping[K, Callable[[], R]], timeout_s: float, progress: Callable[[str, K], object] | None = None
) -> tuple[dict[K, R], bool]:
    """Do every job and return what each gave, and whether Ctrl-C ended the wait; `timeout_s` is the time of one job.

    A job that takes longer, or that was interrupted, is missing.

    >>> side_by_side({"a": lambda: 1, "b": lambda: 2}, 5)[0] == {"a": 1, "b": 2}
    True
    """
    todo: queue.SimpleQueue[tuple[K, Callable[[], R]]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[str, K, R | None]] = queue.SimpleQueue()
    for named in jobs.items():
        todo.put(named)
    workers = min(len(jobs), _MOST_AT_ONCE)
    for number in range(workers):
        threading.Thread(target=_work, args=(todo, done), name=f"health {number}", daemon=True).start()
    rounds = -(-len(jobs) // workers) if workers else 0
    try:
        return _collected(done, len(jobs), time.monotonic() + timeout_s * rounds + 1, progress)
    finally:
        _drain(todo)  # so that what was not begun never is


def _work(
    todo: "queue.SimpleQueue[tuple[K, Callable[[], R]]]", done: "queue.SimpleQueue[tuple[str, K, R | None]]"
) -> None:
    while True:
        try:
            name, job = todo.get_nowait()
        except queue.Empty:
            return
        done.put(("start", name, None))
        done.put(("done", name, job()))


def _collected(
    done: "queue.SimpleQueue[tuple[str, K, R | None]]",
    count: int,
    deadline: float,
    progress: Callable[[str, K], object] | None,
) -> tuple[dict[K, R], bool]:
    found: dict[K, R] = {}
    try:
        while len(found) < count:
            event, name, result = done.get(timeout=max(0.0, deadline - time.monotonic()))
            if event == "done" and result is not None:
                found[name] = result
            if progress:
                progress(event, name)
    except queue.Empty:
        return found, False
    except KeyboardInterrupt:
        arrived = {name: result for event, name, result in _drain(done) if event == "done" and result is not None}
        return found | arrived, True
    return found, False


def _drain(waiting: "queue.SimpleQueue[R]") -> list[R]:
    """Return, and take away, what waits in a queue."""
    found: list[R] = []
    with suppress(queue.Empty):
        while True:
            found.append(waiting.get_nowait())
    return found
