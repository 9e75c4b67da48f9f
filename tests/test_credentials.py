import copy
import json
import os
import pickle
import sys
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_models import credentials
from ai_models.credentials import Key, find_key, key_names, key_problems, redact, require_key
from ai_models.errors import AIModelsError, CredentialError, ProviderNotFoundError
from ai_models.providers import providers

SECRET = "sk-proj-Abcdefghijklmnop0123456789"


@pytest.fixture(autouse=True)
def _no_keyring_and_no_memory(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setattr(credentials, "_known", {})


def keyring_with(monkeypatch, passwords, failing=False):
    class KeyringError(Exception):
        pass

    def get_password(service, name):
        if failing:
            raise KeyringError("locked")
        return passwords.get((service, name))

    errors = types.SimpleNamespace(KeyringError=KeyringError)
    monkeypatch.setitem(sys.modules, "keyring", types.SimpleNamespace(get_password=get_password, errors=errors))
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


# ---------------------------------------------------------------- where a key is found


def test_the_argument_wins_then_the_environment_then_the_file_then_the_keyring(monkeypatch):
    keyring_with(monkeypatch, {("ai_models", "openai"): "from-keyring"})
    env, dotenv = {"OPENAI_API_KEY": "from-env"}, {"OPENAI_API_KEY": "from-file"}
    places = [
        find_key("openai", argument="from-argument", env=env, dotenv=dotenv),
        find_key("openai", env=env, dotenv=dotenv),
        find_key("openai", env={}, dotenv=dotenv),
        find_key("openai", env={}, dotenv={}),
    ]
    assert [(key.reveal(), key.origin, key.variable) for key in places] == [
        ("from-argument", "argument", None),
        ("from-env", "environment", "OPENAI_API_KEY"),
        ("from-file", ".env", "OPENAI_API_KEY"),
        ("from-keyring", "keyring", "OPENAI_API_KEY"),
    ]


def test_no_key_anywhere_is_none():
    assert find_key("openai", env={}, dotenv={}) is None


@pytest.mark.parametrize("failing", [True, False])
def test_a_keyring_that_is_locked_or_empty_holds_no_key(monkeypatch, failing):
    keyring_with(monkeypatch, {}, failing=failing)
    assert find_key("openai", env={}, dotenv={}) is None


def test_the_variables_of_a_provider_are_tried_in_their_order():
    env = {"GOOGLE_API_KEY": "second", "GEMINI_API_KEY": "first"}
    assert find_key("gemini", env=env, dotenv={}).reveal() == "first"
    assert find_key("gemini", env={"GOOGLE_API_KEY": "second"}, dotenv={}).variable == "GOOGLE_API_KEY"


def test_the_environment_of_the_process_is_read_when_none_is_given(monkeypatch):
    monkeypatch.setenv("GROQ_API_KEY", SECRET)
    assert find_key("groq", dotenv={}).reveal() == SECRET


def test_the_env_file_of_the_current_directory_is_read_and_the_environment_left_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"# mine\nexport MISTRAL_API_KEY='{SECRET}'\nCOHERE_API_KEY=\nbroken line\n")
    key = find_key("mistral", env={})
    assert (key.reveal(), key.origin) == (SECRET, ".env")
    assert find_key("cohere", env={}) is None
    assert "MISTRAL_API_KEY" not in os.environ


def test_a_changed_env_file_is_read_again(tmp_path):
    file = tmp_path / "keys"
    file.write_text("GROQ_API_KEY=one-key\n")
    assert find_key("groq", env={}, dotenv=file).reveal() == "one-key"
    file.write_text("GROQ_API_KEY=another-key\n")
    assert find_key("groq", env={}, dotenv=str(file)).reveal() == "another-key"


def test_an_env_file_that_is_not_text_is_named(tmp_path):
    file = tmp_path / ".env"
    file.write_bytes(b"GROQ_API_KEY=\xff\xfe\n")
    with pytest.raises(AIModelsError, match=r"cannot read .*\.env"):
        find_key("groq", env={}, dotenv=file)


def test_a_file_without_values_or_no_file_is_no_key(tmp_path):
    assert find_key("groq", env={}, dotenv=tmp_path / "absent") is None
    (tmp_path / ".env").write_text("GROQ_API_KEY\n")
    assert find_key("groq", env={}, dotenv=tmp_path / ".env") is None


def test_a_provider_may_be_given_as_object_or_by_any_name():
    env = {"TOGETHER_API_KEY": SECRET}
    assert find_key(providers["together"], env=env, dotenv={}).provider == "together"
    assert find_key("together_ai", env=env, dotenv={}).provider == "together"
    with pytest.raises(ProviderNotFoundError):
        find_key("nobody", env=env, dotenv={})


def test_key_names_are_the_variables_of_the_table():
    assert key_names("anthropic") == ("ANTHROPIC_API_KEY",)
    assert key_names("ollama") == ()


# ---------------------------------------------------------------- what does not count


@pytest.mark.parametrize("value", ["", " ", "\n"])
def test_an_empty_value_is_absent_and_no_problem(value):
    env = {"OPENAI_API_KEY": value}
    assert find_key("openai", env=env, dotenv={}) is None
    assert key_problems("openai", env=env, dotenv={}) == []


@pytest.mark.parametrize(
    "value",
    [
        "your-api-key",
        "YOUR_API_KEY",
        "your_openai_api_key_here",
        "sk-...",
        "sk-…",
        "sk-xxxx",
        "xxxxxxxx",
        "********",
        "<key>",
        "changeme",
        "change-me",
        "${OPENAI_API_KEY}",
        "$KEY",
        "{{key}}",
        "OPENAI_API_KEY",
        "none",
        "insert-key",
        "api-key",
        "placeholder",
    ],
)
def test_a_placeholder_is_absent_with_a_reason_that_does_not_show_it(value):
    env = {"OPENAI_API_KEY": value}
    assert find_key("openai", env=env, dotenv={}) is None
    assert key_problems("openai", env=env, dotenv={}) == ["OPENAI_API_KEY in the environment holds a placeholder"]


@pytest.mark.parametrize("value", ["has space inside", "line\nbreak", "schlüssel", "zero\x00"])
def test_a_value_that_no_header_can_carry_is_absent(value):
    env = {"OPENAI_API_KEY": value}
    assert find_key("openai", env=env, dotenv={}) is None
    [problem] = key_problems("openai", env=env, dotenv={})
    assert "characters" in problem
    assert value not in problem


@pytest.mark.parametrize(
    "value", [SECRET, "gsk_yourself12345", "abcdef0123456789", "r8_0000000000000000000000000000000000001", "sk-1234"]
)
def test_a_real_looking_key_is_a_key(value):
    assert find_key("openai", env={"OPENAI_API_KEY": value}, dotenv={}).reveal() == value


def test_a_placeholder_does_not_hide_a_key_further_down():
    env = {"GEMINI_API_KEY": "changeme"}
    key = find_key("google", env=env, dotenv={"GOOGLE_API_KEY": SECRET})
    assert (key.variable, key.origin) == ("GOOGLE_API_KEY", ".env")


def test_a_local_server_may_have_any_key():
    assert find_key("vllm", env={"VLLM_API_KEY": "none"}, dotenv={}).reveal() == "none"


def test_white_space_around_a_key_is_not_part_of_it():
    assert find_key("openai", env={"OPENAI_API_KEY": f" {SECRET}\n"}, dotenv={}).reveal() == SECRET


def test_a_required_key_that_is_missing_names_the_variables():
    with pytest.raises(CredentialError) as caught:
        require_key("google", env={}, dotenv={})
    assert caught.value.provider == "google"
    assert list(caught.value.variables) == list(key_names("google"))
    assert "set GEMINI_API_KEY" in str(caught.value)


def test_a_required_key_that_is_a_placeholder_says_so():
    with pytest.raises(CredentialError, match="OPENAI_API_KEY in the environment holds a placeholder"):
        require_key("openai", env={"OPENAI_API_KEY": "changeme"}, dotenv={})


def test_a_provider_without_key_variables_says_how_it_is_reached():
    with pytest.raises(CredentialError, match="login"):
        require_key("vertex", env={}, dotenv={})


def test_a_required_key_that_is_there_is_returned():
    assert require_key("openai", env={"OPENAI_API_KEY": SECRET}, dotenv={}).reveal() == SECRET


# ---------------------------------------------------------------- a key keeps its secret


@given(st.text(min_size=12, alphabet="abcdefghijklmnopqrstuvwxyz0123456789"))
def test_no_text_of_a_key_shows_its_value(value):
    key = Key(value, "openai", "OPENAI_API_KEY", "environment")
    shown = f"{key} {key!r} {key!s} {[key]} %s" % key
    assert value not in shown
    assert "OPENAI_API_KEY" in repr(key)


def test_a_key_is_neither_pickled_nor_written_as_json():
    key = Key(SECRET, "openai", None, "argument")
    for write in (pickle.dumps, json.dumps):
        with pytest.raises(TypeError):
            write(key)
    with pytest.raises(TypeError):
        vars(key)


def test_a_copy_of_a_key_is_the_key():
    key = Key(SECRET, "openai", None, "argument")
    assert copy.copy(key) is key
    assert copy.deepcopy({"key": key})["key"] is key


# ---------------------------------------------------------------- redaction


def test_given_secrets_are_hidden_with_their_owner():
    text = "the key mine-1234 and the word other-5678"
    assert redact(text, Key("mine-1234", "groq", None, "argument"), "other-5678") == (
        "the key [key of groq] and the word [key]"
    )


def test_every_key_that_was_found_is_hidden_from_then_on():
    find_key("mistral", env={"MISTRAL_API_KEY": "plain-looking-value"}, dotenv={})
    assert redact("refused: plain-looking-value") == "refused: [key of mistral]"


def test_a_value_that_did_not_count_as_a_key_is_not_hidden():
    find_key("mistral", env={"MISTRAL_API_KEY": "changeme"}, dotenv={})
    assert redact("changeme") == "changeme"


def test_a_key_is_hidden_in_its_url_form_too():
    assert redact("https://api.test/?q=a%2Fb%3Dc-12345", "a/b=c-12345") == "https://api.test/?q=[key]"


def test_the_longer_of_two_secrets_is_hidden_first():
    assert redact("abcdefgh", "abcd", "abcdefgh") == "[key]"


def test_an_empty_secret_hides_nothing():
    assert redact("text", "") == "text"


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer SECRET",
        "authorization: Basic SECRET",
        "{'x-api-key': 'SECRET', 'b': 1}",
        '{"api-key": "SECRET"}',
        "x-goog-api-key=SECRET",
        "xi-api-key: SECRET",
        "Ocp-Apim-Subscription-Key: SECRET",
        "https://host/v1?key=SECRET",
        "https://host/v1?a=1&api_key=SECRET#x",
        "https://host/v1?access_token=SECRET&b=2",
        "https://user:SECRET@host/v1",
        "postgresql+psycopg://me:SECRET@db:5432/x",
    ],
)
def test_keys_in_headers_and_urls_are_hidden(text):
    secret = "q9Zt31-aA"
    shown = redact(text.replace("SECRET", secret))
    assert secret not in shown
    assert "[hidden]" in shown


@pytest.mark.parametrize(
    "value", [SECRET, "gsk_0123456789abcdefghij", "hf_abcdefghijklmnopqrstu", "AIzaSyA0123456789abcdef"]
)
def test_what_looks_like_a_key_is_hidden(value):
    assert redact(f"Incorrect API key provided: {value}.") == "Incorrect API key provided: [key]."


@pytest.mark.parametrize(
    "text",
    [
        "claude-sonnet-4-5-20250929 answered 401",
        "https://openrouter.ai/api/v1/models?limit=5",
        "set OPENAI_API_KEY",
        "http://127.0.0.1:11434/api/tags",
        "the monkey=banana task-force",
    ],
)
def test_text_without_secrets_is_unchanged(text):
    assert redact(text) == text


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text):
    once = redact(text)
    assert redact(once) == once
