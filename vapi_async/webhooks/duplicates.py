"""Deduplication: deliveries that come twice are recognised by their content, since Vapi gives a delivery no id.

The deduplication key of a message is its type, the id of what it is about (call, chat or session) and a digest of its
other fields. Fields that come with every message (call, assistant, customer …) are left out: their presigned links
differ from one delivery to the next. The timestamp is in, since the same can happen twice in a call. Without a
timestamp, or without an id of what it is about, a message is never taken for a duplicate, with these exceptions:

- end-of-call-report and assistant-request, of which a call has one each, need no timestamp;
- tool-calls whose calls all have ids need neither.

What is kept is bounded: the newest keys, and of their replies the newest bytes. Deliveries may come on several event
loops in several threads (`handle_sync` has one for each), so the tables are guarded by a lock, and whoever waits for a
reply that another one makes waits in a thread.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from hashlib import blake2b
from threading import Lock
from typing import Any, Final, TypeAlias

from .message_types import ASSISTANT_REQUEST, TOOL_CALLS

MAX_KEYS: Final = 1024
MAX_BYTES: Final = 4 * 1024 * 1024

Key: TypeAlias = tuple[str, ...]

_SUBJECTS: Final = ("call", "chat", "session")
_CONTEXT_FIELDS: Final = frozenset(
    ("type", "call", "chat", "artifact", "assistant", "assistantVersion", "customer", "phoneNumber")
)
_encode: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_ONCE_PER_SUBJECT: Final = frozenset(("end-of-call-report", ASSISTANT_REQUEST))


def deduplication_key(type_: str, message: Mapping[str, Any]) -> Key | None:
    """Return the key that two deliveries of one message have in common; None if duplicates cannot be recognised.

    Args:
        type_: the type of the message.
        message: the message, as JSON values.
    """
    subject = _subject_id(message)
    calls = message.get("toolCallList")
    if type_ == TOOL_CALLS and _all_have_ids(calls):
        return _digest(type_, subject or "", calls)
    if subject is None:
        return None
    if type_ in _ONCE_PER_SUBJECT:
        return (type_, subject)
    if message.get("timestamp") is None:
        return None
    return _digest(type_, subject, {key: value for key, value in message.items() if key not in _CONTEXT_FIELDS})


class RecentKeys:
    """The keys of events that were delivered, as many as the newest `size`."""

    def __init__(self, size: int = MAX_KEYS) -> None:
        self._size = size
        self._keys: OrderedDict[Key, None] = OrderedDict()
        self._lock = Lock()

    def add(self, key: Key) -> bool:
        """Take note of a key; return whether it is new."""
        with self._lock:
            new = key not in self._keys
            # Moved to the end also when it is known: one that keeps coming must not be the first to be forgotten.
            self._keys[key] = None
            self._keys.move_to_end(key)
            if len(self._keys) > self._size:
                self._keys.popitem(last=False)
        return new


class ReplyCache:
    """The replies to messages that want one; whoever asks for one that is being made waits for it.

    Args:
        size: how many are kept.
        max_bytes: how long all that are kept may be together.
    """

    def __init__(self, size: int = MAX_KEYS, max_bytes: int = MAX_BYTES) -> None:
        self._size = size
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._in_progress: dict[Key, Future[bytes | None]] = {}
        self._lock = Lock()

    async def get(self, key: Key, make: Callable[[], Awaitable[bytes | None]]) -> tuple[bytes | None, bool]:
        """Return the reply for `key`, and whether it was made now.

        Args:
            key: of the message.
            make: makes the reply; None, or an exception, is a failure, after which the next one who asks tries again.
        """
        while True:
            found = self._lookup(key)
            if found is None:
                return await self._make(key, make), True
            reply = found if isinstance(found, bytes) else await _wait(found)
            if reply is not None:
                return reply, False

    def _lookup(self, key: Key) -> bytes | Future[bytes | None] | None:
        """Return the reply, or what it will come in; None if there is neither, and the caller has to make it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)  # what is dropped first is what was not asked for the longest time
                return self._kept[key]
            if key in self._in_progress:
                return self._in_progress[key]
            self._in_progress[key] = Future()
            return None

    async def _make(self, key: Key, make: Callable[[], Awaitable[bytes | None]]) -> bytes | None:
        reply = None
        try:
            reply = await make()
        finally:  # cancelled or not, those who wait must hear of it: with None the next of them makes the reply
            with self._lock:
                coming = self._in_progress.pop(key)
                if reply is not None:
                    self._store(key, reply)
            coming.set_result(reply)
        return reply

    def _store(self, key: Key, reply: bytes) -> None:
        if len(reply) > self._max_bytes:
            return
        self._kept[key] = reply
        self._bytes += len(reply)
        while len(self._kept) > self._size or self._bytes > self._max_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped)


async def _wait(coming: Future[bytes | None]) -> bytes | None:
    from anyio import CapacityLimiter, to_thread

    # A limiter of its own: those who wait must not take the threads in which the reply is made.
    return await to_thread.run_sync(coming.result, abandon_on_cancel=True, limiter=CapacityLimiter(1))


def _subject_id(message: Mapping[str, Any]) -> str | None:
    for name in _SUBJECTS:
        found = message.get(name)
        identifier = found.get("id") if isinstance(found, dict) else None
        if isinstance(identifier, str):
            return identifier
    return None


def _all_have_ids(calls: Any) -> bool:
    if not isinstance(calls, list) or not calls:
        return False
    return all(isinstance(call, dict) and isinstance(call.get("id"), str) for call in calls)


def _digest(type_: str, subject: str, content: Any) -> Key | None:
    try:
        text = _encode(content)
    except RecursionError:  # nested deeper than the interpreter follows: handled each time, rather than refused
        return None
    return (type_, subject, blake2b(text.encode(), digest_size=16).hexdigest())
