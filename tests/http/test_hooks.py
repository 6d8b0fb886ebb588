"""Hooks: what they see, what they may change, and that they lose nothing."""

from __future__ import annotations

import logging
from typing import Any

import anyio
import httpx
import pytest

from tests.http.clocks import FakeClock
from tests.http.stub import Stub
from vapi_async import (
    DeadlineExceeded,
    DecodeError,
    HookError,
    NotFoundError,
    RequestEvent,
    Response,
    RetryEvent,
    RetryPolicy,
)
from vapi_async.models import Call


async def test_a_request_hook_sees_each_attempt_and_may_change_headers() -> None:
    seen: list[tuple[str, str, int]] = []

    def hook(event: RequestEvent) -> None:
        assert "test-token" not in str(event.headers)
        seen.append((event.method, event.url, event.attempt))
        event.headers["x-attempt"] = str(event.attempt)

    stub = Stub(503, {"id": "c"})
    async with stub.client(on_request=hook, clock=FakeClock()) as vapi:
        await vapi.calls.get("c", extra_query={"q": 1})
        assert seen == [("GET", "https://api.vapi.ai/call/c?q=1", 1), ("GET", "https://api.vapi.ai/call/c?q=1", 2)]
        assert [request.headers["x-attempt"] for request in stub.requests] == ["1", "2"]
        await vapi.calls.get("c")
        assert stub.last.headers["x-attempt"] == "1"


async def test_a_response_hook_sees_every_answer() -> None:
    seen: list[tuple[int, int, Any]] = []

    async def hook(response: Response[Any]) -> None:
        seen.append((response.status_code, response.attempts, response.parsed))

    async with Stub(httpx.ReadError(""), 503, {"id": "c"}).client(on_response=hook, clock=FakeClock()) as vapi:
        call = await vapi.calls.get("c")
    assert seen == [(503, 2, None), (200, 3, call)]


async def test_a_retry_hook_sees_what_failed_and_the_wait() -> None:
    seen: list[RetryEvent] = []
    async with Stub(httpx.ReadError("x"), httpx.Response(503, json={"message": "m"}), {}).client(
        on_retry=seen.append, clock=FakeClock()
    ) as vapi:
        await vapi.request("GET", "/x")
    assert [(event.attempt, event.delay, type(event.error).__name__) for event in seen] == [
        (1, 0.5, "ConnectionLost"),
        (2, 1.0, "ServiceUnavailableError"),
    ]
    assert (seen[0].method, seen[0].url) == ("GET", "https://api.vapi.ai/x")
    assert seen[1].error.attempts == 2


async def test_hooks_of_copies_come_after_those_of_the_client() -> None:
    seen: list[str] = []
    async with Stub().client(on_request=lambda _: seen.append("first")) as vapi:
        copy = vapi.with_options(on_request=lambda _: seen.append("second"))
        await copy.request("GET", "/x")
        assert seen == ["first", "second"]
        await vapi.request("GET", "/x")
        assert seen == ["first", "second", "first"]


def raising(event: Any) -> None:
    raise KeyError("mine")


async def test_a_response_hook_that_raises_cannot_lose_the_answer() -> None:
    stub = Stub(httpx.Response(201, json={"id": "c"}))
    async with stub.client(on_response=raising) as vapi:
        with pytest.raises(HookError, match="a hook raised KeyError") as caught:
            await vapi.calls.create(assistant_id="a")
    error = caught.value
    assert isinstance(error.__cause__, KeyError)
    assert error.may_have_been_processed
    assert error.response is not None
    assert isinstance(error.response.parsed, Call)
    assert error.response.content == b'{"id":"c"}'
    assert len(stub.requests) == 1


async def test_a_response_hook_that_raises_over_an_error() -> None:
    async with Stub(httpx.Response(404, json={"message": "gone"})).client(on_response=raising) as vapi:
        with pytest.raises(HookError) as caught:
            await vapi.calls.create()
    assert caught.value.response is not None
    assert caught.value.response.status_code == 404
    assert not caught.value.may_have_been_processed


async def test_a_response_hook_also_sees_what_does_not_decode() -> None:
    seen: list[bytes] = []
    async with Stub(httpx.Response(200, content=b"<html>")).client(
        on_response=lambda r: seen.append(r.content)
    ) as vapi:
        with pytest.raises(DecodeError):
            await vapi.calls.get("c")
    assert seen == [b"<html>"]


async def test_a_request_hook_that_raises_sends_nothing() -> None:
    stub = Stub()
    async with stub.client(on_request=raising) as vapi:
        with pytest.raises(HookError, match="not sent") as caught:
            await vapi.calls.create()
    assert stub.requests == []
    assert caught.value.response is None
    assert not caught.value.may_have_been_processed


async def test_a_retry_hook_that_raises_ends_the_attempts() -> None:
    stub = Stub(httpx.Response(503, json={"message": "m"}))
    async with stub.client(on_retry=raising, clock=FakeClock()) as vapi:
        with pytest.raises(HookError) as caught:
            await vapi.calls.get("c")
    assert caught.value.response is not None
    assert caught.value.response.status_code == 503
    assert len(stub.requests) == 1


async def test_a_retry_is_logged_without_secrets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="vapi_async")
    secret = {"x-secret": "hidden-1"}
    async with Stub(503, 404).client(clock=FakeClock(), headers=secret) as vapi:
        with pytest.raises(NotFoundError):
            await vapi.request("GET", "/x", query={"number": "hidden-2"})
    lines = [record.getMessage() for record in caplog.records if record.name == "vapi_async"]
    assert [line for line in lines if "again" in line] == ["GET /x: again in 0.500 s"]
    assert "hidden" not in "".join(lines)
    assert "test-token" not in caplog.text


async def test_the_deadline_does_not_lose_an_answer_that_a_hook_still_looks_at() -> None:
    async def slow(response: Response[Any]) -> None:
        await anyio.sleep_forever()

    policy = RetryPolicy(deadline=0.05)
    async with Stub(httpx.Response(201, json={"id": "c"})).client(on_response=slow, retry=policy) as vapi:
        with pytest.raises(DeadlineExceeded, match="the hooks were not done") as caught:
            await vapi.calls.create(assistant_id="a")
    response = caught.value.response
    assert response is not None
    assert (response.status_code, response.parsed.id) == (201, "c")
    assert caught.value.may_have_been_processed
