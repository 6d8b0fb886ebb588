"""Connections of the client's own through aiohttp, which takes less of the processor's time: the extra `[aiohttp]`.

Of aiohttp only the connections are used: no cookies, redirects, decompression or sending again, which are this client's
own affair. It runs on asyncio.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import TYPE_CHECKING, Any, Self

import aiohttp
from aiohttp.payload import Payload
from anyio import CancelScope, move_on_after
from yarl import URL

from vapi_async import errors

from .protocol import AttemptResult, BodyReader
from .sent_body import SentBody, handed_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp.abc import AbstractStreamWriter

    from vapi_async._http.base_url import Origin
    from vapi_async._http.credentials import Credentials
    from vapi_async._http.prepared_request import PreparedRequest

    from .environment import Environment

_LARGEST_HEAD = 65_536
_LAST_WORD = 5.0  # seconds for a body that is still being read when the answer is there already
_NO_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
_ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")  # by aiohttp, if it is let

# What exceptions mean, the first that fits counts.
_MEANINGS: tuple[tuple[type[Exception], type[errors.TransportError], str], ...] = (
    (aiohttp.ConnectionTimeoutError, errors.ConnectTimeout, "no connection within the timeout"),
    (aiohttp.ClientHttpProxyError, errors.ConnectError, "the proxy gave no connection"),
    (aiohttp.ClientConnectorError, errors.ConnectError, "no connection"),
    (aiohttp.InvalidURL, errors.InvalidRequest, "not a URL that can be used"),
    (aiohttp.NonHttpUrlClientError, errors.InvalidRequest, "not a request that can be sent"),
    (TimeoutError, errors.ReadTimeout, "no answer within the timeout"),
    (Exception, errors.ConnectionLost, "the connection was lost"),
)


class AiohttpTransport:
    """Sends through aiohttp, over as many connections as there are requests at once.

    Args:
        environment: certificates and proxies.

    Raises:
        ConfigurationError: the event loop is not asyncio's.
    """

    __slots__ = ("_environment", "_proxies", "_session", "busy")

    def __init__(self, environment: Environment) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            raise errors.ConfigurationError('transport="aiohttp" runs on asyncio only; leave it out on trio') from None
        self._environment = environment
        self._proxies: dict[Origin, str | None] = {}
        self.busy: set[object] = set()
        self._session = aiohttp.ClientSession(
            connector=_Connector(limit=0, keepalive_timeout=5.0),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=_ADDED,
            max_line_size=_LARGEST_HEAD,
            max_field_size=_LARGEST_HEAD,
        )
        self._session._retry_connection = False  # whether a request is sent again is decided elsewhere

    async def send(
        self,
        request: PreparedRequest,
        headers: dict[str, str],
        timeouts: dict[str, float | None],
        auth: Credentials | None,
    ) -> AttemptResult:
        """Send a request once; see `Transport.send`."""
        fields = dict(headers)
        fields.pop("transfer-encoding", None)  # aiohttp wants to set it itself
        if auth is not None and "authorization" not in headers:
            fields["authorization"] = auth.bearer or ""
        content = request.content

        async def send(body: bytes | AsyncIterator[bytes]) -> AttemptResult:
            return await self._send(request, SentBody(body), fields, timeouts)

        return await (send(content) if isinstance(content, bytes) else handed_over(content, send))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _send(
        self, request: PreparedRequest, body: SentBody, headers: dict[str, str], timeouts: dict[str, float | None]
    ) -> AttemptResult:
        empty = request.content == b""
        payload = None if empty and request.method in _NO_BODY else _Payload(body, timeouts["write"], empty=empty)
        result = AttemptResult(authorization=headers.get("authorization", ""))
        try:
            response = await self._response(request, payload, headers, timeouts)
        except errors.ConfigurationError as error:
            result.fail(errors.InvalidRequest, str(error))
            return result
        except Exception as error:  # noqa: BLE001 - whatever a transport raises is an outcome
            _note(error, result, payload)
            return result
        else:
            result.status, result.headers = response.status, response.raw_headers
            result.body = BodyReader(_AiohttpAnswer(response, payload), response.headers.get("content-encoding", ""))
            return result
        finally:
            if payload is not None and not isinstance(request.content, bytes):
                await payload.finish()

    async def _response(
        self,
        request: PreparedRequest,
        payload: _Payload | None,
        headers: dict[str, str],
        timeouts: dict[str, float | None],
    ) -> aiohttp.ClientResponse:
        url = URL(request.url, encoded=True)
        if not url.host:
            raise aiohttp.InvalidURL(request.url)
        origin = (url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80))
        return await self._session.request(
            request.method,
            url,
            data=payload,
            headers=headers,
            allow_redirects=False,
            proxy=self._proxy(origin),
            ssl=self._environment.tls(origin) if url.scheme == "https" else True,
            timeout=_timeout(timeouts["connect"], timeouts["read"]),
        )

    def _proxy(self, origin: Origin) -> str | None:
        if origin not in self._proxies:
            proxy = self._environment.proxy(origin)
            if proxy and not proxy.startswith(("http://", "https://")):
                raise errors.ConfigurationError('transport="aiohttp" knows http and https proxies only')
            self._proxies[origin] = proxy
        return self._proxies[origin]


class _Connector(aiohttp.TCPConnector):
    """Closes connections at once.

    asyncio ends TLS with a goodbye, and waits half a minute for the other side's. One that is silent, as after a
    timeout, would leave its socket to an event loop that may have ended by then.
    """

    async def _create_connection(self, *args: Any, **options: Any) -> Any:
        protocol: Any = await super()._create_connection(*args, **options)
        protocol.close = protocol.abort
        return protocol


@cache
def _timeout(connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect, sock_read=read)


def _note(error: Exception, result: AttemptResult, payload: _Payload | None, *, asked: bool = False) -> None:
    """Say in the result what an exception means."""
    if payload is not None and payload.timed_out:
        result.fail(errors.WriteTimeout, "the request could not be sent within the timeout", error)
    for exception, failure, text in _MEANINGS:
        if isinstance(error, exception):
            if failure.nothing_was_sent and (asked or (payload is not None and payload.body.asked)):
                failure, text = errors.ConnectionLost, "the connection was lost"  # noqa: PLW2901
            result.fail(failure, text, error)
            return


class _Payload(Payload):
    """A body under way through aiohttp, each of its pieces within the timeout for writing."""

    def __init__(self, body: SentBody, limit: float | None, *, empty: bool) -> None:
        super().__init__(body)
        self.body = body
        self.timed_out = False
        self._limit = limit
        self._size = 0 if empty else None
        self._done: asyncio.Event | None = None
        self._task: asyncio.Task[Any] | None = None

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("a body under way cannot be shown")

    async def write(self, writer: AbstractStreamWriter) -> None:
        self._done, self._task = asyncio.Event(), asyncio.current_task()
        try:
            async for piece in self.body:
                if piece:
                    await self._write(writer, piece)
        finally:
            self._done.set()

    async def _write(self, writer: AbstractStreamWriter, piece: bytes) -> None:
        try:
            async with asyncio.timeout(self._limit):
                await writer.write(piece)
        except TimeoutError:
            self.timed_out = True
            raise

    async def finish(self) -> None:
        """See to it that nobody reads the body any more, also of an answer that came before its end."""
        if self._done is None or self._task is None:
            return
        with CancelScope(shield=True):
            with move_on_after(_LAST_WORD):
                await self._done.wait()
            if not self._done.is_set():
                self._task.cancel()
                await self._done.wait()


class _AiohttpAnswer:
    """The body of an aiohttp response, as it came over the wire: a `WireBody`, and its own pieces."""

    __slots__ = ("_payload", "_response", "failures")

    def __init__(self, response: aiohttp.ClientResponse, payload: _Payload | None) -> None:
        self._response = response
        self._payload = payload
        self.failures: tuple[type[Exception], ...] = (Exception,)

    @property
    def pieces(self) -> AsyncIterator[bytes]:
        """The pieces; not an attribute, which would be a circle for the garbage collector to find."""
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        piece: bytes = await self._response.content.readany()
        if not piece:
            raise StopAsyncIteration
        return piece

    @property
    def delimited(self) -> bool:
        """Whether the end of the body is marked; else HTTP/1 says it by closing, as a broken connection does."""
        return "content-length" in self._response.headers or "transfer-encoding" in self._response.headers

    def note(self, failure: Exception, result: AttemptResult) -> None:
        """Say in the result what a failure means."""
        _note(failure, result, self._payload, asked=True)

    async def aclose(self, *, midway: bool) -> None:
        """Let go of the connection, to be used again if the body was read to its end."""
        if midway or not self._response.content.at_eof():
            self._response.close()
        else:
            self._response.release()
