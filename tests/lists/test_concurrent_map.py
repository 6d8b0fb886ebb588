"""One method, many items: order of completion, back-pressure, failures as outcomes, and a clean end."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tests.lists.conftest import Runner
from tests.lists.store import Operation, Store, rows
from vapi_async._lists import Pager
from vapi_async._lists.concurrent_map import map_concurrently


class Job:
    """A method whose calls end when the test says so; counts those under way."""

    def __init__(self) -> None:
        self.gates: dict[Any, anyio.Event] = {}
        self.running: set[Any] = set()
        self.most = 0

    async def __call__(self, item: Any) -> Any:
        self.running.add(item)
        self.most = max(self.most, len(self.running))
        try:
            if item in self.gates:
                await self.gates[item].wait()
            await anyio.lowlevel.checkpoint()
            if item == "bad":
                raise KeyError(item)
            return f"done {item}"
        finally:
            self.running.discard(item)


async def settle() -> None:
    for _ in range(20):
        await anyio.lowlevel.checkpoint()


def test_outcomes_in_order_of_completion(run: Runner) -> None:
    async def main() -> None:
        job = Job()
        job.gates = {1: anyio.Event()}
        came = []
        async with map_concurrently(job, [1, 2, 3, 4], concurrency=2) as results:
            async for item, outcome in results:
                came.append((item, outcome))
                if item == 4:
                    job.gates[1].set()
        assert came == [(2, "done 2"), (3, "done 3"), (4, "done 4"), (1, "done 1")]

    run(main)


def test_a_failure_is_an_outcome_like_any_other(run: Runner) -> None:
    async def main() -> None:
        async with map_concurrently(Job(), ["a", "bad", "c"], concurrency=1) as results:
            outcomes = {item: outcome async for item, outcome in results}
        assert outcomes["a"] == "done a"
        assert isinstance(outcomes["bad"], KeyError)
        assert outcomes["c"] == "done c"

    run(main)


@pytest.mark.parametrize("concurrency", [1, 3, 10])
def test_no_more_at_a_time_than_said(run: Runner, concurrency: int) -> None:
    async def main() -> None:
        job = Job()
        job.gates = dict.fromkeys(range(50), anyio.Event())
        async with map_concurrently(job, range(50), concurrency) as results:
            await settle()
            assert len(job.running) == concurrency
            job.gates[0].set()
            assert len([item async for item, _ in results]) == 50
        assert job.most == concurrency

    run(main)


def test_a_slow_consumer_slows_the_work_down(run: Runner) -> None:
    async def main() -> None:
        taken = []

        def items() -> Iterator[int]:
            for number in range(1000):
                taken.append(number)
                yield number

        async with map_concurrently(Job(), items(), concurrency=3) as results:
            await settle()
            assert len(taken) == 4  # three whose outcomes wait, and the next one
            await anext(results)
            await settle()
            assert len(taken) == 5

    run(main)


def test_break_leaves_nothing_running(run: Runner) -> None:
    async def main() -> None:
        job = Job()
        job.gates = {number: anyio.Event() for number in range(1, 50)}
        async with map_concurrently(job, range(50), concurrency=5) as results:
            async for _ in results:
                break
            await settle()
            assert len(job.running) == 5
        assert job.running == set()

    run(main)


def test_a_block_left_at_once_leaves_nothing_behind(run: Runner) -> None:
    async def main() -> None:
        job = Job()
        async with map_concurrently(job, range(9)):
            pass
        assert job.running == set()
        gc.collect()  # a stream that was not closed would warn here

    run(main)


def test_exceptions_of_the_block_come_out_as_they_are(run: Runner) -> None:
    async def main() -> None:
        job = Job()
        job.gates = {2: anyio.Event()}
        with pytest.raises(ZeroDivisionError):  # noqa: PT012
            async with map_concurrently(job, [1, 2]) as results:
                await anext(results)
                1 / 0  # noqa: B018
        assert job.running == set()

    run(main)


def test_cancellation_leaves_nothing_running(run: Runner) -> None:
    async def main() -> None:
        job = Job()
        job.gates = {2: anyio.Event()}
        with anyio.CancelScope() as scope:
            async with map_concurrently(job, [1, 2]) as results:
                async for _ in results:
                    scope.cancel()
        assert scope.cancelled_caught
        assert job.running == set()

    run(main)


def test_items_may_come_asynchronously(run: Runner) -> None:
    async def main() -> None:
        async def items() -> AsyncIterator[int]:
            for number in range(5):
                await anyio.lowlevel.checkpoint()
                yield number

        async with map_concurrently(Job(), items(), concurrency=2) as results:
            assert sorted([item async for item, _ in results]) == [0, 1, 2, 3, 4]

    run(main)


def test_a_pager_will_do(run: Runner) -> None:
    async def main() -> None:
        store = Store(rows(*range(20)))
        pager = Pager(store.fetch, lambda item: item["id"], Operation(), {"limit": 3})

        async def delete(name: str) -> None:
            store.rows = [row for row in store.rows if row.id != name]

        async with map_concurrently(delete, pager) as results:
            assert len([item async for item, _ in results]) == 20
        assert store.rows == []

    run(main)


def test_an_exception_of_the_items_is_raised_after_the_outcomes_before_it(run: Runner) -> None:
    async def main() -> None:
        def items() -> Iterator[int]:
            yield 1
            yield 2
            raise OSError("no more")

        came = []
        with pytest.raises(OSError, match="no more"):  # noqa: PT012
            async with map_concurrently(Job(), items()) as results:
                async for item, _ in results:
                    came.append(item)
        assert sorted(came) == [1, 2]

    run(main)


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_a_call_that_cancels_itself_is_an_outcome(concurrency: int) -> None:
    gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    gone.cancel()

    async def method(item: int) -> str:
        return await gone if item % 2 else f"done {item}"

    async with map_concurrently(method, range(9), concurrency) as results:
        outcomes = {item: outcome async for item, outcome in results}
    assert sorted(outcomes) == list(range(9))
    assert outcomes[8] == "done 8"
    assert isinstance(outcomes[1], RuntimeError)
    assert isinstance(outcomes[1].__cause__, asyncio.CancelledError)


async def test_items_that_cancel_themselves_are_no_end() -> None:
    async def items() -> AsyncIterator[int]:
        yield 1
        raise asyncio.CancelledError

    with pytest.raises(RuntimeError, match="cancelled"):
        async with map_concurrently(Job(), items()) as results:
            assert [item async for item, _ in results] == [1]


def test_a_generator_of_items_is_closed_with_the_block(run: Runner) -> None:
    async def main() -> None:
        closed = []

        async def items() -> AsyncIterator[int]:
            try:
                for number in range(100):
                    yield number
            finally:
                await anyio.lowlevel.checkpoint()
                closed.append("generator")

        async with map_concurrently(Job(), items(), concurrency=2) as results:
            async for _ in results:
                break
        assert closed == ["generator"]

    run(main)


def test_no_items(run: Runner) -> None:
    async def main() -> None:
        async with map_concurrently(Job(), []) as results:
            assert [pair async for pair in results] == []

    run(main)


@pytest.mark.parametrize("concurrency", [0, -1])
def test_at_least_one_at_a_time(concurrency: int) -> None:
    with pytest.raises(ValueError, match="concurrency"):
        map_concurrently(Job(), [], concurrency)
