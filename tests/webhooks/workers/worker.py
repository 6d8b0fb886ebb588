"""One of several processes that serve the same URL: `python -m tests.webhooks.workers.worker PORT_OF_REDIS`.

It prints the port that it listens on. The tool counts in Redis how often it ran; what it returns names its process.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from typing import Any

import redis.asyncio
import uvicorn

from vapi_async.webhooks import RedisReplies, Webhooks


def make_app(client: redis.asyncio.Redis, lease: float = 1.0) -> Webhooks:
    hooks = Webhooks(verify=None, replies=RedisReplies(client, lease=lease))

    @hooks.tool("book")
    async def book(number: int) -> str:
        ran: Any = await client.incr(f"ran:{number}")
        return f"{os.getpid()} {number} {ran}"

    @hooks.tool("stuck")
    async def stuck(number: int) -> str:
        """Book, and the first time never come to an end."""
        ran: Any = await client.incr(f"ran:{number}")
        if ran == 1:
            await asyncio.sleep(3600)
        return f"{os.getpid()} {number} {ran}"

    @hooks.on("hang")
    async def count(message: Any) -> None:
        await client.incr(f"seen:{message.call.id}")

    return hooks


async def main() -> None:
    # Only of sockets that say TCP does asyncio send small packets at once.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    print(listening.getsockname()[1], flush=True)
    app: Any = make_app(redis.asyncio.Redis(port=int(sys.argv[1])))
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_keep_alive=3600)
    await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    asyncio.run(main())
