"""Fetching the next page while the current one is consumed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .batches import Batch, Batches
from .items import Items
from .task_scope import TaskScope

if TYPE_CHECKING:
    from types import TracebackType

    from anyio.streams.memory import MemoryObjectSendStream

    from .protocols import OnProgress

T = TypeVar("T")


class Prefetch(Generic[T]):
    """The block that owns the fetching task: `async with pager.lookahead(1) as items`."""

    def __init__(self, batches: Batches, ahead: int, decode: Callable[[Any], T], on_progress: OnProgress) -> None:
        self._batches = batches
        self._ahead = ahead
        self._decode = decode
        self._on_progress = on_progress
        self._tasks = TaskScope()

    async def __aenter__(self) -> Items[T]:
        from anyio import create_memory_object_stream

        # A batch that waits to be taken is one ahead already, so the stream itself holds one less.
        send, self._receive = create_memory_object_stream[Batch | Exception](self._ahead - 1)
        group = await self._tasks.__aenter__()
        group.start_soon(self._fill, send)
        return Items(self._take, self._decode, self._on_progress)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._tasks.__aexit__(kind, error, trace)
        finally:
            self._receive.close()

    async def _fill(self, send: MemoryObjectSendStream[Batch | Exception]) -> None:
        with send:
            try:
                while (batch := await self._batches.next()) is not None:
                    await send.send(batch)
            except Exception as error:  # noqa: BLE001 - raised where its batch would have been taken
                await send.send(error)

    async def _take(self) -> Batch | None:
        from anyio import EndOfStream

        try:
            outcome = await self._receive.receive()
        except EndOfStream:
            return None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
