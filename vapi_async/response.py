"""`Response`: everything about one answer, for those who need more than the value in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from .headers import Headers

T = TypeVar("T")

# The API documents none of them; these are what NestJS services and the proxy before them commonly set.
_REQUEST_ID_FIELDS = ("x-request-id", "x-correlation-id", "x-vapi-request-id", "cf-ray")


class Response(Generic[T]):
    """An answer of the API.

    Attributes:
        parsed: the value that the method returns; None where nothing was, or could be, decoded.
        status_code: the HTTP status.
        headers: the header fields, read by name in any case.
        content: the body as bytes, content coding removed.
        method: the HTTP method of the request.
        url: where it went, with the query.
        attempts: how often it was sent, this time included.
    """

    __slots__ = ("attempts", "content", "headers", "method", "parsed", "status_code", "url")

    def __init__(
        self,
        *,
        parsed: T,
        status_code: int,
        headers: Headers,
        content: bytes,
        method: str,
        url: str,
        attempts: int,
    ) -> None:
        self.parsed = parsed
        self.status_code = status_code
        self.headers = headers
        self.content = content
        self.method = method
        self.url = url
        self.attempts = attempts

    @property
    def request_id(self) -> str | None:
        """The identifier by which the API's operators can find the request, if the answer has one."""
        found = (self.headers.get(name) for name in _REQUEST_ID_FIELDS)
        return next((value for value in found if value), None)

    def json(self) -> Any:
        """Return the body decoded as JSON, None if it is empty.

        Raises:
            ValueError: it is not JSON.
        """
        from .codec import loads

        return loads(self.content)

    def text(self) -> str:
        """Return the body as text; bytes that are not UTF-8 become replacement characters."""
        return self.content.decode("utf-8", "replace")

    def __repr__(self) -> str:
        return f"<Response {self.status_code} of {self.method} {self.url.partition('?')[0]}, {len(self.content)} bytes>"
