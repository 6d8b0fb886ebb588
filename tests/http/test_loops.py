"""What belongs to an event loop goes with it: no connection, loop or warning stays, and nobody calls `aclose`."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Awaitable, Callable
from itertools import cycle, islice
from typing import Any

import anyio
import pytest

from tests.http.fault_server import FaultServer, ok
from tests.http.test_soak import Level, descriptors
from vapi_async import AsyncVapi
from vapi_async._http import loop_resources

THREADS = 50


def on_asyncio(main: Callable[[], Awaitable[Any]]) -> None:
    asyncio.run(main())  # type: ignore[arg-type]


def on_uvloop(main: Callable[[], Awaitable[Any]]) -> None:
    anyio.run(main, backend_options={"use_uvloop": True})


def on_trio(main: Callable[[], Awaitable[Any]]) -> None:
    anyio.run(main, backend="trio")


def on_a_loop_closed_by_hand(main: Callable[[], Awaitable[Any]]) -> None:
    loop = asyncio.new_event_loop()
    loop.run_until_complete(main())
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


RUNS = [on_asyncio, on_uvloop, on_trio, on_a_loop_closed_by_hand]


def flat(vapi: AsyncVapi, server: FaultServer, run: Callable[..., None], count: int) -> None:
    """Use a client on many loops in turn; afterwards there is no more of anything than after the first."""

    async def main() -> None:
        await vapi.calls.get("c")
        assert len(vapi._session.shared.opened) == 1

    run(main)
    server.wait_until_idle()  # its sockets are descriptors of this process too
    gc.collect()
    before = descriptors()
    for _ in range(count):
        run(main)
    server.wait_until_idle()
    gc.collect()
    assert descriptors() <= before
    assert not vapi._session.shared.opened
    assert not loop_resources._TABLES


@pytest.mark.parametrize(
    ("transport", "run"),
    [*(("httpx", run) for run in RUNS), *(("aiohttp", run) for run in RUNS if run is not on_trio)],
)
def test_one_loop_after_another(transport: str, run: Callable[..., None]) -> None:
    with FaultServer(lambda _: ok) as server:
        flat(AsyncVapi("t", base_url=server.url, transport=transport), server, run, 30)


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["httpx", "aiohttp"])
def test_five_thousand_loops(transport: str) -> None:
    with FaultServer(lambda _: ok) as server:
        vapi = AsyncVapi("t", base_url=server.url, transport=transport)
        levels = []
        for _ in range(10):
            flat(vapi, server, on_asyncio, 500)
            server.forget()
            levels.append(Level())
        levels[-1].assert_not_above(levels[0])


@pytest.mark.parametrize(
    ("transport", "runs"), [("httpx", RUNS), ("aiohttp", [run for run in RUNS if run is not on_trio])]
)
def test_loops_in_threads(transport: str, runs: list[Callable[..., None]]) -> None:
    done: list[int] = []
    with FaultServer(lambda _: ok) as server:
        vapi = AsyncVapi("t", base_url=server.url, transport=transport)

        async def main() -> None:
            await vapi.calls.get("c")
            done.append(1)

        def level() -> int:
            """Use the client in threads, each with a loop of its own, and return how many descriptors are open then."""
            threads = [threading.Thread(target=run, args=(main,)) for run in islice(cycle(runs), THREADS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            server.wait_until_idle()
            gc.collect()
            return descriptors()

        first = level()
        assert level() <= first
        assert len(done) == 2 * THREADS
        assert not vapi._session.shared.opened
        assert not loop_resources._TABLES


def test_a_finished_loop_is_let_go_of() -> None:
    loops: list[weakref.ref[Any]] = []
    with FaultServer(lambda _: ok) as server:
        vapi = AsyncVapi("t", base_url=server.url)

        async def main() -> None:
            loops.append(weakref.ref(asyncio.get_running_loop()))
            await vapi.calls.get("c")

        for _ in range(3):
            asyncio.run(main())
        gc.collect()
        assert [loop() for loop in loops] == [None] * 3


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # asyncio's own, of whoever closes a loop like that
def test_a_loop_that_is_closed_without_a_word_is_found_by_the_next() -> None:
    with FaultServer(lambda _: ok) as server:
        vapi = AsyncVapi("t", base_url=server.url)

        async def main() -> None:
            await vapi.calls.get("c")

        for _ in range(5):
            loop = asyncio.new_event_loop()
            loop.run_until_complete(main())
            loop.close()
            assert len(loop_resources._TABLES) == 1
        on_asyncio(main)
        assert not loop_resources._TABLES
        del loop
        gc.collect()
