"""`PreparedRequest`: one request, complete but for the token, in a form that can be sent any number of times."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from .retry import reads_only

if TYPE_CHECKING:
    from vapi_async.errors import Trace

    from .retry import Safety

Decoder = Callable[[Any], Any]
"""Makes a value of decoded JSON."""

_NOTHING: Mapping[Any, Any] = {}


class ContentChanged(Exception):
    """What a body is read from changed meanwhile; what was sent of it is no whole request."""


class StreamedContent(Protocol):
    """A body that is read while it is sent, such as a form with files in it."""

    failure: Exception | None
    """What reading it raised, which is not the connection's failure."""

    @property
    def can_be_read(self) -> bool:
        """Whether it can be read to its end, again or for the first time."""
        ...

    def pieces(self) -> AsyncGenerator[bytes, None]:
        """Yield it in pieces; to be closed if it is not read to its end."""
        ...


class HasPath(Protocol):
    """An operation, as far as a request needs to know it."""

    path: str

    def __hash__(self) -> int: ...


class PreparedRequest:
    """What is to be sent, and what is to be made of the answer. It is never changed: `replace` makes another one.

    Attributes:
        method: the HTTP method, in capitals.
        path: the path below the base URL, parameters filled in, without the query.
        url: the whole URL.
        shown_url: the URL as hooks and errors may show it. Default: the URL; without its query for a request that
            carries no token, since the query then stands for the token and is as secret.
        headers: header fields under lower-case names.
        content: the body: bytes, or what is read while it is sent.
        safety: the overlay's mark on what repeating it does, if there is one.
        returns: makes the value from decoded JSON.
        errors: status -> what makes a model of such an answer.
        models: the package of the models, None if the request is of no operation.
        operation: the operation that it is of, if it is of one.
        authorize: whether the token goes with it.
        raw: whether the value of a success is its body as it is.
        stream: whether the value of a success is its body yet to be read, a `ResponseBody`.
        trace: for a request that makes something which can be looked for afterwards: makes the trace that its errors
            get, of the request and the header fields of the answer.
    """

    __slots__ = (
        "authorize",
        "content",
        "errors",
        "headers",
        "method",
        "models",
        "operation",
        "path",
        "raw",
        "returns",
        "safety",
        "shown_url",
        "stream",
        "trace",
        "url",
    )

    def __init__(
        self,
        method: str,
        path: str,
        url: str,
        *,
        headers: dict[str, str],
        content: bytes | StreamedContent = b"",
        safety: Safety | None = None,
        returns: Decoder | None = None,
        errors: Mapping[int, Decoder] = _NOTHING,
        models: str | None = None,
        authorize: bool = True,
        raw: bool = False,
        stream: bool = False,
        trace: Callable[[PreparedRequest, Mapping[str, str]], Trace] | None = None,
        shown_url: str | None = None,
        operation: HasPath | None = None,
    ) -> None:
        self.method: str = method
        self.path: str = path
        self.url: str = url
        self.headers: dict[str, str] = headers
        self.content: bytes | StreamedContent = content
        self.safety: Safety | None = safety
        self.returns: Decoder | None = returns
        self.errors: Mapping[int, Decoder] = errors
        self.models: str | None = models
        self.authorize: bool = authorize
        self.raw: bool = raw
        self.stream: bool = stream
        self.trace: Callable[[PreparedRequest, Mapping[str, str]], Trace] | None = trace
        self.operation: HasPath | None = operation
        self.shown_url: str = shown_url or (url if authorize else url.partition("?")[0])

    def replace(
        self, *, url: str | None = None, headers: dict[str, str] | None = None, stream: bool | None = None
    ) -> PreparedRequest:
        """Return the request with another URL, other header fields, or its answer as a stream."""
        return PreparedRequest(
            self.method,
            self.path,
            self.url if url is None else url,
            headers=self.headers if headers is None else headers,
            content=self.content,
            safety=self.safety,
            returns=self.returns,
            errors=self.errors,
            models=self.models,
            authorize=self.authorize,
            raw=self.raw,
            stream=self.stream if stream is None else stream,
            trace=self.trace,
            operation=self.operation,
            shown_url=self.shown_url if url is None else None,
        )

    @property
    def can_be_sent(self) -> bool:
        """Whether the body is still there to be sent, once more or at all."""
        return isinstance(self.content, bytes) or self.content.can_be_read

    @property
    def reads_only(self) -> bool:
        """Whether it changes nothing."""
        return reads_only(self.method, self.safety)
