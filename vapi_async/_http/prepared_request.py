"""`Outgoing`: one request, complete but for the token, in a form that can be sent any number of times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .retry import is_repeatable, reads_only

if TYPE_CHECKING:
    from vapi_async._operations.multipart import Form

    from .retry import Safety

_NOTHING: Mapping[Any, Any] = {}


class Outgoing:
    """What is to be sent, and what is to be made of the answer.

    Attributes:
        method: the HTTP method, in capitals.
        path: the path below the base URL, parameters filled in, without the query.
        url: the whole URL.
        headers: header fields under lower-case names.
        content: the body: bytes, or a form that is read while it is sent.
        safety: the overlay's mark, if there is one.
        returns: makes the value from decoded JSON.
        errors: status -> what makes a model of such an answer.
        models: the package of the models, None if the request is of no operation.
        authorize: whether the token goes with it.
        raw: whether the value of a success is its body as it is.
        stream: whether the value of a success is its body yet to be read, a `Body`.
    """

    __slots__ = (
        "authorize",
        "content",
        "errors",
        "headers",
        "method",
        "models",
        "path",
        "raw",
        "returns",
        "safety",
        "stream",
        "url",
    )

    def __init__(
        self,
        method: str,
        path: str,
        url: str,
        *,
        headers: dict[str, str],
        content: bytes | Form = b"",
        safety: Safety | None = None,
        returns: Callable[[Any], Any] | None = None,
        errors: Mapping[int, Callable[[Any], Any]] = _NOTHING,
        models: str | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.url = url
        self.headers = headers
        self.content = content
        self.safety: Safety | None = safety
        self.returns = returns
        self.errors = errors
        self.models = models
        self.authorize = True
        self.raw = False
        self.stream = False

    @property
    def shown_url(self) -> str:
        """The URL as it may be shown: a query that replaces the token is as secret as the token."""
        return self.url if self.authorize else self.url.partition("?")[0]

    @property
    def can_be_sent(self) -> bool:
        """Whether the body is still there to be sent, once more or at all."""
        return isinstance(self.content, bytes) or self.content.can_be_read

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return is_repeatable(self.method, self.safety)

    @property
    def reads_only(self) -> bool:
        """Whether it changes nothing."""
        return reads_only(self.method, self.safety)
