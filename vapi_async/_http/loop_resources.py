"""`Lane`: what a client holds per event loop, since connections, locks and events belong to the loop they were made on.

So one client serves any number of event loops, one after the other or in threads. The lanes hang on the event loop
itself, under a weak reference to the client's core: both can go without the other knowing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from anyio import Lock, Semaphore
from anyio.lowlevel import RunVar

from .rate_limiter import Gate
from .transport import open_client

if TYPE_CHECKING:
    from .shared_state import Core
    from .transport import HttpClient

# Of an own pool. More requests than this wait in `slots`, in the order they came, which costs the event loop nothing;
# in the queue of httpx's pool every request would cost time in proportion to those that wait.
CONNECTIONS = 100


class Lane:
    """The connections of one client on one event loop, and what paces them.

    Attributes:
        client: the HTTP client.
        slots: a cap on the requests under way at once, if there is one.
        gate: the common pause after a 429.
        lock: held by who asks for a token.
    """

    __slots__ = ("__weakref__", "client", "gate", "lock", "slots")

    def __init__(self, core: Core) -> None:
        connections = core.max_concurrency or CONNECTIONS
        self.client: HttpClient = open_client(core.http_client, connections)
        limited = core.max_concurrency is not None or core.http_client is None
        self.slots = Semaphore(connections, fast_acquire=True) if limited else None
        self.gate = Gate(core.clock)
        self.lock = Lock()


_LANES: RunVar[WeakKeyDictionary[Core, Lane]] = RunVar("vapi_async.lanes")


def current_lane(core: Core) -> Lane:
    """Return the lane of `core` on the running event loop, made on first use."""
    try:
        lanes = _LANES.get()
    except LookupError:
        lanes = WeakKeyDictionary()
        _LANES.set(lanes)
    lane = lanes.get(core)
    if lane is None:
        lane = lanes[core] = Lane(core)
        core.opened += 1
    return lane


async def close_lane(core: Core) -> None:
    """Close the connections of `core` on the running event loop, if there are any; not those of a borrowed client."""
    lane = _LANES.get(WeakKeyDictionary()).pop(core, None)
    if lane is not None:
        core.opened -= 1
        if core.http_client is None:
            await lane.client.aclose()
