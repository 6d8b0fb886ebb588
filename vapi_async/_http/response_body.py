"""`Body`: the body of an answer that is read while it comes, such as a file or a stream of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from vapi_async.errors import ConnectionLost

if TYPE_CHECKING:
    from types import TracebackType

    from vapi_async.errors import RequestError
    from vapi_async.responses import Response

    from .request_loop import Exchange
    from .transport import Reply


class Body:
    """Pieces of a body, as they come, content coding removed. It holds a connection until it is read or closed.

    Args:
        exchange: the request that it answers.
        reply: the attempt that it came of.
        response: the answer, without its content.

    Attributes:
        response: the answer, without its content.
    """

    __slots__ = ("_closed", "_exchange", "_reply", "response")

    def __init__(self, exchange: Exchange, reply: Reply, response: Response[Any]) -> None:
        self._exchange = exchange
        self._reply = reply
        self._closed = False
        self.response = response

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
        if self._reply.failure is not None:
            raise self._exchange.broken(self._reply, self.response) from self._reply.cause
        raise StopAsyncIteration

    async def _read(self) -> bytes:
        assert self._reply.stream is not None
        try:
            return await self._reply.stream.read(self._reply)
        except BaseException:  # cancelled, after which the library would call it the end
            self._reply.failure, self._reply.text = ConnectionLost, "reading was cancelled"
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Let go of the connection, also in a cancelled task. Closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        self._exchange.release()
        from anyio import CancelScope

        assert self._reply.stream is not None
        with CancelScope(shield=True):
            await self._reply.stream.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    @property
    def delimited(self) -> bool:
        """Whether the answer marks its end, so that an end of the pieces is not one of the connection alone."""
        assert self._reply.stream is not None
        return self._reply.stream.delimited

    def scrubbed(self, content: bytes) -> bytes:
        """Return part of the body without the token, should it be quoted there."""
        return self._exchange.scrubbed(content)

    def failure(self, kind: type[RequestError], text: str) -> RequestError:
        """Return an error of this request for what its body says, or lacks.

        Args:
            kind: the class of the error.
            text: what is wrong, in one line.
        """
        return self._exchange.failed(kind, text, self.response)
