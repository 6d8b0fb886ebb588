"""Tasks that an `async with` block owns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from anyio.abc import TaskGroup


class TaskScope:
    """A task group for helpers of a block: none outlives it, however it is left.

    A bare task group would wrap an exception of the block into a group; this leaves it as it is. So an exception of a
    helper has no way out of here: helpers catch theirs, and hand them over themselves.
    """

    __slots__ = ("_group",)

    async def __aenter__(self) -> TaskGroup:
        from anyio import create_task_group

        self._group = create_task_group()
        return await self._group.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        scope = self._group.cancel_scope
        scope.cancel()
        scope.shield = True  # the wait for the helpers must not swallow what the block raised
        await self._group.__aexit__(None, None, None)
