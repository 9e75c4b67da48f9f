"""`Health`: checks models, groups and providers on request, and remembers what it found."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ai_models._core.contracts import ModelSource
from ai_models._core.model import Model
from ai_models._core.registry import ModelRegistry
from ai_models.changes import utc_now
from ai_models.discovery import INTERRUPTED
from ai_models.errors import AIModelsError
from ai_models.health.calls import INPUT_TOKENS, MOST_TOKENS, Call, Outcome, call_of, try_call
from ai_models.health.listings import Heard, Server, ask_lists, lister_of, verdict_in, verdict_of_server
from ai_models.health.report import HealthReport, Progress
from ai_models.health.side_by_side import side_by_side
from ai_models.health.targets import Target, Targets
from ai_models.health.verdicts import Verdict
from ai_models.health_log import HealthLog, HealthResult
from ai_models.sources.policy import current_policy
from ai_models.transport import Transport

if TYPE_CHECKING:
    from ai_models.costs.estimator import Costs

__all__ = ["DEFAULT_TIMEOUT_S", "Health"]

DEFAULT_TIMEOUT_S = 10.0
"""How long one server may take to answer, in seconds."""

_NOT_CALLED = frozenset({"no_key", "unauthorised", "unreachable", "retired", "quota", "rate_limited", "starting"})
"""After these a call is not worth its money: it would fail as the list did."""


@dataclass(slots=True)
class _Finding:
    """What is found out about a target, level by level."""

    target: Target
    verdict: Verdict
    seconds: float | None = None
    listed: bool | None = None
    cost: Decimal | None = None
    level: int = 0
    dialled: bool = field(default=False)

    def result(self, when: str) -> HealthResult:
        offer, verdict = self.target.offer, self.verdict
        return HealthResult(
            self.target.name,
            self.target.provider,
            self.level,
            verdict.status,
            when,
            verdict.reason,
            verdict.advice,
            self.seconds,
            offer.key if offer else None,
            self.listed,
            self.cost,
            self.target.key,
        )


class Health:
    """Whether models and providers can be called: `check` asks, `history` and `last` tell what was found before.

    Nothing is dialled before `check`, and nothing is billed below level 2. `find` returns the model that a name means.

    >>> from ai_models.testing import FakeTransport
    >>> models = ModelRegistry()
    >>> models["llama3"] = Model("llama3", "ollama", is_local=True)
    >>> health = Health(models, transport=FakeTransport({}))
    >>> print(health.check(["llama3"])["llama3"].reason)
    nothing answers at http://127.0.0.1:11434/api/tags
    """

    def __init__(
        self,
        models: ModelRegistry,
        *,
        sources: Callable[[], Mapping[str, ModelSource]] = dict,
        log: HealthLog | None = None,
        costs: "Callable[[], Costs] | None" = None,
        find: Callable[[str], Model] | None = None,
        transport: Transport | None = None,
        env: Mapping[str, str] | None = None,
        dotenv: Any = None,
    ) -> None:
        self._models = models
        self._sources = sources
        self.log = HealthLog() if log is None else log
        self._costs = costs
        self._find = find
        self._transport = transport
        self._env = env
        self._dotenv = dotenv

    def check(
        self,
        targets: str | Iterable[str] | None = None,
        level: int = 1,
        *,
        via: str | None = None,
        timeout: float = DEFAULT_TIMEOUT_S,
        offline: bool = False,
        progress: Progress | None = None,
    ) -> HealthReport:
        """Check providers, models by any name, or `group:NAME`; by default the providers that you have a key for.

        Level 0 looks for key and address and dials nobody, 1 asks each provider once for its list, 2 makes one tiny
        call for each model, **which is billed**. `via` names the provider to reach models through; `timeout` is in
        seconds, for each server; `offline` stays at level 0. Raise `NotFoundError` for a name that means nothing.

        >>> health = Health(ModelRegistry(), env={}, dotenv={})
        >>> health.check("groq", level=0)["groq"].advice
        'set GROQ_API_KEY'
        """
        if level not in (0, 1, 2):
            raise AIModelsError(f"there is no level {level} of health: 0 dials nobody, 1 asks for lists, 2 calls")
        known = self._targets
        chosen = _chosen(known, targets, via, one=level == 2)
        findings = [_Finding(target, target.configured()) for target in chosen]
        deepest = 0 if offline or current_policy().offline else level
        heard, interrupted = self._ask_lists(findings, timeout, progress) if deepest else ({}, False)
        if deepest == 2 and not interrupted:
            interrupted = self._try_calls(findings, timeout, progress)
        when = utc_now()
        report = HealthReport([finding.result(when) for finding in findings], level, interrupted, known.meant)
        self._remember(report, heard, chosen, when)
        return report

    async def acheck(self, targets: str | Iterable[str] | None = None, level: int = 1, **options: Any) -> HealthReport:
        """Do what `check` does without blocking the event loop.

        >>> import asyncio
        >>> asyncio.run(Health(ModelRegistry(), env={}, dotenv={}).acheck("groq", 0)).ok
        False
        """
        import asyncio

        return await asyncio.to_thread(lambda: self.check(targets, level, **options))

    def estimate(
        self, targets: str | Iterable[str] | None = None, *, via: str | None = None
    ) -> dict[str, Decimal | None]:
        """Return what a check at level 2 would cost at most, in USD for each model; `None` if that is unknown.

        A model of your own machine costs nothing; a target that can't be called isn't there. Nothing is dialled.

        >>> models = ModelRegistry()
        >>> models["llama3"] = Model("llama3", "ollama", is_local=True)
        >>> Health(models).estimate(["llama3"])
        {'llama3': Decimal('0')}
        """
        chosen = _chosen(self._targets, targets, via, one=True)
        return {
            target.name: self._price(target)
            for target in chosen
            if target.configured().status == "ok" and not isinstance(call_of(target), str)
        }

    def history(self, target: str) -> list[HealthResult]:
        """Return what was found before about a model or a provider, oldest first.

        >>> Health(ModelRegistry()).history("groq")
        []
        """
        return self.log.history(self._id_of(target))

    def last(self, target: str) -> HealthResult | None:
        """Return what was found last about a model or a provider; `None` if it was never checked.

        >>> print(Health(ModelRegistry()).last("groq"))
        None
        """
        return self.log.last(self._id_of(target))

    def _id_of(self, target: str) -> str:
        if self.log.last(target) is not None:
            return target
        with suppress(AIModelsError):
            return self._targets.named([target])[0].name
        return target

    @property
    def _targets(self) -> Targets:
        return Targets(self._models, self._sources(), find=self._find, env=self._env, dotenv=self._dotenv)

    def _ask_lists(
        self, findings: list[_Finding], timeout_s: float, progress: Progress | None
    ) -> tuple[dict[Server, Heard], bool]:
        """Ask the server of each target once, and put its verdict in the place of level 0's."""
        asked = {each.target.server: each.target for each in findings if _worth_dialling(each)}
        listers = {server: lister_of(target, self._transport) for server, target in asked.items()}
        variables = {server: target.key_variable for server, target in asked.items()}
        heard, interrupted = ask_lists(listers, timeout_s, progress, variables)
        for finding in findings:
            said = heard.get(finding.target.server)
            if said is not None and _worth_dialling(finding):
                finding.verdict, finding.listed = verdict_in(said, finding.target)
                finding.seconds, finding.level = said.seconds, 1
                finding.dialled = True
        return heard, interrupted

    def _try_calls(self, findings: list[_Finding], timeout_s: float, progress: Progress | None) -> bool:
        """Make a call for each model that its server may answer for; return whether Ctrl-C ended that."""
        calls: dict[int, tuple[_Finding, Call]] = {}
        for number, finding in enumerate(findings):
            call = _call_for(finding)
            if call is not None:
                calls[number] = finding, call
        jobs = {number: self._job(finding.target, call, timeout_s) for number, (finding, call) in calls.items()}

        def tell(event: str, number: int) -> None:
            if progress:
                progress(event, calls[number][0].target.label)

        outcomes, interrupted = side_by_side(jobs, timeout_s, tell)
        for number, (finding, _) in calls.items():
            outcome = outcomes.get(number)
            if outcome is not None or not interrupted:
                self._settle(finding, outcome or _unanswered(timeout_s))
        return interrupted

    def _job(self, target: Target, call: Call, timeout_s: float) -> Callable[[], Outcome]:
        return lambda: try_call(target, call, timeout_s, self._transport)

    def _settle(self, finding: _Finding, outcome: Outcome) -> None:
        finding.verdict, finding.seconds, finding.level = outcome.verdict, outcome.seconds, 2
        if outcome.answer is not None:
            finding.cost = self._price_of(finding.target, outcome.answer)
        if finding.listed is False and outcome.verdict.status == "ok":
            finding.verdict = Verdict("ok", f"{outcome.verdict.reason}, though it is not on the list")
        if finding.listed is False and outcome.verdict.status == "failed":
            reason = f"not on its list; {outcome.verdict.reason}"
            finding.verdict = Verdict("not_listed", reason, "check its id, or discover again")

    def _price(self, target: Target) -> Decimal | None:
        if target.is_local:
            return Decimal(0)
        if self._costs is None or target.offer is None:
            return None
        embeds = target.offer.model.kind == "embedding"
        with suppress(AIModelsError):
            return (
                self._costs()
                .estimate(
                    target.offer.model,
                    input_tokens=INPUT_TOKENS,
                    output_tokens=0 if embeds else MOST_TOKENS,
                    provider=target.offer.key,
                )
                .total
            )
        return None

    def _price_of(self, target: Target, answer: Any) -> Decimal | None:
        if target.is_local:
            return Decimal(0)
        if self._costs is None or target.offer is None:
            return None
        with suppress(AIModelsError):
            return self._costs().of(answer, model=target.offer.model, provider=target.offer.key).total
        return None

    def _remember(
        self, report: HealthReport, heard: Mapping[Server, Heard], chosen: Iterable[Target], when: str
    ) -> None:
        """Write down what a server said, of each model and of the provider itself; not what was never asked."""
        results = [each for each in report.results if each.level and each.reason != INTERRUPTED]
        known = {(each.target, each.offer) for each in results}
        self.log.record(
            [*results, *(each for each in _of_providers(heard, chosen, when) if (each.target, None) not in known)]
        )


def _chosen(known: Targets, targets: str | Iterable[str] | None, via: str | None, *, one: bool) -> list[Target]:
    if targets is None:
        return known.usual()
    return known.named([targets] if isinstance(targets, str) else targets, via, one=one)


def _worth_dialling(finding: _Finding) -> bool:
    """Return whether a server is to be asked: not without a key, unless its list is open to all."""
    endpoint, source = finding.target.endpoint, finding.target.source
    if finding.verdict.status == "ok" or (endpoint is None and source is not None):
        return endpoint is None or not endpoint.provider.is_local or _is_server(finding)
    return finding.verdict.status == "no_key" and endpoint is not None and endpoint.provider.open_list


def _is_server(finding: _Finding) -> bool:
    """Return whether a local provider is a server at all, and not files on this machine."""
    endpoint = finding.target.endpoint
    with suppress(AIModelsError):
        if endpoint is not None and endpoint.url("openai") is None and endpoint.url("root") is None:
            finding.verdict = Verdict("unknown", "files on this machine, which no server that is known serves")
            return False
    return True


def _call_for(finding: _Finding) -> Call | None:
    """Return the call that tries a model; `None`, with the reason in the finding, if none is to be made."""
    if not finding.dialled or finding.verdict.status in _NOT_CALLED or finding.verdict.reason == INTERRUPTED:
        return None
    if finding.verdict.status == "not_listed" and finding.target.is_local:
        return None  # many a local server answers for any name
    call = call_of(finding.target)
    if isinstance(call, str):
        reason = f"{finding.verdict.reason}; {call}" if finding.verdict.reason else call
        finding.verdict = finding.verdict._replace(reason=reason)
        return None
    return call


def _unanswered(timeout_s: float) -> Outcome:
    return Outcome(Verdict("unreachable", f"no answer within {timeout_s:g} s", "try again, or with a longer --timeout"))


def _of_providers(heard: Mapping[Server, Heard], chosen: Iterable[Target], when: str) -> Iterator[HealthResult]:
    """Yield what providers said at their usual addresses, which holds for all of their models."""
    targets = {target.server: target for target in chosen}
    for (provider, url), said in heard.items():
        target = targets[provider, url]
        verdict = verdict_of_server(said, target)
        if url is None and verdict.status != "unknown":
            yield HealthResult(
                provider,
                provider,
                1,
                verdict.status,
                when,
                verdict.reason,
                verdict.advice,
                said.seconds,
                key=target.key,
            )
