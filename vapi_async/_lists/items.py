"""The items of a walk one by one, each decoded when its turn comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .cooperative_yield import CooperativeYield

if TYPE_CHECKING:
    from .batches import Batch
    from .protocols import OnProgress

T = TypeVar("T")


class Items(Generic[T]):
    """An async iterator over the items of batches. It owns nothing that must be closed: it may be left at any point."""

    __slots__ = ("_batch", "_decode", "_next_batch", "_on_progress", "_rest", "_yield")

    def __init__(
        self,
        next_batch: Callable[[], Awaitable[Batch | None]],
        decode: Callable[[Any], T],
        on_progress: OnProgress,
    ) -> None:
        """Iterate.

        Args:
            next_batch: fetches the next batch, None at the end.
            decode: makes an item of its JSON.
            on_progress: is told where the walk stands after each batch that was consumed wholly.
        """
        self._next_batch = next_batch
        self._decode = decode
        self._on_progress = on_progress
        self._rest: list[Any] = []
        self._batch: Batch | None = None
        self._yield = CooperativeYield()

    def __aiter__(self) -> Items[T]:
        return self

    async def __anext__(self) -> T:
        while not self._rest:
            await self._advance()
        if self._yield.is_due():
            from anyio.lowlevel import checkpoint

            await checkpoint()
        return self._decode(self._rest.pop())

    async def _advance(self) -> None:
        before = self._batch
        if before is not None:  # only now: whoever asks for the next item is done with the last one of the batch
            self._on_progress(before.after)
        self._batch = batch = await self._next_batch()
        if batch is None:
            if before is not None and before.has_next:
                self._on_progress(None)
            raise StopAsyncIteration
        self._rest = batch.items[::-1]  # taken from the end, so that each item's JSON is freed once it is decoded
