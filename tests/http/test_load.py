"""Thousands of requests at once over a faulty network: nothing is lost, nothing is done twice, nothing is left over."""

from __future__ import annotations

import threading
from collections import Counter
from random import Random

import anyio
import pytest

from tests.http.clocks import FakeClock
from tests.http.conftest import Runner
from tests.http.fault_server import Connection, FaultServer
from vapi_async import AsyncVapi, VapiError
from vapi_async._http.loop_resources import loop_resources

CONCURRENCY = 100
SHARE = 0.05
IN_A_ROW = 2


class Network:
    """Lets a fault strike 5 % of the answers, at most two in a row for one request; which and where is seeded."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._attempts: Counter[str] = Counter()
        self._row: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.processed: Counter[str] = Counter()

    def __call__(self, connection: Connection) -> bool:
        request = connection.read()
        if request is None:
            return connection.close()
        name = f"{request.method} {request.target}"
        fault = self._fault(name)
        if fault != "429":
            with self._lock:
                self.processed[name] += 1
        return self._strike(connection, fault, f'{{"id": "{request.target.rpartition("/")[2]}"}}'.encode())

    def _fault(self, name: str) -> str:
        with self._lock:
            self._attempts[name] += 1
            random = Random(f"{self._seed} {name} {self._attempts[name]}")
            if random.random() >= SHARE or self._row[name] == IN_A_ROW:
                self._row[name] = 0
                return ""
            self._row[name] += 1
            fault = random.choice(["reset", "close", "headers", "body", "chunk", "500", "503", "429"])
            self.faults[fault] += 1
            return fault

    def _strike(self, connection: Connection, fault: str, body: bytes) -> bool:
        if not fault:
            return connection.answer(body=body)
        if fault.isdigit():
            return connection.answer(int(fault), b"{}", "retry-after-ms: 10\r\n")
        partial = {
            "headers": b"HTTP/1.1 200 OK\r\ncont",
            "body": b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n" + body,
            "chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n50\r\n" + body,
        }
        connection.send(partial.get(fault, b""))
        return connection.reset() if fault == "reset" else connection.close()


class Load:
    """Sends numbered requests, nine GETs to a POST, and counts what became of them."""

    def __init__(self, vapi: AsyncVapi, count: int) -> None:
        self._vapi = vapi
        self._numbers = iter(range(count))
        self.outcomes: Counter[str] = Counter()

    async def work(self) -> None:
        for number in self._numbers:
            method = "POST" if number % 10 == 9 else "GET"
            try:
                answer = await self._vapi.request(method, f"/thing/{number}")
            except VapiError as error:
                self.outcomes[f"{method} {type(error).__name__}"] += 1
            else:
                assert answer == {"id": str(number)}
                self.outcomes[f"{method} ok"] += 1


def load(run: Runner, count: int) -> None:
    async def main() -> None:
        network = Network(seed=count)
        with FaultServer(lambda _: network) as server:
            async with AsyncVapi("t", base_url=server.url, clock=FakeClock(), max_concurrency=CONCURRENCY) as vapi:
                work = Load(vapi, count)
                async with anyio.create_task_group() as group:
                    for _ in range(CONCURRENCY):
                        group.start_soon(work.work)
                resources = loop_resources(vapi._session.shared)
                assert not resources.transport.busy  # type: ignore[attr-defined]
                assert resources.slots is not None
                assert resources.slots.value == CONCURRENCY
            server.wait_until_idle()
        assert work.outcomes["GET ok"] == count * 9 // 10
        assert sum(work.outcomes.values()) == count
        failed = {name: number for name, number in work.outcomes.items() if name != "GET ok" and name != "POST ok"}
        assert set(failed) <= {"POST ConnectionLost", "POST InternalServerError", "POST ServiceUnavailableError"}
        assert max(number for name, number in network.processed.items() if name.startswith("POST")) == 1
        assert sum(network.faults.values()) > count * SHARE / 2

    run(main)


def test_five_hundred_requests(run: Runner) -> None:
    load(run, 500)


@pytest.mark.slow
def test_ten_thousand_requests(run: Runner) -> None:
    load(run, 10_000)
