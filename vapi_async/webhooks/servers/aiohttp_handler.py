"""`Webhooks` as a handler of aiohttp's server; the handlers of events run when the response is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from anyio import sleep

from vapi_async.webhooks.handlers import logger

if TYPE_CHECKING:
    from aiohttp.web import Request, StreamResponse
    from anyio import CancelScope

    from vapi_async.webhooks.answer import Answer, AudioStream
    from vapi_async.webhooks.servers.endpoint import HandlesDeliveries

_LOOKS_EVERY = 0.25  # seconds


def aiohttp_handler(hooks: HandlesDeliveries, max_body: int) -> Callable[[Request], Awaitable[StreamResponse]]:
    """Return the handler; the arguments are those of `Webhooks`."""

    async def vapi(request: Request) -> StreamResponse:
        body = await _read(request, max_body)
        answer = await hooks.handle(body, request.headers.items(), method=request.method, url=str(request.url))
        response = await _send(request, answer)
        await answer.after()
        return response

    return vapi


async def _read(request: Request, max_body: int) -> bytes:
    """Return the body, of one that is too long no more than shows that; aiohttp's own limit is 1 MiB."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > max_body:
            break
    return bytes(body)


async def _send(request: Request, answer: Answer) -> StreamResponse:
    from aiohttp.web import Response, StreamResponse

    headers = {**answer.headers, "content-type": answer.media_type}
    body = answer.body
    is_whole = isinstance(body, bytes)
    response = (
        Response(body=body, status=answer.status, headers=headers) if is_whole else StreamResponse(headers=headers)
    )
    try:
        await response.prepare(request)
        if isinstance(body, bytes) or await _stream(request, response, body):
            await response.write_eof()
        elif request.transport is not None:
            request.transport.close()  # so that what came is known to be incomplete
    except OSError:
        logger.debug("the client went away before its answer")
    return response


async def _stream(request: Request, response: StreamResponse, body: AudioStream) -> bool:
    """Send chunks as they come, as long as the client is there; return whether that was all."""
    from anyio import create_task_group

    complete = False
    async with create_task_group() as group, aclosing(body) as chunks:
        group.start_soon(_cancel_when_gone, request, group.cancel_scope)
        try:
            async for chunk in chunks:
                await response.write(bytes(chunk))
            complete = True
        except Exception as error:  # noqa: BLE001 - from the user's own iterator
            if not _is_gone(request):
                logger.exception("the audio of a voice request broke off", exc_info=error)
        group.cancel_scope.cancel()  # the watcher still waits for a client that stays
    return complete


async def _cancel_when_gone(request: Request, scope: CancelScope) -> None:
    # aiohttp tells a handler that waits nothing of a client that goes away, so it is looked for.
    while not _is_gone(request):  # noqa: ASYNC110 - there is no event to wait for
        await sleep(_LOOKS_EVERY)
    scope.cancel()


def _is_gone(request: Request) -> bool:
    return request.transport is None or request.transport.is_closing()
