"""`Replies`: what is known of messages that came, so that one that comes again is not handled again.

A message is claimed by whoever handles it, then answered; who gets it meanwhile waits. `MemoryReplies` keeps that in
the memory of a process. Where several processes serve the same URL, a store that they share goes beside it, such as
`RedisReplies`, or one of your own with these three functions.
"""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future
from threading import Lock
from typing import Final, Protocol

from vapi_async._http.clock import SystemClock
from vapi_async._lazy import exported_by

TTL: Final = 3 * 3600.0
"""Seconds; the longest `backoffPlan`, ten retries from ten seconds, takes 2 hours and 50 minutes."""
MAX_MESSAGES: Final = 50_000
MAX_BYTES: Final = 16 * 1024 * 1024


@exported_by("vapi_async.webhooks")
class Replies(Protocol):
    """What processes know together of the messages that came.

    What it raises is logged, and the process goes on with what it knows itself.

    Attributes:
        lease: seconds after which a claim lapses that is not renewed, since whoever made it has crashed. It is renewed
            three times as often. None if claims cannot be left behind.
    """

    lease: float | None

    async def claim(self, key: str, token: str) -> bool | bytes:
        """Claim a message, or renew the claim of the same token; atomically.

        Args:
            key: of the message.
            token: of whoever wants to handle it.

        Returns:
            True if the claim is the token's now, False if it is another's, the reply if there is one.
        """
        ...

    async def answer(self, key: str, token: str, reply: bytes | None) -> None:
        """Keep the reply to a message, unless there is one already.

        Args:
            key: of the message.
            token: of whoever handled it.
            reply: the body; empty for an event. None gives the claim up, if it still is the token's.
        """
        ...

    async def wait(self, key: str) -> bytes | None:
        """Return the reply to a message once it is there; None once nobody has a claim to it any more."""
        ...


class _Table:
    """Replies by key: the newest, up to a number and a sum of bytes, for a time since they were last asked for."""

    def __init__(self, ttl: float, max_messages: int, max_bytes: int) -> None:
        self._ttl = ttl
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def get(self, key: str, now: float) -> bytes | None:
        found = self._kept.get(key)
        if found is None or found[0] <= now:
            return None
        # Moved to the end: one that keeps coming must not be the first to be forgotten, and the oldest stay in front.
        self._kept[key] = (now + self._ttl, found[1])
        self._kept.move_to_end(key)
        return found[1]

    def put_new(self, key: str, reply: bytes, now: float) -> bool:
        """Keep a reply unless there is one; return whether there was none."""
        if self.get(key, now) is not None:
            return False
        if len(reply) <= self._max_bytes:
            self._forget(key)
            self._kept[key] = (now + self._ttl, reply)
            self._bytes += len(reply)
            while self._is_over(now):
                self._forget(next(iter(self._kept)))
        return True

    def _is_over(self, now: float) -> bool:
        if len(self._kept) > self._max_messages or self._bytes > self._max_bytes:
            return True
        return next(iter(self._kept.values()))[0] <= now

    def _forget(self, key: str) -> None:
        _, reply = self._kept.pop(key, (0.0, b""))
        self._bytes -= len(reply)


@exported_by("vapi_async.webhooks")
class MemoryReplies:
    """The replies that one process has given, and the events that it has handled, each bounded for itself.

    Deliveries may come on several event loops in several threads (`handle_sync` has one for each), so the tables are
    guarded by a lock, and whoever waits for a reply that another one makes waits in a thread.

    Args:
        ttl: seconds for which a message is known since it last came. Default 3 hours, as long as Vapi repeats one.
        max_messages: how many events, and how many replies, are known at most. Default 50,000, about 15 MB each.
        max_bytes: how long all replies may be together. Default 16 MiB.
        clock: the time, for tests.

    Raises:
        ValueError: a number is not more than 0.
    """

    lease: float | None = None

    def __init__(
        self,
        *,
        ttl: float = TTL,
        max_messages: int = MAX_MESSAGES,
        max_bytes: int = MAX_BYTES,
        clock: SystemClock | None = None,
    ) -> None:
        for name, value in (("ttl", ttl), ("max_messages", max_messages), ("max_bytes", max_bytes)):
            if not value > 0:
                raise ValueError(f"{name} is {value!r}: it must be more than 0")
        self._clock = clock or SystemClock()
        self._events = _Table(ttl, max_messages, max_bytes)
        self._replies = _Table(ttl, max_messages, max_bytes)
        self._in_progress: dict[str, Future[bytes | None]] = {}
        self._lock = Lock()

    async def claim(self, key: str, token: str) -> bool | bytes:
        """Claim a message; see `Replies`."""
        with self._lock:
            reply = self._find(key)
            if reply is not None:
                return reply
            if key in self._in_progress:
                return False
            self._in_progress[key] = Future()
            return True

    async def answer(self, key: str, token: str, reply: bytes | None) -> None:
        """Keep the reply to a message, or give the claim up; see `Replies`."""
        with self._lock:
            coming = self._in_progress.pop(key, None)
            if reply is not None:
                (self._replies if reply else self._events).put_new(key, reply, self._clock.now())
        if coming is not None:
            coming.set_result(reply)

    async def wait(self, key: str) -> bytes | None:
        """Return the reply to a message once it is there; see `Replies`."""
        with self._lock:
            coming = self._in_progress.get(key)
            if coming is None:
                return self._find(key)
        from anyio import CapacityLimiter, to_thread

        # A limiter of its own: those who wait must not take the threads in which the reply is made.
        return await to_thread.run_sync(coming.result, abandon_on_cancel=True, limiter=CapacityLimiter(1))

    def add(self, key: str) -> bool:
        """Take note of an event; return whether it is new."""
        with self._lock:
            return self._events.put_new(key, b"", self._clock.now())

    def _find(self, key: str) -> bytes | None:
        now = self._clock.now()
        reply = self._replies.get(key, now)
        return self._events.get(key, now) if reply is None else reply
