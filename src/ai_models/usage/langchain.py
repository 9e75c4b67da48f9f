"""The callback that records what LangChain's models are asked."""

from importlib import import_module
from typing import Any

from ai_models.errors import MissingDependencyError
from ai_models.usage.tracking import Recorder, Tracked

__all__ = ["handler"]


def handler(ledger: Recorder, tags: tuple[str, ...]) -> Any:
    """Return a callback handler of LangChain's that records each call of a model, also one that fails."""
    try:
        base = import_module("langchain_core.callbacks").BaseCallbackHandler
    except ImportError:
        raise MissingDependencyError("langchain-core") from None
    made = type("UsageHandler", (_Records, base), {"__doc__": _Records.__doc__})
    return made(ledger, tags)


class _Records:
    """Records each call of a model: from its start to its end, or to its error."""

    raise_error = True
    """A spent budget keeps the call from being made."""

    def __init__(self, ledger: Recorder, tags: tuple[str, ...]) -> None:
        self._ledger = ledger
        self._tags = tags
        self._running: dict[Any, Tracked] = {}

    def on_chat_model_start(self, serialized: Any, messages: Any, *, run_id: Any, **kwargs: Any) -> None:
        """Begin the call of a chat model."""
        named = (kwargs.get("metadata") or {}).get("ls_model_name")
        self._running[run_id] = Tracked(self._ledger, named, tags=self._tags).start()

    on_llm_start = on_chat_model_start

    def on_llm_new_token(self, token: str, *, run_id: Any, **kwargs: Any) -> None:
        """Note when the answer begins."""
        if run_id in self._running:
            self._running[run_id].first_token()

    def on_llm_end(self, response: Any, *, run_id: Any, **kwargs: Any) -> None:
        """Record the call."""
        tracked = self._running.pop(run_id, None)
        if tracked is not None:
            answers = [answer for row in response.generations for answer in row]
            tracked.response = getattr(answers[-1], "message", None) if answers else None
            tracked.finish()

    def on_llm_error(self, error: BaseException, *, run_id: Any, **kwargs: Any) -> None:
        """Record the call as failed."""
        tracked = self._running.pop(run_id, None)
        if tracked is not None:
            tracked.error = error
            tracked.finish()
