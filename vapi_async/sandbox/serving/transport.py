"""The way from a client in this process to the sandbox: httpx's ASGI transport, also for websockets.

Nothing else is reached through it. A test that asks a host beside the sandbox's is told so, and dials nobody.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Self

import anyio
import httpx

from vapi_async._lazy import exported_by
from vapi_async._optional import load
from vapi_async.errors import VapiError
from vapi_async.sandbox.task_host import TaskHost

from .app import READ_TIMEOUT
from .faults import ClientTimedOut, ConnectionDropped

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType


_DOMAIN = ".sandbox.vapi.ai"


@exported_by("vapi_async.sandbox")
class OutsideRequest(VapiError):
    """A request through the client of a sandbox was for a host that is not the sandbox's; nothing was sent."""


class _BrokenStream(httpx.AsyncByteStream):
    """The body of an answer that breaks off: what came of it, and then the error."""

    def __init__(self, sent: Any, error: httpx.TransportError) -> None:
        self._sent = sent
        self._error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._sent:
            yield piece
        raise self._error


class SandboxTransport(httpx.ASGITransport):
    """Takes requests to the application of a sandbox; websockets while it is entered.

    Args:
        app: the application.
        origin: the sandbox's base URL.
    """

    def __init__(self, app: Any, origin: str) -> None:
        super().__init__(app=app)
        self._host = httpx.URL(origin).host
        self._entered = False
        self._sockets: dict[Any, TaskHost[Any]] = {}
        self._transports: dict[Any, Any] = {}
        self._locks: dict[Any, anyio.Lock] = {}

    async def __aenter__(self) -> Self:
        self._entered = True
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_val: BaseException | None = None,
        exc_tb: TracebackType | None = None,
    ) -> None:
        self._entered = False
        # What another event loop holds ends with that loop: here nobody can wait for it.
        host = self._sockets.get(_event_loop())
        self._sockets, self._transports, self._locks = {}, {}, {}
        if host is not None:
            await host.close()

    async def _socket(self, request: httpx.Request) -> httpx.Response:
        if not self._entered:
            raise OutsideRequest("websockets in process need the sandbox to be open: use `async with Sandbox() as sb`")
        transport = await self._socket_transport()
        response: httpx.Response = await transport.handle_async_request(request)
        return response

    async def _socket_transport(self) -> Any:
        """Return what websockets take in this event loop; made late, since it is slow to import and most open none."""
        # One for each loop: a fixture of a session and the tests that use it may run in different ones.
        loop = _event_loop()
        async with self._locks.setdefault(loop, anyio.Lock()):
            if loop not in self._transports:
                host = self._sockets[loop] = TaskHost(_sockets(self.app))
                self._transports[loop] = await host.open()
        return self._transports[loop]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._check(request)
        if request.url.scheme in ("ws", "wss") or request.headers.get("upgrade") == "websocket":
            return await self._socket(request)
        # ASGI knows no timeouts, so how long this client waits reaches the application beside the request.
        before = READ_TIMEOUT.set(request.extensions.get("timeout", {}).get("read"))
        try:
            return await self._ask(request)
        except ConnectionDropped as dropped:
            raise _lost(dropped, request) from dropped
        except ClientTimedOut as slow:
            raise httpx.ReadTimeout("the sandbox was told to take longer than this", request=request) from slow
        finally:
            READ_TIMEOUT.reset(before)

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        broken: list[httpx.TransportError] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            try:
                await self.app(scope, receive, send)
            except ConnectionDropped as dropped:
                # An answer that has begun is given to the client first, and breaks off where it is read.
                if not dropped.started:
                    raise
                broken.append(_lost(dropped, request))
                await send({"type": "http.response.body", "body": b""})

        response = await httpx.ASGITransport(app).handle_async_request(request)
        if broken:
            response.stream = _BrokenStream(response.stream, broken[0])
        return response

    def _check(self, request: httpx.Request) -> None:
        host = request.url.host
        if host != self._host and not host.endswith(_DOMAIN):
            raise OutsideRequest(
                f"a request to {host} went through the client of a sandbox: only the sandbox can be reached; "
                "its servers are connected with connect(url, target)"
            )


class SharedTransport(httpx.AsyncBaseTransport):
    """A transport that belongs to somebody else: who uses it neither opens nor closes it.

    Args:
        transport: the transport that requests take.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        """Leave it open."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._transport.handle_async_request(request)


@asynccontextmanager
async def _sockets(app: Any) -> AsyncIterator[Any]:
    library = load("httpx_ws.transport", "sandbox")
    async with library.ASGIWebSocketTransport(app=app) as transport:
        # What a test left open ends with the sandbox: its sockets are closed, then what serves them is cancelled.
        transport._exit_stack.callback(transport._task_group.cancel_scope.cancel)
        yield transport


def _event_loop() -> Any:
    """Return what is one and the same in one run of an event loop."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        from trio.lowlevel import current_root_task

        return current_root_task()


def _lost(dropped: ConnectionDropped, request: httpx.Request) -> httpx.TransportError:
    if dropped.before:
        return httpx.ConnectError("the sandbox takes no connection, as ordered", request=request)
    if dropped.started:
        return httpx.RemoteProtocolError("the sandbox broke off its answer, as ordered", request=request)
    return httpx.ReadError("the sandbox closed the connection, as ordered", request=request)
