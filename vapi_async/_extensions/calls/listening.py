"""Listening to a call: its audio as it is spoken, to work on or to keep as a WAV file.

The API calls the audio "pcm" and states neither its rate nor its size and channels. Where the first text frame says
something of that (`sampleRate`, `channels`), that counts; otherwise the arguments do.
"""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING, Any, Self

from vapi_async._extensions.part_file import PartFile, is_directory
from vapi_async._lazy import exported_by
from vapi_async._modeling.partial_results import Recording
from vapi_async.errors import ConnectionLost

if TYPE_CHECKING:
    from os import PathLike
    from types import TracebackType

    from vapi_async._http.session import Session

    from .websocket import WebSocket

Frame = bytes | dict[str, Any] | str
"""What comes over a websocket of a call: audio; a control message, decoded; or text that is no JSON object."""

_WAV_HEADER = Struct("<4sI4s4sIHHIIHH4sI")  # RIFF, its one format chunk, and the head of its one data chunk
_PCM = 1


class Frames:
    """The frames of an open websocket, in the order they come."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Frame:
        data = await self._socket.receive()
        if data is None:
            raise StopAsyncIteration
        return _control(data) if isinstance(data, str) else data


class Connected:
    """A websocket of a call that is open within an `async with`.

    Args:
        session: whose options apply.
        url: where it leads; may be contacted.
        headers: header fields for the handshake.
    """

    def __init__(self, session: Session, url: str, headers: Mapping[str, str]) -> None:
        self._session = session
        self._url = url
        self._headers = headers
        self._socket: WebSocket | None = None

    def __repr__(self) -> str:
        from .allowed_hosts import shown

        return f"<{type(self).__name__} {shown(self._url)}>"

    async def _connect(self) -> WebSocket:
        from .websocket import connect

        if self._socket is not None:
            raise RuntimeError("it is open already")
        self._socket = socket = await connect(self._session, self._url, self._headers)
        return socket

    async def __aexit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.aclose()


@exported_by("vapi_async")
class Listening(Connected):
    """A call to listen to; see `Live.listen`.

    Either of these; the first closes the connection at once when the block is left, the second, if it is left before
    the call's end, when Python gets to closing the generator behind it (and trio warns of that):

        async with live.listen() as frames:
            async for frame in frames: ...

        async for frame in live.listen(): ...
    """

    async def __aenter__(self) -> AsyncIterator[Frame]:
        return Frames(await self._connect())

    async def __aiter__(self) -> AsyncIterator[Frame]:
        async with self as frames:
            async for frame in frames:
                yield frame


class WavFile:
    """A WAV file that is there when it is complete, and not before.

    Args:
        path: where it is to be; a file that is there is replaced.
        sample_rate: samples a second of each channel.
        channels: how many channels, interleaved.
        sample_width: bytes of one sample.

    Raises:
        ValueError: a number is not one that a WAV file can have.
    """

    def __init__(self, path: str | PathLike[str], sample_rate: int, channels: int, sample_width: int) -> None:
        self._given = path
        self._path = Path(path)
        self._rate = _whole("sample_rate", sample_rate, 1, 2**31 - 1)
        self._channels = _whole("channels", channels, 1, 255)
        self._width = _whole("sample_width", sample_width, 1, 4)
        self._rest = b""
        self._frames = 0
        self._part = PartFile(self._path)

    def check(self) -> None:
        """Raise if nothing can be written there, before anything is sent."""
        if is_directory(self._given):
            raise IsADirectoryError(errno.EISDIR, "path: a recording needs the name of a file", str(self._path))

    def describe(self, message: Mapping[str, Any]) -> None:
        """Take over what a control message says of the audio, as long as there is none yet."""
        if self._frames or self._rest:
            return
        rate, channels = message.get("sampleRate"), message.get("channels")
        if type(rate) is int and 0 < rate < 2**31:
            self._rate = rate
        if type(channels) is int and 0 < channels < 256:
            self._channels = channels

    def open(self) -> None:
        """Create the file under the name it has until it is complete."""
        self._part.open()

    def write(self, audio: bytes) -> None:
        """Add audio; it may be cut anywhere."""
        audio = self._rest + audio
        end = len(audio) - len(audio) % self._block
        self._part.write(self._end, audio[:end])
        self._rest = audio[end:]
        self._frames += end // self._block

    def finish(self) -> Recording:
        """Complete the file and give it its name."""
        self._part.write(0, self._header())  # only now: it states the length
        self._part.complete(self._end)
        return Recording(self._path, self._rate, self._channels, self._width, self._frames)

    def discard(self) -> None:
        """Leave nothing of an incomplete file."""
        self._part.discard()

    @property
    def _block(self) -> int:
        """The bytes of one sample of all channels."""
        return self._channels * self._width

    @property
    def _end(self) -> int:
        return _WAV_HEADER.size + self._frames * self._block

    def _header(self) -> bytes:
        # A file beyond 4 GiB says the longest length there is: players read such a file to its end.
        size = min(self._frames * self._block, 2**32 - 1 - _WAV_HEADER.size)
        rate = min(self._rate * self._block, 2**32 - 1)
        whole = size + _WAV_HEADER.size - 8  # without its own name and length
        about = (16, _PCM, self._channels, self._rate, rate, self._block, self._width * 8)
        return _WAV_HEADER.pack(b"RIFF", whole, b"WAVE", b"fmt ", *about, b"data", size)


async def save_wav(listening: Listening, file: WavFile) -> Recording:
    """Record until the call ends; see `Live.save_wav`."""
    from anyio.to_thread import run_sync

    await run_sync(file.check)
    async with listening as frames:
        try:
            await run_sync(file.open)
            lost = await _record(frames, file)
            recording = await run_sync(file.finish)
        finally:
            file.discard()  # does nothing to a complete one
    if lost is not None:
        lost.partial = recording
        raise lost
    return recording


async def _record(frames: AsyncIterator[Frame], file: WavFile) -> ConnectionLost | None:
    """Write what is heard; return the error if the end is a lost connection, since nobody says it all again."""
    from anyio.to_thread import run_sync

    try:
        async for frame in frames:
            if isinstance(frame, bytes):
                await run_sync(file.write, frame)
            elif isinstance(frame, dict):
                file.describe(frame)
    except ConnectionLost as error:
        return error
    return None


def _control(text: str) -> dict[str, Any] | str:
    from vapi_async._modeling.json_codec import loads

    try:
        value = loads(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return text
    return value if isinstance(value, dict) else text


def _whole(name: str, value: int, least: int, most: int) -> int:
    given: type = type(value)
    if given is not int or not least <= value <= most:
        raise ValueError(f"{name} is {value!r}: it must be a whole number from {least} to {most}")
    return value
