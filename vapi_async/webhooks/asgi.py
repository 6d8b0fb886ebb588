"""`Webhooks` as an ASGI app: HTTP on any path, the websocket of a custom transcriber, lifespan.

The body is read up to the limit, whether its length was announced or not; of one that is too long the rest is thrown
away for as much again, so that a client gets to read the answer. The handlers of events run when the answer is sent,
within the task of the request: nothing here needs a lifespan, so the app can be mounted anywhere. A client that goes
away stops audio that is being made for it, and nothing else; a server that shuts down cancels the task as it likes.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from .asgi_connection import request_url
from .delivery import HeaderTable
from .handlers import logger
from .receiver import too_large

if TYPE_CHECKING:
    from anyio import CancelScope

    from .answer import Answer, AudioStream
    from .asgi_connection import Receive, Scope, Send
    from .handlers import Handler
    from .receiver import Receiver


class Disconnected(Exception):
    """The client went away before its request was there as a whole."""


async def serve(receiver: Receiver, transcriber: Handler | None, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection of the ASGI protocol.

    Args:
        receiver: answers deliveries.
        transcriber: serves the websocket of a custom transcriber, if there is one.
        scope: what the connection is.
        receive: returns the next event from the client.
        send: sends an event to the client.
    """
    if scope["type"] == "http":
        await _serve_http(receiver, scope, receive, send)
    elif scope["type"] == "websocket":
        from .transcriber import serve_websocket

        await serve_websocket(receiver, transcriber, scope, receive, send)
    elif scope["type"] == "lifespan":
        await _serve_lifespan(receive, send)


async def _serve_http(receiver: Receiver, scope: Scope, receive: Receive, send: Send) -> None:
    try:
        answer = await _answer(receiver, scope, receive)
    except Disconnected:
        return
    try:
        await _respond(answer, receive, send)
    except OSError:  # what servers raise when nobody is there to send to
        logger.debug("the client went away before its answer")
    await answer.after()


async def _answer(receiver: Receiver, scope: Scope, receive: Receive) -> Answer:
    raw, method = scope["headers"], scope["method"]
    if method != "POST":
        return await receiver.handle(b"", HeaderTable(raw), method=method)
    body = await _read_body(receive, dict(raw).get(b"content-length", b""), receiver.max_body)
    if body is None:
        return too_large()
    return await receiver.handle(body, HeaderTable(raw), url=request_url(scope))


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
    body = answer.body
    if isinstance(body, bytes):
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await _stream(body, receive, send)


async def _stream(body: AudioStream, receive: Receive, send: Send) -> None:
    """Send chunks as they come, as long as the client is there.

    When the iterator fails, the response stays without its end, so that the server breaks the connection: what came is
    then known to be incomplete.
    """
    from anyio import create_task_group

    async with create_task_group() as group, aclosing(body) as chunks:
        group.start_soon(_cancel_when_gone, receive, group.cancel_scope)
        try:
            async for chunk in chunks:
                if chunk:
                    await _send_chunk(send, bytes(chunk), group.cancel_scope)
            await _send_chunk(send, b"", group.cancel_scope)
        except Exception:  # noqa: BLE001 - from the user's own iterator
            logger.exception("the audio of a voice request broke off")
        group.cancel_scope.cancel()  # the watcher still waits for a client that stays


async def _send_chunk(send: Send, chunk: bytes, scope: CancelScope) -> None:
    """Send some bytes, or without any the end; what raises here is the client that is gone, not the handler."""
    try:
        await send({"type": "http.response.body", "body": chunk, "more_body": bool(chunk)})
    except OSError:
        scope.cancel()


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
