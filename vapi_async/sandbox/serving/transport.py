"""The way from a client in this process to the sandbox: httpx's ASGI transport, also for websockets.

Nothing else is reached through it. A test that asks a host beside the sandbox's is told so, and dials nobody.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Self

import anyio
import httpx

from vapi_async._lazy import exported_by
from vapi_async._optional import load
from vapi_async.errors import VapiError

from .app import READ_TIMEOUT
from .faults import ClientTimedOut, ConnectionDropped

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType

    from anyio.abc import TaskGroup, TaskStatus

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
        self._group: TaskGroup | None = None
        self._closing: anyio.Event | None = None
        self._sockets: Any = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._group = await self._stack.enter_async_context(anyio.create_task_group())
        self._closing = anyio.Event()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_val: BaseException | None = None,
        exc_tb: TracebackType | None = None,
    ) -> None:
        if self._closing is not None:
            self._closing.set()
        self._group = self._sockets = None
        await self._stack.aclose()

    async def _open_sockets(self, closing: anyio.Event, *, task_status: TaskStatus[Any]) -> None:
        """Hold what websockets need: their library is slow to import, and most tests open none."""
        library = load("httpx_ws.transport", "sandbox")
        async with library.ASGIWebSocketTransport(app=self.app) as transport:
            # What a test left open ends with the sandbox: its sockets are closed, then what serves them is cancelled.
            transport._exit_stack.callback(transport._task_group.cancel_scope.cancel)
            task_status.started(transport)
            await closing.wait()

    async def _socket(self, request: httpx.Request) -> httpx.Response:
        if self._group is None or self._closing is None:
            raise OutsideRequest("websockets in process need the sandbox to be open: use `async with Sandbox() as sb`")
        sockets = self._sockets
        if sockets is None:
            sockets = self._sockets = await self._group.start(self._open_sockets, self._closing)
        response: httpx.Response = await sockets.handle_async_request(request)
        return response

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


class BorrowedTransport(httpx.AsyncBaseTransport):
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


def _lost(dropped: ConnectionDropped, request: httpx.Request) -> httpx.TransportError:
    if dropped.before:
        return httpx.ConnectError("the sandbox takes no connection, as ordered", request=request)
    if dropped.started:
        return httpx.RemoteProtocolError("the sandbox broke off its answer, as ordered", request=request)
    return httpx.ReadError("the sandbox closed the connection, as ordered", request=request)
