"""`ResponseBody`: the body of an answer that is read while it comes, such as a file or a stream of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from vapi_async.errors import ConnectionLost

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from vapi_async.responses import Response

    from .failures import Failures
    from .transport.protocol import AttemptResult, BodyReader


class ResponseBody:
    """Pieces of a body, as they come, content coding removed. It holds a connection until it is read or closed.

    Args:
        reader: reads the body.
        result: the attempt that it came of.
        response: the answer, without its content.
        failures: makes the errors of the request.
        release: is called once, when the connection is let go of.

    Attributes:
        response: the answer, without its content.
        failures: makes errors for what the body says, or lacks.
    """

    __slots__ = ("_closed", "_reader", "_release", "_result", "failures", "response")

    def __init__(
        self,
        reader: BodyReader,
        result: AttemptResult,
        response: Response[Any],
        failures: Failures,
        release: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._result = result
        self._release = release
        self._closed = False
        self.response = response
        self.failures = failures

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """Return the next piece, of one byte or more.

        Raises:
            TransportError: the connection broke, or the next piece did not come in time.
        """
        piece = b"" if self._closed else await self._read()
        if piece:
            return piece
        await self.aclose()
        if self._result.failure is not None:
            raise self.failures.of_stream(self._result, self.response) from self._result.cause
        raise StopAsyncIteration

    async def _read(self) -> bytes:
        try:
            return await self._reader.read(self._result)
        except BaseException:  # cancelled, after which the library would call it the end
            self._result.fail(ConnectionLost, "reading was cancelled")
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Let go of the connection, also in a cancelled task. Closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        self._release()  # before anything that waits, since that may be cancelled
        from anyio import CancelScope

        with CancelScope(shield=True):
            await self._reader.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    @property
    def delimited(self) -> bool:
        """Whether the answer marks its end, so that an end of the pieces is not one of the connection alone."""
        return self._reader.delimited
