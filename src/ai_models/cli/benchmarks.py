"""`benchmarks` and `score`: what models scored, and what you measured."""

from typing import TYPE_CHECKING

import click

from ai_models.cli.command import AMOUNT, DAY, LIMIT, MODEL_ID, PROVIDER, CommandGroup, command
from ai_models.cli.known import BENCHMARKS
from ai_models.cli.render import Column
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import UNKNOWN, escape, format_number, plural, shorten, shorten_middle

if TYPE_CHECKING:
    from ai_models.benchmarks import Score

_VALUE: "Column[Score]" = Column("VALUE", lambda score: format_number(score.value), align="point")
_ABOUT: "tuple[Column[Score], ...]" = (
    Column("UNIT", lambda score: score.unit or UNKNOWN, drop=2),
    Column("METRIC", lambda score: score.metric or UNKNOWN, shrink=shorten, drop=4),
    Column("SETTING", lambda score: score.setting or UNKNOWN, shrink=shorten, least=10, drop=1),
    Column("AT", lambda score: score.provider or UNKNOWN, shrink=shorten, drop=4, optional=True),
    Column("SOURCE", lambda score: score.source, shrink=shorten, drop=3),
    Column("DATE", lambda score: score.date or UNKNOWN, drop=5),
)
_TABLE: "tuple[Column[Score], ...]" = (
    Column("ID", lambda score: score.model, shrink=shorten_middle, least=20),
    _VALUE,
    *_ABOUT,
)
_OF_MODEL: "tuple[Column[Score], ...]" = (
    Column("BENCHMARK", lambda score: score.benchmark, shrink=shorten_middle, least=14),
    _VALUE,
    Column("OF", lambda score: score.inherited_from or "itself", shrink=shorten_middle, least=10),
    *_ABOUT,
)
_NAMES: tuple[Column[tuple[str, int]], ...] = (
    Column("BENCHMARK", lambda row: row[0], shrink=shorten_middle, least=20),
    Column("MODELS", lambda row: str(row[1]), align="right"),
)


@command(
    "benchmarks",
    "ai-models benchmarks",
    "ai-models benchmarks aider-polyglot --limit 20",
    "ai-models benchmarks --model gpt-5",
)
@click.argument("name", required=False, shell_complete=BENCHMARKS)
@click.option("--model", "id", type=MODEL_ID, help="The scores of this model, inherited ones after its own.")
@click.option("--setting", metavar="TEXT", help="Only scores in this setting.")
@LIMIT
@pass_session
def benchmarks_command(
    session: Session, name: str | None, id: str | None, setting: str | None, limit: int | None
) -> None:
    """Show which benchmarks there are scores of, the leaderboard of one, or the scores of a model.

    `ai-models discover aider` and the like bring scores. None is an average; a score that was measured on another
    model, such as the one that this is a snapshot of, says so.
    """
    from ai_models.benchmarks import Benchmarks

    view = Benchmarks(session.readable())
    if id is not None:
        own = view.of(session.find(id).id)
        fitting = [s for s in own if name in (None, s.benchmark) and setting in (None, s.setting)]
        session.out.rows(_OF_MODEL, fitting, lambda score: score.to_dict(), limit=limit, noun="score", empty=_EMPTY)
    elif name is not None:
        table = view.table(name, setting=setting)
        session.out.rows(_TABLE, table, lambda score: score.to_dict(), limit=limit, noun="score", empty=_EMPTY)
    else:
        names = list(view.names().items())
        session.out.rows(
            _NAMES,
            names,
            lambda row: {"benchmark": row[0], "models": row[1]},
            limit=limit,
            noun="benchmark",
            empty=_EMPTY,
        )


_EMPTY = "no scores; keep your own with: ai-models score set ID BENCHMARK VALUE"


@click.group("score", cls=CommandGroup)
def score_command() -> None:
    """Keep scores and speeds that you measured; no discovery changes them."""


@command("set", "ai-models score set gpt-4o my-evals 82.5 --unit percent --setting strict", group=score_command)
@click.argument("id", type=MODEL_ID)
@click.argument("benchmark", shell_complete=BENCHMARKS)
@click.argument("value", type=float)
@click.option("--metric", metavar="NAME", help="What is counted, such as pass_rate.")
@click.option("--unit", metavar="NAME", help="In what, such as percent.")
@click.option("--setting", metavar="TEXT", help="How it was measured.")
@click.option("--date", type=DAY, metavar="DAY", help="When; by default today.")
@click.option("--url", metavar="URL", help="Where more is told.")
@click.option("--lower-is-better", "lower", is_flag=True, help="Less is better.")
@pass_session
def set_score(session: Session, id: str, benchmark: str, value: float, lower: bool, **about: str | None) -> None:
    """Keep a score of your own at a model, in place of an earlier one in the same setting."""
    [own] = session.own(id)
    better = "lower" if lower else None
    session.manager.benchmarks.add(own, benchmark, value, better=better, **about)
    _written(session, own)


@command("speed", "ai-models score speed gpt-4o openai --tokens-per-second 80 --first-token 0.4", group=score_command)
@click.argument("id", type=MODEL_ID)
@click.argument("provider", type=PROVIDER)
@click.option("--tokens-per-second", type=AMOUNT, metavar="N", help="Tokens answered in a second.")
@click.option("--first-token", type=AMOUNT, metavar="SECONDS", help="Seconds until the first token.")
@pass_session
def set_speed(
    session: Session, id: str, provider: str, tokens_per_second: float | None, first_token: float | None
) -> None:
    """Keep how fast a provider was for you."""
    if tokens_per_second is None and first_token is None:
        raise click.UsageError("give --tokens-per-second, --first-token, or both")
    [own] = session.own(id)
    session.manager.add_speed(own, provider, tokens_per_second=tokens_per_second, time_to_first_token=first_token)
    _written(session, own)


def _written(session: Session, id: str) -> None:
    scores = session.manager.benchmarks.of(id)
    if session.out.json:
        session.out.data([score.to_dict() for score in scores])
    else:
        session.out.line(escape(f"{id}: {plural(len(scores), 'score')}"))
