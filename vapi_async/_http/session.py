"""`Session`: what sends requests. A client holds one, and whatever sends takes one: it knows of no client.

It is two parts: what it shares with all copies of its client (address, token, connections, budgets), and options of its
own. So a copy with other options costs nothing and changes nobody else.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from vapi_async._telemetry import tracer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from vapi_async.responses import Response

    from .clock import SystemClock
    from .options import Options
    from .prepared_request import PreparedRequest
    from .shared_state import SharedState

# Where `Client.detailed` finds the answer behind a value. A context variable, since tasks share clients, not contexts.
COLLECTED: ContextVar[list[Response[Any]] | None] = ContextVar("vapi_async.collected", default=None)


class Session:
    """Sends prepared requests.

    Args:
        shared: what copies of the client share.
        options: how its requests are sent.

    Attributes:
        shared: what copies of the client share.
        options: how its requests are sent.
    """

    __slots__ = ("options", "shared")

    def __init__(self, shared: SharedState, options: Options) -> None:
        self.shared: SharedState = shared
        self.options: Options = options

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.base_url}>"

    @property
    def base_url(self) -> str:
        """Where the requests go, without a slash at its end."""
        return self.shared.base_url

    @property
    def clock(self) -> SystemClock:
        """Time and waiting."""
        return self.shared.clock

    async def perform(self, request: PreparedRequest) -> Any:
        """Send a request and return the value of its answer.

        Raises:
            RequestError: it failed.
            ClientClosedError: the client is closed.
        """
        return (await self.send(request)).parsed

    async def send(self, request: PreparedRequest) -> Response[Any]:
        """Send a request and return its answer.

        Raises:
            RequestError: it failed.
            ClientClosedError: the client is closed.
        """
        self.shared.check_open()  # before the event loop gets connections that nobody would close
        from .request_loop import RequestLoop

        loop, traced_by = RequestLoop(self.shared, self.options, request), tracer("vapi_async")
        response = await (loop.run() if traced_by is None else _traced(traced_by, request, loop.run))
        if (collected := COLLECTED.get()) is not None:
            collected.append(response)
        return response

    async def aclose(self) -> None:
        """Close the connections on the running event loop, for good."""
        self.shared.closed = True
        if self.shared.opened:
            from .loop_resources import close_loop_resources

            await close_loop_resources(self.shared)


def collect(response: Response[Any]) -> None:
    """Give `Client.detailed` an answer that was put together of several, if somebody asked for it."""
    collected = COLLECTED.get()
    if collected is not None:
        collected.append(response)


async def _traced(
    traced_by: Any, request: PreparedRequest, send: Callable[[], Awaitable[Response[Any]]]
) -> Response[Any]:
    from .operation_span import send_in_span

    return await send_in_span(traced_by, request, send)
