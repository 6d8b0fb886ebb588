"""Hooks: functions of the user's that are called around every request, sync or async.

A request hook may change the header fields; it never sees the token. A response hook sees every answer, those that
are retried included. A retry hook sees what failed and how long the client will wait. If a hook raises, the request
ends with a HookError that carries the answer, if there was one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from vapi_async._lazy import exported_by
from vapi_async.responses import Response

if TYPE_CHECKING:
    from vapi_async.errors import RequestError

E = TypeVar("E")


@exported_by("vapi_async")
class RequestEvent:
    """A request that is about to be sent.

    Attributes:
        method: the HTTP method.
        url: where it goes, with the query; without it for a storage, where the query stands for the token.
        headers: its header fields under lower-case names, without the token; may be changed.
        attempt: 1 for the first time.
    """

    __slots__ = ("attempt", "headers", "method", "url")

    def __init__(self, method: str, url: str, headers: dict[str, str], attempt: int) -> None:
        self.method: str = method
        self.url: str = url
        self.headers: dict[str, str] = headers
        self.attempt: int = attempt


@exported_by("vapi_async")
class RetryEvent:
    """A request that failed and will be sent again.

    Attributes:
        method: the HTTP method.
        url: where it goes, with the query.
        attempt: the number of the attempt that failed, 1 or more.
        delay: seconds until the next one; after a 429 it may become longer, as all requests of a client wait together.
        error: what would have been raised.
    """

    __slots__ = ("attempt", "delay", "error", "method", "url")

    def __init__(self, attempt: int, delay: float, error: RequestError) -> None:
        self.method: str = error.method
        self.url: str = error.url
        self.attempt: int = attempt
        self.delay: float = delay
        self.error: RequestError = error


RequestHook = Callable[[RequestEvent], "Awaitable[None] | None"]
ResponseHook = Callable[[Response[Any]], "Awaitable[None] | None"]
RetryHook = Callable[[RetryEvent], "Awaitable[None] | None"]


class Hooks:
    """The hooks of a client, called in the order they were given."""

    __slots__ = ("request", "response", "retry")

    def __init__(
        self,
        request: tuple[RequestHook, ...] = (),
        response: tuple[ResponseHook, ...] = (),
        retry: tuple[RetryHook, ...] = (),
    ) -> None:
        self.request: tuple[RequestHook, ...] = request
        self.response: tuple[ResponseHook, ...] = response
        self.retry: tuple[RetryHook, ...] = retry

    def plus(self, request: RequestHook | None, response: ResponseHook | None, retry: RetryHook | None) -> Hooks:
        """Return these hooks and after them the given ones."""
        return Hooks(
            self.request + ((request,) if request else ()),
            self.response + ((response,) if response else ()),
            self.retry + ((retry,) if retry else ()),
        )


async def run(hooks: Iterable[Callable[[E], Awaitable[None] | None]], event: E) -> None:
    """Call every hook with `event`, awaiting those that are async."""
    for hook in hooks:
        result = hook(event)
        if result is not None:
            await result
