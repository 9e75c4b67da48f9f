"""Try every connector with the real client library: `python tools/try_clients.py [ENVIRONMENT ...]`.

Makes the environments of `client_environments.toml`, two at a time, and runs `tests/test_clients_live.py` in each for
the clients that it has. Needs `uv`. `--keep DIR` keeps them, so that the next run is fast.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENVIRONMENTS = ROOT / "tools/client_environments.toml"


def main() -> int:
    """Make the environments and try their clients; return 0 if all of them passed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="environments, by default all")
    parser.add_argument("--keep", type=Path, help="where the environments are made and stay")
    parser.add_argument("--side-by-side", type=int, default=2)
    given = parser.parse_args()
    rows = tomllib.loads(ENVIRONMENTS.read_text(encoding="utf-8"))
    chosen = {name: rows[name] for name in given.names or rows}
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(given.side_by_side) as pool:
        folder = given.keep or Path(temporary)
        results = list(pool.map(lambda pair: tried(folder, *pair), chosen.items()))
    return 0 if all(results) else 1


def tried(folder: Path, name: str, row: Mapping[str, str]) -> bool:
    """Try the clients of one environment, print what came of it, and return whether all passed."""
    place = (folder / name).resolve()
    python = str(place / "bin" / "python")
    if not place.exists():
        run(["uv", "venv", "-q", "--python", sys.executable, str(place)])
    installed = run(["uv", "pip", "install", "-q", "--python", python, "-e", ".[test]", *row["packages"].split()])
    if installed.returncode:
        print(f"=== {name}: not installed\n{installed.stdout}", flush=True)
        return False
    env = {**os.environ, "AI_MODELS_CLIENTS": row["clients"], "REQUIRE_REAL_SERVERS": "1"}
    env["PYTHONDONTWRITEBYTECODE"] = ""  # or each of many processes compiles a library anew
    plugins = ["-p", "no:cacheprovider", "-p", "no:asyncio"]  # a library may bring the latter
    tests = run([python, "-m", "pytest", "-q", *plugins, "tests/test_clients_live.py"], env)
    shown = tests.stdout if tests.returncode else tests.stdout.strip().rpartition("\n")[2]
    print(f"=== {name} ({row['clients']}): {shown}", flush=True)
    return tests.returncode == 0


def run(command: list[str], env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a command in the checkout, its output kept."""
    return subprocess.run(
        command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )


if __name__ == "__main__":
    sys.exit(main())
