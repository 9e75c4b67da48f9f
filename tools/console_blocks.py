"""Run the commands that the README and the documentation show, and write their real output below them.

A block fenced as ```console holds commands after `$ `, each followed by what it prints on a terminal 100 columns
wide. The commands of a page share a home directory that is empty at first; they use no key and no network.
`python tools/console_blocks.py` brings every page up to date; a test says when one isn't.
"""

import fcntl
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

ROOT = Path(__file__).parents[1]
COLUMNS, LINES = 100, 60
BLOCK = re.compile(r"(^```console\n)(.*?)(^```)", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Return every page whose blocks are run."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def updated(text: str) -> str:
    """Return a page's text with the output of its commands as it is today."""
    with tempfile.TemporaryDirectory() as home:
        return BLOCK.sub(lambda found: found[1] + _updated_block(found[2], Path(home)) + found[3], text)


def _updated_block(block: str, home: Path) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    shown = [f"{command}\n{output_of(command.removeprefix('$ '), home)}" for command in commands]
    return "\n".join(shown)


def output_of(command: str, home: Path, *, color: bool = False) -> str:
    """Return what a command prints on a terminal, without its progress display; its colours only if asked for."""
    inner, outer = pty.openpty()
    fcntl.ioctl(outer, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    with subprocess.Popen(
        _without_comment(command),
        stdout=outer,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        cwd=home,
        env=_env(home, color),
    ) as process:
        os.close(outer)
        text = _read_all(inner)
        _, errors = process.communicate()
    if process.returncode:
        raise SystemExit(f"{command}: exit code {process.returncode}\n{text}{errors.decode()}")
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _without_comment(command: str) -> list[str]:
    return shlex.split(command, comments=True)


def _read_all(terminal: int) -> str:
    chunks = []
    try:
        while chunk := os.read(terminal, 65536):
            chunks.append(chunk)
    except OSError:  # how a terminal says that its other side was closed
        pass
    os.close(terminal)
    return b"".join(chunks).decode()


def _env(home: Path, color: bool) -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    looks = {"TERM": "xterm-256color"} if color else {"TERM": "xterm", "NO_COLOR": "1"}
    return {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8", **looks}


def main() -> None:
    """Bring every page up to date."""
    for page in pages():
        text = page.read_text("utf-8")
        if (new := updated(text)) != text:
            page.write_text(new, "utf-8")
            print(f"updated {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
