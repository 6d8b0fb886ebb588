"""Rate limits and outages: what many tasks do together."""

from __future__ import annotations

from collections import Counter

import anyio
import httpx
import pytest

from tests.http.clocks import FakeClock
from tests.http.conftest import Runner
from tests.http.stub import Stub
from vapi_async import AsyncVapi, RateLimitError, RetryPolicy, VapiError

TASKS = 200


class Server(Stub):
    """Answers by a rule of the test, over virtual time; tells how many are under way."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock = clock
        self.under_way = 0
        self.most = 0

    def status(self) -> int:
        return 200

    def headers(self) -> dict[str, str]:
        return {}

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        status = self.status()
        for _ in range(3):
            await anyio.lowlevel.checkpoint()
        self.under_way -= 1
        return httpx.Response(status, json={}, headers=self.headers() if status == 429 else {})


async def together(server: Server, tasks: int = TASKS, **options: object) -> Counter[str]:
    """Let many tasks send one request each, and return what became of them."""
    results: Counter[str] = Counter()

    async def one(vapi: AsyncVapi) -> None:
        try:
            await vapi.request("GET", "/x")
            results["ok"] += 1
        except VapiError as error:
            results[type(error).__name__] += 1

    transport = httpx.MockTransport(server.answer)
    async with (
        httpx.AsyncClient(transport=transport) as http,
        AsyncVapi("t", http_client=http, clock=server.clock, **options) as vapi,  # type: ignore[arg-type]
        anyio.create_task_group() as group,
    ):
        for _ in range(tasks):
            group.start_soon(one, vapi)
    return results


class Closed(Server):
    """Refuses everybody until a time."""

    until = 1005.0

    def status(self) -> int:
        return 429 if self.clock.now() < self.until else 200

    def headers(self) -> dict[str, str]:
        return {"retry-after": "5"}


def test_tasks_share_the_wait_after_a_429(run: Runner) -> None:
    async def main() -> None:
        server = Closed(FakeClock())
        assert await together(server) == {"ok": TASKS}
        assert len(server.requests) == 2 * TASKS
        server = Closed(FakeClock())
        assert await together(server, max_concurrency=20) == {"ok": TASKS}
        assert len(server.requests) == TASKS + 20

    run(main)


class Never(Server):
    def status(self) -> int:
        return 429


def test_an_api_that_keeps_refusing_is_probed_not_hammered(run: Runner) -> None:
    async def main() -> None:
        server = Never(FakeClock())
        assert await together(server) == {"RateLimitError": TASKS}
        assert len(server.requests) <= TASKS + 5

    run(main)


def test_tasks_that_never_got_to_send_learn_it_too(run: Runner) -> None:
    async def main() -> None:
        server = Never(FakeClock())
        assert await together(server, max_concurrency=5) == {"RateLimitError": TASKS}
        assert len(server.requests) < TASKS

    run(main)


class Metered(Server):
    """Lets `rate` requests through in every second."""

    rate = 25

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.passed: Counter[int] = Counter()

    def status(self) -> int:
        second = int(self.clock.now())
        self.passed[second] += 1
        return 200 if self.passed[second] <= self.rate else 429

    def headers(self) -> dict[str, str]:
        return {"retry-after": "1"}


def test_a_metered_api_serves_everybody_with_few_refusals(run: Runner) -> None:
    """200 tasks at 25 a second are 8 seconds. Hammering would take 500 requests and lose two thirds of the tasks."""

    async def main() -> None:
        server = Metered(FakeClock())
        assert await together(server) == {"ok": TASKS}
        assert len(server.requests) <= 2 * TASKS + TASKS // 2
        assert server.clock.now() <= 1000 + 2 * TASKS / server.rate

    run(main)


async def test_the_gate_opens_again_for_good() -> None:
    clock = FakeClock()
    stub = Stub(httpx.Response(429, headers={"retry-after": "5"}), {})
    async with stub.client(clock=clock) as vapi:
        await vapi.request("GET", "/x")
        assert clock.waits == [5.0]
        await vapi.request("GET", "/x")
        assert clock.waits == [5.0]


def test_one_sleeps_for_all(run: Runner) -> None:
    """After a 429 the waiting is the limiter's: nobody sleeps beside it as well."""

    async def main() -> None:
        server = Closed(FakeClock())
        assert await together(server, tasks=3) == {"ok": 3}
        assert server.clock.waits == [5.0]

    run(main)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_429_is_retried_for_every_method_up_to_the_cap(method: str) -> None:
    clock = FakeClock()
    stub = Stub(httpx.Response(429, headers={"retry-after": "61"}), {})
    async with stub.client(clock=clock) as vapi:
        with pytest.raises(RateLimitError) as caught:
            await vapi.request(method, "/x")
        assert (caught.value.retry_after, caught.value.attempts, clock.waits) == (61.0, 1, [])
    stub = Stub(httpx.Response(429, headers={"retry-after-ms": "59500"}), {})
    async with stub.client(clock=clock) as vapi:
        await vapi.request(method, "/x")
    assert clock.waits == [59.5]


async def test_without_retries_there_is_no_waiting_either() -> None:
    clock = FakeClock()
    stub = Stub(429)
    async with stub.client(clock=clock, retry=0) as vapi:
        for _ in range(3):
            with pytest.raises(RateLimitError):
                await vapi.request("GET", "/x")
    assert len(stub.requests) == 3
    assert clock.waits == []


def test_who_waits_at_the_gate_can_be_cancelled(run: Runner) -> None:
    async def main() -> None:
        class Slow(FakeClock):
            async def sleep(self, seconds: float) -> None:
                asleep.set()
                if not released.is_set():
                    await released.wait()
                self.time += seconds

        asleep, released = anyio.Event(), anyio.Event()
        stub = Stub(httpx.Response(429, headers={"retry-after": "5"}), {})
        done: list[str] = []

        async def one(vapi: AsyncVapi, name: str) -> None:
            await vapi.request("GET", f"/{name}")
            done.append(name)

        async with stub.client(clock=Slow()) as vapi, anyio.create_task_group() as group:
            doomed = anyio.CancelScope()

            async def first() -> None:
                with doomed:
                    await one(vapi, "doomed")

            group.start_soon(first)
            await asleep.wait()
            waiting = anyio.CancelScope()

            async def second() -> None:
                with waiting:
                    await one(vapi, "waiting")

            group.start_soon(second)
            group.start_soon(one, vapi, "patient")
            for _ in range(5):
                await anyio.lowlevel.checkpoint()
            waiting.cancel()
            doomed.cancel()
            released.set()
        assert done == ["patient"]

    run(main)


def test_a_probe_that_is_cancelled_lets_the_next_one_through(run: Runner) -> None:
    async def main() -> None:
        probing = anyio.Event()

        class Held(Server):
            """Refuses the first request, and keeps the second waiting for ever."""

            async def answer(self, request: httpx.Request) -> httpx.Response:
                self.requests.append(request)
                if len(self.requests) == 1:
                    return httpx.Response(429)
                if len(self.requests) == 2:
                    probing.set()
                    await anyio.sleep_forever()
                return httpx.Response(200, json={})

        server = Held(FakeClock())
        transport = httpx.MockTransport(server.answer)
        async with (
            httpx.AsyncClient(transport=transport) as http,
            AsyncVapi("t", http_client=http, clock=server.clock) as vapi,
            anyio.create_task_group() as group,
        ):
            scope = anyio.CancelScope()

            async def probe() -> None:
                with scope:
                    await vapi.request("GET", "/probe")

            group.start_soon(probe)
            await probing.wait()
            group.start_soon(vapi.request, "GET", "/next")
            await anyio.lowlevel.checkpoint()
            assert len(server.requests) == 2
            scope.cancel()
        assert [request.url.path for request in server.requests] == ["/probe", "/probe", "/next"]

    run(main)


class Broken(Server):
    down = True

    def status(self) -> int:
        return 503 if self.down else 200


def test_an_outage_is_not_multiplied_by_the_retries(run: Runner) -> None:
    async def main() -> None:
        server = Broken(FakeClock())
        transport = httpx.MockTransport(server.answer)
        results: Counter[str] = Counter()

        async def one(vapi: AsyncVapi) -> None:
            try:
                await vapi.request("GET", "/x")
                results["ok"] += 1
            except VapiError as error:
                results[type(error).__name__] += 1

        async with (
            httpx.AsyncClient(transport=transport) as http,
            AsyncVapi("t", http_client=http, clock=server.clock, retry=RetryPolicy(5)) as vapi,
        ):
            async with anyio.create_task_group() as group:
                for number in range(1000):
                    group.start_soon(one, vapi if number % 2 else vapi.with_options(timeout=9))
            assert results == {"ServiceUnavailableError": 1000}
            assert len(server.requests) <= 1500
            server.down, before = False, len(server.requests)
            async with anyio.create_task_group() as group:
                for _ in range(1000):
                    group.start_soon(one, vapi)
            assert results["ok"] == 1000
            assert len(server.requests) - before == 1000

    run(main)


async def test_a_spent_budget_says_so() -> None:
    clock = FakeClock()
    async with Stub(503).client(clock=clock) as vapi:
        vapi._session.shared.budget.tokens = 0
        with pytest.raises(VapiError, match="1 attempt, the client's retry budget is used up"):
            await vapi.request("GET", "/x")


def test_max_concurrency_caps_what_is_under_way(run: Runner) -> None:
    async def main() -> None:
        server = Server(FakeClock())
        assert await together(server, max_concurrency=7) == {"ok": TASKS}
        assert server.most == 7
        server = Server(FakeClock())
        assert await together(server) == {"ok": TASKS}
        assert server.most > 7

    run(main)


async def test_who_waits_for_another_attempt_holds_no_slot() -> None:
    order: list[str] = []

    class Waiting(FakeClock):
        async def sleep(self, seconds: float) -> None:
            order.append("waits")
            await vapi.request("GET", "/other")
            await super().sleep(seconds)

    stub = Stub(503, {})
    async with stub.client(clock=Waiting(), max_concurrency=1) as vapi:
        await vapi.request("GET", "/x")
    assert [request.url.path for request in stub.requests] == ["/x", "/other", "/x"]
    assert order == ["waits"]
