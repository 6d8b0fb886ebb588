"""Four uvicorn workers and one Redis: each tool runs once, and a repetition gets the first reply, wherever it comes."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
import redis as redis_py

from tests.webhooks.bodies import body, tool_calls
from tests.webhooks.workers.redis_server import needs_redis, redis_server

pytestmark = needs_redis
ROOT = Path(__file__).parents[3]
WORKERS = 4


class Worker:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.url = f"http://127.0.0.1:{int(process.stdout.readline())}/"


@contextmanager
def workers(redis_port: int) -> Iterator[list[Worker]]:
    command = [sys.executable, "-m", "tests.webhooks.workers.worker", str(redis_port)]
    with ExitStack() as stack:
        processes = []
        for _ in range(WORKERS):
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT))
            stack.callback(process.kill)
            processes.append(process)
        yield [Worker(process) for process in processes]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[redis_py.Redis]:
    with redis_server(tmp_path) as port, redis_py.Redis(port=port) as client:
        yield client


@pytest.fixture
def served(store: redis_py.Redis) -> Iterator[list[Worker]]:
    with workers(store.connection_pool.connection_kwargs["port"]) as running:
        yield running


def deliveries(count: int, running: Sequence[Worker]) -> list[tuple[int, bytes, Worker]]:
    """Bookings in a mixed order, a third of which come twice, to different workers."""
    random = Random(5)
    found = []
    for number in range(count):
        content = tool_calls((f"call-{number}", "book", {"number": number}))
        chosen = random.sample(list(running), 2 if number % 3 == 0 else 1)
        found += [(number + random.randrange(8), number, content, worker) for worker in chosen]
    return [entry[1:] for entry in sorted(found, key=lambda entry: entry[0])]


async def send_all(
    entries: Sequence[tuple[int, bytes, Worker]], killed: Worker | None = None
) -> Counter[tuple[int, str]]:
    """Send deliveries, as Vapi does again, elsewhere, when there is no answer; returns how often each reply came.

    Args:
        entries: number, body and worker.
        killed: the worker that is killed when half of them are sent.
    """
    replies: Counter[tuple[int, str]] = Counter()
    waiting = iter(entries)
    half = len(entries) // 2
    others = [entry[2] for entry in entries if entry[2] is not killed]

    async def sender(http: httpx.AsyncClient) -> None:
        for number, content, worker in waiting:
            if killed is not None and sum(replies.values()) > half:
                killed.process.kill()
            try:
                response = await http.post(worker.url, content=content)
            except httpx.TransportError:
                response = await http.post(others[number % len(others)].url, content=content)
            (result,) = response.json()["results"]
            replies[number, result["result"]] += 1

    limits = httpx.Limits(max_keepalive_connections=None)
    async with httpx.AsyncClient(timeout=60, limits=limits, verify=False) as http, asyncio.TaskGroup() as group:
        for _ in range(16):
            group.create_task(sender(http))
    return replies


COUNTS = [pytest.param(300), pytest.param(10_000, marks=pytest.mark.slow)]


@pytest.mark.parametrize("count", COUNTS)
async def test_each_tool_runs_once_and_each_repetition_gets_the_first_reply(
    count: int, store: redis_py.Redis, served: list[Worker]
) -> None:
    replies = await send_all(deliveries(count, served))
    assert sorted(number for number, _ in replies) == list(range(count)), "one reply for each"
    assert {number: times for (number, _), times in replies.items()} == {
        number: 2 if number % 3 == 0 else 1 for number in range(count)
    }
    assert {int(ran) for ran in store.mget([f"ran:{number}" for number in range(count)])} == {1}  # type: ignore[union-attr]
    assert len({text.split()[0] for _, text in replies}) == WORKERS


@pytest.mark.parametrize("count", COUNTS)
async def test_a_worker_that_is_killed_loses_nothing(count: int, store: redis_py.Redis, served: list[Worker]) -> None:
    entries = deliveries(count, served)
    replies = await send_all(entries, killed=served[0])
    assert served[0].process.wait(60)
    assert {number for number, _ in replies} == set(range(count))
    # Those that were in the midst of it when the worker died may have run twice, or have told nobody what they did.
    doubtful = {number for number, _ in replies if int(store.get(f"ran:{number}") or 0) != 1}  # type: ignore[arg-type]
    several = {number for (number, _), times in replies.items() if times < (2 if number % 3 == 0 else 1)}
    assert len(doubtful | several) <= 16, "as many as were under way"


async def has(store: redis_py.Redis, key: str) -> None:
    """Return when a worker has written a key."""
    while store.get(key) is None:  # noqa: ASYNC110 - it is another process that writes it
        await asyncio.sleep(0)


async def test_a_claim_of_a_killed_worker_lapses_and_another_one_takes_over(
    store: redis_py.Redis, served: list[Worker]
) -> None:
    content = tool_calls(("1", "stuck", {"number": 1}))
    first, second, *_ = served
    async with httpx.AsyncClient(timeout=60, verify=False) as http:
        lost = asyncio.create_task(http.post(first.url, content=content))
        await has(store, "ran:1")
        first.process.kill()
        with pytest.raises(httpx.TransportError):
            await lost
        response = await http.post(second.url, content=content)
    (result,) = response.json()["results"]
    assert result["result"] == f"{second.process.pid} 1 2"


async def test_an_event_is_handled_by_one_of_them(store: redis_py.Redis, served: list[Worker]) -> None:
    content = body("hang")
    call = json.loads(content)["message"]["call"]["id"]
    async with httpx.AsyncClient(timeout=60, verify=False) as http:
        for _ in range(3):
            responses = await asyncio.gather(*(http.post(worker.url, content=content) for worker in served))
            assert {response.status_code for response in responses} == {200}
        other: Any = body("hang")
        for worker in served:
            await http.post(worker.url, content=other)
        last = json.loads(other)["message"]["call"]["id"]
        await has(store, f"seen:{last}")
    assert store.get(f"seen:{call}") == b"1"
