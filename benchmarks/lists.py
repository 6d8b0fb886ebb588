"""Walking a long list: what fetching ahead saves, and what the walking itself costs.

The server is a transport inside the process that takes 20 ms to answer, with pages rendered beforehand. It holds 10,000
calls of less than 1 KB, newest first.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from benchmarks.table import Row
from vapi_async import AsyncVapi
from vapi_async._operations.list_request import ListRequest
from vapi_async.api.calls import _LIST

ITEMS = 10_000
PAGE = 100
LATENCY = 0.020
TURNS = 5
_NEWEST = datetime(2026, 8, 1, tzinfo=UTC)


class Server:
    """Answers `GET /call`; keeps each answer, since rendering it is not what is measured."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.queries: list[httpx.QueryParams] = []
        self._answers: dict[str, bytes] = {}

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.queries.append(request.url.params)
        await asyncio.sleep(self.latency)
        body = self._answers.get(str(request.url.params))
        if body is None:
            body = self._answers[str(request.url.params)] = _render(request.url.params)
        return httpx.Response(200, content=body, headers={"content-type": "application/json"})

    @asynccontextmanager
    async def client(self) -> AsyncIterator[AsyncVapi]:
        """A client of this server, which has rendered all pages already."""
        async with (
            httpx.AsyncClient(transport=httpx.MockTransport(self)) as http,
            AsyncVapi("t", http_client=http) as vapi,
        ):
            latency, self.latency = self.latency, 0
            assert len([call async for call in vapi.calls.list()]) == ITEMS
            self.latency = latency
            yield vapi


def _render(query: httpx.QueryParams) -> bytes:
    first = 0
    if "createdAtLt" in query:
        behind = _NEWEST - datetime.fromisoformat(query["createdAtLt"])
        first = behind // timedelta(seconds=1) + 1
    return json.dumps([_call(number) for number in range(first, min(first + PAGE, ITEMS))]).encode()


def _call(number: int) -> dict[str, Any]:
    moment = (_NEWEST - timedelta(seconds=number)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "orgId": "11111111-2222-4333-8444-555555555555",
        "createdAt": moment,
        "updatedAt": moment,
        "type": "outboundPhoneCall",
        "status": "ended",
        "endedReason": "customer-ended-call",
        "assistantId": "22222222-3333-4444-8555-666666666666",
        "phoneNumberId": "33333333-4444-4555-8666-777777777777",
        "customer": {"number": "+15551234567", "name": "A customer"},
        "cost": 0.0731,
        "costBreakdown": {"stt": 0.01, "llm": 0.02, "tts": 0.03, "vapi": 0.0131, "total": 0.0731},
        "startedAt": moment,
        "endedAt": moment,
        "name": "lorem ipsum " * 12,
    }


def run() -> list[Row]:
    """Measure; about half a minute."""
    ahead, overhead, cost = asyncio.run(_measure())
    walked = f"{ITEMS:,} items, {1000 * LATENCY:.0f} ms latency"
    return [
        Row(f"{walked}, consumer as slow as the server: lookahead(1) vs none", ahead, 0.65, 0.55, unit="x"),
        Row(f"{walked}: what the pager adds to fetching and decoding", 100 * overhead, 3, 1, unit="%"),
        Row("what the pager adds for each item", 1e6 * cost, unit="µs"),
    ]


async def _measure() -> tuple[float, float, float]:
    server = Server(LATENCY)
    async with server.client() as vapi:
        queries = [dict(query) for query in server.queries]
        ahead, added, plain = [], [], []
        for _ in range(TURNS):
            without, with_it = await _timed(_consume, vapi), await _timed(_consume_ahead, vapi)
            ahead.append(with_it / without)

            async def bare() -> None:
                await _fetch_and_decode(vapi, queries)

            async def walk() -> None:
                await _walk(vapi)

            (wall, cpu), (_, ours) = await _cost(bare), await _cost(walk)
            plain.append(wall)
            added.append(ours - cpu)
    cost = statistics.median(added)
    return statistics.median(ahead), cost / statistics.median(plain), cost / ITEMS


async def _timed(work: Callable[[AsyncVapi], Awaitable[None]], vapi: AsyncVapi) -> float:
    start = time.perf_counter()
    await work(vapi)
    return time.perf_counter() - start


async def _cost(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Seconds, and CPU seconds."""
    start, cpu = time.perf_counter(), time.process_time()
    await work()
    return time.perf_counter() - start, time.process_time() - cpu


async def _walk(vapi: AsyncVapi) -> None:
    async for _ in vapi.calls.list():
        pass


async def _fetch_and_decode(vapi: AsyncVapi, queries: list[dict[str, str]]) -> None:
    """The same requests and the same models, without a pager."""
    request = ListRequest(vapi._session, _LIST, {}, {}, {})
    for query in queries:
        for item in await request.fetch(query):
            request.decode(item)


async def _consume(vapi: AsyncVapi) -> None:
    await _as_slow_as_the_server(vapi.calls.list())


async def _consume_ahead(vapi: AsyncVapi) -> None:
    async with vapi.calls.list().lookahead(1) as calls:
        await _as_slow_as_the_server(calls)


async def _as_slow_as_the_server(calls: Any) -> None:
    done = 0
    async for _ in calls:
        done += 1
        if done % PAGE == 0:
            await asyncio.sleep(LATENCY)


if __name__ == "__main__":
    for row in run():
        print(*row.cells, sep="   ")
