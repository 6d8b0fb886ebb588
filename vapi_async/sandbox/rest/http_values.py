"""What goes in and out of handlers: `HttpRequest`, `HttpResponse`, and `Refusal` for an answer that is an error."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any, Protocol, TypeAlias
from urllib.parse import parse_qsl

from attrs import define, field, frozen

from vapi_async._lazy import exported_by
from vapi_async.responses import Headers

_REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class QueryParams(Mapping[str, str]):
    """The query of a request, read by name; a parameter that came several times reads as its last value.

    Args:
        raw: the query string.
    """

    __slots__ = ("_pairs",)

    def __init__(self, raw: str = "") -> None:
        self._pairs = parse_qsl(raw, keep_blank_values=True) if raw else []

    def __getitem__(self, name: str) -> str:
        for key, value in reversed(self._pairs):
            if key == name:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key for key, _ in self._pairs))

    def __len__(self) -> int:
        return len({key for key, _ in self._pairs})

    def get_all(self, name: str) -> list[str]:
        """Return every value of the parameter `name`, in the order they came."""
        return [value for key, value in self._pairs if key == name]

    def __repr__(self) -> str:
        return f"QueryParams({self._pairs})"


@frozen
class Upload:
    """A file of a multipart form.

    Attributes:
        filename: as the sender calls it.
        media_type: its type, "application/octet-stream" if the sender gave none.
        data: the content.
    """

    filename: str
    media_type: str
    data: bytes = field(repr=lambda data: f"<{len(data)} bytes>")


@define
class HttpRequest:
    """A request that was routed, and is valid by the contract.

    Attributes:
        method: in capitals.
        path: the path as it came, such as "/call/123".
        operation: the operation, such as "GET /call/{id}".
        params: the values of the path's parameters.
        query: the query.
        headers: the header fields.
        body: the JSON value; of a form a dict, with files as Upload; {} where a body could be and is none, else None.
    """

    method: str
    path: str
    operation: str
    params: dict[str, str] = field(factory=dict)
    query: QueryParams = field(factory=QueryParams)
    headers: Headers = field(factory=Headers)
    body: Any = None


@define
class HttpResponse:
    """An answer.

    Attributes:
        status: the HTTP status.
        body: a JSON value; bytes are sent as they are, an async iterator of bytes as they come.
        headers: header fields; content-type is application/json if they do not name one.
        placeholder: whether the body is an example of its schema, and nothing follows from the request.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(factory=dict)
    placeholder: bool = False


Handler: TypeAlias = Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]
Stream: TypeAlias = AsyncIterator[bytes]


class Answering(Protocol):
    """A part of the sandbox that answers operations."""

    def handlers(self) -> Mapping[str, Handler]:
        """Return what answers which operation."""
        ...


class GoingOn(Answering, Protocol):
    """One whose objects change by themselves as time passes."""

    def resume(self) -> None:
        """Go on with what is stored and goes on."""


@exported_by("vapi_async.sandbox")
class Refusal(Exception):
    """An answer that is an error, in the API's form: `{"message", "error", "statusCode"}`.

    Args:
        status: the HTTP status.
        message: what is wrong; a list for several things.
        error: the API's word for the status.
        headers: header fields of the answer.
        body: the whole body, in place of that form.
        more: further members of the body.
    """

    def __init__(
        self,
        status: int,
        message: str | list[str],
        error: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        **more: Any,
    ) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.headers: dict[str, str] = dict(headers or {})
        reason = error or _REASONS.get(status, "Error")
        self.body: Any = (
            body if body is not None else {"message": message, "error": reason, "statusCode": status, **more}
        )

    def reply(self) -> HttpResponse:
        """Return it as an answer."""
        return HttpResponse(self.status, self.body, self.headers)


def not_found(resource: str, id: str) -> Refusal:  # noqa: A002
    """Return the refusal for a resource that does not exist."""
    return Refusal(404, f"Couldn't find {resource} {id}.")
