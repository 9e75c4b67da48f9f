"""What a whole process costs: an import, and the first list on the screen."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ai_models import ModelRegistry
from bench.data import make_models
from bench.measure import Row, compare, process
from bench.peers import program

MODELS = 5_000


def imports(turns: int) -> Iterator[Row]:
    """Compare what `import` costs, each beside the bare start of the Python that does it."""
    ours = process([sys.executable, "-c", "import ai_models"])
    bare = process([sys.executable, "-c", "pass"])
    yield compare("import ai_models", ours, "python -c pass", bare, turns=turns)
    for peer, (module, bar) in {"genai-prices": ("genai_prices", ">= 10"), "litellm": ("litellm", ">= 100")}.items():
        python = program(peer)
        if python is None:
            yield absent(f"import {module}")
            continue
        theirs = process([python, "-c", f"import {module}"], LITELLM_LOCAL_MODEL_COST_MAP="True")
        yield compare(f"import {module}", theirs, "import ai_models", ours, turns=turns, bar=bar)


def lists(turns: int) -> Iterator[Row]:
    """Compare the first list in a cold process, from a registry of 5,000 models."""
    with tempfile.TemporaryDirectory() as home:
        store = str(stored(Path(home)))
        ours = process([str(Path(sys.executable).parent / "ai-models"), "list", "--limit", "20"], AI_MODELS_STORE=store)
        bare = process([sys.executable, "-c", "pass"])
        click = process([sys.executable, "-c", "import click"])
        yield compare(
            f"ai-models list --limit 20 ({MODELS:,} models)", ours, "python -c pass", bare, turns=turns, bar="<= 8"
        )
        yield compare("python -c 'import click'", click, "python -c pass", bare, turns=turns)
        for peer, command in {"genai-prices": ["genai-prices", "list"], "llm": ["llm", "models"]}.items():
            name = program(peer, command[0])
            if name is None:
                yield absent(" ".join(command))
                continue
            theirs = process([name, *command[1:]], HOME=home)
            yield compare(" ".join(command), theirs, "ai-models list --limit 20", ours, turns=turns)


def stored(home: Path) -> Path:
    """Return the path of a registry file that holds the models."""
    path = home / "models.json"
    registry = ModelRegistry(path)
    with registry.batch():
        registry.update({model.id: model for model in make_models(MODELS)})
    return path


def absent(what: str) -> Row:
    """Return the row that says what wasn't measured."""
    return Row(what, "-", note="not installed: python -m bench setup")
