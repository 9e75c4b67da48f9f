"""The peers, each set in an environment of its own below build/peers: `python -m bench setup`."""

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[1] / "build" / "peers"
PEERS = {"genai-prices": ["genai-prices[cli]"], "llm": ["llm"], "litellm": ["litellm"], "tokencost": ["tokencost"]}
"""Each peer's environment, and what is installed in it."""


def setup() -> None:
    """Install the peers."""
    for name, packages in PEERS.items():
        print(f"installing {name} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", HOME / name], check=True)
        subprocess.run([HOME / name / "bin" / "pip", "install", "-q", *packages], check=True)


def program(peer: str, name: str = "python") -> str | None:
    """Return the path of a program in a peer's environment, `None` if that isn't set up."""
    path = HOME / peer / "bin" / name
    return str(path) if path.exists() else None
