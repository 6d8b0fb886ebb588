"""`handle_sync`: a delivery from end to end without a running event loop, for WSGI apps.

Every call runs a loop of its own in its thread, as long as it takes: nothing is shared between requests but what
`Webhooks` guards for threads, and no thread of our own is left behind.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Any

from .answer import Answer, do_nothing_in_sync, refused
from .handlers import logger


def handle_sync(handle: Callable[[], Awaitable[Answer]]) -> Answer:
    """Return the answer of `handle`, with a plain function as `after` and the body as a whole.

    Raises:
        RuntimeError: an event loop runs in this thread.
    """
    answer = run_sync(partial(_handle, handle))
    after = partial(run_sync, answer.after) if answer.pending else do_nothing_in_sync
    return Answer(answer.status, answer.body, after, media_type=answer.media_type, headers=answer.headers)


async def _handle(handle: Callable[[], Awaitable[Answer]]) -> Answer:
    return await with_whole_body(await handle())


async def with_whole_body(answer: Answer) -> Answer:
    """Return the answer with its audio as a whole; if that breaks off, an error."""
    if isinstance(answer.body, bytes):
        return answer
    try:
        async with aclosing(answer.body) as chunks:
            body = b"".join([bytes(chunk) async for chunk in chunks])
    except Exception:  # noqa: BLE001 - from the user's own iterator
        logger.exception("the audio of a voice request broke off")
        failed = refused(500, "no audio")
        return Answer(failed.status, failed.body, answer.after)
    return Answer(answer.status, body, answer.after, media_type=answer.media_type)


def run_sync(function: Callable[[], Awaitable[Any]]) -> Any:
    """Return what an async function returns, in an event loop of its own.

    Raises:
        RuntimeError: an event loop runs in this thread.
    """
    _check_no_loop()
    import anyio

    return anyio.run(function)


def _check_no_loop() -> None:
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError("an event loop runs in this thread: `await hooks.handle(...)`, or what else is async, there")
