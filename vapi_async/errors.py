"""Everything that can go wrong, as one tree; catch it at the level that you can act on.

    VapiError
    ├── ConfigurationError            also ValueError: what a client was made with cannot work; nothing was sent
    ├── ClientClosedError             also RuntimeError: the client, or the http_client it borrows, is closed
    ├── PaginationError               a list cannot be walked on without losing or repeating items
    ├── MissingExtra                  also ImportError: what was asked for needs a package that is not installed
    ├── WaitError                     `wait`: the call or run can no longer come to the state waited for
    │   └── WaitTimeout               also the built-in TimeoutError: it has not within the time given
    ├── WebhookError                  a delivery to a webhook is not accepted
    │   ├── VerificationError         it is not from whom it should be
    │   └── MessageError              also ValueError: it is no server message
    └── RequestError                  one request failed
        ├── TransportError            no whole answer came back
        │   ├── ConnectError          no connection: nothing was sent
        │   │   └── ConnectTimeout    (also a TimeoutError)
        │   ├── TimeoutError          also the built-in TimeoutError
        │   │   ├── PoolTimeout       no connection became free: nothing was sent
        │   │   ├── WriteTimeout      the request could not be sent in time
        │   │   ├── ReadTimeout       the answer did not come in time
        │   │   └── DeadlineExceeded  the deadline of the retry policy passed
        │   ├── ConnectionLost        the connection broke under the request or its answer
        │   ├── FileChanged           a file changed while it was uploaded
        │   └── InvalidRequest        the HTTP library refused to send it: nothing was sent
        ├── StatusError               the API answered with another status than 2xx
        │   ├── RedirectError         3xx
        │   ├── ClientError           4xx
        │   │   ├── BadRequestError 400, AuthenticationError 401, PaymentRequiredError 402,
        │   │   │   PermissionDeniedError 403, NotFoundError 404, RequestTimeoutError 408, ConflictError 409,
        │   │   └── PayloadTooLargeError 413, UnprocessableEntityError 422, RateLimitError 429
        │   └── ServerError           5xx
        │       └── InternalServerError 500, BadGatewayError 502, ServiceUnavailableError 503, GatewayTimeoutError 504
        ├── DecodeError               2xx, but the body is no JSON, is missing, or (strict) not what the contract says
        │   └── ResponseTooLarge      2xx, but the body is larger than max_response_bytes
        ├── StreamError               2xx, but the API reported a failure within the stream it answered with
        └── HookError                 a hook raised; the answer, if there was one, is in `response`

Wrong arguments are Python's own TypeError and ValueError, raised before anything is sent.

Every RequestError tells whether what it asked for may have happened all the same (`may_have_been_processed`), and one
of `POST /call` can look for the call (`reconcile`). Errors are plain data: they pickle and copy. Only the connection to
the API that `reconcile` would use stays behind, so a copy from another process is given a client.

What is known of a failed request is given to the constructors by name, so that a misspelt fact is a TypeError.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypedDict

from .responses import Headers

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import datetime
    from typing import Unpack

    from ._modeling.partial_results import Partial, Recording
    from .responses import Response


class HasSession(Protocol):
    """A client, as far as `RequestError.reconcile` needs one."""

    _session: Any


class Trace(Protocol):
    """What is known of the thing that a failed request may have made, and how to look for it. It pickles."""

    def find(self, error: RequestError, client: HasSession | None) -> Awaitable[Any]:
        """Return the thing, None if there is none; `client` counts before the session that made the request."""
        ...


class RequestFacts(TypedDict, total=False):
    """What the constructor of every RequestError takes beside the text; see its attributes."""

    method: str
    url: str
    attempts: int
    may_have_been_processed: bool
    began: datetime | None
    response: Response[Any] | None
    partial: Partial | Recording | None
    trace: Trace | None


def _rebuild(error_class: type[VapiError], args: tuple[Any, ...], state: dict[str, Any]) -> VapiError:
    # Without __init__: the state has all that it was told, and notes as well.
    error = error_class.__new__(error_class, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class VapiError(Exception):
    """Base of all errors of this library."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, dict(self.__dict__))


class ConfigurationError(VapiError, ValueError):
    """What the client was made with cannot work: no token, a base_url that is not https, and so on."""


class ClientClosedError(VapiError, RuntimeError):
    """The client was used after it, or the http_client that it borrows, was closed."""


class PaginationError(VapiError):
    """A list cannot be walked on without losing or repeating items."""


class MissingExtra(VapiError, ImportError):
    """What was asked for needs a package that is not installed; the message says which extra brings it."""


class WaitError(VapiError):
    """The call, run, campaign or file that was waited for ended without coming to the state waited for.

    Attributes:
        call: it as it was last seen, None if it never was.
    """

    call: Any = None

    def __init__(self, text: str = "", call: Any = None) -> None:
        super().__init__(text)
        self.call = call

    @property
    def last(self) -> Any:
        """What was waited for as it was last seen, None if it never was: `call` by a name that suits all."""
        return self.call


class WaitTimeout(WaitError, builtins.TimeoutError):
    """What was waited for did not come to that state within the time given."""


class WebhookError(VapiError):
    """A delivery to a webhook is not accepted."""


class VerificationError(WebhookError):
    """A delivery to a webhook is not from whom it should be: no verifier accepts it."""


class MessageError(WebhookError, ValueError):
    """A delivery to a webhook is no server message."""


class RequestError(VapiError):
    """One request failed.

    Attributes:
        method: the HTTP method.
        url: where the request went, with the query.
        attempts: how often it was sent; 0 if it never was.
        may_have_been_processed: whether the API may have done what the request asked for, although it failed. Never
            true for requests that only read.
        began: when the request began, by this machine's clock, in UTC.
        response: the answer, if there was one; cut short where the connection broke in its body.
        partial: of a stream of a chat, or of a call that was recorded, what came of it before it failed.
    """

    method: str = ""
    url: str = ""
    attempts: int = 0
    may_have_been_processed: bool = False
    began: datetime | None = None
    response: Response[Any] | None = None
    partial: Partial | Recording | None = None
    _trace: Trace | None = None

    def __init__(
        self,
        text: str = "",
        *,
        method: str = "",
        url: str = "",
        attempts: int = 0,
        may_have_been_processed: bool = False,
        began: datetime | None = None,
        response: Response[Any] | None = None,
        partial: Partial | Recording | None = None,
        trace: Trace | None = None,
    ) -> None:
        super().__init__(text)
        self.method = method
        self.url = url
        self.attempts = attempts
        self.may_have_been_processed = may_have_been_processed
        self.began = began
        self.response = response
        self.partial = partial
        self._trace = trace

    @property
    def request_id(self) -> str | None:
        """The identifier of the request in the API's answer, if there is one."""
        return self.response.request_id if self.response else None

    async def reconcile(self, client: HasSession | None = None) -> Any:
        """Look for the call that a failed `POST /call` may have created after all.

        Looks at the calls created since the request began, by the API's clock, for the same assistant (or squad),
        phone number and customer. If several fit, the earliest is taken: equal calls placed at the same time cannot
        be told apart.

        Args:
            client: asks through this client; needed only for an error that was pickled.

        Returns:
            The Call, or None if there is none (yet).

        Raises:
            TypeError: the request was not a `POST /call` for one customer.
            RequestError: looking failed, or was answered with something else than a list of calls (DecodeError).
        """
        if self._trace is None:
            raise TypeError("only the error of a request that creates a call can look for what it created")
        return await self._trace.find(self, client)


class TransportError(RequestError):
    """No whole answer came back.

    Attributes:
        nothing_was_sent: whether the request surely never left, so that sending it again is harmless.
    """

    nothing_was_sent: ClassVar[bool] = False


class ConnectError(TransportError):
    """There was no connection to the API (or to the proxy before it), so nothing was sent."""

    nothing_was_sent = True


class TimeoutError(TransportError, builtins.TimeoutError):  # noqa: A001
    """Something took longer than the client's timeout allows."""


class ConnectTimeout(ConnectError, TimeoutError):
    """No connection came about in time, so nothing was sent."""


class PoolTimeout(TimeoutError):
    """No connection of the pool became free in time, so nothing was sent."""

    nothing_was_sent = True


class WriteTimeout(TimeoutError):
    """The request could not be sent in time; part of it may have been."""


class ReadTimeout(TimeoutError):
    """The answer, or the rest of it, did not come in time."""


class DeadlineExceeded(TimeoutError):
    """The deadline of the retry policy passed: over all attempts and the waits between them.

    If that was while a response hook looked at the answer, the answer is in `response`, its value in `response.parsed`.
    """


class ConnectionLost(TransportError):
    """The connection broke under the request or its answer, or what came over it was not HTTP."""


class FileChanged(TransportError):
    """A file changed while it was uploaded: it grew, shrank or was written to.

    The request is broken off before its end, so that the API does not store a file that is half the old one and half
    the new one. It is not retried. To upload a file that others write to, upload a copy, or its bytes.
    """


class InvalidRequest(TransportError):
    """The HTTP library refused to send the request as it is, so nothing was sent."""

    nothing_was_sent = True


class StatusError(RequestError):
    """The API answered with another status than 2xx.

    Attributes:
        status_code: the HTTP status.
        message: what the API said, in one line; empty if it said nothing.
        body: the answer's body: decoded JSON, else text, None if empty. Of more than 1 MiB, the beginning, as text.
        parsed: the body as a model, where the contract describes this status for this operation; else None.
    """

    status_code: int = 0
    message: str = ""
    body: Any = None
    parsed: Any = None

    def __init__(
        self,
        text: str = "",
        *,
        status_code: int = 0,
        message: str = "",
        body: Any = None,
        parsed: Any = None,
        **facts: Unpack[RequestFacts],
    ) -> None:
        super().__init__(text, **facts)
        self.status_code = status_code
        self.message = message
        self.body = body
        self.parsed = parsed

    @property
    def headers(self) -> Headers:
        """The header fields of the answer."""
        return self.response.headers if self.response else Headers()


class RedirectError(StatusError):
    """3xx: the API pointed elsewhere. Redirects are not followed, so that the token stays at home.

    The message is empty: bodies of redirects quote where they lead, which may be signed.
    """


class ClientError(StatusError):
    """4xx: the API refused the request."""


class BadRequestError(ClientError):
    """400: the request is malformed, or against a limit or policy."""


class AuthenticationError(ClientError):
    """401: the token is missing, unknown, or not for this."""


class PaymentRequiredError(ClientError):
    """402: the account cannot pay for it."""

    @property
    def reason(self) -> str | None:
        """The API's code for why, such as `insufficient_credits`, if it gave one."""
        reason = self.body.get("reason") if isinstance(self.body, dict) else None
        return reason if isinstance(reason, str) else None


class PermissionDeniedError(ClientError):
    """403: the token is valid, but not for this."""


class NotFoundError(ClientError):
    """404: there is no such thing (any more)."""


class RequestTimeoutError(ClientError):
    """408: the API, or a proxy before it, gave up waiting."""


class ConflictError(ClientError):
    """409: the state of the thing does not allow it, for example since others still refer to it."""


class PayloadTooLargeError(ClientError):
    """413: the body is too large."""


class UnprocessableEntityError(ClientError):
    """422: the request is well-formed, but what it says cannot be done."""


class RateLimitError(ClientError):
    """429: too many requests.

    Attributes:
        retry_after: the seconds that the API asked to wait, None if it did not say.
    """

    retry_after: float | None = None


class ServerError(StatusError):
    """5xx: the API failed."""


class InternalServerError(ServerError):
    """500: the API failed on its own side."""


class BadGatewayError(ServerError):
    """502: a proxy got no valid answer from the API."""


class ServiceUnavailableError(ServerError):
    """503: the API cannot serve this now."""


class GatewayTimeoutError(ServerError):
    """504: a proxy got no answer from the API in time."""


class DecodeError(RequestError):
    """The API answered 2xx, but not with what was expected.

    An empty answer is one only to a POST whose answer the contract describes, since what was made cannot be known
    then (204 and 205 apart). Any other empty answer is the value None.

    Attributes:
        raw: the body as it came, content coding removed where that was possible.
        parsed: what could be made of it: with `strict`, the model; of JSON that was cut off, the part that came.
        paths: with `strict`, where the model does not match the contract; else empty.
    """

    raw: bytes = b""
    parsed: Any = None
    paths: tuple[str, ...] = ()

    def __init__(
        self,
        text: str = "",
        *,
        raw: bytes = b"",
        parsed: Any = None,
        paths: tuple[str, ...] = (),
        **facts: Unpack[RequestFacts],
    ) -> None:
        super().__init__(text, **facts)
        self.raw = raw
        self.parsed = parsed
        self.paths = paths


class ResponseTooLarge(DecodeError):
    """The API answered 2xx, but with more than `max_response_bytes` of the client, so reading it was broken off.

    The attribute `raw` is the beginning of the body, `parsed` what could be made of that. Ask for less at once
    (`limit=`), or give the client a larger `max_response_bytes`.
    """


class StreamError(RequestError):
    """The API answered 2xx with a stream, and reported a failure within it.

    Attributes:
        message: what the API said, in one line.
        code: the API's code for it, None if it gave none.
        param: the parameter that it is about, None if the API named none.
    """

    message: str = ""
    code: str | None = None
    param: str | None = None

    def __init__(
        self,
        text: str = "",
        *,
        message: str = "",
        code: str | None = None,
        param: str | None = None,
        **facts: Unpack[RequestFacts],
    ) -> None:
        super().__init__(text, **facts)
        self.message = message
        self.code = code
        self.param = param


class HookError(RequestError):
    """A hook raised; its exception is the `__cause__`. What the API answered, if it did, is in `response`."""


_BY_STATUS: dict[int, type[StatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: PaymentRequiredError,
    403: PermissionDeniedError,
    404: NotFoundError,
    408: RequestTimeoutError,
    409: ConflictError,
    413: PayloadTooLargeError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    500: InternalServerError,
    502: BadGatewayError,
    503: ServiceUnavailableError,
    504: GatewayTimeoutError,
}
_BY_FAMILY: dict[int, type[StatusError]] = {3: RedirectError, 4: ClientError, 5: ServerError}


def status_error_class(status: int) -> type[StatusError]:
    """Return the class of error for an HTTP status other than 2xx."""
    return _BY_STATUS.get(status) or _BY_FAMILY.get(status // 100, StatusError)


# Pickles and tracebacks name errors as users import them.
for _each in list(globals().values()):
    if isinstance(_each, type) and issubclass(_each, VapiError):
        _each.__module__ = "vapi_async"
