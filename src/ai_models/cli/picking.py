"""`pick`: the model that fits best, and why not the others."""

from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from ai_models.cli.command import PROVIDER, Parsed, command, parse_tokens
from ai_models.cli.costing import format_usd
from ai_models.cli.filters import Filters, check_group, check_offered, filter_options
from ai_models.cli.known import PREFERENCES
from ai_models.cli.render import Column, Output
from ai_models.cli.session import Session, pass_session
from ai_models.cli.text import escape, shorten, shorten_middle

if TYPE_CHECKING:
    from ai_models.costs import Workload
    from ai_models.pick import Candidate, Choice

_WORDS = {
    "in": "input_tokens",
    "input": "input_tokens",
    "out": "output_tokens",
    "output": "output_tokens",
    "cached": "cached_tokens",
    "calls": "calls",
    "images": "images",
}


def parse_workload(text: str) -> "Workload":
    """Return the workload of a text such as `in=10k,out=1k,calls=1000`; raise `ValueError` for another one.

    >>> str(parse_workload("in=10k,out=1k"))
    'one call of 10,000 tokens in and 1,000 out'
    """
    from ai_models.costs import Workload

    given: dict[str, Any] = {}
    for part in text.split(","):
        name, sign, value = part.strip().partition("=")
        if name not in _WORDS or not sign:
            raise ValueError(text)
        given[_WORDS[name]] = parse_tokens(value)
    made = Workload(**given)
    if made.cached_tokens > made.input_tokens or made.calls < 1:
        raise ValueError(text)
    return made


WORKLOAD = click.option(
    "--workload",
    type=Parsed("calls", parse_workload, "a workload such as in=10k,out=1k,calls=1000,cached=8k"),
    metavar="in=N,out=N,…",
    help="The calls that prices are of: in=10k,out=1k,calls=1000,cached=8k,images=2.",
)
PREFER = click.option(
    "--prefer",
    default="price",
    show_default=True,
    metavar="NAME,…",
    shell_complete=PREFERENCES,
    help="What counts, in order: price, context, output, newest, speed, score:BENCHMARK[:SETTING]; -NAME turns it.",
)


def _columns(choice: "Choice") -> list[Column["Candidate"]]:
    front = {each.id for each in choice.pareto}
    shown: list[Column[Candidate]] = [
        Column("ID", lambda each: each.id, shrink=shorten_middle, least=20, share=0.4),
        Column("VIA", lambda each: each.offer, shrink=shorten, least=12, drop=2),
    ]
    if all(each.name.lstrip("-") != "price" for each in choice.prefer):
        shown.append(Column("COST $", lambda each: format_usd(each.cost.total), align="point", drop=3))
    for number, preference in enumerate(choice.prefer):
        shown.append(_value_column(preference.name, drop=0 if number == 0 else 1))
    return [*shown, Column("BEATEN", lambda each: "no" if each.id in front else "yes", drop=4)]


def _value_column(name: str, drop: int) -> Column["Candidate"]:
    return Column(
        escape(name.upper()),
        lambda each: each.values[name].text,
        align="point" if name.endswith("price") else "right",
        shrink=shorten,
        least=10,
        share=0.2,
        drop=drop,
    )


@command(
    "pick",
    "ai-models pick --cap tools,vision --min-context 128k",
    "ai-models pick --kind chat --prefer score:aider-polyglot,price",
    "ai-models pick --cap tools --workload in=10k,out=1k,calls=1000",
    "ai-models pick --available --prefer price --why",
)
@filter_options
@PREFER
@WORKLOAD
@click.option("--via", type=PROVIDER, metavar="PROVIDER", help="Served by this provider, at its price and limits.")
@click.option("--why", is_flag=True, help="Say why: what was rejected for which reason, and what is no worse.")
@pass_session
def pick_command(
    session: Session,
    limit: int | None,
    prefer: str,
    workload: "Workload | None",
    via: str | None,
    why: bool,
    available: bool | None,
    providers: list[str] | None,
    free: bool,
    **asked: Any,
) -> int:
    """Pick the model that fits best, and say why.

    The first preference decides, the next one among equals; what is unknown comes last. BEATEN is "no" for a model that
    no other one beats in all that you prefer. With --available a model is priced at the cheapest provider that you can
    call, else at its own.
    """
    if providers:
        via = _only_one(providers, via)
    check_names(session, via, asked["group"])
    choice = session.picker().pick(
        Filters(**asked).query(),
        prefer=prefer,
        workload=workload,
        available=available,
        via=via,
        free=free or None,
        limit=5 if limit is None else limit,
    )
    if session.out.json:
        session.out.data(_as_data(choice, limit))
    elif why or choice.best is None:
        write_explanation(session.out, choice)
    else:
        shown = 10 if limit is None else limit
        session.out.rows(_columns(choice), islice(choice.ranked, shown or None), lambda each: each.to_dict(), limit=0)
        counts = f"{len(choice.ranked):,} fit, {len(choice.rejected):,} don't (--why says why)"
        session.out.note(f"{counts}; prices are of {choice.workload}")
    return 0 if choice.best else 1


def check_names(session: Session, provider: str | None, group: str | None = None) -> None:
    """Raise `NotFoundError` for a provider or a group that there isn't, and that could fit nothing."""
    if provider is not None:
        check_offered(provider, session.readable())
    if group:
        check_group(group, session.readable())


def _only_one(providers: list[str], via: str | None) -> str:
    if len(providers) > 1 or via is not None:
        raise click.UsageError("pick takes one provider")
    return providers[0]


def write_explanation(out: Output, choice: "Choice") -> None:
    """Write why it was picked, each line wrapped below itself."""
    for line in choice.explain().split("\n"):
        _, _, reason = line.partition(" out: ")
        text = reason or line.lstrip(" ")
        out.hanging(escape(line[: len(line) - len(text)]), escape(text))


def _as_data(choice: "Choice", limit: int | None) -> dict[str, Any]:
    data = choice.to_dict()
    data["ranked"] = data["ranked"][: limit or None]
    return data
