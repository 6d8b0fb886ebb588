"""What a request costs beyond httpx: CPU time per small GET, one at a time, and throughput with 100 at once.

The server is a process of its own, so that only the client's CPU time is measured. Plain httpx and this library take
turns against it, round by round, with pools of the same size; the ratio of each pair of rounds counts, and of those
the median.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import aiohttp
import httpx

from benchmarks.table import Row, markdown
from vapi_async import AsyncVapi

ROUNDS = 7
SEQUENTIAL = 400
CONCURRENT = 3000
CONCURRENCY = 100

_OBJECT = {"id": "a1", "orgId": "o1", "createdAt": "2026-01-02T03:04:05.678Z", "updatedAt": "2026-01-02T03:04:05.678Z"}
_SERVER = """
import asyncio, sys
body = sys.argv[1].encode()
head = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body)

class Server(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        *whole, self.buffer = self.buffer.split(b"\\r\\n\\r\\n")
        self.transport.write((head + body) * len(whole))

async def main():
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""

Get = Callable[[], Awaitable[object]]


async def sequential(get: Get) -> float:
    """Return the CPU seconds for SEQUENTIAL requests."""
    start = time.process_time()
    for _ in range(SEQUENTIAL):
        await get()
    return time.process_time() - start


async def concurrent(get: Get, tasks: int = CONCURRENCY) -> float:
    """Return the requests per second with so many tasks."""
    start = time.perf_counter()
    await _together(get, tasks)
    return CONCURRENT / (time.perf_counter() - start)


async def cpu_at(get: Get, tasks: int) -> float:
    """Return the CPU seconds per request with so many tasks."""
    start = time.process_time()
    await _together(get, tasks)
    return (time.process_time() - start) / CONCURRENT


async def _together(get: Get, tasks: int) -> None:
    async def work() -> None:
        for _ in range(CONCURRENT // tasks):
            await get()

    async with asyncio.TaskGroup() as group:
        for _ in range(tasks):
            group.create_task(work())


async def ratio(measure: Callable[[Get], Awaitable[float]], ours: Get, plain: Get, rounds: int = ROUNDS) -> float:
    """Return the median over the rounds of ours over plain, each round with the order turned."""
    await measure(plain)
    await measure(ours)
    ratios = []
    for turn in range(rounds):
        order = [plain, ours] if turn % 2 else [ours, plain]
        values = {get: await measure(get) for get in order}
        ratios.append(values[ours] / values[plain])
    return statistics.median(ratios)


async def growth(get: Get, crowds: tuple[int, ...]) -> list[tuple[str, float]]:
    """Return what a request costs with so many at once, and alone after the last of these, beside ten at once.

    All take turns, and the medians of the ratios of the turns count, since the machine's speed drifts.
    """
    turns = []
    await cpu_at(get, 10)
    for _ in range(ROUNDS):
        ten, *others = [await cpu_at(get, tasks) for tasks in (10, *crowds)]
        turns.append([cost / ten for cost in (*others, await sequential(get) / SEQUENTIAL)])
    names = [*(f"{tasks:,} at once" for tasks in crowds), f"alone, after {crowds[-1]:,} at once"]
    return [(name, statistics.median(ratios)) for name, ratios in zip(names, zip(*turns, strict=True), strict=True)]


def _own(url: str, transport: str, **options: int) -> AsyncVapi:
    return AsyncVapi(token="test-token", base_url=url, transport=transport, **options)


async def measure(url: str) -> list[Row]:
    """Return the results against a server."""
    limits = httpx.Limits(max_connections=CONCURRENCY, max_keepalive_connections=CONCURRENCY)
    headers = {"authorization": "Bearer test-token"}
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, limits=limits) as http,
        aiohttp.ClientSession(url, headers=headers) as session,
        _own(url, "httpx") as vapi,
        _own(url, "aiohttp") as light,
        AsyncVapi(token="test-token", base_url=url, http_client=http) as borrowing,
    ):

        async def plain() -> object:
            response = await http.get("/assistant/a1")
            response.raise_for_status()
            return json.loads(response.content)

        async def bare() -> object:
            async with session.get("/assistant/a1") as response:
                response.raise_for_status()
                return json.loads(await response.read())

        def getting(client: AsyncVapi) -> Get:
            return lambda: client.assistants.get("a1")

        cpu = "CPU of a small GET, decoded, vs httpx + json"
        speed = f"throughput, {CONCURRENCY} at once, vs httpx + json"
        rows = [
            Row(cpu, await ratio(sequential, getting(vapi), plain), 0.75, 0.62, unit="x"),
            Row(f"{cpu}: on aiohttp", await ratio(sequential, getting(light), plain), 0.40, 0.30, unit="x"),
            Row(
                f"{cpu}: borrowed http_client", await ratio(sequential, getting(borrowing), plain), 1.15, 1.08, unit="x"
            ),
            Row(f"{cpu}: aiohttp + json", await ratio(sequential, bare, plain), unit="x"),
            Row(speed, await ratio(concurrent, getting(vapi), plain, 5), 0.95, 1.0, unit="x", at_least=True),
            Row(
                f'{speed}: transport="aiohttp"',
                await ratio(concurrent, getting(light), plain, 5),
                0.95,
                1.0,
                unit="x",
                at_least=True,
            ),
            Row(f"{speed}: aiohttp + json", await ratio(concurrent, bare, plain, 5), unit="x"),
        ]
    for transport in ("httpx", "aiohttp"):
        async with _own(url, transport) as few, _own(url, transport, max_concurrency=1000) as many:
            figures = await growth(getting(few), (100, 1000))
            figures += [
                (f"{name}, max_concurrency=1000", figure) for name, figure in await growth(getting(many), (1000,))
            ]
        rows += [
            Row(f"{transport}: CPU per request, {name}, vs 10 at once", f, 1.2, 1.0, unit="x") for name, f in figures
        ]
    async with aiohttp.ClientSession(url, headers=headers, connector=aiohttp.TCPConnector(limit=0)) as unlimited:

        async def without_us() -> object:
            async with unlimited.get("/assistant/a1") as response:
                return json.loads(await response.read())

        for name, figure in await growth(without_us, (1000,)):
            rows.append(Row(f"aiohttp + json: CPU per request, {name}, vs 10 at once", figure, unit="x"))
    return rows


@contextmanager
def served() -> Iterator[str]:
    """A process that answers every request with a small object; yields its address."""
    command = [sys.executable, "-c", _SERVER, json.dumps(_OBJECT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.terminate()


def run() -> list[Row]:
    """Start the server and measure."""
    with served() as url:
        return asyncio.run(measure(url))


if __name__ == "__main__":
    print(markdown("Requests", run()))
