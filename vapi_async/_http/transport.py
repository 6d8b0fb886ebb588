"""The HTTP library. Only this module and `websocket` import it: another library means another two files like these.

`send` gives back what happened as a value, `Reply`: what to make of it is decided elsewhere. Bodies are read from the
stream and not by the library, so that what came of a body is at hand when the rest does not come. The body of a success
that is asked for as a stream is left to be read: a `Stream`.

A borrowed client is never used itself, since sending through it would store cookies in it and open it. Its twin
is: an object with the same transports, hooks and, if it is a subclass, the same methods, but without its cookies.
"""

from __future__ import annotations

import copy
import zlib
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any

import httpx
from anyio import CancelScope

from vapi_async import errors

if TYPE_CHECKING:
    from .credentials import Credentials
    from .prepared_request import Outgoing

HttpClient = httpx.AsyncClient
HttpTimeout = httpx.Timeout

_NO_AUTH = httpx.Auth()
_PATIENCE = 1000
_WINDOW_BITS = {"gzip": zlib.MAX_WBITS | 16}
_KINDS: tuple[tuple[type[Exception], type[errors.TransportError], str], ...] = (
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


class Reply:
    """What came of one attempt.

    Attributes:
        authorization: what the request had in that header field, "" if nothing.
        status: the HTTP status, 0 if there was no answer.
        headers: the header fields as they came.
        content: the body, or what came of it; content coding removed where that worked.
        failure: the class of error, if no whole answer came.
        text: what happened then.
        cause: the exception behind it.
        stream: the body that is still to be read, of a success that was asked for as a stream.
    """

    __slots__ = ("authorization", "cause", "content", "failure", "headers", "status", "stream", "text")

    def __init__(self) -> None:
        self.authorization = ""
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.content = b""
        self.failure: type[errors.RequestError] | None = None
        self.text = ""
        self.cause: Exception | None = None
        self.stream: Stream | None = None

    @property
    def story(self) -> str:
        """What happened, with what the exception behind it says."""
        said = f" ({type(self.cause).__name__}: {self.cause})" if self.cause is not None and str(self.cause) else ""
        return f"{self.text}{said}"

    def fail(self, cause: Exception) -> None:
        """Note that `cause` ended the attempt."""
        for kind, failure, text in _KINDS:
            if isinstance(cause, kind):
                self.failure, self.text, self.cause = failure, text, cause
                return


class Stream:
    """The body of an answer, in pieces as they come, content coding removed.

    Args:
        response: the answer.
    """

    __slots__ = ("_begun", "_coding", "_pieces", "_response", "_unzip")

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._pieces = _pieces_of(response)
        self._begun = False
        self._coding = response.headers.get("content-encoding", "identity").lower()
        self._unzip = _Unzip(self._coding) if self._coding in _WINDOW_BITS else None

    async def read(self, reply: Reply) -> bytes:
        """Return the next piece, b"" if there is none; if that is not the end, `reply` says what happened."""
        if self._unzip is None and self._coding != "identity":
            reply.failure, reply.text = errors.DecodeError, f"the body is in {self._coding}, which was not asked for"
            return b""
        self._begun = True
        try:
            async for piece in self._pieces:
                if plain := self._decoded(piece):
                    return plain
        except (httpx.HTTPError, OSError) as error:
            reply.fail(error)
            return b""
        except zlib.error as error:
            reply.failure, reply.text, reply.cause = errors.DecodeError, f"the body is not {self._coding}", error
            return b""
        if self._unzip is not None and not self._unzip.complete:
            reply.failure, reply.text = errors.ConnectionLost, f"the {self._coding} body was cut short"
        return b""

    def _decoded(self, piece: bytes) -> bytes:
        return self._unzip.feed(piece) if self._unzip is not None else piece

    @property
    def delimited(self) -> bool:
        """Whether the end of the body is marked; else HTTP/1 says it by closing, as a broken connection does."""
        if self._response.extensions.get("http_version") not in (b"HTTP/1.0", b"HTTP/1.1"):
            return True
        return "content-length" in self._response.headers or "transfer-encoding" in self._response.headers

    async def aclose(self) -> None:
        """Let go of the connection; what of the body is not read is lost."""
        if self._begun:
            # The library reads through generators within generators, and trio wants each of them to come to its end:
            # a read that is cancelled ends them all. One that does not wait is not cancelled, hence the loop.
            with CancelScope() as scope, suppress(httpx.HTTPError, OSError, StopAsyncIteration):
                scope.cancel()
                for _ in range(_PATIENCE):
                    await anext(self._pieces)
        await _close(self._response)


def _pieces_of(response: httpx.Response) -> AsyncIterator[bytes]:
    if response.is_stream_consumed or response.is_closed:  # by a hook of the borrowed client, which may have kept it
        response.headers.pop("content-encoding", None)
        content = b""
        with suppress(httpx.ResponseNotRead):
            content = response.content
        return _Whole(content)
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return response.stream.__aiter__()


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
        # Without TLS it goes to this machine only (see `address`), so never through a proxy, which would see the token.
        return httpx.AsyncClient(limits=limits, cookies=_NoCookies(), timeout=None, mounts={"http://": None})
    if hasattr(type(borrowed), "__del__"):  # some close their connections there, which are not the twin's to close
        twin = object.__new__(httpx.AsyncClient)
        twin.__dict__.update(vars(borrowed))
    else:
        twin = copy.copy(borrowed)
    twin.cookies = _NoCookies()
    return twin


async def send(
    client: httpx.AsyncClient,
    outgoing: Outgoing,
    headers: dict[str, str],
    timeouts: dict[str, float | None],
    auth: Credentials | None,
) -> Reply:
    """Send a request once.

    Args:
        client: one that `open_client` made.
        outgoing: the request.
        headers: its header fields, under lower-case names, without the token.
        timeouts: seconds by phase.
        auth: the token; None: it goes without.
    """
    content = outgoing.content
    if isinstance(content, bytes):
        return await _send(client, outgoing, _Whole(content), headers, timeouts, auth)
    async with aclosing(content.pieces()) as pieces:
        reply = await _send(client, outgoing, _Pieces(pieces), headers, timeouts, auth)
    if content.failure is not None:
        raise content.failure
    return reply


async def _send(
    client: httpx.AsyncClient,
    outgoing: Outgoing,
    body: httpx.AsyncByteStream,
    headers: dict[str, str],
    timeouts: dict[str, float | None],
    auth: Credentials | None,
) -> Reply:
    reply = Reply()
    try:
        url = httpx.URL(outgoing.url)
    except httpx.InvalidURL as error:
        reply.failure, reply.text, reply.cause = errors.InvalidRequest, "not a URL that can be used", error
        return reply
    fields = {"host": url.netloc.decode("ascii"), **headers}
    request = httpx.Request(outgoing.method, url, headers=fields, stream=body, extensions={"timeout": timeouts})
    if auth is not None and "authorization" not in headers:
        request.headers["authorization"] = auth.bearer or ""
    reply.authorization = request.headers.get("authorization", "")
    try:
        response = await client.send(request, stream=True, auth=_NO_AUTH, follow_redirects=False)
    except httpx.HTTPStatusError as error:  # raised by a hook of the borrowed client
        response = error.response
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:  # InvalidURL: the location of a redirect
        reply.fail(error)
        return reply
    reply.status = response.status_code
    reply.headers = response.headers.raw
    if outgoing.stream and response.is_success:
        reply.stream = Stream(response)
    else:
        await _read(response, reply)
    return reply


async def _read(response: httpx.Response, reply: Reply) -> None:
    if response.is_stream_consumed or response.is_closed:  # by a hook of the borrowed client, which may have kept it
        with suppress(httpx.ResponseNotRead):
            reply.content = response.content
        return
    stream, body = response.stream, bytearray()
    assert isinstance(stream, httpx.AsyncByteStream)
    try:
        async for chunk in stream:
            body += chunk
    except (httpx.HTTPError, OSError) as error:
        reply.fail(error)
    finally:
        await _close(response)
    reply.content = bytes(body)
    coding = response.headers.get("content-encoding")
    if coding:
        _decompress(reply, coding)


async def _close(response: httpx.Response) -> None:
    with suppress(httpx.HTTPError, OSError):  # the body is read, or why not is noted: the rest changes nothing
        await response.aclose()


def _decompress(reply: Reply, coding: str) -> None:
    try:
        whole = _unzip(reply, coding) if coding.lower() in _WINDOW_BITS else _decode(reply, coding)
    except (httpx.DecodingError, zlib.error) as error:
        if reply.failure is None:
            reply.failure, reply.text, reply.cause = errors.DecodeError, f"the body is not {coding}", error
        return
    if not whole and reply.failure is None:
        reply.failure, reply.text, reply.cause = errors.ConnectionLost, f"the {coding} body was cut short", EOFError()


def _unzip(reply: Reply, coding: str) -> bool:
    """Decompress the body; return whether it came to its end, which httpx does not check."""
    if not reply.content:
        return True
    unzip = _Unzip(coding.lower())
    reply.content = unzip.feed(reply.content)
    return unzip.complete


class _Unzip:
    """Decompresses a body, which may be several in a row (RFC 1952, section 2.2)."""

    def __init__(self, coding: str) -> None:
        self._bits = _WINDOW_BITS[coding]
        self._member = zlib.decompressobj(self._bits)

    @property
    def complete(self) -> bool:
        return self._member.eof

    def feed(self, piece: bytes) -> bytes:
        plain = b""
        while piece:
            if self._member.eof:
                self._member = zlib.decompressobj(self._bits)
            plain += self._member.decompress(piece)
            piece = self._member.unused_data
        return plain


def _decode(reply: Reply, coding: str) -> bool:
    reply.content = httpx.Response(200, headers={"content-encoding": coding}, content=reply.content).content
    return True
