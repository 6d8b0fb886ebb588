"""`RedisReplies`: replies that several processes share by way of Redis.

A key holds `?` and the token of who has the claim, for the time of the lease, or `=` and the reply, for its time to
live. Each step is one Lua script, so nothing comes between looking and writing.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from vapi_async._lazy import exported_by

from .reply_store import TTL

LEASE: Final = 5.0
_CLAIM, _REPLY = b"?", b"="
_LONGEST_PAUSE: Final = 0.25

_CLAIM_SCRIPT: Final = """
local found = redis.call('GET', KEYS[1])
if found and found ~= ARGV[1] then return found end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false
"""
_ANSWER_SCRIPT: Final = """
local found = redis.call('GET', KEYS[1])
if found and string.sub(found, 1, 1) == '=' then return end
if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
elseif found == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""


@exported_by("vapi_async.webhooks")
class RedisReplies:
    """Replies in Redis, for `Webhooks(replies=...)`: `RedisReplies(redis.asyncio.from_url("redis://localhost"))`.

    Args:
        client: of redis-py (`pip install 'vapi-async[redis]'`): `redis.asyncio.Redis`, or `redis.Redis`, which is
            called in threads, for WSGI apps, AWS Lambda and trio. It stays the caller's to close.
        ttl: seconds for which a reply is kept. Default 3 hours, as long as Vapi repeats a message.
        lease: seconds after which the claim of a process that crashed lapses. Default 5.
        prefix: of the keys, for apps that share a database.

    Raises:
        ValueError: `ttl` or `lease` is less than a millisecond.
        TypeError: `client` is a URL, or no client.
    """

    lease: float | None

    def __init__(self, client: Any, *, ttl: float = TTL, lease: float = LEASE, prefix: str = "vapi:replies:") -> None:
        if not hasattr(client, "eval"):
            raise TypeError("client must be one of redis-py, such as redis.asyncio.from_url('redis://localhost')")
        if min(ttl, lease) < 0.001:
            raise ValueError(f"ttl is {ttl!r} and lease {lease!r}: both must be seconds, more than 0")
        self.lease = lease
        self._client = client
        self._is_async = hasattr(client, "__aenter__")
        self._ttl = ttl
        self._prefix = prefix

    async def claim(self, key: str, token: str) -> bool | bytes:
        """Claim a message; see `Replies`."""
        lease = int(1000 * (self.lease or LEASE))
        found = await self._run("eval", _CLAIM_SCRIPT, 1, self._prefix + key, _CLAIM + token.encode(), lease)
        if found is None:
            return True
        return found[1:] if found.startswith(_REPLY) else False

    async def answer(self, key: str, token: str, reply: bytes | None) -> None:
        """Keep the reply to a message, or give the claim up; see `Replies`."""
        kept = b"" if reply is None else _REPLY + reply
        arguments = (_CLAIM + token.encode(), kept, int(1000 * self._ttl))
        await self._run("eval", _ANSWER_SCRIPT, 1, self._prefix + key, *arguments)

    async def wait(self, key: str) -> bytes | None:
        """Return the reply to a message once it is there; see `Replies`."""
        from anyio import sleep

        pause = 0.02
        while (found := await self._run("get", self._prefix + key)) is not None:
            if found.startswith(_REPLY):
                return found[1:]
            await sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return None

    async def _run(self, command: str, *arguments: Any) -> bytes | None:
        call = partial(getattr(self._client, command), *arguments)
        if self._is_async:
            found = await call()
        else:
            from anyio import CapacityLimiter, to_thread

            # A limiter of its own: the threads of handlers may all be waiting for what this asks.
            found = await to_thread.run_sync(call, abandon_on_cancel=True, limiter=CapacityLimiter(1))
        # A client with decode_responses=True gives text.
        return found.encode("utf-8", "surrogateescape") if isinstance(found, str) else found
