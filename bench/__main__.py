"""Print the table of ratios: `python -m bench [setup] [--only imports,lists] [--turns 15] [--page FILE]`."""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench import costs, discovery, memory, peers, processes, sql, usage
from bench.measure import Row, table
from bench.page import conditions, page

PARTS: dict[str, Callable[[int], Iterator[Row]]] = {
    "imports": processes.imports,
    "lists": processes.lists,
    "registering": memory.registering,
    "finding": memory.finding,
    "resolving": memory.resolving,
    "identifying": memory.identifying,
    "asking": discovery.asking,
    "estimating": costs.estimating,
    "recording": usage.recording,
    "databases": sql.holding,
}


def main() -> None:
    """Install the peers, or measure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("action", nargs="?", choices=["setup"], help="install the peers, then stop")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, from {', '.join(PARTS)}")
    parser.add_argument("--turns", type=int, default=11, help="how often each pair is timed, at least 2")
    parser.add_argument("--size", type=int, default=sql.SIZE, help="models in a database; the bars are for a million")
    parser.add_argument("--page", type=Path, help="write the table into this page of the documentation")
    given = parser.parse_args()
    if given.action == "setup":
        peers.setup()
        return
    parts: dict[str, Callable[[int], Iterator[Row]]] = {**PARTS, "databases": partial(sql.holding, size=given.size)}
    rows = [row for part in given.only.split(",") for row in parts[part](given.turns)]
    print(f"{conditions(given.turns)}\n\n{table(rows)}")
    if given.page is not None:
        given.page.write_text(page(rows, conditions(given.turns)), encoding="utf-8")


if __name__ == "__main__":
    main()
