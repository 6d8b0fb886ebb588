"""Requests and answers as httpx has them, and what its exceptions mean; for every transport that goes through httpx."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx
from anyio import CancelScope

from vapi_async import errors

from .protocol import AttemptResult, BodyReader
from .sent_body import SentBody, handed_over

if TYPE_CHECKING:
    from vapi_async._http.credentials import Credentials
    from vapi_async._http.prepared_request import PreparedRequest

HttpClient = httpx.AsyncClient
HttpTimeout = httpx.Timeout

Release = Callable[[bool], Awaitable[None]]
"""Lets go of the connection of an answer, given whether its body was left in the middle."""

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
    (httpx.InvalidURL, errors.InvalidRequest, "not a URL that can be used"),
    (Exception, errors.ConnectionLost, "the connection was lost"),
)


class HttpxBody(SentBody, httpx.AsyncByteStream):
    """A body under way through httpx, whose own is a generator, which trio wants closed when sending is broken off."""


def note_failure(error: Exception, result: AttemptResult, *, asked: bool = False) -> None:
    """Say in the result what an exception means.

    Args:
        error: whatever the library raised.
        result: the result.
        asked: whether it had asked for the body: then nothing shows that nothing was sent.
    """
    for exception, failure, text in _MEANINGS:
        if isinstance(error, exception):
            if asked and failure.nothing_was_sent:
                failure, text = errors.ConnectionLost, "the connection was lost"  # noqa: PLW2901
            result.fail(failure, text, error)
            return


class HttpxTransport(ABC):
    """Sends through httpx; subclasses say through what of it."""

    __slots__ = ()

    async def send(
        self,
        request: PreparedRequest,
        headers: dict[str, str],
        timeouts: dict[str, float | None],
        auth: Credentials | None,
    ) -> AttemptResult:
        """Send a request once; see `Transport.send`."""
        content = request.content

        async def send(body: bytes | AsyncIterator[bytes]) -> AttemptResult:
            return await self._send(request, HttpxBody(body), headers, timeouts, auth)

        return await (send(content) if isinstance(content, bytes) else handed_over(content, send))

    @abstractmethod
    async def aclose(self) -> None:
        """Close the connections."""

    @abstractmethod
    async def _answer(self, request: httpx.Request) -> tuple[httpx.Response, Release]:
        """Return the answer to a request, and what to call in the end."""

    async def _send(
        self,
        request: PreparedRequest,
        body: HttpxBody,
        headers: dict[str, str],
        timeouts: dict[str, float | None],
        auth: Credentials | None,
    ) -> AttemptResult:
        authorization = headers.get("authorization", "")
        if auth is not None and not authorization:
            authorization = auth.bearer or ""
        try:
            url = httpx.URL(request.url)
            fields = {"host": url.netloc.decode("ascii"), **headers}
            if authorization:
                fields["authorization"] = authorization
            sent = httpx.Request(request.method, url, headers=fields, stream=body, extensions={"timeout": timeouts})
            hide_url(sent, request.shown_url)
            response, release = await self._answer(sent)
        except errors.VapiError:  # one of ours already, such as the sandbox's
            raise
        except Exception as error:  # noqa: BLE001 - whatever a transport raises is an outcome
            result = AttemptResult(authorization=authorization)
            note_failure(error, result, asked=body.asked)
            return result
        result = AttemptResult(response.status_code, response.headers.raw, authorization)
        result.body = body_of(response, release)
        return result


def body_of(response: httpx.Response, release: Release) -> BodyReader:
    """Return what reads the body of an answer, and then lets go of its connection."""
    return BodyReader(_HttpxAnswer(response, release), response.headers.get("content-encoding", ""))


class _SecretURL(httpx.URL):
    """A URL that is as secret as a token; `shown` is what may be shown of it."""

    shown = ""


class _LogFilter(logging.Filter):
    """Shows of secret URLs in the library's log what may be shown of them; all else stays as it is."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(arg.shown if isinstance(arg, _SecretURL) else arg for arg in record.args)
        return True


_LOG_FILTER = _LogFilter()


def hide_url(request: httpx.Request, shown: str) -> None:
    """Keep the URL of a request out of the library's log, if it is not what may be shown."""
    if str(request.url) != shown:
        request.url = secret = _SecretURL(request.url)
        secret.shown = shown
        logging.getLogger("httpx").addFilter(_LOG_FILTER)  # the second time does nothing


class _HttpxAnswer:
    """The body of an httpx response, as it came over the wire: a `WireBody`."""

    __slots__ = ("_release", "_response", "failures", "pieces")

    def __init__(self, response: httpx.Response, release: Release) -> None:
        self._response = response
        self._release = release
        self.failures: tuple[type[Exception], ...] = (Exception,)
        self.pieces = _pieces_of(response)

    @property
    def delimited(self) -> bool:
        """Whether the end of the body is marked; else HTTP/1 says it by closing, as a broken connection does."""
        if self._response.extensions.get("http_version") not in (b"HTTP/1.0", b"HTTP/1.1"):
            return True
        return "content-length" in self._response.headers or "transfer-encoding" in self._response.headers

    def note(self, failure: Exception, result: AttemptResult) -> None:
        """Say in the result what a failure means."""
        note_failure(failure, result, asked=True)

    async def aclose(self, *, midway: bool) -> None:
        """Let go of the connection."""
        if midway:
            # The library reads through generators within generators, and trio wants each of them to come to its end:
            # a read that is cancelled ends them all. One that does not wait is not cancelled, hence the loop.
            with CancelScope() as scope, suppress(Exception, StopAsyncIteration):
                scope.cancel()
                for _ in range(_MOST_PIECES):
                    await anext(self.pieces)
        with suppress(Exception):  # the body is read, or why not is noted: the rest changes nothing
            await self._release(midway)


def _pieces_of(response: httpx.Response) -> AsyncIterator[bytes]:
    if response.is_stream_consumed or response.is_closed:  # by a hook of the borrowed client, which may have kept it
        response.headers.pop("content-encoding", None)
        content = b""
        with suppress(httpx.ResponseNotRead):
            content = response.content
        return aiter(httpx.ByteStream(content))
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return aiter(response.stream)
