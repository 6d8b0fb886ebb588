"""The sandbox: how fast it answers beside an application that does nothing, what a store of calls takes, its start.

Both applications are asked through the same httpx client over the same kind of transport, within the process.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.lists import _call
from benchmarks.table import Row
from vapi_async.sandbox import Sandbox

REQUESTS = 1000
TURNS = 5
STORED = 10_000
_TOKEN = {"authorization": "Bearer sandbox"}
_BODY = {
    "name": "Support",
    "firstMessage": "Hello, how can I help?",
    "model": {"provider": "openai", "model": "gpt-4o", "messages": [{"role": "system", "content": "Be kind."}]},
    "voice": {"provider": "11labs", "voiceId": "burt"},
}
_START = """
import time
start = time.perf_counter()
from vapi_async.sandbox import Sandbox
Sandbox().client()
print(time.perf_counter() - start)
"""


def run() -> list[Row]:
    """Measure; about half a minute."""
    reads, bare, creates = asyncio.run(_rates())
    return [
        Row(
            f"reads in process: {reads:,.0f}/s, a bare Starlette route {bare:,.0f}/s",
            reads / bare,
            0.3,
            unit="x",
            at_least=True,
        ),
        Row("one read over a socket, median", 1000 * _over_a_socket(), 5, unit="ms"),
        Row("assistants created, validated against the contract", creates, unit="/s"),
        Row(f"memory of {STORED:,} stored calls of less than 1 KB", _memory() / 2**20, unit="MB"),
        Row("the first sandbox of a process, with its imports", 1000 * _first(), 500, unit="ms"),
        Row("every further one", 1000 * asyncio.run(_further()), 5, unit="ms"),
    ]


async def _rates() -> tuple[float, float, float]:
    """Return requests a second: reads of the sandbox and of the bare route, taken in turns, and creates."""
    async with Sandbox() as sandbox, _bare() as bare:
        http = sandbox.http_client()
        made = (await http.post("/assistant", json=_BODY, headers=_TOKEN)).json()

        async def read() -> None:
            await http.get(f"/assistant/{made['id']}", headers=_TOKEN)

        async def read_bare() -> None:
            await bare.get(f"/assistant/{made['id']}", headers=_TOKEN)

        async def create() -> None:
            await http.post("/assistant", json=_BODY, headers=_TOKEN)

        rates = [(await _rate(read), await _rate(read_bare), await _rate(create)) for _ in range(TURNS)]
    reads, bares, creates = (statistics.median(rate) for rate in zip(*rates, strict=True))
    return reads, bares, creates


async def _rate(work: Callable[[], Awaitable[None]]) -> float:
    start = time.perf_counter()
    for _ in range(REQUESTS):
        await work()
    return REQUESTS / (time.perf_counter() - start)


def _bare() -> httpx.AsyncClient:
    async def answer(_: object) -> JSONResponse:
        return JSONResponse(_BODY)

    app = Starlette(routes=[Route("/assistant/{id}", answer)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://bare.example", trust_env=False)


def _over_a_socket() -> float:
    """Return how many seconds a read takes of a sandbox that is served: the connection is open before."""
    command = [sys.executable, "-m", "vapi_async.sandbox", "--port", "0"]
    folder = Path(__file__).parents[1]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[4]
            return statistics.median(_seconds_of_reads(address))
        finally:
            process.kill()


def _seconds_of_reads(address: str) -> list[float]:
    times = []
    with httpx.Client(base_url=address, headers=_TOKEN, trust_env=False) as http:
        made = http.post("/assistant", json=_BODY).json()
        for _ in range(REQUESTS):
            start = time.perf_counter()
            http.get(f"/assistant/{made['id']}").raise_for_status()
            times.append(time.perf_counter() - start)
    return times


def _memory() -> float:
    """Return bytes."""
    sandbox = Sandbox()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(STORED):
            sandbox.add("/call", _call(number))
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def _first() -> float:
    command = [sys.executable, "-c", _START]
    folder = Path(__file__).parents[1]
    times = [
        float(subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout)
        for _ in range(TURNS)
    ]
    return statistics.median(times)


async def _further() -> float:
    times = []
    for _ in range(10 * TURNS):
        start = time.perf_counter()
        async with Sandbox() as sandbox:
            sandbox.client()
            times.append(time.perf_counter() - start)
    return statistics.median(times)
