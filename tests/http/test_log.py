"""VAPI_LOG and the logger `vapi_async`: a line for each attempt, and never what was sent."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import httpx
import pytest

from tests import fresh
from tests.http.clocks import FakeClock
from tests.http.stub import Stub
from vapi_async import AsyncVapi, ConfigurationError, ServiceUnavailableError

LOGGER = logging.getLogger("vapi_async")


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(LOGGER, "handlers", [])
    monkeypatch.setattr(LOGGER, "level", logging.NOTSET)
    monkeypatch.setattr(LOGGER, "_cache", {})
    yield
    LOGGER._cache.clear()  # type: ignore[attr-defined]


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [re.sub(r"\d+ ms", "N ms", record.getMessage()) for record in caplog.records if record.name == LOGGER.name]


async def test_a_line_for_each_attempt(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, LOGGER.name)
    answers = httpx.ReadError("x"), 503, httpx.Response(200, json={}, headers={"x-request-id": "r-1"})
    async with Stub(*answers).client(clock=FakeClock()) as vapi:
        await vapi.calls.get("c", extra_query={"number": "+15551234567"})
    assert lines(caplog) == [
        "GET /call/c: ConnectionLost in N ms, attempt 1",
        "GET /call/c: 503 in N ms, attempt 2",
        "GET /call/c: 200 in N ms, attempt 3, request id r-1",
    ]


async def test_at_debug_the_names_of_what_was_sent_and_no_values(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, LOGGER.name)
    body = {"name": "secret name", "customer": {"number": "+15551234567"}}
    async with Stub(httpx.Response(503, json={"message": "secret said"})).client(clock=FakeClock()) as vapi:
        with pytest.raises(ServiceUnavailableError):
            await vapi.calls.create(body, extra_query={"q": "secret query"}, extra_headers={"x-h": "secret header"})
    text = "\n".join(lines(caplog))
    assert "query: q; headers: accept, " in text
    assert "body: name, customer" in text
    assert "x-h" in text
    assert "secret" not in text
    assert "+1555" not in text
    assert "test-token" not in text


async def test_nothing_is_logged_unasked(caplog: pytest.LogCaptureFixture) -> None:
    async with Stub({}).client() as vapi:
        await vapi.calls.get("c")
    assert lines(caplog) == []


CODE = """
import io, logging, os
os.environ["VAPI_LOG"] = {level!r}
sys.stderr = io.StringIO()
{before}
import asyncio
from tests.http.stub import Stub
async def ask():
    for _ in range(2):
        async with Stub({{}}).client() as vapi:
            await vapi.calls.get("c")
asyncio.run(ask())
result = sys.stderr.getvalue().splitlines()
"""


def test_the_switch_writes_to_the_standard_error() -> None:
    shown = fresh.run(CODE.format(level="info", before=""))
    assert len(shown) == 2
    assert all(re.fullmatch(r"[\d-]+ [\d:,]+ vapi_async INFO GET /call/c: 200 in \d+ ms, attempt 1", x) for x in shown)
    assert len(fresh.run(CODE.format(level="DEBUG", before=""))) == 4


def test_handlers_of_the_program_stay_the_only_ones() -> None:
    before = "logging.basicConfig(format='mine %(message)s', stream=sys.stderr)"
    shown = fresh.run(CODE.format(level="info", before=before))
    assert [line.split()[:3] for line in shown] == [["mine", "GET", "/call/c:"]] * 2


def test_another_word_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAPI_LOG", "loud")
    with pytest.raises(ConfigurationError, match="VAPI_LOG is 'loud': it must be info or debug"):
        AsyncVapi("t")
    monkeypatch.setenv("VAPI_LOG", "")
    AsyncVapi("t")
