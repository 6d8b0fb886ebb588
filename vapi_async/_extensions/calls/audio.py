"""The audio of a call over its websocket transport, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from vapi_async._lazy import exported_by

from .listening import Connected, Frame, Frames

if TYPE_CHECKING:
    from .websocket import WebSocket


@exported_by("vapi_async")
class Audio(Connected):
    """A call's websocket; see `Live.connect_audio`.

        async with vapi.live(call).connect_audio() as audio:
            await audio.send(pcm)
            async for frame in audio: ...

    One task may receive while others send. What is not received waits on the other side, not in memory here; pings are
    answered only while a task receives, so one should.
    """

    async def __aenter__(self) -> Self:
        self._frames = Frames(await self._connect())
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Frame:
        """Return the next frame; ends when the call does.

        Raises:
            ConnectionLost: the connection broke.
        """
        self._opened()
        return await self._frames.__anext__()

    async def send(self, audio: bytes | bytearray | memoryview) -> None:
        """Send audio, in the format of the call's transport; waits while the other side takes no more.

        Args:
            audio: one frame, of any length.

        Raises:
            TypeError: it is not bytes.
            WriteTimeout: the other side took no more for as long as the client's timeout allows.
            ConnectionLost: there is no connection any more.
        """
        if not isinstance(audio, bytes | bytearray | memoryview):
            raise TypeError(f"audio must be bytes, not {type(audio).__name__}: send_message is for control messages")
        await self._opened().send(bytes(audio))

    async def send_message(self, message: Mapping[str, Any]) -> None:
        """Send a control message.

        Args:
            message: the JSON object.

        Raises:
            TypeError: it is no mapping or model.
            WriteTimeout: the other side took no more for as long as the client's timeout allows.
            ConnectionLost: there is no connection any more.
        """
        from vapi_async._modeling.encoding import to_json

        if not isinstance(message, Mapping) and not hasattr(message, "to_dict"):
            raise TypeError(f"message must be a mapping or a model, not {type(message).__name__}")
        await self._opened().send(to_json(message).decode())

    async def hangup(self) -> None:
        """Ask the API to end the call; the frames end when it did. `Live.end` works without this connection too."""
        await self.send_message({"type": "hangup"})

    def _opened(self) -> WebSocket:
        if self._socket is None:
            raise RuntimeError("the audio is not connected: use it within async with")
        return self._socket
