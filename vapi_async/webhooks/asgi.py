"""`Webhooks` as an ASGI app: HTTP on any path, the websocket of a custom transcriber, lifespan.

The body is read up to the limit, whether its length was announced or not; of one that is too long the rest is thrown
away for as much again, so that a client gets to read the answer. The handlers of events run when the answer is sent,
within the task of the request: nothing here needs a lifespan, so the app can be mounted anywhere. A client that goes
away stops audio that is being made for it, and nothing else; a server that shuts down cancels the task as it likes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from .answer import Answer, refused
from .fields import Fields
from .handlers import logger

if TYPE_CHECKING:
    from anyio import CancelScope

    from .answer import Audio
    from .app import Webhooks

Event: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Event]]
Send: TypeAlias = Callable[[Event], Awaitable[None]]


class Disconnected(Exception):
    """The client went away before its request was there as a whole."""


async def serve(hooks: Webhooks, scope: Event, receive: Receive, send: Send) -> None:
    """Serve one connection of the ASGI protocol."""
    kind = scope["type"]
    if kind == "http":
        await _serve_http(hooks, scope, receive, send)
    elif kind == "websocket":
        from .transcriber import serve_websocket

        await serve_websocket(hooks, scope, receive, send)
    elif kind == "lifespan":
        await _serve_lifespan(receive, send)


async def _serve_http(hooks: Webhooks, scope: Event, receive: Receive, send: Send) -> None:
    try:
        answer = await _answer(hooks, scope, receive)
    except Disconnected:
        return
    try:
        await _respond(answer, receive, send)
    except OSError:  # what servers raise when nobody is there to send to
        logger.debug("the client went away before its answer")
    await answer.after()


async def _answer(hooks: Webhooks, scope: Event, receive: Receive) -> Answer:
    raw, method = scope["headers"], scope["method"]
    if method != "POST":
        return await hooks.handle(b"", Fields(raw), method=method)
    body = await _read(receive, dict(raw).get(b"content-length", b""), hooks.max_body)
    if body is None:
        return refused(413, "the body is too large")
    return await hooks.handle(body, Fields(raw), url=hooks.public_url or url_of(scope))


async def _read(receive: Receive, length: bytes, limit: int) -> bytes | None:
    """Return the body; None if it is longer than `limit`."""
    announced = int(length) if length.isdigit() else 0
    if announced > 2 * limit:
        return None
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


async def _stream(body: Audio, receive: Receive, send: Send) -> None:
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
        group.cancel_scope.cancel()


async def _send_chunk(send: Send, chunk: bytes, scope: CancelScope) -> None:
    """Send some bytes, or without any the end; what raises here is the client that is gone, not the handler."""
    try:
        await send({"type": "http.response.body", "body": chunk, "more_body": bool(chunk)})
    except OSError:
        scope.cancel()


async def _cancel_when_gone(receive: Receive, scope: CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


async def _serve_lifespan(receive: Receive, send: Send) -> None:
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return


def url_of(scope: Event) -> str:
    """Return the URL of a request, as its client is likely to have written it.

    Scheme and host are those that reached this server. A proxy before it may have changed them; servers trust what it
    says in X-Forwarded-Proto only if told to, and nobody looks at X-Forwarded-Host.
    """
    host: bytes | None = dict(scope["headers"]).get(b"host")
    place = host.decode("latin-1") if host else _address(scope.get("server"))
    raw: bytes | None = scope.get("raw_path")
    path = quote(scope["path"], safe="/%:@!$&'()*+,;=~-._") if raw is None else raw.decode("latin-1")
    query: bytes = scope.get("query_string") or b""
    return f"{scope.get('scheme', 'http')}://{place}{path}" + ("?" + query.decode("latin-1") if query else "")


def _address(server: Any) -> str:
    if not server:
        return "localhost"
    host, port = server
    return host if port is None else f"{host}:{port}"
