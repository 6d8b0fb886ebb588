"""`LoopResources`: what a client holds per event loop, since connections, locks and events belong to the one they were
made on.

So one client serves any number of event loops, one after the other or in threads. The resources hang on the event loop
itself, under a weak reference to the client's shared state: both can go without the other knowing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from anyio import Lock, Semaphore
from anyio.lowlevel import RunVar

from .httpx_transport import HttpxTransport
from .rate_limiter import RateLimiter

if TYPE_CHECKING:
    from .shared_state import SharedState
    from .transport import Transport

# Of an own pool. More requests than this wait in `slots`, in the order they came, which costs the event loop nothing;
# in the queue of httpx's pool every request would cost time in proportion to those that wait.
CONNECTIONS = 100


class LoopResources:
    """The connections of one client on one event loop, and what paces them.

    Args:
        shared: whose they are.

    Attributes:
        transport: sends the requests.
        slots: a cap on the requests under way at once, if there is one.
        rate_limiter: the common pause after a 429.
        token_lock: held by who asks for a token.
    """

    __slots__ = ("__weakref__", "rate_limiter", "slots", "token_lock", "transport")

    def __init__(self, shared: SharedState) -> None:
        connections = shared.max_concurrency or CONNECTIONS
        self.transport: Transport = HttpxTransport(shared.http_client, connections)
        limited = shared.max_concurrency is not None or shared.http_client is None
        self.slots = Semaphore(connections, fast_acquire=True) if limited else None
        self.rate_limiter = RateLimiter(shared.clock)
        self.token_lock = Lock()


# A RunVar is the event loop's own: when the loop is gone, so is what it holds.
_RESOURCES: RunVar[WeakKeyDictionary[SharedState, LoopResources]] = RunVar("vapi_async.loop_resources")


def loop_resources(shared: SharedState) -> LoopResources:
    """Return the resources on the running event loop, made on first use."""
    try:
        by_client = _RESOURCES.get()
    except LookupError:
        by_client = WeakKeyDictionary()
        _RESOURCES.set(by_client)
    found = by_client.get(shared)
    if found is None:
        found = by_client[shared] = LoopResources(shared)
        shared.opened += 1
    return found


async def close_loop_resources(shared: SharedState) -> None:
    """Close the connections on the running event loop, if there are any; those of a borrowed client stay open."""
    found = _RESOURCES.get(WeakKeyDictionary()).pop(shared, None)
    if found is not None:
        shared.opened -= 1
        await found.transport.aclose()
