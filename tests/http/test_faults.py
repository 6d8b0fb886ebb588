"""Every fault, with every class of method and every setting: the outcome, and how many requests the server received."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import anyio
import httpx
import httpx_aiohttp
import pytest
from attrs import frozen

from tests.http.clocks import FakeClock
from tests.http.conftest import Runner
from tests.http.fault_server import Connection, Fault, FaultServer, ok, refused_url
from tests.http.faults import ANSWERS, LOST, STALLS, Expected
from vapi_async import (
    AsyncVapi,
    ConnectError,
    ConnectionLost,
    DeadlineExceeded,
    DecodeError,
    RedirectError,
    RequestError,
    RetryPolicy,
    TransportError,
)
from vapi_async._http.loop_resources import loop_resources
from vapi_async._operations.operation import Operation
from vapi_async.resource import Resource


@frozen
class Kind:
    """A class of methods."""

    send: Callable[[AsyncVapi], Awaitable[Any]]
    repeatable: bool = False
    reads: bool = False


def operation(method: str, safe: Any = None) -> Callable[[AsyncVapi], Awaitable[Any]]:
    it: Operation[Any] = Operation(
        method, "/x", body=None if method == "GET" else "json", body_required=True, safe=safe
    )
    return lambda vapi: Resource(vapi)._send(it)


KINDS = {
    "GET": Kind(lambda vapi: vapi.assistants.get("a"), repeatable=True, reads=True),
    "PUT": Kind(operation("PUT"), repeatable=True),
    "PATCH": Kind(lambda vapi: vapi.calls.update("c", name="n"), repeatable=True),
    "PATCH, unsafe": Kind(operation("PATCH", "unsafe")),
    "DELETE": Kind(lambda vapi: vapi.calls.delete("c"), repeatable=True),
    "POST /call": Kind(lambda vapi: vapi.calls.create(assistant_id="a", customer={"number": "+1"})),
    "POST that reads": Kind(operation("POST", "repeatable"), repeatable=True, reads=True),
    "upload": Kind(lambda vapi: vapi.files.create(file=b"words")),
}


@frozen
class Setting:
    """The settings of a client."""

    options: dict[str, Any]
    attempts: int = 3
    unsafe: bool = False
    borrows: bool = False
    adapter: str = ""


SETTINGS = {
    "default": Setting({}),
    "no retries": Setting({"retry": 0}, attempts=1),
    "unsafe": Setting({"retry": RetryPolicy(retry_unsafe=True)}, unsafe=True),
    "deadline": Setting({"retry": RetryPolicy(deadline=1000)}),
    "borrowed": Setting({}, borrows=True),
    "aiohttp": Setting({"transport": "aiohttp"}),
    "one at a time": Setting({"max_concurrency": 1, "retry": 1}, attempts=2),
}


def settings() -> dict[str, Setting]:
    """Those that go with the running event loop."""
    return {name: it for name, it in SETTINGS.items() if name != "aiohttp" or asynclib() == "asyncio"}


def asynclib() -> str:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return "trio"
    return "asyncio"


QUICK = ("default", "no retries", "unsafe", "aiohttp")
#: Of each sort of method one; the others have the two settings that differ most in what is run.
OF_EACH_SORT = ("GET", "PATCH, unsafe", "POST /call")
FAULTS = LOST | STALLS | ANSWERS


class Arbitrary(httpx.AsyncHTTPTransport):
    """Raises exceptions of its own, and calls every failure one to connect."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await super().handle_async_request(request)
            await response.aread()
        except httpx.TimeoutException as error:
            raise httpx.ConnectTimeout("liar") from error
        except httpx.HTTPError as error:
            raise KeyError("of its own") from error
        return response


ADAPTERS: dict[str, Callable[[], httpx.AsyncBaseTransport]] = {
    "httpx-aiohttp": httpx_aiohttp.AiohttpTransport,
    "arbitrary": Arbitrary,
}


async def connect(stack: AsyncExitStack, url: str, setting: Setting, patience: float = 20.0) -> AsyncVapi:
    http = None
    if setting.borrows:
        adapter = ADAPTERS[setting.adapter]() if setting.adapter else None
        http = await stack.enter_async_context(httpx.AsyncClient(transport=adapter))
    options = {"clock": FakeClock(), "timeout": patience, "http_client": http, **setting.options}
    return await stack.enter_async_context(AsyncVapi("t", base_url=url, **options))


def attempts_allowed(expected: Expected, kind: Kind, setting: Setting) -> int:
    """How often the request may be sent, by a reading of the rules of its own."""
    if expected.outcome == 429:
        return setting.attempts
    if expected.outcome in ("lost", 408, 500, 502, 503, 504):
        return setting.attempts if kind.repeatable or setting.unsafe else 1
    return 1


def may_have_happened(expected: Expected, kind: Kind) -> bool:
    return not kind.reads and expected.outcome in ("lost", "decode", 408, 500, 502, 503, 504, "503 once")


async def check_persistent(expected: Expected, kind: Kind, setting: Setting) -> None:
    """The fault strikes every time."""
    allowed = attempts_allowed(expected, kind, setting)
    with FaultServer(lambda _: expected.fault) as server:
        async with AsyncExitStack() as stack:
            vapi = await connect(stack, server.url, setting, 0.3 if expected.stalls else 20)
            if expected.error is None:
                await kind.send(vapi)
            else:
                with pytest.raises(expected.error) as caught:
                    await kind.send(vapi)
                assert caught.type is expected.error
                assert caught.value.attempts == allowed
                assert caught.value.may_have_been_processed is may_have_happened(expected, kind)
        assert len(server.received) == (allowed if expected.read else 0)
        assert server.connections <= allowed
        server.wait_until_idle()


async def check_passing(expected: Expected, kind: Kind, setting: Setting) -> None:
    """The fault strikes once."""
    allowed = attempts_allowed(expected, kind, setting)
    script: list[Fault] = [expected.fault]
    with FaultServer(lambda number: script[number] if number < 1 else ok) as server:
        async with AsyncExitStack() as stack:
            vapi = await connect(stack, server.url, setting, 0.5 if expected.stalls else 20)
            if allowed > 1 or expected.error is None:
                await kind.send(vapi)
            else:
                with pytest.raises(expected.error):
                    await kind.send(vapi)
            await vapi.with_options(retry=2).assistants.get("after")
        sent = (1 if expected.read else 0) + (1 if allowed > 1 else 0)
        assert len(server.received) == sent + 1
        server.wait_until_idle()


async def check(fault: str, kind: str, setting: str) -> None:
    expected = FAULTS[fault]
    if fault == "empty" and kind in ("POST /call", "upload"):  # which are to be told what they made
        expected = Expected(expected.fault, "decode", DecodeError)
    if fault == "content-length too short" and setting == "aiohttp":  # which does not take what comes behind
        expected = Expected(expected.fault, "lost", ConnectionLost)
    await check_persistent(expected, KINDS[kind], SETTINGS[setting])
    await check_passing(expected, KINDS[kind], SETTINGS[setting])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", LOST | ANSWERS)
async def test_faults(fault: str, kind: str) -> None:
    for setting in QUICK if kind in OF_EACH_SORT else ("default", "aiohttp"):
        await check(fault, kind, setting)


@pytest.mark.parametrize("kind", ["GET", "POST /call"])
@pytest.mark.parametrize("fault", STALLS)
async def test_stalls(fault: str, kind: str) -> None:
    async with anyio.create_task_group() as group:
        for setting in QUICK:
            group.start_soon(check, fault, kind, setting)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_faults_with_all_settings(fault: str, kind: str, run: Runner) -> None:
    async def main() -> None:
        async with anyio.create_task_group() as group:
            for setting in settings():
                group.start_soon(check, fault, kind, setting)

    run(main)


@pytest.mark.parametrize("adapter", ADAPTERS)
@pytest.mark.parametrize("fault", LOST | {"stall before the headers": STALLS["stall before the headers"]})
@pytest.mark.parametrize("use_uvloop", [False, True])
def test_a_post_is_received_once_whatever_a_borrowed_transport_says(fault: str, adapter: str, use_uvloop: bool) -> None:
    """How many requests the server read in full decides: an adapter's exceptions mean anything."""

    async def main() -> None:
        expected = FAULTS[fault]
        for kind in ("POST /call", "upload", "PATCH, unsafe"):
            with FaultServer(lambda _: expected.fault) as server:
                async with AsyncExitStack() as stack:
                    setting = Setting({}, borrows=True, adapter=adapter)
                    vapi = await connect(stack, server.url, setting, 0.3 if expected.stalls else 20)
                    with pytest.raises(TransportError) as caught:
                        await KINDS[kind].send(vapi)
                assert caught.value.attempts == 1
                assert caught.value.may_have_been_processed
                assert len(server.received) == (1 if expected.read else 0)

    anyio.run(main, backend_options={"use_uvloop": use_uvloop})


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_what_reads_is_retried_through_any_transport(adapter: str) -> None:
    async def main() -> None:
        with FaultServer(lambda number: ok if number else LOST["reset after the request"].fault) as server:
            async with AsyncExitStack() as stack:
                vapi = await connect(stack, server.url, Setting({}, borrows=True, adapter=adapter))
                await vapi.assistants.get("a")
            assert len(server.received) >= 2

    anyio.run(main)


@pytest.mark.parametrize("kind", KINDS)
def test_refused_connections_are_always_retried(kind: str, run: Runner) -> None:
    async def main() -> None:
        for setting in settings().values():
            async with AsyncExitStack() as stack:
                vapi = await connect(stack, refused_url(), setting)
                with pytest.raises(ConnectError) as caught:
                    await KINDS[kind].send(vapi)
                assert caught.value.attempts == setting.attempts
                assert not caught.value.may_have_been_processed

    run(main)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kept_connection_that_was_closed_while_idle_costs_nothing(kind: str, run: Runner) -> None:
    def answer_and_close(connection: Connection) -> bool:
        ok(connection)
        return connection.close()

    async def main() -> None:
        with FaultServer(lambda number: ok if number else answer_and_close) as server:
            async with AsyncVapi("t", base_url=server.url, retry=0) as vapi:
                await vapi.assistants.get("a")
                server.wait_until_idle()
                (kept,) = next(iter(loop_resources(vapi._session.shared).transport.idle.values()))  # type: ignore[attr-defined]
                while kept.is_open:  # a busy system delivers the goodbye late
                    pass
                await KINDS[kind].send(vapi)
            assert len(server.received) == 2
            assert server.connections == 2

    run(main)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kept_connection_that_closes_under_the_request(kind: str, run: Runner) -> None:
    """The server reads the second request on a connection, and closes it: nobody can know what became of that."""

    def read_and_close(connection: Connection) -> bool:
        connection.read()
        return connection.close()

    async def main() -> None:
        script = {0: ok, 1: read_and_close}
        with FaultServer(lambda number: script.get(number, ok)) as server:
            async with AsyncVapi("t", base_url=server.url, clock=FakeClock()) as vapi:
                await vapi.assistants.get("a")
                if KINDS[kind].repeatable:
                    await KINDS[kind].send(vapi)
                else:
                    with pytest.raises(TransportError) as caught:
                        await KINDS[kind].send(vapi)
                    assert caught.value.may_have_been_processed
            assert len(server.received) == (3 if KINDS[kind].repeatable else 2)

    run(main)


@pytest.mark.parametrize("kind", KINDS)
def test_redirects_are_not_followed(kind: str, run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda _: ok) as elsewhere:

            def redirect(connection: Connection) -> bool:
                connection.read()
                return connection.answer(302, b"", f"location: {elsewhere.url}/x\r\n")

            with FaultServer(lambda _: redirect) as server:
                for borrows in (False, True):
                    async with AsyncExitStack() as stack:
                        vapi = await connect(stack, server.url, Setting({}, borrows=borrows))
                        with pytest.raises(RedirectError) as caught:
                            await KINDS[kind].send(vapi)
                        assert caught.value.headers["location"] == f"{elsewhere.url}/x"
                assert len(server.received) == 2
            assert elsewhere.connections == 0

    run(main)


def test_a_slow_trickle_ends_with_the_deadline(run: Runner) -> None:
    def trickle(connection: Connection) -> bool:
        connection.read()
        connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
        while not connection.wait_for_client(0.01):
            connection.send(b" ")
        return connection.close()

    async def main() -> None:
        with FaultServer(lambda _: trickle) as server:
            policy = RetryPolicy(deadline=0.3)
            async with AsyncVapi("t", base_url=server.url, retry=policy) as vapi:
                with pytest.raises(DeadlineExceeded, match="1 attempt, may have been processed") as caught:
                    await vapi.calls.create(assistant_id="a")
                assert caught.value.may_have_been_processed
                assert caught.value.attempts == 1
                with pytest.raises(DeadlineExceeded) as read:
                    await vapi.calls.get("c")
                assert not read.value.may_have_been_processed
            server.wait_until_idle()
            assert len(server.received) == 2

    run(main)


def test_no_wait_goes_beyond_the_deadline(run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda _: ANSWERS["503"].fault) as server:
            clock = FakeClock()
            policy = RetryPolicy(10, deadline=100, max_retry_after=1000)
            async with AsyncVapi("t", base_url=server.url, retry=policy, clock=clock) as vapi:
                await vapi._session.shared.clock.sleep(0)
                with pytest.raises(RequestError, match="11 attempts"):
                    await vapi.calls.get("c")
                short = vapi.with_options(retry=RetryPolicy(10, deadline=2.5))
                with pytest.raises(RequestError, match="3 attempts, the deadline leaves no time for another"):
                    await short.calls.get("c")

    run(main)


def test_a_truncated_success_keeps_what_came(run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda _: LOST["content-length too long"].fault) as server:
            async with AsyncVapi("t", base_url=server.url) as vapi:
                with pytest.raises(TransportError) as caught:
                    await vapi.calls.create(assistant_id="a")
            error = caught.value
            assert error.may_have_been_processed
            assert error.response is not None
            assert error.response.status_code == 200
            assert error.response.content == b'{"id": "abc", '
            assert error.response.parsed.id == "abc"
            assert len(server.received) == 1

    run(main)
