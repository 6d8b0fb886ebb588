"""Rate limits met by whole clients, in virtual time: nothing fails, nothing is sent twice."""

from __future__ import annotations

import asyncio
import selectors
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import anyio
import httpx
import pytest

from tests.http.limits import FixedWindow, Limit, SlidingWindow, TokenBucket, ideal
from vapi_async import AsyncVapi, RateLimitError
from vapi_async._http.clock import SystemClock


class _Selector(selectors.SelectSelector):
    """Nothing comes from outside here: what would be waited for is passed over."""

    time = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout:
            self.time += timeout
        return ready


class VirtualClock(SystemClock):
    """The time of an event loop whose waits pass at once."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)

    def random(self) -> float:
        return self._random.random()

    def now(self) -> float:
        return asyncio.get_running_loop().time()


def in_virtual_time(main: Callable[[], Awaitable[Any]]) -> None:
    selector = _Selector()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.time  # type: ignore[method-assign]
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(main())  # type: ignore[arg-type]


class Server:
    """Keeps a limit; counts what came and what got through."""

    def __init__(self, limit: Limit, latency: float = 0.1, answer: Any = None) -> None:
        self.limit, self.latency, self.answer = limit, latency, answer or (lambda request: {})
        self.requests = 0
        self.passed: Counter[str] = Counter()
        self.refused_first = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep(self.latency / 2)
        self.requests += 1
        passes = self.limit.take(anyio.current_time())
        if passes:
            self.passed[str(request.url)] += 1
        elif anyio.current_time() <= self.latency / 2:
            self.refused_first += 1
        await anyio.sleep(self.latency / 2)
        return httpx.Response(200, json=self.answer(request)) if passes else httpx.Response(429)

    def client(self, http: httpx.AsyncClient, **options: Any) -> AsyncVapi:
        return AsyncVapi("t", http_client=http, **{"clock": VirtualClock(), **options})

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self))


@pytest.mark.parametrize("make", [FixedWindow, SlidingWindow, TokenBucket])
def test_a_map_loses_nothing(make: Callable[[int, float], Limit]) -> None:
    async def main() -> None:
        server = Server(make(200, 60))
        async with server.http() as http, server.client(http) as vapi:
            paths = [f"/x/{number}" for number in range(400)]
            async with vapi.map(lambda path: vapi.request("POST", path), paths) as results:
                assert not [outcome async for _, outcome in results if isinstance(outcome, Exception)]
            assert set(server.passed.values()) == {1}
            assert len(server.passed) == 400
            assert server.requests <= 1.3 * 400
            assert anyio.current_time() <= 1.3 * ideal(make(200, 60), 400, 10, 0.1)

    in_virtual_time(main)


@pytest.mark.parametrize("seed", range(8))
def test_many_single_calls_do_not_run_out_of_retries(seed: int) -> None:
    async def main() -> None:
        server = Server(FixedWindow(20, 1), 0.01)
        async with (
            server.http() as http,
            server.client(http, max_concurrency=100, clock=VirtualClock(seed)) as vapi,
            anyio.create_task_group() as group,
        ):
            for number in range(200):
                group.start_soon(vapi.request, "POST", f"/x/{number}")
        assert set(server.passed.values()) == {1}
        assert server.requests - server.refused_first <= 1.3 * 200
        assert anyio.current_time() <= 1.3 * 10

    in_virtual_time(main)


def test_a_walk_is_patient_and_a_page_is_not() -> None:
    async def main() -> None:
        def answer(request: httpx.Request) -> Any:
            page = int(request.url.params.get("page", 1))
            return {
                "results": [{"id": f"{page}"}],
                "metadata": {"itemsPerPage": 1, "totalItems": 30, "currentPage": page, "totalPages": 30},
            }

        server = Server(FixedWindow(10, 60), answer=answer)
        async with server.http() as http, server.client(http) as vapi:
            items = [item async for item in vapi.v2.campaign_contacts.list("c", limit=1)]
            assert len(items) == 30
            while server.limit.take(anyio.current_time()):
                pass
            before = anyio.current_time()
            with pytest.raises(RateLimitError):
                await vapi.with_options(retry=1).v2.campaign_contacts.list("c", limit=1)
            assert anyio.current_time() - before < 60

    in_virtual_time(main)


def test_a_single_call_fails_in_due_time() -> None:
    async def main() -> None:
        server = Server(FixedWindow(0, 60))
        async with server.http() as http, server.client(http) as vapi:
            with pytest.raises(RateLimitError):
                await vapi.request("GET", "/x")
            assert server.requests == 3
            assert anyio.current_time() < 3

    in_virtual_time(main)


def test_even_bulk_work_gives_up_once_nothing_gets_through_for_long() -> None:
    async def main() -> None:
        server = Server(FixedWindow(0, 60))
        async with server.http() as http, server.client(http) as vapi:
            async with vapi.map(lambda path: vapi.request("GET", path), ["/a", "/b", "/c"]) as results:
                assert [type(outcome) async for _, outcome in results] == [RateLimitError] * 3
            assert 600 <= anyio.current_time() < 1200
            assert server.requests < 60

    in_virtual_time(main)


def test_without_retries_bulk_work_does_not_wait_either() -> None:
    async def main() -> None:
        server = Server(FixedWindow(0, 60))
        async with server.http() as http, server.client(http, retry=0) as vapi:
            async with vapi.map(lambda path: vapi.request("GET", path), ["/a", "/b"]) as results:
                assert [type(outcome) async for _, outcome in results] == [RateLimitError] * 2
            assert server.requests == 2

    in_virtual_time(main)


def test_500_waits_at_once() -> None:
    async def main() -> None:
        ends: dict[str, float] = {}

        def answer(request: httpx.Request) -> Any:
            name = request.url.path.rpartition("/")[2]
            ended = anyio.current_time() >= ends.setdefault(name, 30 + int(name) % 60)
            return {"id": name, "status": "ended" if ended else "in-progress"}

        server = Server(FixedWindow(1000, 60), answer=answer)
        ended = 0
        async with server.http() as http, server.client(http, max_concurrency=100) as vapi:
            names = [str(number) for number in range(500)]
            async with vapi.map(vapi.calls.wait, names, concurrency=500) as results:
                async for _, outcome in results:
                    ended += not isinstance(outcome, Exception)
        assert ended == 500
        assert server.requests - server.refused_first <= 1.3 * sum(server.passed.values())

    in_virtual_time(main)


def test_a_wide_map_meets_a_small_limit_with_few_requests() -> None:
    async def main() -> None:
        server = Server(FixedWindow(5, 1))
        async with server.http() as http, server.client(http) as vapi:
            paths = [f"/x/{number}" for number in range(200)]
            async with vapi.map(lambda path: vapi.request("POST", path), paths, concurrency=200) as results:
                assert not [outcome async for _, outcome in results if isinstance(outcome, Exception)]
        assert len(server.passed) == 200
        assert server.refused_first == 5
        assert server.requests <= 1.3 * 200
        assert anyio.current_time() <= 1.3 * 40

    in_virtual_time(main)


def test_single_calls_all_go_at_once_beside_bulk_work() -> None:
    async def main() -> None:
        server = Server(FixedWindow(1000, 1))
        async with server.http() as http, server.client(http) as vapi, anyio.create_task_group() as group:
            for number in range(100):
                group.start_soon(vapi.request, "GET", f"/x/{number}")
            async with vapi.map(lambda path: vapi.request("GET", path), ["/a"]) as results:
                assert len([result async for result in results]) == 1
        assert anyio.current_time() < 0.25

    in_virtual_time(main)


def test_a_failed_start_does_not_hold_bulk_work_back() -> None:
    async def main() -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            raise httpx.ReadError("lost")

        http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        async with http, AsyncVapi("t", http_client=http, clock=VirtualClock()) as vapi:
            paths = [f"/x/{number}" for number in range(100)]
            async with vapi.map(lambda path: vapi.request("POST", path), paths, concurrency=50) as results:
                assert len([result async for result in results]) == 100

    in_virtual_time(main)
