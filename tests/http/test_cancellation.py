"""Cancelled at every await point, a request leaves no connection, slot or ticket behind."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.http.clocks import FakeClock
from tests.http.conftest import Runner
from tests.http.fault_server import Connection, FaultServer, ok
from tests.http.faults import ANSWERS, LOST
from tests.http.stepping import cancel_at_every_step
from vapi_async import AsyncVapi, RetryPolicy, VapiError
from vapi_async._http.loop_resources import loop_resources

POOL = 2

Everywhere = Callable[[Callable[[int], Any], Callable[[AsyncVapi], Awaitable[Any]]], None]


async def provider() -> str:
    await anyio.lowlevel.checkpoint()
    return "token"


async def hook(event: Any) -> None:
    await anyio.lowlevel.checkpoint()


async def quietly(awaitable: Awaitable[Any]) -> None:
    with suppress(VapiError):
        await awaitable


def assert_nothing_is_left(vapi: AsyncVapi) -> None:
    resources = loop_resources(vapi._session.shared)
    assert resources.slots is not None
    assert resources.slots.value == POOL
    limiter = resources.rate_limiter
    assert limiter._estimate._in_flight == 0 or limiter.is_open
    assert (limiter._queue, limiter._sleeper) == ([], None)
    assert not resources.token_lock.locked()
    assert not resources.transport.busy  # type: ignore[attr-defined]


def test_a_failed_answer_is_closed_before_the_wait(run: Runner) -> None:
    class Checking(FakeClock):
        async def sleep(self, seconds: float) -> None:
            assert_nothing_is_left(vapi)
            await super().sleep(seconds)

    async def main() -> None:
        nonlocal vapi
        strikes = [ANSWERS["503"].fault, LOST["reset in the body"].fault]
        with FaultServer(lambda number: strikes[number] if number < 2 else ok) as server:
            clock = Checking()
            async with AsyncVapi("t", base_url=server.url, max_concurrency=POOL, clock=clock) as vapi:
                await vapi.calls.get("c")
            assert clock.waits == [1.0, 1.0]

    vapi: Any = None
    run(main)


@pytest.fixture(params=[("httpx", "asyncio"), ("httpx", "trio"), ("aiohttp", "asyncio")], ids="-".join)
def cancelled_everywhere(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Cancels what a function does at every step; each time the client must still work, with all of its pool."""
    return partial(_cancelled_everywhere, *request.param)


def _cancelled_everywhere(
    transport: str, backend: str, script: Callable[[int], Any], make: Callable[[AsyncVapi], Awaitable[Any]]
) -> None:
    steps = 0

    async def main() -> None:
        nonlocal steps
        with FaultServer(script) as server:
            options: dict[str, Any] = {
                "transport": transport,
                "token": provider,
                "on_request": hook,
                "on_response": hook,
                "on_retry": hook,
            }
            async with AsyncVapi(base_url=server.url, max_concurrency=POOL, clock=FakeClock(), **options) as vapi:

                async def after(step: int) -> None:
                    assert_nothing_is_left(vapi)
                    vapi._session.shared.credentials.bearer = None
                    vapi._session.shared.budget.tokens = 500

                steps = await cancel_at_every_step(lambda: quietly(make(vapi)), after)
            server.wait_until_idle()
        gc.collect()

    anyio.run(main, backend=backend)
    assert steps > 5


def test_a_plain_request(cancelled_everywhere: Everywhere) -> None:
    cancelled_everywhere(lambda _: ok, lambda vapi: vapi.calls.get("c"))


def test_a_request_whose_body_comes_slowly(cancelled_everywhere: Everywhere) -> None:
    body = b'{"id": "ab"}'

    def in_pieces(connection: Connection) -> bool:
        if connection.read() is None:
            return connection.close()
        connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body))
        connection.wait_for_client(0.003)
        connection.send(body[:5])
        connection.wait_for_client(0.003)
        connection.send(body[5:])
        return True

    cancelled_everywhere(lambda _: in_pieces, lambda vapi: vapi.calls.get("c"))


@pytest.mark.parametrize("fault", ["reset in the body", "503", "429"])
def test_a_request_that_is_retried(fault: str, cancelled_everywhere: Everywhere) -> None:
    strike = (LOST | ANSWERS)[fault].fault
    cancelled_everywhere(lambda number: ok if number % 2 else strike, lambda vapi: vapi.calls.get("c"))


def test_a_request_with_a_deadline(cancelled_everywhere: Everywhere) -> None:
    policy = RetryPolicy(deadline=1000)
    cancelled_everywhere(lambda _: ok, lambda vapi: vapi.with_options(retry=policy).calls.get("c"))


def test_an_upload(cancelled_everywhere: Everywhere, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"x" * 200_000)
    cancelled_everywhere(lambda _: ok, lambda vapi: vapi.files.create(file=path))


def test_requests_that_wait_for_a_slot(cancelled_everywhere: Everywhere) -> None:
    async def crowd(vapi: AsyncVapi) -> None:
        async with anyio.create_task_group() as group:
            for number in range(2 * POOL):
                group.start_soon(vapi.calls.get, str(number))
            await vapi.calls.get("c")

    cancelled_everywhere(lambda _: ok, crowd)
