"""`TaskHost`: an async context, such as a task group, that one task opens and another may close.

A task group belongs to the task that entered it, and must be left in that task. Fixtures of pytest-asyncio and the
setup of unittest's async cases are entered in one task and left in another, so here a task of its own holds it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import anyio

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

Held = TypeVar("Held")


class TaskHost(Generic[Held]):
    """Holds a context open in a task of its own.

    Args:
        context: what it enters and leaves.
    """

    def __init__(self, context: AbstractAsyncContextManager[Held]) -> None:
        self._context = context
        self._held: list[Held] = []
        self._task: Any = None
        self._error: Exception | None = None

    async def open(self) -> Held:
        """Enter the context, and return what it gives.

        Raises:
            Exception: the context cannot be entered.
        """
        self._ready, self._closing, self._closed = anyio.Event(), anyio.Event(), anyio.Event()
        self._task = self._spawn()
        await self._ready.wait()
        if not self._held:
            await self.close()
        return self._held[0]

    async def close(self) -> None:
        """Leave the context, and wait until that is done; without effect if it is not open.

        Raises:
            Exception: what ended the context before, or came of leaving it.
        """
        if self._task is None:
            return
        self._closing.set()
        # Whoever is cancelled while it closes must still leave nothing running behind.
        with anyio.CancelScope(shield=True):
            await self._closed.wait()
        self._task = None
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def _spawn(self) -> Any:
        """Start a task that belongs to the event loop, and to no other task."""
        try:
            return asyncio.get_running_loop().create_task(self._hold())
        except RuntimeError:
            from trio.lowlevel import spawn_system_task

            return spawn_system_task(self._hold)

    async def _hold(self) -> None:
        try:
            async with self._context as held:
                self._held.append(held)
                self._ready.set()
                await self._closing.wait()
        # Raised where it is closed: here nobody waits for it, and trio would end the whole run.
        except Exception as error:  # noqa: BLE001
            self._error = error
        finally:
            self._ready.set()
            self._closed.set()
