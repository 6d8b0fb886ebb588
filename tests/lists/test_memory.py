"""A walk keeps a page, not the list."""

from __future__ import annotations

import asyncio
import tracemalloc
from typing import Any

import pytest

from tests.lists.store import EPOCH, Operation, at, printed
from vapi_async._lists import Pager
from vapi_async._modeling.decoding import nested


class Endless:
    """So many calls, newest first, each made when it is asked for; three at a time in one moment."""

    def __init__(self, count: int) -> None:
        self.count = count

    async def fetch(self, query: Any) -> list[Any]:
        before = query.get("createdAtLt")
        newest = self.count - 1
        if before is not None:
            newest = min(newest, 3 * (int((before - EPOCH).total_seconds() * 1000 + 0.5)) - 1)
        return [self.call(index) for index in range(newest, max(newest - query.get("limit", 100), -1), -1)]

    @staticmethod
    def call(index: int) -> dict[str, Any]:
        moment = printed(at(index // 3))
        return {"id": f"call-{index}", "orgId": "o", "createdAt": moment, "updatedAt": moment, "summary": "x" * 500}


async def peak(count: int) -> tuple[int, int]:
    """How many calls came, and the most memory in use while they did, in bytes."""
    walk = Pager(Endless(count).fetch, nested("vapi_async.models", "Call"), Operation(), {})
    came = 0
    tracemalloc.start()
    async for call in walk:
        came += call.id == f"call-{count - 1 - came}"
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return came, most


@pytest.mark.slow
def test_100_000_calls_in_the_memory_of_a_few_pages() -> None:
    asyncio.run(peak(300))  # what is loaded once is not counted
    few, small = asyncio.run(peak(1_000))
    many, large = asyncio.run(peak(100_000))
    assert (few, many) == (1_000, 100_000)
    assert large < 3 * small  # a list of them would be 100 times as large
