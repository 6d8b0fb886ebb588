"""Websockets in process: they reach the live URLs of a call, and end with the sandbox."""

from __future__ import annotations

from typing import Any

import anyio
import httpx_ws
import pytest

from tests.sandbox.walking import CALL
from vapi_async.sandbox import Sandbox, user


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_what_a_test_left_open_ends_with_the_sandbox(backend: str) -> None:
    async def main() -> None:
        with anyio.fail_after(60):
            async with Sandbox() as sb:
                call = await _running(sb)
                http = sb.http_client()
                url = call["monitor"]["listenUrl"].replace("wss", "https")
                for _ in range(2):
                    response = await http.send(http.build_request("GET", url, headers=_UPGRADE), stream=True)
                    assert response.status_code == 101

    anyio.run(main, backend=backend)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_call_is_listened_to_in_process(backend: str) -> None:
    async def main() -> None:
        with anyio.fail_after(60):
            async with Sandbox() as sb:
                call = await _running(sb)
                async with httpx_ws.aconnect_ws(call["monitor"]["listenUrl"], sb.http_client()) as socket:
                    await sb.client().live(call).say("One moment, please.")
                    assert "linear16" in await socket.receive_text()
                    assert await socket.receive_bytes()

    anyio.run(main, backend=backend)


async def test_a_socket_to_nowhere_is_closed() -> None:
    async with Sandbox() as sb:
        with pytest.raises(httpx_ws.WebSocketDisconnect):
            async with httpx_ws.aconnect_ws(f"{sb.base_url}/nowhere", sb.http_client()):
                pass


_UPGRADE = {
    "upgrade": "websocket",
    "connection": "Upgrade",
    "sec-websocket-key": "a" * 22 + "==",
    "sec-websocket-version": "13",
}


async def _running(sb: Sandbox) -> Any:
    sb.script([user("One moment, please.", 60.0)])
    await sb.client().request("POST", "/call", json=CALL)
    await sb.clock.advance(5)
    assert sb.calls[0]["status"] == "in-progress"
    return sb.calls[0]
