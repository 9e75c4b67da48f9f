"""Print the table of ratios: `python -m bench [setup] [--only imports,lists] [--turns 15]`."""

import argparse
import platform
from collections.abc import Callable, Iterator

from bench import costs, discovery, memory, peers, processes
from bench.measure import Row, table

PARTS: dict[str, Callable[[int], Iterator[Row]]] = {
    "imports": processes.imports,
    "lists": processes.lists,
    "registering": memory.registering,
    "finding": memory.finding,
    "resolving": memory.resolving,
    "identifying": memory.identifying,
    "asking": discovery.asking,
    "estimating": costs.estimating,
}


def main() -> None:
    """Install the peers, or measure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("action", nargs="?", choices=["setup"], help="install the peers, then stop")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, from {', '.join(PARTS)}")
    parser.add_argument("--turns", type=int, default=11, help="how often each pair is timed, at least 2")
    given = parser.parse_args()
    if given.action == "setup":
        peers.setup()
        return
    rows = [row for part in given.only.split(",") for row in PARTS[part](given.turns)]
    print(f"Python {platform.python_version()}, {given.turns} turns each, both sides by turns.\n\n{table(rows)}")


if __name__ == "__main__":
    main()
