"""What an estimate of a call's cost takes, beside the libraries that estimate one."""

from collections.abc import Iterator
from decimal import Decimal
from subprocess import check_output

from ai_models import ModelManager
from bench.measure import Row, timed
from bench.peers import program

CALLS = 2_000
PEERS: dict[str, tuple[str, str, str, str]] = {
    "genai-prices": (
        "genai-prices",
        "import genai_prices as g",
        "g.calc_price(g.Usage(input_tokens=1000, output_tokens=100), 'gpt-4o', provider_id='openai')",
        "<= 0.2",
    ),
    "LiteLLM": ("litellm", "import litellm", "litellm.cost_per_token('gpt-4o', 1000, 100)", "<= 0.2"),
    "tokencost": (
        "tokencost",
        "from tokencost import calculate_cost_by_tokens as c",
        "c(1000, 'gpt-4o', 'input') + c(100, 'gpt-4o', 'output')",
        "",
    ),
}
"""Each peer's environment, what is run once, the call that is timed, and our bar beside it."""

TIMED = """
import time
{setup}
{call}
for _ in range({turns}):
    start = time.perf_counter()
    for _ in range({calls}):
        {call}
    print(time.perf_counter() - start)
"""


def estimating(turns: int) -> Iterator[Row]:
    """Compare `estimate_cost` with a peer's way to price the same call, each in a process of its own."""
    manager = ModelManager()

    def ours() -> None:
        for _ in range(CALLS):
            manager.estimate_cost("gpt-4o", input_tokens=1000, output_tokens=100)

    ours()
    if manager.estimate_cost("gpt-4o", input_tokens=1000, output_tokens=100).total != Decimal("0.0035"):
        raise SystemExit("the estimate is not what it should be: nothing was measured")
    for name, (environment, setup, call, bar) in PEERS.items():
        python = program(environment)
        if python is None:
            yield Row("estimate_cost", name, note="not installed: python -m bench setup")
            continue
        script = TIMED.format(setup=setup, call=call, turns=turns, calls=CALLS)
        env = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "HOME": "/nonexistent"}
        theirs = [float(line) for line in check_output([python, "-c", script], env=env, text=True).split()]
        own = [timed(ours) for _ in range(turns)]
        ratios = tuple(mine / other for mine, other in zip(own, theirs, strict=True))
        yield Row("estimate_cost", name, ratios, sorted(own)[turns // 2] / CALLS, "time: a call", bar)
