"""Health against real servers on this machine: llama.cpp, alone and as a router, and a LiteLLM proxy."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from tests.real_servers import LITELLM_KEY, LLAMA_KEY, litellm_proxy, llama_router, llama_server

from ai_models._core.model import Model
from ai_models._core.registry import ModelRegistry
from ai_models.health import HealthResult
from ai_models.manager import ModelManager

__all__ = ["litellm_proxy", "llama_router", "llama_server"]  # fixtures

WRONG_KEY = "sk-wrong-0123456789"


def checked(provider: str, *ids: str, level: int = 1, timeout: float = 10) -> dict[str, HealthResult]:
    local = provider == "llamacpp"
    models = ModelRegistry()
    for id in ids:
        offer = {"id": id, "is_local": local}
        models[id] = Model(id, provider, is_local=local, kind="chat", connector_metadata={provider: offer})
    report = ModelManager(models).health.check([provider, *ids], level=level, timeout=timeout)
    return {result.target: result for result in report.results}


@pytest.fixture
def single(llama_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLAMACPP_BASE_URL", llama_server)
    monkeypatch.setenv("LLAMACPP_API_KEY", LLAMA_KEY)


@pytest.fixture
def router(llama_router: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLAMACPP_BASE_URL", llama_router)


@pytest.fixture
def proxy(litellm_proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_BASE_URL", litellm_proxy)
    monkeypatch.setenv("LITELLM_PROXY_API_KEY", LITELLM_KEY)


@pytest.mark.parametrize("level", [1, 2])
def test_llama_cpp_has_its_model_and_no_other_though_it_answers_for_any_name(single: None, level: int) -> None:
    found = checked("llamacpp", "tiny", "absent", level=level)
    assert {name: each.status for name, each in found.items()} == {
        "llamacpp": "ok",
        "tiny": "ok",
        "absent": "not_listed",
    }
    assert (found["tiny"].level, found["tiny"].listed, found["absent"].listed) == (level, True, False)
    assert found["tiny"].cost_usd == (0 if level == 2 else None)


@pytest.mark.parametrize("level", [1, 2])
def test_llama_cpp_refuses_a_wrong_key_and_none(single: None, level: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLAMACPP_API_KEY", WRONG_KEY)
    found = checked("llamacpp", "tiny", level=level)
    assert {each.status for each in found.values()} == {"unauthorised"}
    assert WRONG_KEY not in str(found)
    monkeypatch.delenv("LLAMACPP_API_KEY")
    found = checked("llamacpp", "tiny", level=level)
    assert (found["tiny"].status, found["tiny"].advice) == ("unauthorised", "set LLAMACPP_API_KEY")


def test_a_router_s_models_are_loaded_unloaded_and_failed(router: None) -> None:
    found = checked("llamacpp", "loaded", "unloaded", "broken", "absent")
    assert {name: each.status for name, each in found.items()} == {
        "llamacpp": "ok",
        "loaded": "ok",
        "unloaded": "unloaded",
        "broken": "failed",
        "absent": "not_listed",
    }


def test_a_call_loads_a_router_s_model_and_tells_of_one_that_cannot_be(router: None) -> None:
    found = checked("llamacpp", "loaded", "broken", level=2, timeout=60)
    assert (found["loaded"].status, found["loaded"].level) == ("ok", 2)
    assert (found["broken"].status, found["broken"].level) == ("failed", 2)
    assert "failed to load" in found["broken"].reason


@pytest.mark.parametrize("level", [1, 2])
def test_a_litellm_proxy_and_its_models(proxy: None, level: int) -> None:
    found = checked("litellm", "mock-gpt", "absent", level=level, timeout=60)
    assert {name: each.status for name, each in found.items()} == {
        "litellm": "ok",
        "mock-gpt": "ok",
        "absent": "not_listed",
    }


@pytest.mark.parametrize("key", [WRONG_KEY, ""])
def test_a_litellm_proxy_refuses_a_wrong_key_and_none(proxy: None, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_PROXY_API_KEY", key)
    found = checked("litellm", "mock-gpt", level=2, timeout=60)
    assert {each.status for each in found.values()} == ({"unauthorised"} if key else {"no_key"})
    assert WRONG_KEY not in str(found)


@contextmanager
def silent_server() -> Iterator[str]:
    """A server that takes connections and never answers."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    taken.append(listening.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        for each in taken:
            each.close()


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with silent_server() as url:
        monkeypatch.setenv("LLAMACPP_BASE_URL", url)
        found = checked("llamacpp", "tiny", timeout=0.5)
    assert {each.status for each in found.values()} == {"unreachable"}


def test_another_server_is_told_from_the_one_that_was_meant(llama_router: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", llama_router)
    assert checked("ollama")["ollama"].status == "wrong_answer"
