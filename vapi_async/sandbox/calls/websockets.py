"""The websockets of a call: who listens in, and the other side of a call over a websocket.

Text frames are JSON, binary frames sound: 16 bit PCM, mono, 16 kHz. A frame of text comes first that says so. How fast
sound comes is written down nowhere; here it comes while somebody speaks, as the sandbox's clock moves.
"""

from __future__ import annotations

import json
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import define

from vapi_async.sandbox.rest.http_values import Refusal

from .audio import RATE
from .live_control import authenticate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from anyio import CancelScope
    from anyio.streams.memory import MemoryObjectReceiveStream
    from starlette.websockets import WebSocket

    from .call_actions import CallActions
    from .call_registry import CallRegistry
    from .running_call import Heard, RunningCall

_CLOSE = 4000


@define(eq=False)
class CallWebsockets:
    """Answers the websocket URLs of calls.

    Args:
        registry: The calls.
        actions: What happens in them.
    """

    registry: CallRegistry
    actions: CallActions

    async def listen(self, socket: WebSocket) -> None:
        """Let somebody hear a call: a frame of text that says how it sounds, then PCM, until the call is over."""
        call = await self._call(socket, "listenAuthenticationEnabled")
        if call is None:
            return
        # Before the other side knows that it is connected: it may let time pass at once.
        with call.listen() as heard:
            await socket.accept()
            await socket.send_json({"type": "start", "encoding": "linear16", "sampleRate": RATE, "channels": 1})
            await _until_over(heard, socket, _silent)

    async def transport(self, socket: WebSocket) -> None:
        """Be the other side of a call over a websocket: what is said comes back."""
        call = await self._call(socket, "")
        if call is None:
            return
        with call.listen() as heard:
            await socket.accept()
            await _until_over(heard, socket, partial(self._echo, call))

    async def _call(self, socket: WebSocket, switch: str) -> RunningCall | None:
        call = self.registry.find(socket.path_params["id"])
        try:
            if call is None:
                raise Refusal(404, "There is no such call.")
            authenticate(call, socket.headers.get("authorization"), switch)
        except Refusal as refusal:
            await socket.accept()
            await socket.close(_CLOSE + refusal.status, str(refusal))
            return None
        return call

    async def _echo(self, call: RunningCall, socket: WebSocket, message: Any) -> None:
        if message.get("bytes") is not None:
            await socket.send_bytes(message["bytes"])
        elif _asks_to_end(message.get("text")):
            await self.actions.end(call, "customer-ended-call")


async def _until_over(
    heard: MemoryObjectReceiveStream[Heard], socket: WebSocket, take: Callable[[WebSocket, Any], Awaitable[None]]
) -> None:
    """Send what is heard of a call, and take what comes, until the call is over or the other side goes."""
    from anyio import create_task_group
    from starlette.websockets import WebSocketDisconnect

    async with create_task_group() as group:
        group.start_soon(_receive, socket, take, group.cancel_scope)
        with suppress(WebSocketDisconnect):
            async for piece in heard:
                await (socket.send_bytes(piece) if isinstance(piece, bytes) else socket.send_json(piece))
            await socket.close(1000)
        group.cancel_scope.cancel()


async def _receive(socket: WebSocket, take: Callable[[WebSocket, Any], Awaitable[None]], scope: CancelScope) -> None:
    from starlette.websockets import WebSocketDisconnect

    with suppress(WebSocketDisconnect):
        while (message := await socket.receive())["type"] != "websocket.disconnect":
            await take(socket, message)
    scope.cancel()


async def _silent(socket: WebSocket, message: Any) -> None:
    """Ignore what a listener sends."""


def _asks_to_end(text: str | None) -> bool:
    try:
        message = json.loads(text or "null")
    except ValueError:
        return False
    return isinstance(message, dict) and message.get("type") in ("hangup", "end-call")
