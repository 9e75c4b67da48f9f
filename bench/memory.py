"""What the registry costs beside the plainest Python that does the same."""

import json
import tempfile
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from ai_models import Model, ModelRegistry, identify
from bench.data import make_models
from bench.measure import Row, compare

MODELS = 5_000
NAMES = (
    ("openai", "gpt-4o-{}-2024-11-20"),
    ("bedrock", "us.anthropic.claude-sonnet-{}-20250929-v1:0"),
    ("openrouter", "meta-llama/llama-{}-70b-instruct:free"),
    ("ollama", "qwen2.5-coder:{}b-instruct-q4_K_M"),
)


def registering(turns: int) -> Iterator[Row]:
    """Compare registering N models in a file with writing the same models as JSON; the ratio shall not grow."""
    for number in (1_000, 2_000, 4_000, 8_000):
        models = make_models(number)
        with tempfile.TemporaryDirectory() as home:
            path = Path(home)
            turn = iter(range(10**6))

            def register(path: Path = path, models: list[Model] = models, turn: Iterator[int] = turn) -> None:
                registry = ModelRegistry(path / f"{next(turn)}.json")
                with registry.batch():
                    registry.update({model.id: model for model in models})

            def dump(path: Path = path, models: list[Model] = models) -> None:
                (path / "plain").write_text(json.dumps([model.to_dict() for model in models]))

            what = f"register {number:,} models in a new file"
            yield compare(what, register, "json.dumps, write", dump, turns=turns, scale=number, note="time: a model")


def in_memory() -> ModelRegistry:
    """Return a registry of the models, without a file."""
    registry = ModelRegistry()
    with registry.batch():
        registry.update({model.id: model for model in make_models(MODELS)})
    return registry


def finding(turns: int) -> Iterator[Row]:
    """Compare `filter` and `find` with the comprehension that one would write by hand."""
    registry = in_memory()
    models = list(registry.values())

    def by_hand() -> list[Model]:
        return [
            m
            for m in models
            if m.context_size is not None and m.context_size >= 128_000 and m.capabilities.get("vision")
        ]

    def by_find() -> list[Model]:
        return list(registry.find({"context_size": {"$gte": 128_000}, "capabilities.vision": True}))

    def by_filter() -> list[Model]:
        return registry.filter(min_context=128_000, capabilities=["vision"])

    if not len(by_find()) == len(by_filter()) == len(by_hand()) > 0:
        raise SystemExit("the three ways to find differ: nothing was measured")
    for what, run in {"find(query)": by_find, "filter(...)": by_filter}.items():
        yield compare(f"{what} over {MODELS:,} models", run, "a comprehension", by_hand, turns=turns, bar="<= 1.5")


def resolving(turns: int) -> Iterator[Row]:
    """Compare finding a model by any name that it has with a look-up in a dict."""
    registry = in_memory()
    for what, names in {
        "canonical id": list(registry),
        "a provider's id": [model.connector_metadata[model.provider]["id"] for model in registry.values()],
    }.items():
        plain = dict(zip(names, registry.values(), strict=True))

        def ours(names: list[str] = names) -> None:
            for name in names:
                registry.resolve(name)

        def theirs(names: list[str] = names, plain: dict[str, Model] = plain) -> None:
            for name in names:
                plain[name]

        yield compare(
            f"resolve: {what}", ours, "dict look-up", theirs, turns=turns, scale=len(names), note="time: an id"
        )


def identifying(turns: int) -> Iterator[Row]:
    """Compare saying what an id means, that was never asked before, with a look-up in a dict."""
    number = count(10)
    plain = dict.fromkeys(NAMES, 0)
    rounds = 250

    def ours() -> None:
        for at in islice(number, rounds):
            for provider, name in NAMES:
                identify(provider, name.format(at))

    def theirs() -> None:
        for at in range(rounds):
            for provider, name in NAMES:
                plain.get((provider, name.format(at)))

    yield compare(
        "identify: an id never seen",
        ours,
        "dict look-up",
        theirs,
        turns=turns,
        scale=rounds * len(NAMES),
        note="time: an id",
    )
