"""`Answer`: the HTTP response to a delivery, and `AudioStream`, its body where that is audio."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple, Self

from vapi_async._lazy import exported_by

JSON = "application/json"
AUDIO = "application/octet-stream"
ACCEPTED = b"{}"


async def do_nothing() -> None:
    """Do nothing."""


def do_nothing_in_sync() -> None:
    """Do nothing."""


class AudioStream:
    """Chunks of audio, of which the first was awaited already, since after it the status can no longer be an error.

    Whoever does not read it to its end has to close it.

    Args:
        first: the first chunk.
        chunks: the others.
    """

    def __init__(self, first: bytes, chunks: AsyncIterator[bytes]) -> None:
        self._first: bytes | None = first
        self._chunks = chunks

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if self._first is None:
            return await anext(self._chunks)
        first, self._first = self._first, None
        return first

    async def aclose(self) -> None:
        """Let the iterator clean up, if it has anything to."""
        close = getattr(self._chunks, "aclose", None)
        if close is not None:
            await close()


class _Parts(NamedTuple):
    status: int
    body: Any
    after: Any


@exported_by("vapi_async.webhooks")
class Answer(_Parts):
    """An HTTP response, and what to do once it is sent: `status, body, after = answer`.

    Attributes:
        status: the HTTP status.
        body: bytes; of a voice request maybe an async iterator of bytes, but not of `handle_sync`.
        after: runs the handlers of events; async (plain, of `handle_sync`), without arguments. Call it in any case.
        media_type: the value for the header `content-type`.
        headers: further header fields.
    """

    media_type: str
    headers: dict[str, str]

    def __new__(
        cls,
        status: int,
        body: bytes | AudioStream,
        after: Callable[[], Any] = do_nothing,
        *,
        media_type: str = JSON,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        self = super().__new__(cls, status, body, after)
        self.media_type = media_type
        self.headers = headers or {}
        return self

    @property
    def pending(self) -> bool:
        """Whether `after` has handlers to run; if not, it need not be called."""
        return self.after not in (do_nothing, do_nothing_in_sync)

    def __getnewargs_ex__(self) -> Any:
        return tuple(self), {"media_type": self.media_type, "headers": self.headers}


class Accepted(NamedTuple):
    """The answer to a delivery that was verified.

    Attributes:
        answer: the answer.
        type: of the message, None if it is none.
        call_id: of the call that it is about, if there is one.
    """

    answer: Answer
    type: str | None = None
    call_id: str | None = None


def refused(status: int, reason: str, **headers: str) -> Answer:
    """Return the answer to a delivery that is not handled; `reason` says nothing about the inside of this server."""
    return Answer(status, json.dumps({"error": reason}).encode(), headers=headers)
