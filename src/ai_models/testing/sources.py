# ruff: noqa: D102, S101, TID253  # tests, shipped
"""Conformance suites for sources of models.

>>> class Fixed(ModelSource):
...     def discover_models(self):
...         yield Model("my-model", "my-server", context_size=4096)
>>> class TestFixed(SourceTests):
...     def make_source(self):
...         return Fixed()
>>> TestFixed().test_every_model_survives_being_stored()
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from ai_models._core.contracts import AsyncModelSource, Listing, ModelSource
from ai_models._core.model import Model, check_fields
from ai_models.errors import (
    SourceAuthError,
    SourceError,
    SourceFormatError,
    SourceUnavailableError,
)
from ai_models.testing.transport import FakeTransport
from ai_models.transport import Response, Transport

__all__ = ["HTTPSourceTests", "SourceTests"]

_ORIGINS = {"live", "unchanged", "cache", "stale", "embedded"}


class SourceTests(ABC):
    """What every source must do: implement `make_source`, for a source that can be asked here and now.

    The name of your subclass begins with `Test`, so that pytest collects it.
    """

    @abstractmethod
    def make_source(self) -> ModelSource:
        """Return a new source; asked again it must say the same."""

    def asked(self) -> Listing:
        """Return the listing of a new source."""
        source = self.make_source()
        if isinstance(source, AsyncModelSource):
            import asyncio

            return asyncio.run(source.alisting())
        return source.listing()

    def test_its_name_is_one_word_for_a_label(self) -> None:
        name = self.make_source().name
        assert name
        assert not re.search(r"[\s@]", name)

    def test_it_lists_models_and_says_where_they_come_from(self) -> None:
        listing = self.asked()
        assert all(isinstance(model, Model) for model in listing.models)
        assert listing.models, "a source under test must have something to list"
        assert listing.origin in _ORIGINS

    def test_discover_models_gives_the_models_of_the_listing(self) -> None:
        assert list(self.make_source().discover_models()) == self.asked().models

    def test_asked_twice_it_says_the_same(self) -> None:
        assert self.asked().models == self.asked().models

    def test_no_offer_is_listed_twice(self) -> None:
        ids = [(model.provider, model.id) for model in self.asked().models]
        assert len(ids) == len(set(ids))

    def test_every_fact_is_one_that_a_model_can_hold(self) -> None:
        for model in self.asked().models:
            check_fields(model.to_dict(), model.id)

    def test_every_model_survives_being_stored(self) -> None:
        for model in self.asked().models:
            assert Model.from_dict(model.to_dict()) == model

    def test_what_a_person_writes_is_left_alone(self) -> None:
        for model in self.asked().models:
            assert not model.tags
            assert not model.custom_metadata
            assert not model.conflicts

    def test_every_skipped_row_has_its_reason(self) -> None:
        assert all(row.reason and row.row >= 0 for row in self.asked().skipped)

    def test_a_source_of_one_provider_lists_no_other_providers_models(self) -> None:
        provider = self.make_source().provider
        assert provider is None or {model.provider for model in self.asked().models} == {provider}


class HTTPSourceTests(SourceTests):
    """What a source must do that asks a server: set `answers`, implement `make_source_over`.

    `answers` is what a `FakeTransport` takes; `key`, if the source wants one, is the key it is made with.
    Each way in which the server can fail must give the right error, and no error may show the key.
    """

    answers: ClassVar[Mapping[str, Any]]
    key: ClassVar[str] = "sk-conformance-0123456789"

    @abstractmethod
    def make_source_over(self, transport: Transport) -> ModelSource:
        """Return a new source that asks through a transport, with `self.key` if it wants a key."""

    def make_source(self) -> ModelSource:
        """Return a source over the answers."""
        return self.make_source_over(FakeTransport(self.answers))

    def fails(self, answer: Any, error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> SourceError:
        """Return the error that the source raises when every URL gives one answer; it must be of the class `error`."""
        monkeypatch.setattr("time.sleep", lambda seconds: None)
        transport = FakeTransport(dict.fromkeys(self.answers, answer))
        with pytest.raises(SourceError) as caught:
            self.make_source_over(transport).listing()
        assert isinstance(caught.value, error), repr(caught.value)
        assert str(caught.value)
        assert self.key not in f"{caught.value} {caught.value!r} {vars(caught.value)}"
        return caught.value

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_refused_key_is_an_auth_error(self, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
        body = f'{{"error": {{"message": "Incorrect API key provided: {self.key}"}}}}'.encode()
        error = self.fails(Response(status, {}, body), SourceAuthError, monkeypatch)
        assert error.status == status

    @pytest.mark.parametrize("status", [404, 429, 500, 502, 503, 504])
    def test_a_server_that_refuses_is_unavailable(self, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
        error = self.fails(Response(status, {"retry-after": "0"}, b""), SourceUnavailableError, monkeypatch)
        assert error.status == status
        assert error.retryable is (status != 404)

    @pytest.mark.parametrize("failure", [ConnectionRefusedError, ConnectionResetError, ConnectionError, TimeoutError])
    def test_a_server_that_is_not_there_is_unavailable(
        self, failure: type[OSError], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.fails(failure("it is not there"), SourceUnavailableError, monkeypatch)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html><title>502</title></html>",
            b"\x00\xff",
            b'{"data": [{"id": ',
            b"[" * 100_000,
            b"7",
            b'{"a": {"b": 1}}',
        ],
    )
    def test_what_is_no_list_of_models_is_a_format_error(self, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fails(body, SourceFormatError, monkeypatch)
