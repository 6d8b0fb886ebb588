"""Faults on connections of the client's own, over every wire: plain, TLS, a proxy, with each transport and event loop.

How many requests the server read in full decides. What a failed request leaves behind is looked at as well.
"""

from __future__ import annotations

import gc
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.extensions.calls.test_tls import certificate  # noqa: F401 - a fixture
from tests.http.clocks import FakeClock
from tests.http.fault_server import Connection, FaultServer, ok
from tests.http.faults import LOST, STALLS, Expected
from tests.http.stepping import cancel_at_every_step
from tests.http.test_faults import KINDS
from tests.http.ways import Proxy, TlsServer
from vapi_async import AsyncVapi, TransportError, VapiError
from vapi_async._operations.raw_request import prepare_raw

STALL = "stall before the headers"
WIRES = [("httpx", "asyncio"), ("httpx", "uvloop"), ("httpx", "trio"), ("aiohttp", "asyncio"), ("aiohttp", "uvloop")]
WAYS = ("plain", "tls", "proxy")


def on(loop: str, main: Callable[[], Awaitable[None]]) -> None:
    if loop == "trio":
        anyio.run(main, backend="trio")
    else:
        anyio.run(main, backend_options={"use_uvloop": loop == "uvloop"})


@pytest.fixture
def way(
    request: pytest.FixtureRequest,
    certificate: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., FaultServer]]:
    """Makes fault servers at the end of such a way."""
    monkeypatch.delenv("ALL_PROXY", raising=False)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    proxy = Proxy()
    if request.param == "proxy":
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    yield FaultServer if request.param == "plain" else lambda script: TlsServer(script, certificate)
    proxy.close()


async def struck(vapi: AsyncVapi, kind: str, server: FaultServer, expected: Expected) -> None:
    """Send a request that may not be repeated into a fault: it is read once, and said to be uncertain."""
    with pytest.raises(TransportError) as caught:
        await KINDS[kind].send(vapi)
    assert caught.value.attempts == 1
    assert caught.value.may_have_been_processed
    assert len(server.received) == 1


@pytest.mark.parametrize("fault", [name for name, it in LOST.items() if it.read] + [STALL])
@pytest.mark.parametrize("way", WAYS, indirect=True)
@pytest.mark.parametrize(("transport", "loop"), WIRES)
def test_a_post_is_received_once(transport: str, loop: str, way: Callable[..., FaultServer], fault: str) -> None:
    expected = (LOST | STALLS)[fault]

    async def send(kind: str) -> None:
        with way(lambda _: expected.fault) as server:
            limit = 0.4 if expected.stalls else 20
            async with AsyncVapi(
                "t", base_url=server.url, transport=transport, clock=FakeClock(), timeout=limit
            ) as vapi:
                await struck(vapi, kind, server, expected)
            server.wait_until_idle()

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for kind in ("POST /call", "upload", "PATCH, unsafe"):
                group.start_soon(send, kind)

    on(loop, main)


@pytest.mark.parametrize("fault", [name for name, it in LOST.items() if it.read])
@pytest.mark.parametrize("way", WAYS, indirect=True)
@pytest.mark.parametrize(("transport", "loop"), WIRES)
def test_what_reads_is_repeated(transport: str, loop: str, way: Callable[..., FaultServer], fault: str) -> None:
    async def main() -> None:
        with way(lambda number: ok if number else LOST[fault].fault) as server:
            async with AsyncVapi("t", base_url=server.url, transport=transport, clock=FakeClock()) as vapi:
                response = await vapi.detailed(vapi.assistants.get, "a")
            assert response.attempts == len(server.received) == 2
            server.wait_until_idle()

    on(loop, main)


@contextmanager
def nothing_left() -> Iterator[None]:
    """Fail if a socket or a transport was left to the garbage collector."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


def silent(connection: Connection) -> bool:
    """Read, begin an answer, and say no more, not even goodbye."""
    connection.read()
    connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
    connection.wait_in_silence()
    return connection.close()


async def times_out(vapi: AsyncVapi) -> None:
    with suppress(VapiError):
        await vapi.with_options(timeout=0.1, retry=0).calls.get("c")


async def is_cancelled(vapi: AsyncVapi) -> None:
    with anyio.move_on_after(0.1):
        await vapi.calls.get("c")


async def leaves_a_stream(vapi: AsyncVapi) -> None:
    body = await vapi._session.perform(prepare_raw(vapi._session, "GET", "/x", stream=True))
    async with body:
        await anext(aiter(body))


@pytest.mark.parametrize("closes", [False, True])
@pytest.mark.parametrize("leave", [times_out, is_cancelled, leaves_a_stream])
@pytest.mark.parametrize("way", WAYS, indirect=True)
@pytest.mark.parametrize(("transport", "loop"), WIRES)
def test_a_silent_server_keeps_no_connection(
    transport: str, loop: str, way: Callable[..., FaultServer], leave: Callable[[AsyncVapi], Any], closes: bool
) -> None:
    """The connection is closed at once, whether or not the other side says goodbye and the client is closed."""

    async def main() -> None:
        await leave(vapi)
        await anyio.to_thread.run_sync(server.wait_until_idle)
        if closes:
            await vapi.aclose()

    with way(lambda _: silent) as server, nothing_left():
        vapi = AsyncVapi("t", base_url=server.url, transport=transport)
        on(loop, main)


@pytest.mark.parametrize("way", WAYS, indirect=True)
@pytest.mark.parametrize(("transport", "loop"), WIRES)
def test_cancelled_at_any_step_a_client_leaves_no_connection(
    transport: str, loop: str, way: Callable[..., FaultServer]
) -> None:
    """Each time a new client, from its first step to connect to the last one of closing."""

    async def once() -> None:
        async with AsyncVapi("t", base_url=server.url, transport=transport, clock=FakeClock()) as vapi:
            await vapi.calls.get("c")

    async def nothing(step: int) -> None:
        pass

    async def main() -> None:
        steps.append(await cancel_at_every_step(once, nothing))
        await anyio.to_thread.run_sync(server.wait_until_idle)

    steps: list[int] = []
    with way(lambda _: ok) as server, nothing_left():
        on(loop, main)
    assert steps[0] > 3
