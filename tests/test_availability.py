"""What can be called now: a key or a server that answers, and the provider's own list; and why the rest can't."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ai_models._core.contracts import Listing, ModelSource
from ai_models._core.model import Model
from ai_models.availability import Availability
from ai_models.base import ModelRegistry
from ai_models.credentials import Key, find_key
from ai_models.errors import SourceUnavailableError
from ai_models.last_answers import LastAnswer, LastAnswers
from ai_models.manager import ModelManager, get_manager

NOW = "2026-11-25T10:11:12Z"


def registry_of(*models: Model) -> ModelRegistry:
    registry = ModelRegistry()
    registry.write(models)
    return registry


def trouble(model: Model, *answers: LastAnswer, models: Iterable[Model] = (), key: str | None = None) -> str | None:
    known = LastAnswers()
    known.record(answers)
    return Availability(registry_of(model, *models), known).trouble(model.offer(key or model.provider))


def offer(provider: str, **facts: Any) -> Model:
    return Model("m", provider, connector_metadata={provider: {"id": "m", **facts}})


def local(**facts: Any) -> Model:
    return Model("m", "ollama", is_local=True, connector_metadata={"ollama": {"id": "m", "is_local": True, **facts}})


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"gone": "2026-11-20"}, "listed no more since 2026-11-20"),
        ({"retired": "2026-01-01"}, "retired on 2026-01-01"),
        ({"active": False}, "not active"),
        ({"state": "failed", "state_reason": "exit code 1"}, "its server failed to load it: exit code 1"),
        ({"requires_profile": True}, "callable through an inference profile alone: take the id of one"),
        ({"requires_provisioned": True}, "callable through provisioned throughput alone"),
        ({"deployments": []}, "not deployed: deploy it first"),
        ({"deployments": ["mine"]}, "called by the name of its deployment, mine"),
    ],
)
def test_what_is_known_of_the_offer_itself_comes_first(
    facts: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_0123456789")
    assert trouble(offer("groq", **facts)) == said


@pytest.mark.parametrize(
    "facts", [{"retired": "2999-01-01"}, {"retired": "2020"}, {"state": "unloaded"}, {"deployments": ["m"]}]
)
def test_what_does_not_stand_in_the_way_is_no_trouble(facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_0123456789")
    assert trouble(offer("groq", **facts)) is None


def test_without_a_key_it_says_which_variable_to_set() -> None:
    assert trouble(offer("groq")) == "no key (set GROQ_API_KEY)"


def test_a_local_server_counts_while_it_answered_when_last_asked() -> None:
    down = LastAnswer("ollama", NOW, "failed", "ollama", "nothing answers at http://127.0.0.1:11434")
    assert trouble(local()) is None
    assert trouble(local(), LastAnswer("ollama", NOW, "found", "ollama")) is None
    assert trouble(local(), down) == "no answer at 2026-11-25 10:11: nothing answers at http://127.0.0.1:11434"


def test_a_local_server_whose_answer_was_not_believed_is_there_all_the_same() -> None:
    assert trouble(local(), LastAnswer("ollama", NOW, "doubted", "ollama", "only 1 model")) is None


def test_a_provider_that_gave_its_list_is_believed_about_what_is_not_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_0123456789")
    listed = Model("n", "groq", connector_metadata={"groq": {"id": "n", "listed": "2026-11-25"}})
    assert trouble(offer("groq"), models=[listed]) == "not on its list for your key"
    assert trouble(listed) is None


def test_a_list_for_another_key_is_no_list_for_yours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_0123456789")
    key = find_key("groq")
    assert key is not None
    other = Key("gsk_another-0123", "groq", None, "argument")
    model = offer("groq", listed="2026-11-25")
    asked = [LastAnswer("groq", NOW, "found", "groq", key=each.fingerprint) for each in (key, other)]
    assert trouble(model, asked[0]) is None
    assert trouble(model, asked[1]) == "listed for another key: ai-models discover groq"


def test_a_key_that_was_refused_calls_nothing_until_it_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_0123456789")
    key = find_key("groq")
    assert key is not None
    refused = LastAnswer("groq", NOW, "refused", "groq", "the key in GROQ_API_KEY was rejected (401)", key.fingerprint)
    assert trouble(offer("groq"), refused) == "the key in GROQ_API_KEY was rejected (401)"
    monkeypatch.setenv("GROQ_API_KEY", "gsk_a-new-one-0123")
    assert trouble(offer("groq"), refused) is None


def test_a_gateway_of_your_own_that_wants_no_key_needs_none() -> None:
    found = LastAnswer("vllm", NOW, "found", "vllm")
    assert trouble(offer("vllm", listed="2026-11-25"), found) is None


def test_a_model_can_be_called_through_its_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-0123456789")
    floating = Model("anthropic/claude-x", "anthropic")
    listed = {"anthropic": {"id": "claude-x-20260101", "listed": "2026-11-25"}}
    snapshot = Model("anthropic/claude-x-20260101", "anthropic", base=floating.id, connector_metadata=listed)
    availability = Availability(registry_of(floating, snapshot))
    assert availability.covers(floating)
    assert availability.why_not(floating) == {"anthropic": "not on its list for your key"}


class Server(ModelSource):
    """A local server that can be switched off."""

    name = "ollama"
    provider = "ollama"
    is_local = True
    up = True
    origin = "live"

    def discover_models(self) -> Iterable[Model]:
        return self.listing().models

    def listing(self) -> Listing:
        if not self.up:
            raise SourceUnavailableError("nothing answers at http://127.0.0.1:11434", source="ollama")
        return Listing([Model("llama3.2:1b", "ollama", is_local=True)], origin=self.origin, note="it failed")


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def manager(server: Server, tmp_path: Path) -> ModelManager:
    made = get_manager(tmp_path / "models.json")
    made.register_source("ollama", server)
    return made


def ids(manager: ModelManager) -> list[str]:
    return [model.id for model in manager.list_models(available=True)]


def test_after_a_discovery_that_found_the_server_down_its_models_are_there_and_not_available(
    manager: ModelManager, server: Server, tmp_path: Path
) -> None:
    manager.discover(["ollama"])
    (id,) = ids(manager)
    server.up = False
    manager.discover(["ollama"])
    assert (id in manager.models, ids(manager)) == (True, [])
    again = get_manager(tmp_path / "models.json")
    assert ids(again) == []
    assert "nothing answers" in str(again.availability.why_not(again.models[id]))
    server.up = True
    manager.discover(["ollama"])
    assert ids(get_manager(tmp_path / "models.json")) == [id]


def test_a_stale_answer_says_that_the_server_failed(manager: ModelManager, server: Server) -> None:
    manager.discover(["ollama"])
    server.origin = "stale"
    manager.discover(["ollama"])
    assert manager.last_answers["ollama"].reason == "it failed"
    assert not manager.last_answers["ollama"].ok


@pytest.mark.parametrize("options", [{"dry_run": True}, {"offline": True}])
def test_what_asked_nobody_or_writes_nothing_is_not_remembered(
    manager: ModelManager, server: Server, options: dict[str, Any]
) -> None:
    server.origin = "cache" if "offline" in options else "live"
    manager.discover(["ollama"], **options)
    assert list(manager.last_answers) == []


def test_last_answers_survive_torn_lines_and_grow_no_further_than_needed(tmp_path: Path) -> None:
    path = tmp_path / "m.sources.jsonl"
    known = LastAnswers(path)
    for number in range(3000):
        known.record([LastAnswer(f"s{number % 3}", NOW, "failed", reason=f"reason {number} {'x' * 60}")])
    with path.open("ab") as file:
        file.write(b'{"source": "s1", "whe')
    LastAnswers(path).record([LastAnswer("s9", NOW, "found")])
    again = LastAnswers(path)
    assert {name: answer.reason[:11] for name, answer in again.items()} == {
        "s0": "reason 2997", "s1": "reason 2998", "s2": "reason 2999", "s9": "",
    }  # fmt: skip
    assert path.stat().st_size < 300 * 1024


def test_no_key_is_written_beside_the_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ai_models.sources import ProviderAPISource
    from ai_models.testing import FakeTransport

    monkeypatch.setenv("GROQ_API_KEY", "gsk_0123456789")
    manager = get_manager(tmp_path / "models.json")
    transport = FakeTransport({"https://api.groq.com/openai/v1/models": {"data": [{"id": "m"}]}})
    manager.register_source("groq", ProviderAPISource("groq", transport=transport))
    manager.discover(["groq"])
    assert ids(manager) == ["groq/m"]
    assert all("0123456789" not in path.read_text() for path in tmp_path.iterdir())
    monkeypatch.setenv("GROQ_API_KEY", "gsk_of-somebody-else")
    assert ids(manager) == []


def test_a_refused_key_of_a_discovery_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ai_models.sources import ProviderAPISource
    from ai_models.testing import FakeTransport

    monkeypatch.setenv("GROQ_API_KEY", "gsk_0123456789")
    manager = get_manager(tmp_path / "models.json")
    manager.models["m"] = Model("m", "groq")
    transport = FakeTransport({"https://api.groq.com/openai/v1/models": 401})
    manager.register_source("groq", ProviderAPISource("groq", transport=transport))
    assert ids(manager) == ["m"]
    manager.discover(["groq"])
    assert ids(manager) == []
    assert manager.availability.why_not(manager.models["m"])["groq"].startswith("the key in GROQ_API_KEY was rejected")


def test_a_server_that_a_look_around_found_is_down_when_the_next_one_finds_it_no_more(manager: ModelManager) -> None:
    class Around(ModelSource):
        name = "around"
        is_local = True
        running: tuple[str, ...] = ("ollama", "vllm")

        def discover_models(self) -> Iterable[Model]:
            if not self.running:
                raise SourceUnavailableError("no server answers", source="around")
            return [Model(f"m-of-{provider}", provider, is_local=True) for provider in self.running]

    around = Around()
    manager.register_source("around", around)
    manager.discover(["around"])
    assert len(ids(manager)) == 2
    around.running = ("vllm",)
    manager.discover(["around"])
    assert ids(manager) == ["vllm/m-of-vllm"]
    around.running = ()
    manager.discover(["around"])
    assert ids(manager) == []
    around.running = ("ollama",)
    manager.discover(["around"])
    assert ids(manager) == ["ollama/m-of-ollama"]
