"""Websockets: frames over a connection that the HTTP library opens. The only module that knows the websocket library.

The library is wsproto, which turns bytes into frames and back and does no I/O; the extra `[live]` brings it. httpx-ws,
which does the I/O too, is not used: it runs tasks of its own, so errors come in groups, one pong that was not asked for
ends it, and closing it waits without limit for a server that reads no more (as of 0.9).

Here the connection is read when a message is asked for, by the task that asks. So errors come where they are made, a
generator can be left at any point, and a reader that is slow makes the other side wait: what is not read stays in the
socket. The price is that pings are answered only while somebody reads. Where nothing comes for a while a reader sends
a ping of its own, and gives up if that brings nothing either.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import anyio
import httpcore
import httpx

from vapi_async import errors
from vapi_async._http import error_text
from vapi_async._http.transport.borrowed import close_answer, send_through, twin
from vapi_async._http.transport.httpx_wire import body_of, hide_url, note_failure
from vapi_async._http.transport.own import Connection, origin_of
from vapi_async._http.transport.protocol import BEGINNING, AttemptResult
from vapi_async._optional import load
from vapi_async.responses import Headers, Response

from .allowed_hosts import shown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from vapi_async._http.session import Session

E = TypeVar("E", bound=errors.RequestError)

LARGEST: Final = 16 * 1024 * 1024  # bytes of a message; one second of audio has some ten thousand
IDLE: Final = 20.0  # seconds without a sign of life
_GOODBYE: Final = 1.0  # seconds for the other side to agree to the end
_CHUNK: Final = 65_536
_NORMAL: Final = (1000, 1001, 1005)  # done; going away; not said

# The second line is what connections within the process raise.
_BROKEN: Final = (
    *(httpcore.NetworkError, httpcore.ProtocolError, OSError),
    *(anyio.ClosedResourceError, anyio.BrokenResourceError, anyio.EndOfStream),
)


async def connect(session: Session, url: str, headers: Mapping[str, str]) -> WebSocket:
    """Open a websocket.

    The connection is one of its own, so that those of the client stay free for its requests; only a borrowed
    http_client makes it itself. The client's timeouts apply. It is tried once.

    Args:
        session: whose options apply; its token is not sent.
        url: wss or https, or ws or http; may be contacted.
        headers: header fields for the handshake.

    Raises:
        MissingExtra: the extra `[live]` is not installed.
        ConnectError: there was no connection.
        StatusError: the handshake was answered with another status than 101.
        TransportError: no whole answer came.
    """
    load("wsproto", "live")
    session.shared.check_open()
    shared, timeouts = session.shared, session.options.timeouts
    key = base64.b64encode(secrets.token_bytes(16)).decode("ascii")
    request = _handshake(url, headers, key)
    request.extensions["timeout"] = timeouts
    if shared.http_client is not None:
        response = await _shake_hands(partial(send_through, twin(shared.http_client)), url, request, key)
        return WebSocket(url, response, None, timeouts["write"])
    own = Connection(origin_of(request.url), shared.environment)
    try:
        response = await _shake_hands(own.send, url, request, key)
    except BaseException:
        await own.aclose()
        raise
    return WebSocket(url, response, own, timeouts["write"])


class WebSocket:
    """An open websocket; one task may read while others send.

    Args:
        url: where it leads.
        response: the answer to the handshake, which holds the connection.
        own: the connection to close with it, if it is not a borrowed one.
        timeout: seconds for sending one message, None for no limit.
    """

    def __init__(self, url: str, response: httpx.Response, own: Connection | None, timeout: float | None) -> None:
        wsproto = load("wsproto", "live")
        self._events = wsproto.events
        self._open = wsproto.connection.ConnectionState.OPEN
        self._protocol_error: Any = wsproto.utilities.LocalProtocolError
        self._connection = wsproto.connection.Connection(wsproto.ConnectionType.CLIENT)
        self._url = url
        self._response = response
        self._stream = response.extensions["network_stream"]
        self._has_socket = self._stream.get_extra_info("socket") is not None  # else it is within the process
        self._own = own
        self._timeout = timeout
        self._messages: deque[bytes | str] = deque()
        self._parts: list[Any] = []  # of a message that is still coming: all bytes, or all str
        self._size = 0
        self._owed = bytearray()  # answers to pings, and the like, that are still to be sent
        self._lock = anyio.Lock()
        self._whole = True  # no frame was cut off while it was sent
        self._pinged = False
        self._reading = False
        self._end: Any = None  # the close frame that came
        self._closed = False

    async def receive(self) -> bytes | str | None:
        """Return the next message, None after the other side closed the connection as it should.

        Raises:
            ConnectionLost: the connection broke, or was closed for an error.
            RuntimeError: another task is receiving.
        """
        while not self._messages and self._end is None:
            self._feed(await self._read())
            await self._pay()
        if self._messages:
            return self._messages.popleft()
        if self._end.code in _NORMAL:
            return None
        said = f": {error_text.message_in(self._end.reason)}" if self._end.reason else ""
        raise self._lost(f"the websocket was closed with code {int(self._end.code)}{said}")

    async def send(self, data: bytes | str) -> None:
        """Send a message; waits while the other side takes no more.

        Raises:
            WriteTimeout: the other side took no more for too long; nothing more can be sent then.
            ConnectionLost: there is no connection any more.
        """
        if self._connection.state is not self._open:
            raise self._lost("the websocket is closed")
        await self._write(self._connection.send(self._events.Message(data=data)))

    async def aclose(self) -> None:
        """Close the connection: the other side is told so, and given a moment to agree."""
        if self._closed:
            return
        self._closed = True
        with anyio.move_on_after(_GOODBYE, shield=True), suppress(errors.RequestError):
            await self._say_goodbye()
        with anyio.move_on_after(_GOODBYE, shield=True), suppress(*_BROKEN, httpx.HTTPError):
            await self._stream.aclose()
            await self._response.aclose()
        if self._own is not None:
            with anyio.CancelScope(shield=True):
                await self._own.aclose()

    async def _say_goodbye(self) -> None:
        if self._connection.state is not self._open or self._lock.locked():
            return
        await self._write(self._connection.send(self._events.CloseConnection(code=1000)))
        # With unread data the system would cut the connection, and what was sent last could be lost.
        while self._end is None and self._has_socket and not self._reading:
            self._feed(await self._read())
            self._messages.clear()

    def _feed(self, data: bytes) -> None:
        """Take in what came."""
        events = self._events
        self._connection.receive_data(data)
        for event in self._connection.events():
            if isinstance(event, events.Message):
                self._take(event)
            elif isinstance(event, events.Ping):
                self._owe(event.response())
            elif isinstance(event, events.CloseConnection):
                self._end = event
                self._owe(event if self._connection.state is self._open else event.response())
                break

    def _owe(self, event: Any) -> None:
        with suppress(self._protocol_error):  # it is closing: there is nothing to say any more
            self._owed += self._connection.send(event)

    def _take(self, event: Any) -> None:
        """Add a part of a message."""
        self._parts.append(event.data if isinstance(event.data, str) else bytes(event.data))
        self._size += len(event.data)
        if self._size > LARGEST:
            raise self._lost(f"a message has more than {LARGEST} bytes")
        if event.message_finished:
            self._messages.append(self._parts[0][:0].join(self._parts))
            self._parts, self._size = [], 0

    async def _read(self) -> bytes:
        if self._reading:
            raise RuntimeError("another task is receiving from this call: only one can")
        self._reading = True
        try:
            return await self._read_some()
        finally:
            self._reading = False

    async def _read_some(self) -> bytes:
        while True:
            try:
                data: bytes = await self._stream.read(_CHUNK, IDLE)
            except httpcore.ReadTimeout as cause:
                if self._pinged:
                    raise self._lost(f"the other side is silent, and did not answer a ping in {IDLE:g} s") from cause
                self._pinged = True
                self._owe(self._events.Ping())
                await self._pay()
            except TimeoutError:  # within the process, where nobody is lost
                continue
            except _BROKEN as cause:
                raise self._lost("the connection was lost") from cause
            else:
                if not data:
                    raise self._lost("the connection ended without a close frame") from EOFError()
                self._pinged = False
                return data

    async def _pay(self) -> None:
        """Send what is owed, unless a task is sending already: it does it then."""
        if self._owed and not self._lock.locked():
            with suppress(errors.TransportError):  # reading on tells what is the matter
                await self._write(b"")

    async def _write(self, data: bytes) -> None:
        async with self._lock:
            while data or self._owed:
                data, self._owed = bytes(self._owed) + data, bytearray()
                if not self._whole:
                    raise self._lost("a message was cut off while it was sent")
                self._whole = False
                await self._write_all(data)
                self._whole = True
                data = b""

    async def _write_all(self, data: bytes) -> None:
        try:
            await self._stream.write(data, self._timeout)
        except (httpcore.WriteTimeout, TimeoutError) as cause:
            text = "the message could not be sent within the timeout"
            raise _failed(errors.WriteTimeout, self._url, text) from cause
        except _BROKEN as cause:
            raise self._lost("the connection was lost") from cause

    def _lost(self, text: str) -> errors.ConnectionLost:
        return _failed(errors.ConnectionLost, self._url, text)


async def _shake_hands(
    send: Callable[[httpx.Request], Awaitable[httpx.Response]], url: str, request: httpx.Request, key: str
) -> httpx.Response:
    """Return the answer that lets a websocket begin."""
    try:
        response = await send(request)
    except Exception as cause:  # transports within the process raise their own
        refused = getattr(cause, "response", None)
        if isinstance(refused, httpx.Response):
            raise _refused(url, refused, refused.content) from cause
        result = AttemptResult()
        note_failure(cause, result)
        assert result.failure is not None
        raise _failed(result.failure, url, result.story) from cause
    if response.status_code == 101 and "network_stream" in response.extensions:
        # Transports within the process leave the proof out.
        if response.headers.get("sec-websocket-accept", accept(key)) == accept(key):
            return response
        with anyio.CancelScope(shield=True):
            await response.aclose()
        raise _failed(errors.ConnectionLost, url, "the answer is not that of a websocket server")
    result = AttemptResult(response.status_code)
    await body_of(response, partial(close_answer, response)).read_whole(result, BEGINNING)
    raise _refused(url, response, result.content)


def _handshake(url: str, headers: Mapping[str, str], key: str) -> httpx.Request:
    try:
        address = httpx.URL(f"http{url[2:]}" if url[:2].lower() == "ws" else url)
    except httpx.InvalidURL as cause:
        raise _failed(errors.InvalidRequest, url, "not a URL that can be used") from cause
    fields = {
        "host": address.netloc.decode("ascii"),
        **headers,
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": key,
    }
    request = httpx.Request("GET", address, headers=fields)
    hide_url(request, shown(url))
    return request


def accept(key: str) -> str:
    """Return what a server answers to the key of a handshake, to show that it speaks the protocol (RFC 6455, 4.2.2)."""
    digest = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def _refused(url: str, answer: httpx.Response, content: bytes) -> errors.StatusError:
    """Return the error for a handshake that was answered with something else; such answers may quote the URL."""
    status = answer.status_code
    response: Response[None] = Response(
        parsed=None,
        status_code=status,
        headers=Headers(answer.headers.raw),
        content=content,
        method="GET",
        url=shown(url),
        attempts=1,
    )
    return errors.status_error_class(status)(
        _text(url, f"no websocket: {error_text.of_status(status, '')}"),
        status_code=status,
        body=error_text.decoded(content),
        response=response,
        method="GET",
        url=shown(url),
        attempts=1,
    )


def _failed(error_class: type[E], url: str, what: str) -> E:
    return error_class(_text(url, what), method="GET", url=shown(url), attempts=1)


def _text(url: str, what: str) -> str:
    return f"GET {shown(url)}: {what}{error_text.ending(1, None)}"
