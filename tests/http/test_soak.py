"""Tens of thousands of requests over a faulty network, many of them cancelled: nothing is done twice, nothing grows."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import anyio
import pytest

from tests.http.clocks import FakeClock
from tests.http.fault_server import Connection, FaultServer
from tests.http.stepping import Stepped
from tests.http.test_load import Network
from vapi_async import AsyncVapi, VapiError
from vapi_async._http.loop_resources import loop_resources

WIRES = [("httpx", "asyncio"), ("httpx", "trio"), ("aiohttp", "asyncio")]
WORKERS = 50
CANCELLED = 0.2
LONGEST = 30  # steps of the event loop until a request is cancelled
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
_STATM = Path("/proc/self/statm")


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0


class Level:
    """How much there is of everything that must not grow: descriptors, objects, megabytes."""

    def __init__(self) -> None:
        gc.collect()
        self.objects = len(gc.get_objects())
        self.megabytes = int(_STATM.read_text().split()[1]) * PAGE / 1e6 if _STATM.exists() else 0.0
        self.descriptors = descriptors()

    def assert_not_above(self, other: Level) -> None:
        """Leave room for what an allocator and the caches of others do, which is not per request."""
        assert self.descriptors <= other.descriptors
        assert self.objects <= other.objects + 1000
        assert self.megabytes <= other.megabytes + 16


async def work(vapi: AsyncVapi, numbers: Iterator[int], random: Random) -> None:
    """Send requests, three GETs to a POST, and cancel some after so many steps."""
    for number in numbers:
        method = "POST" if number % 4 == 3 else "GET"
        steps = random.randrange(1, LONGEST) if random.random() < CANCELLED else 0
        with anyio.CancelScope() as scope, suppress(VapiError):
            await Stepped(vapi.request(method, f"/thing/{number}"), scope, steps)


async def portion(vapi: AsyncVapi, server: FaultServer, network: Network, count: int, seed: int) -> None:
    """Send so many requests; afterwards everything is free, and no POST was received twice."""
    numbers = iter(range(count))
    async with anyio.create_task_group() as group:
        for worker in range(WORKERS):
            group.start_soon(work, vapi, numbers, Random(f"{seed} {worker}"))
    resources = loop_resources(vapi._session.shared)
    assert not resources.transport.busy  # type: ignore[attr-defined]
    assert resources.slots is not None
    assert resources.slots.value == WORKERS
    posts = {name: times for name, times in network.processed.items() if name.startswith("POST")}
    assert len(posts) > count / 5
    assert max(posts.values()) == 1
    async with anyio.create_task_group() as group:  # and the client works as if nothing had been
        for number in range(100):
            group.start_soon(vapi.request, "GET", f"/after/{number}")
    server.forget()


def soak(transport: str, backend: str, portions: int, count: int) -> tuple[Level, Level]:
    """Return what there was after the second portion, and after the last."""
    levels: list[Level] = []

    async def main() -> None:
        nonlocal network
        with FaultServer(lambda _: strike) as server:
            async with AsyncVapi(
                "t", base_url=server.url, transport=transport, clock=FakeClock(), max_concurrency=WORKERS
            ) as vapi:
                for seed in range(portions):
                    network = Network(seed)
                    await portion(vapi, server, network, count, seed)
                    levels.append(Level())
            server.wait_until_idle()

    def strike(connection: Connection) -> bool:
        return network(connection)

    network = Network(0)
    anyio.run(main, backend=backend)
    return levels[1], levels[-1]


@pytest.mark.parametrize(("transport", "backend"), WIRES)
def test_a_thousand_requests(transport: str, backend: str) -> None:
    soak(transport, backend, 2, 500)


@pytest.mark.slow
@pytest.mark.parametrize(("transport", "backend"), WIRES)
def test_fifty_thousand_requests(transport: str, backend: str) -> None:
    settled, last = soak(transport, backend, 10, 5000)
    last.assert_not_above(settled)
