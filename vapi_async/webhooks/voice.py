"""Custom voices: a voice-request is answered with audio, raw mono PCM (s16le) at the sample rate that it asks for.

The handler returns bytes, or an async iterator of bytes, which is streamed as it comes; an async generator function is
the usual form. Until the first bytes are there the deadline runs, and a failure is a 500, upon which Vapi may turn to a
fallback voice; after that the stream breaks off. A delivery that comes twice is spoken twice: audio is not kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from .answer import AUDIO, Answer, AudioStream, refused
from .handlers import Handler, logger, stray_cancellation_as_error

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from anyio import CancelScope

    from .messages import ReceivedMessage


async def speak(
    handler: Handler | None,
    message: ReceivedMessage,
    limit: AbstractContextManager[CancelScope],
    after: Callable[[], Awaitable[None]],
) -> Answer:
    """Return the answer to a voice request.

    Args:
        handler: makes the audio.
        message: the message.
        limit: within which the first bytes have to be there.
        after: what to do when the answer is sent.
    """
    try:
        audio = await _first_chunk(handler, message, limit)
    except Exception:  # noqa: BLE001 - from the user's own handler
        logger.exception("there is no audio for a voice request")
        audio = None
    if audio is None:
        failed = refused(500, "no audio")
        return Answer(failed.status, failed.body, after)
    return Answer(200, audio, after, media_type=AUDIO)


async def _first_chunk(
    handler: Handler | None, message: ReceivedMessage, limit: AbstractContextManager[CancelScope]
) -> bytes | AudioStream | None:
    """Return the audio, of which the beginning is there; None if it was not in time."""
    if handler is None:
        logger.error("there is no handler for voice-request")
        return None
    with limit, stray_cancellation_as_error():
        audio = await handler(message.model)
        if isinstance(audio, (bytes, bytearray, memoryview)):
            return bytes(audio)
        if not hasattr(audio, "__aiter__"):
            raise TypeError(f"audio must be bytes or an async iterator of bytes, not {type(audio).__name__}")
        chunks = aiter(audio)
        first = await anext(chunks, b"")
        return AudioStream(first, chunks)
    logger.error("there is no audio for a voice request: its handler took too long")
    return None
