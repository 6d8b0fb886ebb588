"""Decoding and encoding against `json` alone, on the same bytes, turn by turn in one process.

Of each turn the faster of several runs counts, and of all turns the median ratio: what else the machine does then falls
on both sides.
"""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import httpx

from benchmarks import pages
from benchmarks.table import Row
from vapi_async import AsyncVapi
from vapi_async._modeling.encoding import to_json
from vapi_async.models import Assistant, Call, File, ServerMessage

TURNS = 15
STALL_BYTES = 10_000_000


def run() -> list[Row]:
    """Measure everything; about ten seconds."""
    return [*_decode(), *_encode(), _stall()]


def ratio(ours: Callable[[], Any], plain: Callable[[], Any]) -> float:
    """Return how many times as long `ours` takes as `plain`."""
    gc.collect()
    return statistics.median(_fastest(ours) / _fastest(plain) for _ in range(TURNS))


def _fastest(work: Callable[[], Any], runs: int = 3) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def _inputs() -> list[tuple[str, Any, list[dict[str, Any]]]]:
    return [
        ("100 calls of 31 KB", Call, pages.calls()),
        ("100 assistants", Assistant, pages.assistants()),
        ("100 webhooks", ServerMessage, pages.webhooks()),
        ("1,000 small objects", File, pages.small()),
    ]


def _decode() -> list[Row]:
    return [
        _row("bytes → models vs json.loads", name, _decode_ratio(*case), model=case[0]) for name, *case in _inputs()
    ]


def _encode() -> list[Row]:
    return [
        _row("models → bytes vs json.dumps", name, _encode_ratio(*case), model=case[0]) for name, *case in _inputs()
    ]


def _row(what: str, name: str, made: float, model: Any) -> Row:
    """The bounds are for calls."""
    aim = 1.8 if "loads" in what else 1.5
    return Row(f"{what}: {name}", made, *((2.2, aim) if model is Call else (None, None)), unit="x")


def _decode_ratio(model: Any, values: list[dict[str, Any]]) -> float:
    text = json.dumps(values, separators=(",", ":")).encode()
    return ratio(lambda: [model.from_dict(value) for value in json.loads(text)], lambda: json.loads(text))


def _encode_ratio(model: Any, values: list[dict[str, Any]]) -> float:
    models = [model.from_dict(value) for value in values]
    return ratio(lambda: to_json(models), lambda: json.dumps(values, separators=(",", ":")).encode())


def _stall() -> Row:
    """The longest time that the event loop stands still while a page of 10 MB is listed."""
    values = pages.calls(STALL_BYTES // 33_000)
    text = json.dumps(values, separators=(",", ":")).encode()
    plain = _fastest(lambda: json.loads(text), runs=5)
    stall = min(asyncio.run(_listing(text)) for _ in range(5))
    return Row("longest stall while 10 MB are listed vs json.loads", stall / plain, 1.3, 1.1, unit="x")


async def _listing(text: bytes) -> float:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=text))
    async with httpx.AsyncClient(transport=transport) as http_client, AsyncVapi("t", http_client=http_client) as vapi:
        await vapi.request("GET", "/warm-up")
        longest, done = 0.0, False

        async def watch() -> None:
            nonlocal longest
            before = time.perf_counter()
            while not done:
                await asyncio.sleep(0)
                now = time.perf_counter()
                longest, before = max(longest, now - before), now

        watcher = asyncio.create_task(watch())
        await asyncio.sleep(0)
        await vapi.calls.list(limit=1000)
        done = True
        await watcher
        return longest
