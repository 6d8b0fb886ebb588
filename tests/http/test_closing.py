"""The life of a client: closing, event loops, copies."""

from __future__ import annotations

import threading

import anyio
import httpx
import pytest

from tests.http.conftest import Runner
from tests.http.fault_server import FaultServer, ok
from tests.http.stub import Stub
from vapi_async import AsyncVapi, ClientClosedError
from vapi_async._http.loop_resources import close_loop_resources


async def test_what_goes_to_this_machine_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(lambda _: ok) as server, FaultServer(lambda _: ok) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        async with AsyncVapi("t", base_url=server.url) as vapi:
            await vapi.request("GET", "/x")
        assert proxy.connections == 0
        assert len(server.received) == 1


async def test_use_after_close_is_a_clear_error() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        copy = vapi.with_options(retry=0)
    for closed in (vapi, copy):
        with pytest.raises(ClientClosedError, match="the client is closed"):
            await closed.request("GET", "/x")
        with pytest.raises(ClientClosedError):
            await closed.__aenter__()
    await vapi.aclose()
    assert stub.requests == []


async def test_a_borrowed_client_that_was_closed_is_a_clear_error() -> None:
    http = httpx.AsyncClient(transport=httpx.MockTransport(Stub()))
    async with AsyncVapi("t", http_client=http) as vapi:
        await vapi.request("GET", "/x")
        await http.aclose()
        with pytest.raises(ClientClosedError, match="http_client"):
            await vapi.request("GET", "/x")


def test_closing_closes_the_connections(run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda _: ok) as server:
            async with AsyncVapi("t", base_url=server.url) as vapi:
                await vapi.request("GET", "/x")
                await vapi.with_options(retry=0).request("GET", "/x")
            assert server.connections == 1
            await anyio.to_thread.run_sync(server.wait_until_idle)

    run(main)


def test_a_client_serves_one_event_loop_after_another(run: Runner) -> None:
    with FaultServer(lambda _: ok) as server:
        vapi = AsyncVapi("t", base_url=server.url, max_concurrency=2)

        async def main() -> None:
            await vapi.request("GET", "/x")
            await close_loop_resources(vapi._session.shared)

        run(main)
        run(main)
        assert len(server.received) == 2


def test_a_client_serves_event_loops_in_threads() -> None:
    with FaultServer(lambda _: ok) as server:
        vapi = AsyncVapi("t", base_url=server.url)

        async def main() -> None:
            for _ in range(5):
                await vapi.request("GET", "/x")
            await close_loop_resources(vapi._session.shared)

        backends = ["asyncio", "trio", "asyncio"]
        threads = [threading.Thread(target=anyio.run, args=(main,), kwargs={"backend": name}) for name in backends]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.received) == 15
        assert server.connections == 3
