"""Lists too long to be kept: page after page, each with the retries and the time that a whole listing has else."""

import time
from collections.abc import Iterator
from typing import Any

from ai_models.errors import SourceOfflineError
from ai_models.sources.exchange import Exchange
from ai_models.sources.failures import format_error
from ai_models.sources.fetch import Fetcher
from ai_models.sources.policy import current_policy
from ai_models.transport import host_of

__all__ = ["pages_of"]


def pages_of(fetcher: Fetcher, url: str) -> Iterator[tuple[str, Any, str | None]]:
    """Yield URL, data and next URL of each page that a `Link` header leads to; none is kept.

    The key is sent to the host of the fetcher's own address alone.

    >>> from ai_models.testing import FakeTransport
    >>> fetcher = Fetcher("demo", "https://host/list", FakeTransport({"https://host/list": [1, 2]}))
    >>> list(pages_of(fetcher, "https://host/list"))
    [('https://host/list', [1, 2], None)]
    """
    asked = fetcher.asked
    next_url: str | None = url
    while next_url is not None:
        if host_of(next_url) != host_of(asked.url) or next_url.partition(":")[0] != asked.url.partition(":")[0]:
            raise format_error(asked, "a next page on another host")
        policy = current_policy()
        if policy.offline:
            raise SourceOfflineError("offline, and a streamed list is not kept", source=asked.source)
        exchange = Exchange(fetcher.server, None, time.monotonic() + policy.timeout_s, policy.attempts)
        answer = exchange.answer(next_url)
        if answer.link == next_url:
            raise format_error(asked, "a page that is its own next one")
        yield next_url, answer.payload, answer.link
        next_url = answer.link
