"""Doing one thing to many items, several at a time.

    async with vapi.map(vapi.assistants.delete, ids) as results:
        async for id, outcome in results:
            if isinstance(outcome, Exception): ...

Each of a few workers takes an item, does it, and hands its outcome over before it takes the next. So outcomes come as
they are ready, and items are only taken as fast as outcomes are: a slow consumer slows the work down, and nothing piles
up. What fails is an outcome like any other.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Generic, TypeVar

from .task_scope import TaskScope

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_concurrently(
    method: Callable[[Item], Awaitable[Result]],
    items: Iterable[Item] | AsyncIterable[Item],
    concurrency: int = 10,
) -> AbstractAsyncContextManager[AsyncIterator[tuple[Item, Result | Exception]]]:
    """Call `method` with every item, so many at a time.

    Args:
        method: takes one item.
        items: the items; they are taken one by one, as there is room. A pager will do.
        concurrency: how many calls may be under way, with those whose outcome was not yet taken.

    Returns:
        A block within which pairs are iterated, in the order of completion: the item, and what `method` returned or the
        exception it raised. The block owns the work: what is under way when it is left is cancelled, so a request may
        or may not have been processed then. An exception of `items` itself is raised, after the outcomes before it.
        Every item that was taken has an outcome: a `method` that was cancelled, though the block was not, has a
        RuntimeError. An async generator given as `items` is closed when the block is left.

    Raises:
        ValueError: concurrency is below 1.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency must be at least 1, not {concurrency}")
    return _ConcurrentMap(method, items, concurrency)


class _ConcurrentMap(Generic[Item, Result]):
    """The block that owns the work: one task takes the items, and workers do them."""

    def __init__(
        self,
        method: Callable[[Item], Awaitable[Result]],
        items: Iterable[Item] | AsyncIterable[Item],
        concurrency: int,
    ) -> None:
        self._method = method
        self._items = items
        self._concurrency = concurrency
        self._tasks = TaskScope()
        self._failure: Exception | None = None

    async def __aenter__(self) -> _ConcurrentMap[Item, Result]:
        from anyio import create_memory_object_stream

        # Neither stream holds anything: an item is taken when a worker is free, an outcome waits for its taker.
        feed, take = create_memory_object_stream[Item]()
        give, self._outcomes = create_memory_object_stream[tuple[Item, Result | Exception]]()
        group = await self._tasks.__aenter__()
        group.start_soon(self._feed, feed)
        for _ in range(self._concurrency):
            group.start_soon(self._work, take.clone(), give.clone())
        take.close()  # the workers' clones are left: when the last of them closes, the other end sees the end
        give.close()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._tasks.__aexit__(kind, error, trace)
        finally:
            self._outcomes.close()

    def __aiter__(self) -> _ConcurrentMap[Item, Result]:
        return self

    async def __anext__(self) -> tuple[Item, Result | Exception]:
        from anyio import EndOfStream

        try:
            return await self._outcomes.receive()
        except EndOfStream:
            pass
        if self._failure is not None:
            raise self._failure
        raise StopAsyncIteration

    async def _feed(self, feed: MemoryObjectSendStream[Item]) -> None:
        with feed:
            try:
                if isinstance(self._items, AsyncIterable):
                    await _pass_on(aiter(self._items), feed)
                else:
                    for item in self._items:
                        await feed.send(item)
            except BaseException as error:  # noqa: BLE001 - raised when the outcomes before it were taken
                self._failure = _failure(error)

    async def _work(
        self,
        take: MemoryObjectReceiveStream[Item],
        give: MemoryObjectSendStream[tuple[Item, Result | Exception]],
    ) -> None:
        with take, give:
            async for item in take:
                outcome: Result | Exception
                try:
                    outcome = await self._method(item)
                except BaseException as error:  # noqa: BLE001 - an outcome like any other
                    outcome = _failure(error)
                await give.send((item, outcome))


async def _pass_on(source: AsyncIterator[Item], feed: MemoryObjectSendStream[Item]) -> None:
    try:
        async for item in source:
            await feed.send(item)
    finally:
        if isinstance(source, AsyncGenerator):
            from anyio import CancelScope

            with CancelScope(shield=True):  # it may have to wait for what it closes
                await source.aclose()


def _failure(error: BaseException) -> Exception:
    """Return a failure as an outcome; raise what is none, such as the cancellation of the block itself."""
    if isinstance(error, Exception):
        return error
    from anyio import current_effective_deadline, get_cancelled_exc_class

    if not isinstance(error, get_cancelled_exc_class()) or current_effective_deadline() == float("-inf"):
        raise error
    # Raised by what was waited for: the event loop takes it for the end of the task, and the item would be lost.
    failure = RuntimeError("cancelled from within")
    failure.__cause__ = error
    return failure
