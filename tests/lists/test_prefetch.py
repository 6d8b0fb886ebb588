"""Fetching ahead: never more than asked for, nothing left running, errors where they belong."""

from __future__ import annotations

import gc
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tests.lists.conftest import Runner
from tests.lists.store import Operation, Store, rows
from vapi_async._lists import Pager
from vapi_async.errors import PaginationError


class Watched:
    """A store whose requests are counted while they run, and may be held up."""

    def __init__(self, store: Store, held: int | None = None) -> None:
        self.store = store
        self.held = held
        self.running = 0
        self.cancelled = 0

    @property
    def sent(self) -> int:
        return len(self.store.requests)

    async def __call__(self, query: Any) -> Any:
        self.running += 1
        try:
            answer = self.store.answer(query)
            await anyio.lowlevel.checkpoint()
            if self.held == self.sent:
                await anyio.sleep_forever()
            return answer
        except BaseException:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1


def pager(fetch: Any, **arguments: Any) -> Pager[Any]:
    return Pager(fetch, lambda item: item["id"], Operation(), {"limit": 3}, **arguments)


def watched(count: int = 11, **how: Any) -> Watched:
    return Watched(Store(rows(*range(count))), **how)


async def settle() -> None:
    for _ in range(20):
        await anyio.lowlevel.checkpoint()


def test_the_same_items(run: Runner) -> None:
    async def main() -> None:
        async with pager(watched()).lookahead(1) as items:
            assert [item async for item in items] == list("kjihgfedcba")

    run(main)


@pytest.mark.parametrize("ahead", [1, 3])
def test_as_many_pages_ahead_as_asked_for(run: Runner, ahead: int) -> None:
    async def main() -> None:
        fetch = watched(30)
        async with pager(fetch).lookahead(ahead) as items:
            await anext(items)
            await settle()
            assert fetch.sent == 1 + ahead
            for _ in range(3):
                await anext(items)
            await settle()
            assert fetch.sent == 2 + ahead

    run(main)


def test_the_next_page_comes_while_the_current_one_is_consumed(run: Runner) -> None:
    async def main() -> None:
        fetch = watched()
        async with pager(fetch).lookahead() as items:
            await anext(items)
            await settle()
            fetch.held = 3
            assert [await anext(items) for _ in range(4)] == list("jihg")

    run(main)


def test_break_leaves_nothing_running(run: Runner) -> None:
    async def main() -> None:
        fetch = watched(held=2)
        async with pager(fetch).lookahead(1) as items:
            async for _ in items:
                await settle()
                break
            assert fetch.running == 1
        assert (fetch.running, fetch.cancelled, fetch.sent) == (0, 1, 2)

    run(main)


def test_a_block_left_at_once_leaves_nothing_behind(run: Runner) -> None:
    async def main() -> None:
        fetch = watched()
        async with pager(fetch).lookahead(1):
            pass
        assert fetch.running == 0
        gc.collect()  # a stream that was not closed would warn here

    run(main)


def test_cancellation_leaves_nothing_running(run: Runner) -> None:
    async def main() -> None:
        fetch = watched(held=2)
        with anyio.CancelScope() as scope:
            async with pager(fetch).lookahead(1) as items:
                async for _ in items:
                    await settle()
                    scope.cancel()
        assert scope.cancelled_caught
        assert (fetch.running, fetch.sent) == (0, 2)

    run(main)


def test_a_timeout_around_the_block(run: Runner) -> None:
    async def main() -> None:
        fetch = watched(held=1)
        with pytest.raises(TimeoutError):  # noqa: PT012
            with anyio.fail_after(0):
                async with pager(fetch).lookahead(1) as items:
                    await anext(items)
        assert fetch.running == 0

    run(main)


def test_exceptions_of_the_block_come_out_as_they_are(run: Runner) -> None:
    async def main() -> None:
        fetch = watched(held=2)
        error = KeyError("mine")
        with pytest.raises(KeyError) as caught:  # noqa: PT012
            async with pager(fetch).lookahead(1) as items:
                await anext(items)
                await settle()
                raise error
        assert caught.value is error
        assert fetch.running == 0

    run(main)


def test_errors_of_a_page_come_in_its_place(run: Runner) -> None:
    async def main() -> None:
        fetch = Watched(Store(rows(1, *[5] * 1500), order=-1))
        walk = Pager(fetch, lambda item: item["id"], Operation(), {})
        came = []
        with pytest.raises(PaginationError, match="created at"):  # noqa: PT012
            async with walk.lookahead(1) as items:
                async for item in items:
                    came.append(item)  # noqa: PERF401
        assert len(came) == 1000

    run(main)


def test_an_error_that_nobody_waits_for_is_not_raised(run: Runner) -> None:
    async def main() -> None:
        store = Store(rows(*range(9)), changes=[lambda store: 1 / 0])
        async with pager(Watched(store)).lookahead(1) as items:
            await anext(items)
            await settle()

    run(main)


def test_a_total_is_not_fetched_beyond(run: Runner) -> None:
    async def main() -> None:
        fetch = watched()
        async with pager(fetch, max_items=3).lookahead(2) as items:
            assert len([item async for item in items]) == 3
        assert fetch.sent == 1

    run(main)


def test_the_position_is_that_of_the_consumer(run: Runner) -> None:
    async def main() -> None:
        fetch = watched()
        walk = pager(fetch)
        async with walk.lookahead(3) as items:
            came = [await anext(items) for _ in range(4)]
            await settle()
        rest = [item async for item in pager(fetch, resume=walk.position)]
        assert came == list("kjih")
        assert rest == list("hgfedcba")

    run(main)


def test_a_task_cancelled_by_asyncio_itself() -> None:
    import asyncio

    async def main() -> None:
        fetch = watched(held=2)

        async def consume() -> None:
            async with pager(fetch).lookahead(1) as items:
                async for _ in items:
                    pass

        task = asyncio.create_task(consume())
        await settle()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert fetch.running == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


@pytest.mark.parametrize("ahead", [0, -1])
def test_at_least_one_page(ahead: int) -> None:
    with pytest.raises(ValueError, match="pages"):
        pager(watched()).lookahead(ahead)
