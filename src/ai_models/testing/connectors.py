# ruff: noqa: PT017, S101, S105  # tests, shipped
"""`ConnectorTests`: what every connector owes its users, as tests to subclass."""

import ast
import json
from collections.abc import Iterator
from typing import Any

from ai_models._core.contracts import Connector
from ai_models._core.model import Model
from ai_models.errors import AIModelsError, ConnectorError
from ai_models.providers import providers

__all__ = ["ConnectorTests"]

SECRET = "sk-conformance-0123456789abcdef"
SLASHED = "lab/Model-1.5:tag"
HOSTILE = 'x\'); import os; os.abort() #\n"""\\'
WINDOW = 123_457


class ConnectorTests:
    """The conformance suite of connectors: subclass it, make your connector in `connector`, and let pytest find it.

    `providers_served` are ids of providers whose models your connector can use. Keys of every provider are in the
    environment while a test runs, so that one that leaks is seen. ::

        class TestMine(ConnectorTests):
            providers_served = ("openai", "ollama")

            def connector(self):
                return MyConnector()
    """

    providers_served: tuple[str, ...] = ("openai",)

    def connector(self) -> Connector:
        """Return the connector under test."""
        raise AIModelsError("a subclass of ConnectorTests makes its connector in the method `connector`")

    def models(self, id: str = SLASHED, **facts: Any) -> Iterator[Model]:
        """Yield one model of each provider served, under this id there."""
        for provider in self.providers_served:
            yield Model("a-model", provider, connector_metadata={provider: {"id": id}}, **facts)

    def test_its_name_is_one_word_in_lower_case(self) -> None:
        """The name is what people type."""
        name = self.connector().name
        assert name
        assert name == name.lower()
        assert name.replace("_", "").replace("-", "").isalnum()

    def test_it_supports_what_it_claims(self) -> None:
        """`supports` agrees for each provider in `providers_served`."""
        for model in self.models():
            support = self.connector().supports(model)
            assert support, f"{model.provider}: {support.reason}"

    def test_metadata_is_json_and_the_same_every_time(self) -> None:
        """The result is pure data, and asking twice changes nothing."""
        for model in self.models():
            before = model.to_dict()
            first = self.connector().format_metadata(model)
            assert json.loads(json.dumps(first)) == first
            assert self.connector().format_metadata(model) == first
            assert model.to_dict() == before

    def test_metadata_has_no_key(self, monkeypatch: Any) -> None:
        """Keys in the environment stay there."""
        _set_keys(monkeypatch)
        for model in self.models():
            assert SECRET not in json.dumps(self.connector().format_metadata(model))

    def test_metadata_is_a_result_of_its_own(self) -> None:
        """Changing a result changes neither the model nor the next result."""
        for model in self.models():
            first = self.connector().format_metadata(model)
            kept = json.dumps(first)
            first.clear()
            assert json.dumps(self.connector().format_metadata(model)) == kept

    def test_ids_arrive_whole(self) -> None:
        """A provider's id with slashes and a colon is in the metadata as it is, a prefix aside."""
        for model in self.models():
            texts = _texts(self.connector().format_metadata(model))
            assert any(text == SLASHED or text.endswith(f"/{SLASHED}") for text in texts), model.provider

    def test_the_context_window_is_no_output_limit(self) -> None:
        """No field that limits an output holds the size of the model's whole window."""
        for model in self.models(context_size=WINDOW):
            fields = dict(_fields(self.connector().format_metadata(model)))
            limits = {name: value for name, value in fields.items() if "max" in name or "predict" in name}
            assert WINDOW not in limits.values(), f"{model.provider}: {limits}"

    def test_code_is_python_without_a_key(self, monkeypatch: Any) -> None:
        """The program compiles and holds no key. A connector that writes no code says so by `ConnectorError`."""
        _set_keys(monkeypatch)
        for model in self.models():
            code = self._code(model)
            if code is not None:
                ast.parse(code)
                assert SECRET not in code

    def test_a_hostile_id_stays_a_text_in_the_code(self) -> None:
        """An id that looks like code is a literal there, and the code does no more than for any other id."""
        for model, harmless in zip(self.models(HOSTILE), self.models(), strict=True):
            code, other = self._code(model), self._code(harmless)
            if code is not None and other is not None:
                tree = ast.parse(code)
                literals = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
                assert any(isinstance(value, str) and value.endswith(HOSTILE) for value in literals)
                assert _shape(tree) == _shape(ast.parse(other))

    def test_what_it_cannot_use_it_refuses_with_a_reason(self) -> None:
        """For a model of nobody, `supports` gives a reason if it says no, and then `format_metadata` raises it."""
        model = Model("a-model", "nobody-knows-this-provider")
        support = self.connector().supports(model)
        if support.ok:
            return
        assert support.reason
        try:
            metadata = self.connector().format_metadata(model)
        except ConnectorError as error:
            assert error.reason
        else:
            raise AssertionError(f"supports says no ({support.reason}), format_metadata gives {metadata!r}")

    def _code(self, model: Model) -> str | None:
        try:
            return self.connector().code(model)
        except ConnectorError:
            return None


def _set_keys(monkeypatch: Any) -> None:
    for provider in providers.values():
        for variable in provider.key_variables:
            monkeypatch.setenv(variable, SECRET)


def _fields(data: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every leaf of JSON data with the name it stands under."""
    if isinstance(data, dict):
        for key, each in data.items():
            yield from _fields(each, key)
    elif isinstance(data, list):
        for each in data:
            yield from _fields(each, name)
    else:
        yield name, data


def _texts(data: Any) -> list[str]:
    return [value for _, value in _fields(data) if isinstance(value, str)]


def _shape(tree: ast.AST) -> list[str]:
    return [type(node).__name__ for node in ast.walk(tree)]
