"""`Duplicates`: handles a message once, in this process and, with a store that processes share, in all of them.

What this process knows comes first, so that with the shared store down a message is still handled once per process.
An event is taken note of when it comes; whether another process has it is asked when it is handled, after the answer,
so that Vapi never waits for the store with events.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from .handlers import logger
from .reply_store import MemoryReplies

if TYPE_CHECKING:
    from vapi_async._http.clock import SystemClock

    from .reply_store import Replies

Make: TypeAlias = Callable[[], Awaitable[bytes | None]]

STORE_SECONDS: Final = 2.0
"""How long the shared store may take; beyond it, it counts as down."""
WAIT_SECONDS: Final = 5.0
"""After which whoever waits for the reply of another process asks whether it is still being made."""
REST_SECONDS: Final = 5.0
"""For how long a store that failed is not asked about further messages: each of them would wait for it in vain."""
_DOWN: Final = object()


class Duplicates:
    """What is known of the messages that came.

    Args:
        replies: `MemoryReplies`, or a store that is asked beside it.
        clock: the time.
    """

    def __init__(self, replies: Replies, clock: SystemClock) -> None:
        is_local = isinstance(replies, MemoryReplies)
        self._local: MemoryReplies = replies if isinstance(replies, MemoryReplies) else MemoryReplies()
        self._shared = None if is_local else _SharedReplies(replies, clock)

    async def reply(self, key: str, make: Make) -> tuple[bytes | None, bool]:
        """Return the reply for `key`, and whether it was made now.

        Args:
            key: of the message.
            make: makes the reply; None, or an exception, is a failure, after which the next one who asks tries again.
        """
        while True:
            if await self._local.claim(key, "") is True:
                return await self._make(key, make)
            reply = await self._local.wait(key)
            if reply is not None:
                return reply, False

    async def _make(self, key: str, make: Make) -> tuple[bytes | None, bool]:
        reply, made = None, True
        try:
            if self._shared is None:
                reply = await make()
            else:
                reply, made = await self._shared.once(key, make)
        finally:  # cancelled or not, those who wait must hear of it: with None the next of them makes the reply
            await self._local.answer(key, "", reply)
        return reply, made

    def is_repeated(self, key: str) -> bool:
        """Return whether an event came to this process before; from now on it has."""
        return not self._local.add(key)

    async def handle_event(self, key: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run the handlers of an event, unless another process does; if that one crashes, this one takes over."""
        if self._shared is None:
            await run()
            return

        async def handle() -> bytes:
            await run()
            return b""

        await self._shared.once(key, handle)


class _SharedReplies:
    """A store that processes share, with what goes wrong with it kept from those who ask."""

    def __init__(self, store: Replies, clock: SystemClock) -> None:
        self._store = store
        self._clock = clock
        self._rests_until: float | None = None

    async def once(self, key: str, make: Make) -> tuple[bytes | None, bool]:
        """Return the reply for `key`, and whether it was made now; see `Duplicates.reply`."""
        if self._rests_until is not None and self._clock.now() < self._rests_until:
            return await make(), True
        token = token_hex(8)
        while True:
            claimed = await self._ask(self._store.claim(key, token))
            if claimed is True:
                return await self._make(key, token, make), True
            if claimed is False:
                claimed = await self._wait(key)
                if claimed is None:  # nobody makes it any more
                    continue
            return (await make(), True) if claimed is _DOWN else (claimed, False)

    async def _wait(self, key: str) -> Any:
        """Return the reply of another process; None if it makes none, or not yet: the next claim then says which."""
        try:
            with self._clock.limit(WAIT_SECONDS):
                return await self._store.wait(key)
        except Exception as error:  # noqa: BLE001 - a store may be the user's own
            return self._failed(error)
        return None

    async def _make(self, key: str, token: str, make: Make) -> bytes | None:
        from anyio import CancelScope, create_task_group

        reply = None
        try:
            async with create_task_group() as group:
                group.start_soon(self._renew, key, token)
                reply = await make()
                group.cancel_scope.cancel()
        finally:
            with CancelScope(shield=True):  # also a worker that is stopped gives its claims up
                await self._ask(self._store.answer(key, token, reply))
        return reply

    async def _renew(self, key: str, token: str) -> None:
        while self._store.lease is not None:
            await self._clock.sleep(self._store.lease / 3)
            await self._ask(self._store.claim(key, token))

    async def _ask(self, asked: Awaitable[Any]) -> Any:
        """Return what the store says; `_DOWN` if it fails or takes too long."""
        try:
            with self._clock.limit(STORE_SECONDS):
                return await asked
        except Exception as error:  # noqa: BLE001 - a store may be the user's own
            return self._failed(error)
        return self._failed(TimeoutError(f"no answer within {STORE_SECONDS:g} seconds"))

    def _failed(self, error: Exception) -> object:
        self._rests_until = self._clock.now() + REST_SECONDS
        text = "the store of replies failed, so this process goes on alone for a while: %s: %s"
        logger.warning(text, type(error).__name__, error)
        return _DOWN
