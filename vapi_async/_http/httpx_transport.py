"""Sending through httpx. Of the client's rooms only this module and `websocket` import it.

A borrowed client is never used itself, since sending through it would store cookies in it and open it. Its twin
is: an object with the same transports, hooks and, if it is a subclass, the same methods, but without its cookies.
"""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any

import httpx
from anyio import CancelScope

from vapi_async import errors

from .transport import AttemptResult, BodyReader

if TYPE_CHECKING:
    from .credentials import Credentials
    from .prepared_request import PreparedRequest

HttpClient = httpx.AsyncClient
HttpTimeout = httpx.Timeout

_NO_AUTH = httpx.Auth()
_FAILURES = (httpx.HTTPError, OSError)
_MOST_PIECES = 1000  # that a body may still hand out after it was told to end

# What exceptions mean, the first that fits counts.
_MEANINGS: tuple[tuple[type[Exception], type[errors.TransportError], str], ...] = (
    (httpx.ConnectTimeout, errors.ConnectTimeout, "no connection within the timeout"),
    (httpx.PoolTimeout, errors.PoolTimeout, "no connection of the pool became free within the timeout"),
    (httpx.WriteTimeout, errors.WriteTimeout, "the request could not be sent within the timeout"),
    (httpx.TimeoutException, errors.ReadTimeout, "no answer within the timeout"),
    (httpx.ConnectError, errors.ConnectError, "no connection"),
    (httpx.ProxyError, errors.ConnectError, "the proxy gave no connection"),
    (httpx.LocalProtocolError, errors.InvalidRequest, "not a request that can be sent"),
    (httpx.UnsupportedProtocol, errors.InvalidRequest, "not a request that can be sent"),
    (Exception, errors.ConnectionLost, "the connection was lost"),
)


class HttpxTransport:
    """Sends through an own httpx client, or through the twin of a borrowed one.

    Args:
        borrowed: the user's client, if there is one.
        connections: the size of an own pool.
    """

    __slots__ = ("_client", "_owned")

    def __init__(self, borrowed: httpx.AsyncClient | None, connections: int) -> None:
        self._owned = borrowed is None
        self._client = open_client(borrowed, connections)

    async def send(
        self,
        request: PreparedRequest,
        headers: dict[str, str],
        timeouts: dict[str, float | None],
        auth: Credentials | None,
    ) -> AttemptResult:
        """Send a request once; see `Transport.send`."""
        content = request.content
        if isinstance(content, bytes):
            return await self._send(request, _Whole(content), headers, timeouts, auth)
        async with aclosing(content.pieces()) as pieces:
            result = await self._send(request, _Pieces(pieces), headers, timeouts, auth)
        if content.failure is not None:
            raise content.failure
        return result

    async def aclose(self) -> None:
        """Close the connections; those of a borrowed client stay open."""
        if self._owned:
            await self._client.aclose()

    async def _send(
        self,
        request: PreparedRequest,
        body: httpx.AsyncByteStream,
        headers: dict[str, str],
        timeouts: dict[str, float | None],
        auth: Credentials | None,
    ) -> AttemptResult:
        try:
            url = httpx.URL(request.url)
        except httpx.InvalidURL as error:
            result = AttemptResult()
            result.fail(errors.InvalidRequest, "not a URL that can be used", error)
            return result
        fields = {"host": url.netloc.decode("ascii"), **headers}
        if auth is not None and "authorization" not in headers:
            fields["authorization"] = auth.bearer or ""
        sent = httpx.Request(request.method, url, headers=fields, stream=body, extensions={"timeout": timeouts})
        authorization = fields.get("authorization", "")
        try:
            response = await self._client.send(sent, stream=True, auth=_NO_AUTH, follow_redirects=False)
        except httpx.HTTPStatusError as error:  # raised by a hook of the borrowed client
            response = error.response
        except (*_FAILURES, httpx.InvalidURL) as error:  # InvalidURL: the location of a redirect
            result = AttemptResult(authorization=authorization)
            note_failure(error, result)
            return result
        return await _received(response, authorization, stream=request.stream)


async def _received(response: httpx.Response, authorization: str, *, stream: bool) -> AttemptResult:
    """Return the answer: its body read, or for a success that is wanted as a stream, to be read."""
    body = _HttpxBody(response)
    result = AttemptResult(response.status_code, response.headers.raw, authorization)
    reader = BodyReader(body, response.headers.get("content-encoding", ""))
    if stream and response.is_success:
        result.body = reader
    else:
        await reader.read_whole(result)
    return result


def note_failure(error: Exception, result: AttemptResult) -> None:
    """Say in the result what an exception of the library means."""
    for exception, failure, text in _MEANINGS:
        if isinstance(error, exception):
            result.fail(failure, text, error)
            return


class _HttpxBody:
    """The body of an httpx response, as it came over the wire: a `WireBody`."""

    __slots__ = ("_response", "failures", "pieces")

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.failures: tuple[type[Exception], ...] = _FAILURES
        self.pieces = _pieces_of(response)

    @property
    def delimited(self) -> bool:
        """Whether the end of the body is marked; else HTTP/1 says it by closing, as a broken connection does."""
        if self._response.extensions.get("http_version") not in (b"HTTP/1.0", b"HTTP/1.1"):
            return True
        return "content-length" in self._response.headers or "transfer-encoding" in self._response.headers

    def note(self, failure: Exception, result: AttemptResult) -> None:
        """Say in the result what a failure means."""
        note_failure(failure, result)

    async def aclose(self, *, midway: bool) -> None:
        """Let go of the connection."""
        if midway:
            # The library reads through generators within generators, and trio wants each of them to come to its end:
            # a read that is cancelled ends them all. One that does not wait is not cancelled, hence the loop.
            with CancelScope() as scope, suppress(*_FAILURES, StopAsyncIteration):
                scope.cancel()
                for _ in range(_MOST_PIECES):
                    await anext(self.pieces)
        with suppress(*_FAILURES):  # the body is read, or why not is noted: the rest changes nothing
            await self._response.aclose()


def _pieces_of(response: httpx.Response) -> AsyncIterator[bytes]:
    if response.is_stream_consumed or response.is_closed:  # by a hook of the borrowed client, which may have kept it
        response.headers.pop("content-encoding", None)
        content = b""
        with suppress(httpx.ResponseNotRead):
            content = response.content
        return aiter(httpx.ByteStream(content))
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return aiter(response.stream)


class _Pieces(httpx.AsyncByteStream):
    """A body that is read while it is sent."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces


class _Whole(httpx.AsyncByteStream):
    """A body that is there. httpx's own is a generator, which trio wants closed when sending is broken off."""

    def __init__(self, content: bytes) -> None:
        self._rest = [content]

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if not self._rest:
            raise StopAsyncIteration
        return self._rest.pop()


class _NoCookies(CookieJar):
    """Takes no cookies: the API has no use for them, and tasks of one client are not one visitor."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        pass


def open_client(borrowed: httpx.AsyncClient | None, connections: int) -> httpx.AsyncClient:
    """Return a client to send through: the twin of a borrowed one, else one with its own pool of `connections`."""
    if borrowed is None:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        # Without TLS it goes to this machine only (see `base_url`), so never through a proxy, which would see the
        # token.
        return httpx.AsyncClient(limits=limits, cookies=_NoCookies(), timeout=None, mounts={"http://": None})
    if hasattr(type(borrowed), "__del__"):  # some close their connections there, which are not the twin's to close
        twin = object.__new__(httpx.AsyncClient)
        twin.__dict__.update(vars(borrowed))
    else:
        twin = copy.copy(borrowed)
    twin.cookies = _NoCookies()
    return twin
