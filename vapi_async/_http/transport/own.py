"""Connections of the client's own, through httpx's transport.

Each connection is a transport of its own, without a pool. A pool of httpcore looks at all of its connections for each
of its requests, so that a thousand requests at once would cost a thousand times a thousand looks; a task that is
cancelled while its connection is made leaves an entry in the pool that blocks a place for good; and even with one
connection, keeping its books takes a seventh of the time of a small request. Here a connection is in the hands of one
request, and whatever ends that request early closes it. What is idle waits in a stack, the last one used on top: so few
are kept busy, and the others expire at the bottom. How many there are is not decided here (see `LoopResources.slots`).
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import httpcore
import httpx
from anyio import CancelScope

from .httpx_wire import HttpxTransport, Release

if TYPE_CHECKING:
    import ssl

    from vapi_async._http.base_url import Origin

    from .environment import Environment

KEPT_FOR: float = 5.0  # seconds that an idle connection is kept
_PORTS = {"http": 80, "https": 443}
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=KEPT_FOR)


class OwnTransport(HttpxTransport):
    """Sends over connections that it makes itself.

    Args:
        environment: certificates and proxies.
    """

    __slots__ = ("_environment", "busy", "idle")

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self.idle: dict[Origin, deque[Connection]] = {}
        self.busy: set[Connection] = set()

    async def aclose(self) -> None:
        """Close the connections, those in use as well."""
        rest = [*self.busy, *(connection for idle in self.idle.values() for connection in idle)]
        self.busy.clear()
        self.idle.clear()
        for connection in rest:
            await connection.aclose()

    async def _answer(self, request: httpx.Request) -> tuple[httpx.Response, Release]:
        connection = await self._take(origin_of(request.url))
        self.busy.add(connection)
        try:
            await self._expire()
            response = await connection.send(request)
        except BaseException:
            await self._drop(connection)
            raise
        return response, partial(self._release, connection, response)

    async def _take(self, origin: Origin) -> Connection:
        """Return a connection that is idle, the last one used, else one that is yet to be made."""
        idle = self.idle.get(origin)
        while idle:
            connection = idle.pop()
            if connection.is_open:
                return connection
            await connection.aclose()
        return Connection(origin, self._environment)

    async def _release(self, connection: Connection, response: httpx.Response, midway: bool) -> None:
        try:
            await response.aclose()
        except BaseException:
            midway = True
            raise
        finally:
            if midway or connection not in self.busy:  # cleared, when the client was closed meanwhile
                await self._drop(connection)
            else:
                self.busy.discard(connection)
                connection.idle_since = time.monotonic()
                self.idle.setdefault(connection.origin, deque()).append(connection)

    async def _drop(self, connection: Connection) -> None:
        self.busy.discard(connection)
        await connection.aclose()

    async def _expire(self) -> None:
        """Close the connection that is idle for longest, if that is too long; one per request keeps the stack short."""
        for origin, idle in self.idle.items():
            if not idle:
                del self.idle[origin]
                return
            if idle[0].idle_since + KEPT_FOR < time.monotonic():
                await idle.popleft().aclose()
                return


class Connection:
    """A connection to one origin, made on first use.

    Args:
        origin: where it leads.
        environment: certificates and proxies.

    Attributes:
        origin: where it leads.
        idle_since: when it was last used.

    Raises:
        UnsupportedProtocol: the proxy is of an unknown kind, or needs a package that is not installed.
    """

    __slots__ = ("_transport", "idle_since", "origin")

    idle_since: float

    def __init__(self, origin: Origin, environment: Environment) -> None:
        tls, proxy = environment.tls(origin), environment.proxy(origin)
        self._transport = _Proxied(proxy, tls) if proxy else _Direct(origin, tls)
        self.origin = origin

    @property
    def is_open(self) -> bool:
        """Whether it can be used once more: not idle for too long, nor closed by the other side."""
        return self._transport.is_open

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the answer, its body not read."""
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close it, also in a cancelled task; whatever that raises changes nothing."""
        with CancelScope(shield=True), suppress(Exception):
            await self._transport.aclose()


class _Network(httpcore.AsyncNetworkBackend):
    """The network of one connection; it keeps the stream, which a request that is cancelled in TLS leaves to nobody."""

    def __init__(self) -> None:
        self._anyio: Any = httpcore.AnyIOBackend()
        self.stream: httpcore.AsyncNetworkStream | None = None

    async def connect_tcp(self, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        stream: httpcore.AsyncNetworkStream = await self._anyio.connect_tcp(*args, **options)
        self.stream = stream
        return stream


# In place of httpcore's locks, each of which costs a turn of the event loop: a connection is in one request's hands.
_NO_LOCK: Any = nullcontext()


class _Direct(httpx.AsyncHTTPTransport):
    """httpx's transport with a single connection where it has a pool, of which it only needs to send and to close."""

    _pool: Any  # httpcore's own connection, so that what watches or mocks httpcore (respx) sees it

    def __init__(self, origin: Origin, tls: ssl.SSLContext) -> None:
        scheme, host, port = origin
        self._network = _Network()
        self._pool = httpcore.AsyncHTTPConnection(
            httpcore.Origin(scheme.encode(), host.encode(), port),
            ssl_context=tls,
            keepalive_expiry=KEPT_FOR,
            network_backend=self._network,
        )
        self._pool._request_lock = _NO_LOCK

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if self._pool._connection is not None:  # as it is when respx answers
            self._pool._connection._state_lock = _NO_LOCK
        return response

    @property
    def is_open(self) -> bool:
        return not (self._pool.is_closed() or self._pool.has_expired())

    async def aclose(self) -> None:
        with suppress(Exception):
            await self._pool.aclose()
        if self._network.stream is not None:
            await self._network.stream.aclose()


class _Proxied(httpx.AsyncHTTPTransport):
    """httpx's transport through a proxy; a pool of httpcore with one connection, since only the pool knows proxies."""

    _pool: httpcore.AsyncConnectionPool

    def __init__(self, proxy: str, tls: ssl.SSLContext) -> None:
        try:
            super().__init__(verify=tls, limits=_LIMITS, proxy=_through(proxy, tls))
        except ImportError as error:  # of SOCKS
            raise httpx.UnsupportedProtocol(f"the proxy of the environment cannot be used: {error}") from error
        self._stream: Any = None

    @property
    def is_open(self) -> bool:
        return any(not (connection.is_closed() or connection.has_expired()) for connection in self._pool.connections)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["trace"] = self._note
        return await super().handle_async_request(request)

    async def aclose(self) -> None:
        with suppress(Exception):
            await super().aclose()
        if self._stream is not None:
            await self._stream.aclose()

    async def _note(self, event: str, facts: dict[str, Any]) -> None:
        # A request that is cancelled while TLS begins leaves its socket to nobody but us.
        if event.endswith("connect_tcp.complete"):
            self._stream = facts["return_value"]


def _through(proxy: str, tls: ssl.SSLContext) -> httpx.Proxy:
    try:
        return httpx.Proxy(proxy, ssl_context=tls if proxy.startswith("https:") else None)
    except ValueError as error:
        raise httpx.UnsupportedProtocol(f"the proxy of the environment cannot be used: {error}") from error


def origin_of(url: httpx.URL) -> Origin:
    """Return scheme, host and port of an absolute URL."""
    return url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS.get(url.scheme, 0)
