"""`SentBody`: a body as it is handed to an HTTP library, which notes that the library asked for it.

This is how a client knows what was sent. A library that sends a request asks for its body, the empty one too; once it
has, the API may have got the request, whatever exception comes then. The class of an exception is no witness: some
libraries call every lost connection a failure to connect.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from vapi_async import errors
from vapi_async._http.prepared_request import ContentChanged

from .protocol import AttemptResult

if TYPE_CHECKING:
    from vapi_async._http.prepared_request import StreamedContent


class SentBody:
    """A body under way, which can be read once.

    Args:
        content: the body: bytes, or its pieces.

    Attributes:
        asked: whether anybody asked for it, so that it may have been sent.
    """

    def __init__(self, content: bytes | AsyncIterator[bytes]) -> None:
        self._content = content
        self.asked = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        if self.asked:  # by a library that sends again on its own
            raise RuntimeError("a request is sent once: its body is not there a second time")
        return self

    async def __anext__(self) -> bytes:
        first, self.asked = not self.asked, True
        if not isinstance(self._content, bytes):
            return await anext(self._content)
        if first:
            return self._content
        raise StopAsyncIteration


async def handed_over(
    content: StreamedContent, send: Callable[[AsyncIterator[bytes]], Awaitable[AttemptResult]]
) -> AttemptResult:
    """Return what `send` makes of a body that is read meanwhile; if reading it failed, that is raised.

    A body that changed while it was read is an outcome, since part of it is on its way: the library only saw it end.

    Raises:
        Exception: whatever reading the body raised, which is not the connection's failure.
    """
    async with aclosing(content.pieces()) as pieces:
        result = await send(pieces)
    if content.failure is None:
        return result
    if result.body is not None:
        await result.body.aclose()
    if not isinstance(content.failure, ContentChanged):
        raise content.failure
    changed = AttemptResult(authorization=result.authorization)
    changed.fail(errors.FileChanged, str(content.failure))
    return changed
