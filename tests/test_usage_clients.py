"""Wrapped clients of real libraries record their calls; each asks a local server that speaks as the vendor does."""

import asyncio
import gc
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from tests.real_servers import needs_library

from ai_models import Model, ModelManager
from ai_models.errors import BudgetExceededError
from ai_models.testing.recorder import Recorder
from ai_models.usage import Call
from ai_models.usage.wrappers import wrapped

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries' own

ASKED: dict[str, Any] = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running
    gc.collect()


@pytest.fixture
def manager() -> Iterator[ModelManager]:
    made = ModelManager()
    made.models["gpt-4o"] = Model("gpt-4o", "openai", cost_per_token={"input": 1e-06, "output": 2e-06})
    made.models["claude"] = Model("claude", "anthropic", cost_per_token={"input": 1e-06, "output": 2e-06})
    yield made
    made.usage.close()


def openai_client(recorder: Recorder, *, is_async: bool = False) -> Any:
    needs_library("openai")
    import openai

    kind = openai.AsyncOpenAI if is_async else openai.OpenAI
    return kind(api_key="sk-1", base_url=recorder.url + "/v1", max_retries=0)


def anthropic_client(recorder: Recorder, *, is_async: bool = False) -> Any:
    needs_library("anthropic")
    import anthropic

    kind = anthropic.AsyncAnthropic if is_async else anthropic.Anthropic
    return kind(api_key="sk-1", base_url=recorder.url, max_retries=0)


def recorded(manager: ModelManager) -> list[Call]:
    return list(manager.usage.calls())


def test_openai_s_chat_is_recorded_and_the_client_is_the_same(manager: ModelManager, recorder: Recorder) -> None:
    client = openai_client(recorder)
    assert manager.usage.wrap(client, provider="openai", tags=["app"]) is client
    answer = client.chat.completions.create(**ASKED)
    assert answer.choices[0].message.content
    (call,) = recorded(manager)
    assert (call.model, call.provider, call.status, call.tags) == ("gpt-4o", "openai", "ok", ("app",))
    assert (call.usage.input_tokens, call.usage.output_tokens) == (
        answer.usage.prompt_tokens,
        answer.usage.completion_tokens,
    )
    assert call.total is not None


def test_openai_s_stream_is_recorded_with_its_usage(manager: ModelManager, recorder: Recorder) -> None:
    client = manager.usage.wrap(openai_client(recorder), provider="openai")
    chunks = list(client.chat.completions.create(**ASKED, stream=True))
    assert chunks
    assert all(chunk.choices for chunk in chunks)
    assert recorder.last.body["stream_options"] == {"include_usage": True}
    (call,) = recorded(manager)
    assert call.status == "ok"
    assert call.first_token_s is not None


def test_a_stream_is_used_as_before(manager: ModelManager, recorder: Recorder) -> None:
    client = manager.usage.wrap(openai_client(recorder), provider="openai")
    with client.chat.completions.create(**ASKED, stream=True) as stream:
        next(iter(stream))
    client.chat.completions.create(**ASKED, stream=True)
    gc.collect()
    assert [call.status for call in recorded(manager)] == ["cancelled", "cancelled"]


def test_openai_s_other_calls_are_recorded(manager: ModelManager, recorder: Recorder) -> None:
    client = manager.usage.wrap(openai_client(recorder), provider="openai")
    client.responses.create(model="gpt-4o", input="hi")
    client.embeddings.create(model="gpt-4o", input="hi")
    list(client.responses.create(model="gpt-4o", input="hi", stream=True))
    client.with_options(timeout=5).chat.completions.create(**ASKED)
    assert [call.status for call in recorded(manager)] == ["ok"] * 4


def test_an_async_client_is_recorded(manager: ModelManager, recorder: Recorder) -> None:
    client = manager.usage.wrap(openai_client(recorder, is_async=True), provider="openai")

    async def main() -> None:
        async with client:
            await client.chat.completions.create(**ASKED)
            async for _ in await client.chat.completions.create(**ASKED, stream=True):
                pass

    asyncio.run(main())
    assert [(call.status, call.model) for call in recorded(manager)] == [("ok", "gpt-4o")] * 2


def test_an_async_stream_is_closed_as_before(manager: ModelManager, recorder: Recorder) -> None:
    client = manager.usage.wrap(openai_client(recorder, is_async=True), provider="openai")

    async def main() -> None:
        async with client:
            stream = await client.chat.completions.create(**ASKED, stream=True)
            await anext(stream)
            await stream.close()

    asyncio.run(main())
    assert [call.status for call in recorded(manager)] == ["cancelled"]


def test_a_call_that_fails_is_recorded_and_raises(manager: ModelManager, recorder: Recorder) -> None:
    needs_library("openai")
    import openai

    client = manager.usage.wrap(openai_client(recorder).with_options(base_url=recorder.url + "/nowhere"))
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(**ASKED)
    (call,) = recorded(manager)
    assert (call.status, call.error) == ("failed", "NotFoundError")


def test_a_server_that_nobody_knows_has_no_price(manager: ModelManager, recorder: Recorder) -> None:
    client = manager.usage.wrap(openai_client(recorder))
    client.chat.completions.create(**ASKED)
    (call,) = recorded(manager)
    assert (call.provider, call.total) == ("127.0.0.1", None)


def test_a_spent_budget_keeps_the_request_from_being_sent(manager: ModelManager, recorder: Recorder) -> None:
    manager.budgets.set("none", limit_usd=0)
    client = manager.usage.wrap(openai_client(recorder), provider="openai")
    with pytest.raises(BudgetExceededError):
        client.chat.completions.create(**ASKED)
    assert recorder.requests == []


def test_anthropic_s_messages_are_recorded(manager: ModelManager, recorder: Recorder) -> None:
    client = manager.usage.wrap(anthropic_client(recorder), provider="anthropic")
    asked = {**ASKED, "model": "claude", "max_tokens": 5}
    client.messages.create(**asked)
    for _ in client.messages.create(**asked, stream=True):
        pass
    with client.messages.stream(**asked) as stream:
        assert stream.get_final_text()
    found = recorded(manager)
    assert [(call.status, call.model) for call in found] == [("ok", "claude")] * 3
    assert len({call.usage.output_tokens for call in found}) == 1
    assert found[0].usage.output_tokens


def test_an_async_anthropic_is_recorded(manager: ModelManager, recorder: Recorder) -> None:
    client = manager.usage.wrap(anthropic_client(recorder, is_async=True), provider="anthropic")
    asked = {**ASKED, "model": "claude", "max_tokens": 5}

    async def main() -> None:
        async with client:
            await client.messages.create(**asked)
            async with client.messages.stream(**asked) as stream:
                async for _ in stream.text_stream:
                    pass

    asyncio.run(main())
    assert [(call.status, call.usage.output_tokens is not None) for call in recorded(manager)] == [("ok", True)] * 2


def test_langchain_s_models_are_recorded(manager: ModelManager, recorder: Recorder) -> None:
    needs_library("langchain_openai")
    from langchain_openai import ChatOpenAI

    handler = manager.usage.langchain_handler(tags=["chain"])
    model = ChatOpenAI(model="gpt-4o", base_url=recorder.url + "/v1", api_key="sk-1", max_retries=0)
    model.invoke("hi", config={"callbacks": [handler]})
    list(model.stream("hi", config={"callbacks": [handler]}, stream_usage=True))
    asyncio.run(model.ainvoke("hi", config={"callbacks": [handler]}))
    found = recorded(manager)
    assert [(call.status, call.model, call.tags) for call in found] == [("ok", "gpt-4o", ("chain",))] * 3
    assert all(call.usage.output_tokens for call in found)


def test_langchain_s_model_is_not_called_when_a_budget_is_spent(manager: ModelManager, recorder: Recorder) -> None:
    needs_library("langchain_openai")
    from langchain_openai import ChatOpenAI

    manager.budgets.set("none", limit_usd=0)
    model = ChatOpenAI(model="gpt-4o", base_url=recorder.url + "/v1", api_key="sk-1", max_retries=0)
    with pytest.raises(BudgetExceededError):
        model.invoke("hi", config={"callbacks": [manager.usage.langchain_handler()]})
    assert recorder.requests == []


class _Completions:
    def create(self, **asked: Any) -> dict[str, Any]:
        self.asked = asked
        return {"model": asked["model"], "usage": {"prompt_tokens": 9, "completion_tokens": 3}}


class _Chunks:
    """An async stream as openai's is closed."""

    closed = False

    async def __anext__(self) -> dict[str, Any]:
        return {"choices": ["hi"]}

    async def close(self) -> None:
        self.closed = True


def fake_client(host: str) -> Any:
    kind = type("OpenAI", (), {"__module__": "openai"})
    client: Any = kind()
    client.base_url = SimpleNamespace(host=host)
    client.chat = SimpleNamespace(completions=_Completions())
    return client


def test_an_async_stream_that_is_closed_early_is_a_cancelled_call(manager: ModelManager) -> None:
    client, chunks = fake_client("api.openai.com"), _Chunks()
    client.chat.completions.create = lambda **asked: chunks
    stream = manager.usage.wrap(client).chat.completions.create(**ASKED, stream=True)

    async def main() -> None:
        await anext(stream)
        await stream.close()

    asyncio.run(main())
    assert chunks.closed
    assert [call.status for call in recorded(manager)] == ["cancelled"]


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("api.openai.com", "openai"),
        ("openrouter.ai", "openrouter"),
        ("api.groq.com", "groq"),
        ("me.openai.azure.com", "azure"),
        ("gpu-box", "gpu-box"),
    ],
)
def test_the_base_url_tells_who_serves(manager: ModelManager, host: str, provider: str) -> None:
    client = manager.usage.wrap(fake_client(host))
    client.chat.completions.create(**ASKED)
    (call,) = recorded(manager)
    assert call.provider == provider
    assert (call.total is None) == (provider != "openai")


def test_a_client_is_wrapped_once(manager: ModelManager) -> None:
    client = fake_client("api.openai.com")
    for _ in range(3):
        manager.usage.wrap(client)
    client.chat.completions.create(**ASKED)
    assert len(recorded(manager)) == 1


def test_another_kind_of_client_is_refused_with_what_to_do(manager: ModelManager) -> None:
    with pytest.raises(TypeError, match=r"manager.usage.track\(model\)"):
        wrapped(object(), manager.usage)
