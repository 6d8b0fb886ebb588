"""`LoopResources`: what a client holds per event loop, since connections, locks and events belong to the one they were
made on.

So one client serves any number of event loops, one after the other or in threads. Nobody has to close it on each of
them: what belongs to a loop is closed at its end. An async generator tells of that end, since whoever runs a loop, be
it `asyncio.run` or trio, ends the generators that are left before it closes the loop. A loop that is closed without
that is found when the next one begins.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

from anyio import Lock, Semaphore
from anyio.lowlevel import RunVar

from .rate_limiter import RateLimiter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from .shared_state import SharedState
    from .transport.protocol import Transport

# Requests under way at once, where the user says nothing. More wait in `slots`, in the order they came, which costs the
# event loop nothing.
SLOTS = 100


class LoopResources:
    """The connections of one client on one event loop, and what paces them.

    Args:
        shared: whose they are.

    Attributes:
        transport: sends the requests.
        slots: a cap on the requests under way at once, if there is one.
        streams_hold_slots: whether an answer that is read as a stream counts until it is closed. Only where the user
            set the cap: streams may stay open for long, and nothing should wait for them that was not told to.
        rate_limiter: paces what is sent after a 429.
        token_lock: held by who asks for a token.
    """

    __slots__ = ("__weakref__", "rate_limiter", "slots", "streams_hold_slots", "token_lock", "transport")

    def __init__(self, shared: SharedState) -> None:
        self.transport = _transport(shared)
        self.streams_hold_slots = shared.max_concurrency is not None
        limited = self.streams_hold_slots or shared.http_client is None
        self.slots = Semaphore(shared.max_concurrency or SLOTS, fast_acquire=True) if limited else None
        self.rate_limiter = RateLimiter(shared.clock)
        self.token_lock = Lock()


def _transport(shared: SharedState) -> Transport:
    if shared.http_client is not None:
        from .transport.borrowed import HttpClientTransport

        return HttpClientTransport(shared.http_client)
    if shared.transport == "aiohttp":
        from .transport.aiohttp_transport import AiohttpTransport

        return AiohttpTransport(shared.environment)
    from .transport.own import OwnTransport

    return OwnTransport(shared.environment)


class _LoopTable:
    """What all clients hold on one event loop.

    Attributes:
        by_client: the resources; both a client and its resources can go without the other knowing.
    """

    __slots__ = ("__weakref__", "_end", "_loop", "by_client")

    def __init__(self) -> None:
        self.by_client: WeakKeyDictionary[SharedState, LoopResources] = WeakKeyDictionary()
        self._loop = _asyncio_loop()
        self._end = self._await_end()
        with suppress(StopIteration):  # begins it: from now on the loop knows it
            self._end.__anext__().send(None)

    @property
    def outlived(self) -> bool:
        """Whether the loop was closed without a word."""
        return self._loop is not None and self._loop.is_closed()

    async def _await_end(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            _TABLES.discard(self)
            for shared in list(self.by_client):
                await self.close(shared)

    def forget(self) -> None:
        """Let go of a loop that is closed: nothing can be closed on it any more."""
        _TABLES.discard(self)
        for shared in list(self.by_client):
            shared.opened.discard(self)

    async def close(self, shared: SharedState) -> None:
        """Close what a client has here."""
        found = self.by_client.pop(shared, None)
        if found is not None:
            shared.opened.discard(self)
            await found.transport.aclose()


def _asyncio_loop() -> Any:
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:  # trio, which always ends the generators
        return None


# What holds the tables, and what finds that of the running loop. The latter is weak: anyio forgets a loop's variables
# when the loop goes, which it never would if they held it.
_TABLES: set[_LoopTable] = set()
_HERE: RunVar[ref[_LoopTable]] = RunVar("vapi_async.loop_resources")


def _table() -> _LoopTable:
    found = _HERE.get(None)
    table = found() if found is not None else None
    if table is None:
        for other in [other for other in list(_TABLES) if other.outlived]:
            other.forget()
        table = _LoopTable()
        _TABLES.add(table)
        _HERE.set(ref(table))
    return table


def loop_resources(shared: SharedState) -> LoopResources:
    """Return the resources on the running event loop, made on first use."""
    table = _table()
    found = table.by_client.get(shared)
    if found is None:
        found = table.by_client[shared] = LoopResources(shared)
        shared.opened.add(table)
    return found


async def close_loop_resources(shared: SharedState) -> None:
    """Close the connections on the running event loop, if there are any; those of a borrowed client stay open."""
    await _table().close(shared)
