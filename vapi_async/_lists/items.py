"""The items of a walk one by one, each decoded when its turn comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from .batches import Batch

T = TypeVar("T")

TURN = 0.004
"""Seconds that decoding goes on before other tasks get a turn."""


class Breath:
    """Tells when it is time to give other tasks a turn."""

    __slots__ = ("_since",)

    def __init__(self) -> None:
        self._since = 0.0

    def is_due(self) -> bool:
        """Tell whether the last turn is long ago; it is taken as given then."""
        now = perf_counter()
        if now - self._since < TURN:
            return False
        self._since = now
        return True


class Items(Generic[T]):
    """An async iterator over the items of batches. It owns nothing that must be closed: it may be left at any point."""

    __slots__ = ("_batch", "_batches", "_breath", "_decode", "_passed", "_rest")

    def __init__(
        self,
        batches: Callable[[], Awaitable[Batch | None]],
        decode: Callable[[Any], T],
        passed: Callable[[dict[str, Any] | None], None],
    ) -> None:
        """Iterate.

        Args:
            batches: fetches the next batch, None at the end.
            decode: makes an item of its JSON.
            passed: is told the state of the walk after each batch that was consumed wholly.
        """
        self._batches = batches
        self._decode = decode
        self._passed = passed
        self._rest: list[Any] = []
        self._batch: Batch | None = None
        self._breath = Breath()

    def __aiter__(self) -> Items[T]:
        return self

    async def __anext__(self) -> T:
        while not self._rest:
            await self._turn()
        if self._breath.is_due():
            from anyio.lowlevel import checkpoint

            await checkpoint()
        return self._decode(self._rest.pop())

    async def _turn(self) -> None:
        before = self._batch
        if before is not None:
            self._passed(before.after)
        self._batch = batch = await self._batches()
        if batch is None:
            if before is not None and before.has_next:
                self._passed(None)
            raise StopAsyncIteration
        self._rest = batch.items[::-1]  # taken from the end, so that each item's JSON is freed once it is decoded
