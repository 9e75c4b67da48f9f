"""Scores of benchmarks: gathered, not decided. Those of several sources stand side by side, each with its own source.

A score is a mapping with `benchmark`, `value`, `unit` (`percent`, `fraction`, `elo`, `usd`, `index`), `metric`,
`setting` (how much it may think, the harness …), `source`, `date`, and where known `url`; `better` says "lower" where
that is so. One that names no source is the user's.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ai_models._core.model import deep_copy
from ai_models._core.trust import USER

Score = dict[str, Any]


def gathered_scores(said: Iterable[tuple[str, str, list[Score]]], stored: Iterable[list[Score]]) -> list[Score]:
    """Return all scores of a model: a source that speaks again replaces what it said before, the user's stay.

    `said` are source, day and scores of each that speaks now, `stored` the lists that are known; of two that hold
    scores of one source the newer one counts.

    >>> known = [{"benchmark": "mine", "value": 1}, {"benchmark": "a", "value": 2, "source": "x"}]
    >>> scores = gathered_scores([("x", "2026-11-25", [{"benchmark": "a", "value": 3}])], [known])
    >>> [(score["benchmark"], score["value"], score.get("source")) for score in scores]
    [('mine', 1, None), ('a', 3, 'x')]
    """
    by_source: dict[str, list[Score]] = {}
    for scores in stored:
        for source, known in by_sources(scores).items():
            if source not in by_source or (source != USER and _newest(known) > _newest(by_source[source])):
                by_source[source] = known
    new: dict[str, list[Score]] = {}
    since = {_undated(score): score.get("date") for scores in by_source.values() for score in scores}
    for source, day, scores in said:
        for score in scores:
            own = {**score, "source": source}
            new.setdefault(source, []).append({"date": since.get(_undated(own)) or day, **own})
    by_source |= {source: sorted(_distinct(scores), key=_order) for source, scores in new.items()}
    return [deep_copy(score) for source in sorted(by_source, key=_users_first) for score in by_source[source]]


def by_sources(scores: Iterable[Score]) -> dict[str, list[Score]]:
    """Return scores by who states them, in their order.

    >>> by_sources([{"benchmark": "a", "source": "x"}, {"benchmark": "b"}])
    {'x': [{'benchmark': 'a', 'source': 'x'}], 'user': [{'benchmark': 'b'}]}
    """
    found: dict[str, list[Score]] = {}
    for score in scores:
        found.setdefault(str(score.get("source") or USER), []).append(score)
    return found


def changed_scores(old: Iterable[Score], new: Iterable[Score]) -> Iterable[tuple[str, str | None, str | None]]:
    """Yield each source whose scores are different, with what there was and what there is now, in words.

    >>> list(changed_scores([], [{"benchmark": "a", "value": 3, "source": "x"}]))
    [('x', None, '1 score')]
    """
    before, after = by_sources(old), by_sources(new)
    for source in dict.fromkeys([*before, *after]):
        was, is_now = before.get(source, []), after.get(source, [])
        if was != is_now:
            fresh = sum(score not in was for score in is_now)
            more = f", {fresh} of them new" if was and is_now else ""
            yield source, _counted(was), None if not is_now else f"{_counted(is_now)}{more}"


def _counted(scores: list[Score]) -> str | None:
    return f"{len(scores)} score{'s' if len(scores) > 1 else ''}" if scores else None


def _newest(scores: Iterable[Mapping[str, Any]]) -> str:
    return max((str(score.get("date") or "") for score in scores), default="")


def _distinct(scores: Iterable[Score]) -> list[Score]:
    found: dict[str, Score] = {_order_text(score): score for score in scores}
    return list(found.values())


def _undated(score: Score) -> str:
    return _order_text({name: fact for name, fact in score.items() if name != "date"})


def _order(score: Score) -> tuple[str, ...]:
    return (*(str(score.get(name) or "") for name in ("benchmark", "metric", "setting", "date")), _order_text(score))


def _order_text(score: Score) -> str:
    return repr(sorted(score.items(), key=lambda pair: pair[0]))


def _users_first(source: str) -> tuple[bool, str]:
    return source != USER, source
