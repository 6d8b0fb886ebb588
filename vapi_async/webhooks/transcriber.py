"""Custom transcribers: Vapi opens a websocket, says in a first text frame what is to come, then sends audio.

The audio is interleaved stereo, 16 bits little-endian: the first channel is the customer, the second the assistant.
What was understood goes back as `transcriber-response`, at any time. The connection is verified on the header fields of
the handshake, over an empty body, and refused before it is accepted (HTTP 403).

It is closed with 1000 when the handler returns, 1011 when it fails, 1003 when the first frame is no text and 1007 when
it does not say what the audio is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Self

from attrs import field, frozen

from vapi_async._lazy import exported_by
from vapi_async.errors import WebhookError
from vapi_async.responses import Headers

from .asgi_connection import request_url
from .handlers import logger

if TYPE_CHECKING:
    from .asgi_connection import Receive, Scope, Send
    from .handlers import Handler
    from .receiver import Receiver

# Close codes of RFC 6455. The last is seen by no client: servers answer a close before the accept with HTTP 403.
NORMAL, UNSUPPORTED, INVALID, FAILED, REFUSED = 1000, 1003, 1007, 1011, 4401

_SAMPLE: Final = 2  # bytes


@exported_by("vapi_async.webhooks")
@frozen
class TranscriberStart:
    """What the audio of a session is.

    Attributes:
        encoding: of the samples: "linear16", which is signed 16 bits little-endian.
        container: "raw", which is none.
        sample_rate: samples per second and channel.
        channels: 2, customer and assistant.
        raw: the frame that says so, as JSON values.
    """

    encoding: str
    container: str
    sample_rate: int
    channels: int
    raw: dict[str, Any] = field(repr=False, factory=dict)


@exported_by("vapi_async.webhooks")
class Channels(NamedTuple):
    """A frame taken apart: the samples of each speaker, mono."""

    customer: bytes
    assistant: bytes


@exported_by("vapi_async.webhooks")
class TranscriberSession:
    """A connection over which audio comes and transcriptions go: `async for frame in session`.

    Frames hold whole samples of all channels, as bytes. The iteration ends when Vapi is gone.

    Attributes:
        start: what the audio is.
        headers: the header fields of the handshake.
    """

    def __init__(self, start: TranscriberStart, headers: Headers, receive: Receive, send: Send) -> None:
        self.start = start
        self.headers = headers
        self._receive = receive
        self._send = send
        self._rest = b""
        self._over = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.start!r}>"

    @property
    def over(self) -> bool:
        """Whether Vapi is known to be gone."""
        return self._over

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        while not self._over:
            event = await self._receive()
            self._over = event["type"] == "websocket.disconnect"
            frame = self._whole_samples(event.get("bytes") or b"")  # text frames are not for us
            if frame:
                return frame
        raise StopAsyncIteration

    async def send(
        self, transcription: str, *, channel: Literal["customer", "assistant"] = "customer", partial: bool = False
    ) -> None:
        """Send what was understood.

        Args:
            transcription: the words.
            channel: who said them.
            partial: whether they may still change.

        Raises:
            ValueError: there is no such channel.
            WebhookError: the connection is closed.
        """
        if channel not in ("customer", "assistant"):
            raise ValueError(f"channel is {channel!r}: it must be 'customer' or 'assistant'")
        response = {
            "type": "transcriber-response",
            "transcription": transcription,
            "channel": channel,
            "transcriptType": "partial" if partial else "final",
        }
        await self._send_text(json.dumps(response))

    def split(self, frame: bytes) -> Channels:
        """Return the samples of the customer and of the assistant.

        Args:
            frame: interleaved samples of both, as the session gives them.

        Raises:
            ValueError: the audio has not two channels, or the frame ends within a sample.
        """
        if self.start.channels != 2:
            raise ValueError(f"the audio has {self.start.channels} channel(s), not 2")
        if len(frame) % (2 * _SAMPLE):
            raise ValueError(f"a frame of {len(frame)} bytes ends within a sample")
        samples = memoryview(frame).cast("B").cast("h")  # native order does no harm: samples are only moved
        return Channels(samples[::2].tobytes(), samples[1::2].tobytes())

    async def _send_text(self, text: str) -> None:
        if not self._over:
            try:
                await self._send({"type": "websocket.send", "text": text})
            except OSError:  # what servers raise when nobody is there to send to
                self._over = True
        if self._over:
            raise WebhookError("the connection is closed: Vapi has ended the session")

    def _whole_samples(self, data: bytes) -> bytes:
        """Return the whole samples of what came, the beginning of another kept for the next frame."""
        data = self._rest + data
        end = len(data) - len(data) % (_SAMPLE * self.start.channels)
        self._rest = data[end:]
        return data[:end]


class _UnusableError(Exception):
    """The first frame says nothing that can be used."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def serve_websocket(
    receiver: Receiver, transcriber: Handler | None, scope: Scope, receive: Receive, send: Send
) -> None:
    """Serve one websocket of the ASGI protocol; without a transcriber, and unverified, it is refused."""
    if (await receive())["type"] != "websocket.connect":
        return
    headers = Headers(scope["headers"])
    if transcriber is None or not await _is_verified(receiver, scope, headers):
        await send({"type": "websocket.close", "code": REFUSED, "reason": "refused"})
        return
    await send({"type": "websocket.accept"})
    try:
        start = await _receive_start(receive)
    except _UnusableError as error:
        await _close(send, error.code, error.reason)
        return
    if start is not None:
        await _transcribe(transcriber, TranscriberSession(start, headers, receive, send), send)


async def _is_verified(receiver: Receiver, scope: Scope, headers: Headers) -> bool:
    return await receiver.check(b"", headers, "GET", request_url(scope)) is None


async def _receive_start(receive: Receive) -> TranscriberStart | None:
    """Return what the first frame says; None if nothing came."""
    event = await receive()
    if event["type"] == "websocket.disconnect":
        return None
    text = event.get("text")
    if text is None:
        raise _UnusableError(UNSUPPORTED, "the first frame must be text")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise _UnusableError(INVALID, "the first frame is not JSON") from None
    return _parse_start(value)


def _parse_start(value: Any) -> TranscriberStart:
    if not isinstance(value, dict) or value.get("type") != "start":
        raise _UnusableError(INVALID, "the first frame must be of type start")
    rate, channels = _positive_integer(value.get("sampleRate")), _positive_integer(value.get("channels", 2))
    if rate is None or channels is None:
        raise _UnusableError(INVALID, "sampleRate and channels must be whole numbers")
    encoding, container = value.get("encoding", "linear16"), value.get("container", "raw")
    return TranscriberStart(str(encoding), str(container), rate, channels, value)


def _positive_integer(value: Any) -> int | None:
    is_count = isinstance(value, (int, float)) and not isinstance(value, bool) and 1 <= value < 1e6 and value % 1 == 0
    return int(value) if is_count else None


async def _transcribe(transcriber: Handler, session: TranscriberSession, send: Send) -> None:
    code = NORMAL
    try:
        await transcriber(session)
    except Exception as error:  # noqa: BLE001 - from the user's own handler
        code = FAILED
        # That Vapi hangs up while the handler sends is no failure: the handler had no way to know.
        if not (session.over and _only_closed(error)):
            logger.exception("the transcriber failed")
    if not session.over:
        await _close(send, code, "")


def _only_closed(error: Exception) -> bool:
    """Return whether nothing went wrong but that the connection is closed; task groups raise that within a group."""
    if isinstance(error, ExceptionGroup):
        return error.split(WebhookError)[1] is None
    return isinstance(error, WebhookError)


async def _close(send: Send, code: int, reason: str) -> None:
    try:
        await send({"type": "websocket.close", "code": code, "reason": reason})
    except OSError:
        logger.debug("the client went away before its websocket was closed")
