"""Score `identify` against a labelled set of ids: ``python tools/score_identity.py GOLD_FOLDER [--by provider|lab]``.

The folder holds ``dev.jsonl``, ``pairs_dev.jsonl`` and ``score.py``; its README defines the levels and figures.
Before a change ``--save FILE`` keeps the predictions; after it ``--before FILE`` scores apart the labs that the change
touched and those that it didn't, so that tuning to one of them shows.
"""

import argparse
import importlib.util
import json
import time
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

from ai_models._core.identity import identify

Rows = list[dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--by", choices=("provider", "lab"), action="append", default=[])
    parser.add_argument("--examples", type=int, default=0, help="how many wrong and missed merges to print")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the predictions")
    parser.add_argument("--before", type=Path, metavar="FILE", help="predictions kept before the change")
    options = parser.parse_args()
    scorer = load_scorer(options.folder / "score.py")
    gold, pairs = scorer.read_jsonl(options.folder / "dev.jsonl"), scorer.read_jsonl(options.folder / "pairs_dev.jsonl")
    seen = gold + [side for pair in pairs for side in (pair["a"], pair["b"])]
    identify("warm", "up")
    start = time.perf_counter()
    predictions = [predict(row["provider"], row["id"]) for row in seen]
    print(f"{(time.perf_counter() - start) / len(seen) * 1e6:.1f} microseconds an id")
    for level in ("model", "snapshot"):
        figures, scored = scorer.score(gold, predictions, level)
        print_figures(level, figures)
        if options.examples and level == "model":
            print_examples(scored, options.examples)
    print_pairs(scorer, pairs, predictions, options.examples)
    if options.save:
        options.save.write_text("".join(f"{json.dumps(row)}\n" for row in predictions), encoding="utf-8")
    if options.before:
        print_change(scorer, gold, predictions, scorer.read_jsonl(options.before))
    for field in options.by:
        print_split(scorer, gold, predictions, field)


def print_change(scorer: ModuleType, gold: Rows, predictions: Rows, before: Rows) -> None:
    """The figures before and after a change, for the labs of which any prediction changed and for the others."""
    old = {(row["provider"], row["id"]): row for row in before}
    changed = {(row["provider"], row["id"]) for row in predictions if old.get((row["provider"], row["id"])) != row}
    touched = {_lab(row) for row in gold if (row["provider"], row["id"]) in changed}
    print(f"{len(changed)} predictions changed, of the labs {', '.join(sorted(touched)) or '-'}")
    for title, wanted in (("touched", True), ("untouched", False)):
        rows = [row for row in gold if (_lab(row) in touched) is wanted]
        for when, said in (("before", before), ("after", predictions)):
            if rows:
                print_figures(f"{title} {when}", scorer.score(rows, said, "model")[0])


def _lab(row: dict[str, Any]) -> str:
    return str(row["canonical"]).partition("/")[0]


def load_scorer(path: Path) -> ModuleType:
    """The scorer beside the labelled set."""
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def predict(provider: str, id: str) -> dict[str, Any]:
    """One prediction in the scorer's form."""
    identity = identify(provider, id)
    return {
        "provider": provider,
        "id": id,
        "canonical": identity.canonical,
        "snapshot": identity.snapshot,
        "variant": list(identity.variant),
    }


def print_figures(level: str, figures: dict[str, Any]) -> None:
    pair, cubed = figures["pairwise"], figures["bcubed"]
    print(
        f"{level:9} P {pair['precision']:.4f} R {pair['recall']:.4f} F1 {pair['f1']:.4f}"
        f"  wrong {pair['wrong_merges']} missed {pair['missed']}"
        f"  b-cubed P {cubed['precision']:.4f} R {cubed['recall']:.4f} F1 {cubed['f1']:.4f}"
        f"  unresolved {figures['unresolved']}"
    )
    if level == "model":
        print(f"          snapshots {json.dumps(figures['snapshot'])}")


def print_examples(scored: Any, count: int) -> None:
    for title, rows in (("WRONG", scored.wrong_merges()), ("MISSED", scored.missed_merges())):
        for n, label, parts in rows[:count]:
            print(f"  {title} {n} {' '.join(map(str, label))}")
            for other, size, row in parts[:6]:
                print(f"      {size} x {' '.join(map(str, other))}   {row['provider']}: {row['id']}")


def print_pairs(scorer: ModuleType, pairs: Rows, predictions: Rows, count: int) -> None:
    figures, wrong = scorer.score_pairs(pairs, predictions)
    for kind, row in figures.items():
        if ":" not in kind or row["share"] < 0.95:
            print(f"pairs     {kind:50} {row['share']:.4f} ({row['right']} of {row['of']})")
    for pair, a, b in wrong[:count]:
        sides = " | ".join(f"{row['provider']}: {row['id']} -> {key}" for row, key in ((pair["a"], a), (pair["b"], b)))
        print(f"  {'same' if pair['same'] else 'different'} [{pair.get('kind')}] {sides}")


def print_split(scorer: ModuleType, gold: Rows, predictions: Rows, field: str) -> None:
    """The share of wrong and missed pairs that touch each provider or lab."""
    scored = scorer.Scored(gold, predictions)
    groups: dict[str, list[int]] = defaultdict(list)
    for position, row in enumerate(gold):
        groups[row["provider"] if field == "provider" else _lab(row)].append(position)
    by_truth, by_guess = defaultdict(list), defaultdict(list)
    for position in range(len(gold)):
        by_truth[scored.truth[position]].append(position)
        by_guess[scored.guess[position]].append(position)
    for name, members in sorted(groups.items(), key=lambda item: -len(item[1])):
        right = wrong = missed = 0
        for one in members:
            truth, guess = scored.truth[one], scored.guess[one]
            together = sum(scored.guess[other] == guess for other in by_truth[truth])
            right += together - 1
            missed += len(by_truth[truth]) - together
            strangers = (scored.truth[other] for other in by_guess[guess] if scored.truth[other] != truth)
            wrong += sum(not scored.skip(truth, other) for other in strangers)
        precision = right / (right + wrong) if right + wrong else 1.0
        recall = right / (right + missed) if right + missed else 1.0
        figures = f"P {precision:.4f} R {recall:.4f}  wrong {wrong} missed {missed}"
        print(f"{field:9} {name:28} {len(members):5} ids  {figures}")


if __name__ == "__main__":
    main()
