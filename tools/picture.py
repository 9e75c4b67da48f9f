"""Draw the picture of the README: commands, and what they print on a terminal in colour.

`python tools/picture.py` runs the commands below in an empty home directory, without a key and without a network, and
writes docs/images/terminal.svg; a test says when what it shows is no longer what the commands print.
"""

import io
import tempfile
from pathlib import Path

from console_blocks import COLUMNS, ROOT, output_of
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

PICTURE = ROOT / "docs/images/terminal.svg"
UNSEEN = ["ai-models discover --offline"]
SEEN = [
    "ai-models list --lab openai,google --cap vision,tools --sort price --limit 4",
    "ai-models compare gpt-4o claude-sonnet-4-5 gemini-2.5-pro --fields context_size,price,retired",
    "ai-models pick --cap tools --min-context 200k --lab openai,google --limit 4",
    "ai-models connect claude-sonnet-4-5 langchain",
]


def main() -> None:
    """Draw the picture."""
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawn(), "utf-8")
    print(f"written {PICTURE.relative_to(ROOT)}")


def drawn() -> str:
    """Return the picture as SVG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    with tempfile.TemporaryDirectory() as home:
        for command in UNSEEN:
            output_of(command, Path(home))
        for command in SEEN:
            console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
            console.print(Text.from_ansi(output_of(command, Path(home), color=True)))
    return console.export_svg(title="ai-models", theme=MONOKAI, unique_id="ai-models")


if __name__ == "__main__":
    main()
