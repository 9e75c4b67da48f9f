"""The commands on a small registry: what they find, change, print and refuse."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ai_models import Model, ModelManager, ModelRegistry, ModelSource
from ai_models.changes import Change, ChangeLog
from ai_models.cli.app import app
from ai_models.cli.doctor import look_at_setup
from ai_models.cli.render import Output
from ai_models.cli.session import Session
from ai_models.errors import CredentialError, SourceUnavailableError

SONNET = Model(
    "anthropic/claude-sonnet-4-5",
    "anthropic",
    200_000,
    name="Claude Sonnet 4.5",
    lab="anthropic",
    kind="chat",
    aliases=["sonnet"],
    capabilities={"tools": True, "vision": True, "audio_input": False},
    cost_per_token={"input": 3e-06, "output": 1.5e-05},
    released="2025-09-29",
    connector_metadata={
        "anthropic": {"id": "claude-sonnet-4-5"},
        "bedrock:us": {"id": "us.anthropic.claude-v1:0", "cost_per_token": {"input": 3.3e-06, "output": 1.65e-05}},
    },
    provenance={"*": "openrouter@2026-11-20"},
    conflicts={"context_size": {"litellm@2026-11-20": 1_000_000}},
)
SNAPSHOT = Model(
    "anthropic/claude-sonnet-4-5-20250929",
    "anthropic",
    200_000,
    lab="anthropic",
    version="2025-09-29",
    base="anthropic/claude-sonnet-4-5",
    connector_metadata={"anthropic": {"id": "claude-sonnet-4-5-20250929"}},
    provenance={"*": "openrouter@2026-11-20"},
)
MINI = Model(
    "openai/gpt-4o-mini",
    "openai",
    128_000,
    lab="openai",
    kind="chat",
    capabilities={"tools": True},
    cost_per_token={"input": 1.5e-07, "output": 6e-07},
    released="2024-07-18",
    connector_metadata={
        "openai": {"id": "gpt-4o-mini"},
        "openrouter:free": {"id": "x:free", "cost_per_token": {"input": 0.0}},
    },
    provenance={"*": "openrouter@2026-11-20"},
)
LLAMA = Model("meta/llama-3.2-1b", "ollama", is_local=True, kind="chat", provenance={"*": "ollama@2026-11-20"})
MODELS = (SONNET, SNAPSHOT, MINI, LLAMA)


class Found(ModelSource):
    name = "found"
    provider = "openai"

    def discover_models(self) -> Iterator[Model]:
        yield Model("gpt-4o-mini", "openai", 128_000)
        yield Model("gpt-9", "openai", 9_000)


class Dead(ModelSource):
    name = "dead"

    def discover_models(self) -> Iterator[Model]:
        raise SourceUnavailableError("no answer from \x1b[31mdead.example", source="dead")


class Keyless(ModelSource):
    name = "keyless"

    def discover_models(self) -> Iterator[Model]:
        raise CredentialError("openai", ["OPENAI_API_KEY"])


@pytest.fixture
def session(tmp_path: Path) -> Session:
    registry = ModelRegistry(tmp_path / "models.json")
    registry.write(MODELS)
    sources: dict[str, ModelSource] = {"found": Found(), "dead": Dead(), "keyless": Keyless()}
    return Session(_manager=ModelManager(registry, sources=sources, changes=ChangeLog()), out=Output())


@pytest.fixture
def run(session: Session) -> Any:
    def invoke(*args: str, terminal: int = 0) -> Result:
        session.out = Output(terminal=bool(terminal), width=terminal or 80)
        return CliRunner().invoke(app, list(args), obj=session, catch_exceptions=False)

    return invoke


def ids(result: Result) -> list[str]:
    assert result.exit_code == 0, result.stderr
    return [line.split("\t")[0] for line in result.stdout.splitlines()[1:]]


def test_list_gives_every_model_in_the_registry_s_order(run: Any) -> None:
    assert ids(run("list")) == [model.id for model in MODELS]


def test_list_on_a_terminal_begins_with_the_newest(run: Any) -> None:
    lines = run("list", terminal=80).stdout.splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["anthropic/claude-sonnet-4-5", "openai/gpt-4o-mini"]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--cap", "vision,tools"], [SONNET]),
        (["--cap", "function_calling"], [SONNET, MINI]),
        (["--min-context", "129k"], [SONNET, SNAPSHOT]),
        (["--max-context", "128k"], [MINI]),
        (["--max-input-price", "0.15"], [MINI]),
        (["--max-output-price", "15"], [SONNET, MINI]),
        (["--lab", "anthropic"], [SONNET, SNAPSHOT]),
        (["--kind", "chat", "--remote"], [SONNET, MINI]),
        (["--local"], [LLAMA]),
        (["--available"], [LLAMA]),
        (["--where", '{"released": {"$gte": "2025"}}'], [SONNET]),
        (["--sort", "price"], [MINI, SONNET, SNAPSHOT, LLAMA]),
        (["--sort=-context"], [SONNET, SNAPSHOT, MINI, LLAMA]),
        (["--limit", "2"], [SONNET, SNAPSHOT]),
        (["--limit", "0"], list(MODELS)),
        (["--tag", "nobody"], []),
    ],
)
def test_a_filter_keeps_what_fits_and_never_what_is_unknown(run: Any, options: list[str], found: list[Model]) -> None:
    assert ids(run("list", *options)) == [model.id for model in found]


def test_list_as_a_provider_serves_it_shows_its_price(run: Any) -> None:
    result = run("list", "--provider", "bedrock", "--columns", "id,provider,input")
    assert result.stdout.splitlines()[1:] == [f"{SONNET.id}\tbedrock:us\t3.3"]


def test_free_finds_the_free_offer_and_not_an_unknown_price(run: Any) -> None:
    result = run("list", "--free", "--columns", "id,provider")
    assert result.stdout.splitlines()[1:] == [f"{MINI.id}\topenrouter:free"]


def test_available_means_that_a_key_is_found(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-a-key-of-a-test-0123456789")
    assert ids(run("list", "--available")) == [MINI.id, LLAMA.id]


def test_a_provider_or_group_that_there_is_not_is_no_empty_list(run: Any) -> None:
    for args, near in ((["--provider", "bedrok"], "bedrock"), (["--group", "nobody"], "nobody")):
        result = run("list", *args)
        assert result.exit_code == 3
        assert near in result.stderr


def test_list_as_json_is_one_array(run: Any) -> None:
    assert [row["id"] for row in json.loads(run("list", "--json").stdout)] == [model.id for model in MODELS]
    assert json.loads(run("list", "--json", "--tag", "nobody").stdout) == []


def test_nothing_found_is_said_on_stderr(run: Any) -> None:
    result = run("list", "--tag", "nobody")
    assert (result.exit_code, result.stderr) == (0, "none of 4 models fits; none has the tag 'nobody'\n")


def test_search_finds_by_a_piece_of_a_name_the_best_first(run: Any) -> None:
    assert ids(run("search", "sonnet", "4.5")) == [SONNET.id, SNAPSHOT.id]
    assert ids(run("search", "us.anthropic")) == [SONNET.id]
    assert ids(run("search", "gpt", "--max-input-price", "1")) == [MINI.id]


def test_search_for_what_is_not_there_is_exit_code_3(run: Any) -> None:
    result = run("search", "zzz")
    assert result.exit_code == 3
    assert "no model fits" in result.stderr


@pytest.mark.parametrize("name", [SONNET.id, "sonnet", "claude-sonnet-4-5", "us.anthropic.claude-v1:0"])
def test_show_takes_any_name_of_a_model(run: Any, name: str) -> None:
    assert json.loads(run("show", name, "--json").stdout) == SONNET.to_dict()


def test_show_is_a_page_that_fits_the_terminal(run: Any) -> None:
    page = run("show", "sonnet", terminal=80).stdout
    assert max(map(len, page.splitlines())) <= 80
    for said in ("200,000", "input $3.00", "can't", "audio_input", "2 offers", "bedrock:us", "3.30", "1 snapshot"):
        assert said in page


def test_show_via_a_provider_has_its_price(run: Any) -> None:
    assert json.loads(run("show", "sonnet", "--via", "bedrock", "--json").stdout)["cost_per_token"]["input"] == 3.3e-06


def test_show_with_sources_names_who_says_so_and_who_disagrees(run: Any) -> None:
    facts = json.loads(run("show", "sonnet", "--sources", "--json").stdout)["facts"]
    about = [(fact["value"], fact["labels"], fact["kept"]) for fact in facts if fact["path"] == "context_size"]
    assert about == [(200_000, ["openrouter@2026-11-20"], True), (1_000_000, ["litellm@2026-11-20"], False)]
    assert "but also said" in run("show", "sonnet", "--sources", terminal=120).stdout


def test_an_unknown_model_is_exit_code_3_with_suggestions(run: Any) -> None:
    result = run("show", "claude-sonet-4-5")
    assert result.exit_code == 3
    assert SONNET.id in result.stderr


def test_a_model_that_only_the_catalogue_knows_is_pointed_at(run: Any) -> None:
    result = run("show", "gpt-4o")
    assert result.exit_code == 3
    assert "ai-models discover --offline" in result.stderr


def test_how_a_model_was_found_is_said_where_it_is_not_plain(run: Any) -> None:
    assert f"is taken for {SONNET.id}" in run("show", "ANTHROPIC/Claude-Sonnet-4-5").stderr
    assert run("show", "sonnet").stderr == ""


def test_an_option_for_the_store_wins_over_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ModelRegistry(tmp_path / "mine.json").write([MINI])
    monkeypatch.setenv("AI_MODELS_STORE", str(tmp_path / "other.json"))
    for args in (["--store", str(tmp_path / "mine.json"), "list"], ["list", "--store", str(tmp_path / "mine.json")]):
        assert ids(CliRunner().invoke(app, args)) == [MINI.id]
    monkeypatch.setenv("AI_MODELS_STORE", str(tmp_path / "mine.json"))
    assert ids(CliRunner().invoke(app, ["list"])) == [MINI.id]


def test_tags_are_put_on_and_taken_off(run: Any, session: Session) -> None:
    assert run("tag", "sonnet", "gpt-4o-mini", "production").exit_code == 0
    assert ids(run("list", "--tag", "production")) == [SONNET.id, MINI.id]
    run("untag", "sonnet", "production")
    assert ids(run("list", "--tag", "production")) == [MINI.id]


def test_an_unknown_id_among_several_changes_nothing(run: Any, session: Session) -> None:
    assert run("tag", "sonnet", "nobody/nothing", "production").exit_code == 3
    assert session.manager.models[SONNET.id].tags == set()


def test_a_note_is_kept_shown_and_taken_away(run: Any) -> None:
    run("note", "sonnet", "Best for \x1b[31mreasoning")
    assert r"Best for \x1b[31mreasoning" in run("show", "sonnet", terminal=80).stdout
    run("note", "sonnet", "")
    assert "Best for" not in run("show", "sonnet").stdout


def test_set_makes_a_value_yours_and_unset_gives_it_back(run: Any, session: Session) -> None:
    assert run("set", "sonnet", "context_size", "1M").exit_code == 0
    mine = session.manager.models["sonnet"]
    assert mine.context_size == 1_000_000
    assert (mine.provenance_of("context_size") or "").startswith("user")
    assert mine.provenance_of("lab") == "openrouter@2026-11-20"
    run("set", "sonnet", "context_size", "--unset")
    theirs = session.manager.models["sonnet"]
    assert theirs == SONNET


@pytest.mark.parametrize(
    ("field", "value", "path", "stored"),
    [
        ("context", "128k", "context_size", 128_000),
        ("price.input", "0.15", "cost_per_token", {"input": 1.5e-07, "output": 1.5e-05}),
        ("capabilities.vision", "no", "capabilities", {"tools": True, "vision": False, "audio_input": False}),
        ("license", "MIT", "license", "MIT"),
        ("open_weights", "yes", "open_weights", True),
        ("input_modalities", "text,image", "input_modalities", ["text", "image"]),
    ],
)
def test_set_reads_values_as_people_write_them(
    run: Any, session: Session, field: str, value: str, path: str, stored: object
) -> None:
    assert run("set", "sonnet", field, value).exit_code == 0
    assert getattr(session.manager.models["sonnet"], path) == stored


@pytest.mark.parametrize(
    ("field", "value"),
    [("context_size", "big"), ("price.input", "-1"), ("contxt", "1"), ("released", "soon"), ("open_weights", "maybe")],
)
def test_set_refuses_what_a_model_cannot_hold(run: Any, session: Session, field: str, value: str) -> None:
    result = run("set", "sonnet", field, value)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert session.manager.models["sonnet"] == SONNET


def test_an_alias_is_added_listed_and_removed(run: Any) -> None:
    assert run("alias", "gpt-4o-mini", "mini").exit_code == 0
    assert json.loads(run("show", "mini", "--json").stdout)["id"] == MINI.id
    assert run("alias", "list").stdout.splitlines()[1:] == [f"sonnet\t{SONNET.id}", f"mini\t{MINI.id}"]
    assert run("alias", "remove", "mini").exit_code == 0
    assert run("alias", "remove", "mini").exit_code == 3


def test_an_alias_names_one_model(run: Any) -> None:
    result = run("alias", "gpt-4o-mini", "sonnet")
    assert result.exit_code == 1
    assert SONNET.id in result.stderr


def test_a_group_is_made_filled_listed_and_dissolved(run: Any) -> None:
    assert run("group", "create", "approved", "sonnet").exit_code == 0
    assert run("group", "create", "approved", "sonnet").exit_code == 1
    run("group", "add", "approved", "gpt-4o-mini")
    assert ids(run("group", "show", "approved")) == ids(run("list", "--group", "approved")) == [SONNET.id, MINI.id]
    run("group", "remove", "approved", "sonnet")
    assert json.loads(run("group", "list", "--json").stdout) == [{"group": "approved", "ids": [MINI.id]}]
    run("group", "delete", "approved")
    assert json.loads(run("group", "list", "--json").stdout) == []
    assert run("group", "show", "aproved").exit_code == 3


def test_connect_prints_what_the_call_wants(run: Any) -> None:
    assert json.loads(run("connect", "gpt-4o-mini", "openai").stdout) == {"model": "gpt-4o-mini"}
    assert json.loads(run("connect", "gpt-4o-mini", "openai", "--json").stdout) == {"model": "gpt-4o-mini"}


def test_connect_prints_code_that_compiles_and_holds_no_key(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-a-key-of-a-test-0123456789")
    code = run("connect", "gpt-4o-mini", "openai", "--code").stdout
    compile(code, "code", "exec")
    assert "OPENAI_API_KEY" in code
    assert "0123456789" not in code


def test_connect_explains_its_choice_on_stderr(run: Any) -> None:
    assert "openai" in run("connect", "gpt-4o-mini", "openai", "--explain").stderr


def test_an_unknown_connector_is_exit_code_3(run: Any) -> None:
    assert run("connect", "gpt-4o-mini", "opnai").exit_code == 3


def test_discover_reports_each_source_and_its_reason(run: Any) -> None:
    result = run("discover")
    assert result.exit_code == 0
    rows = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert "2 models" in rows["found"]
    assert "1 new" in rows["found"]
    assert r"failed: no answer from \x1b[31mdead.example" in rows["dead"]
    assert "OPENAI_API_KEY" in rows["keyless"]
    assert result.stdout.splitlines()[-1].startswith("5 models, ")
    assert "Next: " in result.stderr


def test_discover_twice_finds_nothing_new(run: Any) -> None:
    run("discover", "found")
    second = run("discover", "found")
    assert "nothing new" in second.stdout
    assert second.stdout.splitlines()[-1].endswith("; nothing new, 1 conflict.")


def test_a_source_asked_for_by_name_that_fails_is_exit_code_4(run: Any) -> None:
    assert run("discover", "found", "dead").exit_code == 4
    assert run("discover", "found").exit_code == 0
    assert run("discover", "nobody").exit_code == 3


def test_a_dry_run_writes_nothing_and_shows_the_changes(run: Any, session: Session) -> None:
    result = run("discover", "found", "--dry-run")
    assert "gpt-9" in result.stdout
    assert "Nothing was written" in result.stdout
    assert len(session.manager.models) == len(MODELS)


def test_discover_as_json_is_one_object_and_no_progress(run: Any) -> None:
    result = run("discover", "--json")
    report = json.loads(result.stdout)
    assert [row["source"] for row in report["sources"]] == ["found", "dead", "keyless"]
    assert result.stderr == ""


def test_the_report_stands_in_columns(run: Any) -> None:
    lines = run("discover", terminal=80).stdout.splitlines()
    starts = {re.match(r"  \S+ +", line).end() for line in lines if line.startswith("  ") and line[2] != " "}  # type: ignore[union-attr]
    assert len({start for start in starts if start > 4}) <= 2
    assert max(map(len, lines)) <= 80


def test_changes_are_listed_the_newest_first(run: Any, session: Session) -> None:
    session.manager.change_log.append(
        [
            Change("2026-11-01T00:00:00Z", "changed", MINI.id, "cost_per_token.input", 3e-06, 1.5e-07, "openai"),
            Change("2026-11-02T00:00:00Z", "gone", LLAMA.id, source="ollama", offers={"ollama": "llama3.2:3b"}),
        ]
    )
    assert [row["id"] for row in json.loads(run("changes", "--json").stdout)] == [LLAMA.id, MINI.id]
    assert "$3.00/M → $0.15/M" in run("changes", "--id", "gpt-4o-mini", terminal=120).stdout
    assert [row["kind"] for row in json.loads(run("changes", "--kind", "gone", "--json").stdout)] == ["gone"]
    assert run("changes", "--since", "yesterweek").exit_code == 2


def test_a_change_is_shown_with_the_offers_that_it_is_about(run: Any, session: Session) -> None:
    offers = {"openai": "gpt-4o-mini", "azure": "a", "azure:eu": "eu/a", "groq": "g"}
    session.manager.change_log.append(
        [Change("2026-11-01T00:00:00Z", "changed", MINI.id, "status", None, "preview", "x", offers)]
    )
    assert "openai, azure, azure:eu +1: status - → preview" in run("changes", terminal=140).stdout
    assert json.loads(run("changes", "--json").stdout)[0]["offers"] == offers


def test_what_retires_is_listed_by_date_with_its_offer(run: Any, session: Session) -> None:
    soon = [(date.today() + timedelta(days=days)).isoformat() for days in (5, 50, 500)]
    with session.manager.models.edit(MINI.id) as model:
        model.retired = soon[1]
        model.connector_metadata["azure"] = {"id": "a", "retires_not_before": soon[0], "successor": "gpt-5-mini"}
    with session.manager.models.edit(SONNET.id) as model:
        model.connector_metadata["bedrock:us"]["retired"] = soon[0]
        model.connector_metadata["anthropic"]["retired"] = soon[2]
    rows = [line.split("\t") for line in run("list", "--retiring", "90d").stdout.splitlines()]
    assert rows == [
        ["id", "retires", "days", "offer", "successor"],
        [SONNET.id, soon[0], "5", "bedrock:us", "-"],
        [MINI.id, soon[0], "5", "azure", "gpt-5-mini"],
    ]
    assert f"{soon[0]} or later" in run("list", "--retiring", "90d", terminal=120).stdout
    assert ids(run("list", "--retiring", "90d", "--provider", "openai,anthropic")) == [MINI.id]
    listed = json.loads(run("list", "--retiring", "90d", "--lab", "openai", "--json").stdout)
    assert [[end["offer"] for end in row["retiring"]] for row in listed] in ([], [["azure", "openai"]])
    assert run("list", "--retiring", "2d").stdout.splitlines() == ["\t".join(rows[0])]
    assert run("list", "--retiring", "soon").exit_code == 2
    assert ids(run("list", "--retiring", "90d", "--columns", "id,kind", "--sort=-name")) != []


def test_discover_and_doctor_warn_of_the_users_own_models_alone(run: Any, session: Session) -> None:
    day = (date.today() + timedelta(days=5)).isoformat()
    with session.manager.models.edit(LLAMA.id) as model:
        model.retired = day
    quiet = run("discover", "found", "--json")
    assert quiet.stderr == ""
    session.manager.add_model_tag(LLAMA.id, "production")
    line = f"1 of your models retires soon: {LLAMA.id} (ollama, {day}); see: ai-models list --retiring 90d"
    assert line in run("discover", "found", "--json").stderr
    assert "retires soon" in run("doctor").stdout


def test_conflicts_show_what_is_kept_and_who_says_otherwise(run: Any) -> None:
    assert json.loads(run("conflicts", "--json").stdout) == [
        {"id": SONNET.id, "path": "context_size", "kept": 200_000, "label": "litellm@2026-11-20", "value": 1_000_000}
    ]
    assert json.loads(run("conflicts", "gpt-4o-mini", "--json").stdout) == []


def test_sources_say_whether_they_would_run(run: Any) -> None:
    rows = json.loads(run("sources", "--json").stdout)
    assert {row["name"]: row["runs"] for row in rows} == {"found": True, "dead": True, "keyless": True}


def test_providers_are_found_by_text_and_kind(run: Any) -> None:
    assert "groq" in ids(run("providers", "groq"))
    kinds = {row["kind"] for row in json.loads(run("providers", "--kind", "local", "--json").stdout)}
    assert kinds == {"local"}


def test_providers_name_the_variable_and_never_the_key(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_secret_of_a_test_0123456789")
    for result in (run("providers", "--with-key"), run("providers", "--with-key", "--json"), run("doctor")):
        assert "GROQ_API_KEY" in result.stdout
        assert "secret_of_a_test" not in result.stdout + result.stderr


def test_doctor_looks_at_store_keys_and_sources(session: Session) -> None:
    findings = {(each.section, each.name): each for each in look_at_setup(session.manager)}
    assert "4 models" in findings["registry", "store"].text
    assert findings["registry", "writable"].state == "ok"
    assert findings["sources", "found"].state == "ok"


def test_doctor_with_the_network_asks_the_sources_and_writes_nothing(run: Any, session: Session) -> None:
    result = run("doctor", "--network", "--json")
    network = {each["name"]: each["state"] for each in json.loads(result.stdout) if each["section"] == "network"}
    assert network == {"found": "ok", "dead": "bad", "keyless": "note"}
    assert result.exit_code == 1
    assert len(session.manager.models) == len(MODELS)


def test_a_wrong_model_in_the_file_is_reported_by_doctor(tmp_path: Path) -> None:
    store = tmp_path / "models.json"
    store.write_text('{"a": {"provider": "x"}, "b": {"provider": "x", "context_size": "big"}}')
    result = CliRunner().invoke(app, ["--store", str(store), "doctor"])
    assert result.exit_code == 1
    assert "context_size='big' in b" in result.stdout
    assert "ai-models store check" in result.stdout
    assert "catalogue" in result.stdout


def test_a_broken_store_is_reported_by_doctor_and_refused_by_list(tmp_path: Path) -> None:
    store = tmp_path / "models.json"
    store.write_text('{"ai_models": {"schema": 1}, "models": {')
    for command, code in (("list", 1), ("doctor", 1)):
        result = CliRunner().invoke(app, ["--store", str(store), command])
        assert result.exit_code == code
        assert "line" in result.stdout + result.stderr
    assert store.read_text().endswith('"models": {')


def test_an_empty_registry_answers_from_the_catalogue_and_says_so(tmp_path: Path) -> None:
    for args in (["list", "--limit", "1"], ["search", "gpt-4o", "--limit", "1"], ["show", "gpt-4o"]):
        result = CliRunner().invoke(app, ["--store", str(tmp_path / "none.json"), *args])
        assert result.exit_code == 0
        assert result.stdout
        assert result.stderr.count("embedded catalogue") == 1
    assert not (tmp_path / "none.json").exists()


def test_an_empty_registry_has_nothing_to_change(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--store", str(tmp_path / "none.json"), "tag", "gpt-4o", "x"])
    assert result.exit_code == 1
    assert "ai-models discover" in result.stderr


def test_model_ids_are_completed(session: Session) -> None:
    import click

    from ai_models.cli.command import MODEL_ID

    context = click.Context(app, obj=session)
    parameter = click.Argument(["id"])
    assert [item.value for item in MODEL_ID.shell_complete(context, parameter, "openai/")] == [MINI.id]
    assert [item.value for item in MODEL_ID.shell_complete(context, parameter, "gpt-4")] == [MINI.id]


def test_connectors_are_listed_with_their_packages_and_what_they_call(run: Any) -> None:
    rows = {row["name"]: row for row in json.loads(run("connectors", "--json").stdout)}
    assert {"openai", "anthropic", "langchain", "litellm"} <= rows.keys()
    assert (rows["openrouter"]["package"], "embedding" in rows["openai"]["kinds"]) == ("openai", True)


def test_a_misspelt_connector_is_answered_with_the_nearest(run: Any) -> None:
    done = run("connect", MINI.id, "antropic")
    assert done.exit_code == 3
    assert "did you mean 'anthropic'" in done.stderr


def test_the_cost_of_calls_is_shown_part_by_part_with_whose_prices_these_are(run: Any) -> None:
    result = run("cost", MINI.id, SONNET.id, "--input", "10k", "--output", "500", "--calls", "1000")
    header, mini, sonnet = (line.split("\t") for line in result.stdout.splitlines())
    assert header == ["id", "provider", "input_usd", "output_usd", "other_usd", "total_usd", "prices"]
    assert mini[:6] == [MINI.id, "openai", "1.5", "0.3", "-", "1.8"]
    assert sonnet[:6] == [SONNET.id, "anthropic", "30", "7.5", "-", "37.5"]
    assert {row[6].partition(" ")[0] for row in (mini, sonnet)} <= {"genai-prices", "registry:"}


def test_a_cost_without_a_price_is_unknown_and_says_what_is_missing(run: Any) -> None:
    assert run("cost", LLAMA.id, "--input", "1k").stdout.splitlines()[1].split("\t")[4:] == ["-", "-", "unknown: input"]
    [told] = json.loads(run("cost", LLAMA.id, "--input", "1k", "--json").stdout)
    assert (told["total"], told["missing"]) == (None, ["input"])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((MINI.id,), "say what a call uses"),
        ((MINI.id, "--input", "1k", "--cached", "2k"), "part of --input"),
        ((MINI.id, "--input", "1k", "--at", "yesterday"), "expected a day"),
        ((MINI.id, "--input", "1k", "--provider", "nobody"), "no provider 'nobody'"),
    ],
)
def test_a_cost_that_can_t_be_told_says_why(session: Session, args: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(app, ["cost", *args], obj=session)
    assert result.exit_code
    assert said in result.stderr


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        ("list --sort prize", "'price'?"),
        ("list --sort cost", "'price'?"),
        ("list --sort relased", "'released'?"),
        ("list --sort contxt", "'context'?"),
        ("list --sort inptu", "'price'?"),
        ("list --sort context-size", "'context_size'?"),
        ("list --sort vendor", "'lab'?"),
        ("list --columns prize", "'input'?"),
        ("list --columns vision", "'capabilities.vision'?"),
        ("list --columns xyz", "there are id, name, provider"),
        ('list --where {"price":1}', "'pricing.input_per_mtok'?"),
        ('list --where {"visoin":true}', "'capabilities.vision'?"),
        ('list --where {"xyz":1}', "there are context_size, lab"),
        ("list --cap funtion_calling", "'tools'?"),
        ("list --prize 1", "--max-input-price?"),
        ("list --contxt 1", "--min-context or --max-context?"),
        ("list --vision", "--cap vision?"),
        ("list --order-by price", "--sort?"),
        ("pick --prefer cots", "'price'?"),
        ("pick --prefer xyz", "there are price, context"),
        ("compare sonnet --fields cost", "'price'?"),
        ("set sonnet cost 1", "'price.input'?"),
        ("set sonnet price 1", "such as price.input"),
        ("set sonnet capabilities vision", "such as capabilities.vision"),
        ("lst", "list?"),
        ("models", "list?"),
        ("refresh", "discover?"),
        ("role rm fast", "remove?"),
        ("group new team", "create?"),
        ("cost gpt-4o-mini --input 1 --via opnai", "'openai'?"),
        ("connect sonnet langchian", "'langchain'?"),
    ],
)
def test_a_word_that_there_is_not_is_answered_with_the_one_that_is_meant(run: Any, arguments: str, meant: str) -> None:
    result = run(*arguments.split())
    assert result.exit_code in (1, 2, 3)
    assert meant in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["list", "--lab", "antropic"], 0, "none is of the lab 'antropic'; did you mean anthropic?"),
        (["list", "--tag", "nobody"], 0, "none has the tag 'nobody'"),
        (["pick", "--via", "nobody"], 3, "ai-models providers"),
        (["pick", "--group", "nobody"], 3, "ai-models group list"),
        (["role", "set", "r", "{}", "--via", "antropic"], 3, "did you mean 'anthropic'"),
        (["export", "nobody", "sonnet"], 3, "there are litellm, aider"),
        (["list", "--cap", "zzz"], 2, "there are assistant_prefill"),
        (["alias", "sonnet", " "], 2, "not a name"),
        (["alias", "sonnet", "gpt-4o-mini"], 1, "already names openai/gpt-4o-mini"),
        (["alias", "remove", "sonet"], 3, "did you mean 'sonnet'? See: ai-models alias list"),
        (["tag", "sonnet", ""], 2, "not a name"),
        (["note", "zzz", "hi"], 3, "ai-models search TEXT"),
        (["score", "set", "sonnet", "b", "nan"], 2, "a score is a number"),
        (["score", "set", "sonnet", "b", "1", "--date", "soon"], 2, "a day such as"),
        (["score", "speed", "sonnet", "openai"], 2, "--tokens-per-second"),
        (["usage", "calls", "--until", "soon"], 2, "a day such as"),
        (["cost", "sonnet", "--images", "nan"], 2, "a number, 0 or more"),
        (["providers", "grok-9"], 0, "no provider fits 'grok-9'"),
        (["changes", "--kind", "adde"], 2, "there are added, changed"),
        (["store", "copy", "nowhere.json", "new.json"], 1, "holds no models, so there is nothing to copy"),
    ],
)
def test_what_makes_no_sense_is_said_with_what_to_do(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == code
    assert said in result.stderr


def test_a_registry_without_models_is_not_called_sound(run: Any, tmp_path: Path) -> None:
    assert run("store", "check", str(tmp_path / "none.json")).stdout.endswith("fill it with: ai-models discover\n")
