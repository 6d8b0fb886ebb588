"""Custom transcribers: a server of the user's is fed with the sound of a call, and says what it heard.

As with Vapi, sound is interleaved stereo: the first channel is the customer, the second the assistant. Here each is a
tone while somebody speaks, so a transcriber says what its test wants it to; what it says is what the customer said.
"""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from anyio import move_on_after

from vapi_async.sandbox.task_host import TaskHost

from .audio import RATE, frames, interleave

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

_START = {"type": "start", "encoding": "linear16", "container": "raw", "sampleRate": RATE, "channels": 2}
_FINAL = ("transcriber-response", "customer", "final")
_CHUNK = 5
#: How many real seconds a transcriber has, once it was sent what somebody said.
_PATIENCE = 2.0


class Transcriber:
    """The custom transcriber of one call.

    Args:
        connection: what opens its websocket.
    """

    def __init__(self, connection: AbstractAsyncContextManager[Any]) -> None:
        self._host = TaskHost(connection)
        self._socket: Any = None

    async def open(self) -> None:
        """Open its websocket, and say what is to come.

        Raises:
            Exception: it cannot be opened.
        """
        self._socket = await self._host.open()
        await self._socket.send_text(json.dumps(_START))

    async def hear(self, role: str, seconds: float) -> str | None:
        """Send somebody's speech, and return what was heard of it; None if nothing was."""
        silent = bytes(len(next(frames(role, 0.0))))
        pieces = frames(role, seconds)
        while chunk := list(islice(pieces, _CHUNK)):
            speech, silence = b"".join(chunk), silent * len(chunk)
            left, right = (speech, silence) if role == "user" else (silence, speech)
            await self._socket.send_bytes(interleave(left, right))
        if role != "user":
            return None
        with move_on_after(_PATIENCE):
            return await self._final()
        return None

    async def _final(self) -> str:
        while True:
            message = json.loads(await self._socket.receive_text())
            about = (message.get("type"), message.get("channel", "customer"), message.get("transcriptType", "final"))
            if about == _FINAL:
                return str(message.get("transcription") or "")

    async def close(self) -> None:
        """Close its websocket."""
        # Whatever is wrong with a connection that is not needed any more.
        with suppress(Exception):
            await self._host.close()
