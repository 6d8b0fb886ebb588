"""`Webhooks` as an ASGI app: HTTP on any path, the websocket of a custom transcriber, lifespan.

The body is read up to the limit, whether its length was announced or not; of one that is too long the rest is thrown
away for as much again, so that a client gets to read the answer. The handlers of events run when the answer is sent,
within the task of the request: nothing here needs a lifespan, so the app can be mounted anywhere. A client that goes
away stops what is streamed to it, and where it is said also the making of an answer; a server that shuts down cancels
the task as it likes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

from .asgi_connection import request_url
from .delivery import HeaderTable
from .handlers import logger
from .receiver import too_large

if TYPE_CHECKING:
    from anyio import CancelScope

    from .answer import Answer, AudioStream
    from .asgi_connection import Event, Receive, Scope, Send
    from .handlers import Handler
    from .receiver import Receiver


class Disconnected(Exception):
    """The client went away before its request was there as a whole, or before its answer where that is given up."""


async def serve(
    receiver: Receiver,
    transcriber: Handler | None,
    scope: Scope,
    receive: Receive,
    send: Send,
    *,
    gives_up: bool = False,
) -> None:
    """Serve one connection of the ASGI protocol.

    Args:
        receiver: answers deliveries.
        transcriber: serves the websocket of a custom transcriber, if there is one.
        scope: what the connection is.
        receive: returns the next event from the client.
        send: sends an event to the client.
        gives_up: whether an answer is given up that its client does not wait for.
    """
    if scope["type"] == "http":
        await _serve_http(receiver, scope, receive, send, gives_up)
    elif scope["type"] == "websocket":
        from .transcriber import serve_websocket

        await serve_websocket(receiver, transcriber, scope, receive, send)
    elif scope["type"] == "lifespan":
        await _serve_lifespan(receive, send)


async def _serve_http(receiver: Receiver, scope: Scope, receive: Receive, send: Send, gives_up: bool) -> None:
    try:
        answer = await _answer(receiver, scope, receive, gives_up)
    except Disconnected:
        return
    try:
        await _respond(answer, receive, send)
    except OSError:  # what servers raise when nobody is there to send to
        logger.debug("the client went away before its answer")
    await answer.after()


async def _answer(receiver: Receiver, scope: Scope, receive: Receive, gives_up: bool) -> Answer:
    raw, method = scope["headers"], scope["method"]
    if method != "POST":
        return await receiver.handle(b"", HeaderTable(raw), method=method)
    body = await _read_body(receive, dict(raw).get(b"content-length", b""), receiver.max_body)
    if body is None:
        return too_large()
    coming = receiver.handle(body, HeaderTable(raw), url=request_url(scope))
    return await (_unless_gone(coming, receive) if gives_up else coming)


async def _unless_gone(coming: Awaitable[Answer], receive: Receive) -> Answer:
    """Return the answer, unless the client goes away before it is there.

    Raises:
        Disconnected: it did.
    """
    async with _watched(receive) as scope:
        answer = await coming
        if not scope.cancel_called:
            return answer
        # Here, since a server may tell only once that the client is gone: a stream would not hear of it again.
        if not isinstance(answer.body, bytes):
            await answer.body.aclose()
    raise Disconnected


async def _read_body(receive: Receive, length: bytes, limit: int) -> bytes | None:
    """Return the body; None if it is longer than `limit`."""
    announced = int(length) if length.isdigit() else 0
    if announced > 2 * limit:
        return None
    # Up to twice the limit the rest is read and thrown away: a client that still sends when the answer comes may see a
    # broken connection in place of the 413. Beyond that it would be our time that a stranger spends.
    chunks: list[bytes] = []
    size, more = 0, True
    while more and size <= 2 * limit:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Disconnected
        chunk, more = event.get("body", b""), event.get("more_body", False)
        size += len(chunk)
        if max(size, announced) <= limit:
            chunks.append(chunk)
        else:
            chunks.clear()
    return None if max(size, announced) > limit else b"".join(chunks)


async def _respond(answer: Answer, receive: Receive, send: Send) -> None:
    headers = [(b"content-type", answer.media_type.encode())]
    headers += [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    start: Event = {"type": "http.response.start", "status": answer.status, "headers": headers}
    body = answer.body
    if isinstance(body, bytes):
        headers.append((b"content-length", b"%d" % len(body)))
        await send(start)
        await send({"type": "http.response.body", "body": body})
    else:
        await _stream(start, body, receive, send)


async def _stream(start: Event, body: AudioStream, receive: Receive, send: Send) -> None:
    """Send chunks as they come, as long as the client is there.

    When the iterator fails, the response stays without its end, so that the server breaks the connection: what came is
    then known to be incomplete.
    """
    async with _watched(receive) as scope, aclosing(body) as chunks:
        await _send(send, start, scope)
        try:
            async for chunk in chunks:
                if chunk:
                    await _send(send, _part(bytes(chunk)), scope)
            await _send(send, _part(b""), scope)
        except Exception:  # noqa: BLE001 - from the user's own iterator
            logger.exception("what is streamed broke off")


def _part(chunk: bytes) -> Event:
    """Return some bytes of a body, or without any its end."""
    return {"type": "http.response.body", "body": chunk, "more_body": bool(chunk)}


async def _send(send: Send, event: Event, scope: CancelScope) -> None:
    """Send an event; what raises here is the client that is gone, not the handler."""
    try:
        await send(event)
    except OSError:
        scope.cancel()


@asynccontextmanager
async def _watched(receive: Receive) -> AsyncIterator[CancelScope]:
    """Cancel what is within when the client goes away."""
    from anyio import create_task_group

    async with create_task_group() as group:
        group.start_soon(_cancel_when_gone, receive, group.cancel_scope)
        yield group.cancel_scope
        group.cancel_scope.cancel()  # the watcher still waits for a client that stays


async def _cancel_when_gone(receive: Receive, scope: CancelScope) -> None:
    # Asked once: some servers answer at once, and always, after the body, and to ask again would never yield.
    if (await receive())["type"] == "http.disconnect":
        scope.cancel()


async def _serve_lifespan(receive: Receive, send: Send) -> None:
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return
